/* The maps of the city that folium draws: stations and new sites with their popups, and the choice of whom
   the green is about. It follows map.js. */
"use strict";

Object.assign(yizhan, (() => {
  const { shared, element, fit, symbol, mark, markSize } = yizhan;
  const FILLED = new Set(["open", "soon"]);
  const NAVIGATION = "https://uri.amap.com/navigation?";

  /* The state of a mark now, where the page carries opening.js and the station its hours. */
  const stateNow = (properties) =>
    (typeof opening === "undefined" ? properties.state : opening.markState(properties));

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

  function besides(map, words) {
    chooseCovered(map, words);
    leadToSites(map, words);
  }

  return { stationMarker, stationDot, describe, keepChoice, besides };
})());
