"""Claims about activities: how they are entered, read from a table and taken away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from data.activities import Activity, read_activities, read_local
from geo.errors import InputError, RowsError
from tests.data.reports.voices import DAY, NOW
from web.services.activities import activity_figures

if TYPE_CHECKING:
    from pathlib import Path

    from data.report_book import ReportBook
    from tests.data.reports.voices import Clock


def activity(**more: object) -> Activity:
    values: dict[str, Any] = {
        "station": "a",
        "title": "法律咨询",
        "kind": "legal_advice",
        "starts_at": NOW,
        "ends_at": NOW + timedelta(hours=2),
        **more,
    }
    return Activity(**values)


def test_activities_are_entered_all_or_none_and_taken_away(book: ReportBook) -> None:
    with pytest.raises(InputError, match="not in the register"):
        book.activities.add([activity(), activity(station="z")], by="li")
    assert book.activities.at("a") == ()
    [number] = book.activities.add([activity()], by="li")
    assert book.activities.not_over(NOW)[0].activity == activity()
    assert book.activities.not_over(NOW + timedelta(hours=2)) == ()
    before = book.activities.version()
    assert book.activities.remove(number, by="li").activity.title == "法律咨询"
    assert book.activities.version() != before
    with pytest.raises(InputError, match="no activity"):
        book.activities.remove(number, by="li")


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "party"},
        {"title": ""},
        {"ends_at": NOW},
        {"ends_at": NOW + 201 * DAY},
        {"starts_at": NOW.replace(tzinfo=None)},
    ],
)
def test_an_activity_that_cannot_be_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        activity(**more)


def test_activities_are_read_from_a_table_with_chinese_headings(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "站点编号,标题,类型,开始,结束,说明\n"
        "a,义诊,健康义诊,2026-12-01 09:00,2026-12-01 11:00,量血压\n"
        "b,送水,送清凉,2026-06-01,2026-08-31,\n",
        encoding="utf-8",
    )
    first, second = read_activities(path)
    assert (first.kind, first.starts_at) == ("health_visit", datetime(2026, 12, 1, 1, tzinfo=UTC))
    assert second.ends_at == datetime(2026, 8, 31, 16, tzinfo=UTC)
    path.write_text("station,title,kind,starts_at,ends_at\na,义诊,party,早上,2026\n", "utf-8")
    with pytest.raises(RowsError, match="row 2"):
        read_activities(path)
    path.write_text("station,title\na,b\n", "utf-8")
    with pytest.raises(RowsError, match="no column kind, starts_at, ends_at"):
        read_activities(path)


def test_local_times_are_those_of_china() -> None:
    nine = datetime(2026, 12, 1, 1, tzinfo=UTC)
    assert read_local("2026-12-01T09:00", what="x") == nine
    assert read_local("2026/12/01 09:00", what="x") == nine
    assert read_local("2026-12-01T01:00+00:00", what="x") == nine
    with pytest.raises(InputError, match="2026-12-01 09:00"):
        read_local("0001-01-01T00:00+14:00", what="x")


def test_the_numbers_of_a_period_are_of_what_ended_in_it(book: ReportBook, time: Clock) -> None:
    ended = [activity(places=20), activity(station="b"), activity(title="义诊")]
    first, *_ = book.activities.add(ended, by="li")
    book.activities.add([activity(starts_at=NOW + DAY, ends_at=NOW + 2 * DAY)], by="li")
    for number in range(3):
        book.take_sign_up(activity=first, device=f"{number}" * 20, nonce=f"n{number:020}")
    came = book.sign_ups.of(first)[0].number
    time.at = NOW + DAY / 2
    book.activities.attend(first, attended=9, came={came}, by="li")
    day = (NOW + timedelta(hours=2)).date()
    told = activity_figures(book.workspace, since=day, until=day + 30 * DAY)
    assert (told.held, told.places, told.signed_up, told.counted, told.attended) == (3, 20, 3, 1, 9)
    earlier = activity_figures(book.workspace, since=day - 9 * DAY, until=day - DAY)
    assert (earlier.held, earlier.attended) == (0, 0)
    with pytest.raises(InputError, match="the period ends before it begins"):
        activity_figures(book.workspace, since=day, until=day - DAY)
