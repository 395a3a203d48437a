"""Opening hours as a phone gets them: intervals of the days to come, and a day to count from.

The phone says by its own clock whether a station is open (`static/opening.js`), today or in a
fortnight without a network. All text of the same hours costs one computation a day.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from data.coming_changes import days_of
from data.hours import WorkCalendar, intervals, parse_hours, unknown_days

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from data.coming_changes import ComingChange
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


def changing_properties(
    changes: Sequence[ComingChange], status: str, hours: str, *, first: date
) -> dict[str, Any]:
    """Return `hours_properties` of a station under the changes ahead of it.

    ``status`` and ``hours`` are the register's. An opening belongs to the day on which it begins;
    on a day on which the station is not open there is none.
    """
    days = days_of(changes, status, hours, first=first, days=DAYS + 1)
    made: dict[str, Any] = {"hours_from": first.isoformat(), "hours_intervals": None}
    told = [hours_properties(text, first=first) for _, text in days]
    if any(
        one["hours_intervals"] is None and state == "open"
        for one, (state, _) in zip(told, days, strict=True)
    ):
        return made
    spans: list[list[int | None]] = []
    for number, (one, (state, _)) in enumerate(zip(told, days, strict=True)):
        if state == "open":
            spans += _of_day(one["hours_intervals"], number, last=number == DAYS)
    made["hours_intervals"] = _joined(spans)
    for name in ("hours_unsettled", "hours_silent", "hours_unknown"):
        said = [n for n in range(DAYS + 1) if days[n][0] == "open" and n in told[n].get(name, ())]
        if said:
            made[name] = said
    return made


def _of_day(
    spans: Sequence[Sequence[int | None]], number: int, *, last: bool
) -> list[list[int | None]]:
    """Return what opens on one day; of the last one what opens next, however late."""
    low, high = number * _DAY_MIN, (number + 1) * _DAY_MIN
    found: list[list[int | None]] = []
    for start, end in spans:
        is_long = end is None or end - (start or 0) > _DAY_MIN
        begins = max(start or 0, low) if is_long else max(start or 0, 0)
        if begins < low or (end is not None and end <= begins):
            continue
        if last:
            return [[begins, end]]
        if begins < high:
            ends = high if end is None else min(end, high)
            found.append([begins, ends] if is_long else [start, end])
    return found


def _joined(spans: list[list[int | None]]) -> list[list[int | None]]:
    """Join openings that follow on each other without a pause."""
    joined: list[list[int | None]] = []
    for start, end in spans:
        if joined and joined[-1][1] is not None and (start or 0) <= joined[-1][1]:
            joined[-1][1] = None if end is None else max(end, joined[-1][1])
        else:
            joined.append([start, end])
    return joined


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
