"""Sentences on opening hours for the pages: what a worker needs to know before setting out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from data.hours import local_time
from web.labels.last_check import CHECKED
from web.languages import message

if TYPE_CHECKING:
    from datetime import datetime

    from data.hours import Hours, State
    from web.languages import Language

WEEKDAYS: Final = (
    message("周一"),
    message("周二"),
    message("周三"),
    message("周四"),
    message("周五"),
    message("周六"),
    message("周日"),
)
_WORDS: Final = {
    "unknown": message("时间未知"),
    "shut": message("暂停开放"),
    "closed": message("关门，{when} 开"),
    "always": message("开放中，24 小时"),
    "closes_soon": message("{when} 关门"),
    "open": message("开放中，至 {when}"),
    "tomorrow_morning": message("明早 {clock}"),
    "tomorrow": message("明天 {clock}"),
    "tomorrow_evening": message("明晚 {clock}"),
    "date": message("{month}月{day}日 {clock}"),
    "date_of_year": message("{year}年{month}月{day}日 {clock}"),
    "unsettled": message("法定假日安排未公布，请先核实"),
    "silent": message("今天是法定节假日，开放时间可能有变"),
    "unstated": message("有些日子的时间没有写明，请先核实"),
}
_NOON, _EVENING = 12, 18
_NEAR_DAYS = 7


def state_words(state: State, moment: datetime, t: Language) -> str:
    """Say how a place stands: 开放中，至 21:00; 18:30 关门; 关门，明早 8:00 开; 时间未知.

    ``moment`` is when the state was asked for, aware or local.
    """
    here = local_time(moment)
    if state.word == "unknown":
        return t(_WORDS["unknown"])
    if state.word == "closed":
        if state.next_open is None:
            return t(_WORDS["shut"])
        return t(_WORDS["closed"], when=_when(state.next_open, here, t))
    if state.until is None:
        return t(_WORDS["always"])
    return t(_WORDS[state.word], when=_when(state.until, here, t, plain_morning=False))


def state_note(state: State, t: Language) -> str:
    """Say why the state may not hold; nothing where there is no doubt."""
    if state.holiday_unconfirmed:
        return t(_WORDS["unsettled"])
    if state.days_unstated:
        return t(_WORDS["unstated"])
    return t(_WORDS["silent"]) if state.holiday_silent else ""


def opening_words(hours: Hours, t: Language) -> str:
    """Write hours in the page's language; those that could not be read as somebody wrote them."""
    if not hours.text:
        return t("未登记")
    return hours.to_chinese() if t.is_chinese else hours.to_english()


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
        return t(_WORDS[f"tomorrow{part}"], clock=clock)
    if days < _NEAR_DAYS:
        return t("{weekday} {clock}", weekday=t(WEEKDAYS[time.weekday()]), clock=clock)
    said = _WORDS["date" if time.year == here.year else "date_of_year"]
    month = t.month(time.month, short=True)
    return t(said, year=time.year, month=month, day=time.day, clock=clock)


def script_words(t: Language) -> dict[str, Any]:
    """Return the same sentences for `static/opening.js`; {when} and the like it fills in."""
    return {
        **{name: t(words) for name, words in (_WORDS | CHECKED).items()},
        "weekdays": [t(words) for words in WEEKDAYS],
        "months": [t.month(number, short=True) for number in range(1, 13)],
    }
