"""Claims about the limits on signing in and posting, which all processes share."""

from __future__ import annotations

import sqlite3
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from data.database import clock
from data.database.attempts import AttemptLimits, Attempts, forget_attempts
from data.database.schema import ATTEMPTS
from data.database.tickets import VOICE_S
from tests.data.reports.voices import DAY, NOW, report

if TYPE_CHECKING:
    from pathlib import Path

    from data.report_book import ReportBook
    from tests.data.reports.voices import Clock

START = datetime(2026, 11, 30, 8, tzinfo=UTC)
PERIOD_S = 900.0
FEW = AttemptLimits(
    period_s=PERIOD_S, most=3, most_in_a_crowd=1, crowd=8, crowd_about=5, most_overall=10
)


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The clock: the last moment of the list is now."""
    told = [START]
    monkeypatch.setattr(clock, "now", lambda: told[-1])
    return told


def take(book: ReportBook, who: str, about: str = "", *, sort: str = "login") -> float:
    return Attempts(book.workspace.database.backend, sort, FEW).take(who, about=about)


def lines(book: ReportBook) -> int:
    with book.workspace.database.backend.transaction() as connection:
        found = connection.execute(sa.select(sa.func.count()).select_from(ATTEMPTS))
        return int(found.scalar_one())


def test_an_address_is_full_until_its_oldest_attempt_is_a_period_old(
    book: ReportBook, moments: list[datetime]
) -> None:
    assert [take(book, "a"), take(book, "a")] == [0, 0]
    moments.append(START + timedelta(seconds=100))
    assert take(book, "a") == 0
    assert take(book, "a") == PERIOD_S - 100
    assert [take(book, "b"), take(book, "a", sort="post")] == [0, 0]
    assert lines(book) == 5
    moments.append(START + timedelta(seconds=PERIOD_S))
    assert take(book, "a") == 0
    assert lines(book) == 4  # two went, and the refused one never stood there


def test_strangers_can_take_tries_for_an_account_but_never_the_last(
    book: ReportBook, moments: list[datetime]
) -> None:
    assert len(moments) == 1
    assert [take(book, who, "li") for who in "aaabb"] == [0] * 5
    assert take(book, "b", "li") == PERIOD_S  # it has had its one
    assert take(book, "owner", "li") == 0
    assert take(book, "owner", "li") == PERIOD_S
    assert take(book, "b", "wang") == 0  # of another account each address has all its tries


def test_many_addresses_leave_one_to_each_other_and_the_table_is_bounded(
    book: ReportBook, moments: list[datetime]
) -> None:
    assert len(moments) == 1
    assert [take(book, who) for who in "aaabbbcc"] == [0] * 8
    assert [take(book, who) for who in "cde"] == [PERIOD_S, 0, 0]
    assert take(book, "f") == PERIOD_S


def test_another_process_sees_what_one_counted(book: ReportBook) -> None:
    assert [take(book, "a") for _ in range(3)] == [0, 0, 0]
    book.workspace.database.close()
    assert 0 < take(book, "a") <= PERIOD_S


def test_what_is_old_is_forgotten_and_no_backup_has_an_attempt(
    book: ReportBook, moments: list[datetime], tmp_path: Path
) -> None:
    take(book, "a" * 40)
    moments.append(START + timedelta(seconds=10))
    take(book, "b" * 40)
    backend = book.workspace.database.backend
    assert [forget_attempts(backend, older_than_s=10) for _ in range(2)] == [1, 0]
    assert lines(book) == 1
    book.workspace.back_up(tmp_path / "backup.zip")
    with zipfile.ZipFile(tmp_path / "backup.zip") as package:
        package.extract("yizhan.db", tmp_path)
    assert b"b" * 40 not in (tmp_path / "yizhan.db").read_bytes()
    with sqlite3.connect(tmp_path / "yizhan.db") as copy:
        assert copy.execute("SELECT count(*) FROM attempts").fetchone() == (0,)


def test_one_address_is_one_voice_with_however_many_devices(book: ReportBook) -> None:
    told = [report(book, device, sender="a") for device in "123"]
    assert {receipt.state for receipt in told} == {"waiting"}
    assert report(book, "4", sender="b").state == "open"
    ticket = book.tickets.ticket(told[0].number)
    assert ticket is not None
    assert (ticket.devices, ticket.reports) == (2, 4)


def test_a_device_that_shared_an_address_counts_when_it_speaks_again_later(
    book: ReportBook, time: Clock
) -> None:
    assert [report(book, device, sender="a").state for device in "12"] == ["waiting"] * 2
    time.at += timedelta(seconds=VOICE_S)
    assert report(book, "2", sender="a").state == "open"


def test_all_fine_from_one_address_settles_nothing(book: ReportBook, time: Clock) -> None:
    waiting = report(book, "1", sender="a").number
    time.at += DAY
    for device in "234":
        report(book, device, what="fine", sender="b")
    assert book.tickets.fine(since=NOW)["a"][0] == 1
    ticket = book.tickets.ticket(waiting)
    assert ticket is not None
    assert ticket.state == "waiting"
