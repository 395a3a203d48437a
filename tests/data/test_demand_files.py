from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from data.districts import Districts
from data.files.demand_files import read_demand
from data.files.zone_overlaps import ZonePart
from data.files.zones import SQUARE_M, spread_zones
from data.settings import DEFAULT_GROUPS, default_settings
from geo.datum import Datum, from_wgs84
from geo.errors import FileFormatError, InputError, RowsError
from geo.measure import Box, from_metric, great_circle_m, to_metric

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from data.demand import Demand

BOX = Box(116.388, 33.283, 117.045, 34.250)
SETTINGS = default_settings("市", BOX)
UTM = "EPSG:32650"
GROUPS = ("truck_driver", "courier", "delivery_rider", "ride_hailing_driver", "sanitation_worker")


def csv_file(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def zone_file(path: Path, *zones: tuple[dict[str, Any], BaseGeometry | None]) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": None if area is None else shapely.geometry.mapping(area),
        }
        for properties, area in zones
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def read(path: Path, datum: Datum = Datum.wgs84, districts: Districts | None = None) -> Demand:
    return read_demand(path, datum=datum, settings=SETTINGS, districts=districts)


def faults_of(path: Path) -> list[str]:
    with pytest.raises(RowsError) as caught:
        read(path)
    return [str(fault) for fault in caught.value.faults]


def test_points_are_read_with_groups_named_in_either_language(tmp_path: Path) -> None:
    file = csv_file(
        tmp_path / "d.csv",
        "编号,经度,纬度,骑手,courier,货车司机",
        "a,116.8,33.9,1.5,2,0",
        "b,116.7,33.8,0,0,31.25",
    )
    demand = read(file)
    assert demand.groups == GROUPS
    assert demand.ids.tolist() == ["a", "b"]
    assert demand.weights.tolist() == [[0, 2, 1.5, 0, 0], [31.25, 0, 0, 0, 0]]
    assert demand.lonlat.tolist() == [[116.8, 33.9], [116.7, 33.8]]
    assert demand.district.tolist() == [-1, -1]


def test_points_are_put_into_their_districts(tmp_path: Path) -> None:
    districts = Districts.from_areas({"西": shapely.box(116.388, 33.283, 116.75, 34.25)})
    file = csv_file(tmp_path / "d.csv", "id,lon,lat,courier", "a,116.8,33.9,1", "b,116.7,33.8,1")
    demand = read(file, districts=districts)
    assert demand.district.tolist() == [-1, 0]
    assert demand.district_names == ("西",)


def test_points_in_another_datum_are_brought_to_wgs84(tmp_path: Path) -> None:
    lon, lat = from_wgs84(np.array([[116.8, 33.9]]), datum=Datum.bd09)[0].tolist()
    file = csv_file(tmp_path / "d.csv", "id,lon,lat,courier", f"a,{lon!r},{lat!r},1")
    off_m = great_circle_m(read(file, Datum.bd09).lonlat, np.array([[116.8, 33.9]]))
    assert off_m[0] < 0.001


def test_every_faulty_number_is_listed_with_row_and_column(tmp_path: Path) -> None:
    file = csv_file(
        tmp_path / "d.csv",
        "id,lon,lat,courier,骑手",
        "a,116.8,33.9,-1,2",
        "b,116.8,33.9,nan,",
        'c,116.8,33.9,"1,200",many',
        "a,116.8,33.9,inf,1",
        "e,33.9,116.8,1,1",
    )
    assert faults_of(file) == [
        "row 2, column courier: -1 workers cannot be: write 0 or more",
        'row 3, column courier: "nan" is no number: write one, or take the row out',
        "row 3, column 骑手: is empty: write 0 for none",
        (
            'row 4, column courier: "1,200" has a comma: write a point for decimals and no '
            "thousands sign"
        ),
        'row 4, column 骑手: "many" is no number',
        'row 5, column id: "a" stands in row 2 already',
        'row 5, column courier: "inf" is no number: write one, or take the row out',
        "row 6, column lat: 116.8 is no latitude: longitude and latitude are swapped",
    ]


