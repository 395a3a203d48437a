"""Claims about the report as PDF, read by poppler: text, tags, fonts, pages."""

from __future__ import annotations

import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from geo.errors import InputError
from web.reports.document import Paragraph, Section, Table, plain_text, written
from web.reports.forms import faces
from web.reports.forms.faces import faces_for
from web.reports.forms.pdf_file import pdf_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from web.reports.document import Document

pytestmark = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is missing")
_RARE = "\U00013000"  # an Egyptian hieroglyph: hardly any computer has its letter


@pytest.fixture(scope="module")
def poppler(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    folder = tmp_path_factory.mktemp("pdf")

    def said(content: bytes, program: str, *options: str) -> str:
        file = folder / "report.pdf"
        file.write_bytes(content)
        end = ["-"] if program == "pdftotext" else []
        done = subprocess.run([program, *options, str(file), *end], check=True, capture_output=True)
        return done.stdout.decode(errors="replace")

    return said


@pytest.fixture(scope="module")
def content(document: Document) -> bytes:
    return pdf_bytes(document)


def test_the_text_has_every_figure_of_every_table(
    content: bytes, document: Document, poppler: Callable[..., str]
) -> None:
    said, t = poppler(content, "pdftotext", "-layout"), document.language
    for table in (table.on_paper() for _, table in document.tables()):
        assert re.sub(r"\s", "", table.caption) in re.sub(r"\s", "", said)
        for row in table.all_rows:
            for cell, column in zip(row, table.columns, strict=True):
                if column.is_number:
                    assert written(cell, column.kind, t, unit_in_heading=True) in said


def test_each_page_has_its_number_the_manifest_and_the_notice(
    content: bytes, document: Document, poppler: Callable[..., str]
) -> None:
    pages = poppler(content, "pdftotext", "-layout").rstrip("\f").split("\f")
    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        assert f"第 {number} 页，共 {len(pages)} 页" in page
        assert document.number in page
        assert document.sample in page


def test_fonts_are_embedded_and_the_file_is_tagged(
    content: bytes, document: Document, poppler: Callable[..., str]
) -> None:
    fonts = poppler(content, "pdffonts").splitlines()[2:]
    assert fonts
    assert all(line.split()[-5] == "yes" for line in fonts)  # emb sub uni object ID
    assert "Tagged:          yes" in poppler(content, "pdfinfo")
    tree = poppler(content, "pdfinfo", "-struct-text")
    assert len(re.findall(r"^ *H1 ", tree, re.MULTILINE)) == len(document.sections)
    assert tree.count("Table (block)") >= len(list(document.tables()))
    assert "/Scope /Column" in tree
    assert content.count(b"/Alt") == len(list(document.pictures()))
    assert b"pdfuaid" in content
    assert b"/Outlines" in content


def test_the_same_document_is_the_same_file(content: bytes, document: Document) -> None:
    assert pdf_bytes(document) == content


def test_names_that_try_to_be_something_else_stay_text(
    hostile: Document, poppler: Callable[..., str]
) -> None:
    said = poppler(pdf_bytes(hostile), "pdftotext", "-layout")
    (_, table), *_ = hostile.tables()
    for row in table.rows[:-1]:
        assert re.sub(r"\s", "", plain_text(str(row[0]))) in re.sub(r"\s", "", said)


def test_a_letter_that_no_typeface_has_is_told_and_never_a_box(
    document: Document, poppler: Callable[..., str]
) -> None:
    chosen = faces_for(f"驿站{_RARE}")
    if not chosen.unknown:
        pytest.skip("this computer has hieroglyphs")
    assert chosen.unknown == {_RARE}
    section = Section("one", "一", (Paragraph(f"名{_RARE}字"),))
    said = poppler(pdf_bytes(replace(document, sections=(section,))), "pdftotext")
    assert "名〓字" in said


def test_what_stands_in_for_a_typeface_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    one = (("", 0),)
    monkeypatch.setattr(faces, "_installed", lambda: {"STFangsong": one, "SimHei": one})
    chosen = faces_for("驿站")
    assert chosen.body == "STFangsong"
    assert dict(chosen.stand_ins)[faces.BODY] == "STFangsong"
    assert faces.HEADING not in dict(chosen.stand_ins)  # SimHei is 黑体 by its Latin name
    monkeypatch.setattr(faces, "_installed", lambda: {"DejaVu Sans": one})
    with pytest.raises(InputError, match="no typeface on this computer has Chinese letters"):
        faces_for("驿站")
    assert faces_for("rest station").body == "Libertinus Serif"


def test_a_long_table_repeats_its_head(document: Document, poppler: Callable[..., str]) -> None:
    (_, table), *_ = [held for held in document.tables() if held[1].id == "coverage_by_group"]
    long = replace(table, id="long", rows=table.rows * 30, total=None)
    assert isinstance(long, Table)
    pages = poppler(
        pdf_bytes(replace(document, sections=(Section("one", "一", (long,)),))),
        "pdftotext",
        "-layout",
    ).split("\f")[:-1]
    assert len(pages) >= 2
    assert all(table.columns[0].heading in page for page in pages)


def test_threads_that_set_pages_at_once_get_their_own(content: bytes, document: Document) -> None:
    other = replace(document, title="另一份")
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(pdf_bytes, [document, other, document, other]))
    assert made[0] == made[2] == content
    assert made[1] == made[3] != content
