/* The base map: the pocket roads (pocket.js) drawn on one canvas, sharp at every zoom and without a
   network. Greys and ink come from the page's palette. */
"use strict";

const roadmap = (() => {
  const LEAST_PIXELS = 0.8; // points of a line closer than this are passed over
  const SMALL_FROM = 12.5; // the zoom from which streets are drawn
  const FOOT_FROM = 14.5;
  const NAMES_FROM = 14;
  const MOST_NAMES = 60;

  const token = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  const widen = (zoom) => Math.min(5, Math.max(0.7, 2 ** ((zoom - 12.5) / 2)));

  /* Web Mercator, the whole world one wide and one high, y downwards. */
  function mercator(lon, lat) {
    const sine = Math.sin((lat * Math.PI) / 180);
    return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
  }

  /* The lines of all edges on the Mercator plane, and the box of each. */
  function project(roads) {
    const points = roads.pointLon.length;
    const edges = roads.head.n_edges;
    const x = new Float64Array(points);
    const y = new Float64Array(points);
    for (let i = 0; i < points; i += 1) {
      [x[i], y[i]] = mercator(roads.pointLon[i], roads.pointLat[i]);
    }
    const box = new Float64Array(4 * edges);
    for (let e = 0; e < edges; e += 1) {
      let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
      for (let i = roads.lineStart[e]; i < roads.lineStart[e + 1]; i += 1) {
        left = Math.min(left, x[i]);
        right = Math.max(right, x[i]);
        top = Math.min(top, y[i]);
        bottom = Math.max(bottom, y[i]);
      }
      box.set([left, top, right, bottom], 4 * e);
    }
    return { x, y, box };
  }

  const Layer = L.Renderer.extend({
    initialize(roads, tiers, options) {
      L.Renderer.prototype.initialize.call(this, options);
      this._roads = roads;
      this._plane = project(roads);
      this._tiers = tiers;
      const tierOf = roads.head.classes.map((name) =>
        tiers.findIndex((tier) => tier.classes.includes(name)));
      this._tierOf = Array.from(roads.roadClass, (number) => tierOf[number]);
    },

    _initContainer() {
      this._container = document.createElement("canvas");
      this._context = this._container.getContext("2d");
    },

    _destroyContainer() {
      this._container.remove();
      delete this._context;
    },

    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const size = this._bounds.getSize();
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      const canvas = this._container;
      L.DomUtil.setPosition(canvas, this._bounds.min);
      canvas.width = ratio * size.x;
      canvas.height = ratio * size.y;
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
      this._context.setTransform(ratio, 0, 0, ratio, 0, 0);
      this._draw(size);
      this.fire("update");
    },

    repaint() { if (this._map) this._update(); },

    _draw(size) {
      const zoom = this._map.getZoom();
      const scale = this._map.options.crs.scale(zoom);
      const origin = this._map.getPixelOrigin().add(this._bounds.min);
      const view = { scale, dx: -origin.x, dy: -origin.y, size, zoom };
      const seen = this._edgesIn(view);
      for (let tier = this._tiers.length - 1; tier >= 0; tier -= 1) {
        const foot = tier === this._tiers.length - 1;
        const small = this._tiers[tier].tone === 3;
        const from = foot ? FOOT_FROM : small ? SMALL_FROM : 0;
        if (zoom < from && this._roads.head.n_edges > 3000) continue;
        this._stroke(seen.filter((edge) => this._tierOf[edge] === tier), this._tiers[tier], view);
      }
      if (zoom >= NAMES_FROM) this._drawNames(seen, view);
    },

    _edgesIn({ scale, dx, dy, size }) {
      const { box } = this._plane;
      const seen = [];
      for (let e = 0; e < this._roads.head.n_edges; e += 1) {
        if (box[4 * e] * scale + dx <= size.x && box[4 * e + 2] * scale + dx >= 0
          && box[4 * e + 1] * scale + dy <= size.y && box[4 * e + 3] * scale + dy >= 0) seen.push(e);
      }
      return seen;
    },

    _stroke(edges, { tone, width }, { scale, dx, dy, zoom }) {
      const context = this._context;
      const { x, y } = this._plane;
      const { lineStart } = this._roads;
      context.beginPath();
      for (const edge of edges) {
        const last = lineStart[edge + 1] - 1;
        let px = x[lineStart[edge]] * scale + dx;
        let py = y[lineStart[edge]] * scale + dy;
        context.moveTo(px, py);
        for (let i = lineStart[edge] + 1; i <= last; i += 1) {
          const qx = x[i] * scale + dx;
          const qy = y[i] * scale + dy;
          if (i < last && Math.abs(qx - px) + Math.abs(qy - py) < LEAST_PIXELS) continue;
          context.lineTo(qx, qy);
          px = qx;
          py = qy;
        }
      }
      context.strokeStyle = token(`road-${tone}`);
      context.lineWidth = width * widen(zoom);
      context.lineCap = "round";
      context.lineJoin = "round";
      context.stroke();
    },

    /* Each name once, on the longest of its edges in view that is nearly straight. */
    _drawNames(edges, view) {
      const context = this._context;
      context.font = `12px ${getComputedStyle(document.body).fontFamily}`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.lineJoin = "round";
      context.lineWidth = 3;
      context.strokeStyle = token("land");
      context.fillStyle = token("ink-2");
      const best = new Map();
      for (const edge of edges) {
        const name = this._roads.name[edge];
        if (!name || this._tierOf[edge] === this._tiers.length - 1) continue;
        const place = this._placeOn(edge, view);
        if (place && (!best.has(name) || best.get(name).pixels < place.pixels)) best.set(name, place);
      }
      const taken = [];
      const order = [...best].sort((a, b) => a[1].tier - b[1].tier || b[1].pixels - a[1].pixels);
      for (const [name, place] of order) {
        if (taken.length >= MOST_NAMES) break;
        this._write(this._roads.head.names[name - 1], place, taken);
      }
    },

    /* The middle of an edge, its direction and its length in pixels; null where it bends. */
    _placeOn(edge, { scale, dx, dy, size }) {
      const { x, y } = this._plane;
      const first = this._roads.lineStart[edge];
      const last = this._roads.lineStart[edge + 1] - 1;
      const [ax, ay, bx, by] = [x[first], y[first], x[last], y[last]];
      let length = 0;
      for (let i = first; i < last; i += 1) length += Math.hypot(x[i + 1] - x[i], y[i + 1] - y[i]);
      const chord = Math.hypot(bx - ax, by - ay);
      if (chord < 0.98 * length) return null;
      const at = [((ax + bx) / 2) * scale + dx, ((ay + by) / 2) * scale + dy];
      if (at[0] < 0 || at[1] < 0 || at[0] > size.x || at[1] > size.y) return null;
      let angle = Math.atan2(by - ay, bx - ax);
      if (Math.abs(angle) > Math.PI / 2) angle += Math.PI;
      return { at, angle, pixels: chord * scale, tier: this._tierOf[edge] };
    },

    _write(name, { at, angle, pixels }, taken) {
      const context = this._context;
      const width = context.measureText(name).width;
      if (pixels < width + 12) return;
      const half = [Math.abs(Math.cos(angle)) * width + 14, Math.abs(Math.sin(angle)) * width + 14]
        .map((side) => side / 2);
      const clash = taken.some((other) => Math.abs(other.at[0] - at[0]) < other.half[0] + half[0]
        && Math.abs(other.at[1] - at[1]) < other.half[1] + half[1]);
      if (clash) return;
      taken.push({ at, half });
      context.save();
      context.translate(at[0], at[1]);
      context.rotate(angle);
      context.strokeText(name, 0, 0);
      context.fillText(name, 0, 0);
      context.restore();
    },
  });

  /* A layer for `map.addLayer`; `tiers` as web/maps/road_lines.py has them. */
  function layer(roads, tiers, options) {
    const made = new Layer(roads, tiers, { padding: 0.25, ...options });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => made.repaint());
    return made;
  }

  return { layer };
})();
