"""Claims about workbooks whose formulae were never computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from data.districts import Districts
from data.files.count_files import read_counts
from data.files.station_files import read_stations
from data.files.total_files import read_totals
from data.settings import default_settings
from data.stations import Stations
from geo.datum import Datum
from geo.errors import RowsError
from geo.measure import Box

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BOX = Box(116.388, 33.283, 117.045, 34.250)
SETTINGS = default_settings("淮北", BOX)
STATIONS = Stations.from_records(
    [{"id": "1", "name": "甲", "kind": "station", "lon": 116.8, "lat": 33.9}]
)


def _stations(path: Path) -> object:
    return read_stations(path, datum=Datum.wgs84, box=BOX)


def _totals(path: Path) -> object:
    none = Districts.from_areas({})
    return read_totals(path, settings=SETTINGS, districts=none, datum=Datum.wgs84)


def _counts(path: Path) -> object:
    return read_counts(path, settings=SETTINGS, stations=STATIONS)


@pytest.mark.parametrize(
    ("read", "headings", "row", "column"),
    [
        (
            _stations,
            ["编号", "名称", "类型", "经度", "纬度", "开放时间"],
            [1, "甲", "驿站", 116.8, 33.9, "=F9"],
            "开放时间",
        ),
        (_totals, ["区县", "快递员", "外卖骑手"], ["全市", 5, "=B2*2"], "外卖骑手"),
        (_counts, ["站点", "小时", "人数", "日期"], ["甲", 9, 4, "=TODAY()"], "日期"),
    ],
)
def test_a_formula_without_a_value_is_refused_by_file_sheet_row_column_and_cure(
    tmp_path: Path,
    read: Callable[[Path], object],
    headings: list[str],
    row: list[Any],
    column: str,
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表一"
    sheet.append(headings)
    sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    words = (
        rf"^a\.xlsx: row 2, column {column}: holds a formula without a value \(sheet 表一\): "
        r"open the file in a spreadsheet program and save it, or paste values$"
    )
    with pytest.raises(RowsError, match=words):
        read(tmp_path / "a.xlsx")
    sheet.delete_cols(len(headings))
    book.save(tmp_path / "b.xlsx")
    read(tmp_path / "b.xlsx")  # without the formula it is a table
