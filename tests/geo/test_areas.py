from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from data.osm import read_roads
from geo import travel_times
from geo.areas import covered_area, isochrone, reached_parts
from geo.errors import InputError, NetworkError
from geo.network import RoadNetwork, build_network
from geo.snapping import snap

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.roads import RawRoads

PLACE = (24.9443, 60.1718)
METRES = np.array([55_800.0, 111_400.0])  # of a degree in Helsinki


@pytest.fixture(scope="module")
def helsinki(helsinki_pbf: Path) -> RoadNetwork:
    return build_network(read_roads(helsinki_pbf))


def hectares(area: shapely.Geometry) -> float:
    return float(shapely.transform(area, lambda xy: xy * METRES).area) / 1e4


@pytest.mark.parametrize("mode", ["foot", "ebike", "car", "truck"])
@pytest.mark.parametrize("toward", [True, False])
def test_isochrones_are_valid_and_grow_with_time(
    helsinki: RoadNetwork, mode: str, *, toward: bool
) -> None:
    asked = {"mode": mode, "lonlat_of_one_place": PLACE, "toward": toward}
    areas = [isochrone(helsinki, cutoff_s=s, **asked) for s in (60.0, 120.0, 240.0, 480.0)]
    for area in areas:
        assert area.is_valid
        assert area.geom_type in {"Polygon", "MultiPolygon"}
    for small, large in pairwise(areas):
        assert hectares(small) < hectares(large)
        assert hectares(small.difference(large)) < 0.01


def test_an_isochrone_is_the_union_of_the_reached_roads_drawn_wide(helsinki: RoadNetwork) -> None:
    """Independent of the cutting of edges: many points along all roads, kept where within time."""
    points, step = [], 4.0
    for e in np.flatnonzero(~helsinki.on_island("foot")).tolist():
        shares = np.linspace(0, 1, int(helsinki.edge_metres[e] / step) + 2)
        line = shapely.LineString(helsinki.line(e) * METRES)
        points.append(shapely.get_coordinates(line.interpolate(shares, normalized=True)) / METRES)
    everywhere = np.vstack(points)
    times = travel_times(
        helsinki, mode="foot", origins=everywhere, destinations=[PLACE], cutoff_s=300.0
    )
    reached = everywhere[np.diff(times.csr.indptr) > 0]
    drawn = shapely.union_all(shapely.buffer(shapely.points(reached * METRES), 40.0))
    area = isochrone(helsinki, mode="foot", lonlat_of_one_place=PLACE, cutoff_s=300.0)
    holes_filled = shapely.union_all(
        [
            shapely.Polygon(
                part.exterior, [r for r in part.interiors if shapely.Polygon(r).area >= 80_000]
            )
            for part in shapely.get_parts(drawn)
        ]
    )
    assert hectares(area) == pytest.approx(holes_filled.area / 1e4, rel=0.02)


def test_the_way_to_a_place_and_from_it_differ_where_streets_are_one_way(
    plane_roads: Callable[..., RawRoads],
) -> None:
    one_way = {"highway": "residential", "oneway": "yes"}
    network = build_network(plane_roads([(0, 0), (20, 0)], [([0, 1], one_way)]))
    middle = (116.81, 33.96)
    asked = {"mode": "car", "lonlat_of_one_place": middle, "cutoff_s": 60.0}
    to = isochrone(network, toward=True, **asked)
    of = isochrone(network, toward=False, **asked)
    # 20 km/h for 60 s are 333 m: 0.0036 degrees west of the place, or east of it
    assert to.bounds[0] == pytest.approx(116.81 - 0.0036 - 0.00043, abs=1e-4)
    assert of.bounds[2] == pytest.approx(116.81 + 0.0036 + 0.00043, abs=1e-4)
    assert to.bounds[2] == pytest.approx(116.81 + 0.00043, abs=1e-4)


def test_large_holes_stay_and_small_ones_are_filled(plane_roads: Callable[..., RawRoads]) -> None:
    home = {"highway": "residential"}
    for side, n_holes in ((8.0, 1), (2.0, 0)):
        corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]
        network = build_network(plane_roads(corners, [([0, 1, 2, 3, 0], home)]))
        area = isochrone(network, mode="foot", lonlat_of_one_place=(116.80, 33.96), cutoff_s=3600.0)
        assert len(area.interiors) == n_holes


def test_the_covered_area_is_the_union_of_the_isochrones(helsinki: RoadNetwork) -> None:
    rng = np.random.default_rng(2)
    left, bottom, right, top = helsinki.box
    places = rng.uniform((left, bottom), (right, top), (5, 2))
    each = [isochrone(helsinki, mode="foot", lonlat_of_one_place=p, cutoff_s=200.0) for p in places]
    union = shapely.union_all(each)
    area = covered_area(helsinki, mode="foot", destinations=places, cutoff_s=200.0)
    assert area.is_valid
    assert hectares(area.symmetric_difference(union)) < 0.05 * hectares(union)


def test_an_area_within_both_limits_lies_in_each(helsinki: RoadNetwork) -> None:
    asked = {"mode": "foot", "destinations": [PLACE]}
    by_time = covered_area(helsinki, cutoff_s=400.0, **asked)
    both = covered_area(helsinki, cutoff_s=400.0, cutoff_m=300.0, **asked)
    assert hectares(both) < hectares(by_time)
    assert hectares(both.difference(by_time)) < 0.2


def test_a_cutoff_of_nought_leaves_the_place_alone(helsinki: RoadNetwork) -> None:
    on_road = snap(helsinki, [PLACE], mode="foot").lonlat[0]
    area = isochrone(helsinki, mode="foot", lonlat_of_one_place=on_road, cutoff_s=0.0)
    assert hectares(area) == pytest.approx(np.pi * 40**2 / 1e4, rel=0.05)


def test_an_infinite_cutoff_reaches_every_road_of_the_main_part(helsinki: RoadNetwork) -> None:
    parts = reached_parts(
        helsinki, snap(helsinki, [PLACE], mode="foot"), mode="foot", cutoff=np.inf
    )
    ends = helsinki.in_main("foot")
    inside = helsinki.usable("foot") & ends[helsinki.edge_from] & ends[helsinki.edge_to]
    assert set(np.flatnonzero(inside)) <= set(parts.edge)


def test_nothing_covers_nothing(helsinki: RoadNetwork) -> None:
    asked = {"mode": "foot", "cutoff_s": 300.0}
    assert covered_area(helsinki, destinations=np.zeros((0, 2)), **asked).is_empty
    assert covered_area(helsinki, destinations=[[10.0, 50.0]], **asked).is_empty


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"lonlat_of_one_place": (10.0, 50.0)}, NetworkError, "no road for foot within 500 m"),
        ({"lonlat_of_one_place": [PLACE, PLACE]}, InputError, "expected one place, found 2"),
        ({"cutoff_s": -1.0}, InputError, "cutoff must be 0 or more"),
        ({"mode": "tram"}, NetworkError, "no mode 'tram'"),
        ({"side_m": 0.0}, InputError, "width must be above 0"),
    ],
)
def test_wrong_questions_are_refused(
    helsinki: RoadNetwork, options: dict[str, object], error: type[Exception], message: str
) -> None:
    asked: dict[str, object] = {"mode": "foot", "lonlat_of_one_place": PLACE, "cutoff_s": 60.0}
    with pytest.raises(error, match=message):
        isochrone(helsinki, **(asked | options))  # type: ignore[arg-type]  # wrong on purpose
