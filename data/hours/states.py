"""Open or shut at a moment, until when, and open for long enough.

A moment is a `datetime`: an aware one is brought to local time, a naive one is taken to be local.
Local time is China's, UTC+8 all the year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from data.china_time import CHINA_TIME
from data.hours.intervals import intervals, unknown_days
from data.hours.rules import DAY_MIN

if TYPE_CHECKING:
    from data.hours.opening import Hours
    from data.hours.rules import Span
    from data.hours.work_calendar import WorkCalendar

StateWord = Literal["open", "closes_soon", "closed", "unknown"]

_DAYS_AHEAD: Final = (14, 400)


@dataclass(frozen=True)
class State:
    """How a place stands at a moment; times are local (UTC+8).

    Parameters
    ----------
    word
        ``closes_soon`` is open, but not for long.
    until
        when the door shuts, for a place that is open; None when it does not within 400 days.
    next_open
        when the door opens, for a place that is shut; None when it does not within 400 days.
    holiday_unconfirmed
        the hours depend on the holidays, and the notice that settles them is not known.
    holiday_silent
        the day is a public holiday and the hours say nothing of holidays: they may not hold.
    days_unstated
        the hours leave this day, or one before ``next_open``, to a notice, or are not clear of it.
    """

    word: StateWord
    until: datetime | None = None
    next_open: datetime | None = None
    holiday_unconfirmed: bool = False
    holiday_silent: bool = False
    days_unstated: bool = False


def local_time(moment: datetime) -> datetime:
    """Bring an aware moment to local time; a naive one is local already."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=CHINA_TIME)
    return moment.astimezone(CHINA_TIME)


@lru_cache(maxsize=16_384)
def state_at(
    hours: Hours, moment: datetime, *, calendar: WorkCalendar, soon_min: int = 30
) -> State:
    """Tell whether a place is open at a moment, and when that changes.

    Parameters
    ----------
    moment
        aware, or naive in local time.
    soon_min
        a place that shuts within so many minutes closes soon.
    """
    if not hours.known:
        return State("unknown")
    here = local_time(moment)
    midnight = datetime.combine(here.date(), time(), tzinfo=CHINA_TIME)
    minute = (here - midnight) / timedelta(minutes=1)
    now, after = _now_and_next(hours, here, minute, calendar=calendar)
    days = (here, *(midnight + timedelta(minutes=span[0]) for span in (now, after) if span))
    unconfirmed = hours.on_calendar and not all(calendar.settled(day.date()) for day in days)
    silent = not hours.names_holidays and calendar.day_kind(here.date()) == "holiday"
    if now is None:
        ahead = 1 if after is None else after[0] // DAY_MIN + 1
        unstated = unknown_days(hours, calendar=calendar, first=here.date(), days=ahead)
        lost = 0 in unstated
        opens = None if after is None or lost else midnight + timedelta(minutes=after[0])
        return State(
            "unknown" if lost else "closed",
            next_open=opens,
            holiday_unconfirmed=unconfirmed,
            holiday_silent=silent and not lost,
            days_unstated=bool(unstated),
        )
    until = midnight + timedelta(minutes=now[1])
    endless = now[1] >= _DAYS_AHEAD[-1] * DAY_MIN
    soon = not endless and until - here <= timedelta(minutes=soon_min)
    return State(
        "closes_soon" if soon else "open",
        until=None if endless else until,
        holiday_unconfirmed=unconfirmed,
        holiday_silent=silent,
    )


def open_for(
    hours: Hours, *, arrive: datetime, minutes: float, calendar: WorkCalendar
) -> bool | None:
    """Tell whether a place is open on arrival and stays so for some minutes; None: not known."""
    if not hours.known:
        return None
    state = state_at(hours, arrive, calendar=calendar)
    if state.word in {"closed", "unknown"}:
        return None if state.word == "unknown" else False
    return state.until is None or state.until - local_time(arrive) >= timedelta(minutes=minutes)


def _now_and_next(
    hours: Hours, here: datetime, minute: float, *, calendar: WorkCalendar
) -> tuple[Span | None, Span | None]:
    """Return the interval that holds a moment, or else the next one; further ahead if need be."""
    now = after = None
    for days in _DAYS_AHEAD:
        spans = intervals(hours, calendar=calendar, first=here.date(), days=days) or ()
        now = next((span for span in spans if span[0] <= minute < span[1]), None)
        after = next((span for span in spans if span[0] > minute), None)
        ends_within = now is not None and now[1] < days * DAY_MIN
        if ends_within or (now is None and after is not None):
            break
    return now, after
