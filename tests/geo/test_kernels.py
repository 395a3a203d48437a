"""Kernel sums against networkx, with every point put into the graph as a node of its own."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.osm import read_roads
from geo.errors import InputError, NetworkError
from geo.kernels import kernel_sums
from geo.measure import great_circle_m
from geo.network import RoadNetwork, build_network
from geo.snapping import snap

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.roads import RawRoads

H = 90.0
ROAD = {"highway": "residential"}


def brute_force(  # noqa: C901, PLR0917 - an oracle reads best in one piece
    network: RoadNetwork,
    mode: str,
    targets: np.ndarray,
    sources: np.ndarray,
    values: np.ndarray,
    h: float,
) -> np.ndarray:
    """Points cut into their edges, all pairs by networkx, the kernel by its formula."""
    blocked = network.node_blocked[network.modes.index(mode)]
    points = np.vstack([targets, sources])
    snaps = snap(network, points, mode=mode)
    on_edge: dict[int, list[tuple[float, object]]] = {}
    graph = nx.Graph()

    def link(a: object, b: object, metres: float) -> None:
        if not graph.has_edge(a, b) or graph[a][b]["m"] > metres:
            graph.add_edge(a, b, m=metres)

    for i in np.flatnonzero(snaps.found).tolist():
        e = int(snaps.edge[i])
        along = float(snaps.fraction[i] * network.edge_metres[e])
        on_edge.setdefault(e, []).append((along, ("on", i)))
        link(("point", i), ("on", i), float(snaps.distance_m[i]))
    for e in np.flatnonzero(network.usable(mode)).tolist():
        long = float(network.edge_metres[e])
        stops: list[tuple[float, object]] = [
            (0.0, int(network.edge_from[e])),
            *sorted(on_edge.get(e, []), key=lambda stop: stop[0]),
            (long, int(network.edge_to[e])),
        ]
        for (p, a), (q, b) in itertools.pairwise(stops):
            if any(isinstance(end, int) and blocked[end] for end in (a, b)):
                continue
            link(a, b, q - p)
    sums = np.zeros((len(targets), values.shape[1]))
    for i in range(len(targets)):
        if ("point", i) not in graph:
            continue
        far = nx.single_source_dijkstra_path_length(graph, ("point", i), weight="m")
        for j in range(len(sources)):
            d = far.get(("point", len(targets) + j), np.inf)
            assert abs(d - 2 * h) > 1e-4, "the oracle cannot judge a pair at the very cut"
            if d <= 2 * h:
                sums[i] += np.exp(-0.5 * (d / h) ** 2) * values[j]
    return sums


def _town(plane_roads: Callable[..., RawRoads]) -> RoadNetwork:
    """A square with a diagonal one-way street, a dead end, a loop and a bollard."""
    nodes = [(0, 0), (3, 0), (3, 3), (0, 3), (5, 0), (1, 1), (4, 4), (5, 3), (6, 1)]
    ways = [
        ([0, 1, 2, 3, 0], ROAD),
        ([0, 5, 2], {"highway": "tertiary", "oneway": "yes"}),
        ([1, 4, 8], ROAD),
        ([2, 6, 7, 2], ROAD),
    ]
    return build_network(plane_roads(nodes, ways, {4: {"barrier": "block"}}))


@pytest.mark.parametrize("mode", ["foot", "car"])
@pytest.mark.parametrize("n_targets", [25, 90])  # searched from either side
@pytest.mark.parametrize("h", [90.0, 400.0])
def test_sums_equal_brute_force_on_a_small_town(
    plane_roads: Callable[..., RawRoads], mode: str, n_targets: int, h: float
) -> None:
    network = _town(plane_roads)
    rng = np.random.default_rng(4)
    left, bottom, right, top = network.box
    points = rng.uniform((left, bottom), (right, top), (n_targets + 50, 2))
    targets, sources = points[:n_targets], points[n_targets:]
    values = rng.uniform(0, 5, (50, 3)) * (rng.random((50, 3)) < 0.7)
    asked = {"mode": mode, "targets": targets, "sources": sources, "bandwidth_m": h}
    sums = kernel_sums(network, values=values, **asked)
    truth = brute_force(network, mode, targets, sources, values, h)
    assert truth.any(axis=0).all()
    assert sums == pytest.approx(truth, rel=1e-5, abs=1e-9)
    assert kernel_sums(network, values=sp.csr_array(values), **asked) == pytest.approx(sums)


def test_sums_in_helsinki_equal_brute_force(helsinki_pbf: Path) -> None:
    network = build_network(read_roads(helsinki_pbf))
    rng = np.random.default_rng(6)
    left, bottom, right, top = 24.940, 60.168, 24.946, 60.171
    points = rng.uniform((left, bottom), (right, top), (120, 2))
    values = rng.uniform(0, 5, (80, 2))
    sums = kernel_sums(
        network, mode="ebike", targets=points[:40], sources=points[40:], values=values,
        bandwidth_m=100.0,
    )  # fmt: skip
    truth = brute_force(network, "ebike", points[:40], points[40:], values, 100.0)
    assert (truth > 0).mean() > 0.9
    assert sums == pytest.approx(truth, rel=1e-5, abs=1e-9)


spots = st.lists(
    st.tuples(st.floats(-0.5, 6.5), st.floats(-0.5, 4.5)), min_size=1, max_size=12
).map(lambda some: np.array(some) * 0.001 + (116.80, 33.96))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(targets=spots, sources=spots)
def test_the_kernel_is_the_same_from_either_side_and_a_sum_over_sources(
    plane_roads: Callable[..., RawRoads], targets: np.ndarray, sources: np.ndarray
) -> None:
    network = _town(plane_roads)
    asked = {"mode": "foot", "bandwidth_m": H}
    each = kernel_sums(
        network, targets=targets, sources=sources, values=np.eye(len(sources)), **asked
    )
    back = kernel_sums(
        network, targets=sources, sources=targets, values=np.eye(len(targets)), **asked
    )
    assert pytest.approx(each, rel=1e-5) == back.T
    assert ((each >= 0) & (each <= 1)).all()
    values = np.arange(1.0, len(sources) + 1)[:, None]
    summed = kernel_sums(network, targets=targets, sources=sources, values=values, **asked)
    assert summed == pytest.approx(each @ values, rel=1e-6)


def test_points_on_one_edge_meet_along_it(plane_roads: Callable[..., RawRoads]) -> None:
    network = build_network(plane_roads([(0, 0), (20, 0)], [([0, 1], ROAD)]))
    at = np.array([[116.810, 33.96], [116.811, 33.96]])
    apart = float(great_circle_m(at[:1], at[1:])[0])
    sums = kernel_sums(
        network, mode="foot", targets=at[:1], sources=at[1:], values=np.array([[2.0]]),
        bandwidth_m=H,
    )  # fmt: skip
    assert sums[0, 0] == pytest.approx(2.0 * np.exp(-0.5 * (apart / H) ** 2), rel=5e-3)


def test_a_straight_kernel_equals_all_pairs_and_needs_no_roads() -> None:
    rng = np.random.default_rng(8)
    points = rng.uniform((116.80, 33.96), (116.83, 33.99), (900, 2))
    targets, sources = points[:300], points[300:]
    values = rng.uniform(0, 3, (600, 2))
    sums = kernel_sums(
        None, mode="foot", targets=targets, sources=sources, values=values, bandwidth_m=250.0,
        over="straight",
    )  # fmt: skip
    d = np.array([great_circle_m(np.repeat(t[None], 600, axis=0), sources) for t in targets])
    weight = np.where(d <= 500.0, np.exp(-0.5 * (d / 250.0) ** 2), 0.0)
    assert sums == pytest.approx(weight @ values, rel=1e-9)


def test_a_point_far_from_every_road_neither_gives_nor_gets(
    plane_roads: Callable[..., RawRoads],
) -> None:
    network = _town(plane_roads)
    at = np.array([[116.80, 33.96], [116.80, 33.90]])
    sums = kernel_sums(
        network, mode="foot", targets=at, sources=at, values=np.eye(2), bandwidth_m=20_000.0
    )
    assert sums == pytest.approx(np.diag([1.0, 0.0]))


def test_what_cannot_be_is_refused(plane_roads: Callable[..., RawRoads]) -> None:
    network = _town(plane_roads)
    at = np.array([[116.80, 33.96]])

    def ask(**changed: Any) -> None:  # noqa: ANN401 - whatever is wrong
        asked = {"mode": "foot", "targets": at, "sources": at, "values": np.ones((1, 1))}
        kernel_sums(changed.pop("network", network), **asked | {"bandwidth_m": H} | changed)

    with pytest.raises(InputError, match="bandwidth must be more than 0 m, not 0"):
        ask(bandwidth_m=0)
    with pytest.raises(InputError, match="no distance 'sea': one of network, straight"):
        ask(over="sea")
    with pytest.raises(InputError, match="negative or not finite"):
        ask(values=np.array([[-1.0]]))
    with pytest.raises(InputError, match=r"values of shape \(2, 1\) for 1 sources"):
        ask(values=np.ones((2, 1)))
    with pytest.raises(InputError, match="needs a network"):
        ask(network=None)
    with pytest.raises(NetworkError, match="mode"):
        ask(mode="boat")
