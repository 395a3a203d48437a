"""A checkup in files: the findings as CSV, the cured table as CSV or XLSX."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Final

import openpyxl

from data.atomic import write_bytes, write_text
from data.files.cell_text import harmless
from data.files.csv_text import csv_text
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    from data.doctor.checkup import Checkup
    from data.files.tables import Table

FINDING_HEADINGS: Final = (
    *("严重程度 severity", "行 row", "列 column", "站点 station", "问题", "处理办法"),
    *("what", "cure", "可自动修正 fixable", "code"),
)
_SEVERITIES: Final = {"error": "错误", "warning": "提醒", "note": "说明"}


def findings_csv(checkup: Checkup) -> str:
    """Write the findings as CSV with a heading."""
    rows = [
        (
            f"{_SEVERITIES[finding.severity]} {finding.severity}",
            "" if finding.row is None else finding.row,
            finding.column or "",
            finding.station,
            finding.what.zh,
            finding.cure.zh,
            finding.what.en,
            finding.cure.en,
            "是 yes" if finding.fixable else "",
            finding.code,
        )
        for finding in checkup.findings
    ]
    return csv_text([FINDING_HEADINGS, *rows])


def write_table(table: Table, path: Path) -> None:
    """Write a table as .csv or .xlsx, headings and cells as they are; points become lon and lat.

    Raises
    ------
    InputError
        when the name ends otherwise.
    WorkspaceError
        when the file cannot be written.
    """
    headings, rows = _with_points(table)
    suffix = path.suffix.casefold()
    if suffix == ".csv":
        write_text(path, csv_text([headings, *rows]))
    elif suffix == ".xlsx":
        write_bytes(path, _workbook(headings, rows))
    else:
        raise InputError(say("{file}: the cured table is written as .csv or .xlsx", file=path.name))


def _with_points(table: Table) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    headings, rows = table.headings, list(table.rows)
    if table.lonlat is None:
        return headings, rows
    drop = [at for at, name in enumerate(headings) if name.casefold() in {"lon", "lat"}]
    kept = [at for at in range(len(headings)) if at not in drop]
    ids = table.feature_ids if table.feature_ids and "id" not in headings else None
    head = (*(() if ids is None else ("id",)), *(headings[at] for at in kept), "lon", "lat")
    body = [
        (
            *(() if ids is None else (ids[number],)),
            *(row[at] for at in kept),
            *(repr(float(value)) for value in table.lonlat[number]),
        )
        for number, row in enumerate(rows)
    ]
    return head, body


def _workbook(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> bytes:
    """Pack a sheet; a text that is a plain number stays one."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("stations")
    sheet.freeze_panes = "A2"
    sheet.append([harmless(heading) for heading in headings])
    for row in rows:
        sheet.append([_cell(cell) for cell in row])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _cell(text: str) -> str | float:
    """Make a number of a cell that is written as a spreadsheet would write it."""
    try:
        value = float(text)
    except ValueError:
        return harmless(text)
    digits = 15
    plain = text.isascii() and repr(value) in {text, f"{text}.0"} and len(text) <= digits
    return value if plain and math.isfinite(value) else harmless(text)
