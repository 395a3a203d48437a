/* What a scenario changes: areas before and after on two sides of a slider, cover by the hour, and
   what only one of two scenarios does. `plans.js` gives it the page's tools. */
"use strict";

const planChanges = ({ find, settings, place, says, fill, get, getMeasured, tell, numbered, fitMarks }) => {
  const SVG = "http://www.w3.org/2000/svg";
  // ---- what a scenario changes: areas before and after, cover by the hour ----
  const percent = (share) => (100 * share).toFixed(1);

  function once(ask) {
    let asked = null;
    return () => (asked ||= ask().catch((error) => { asked = null; throw error; }));
  }

  /* A layer of areas of its own, which can be cut. */
  function areaPane(map, name, style) {
    map.createPane(name).style.zIndex = 300; // above the roads, below the dots
    map.getPane(name).style.pointerEvents = "none";
    const renderer = L.canvas({ pane: name, padding: 0.2 });
    const layer = L.layerGroup().addTo(map);
    const show = (geometry) => {
      layer.clearLayers();
      if (!geometry) return;
      layer.addLayer(L.geoJSON(geometry, {
        coordsToLatLng: (lonlat) => L.latLng(place.put(lonlat)), pane: name, renderer,
        interactive: false, style: () => style,
      }));
    };
    return { element: map.getPane(name), show };
  }

  /* Show the areas of the group that is chosen; `ask` answers them by group. */
  function bindAreaChoice(ask, show, said) {
    const choice = find("#area-of");
    const change = async () => {
      const group = choice.value;
      show(null);
      tell(group ? says.measuring : "");
      if (!group) return;
      const areas = (await ask().catch(() => ({}))).areas;
      if (choice.value !== group) return;
      if (!areas || !areas[group]) { tell(says.no_area); return; }
      show(areas[group]);
      tell(fill(said, { name: choice.selectedOptions[0].textContent }));
    };
    choice.addEventListener("change", change);
    if (choice.value) change(); // chosen before the map was there
  }

  /* Left of the slider the area as it was, right of it as it is then. */
  function bindAreas(map, changes) {
    const swipe = find("#swipe");
    const before = areaPane(map, "before", { ink: "ink-2", fillInk: "ink-2", weight: 1.5, fillOpacity: 0.25 });
    const after = areaPane(map, "after", { ink: "accent", fillInk: "accent", weight: 1.5, fillOpacity: 0.25 });
    const line = yizhan.element("div", null, "swipe-line");
    const cut = () => {
      const { x: wide, y: high } = map.getSize();
      const { x: left, y: top } = map.containerPointToLayerPoint([0, 0]);
      const middle = (wide * Number(swipe.value)) / 100;
      const part = (from, to) => `polygon(${[[from, 0], [to, 0], [to, high], [from, high]]
        .map(([x, y]) => `${left + x}px ${top + y}px`).join(", ")})`;
      before.element.style.clipPath = part(0, middle);
      after.element.style.clipPath = part(middle, wide);
      line.style.left = `${middle - 1}px`;
    };
    map.on("move zoom zoomend resize viewreset", cut);
    swipe.addEventListener("input", cut);
    bindAreaChoice(changes, (areas) => {
      find("#swipe-of").hidden = !areas;
      before.show(areas && areas.before);
      after.show(areas && areas.after);
      line.remove();
      if (areas) map.getContainer().append(line);
      cut();
    }, says.swipe);
  }

  function bar(name, hour, share) {
    const made = document.createElementNS(SVG, "rect");
    const [x, width] = name === "before" ? [4 + hour * 10, 5] : [2 + hour * 10, 9];
    for (const [key, value] of Object.entries({ class: name, x, width, y: 60 - 56 * share, height: 56 * share })) {
      made.setAttribute(key, value);
    }
    return made;
  }

  /* A small chart for each group: the same hours and the same scale, so that they compare. */
  function hourChart(name, { before, after }) {
    const low = after.indexOf(Math.min(...after));
    const at = (hour) => ({ hour, before: percent(before[hour]), after: percent(after[hour]) });
    const said = fill(says.least, at(low));
    const svg = document.createElementNS(SVG, "svg");
    for (const [key, value] of [["viewBox", "0 0 244 74"], ["role", "img"], ["aria-label", `${name}. ${said}`]]) {
      svg.setAttribute(key, value);
    }
    after.forEach((share, hour) => {
      const pair = [bar("after", hour, share), bar("before", hour, before[hour])];
      for (const part of pair) {
        part.append(document.createElementNS(SVG, "title"));
        part.firstChild.textContent = fill(says.hour, at(hour));
      }
      svg.append(...pair);
    });
    const axis = document.createElementNS(SVG, "path");
    axis.setAttribute("class", "axis");
    axis.setAttribute("d", "M0 60.5h244");
    svg.append(axis, ...[0, 6, 12, 18].map((hour) => {
      const label = document.createElementNS(SVG, "text");
      label.setAttribute("x", 2 + hour * 10);
      label.setAttribute("y", 71);
      label.textContent = `${hour}:00`;
      return label;
    }));
    const caption = yizhan.element("figcaption");
    caption.append(yizhan.element("b", name), yizhan.element("div", said, "quiet small"));
    const figure = yizhan.element("figure");
    figure.append(caption, svg);
    return figure;
  }

  /* The charts are measured when somebody comes to look at them. */
  function bindHours(changes) {
    const part = find("#plan-hours");
    const box = part.querySelector(".hour-charts");
    const draw = async () => {
      box.replaceChildren(yizhan.element("p", says.measuring, "quiet"));
      const found = await changes().catch(() => ({}));
      if (!found.hours) { box.replaceChildren(yizhan.element("p", says.no_area, "quiet")); return; }
      const named = [{ id: "all", name: says.all }, ...found.groups];
      box.replaceChildren(...named.map(({ id, name }) => hourChart(name, found.hours[id])));
    };
    const watch = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      watch.disconnect();
      draw();
    });
    watch.observe(part);
  }

  /* Two scenarios on one map: what one has and the other has not. */
  async function drawDifference(map, addresses) {
    const [first, second] = (await Promise.all(addresses.map(get))).map(({ actions }) => actions);
    const key = (one) => JSON.stringify([one.what, one.id, one.kind]);
    const [mine, others] = [first, second].map((actions) => new Set(actions.map(key)));
    const told = [
      ...first.map((one) => [others.has(key(one)) ? "=" : "A", one]),
      ...second.filter((one) => !mine.has(key(one))).map((one) => ["B", one]),
    ];
    // two plans stand close together: what each does is pressed on its own map, and stands in the table
    const marks = new Map(told.map(([letter, one], n) => [String(n), numbered(one, letter).addTo(map)]));
    fitMarks(map, marks);
    const panes = [
      areaPane(map, "first", { ink: "accent", fillInk: "accent", weight: 1.5, fillOpacity: 0.35 }),
      areaPane(map, "second", { ink: "soon", fillInk: "soon", weight: 1.5, fillOpacity: 0.35, dashArray: "5 4" }),
    ];
    bindAreaChoice(once(() => getMeasured(settings.difference)), (areas) => {
      panes[0].show(areas && areas.first);
      panes[1].show(areas && areas.second);
    }, says.differs);
  }

  return { bindAreas, bindHours, drawDifference, once };
};
