"""Every figure of a report for machines: JSON with all that is said, CSV, and a data dictionary.

Shares and points are fractions of 1 here, with what people read beside them (``written``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from data.files.csv_text import csv_text
from web.reports.document import (
    Headlines,
    Listing,
    Notice,
    Paragraph,
    Picture,
    Range,
    Signatures,
    Table,
    plain_text,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.languages import Language
    from web.reports.document import Block, Cell, Document, Headline, Kind

_HEADS: Final = ("section", "table", "row", "row_name", "column", "kind", "unit", "low", "high")
_DICTIONARY: Final = ("table", "column", "heading", "kind", "unit", "meaning", "missing")
_DIGITS: Final = 6


def json_bytes(document: Document) -> bytes:
    """Return all that a report says as JSON in UTF-8."""
    t = document.language
    said = {
        "title": document.title,
        "subtitle": document.subtitle,
        "issuer": document.issuer,
        "period": document.period,
        "made_on": document.made_on,
        "language": t.tag,
        "notice": document.sample,
        "number": document.number,
        "manifest": document.manifest,
        "inputs": document.inputs,
        "sections": [
            {
                "id": section.id,
                "heading": section.heading,
                "blocks": [_block(block, t) for block in section.blocks],
            }
            for section in document.sections
        ],
        "dictionary": [dict(zip(_DICTIONARY, row, strict=True)) for row in _dictionary(document)],
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def figures_csv(document: Document) -> str:
    """Return a line for each figure of each table; ``low`` and ``high`` are alike but in ranges."""
    heads = [*_HEADS, "written", *(["notice"] if document.sample else [])]
    notice = [document.sample] if document.sample else []
    return csv_text([heads, *([*line, *notice] for line in _figures(document))])


def dictionary_csv(document: Document) -> str:
    """Return a line for each column of each table: what its figures are and in which unit."""
    return csv_text([list(_DICTIONARY), *_dictionary(document)])


def _dictionary(document: Document) -> Iterator[list[str]]:
    for _, table in document.tables():
        for column in table.columns:
            unit = column.unit or ("%" if column.kind == "share" else "")
            head = [table.id, column.id, column.heading, column.kind, unit]
            yield [plain_text(one) for one in (*head, column.meaning, table.missing)]


def _figures(document: Document) -> Iterator[list[Any]]:
    t = document.language
    for section, block in document.blocks():
        if isinstance(block, Headlines):
            for one in block.items:
                for when, value in (("before", one.before), ("after", one.after)):
                    if value is not None:
                        yield [
                            *(section.id, "headlines", one.id, one.label, when, one.kind, ""),
                            *_ends(value),
                            written(value, one.kind, t),
                        ]
        if isinstance(block, Table):
            yield from _table_figures(section.id, block, t)


def _table_figures(section: str, table: Table, t: Language) -> Iterator[list[Any]]:
    for number, row in enumerate(table.all_rows, start=1):
        is_total = table.total is not None and number == len(table.all_rows)
        name = plain_text(written(row[0], table.columns[0].kind, t))
        for cell, column in zip(row, table.columns, strict=True):
            if column.is_number and cell is not None and not isinstance(cell, str):
                place = "total" if is_total else number
                unit = column.unit or ("%" if column.kind == "share" else "")
                head = [section, table.id, place, name, column.id, column.kind, unit]
                yield [*head, *_ends(cell), written(cell, column.kind, t)]


def _ends(cell: Cell) -> tuple[Any, Any]:
    if isinstance(cell, Range):
        return round(cell.low, _DIGITS), round(cell.high, _DIGITS)
    value = round(cell, _DIGITS) if isinstance(cell, float) else cell
    return value, value


def _block(block: Block, t: Language) -> dict[str, Any]:  # noqa: PLR0911 - one a kind of block
    match block:
        case Paragraph():
            return {"kind": "paragraph", "style": block.style, "text": block.text}
        case Notice():
            return {"kind": "notice", "text": block.text}
        case Listing():
            items = [{"name": name, "text": said} for name, said in block.items]
            return {"kind": "listing", "caption": block.caption, "items": items}
        case Headlines():
            return {"kind": "headlines", "items": [_headline(one, t) for one in block.items]}
        case Table():
            return _table(block, t)
        case Picture():
            held = {"id": block.id, "alternative": block.alternative, "caption": block.caption}
            return {"kind": "picture", **held, "words": block.words}
        case Signatures():
            lines = [{"role": x.role, "name": x.name, "date": x.date} for x in block.lines]
            return {"kind": "signatures", "lines": lines}


def _headline(one: Headline, t: Language) -> dict[str, Any]:
    change_kind: Kind = "points" if one.kind == "share" else "number"
    return {
        "id": one.id,
        "label": one.label,
        "note": one.note,
        "before": _cell(one.before, one.kind, t),
        "after": _cell(one.after, one.kind, t),
        "change": _cell(one.change, change_kind, t),
    }


def _table(table: Table, t: Language) -> dict[str, Any]:
    def row(cells: tuple[Cell, ...]) -> dict[str, Any]:
        return {
            column.id: _cell(cell, column.kind, t)
            for cell, column in zip(cells, table.columns, strict=True)
        }

    return {
        "kind": "table",
        "id": table.id,
        "caption": table.caption,
        "columns": [column.full_heading for column in table.columns],
        "rows": [row(cells) for cells in table.rows],
        "total": None if table.total is None else row(table.total),
        "note": table.note,
    }


def _cell(cell: Cell, kind: Kind, t: Language) -> Any:  # noqa: ANN401 - plain data of JSON
    """Return words as they are, a figure with what people read of it."""
    if cell is None or isinstance(cell, str):
        return cell
    low, high = _ends(cell)
    ends = {"low": low, "high": high} if isinstance(cell, Range) else {"value": low}
    return {**ends, "written": written(cell, kind, t)}
