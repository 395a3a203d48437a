from __future__ import annotations

from datetime import date

import pytest

from data import hours

FACE = {
    "DayType",
    "Days",
    "Hours",
    "Rule",
    "Season",
    "State",
    "WorkCalendar",
    "YearPlan",
    "intervals",
    "local_time",
    "open_for",
    "parse_hours",
    "state_at",
    "unknown_days",
    "week_table",
}


def test_the_public_face_of_hours_is_this_and_nothing_else() -> None:
    assert set(hours.__all__) == FACE
    assert all(hasattr(hours, name) for name in hours.__all__)


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ({"weekdays": frozenset[int]()}, "weekdays"),
        ({"kinds": frozenset({"holyday"})}, "kinds of days"),
        ({"kinds": frozenset({"holiday"}), "festivals": frozenset({"easter"})}, "festivals are"),
        ({"festivals": frozenset({"new_year"})}, "are holidays"),
    ],
)
def test_days_that_cannot_be_are_refused(days: dict[str, frozenset[str]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        hours.Days(**days)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "spans", [((-1, 5),), ((5, 5),), ((1440, 1500),), ((0, 2881),), ((5, 9), (9, 12))]
)
def test_spans_that_cannot_be_are_refused(spans: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="span"):
        hours.Rule(spans=spans)


def test_rules_that_say_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="needs days"):
        hours.Rule(days=())
    with pytest.raises(ValueError, match="must open"):
        hours.Rule(adds=True)
    with pytest.raises(ValueError, match="no day of a year"):
        hours.Season((13, 1), (1, 1))


def test_a_text_is_read_and_laid_out_once() -> None:
    china = hours.WorkCalendar.china()
    assert china is hours.WorkCalendar.china()
    one, other = hours.parse_hours("工作日 8:00-18:00"), hours.parse_hours("工作日 8:00-18:00")
    assert one is other
    first = date(2026, 9, 1)
    assert hours.intervals(one, calendar=china, first=first) is hours.intervals(
        other, calendar=china, first=first
    )
