"""Claims about the report's sections on checks, answers, targets and money."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from data.china_time import today_here
from data.report_book import ReportBook
from data.report_settings import ReportSettings, Target
from data.workspace import Workspace
from planning.scenarios.forms import figures_of
from tests.web.admin.visits import ticket
from web.languages import CHINESE
from web.reports.document import Paragraph, Table
from web.reports.document_running import money_section, running_section, targets_section
from web.services.running import running_figures

if TYPE_CHECKING:
    from pathlib import Path

    from web.reports.document import Section


@pytest.fixture
def workspace(planned_city: Path, tmp_path: Path) -> Workspace:
    return Workspace.open(shutil.copytree(planned_city, tmp_path / "city"))


def table_of(section: Section | None) -> Table:
    assert section is not None
    return next(one for one in section.blocks if isinstance(one, Table))


def test_open_tickets_and_days_to_the_answer_are_those_of_the_desk(workspace: Workspace) -> None:
    before = running_figures(workspace)
    assert (before.open_tickets, before.median_days) == (0, None)
    note = table_of(running_section(before, CHINESE)).note
    assert note == "没有答复过反映，因此没有答复天数。"
    book = ReportBook(workspace)
    number = ticket(book, "S0")
    ticket(book, "S1", devices=1)
    book.tickets.answer(number, "已修好", public=False, by="li")
    after = running_figures(workspace)
    assert (after.open_tickets, after.waiting, after.answered, after.median_days) == (1, 1, 1, 0.0)
    rows = {str(row[0]): row[1] for row in table_of(running_section(after, CHINESE)).rows}
    assert rows["未了结的反映（两人以上一致）"] == 1
    later = today_here() + timedelta(days=400)
    assert running_figures(workspace, on=later).answered == 0


def test_the_freshness_is_counted_over_the_open_stations(workspace: Workspace) -> None:
    frame = workspace.stations().frame
    is_open = frame["status"] == "open"
    told = running_figures(workspace)
    assert told.stations == is_open.sum()
    assert told.never_checked == (frame["checked_at"][is_open] == "").sum()
    assert told.hours_unknown == (frame["hours"][is_open] == "").sum() == 1


def test_a_target_tells_what_is_reached_and_where_its_pace_leads(workspace: Workspace) -> None:
    today = today_here()
    since, until = today - timedelta(days=100), today + timedelta(days=50)
    targets = (
        Target("站点", "stations", 100, until, 1, since),
        Target("会员", "members", 50_000, until),
    )
    settings = replace(workspace.settings, report=ReportSettings("市总工会", targets))
    told = running_figures(replace(workspace, settings=settings))
    n = told.stations or 0
    stations, members = table_of(targets_section(told, CHINESE)).rows
    pace = (n - 1) / 100
    assert stations[3:6] == (100, n, n / 100)
    assert stations[6] == pytest.approx(n + 50 * pace, abs=0.51)
    assert members[4:] == (None, None, None)
    assert targets_section(running_figures(workspace), CHINESE) is None


def test_the_money_is_that_of_the_newest_kept_decision(workspace: Workspace) -> None:
    kept = [one for one in workspace.scenarios().all() if one.form == "decision"]
    figures = figures_of(max(kept, key=lambda one: one.made_at))
    section = money_section(running_figures(workspace), CHINESE)
    table = table_of(section)
    assert table.total is not None
    assert sum(float(cell) for cell in table.total[1:2]) == sum(  # type: ignore[arg-type]
        row.yuan for row in figures.money if row.year == figures.money[0].year
    )
    assert section is not None
    (said,) = [one.text for one in section.blocks if isinstance(one, Paragraph)]
    row = figures.row()
    each = (figures.cost_yuan or 0) / (row.after - row.before)
    assert f"每新覆盖一人 {each:,.0f} 元" in said


def test_without_a_kept_decision_there_is_no_section_on_money(workspace: Workspace) -> None:
    for name in workspace.scenarios().names():
        workspace.scenarios().delete(name, by="test")
    assert money_section(running_figures(workspace), CHINESE) is None
