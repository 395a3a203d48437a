"""A report as an XLSX: a sheet a table, numbers as numbers, sums that a spreadsheet sums anew.

Nothing from data becomes a formula: words are written as strings whatever they begin with. The only
formulas are the sums of totals, each with its value, so that a program that does not compute shows
the same.
"""

from __future__ import annotations

import io
import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from web.reports.document import Headlines, Listing, Notice, Paragraph, Range, plain_text, written
from web.reports.forms.faces import SONG
from web.reports.forms.tables import headline_table

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from web.languages import Language
    from web.reports.document import Cell, Column, Document, Kind, Section, Table

_FORMATS: Final[dict[Kind, str]] = {
    "count": "#,##0",
    "share": "0.0%",
    "points": "+0.0;−0.0;0.0",
    "number": "General",
    "degrees": "0.00000",
}
_LONGEST_NAME: Final = 31
_LONGEST_TEXT: Final = 32_767
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\']")
_HEAD_ROW: Final = 2
_NARROW, _WIDE = 8.0, 60.0


def xlsx_bytes(document: Document) -> bytes:
    """Return a report as the bytes of an XLSX file.

    The first sheet has what the report says in words, the last what each column means. A figure
    known within a range takes two columns, its lower and its upper end.
    """
    held = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(held, {**options, "strings_to_numbers": False}) as book:
        book.set_properties(
            {
                "title": plain_text(document.title),
                "author": plain_text(document.issuer),
                "comments": " ".join(one for one in (document.sample, document.manifest) if one),
                "created": datetime.now(tz=UTC).replace(tzinfo=None),
            }
        )
        styles = _Styles(book)
        names: set[str] = set()
        _write_words(
            book.add_worksheet(_sheet_name(document.language("说明"), names)), styles, document
        )
        for section, table in document.tables():
            sheet = book.add_worksheet(_sheet_name(_short_name(section, table), names))
            _write_table(sheet, styles, document, table)
        meanings = book.add_worksheet(_sheet_name(document.language("数据字典"), names))
        _write_dictionary(meanings, styles, document)
    return held.getvalue()


class _Styles:
    """How cells look, made once for a workbook."""

    def __init__(self, book: Workbook) -> None:
        face = {"font_name": SONG, "font_size": 11, "valign": "top"}
        self.words: Format = book.add_format({**face, "text_wrap": True})
        self.title: Format = book.add_format({**face, "bold": True, "font_size": 14})
        self.head: Format = book.add_format(
            {**face, "bold": True, "text_wrap": True, "bottom": 1, "valign": "vcenter"}
        )
        self.text: Format = book.add_format({**face, "num_format": "@"})
        self._plain = {
            kind: book.add_format({**face, "num_format": words}) for kind, words in _FORMATS.items()
        }
        self._total = {
            kind: book.add_format({**face, "num_format": words, "bold": True, "top": 1})
            for kind, words in _FORMATS.items()
        }
        self.total_text: Format = book.add_format(
            {**face, "num_format": "@", "bold": True, "top": 1}
        )

    def of(self, kind: Kind, *, is_total: bool) -> Format:
        """Return the look of a cell."""
        if kind not in self._plain:
            return self.total_text if is_total else self.text
        return (self._total if is_total else self._plain)[kind]


def _short_name(section: Section, table: Table) -> str:
    return section.heading if len(section.heading) <= len(table.caption) else table.caption


def _sheet_name(words: str, taken: set[str]) -> str:
    """Return a name of at most 31 signs that no other sheet has."""
    plain = _NOT_IN_NAMES.sub(" ", plain_text(words)).strip() or "–"
    name, number = plain[:_LONGEST_NAME], 1
    while name.casefold() in taken:
        number += 1
        end = f" {number}"
        name = f"{plain[: _LONGEST_NAME - len(end)]}{end}"
    taken.add(name.casefold())
    return name


def _write_words(sheet: Worksheet, styles: _Styles, document: Document) -> None:
    """Write what the report says in words, and its large figures."""
    t = document.language
    sheet.set_column(0, 0, 90)
    sheet.hide_gridlines(2)
    lines = [document.sample, document.subtitle, document.issuer, document.period, document.made_on]
    lines += [t("编号 {number}", number=document.manifest)]
    sheet.write_string(0, 0, plain_text(document.title), styles.title)
    row = 1
    for line in lines:
        if line:
            sheet.write_string(row, 0, plain_text(line), styles.words)
            row += 1
    for section in document.sections:
        said = [words for block in section.blocks for words in _said(block, t)]
        if not said:
            continue
        sheet.write_string(row + 1, 0, plain_text(section.heading), styles.head)
        row += 2
        for words in said:
            sheet.write_string(row, 0, plain_text(words)[:_LONGEST_TEXT], styles.words)
            row += 1


