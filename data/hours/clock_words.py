"""Times of day as people write them in Chinese: 8:00-18:00, 早8点到晚10点, 下午2点至6点."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.hours.rules import DAY_MIN

if TYPE_CHECKING:
    from data.hours.rules import Span

_MARKS: Final = {
    **dict.fromkeys(("凌晨", "半夜", "午夜"), "night"),
    **dict.fromkeys(("早上", "早晨", "清晨", "上午", "早间", "早", "am"), "morning"),
    **dict.fromkeys(("中午", "正午"), "noon"),
    **dict.fromkeys(("下午", "午后", "pm"), "afternoon"),
    **dict.fromkeys(("傍晚", "晚上", "晚间", "夜间", "夜晚", "夜里", "晚", "夜"), "evening"),
}
_MARK: Final = "(?:" + "|".join(sorted(_MARKS, key=len, reverse=True)) + ")"
_NEXT_DAY: Final = r"(?:次日|翌日|第二天|第二日|隔天|隔日|次晨)"
_OPENS: Final = r"(?:开[门馆园站放业]|营业|开始)"
_UNTIL: Final = r"[,;\s]\s*(?:闭[馆园站店]|关[门馆园]|打烊|下班|结束)(?:时间)?\s*(?:为|是|:)?"
_SHUTS: Final = r"(?:闭[馆园站店]|关[门馆园闭]|打烊|结束)"
_PARTS: Final = {"半": 30, "一刻": 15, "三刻": 45, "整": 0, "": 0}


def _clock(name: str) -> str:
    """Return the pattern of one time; groups end in ``name``."""
    return (
        rf"(?P<mark{name}>{_MARK})?\s*:?\s*(?P<h{name}>\d{{1,2}})"
        rf"(?:\s*:\s*(?P<m{name}>\d{{2}})(?::00)?(?!\d)分?|\.(?P<p{name}>\d{{2}})(?!\d)"
        rf"|(?P<unit{name}>点|时(?!间))(?:(?P<n{name}>\d{{1,2}})分?|(?P<w{name}>半|一刻|三刻|整))?)?"
        rf"(?:\s*(?P<s{name}>am|pm))?"
    )


_SPAN: Final = re.compile(
    rf"(?:自|从|由|每(?=[早晚])|当[天日])?\s*{_clock('a')}\s*(?P<opens>{_OPENS}\s*,?\s*)?(?:(?<=[门馆园放业站,始])|-|至|到|{_UNTIL})"
    rf"\s*(?P<next>{_NEXT_DAY})?\s*{_clock('b')}(?!\d|:\d)(?:点|时)?(?:为?止|(?(opens){_SHUTS}|(?!)))?"
)
_CLOSING: Final = re.compile(
    rf"{_clock('b')}\s*(?:准时|全部|全馆)?(?:闭[馆园站店]|关[门馆园闭]|打烊|停止(?:营业|服务|开放)|下班|结束)"
)
_OTHER_END: Final = re.compile(
    r"(?:(?:开放|闭馆|营业|服务)?(?:时间)?(?:将|则|均)?(?:延长|延时|延迟|推迟)(?:开放|闭馆|营业|服务)?(?:时间)?)?"
    rf"(?:至|到)\s*{_clock('b')}(?:闭[馆园店]|关[门馆园])?(?=\s*(?:[),;。|\n]|$))"
)
_ALL_DAY: Final = re.compile(
    r"(?:(?:每周)?7\s*天?\s*[x×*]?\s*)?24\s*个?(?:小时|hours?|hrs?|h)(?:全天候?|不间断|不打烊|昼夜)?"
    r"|24/7|7/24|7\s*[x×*]\s*24(?:小时|h)?"
    r"|全时段|不限时|全天候?(?:24(?:小时|h))?|全日制?|随时|昼夜(?:不间断)?|不打烊|通宵"
)
_HOURS, _MINUTES, _NOON = 24, 60, 12
_EVENING_MIN: Final = 18 * _MINUTES


@dataclass(frozen=True)
class _Time:
    """One time as written: hour, minute, and the word before it."""

    hour: int
    minute: int
    mark: str
    bare: bool


def match_all_day(text: str, at: int) -> int | None:
    """Return where words for round the clock end; None when none stand there."""
    found = _ALL_DAY.match(text, at)
    return None if found is None else found.end()


def match_other_end(text: str, at: int) -> tuple[int, int] | None:
    """Read another end of the hours (延长至20:00, 至20:00): the minute, and where the words end."""
    return _one_time(_OTHER_END.match(text, at))


def match_closing_time(text: str, at: int) -> tuple[int, int] | None:
    """Read a time at which it shuts (17:00闭馆): the minute of the day, and where it ends."""
    return _one_time(_CLOSING.match(text, at))


def _one_time(found: re.Match[str] | None) -> tuple[int, int] | None:
    time = None if found is None else _time(found, "b")
    if found is None or time is None or time.bare:
        return None
    minute = _first_minute(time)
    return None if minute is None else (minute, found.end())


def match_span(  # noqa: PLR0911 - each doubt by itself
    text: str, at: int
) -> tuple[Span, int, str] | None:
    """Read one span from a place in a text.

    Returns
    -------
    The span in minutes, where it ends, and the part of the day its start names ("" if none); None
    when there is no span, or one that can be meant in two ways (9:00-5:00).
    """
    found = _SPAN.match(text, at)
    if found is None:
        return None
    start, end = _time(found, "a"), _time(found, "b")
    if start is None or end is None or end.bare:
        return None
    if start.bare and found["unitb"] is None:
        return None
    early = 6
    spoken = found["unita"] or found["unitb"]
    if spoken and not (start.mark or end.mark) and start.hour < early and end.hour <= _NOON:
        return None  # 三点到五点: of the night or of the afternoon?
    first = _first_minute(start)
    if first is None:
        return None
    last = _last_minute(end, start=start, first=first, next_day=found["next"] is not None)
    latest = 2 * DAY_MIN if found["next"] is not None else first + DAY_MIN
    if last is None or not first < last <= latest:
        return None
    return (first, last), found.end(), start.mark


def _time(found: re.Match[str], name: str) -> _Time | None:
    """Read the numbers of one time; None when they are none."""
    word = found[f"mark{name}"] or found[f"s{name}"] or ""
    minute = found[f"m{name}"] or found[f"p{name}"] or found[f"n{name}"]
    time = _Time(
        hour=int(found[f"h{name}"]),
        minute=int(minute) if minute else _PARTS[found[f"w{name}"] or ""],
        mark=_MARKS.get(word, ""),
        bare=not minute and found[f"unit{name}"] is None and not word,
    )
    past = time.hour > _HOURS or (time.hour == _HOURS and time.minute > 0)
    midnight_or_noon = word == "am" and time.hour == _NOON
    return None if past or midnight_or_noon or time.minute >= _MINUTES else time


def _first_minute(time: _Time) -> int | None:
    """Place the start in its day; None when its word and its hour contradict each other."""
    hour = time.hour
    if time.mark in {"afternoon", "evening"} and hour < _NOON:
        earliest = 1 if time.mark == "afternoon" else 5
        if hour < earliest:
            return None
        hour += _NOON
    elif time.mark == "noon" and hour in {1, 2}:
        hour += _NOON
    elif time.mark == "evening" and hour == _NOON:
        return None  # 晚12点-早6点 begins at midnight: of the night before, or after?
    elif time.mark == "night" and hour == _NOON:
        hour = 0
    elif (time.mark == "morning" and hour > _NOON) or (time.mark == "night" and hour > 6):  # noqa: PLR2004 - night ends at six
        return None
    return hour * _MINUTES + time.minute if hour < _HOURS else None


def _last_minute(  # noqa: PLR0911 - one line for each word
    end: _Time, *, start: _Time, first: int, next_day: bool
) -> int | None:
    """Place the end after the start; None when that can be done in two ways."""
    plain = end.hour * _MINUTES + end.minute
    half = _NOON * _MINUTES
    if next_day:
        return None if end.mark in {"afternoon", "evening", "noon"} else plain % DAY_MIN + DAY_MIN
    if end.mark == "afternoon" or (end.mark == "evening" and 5 <= end.hour <= _NOON):  # noqa: PLR2004 - the evening begins at five
        noon = end.mark == "afternoon" and end.hour == _NOON
        return plain + half if end.hour <= _NOON and not noon else plain
    if end.mark in {"evening", "night"} and end.hour < 5:  # noqa: PLR2004 - the small hours
        return plain + DAY_MIN if plain <= first else plain
    if end.mark == "night" and end.hour == _NOON:
        return DAY_MIN
    if end.mark == "noon" and end.hour in {1, 2}:
        return plain + half
    if end.mark == "morning":
        return None if end.hour > _NOON else plain if plain > first else plain + DAY_MIN
    if end.mark in {"evening", "noon"}:
        return plain
    return _unmarked_end(plain, start=start, first=first)


def _unmarked_end(plain: int, *, start: _Time, first: int) -> int | None:
    """Place an end that has no word: 下午2:00-6:00 ends at 18:00, 22:00-6:00 the next morning.

    12:30-5:30 and 14:00-6:00 are not placed: people write the afternoon so, and the night too.
    """
    half = _NOON * _MINUTES
    early = start.mark == "noon" and plain <= first  # 中午12点-2点
    twelve = early or start.mark in {"afternoon", "evening"}
    if twelve and start.hour <= _NOON and plain <= half and plain + half > first:
        return plain + half
    if plain > first:
        return plain
    if plain == 0:
        return DAY_MIN
    doubtful = first < _EVENING_MIN and plain + half > first
    return None if first < half or doubtful else plain + DAY_MIN
