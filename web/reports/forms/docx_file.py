"""A report as a DOCX that an office edits, signs and seals (layout: `office_layout`)."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

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
from web.reports.forms.faces import HEADING, SONG
from web.reports.forms.office_layout import (
    TEXT_WIDTH_MM,
    indent_first_line,
    office_paper,
    set_font,
)
from web.reports.forms.tables import headline_table, widths_of
from web.reports.forms.typesetting import picture_png

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph as DocxParagraph

    from web.languages import Language
    from web.reports.document import Block, Document

_ROOM: Final = 8 * "\N{NO-BREAK SPACE}"  # where a field is empty
_NUMERALS: Final = "一二三四五六七八九十"
_MANY_COLUMNS: Final = 7
_ON_ONE_PAGE: Final = 14  # rows: a table of no more is not broken over pages
_SIGN_MM: Final = 0.19  # width of a digit for each point of its size, with a hair to spare
_PER_MM: Final = 56.7  # twentieths of a point


def docx_bytes(document: Document) -> bytes:
    """Return a report as the bytes of a DOCX file."""
    t = document.language
    paper = office_paper(t)
    _set_properties(paper, document)
    _head(paper, document)
    for number, section in enumerate(document.sections, start=1):
        paper.add_heading(_numbered(number, plain_text(section.heading), t), level=1)
        for block in section.blocks:
            _add(paper, block, t)
    held = io.BytesIO()
    paper.save(held)
    return held.getvalue()


def _numbered(number: int, heading: str, t: Language) -> str:
    """Put the number before a heading as an office does: 一、 in Chinese, 1. elsewhere."""
    if not t.is_chinese:
        return f"{number}. {heading}"
    tens, ones = divmod(number, len(_NUMERALS))
    words = (_NUMERALS[tens - 1] if tens > 1 else "") + ("十" if tens else "")
    return f"{words}{_NUMERALS[ones - 1] if ones else ''}、{heading}"


def _set_properties(paper: Docx, document: Document) -> None:
    held = paper.core_properties
    held.title, held.author = plain_text(document.title), plain_text(document.issuer)
    held.subject, held.keywords = plain_text(document.subtitle), document.number
    held.language, held.comments = document.language.tag, document.sample
    held.created = held.modified = datetime.now(tz=UTC)


def _head(paper: Docx, document: Document) -> None:
    """Write the title, whose it is and of when; the notice and the number on every page."""
    t = document.language
    paper.add_paragraph(plain_text(document.title), style="Title")
    said = [document.issuer, document.period, document.made_on]
    paper.add_paragraph("  ".join(plain_text(one) for one in said if one), style="Subtitle")
    paper.add_paragraph()
    number = t("编号 {number}", number=document.number)
    words = "  ".join(one for one in (document.sample, number) if one)
    (section,) = paper.sections
    for header in (section.header, section.even_page_header):
        paragraph = header.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(words)


def _add(paper: Docx, block: Block, t: Language) -> None:
    match block:
        case Paragraph():
            _add_paragraph(paper, block.text, is_note=block.style == "note")
        case Notice():
            paragraph = _add_paragraph(paper, block.text)
            set_font(paragraph.runs[0]._r.get_or_add_rPr(), HEADING)  # noqa: SLF001
        case Listing():
            _add_listing(paper, block, t)
        case Headlines():
            _add_table(paper, headline_table(block, t), t)
        case Table():
            _add_table(paper, block.on_paper(), t)
        case Picture():
            _add_picture(paper, block)
        case Signatures():
            _add_signatures(paper, block, t)


def _add_paragraph(paper: Docx, text: str, *, is_note: bool = False) -> DocxParagraph:
    paragraph = paper.add_paragraph()
    run = paragraph.add_run(plain_text(text))
    if is_note:
        _set_small(paragraph)
        run.font.size = Pt(10.5)
        set_font(run._r.get_or_add_rPr(), SONG)  # noqa: SLF001 - python-docx has no other door
    else:
        indent_first_line(paragraph)
    return paragraph


def _set_small(paragraph: DocxParagraph) -> None:
    layout = paragraph.paragraph_format
    layout.line_spacing_rule = WD_LINE_SPACING.MULTIPLE
    layout.line_spacing = 1.15
    layout.space_before = Pt(4)
    layout.space_after = Pt(8)


def _add_listing(paper: Docx, block: Listing, t: Language) -> None:
    if block.caption:
        paper.add_heading(plain_text(block.caption), level=2)
    for number, (name, said) in enumerate(block.items, start=1):
        _add_paragraph(paper, f"{number}. {name}{t('：')}{said}")


def _add_table(paper: Docx, table: Table, t: Language) -> None:
    """Write a caption, a head that is repeated on each page, the rows, the total and the notes."""
    caption = paper.add_paragraph(plain_text(table.caption), style="Caption")
    caption.paragraph_format.keep_with_next = True
    rows = table.all_rows
    made = paper.add_table(rows=1 + len(rows), cols=len(table.columns))
    made.style, made.alignment, made.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    points = 9.0 if len(table.columns) >= _MANY_COLUMNS else 10.5
    widths = widths_of(table, t, whole=TEXT_WIDTH_MM, sign=points * _SIGN_MM)
    _set_look(made._tbl, table, widths)  # noqa: SLF001 - python-docx has no other door
    headings: list[str] = [column.full_heading for column in table.columns]
    texts = [
        [
            written(cell, column.kind, t, unit_in_heading=True)
            for cell, column in zip(row, table.columns, strict=True)
        ]
        for row in rows
    ]
    for number, (line, words) in enumerate(zip(made.rows, [headings, *texts], strict=True)):
        _keep_whole(line._tr, is_head=number == 0)  # noqa: SLF001 - as above
        is_strong = number == 0 or (table.total is not None and number == len(rows))
        stays = number < len(rows) <= _ON_ONE_PAGE
        for cell, column, width, word in zip(line.cells, table.columns, widths, words, strict=True):
            cell.width = Mm(width)
            _fill(cell, word, points=points, is_strong=is_strong, is_number=column.is_number)
            cell.paragraphs[0].paragraph_format.keep_with_next = stays
    if table.notes(t):
        _add_paragraph(paper, table.notes(t), is_note=True)
    else:
        _set_small(paper.add_paragraph())


def _set_look(drawn: BaseOxmlElement, table: Table, widths: list[float]) -> None:
    """Fix the columns' widths and say what the table is to a reader that cannot see it."""
    properties = drawn.tblPr
    described = OxmlElement("w:tblCaption")
    described.set(qn("w:val"), plain_text(table.caption))
    properties.append(described)
    for column, width in zip(drawn.iter(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(round(width * _PER_MM)))
    margins = parse_xml(
        f'<w:tblCellMar {nsdecls("w")}><w:left w:w="60" w:type="dxa"/>'
        '<w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
    )
    properties.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")


def _keep_whole(line: BaseOxmlElement, *, is_head: bool) -> None:
    """Keep a row on one page, and have the head repeated on each."""
    properties = line.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))