def test_more_workers_than_a_city_has_are_refused_at_their_row_and_column(tmp_path: Path) -> None:
    file = csv_file(
        tmp_path / "d.csv",
        "id,lon,lat,courier,骑手",
        "a,116.8,33.9,10000000,1e308",
        "b,116.8,33.9,10000001,1e308",
        "c,116.8,33.9,1e999,-1e308",
    )
    assert faults_of(file) == [
        (
            "row 2, column 骑手: 1e+308 workers at one place are more than 10,000,000: "
            "write how many people work there"
        ),
        (
            "row 3, column courier: 10,000,001 workers at one place are more than 10,000,000: "
            "write how many people work there"
        ),
        (
            "row 3, column 骑手: 1e+308 workers at one place are more than 10,000,000: "
            "write how many people work there"
        ),
        (
            'row 4, column courier: "1e999" is larger than any number here can be: '
            "write what is meant"
        ),
        "row 4, column 骑手: -1e+308 workers cannot be: write 0 or more",
    ]
    zones = zone_file(
        tmp_path / "z.geojson", ({"id": 1, "courier": 1e9}, shapely.box(116.5, 33.5, 116.6, 33.6))
    )
    assert "row 1, column courier: 1,000,000,000 workers at one place" in faults_of(zones)[0]


def test_as_many_workers_as_may_be_are_added_up(tmp_path: Path) -> None:
    file = csv_file(tmp_path / "d.csv", "id,lon,lat,courier", "a,116.8,33.9,1e7", "b,116.8,33.9,1")
    assert read(file).total() == 10_000_001


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (("id,lon,lat", "a,116.8,33.9"), "no column of a group"),
        (("id,lon,lat,courrier", "a,116.8,33.9,1"), r"did you mean courier \(快递员\)"),
        (("id,lon,lat,合计", "a,116.8,33.9,1"), "no known heading"),
        (("lon,lat,courier", "116.8,33.9,1"), r"no column id"),
        (("id,lon,lat,courier", "a,116.8,33.9,0"), "no workers at all"),
        (("id,lon,lat,courier,快递员", "a,116.8,33.9,1,1"), "means courier"),
    ],
)
def test_a_table_that_counts_nobody_or_somebody_unknown_is_refused(
    tmp_path: Path, rows: tuple[str, ...], words: str
) -> None:
    with pytest.raises(RowsError, match=words):
        read(csv_file(tmp_path / "d.csv", *rows))


def test_a_group_that_the_city_does_not_have_is_refused_with_its_cure(tmp_path: Path) -> None:
    file = csv_file(tmp_path / "d.csv", "id,lon,lat,courier,骑手", "a,116.8,33.9,1,1")
    few = replace(SETTINGS, groups=DEFAULT_GROUPS[:2])
    with pytest.raises(RowsError, match=r"add \[groups\.delivery_rider\] to yizhan\.toml"):
        read_demand(file, datum=Datum.wgs84, settings=few)


