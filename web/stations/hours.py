"""Opening hours as a phone gets them: intervals of the days to come, and a day to count from.

The phone says by its own clock whether a station is open (`static/opening.js`), today or in a
fortnight without a network. All text of the same hours costs one computation a day.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from data.hours import WorkCalendar, intervals, parse_hours, unknown_days

if TYPE_CHECKING:
    from datetime import date

    from data.hours import Hours
    from data.hours.rules import Span

DAYS: Final = 14
_FAR_DAYS: Final = 400
_DAY_MIN: Final = 24 * 60


@lru_cache(maxsize=16_384)
def hours_properties(text: str, *, first: date) -> dict[str, Any]:
    """Return what a phone needs to tell the state of a station; do not change it.

    ``hours_from`` is ``first``. ``hours_intervals`` are [start, end] in minutes after 0:00 of that
    day in China: all of `DAYS` days, and the one that begins next after them, within 400 days; an
    end of None is never; None in place of the list: the hours are not known. Where there are any,
    ``hours_unsettled`` are the days (numbers from 0) on which the hours depend on a notice of
    public holidays that is not published, ``hours_silent`` the public holidays of which the hours
    say nothing, ``hours_unknown`` the days of which they leave open what holds.
    """
    hours, calendar = parse_hours(text), WorkCalendar.china()
    spans = _spans(hours, calendar, first=first)
    made: dict[str, Any] = {"hours_from": first.isoformat(), "hours_intervals": None}
    if spans is None:
        return made
    never = _FAR_DAYS * _DAY_MIN
    made["hours_intervals"] = [[start, None if end >= never else end] for start, end in spans]
    days = {*range(DAYS + 1), *(start // _DAY_MIN for start, _ in spans)}
    dates = {number: first + timedelta(days=number) for number in sorted(days)}
    unsettled = [number for number, day in dates.items() if not calendar.settled(day)]
    silent = [number for number, day in dates.items() if calendar.day_kind(day) == "holiday"]
    if hours.on_calendar and unsettled:
        made["hours_unsettled"] = unsettled
    unstated = unknown_days(hours, calendar=calendar, first=first, days=max(days) + 1)
    if unstated:
        made["hours_unknown"] = list(unstated)
    if not hours.names_holidays and silent:
        made["hours_silent"] = silent
    return made


def _spans(hours: Hours, calendar: WorkCalendar, *, first: date) -> list[Span] | None:
    """Lay hours over the days from ``first``; those of the time after only where they are asked."""
    end = DAYS * _DAY_MIN
    spans = intervals(hours, calendar=calendar, first=first, days=DAYS + 1)
    if spans is None:
        return None
    if all(start < end for start, _ in spans) or spans[-1][1] >= end + _DAY_MIN:
        spans = intervals(hours, calendar=calendar, first=first, days=_FAR_DAYS) or ()
    later = next((span for span in spans if span[0] >= end), None)
    return [span for span in spans if span[0] < end] + ([later] if later else [])
