"""Opening hours laid over real days: the minutes open in the days to come, and a plain week."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from data.hours.meaning import spans_of_day
from data.hours.rules import DAY_MIN, SATURDAY, DayType, merge_spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data.hours.meaning import DaySpans
    from data.hours.opening import Hours
    from data.hours.rules import Span
    from data.hours.work_calendar import WorkCalendar

_HALF_HOUR: Final = 30
_YEAR_DAYS: Final = tuple(date(2024, 1, 1) + timedelta(days=number) for number in range(366))


@lru_cache(maxsize=16_384)
def intervals(
    hours: Hours, *, calendar: WorkCalendar, first: date, days: int = 14
) -> tuple[Span, ...] | None:
    """Compute when a place is open in the days from ``first``.

    Parameters
    ----------
    hours
        the hours; cached by their text.
    calendar
        tells working days from days off.
    first
        the first day, in local time (Asia/Shanghai, no daylight saving).
    days
        how many days, at least one.

    Returns
    -------
    (start, end) in minutes after 00:00 of ``first``, sorted and apart from each other. What began
    the day before is cut at 0; the last end may lie past the last midnight. A day that is not
    known (`unknown_days`) adds nothing. None: the hours, or all of these days, are not known.
    """
    if not hours.known:
        return None
    if days < 1:
        raise ValueError(f"intervals need one day at least, not {days}")
    found: list[Span] = []
    silent = 0
    for number in range(-1, days):
        spans = _on(hours, first + timedelta(days=number), calendar)
        silent += spans is None and number >= 0
        offset = number * DAY_MIN
        found.extend(
            (max(0, start + offset), end + offset) for start, end in spans or () if end + offset > 0
        )
    return None if silent == days and not found else merge_spans(tuple(found))


def unknown_days(
    hours: Hours, *, calendar: WorkCalendar, first: date, days: int = 14
) -> tuple[int, ...]:
    """List the days of a stretch of which hours that are read do not say what holds.

    Returns
    -------
    Numbers of days after ``first``, in order: holidays of 节假日另行通知, say. What began the day
    before is open all the same until it ends. None of hours that are not known at all.
    """
    return tuple(
        number
        for number in range(days)
        if hours.known and _on(hours, first + timedelta(days=number), calendar) is None
    )


def _on(hours: Hours, day: date, calendar: WorkCalendar) -> DaySpans:
    """Return what is open of one day; None: not known."""
    rules = tuple(rule for rule in hours.rules if rule.in_season(day))
    return spans_of_day(rules, calendar.day_type(day))


def week_table(
    hours: Hours, *, calendar: WorkCalendar | None = None, on: date | None = None
) -> NDArray[np.bool_] | None:
    """Tell for each weekday and hour whether a place is open at half past.

    Half past is the fairest moment for an hour: 8:30-17:30 comes to nine hours.

    Parameters
    ----------
    calendar
        with ``on``: the week is a real one, with its holidays and make-up working days. None: a
        plain week, Monday to Friday worked, no holiday.
    on
        a day of the week, or of the season, that is asked for. None: the plain week, and of hours
        that change with the season what is open all the year.

    Returns
    -------
    bool, (7, 24), Monday first, read-only, False on a day that is not known; None when the hours
    are not known.
    """
    if not hours.known:
        return None
    if calendar is not None and on is not None:
        monday = on - timedelta(days=on.weekday())
        spans = intervals(hours, calendar=calendar, first=monday, days=7) or ()
        table = _table(spans)
    else:
        parts = {
            tuple(rule for rule in hours.rules if rule.in_season(day))
            for day in ((on,) if on is not None else _YEAR_DAYS)
        }
        table = np.ones((7, 24), dtype=np.bool_)
        for rules in parts:
            week: list[Span] = []
            for weekday in range(-1, 7):
                kind = DayType(weekday % 7, "weekend" if weekday % 7 >= SATURDAY else "workday")
                week.extend(
                    (start + weekday * DAY_MIN, end + weekday * DAY_MIN)
                    for start, end in spans_of_day(rules, kind) or ()
                )
            table &= _table(tuple(week))
    table.flags.writeable = False
    return table


def _table(spans: tuple[Span, ...]) -> NDArray[np.bool_]:
    """Sample spans, in minutes after Monday 00:00, at half past every hour of one week."""
    moments = np.arange(7 * 24) * 60 + _HALF_HOUR
    table = np.zeros(7 * 24, dtype=np.bool_)
    for start, end in spans:
        table |= (start <= moments) & (moments < end)
    return table.reshape(7, 24)
