"""Claims about kept reports: never changed, one step after another, the same on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from data.database.audit import read_audit
from data.database.copying import copy_database
from data.database.sqlite import Sqlite
from data.kept_reports import KeptReport, Period, ReportStep
from geo.errors import InputError, WorkspaceError
from tests.data.older import without_reports

if TYPE_CHECKING:
    from pathlib import Path

    from data.database import Database
    from data.kept_reports import StepWord

_INSERT = "INSERT INTO report_steps (report_id,act,at,name,by_whom,why)"
NOW = datetime(2026, 10, 8, 1, 30, tzinfo=UTC)


def step(act: StepWord = "made", name: str = "李四", **more: str) -> ReportStep:
    return ReportStep(NOW, act, name, "desk", **more)


def report(number: str = "2026-Q3-1", **more: Any) -> KeptReport:  # noqa: ANN401 - any part of one
    values: dict[str, Any] = {
        "period": Period("2026-Q3"),
        "city": "淮北",
        "sample": False,
        "figures": {"stations/open": 127, "access/own/median_s": None},
        "words": {"zh": {"title": "报告 <b>'\""}},
        "inputs": {"stations": "s"},
        "method": {"coverage": "1"},
        "steps": (step(),),
        **more,
    }
    return KeptReport(number=number, **values)


def parts(of: KeptReport) -> dict[str, Any]:
    return {name: getattr(of, name) for name in KeptReport.__dataclass_fields__}


def test_a_report_is_kept_whole_and_the_newest_comes_first(database: Database) -> None:
    kept = database.kept_reports()
    assert (kept.all(), kept.numbers(), kept.last()) == ((), (), None)
    first, second = report(), report("淮工报〔2026〕4号", previous="2026-Q3-1", sample=True)
    kept.add(first, by="desk")
    kept.add(second, by="desk")
    assert kept.numbers() == ("淮工报〔2026〕4号", "2026-Q3-1")
    assert [parts(one) for one in kept.all()] == [parts(second), parts(first)]
    assert kept.report(" 2026-Q3-1 ").content_hash == first.content_hash
    with pytest.raises(InputError, match="already, and a kept report never changes"):
        kept.add(report(), by="desk")


def test_a_report_is_reviewed_then_issued_and_may_be_withdrawn(database: Database) -> None:
    kept = database.kept_reports()
    kept.add(report(), by="li")
    assert (kept.report("2026-Q3-1").state, kept.report("2026-Q3-1").is_public) == ("draft", False)
    with pytest.raises(InputError, match="not reviewed yet: run yizhan report review 2026-Q3-1"):
        kept.take_step("2026-Q3-1", step("issued"), by="wang")
    kept.take_step("2026-Q3-1", step("reviewed", "王五"), by="wang")
    with pytest.raises(InputError, match="reviewed already"):
        kept.take_step("2026-Q3-1", step("reviewed"), by="wang")
    kept.take_step("2026-Q3-1", step("issued", "赵六"), by="zhao")
    issued = kept.report("2026-Q3-1")
    assert (issued.state, issued.is_public) == ("issued", True)
    assert [(one.act, one.name) for one in issued.steps] == [
        ("made", "李四"), ("reviewed", "王五"), ("issued", "赵六"),
    ]  # fmt: skip
    assert kept.last() is not None
    kept.take_step("2026-Q3-1", step("withdrawn", why="人数有误"), by="zhao")
    withdrawn = kept.report("2026-Q3-1")
    assert (withdrawn.state, withdrawn.is_public, kept.last()) == ("withdrawn", True, None)
    assert withdrawn.content_hash == issued.content_hash
    with pytest.raises(InputError, match="is withdrawn: make a new one"):
        kept.take_step("2026-Q3-1", step("issued"), by="zhao")
    lines = [(one.who, one.action, one.subject) for one in read_audit(database.backend)]
    assert lines == [
        ("zhao", "withdraw report", "2026-Q3-1"),
        ("zhao", "issue report", "2026-Q3-1"),
        ("wang", "review report", "2026-Q3-1"),
        ("li", "make report", "2026-Q3-1"),
    ]


def test_the_next_report_is_compared_with_one_in_force_before_any_draft(
    database: Database,
) -> None:
    kept = database.kept_reports()
    for number in ("2026-Q1-1", "2026-Q2-1", "2026-Q3-1"):
        kept.add(report(number), by="li")
    last = kept.last()
    assert last is not None
    assert last.number == "2026-Q3-1"
    for act in ("reviewed", "issued"):
        kept.take_step("2026-Q1-1", step(act), by="li")
    last = kept.last()
    assert last is not None
    assert (last.number, last.state) == ("2026-Q1-1", "issued")


def test_a_report_whose_content_was_changed_behind_the_triggers_is_not_shown(
    database: Database,
) -> None:
    kept = database.kept_reports()
    kept.add(report(), by="li")
    kept.add(report("2026-Q2-1"), by="li")
    with database.backend.begin(write=True) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE reports DISABLE TRIGGER ALL")
        else:
            connection.exec_driver_sql("DROP TRIGGER reports_keep_their_words")
        connection.exec_driver_sql(
            "UPDATE reports SET figures = '{\"stations/open\":999}' WHERE number = '2026-Q3-1'"
        )
    with pytest.raises(WorkspaceError, match='2026-Q3-1" is not what was kept'):
        kept.report("2026-Q3-1")
    assert kept.report("2026-Q2-1").figures["stations/open"] == 127
    assert len(kept.all()) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM reports",
        "UPDATE reports SET number = 'x'",
        "UPDATE reports SET figures = '{}'",
        "DELETE FROM report_steps",
        "UPDATE report_steps SET name = 'x'",
        f"{_INSERT} VALUES (1,'made','','','','')",
        f"{_INSERT} VALUES (1,'issued','','','','')",
    ],
)
def test_the_database_itself_refuses_to_change_a_report(database: Database, statement: str) -> None:
    kept = database.kept_reports()
    kept.add(report(), by="desk")
    before = parts(kept.report("2026-Q3-1"))
    with (
        pytest.raises(WorkspaceError, match="never changes"),
        database.backend.transaction(write=True) as connection,
    ):
        connection.exec_driver_sql(statement)
    assert parts(kept.report("2026-Q3-1")) == before


def test_reports_move_with_a_copy_and_stay_unchangeable(database: Database, tmp_path: Path) -> None:
    kept = database.kept_reports()
    kept.add(report(), by="desk")
    kept.take_step("2026-Q3-1", step("reviewed"), by="desk")
    kept.take_step("2026-Q3-1", step("issued"), by="desk")
    kept.take_step("2026-Q3-1", step("withdrawn", why="重做"), by="desk")
    copy_database(database.backend, str(tmp_path / "copy.db"))
    copy = Sqlite(tmp_path / "copy.db")
    with copy.transaction() as connection:
        rows = connection.exec_driver_sql("SELECT act FROM report_steps ORDER BY id").all()
    assert [row[0] for row in rows] == ["made", "reviewed", "issued", "withdrawn"]
    with (
        pytest.raises(WorkspaceError, match="never changes"),
        copy.transaction(write=True) as connection,
    ):
        connection.exec_driver_sql("DELETE FROM reports")


def test_a_database_of_before_has_no_reports_until_one_is_made(database: Database) -> None:
    with database.backend.begin(write=True) as connection:
        without_reports(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0009'")
    database.close()
    assert database.kept_reports().all() == ()
    database.kept_reports().add(report(), by="desk")
    assert database.kept_reports().numbers() == ("2026-Q3-1",)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_period_has_its_days(text: str, first: date, last: date) -> None:
    assert Period(text).days == (first, last)


@pytest.mark.parametrize(
    "text", ["", "2026-Q5", "2026-13", "2026-H3", "2026Q3", "26", "2026-Q3 ", "0000", "0999-Q1"]
)
def test_a_period_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="write a year, half, quarter or month"):
        Period(text)


@pytest.mark.parametrize("number", ["", "a/1", "1.html", "报告", "x" * 40 + "1", "1?", "a 1"])
def test_a_number_that_cannot_stand_in_an_address_is_refused(number: str) -> None:
    with pytest.raises(InputError, match="number"):
        report(number)


def test_a_withdrawal_says_why_and_a_step_is_signed() -> None:
    with pytest.raises(InputError, match="the reason must have 1 to"):
        step("withdrawn")
    with pytest.raises(InputError, match="the name that signs must have"):
        step(name=" ")
    with pytest.raises(InputError, match="begins with who made it"):
        report(steps=(step("reviewed"),))


def test_who_asks_for_a_report_that_is_not_there_is_told_what_is(database: Database) -> None:
    kept = database.kept_reports()
    with pytest.raises(InputError, match="no kept report yet: run yizhan report make"):
        kept.report("2026-Q3-1")
    kept.add(report(), by="desk")
    with pytest.raises(InputError, match=r"do you mean 2026-Q3-1\?"):
        kept.report("2026-Q3-2")
