/* What every map shares: marks, popups, the scale, the scheme. Nothing that comes from data is ever
   parsed as HTML: names are set as text, shapes come from the page's own sprite. */
"use strict";

const yizhan = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const STATES = new Set(["open", "soon", "planned", "suspended", "closed", "unknown"]);
  const OVERLAYS = { suspended: "mark-bar", soon: "mark-soon", planned: "mark-plus" };
  const SIZES = ["", "mark-number", "mark-number two", "mark-number three"]; // by its signs
  const HELD = new Set([1, 2, 3, 4, "all"]); // by which scenario alone, or by all of them
  const FILLED = new Set(["open", "soon"]);
  const NAVIGATION = "https://uri.amap.com/navigation?";
  const shared = { map: null, sites: new Map(), covered: new Map(), words: {} };

  const token = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined && text !== null) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function use(id) {
    const made = document.createElementNS(SVG, "use");
    made.setAttribute("href", `#${id}`);
    return made;
  }

  /* The state of a mark now, where the page carries opening.js and the station its hours. */
  const stateNow = (properties) =>
    (typeof opening === "undefined" ? properties.state : opening.markState(properties));

  /* The symbol of a kind in the page's sprite, which knows the kinds; another is a station's. */
  function symbol(kind) {
    const found = document.getElementById(`mark-${String(kind).replaceAll("_", "-")}`);
    return found && found.dataset.size ? found : document.getElementById("mark-station");
  }

  const markSize = (kind) => Number(symbol(kind).dataset.size);

  function mark({ kind, state, number, amber, held }) {
    const known = symbol(kind).id.slice("mark-".length);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("class", `mark kind-${known} state-${STATES.has(state) ? state : "unknown"}`);
    svg.append(use(`mark-${known}`));
    if (OVERLAYS[state]) svg.append(use(OVERLAYS[state]));
    if (amber) svg.append(use("mark-amber"));
    if (number) {
      svg.classList.add("proposed");
      if (HELD.has(held)) svg.classList.add(`held-${held}`);
      const text = document.createElementNS(SVG, "text");
      text.setAttribute("class", SIZES[Math.min(String(number).length, 3)]);
      text.setAttribute("x", "12");
      text.setAttribute("y", "12");
      text.textContent = number;
      svg.append(text);
    }
    return svg;
  }

  function stationMarker(feature, latlng) {
    const { kind, name, number, key } = feature.properties;
    const size = number ? 30 : markSize(kind);
    const icon = L.divIcon({
      html: mark({ ...feature.properties, state: stateNow(feature.properties) }),
      className: "station-mark", iconSize: [size, size],
    });
    const marker = L.marker(latlng, {
      icon, zIndexOffset: number ? 2000 - 10 * (Number(number) || 1) : size * 10, riseOnHover: true,
    });
    marker.on("add", () => marker.getElement().setAttribute("aria-label", name));
    if (number) shared.sites.set(key || String(number), marker);
    return marker;
  }

  /* Where there are thousands: dots on the canvas, told apart by colour, the rest in the popup. */
  function stationDot(feature, latlng) {
    const { kind } = feature.properties;
    const state = stateNow(feature.properties);
    const known = symbol(kind).id.slice("mark-".length);
    return L.circleMarker(latlng, {
      radius: 4, weight: 1, fillOpacity: 1,
      dashArray: state === "unknown" ? "2 2" : null,
      ink: FILLED.has(state) ? "mark-line" : "mark-hollow-line",
      fillInk: FILLED.has(state) ? `kind-${known}` : "mark-hollow",
    });
  }

  /* What a map says of a station at this moment: its state, the doubt, when it was checked. */
  function linesNow(properties) {
    const { opening: words } = shared.words;
    if (!words || !properties.hours_intervals && properties.hours_intervals !== null) return [];
    const found = opening.state(properties);
    const open = properties.status === "open";
    return [open ? opening.says(found, properties, words) : "",
      open ? opening.note(found, words) : "", opening.checked(properties, words)];
  }

  function popup(properties) {
    const box = element("div");
    const title = element("h3");
    title.append(mark({ ...properties, state: stateNow(properties) }),
      element("span", properties.name));
    box.append(title);
    for (const line of [...linesNow(properties), ...(properties.lines || [])]) {
      if (line) box.append(element("p", line));
    }
    const { navigation, navigation_words: words } = properties;
    if (typeof navigation === "string" && navigation.startsWith(NAVIGATION)) {
      const link = element("a", words, "button");
      link.href = navigation;
      link.rel = "noreferrer";
      box.append(link);
    }
    return box;
  }

  function describe(feature, layer) {
    layer.bindPopup(() => popup(feature.properties), { maxWidth: 300, minWidth: 180 });
    layer.bindTooltip(element("span", feature.properties.name), { direction: "top", offset: [0, -8] });
  }

  const widen = (zoom) => Math.min(4, Math.max(0.7, 2 ** ((zoom - 12.5) / 2)));

  function paint(layer, zoom) {
    if (!(layer instanceof L.Path)) return;
    const { ink, fillInk, road } = layer.options;
    const style = {};
    if (ink) style.color = token(ink);
    if (fillInk) style.fillColor = token(fillInk);
    if (road) style.weight = road * widen(zoom);
    if (ink || fillInk || road) layer.setStyle(style);
  }

  /* Canvas knows no CSS variables: paint from them now, on every new layer, and when the reader's
     scheme or the zoom changes. */
  function keepPainted(map) {
    const all = () => map.eachLayer((layer) => paint(layer, map.getZoom()));
    const far = () => {
      map.getContainer().classList.toggle("far", map.getZoom() < 11.5);
      map.getContainer().classList.toggle("close", map.getZoom() >= 15);
    };
    map.on("layeradd", (event) => paint(event.layer, map.getZoom()));
    map.on("zoomend", () => { all(); far(); });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
    all();
    far();
  }

  /* Show a box beside the legend where there is room for both; `around` in pixels. */
  function fit(map, bounds, around) {
    const legend = document.querySelector("details.legend");
    const beside = legend && legend.open && map.getSize().x > 720 ? legend.offsetWidth + 12 : 0;
    map.fitBounds(bounds, {
      paddingTopLeft: [beside + around, around], paddingBottomRight: [around, around],
      animate: false,
    });
  }

  function open(map, [left, bottom, right, top]) {
    const legend = document.querySelector("details.legend");
    if (legend && innerWidth < 720) legend.open = false;
    fit(map, [[bottom, left], [top, right]], 12);
  }

  /* A button that shows every new site, there while some of them lie outside of the map. */
  function leadToSites(map, words) {
    if (!shared.sites.size || !words.all_sites) return;
    const bounds = L.latLngBounds([...shared.sites.values()].map((site) => site.getLatLng()));
    const control = L.control({ position: "topleft" });
    control.onAdd = () => {
      const button = element("button", words.all_sites, "button plain all-sites");
      const told = () => { button.hidden = map.getBounds().contains(bounds); };
      button.type = "button";
      button.addEventListener("click", () => fit(map, bounds, 40));
      L.DomEvent.disableClickPropagation(button);
      map.on("moveend", told);
      told();
      return button;
    };
    control.addTo(map);
  }

  /* The areas and the lines of each choice; an area is filled, a line is not. */
  function keepChoice(feature, layer) {
    const { choice } = feature.properties;
    const kept = shared.covered.get(choice) || [];
    kept.push({ layer, filled: feature.geometry.type.endsWith("Polygon") });
    shared.covered.set(choice, kept);
  }

  /* Whom the green is about: a choice on the map itself, and the words of the legend with it. */
  function chooseCovered(map, words) {
    if (!words.covered || !words.covered.length) return;
    const control = L.control({ position: "topleft" });
    control.onAdd = () => {
      const box = element("label", null, "covered-choice");
      const select = element("select");
      words.covered.forEach((name, number) => select.append(new Option(name, number)));
      select.addEventListener("change", () => {
        const chosen = Number(select.value);
        for (const [number, kept] of shared.covered) {
          for (const { layer, filled } of kept) {
            layer.setStyle({ stroke: number === chosen, fill: filled && number === chosen });
          }
        }
        for (const row of document.querySelectorAll(".legend [data-choice]")) {
          row.hidden = Number(row.dataset.choice) !== chosen;
        }
      });
      select.setAttribute("aria-label", words.green);
      box.append(element("b", words.green), select);
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    control.addTo(map);
  }

  function dress(map, { words, attribution, box }) {
    shared.map = map;
    shared.words = words;
    open(map, box);
    chooseCovered(map, words);
    leadToSites(map, words);
    L.control.zoom({
      position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out,
    }).addTo(map);
    L.control.attribution({ prefix: false }).addTo(map).addAttribution(attribution);
    L.control.scale({ imperial: false, maxWidth: 140, position: "bottomright" }).addTo(map);
    const toggle = map.getContainer().querySelector(".leaflet-control-layers-toggle");
    if (toggle) toggle.title = words.layers;
    const container = map.getContainer();
    if (!container.closest("section[aria-label]")) {
      container.setAttribute("aria-label", words.map);
      container.setAttribute("role", "region");
    }
    keepPainted(map);
  }

  return { shared, token, element, mark, markSize, stationMarker, stationDot, describe, keepChoice, dress, keepPainted };
})();
