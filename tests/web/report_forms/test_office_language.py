"""Claims about the language of an office: its words, its per cents, in the report and its guide."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.languages import CHINESE, ENGLISH
from web.reports.document import Range, written
from web.reports.forms.data_files import json_bytes
from web.reports.office_words import office_text

if TYPE_CHECKING:
    from web.reports.document import Document
    from web.reports.pages import Report

#: What a page for workers may say and an office does not, with what it says instead.
WARM = {"工友": "户外劳动者", "歇脚": "休息", "纸面": "登记口径", "名册": "台账"}
DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def texts(document: Document, report: Report) -> dict[str, str]:
    """What the report says in Chinese: as a document, as its page, and what explains it."""
    return {
        "document": json_bytes(document).decode(),
        "page": re.sub(r"<style.*?</style>", "", report.html(), flags=re.DOTALL),
        "guide": (DOCS / "zh/official.md").read_text(encoding="utf-8"),
    }


@pytest.mark.parametrize("word", WARM)
def test_a_report_says_the_words_of_an_office(texts: dict[str, str], word: str) -> None:
    for where, text in texts.items():
        assert word not in text, f"{where}: {WARM[word]} for {word}"
    assert WARM["工友"] in texts["document"]
    assert WARM["名册"] in texts["document"]


def test_per_cents_stand_without_a_space_in_chinese_and_with_one_in_english(
    texts: dict[str, str], english: Document
) -> None:
    for where, text in texts.items():
        assert not re.findall(r".{8}\d %", text), where
        assert re.search(r"\d%", text), where
    words = json_bytes(english).decode()
    assert not re.findall(r".{8}\d%", words)
    assert re.search(r"\d %", words)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_range_in_chinese_has_the_sign_at_both_ends(one: float, other: float) -> None:
    low, high = sorted((one, other))
    cell = Range(low, high)
    said, english = (written(cell, "share", t) for t in (CHINESE, ENGLISH))
    assert re.fullmatch(r"\d+\.\d%(～\d+\.\d%)?", said)
    assert [*re.findall(r"\d+\.\d", said)] == [*re.findall(r"\d+\.\d", english)]


def test_a_text_without_per_cents_stays_as_it_is() -> None:
    for text in ("2026-09-01–2026-09-30", "现状 / %", "6–22 时 / %", "a % b"):
        assert office_text(text, CHINESE) == text
    assert office_text("18.7–34.2 %", ENGLISH) == "18.7–34.2 %"
    assert office_text("占 18.7–34.2 %。", CHINESE) == "占 18.7%～34.2%。"
