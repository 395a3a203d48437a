"""The road network engine against what others use for the same work, as ratios in one run.

Each row: the work, what it is set against, seconds of both, how many times faster, and the bar.
Times are processor seconds, best of a few, as the machines are shared; rows that use two threads
say so and are wall seconds. Memory is a sub-process's own peak (VmHWM).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import numba
import numpy as np
import osmium
import osmnx
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra

from bench.instances import FOLDER as INSTANCES
from bench.instances import generator
from bench.tables import Row, measure_command
from bench.towns import SHARED
from data.osm import read_roads
from data.osm.graph import graph_of
from data.sample.write import write_sample_city
from geo.contraction import hilbert_order
from geo.linking import links_of
from geo.nearest_places import nearest_of_nodes
from geo.network import RoadNetwork, build_network
from geo.search import Listing, StateGraph, buckets_for, search_rows
from geo.snapping import snap
from geo.to_nodes import node_times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CUTOFF_S = 900.0
_AFTER = """
spent = time.process_time() - start
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(spent, peak / 1024)
"""
_OURS = """
import sys, time; from pathlib import Path
from data.osm import read_roads; from geo.network import build_network
start = time.process_time(); build_network(read_roads(Path(sys.argv[1])))
"""
_OSMNX = """
import sys, time, warnings; warnings.simplefilter("ignore"); import osmnx
start = time.process_time(); osmnx.graph_from_xml(sys.argv[1], retain_all=True, simplify=True)
"""


def run() -> list[Row]:
    """All comparisons of the engine that this machine holds the inputs for."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        extracts = {"sample city": write_sample_city(folder / "city").roads}
        if SHARED.exists():
            extracts["Shanghai"] = SHARED / "shanghai_center.osm"
            extracts["Porto"] = SHARED / "porto_portugal.osm.pbf"
        # OSMnx takes minutes and gigabytes for Porto: only when asked for
        towns = ("Shanghai", "Porto") if os.environ.get("YIZHAN_BENCH_PORTO") else ("Shanghai",)
        rows += [reading(t, extracts[t], folder) for t in towns if t in extracts]
        for town in ("sample city", "Porto"):
            if town in extracts:
                network = build_network(read_roads(extracts[town]))
                rows += [*searching(town, network), *finding(town, network)]
    if INSTANCES.exists():
        rows += growth()
    return rows


def reading(town: str, extract: Path, folder: Path) -> Row:
    """Extract to routable network, each in a process of its own, imports not counted in time."""
    xml = folder / f"{town}.osm"
    with osmium.SimpleWriter(str(xml)) as writer:
        for thing in osmium.FileProcessor(str(extract)):
            writer.add(thing)
    _spent(_OURS, extract)  # compiled once, then kept
    (ours_s, ours_mib), (theirs_s, theirs_mib) = _spent(_OURS, extract), _spent(_OSMNX, xml)
    return _row(
        f"{town}: extract to network",
        "OSMnx graph_from_xml",
        ours_s,
        theirs_s,
        15,
        note=f"peak {ours_mib:.0f} against {theirs_mib:.0f} MiB, imports included:"
        f" {ours_mib / theirs_mib:.2f}; bar: under a third",
    )


def _spent(code: str, path: Path) -> tuple[float, float]:
    """Processor seconds and peak MiB of a process (VmHWM: ru_maxrss would count its parent's)."""
    out = measure_command([sys.executable, "-c", code + _AFTER, str(path)]).out.split()
    return float(out[-2]), float(out[-1])


