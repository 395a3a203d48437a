"""Rules written for people: Chinese that is read back with the same meaning, and short English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.hours.day_words import day_words
from data.hours.meaning import open_always, open_never, parts_of_year, same_meaning
from data.hours.rules import (
    ALL_DAY,
    DAY_MIN,
    EVERY_DAY,
    FREE_WEEKENDS,
    HOLIDAY,
    NOT_HOLIDAYS,
    RESTING,
    WEEKEND,
    WORKING,
    Days,
    DayType,
    Rule,
)

if TYPE_CHECKING:
    from data.hours.meaning import DaySpans
    from data.hours.note_words import Note
    from data.hours.rules import Season, Span

_WHOLE_MONTH: Final = (1, 31)
_DAY_NAMES: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTH_NAMES: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_FESTIVAL_NAMES: Final = {
    "new_year": "New Year",
    "spring_festival": "Spring Festival",
    "qingming": "Qingming",
    "labour_day": "Labour Day",
    "dragon_boat": "Dragon Boat Festival",
    "mid_autumn": "Mid-Autumn Festival",
    "national_day": "National Day",
}


def clock(minute: int) -> str:
    """Write a minute of the day as 08:30; the next day's as 26:00, as OSM does."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def chinese_words(rules: tuple[Rule, ...]) -> str:
    """Write rules in Chinese; `data.hours.chinese.read_chinese` reads the same meaning back."""
    from data.hours.chinese import read_chinese  # noqa: PLC0415 - the writer checks itself

    if open_always(rules):
        return "24小时"
    if open_never(rules):
        return "暂停开放"
    text = _join(rules)
    back = read_chinese(text)
    if back is not None and same_meaning(back.rules, rules):
        return text
    return _join(apart(rules))


def chinese_clause(rule: Rule) -> str:
    """Write one rule by itself."""
    return _clause(rule, seasonal=bool(rule.seasons), lone=False)