def test_zones_keep_their_totals_whatever_their_shape(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    zones = []
    for number in range(12):
        centre = shapely.Point(116.5 + 0.04 * number, 33.5 + 0.04 * (number % 3))
        blob = centre.buffer(rng.uniform(0.0005, 0.015), quad_segs=int(rng.integers(1, 8)))
        hole = centre.buffer(0.0003)
        workers = {"courier": float(rng.uniform(0, 500)), "骑手": float(rng.uniform(0, 500))}
        zones.append(({"id": f"z{number}", **workers}, blob.difference(hole)))
    demand = read(zone_file(tmp_path / "z.geojson", *zones))
    zone_of = np.array([name.split("/")[0] for name in demand.ids])
    for properties, area in zones:
        rows = zone_of == properties["id"]
        for column, group in (("courier", "courier"), ("骑手", "delivery_rider")):
            total = demand.of(group)[rows].sum()
            assert total == pytest.approx(properties[column], abs=1e-6)
        points = shapely.points(demand.lonlat[rows])
        assert shapely.intersects(area.buffer(1e-9), points).all()


def test_a_zone_is_spread_evenly_by_area_over_the_squares_of_the_grid() -> None:
    """Against plain Monte Carlo: a share of a zone's area is its share of random points."""
    area = shapely.Polygon([(116.8, 33.9), (116.82, 33.9), (116.81, 33.92), (116.8, 33.91)])
    cells = spread_zones([ZonePart(0, area, 1.0)], metric_crs=UTM)
    assert cells.share.sum() == pytest.approx(1, abs=1e-12)
    xy = to_metric(cells.lonlat, crs=UTM)
    squares = {tuple(square) for square in np.floor(xy / SQUARE_M).astype(int).tolist()}
    assert len(squares) == len(xy)  # one piece a square
    plane = shapely.transform(area, lambda lonlat: to_metric(lonlat, crs=UTM))
    left, bottom, right, top = plane.bounds
    rng = np.random.default_rng(1)
    dots = np.column_stack([rng.uniform(left, right, 400_000), rng.uniform(bottom, top, 400_000)])
    dots = dots[shapely.contains_xy(plane, dots)]
    found = Counter(map(tuple, np.floor(dots / SQUARE_M).astype(int).tolist()))
    pieces = map(tuple, np.floor(xy / SQUARE_M).astype(int).tolist())
    for square, share in zip(pieces, cells.share, strict=True):
        assert share == pytest.approx(found[square] / len(dots), abs=0.002)


def test_a_full_square_inside_a_zone_holds_its_area_and_stands_in_its_middle() -> None:
    corner = np.array([[2_000 * SQUARE_M, 15_000 * SQUARE_M]])
    ring = corner + np.array([[0, 0], [2, 0], [2, 1], [0, 1]]) * SQUARE_M
    cells = spread_zones(
        [
            ZonePart(
                0,
                shapely.transform(shapely.Polygon(ring), lambda xy: from_metric(xy, crs=UTM)),
                1.0,
            )
        ],
        metric_crs=UTM,
    )
    big = cells.share > 1e-6
    assert cells.share[big] == pytest.approx([0.5, 0.5], abs=1e-6)
    middles = to_metric(cells.lonlat[big], crs=UTM) - corner
    assert middles == pytest.approx(np.array([[125, 125], [375, 125]]), abs=0.01)


def test_zones_in_another_datum_are_brought_to_wgs84(tmp_path: Path) -> None:
    area = shapely.box(116.8, 33.9, 116.82, 33.91)
    shifted = shapely.transform(area, lambda lonlat: from_wgs84(lonlat, datum=Datum.gcj02))
    file = zone_file(tmp_path / "z.geojson", ({"id": 1, "courier": 10}, shifted))
    inside = shapely.intersects(area.buffer(1e-6), shapely.points(read(file, Datum.gcj02).lonlat))
    assert inside.all()


def test_zones_that_are_no_area_or_leave_the_box_are_all_listed(tmp_path: Path) -> None:
    bow = shapely.Polygon([(116.5, 33.5), (116.6, 33.6), (116.6, 33.5), (116.5, 33.6)])
    file = zone_file(
        tmp_path / "z.geojson",
        ({"id": 1, "courier": 1}, bow),
        ({"id": 2, "courier": 1}, shapely.box(116.3, 33.5, 116.5, 33.6)),
        ({"id": 3, "courier": 1}, shapely.box(33.5, 116.5, 33.6, 116.6)),
        ({"id": 4, "courier": -1}, shapely.box(116.5, 33.5, 116.6, 33.6)),
        ({"id": 5, "courier": 1}, shapely.box(5e5, 3e6, 6e5, 4e6)),
    )
    faults = faults_of(file)
    assert [fault.split(":")[0] for fault in faults] == [
        "row 1, column geometry",
        "row 2, column geometry",
        "row 3, column geometry",
        "row 4, column courier",
        "row 5, column geometry",
    ]
    assert "Fix geometries" in faults[0]
    assert "m outside the workspace's box" in faults[1]
    assert "lies nowhere on earth" in faults[4]


def test_swapped_zones_are_called_so_where_both_are_latitudes(tmp_path: Path) -> None:
    helsinki = default_settings("Helsinki", Box(24.8, 60.1, 25.1, 60.3))
    file = zone_file(
        tmp_path / "z.geojson", ({"id": 1, "courier": 1}, shapely.box(60.15, 24.9, 60.2, 25.0))
    )
    with pytest.raises(RowsError, match="swapped"):
        read_demand(file, datum=Datum.wgs84, settings=helsinki)


def test_a_zone_of_a_continent_is_refused_before_it_is_cut() -> None:
    with pytest.raises(InputError, match="too large"):
        spread_zones([ZonePart(0, shapely.box(70, 10, 130, 50), 1.0)], metric_crs=UTM)


def test_forty_five_thousand_points_are_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    n = 45_000
    lon, lat = rng.uniform(116.4, 117.0, n), rng.uniform(33.3, 34.2, n)
    rows = [f"c{i},{lon[i]:.6f},{lat[i]:.6f},{i % 7},0.25,1,2,3" for i in range(n)]
    file = csv_file(tmp_path / "d.csv", f"id,lon,lat,{','.join(GROUPS)}", *rows)
    demand = read(file)
    assert len(demand) == n
    assert demand.total("courier") == pytest.approx(n / 4)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="no such file"):
        read(tmp_path / "no.csv")
