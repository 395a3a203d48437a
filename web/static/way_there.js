/* The way to a station on its page: asked for by a press, found on the phone, drawn and said in words. */
"use strict";

const wayThere = (() => {
  const find = (selector) => document.querySelector(selector);
  const LIMIT_M = 500;
  let map = null;
  let line = null;
  let wanted = false;

  const here = () => new Promise((done, failed) => {
    if (!navigator.geolocation) { failed(new Error("no position")); return; }
    navigator.geolocation.getCurrentPosition(({ coords }) => done([coords.longitude, coords.latitude]), failed,
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 });
  });

  /* The roads, null where there are none, or how many bytes they are where that is asked first. */
  async function roadsOf({ place_map: settings }) {
    const now = await (await fetch(settings.now)).json();
    if (!now.roads) return null;
    if (now.roads_large && !ways.roads() && !wanted) { wanted = true; return now.roads_bytes; }
    await locatorMap.prepareRoads(settings);
    return ways.roads() || ways.load(now.roads);
  }

  async function draw({ place_map: settings, words }, roads, station, from, found) {
    find("#way-map").hidden = false;
    map ||= await locatorMap.make({
      settings: { ...settings, words: { ...settings.words, navigate: words.navigate } }, into: "way-map",
      stations: [], onTap: () => {}, about: () => ({}),
    });
    map.drawRoads(roads);
    map.showHere(from, null);
    line?.remove();
    const path = found.line.map(map.place.put);
    line = L.layerGroup([
      L.polyline(path, { ink: "accent", weight: 5, interactive: false }),
      L.circleMarker(map.place.put(station), { radius: 8, ink: "paper", fillInk: "accent", fillOpacity: 1, weight: 2, interactive: false }),
    ]).addTo(map.map);
    map.map.fitBounds(L.latLngBounds([map.place.put(from), map.place.put(station), ...path]), { padding: [24, 24], maxZoom: 16 });
  }

  function showSteps(words, said, { steps }) {
    find("#way-steps").replaceChildren(...steps.map(({ name, metres, turn }) => yizhan.element("li", said.fill(
      words.way_steps[turn || "start"], { street: name || words.nameless, length: said.lengthWords(metres) },
    ))));
  }

  /* Where a driver of cars would go, and a lorry may not. */
  function showBarred(words, streets) {
    const note = find("#way-barred");
    note.hidden = !streets.length;
    note.textContent = words.barred.replace("{streets}", () => streets.map((name) => name || words.nameless).join(words.comma));
  }

  /* `said` are the words of list_words.js; the position stays in this call. */
  async function show(settings, said, station, mode) {
    const { words } = settings;
    const status = find("#way-said");
    status.textContent = words.locating;
    let from;
    try { from = await here(); } catch { status.textContent = words.no_position; return; }
    const roads = await roadsOf(settings).catch(() => null);
    if (typeof roads === "number") {
      status.textContent = said.fill(words.way_large, { n: (roads / 1e6).toFixed(1) });
      return;
    }
    if (roads && mode === "truck") showBarred(words, way.barred(roads, from, station, LIMIT_M));
    const found = roads && roads.modes.includes(mode) ? way.find(roads, from, station, mode, LIMIT_M) : null;
    if (!found) {
      status.textContent = said.fill(words.no_way, { length: said.lengthWords(ways.metresBetween(from, station)) });
      return;
    }
    status.textContent = said.fill(words.way_said, {
      how: words.modes[mode], time: said.timeWords({ seconds: found.seconds }), length: said.lengthWords(found.metres),
    });
    showSteps(words, said, found);
    await draw(settings, roads, station, from, found);
  }

  return { show };
})();
