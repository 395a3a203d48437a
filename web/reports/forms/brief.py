"""What of a report goes on one page (一页通), and on the notice board of a station."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from web.reports.document import Headlines, Paragraph, Picture, Section, Table
from web.reports.forms.pdf_file import pages_of
from web.reports.forms.typesetting import set_pages

if TYPE_CHECKING:
    from web.reports.document import Block, Document
    from web.reports.forms.typesetting import PageForm

_MOST_ROWS: Final = 3


def brief_bytes(document: Document) -> bytes:
    """Return the one page of a report as PDF: the answer, its figures, the map, the gaps."""
    return set_pages("one_page.typ", pages_of(brief_of(document)), form="pdf")


def notice_bytes(document: Document, *, form: PageForm) -> bytes:
    """Return the picture for the notice board: the title, the answer and the map, to A3."""
    return set_pages("notice.typ", pages_of(notice_of(document)), form=form)


def brief_of(document: Document) -> Document:
    """Return the document with what stands on its one page."""
    wanted: list[Block] = []
    for section, block in document.blocks():
        is_lead = isinstance(block, Paragraph) and block.style == "lead"
        is_map = isinstance(block, Picture) and block.id == "map"
        if is_lead or is_map or isinstance(block, Headlines):
            wanted.append(block)
        elif isinstance(block, Table) and section.id == "gaps":
            wanted.append(replace(block, rows=block.rows[:_MOST_ROWS], note="", missing=""))
    return replace(document, sections=(Section("brief", "", tuple(wanted)),))


def notice_of(document: Document) -> Document:
    """Return the document with what is read from a wall: the lead, the large figures, the map."""
    (section,) = brief_of(document).sections
    kept = tuple(block for block in section.blocks if not isinstance(block, Table))
    return replace(document, sections=(replace(section, blocks=kept),))
