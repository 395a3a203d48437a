/* Places by what a phone types: a part of the name, its pinyin, its initials, traditional signs. It comes when
   somebody searches. */
"use strict";

const search = (() => {
  const LEAST_LETTERS = 2;
  const BY_SOUND = 10; // after all that are found by their signs
  const BY_ADDRESS = 20;
  const plain = (text) => text.toLowerCase().replace(/[\s·•,，。.()（）'’-]/g, "");

  /* Whether letters are the syllables from one on, each whole, as its initial or, the last one, begun. */
  function goesOn(letters, syllables, at) {
    if (!letters) return true;
    const said = syllables[at];
    if (said === undefined) return false;
    if (said.startsWith(letters)) return true;
    const initial = /^[zcs]h/.test(said) ? 2 : 1;
    return [...new Set([said.length, initial, 1])].some((length) =>
      letters.startsWith(said.slice(0, length)) && goesOn(letters.slice(length), syllables, at + 1));
  }

  const sounds = (letters, syllables) => syllables.some((_, at) => goesOn(letters, syllables, at));

  /* Stations, districts and streets: [{name, what, status, lonlat}]; `names` as web/stations/sounds.py has them,
     or null while they have not come. */
  function find(text, { list, districts, roads, names }, most = 8) {
    const { sounds: spoken = {}, closed = [], simplified = {} } = names || {};
    const wanted = plain([...text].map((sign) => simplified[sign] || sign).join(""));
    if (!wanted) return [];
    const byLetters = wanted.length >= LEAST_LETTERS && /^[a-z][a-z0-9]*$/.test(wanted);
    const found = [];
    function rankOf(name, alias) {
      const at = plain(name).indexOf(wanted);
      if (at >= 0) return Math.min(at, BY_SOUND - 1);
      if (byLetters && spoken[name] && sounds(wanted, spoken[name].toLowerCase().split(" "))) return BY_SOUND;
      return alias && plain(alias).includes(wanted) ? BY_ADDRESS : -1;
    }
    function add(name, what, lonlat, { alias = "", status = "open" } = {}) {
      const rank = rankOf(name, alias);
      if (rank >= 0) found.push({ name, what, status, lonlat, rank });
    }
    for (const [name, lon, lat] of districts) add(name, "district", () => [lon, lat]);
    for (const { name, lonlat, address, status } of list) add(name, "station", () => lonlat, { alias: address, status });
    for (const [name, lon, lat] of closed) add(name, "station", () => [lon, lat], { status: "closed" });
    if (roads) {
      roads.head.names.forEach((name, row) => add(name, "street", () => middleOf(roads, row + 1)));
    }
    found.sort((one, two) => one.rank - two.rank || one.name.length - two.name.length);
    return found.slice(0, most).map(({ name, what, status, lonlat }) => ({ name, what, status, lonlat: lonlat() }));
  }

  /* The middle of the middle edge of a street. */
  function middleOf(roads, name) {
    const edges = [];
    roads.name.forEach((one, edge) => { if (one === name) edges.push(edge); });
    const edge = edges[edges.length >> 1];
    const point = (roads.lineStart[edge] + roads.lineStart[edge + 1] - 1) >> 1;
    return [roads.pointLon[point], roads.pointLat[point]];
  }

  return { find };
})();
