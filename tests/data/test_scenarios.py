"""Claims about scenarios in the database: kept whole, logged for good, locked for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from data.database.audit import read_audit
from data.scenarios import MOST_LINES, LogLine, Scenario
from geo.errors import InputError, WorkspaceError
from tests.data.older import without_scenarios

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.database import Database
    from data.database.scenarios import Scenarios

NOW = datetime(2026, 11, 30, 2, 0, 0, 123456, tzinfo=UTC)


def line(act: str = "saved", **more: str) -> LogLine:
    return LogLine(NOW, "李四", act, **more)


def scenario(name: str = "基准", **more: Any) -> Scenario:  # noqa: ANN401 - any part of one
    values: dict[str, Any] = {
        "form": "plan",
        "city": "淮北",
        "sample": False,
        "author": "李四",
        "made_at": NOW,
        "question": {"new": 12, "without": ["甲"]},
        "decision": {"sites": [{"id": "乙", "adds": 1.5}], "bound": 1e-17},
        "inputs": {"demand": "d", "stations": "s"},
        "log": (line(why="市里批的"), line("overrode", what="甲", why="房东不肯")),
        **more,
    }
    return Scenario(name=name, **values)


def parts(of: Scenario) -> dict[str, Any]:
    return {name: getattr(of, name) for name in Scenario.__dataclass_fields__}


def test_a_scenario_is_kept_with_every_part_and_its_log(database: Database) -> None:
    scenarios = database.scenarios()
    assert (scenarios.all(), scenarios.names()) == ((), ())
    first, second = scenario(), scenario("第二 <b>'\"", sample=True, log=())
    scenarios.add(first, by="tests")
    scenarios.add(second, by="tests")
    assert [parts(one) for one in scenarios.all()] == [parts(first), parts(second)]
    assert scenarios.names() == ("基准", "第二 <b>'\"")
    assert scenarios.scenario(" 基准 ").content_hash == first.content_hash


def test_a_scenario_holds_documents_of_its_own() -> None:
    question: dict[str, Any] = {"new": 12}
    made = scenario(question=question)
    question["new"] = 13
    assert made.question == {"new": 12}
    assert made.content_hash != scenario(question=question).content_hash
    assert made.content_hash == scenario("another", question={"new": 12}, log=()).content_hash


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": " "}, "name of a scenario must have 1 to 60"),
        ({"name": "x" * 61}, "1 to 60"),
        ({"form": "dream"}, "form .dream. is none of"),
        ({"made_at": NOW.replace(tzinfo=None)}, "made_at must say its zone"),
        ({"decision": {"gap": float("nan")}}, "decision cannot be kept as JSON"),
        ({"question": {"new": {1, 2}}}, "question cannot be kept as JSON"),
        ({"inputs": {"demand": 3}}, "inputs must be hashes and words"),
        ({"log": (line(),) * (MOST_LINES + 1)}, f"at most {MOST_LINES} lines"),
    ],
)
def test_a_scenario_that_cannot_be_is_refused(more: dict[str, Any], words: str) -> None:
    values = {"name": "基准", **more}
    with pytest.raises(InputError, match=words):
        scenario(**values)


@pytest.mark.parametrize(
    "more", [{"who": ""}, {"act": "sang"}, {"why": "x" * 1001}, {"at": NOW.replace(tzinfo=None)}]
)
def test_a_line_that_cannot_be_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        replace(line(), **more)


def test_a_name_is_given_once_and_a_slip_gets_the_nearest_one(database: Database) -> None:
    scenarios = database.scenarios()
    with pytest.raises(InputError, match="no scenario yet: run yizhan scenario save"):
        scenarios.scenario("base case")
    scenarios.add(scenario("base case"), by="tests")
    with pytest.raises(InputError, match='a scenario "base case" already'):
        scenarios.add(scenario("base case"), by="tests")
    with pytest.raises(InputError, match="do you mean base case"):
        scenarios.scenario("base cose")
    with pytest.raises(InputError, match="there are base case"):
        scenarios.scenario("其他")
    scenarios.add(scenario("other"), by="tests")
    with pytest.raises(InputError, match='a scenario "other" already'):
        scenarios.rename("base case", "other", line("renamed"), by="tests")
    assert scenarios.names() == ("base case", "other")


def test_what_happens_to_a_scenario_stands_in_its_log_and_in_the_citys(database: Database) -> None:
    scenarios = database.scenarios()
    scenarios.add(scenario(log=(line(),)), by="shell")
    scenarios.note("基准", line("noted", why="再想想"), by="shell")
    scenarios.replace(scenario(question={"new": 9}, log=(line("replaced"),)), by="shell")
    scenarios.rename("基准", "定案", line("renamed", what="基准"), by="shell")
    scenarios.lock("定案", line("locked"), by="shell")
    found = scenarios.scenario("定案")
    acts = [one.act for one in found.log]
    assert acts == ["saved", "noted", "replaced", "renamed", "locked"]
    assert (found.question, found.locked_at) == ({"new": 9}, NOW)
    scenarios.add(scenario("草稿"), by="shell", action="copy scenario")
    scenarios.delete("草稿", by="shell")
    assert scenarios.names() == ("定案",)
    told = [(one.who, one.action, one.subject) for one in read_audit(database.backend)][::-1]
    assert told == [
        ("shell", "save scenario", "基准"),
        ("shell", "note in scenario", "基准"),
        ("shell", "replace scenario", "基准"),
        ("shell", "rename scenario", "基准"),
        ("shell", "lock scenario", "定案"),
        ("shell", "copy scenario", "草稿"),
        ("shell", "delete scenario", "草稿"),
    ]


CHANGES: dict[str, Callable[[Scenarios], object]] = {
    "note": lambda of: of.note("基准", line("noted"), by="x"),
    "replace": lambda of: of.replace(scenario(), by="x"),
    "rename": lambda of: of.rename("基准", "新", line("renamed"), by="x"),
    "lock": lambda of: of.lock("基准", line("locked"), by="x"),
    "delete": lambda of: of.delete("基准", by="x"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_locked_scenario_is_never_changed(database: Database, change: str) -> None:
    scenarios = database.scenarios()
    scenarios.add(scenario(), by="shell")
    scenarios.lock("基准", line("locked"), by="shell")
    before, told = parts(scenarios.scenario("基准")), len(read_audit(database.backend))
    with pytest.raises(InputError, match="is locked and never changed again: copy it"):
        CHANGES[change](scenarios)
    assert parts(scenarios.scenario("基准")) == before
    assert len(read_audit(database.backend)) == told


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_not_there_cannot_be_changed(database: Database, change: str) -> None:
    scenarios = database.scenarios()
    scenarios.add(scenario("base"), by="shell")
    with pytest.raises(InputError, match="there is no scenario"):
        CHANGES[change](scenarios)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM scenarios",
        "UPDATE scenarios SET name = 'x'",
        "UPDATE scenarios SET locked_at = ''",
        "DELETE FROM scenario_log",
        "UPDATE scenario_log SET why = 'x'",
        "INSERT INTO scenario_log (scenario_id,at,who,act,what,why) VALUES (1,'','','','','')",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_locked(
    database: Database, statement: str
) -> None:
    scenarios = database.scenarios()
    scenarios.add(scenario(), by="shell")
    scenarios.lock("基准", line("locked"), by="shell")
    before = parts(scenarios.scenario("基准"))
    with (
        pytest.raises(WorkspaceError, match=r"never changes|append-only"),
        database.backend.transaction(write=True) as connection,
    ):
        connection.exec_driver_sql(statement)
    assert parts(scenarios.scenario("基准")) == before


def test_a_log_that_is_open_grows_and_is_not_rewritten(database: Database) -> None:
    scenarios = database.scenarios()
    scenarios.add(scenario(), by="shell")
    with (
        pytest.raises(WorkspaceError, match="append-only"),
        database.backend.transaction(write=True) as connection,
    ):
        connection.exec_driver_sql("UPDATE scenario_log SET why = 'x'")
    later = LogLine(NOW + timedelta(days=1), "王五", "noted", "", "看过了")
    scenarios.note("基准", later, by="shell")
    assert scenarios.scenario("基准").log[-1] == later


def test_a_scenario_that_comes_locked_stays_so(database: Database) -> None:
    scenarios = database.scenarios()
    scenarios.add(scenario(locked_at=NOW), by="shell")
    found = scenarios.scenario("基准")
    assert found.is_locked
    assert len(found.log) == 2
    with pytest.raises(InputError, match="is locked"):
        scenarios.delete("基准", by="shell")


def test_a_database_of_before_has_no_scenarios_and_gets_the_tables_with_the_first(
    database: Database,
) -> None:
    with database.backend.begin(write=True) as connection:
        without_scenarios(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0005'")
    database.close()
    scenarios = database.scenarios()
    assert (scenarios.all(), scenarios.names()) == ((), ())
    scenarios.add(scenario(), by="shell")
    assert scenarios.names() == ("基准",)
    assert database.upgrade()[0] >= "0006"
