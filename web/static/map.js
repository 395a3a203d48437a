/* How every map looks: its scale, its buttons, the lines in the reader's scheme. It follows marks.js. */
"use strict";

Object.assign(yizhan, (() => {
  const { shared, token } = yizhan;

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

  const LEGEND_SHARE = 0.3; // of the map, that it may cover before anybody asks for it

  function open(map, [left, bottom, right, top]) {
    const legend = document.querySelector("details.legend");
    const { x: wide, y: high } = map.getSize();
    if (legend && (innerWidth < 720 || legend.offsetWidth * legend.offsetHeight > LEGEND_SHARE * wide * high)) {
      legend.open = false;
    }
    fit(map, [[bottom, left], [top, right]], 12);
  }

  function dress(map, { words, attribution, box }) {
    shared.map = map;
    shared.words = words;
    open(map, box);
    if (yizhan.besides) yizhan.besides(map, words);
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

  return { dress, fit, keepPainted, paint };
})());
