/* The question's form beside the map: places that must or must not be, ground that is drawn, floors
   as sliders. `plans.js` gives it the page's tools. */
"use strict";

const planQuestion = ({ find, settings, place, says, fill, rounded, tell }) => {
  // ---- the question: pins, zones, new workers ----
  const list = (selector) => find(selector).value.split(/[,，、;；\n]+/).map((one) => one.trim()).filter(Boolean);

  function pin(id, key) {
    for (const name of ["required", "forbidden"]) {
      const kept = list(`[name=${name}]`).filter((other) => other !== id);
      if (name === key) kept.push(id);
      find(`[name=${name}]`).value = kept.join("\n");
    }
    find("[name=required]").closest("details").open = true;
  }

  function pinButtons(id) {
    const box = yizhan.element("p", null, "acts");
    for (const [key, words] of [["required", says.require], ["forbidden", says.forbid], ["", says.clear]]) {
      const button = yizhan.element("button", words, "button plain");
      button.type = "button";
      button.addEventListener("click", () => { pin(id, key); tell(`${words} ${id}`); });
      box.append(button);
    }
    return box;
  }

  const readJson = (selector, empty) => {
    try { return JSON.parse(find(selector).value || "null") || empty; } catch { return empty; }
  };
  const writeJson = (selector, value) => {
    find(selector).value = JSON.stringify(value);
    find(selector).closest("details").open = true;
  };

  const STYLES = { exclude: "alert", require: "accent", park: "soon" };

  function dressDrawn(layer, rule) {
    layer.setStyle({ color: yizhan.token(STYLES[rule]), weight: 2, fillOpacity: 0.1, dashArray: rule === "exclude" ? "6 4" : null });
  }

  function drawZones(map) {
    const zones = readJson("#zones", []);
    for (const zone of Array.isArray(zones) ? zones : []) {
      const layer = Array.isArray(zone.ring) ? L.polygon(zone.ring.map(place.put))
        : Array.isArray(zone.around) ? L.circle(place.put(zone.around), { radius: zone.within_m }) : null;
      if (!layer) continue;
      dressDrawn(layer, zone.rule === "exclude" ? "exclude" : "require");
      layer.bindTooltip(() => yizhan.element("span", zone.name)).addTo(map);
    }
  }

  function takeZone(layer, rule) {
    const zones = readJson("#zones", []);
    const name = fill(says.zone, { n: zones.length + 1 });
    const ring = layer.getLatLngs()[0].map((corner) => rounded(place.take(corner)));
    zones.push({ name, rule, ring });
    writeJson("#zones", zones);
    dressDrawn(layer, rule);
    layer.bindTooltip(() => yizhan.element("span", name));
    tell(fill(says.taken, { name }));
  }

  function takePark(layer) {
    const dialog = find("#plan-park");
    dialog.returnValue = "";
    dialog.showModal();
    dialog.addEventListener("close", () => {
      const value = (name) => dialog.querySelector(`[data-park=${name}]`).value;
      if (dialog.returnValue !== "take" || !Number(value("workers"))) { layer.remove(); return; }
      const world = readJson("#world", {});
      const one = {
        name: value("name"), at: rounded(place.take(layer.getLatLng())),
        within_m: Math.round(layer.getRadius()), group: value("group"), workers: Number(value("workers")),
      };
      if (value("year")) one.year = Number(value("year"));
      world.demand = [...(world.demand || []), one];
      writeJson("#world", world);
      dressDrawn(layer, "park");
      layer.bindTooltip(() => yizhan.element("span", one.name));
      tell(fill(says.taken, { name: one.name }));
    }, { once: true });
  }

  async function draw(map, rule) {
    await Promise.all(settings.pen.map(locatorMap.once)); // the drawing tool, when it is first used
    L.PM.reInitLayer(map);
    map.pm.setLang(document.documentElement.lang.startsWith("zh") ? "zh" : "en");
    map.pm.disableDraw();
    map.off("pm:create pm:drawend");
    const frame = map.getContainer();
    frame.classList.add("drawing"); // a press is a corner, and no dot's
    map.on("pm:drawend", () => frame.classList.remove("drawing"));
    map.on("pm:create", ({ layer }) => {
      map.pm.disableDraw();
      if (rule === "park") takePark(layer); else takeZone(layer, rule);
    });
    map.pm.enableDraw(rule === "park" ? "Circle" : "Polygon", {
      snappable: false, allowSelfIntersection: false, continueDrawing: false,
    });
    tell(rule === "park" ? says.circle : says.draw);
  }

  // ---- floors: a slider beside the number, on a scale of what is so and what is possible ----
  function bindFloor(row) {
    const [figure, slide] = ["[name$='.figure']", "[type=range]"].map((part) => row.querySelector(part));
    const [group, district] = ["group", "district"].map((part) => row.querySelector(`[name$='.${part}']`));
    const said = row.querySelector(".floor-said");
    const bar = (name, from, to) => {
      const part = row.querySelector(`.floor-${name}`);
      part.setAttribute("x", from);
      part.setAttribute("width", Math.max(to - from, 0));
    };
    const show = () => {
      const wanted = Number(figure.value.replace("%", "").trim()) || 0;
      slide.value = wanted;
      const end = settings.ends.find((one) =>
        one.group === (group.value || "all") && one.district === (district.value || "all"));
      const known = end && end.bound !== null;
      bar("now", 0, end ? end.before : 0);
      bar("can", end ? end.before : 0, known ? end.reached : (end ? end.planned : 0));
      bar("far", known ? end.reached : 0, known ? end.bound : 0);
      const beyond = Boolean(known && wanted > end.bound);
      const parts = end ? [fill(says.now, end)] : [];
      if (known) parts.push(fill(end.reached < end.bound ? says.between : says.end, { ...end, most: end.bound }));
      if (beyond) parts.push(says.beyond);
      said.textContent = parts.join(" · ");
      said.classList.toggle("beyond", beyond);
    };
    slide.addEventListener("input", () => {
      figure.value = Number(slide.value) ? slide.value : "";
      show();
    });
    for (const part of [figure, group, district]) part.addEventListener("input", show);
    show();
  }

  /* What is drawn by its corners, written or taken from the middle of the map, is shown at once. */
  function bindDrawn(map) {
    const field = (name) => find(`[name="drawn.${name}"]`);
    const corners = () => field("corners").value.split("\n")
      .map((line) => (line.match(/[-+]?\d+(\.\d*)?/g) || []).map(Number)).filter((pair) => pair.length === 2);
    let shown = null;
    const show = () => {
      const rule = field("rule").value;
      for (const part of document.querySelectorAll("[data-drawn]")) part.hidden = part.dataset.drawn !== rule;
      if (shown) shown.remove();
      const points = corners().map(place.put);
      const metres = Number(field("within_m").value);
      if (points.length > 1) shown = L.polygon(points, { interactive: false });
      else if (points.length && metres > 0) shown = L.circle(points[0], { radius: metres, interactive: false });
      else shown = points.length ? L.circleMarker(points[0], { radius: 5, interactive: false }) : null;
      if (shown) { shown.addTo(map); dressDrawn(shown, rule); }
    };
    for (const name of ["rule", "corners", "within_m"]) field(name).addEventListener("input", show);
    find("#drawn-middle").addEventListener("click", () => {
      const middle = rounded(place.take(map.getCenter())).join(",");
      field("corners").value = [field("corners").value.trim(), middle].filter(Boolean).join("\n");
      show();
      tell(fill(says.taken, { name: middle }));
    });
    show();
  }

  function bindQuestion(map) {
    drawZones(map);
    bindDrawn(map);
    for (const row of document.querySelectorAll("[data-floor]")) bindFloor(row);
    for (const button of document.querySelectorAll("[data-draw]")) {
      button.addEventListener("click", () => draw(map, button.dataset.draw).catch(() => {}));
    }
    const goal = find('[name="goal.what"]');
    const years = find('[name="years.count"]');
    const show = () => {
      for (const part of document.querySelectorAll("[data-goal]")) part.hidden = part.dataset.goal !== goal.value;
      for (const part of document.querySelectorAll("[data-year]")) {
        part.hidden = Number(part.dataset.year) > Number(years.value || 1);
      }
    };
    goal.addEventListener("change", show);
    years.addEventListener("input", show);
    show();
    const wrong = find(".fault, .desk-error");
    if (wrong) {
      for (let part = wrong.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
      wrong.scrollIntoView({ block: "center" });
    }
  }

  return { bindQuestion, pinButtons };
};
