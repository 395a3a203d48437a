/* The map below the list: marks by kind and state, the city's own roads or a configured provider beneath.
   It follows map_parts.js, which fetches it. */
"use strict";

Object.assign(locatorMap, (() => {
  const LEAST_PX = 24; // of a mark, and from its middle what a finger reaches
  const TOUCH_PX = 22;

  /* Amap's tiles lie in GCJ-02, so all that is drawn on them is brought there, and a tap back. */
  function placer({ base_map: { provider } }) {
    if (provider !== "amap") {
      return { put: ([lon, lat]) => [lat, lon], take: ({ lng, lat }) => [lng, lat] };
    }
    return {
      put: (lonlat) => datum.gcj02(lonlat).reverse(),
      take: ({ lng, lat }) => datum.wgs84([lng, lat]),
    };
  }

  class LocatorMap {
    constructor({ settings, stations, onTap, about, into = "map", districts = [], onLocate = null }) {
      this.settings = settings;
      this.stations = stations;
      this.about = about;
      this.place = placer(settings);
      this.shown = new Set();
      const { base_map: base, words, attribution, box } = settings;
      this.map = L.map(into, {
        attributionControl: false, zoomControl: false, zoomSnap: 0.5, minZoom: 8, maxZoom: 18,
      });
      const [left, bottom] = this.place.put([box[0], box[1]]).reverse();
      const [right, top] = this.place.put([box[2], box[3]]).reverse();
      yizhan.dress(this.map, {
        words: words.map, attribution: base.attribution || attribution, box: [left, bottom, right, top],
      });
      for (const { url, options } of base.tiles) L.tileLayer(url, options).addTo(this.map);
      if (base.review_number) this.map.attributionControl.addAttribution(base.review_number);
      this.names = L.layerGroup().addTo(this.map);
      this.layer = this.makeLayer();
      this.map.addLayer(this.layer);
      this.box = [left, bottom, right, top];
      this.map.on("click", (event) => {
        const near = this.markAt(event.containerPoint);
        if (near) near.openPopup(); else onTap(this.place.take(event.latlng));
      });
      this.map.on("zoomend", () => this.showNames());
      if (into === "map") this.bindSize();
      this.nameDistricts(districts);
      if (onLocate) this.offerLocate(onLocate);
    }

    /* The names of the districts, in the middle of each; they go where streets have theirs. */
    nameDistricts(districts) {
      for (const [name, lon, lat] of districts) {
        L.tooltip({ permanent: true, direction: "center", className: "near-name district-name" })
          .setLatLng(this.place.put([lon, lat])).setContent(yizhan.element("span", name)).addTo(this.map);
      }
    }

    /* In full the map hides the list's own button. */
    offerLocate(onLocate) {
      const control = L.control({ position: "topright" });
      control.onAdd = () => {
        const box = yizhan.element("div", null, "leaflet-bar");
        const button = yizhan.element("a", "◎");
        Object.assign(button, { href: "#", title: this.settings.words.locate });
        button.setAttribute("role", "button");
        button.setAttribute("aria-label", this.settings.words.locate);
        L.DomEvent.on(button, "click", (event) => { L.DomEvent.stop(event); onLocate(); });
        box.append(button);
        return box;
      };
      control.addTo(this.map);
    }

    makeLayer() {
      if (this.stations.length < locatorMap.MANY) return L.layerGroup();
      return L.markerClusterGroup({
        chunkedLoading: true, maxClusterRadius: 64, disableClusteringAtZoom: 16,
        showCoverageOnHover: false, animate: false,
        iconCreateFunction: (cluster) => L.divIcon({
          className: "cluster", iconSize: [40, 40],
          html: yizhan.element("span", String(cluster.getChildCount())),
        }),
      });
    }

    /* The mark nearest to a touch, of those that a finger may have meant. */
    markAt(point) {
      let [best, least] = [null, TOUCH_PX];
      const view = this.map.getBounds();
      for (const { marker } of this.shown) {
        if (!view.contains(marker.getLatLng())) continue;
        if (this.layer.getVisibleParent && this.layer.getVisibleParent(marker) !== marker) continue;
        const away = this.map.latLngToContainerPoint(marker.getLatLng()).distanceTo(point);
        if (away < least) [best, least] = [marker, away];
      }
      return best;
    }

    showCity() {
      const [left, bottom, right, top] = this.box;
      this.map.fitBounds([[bottom, left], [top, right]], { animate: false });
    }

    markerOf(station) {
      if (station.marker) return station.marker;
      const size = Math.max(LEAST_PX, yizhan.markSize(station.kind));
      this.Icon ||= L.DivIcon.extend({ // a mark is drawn only when it comes into view
        createIcon(old) {
          this.options.html = this.options.draw();
          return L.DivIcon.prototype.createIcon.call(this, old);
        },
      });
      station.marker = L.marker(this.place.put(station.lonlat), {
        icon: new this.Icon({
          className: "station-mark", iconSize: [size, size], draw: () => this.draw(station),
        }),
        zIndexOffset: size * 10, riseOnHover: true, keyboard: false, alt: station.name,
      });
      station.marker.on("add", () => {
        const made = station.marker.getElement();
        if (!made) return;
        made.setAttribute("role", "img");
        made.setAttribute("aria-label", station.name);
      });
      station.marker.bindPopup(() => this.popup(station), { maxWidth: 300, minWidth: 180 });
      return station.marker;
    }

    draw(station) {
      station.drawn = this.about(station).mark;
      return yizhan.mark({ kind: station.kind, state: station.drawn, amber: station.standing.amber });
    }

    popup(station) {
      const { mark, lines, go, page } = this.about(station);
      const { words } = this.settings;
      const box = yizhan.element("div");
      const title = yizhan.element("h3");
      const link = yizhan.element("a", station.name);
      link.href = page;
      title.append(yizhan.mark({ kind: station.kind, state: mark, amber: station.standing.amber }), link);
      box.append(title, ...lines.filter(Boolean).map((line) => yizhan.element("p", line)));
      const button = yizhan.element("a", words.navigate, "button");
      Object.assign(button, { href: go, rel: "noreferrer" });
      box.append(button);
      return box;
    }

    /* Show the stations that fit; the nearest first. */
    show(found, { here }) {
      this.found = found;
      this.here = here;
      for (const station of this.stations) this.freshen(station);
      const wanted = new Set(found);
      const gone = [...this.shown].filter((station) => !wanted.has(station));
      const come = found.filter((station) => !this.shown.has(station));
      if (this.layer.addLayers) {
        if (gone.length) this.layer.removeLayers(gone.map((station) => station.marker));
        if (come.length) this.layer.addLayers(come.map((station) => this.markerOf(station)));
      } else {
        for (const station of gone) this.layer.removeLayer(station.marker);
        for (const station of come) this.layer.addLayer(this.markerOf(station));
      }
      this.shown = wanted;
      this.showNames();
    }

    /* A mark whose state has changed since it was drawn is drawn anew. */
    freshen(station) {
      const shown = station.marker && station.marker.getElement();
      if (shown && this.about(station).mark !== station.drawn) shown.replaceChildren(this.draw(station));
    }

    showHere(here, nearest) {
      const latlng = this.place.put(here);
      if (!this.dot) {
        const icon = L.divIcon({ className: "here", iconSize: [20, 20] });
        this.dot = L.marker(latlng, { icon, interactive: false, keyboard: false, zIndexOffset: 5000 })
          .addTo(this.map);
      }
      this.dot.setLatLng(latlng);
      if (!nearest) return;
      const five = nearest.slice(0, 5).map(({ lonlat }) => this.place.put(lonlat));
      this.map.fitBounds(L.latLngBounds([latlng, ...five]), {
        paddingTopLeft: [52, 56], paddingBottomRight: [52, 72], maxZoom: 16,
      });
    }

    /* The nearest five have their names on the map, so that list and map are one; a name that would
       cover a nearer one is left out until the map is closer. */
    showNames() {
      this.names.clearLayers();
      if (!this.here || !this.found) return;
      const taken = [];
      for (const station of this.found.slice(0, 5)) {
        const latlng = this.place.put(station.lonlat);
        const { x, y } = this.map.latLngToContainerPoint(latlng);
        const half = [...station.name].reduce((width, sign) => width + (sign > "\u2e80" ? 15 : 9), 8) / 2;
        const box = L.bounds([x - half, y + 8], [x + half, y + 30]);
        if (taken.some((other) => other.intersects(box))) continue;
        taken.push(box);
        L.tooltip({ permanent: true, direction: "bottom", offset: [0, 10], className: "near-name" })
          .setLatLng(latlng).setContent(yizhan.element("span", station.name)).addTo(this.names);
      }
    }

    drawRoads(roads) {
      if (this.roads || this.settings.base_map.tiles.length) return;
      if (this.plain) this.plain.remove();
      this.roads = roadmap.layer(roads, this.settings.tiers).addTo(this.map);
    }

    /* Where the exact roads have not been fetched: the simple ones of the server. */
    async drawPlain() {
      if (this.roads || this.settings.base_map.tiles.length) return;
      const answer = await fetch(this.settings.roads);
      if (!answer.ok || this.roads) return;
      this.map.createPane("roads").style.zIndex = 250;
      this.map.getPane("roads").style.pointerEvents = "none";
      this.plain = L.geoJSON(await answer.json(), {
        pane: "roads", interactive: false, renderer: L.canvas({ pane: "roads" }),
        style: ({ properties: { road, width } }) => ({ ink: `road-${road}`, road: width, weight: width }),
      }).addTo(this.map);
    }

    bindSize() { bindSize(this.map, this.settings.words); }
  }

  /* Pulled up it fills the screen; a push down, the button or Escape brings the list back. */
  function bindSize(map, words) {
    const button = document.querySelector("#map-size");
    const frame = document.querySelector(".locator-map");
    const set = (full) => {
      frame.classList.toggle("full", full);
      button.querySelector("span").textContent = full ? words.map_smaller : words.map_larger;
      button.setAttribute("aria-expanded", String(full));
      document.body.classList.toggle("map-full", full);
      const band = document.querySelector(".sample-band");
      frame.style.setProperty("--band", `${band ? band.getBoundingClientRect().height : 0}px`);
      map.invalidateSize();
    };
    let from = null;
    let pulled = false;
    let popup = false;
    map.on("popupopen popupclose", ({ type }) => { popup = type === "popupopen"; });
    button.addEventListener("pointerdown", (event) => { from = event.clientY; pulled = false; });
    button.addEventListener("pointermove", (event) => {
      if (from === null || Math.abs(event.clientY - from) < 24) return;
      set(event.clientY < from);
      from = null;
      pulled = true;
    });
    button.addEventListener("click", () => {
      if (!pulled) set(!frame.classList.contains("full"));
      pulled = false;
      from = null;
    });
    // before Leaflet, which keeps an Escape to itself once a popup was open
    addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !frame.classList.contains("full")) return;
      if (popup) { map.closePopup(); return; }
      set(false);
      button.focus();
    }, true);
  }

  return { LocatorMap, placer, bindSize };
})());
