/* Lengths on the globe, and the pocket roads (pocket.js) once they are here. */
"use strict";

const ways = (() => {
  let roads = null;

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
    roads = Pocket.unpack(await answer.arrayBuffer());
    return roads;
  }

  return { load, metresBetween, roads: () => roads };
})();