def apart(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Write rules anew so that no two speak of the same day; closed days are left out."""
    found: list[Rule] = []
    for part in parts_of_year(rules):
        every = tuple(part.spans)
        by_spans: dict[DaySpans, list[DayType]] = {}
        for day, spans in part.spans.items():
            by_spans.setdefault(spans, []).append(day)
        # A holiday's word holds every festival: one that is closed then has to be said.
        shut = [
            day
            for day in by_spans.get((), [])
            if day.festivals and part.spans[DayType(day.weekday, day.kind)]
        ]
        by_spans[()] = shut
        found.extend(
            Rule(_days_of(days, every), spans or (), part.seasons, unknown=spans is None)
            for spans, days in by_spans.items()
            if days
        )
    return tuple(found)


def english_words(rules: tuple[Rule, ...]) -> str:
    """Write rules shortly in English."""
    if open_always(rules):
        return "24 h"
    if open_never(rules):
        return "closed for now"
    clauses = []
    for rule in rules:
        seasons = ", ".join(_english_season(season) for season in rule.seasons)
        days = "" if rule.days == (EVERY_DAY,) else ", ".join(map(_english_days, rule.days))
        shut = "ask first" if rule.unknown else "closed"
        spans = ", ".join(_english_span(span) for span in rule.spans) or shut
        clauses.append(" ".join(part for part in (seasons, days, spans) if part))
    return "; ".join(clauses)


def english_note(note: Note) -> str:
    """Write a note in English where it is the time of the last entry, else as it came."""
    if note.kind == "last_entry" and note.minute is not None:
        return f"last entry {_short(note.minute)}"
    return note.text


def _days_of(days: list[DayType], every: tuple[DayType, ...]) -> tuple[Days, ...]:
    """Name types of days, as weekdays where the weekday alone decides."""
    wanted = set(days)
    weekdays = frozenset(
        weekday
        for weekday in range(7)
        if all(one in wanted for one in every if one.weekday == weekday)
    )
    found = [Days(weekdays=weekdays)] if weekdays else []
    rest: dict[tuple[frozenset[str], str], set[int]] = {}
    for one in days:
        if one.weekday not in weekdays:
            rest.setdefault((one.festivals, one.kind), set()).add(one.weekday)
    for (festivals, kind), some in rest.items():
        found.append(Days(frozenset(some), frozenset({kind}), festivals))  # type: ignore[arg-type]
    return tuple(found)


def _join(rules: tuple[Rule, ...]) -> str:
    seasonal = any(rule.seasons for rule in rules)
    lone = len(rules) == 1 and not seasonal
    return "；".join(_clause(rule, seasonal=seasonal, lone=lone) for rule in rules)


def _clause(rule: Rule, *, seasonal: bool, lone: bool) -> str:
    """Write season, days and spans; what is not limited is said where another rule might limit."""
    season = "、".join(_season(season) for season in rule.seasons)
    if seasonal and not season:
        season = "全年"
    days = "" if lone and rule.days == (EVERY_DAY,) else day_words(rule.days)
    shut = "另行通知" if rule.unknown else "休息"
    spans = "、".join(_span(span) for span in rule.spans) or shut
    if rule.spans == ALL_DAY:
        spans = "全天"
    said = " ".join(part for part in (season, days, spans) if part)
    return said.replace(f" {shut}", shut)


def _span(span: Span) -> str:
    start, end = span
    if end > DAY_MIN:
        return f"{_short(start)}-次日{_short(end - DAY_MIN)}"
    return f"{_short(start)}-{_short(end)}"


def _short(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


def _season(season: Season) -> str:
    (month, day), (last_month, last_day) = season.first, season.last
    next_year = "次年" if season.first > season.last else ""
    if (day, last_day) == _WHOLE_MONTH:
        if month == last_month and not next_year:
            return f"{month}月"
        return f"{month}月至{next_year}{last_month}月"
    if season.first == season.last:
        return f"{month}月{day}日"
    return f"{month}月{day}日至{next_year}{last_month}月{last_day}日"


def _english_season(season: Season) -> str:
    (month, day), (last_month, last_day) = season.first, season.last
    first, last = _MONTH_NAMES[month - 1], _MONTH_NAMES[last_month - 1]
    if (day, last_day) == _WHOLE_MONTH:
        return first if month == last_month else f"{first}–{last}"
    if season.first == season.last:
        return f"{day} {first}"
    return f"{day} {first}–{last_day} {last}"


def _english_days(days: Days) -> str:
    if days.festivals:
        kind = ", ".join(_FESTIVAL_NAMES[name] for name in sorted(days.festivals))
    elif days == FREE_WEEKENDS:
        return "weekends"
    elif days.literal:
        return _english_weekdays(days.weekdays)
    else:
        kinds = {
            WORKING: "working days",
            RESTING: "days off",
            HOLIDAY: "public holidays",
            NOT_HOLIDAYS.kinds: "no public holidays",
        }
        kind = kinds.get(days.kinds, ", ".join(sorted(days.kinds)))
    return (
        kind
        if len(days.weekdays) == len(_DAY_NAMES)
        else (f"{_english_weekdays(days.weekdays)} ({kind})")
    )


def _english_weekdays(weekdays: frozenset[int]) -> str:
    if weekdays == EVERY_DAY.weekdays:
        return "daily"
    ordered = sorted(weekdays)
    if weekdays == WEEKEND:
        return "Sat, Sun"
    run = ordered == list(range(ordered[0], ordered[-1] + 1)) and len(ordered) > len(WEEKEND)
    if run:
        return f"{_DAY_NAMES[ordered[0]]}–{_DAY_NAMES[ordered[-1]]}"
    return ", ".join(_DAY_NAMES[day] for day in ordered)


def _english_span(span: Span) -> str:
    start, end = span
    if span == (0, DAY_MIN):
        return "24 h"
    after = " (next day)" if end > DAY_MIN else ""
    return f"{_short(start)}–{_short(end - DAY_MIN if after else end)}{after}"