def searching(town: str, network: RoadNetwork) -> Iterator[Row]:
    """2,000 origins to all nodes within 15 min by e-bike."""
    rng = np.random.default_rng(3)
    origins = network.node_lonlat[rng.choice(np.flatnonzero(network.in_main("ebike")), 2000)]
    graph = links_of(network, mode="ebike").graph
    states = snap_states(network, origins)
    matrix = sp.csr_matrix(
        (graph.cost.astype(float), graph.head, graph.start), shape=(graph.n_states,) * 2
    )
    ours = _best(lambda: reached_from(graph, states), 3) / len(states)
    theirs = _best(lambda: _in_chunks(matrix, states[::10]), 2) / 200
    yield _row(f"{town}: 15 min by e-bike, an origin", "scipy dijkstra", ours, theirs, 6)
    plain = _best(lambda: _plain_rows(*graph, states[::4], np.float32(CUTOFF_S)), 3) / 500
    settled, arcs = _plain_rows(*graph, states[::4], np.float32(CUTOFF_S))
    yield _row(
        f"{town}: 15 min by e-bike, an origin",
        "plain compiled Dijkstra",
        ours,
        plain,
        None,
        note=f"{settled / 500:.0f} nodes, {arcs / 500 / ours / 1e6:.0f} M arcs/s"
        f" against {arcs / 500 / plain / 1e6:.0f} M",
    )
    # networkx on its leanest graph, and on the kind that OSMnx makes
    for kind, loose in (("networkx", nx.DiGraph()), ("networkx as OSMnx", nx.MultiDiGraph())):
        slow = _loose_search(loose, graph, states[::100])
        yield _row(f"{town}: 15 min by e-bike, an origin", kind, ours, slow, 100)
    start = time.perf_counter()
    pairs = size = 0
    for part in node_times(network, mode="ebike", origins=origins, cutoff_s=CUTOFF_S):
        pairs, size = pairs + len(part.node), size + part.nbytes
    wall = time.perf_counter() - start
    yield {
        "work": f"{town}: node_times, 2 threads",
        "ours_s": wall,
        "note": f"{2000 / wall:,.0f} origins/s, {pairs:,} pairs, {size / pairs:.2f} bytes a pair",
    }


def _loose_search(loose: nx.Graph, graph: StateGraph, states: np.ndarray) -> float:
    """Seconds an origin that networkx takes on the same arcs."""
    tails = np.repeat(np.arange(graph.n_states), np.diff(graph.start))
    arcs = zip(tails.tolist(), graph.head.tolist(), graph.cost.tolist(), strict=True)
    loose.add_weighted_edges_from(arcs, weight="travel_time")

    def search() -> None:
        for state in states.tolist():
            nx.single_source_dijkstra_path_length(
                loose, state, cutoff=CUTOFF_S, weight="travel_time"
            )

    return _best(search, 2) / len(states)


def finding(town: str, network: RoadNetwork) -> Iterator[Row]:
    """Find the nearest 5 of 126 stations for every node, and snap 10,000 points."""
    rng = np.random.default_rng(4)
    main = np.flatnonzero(network.in_main("foot"))
    stations = network.node_lonlat[rng.choice(main, 126)]
    reverse = links_of(network, mode="foot").reverse
    matrix = sp.csr_matrix(
        (reverse.cost.astype(float), reverse.head, reverse.start), shape=(reverse.n_states,) * 2
    )
    asked = {"mode": "foot", "destinations": stations, "k": 5}
    ours = _best(lambda: nearest_of_nodes(network, **asked), 3)
    seeds = rng.choice(main, 126)
    theirs = _best(lambda: _five_smallest(matrix, seeds), 1)
    yield _row(
        f"{town}: nearest 5 of 126 for every node", "scipy, a run a station", ours, theirs, 20
    )
    left, bottom, right, top = network.box
    points = rng.uniform((left, bottom), (right, top), (10_000, 2))
    graph = graph_of(network, mode="foot")
    ours = _best(lambda: snap(network, points, mode="foot", limit_m=1e6), 3)
    theirs = _best(lambda: osmnx.nearest_edges(graph, points[:, 0], points[:, 1]), 1)
    yield _row(f"{town}: 10,000 points snapped", "OSMnx nearest_edges", ours, theirs, 5)


def growth() -> Iterator[Row]:
    """Cost of an origin as the network grows from 10,000 to 572,000 nodes: it must not."""
    for side in (100, 240, 420, 760):
        matrix, places = generator().city_graph(side)
        order = hilbert_order(places)
        matrix = matrix[order][:, order].tocsr()
        graph = StateGraph(
            matrix.indptr.astype(np.int64),
            matrix.indices.astype(np.int32),
            matrix.data.astype(np.float32),
        )
        rng = np.random.default_rng(5)
        middle = np.abs(places[order] - places.mean(axis=0)).max(axis=1)
        spread_out = rng.permutation(np.flatnonzero(middle < 18_000.0))[:1024]
        quarter = np.argsort(middle, kind="stable")[:1024]
        kinds = (("over 36 km", spread_out), ("of a quarter, every node", quarter))
        for name, states in ((kind, np.sort(some)) for kind, some in kinds):
            ours = _best(partial(reached_from, graph, states), 3) / len(states)
            theirs = _best(partial(_in_chunks, matrix, states[::26]), 2) / 40
            start = time.perf_counter()
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(partial(reached_from, graph), np.array_split(states, 4)))
            both = len(states) / (time.perf_counter() - start)
            pairs = len(reached_from(graph, states)[1]) / len(states)
            note = f"{pairs:.0f} nodes reached, {both:,.0f} origins/s on 2 threads"
            work = f"city_graph({side}), {graph.n_states:,} nodes, origins {name}"
            yield _row(work, "scipy dijkstra", ours, theirs, 6, note=note)


