"""Claims about the report as a document: what every form of it is written from."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.workspace import Workspace
from geo.errors import InputError
from planning.coverage.nominal import ALL
from web.languages import CHINESE, ENGLISH
from web.reports.document import (
    Column,
    Document,
    Headlines,
    Listing,
    Range,
    Section,
    Table,
    written,
)
from web.reports.document_sections import document_of
from web.reports.pages import report_of
from web.site.number_words import count, standard_words

if TYPE_CHECKING:
    from pathlib import Path

    from web.reports.pages import Report


@pytest.fixture(scope="module")
def workspace(city_folder: Path) -> Workspace:
    return Workspace.open(city_folder)


@pytest.fixture(scope="module")
def report(workspace: Workspace) -> Report:
    return report_of(workspace)


@pytest.fixture(scope="module")
def document(report: Report) -> Document:
    return document_of(report)


def test_the_large_figures_are_those_of_coverage(report: Report, document: Document) -> None:
    (large,) = [block for _, block in document.blocks() if isinstance(block, Headlines)]
    held = {one.id: one for one in large.items}
    before, plan = report.figures.before.row(), report.figures.plan
    assert plan is not None
    assert held["covered_group"].before == before.within_one / before.workers
    assert held["covered_group"].after == plan.after.row().within_one / before.workers
    assert held["open_stations"].change == len(plan.sites)


def test_every_total_is_the_sum_of_its_column(report: Report, document: Document) -> None:
    checked = 0
    for _, table in document.tables():
        for number, column in enumerate(table.columns):
            if column.is_summed and table.total is not None:
                assert sum(row[number] for row in table.rows) == table.total[number]  # type: ignore[misc,arg-type]
                checked += 1
    assert checked >= 6
    groups = next(table for _, table in document.tables() if table.id == "coverage_by_group")
    assert groups.total is not None
    names = [column.id for column in groups.columns]
    assert groups.total[names.index("workers")] == report.figures.before.row(ALL).workers


def test_the_page_prints_every_count_of_the_tables(report: Report, document: Document) -> None:
    page = html.unescape(str(report.body))
    for name in ("coverage_by_group", "coverage_by_district", "national_by_group", "aims"):
        table = next(table for _, table in document.tables() if table.id == name)
        for row in table.all_rows:
            for cell, column in zip(row, table.columns, strict=True):
                words = written(cell, column.kind, CHINESE, unit_in_heading=True)
                alone = written(cell, column.kind, CHINESE)
                assert words in page or alone in page, (name, column.id)


def test_both_languages_have_the_same_parts_and_figures(
    workspace: Workspace, document: Document
) -> None:
    english = document_of(report_of(workspace, language=ENGLISH))
    assert [section.id for section in english.sections] == [part.id for part in document.sections]
    for (_, one), (_, other) in zip(document.tables(), english.tables(), strict=True):
        numbers = [
            [[cell for cell in row if not isinstance(cell, str)] for row in table.all_rows]
            for table in (one, other)
        ]
        assert numbers[0] == numbers[1]
    words = [column.full_heading for _, table in english.tables() for column in table.columns]
    assert not [word for word in words if re.search("[一-龥]", word)]


def test_pictures_stand_alone(document: Document) -> None:
    pictures = list(document.pictures())
    assert [picture.id for picture in pictures] == ["map"]
    for picture in pictures:
        assert picture.svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
        assert "var(" not in picture.svg
        assert "<use" not in picture.svg
        assert picture.alternative


def test_a_table_that_does_not_add_up_is_refused() -> None:
    columns = (Column("a", "甲"), Column("n", "数", "count", is_summed=True))
    with pytest.raises(InputError, match="table t: n sums to 3, not to 4"):
        Table("t", "", columns, (("x", 1), ("y", 2)), ("z", 4))
    with pytest.raises(InputError, match="a row has 1 cells under 2 columns"):
        Table("t", "", columns, (("x",),))


def test_two_parts_of_one_name_are_refused() -> None:
    part = Section("one", "一", ())
    with pytest.raises(InputError, match="have the name one"):
        Document("t", "", "", "", "", CHINESE, "", (part, part))


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_range_is_written_by_both_ends_or_once(one: float, other: float) -> None:
    low, high = sorted((one, other))
    ends = [written(end, "share", CHINESE) for end in (low, high)]
    said = written(Range(low, high), "share", CHINESE)
    if ends[0] == ends[1]:
        assert said == ends[0]
    else:
        assert said.split("～") == ends
    english = written(Range(low, high), "share", ENGLISH)
    assert english == said.replace("%～", "–").replace("%", " %")


def test_a_range_that_runs_backwards_is_refused() -> None:
    with pytest.raises(InputError, match="is none"):
        Range(0.5, 0.4)


def test_the_first_page_says_how_it_counts_and_what_is_asked(
    report: Report, document: Document
) -> None:
    first = {section.id: section for section in document.sections[:5]}
    assert list(first)[:4] == ["summary", "counting", "map", "gaps"]
    counting, asked = first["counting"].blocks[0], report.asked
    assert isinstance(counting, Listing)
    told = dict(counting.items)
    figures, plan = report.figures, report.figures.plan
    assert f"{count(figures.before.row().workers)} 人" in told["统计对象"]
    assert told["全国标准"] == standard_words(figures.settings.national, CHINESE)
    assert plan is not None
    assert f"{len(plan.sites)} 个新站" in told["建成后"]
    assert asked is not None
    (listing,) = asked.blocks
    assert isinstance(listing, Listing)
    words = " ".join(said for _, said in listing.items)
    assert report.words is not None
    assert report.words.built in words
    for out in figures.left_out():
        assert (
            f"{CHINESE.group(out.group)}：新站不服务，建成后仍有 {count(out.missing)} 人" in words
        )
    assert report.running is not None
    assert f"从未核查的开放站点 {report.running.never_checked} 个" in words
