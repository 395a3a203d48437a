"""Claims about the tables of the reports: the log that only grows, and older databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from data.database.audit import read_audit
from data.database.schema import METADATA
from data.database.tickets import LIVE
from data.report_book import ReportBook, doubted_stations
from data.workspace import Workspace
from geo.errors import WorkspaceError
from tests.data.reports.voices import BOX, NOW, STATIONS, report

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


def test_an_older_database_has_no_reports_and_gets_the_tables_with_the_first_one(
    tmp_path: Path,
) -> None:
    workspace = Workspace.create(tmp_path / "city", name="市", box=BOX)
    workspace.replace_stations(STATIONS)
    backend = workspace.database.backend
    with backend.begin(write=True) as connection:
        for table in ("worker_reports", "tickets", "proposals", "activities", "accounts"):
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