def snap_states(network: RoadNetwork, origins: np.ndarray) -> np.ndarray:
    """Give the node of each origin (origins are nodes), in the order of the network."""
    number = {tuple(p): i for i, p in enumerate(network.node_lonlat.tolist())}
    return np.sort([number[tuple(p)] for p in origins.tolist()])


def reached_from(
    graph: StateGraph, states: np.ndarray, cutoff_s: float = CUTOFF_S
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Search a bare graph from some of its states: CSR offsets, states reached, seconds."""
    n = graph.n_states
    none = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)
    own = np.arange(n + 1, dtype=np.int64)
    seed = Listing(own, own[:-1].astype(np.int32), np.zeros(n, dtype=np.float32))
    stub, direct = (
        Listing(np.empty(0, dtype=np.int64), *none),
        Listing(np.zeros(n + 1, np.int64), *none),
    )
    buckets = buckets_for(graph, seed.cost, cutoff_s)
    return search_rows(graph, seed, stub, direct, 0, np.float32(cutoff_s), buckets, states)


def _in_chunks(matrix: sp.csr_matrix, states: np.ndarray) -> list[sp.csr_matrix]:
    """Do as a user of scipy does: dense rows in chunks that fit, made sparse."""
    found = []
    for part in np.array_split(states, max(len(states) // 20, 1)):
        cost = dijkstra(matrix, indices=part, limit=CUTOFF_S)
        cost[np.isinf(cost)] = 0.0
        found.append(sp.csr_matrix(cost.astype(np.float32)))
    return found


def _five_smallest(matrix: sp.csr_matrix, seeds: np.ndarray) -> np.ndarray:
    cost = np.stack([dijkstra(matrix, indices=seed) for seed in seeds])
    return np.partition(cost, 4, axis=0)[:5]


@numba.njit(cache=True)
def _plain_rows(start, head, cost, sources, limit):  # noqa: ANN001, ANN202, C901 - a yardstick, a heap in one piece
    """Dijkstra with a binary heap, an origin at a time: settled nodes and relaxed arcs in all."""
    n = len(start) - 1
    dist = np.full(n, np.float32(np.inf), dtype=np.float32)
    key = np.empty(4 * n + 16, dtype=np.float32)
    node = np.empty(4 * n + 16, dtype=np.int32)
    touched = np.empty(n, dtype=np.int32)
    settled, arcs = 0, 0
    for source in sources:
        size, n_touched = 1, 1
        key[0], node[0], dist[source], touched[0] = 0.0, source, 0.0, source
        while size:
            d, u = key[0], node[0]
            size -= 1
            last_key, last_node, at = key[size], node[size], 0
            while 2 * at + 1 < size:
                child = 2 * at + 1
                if child + 1 < size and key[child + 1] < key[child]:
                    child += 1
                if key[child] >= last_key:
                    break
                key[at], node[at], at = key[child], node[child], child
            key[at], node[at] = last_key, last_node
            if d > dist[u]:
                continue
            settled += 1
            for arc in range(start[u], start[u + 1]):
                arcs += 1
                v, nd = head[arc], d + cost[arc]
                if nd >= dist[v] or nd > limit:
                    continue
                if dist[v] == np.inf:
                    touched[n_touched] = v
                    n_touched += 1
                dist[v] = nd
                at = size
                size += 1
                while at and key[(at - 1) // 2] > nd:
                    key[at], node[at] = key[(at - 1) // 2], node[(at - 1) // 2]
                    at = (at - 1) // 2
                key[at], node[at] = nd, v
        for i in range(n_touched):
            dist[touched[i]] = np.inf
    return settled, arcs


def _best(work: Callable[[], object], times: int) -> float:
    """Least processor seconds of this process over some runs; the first run compiles."""
    if times > 1:
        work()
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def _row(
    work: str, against: str, ours_s: float, theirs_s: float, bar: int | None, *, note: str = ""
) -> Row:
    return {
        "work": work,
        "against": against,
        "ours_s": ours_s,
        "theirs_s": theirs_s,
        "times_faster": theirs_s / ours_s,
        "bar": bar or "",
        "note": note,
    }
