/* The worker's list: sorted on the phone, by the straight line. The position is kept in a variable of
   this page; it is put into no address, no request and no store. */
"use strict";

(() => {
  const settings = JSON.parse(document.getElementById("locator-settings").textContent);
  const { words, kinds, facilities, rough } = settings;
  const find = (selector) => document.querySelector(selector);
  const list = find(".stations");
  const template = find("#card");
  const where = find("#where");
  const state = {
    stations: [], here: null, source: null, mode: "foot", group: "", kind: "",
    facilities: new Set(), shown: settings.shown, map: null, layer: null, names: null,
    dot: null, picked: null, modeChosen: false,
  };

  const fill = (sentence, values) =>
    sentence.replace(/\{(\w+)\}/g, (all, key) => (key in values ? values[key] : all));

  // ---- distance and time ----
  function metresBetween([lonA, latA], [lonB, latB]) {
    const radians = Math.PI / 180;
    const half = Math.sin(((latB - latA) * radians) / 2) ** 2
      + Math.cos(latA * radians) * Math.cos(latB * radians)
      * Math.sin(((lonB - lonA) * radians) / 2) ** 2;
    return 2 * 6371008.8 * Math.asin(Math.min(1, Math.sqrt(half)));
  }

  const latlngOf = (station) => [...station.geometry.coordinates].reverse();

  const lengthWords = (metres) => (metres < 995
    ? fill(words.metres, { n: Math.max(10, Math.round(metres / 10) * 10) })
    : fill(words.kilometres, { n: (metres / 1000).toFixed(metres < 9950 ? 1 : 0) }));

  const minutes = (metres) =>
    Math.max(1, Math.ceil((metres * rough.detour) / rough.metres_a_second[state.mode] / 60));

  function timeWords(metres) {
    const whole = minutes(metres);
    return whole < 100 ? fill(words.minutes, { n: whole })
      : fill(words.hours, { n: Math.round(whole / 60) });
  }

  // ---- choosing ----
  const isShown = (station) => !["closed", "planned"].includes(station.properties.status);

  function matches(station, { group, kind, chosen }) {
    const { properties } = station;
    return isShown(station)
      && (!group || properties.serves.includes(group))
      && (!kind || properties.kind === kind)
      && [...chosen].every((facility) => properties.facilities.includes(facility));
  }

  const chosenNow = (changes = {}) => ({
    group: state.group, kind: state.kind, chosen: state.facilities, ...changes,
  });

  const countWith = (changes) =>
    state.stations.filter((station) => matches(station, chosenNow(changes))).length;

  function sorted() {
    const found = state.stations.filter((station) => matches(station, chosenNow()));
    const rank = ({ properties }) => Number(properties.status === "suspended");
    const away = state.here ? (one, two) => one.metres - two.metres : () => 0;
    return found.sort((one, two) => rank(one) - rank(two) || away(one, two));
  }

  // ---- cards ----
  /* The sentence, the doubt and the mark of a station by the phone's clock. */
  function stateOf(properties) {
    if (properties.status === "suspended") {
      return { says: words.suspended, note: "", mark: "suspended" };
    }
    const found = opening.state(properties);
    return {
      says: opening.says(found, properties, words.opening),
      note: opening.note(found, words.opening),
      mark: opening.markState(properties),
    };
  }

  function slot(card, name, text) {
    const target = card.querySelector(`[data-slot="${name}"]`);
    target.textContent = text;
    return target;
  }

  function navigationFor(properties) {
    const address = new URL(properties.navigation);
    address.searchParams.set("mode", rough.navigation_mode[state.mode]);
    return address.href;
  }

  function fillCard(card, station) {
    const { properties } = station;
    slot(card, "name", properties.name);
    const now = stateOf(properties);
    card.querySelector("h2").prepend(yizhan.mark({ ...properties, state: now.mark }));
    slot(card, "kind", kinds[properties.kind] || properties.kind);
    const away = card.querySelector('[data-slot="away"]');
    away.hidden = card.querySelector('[data-slot="far"]').hidden = !state.here;
    if (state.here) {
      slot(card, "minutes", timeWords(station.metres));
      slot(card, "length", lengthWords(station.metres));
    }
    slot(card, "state", now.says).dataset.state = now.mark;
    slot(card, "note", now.note).hidden = !now.note;
    slot(card, "checked", opening.checked(properties, words.opening));
    slot(card, "hours", properties.hours || words.no_hours);
    slot(card, "facilities", properties.facilities.length
      ? properties.facilities.map((facility) => facilities[facility] || facility).join(" · ")
      : words.facilities_unknown);
    for (const name of ["address", "phone"]) {
      const target = slot(card, name, properties[name] || "");
      target.hidden = target.previousElementSibling.hidden = !properties[name];
    }
    const go = card.querySelector(".go");
    go.href = navigationFor(properties);
    go.setAttribute("aria-label", `${words.navigate} ${properties.name}`);
    const [lon, lat] = station.geometry.coordinates;
    card.querySelector('[data-slot="geo"]').href =
      `geo:${lat},${lon}?q=${lat},${lon}(${encodeURIComponent(properties.name)})`;
  }

  function cardOf(station) {
    const card = template.content.firstElementChild.cloneNode(true);
    fillCard(card, station);
    const details = card.querySelector("details");
    details.addEventListener("toggle", () => { if (details.open) pick(station, card); });
    return card;
  }

  function pick(station, card) {
    for (const other of list.querySelectorAll(".picked")) other.classList.remove("picked");
    card.classList.add("picked");
    if (state.picked) state.picked.getElement()?.classList.remove("picked");
    state.picked = station.marker || null;
    if (!state.picked || !state.map) return;
    state.picked.getElement()?.classList.add("picked");
    const [lon, lat] = station.geometry.coordinates;
    if (!state.map.getBounds().pad(-0.1).contains([lat, lon])) state.map.panTo([lat, lon]);
  }

  // ---- what the page says ----
  function sayWhere(found) {
    if (!state.here) {
      where.textContent = fill(words.by_name, { n: found.length });
      return;
    }
    const nearest = found[0];
    if (!nearest) return;
    if (nearest.metres > settings.away_m) {
      where.textContent = fill(words.not_here, { length: lengthWords(nearest.metres) });
      return;
    }
    where.textContent = nearest.metres > settings.radius_m
      ? fill(words.none_near, {
        length: lengthWords(nearest.metres), minutes: timeWords(nearest.metres),
      })
      : fill(words[state.source], { n: found.length });
  }

  function sayNone() {
    const anyway = state.stations.filter(isShown);
    if (state.here) anyway.sort((one, two) => one.metres - two.metres);
    const line = state.here && anyway.length
      ? fill(words.none_but, { length: lengthWords(anyway[0].metres), name: anyway[0].properties.name })
      : words.none;
    where.textContent = fill(words.n_found, { n: 0 });
    const item = yizhan.element("li", null, "speaks");
    item.append(yizhan.element("p", line));
    const clear = yizhan.element("button", words.clear, "button plain");
    clear.type = "button";
    clear.addEventListener("click", clearFilters);
    item.append(clear);
    list.append(item);
  }

  function showList() {
    const found = sorted();
    list.replaceChildren();
    if (found.length) {
      list.append(...found.slice(0, state.shown).map(cardOf));
      sayWhere(found);
    } else {
      sayNone();
    }
    const more = find("#more");
    more.hidden = found.length <= state.shown;
    more.textContent = fill(words.more, { n: Math.min(10, found.length - state.shown) });
    showCounts();
    showMarkers(found);
  }

  function showCounts() {
    for (const chip of document.querySelectorAll("button[data-facility]")) {
      const { facility } = chip.dataset;
      const pressed = state.facilities.has(facility);
      const chosen = new Set([...state.facilities, facility]);
      chip.setAttribute("aria-pressed", String(pressed));
      chip.querySelector(".count").textContent = countWith({ chosen });
    }
    for (const name of ["group", "kind"]) {
      const select = find(`#${name}`);
      select.classList.toggle("chosen", Boolean(select.value));
      for (const option of select.options) {
        const count = countWith({ [name]: option.value });
        option.textContent = option.value ? `${option.dataset.word} ${count}` : option.dataset.word;
      }
    }
  }

  function clearFilters() {
    state.facilities.clear();
    state.group = state.kind = find("#group").value = find("#kind").value = "";
    state.shown = settings.shown;
    showList();
  }

  // ---- position ----
  function lookFrom(here, source) {
    state.here = here;
    state.source = source;
    state.shown = settings.shown;
    for (const station of state.stations) {
      station.metres = metresBetween(here, station.geometry.coordinates);
    }
    showList();
    showHere();
  }

  function locate() {
    const button = find("#locate");
    if (!navigator.geolocation) { where.textContent = words.no_position; return; }
    button.disabled = true;
    where.textContent = words.locating;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.disabled = false;
        lookFrom([coords.longitude, coords.latitude], "from_here");
      },
      () => {
        button.disabled = false;
        where.textContent = words.no_position;
      },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
    );
  }

  // ---- map ----
  function showHere() {
    if (!state.map || !state.here) return;
    const latlng = [state.here[1], state.here[0]];
    if (!state.dot) {
      const icon = L.divIcon({ className: "here", iconSize: [20, 20] });
      state.dot = L.marker(latlng, { icon, interactive: false, keyboard: false, zIndexOffset: 5000 })
        .addTo(state.map);
    }
    state.dot.setLatLng(latlng);
    const five = sorted().slice(0, 5).map(latlngOf);
    state.map.fitBounds(L.latLngBounds([latlng, ...five]), {
      paddingTopLeft: [52, 40], paddingBottomRight: [52, 72], maxZoom: 16,
    });
  }

  /* Where a name would stand on the map, in pixels; Chinese signs are as wide as they are high. */
  function nameBox(station) {
    const { x, y } = state.map.latLngToContainerPoint(latlngOf(station));
    const half = [...station.properties.name]
      .reduce((width, sign) => width + (sign > "\u2e80" ? 15 : 9), 8) / 2;
    return L.bounds([x - half, y + 8], [x + half, y + 30]);
  }

  /* The nearest five have their names on the map, so that list and map are one; a name that would
     cover a nearer one is left out until the map is closer. */
  function showNames(found) {
    state.names.clearLayers();
    const taken = [];
    for (const station of state.here ? found.slice(0, 5) : []) {
      const box = nameBox(station);
      if (taken.some((other) => other.intersects(box))) continue;
      taken.push(box);
      L.tooltip({ permanent: true, direction: "bottom", offset: [0, 10], className: "near-name" })
        .setLatLng(latlngOf(station))
        .setContent(yizhan.element("span", station.properties.name))
        .addTo(state.names);
    }
  }

  function showMarkers(found) {
    if (!state.layer) return;
    showNames(found);
    const kept = new Set(found);
    for (const station of state.stations) {
      const wanted = kept.has(station) || !isShown(station);
      if (wanted !== state.layer.hasLayer(station.marker)) {
        state.layer[wanted ? "addLayer" : "removeLayer"](station.marker);
      }
    }
  }

  function makeMap() {
    const map = L.map("map", { preferCanvas: true, attributionControl: false, zoomControl: false,
      zoomSnap: 0.5, minZoom: 8, maxZoom: 18 });
    state.map = map;
    map.createPane("roads").style.zIndex = 250;
    map.getPane("roads").style.pointerEvents = "none";
    yizhan.dress(map, {
      words: words.map, attribution: settings.attribution, box: settings.box,
    });
    const dots = state.stations.length > 1500;
    state.layer = L.layerGroup().addTo(map);
    state.names = L.layerGroup().addTo(map);
    for (const station of state.stations) {
      const draw = dots ? yizhan.stationDot : yizhan.stationMarker;
      const now = stateOf(station.properties);
      station.properties.state = now.mark;
      station.marker = draw(station, latlngOf(station));
      station.properties.lines = [kinds[station.properties.kind] || station.properties.kind,
        now.says, now.note].filter(Boolean);
      station.properties.navigation_words = words.navigate;
      yizhan.describe(station, station.marker);
    }
    map.on("click", (event) => lookFrom([event.latlng.lng, event.latlng.lat], "from_map"));
    showMarkers(sorted());
    map.on("zoomend", () => showNames(sorted()));
    drawRoads(map);
    showHere();
  }

  async function drawRoads(map) {
    const answer = await fetch(settings.roads);
    if (!answer.ok) return;
    L.geoJSON(await answer.json(), {
      pane: "roads", interactive: false,
      style: ({ properties: { road, width } }) => ({ ink: `road-${road}`, road: width, weight: width }),
    }).addTo(map);
  }

  function bindMapSize() {
    const button = find("#map-size");
    button.addEventListener("click", () => {
      const full = find(".locator-map").classList.toggle("full");
      button.textContent = full ? words.map_smaller : words.map_larger;
      button.setAttribute("aria-expanded", String(full));
      document.body.classList.toggle("map-full", full);
      const band = find(".sample-band");
      find(".locator-map").style.setProperty("--band", `${band ? band.getBoundingClientRect().height : 0}px`);
      state.map?.invalidateSize();
    });
  }

  // ---- start ----
  function bindControls() {
    find("#locate").addEventListener("click", locate);
    find("#more").addEventListener("click", () => { state.shown += 10; showList(); });
    for (const choice of document.querySelectorAll('input[name="mode"]')) {
      if (choice.checked) state.mode = choice.value;
      choice.addEventListener("change", () => {
        state.mode = choice.value;
        state.modeChosen = true;
        showList();
      });
    }
    for (const name of ["group", "kind"]) {
      find(`#${name}`).addEventListener("change", (event) => {
        state[name] = event.target.value;
        state.shown = settings.shown;
        if (name === "group") goAsGroup();
        showList();
      });
    }
    for (const chip of document.querySelectorAll("button[data-facility]")) {
      chip.addEventListener("click", () => {
        const { facility } = chip.dataset;
        if (!state.facilities.delete(facility)) state.facilities.add(facility);
        state.shown = settings.shown;
        showList();
      });
    }
    bindMapSize();
  }

  /* A truck driver drives and a courier rides, until the reader says otherwise. */
  function goAsGroup() {
    const mode = settings.group_modes[state.group];
    if (!mode || state.modeChosen) return;
    state.mode = mode;
    find(`input[name="mode"][value="${mode}"]`).checked = true;
  }

  async function start() {
    const answer = await fetch(settings.stations);
    if (!answer.ok) { where.textContent = words.no_answer; return; }
    state.stations = (await answer.json()).features.filter(({ geometry }) => geometry);
    document.body.classList.add("sorting");
    find("#pages")?.remove();
    for (const hidden of document.querySelectorAll("[data-with-script]")) hidden.hidden = false;
    bindControls();
    showList();
    requestAnimationFrame(() => setTimeout(makeMap, 0));
  }

  start();
})();
