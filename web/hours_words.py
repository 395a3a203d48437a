"""Sentences on opening hours for the pages: what a worker needs to know before setting out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from data.hours import State, local_time

if TYPE_CHECKING:
    from datetime import datetime

    from data.hours import Hours
    from web.language import Language

WEEKDAYS: Final = (
    ("周一", "Mon"),
    ("周二", "Tue"),
    ("周三", "Wed"),
    ("周四", "Thu"),
    ("周五", "Fri"),
    ("周六", "Sat"),
    ("周日", "Sun"),
)
_NOON, _EVENING = 12, 18
_NEAR_DAYS = 7


def state_words(state: State, moment: datetime, t: Language) -> str:
    """Say how a place stands: 开放中，至 21:00; 18:30 关门; 关门，明早 8:00 开; 时间未知.

    ``moment`` is when the state was asked for, aware or local.
    """
    here = local_time(moment)
    if state.word == "unknown":
        return t("时间未知", "Hours not known")
    if state.word == "closed":
        if state.next_open is None:
            return t("暂停开放", "Closed for now")
        when = _when(state.next_open, here, t)
        return t(f"关门，{when} 开", f"Closed, opens {when}")
    if state.until is None:
        return t("开放中，24 小时", "Open 24 h")
    when = _when(state.until, here, t, plain_morning=False)
    if state.word == "closes_soon":
        return t(f"{when} 关门", f"Closes at {when}")
    return t(f"开放中，至 {when}", f"Open until {when}")


def state_note(state: State, t: Language) -> str:
    """Say why the state may not hold; nothing where there is no doubt."""
    if state.holiday_unconfirmed:
        return t("法定假日安排未公布，请先核实", "Public holidays not announced yet: check first")
    if state.holiday_silent:
        return t("今天是法定节假日，开放时间可能有变", "Public holiday today: hours may differ")
    return ""


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
        part = "明早" if time.hour < _NOON else "明天" if time.hour < _EVENING else "明晚"
        return t(f"{part} {clock}", f"tomorrow {clock}")
    if days < _NEAR_DAYS:
        return t(*(f"{word} {clock}" for word in WEEKDAYS[time.weekday()]))
    year = time.year != here.year
    zh = f"{time.year}年" if year else ""
    en = f" {time.year}" if year else ""
    return t(f"{zh}{time.month}月{time.day}日 {clock}", f"{time.day} {time:%b}{en} {clock}")


def script_words(t: Language) -> dict[str, Any]:
    """Return the same sentences for `static/opening.js`; {when} and the like it fills in."""
    months = [t(str(month), date(2000, month, 1).strftime("%b")) for month in range(1, 13)]
    return {
        "unknown": t("时间未知", "Hours not known"),
        "shut": t("暂停开放", "Closed for now"),
        "closed": t("关门，{when} 开", "Closed, opens {when}"),
        "always": t("开放中，24 小时", "Open 24 h"),
        "closes_soon": t("{when} 关门", "Closes at {when}"),
        "open": t("开放中，至 {when}", "Open until {when}"),
        "tomorrow_morning": t("明早 {clock}", "tomorrow {clock}"),
        "tomorrow": t("明天 {clock}", "tomorrow {clock}"),
        "tomorrow_evening": t("明晚 {clock}", "tomorrow {clock}"),
        "weekdays": [t(*words) for words in WEEKDAYS],
        "months": months,
        "date": t("{month}月{day}日 {clock}", "{day} {month} {clock}"),
        "date_of_year": t("{year}年{month}月{day}日 {clock}", "{day} {month} {year} {clock}"),
        "unsettled": state_note(State("open", holiday_unconfirmed=True), t),
        "silent": state_note(State("open", holiday_silent=True), t),
        "never": t("未核对", "Not checked"),
        "today": t("今天核对", "Checked today"),
        "yesterday": t("昨天核对", "Checked yesterday"),
        "days": t("{n} 天前核对", "Checked {n} days ago"),
        "months_ago": t("{n} 个月前核对", "Checked {n} months ago"),
        "years": t("{n} 年前核对", "Checked {n} years ago"),
    }
