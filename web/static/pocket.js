/* Pocket roads: the city's roads on the phone, so that the nearest stations by travel time are found
   here, without a signal, and the position goes nowhere. The format is told in geo/pocket.py; the
   search does what geo.travel_times does. Nothing in this file touches the page. */
"use strict";

const Pocket = (() => {
  const MAGIC = "YZR1";
  const CELL_M = 250;

  /* Numbers of one stream, seven bits at a time, the lowest first. */
  function numbers(bytes, count, signed) {
    const values = new Int32Array(count);
    let at = 0;
    for (let i = 0; i < count; i += 1) {
      let value = 0;
      let factor = 1;
      let byte;
      do {
        byte = bytes[at];
        at += 1;
        value += (byte & 127) * factor;
        factor *= 128;
      } while (byte > 127);
      values[i] = signed ? (value % 2 ? -(value + 1) / 2 : value / 2) : value;
    }
    if (at !== bytes.length) throw new Error("pocket roads: a stream has another length");
    return values;
  }

  const countOf = (bytes) => bytes.reduce((count, byte) => count + (byte < 128), 0);

  function unpack(buffer) {
    const all = new Uint8Array(buffer);
    if (String.fromCharCode(...all.subarray(0, 4)) !== MAGIC) throw new Error("no pocket roads");
    const size = new DataView(buffer).getUint32(4, true);
    const head = JSON.parse(new TextDecoder().decode(all.subarray(8, 8 + size)));
    let at = 8 + size;
    const streams = {};
    for (const [name, length] of Object.entries(head.bytes)) {
      streams[name] = all.subarray(at, at + length);
      at += length;
    }
    return new Roads(head, streams);
  }

  /* Metres of a degree of longitude and latitude on WGS-84, as geo/roads.py has them. */
  function metresPerDegree(lat) {
    const phi = (lat * Math.PI) / 180;
    const axis = 6378137;
    const e2 = 0.0066943799901413165;
    const w2 = 1 - e2 * Math.sin(phi) ** 2;
    const degree = Math.PI / 180;
    return [
      degree * (axis / Math.sqrt(w2)) * Math.cos(phi),
      degree * ((axis * (1 - e2)) / w2 ** 1.5),
    ];
  }

  class Roads {
    constructor(head, streams) {
      this.head = head;
      this.modes = head.modes;
      const { n_nodes: nodes, n_edges: edges, step } = head;
      const places = numbers(streams.nodes, 2 * nodes, true);
      this.lon = new Float64Array(nodes);
      this.lat = new Float64Array(nodes);
      for (let i = 0, x = 0, y = 0; i < nodes; i += 1) {
        x += places[2 * i];
        y += places[2 * i + 1];
        this.lon[i] = x * step;
        this.lat[i] = y * step;
      }
      const ends = numbers(streams.ends, 2 * edges, true);
      this.from = new Int32Array(edges);
      this.to = new Int32Array(edges);
      for (let i = 0, a = 0; i < edges; i += 1) {
        a += ends[2 * i];
        this.from[i] = a;
        this.to[i] = a + ends[2 * i + 1];
      }
      this.metres = new Float64Array(edges);
      this.kind = numbers(streams.kinds, edges, false);
      this.roadClass = numbers(streams.classes, edges, false);
      this.name = numbers(streams.names, edges, false);
      this.snaps = numbers(streams.snaps, edges, false);
      this.unpackLines(streams, step);
      this.special = new Map();
      const pairs = numbers(streams.special_nodes, countOf(streams.special_nodes), false);
      for (let i = 0, node = 0; i < pairs.length; i += 2) {
        node += pairs[i];
        this.special.set(node, pairs[i + 1]);
      }
      this.graphs = new Map();
      this.grids = new Map();
    }

    /* Lines as drawn, ends included: points lineStart[e] to lineStart[e + 1]. */
    unpackLines(streams, step) {
      const edges = this.head.n_edges;
      const counts = numbers(streams.point_counts, edges, false);
      const moves = numbers(streams.points, countOf(streams.points), true);
      this.lineStart = new Int32Array(edges + 1);
      for (let e = 0; e < edges; e += 1) this.lineStart[e + 1] = this.lineStart[e] + counts[e] + 2;
      this.pointLon = new Float64Array(this.lineStart[edges]);
      this.pointLat = new Float64Array(this.lineStart[edges]);
      for (let e = 0, next = 0; e < edges; e += 1) {
        let at = this.lineStart[e];
        let x = Math.round(this.lon[this.from[e]] / step);
        let y = Math.round(this.lat[this.from[e]] / step);
        this.pointLon[at] = x * step;
        this.pointLat[at] = y * step;
        for (let i = 0; i < counts[e]; i += 1, next += 2) {
          x += moves[next];
          y += moves[next + 1];
          at += 1;
          this.pointLon[at] = x * step;
          this.pointLat[at] = y * step;
        }
        this.pointLon[at + 1] = this.lon[this.to[e]];
        this.pointLat[at + 1] = this.lat[this.to[e]];
        this.metres[e] = this.lengthOf(e);
      }
    }

    lengthOf(edge) {
      let metres = 0;
      for (let i = this.lineStart[edge]; i < this.lineStart[edge + 1] - 1; i += 1) {
        const [perLon, perLat] = metresPerDegree((this.pointLat[i] + this.pointLat[i + 1]) / 2);
        metres += Math.hypot((this.pointLon[i + 1] - this.pointLon[i]) * perLon,
          (this.pointLat[i + 1] - this.pointLat[i]) * perLat);
      }
      return metres;
    }

    modeNumber(mode) {
      const number = this.modes.indexOf(mode);
      if (number < 0) throw new Error(`pocket roads: no mode ${mode}`);
      return number;
    }

    /* One mode's search graph: what each arc costs, which states follow on which. Arc 2e goes along
       edge e, 2e + 1 back. An arc that may not turn everywhere ends in a state of its own. */
    graph(mode) {
      if (!this.graphs.has(mode)) this.graphs.set(mode, this.makeGraph(this.modeNumber(mode)));
      return this.graphs.get(mode);
    }

    makeGraph(m) {
      const { n_nodes: nodes, n_edges: edges, kinds, node_kinds: nodeKinds } = this.head;
      const lost = new Float64Array(nodes);
      for (const [node, kind] of this.special) lost[node] = nodeKinds[kind][m];
      const cost = new Float64Array(2 * edges);
      const outStart = new Int32Array(nodes + 1);
      for (let arc = 0; arc < 2 * edges; arc += 1) {
        const kph = kinds[this.kind[arc >> 1]][2 * m + (arc & 1)];
        cost[arc] = kph > 0 ? (this.metres[arc >> 1] / kph) * 3.6 : Infinity;
        if (cost[arc] < Infinity && lost[this.tail(arc)] >= 0) outStart[this.tail(arc) + 1] += 1;
      }
      for (let node = 0; node < nodes; node += 1) outStart[node + 1] += outStart[node];
      const out = new Int32Array(outStart[nodes]);
      const next = outStart.slice();
      for (let arc = 0; arc < 2 * edges; arc += 1) {
        const tail = this.tail(arc);
        if (cost[arc] < Infinity && lost[tail] >= 0) {
          out[next[tail]] = arc;
          next[tail] += 1;
        }
      }
      return { cost, lost, outStart, out, ...this.bansOf(m, cost, lost, nodes) };
    }

    /* Paths of arcs that may not be gone to their end, two arcs or more. Each beginning of one is a
       state; where it is left, the longest beginning that is an end of the way so far is the next
       (Aho and Corasick 1975). */
    bansOf(m, cost, lost, nodes) {
      const open = (arc) => cost[arc] < Infinity && lost[this.headOf(arc)] >= 0;
      const bans = [...this.head.turn_bans, ...(this.head.path_bans || [])]
        .filter(([mode, ...path]) => mode === m && path.slice(0, -1).every(open))
        .map(([, ...path]) => path);
      const lasts = new Map(); // a ban without its last arc, and the arcs that it bans there
      const stateOf = new Map();
      const endState = new Map(); // beginnings of one arc, which most are, by their number
      const states = [];
      const paths = [];
      for (const path of bans) {
        for (let n = 1; n < path.length; n += 1) {
          const key = path.slice(0, n).join();
          if (!stateOf.has(key)) {
            stateOf.set(key, nodes + states.length);
            if (n === 1) endState.set(path[0], nodes + states.length);
            states.push(this.headOf(path[n - 1]));
            paths.push(path.slice(0, n));
          }
        }
        const before = path.slice(0, -1).join();
        if (!lasts.has(before)) lasts.set(before, []);
        lasts.get(before).push(path[path.length - 1]);
      }
      const banned = paths.map((path) => new Set(
        path.flatMap((_, i) => lasts.get(path.slice(i).join()) || [])));
      const onward = (state, arc) => {
        const path = state < nodes ? [] : paths[state - nodes];
        for (let i = 0; i < path.length; i += 1) {
          const found = stateOf.get([...path.slice(i), arc].join());
          if (found !== undefined) return found;
        }
        return endState.get(arc);
      };
      return { onward, states, banned };
    }

    tail(arc) { return arc & 1 ? this.to[arc >> 1] : this.from[arc >> 1]; }

    headOf(arc) { return arc & 1 ? this.from[arc >> 1] : this.to[arc >> 1]; }

    /* The nearest place on a road of the mode: [edge, share of its length, metres away], or null. */
    snap([lon, lat], mode, limitM) {
      const grid = this.grid(mode);
      const [perLon, perLat] = metresPerDegree(lat);
      const cellM = Math.min(grid.stepLon * perLon, grid.stepLat * perLat);
      const column = Math.floor((lon - grid.left) / grid.stepLon);
      const row = Math.floor((lat - grid.bottom) / grid.stepLat);
      const most = Math.ceil(limitM / cellM) + 1;
      let best = null;
      let nearest = limitM;
      for (let ring = 0; ring <= most; ring += 1) {
        if (best && (ring - 1) * cellM > nearest) break;
        for (let y = row - ring; y <= row + ring; y += 1) {
          const whole = Math.abs(y - row) === ring;
          for (let x = column - ring; x <= column + ring; x += whole ? 1 : 2 * ring || 1) {
            if (x < 0 || y < 0 || x >= grid.columns || y >= grid.rows) continue;
            const cell = y * grid.columns + x;
            for (let i = grid.start[cell]; i < grid.start[cell + 1]; i += 1) {
              const point = grid.segment[i];
              const [metres, share] = this.toSegment(point, lon, lat, perLon, perLat);
              if (metres < nearest || (metres === nearest && !best)) {
                nearest = metres;
                best = [point, share];
              }
            }
          }
        }
      }
      return best && [...this.along(best[0], best[1], perLon, perLat), nearest];
    }

    /* Metres from a place to the segment that begins at a point, and the share of it gone. */
    toSegment(point, lon, lat, perLon, perLat) {
      const ax = (this.pointLon[point] - lon) * perLon;
      const ay = (this.pointLat[point] - lat) * perLat;
      const dx = (this.pointLon[point + 1] - this.pointLon[point]) * perLon;
      const dy = (this.pointLat[point + 1] - this.pointLat[point]) * perLat;
      const square = dx * dx + dy * dy;
      const share = square > 0 ? Math.min(1, Math.max(0, -(ax * dx + ay * dy) / square)) : 0;
      return [Math.hypot(ax + share * dx, ay + share * dy), share];
    }

    /* Which edge a point of the lines belongs to, and which share of the edge lies before it. */
    along(point, share, perLon, perLat) {
      let low = 0;
      let high = this.head.n_edges;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (this.lineStart[middle] <= point) low = middle; else high = middle;
      }
      let before = 0;
      let whole = 0;
      for (let i = this.lineStart[low]; i < this.lineStart[low + 1] - 1; i += 1) {
        const metres = Math.hypot((this.pointLon[i + 1] - this.pointLon[i]) * perLon,
          (this.pointLat[i + 1] - this.pointLat[i]) * perLat);
        if (i < point) before += metres;
        if (i === point) before += metres * share;
        whole += metres;
      }
      const last = point === this.lineStart[low + 1] - 2 && share === 1;
      return [low, last ? 1 : whole > 0 ? before / whole : 0];
    }

    grid(mode) {
      if (!this.grids.has(mode)) this.grids.set(mode, this.makeGrid(1 << this.modeNumber(mode)));
      return this.grids.get(mode);
    }

    /* Segments of the roads of one mode, sorted into squares. */
    makeGrid(bit) {
      let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity];
      for (let i = 0; i < this.pointLon.length; i += 1) {
        left = Math.min(left, this.pointLon[i]);
        right = Math.max(right, this.pointLon[i]);
        bottom = Math.min(bottom, this.pointLat[i]);
        top = Math.max(top, this.pointLat[i]);
      }
      const [perLon, perLat] = metresPerDegree((bottom + top) / 2 || 0);
      const stepLon = CELL_M / perLon;
      const stepLat = CELL_M / perLat;
      const columns = Math.max(1, Math.floor((right - left) / stepLon) + 1);
      const rows = Math.max(1, Math.floor((top - bottom) / stepLat) + 1);
      const start = new Int32Array(columns * rows + 1);
      const each = (use) => {
        for (let e = 0; e < this.head.n_edges; e += 1) {
          if (!(this.snaps[e] & bit)) continue;
          for (let i = this.lineStart[e]; i < this.lineStart[e + 1] - 1; i += 1) {
            const xs = [this.pointLon[i], this.pointLon[i + 1]].map((lon) =>
              Math.floor((lon - left) / stepLon));
            const ys = [this.pointLat[i], this.pointLat[i + 1]].map((lat) =>
              Math.floor((lat - bottom) / stepLat));
            for (let y = Math.min(...ys); y <= Math.max(...ys); y += 1) {
              for (let x = Math.min(...xs); x <= Math.max(...xs); x += 1) use(y * columns + x, i);
            }
          }
        }
      };
      each((cell) => { start[cell + 1] += 1; });
      for (let cell = 0; cell < columns * rows; cell += 1) start[cell + 1] += start[cell];
      const segment = new Int32Array(start[columns * rows]);
      const next = start.slice();
      each((cell, i) => { segment[next[cell]] = i; next[cell] += 1; });
      return { left, bottom, stepLon, stepLat, columns, rows, start, segment };
    }

    /* Tie places to the roads of a mode, for `secondsFrom`; done once for all stations. */
    tie(places, mode, limitM) {
      const graph = this.graph(mode);
      const perSecond = this.head.access_kph[this.modeNumber(mode)] / 3.6;
      const byNode = new Map();
      const add = (node, place, seconds, arc) => {
        if (!(seconds < Infinity) || graph.lost[node] < 0) return;
        if (!byNode.has(node)) byNode.set(node, []);
        byNode.get(node).push([place, seconds, arc]);
      };
      const snaps = places.map((lonlat) => this.snap(lonlat, mode, limitM));
      snaps.forEach((snap, place) => {
        if (!snap) return;
        const [edge, share, metres] = snap;
        const access = metres / perSecond;
        add(this.from[edge], place, share * graph.cost[2 * edge] + access, 2 * edge);
        add(this.to[edge], place, (1 - share) * graph.cost[2 * edge + 1] + access, 2 * edge + 1);
        if (share === 0) add(this.from[edge], place, access, -1);
        if (share === 1) add(this.to[edge], place, access, -1);
      });
      return { mode, snaps, byNode, perSecond, size: places.length };
    }

    /* Seconds from a place to each of the tied ones; Infinity where there is no way, or where more
       than `most` of those that `wanted` takes are nearer. null: no road near the place itself. */
    secondsFrom(lonlat, ties, options = {}) {
      const found = this.searchFrom(lonlat, ties, options);
      return found && found.best;
    }

    /* The same with the search itself, which knows the way to a single place where `trace` is wished, and
       where it began. */
    searchFrom(lonlat, ties, { limitM = 500, most = Infinity, wanted = () => true, trace = false } = {}) {
      const origin = this.snap(lonlat, ties.mode, limitM);
      if (!origin) return null;
      const graph = this.graph(ties.mode);
      const best = new Float64Array(ties.size).fill(Infinity);
      const search = new Search(this, graph, trace);
      const [edge, share, metres] = origin;
      const access = metres / ties.perSecond;
      search.arrive(2 * edge, access + (1 - share) * graph.cost[2 * edge]);
      search.arrive(2 * edge + 1, access + share * graph.cost[2 * edge + 1]);
      if (share === 0) search.reach(this.from[edge], access);
      if (share === 1) search.reach(this.to[edge], access);
      ties.snaps.forEach((snap, place) => {
        if (!snap || snap[0] !== edge) return;
        const step = snap[1] - share;
        const way = step >= 0 ? step * graph.cost[2 * edge] : -step * graph.cost[2 * edge + 1];
        best[place] = Math.min(best[place], way + access + snap[2] / ties.perSecond);
        if (step === 0) best[place] = Math.min(best[place], access + snap[2] / ties.perSecond);
      });
      search.run(ties.byNode, best, most, wanted);
      return { best, search, origin };
    }
  }

  /* Dijkstra over the states of one graph, with a binary heap. */
  class Search {
    constructor(roads, graph, trace) {
      this.came = null; // by state: the arc that led there, and the state before it
      this.last = null; // the state and the arc from which the place was reached; null: on the first road
      this.roads = roads;
      this.graph = graph;
      this.nodes = roads.head.n_nodes;
      this.seconds = new Float64Array(this.nodes + graph.states.length).fill(Infinity);
      this.heap = [];
      if (trace) this.came = new Int32Array(2 * this.seconds.length).fill(-1);
    }

    /* The arcs gone to a state, the first one first. */
    arcsTo(state) {
      const arcs = [];
      for (let at = state; at >= 0 && this.came[2 * at] >= 0; at = this.came[2 * at + 1]) {
        arcs.unshift(this.came[2 * at]);
      }
      return arcs;
    }

    arrive(arc, seconds, state = 0, before = -1) {
      const { graph } = this;
      const lost = graph.lost[this.roads.headOf(arc)];
      if (lost < 0 || !(seconds < Infinity)) return;
      const own = graph.onward(state, arc);
      this.reach(own === undefined ? this.roads.headOf(arc) : own, seconds + lost, arc, before);
    }

    reach(state, seconds, arc = -1, before = -1) {
      if (!(seconds < this.seconds[state])) return;
      if (state < this.nodes && this.graph.lost[state] < 0) return;
      this.seconds[state] = seconds;
      if (this.came) [this.came[2 * state], this.came[2 * state + 1]] = [arc, before];
      const { heap } = this;
      let at = heap.length;
      heap.push(null);
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (heap[parent][0] <= seconds) break;
        heap[at] = heap[parent];
        at = parent;
      }
      heap[at] = [seconds, state];
    }

    pop() {
      const { heap } = this;
      const top = heap[0];
      const last = heap.pop();
      if (!heap.length) return top;
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && heap[child + 1][0] < heap[child][0]) child += 1;
        if (heap[child][0] >= last[0]) break;
        heap[at] = heap[child];
        at = child;
      }
      heap[at] = last;
      return top;
    }

    run(byNode, best, most, wanted) {
      const { graph, roads } = this;
      const found = new Map();
      let enough = Infinity;
      const improve = (place, seconds) => {
        best[place] = seconds;
        if (most === Infinity || !wanted(place)) return;
        found.set(place, seconds);
        if (found.size < most) return;
        enough = [...found.values()].sort((a, b) => a - b)[most - 1];
      };
      best.forEach((seconds, place) => { if (seconds < Infinity) improve(place, seconds); });
      while (this.heap.length) {
        const [seconds, state] = this.pop();
        if (seconds > this.seconds[state]) continue;
        if (seconds > enough) break;
        const node = state < this.nodes ? state : graph.states[state - this.nodes];
        const barred = state < this.nodes ? null : graph.banned[state - this.nodes];
        for (const [place, more, arc] of byNode.get(node) || []) {
          if (barred && barred.has(arc)) continue;
          if (!(seconds + more < best[place])) continue;
          improve(place, seconds + more);
          this.last = { state, arc };
        }
        for (let i = graph.outStart[node]; i < graph.outStart[node + 1]; i += 1) {
          const arc = graph.out[i];
          if (!(barred && barred.has(arc))) this.arrive(arc, seconds + graph.cost[arc], state, state);
        }
      }
    }
  }

  return { unpack };
})();

if (typeof module !== "undefined") module.exports = Pocket;
