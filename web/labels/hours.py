"""Sentences on opening hours for the pages: what a worker needs to know before setting out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from data.hours import local_time
from web.labels.last_check import CHECKED

if TYPE_CHECKING:
    from datetime import datetime

    from data.hours import Hours, State
    from web.languages import Language

WEEKDAYS: Final = (
    ("周一", "Mon"),
    ("周二", "Tue"),
    ("周三", "Wed"),
    ("周四", "Thu"),
    ("周五", "Fri"),
    ("周六", "Sat"),
    ("周日", "Sun"),
)
_WORDS: Final = {
    "unknown": ("时间未知", "Hours not known"),
    "shut": ("暂停开放", "Closed for now"),
    "closed": ("关门，{when} 开", "Closed, opens {when}"),
    "always": ("开放中，24 小时", "Open 24 h"),
    "closes_soon": ("{when} 关门", "Closes at {when}"),
    "open": ("开放中，至 {when}", "Open until {when}"),
    "tomorrow_morning": ("明早 {clock}", "tomorrow {clock}"),
    "tomorrow": ("明天 {clock}", "tomorrow {clock}"),
    "tomorrow_evening": ("明晚 {clock}", "tomorrow {clock}"),
    "date": ("{month}月{day}日 {clock}", "{day} {month} {clock}"),
    "date_of_year": ("{year}年{month}月{day}日 {clock}", "{day} {month} {year} {clock}"),
    "unsettled": (
        "法定假日安排未公布，请先核实",
        "Public holidays not announced yet: check first",
    ),
    "silent": (
        "今天是法定节假日，开放时间可能有变",
        "Public holiday today: hours may differ",
    ),
    "unstated": (
        "有些日子的时间没有写明，请先核实",
        "Hours of some days are not stated: check first",
    ),
}
_NOON, _EVENING = 12, 18
_NEAR_DAYS = 7


def state_words(state: State, moment: datetime, t: Language) -> str:
    """Say how a place stands: 开放中，至 21:00; 18:30 关门; 关门，明早 8:00 开; 时间未知.

    ``moment`` is when the state was asked for, aware or local.
    """
    here = local_time(moment)
    if state.word == "unknown":
        return t(*_WORDS["unknown"])
    if state.word == "closed":
        if state.next_open is None:
            return t(*_WORDS["shut"])
        return t(*_WORDS["closed"]).format(when=_when(state.next_open, here, t))
    if state.until is None:
        return t(*_WORDS["always"])
    return t(*_WORDS[state.word]).format(when=_when(state.until, here, t, plain_morning=False))


def state_note(state: State, t: Language) -> str:
    """Say why the state may not hold; nothing where there is no doubt."""
    if state.holiday_unconfirmed:
        return t(*_WORDS["unsettled"])
    if state.days_unstated:
        return t(*_WORDS["unstated"])
    return t(*_WORDS["silent"]) if state.holiday_silent else ""


def opening_words(hours: Hours, t: Language) -> str:
    """Write hours in the page's language; those that could not be read as somebody wrote them."""
    if not hours.text:
        return t("未登记", "Not on record")
    return t(hours.to_chinese(), hours.to_english())


def _when(time: datetime, here: datetime, t: Language, *, plain_morning: bool = True) -> str:
    """Write a time as near as it is: 21:00, 明早 8:00, 周一 8:30, 5月1日 6:00."""
    clock = f"{time.hour}:{time.minute:02d}"
    days = (time.date() - here.date()).days
    at_midnight = days == 1 and time.hour == time.minute == 0
    if at_midnight and not plain_morning:
        return "24:00"
    if days == 0:
        return clock
    if days == 1:
        part = "_morning" if time.hour < _NOON else "" if time.hour < _EVENING else "_evening"
        return t(*_WORDS[f"tomorrow{part}"]).format(clock=clock)
    if days < _NEAR_DAYS:
        return t(*(f"{word} {clock}" for word in WEEKDAYS[time.weekday()]))
    said = _WORDS["date" if time.year == here.year else "date_of_year"]
    month = _months(t)[time.month - 1]
    return t(*said).format(year=time.year, month=month, day=time.day, clock=clock)


def script_words(t: Language) -> dict[str, Any]:
    """Return the same sentences for `static/opening.js`; {when} and the like it fills in."""
    return {
        **{name: t(*words) for name, words in (_WORDS | CHECKED).items()},
        "weekdays": [t(*words) for words in WEEKDAYS],
        "months": _months(t),
    }


def _months(t: Language) -> list[str]:
    return [t(str(month), date(2000, month, 1).strftime("%b")) for month in range(1, 13)]
