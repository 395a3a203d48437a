"""Claims about the tables of the reports: the log that only grows, and older databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from data.accounts import Account
from data.activities import Activity
from data.database.audit import read_audit
from data.database.schema import METADATA
from data.database.tickets import LIVE
from data.report_book import ReportBook, doubted_stations
from data.sites import CandidateSites
from data.workspace import Workspace
from geo.errors import WorkspaceError
from tests.data.older import without_organisations, without_the_desk
from tests.data.reports.voices import BOX, DAY, NOW, STATIONS, report

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_done_is_kept_and_cannot_be_changed(book: ReportBook) -> None:
    number = report(book, "1").number
    report(book, "2")
    book.tickets.answer(number, "好", public=False, by="li")
    book.close(number, by="wang")
    backend = book.workspace.database.backend
    lines = [(line.who, line.action, line.subject) for line in read_audit(backend)]
    assert lines == [("wang", "fix", number), ("li", "answer", number)]
    for statement in ("DELETE FROM audit", "UPDATE audit SET who = 'x'"):
        with (
            pytest.raises(WorkspaceError, match="append-only"),
            backend.transaction(write=True) as connection,
        ):
            connection.exec_driver_sql(statement)


def test_every_act_of_the_desk_is_written_down_with_who_did_it_to_what(book: ReportBook) -> None:
    number = report(book, "1").number
    report(book, "2")
    [first, _] = book.tickets.reports(number)
    values = {"device": "d" * 20, "lon": 116.8, "lat": 33.95}
    one, other = (
        book.take_proposal(name=name, nonce=nonce * 20, **values).number
        for name, nonce in (("东门", "p"), ("北门", "q"))
    )
    sites = CandidateSites.from_records([{"id": "g", "name": "格", "lon": 116.8, "lat": 33.9}])
    visit = Activity("a", "义诊", "health_visit", NOW, NOW + DAY)

    book.tickets.answer(number, "好", public=False, by="li")
    book.tickets.answer(number, "好", public=True, by="wang")
    book.reject(first.id, by="li")
    book.close(number, by="wang")
    book.proposals.answer(one, "会去看", by="li")
    book.proposals.answer(other, "已有", by="wang", reject=True)
    book.proposals.adopt(one, by="li", base=lambda: sites)
    [activity] = book.activities.add([visit], by="wang")
    book.activities.remove(activity, by="li")
    book.accounts.add(Account("zhao", "hash", "viewer"), by="shell")
    book.accounts.set_password("zhao", "other", by="shell")
    book.accounts.end_sessions("zhao", by="zhao")
    book.accounts.remove("zhao", by="shell")

    lines = read_audit(book.workspace.database.backend)[::-1]
    assert [(line.who, line.action, line.subject) for line in lines] == [
        ("li", "answer", number),
        ("wang", "answer and publish", number),
        ("li", "reject", number),
        ("wang", "fix", number),
        ("li", "answer", one),
        ("wang", "reject", other),
        ("li", "adopt", one),
        ("wang", "add activity", f"activity {activity}"),
        ("li", "remove activity", f"activity {activity}"),
        ("shell", "add account", "zhao"),
        ("shell", "change password", "zhao"),
        ("zhao", "logout", "zhao"),
        ("shell", "remove account", "zhao"),
    ]


def test_an_older_database_has_no_reports_and_gets_the_tables_with_the_first_one(
    tmp_path: Path,
) -> None:
    workspace = Workspace.create(tmp_path / "city", name="市", box=BOX)
    workspace.replace_stations(STATIONS)
    backend = workspace.database.backend
    with backend.begin(write=True) as connection:
        without_organisations(connection)
        for table in ("worker_reports", "tickets", "proposals", "activities", "accounts", "city"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        for trigger in ("keeps_its_rows", "keeps_its_words", "comes_once"):
            connection.exec_driver_sql(f"DROP TRIGGER audit_{trigger}")
        connection.exec_driver_sql("DROP TABLE audit")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
    book = ReportBook(workspace)
    assert doubted_stations(workspace) == frozenset()
    assert book.tickets.tickets(LIVE) == book.proposals.proposals() == ()
    assert book.activities.not_over(NOW) == book.accounts.accounts() == read_audit(backend) == ()
    assert book.accounts.account("li") is None
    when = datetime.now(UTC).isoformat()
    book.take_report(station="a", what="locked", when=when, device="d" * 20, nonce="n" * 20)
    assert len(book.tickets.tickets(LIVE)) == 1
    assert workspace.stations().frame.equals(STATIONS.frame)


def test_the_new_tables_are_among_those_that_are_checked() -> None:
    names = {"worker_reports", "tickets", "proposals", "activities", "accounts", "audit"}
    assert names <= set(METADATA.tables)


def test_voices_of_before_the_desk_are_read_before_anything_is_written(book: ReportBook) -> None:
    number = report(book, "1").number
    book.accounts.add(Account("li", "hash"), by="x")
    book.activities.add([Activity("a", "义诊", "health_visit", NOW, NOW + DAY)], by="li")
    book.take_proposal(name="东门", nonce="p" * 20, device="d" * 20, lon=116.8, lat=33.95)

    def told() -> tuple[object, ...]:
        activities, tickets = book.activities.not_over(NOW), book.tickets.tickets(LIVE)
        return (book.accounts.accounts(), activities, book.proposals.proposals(), tickets)

    before = told()
    with book.workspace.database.backend.begin(write=True) as connection:
        without_the_desk(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0007'")
    book.workspace.database.close()
    assert told() == before
    assert book.accounts.account("li") == before[0][0]
    assert len(book.tickets.reports(number)) == 1
    report(book, "2")
    assert told()[:3] == before[:3]
