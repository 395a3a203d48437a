/* Workers by the hour: squares sorted into classes and drawn as one shape a class, so that a move of
   the slider repaints seven shapes and not ten thousand. */
"use strict";

yizhan.hours = (map, data) => {
  const PER_DEGREE = 100000;
  const CLASSES = 7;
  const squares = decode(data.corners);
  const count = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  const two = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 2 });
  const byId = (id) => document.getElementById(`density-${id}`);
  const choice = { group: data.group, hour: data.hour, day: data.day };

  function decode(corners) {
    const made = [];
    let lon = 0;
    let lat = 0;
    for (let at = 0; at < corners.length; at += 8) {
      lon += corners[at];
      lat += corners[at + 1];
      const ring = [L.latLng(lat / PER_DEGREE, lon / PER_DEGREE)];
      for (let next = at + 2; next < at + 8; next += 2) {
        ring.push(L.latLng((lat + corners[next + 1]) / PER_DEGREE, (lon + corners[next]) / PER_DEGREE));
      }
      made.push(ring);
    }
    return made;
  }

  /* Over the roads, which would hide small squares, and under the borders, which come later. */
  const shapes = Array.from({ length: CLASSES }, (_, number) => L.polygon([], {
    pane: "districts", stroke: false, fillInk: `ramp-${number + 1}`, fillOpacity: .78,
    interactive: false, smoothFactor: 0,
  }).addTo(map));

  function factors() {
    const day = choice.day === "weekend" ? 1 : 0;
    return data.groups.map((group, row) => (
      choice.group === "all" || choice.group === group ? data.factor[row][day][choice.hour] : 0));
  }

  function densities(factor) {
    return squares.map((_, at) => (
      factor.reduce((sum, share, row) => sum + share * data.workers[row][at], 0) / data.area));
  }

  let dense = [];

  /* The area of the densest squares in which half of the whole city's workers stand. */
  function half(values, whole) {
    const sorted = values.slice().sort((a, b) => b - a);
    let passed = 0;
    let at = 0;
    while (at < sorted.length && passed < whole / 2) passed += sorted[at++] * data.area;
    return at * data.area;
  }

  const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function draw() {
    const factor = factors();
    dense = densities(factor);
    const breaks = data.breaks[choice.group];
    const parts = Array.from({ length: CLASSES }, () => []);
    dense.forEach((value, at) => {
      let step = -1;
      while (step + 1 < breaks.length && value >= breaks[step + 1]) step += 1;
      if (step >= 0) parts[CLASSES - breaks.length + step].push([squares[at]]);
    });
    shapes.forEach((shape, number) => shape.setLatLngs(parts[number]));
    say(factor, breaks);
  }

  function say(factor, breaks) {
    const whole = factor.reduce((sum, share, row) => sum + share * data.totals[row], 0);
    byId("says").textContent = fill(data.says, {
      day: data.days[choice.day], hour: choice.hour, n: count.format(whole),
      group: data.names[choice.group], km2: two.format(half(dense, whole)),
    });
    byId("hour").setAttribute("aria-valuetext", `${choice.hour}:00`);
    byId("clock").textContent = `${String(choice.hour).padStart(2, "0")}:00`;
    byId("thin").textContent = fill(data.thin, { n: breaks[0] });
    document.querySelectorAll("#density-ramp text").forEach((text, at) => {
      const step = at - (CLASSES - breaks.length);
      text.textContent = step >= 0 ? breaks[step].toLocaleString("en-US") : "";
    });
    document.querySelectorAll("#density-ramp rect").forEach((box, at) => {
      box.classList.toggle("none", at < CLASSES - breaks.length);
    });
  }

  function inside(ring, { lat, lng }) {
    const lats = ring.map((corner) => corner.lat);
    const lngs = ring.map((corner) => corner.lng);
    return lat >= Math.min(...lats) && lat <= Math.max(...lats)
      && lng >= Math.min(...lngs) && lng <= Math.max(...lngs);
  }

  map.on("click", ({ latlng }) => {
    const at = squares.findIndex((ring) => inside(ring, latlng));
    if (at < 0) return;
    const words = yizhan.element("p", fill(data.here, { n: two.format(dense[at]) }));
    L.popup({ minWidth: 120 }).setLatLng(latlng).setContent(words).openOn(map);
  });

  byId("group").addEventListener("change", (event) => { choice.group = event.target.value; draw(); });
  byId("hour").addEventListener("input", (event) => { choice.hour = Number(event.target.value); draw(); });
  byId("day").addEventListener("change", (event) => { choice.day = event.target.value; draw(); });
  draw();
};
