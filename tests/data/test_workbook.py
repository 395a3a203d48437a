"""Workbooks as clerks keep them: which sheet, which heading, days, merged cells."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from data.files.station_files import read_stations, station_table
from geo.datum import Datum
from geo.errors import FileFormatError, RowsError
from geo.measure import Box

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from data.stations import Stations

BOX = Box(116.388, 33.283, 117.045, 34.250)
HEADING = ("编号", "名称", "类型", "经度", "纬度", "核查日期")


def row(number: int) -> tuple[Any, ...]:
    return (f"s{number}", f"驿站{number}", "驿站", 116.8 + number / 1000, 33.9, "2025-12-09")


def book(path: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for cells in rows:
            sheet.append(cells)
    made.save(path)
    return path


def read(path: Path, sheet: str | None = None) -> Stations:
    from data.files.station_files import station_rows  # noqa: PLC0415 - beside the one that is tested

    return station_rows(station_table(path, sheet=sheet), datum=Datum.wgs84, box=BOX).stations()


def test_a_sheet_a_district_is_one_register_in_any_order_of_columns(tmp_path: Path) -> None:
    file = book(
        tmp_path / "r.xlsx",
        相山区=[("区内站点",), HEADING, row(1), row(2)],
        杜集区=[HEADING[::-1], row(3)[::-1]],
        空=[HEADING],
    )
    table = station_table(file)
    assert [str(number) for number in table.numbers] == ["相山区!3", "相山区!4", "杜集区!2"]
    assert table.rows[2][0] == "s3"
    assert list(read(file).ids) == ["s1", "s2", "s3"]
    assert list(read(file, sheet="杜集区").ids) == ["s3"]


def test_a_fault_on_one_of_several_sheets_is_told_with_its_sheet(tmp_path: Path) -> None:
    far = (*row(3)[:3], 500, *row(3)[4:])
    file = book(tmp_path / "r.xlsx", 相山区=[HEADING, row(1), row(2)], 杜集区=[HEADING, far])
    with pytest.raises(RowsError, match=r"row 杜集区!2, column 经度"):
        read(file)
    twice = book(tmp_path / "t.xlsx", 相山区=[HEADING, row(1)], 杜集区=[HEADING, row(1)])
    with pytest.raises(RowsError, match=r"row 杜集区!2, column 编号.*相山区!2"):
        read(twice)


def test_sheets_under_other_headings_are_refused_with_their_names(tmp_path: Path) -> None:
    file = book(
        tmp_path / "r.xlsx",
        相山区=[HEADING, row(1), row(2)],
        杜集区=[HEADING[:5], row(3)[:5]],
        空=[HEADING],
    )
    with pytest.raises(
        FileFormatError, match=r"2 sheets hold rows under other .*相山区.*杜集区.*--sheet"
    ):
        read(file)
    assert list(read(file, sheet="杜集区").ids) == ["s3"]
    with pytest.raises(FileFormatError, match=r"has no sheet .*烈山区.*相山区"):
        read(file, sheet="烈山区")


def test_notes_before_the_sheet_with_the_rows_are_passed_by(tmp_path: Path) -> None:
    notes = [
        ("填写说明", ""),
        ("项目", "要求"),
        ("编号", "每站一个，不重复"),
        ("电话", "座机或手机"),
    ]
    file = book(tmp_path / "r.xlsx", 说明=notes, 登记表=[HEADING, row(1), row(2)])
    assert list(read(file).ids) == ["s1", "s2"]


def test_titles_and_notes_above_the_heading_are_passed_by_and_rows_keep_their_numbers(
    tmp_path: Path,
) -> None:
    above = [
        ("淮北市户外劳动者服务驿站登记表",),
        ("填报单位：", "市总工会", "填报日期：", "2026年1月5日"),
        ("联系人", "张三", "电话", "0561-0000000"),
    ]
    file = book(
        tmp_path / "r.xlsx", 表=[*above, HEADING, row(1), ("s2", "驿站2", "驿站", 500, 33.9)]
    )
    table = station_table(file)
    assert table.headings == HEADING
    assert table.numbers == (5, 6)


def test_a_heading_in_two_rows_is_one(tmp_path: Path) -> None:
    file = book(
        tmp_path / "r.xlsx",
        表=[
            ("编号", "名称", "类型", "位置", None, "设施", None),
            (None, None, None, "经度", "纬度", "饮水", "微波炉"),
            ("s1", "驿站1", "驿站", 116.8, 33.9, "有", "无"),
        ],
    )
    stations = read(file)
    assert stations.frame["facilities"].iloc[0] == ("drinking_water",)
    assert stations.frame["facilities_absent"].iloc[0] == ("microwave",)


def test_a_row_of_parts_above_the_heading_is_passed_by(tmp_path: Path) -> None:
    file = book(
        tmp_path / "r.xlsx",
        表=[("基本信息", None, None, "位置信息", None, "其他"), HEADING, row(1)],
    )
    assert station_table(file).headings == HEADING


def test_a_cell_merged_over_rows_says_the_same_in_each(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for cells in (HEADING, row(1), row(2), row(3), row(4)):
        sheet.append(cells)
    sheet["C2"] = "司机之家"
    sheet.merge_cells("C2:C4")
    made.save(tmp_path / "m.xlsx")
    kinds = read(tmp_path / "m.xlsx").frame["kind"].tolist()
    assert kinds == ["driver_home", "driver_home", "driver_home", "station"]


@pytest.mark.parametrize("number", [31, 57, 27, 36, 50, 58, 14])
def test_days_in_the_formats_that_chinese_excel_numbers_itself_are_days(
    tmp_path: Path, number: int
) -> None:
    """Excel writes format 31 (2025年12月9日) as a bare number of a style, with no format code."""
    plain = book(tmp_path / "plain.xlsx", 表=[HEADING, (*row(1)[:5], date(2025, 12, 9))])
    file = tmp_path / "r.xlsx"
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "xl/styles.xml":
                text, n = re.subn(
                    r'(<xf numFmtId=")(?:14|16\d)(")', rf"\g<1>{number}\g<2>", content.decode()
                )
                assert n
                content = text.encode()
            new.writestr(part, content)
    assert read(file).frame["checked_at"].tolist() == ["2025-12-09"]


def test_notes_above_the_heading_of_a_text_table_are_passed_by(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    rows = ["淮北市驿站,2026年,,,,", "单位：,市总工会,,,,", ",".join(HEADING)]
    rows.append(",".join(map(str, row(1))))
    file.write_text("\n".join(rows), encoding="utf-8")
    assert list(read_stations(file, datum=Datum.wgs84, box=BOX).ids) == ["s1"]
