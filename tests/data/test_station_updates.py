"""Sheets that speak of some columns of stations that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.files.station_files import station_rows, station_table
from data.files.station_updates import read_updates
from data.stations import Stations
from data.workspace import Workspace
from geo.datum import Datum
from geo.errors import InputError, RowsError
from geo.measure import Box

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

BOX = Box(116.388, 33.283, 117.045, 34.250)
HEADING = "序号,名称,类型,经度,纬度,地址"


def stations() -> Stations:
    shared = {"kind": "station", "lat": 33.9, "hours": "8:00-18:00", "phone": "1"}
    return Stations.from_records(
        [
            {"id": "a", "name": "甲", "lon": 116.80, "facilities": ("toilet", "wifi"), **shared},
            {"id": "b", "name": "乙", "lon": 116.81, **shared},
            {"id": "c", "name": "丙", "lon": 116.82, **shared},
        ]
    )


def sheet(path: Path, *rows: str) -> Path:
    file = path / "u.csv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file


def test_only_the_cells_that_say_something_change(tmp_path: Path) -> None:
    heading = "编号,营业时间,核查日期,卫生间,饮水"
    file = sheet(tmp_path, heading, "b,,2026-11-01,,有", "a,7:00-21:00,,坏,")
    made = read_updates(station_table(file), stations())
    frame = made.stations.frame.set_index("id")
    assert list(frame.index) == ["b", "a"]
    assert frame.loc["a", ["hours", "checked_at"]].tolist() == ["7:00-21:00", ""]
    assert frame.loc["b", ["hours", "checked_at"]].tolist() == ["8:00-18:00", "2026-11-01"]
    assert frame.loc["a", "facilities"] == ("wifi",)
    assert frame.loc["a", "facilities_broken"] == ("toilet",)
    assert frame.loc["b", "facilities"] == ("drinking_water",)
    assert frame["name"].tolist() == ["乙", "甲"]
    assert "hours" in made.fields
    assert "phone" not in made.fields


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (("编号,电话", "z,5"), r"row 2, column 编号: .*z.* is no station of the register"),
        (("编号,核查日期", "a,昨天"), r"row 2, column 核查日期: .*昨天.* is no date"),
        (("名称,电话", "甲,5"), "has no column id"),
        (("编号,电话", "a,1.38E+10"), "has lost its last digits"),
    ],
)
def test_a_row_that_cannot_be_taken_is_told(
    tmp_path: Path, rows: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(RowsError, match=reason):
        read_updates(station_table(sheet(tmp_path, *rows)), stations())


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (("编号,经度,纬度", "a,116.8,33.9"), "has coordinates: delete them"),
        (("编号,备注", "a,x"), "has no column beside the ids"),
    ],
)
def test_a_sheet_of_another_purpose_is_refused(
    tmp_path: Path, rows: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        read_updates(station_table(sheet(tmp_path, *rows)), stations())


def test_an_update_changes_just_these_stations_and_a_dry_run_none(tmp_path: Path, cli: Cli) -> None:
    city = Workspace.create(tmp_path / "city", name="市", box=BOX)
    city.replace_stations(stations())
    file = sheet(tmp_path, "编号,营业时间", "b,24小时", "c,8:00-18:00")
    words = ("stations", "update", str(file), "-w", str(city.folder))
    dry = cli(*words, "--dry-run", "--json")
    assert (dry.json["changed"], dry.json["unchanged"], dry.json["missing"]) == (1, 1, 0)
    assert list(city.stations().frame["hours"]) == ["8:00-18:00"] * 3
    done = cli(*words)
    assert done.code == 0, done.err
    assert list(city.stations().frame["hours"]) == ["8:00-18:00", "24小时", "8:00-18:00"]
    assert list(city.stations().ids) == ["a", "b", "c"]


def test_a_list_without_ids_gets_the_same_ones_each_time(tmp_path: Path) -> None:
    def ids(*rows: str) -> list[str]:
        read = station_rows(
            station_table(sheet(tmp_path, HEADING, *rows)), datum=Datum.wgs84, box=BOX
        )
        return list(read.stations().ids)

    east = "甲站,驿站,116.8,33.9,东路"
    first = ids(f"1,{east}", "2,乙站,驿站,116.81,33.9,")
    again = ids("1,新站,驿站,116.7,33.9,", "2,乙站,驿站,116.8101,33.9,", f"3,{east}")
    assert again[1:] == first[::-1]
    twins = ids("1,驿站,驿站,116.8,33.9,东路", "2,驿站,驿站,116.81,33.9,西路")
    assert len({*twins, *first}) == 4
    with pytest.raises(RowsError, match="stands in row 2 already"):
        ids("1,驿站,驿站,116.8,33.9,东路", "2,驿站,驿站,116.81,33.9,东路")


def test_a_kind_for_all_fills_rows_that_name_none(tmp_path: Path) -> None:
    table = station_table(sheet(tmp_path, "编号,名称,经度,纬度", "a,甲站,116.8,33.9"))
    with pytest.raises(RowsError, match="has no column kind"):
        station_rows(table, datum=Datum.wgs84, box=BOX)
    read = station_rows(table, datum=Datum.wgs84, box=BOX, kind="driver_home")
    assert read.stations().frame["kind"].tolist() == ["driver_home"]
