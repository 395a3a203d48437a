"""Claims about the report as DOCX, read again by python-docx and by LibreOffice."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import docx
import pytest
from docx.oxml.ns import qn

from web.languages import CHINESE
from web.reports.document import Column, Table, plain_text, written
from web.reports.forms.docx_file import docx_bytes
from web.reports.forms.faces import BODY, FALLBACKS, TITLE
from web.reports.forms.tables import widths_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docx.document import Document as Docx

    from web.reports.document import Document


@pytest.fixture(scope="module")
def content(document: Document) -> bytes:
    return docx_bytes(document)


@pytest.fixture(scope="module")
def paper(content: bytes) -> Docx:
    return docx.Document(io.BytesIO(content))


def test_the_page_is_that_of_the_standard(paper: Docx) -> None:
    (section,) = paper.sections
    edges = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(edge.mm) for edge in edges if edge is not None] == [37, 35, 28, 26]
    assert section.page_width is not None
    assert section.page_height is not None
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    normal = paper.styles["Normal"]
    assert normal.font.size.pt == 16
    assert 28 <= normal.paragraph_format.line_spacing.pt <= 30
    for style, font in (("Normal", BODY), ("Title", TITLE), ("Heading 1", "黑体")):
        fonts = paper.styles[style].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert not [key for key in fonts.attrib if key.endswith("Theme")]


def test_every_font_names_what_stands_in_for_it(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as held:
        table = held.read("word/fontTable.xml").decode()
    for font, others in FALLBACKS.items():
        named = re.search(f'w:name="{font}"><w:altName w:val="([^"]+)"', table)
        assert named is not None
        assert named[1].split(",") == list(others)


def test_page_numbers_stand_between_dashes_at_the_outer_edge(paper: Docx) -> None:
    assert paper.settings.odd_and_even_pages_header_footer
    (section,) = paper.sections
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (paragraph,) = footer.paragraphs
        assert paragraph._p.xpath("./w:fldSimple[@w:instr='PAGE']")
        assert paragraph.text.split() == ["—", "—"] or paragraph.text.split() == ["—", "1", "—"]
        assert paragraph._p.pPr.jc.get(qn("w:val")) == side


def test_the_notice_and_the_number_stand_on_every_page(paper: Docx, document: Document) -> None:
    (section,) = paper.sections
    for header in (section.header, section.even_page_header):
        assert document.sample in header.paragraphs[0].text
        assert document.number in header.paragraphs[0].text


def test_headings_tables_and_pictures_are_real(paper: Docx, document: Document) -> None:
    headings = [one.text for one in paper.paragraphs if one.style.name == "Heading 1"]
    assert [heading.split("、", 1)[1] for heading in headings] == [
        section.heading for section in document.sections
    ]
    assert headings[0].startswith("一、")
    assert headings[10].startswith("十一、")
    tables = [table.on_paper() for _, table in document.tables()]
    captions = [(table._tbl.tblPr.find(qn("w:tblCaption")), table) for table in paper.tables]
    drawn = [
        (found.get(qn("w:val")), table)
        for found, table in captions
        if found is not None and found.get(qn("w:val")) != "主要指标"  # the large figures
    ]
    for table, (caption, made) in zip(tables, drawn, strict=True):
        assert caption == plain_text(table.caption)
        rows = made.rows
        assert rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert [cell.text for cell in rows[0].cells] == [c.full_heading for c in table.columns]
        for row, line in zip(table.all_rows, list(rows)[1:], strict=True):
            assert [cell.text for cell in line.cells] == [
                plain_text(written(cell, column.kind, document.language, unit_in_heading=True))
                for cell, column in zip(row, table.columns, strict=True)
            ]
    described = [shape._inline.docPr.get("descr") for shape in paper.inline_shapes]
    assert described == [picture.alternative for picture in document.pictures()]
    assert len(described) >= 2


def test_names_that_try_to_be_something_else_stay_text(hostile: Document) -> None:
    paper = docx.Document(io.BytesIO(docx_bytes(hostile)))
    names = [row.cells[0].text for row in paper.tables[0].rows][1:-1]
    (_, table), *_ = hostile.tables()
    assert names == [plain_text(str(row[0])) for row in table.rows]
    assert names[-1] == "�控制�"
    assert paper.paragraphs[0].text == hostile.title
    fields = paper.element.body.xpath(".//w:sdt/w:sdtContent//w:t")
    assert {one.text for one in fields} >= {"+3", "<w:b/>&amp;"}


def test_an_office_opens_it_and_prints_every_figure(
    content: bytes, document: Document, office: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    file = tmp_path / "report.docx"
    file.write_bytes(content)
    pdf = office(file, "pdf")
    said = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True
    ).stdout.decode()
    for table in (table.on_paper() for _, table in document.tables()):
        for row in table.all_rows:
            for cell, column in zip(row, table.columns, strict=True):
                if column.is_number and isinstance(cell, (int, float)):
                    words = written(cell, column.kind, document.language, unit_in_heading=True)
                    assert words in said, (table.id, column.id)
    pages = said.rstrip("\f").split("\f")
    assert all(document.sample[:4] in page for page in pages)
    assert [re.search(r"—\s*(\d+)\s*—", page)[1] for page in pages] == [  # type: ignore[index]
        str(number) for number in range(1, len(pages) + 1)
    ]


def test_long_headings_of_figures_leave_room_for_names() -> None:
    heading = "本工种方式，第 90 百分位以内的时间"
    columns = (Column("a", "工种"), *(Column(f"n{i}", heading, "count") for i in range(7)))
    table = Table("t", "", columns, (("外卖配送员", *range(7)),))
    widths = widths_of(table, CHINESE, whole=156.0, sign=1.6)
    assert sum(widths) == pytest.approx(156)
    assert widths[0] >= 10 * 1.6  # five Chinese signs on one line
