"""Claims about a checkup in files: no cell is a formula, no number of a phone loses its zero."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import pytest

from data.doctor import City, examine
from data.doctor.reports import findings_csv, write_table
from data.files.tables import Table, read_rows
from geo.datum import Datum
from geo.measure import Box

if TYPE_CHECKING:
    from pathlib import Path

    from data.doctor import Checkup

HEADS = ("编号", "名称", "类型", "经度", "纬度", "电话", "座位", "=A1")
FORMULAE = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1")


def checkup_of(*rows: tuple[str, ...]) -> Checkup:
    table = Table("r.csv", HEADS, rows, tuple(range(2, 2 + len(rows))))
    box = Box(116.388, 33.283, 117.045, 34.250)
    return examine(table, datum=Datum.wgs84, city=City(box), today=date(2026, 11, 23))


def swapped(name: str) -> tuple[str, ...]:
    return ("007", name, "驿站", "33.961234", "116.812345", "05610000000", "12", name)


def is_formula(cell: object) -> bool:
    return isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"}


@pytest.mark.parametrize("name", FORMULAE)
def test_no_cell_of_the_findings_or_of_the_cured_table_is_a_formula(
    tmp_path: Path, name: str
) -> None:
    checkup = checkup_of(swapped(name))
    told = list(csv.reader(io.StringIO(findings_csv(checkup))))
    assert any(name.strip() in cell for row in told for cell in row)
    write_table(checkup.fixed_table(), tmp_path / "f.csv")
    write_table(checkup.fixed_table(), tmp_path / "f.xlsx")
    text = (tmp_path / "f.csv").read_text("utf-8-sig")
    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx").active
    assert sheet is not None
    cells = [*told, *csv.reader(io.StringIO(text, newline="")), *sheet.iter_rows(values_only=True)]
    assert [cell for row in cells for cell in row if is_formula(cell)] == []
    types = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "f" not in types


def test_in_the_cured_workbook_numbers_are_numbers_and_ids_and_phones_stay_text(
    tmp_path: Path,
) -> None:
    path = tmp_path / "f.xlsx"
    write_table(checkup_of(swapped("相山公园驿站")).fixed_table(), path)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    row = [cell.value for cell in sheet[2]]
    assert row == ["007", "相山公园驿站", "驿站", 116.812345, 33.961234, "05610000000", 12, row[7]]
    assert read_rows(path).rows[0][:2] == ("007", "相山公园驿站")


@pytest.mark.parametrize(
    "cell", ["1e5", "nan", "inf", "1_000", "１２", "123456789012345678", "1.50"]
)
def test_a_text_that_only_a_program_reads_as_a_number_stays_as_it_is(
    tmp_path: Path, cell: str
) -> None:
    path = tmp_path / "f.xlsx"
    write_table(Table("r.csv", ("编号",), ((cell,),), (2,)), path)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert sheet["A2"].value == cell
