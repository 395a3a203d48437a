"""Claims about totals by district, by city and by drawn zones, and about check-ins."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import pytest
import shapely

from data.districts import Districts
from data.files.count_files import read_counts
from data.files.total_files import CITY, read_totals
from data.settings import default_settings
from data.stations import Stations
from geo.datum import Datum
from geo.errors import FileFormatError, RowsError
from geo.measure import Box

if TYPE_CHECKING:
    from pathlib import Path

    from data.files.count_files import CheckInTable
    from data.files.total_files import Totals

BOX = Box(116.70, 33.80, 117.00, 34.00)
SETTINGS = default_settings("淮北", BOX)
WEST, EAST = shapely.box(116.75, 33.90, 116.80, 33.95), shapely.box(116.80, 33.90, 116.85, 33.95)
DISTRICTS = Districts.from_areas({"西区": WEST, "东区": EAST})
COURIER, RIDER = SETTINGS.group_ids.index("courier"), SETTINGS.group_ids.index("delivery_rider")


def totals(path: Path, text: str, *, districts: Districts = DISTRICTS) -> Totals:
    path.write_text(text, encoding="utf-8")
    return read_totals(path, settings=SETTINGS, districts=districts, datum=Datum.wgs84)


def drawn(path: Path, zones: dict[str, tuple[object, dict[str, object]]]) -> Totals:
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, **counts},
            "geometry": shapely.geometry.mapping(area),
        }
        for name, (area, counts) in zones.items()
    ]
    return totals(path, json.dumps({"type": "FeatureCollection", "features": features}))


def test_totals_by_district_come_in_the_order_of_the_districts(tmp_path: Path) -> None:
    read = totals(tmp_path / "t.csv", "区县,快递员,备注\n东区,30,\n西区,12.5,估\n合计,42.5,\n")
    assert read.zones == ("西区", "东区", CITY)
    assert read.counts[:, COURIER].tolist() == [12.5, 30, 0]
    assert not read.of_city[COURIER]
    assert read.of_city[RIDER]  # no column: nobody, anywhere
    assert read.total("delivery_rider") == 0
    assert read.areas is None


def test_one_row_counts_the_whole_city_by_any_of_its_names(tmp_path: Path) -> None:
    for heading, row in (
        ("courier,truck_driver", "31500,"),
        ("zone,courier", "全市,31500"),
        ("name,courier", "淮北,31500"),
        ("district,courier", ",31500"),
        ("district,courier", "city,31500"),
    ):
        read = totals(tmp_path / "t.csv", f"{heading}\n{row}\n")
        assert read.of_city.all()
        assert read.total("courier") == 31_500
        assert read.counts[-1, COURIER] == 31_500


def test_one_group_may_be_known_by_district_and_another_for_the_city_only(tmp_path: Path) -> None:
    text = "区县,快递员,外卖配送员\n西区,1,\n东区,2,\n全市,3,50\n"
    read = totals(tmp_path / "t.csv", text)
    assert read.counts[:, COURIER].tolist() == [1, 2, 0]
    assert read.counts[:, RIDER].tolist() == [0, 0, 50]
    assert read.of_city[[COURIER, RIDER]].tolist() == [False, True]


def test_a_workbook_is_read_as_a_csv_is(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["区县", "快递员"], ["西区", 1], ["东区", 2]):
        sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    read = read_totals(
        tmp_path / "t.xlsx", settings=SETTINGS, districts=DISTRICTS, datum=Datum.wgs84
    )
    assert read.counts[:, COURIER].tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "区县,快递员\n西取,1\n东区,2\n",
            "row 2, column 区县: .西取. is no district of this city: there are 西区, 东区",
        ),
        ("区县,快递员\n南区域外,1\n东区,2\n", "is no district of this city"),
        ("区县,快递员\n西区,1\n", "has no number for 东区: write 0 for none"),
        ("区县,快递员\n西区,1\n东区,\n", "has no number for 东区: write 0 for none"),
        (
            "区县,快递员\n西区,-1\n东区,2\n",
            "row 2, column 快递员: -1 workers cannot be: write 0 or more",
        ),
        ("区县,快递员\n西区,many\n东区,2\n", "row 2, column 快递员: .many. is no number"),
        ("区县,快递员\n西区,1e9\n东区,2\n", "cannot be: at most 10,000,000"),
        ("区县,快递员\n西区,1\n西区,2\n", "stands in row 2 already"),
        ("区县,快递员\n西区,1\n东区,2\n全市,4\n", "says 4 for the whole city, and .* add up to 3"),
        ("区县,快递员\n西区,0\n东区,0\n", "counts no workers at all"),
        ("区县,备注\n西区,1\n", "has no column of a group"),
    ],
)
def test_totals_that_cannot_be_are_refused_with_their_cure(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises((RowsError, FileFormatError), match=words):
        totals(tmp_path / "t.csv", text)


def test_a_city_without_districts_takes_one_row_only(tmp_path: Path) -> None:
    none = Districts.from_areas({})
    assert totals(tmp_path / "t.csv", "courier,notice\n7,x\n", districts=none).total("courier") == 7
    with pytest.raises(RowsError, match="this workspace has no districts: write one row"):
        totals(tmp_path / "t.csv", "区县,courier\n西区,7\n", districts=none)


def test_drawn_zones_keep_their_areas_and_counts(tmp_path: Path) -> None:
    north, south = (
        shapely.box(116.75, 33.93, 116.85, 33.95),
        shapely.box(116.75, 33.90, 116.85, 33.93),
    )
    read = drawn(
        tmp_path / "z.geojson", {"北镇": (north, {"courier": 5}), "南镇": (south, {"courier": 0})}
    )
    assert read.zones == ("北镇", "南镇")
    assert read.counts[:, COURIER].tolist() == [5, 0]
    assert read.areas is not None
    assert read.areas[0].equals(north)
    assert not read.of_city.any()


@pytest.mark.parametrize(
    ("zones", "words"),
    [
        (
            {"a": ((116.75, 33.90, 116.81, 33.95), 5), "b": ((116.80, 33.90, 116.85, 33.95), 2)},
            "row 2, column geometry: .b. overlaps .a. by 5.1. km2, whose workers",
        ),
        (
            {"a": ((116.75, 33.90, 116.80, 33.95), 5), "b": ((116.81, 33.90, 116.85, 33.95), 2)},
            "leave 5.1. km2 of the city without a zone, most of it round 116.80.*33.92",
        ),
        (
            {"a": ((116.75, 33.90, 116.80, 33.95), 5), "a ": ((116.80, 33.90, 116.85, 33.95), 2)},
            "stands in row 1 already",
        ),
        (
            {"a": ((116.75, 33.90, 116.80, 33.95), 5), "b": ((116.80, 33.90, 116.85, 33.95), None)},
            "row 2, column courier: is empty: write 0 for none",
        ),
        (
            {"a": ((116.75, 33.90, 116.80, 33.95), 5), "b": ((116.80, 33.90, 116.85, 33.95), -2)},
            "row 2, column courier: -2 workers cannot be",
        ),
        (
            {"": ((116.75, 33.90, 116.80, 33.95), 5), "b": ((116.80, 33.90, 116.85, 33.95), 2)},
            "row 1, column name: is empty: every zone needs a name",
        ),
        (
            {"a": ((116.0, 33.90, 116.80, 33.95), 5), "b": ((116.80, 33.90, 116.85, 33.95), 2)},
            "outside the workspace's box",
        ),
    ],
)
def test_drawn_zones_that_overlap_or_leave_gaps_are_refused_with_the_area(
    tmp_path: Path,
    zones: dict[str, tuple[tuple[float, float, float, float], float | None]],
    words: str,
) -> None:
    areas = {name: (shapely.box(*box), {"courier": n}) for name, (box, n) in zones.items()}
    with pytest.raises(RowsError, match=words):
        drawn(tmp_path / "z.geojson", areas)


STATIONS = Stations.from_records(
    [
        {"id": key, "name": name, "kind": "station", "lon": 116.8, "lat": 33.9}
        for key, name in (("S1", "甲"), ("S2", "乙"), ("S3", "乙"))
    ]
)


def counts(path: Path, text: str) -> CheckInTable:
    path.write_text(text, encoding="utf-8")
    return read_counts(path, settings=SETTINGS, stations=STATIONS)


def test_check_ins_name_stations_by_id_or_by_a_name_that_stands_once(tmp_path: Path) -> None:
    text = (
        "站点,小时,人次,人群,日期\n"
        "S1,14,3,骑手,2026-03-02\n"
        "甲,14:00,0,,2026-03-07\n"
        "S3,9时,2.5,courier,周末\n"
        "S2,０,1,,\n"
    )
    read = counts(tmp_path / "c.csv", text)
    assert read.station.tolist() == [0, 0, 2, 1]
    assert read.hour.tolist() == [14, 14, 9, 0]
    assert read.day.tolist() == [0, 1, 1, 0]
    assert read.count.tolist() == [3, 0, 2.5, 1]
    assert read.group == ("delivery_rider", "", "courier", "")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("S9,14,1,,", "row 2, column station: .S9. is no station of the register"),
        ("乙,14,1,,", "is no station of the register"),  # two bear the name
        (",14,1,,", "row 2, column station: is empty"),
        ("S1,24,1,,", "row 2, column hour: .24. is no hour: write 0 to 23"),
        ("S1,-1,1,,", "is no hour"),
        ("S1,noon,1,,", "is no hour"),
        ("S1,14,-1,,", "row 2, column count: -1 cannot be: write 0 or more"),
        ("S1,14,,,", "is empty: write 0 for nobody"),
        ("S1,14,1,ridr,", "rider"),
        ("S1,14,1,,someday", "row 2, column day: .someday. is no day: write a date"),
    ],
)
def test_check_ins_that_cannot_be_are_refused_with_row_and_cure(
    tmp_path: Path, row: str, words: str
) -> None:
    with pytest.raises(RowsError, match=words):
        counts(tmp_path / "c.csv", f"station,hour,count,group,day\n{row}\n")


def test_check_ins_without_a_needed_column_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RowsError, match="has no column hour"):
        counts(tmp_path / "c.csv", "station,count\nS1,1\n")


def test_the_arrays_of_check_ins_cannot_be_written(tmp_path: Path) -> None:
    read = counts(tmp_path / "c.csv", "station,hour,count\nS1,1,2\n")
    with pytest.raises(ValueError, match="read-only"):
        read.count[0] = np.float64(7)
