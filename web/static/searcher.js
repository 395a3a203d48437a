/* The search of the pocket roads in a thread of its own, so that the page never waits for it. The position comes
   by message from the page, is used and forgotten: this thread asks nobody for anything. */
"use strict";

(() => {
  let roads = null;
  let places = [];
  const ties = new Map();

  const acts = {
    /* What a map and a search by name need of the roads. */
    roads({ buffer }) {
      roads = Pocket.unpack(buffer);
      ties.clear();
      const { head, modes, name, roadClass, lineStart, pointLon, pointLat } = roads;
      return { head, modes, name, roadClass, lineStart, pointLon, pointLat };
    },
    places({ lonlats }) {
      places = lonlats;
      ties.clear();
    },
    /* Seconds to each place; null where no road is near `here`. */
    seconds({ here, mode, limitM }) {
      if (!ties.has(mode)) ties.set(mode, roads.tie(places, mode, limitM));
      return roads.secondsFrom(here, ties.get(mode), { limitM });
    },
  };

  addEventListener("message", ({ data: { number, act, told } }) => {
    try {
      postMessage({ number, answer: acts[act](told) });
    } catch (fault) {
      postMessage({ number, fault: String(fault) });
    }
  });
})();
