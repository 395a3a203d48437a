/* How long it takes to each station of the list: by the straight line at once, over the pocket roads as soon as
   the searching thread (searcher.js) has them. The position goes to that thread of the page and nowhere else. */
"use strict";

const reach = (() => {
  const LIMIT_M = 500; // from a place to the nearest road
  const shared = { roads: null, worker: null, list: null };
  const waiting = new Map();
  let number = 0;
  let newest = 0;

  function ask(act, told, moved = []) {
    number += 1;
    const mine = number;
    return new Promise((done, failed) => {
      waiting.set(mine, { done, failed });
      shared.worker.postMessage({ number: mine, act, told }, moved);
    });
  }

  function begin(program) {
    const worker = new Worker(program);
    worker.onmessage = ({ data }) => {
      const { done, failed } = waiting.get(data.number);
      waiting.delete(data.number);
      if (data.fault) failed(new Error(data.fault)); else done(data.answer);
    };
    worker.onerror = () => {
      for (const { failed } of waiting.values()) failed(new Error("the searching thread"));
      waiting.clear();
    };
    return worker;
  }

  /* Fetch the roads and hand them to the thread; what a map draws of them comes back. */
  async function load(address, program) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`roads: ${answer.status}`);
    const buffer = await answer.arrayBuffer();
    shared.worker ||= begin(program);
    shared.list = null;
    shared.roads = await ask("roads", { buffer }, [buffer]);
    return shared.roads;
  }

  /* Sets of every station `metres` (straight), `seconds`, and `about`: whether they are a guess. */
  function guess(list, here, mode, rough) {
    const speed = rough.metres_a_second[mode];
    for (const station of list) {
      station.metres = ways.metresBetween(here, station.lonlat);
      station.about = true;
      station.cut = false;
      station.seconds = (station.metres * rough.detour) / speed;
    }
  }

  /* Puts the exact seconds in the place of the guess, unless something newer was asked in the meantime. */
  async function measure(list, here, mode) {
    newest += 1;
    const mine = newest;
    if (!shared.roads || !shared.roads.modes.includes(mode)) return;
    if (shared.list !== list) {
      shared.list = list;
      ask("places", { lonlats: list.map(({ lonlat }) => lonlat) });
    }
    const exact = await ask("seconds", { here, mode, limitM: LIMIT_M });
    if (mine !== newest || !exact) return;
    for (const station of list) {
      station.about = !(exact[station.row] < Infinity);
      station.cut = station.about; // the roads are here, and none leads there
      if (!station.about) station.seconds = exact[station.row];
    }
  }

  return { load, guess, measure, roads: () => shared.roads };
})();
