/* How long it takes to each station: over the pocket roads (pocket.js) once they are here, by the
   straight line until then. The position stays in the caller's variable. */
"use strict";

const ways = (() => {
  const LIMIT_M = 500; // from a place to the nearest road
  const shared = { roads: null, ties: new Map() };

  function metresBetween([lonA, latA], [lonB, latB]) {
    const radians = Math.PI / 180;
    const half = Math.sin(((latB - latA) * radians) / 2) ** 2
      + Math.cos(latA * radians) * Math.cos(latB * radians)
      * Math.sin(((lonB - lonA) * radians) / 2) ** 2;
    return 2 * 6371008.8 * Math.asin(Math.min(1, Math.sqrt(half)));
  }

  async function load(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`roads: ${answer.status}`);
    shared.roads = Pocket.unpack(await answer.arrayBuffer());
    shared.ties.clear();
    return shared.roads;
  }

  function tiesOf(list, mode) {
    if (!shared.ties.has(mode)) {
      shared.ties.set(mode, shared.roads.tie(list.map(({ lonlat }) => lonlat), mode, LIMIT_M));
    }
    return shared.ties.get(mode);
  }

  /* Sets of every station `metres` (straight), `seconds`, and `about`: whether they are a guess. */
  function measure(list, here, mode, rough) {
    const speed = rough.metres_a_second[mode];
    const { roads } = shared;
    const exact = roads && roads.modes.includes(mode)
      ? roads.secondsFrom(here, tiesOf(list, mode), { limitM: LIMIT_M }) : null;
    for (const station of list) {
      station.metres = metresBetween(here, station.lonlat);
      station.about = !(exact && exact[station.row] < Infinity);
      station.cut = Boolean(exact) && station.about; // the roads are here, and none leads there
      station.seconds = station.about
        ? (station.metres * rough.detour) / speed : exact[station.row];
    }
  }

  /* The roads belong to the city, the ties to one list of stations. */
  const forget = () => shared.ties.clear();

  return { load, measure, metresBetween, forget, roads: () => shared.roads };
})();
