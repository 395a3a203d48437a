"""The engine against programmes not written here: rustworkx, networkx, OSMnx."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import osmium
import osmnx
import pytest
import rustworkx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.osm import read_roads
from geo.access import class_of_way, use_of_way
from geo.network import RoadNetwork, build_network
from geo.profiles import MODES, PROFILES
from geo.snapping import Snaps, snap
from geo.travel_time_matrix import times_between, travel_times

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.roads import RawRoads


Drawn = tuple[list[tuple[int, int]], list[Any], dict[int, Any]]


def arc_graph(  # noqa: C901, PLR0912 - an oracle reads best in one piece
    network: RoadNetwork, mode: str, a: Snaps, b: Snaps
) -> tuple[Any, dict[object, int]]:
    """Arcs as vertices, linked where one may follow the other; points tied to parts of arcs."""
    m = network.modes.index(mode)
    graph = rustworkx.PyDiGraph()
    number: dict[object, int] = {}

    def vertex(key: object) -> int:
        if key not in number:
            number[key] = graph.add_node(key)
        return number[key]

    seconds = network.seconds[m].astype(float)
    ends = np.stack([network.edge_from, network.edge_to])
    blocked, delay = network.node_blocked[m], network.node_delay_s[m].astype(float)
    bans = {(int(p), int(q)) for mode_, p, q in network.turn_bans if mode_ == m}
    leaving: dict[int, list[int]] = {}
    for e, d in itertools.product(range(network.n_edges), (0, 1)):
        if not np.isnan(seconds[d, e]):
            leaving.setdefault(int(ends[d, e]), []).append(2 * e + d)
    links: list[tuple[int, int, float]] = []
    for arcs in leaving.values():
        for p in arcs:
            e, d = divmod(p, 2)
            head = int(ends[1 - d, e])
            if blocked[head]:
                continue
            wait = float(delay[head])
            links += [
                (vertex(("end", p)), vertex(("start", q)), wait)
                for q in leaving.get(head, ())
                if (p, q) not in bans
            ]
            links.append((vertex(("start", p)), vertex(("end", p)), float(seconds[d, e])))
    kph = network.access_kph[m]
    by_edge: dict[int, list[int]] = {}
    for j in np.flatnonzero(b.found).tolist():
        by_edge.setdefault(int(b.edge[j]), []).append(j)
    for kind, points in (("o", a), ("d", b)):
        for i in np.flatnonzero(points.found).tolist():
            e, f = int(points.edge[i]), float(points.fraction[i])
            walk = float(points.distance_m[i]) / (kph / 3.6)
            for d in (0, 1):
                whole = float(seconds[d, e])
                if np.isnan(whole):
                    continue
                done = f if d == 0 else 1.0 - f
                if kind == "o":
                    links.append(
                        (vertex(("o", i)), vertex(("end", 2 * e + d)), walk + (1 - done) * whole)
                    )
                    for j in by_edge.get(e, ()):
                        ahead = (float(b.fraction[j]) - f) * (1 if d == 0 else -1)
                        if ahead >= 0:
                            to = walk + ahead * whole + float(b.distance_m[j]) / (kph / 3.6)
                            links.append((vertex(("o", i)), vertex(("d", j)), to))
                else:
                    links.append(
                        (vertex(("start", 2 * e + d)), vertex(("d", i)), walk + done * whole)
                    )
    graph.add_edges_from(links)
    return graph, number


def check_pairs(network: RoadNetwork, mode: str, *, n: int, cutoff_s: float, seed: int) -> int:
    """Compare n x n random pairs; how many were within the cutoff."""
    rng = np.random.default_rng(seed)
    left, bottom, right, top = network.box
    points = rng.uniform((left, bottom), (right, top), (2 * n, 2))
    a, b = (snap(network, p, mode=mode) for p in (points[:n], points[n:]))
    table = travel_times(
        network, mode=mode, origins=points[:n], destinations=points[n:], cutoff_s=cutoff_s
    ).csr.toarray()
    graph, number = arc_graph(network, mode, a, b)
    within = 0
    for i in range(n):
        truth = np.full(n, np.inf)
        if ("o", i) in number:
            costs = rustworkx.dijkstra_shortest_path_lengths(graph, number["o", i], float)
            for j in range(n):
                if ("d", j) in number and number["d", j] in costs:
                    truth[j] = costs[number["d", j]]
        clear = np.abs(truth - cutoff_s) > 0.01
        near = (truth <= cutoff_s) & clear
        within += int(near.sum())
        assert table[i][near] == pytest.approx(truth[near], abs=0.005)
        assert not table[i][(truth > cutoff_s) & clear].any()
    return within


@pytest.mark.parametrize("mode", MODES)
def test_ten_thousand_pairs_in_helsinki_equal_those_of_rustworkx(
    helsinki_pbf: Path, mode: str
) -> None:
    network = build_network(read_roads(helsinki_pbf))
    assert check_pairs(network, mode, n=100, cutoff_s=300.0, seed=21) > 500


@pytest.mark.real
@pytest.mark.parametrize("mode", MODES)
def test_ten_thousand_pairs_in_shanghai_equal_those_of_rustworkx(
    shanghai_osm: Path, mode: str
) -> None:
    network = build_network(read_roads(shanghai_osm))
    assert check_pairs(network, mode, n=100, cutoff_s=3600.0, seed=22) > 500


TAGS = [
    {"highway": "residential"},
    {"highway": "residential", "oneway": "yes"},
    {"highway": "primary", "oneway": "-1"},
    {"highway": "footway"},
    {"highway": "secondary", "maxspeed": "20"},
    {"highway": "service", "access": "private"},
    {"highway": "trunk", "foot": "no"},
]
MARKS = [{"highway": "traffic_signals"}, {"barrier": "bollard"}, {"barrier": "gate"}]


@st.composite
def small_roads(draw: st.DrawFn) -> Drawn:
    """Up to ten nodes on a small square (some at one place), ways over two to five of them."""
    n = draw(st.integers(2, 10))
    nodes = draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=n, max_size=n))
    way = st.lists(st.integers(-1, n - 1), min_size=2, max_size=5)
    ways = draw(st.lists(st.tuples(way, st.sampled_from(TAGS)), min_size=1, max_size=9))
    marks = draw(st.dictionaries(st.integers(0, n - 1), st.sampled_from(MARKS), max_size=3))
    return nodes, [([0, 1], TAGS[0]), *ways], marks


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(drawn=small_roads(), mode=st.sampled_from(MODES), seed=st.integers(0, 9))
def test_small_networks_of_any_shape_equal_rustworkx(
    plane_roads: Callable[..., RawRoads], drawn: Drawn, mode: str, seed: int
) -> None:
    nodes, ways, marks = drawn
    if nodes[0] == nodes[1]:
        nodes[1] = (nodes[1][0] + 1, nodes[1][1])
    network = build_network(plane_roads(nodes, ways, marks))
    check_pairs(network, mode, n=6, cutoff_s=120.0, seed=seed)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(drawn=small_roads())
def test_joining_nodes_of_degree_two_changes_no_distance(
    plane_roads: Callable[..., RawRoads], drawn: Drawn
) -> None:
    """Against networkx on the raw segments, every node of every way in it."""
    nodes, ways, _ = drawn
    if nodes[0] == nodes[1]:
        nodes[1] = (nodes[1][0] + 1, nodes[1][1])
    raw = plane_roads(nodes, ways)
    network = build_network(raw)
    graph: nx.Graph[int] = nx.Graph()
    for w, (way, tags) in enumerate(ways):
        assert raw.way_offset[w + 1] - raw.way_offset[w] == len(way)
        if use_of_way(PROFILES["foot"], tags).forward_kph is None:
            continue
        for u, v in itertools.pairwise(way):
            if min(u, v) >= 0 and u != v:
                x, y = (raw.node_lonlat[k] for k in (u, v))
                metres = float(np.hypot(*((x - y) * (92_394.0, 110_922.0))))
                graph.add_edge(u, v, weight=metres)
    ends = {}
    for e in range(network.n_edges):
        ends[int(network.edge_from[e])] = (e, 0.0)
        ends[int(network.edge_to[e])] = (e, 1.0)
    edge = np.array([ends[k][0] for k in range(network.n_nodes)], dtype=np.int32)
    fraction = np.array([ends[k][1] for k in range(network.n_nodes)])
    places = Snaps(edge, fraction, np.zeros(network.n_nodes), network.node_lonlat)
    table = times_between(
        network, places, places, mode="foot", cutoff=1e6, measure="metres"
    ).toarray()
    names = (network.node_id - 100).tolist()
    for i, u in enumerate(names):
        lengths = nx.single_source_dijkstra_path_length(graph, u) if u in graph else {}
        for j, v in enumerate(names):
            assert table[i, j] == pytest.approx(lengths.get(v, 0.0), rel=1e-3, abs=0.01)


def test_lengths_and_junctions_agree_with_osmnx(helsinki_pbf: Path, tmp_path: Path) -> None:
    path = tmp_path / "roads.osm"
    wanted, used = set(), set()
    for way in osmium.FileProcessor(str(helsinki_pbf), osmium.osm.WAY):
        tags = dict(way.tags)
        uses = [use_of_way(profile, tags) for profile in PROFILES.values()]
        if class_of_way(tags) < 0 or "highway" not in tags or not any(any(use) for use in uses):
            continue
        wanted.add(way.id)
        used.update(node.ref for node in way.nodes)
    have = {node.id for node in osmium.FileProcessor(str(helsinki_pbf), osmium.osm.NODE)}
    with osmium.SimpleWriter(str(path)) as writer:
        for thing in osmium.FileProcessor(str(helsinki_pbf)):
            if thing.is_node() and thing.id in used:
                writer.add_node(thing)
            elif thing.is_way() and thing.id in wanted and all(n.ref in have for n in thing.nodes):
                writer.add_way(thing)
    graph = osmnx.graph_from_xml(path, bidirectional=True, retain_all=True, simplify=True)
    streets = osmnx.convert.to_undirected(graph)
    theirs_km = sum(data["length"] for *_, data in streets.edges(data=True)) / 1000.0
    ours = build_network(read_roads(path))
    # theirs are lengths on a sphere, ours on the ellipsoid: up to 0.3 % apart at this latitude
    assert ours.summary()["km"] == pytest.approx(theirs_km, rel=0.01)
    # theirs joins ways of unlike tags too, and keeps no node for lights, barriers or turns
    ends = np.concatenate([ours.edge_from, ours.edge_to])
    degree = np.bincount(ends, minlength=ours.n_nodes)
    theirs = {node for node, streets_there in graph.degree() if streets_there > 0}
    assert set(ours.node_id[degree != 2].tolist()) == theirs
    assert ours.n_edges - int((degree == 2).sum()) == pytest.approx(
        streets.number_of_edges(), rel=0.01
    )
