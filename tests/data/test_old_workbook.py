"""Workbooks of the old kind (.xls, .et), written by xlwt: read within bounds, or one line."""

from __future__ import annotations

import contextlib
import shutil
import struct
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.files import old_workbook
from data.files.station_files import read_stations, station_table
from data.files.tables import read_rows
from geo.datum import Datum
from geo.errors import FileFormatError, InputError
from geo.measure import Box

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BOX = Box(116.388, 33.283, 117.045, 34.250)
HEADING = ("编号", "名称", "类型", "经度", "纬度", "电话", "核查日期")
DAY = xlwt.easyxf(num_format_str='yyyy"年"m"月"d"日"')


def row(number: int) -> tuple[Any, ...]:
    name, lon = f"驿站{number}", round(116.8 + number / 1000, 3)
    return (f"s{number}", name, "驿站", lon, 33.9, 13800000000 + number, date(2025, 12, 9))


def old_book(path: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    made = xlwt.Workbook(encoding="utf-8")
    for title, rows in sheets.items():
        sheet = made.add_sheet(title)
        for at, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(at, column, cell, *([DAY] if isinstance(cell, date) else []))
    made.save(str(path))
    return path


@pytest.mark.parametrize("ending", ["xls", "et"])
def test_an_old_workbook_says_what_a_new_one_says(tmp_path: Path, ending: str) -> None:
    rows = [("登记表",), HEADING, row(1), row(2)]
    file = old_book(tmp_path / f"r.{ending}", 说明=[("填表说明",)], 登记表=rows)
    new = openpyxl.Workbook()
    for cells in rows:
        new.worksheets[0].append(cells)
    new.save(tmp_path / "r.xlsx")
    both = (file, tmp_path / "r.xlsx")
    old, same = (read_stations(path, datum=Datum.wgs84, box=BOX) for path in both)
    assert old.content_hash == same.content_hash
    assert old.frame["phone"].tolist() == ["13800000001", "13800000002"]
    assert old.frame["checked_at"].tolist() == ["2025-12-09"] * 2
    assert station_table(file).numbers == (3, 4)


@pytest.mark.parametrize("number", [14, 27, 31, 32, 33, 36, 50, 55, 57, 58])
def test_days_in_the_formats_that_chinese_excel_numbers_itself_are_days(
    tmp_path: Path, number: int
) -> None:
    """Give the style of the days another format's number, as Excel writes it (BIFF8: XF)."""
    file = old_book(tmp_path / "r.xls", 表=[HEADING, row(1)])
    data = bytearray(file.read_bytes())
    text = data.index('yyyy"年"'.encode("utf-16le"))
    own = data[text - 5 : text - 3]
    styles = [at for at in range(len(data) - 8) if data[at : at + 4] == b"\xe0\x00\x14\x00"]
    changed = [at for at in styles if data[at + 6 : at + 8] == own]
    assert changed
    for at in changed:
        struct.pack_into("<H", data, at + 6, number)
    file.write_bytes(data)
    stations = read_stations(file, datum=Datum.wgs84, box=BOX)
    assert stations.frame["checked_at"].tolist() == ["2025-12-09"]


def test_merged_cells_and_a_sheet_a_district_are_read_as_of_a_new_workbook(tmp_path: Path) -> None:
    made = xlwt.Workbook(encoding="utf-8")
    for title, first in (("相山区", 1), ("杜集区", 4)):
        sheet = made.add_sheet(title)
        for at, cells in enumerate((HEADING, row(first), row(first + 1), row(first + 2))):
            for column, cell in enumerate(cells[:-1]):
                if column != 2 or not at:
                    sheet.write(at, column, cell)
        sheet.write_merge(1, 3, 2, 2, "司机之家")
    made.save(str(tmp_path / "r.xls"))
    stations = read_stations(tmp_path / "r.xls", datum=Datum.wgs84, box=BOX)
    assert list(stations.ids) == ["s1", "s2", "s3", "s4", "s5", "s6"]
    assert set(stations.frame["kind"]) == {"driver_home"}
    assert str(station_table(tmp_path / "r.xls").numbers[-1]) == "杜集区!4"


def test_a_new_workbook_under_an_old_ending_is_read_as_what_it_is(tmp_path: Path) -> None:
    new = openpyxl.Workbook()
    for cells in (HEADING, row(1)):
        new.worksheets[0].append(cells)
    new.save(tmp_path / "r.xlsx")
    shutil.copy(tmp_path / "r.xlsx", tmp_path / "r.et")
    assert read_rows(tmp_path / "r.et").rows == read_rows(tmp_path / "r.xlsx").rows


def test_a_file_that_asks_for_more_memory_than_a_table_is_one_line(tmp_path: Path) -> None:
    made = xlwt.Workbook(encoding="utf-8")
    for number in range(12):
        sheet = made.add_sheet(f"表{number}")
        sheet.write(0, 0, "编号")
        sheet.write(65535, 255, 1)
    made.save(str(tmp_path / "wide.xls"))
    repeated = xlwt.Workbook(encoding="utf-8")
    sheet = repeated.add_sheet("表")
    for at in range(60_000):
        sheet.write(at, 0, "驿" * 20_000)  # kept once in the file
    repeated.save(str(tmp_path / "repeated.xls"))
    for name in ("wide.xls", "repeated.xls"):
        assert (tmp_path / name).stat().st_size < 4_000_000
        with pytest.raises(FileFormatError, match="asks for more memory or time than a table does"):
            read_rows(tmp_path / name)


def test_what_is_no_old_workbook_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = old_book(tmp_path / "r.xls", 表=[HEADING, row(1)])
    (tmp_path / "web.xls").write_text("<html><table></table></html>", encoding="utf-8")
    (tmp_path / "cut.xls").write_bytes(whole.read_bytes()[:3000])
    for name, words in (("web.xls", "is no workbook"), ("cut.xls", "is a broken workbook")):
        with pytest.raises(FileFormatError, match=rf"{name}: {words}.*\.xlsx"):
            read_rows(tmp_path / name)
    with pytest.raises(FileFormatError, match=r"has no sheet .*烈山区.*表"):
        read_rows(whole, sheet="烈山区")
    monkeypatch.setattr(old_workbook, "ON_WINDOWS", True)
    with pytest.raises(FileFormatError, match=r"not read on Windows: save it as \.xlsx"):
        read_rows(whole)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=40))
def test_a_workbook_with_any_bytes_changed_is_a_table_or_one_line(
    tmp_path: Path, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(old_book(tmp_path / "r.xls", 表=[HEADING, row(1)]).read_bytes())
    for at, byte in changes:
        data[at % len(data)] = byte
    (tmp_path / "changed.xls").write_bytes(data)
    with contextlib.suppress(InputError):
        assert len(read_rows(tmp_path / "changed.xls")) > 0
