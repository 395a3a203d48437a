"""A report as a tagged PDF (PDF/UA-1), set by Typst: text and outline for readers and machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from web.reports.document import (
    Headlines,
    Listing,
    Notice,
    Paragraph,
    Picture,
    Signatures,
    Table,
    plain_text,
    written,
)
from web.reports.forms.tables import headline_table, widths_of
from web.reports.forms.typesetting import set_pages

if TYPE_CHECKING:
    from web.languages import Language
    from web.reports.document import Block, Document

_ROOM: Final = 16 * "\N{NO-BREAK SPACE}"  # where somebody is to write
_WIDE_MM: Final = 158.0
_MANY_COLUMNS: Final = 7
_SIGN_MM: Final = 0.19  # width of a digit for each point of its size, with a hair to spare


def pdf_bytes(document: Document) -> bytes:
    """Return a report as the bytes of a PDF of A4 pages, each with number, notice and page x of y.

    Raises
    ------
    InputError
        when no typeface of this computer has Chinese letters.
    """
    return set_pages("report.typ", pages_of(document), form="pdf")


def pages_of(document: Document) -> dict[str, Any]:
    """Return what a template of pages is to say, all of it written words."""
    t = document.language
    said = (document.issuer, document.period, document.made_on)
    return {
        "title": plain_text(document.title),
        "subtitle": plain_text(document.subtitle),
        "author": plain_text(document.issuer),
        "dateline": " · ".join(plain_text(one) for one in said if one),
        "number": document.number,
        "number_words": t("编号 {number}", number=document.number),
        "header": document.sample or plain_text(document.subtitle),
        "page_of": t("第 {page} 页，共 {pages} 页"),
        "lang": t.code,
        "region": "CN" if t.is_chinese else None,
        "sections": [
            {
                "heading": plain_text(section.heading),
                "blocks": [_block(block, t) for block in section.blocks],
            }
            for section in document.sections
        ],
    }


def _block(block: Block, t: Language) -> dict[str, Any]:  # noqa: PLR0911 - one a kind of block
    match block:
        case Paragraph():
            return {"kind": "paragraph", "style": block.style, "text": plain_text(block.text)}
        case Notice():
            return {"kind": "notice", "text": plain_text(block.text)}
        case Listing():
            items = [[plain_text(name), plain_text(said)] for name, said in block.items]
            return {"kind": "listing", "caption": plain_text(block.caption), "items": items}
        case Headlines():
            return _table(headline_table(block, t), t)
        case Table():
            return _table(block.on_paper(), t)
        case Picture():
            return {
                "kind": "picture",
                "svg": block.svg,
                "alt": plain_text(block.alternative),
                "caption": plain_text(block.caption),
            }
        case Signatures():
            return _signatures(block, t)


def _table(table: Table, t: Language) -> dict[str, Any]:
    points = 8.5 if len(table.columns) >= _MANY_COLUMNS else 10.0

    def words(row: tuple[Any, ...]) -> list[str]:
        return [
            plain_text(written(cell, column.kind, t, unit_in_heading=True))
            for cell, column in zip(row, table.columns, strict=True)
        ]

    return {
        "kind": "table",
        "caption": plain_text(table.caption),
        "headings": [plain_text(column.full_heading) for column in table.columns],
        "numbers": [column.is_number for column in table.columns],
        "widths": widths_of(table, t, whole=_WIDE_MM, sign=points * _SIGN_MM),
        "points": points,
        "rows": [words(row) for row in table.rows],
        "total": None if table.total is None else words(table.total),
        "notes": plain_text(table.notes(t)),
    }


def _signatures(block: Signatures, t: Language) -> dict[str, Any]:
    colon = t("：")
    return {
        "kind": "signatures",
        "head": [block.role, block.name, block.date],
        "lines": [[plain_text(one) for one in (x.role, x.name, x.date)] for x in block.lines],
        "seal": f"{block.seal}{colon}{_ROOM}",
        "date": f"{block.date}{colon}{_ROOM}",
    }
