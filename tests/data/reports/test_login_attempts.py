"""Claims about the limits on signing in, which all processes share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from data.database import clock
from data.database.login_attempts import LoginAttempts
from data.database.schema import LOGIN_ATTEMPTS

if TYPE_CHECKING:
    from data.report_book import ReportBook

START = datetime(2026, 11, 30, 8, tzinfo=UTC)
PERIOD_S = 900.0


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The clock: the last moment of the list is now."""
    told = [START]
    monkeypatch.setattr(clock, "now", lambda: told[-1])
    return told


def take(book: ReportBook, most: int = 2, overall: int = 100, **keys: int) -> float:
    attempts = LoginAttempts(book.workspace.database.backend)
    limits = keys or {"one": most}
    return attempts.take(limits, period_s=PERIOD_S, most_overall=overall)


def lines(book: ReportBook) -> int:
    with book.workspace.database.backend.transaction() as connection:
        found = connection.execute(sa.select(sa.func.count()).select_from(LOGIN_ATTEMPTS))
        return int(found.scalar_one())


def test_a_key_is_full_until_its_oldest_attempt_is_a_period_old(
    book: ReportBook, moments: list[datetime]
) -> None:
    assert take(book) == 0
    moments.append(START + timedelta(seconds=100))
    assert take(book) == 0
    assert take(book) == PERIOD_S - 100
    assert take(book, other=2) == 0
    assert lines(book) == 3
    moments.append(START + timedelta(seconds=PERIOD_S))
    assert take(book) == 0
    assert lines(book) == 3  # the first went, and the refused one never stood there


def test_an_attempt_counts_for_the_address_and_for_the_name(
    book: ReportBook, moments: list[datetime]
) -> None:
    assert len(moments) == 1
    assert [take(book, a=9, li=2), take(book, b=9, li=2)] == [0, 0]
    assert take(book, c=9, li=2) == PERIOD_S
    assert take(book, c=9, wang=2) == 0
    assert take(book, overall=6, d=9) == PERIOD_S


def test_another_process_sees_what_one_counted(book: ReportBook) -> None:
    assert [take(book), take(book)] == [0, 0]
    book.workspace.database.close()
    assert 0 < take(book) <= PERIOD_S
