"""Words for days, in Chinese: weekdays, working days, days off, festivals; read and written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.hours.rules import (
    DAY_KINDS,
    EVERY_DAY,
    FREE_WEEKENDS,
    HOLIDAY,
    HOLIDAYS,
    NOT_HOLIDAYS,
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
    rf"(?:\s*(?:、|和|及|与|以及)\s*)?(?:{_WEEK_WORD}({_SIGN}|{_DIGIT})|({_SIGN}))"
)
_STRONG: Final = re.compile(r"\s*(?:以及|、|和|及其?|与|或者?|&|\+)\s*")
_OPEN: Final = re.compile(r"\s*[(\[【]\s*")
_CLOSE: Final = re.compile(r"\s*[)\]】]")
_WITH: Final = re.compile(r"(?:包?含|包括|包含|含)")
_MEETS: Final = re.compile(r"(?:如|若|适|恰)?[遇逢]到?")
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
            "全周", "daily", "every day",
        ),
        EVERY_DAY,
    ),
    **dict.fromkeys(("工作日", "法定工作日", "国家法定工作日", "平日", "上班日"), WORKDAYS),
    **dict.fromkeys(("休息日", "非工作日", "非上班日"), REST_DAYS),
    **dict.fromkeys(("双休日", "周末双休日"), FREE_WEEKENDS),
    **dict.fromkeys(
        (
            "法定节假日", "国家法定节假日", "国家法定假日", "法定假日", "法定节日", "节假日",
            "国家节假日", "公共假日", "公众假期", "公共假期", "法定假期", "法定节假日期间",
            "国定假日", "国定假期", "国定节假日", "国家规定节假日", "国家法定节日", "国家法定假期",
            "国家假日", "国家公共假日", "公众节假日", "法定公众假期", "法定公共假日",
            "法定的节假日", "小长假", "节日",
        ),
        HOLIDAYS,
    ),
    "非节假日": NOT_HOLIDAYS,
    **{_KIND_WORDS[kind]: Days(kinds=frozenset({kind})) for kind in DAY_KINDS},
    "黄金周": Days(kinds=HOLIDAY, festivals=frozenset({"spring_festival", "national_day"})),
    **{
        word: Days(kinds=HOLIDAY, festivals=frozenset({festival}))
        for festival, words in _FESTIVAL_WORDS.items()
        for word in words
    },
}  # fmt: skip
_WEEKEND_WORD: Final = "周末"
_NAMED: Final = re.compile(
    r"(?:每个?|每?逢|(?:如|若|适|恰)?[遇逢]到?)?("
    + "|".join(sorted((*_WORDS, _WEEKEND_WORD), key=len, reverse=True))
    + r")(?:期间|当[天日]|假期)?"
)
#: Holidays by a word that many use of weekends too.
_WIDE_HOLIDAY: Final = re.compile(
    r"(?<!法定)(?<!法定的)(?<!国家)(?<!国定)(?<!规定)(?<!公众)(?<!非)节假日"
)
_ANY_WEEKDAY: Final = re.compile(rf"{_WEEK_WORD}[一二三四五六日天1-7]")


def names_weekdays(text: str) -> bool:
    """Tell whether a text names single weekdays; beside them 周末 is Saturday and Sunday."""
    return _ANY_WEEKDAY.search(text) is not None


def names_wide_holidays(text: str) -> bool:
    """Tell whether a text says 节假日 without 法定 and the like: many mean weekends too."""
    return _WIDE_HOLIDAY.search(text) is not None


@dataclass(frozen=True)
class DayPhrase:
    """Words for days that stand together: the days, and whether they are met (遇节假日)."""

    days: tuple[Days, ...]
    meets: bool


def match_days(text: str, at: int, *, literal: bool) -> tuple[DayPhrase, int] | None:
    """Read words for days from a place in a text: 周一至周五, 周末及节假日, 工作日（周一至周五）.

    Parameters
    ----------
    literal
        周末 is every Saturday and Sunday; otherwise those that are not worked.

    Returns
    -------
    The days and where they end; None when no such word stands there, or when words that stand side
    by side can be meant in two ways. Only a word between them (和, 及, 、, 含) adds days to days.
    """
    meets = _MEETS.match(text, at) is not None
    found = _qualified(text, at, literal=literal)
    if found is None:
        return None
    days, at = found
    while (joint := _STRONG.match(text, at)) is not None:
        more = _qualified(text, joint.end(), literal=literal)
        if more is None:
            break
        days, at = united(days, more[0]), more[1]
    return DayPhrase(days, meets), at


def united(one: tuple[Days, ...], other: tuple[Days, ...]) -> tuple[Days, ...]:
    """Add days to days."""
    if EVERY_DAY in (*one, *other):
        return (EVERY_DAY,)
    return tuple(dict.fromkeys((*one, *other)))


def side_by_side(
    one: tuple[Days, ...], other: tuple[Days, ...], *, listed: bool
) -> tuple[Days, ...] | None:
    """Tell what two phrases mean that stand side by side; None: it can be meant in two ways.

    They narrow each other (每天 周一至周五), say the same twice (工作日 周一至周五), or list
    weekdays with nothing in common (周一 周三); ``listed``, with a comma between, days off too.
    """
    if (both := narrowed(one, other)) is not None:
        return both
    if all(days.literal for days in (*one, *other)):
        mine, theirs = ({day for days in these for day in days.weekdays} for these in (one, other))
        return None if mine & theirs else (Days(weekdays=frozenset(mine | theirs)),)
    return united(one, other) if listed and of_rest(one) and of_rest(other) else None


def narrowed(one: tuple[Days, ...], other: tuple[Days, ...]) -> tuple[Days, ...] | None:
    """Return the days that two phrases both mean, where one says the other more closely."""
    if one == other:
        return one
    for these, those in ((one, other), (other, one)):
        literal = len(those) == 1 and those[0].literal
        weekdays = those[0].weekdays
        if these == (EVERY_DAY,):
            return those
        if these == (WORKDAYS,) and literal and not weekdays & WEEKEND:
            # Monday to Friday is the same said twice: a Saturday that is worked is among them.
            return these if weekdays == WEEK - WEEKEND else (Days(weekdays, WORKING),)
        if these in ((FREE_WEEKENDS,), (REST_DAYS,)) and literal and weekdays == WEEKEND:
            return (FREE_WEEKENDS,)
        if these == (HOLIDAYS,) and all(days.festivals for days in those):
            return those
    return None


def of_rest(days: tuple[Days, ...]) -> bool:
    """Tell whether all these days are weekends or days off by their words."""
    return all(one.kinds <= RESTING or (one.literal and one.weekdays <= WEEKEND) for one in days)


def _qualified(text: str, at: int, *, literal: bool) -> tuple[tuple[Days, ...], int] | None:
    """Read one word for days with what narrows it, right behind it or in brackets."""
    first = _item(text, at, literal=literal)
    if first is None:
        return None
    days: tuple[Days, ...] = (first[0],)
    met, narrows = _MEETS.match(text, at) is not None, False
    at = first[1]
    while True:
        if (item := _item(text, at, literal=literal)) is not None:
            met |= _MEETS.match(text, at) is not None
            both = _met(days, item[0]) if met else None
            if both == ():
                return None  # 周一至周五遇节假日周六日
            found, at = both or side_by_side(days, (item[0],), listed=False), item[1]
            narrows |= found in (days, (item[0],))
            if narrows and found is not None and found not in (days, (item[0],)):
                return None  # 周一每天周三
        elif (bracket := _bracketed(text, at, literal=literal)) is not None:
            inner, adds, at = bracket
            found = _with(days, inner) if adds else narrowed(days, inner)
        else:
            return days, at
        if found is None:
            return None
        days = found


def _met(one: tuple[Days, ...], other: Days) -> tuple[Days, ...] | None:
    """Read 周一遇节假日 and 遇节假日周一: the holidays that are Mondays; () when none can be."""
    for these, those in ((one, (other,)), ((other,), one)):
        if len(these) == len(those) == 1 and these[0].literal and those[0].kinds == HOLIDAY:
            both = these[0].weekdays & those[0].weekdays
            return (Days(both, HOLIDAY, those[0].festivals),) if both else ()
    return None


def _with(days: tuple[Days, ...], more: tuple[Days, ...]) -> tuple[Days, ...] | None:
    """Read 周一至周日（含节假日）; of 周二至周日（含节假日） a holiday Monday is in doubt."""
    if all(one.literal for one in days) and any(one.kinds <= RESTING for one in more):
        whole = {day for one in days for day in one.weekdays} == WEEK
        return days if whole else None
    return united(days, more)


def _bracketed(text: str, at: int, *, literal: bool) -> tuple[tuple[Days, ...], bool, int] | None:
    """Read a bracket that holds nothing but words for days, and whether it adds them (含)."""
    opened = _OPEN.match(text, at)
    if opened is None:
        return None
    adds = _WITH.match(text, opened.end())
    inner = match_days(text, opened.end() if adds is None else adds.end(), literal=literal)
    closed = _CLOSE.match(text, inner[1]) if inner is not None else None
    if inner is None or closed is None:
        return None
    return inner[0].days, adds is not None, closed.end()


def read_day_words(text: str) -> tuple[Days, ...] | None:
    """Read a text that is nothing but words for days; None when it is more or other."""
    found = match_days(text.strip(), 0, literal=names_weekdays(text))
    return found[0].days if found is not None and found[1] == len(text.strip()) else None


def day_words(days: tuple[Days, ...]) -> str:
    """Write days in Chinese, so that `read_day_words` reads them back; weekdays come first."""
    pieces = _joined([piece for one in days for piece in _pieces(one)])
    plain = [weekday_words(one.weekdays) for one in pieces if one.literal and one != EVERY_DAY]
    every = ["每天" for one in pieces if one == EVERY_DAY]
    return "、".join(every or (*plain, *(_words(one) for one in pieces if not one.literal)))


def _joined(days: list[Days]) -> list[Days]:
    """Join the weekdays of days of one kind and festival, which side by side would narrow."""
    weekdays: dict[tuple[frozenset[DayKind], frozenset[str]], frozenset[int]] = {}
    for one in days:
        of = one.kinds, one.festivals
        weekdays[of] = weekdays.get(of, frozenset()) | one.weekdays
    return [Days(held, kinds, festivals) for (kinds, festivals), held in weekdays.items()]


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
            more = {(last + step) % 7 for step in range(1, (end - last) % 7 + 1)}
        elif (found := _NEXT.match(text, at)) is not None:
            end = _NUMBER[found[1] or found[2]]
            more = {end}
        else:
            return frozenset(days), at
        if days & more:
            return None  # 周一周一至周五
        days |= more
        last, at = end, found.end()


def _pieces(days: Days) -> list[Days]:
    """Split into days that one word names."""
    if days.literal or days.festivals:
        return [
            Days(days.weekdays, HOLIDAY, frozenset({name})) for name in sorted(days.festivals)
        ] or [days]
    if days.kinds in (WORKING, RESTING, NOT_HOLIDAYS.kinds) or len(days.kinds) == 1:
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
    elif days.kinds == NOT_HOLIDAYS.kinds:
        name = "非节假日"
    else:
        name = _KIND_WORDS[next(iter(days.kinds))]
    return name if days.weekdays == WEEK else f"{name}中的{weekday_words(days.weekdays)}"
