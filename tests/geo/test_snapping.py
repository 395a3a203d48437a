from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from data.osm import read_roads
from geo.errors import InputError, NetworkError
from geo.network import RoadNetwork, build_network
from geo.roads import metres_per_degree
from geo.snapping import snap

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.roads import RawRoads

HOME = {"highway": "residential"}


@pytest.fixture(scope="module")
def helsinki(helsinki_pbf: Path) -> RoadNetwork:
    return build_network(read_roads(helsinki_pbf))


@pytest.mark.parametrize("mode", ["foot", "car"])
def test_snaps_are_those_of_a_tree_of_lines(helsinki: RoadNetwork, mode: str) -> None:
    """Against shapely's STRtree over whole edges in a local metric plane."""
    rng = np.random.default_rng(1)
    left, bottom, right, top = helsinki.box
    points = rng.uniform((left - 0.01, bottom), (right + 0.01, top), (1000, 2))
    found = snap(helsinki, points, mode=mode, limit_m=300.0)
    scale = np.array([float(k[0]) for k in metres_per_degree(np.array([(bottom + top) / 2]))])
    edges = np.flatnonzero(~helsinki.on_island(mode))
    lines = np.array([shapely.LineString(helsinki.line(e) * scale) for e in edges])
    here = shapely.points(points * scale)
    nearest = shapely.STRtree(lines).nearest(here)
    metres = shapely.distance(here, lines[nearest])
    assert np.array_equal(
        found.found[np.abs(metres - 300) > 0.1], (metres <= 300)[np.abs(metres - 300) > 0.1]
    )
    both = found.found & (metres <= 300)
    assert found.distance_m[both] == pytest.approx(metres[both], abs=0.1)
    clear = both & (found.edge == edges[nearest])
    assert clear.sum() > 0.9 * both.sum()
    along = shapely.line_locate_point(lines[nearest], here, normalized=True)
    assert found.fraction[clear] == pytest.approx(along[clear], abs=5e-3)
    assert shapely.distance(here, shapely.points(found.lonlat * scale))[both] == pytest.approx(
        metres[both], abs=0.1
    )


def test_a_point_beyond_the_limit_finds_no_road(helsinki: RoadNetwork) -> None:
    far = snap(helsinki, [[24.94, 59.99]], mode="foot", limit_m=500.0)
    assert far.edge.tolist() == [-1]
    assert math.isnan(far.distance_m[0])
    assert math.isnan(far.fraction[0])
    near = snap(helsinki, [[24.94, 59.99]], mode="foot", limit_m=30_000.0)
    assert near.distance_m[0] == pytest.approx(19_400, rel=0.02)


def test_a_mode_snaps_only_to_roads_it_may_use(plane_roads: Callable[..., RawRoads]) -> None:
    nodes = [(0, 0), (10, 0), (0, 1), (10, 1)]
    ways = [([0, 1], {"highway": "motorway"}), ([2, 3], HOME)]
    network = build_network(plane_roads(nodes, ways))
    below = [[116.805, 33.9598]]
    assert snap(network, below, mode="car").distance_m[0] == pytest.approx(22, abs=1)
    assert snap(network, below, mode="foot").distance_m[0] == pytest.approx(133, abs=1)


def test_islands_are_passed_over_unless_asked_for(plane_roads: Callable[..., RawRoads]) -> None:
    nodes = [(0, 0), (200, 0), (50, 1), (50.5, 1)]
    network = build_network(plane_roads(nodes, [([0, 1], HOME), ([2, 3], HOME)]))
    yard = [[116.85, 33.961]]
    assert snap(network, yard, mode="foot").distance_m[0] > 100
    assert snap(network, yard, mode="foot", islands=True).distance_m[0] < 1


def test_an_edge_of_no_length_can_be_snapped_to(plane_roads: Callable[..., RawRoads]) -> None:
    nodes = [(0, 0), (0, 0), (9, 0)]
    ways = [([0, 1], {"highway": "primary"}), ([1, 2], HOME)]
    network = build_network(plane_roads(nodes, ways))
    found = snap(network, [[116.80, 33.96]], mode="foot")
    assert found.distance_m[0] == pytest.approx(0.0, abs=1e-6)
    assert np.isfinite(found.fraction).all()


@pytest.mark.parametrize(
    ("points", "limit_m", "message"),
    [
        ([[33.96, 116.8]], 500.0, "lon comes first"),
        ([[math.inf, 1.0]], 500.0, "no finite coordinates"),
        ([[1.0]], 500.0, "expected columns"),
        ([[116.8, 33.96]], -1.0, "limit must be 0"),
        ([[116.8, 33.96]], math.nan, "limit must be 0"),
    ],
)
def test_wild_points_are_refused(
    helsinki: RoadNetwork, points: list[list[float]], limit_m: float, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        snap(helsinki, points, mode="foot", limit_m=limit_m)


def test_an_unknown_mode_is_refused(helsinki: RoadNetwork) -> None:
    with pytest.raises(NetworkError, match="no mode 'horse': one of foot, ebike, car, truck"):
        snap(helsinki, [[24.94, 60.17]], mode="horse")
