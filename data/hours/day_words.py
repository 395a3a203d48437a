"""Words for days, in Chinese: weekdays, working days, days off, festivals; read and written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from data.hours.rules import (
    DAY_KINDS,
    EVERY_DAY,
    FREE_WEEKENDS,
    HOLIDAY,
    HOLIDAYS,
    REST_DAYS,
    RESTING,
    WEEK,
    WEEKEND,
    WORKDAYS,
    WORKING,
    Days,
)

if TYPE_CHECKING:
    from data.hours.rules import DayKind

_SIGNS: Final = "一二三四五六日"
_NUMBER: Final = {
    **{sign: number for number, sign in enumerate(_SIGNS)},
    "天": 6,
    **{str(number + 1): number for number in range(7)},
}
_WEEK_WORD: Final = r"(?:周|星期|礼拜)"
_SIGN: Final = r"[一二三四五六日天](?![月点时号])"
_DIGIT: Final = r"[1-7](?![\d:.点时月号])"
_FIRST: Final = re.compile(rf"(?:每个?|逢|每逢)?{_WEEK_WORD}({_SIGN}|{_DIGIT})")
_RANGE: Final = re.compile(rf"\s*[-至到]\s*{_WEEK_WORD}?({_SIGN}|{_DIGIT})")
_NEXT: Final = re.compile(
    rf"(?:\s*(?:、|,|和|及|与|以及)\s*)?(?:{_WEEK_WORD}({_SIGN}|{_DIGIT})|({_SIGN}))"
)
_STRONG: Final = re.compile(r"\s*(?:以及|、|和|及其?|与|或者?|&|\+)\s*")
_WEAK: Final = re.compile(r"\s*[,/]?\s*")
_OF: Final = re.compile(r"中?的")

_FESTIVAL_WORDS: Final = {
    "new_year": ("元旦", "元旦节"),
    "spring_festival": ("春节", "过年", "新年春节"),
    "qingming": ("清明节", "清明"),
    "labour_day": ("劳动节", "五一劳动节", "五一", "五一节"),
    "dragon_boat": ("端午节", "端午"),
    "mid_autumn": ("中秋节", "中秋"),
    "national_day": ("国庆节", "国庆", "十一国庆"),
}
_KIND_WORDS: Final[dict[DayKind, str]] = {
    "workday": "普通工作日",
    "weekend": "普通双休日",
    "holiday": "法定节假日",
    "makeup": "调休上班日",
}
_WORDS: Final[dict[str, Days]] = {
    **dict.fromkeys(
        (
            "每天", "每日", "天天", "日常", "每一天", "一年四季", "一年365天", "365天", "每周7天",
            "daily", "every day",
        ),
        EVERY_DAY,
    ),
    **dict.fromkeys(("工作日", "法定工作日", "平日", "上班日"), WORKDAYS),
    **dict.fromkeys(("休息日", "非工作日", "非上班日"), REST_DAYS),
    **dict.fromkeys(("双休日", "周末双休日"), FREE_WEEKENDS),
    **dict.fromkeys(
        (
            "法定节假日", "国家法定节假日", "国家法定假日", "法定假日", "法定节日", "节假日",
            "国家节假日", "公共假日", "公众假期", "公共假期", "法定假期", "法定节假日期间",
        ),
        HOLIDAYS,
    ),
    **{_KIND_WORDS[kind]: Days(kinds=frozenset({kind})) for kind in DAY_KINDS},
    **{
        word: Days(kinds=HOLIDAY, festivals=frozenset({festival}))
        for festival, words in _FESTIVAL_WORDS.items()
        for word in words
    },
}  # fmt: skip
_WEEKEND_WORD: Final = "周末"
_NAMED: Final = re.compile(
    r"(?:每个?|逢|每逢|遇|如遇)?("
    + "|".join(sorted((*_WORDS, _WEEKEND_WORD), key=len, reverse=True))
    + r")(?:期间|当[天日]|假期)?"
)
_ANY_WEEKDAY: Final = re.compile(rf"{_WEEK_WORD}[一二三四五六日天1-7]")


def names_weekdays(text: str) -> bool:
    """Tell whether a text names single weekdays; beside them 周末 is Saturday and Sunday."""
    return _ANY_WEEKDAY.search(text) is not None


def match_days(text: str, at: int, *, literal: bool) -> tuple[tuple[Days, ...], int, bool] | None:
    """Read words for days from a place in a text.

    Parameters
    ----------
    literal
        周末 is every Saturday and Sunday; otherwise those that are not worked.

    Returns
    -------
    The days, where they end, and whether some are joined by no more than a space or a comma; None
    when no such word stands there.
    """
    item = _item(text, at, literal=literal)
    if item is None:
        return None
    found = [item[0]]
    at, loose = item[1], False
    while True:
        joint = _STRONG.match(text, at)
        weak = joint is None
        joint = joint or _WEAK.match(text, at)
        item = _item(text, joint.end(), literal=literal) if joint is not None else None
        if item is None:
            return tuple(found), at, loose
        loose |= weak and item[0] != EVERY_DAY
        if item[0] != EVERY_DAY:
            found.append(item[0])
        at = item[1]


def read_day_words(text: str) -> tuple[Days, ...] | None:
    """Read a text that is nothing but words for days; None when it is more or other."""
    found = match_days(text.strip(), 0, literal=names_weekdays(text))
    return found[0] if found is not None and found[1] == len(text.strip()) else None


def day_words(days: tuple[Days, ...]) -> str:
    """Write days in Chinese, so that `read_day_words` reads them back; weekdays come first."""
    pieces = [piece for one in days for piece in _pieces(one)]
    plain = [weekday_words(one.weekdays) for one in pieces if one.literal and one != EVERY_DAY]
    every = ["每天" for one in pieces if one == EVERY_DAY]
    return "、".join(every or (*plain, *(_words(one) for one in pieces if not one.literal)))


def weekday_words(weekdays: frozenset[int]) -> str:
    """Write weekdays: 周一至周五、周日."""
    runs: list[list[int]] = []
    for day in sorted(weekdays):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    shortest = 3
    return "、".join(
        f"周{_SIGNS[run[0]]}至周{_SIGNS[run[-1]]}"
        if len(run) >= shortest
        else "、".join(f"周{_SIGNS[day]}" for day in run)
        for run in runs
    )


def _item(text: str, at: int, *, literal: bool) -> tuple[Days, int] | None:
    """Read one word for days, or a list of weekdays."""
    named = _NAMED.match(text, at)
    if named is None:
        found = _weekdays(text, at)
        return None if found is None else (Days(weekdays=found[0]), found[1])
    if named[1] == _WEEKEND_WORD:
        return (Days(weekdays=WEEKEND) if literal else FREE_WEEKENDS), named.end()
    days = _WORDS[named[1]]
    of = _OF.match(text, named.end())
    among = _weekdays(text, of.end()) if of is not None else None
    if among is None:
        return days, named.end()
    both = days.weekdays & among[0]
    return (Days(both, days.kinds, days.festivals), among[1]) if both else None


def _weekdays(text: str, at: int) -> tuple[frozenset[int], int] | None:
    """Read weekdays such as 周一至周五, 周一、三、五 or 星期六日."""
    first = _FIRST.match(text, at)
    if first is None:
        return None
    last = _NUMBER[first[1]]
    days, at = {last}, first.end()
    while True:
        if (found := _RANGE.match(text, at)) is not None:
            end = _NUMBER[found[1]]
            days |= {(last + step) % 7 for step in range((end - last) % 7 + 1)}
        elif (found := _NEXT.match(text, at)) is not None:
            end = _NUMBER[found[1] or found[2]]
            days.add(end)
        else:
            return frozenset(days), at
        last, at = end, found.end()


def _pieces(days: Days) -> list[Days]:
    """Split into days that one word names."""
    if days.literal or days.festivals:
        return [
            Days(days.weekdays, HOLIDAY, frozenset({name})) for name in sorted(days.festivals)
        ] or [days]
    if days.kinds in (WORKING, RESTING) or len(days.kinds) == 1:
        return [days]
    return [Days(days.weekdays, frozenset({kind})) for kind in DAY_KINDS if kind in days.kinds]


def _words(days: Days) -> str:
    """Name days of a kind or festival."""
    if days == FREE_WEEKENDS:
        return "双休日"
    if days.festivals:
        name = _FESTIVAL_WORDS[next(iter(days.festivals))][0]
    elif days.kinds == WORKING:
        name = "工作日"
    elif days.kinds == RESTING:
        name = "休息日"
    else:
        name = _KIND_WORDS[next(iter(days.kinds))]
    return name if days.weekdays == WEEK else f"{name}中的{weekday_words(days.weekdays)}"
