"""Travel times against Dijkstra of networkx on a graph in which every point is a node."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest

from data.osm import read_roads
from geo import travel_times
from geo.errors import InputError, NetworkError
from geo.network import RoadNetwork, build_network
from geo.snapping import Snaps, snap

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def helsinki(helsinki_pbf: Path) -> RoadNetwork:
    return build_network(read_roads(helsinki_pbf))


def expanded(  # noqa: C901, PLR0912 - an oracle reads best in one piece
    network: RoadNetwork, mode: str, a: Snaps, b: Snaps, *, measure: str = "seconds"
) -> nx.DiGraph[object]:
    """Every edge cut at every point on it; ("o", i) and ("d", j) hang off the cuts."""
    m = network.modes.index(mode)
    graph: nx.DiGraph[object] = nx.DiGraph()

    def link(u: object, v: object, cost: float) -> None:
        if not graph.has_edge(u, v) or graph[u][v]["cost"] > cost:
            graph.add_edge(u, v, cost=cost)

    cuts: dict[int, set[float]] = {e: {0.0, 1.0} for e in range(network.n_edges)}
    for points in (a, b):
        for e, f in zip(points.edge.tolist(), points.fraction.tolist(), strict=True):
            if e >= 0:
                cuts[e].add(f)
    arriving: dict[int, list[int]] = defaultdict(list)
    departing: dict[int, list[int]] = defaultdict(list)
    blocked, delay = network.node_blocked[m], network.node_delay_s[m]
    for e, fractions in cuts.items():
        ends = {0.0: ("n", int(network.edge_from[e])), 1.0: ("n", int(network.edge_to[e]))}
        order = sorted(fractions)
        for direction in (0, 1):
            whole = float(network.seconds[m, direction, e])
            if math.isnan(whole):
                continue
            if measure == "metres":
                whole = float(network.edge_metres[e])
            for f, g in itertools.pairwise(order):
                u, v = (("c", e, f, direction), ("c", e, g, direction))
                if direction:
                    u, v = v, u
                link(u, v, (g - f) * whole)
            for f, (_, node) in ends.items():
                if blocked[node]:
                    continue
                wait = float(delay[node]) if measure == "seconds" else 0.0
                arc = 2 * e + direction
                if f == float(1 - direction):
                    link(("c", e, f, direction), ("in", arc), wait)
                    arriving[node].append(arc)
                else:
                    link(("out", arc), ("c", e, f, direction), 0.0)
                    departing[node].append(arc)
    bans = {(int(p), int(q)) for mode_, p, q in network.turn_bans if mode_ == m}
    for node, arcs in arriving.items():
        for p in arcs:
            for q in departing[node]:
                if (p, q) not in bans:
                    link(("in", p), ("out", q), 0.0)
    per_s = 1.0 if measure == "metres" else network.access_kph[m] / 3.6
    for kind, points in (("o", a), ("d", b)):
        for i in np.flatnonzero(points.found).tolist():
            walk = float(points.distance_m[i]) / per_s
            for direction in (0, 1):
                place = ("c", int(points.edge[i]), float(points.fraction[i]), direction)
                ends_ = ((kind, i), place) if kind == "o" else (place, (kind, i))
                link(*ends_, walk)
            e, f = int(points.edge[i]), float(points.fraction[i])
            if f in {0.0, 1.0}:  # at a junction: every road there is joined
                node = int((network.edge_from, network.edge_to)[int(f)][e])
                for arc in departing[node] if kind == "o" else ():
                    link((kind, i), ("out", arc), walk)
                for arc in arriving[node] if kind == "d" else ():
                    link(("in", arc), (kind, i), walk)
    return graph


def compare(  # noqa: PLR0917 - a question and its limits
    network: RoadNetwork,
    mode: str,
    origins: np.ndarray,
    destinations: np.ndarray,
    cutoff: float,
    measure: str = "seconds",
) -> int:
    limits = {"cutoff_s": cutoff} if measure == "seconds" else {"cutoff_m": cutoff}
    table = travel_times(
        network, mode=mode, origins=origins, destinations=destinations, measure=measure, **limits
    )
    a = snap(network, origins, mode=mode)
    b = snap(network, destinations, mode=mode)
    graph = expanded(network, mode, a, b, measure=measure)
    got = table.csr.tocoo()
    found = {(int(i), int(j)): float(v) for i, j, v in zip(*got.coords, got.data, strict=True)}
    for i in range(len(origins)):
        if not a.found[i]:
            assert table.origins_unsnapped[i]
            continue
        truth = nx.single_source_dijkstra_path_length(
            graph, ("o", i), cutoff=cutoff + 1.0, weight="cost"
        )
        for j in range(len(destinations)):
            want = truth.get(("d", j))
            if want is None or want > cutoff + 0.01:
                assert (i, j) not in found
            elif want < cutoff - 0.01:
                assert found[i, j] == pytest.approx(want, abs=0.005)
    return len(found)


@pytest.mark.parametrize("mode", ["foot", "ebike", "car", "truck"])
@pytest.mark.parametrize(("n_origins", "n_destinations"), [(30, 40), (40, 30)])
def test_times_equal_those_of_dijkstra_with_every_point_a_node(
    helsinki: RoadNetwork, mode: str, n_origins: int, n_destinations: int
) -> None:
    rng = np.random.default_rng(7)
    left, bottom, right, top = helsinki.box
    points = rng.uniform((left, bottom), (right, top), (n_origins + n_destinations, 2))
    pairs = compare(helsinki, mode, points[:n_origins], points[n_origins:], 240.0)
    assert pairs > 20


@pytest.mark.parametrize("mode", ["foot", "car"])
def test_a_point_at_a_junction_joins_every_road_there(helsinki: RoadNetwork, mode: str) -> None:
    rng = np.random.default_rng(6)
    nodes = helsinki.node_lonlat[rng.choice(np.flatnonzero(helsinki.in_main(mode)), 60)]
    assert compare(helsinki, mode, nodes[:30], nodes[30:], 240.0) > 20


def test_metres_equal_those_of_dijkstra(helsinki: RoadNetwork) -> None:
    rng = np.random.default_rng(8)
    left, bottom, right, top = helsinki.box
    points = rng.uniform((left, bottom), (right, top), (60, 2))
    assert compare(helsinki, "foot", points[:30], points[30:], 700.0, "metres") > 100


def test_points_on_one_edge_go_straight_along_it(helsinki: RoadNetwork) -> None:
    longest = int(np.argmax(np.where(helsinki.usable("car"), helsinki.edge_metres, 0)))
    low, high = helsinki.shape_offset[longest : longest + 2]
    line = helsinki.shape_lonlat[low:high]
    points = np.vstack([line[:1] * (1 - t) + line[1:2] * t for t in (0.2, 0.5, 0.8)])
    assert compare(helsinki, "car", points, points, 60.0) >= 3


def test_a_pair_within_the_time_but_beyond_the_distance_is_left_out(helsinki: RoadNetwork) -> None:
    rng = np.random.default_rng(9)
    left, bottom, right, top = helsinki.box
    points = rng.uniform((left, bottom), (right, top), (60, 2))
    table = {"mode": "foot", "origins": points[:30], "destinations": points[30:]}
    both = travel_times(helsinki, cutoff_s=900.0, cutoff_m=400.0, **table).csr
    by_time = travel_times(helsinki, cutoff_s=900.0, **table).csr
    by_distance = travel_times(helsinki, cutoff_m=400.0, measure="metres", **table).csr
    assert both.nnz == by_distance.nnz < by_time.nnz
    assert abs(both - by_time.multiply(by_distance.astype(bool))).max() == 0


def test_a_cutoff_of_nought_keeps_points_at_one_place_only(helsinki: RoadNetwork) -> None:
    points = helsinki.shape_lonlat[[0, 200]]
    table = travel_times(helsinki, mode="foot", origins=points, destinations=points, cutoff_s=0.0)
    assert table.csr.nnz == 2
    assert table.csr.data.tolist() == [0.0, 0.0]


def test_an_infinite_cutoff_reaches_all_of_the_main_part(helsinki: RoadNetwork) -> None:
    rng = np.random.default_rng(3)
    points = helsinki.node_lonlat[rng.choice(np.flatnonzero(helsinki.in_main("foot")), 20)]
    table = travel_times(helsinki, mode="foot", origins=points, destinations=points)
    assert table.csr.nnz == 400


def test_an_infinite_cutoff_leaves_out_what_is_not_connected(helsinki: RoadNetwork) -> None:
    rng = np.random.default_rng(11)
    left, bottom, right, top = helsinki.box
    points = rng.uniform((left, bottom), (right, top), (60, 2))
    table = travel_times(helsinki, mode="car", origins=points, destinations=points).csr
    assert table.nnz < 3600
    assert np.isfinite(table.data).all()


def test_a_point_twenty_kilometres_from_any_road_is_marked_and_reaches_nothing(
    helsinki: RoadNetwork,
) -> None:
    points = np.array([[24.94, 59.9], [24.94, 60.17]])
    table = travel_times(helsinki, mode="foot", origins=points, destinations=points, cutoff_s=900)
    assert table.origins_unsnapped.tolist() == [True, False]
    assert table.destinations_unsnapped.tolist() == [True, False]
    assert table.csr[[0]].nnz == 0


def test_no_points_make_an_empty_table(helsinki: RoadNetwork) -> None:
    table = travel_times(
        helsinki, mode="foot", origins=np.zeros((0, 2)), destinations=[[24.94, 60.17]], cutoff_s=1
    )
    assert table.csr.shape == (0, 1)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"mode": "bus"}, NetworkError, "no mode 'bus': one of foot"),
        ({"cutoff_s": -1.0}, InputError, "cutoff_s must be 0 or more"),
        ({"cutoff_s": math.nan}, InputError, "cutoff_s must be 0 or more"),
        ({"measure": "miles"}, InputError, "no measure 'miles'"),
        ({"measure": "metres"}, InputError, "needs cutoff_m"),
        ({"origins": [[60.17, 240.94]]}, InputError, "lon comes first"),
        ({"origins": [[math.nan, 60.0]]}, InputError, "no finite coordinates"),
        ({"origins": [[1.0, 2.0, 3.0]]}, InputError, "expected columns lon, lat"),
    ],
)
def test_wrong_questions_are_refused(
    helsinki: RoadNetwork, options: dict[str, object], error: type[Exception], message: str
) -> None:
    asked: dict[str, object] = {
        "mode": "foot",
        "origins": [[24.94, 60.17]],
        "destinations": [[24.94, 60.17]],
        "cutoff_s": 60.0,
    }
    with pytest.raises(error, match=message):
        travel_times(helsinki, **(asked | options))  # type: ignore[arg-type]  # wrong on purpose


def test_progress_is_told_and_an_error_in_it_cancels(helsinki: RoadNetwork) -> None:
    points = np.tile(helsinki.node_lonlat[:1], (1200, 1))
    seen: list[float] = []
    asked = {"mode": "foot", "origins": points, "destinations": points, "cutoff_s": 1.0}
    travel_times(helsinki, on_progress=lambda _step, share: seen.append(share), **asked)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0

    def cancel(_step: str, _share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        travel_times(helsinki, on_progress=cancel, **asked)
