"""The hours of a station day by day, for the seven days from today: in words and as bars."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from web.labels.hours import WEEKDAYS, script_words
from web.languages import message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from web.languages import Language

DAYS: Final = 7
_DAY_MIN: Final = 1440


#: What stands in place of the week: the hours are not known, or the station is not open at all.
NO_WEEK: Final = {
    "no_hours": message("开放时间未知。"),
    "not_open": message("{status}：现在不开放，何时恢复不知道。"),
}


def no_week_words(status: str, t: Language) -> str:
    """Say why a station has no week of hours."""
    return t(NO_WEEK["no_hours" if status == "open" else "not_open"], status=t.status(status))


def week_of(
    hours: Mapping[str, Any], first: date, t: Language, *, days: int = DAYS
) -> list[dict[str, Any]]:
    """Return for each of seven (or so many) days its name, hours in words, and spans in minutes.

    ``hours`` is what `hours_properties` says from ``first`` on. A span that goes on after midnight
    stands on both days; hours that are not known have no row, and a day that is not known says so.
    `static/station_page.js` agrees.
    """
    if hours["hours_intervals"] is None:
        return []
    return [_day(first, number, hours, t) for number in range(days)]


def _day(first: date, number: int, hours: Mapping[str, Any], t: Language) -> dict[str, Any]:
    day = first + timedelta(days=number)
    start, end = number * _DAY_MIN, (number + 1) * _DAY_MIN
    cut = []
    for low, high in hours["hours_intervals"]:
        ends = end if high is None else high
        if low is not None and low < end and ends > start:
            cut.append([max(low, start) - start, min(ends, end) - start])
    whole = cut == [[0, _DAY_MIN]]
    times = [f"{_clock(low)}–{_clock(high)}" for low, high in cut]
    if number in hours.get("hours_unknown", ()):
        times.append(script_words(t)["unknown"])
    said = t.listed(times)
    return {
        "day": t(
            "{weekday} {month}月{day}日",
            weekday=t(WEEKDAYS[day.weekday()]),
            month=t.month(day.month, short=True),
            day=day.day,
        ),
        "says": t("24 小时") if whole else said or t("不开"),
        "spans": cut,
    }


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"