def _said(block: object, t: Language) -> list[str]:
    match block:
        case Paragraph() | Notice():
            return [block.text]
        case Listing():
            return [
                f"{number}. {a}{t('：')}{b}" for number, (a, b) in enumerate(block.items, start=1)
            ]
        case Headlines():
            rows = headline_table(block, t).rows
            return ["  ".join(written(cell, "text", t) for cell in row) for row in rows]
        case _:
            return []


def _ends_of(column: Column, table: Table) -> tuple[str, ...]:
    """Return which ends a column shows: two where one of its cells is a range."""
    number = table.columns.index(column)
    has_range = any(isinstance(row[number], Range) for row in table.all_rows)
    return ("low", "high") if has_range else ("",)


def _write_table(sheet: Worksheet, styles: _Styles, document: Document, table: Table) -> None:
    """Write a table below its caption, its head frozen, its summed columns as sums."""
    t = document.language
    caption = "  ".join(one for one in (table.caption, document.sample) if one)
    sheet.write_string(0, 0, plain_text(caption), styles.title)
    sheet.freeze_panes(_HEAD_ROW + 1, 1)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&C&P / &N&R{document.number}")
    place = 0
    for number, column in enumerate(table.columns):
        cells = [row[number] for row in table.all_rows]
        for end in _ends_of(column, table):
            words = {"low": t("（下限）"), "high": t("（上限）"), "": ""}[end]
            heading = f"{column.full_heading}{words}"
            sheet.write_string(_HEAD_ROW, place, plain_text(heading), styles.head)
            ends = [_end(cell, end) for cell in cells]
            _write_column(sheet, styles, place, column, ends, has_total=table.total is not None)
            shown = [written(one, column.kind, t) for one in ends]
            width = max([_width(heading) / 2, *(_width(one) for one in shown)]) + 2
            sheet.set_column(place, place, min(_WIDE, max(_NARROW, width)))
            place += 1
    below = _HEAD_ROW + len(table.all_rows) + 2
    missing = t("空格：{missing}", missing=table.missing) if table.missing else ""
    for note in (table.note, missing):
        if note:
            sheet.write_string(below, 0, plain_text(note))
            below += 1


def _write_column(
    sheet: Worksheet,
    styles: _Styles,
    place: int,
    column: Column,
    cells: list[Cell],
    *,
    has_total: bool,
) -> None:
    name = xl_col_to_name(place)
    for number, cell in enumerate(cells):
        row = _HEAD_ROW + 1 + number
        is_total = has_total and number == len(cells) - 1
        look = styles.of(column.kind if not isinstance(cell, str) else "text", is_total=is_total)
        if cell is None or cell == "":
            sheet.write_blank(row, place, None, look)
        elif isinstance(cell, str):
            sheet.write_string(row, place, plain_text(cell)[:_LONGEST_TEXT], look)
        elif is_total and column.is_summed:
            formula = f"=SUM({name}{_HEAD_ROW + 2}:{name}{row})"
            sheet.write_formula(row, place, formula, look, _shown(cell, column.kind))
        else:
            sheet.write_number(row, place, _shown(cell, column.kind), look)


def _end(cell: Cell, end: str) -> Cell:
    if isinstance(cell, Range):
        return cell.low if end == "low" else cell.high
    return cell


def _shown(cell: Cell, kind: Kind) -> float:
    """Return the number of a cell: points stand as percentage points, shares as shares."""
    value = cell if isinstance(cell, (int, float)) else 0.0
    return round(100 * value, 1) if kind == "points" else value


def _width(text: str) -> float:
    """Return how wide a text is in signs of Latin letters; a Chinese one takes two."""
    return sum(2.1 if unicodedata.east_asian_width(sign) in "WF" else 1.1 for sign in text)


def _write_dictionary(sheet: Worksheet, styles: _Styles, document: Document) -> None:
    """Write what every column means."""
    t = document.language
    headings = (t("表"), t("列"), t("名称"), t("单位"), t("含义"))
    for place, (heading, width) in enumerate(zip(headings, (34, 24, 30, 12, 60), strict=True)):
        sheet.write_string(0, place, heading, styles.head)
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
    row = 1
    for _, table in document.tables():
        for column in table.columns:
            unit = column.unit or ("%" if column.kind == "share" else "")
            for place, words in enumerate(
                (table.id, column.id, column.heading, unit, column.meaning)
            ):
                sheet.write_string(row, place, plain_text(words), styles.words)
            row += 1
