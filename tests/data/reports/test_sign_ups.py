"""Claims about signing up for activities: a number, a place, no name and no trace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from data.activities import KINDS_OF_ACTIVITY, Activity, read_places
from data.database import clock
from data.database.schema import SIGN_UPS
from geo.errors import InputError

if TYPE_CHECKING:
    from data.report_book import ReportBook

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
_NONCES = count()


def made(book: ReportBook, places: int | None = None) -> int:
    activity = Activity("a", "招聘会", "promotion", NOW + HOUR, NOW + 2 * HOUR, places=places)
    return book.activities.add([activity], by="li")[0]


def sign_up(book: ReportBook, activity: object, device: str, nonce: str = "") -> str:
    nonce = nonce or f"nonce-{next(_NONCES):020}"
    return book.take_sign_up(activity=activity, device=device * 20, nonce=nonce).number


def test_places_are_given_until_none_is_left_and_one_that_is_given_back_is_free(
    book: ReportBook,
) -> None:
    number = made(book, places=2)
    first, second = sign_up(book, number, "1"), sign_up(book, number, "2")
    with pytest.raises(InputError, match="all 2 are taken"):
        sign_up(book, number, "3")
    assert sign_up(book, number, "1") == first  # one phone, one place
    book.sign_ups.cancel(first)
    third = sign_up(book, number, "3")
    assert [line.number for line in book.sign_ups.of(number)] == sorted((second, third))
    assert book.sign_ups.counts() == {number: 2}
    again = sign_up(book, made(book), "1")
    assert again not in {first, second, third}


def test_what_is_sent_again_counts_once(book: ReportBook) -> None:
    number = made(book)
    assert sign_up(book, number, "1", "n" * 20) == sign_up(book, number, "1", "n" * 20)
    assert book.sign_ups.counts() == {number: 1}


def test_a_phone_cannot_be_followed_from_one_activity_to_another_or_after_it(
    book: ReportBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = made(book), made(book)
    sign_up(book, one, "1")
    sign_up(book, other, "1")

    def devices() -> list[str | None]:
        with book.workspace.database.backend.transaction() as connection:
            return list(connection.execute(sa.select(SIGN_UPS.c.device)).scalars())

    assert len(set(devices())) == 2
    monkeypatch.setattr(clock, "now", lambda: NOW + 3 * HOUR)
    late = Activity("a", "义诊", "health_visit", NOW + 4 * HOUR, NOW + 5 * HOUR)
    [later] = book.activities.add([late], by="li")
    sign_up(book, later, "2")
    assert sorted(device is None for device in devices()) == [False, True, True]
    with pytest.raises(InputError, match="is over"):
        sign_up(book, one, "3")


@pytest.mark.parametrize("activity", [0, -1, 2**31, 999, True, "1", None, 1.0])
def test_a_sign_up_for_what_is_no_activity_is_refused(book: ReportBook, activity: object) -> None:
    made(book)
    with pytest.raises(InputError, match="activity"):
        sign_up(book, activity, "1")


def test_who_came_is_counted_after_it_and_a_removed_activity_keeps_no_places(
    book: ReportBook,
) -> None:
    number, other = made(book), made(book)
    first, second = sign_up(book, number, "1"), sign_up(book, number, "2")
    foreign = sign_up(book, other, "1")
    book.activities.attend(number, attended=5, came=[first, foreign], by="li")
    line = book.activities.activity(number)
    assert line is not None
    assert line.attended == 5
    states = {one.number: one.state for one in book.sign_ups.of(number)}
    assert states == {first: "came", second: "coming"}
    assert [one.state for one in book.sign_ups.of(other)] == ["coming"]
    with pytest.raises(InputError, match="no sign-up"):
        book.sign_ups.cancel(first)
    with pytest.raises(InputError, match="must be 2 to"):
        book.activities.attend(number, attended=1, came=[first, second], by="li")
    with pytest.raises(InputError, match="no activity"):
        book.activities.attend(9999, attended=1, came=[], by="li")
    book.activities.remove(other, by="li")
    assert book.sign_ups.of(other) == ()
    told = book.sign_ups.sign_up(foreign)
    assert told is not None
    assert told.state == "cancelled"


def test_the_kinds_hold_the_ten_of_shenyang_and_those_of_before() -> None:
    assert len(KINDS_OF_ACTIVITY[:10]) == len(set(KINDS_OF_ACTIVITY[:10]))
    assert KINDS_OF_ACTIVITY[9] == "most_beautiful"
    before = {"legal_advice", "health_visit", "training", "summer_water", "other"}
    assert before <= set(KINDS_OF_ACTIVITY)


@pytest.mark.parametrize("text", ["-1", "1.5", "²", "0", "1000000", "many"])
def test_places_that_are_no_number_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="places must be 1 to"):
        Activity("a", "义诊", "sign", NOW, NOW + HOUR, places=read_places(text))
