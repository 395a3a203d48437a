"""Cells: each in one district, measured, named, and found again by their points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyproj
import pytest
import shapely

from data.cells import WHOLE_CITY, Cells, make_cells, without_water
from data.districts import Districts
from data.osm import read_roads
from geo.errors import InputError
from geo.measure import Box, to_metric
from geo.network import build_network

if TYPE_CHECKING:
    from pathlib import Path

UTM = "EPSG:32650"
BOX = Box(116.70, 33.90, 116.80, 33.96)
WEST = shapely.box(116.70, 33.90, 116.753, 33.96)
EAST = shapely.Polygon([(116.753, 33.90), (116.80, 33.90), (116.79, 33.95), (116.753, 33.96)])
TWO = Districts.from_areas({"西区": WEST, "东区": EAST})
GEOD = pyproj.Geod(ellps="WGS84")


def globe_m2(area: shapely.Geometry) -> float:
    return abs(GEOD.geometry_area_perimeter(area)[0])


@pytest.fixture(scope="module")
def cells() -> Cells:
    return make_cells(TWO, metric_crs=UTM)


@pytest.mark.parametrize(
    "options", [{}, {"size_m": 100.0}, {"shape": "h3"}, {"shape": "h3", "resolution": 8}]
)
def test_cells_add_up_to_the_districts_area_on_the_globe(options: dict[str, object]) -> None:
    cells = make_cells(TWO, metric_crs=UTM, **options)  # type: ignore[arg-type]
    for number, area in enumerate((WEST, EAST)):
        mine = cells.area_m2[cells.district == number].sum()
        assert mine == pytest.approx(globe_m2(area), rel=2e-3)  # UTM's scale
    assert cells.district_names == ("西区", "东区")
    assert (cells.land_share > 0).all()
    assert (cells.land_share <= 1).all()


def test_every_cell_lies_in_the_district_it_names(cells: Cells) -> None:
    inside = TWO.locate(cells.lonlat)
    assert (inside == cells.district).all()


def test_a_cell_on_the_border_is_two_with_names_of_their_own(cells: Cells) -> None:
    second = [name for name in cells.ids.tolist() if name.endswith("/2")]
    assert len(second) > 20
    assert len(set(cells.ids.tolist())) == len(cells)
    for name in second:
        pair = np.isin(cells.ids, [name, name.removesuffix("/2")])
        assert set(cells.district[pair].tolist()) == {0, 1}
        assert cells.land_share[pair].sum() <= 1.0 + 1e-9


def test_polygons_are_the_pieces_in_degrees(cells: Cells) -> None:
    drawn = cells.polygons()
    assert sum(globe_m2(shape) for shape in drawn) == pytest.approx(
        globe_m2(WEST) + globe_m2(EAST), rel=1e-3
    )
    assert shapely.dwithin(drawn, shapely.points(cells.lonlat), 1e-7).all()


def test_points_are_found_in_the_cell_that_holds_them(cells: Cells) -> None:
    assert (cells.locate(cells.lonlat) == np.arange(len(cells))).all()
    assert cells.locate(np.array([[116.0, 33.0], [116.799, 33.959]])).tolist() == [-1, -1]
    assert len(cells.locate(np.zeros((0, 2)))) == 0


def test_a_city_without_districts_is_one_zone() -> None:
    cells = make_cells(Districts.from_areas({}), metric_crs=UTM, box=BOX)
    assert cells.district_names == (WHOLE_CITY,)
    assert cells.area_m2.sum() == pytest.approx(globe_m2(shapely.box(*BOX)), rel=2e-3)
    with pytest.raises(InputError, match="the city's box"):
        make_cells(Districts.from_areas({}), metric_crs=UTM)


def test_districts_that_overlap_are_refused_with_both_names() -> None:
    over = Districts.from_areas({"甲": WEST, "乙": shapely.box(116.74, 33.90, 116.80, 33.96)})
    with pytest.raises(InputError, match=r"甲 and 乙 overlap by \d+\.\d\d km2"):
        make_cells(over, metric_crs=UTM)


def test_a_border_drawn_twice_a_little_apart_is_taken() -> None:
    rough = Districts.from_areas({"甲": WEST, "乙": shapely.box(116.75298, 33.90, 116.80, 33.96)})
    assert len(make_cells(rough, metric_crs=UTM)) > 0


def test_a_shape_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="write square or h3"):
        make_cells(TWO, metric_crs=UTM, shape="round")  # type: ignore[arg-type]


def test_water_is_taken_off_the_land_of_the_cells_that_hold_it(cells: Cells) -> None:
    whole = int(np.argmax(cells.land_share))
    wet = without_water(
        cells,
        lonlat=np.array([cells.lonlat[whole], cells.lonlat[whole], [116.0, 33.0]]),
        water_m2=np.array([10_000.0, 2_500.0, 9_999.0]),
    )
    assert wet.area_m2[whole] == pytest.approx(cells.area_m2[whole] - 12_500.0)
    assert wet.land_share[whole] == pytest.approx(0.8)
    others = np.arange(len(cells)) != whole
    assert (wet.area_m2[others] == cells.area_m2[others]).all()
    flooded = without_water(
        cells, lonlat=cells.lonlat[:1], water_m2=np.array([cells.area_m2[0] * 3])
    )
    assert flooded.area_m2[0] == 0.0


def test_each_cell_knows_its_nearest_road(helsinki_pbf: Path) -> None:
    network = build_network(read_roads(helsinki_pbf))
    here = Box(24.936, 60.1645, 24.953, 60.179)
    found = make_cells(Districts.from_areas({}), metric_crs="EPSG:32635", box=here)
    edges = found.nearest_edges(network, mode="foot")
    usable = network.usable("foot") & ~network.on_island("foot")
    crs = {"crs": "EPSG:32635"}
    roads = shapely.STRtree(
        [
            shapely.LineString(to_metric(network.line(edge), **crs)) if usable[edge] else None
            for edge in range(network.n_edges)
        ]
    )
    points = shapely.points(to_metric(found.lonlat, **crs))
    (cell, _), gap = roads.query_nearest(points, return_distance=True)
    nearest = dict(zip(cell.tolist(), gap.tolist(), strict=True))
    own = shapely.distance(roads.geometries[edges], points)
    assert own == pytest.approx([nearest[i] for i in range(len(found))], abs=0.2)
    assert (found.nearest_edges(network, mode="foot", limit_m=0.0) == -1).all()


def test_the_same_city_gives_the_same_hash(cells: Cells) -> None:
    again = make_cells(TWO, metric_crs=UTM)
    assert again.content_hash == cells.content_hash
    assert make_cells(TWO, metric_crs=UTM, size_m=500.0).content_hash != cells.content_hash


def test_cells_whose_arrays_do_not_fit_are_refused(cells: Cells) -> None:
    parts = {
        "lonlat": cells.lonlat,
        "area_m2": cells.area_m2,
        "land_share": cells.land_share,
        "district": cells.district,
        "district_names": cells.district_names,
        "shape": cells.shape,
        "size_m": cells.size_m,
        "outline": cells.outline,
        "metric_crs": cells.metric_crs,
    }
    with pytest.raises(InputError, match="beside 3 ids"):
        Cells(ids=cells.ids[:3], **parts)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="id stands twice"):
        Cells(ids=np.repeat("E0N0", len(cells)), **parts)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="outside district_names"):
        Cells(ids=cells.ids, **{**parts, "district_names": ("西区",)})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="read-only"):
        cells.area_m2[0] = 1.0
