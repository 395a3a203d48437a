/* The planner's map: what stands, the candidates, a scenario's actions; zones are drawn on it, and
   the maps of several scenarios move together. */
"use strict";

(() => {
  const find = (selector) => document.querySelector(selector);
  const settings = JSON.parse(find("#plan-settings").textContent);
  const place = locatorMap.placer(settings);
  const says = settings.says || {};
  const SVG = "http://www.w3.org/2000/svg";
  const CLASSES = 5; // of what candidates add
  const MOST_ZOOM = 18;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const rounded = (lonlat) => lonlat.map((degrees) => Number(degrees.toFixed(6)));
  const get = async (address) => (await fetch(address)).json();

  const AGAIN_MS = 700;
  const pause = () => new Promise((go) => { setTimeout(go, AGAIN_MS); });

  /* How much of what takes seconds is measured; a place of its own in the queue comes first. */
  const tellShare = ({ share }) => tell(share === null || share < 0 ? says.queued
    : fill(says.share, { n: Math.round(100 * share) }));

  /* Ask until it is measured. */
  async function getMeasured(address) {
    for (;;) {
      const found = await get(address);
      if (!found.awaited) return found;
      tellShare(found);
      await pause();
    }
  }

  const tell = (words) => { find("#plan-said").textContent = words; };

  for (const shown of document.querySelectorAll("[data-with-script]")) shown.hidden = false;

  // ---- the ground ----
  let roads = null; // asked for once, drawn on every map

  async function groundOf() {
    const now = await get(settings.now);
    if (now.roads && !now.roads_large) {
      await locatorMap.prepareRoads(settings);
      return { packed: Pocket.unpack(await (await fetch(now.roads)).arrayBuffer()) };
    }
    return { plain: await get(settings.roads) };
  }

  async function drawGround(map) {
    for (const { url, options } of settings.base_map.tiles) L.tileLayer(url, options).addTo(map);
    if (settings.base_map.tiles.length) return;
    roads ||= groundOf();
    const { packed, plain } = await roads;
    if (packed) { roadmap.layer(packed, settings.tiers).addTo(map); return; }
    map.createPane("roads").style.zIndex = 250;
    map.getPane("roads").style.pointerEvents = "none";
    L.geoJSON(plain, {
      pane: "roads", interactive: false, renderer: L.canvas({ pane: "roads" }),
      style: ({ properties: { road, width } }) => ({ ink: `road-${road}`, road: width, weight: width }),
    }).addTo(map);
  }

  function makeMap(container) {
    const map = L.map(container, {
      attributionControl: false, zoomControl: false, zoomSnap: 0.5, minZoom: 8, maxZoom: MOST_ZOOM,
      preferCanvas: true,
    });
    const [left, bottom, right, top] = settings.box;
    map.fitBounds([place.put([left, bottom]), place.put([right, top])], { animate: false });
    const { words, base_map: base, attribution } = settings;
    L.control.zoom({
      position: "topright", zoomInTitle: words.map.zoom_in, zoomOutTitle: words.map.zoom_out,
    }).addTo(map);
    const control = L.control.attribution({ prefix: false }).addTo(map);
    control.addAttribution(base.attribution || attribution);
    if (base.review_number) control.addAttribution(base.review_number);
    L.control.scale({ imperial: false, maxWidth: 140, position: "bottomright" }).addTo(map);
    map.createPane("dots").style.zIndex = 450; // above the roads, below the numbered marks
    map.dots = L.canvas({ pane: "dots", padding: 0.2 });
    yizhan.keepPainted(map);
    drawGround(map).catch(() => {});
    return map;
  }

  // ---- what stands, what may, what is done ----
  async function drawStanding(map) {
    const found = await get(settings.standing);
    found.id.forEach((id, n) => {
      const dot = L.circleMarker(place.put([found.lon[n], found.lat[n]]), {
        renderer: map.dots, pane: "dots", radius: 4.5, weight: 1.5, fillOpacity: found.status[n] === "open" ? 1 : 0,
        ink: "mark-line", fillInk: `kind-${found.kind[n].replaceAll("_", "-")}`,
      });
      dot.bindTooltip(() => yizhan.element("span", found.name[n]), { direction: "top" });
      dot.addTo(map);
    });
  }

  /* What each candidate would add of its kind's groups; null where it was not measured. */
  function gainsOf(found) {
    const groups = found.groups.filter(({ id }) => found.gains[id]);
    if (!groups.length) return null;
    return found.id.map((id, n) => {
      const kind = (found.kind[n] || found.kind_here);
      const mine = groups.filter((group) => group.kinds.includes(kind));
      return {
        kind,
        whole: mine.reduce((sum, group) => sum + found.gains[group.id][n], 0),
        groups: mine.map((group) => [group.name, found.gains[group.id][n]]),
      };
    });
  }

  function breaksOf(gains) {
    const sorted = gains.map(({ whole }) => whole).filter((n) => n > 0).sort((a, b) => a - b);
    return Array.from({ length: CLASSES - 1 }, (_, k) =>
      sorted[Math.floor(((k + 1) * sorted.length) / CLASSES)] || 0);
  }

  function candidatePopup(found, n, gain) {
    const box = yizhan.element("div");
    box.append(yizhan.element("h3", found.name[n] || `${says.candidate} ${found.id[n]}`));
    if (!gain) box.append(yizhan.element("p", says.unknown));
    else {
      box.append(yizhan.element("p",
        `${found.kinds[gain.kind]} · ${fill(says.adds, { n: Math.round(gain.whole).toLocaleString("en") })}`));
      const named = gain.groups.filter(([, more]) => more >= 0.5)
        .map(([name, more]) => `${name} ${Math.round(more).toLocaleString("en")}`);
      if (named.length) box.append(yizhan.element("p", named.join(" · "), "quiet small"));
    }
    if (find(".plan-ask")) box.append(pinButtons(found.id[n]));
    else if (settings.ask) box.append(againLinks(found.id[n]));
    return box;
  }

  /* Ask the scenario's question again with this place, or without it. */
  function againLinks(id) {
    const box = yizhan.element("p", null, "acts");
    for (const [key, words] of [["required", says.instead], ["forbidden", says.without]]) {
      const link = yizhan.element("a", words, "button plain");
      const address = new URL(settings.ask, location.href);
      address.searchParams.set(key, id);
      link.href = address.pathname + address.search;
      box.append(link);
    }
    return box;
  }

  /* The candidates come at once, and their colours when what they would add is measured. */
  async function drawCandidates(map) {
    let found = await get(settings.candidates);
    let gains = null;
    const layer = L.layerGroup();
    const dots = found.id.map((id, n) => {
      const dot = L.circleMarker(place.put([found.lon[n], found.lat[n]]), {
        renderer: map.dots, pane: "dots", radius: 3, weight: 1, fillOpacity: 0.85, ink: "paper", fillInk: "line",
      });
      dot.bindPopup(() => candidatePopup(found, n, gains && gains[n]), { maxWidth: 280, minWidth: 200 });
      return dot.addTo(layer);
    });
    const colour = (paint) => {
      gains = gainsOf(found);
      const breaks = gains ? breaksOf(gains) : [];
      (gains || []).forEach(({ whole }, n) => {
        const step = breaks.filter((from) => whole >= from).length;
        dots[n].options.fillInk = whole > 0 ? `ramp-${step + 2}` : "line";
        dots[n].options.radius = 2.5 + step * 0.7;
        paint(dots[n]);
      });
    };
    colour(() => {}); // painted when they come onto the map
    layer.addTo(map);
    layer.eachLayer((dot) => dot.bringToBack()); // what stands lies above what may
    if (found.awaited) {
      const address = new URL(settings.candidates, location.href);
      address.searchParams.set("waits", "1");
      const said = find("#plan-said").textContent;
      getMeasured(address).then((measured) => {
        tell(said);
        if (measured.id.join() !== found.id.join()) return; // others since
        found = measured;
        colour((dot) => { dot.setRadius(dot.options.radius); yizhan.paint(dot, map.getZoom()); });
      }).catch(() => {});
    }
    return layer;
  }

  /* A mark that says its name to a reader of screens. */
  function named(mark, name) {
    mark.on("add", () => mark.getElement().setAttribute("aria-label", name));
    return mark;
  }

  /* Without a name it is a picture: nothing to press, and no words for a reader of screens. */
  function numbered(one, order, name = "") {
    const icon = L.divIcon({
      html: yizhan.mark({ kind: one.kind, state: "open", number: order }),
      className: "station-mark", iconSize: [30, 30],
    });
    const options = { icon, zIndexOffset: 3000 - 10 * (Number(order) || 0), riseOnHover: true };
    if (!name) return L.marker(place.put([one.lon, one.lat]), { ...options, interactive: false, keyboard: false });
    return named(L.marker(place.put([one.lon, one.lat]), options), name);
  }

  /* Show all of some marks. */
  function fitMarks(map, marks) {
    if (!marks.size) return;
    const bounds = L.latLngBounds([...marks.values()].map((mark) => mark.getLatLng()));
    map.fitBounds(bounds, { padding: [48, 48], maxZoom: 14, animate: false });
  }

  // ---- why not here? and an action that is moved ----
  async function askNear(map, latlng, { title, move = "" }) {
    const [lon, lat] = rounded(place.take(latlng));
    const box = yizhan.element("div");
    const said = yizhan.element("p", says.looking);
    box.append(yizhan.element("h3", title), said);
    const popup = L.popup({ maxWidth: 300, minWidth: 240, maxHeight: 320 }).setLatLng(latlng).setContent(box).openOn(map);
    find("#near-at").value = `${lon},${lat}`;
    const address = new URL(settings.near, location.href);
    address.searchParams.set("at", `${lon},${lat}`);
    if (move) address.searchParams.set("move", move);
    const shown = yizhan.element("div");
    said.replaceWith(shown);
    shown.append(said);
    do {
      const answer = await fetch(address).catch(() => null);
      if (!answer || !answer.ok) { shown.replaceChildren(yizhan.element("p", says.no_area)); return; }
      shown.replaceChildren(document.createRange().createContextualFragment(await answer.text()));
      popup.update();
      if (!shown.querySelector("[data-awaited]")) return;
      await pause();
    } while (popup.isOpen());
  }

  function bindNear(map) {
    map.on("click", ({ latlng }) => askNear(map, latlng, { title: says.why_not }));
    find("#near-middle").addEventListener("click", () => {
      const [lon, lat] = rounded(place.take(map.getCenter()));
      find("#near-at").value = `${lon},${lat}`;
    });
  }

  /* An action that is drawn somewhere else goes back when the question is not asked again. */
  function letMove(map, mark, one) {
    const home = mark.getLatLng();
    mark.options.draggable = true;
    mark.on("dragend", () => {
      const there = mark.getLatLng();
      askNear(map, there, { title: fill(says.moved, { name: `${one.order} · ${one.name}` }), move: one.id });
      map.once("popupclose", () => mark.setLatLng(home));
    });
  }

  function actionPopup(name, one) {
    const box = yizhan.element("div");
    box.append(yizhan.element("h3", name), ...one.lines.map((line) => yizhan.element("p", line)));
    return box;
  }

  async function drawActions(map, address) {
    const { actions } = await get(address);
    const marks = new Map();
    for (const one of actions) {
      const mark = numbered(one, one.order, `${one.order} · ${one.name}`);
      mark.bindPopup(() => actionPopup(`${one.order} · ${one.name}`, one), { maxWidth: 280, minWidth: 180 });
      if (settings.may_move && one.what === "build") letMove(map, mark, one);
      mark.addTo(map);
      marks.set(String(one.order), mark);
    }
    fitMarks(map, marks);
    return marks;
  }

  /* The candidates of a scenario come when they are wanted, and go again. */
  function offerCandidates(map) {
    const button = find("#show-candidates");
    let layer = null;
    button.addEventListener("click", async () => {
      button.disabled = true;
      if (layer && map.hasLayer(layer)) layer.remove();
      else if (layer) layer.addTo(map);
      else layer = await drawCandidates(map).catch(() => null);
      button.disabled = false;
      button.textContent = layer && map.hasLayer(layer) ? says.hide : says.show;
    });
  }

  // ---- one scenario: table and map point at each other ----
  function linkRows(map, marks) {
    for (const row of document.querySelectorAll("tr[data-order]")) {
      row.addEventListener("click", (event) => {
        const mark = marks.get(row.dataset.order);
        if (!mark || event.target.closest("details")) return;
        event.preventDefault();
        map.setView(mark.getLatLng(), Math.max(map.getZoom(), 13), { animate: !still.matches });
        mark.openPopup();
        find(".plan-map").scrollIntoView({ block: "nearest" });
      });
    }
  }

  /* Sort by the heading that is pressed; again the other way round. */
  function sortTable(table) {
    const number = (cell) => Number(cell.firstChild ? cell.firstChild.textContent.replaceAll(",", "") : "");
    table.querySelectorAll("thead th").forEach((head, column) => {
      if (!head.textContent.trim()) return;
      const button = yizhan.element("button", head.textContent, "sort");
      button.type = "button";
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") !== "descending";
        for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows];
        rows.sort((a, b) => {
          const [x, y] = [a.cells[column], b.cells[column]];
          const by = Number.isFinite(number(x)) && Number.isFinite(number(y))
            ? number(x) - number(y) : x.textContent.localeCompare(y.textContent, document.documentElement.lang);
          return down ? -by : by;
        });
        table.tBodies[0].append(...rows);
      });
    });
  }

  // ---- a run at work: the curve of plan and bound, the sites that move ----
  const WIDE = 400;
  const HIGH = 160;

  function drawCurve(points) {
    const svg = find("#run-curve");
    svg.replaceChildren();
    const known = points.filter(([, plan, bound]) => plan !== null || bound !== null);
    if (!known.length) return;
    const last = Math.max(known[known.length - 1][0], 0.1);
    const plans = known.map(([, plan]) => plan).filter((value) => value !== null);
    const best = plans.length ? plans[plans.length - 1] : null;
    const bounds = known.map(([, , bound]) => bound).filter((value) => value !== null);
    const ends = [...plans, ...bounds];
    let [low, high] = [Math.min(...ends), Math.max(...ends)];
    // the first bounds are far away: what matters is the last stretch
    if (best !== null && best > 0) high = Math.min(high, Math.max(best * 1.3, bounds[bounds.length - 1] || 0));
    if (high <= low) high = low + 1;
    const y = (value) => HIGH - 8 - (HIGH - 16) * Math.min(1, Math.max(0, (value - low) / (high - low)));
    for (const [column, name] of [[1, "plan"], [2, "bound"]]) {
      const line = document.createElementNS(SVG, "polyline");
      line.setAttribute("class", `run-line ${name}`);
      line.setAttribute("points", known.filter((point) => point[column] !== null)
        .map((point) => `${(WIDE * point[0]) / last},${y(point[column])}`).join(" "));
      svg.append(line);
    }
    const bound = bounds[bounds.length - 1];
    if (best && bound) {
      const gap = (100 * Math.abs(bound - best)) / Math.max(Math.abs(best), 1e-9);
      find("#run-gap").textContent = fill(says.gap, { gap: gap.toFixed(gap < 1 ? 2 : 1) });
    }
  }

  function siteLayer(map) {
    const layer = L.layerGroup().addTo(map);
    return (sites) => {
      layer.clearLayers();
      for (const one of sites) {
        const icon = L.divIcon({
          html: yizhan.mark({ kind: one.kind, state: "open", number: "•" }),
          className: "station-mark", iconSize: [26, 26],
        });
        named(L.marker(place.put([one.lon, one.lat]), { icon, keyboard: false }), one.id).addTo(layer);
      }
    };
  }

  function followRun(map) {
    const show = siteLayer(map);
    const points = [];
    const hear = ({ data }) => {
      const news = JSON.parse(data);
      points.length = Math.min(points.length, news.from);
      points.push(...news.points);
      drawCurve(points);
      show(news.sites);
      find("#run").dataset.state = news.state;
      find("#run-state").textContent = says.states[news.state] || "";
      find("#run-step").textContent = says.steps[news.step] || "";
    };
    const source = new EventSource(settings.events); // it comes back by itself when a line breaks
    source.addEventListener("progress", hear);
    source.addEventListener("end", (event) => { hear(event); source.close(); location.reload(); });
    addEventListener("pagehide", () => source.close());
  }

  function numberedSites(map, sites) {
    const marks = new Map(sites.map((one, n) => {
      const name = `${n + 1} · ${one.id}`;
      const mark = numbered(one, n + 1, name).bindPopup(() => yizhan.element("p", name));
      return [String(n + 1), mark.addTo(map)];
    }));
    fitMarks(map, marks);
    return marks;
  }

  // ---- several scenarios: maps that move together ----
  function linkMaps(maps) {
    let moving = false;
    for (const map of maps) {
      map.on("move", () => {
        if (moving) return;
        moving = true;
        for (const other of maps) {
          if (other !== map) other.setView(map.getCenter(), map.getZoom(), { animate: false });
        }
        moving = false;
      });
    }
  }

  const { bindQuestion, pinButtons } = planQuestion({ find, settings, place, says, fill, rounded, tell });
  const { bindAreas, bindHours, drawDifference, once } = planChanges({
    find, settings, place, says, fill, get, getMeasured, tell, numbered, fitMarks,
  });

  const { bindView, restoreArea } = planView({ find, place, says, fill, rounded, tell });

  async function begin() {
    restoreArea();
    await locatorMap.prepare(settings);
    const several = [...document.querySelectorAll(".plan-maps .map")];
    if (several.length) {
      const maps = several.map(makeMap);
      const addresses = several.map((one) => one.dataset.points);
      const difference = find("#difference-map") && makeMap(find("#difference-map"));
      linkMaps(difference ? [...maps, difference] : maps);
      await Promise.all(maps.map((map, n) => Promise.all([drawStanding(map), drawActions(map, addresses[n])])));
      if (difference) await Promise.all([drawStanding(difference), drawDifference(difference, addresses)]);
      bindView(maps[0]);
      return;
    }
    const map = makeMap(find("#map"));
    yizhan.shared.map = map;
    locatorMap.bindSize(map, settings.words);
    for (const table of document.querySelectorAll("table.sortable")) sortTable(table);
    if (find(".plan-ask")) bindQuestion(map);
    if (settings.candidates && !settings.points) await drawCandidates(map);
    await drawStanding(map);
    if (settings.events) followRun(map);
    if (settings.sites) linkRows(map, numberedSites(map, settings.sites));
    if (!settings.points) return;
    offerCandidates(map);
    const changes = once(() => getMeasured(settings.changes));
    bindAreas(map, changes);
    bindNear(map);
    bindHours(changes);
    linkRows(map, await drawActions(map, settings.points));
    bindView(map);
  }

  begin().catch(() => {});
})();
