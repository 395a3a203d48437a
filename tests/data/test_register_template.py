"""Claims about the spreadsheet to fill in: what each drop-down offers is what an import takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import openpyxl
import pytest

from data.files.register_template import SHEET, WORDS, write_template
from data.vocabulary import (
    ACCESS_MODES,
    FACILITIES,
    FACILITY_STATES,
    HOST_TYPES,
    KINDS,
    OPERATOR_KINDS,
    STATUSES,
    YES_NO,
)

if TYPE_CHECKING:
    from pathlib import Path

    from data.vocabulary import Term


@pytest.fixture
def offered(tmp_path: Path) -> dict[str, list[str]]:
    """The words of each drop-down by the heading of its column, as a spreadsheet resolves them."""
    write_template(tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    sheet, words = book[SHEET], book[WORDS]
    found = {}
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list":
            [span] = rule.sqref.ranges
            cells = words[re.sub(r".*!|\$", "", rule.formula1)]
            heading = str(sheet.cell(1, span.min_col).value).rstrip("*")
            found[heading] = [str(cell.value) for (cell,) in cells]
    return found


@pytest.mark.parametrize(
    ("heading", "terms"),
    [
        ("类型", KINDS),
        ("依托场所", HOST_TYPES),
        ("运营主体性质", OPERATOR_KINDS),
        ("进入方式", ACCESS_MODES),
        ("是否24小时", YES_NO),
        ("状态", STATUSES),
        ("统一标识", YES_NO),
        *((term.zh, FACILITY_STATES) for term in FACILITIES),
    ],
)
def test_a_drop_down_offers_every_word_of_its_vocabulary(
    offered: dict[str, list[str]], heading: str, terms: tuple[Term, ...]
) -> None:
    assert offered[heading] == [term.zh for term in terms]


def test_the_datums_come_by_the_names_that_maps_give_them(offered: dict[str, list[str]]) -> None:
    assert offered["坐标系"] == ["GCJ-02", "BD-09", "WGS-84"]


def _wide(text: str) -> int:
    """Return how many digits wide a text is: a Chinese sign takes two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def test_every_column_holds_its_example_and_every_word_of_its_drop_down(
    offered: dict[str, list[str]], tmp_path: Path
) -> None:
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")[SHEET]
    for column in sheet.iter_cols(max_row=2):
        heading, example = (str(cell.value or "") for cell in column)
        words = [example, *offered.get(heading.rstrip("*"), [])]
        width = sheet.column_dimensions[column[0].column_letter].width
        assert max(map(_wide, words)) <= width, heading
        assert _wide(heading) <= 2 * width, heading