def _fill(cell: _Cell, text: str, *, points: float, is_strong: bool, is_number: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if is_number else WD_ALIGN_PARAGRAPH.LEFT
    run = paragraph.add_run(plain_text(text))
    run.font.size = Pt(points)
    font = HEADING if is_strong else SONG
    set_font(run._r.get_or_add_rPr(), font)  # noqa: SLF001 - python-docx has no other door


def _add_picture(paper: Docx, picture: Picture) -> None:
    """Add a picture with its alternative text, and its caption on the same page."""
    paragraph = paper.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    paragraph.paragraph_format.keep_with_next = True
    shape = paragraph.add_run().add_picture(
        io.BytesIO(picture_png(picture.svg)), width=Mm(TEXT_WIDTH_MM)
    )
    shape._inline.docPr.set("descr", plain_text(picture.alternative))  # noqa: SLF001 - as above
    _add_paragraph(paper, picture.caption, is_note=True)


def _add_signatures(paper: Docx, block: Signatures, t: Language) -> None:
    """Add a line to sign for each, as fields to fill in, and where seal and date go."""
    made = paper.add_table(rows=len(block.lines), cols=3)
    made.style, made.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    for line, row in zip(block.lines, made.rows, strict=True):
        _keep_whole(row._tr, is_head=False)  # noqa: SLF001 - python-docx has no other door
        row.height = Mm(12)
        _fill(row.cells[0], line.role, points=12.0, is_strong=True, is_number=False)
        for cell, name, value in zip(
            row.cells[1:], (block.name, block.date), (line.name, line.date), strict=True
        ):
            _fill(cell, f"{name}{t('：')}", points=12.0, is_strong=False, is_number=False)
            _add_field(cell.paragraphs[0], f"{line.role} {name}", value)
    for words in (block.seal, block.date):
        paragraph = paper.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.space_before = Pt(12)
        paragraph.add_run(plain_text(f"{words}{t('：')}"))
        _add_field(paragraph, words, "")


def _add_field(paragraph: DocxParagraph, name: str, value: str) -> None:
    """Add a field of plain text that Word, WPS and LibreOffice let one fill in."""
    field = parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtPr><w:alias/><w:text/></w:sdtPr>"
        "<w:sdtContent><w:r><w:t/></w:r></w:sdtContent></w:sdt>"
    )
    (alias,) = field.iter(qn("w:alias"))
    alias.set(qn("w:val"), plain_text(name))
    (words,) = field.iter(qn("w:t"))
    words.text = plain_text(value) or _ROOM
    paragraph._p.append(field)  # noqa: SLF001 - python-docx has no other door
