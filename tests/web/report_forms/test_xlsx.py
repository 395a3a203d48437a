"""Claims about the report as XLSX, read again by openpyxl and recomputed by LibreOffice."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import openpyxl
import pytest

from web.reports.document import Range, plain_text
from web.reports.forms.xlsx_file import xlsx_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from openpyxl.workbook import Workbook

    from web.reports.document import Document, Table

_HEAD = 3


@pytest.fixture(scope="module")
def content(document: Document) -> bytes:
    return xlsx_bytes(document)


def _open(content: bytes, *, values: bool) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def _numbers(table: Table) -> Iterator[list[float]]:
    """Yield the figures of each row, both ends of a range, points as points."""
    for row in table.all_rows:
        found: list[float] = []
        for number, column in enumerate(table.columns):
            has_range = any(isinstance(one[number], Range) for one in table.all_rows)
            cell, factor = row[number], 100 if column.kind == "points" else 1
            ends = (cell.low, cell.high) if isinstance(cell, Range) else (cell,) * (1 + has_range)
            found += [factor * end for end in ends if isinstance(end, (int, float))]
        yield found


def test_a_sheet_a_table_with_numbers_as_numbers(content: bytes, document: Document) -> None:
    book = _open(content, values=True)
    tables = [table for _, table in document.tables()]
    assert len(book.sheetnames) == len(tables) + 2
    for table, sheet in zip(tables, book.worksheets[1:-1], strict=True):
        assert sheet.freeze_panes == f"B{_HEAD + 1}"
        headings = [cell.value for cell in sheet[_HEAD]]
        assert headings[0] == table.columns[0].full_heading
        assert all(column.full_heading in "\n".join(headings) for column in table.columns)
        last = _HEAD + len(table.all_rows)
        rows = sheet.iter_rows(min_row=_HEAD + 1, max_row=last, values_only=True)
        for held, asked in zip(rows, _numbers(table), strict=True):
            numbers = [cell for cell in held if isinstance(cell, (int, float))]
            assert numbers == pytest.approx(asked, abs=0.051)


def test_only_sums_are_formulas_and_hold_the_printed_total(
    content: bytes, document: Document
) -> None:
    formulas, values = _open(content, values=False), _open(content, values=True)
    found = 0
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert str(cell.value).startswith("=SUM(")
                    assert isinstance(values[sheet.title][cell.coordinate].value, (int, float))
                    found += 1
    assert found == sum(
        column.is_summed
        for _, table in document.tables()
        if table.total is not None
        for column in table.columns
    )


def test_an_office_that_sums_anew_finds_the_same(
    content: bytes, office: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    # Written with wrong totals, so that what LibreOffice shows is what it summed itself.
    file = tmp_path / "report.xlsx"
    book = _open(content, values=False)
    book.save(file)  # openpyxl keeps no values of formulas
    computed = openpyxl.load_workbook(office(file, "xlsx:Calc MS Excel 2007 XML"), data_only=True)
    printed = _open(content, values=True)
    compared = 0
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    asked = printed[sheet.title][cell.coordinate].value
                    assert computed[sheet.title][cell.coordinate].value == asked
                    compared += 1
    assert compared >= 6


def test_names_that_try_to_be_something_else_stay_text(hostile: Document) -> None:
    book = _open(xlsx_bytes(hostile), values=False)
    (_, table), *_ = hostile.tables()
    sheet = book.worksheets[1]
    cells = [sheet.cell(row=_HEAD + 1 + number, column=1) for number in range(len(table.rows))]
    assert [cell.value for cell in cells] == [plain_text(str(row[0])) for row in table.rows]
    assert {cell.data_type for cell in cells} == {"s"}
    formulas = [
        c for s in book.worksheets for row in s.iter_rows() for c in row if c.data_type == "f"
    ]
    assert [cell.value for cell in formulas] == ["=SUM(B4:B11)"]
    assert not [c for s in book.worksheets for row in s.iter_rows() for c in row if c.hyperlink]


def test_both_languages_have_sheets_of_their_own_names(english: Document, content: bytes) -> None:
    chinese, other = _open(content, values=True), _open(xlsx_bytes(english), values=True)
    assert len(chinese.sheetnames) == len(other.sheetnames)
    assert len(set(other.sheetnames)) == len(other.sheetnames)
    assert all(len(name) <= 31 for name in (*chinese.sheetnames, *other.sheetnames))
    assert other.sheetnames[-1].isascii()
