"""The writer of OSM ``opening_hours``.

OSM has no word for China's working days or for one festival. A rule on working days is written on
the weekdays that come nearest, with the days' Chinese name as its comment, and one on a festival as
``PH unknown`` with the whole clause as its comment; `data.hours.osm` reads both back as meant.
Days of which the hours do not say what holds are ``unknown``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.hours.day_words import day_words
from data.hours.meaning import same_meaning
from data.hours.osm import MONTH_WORDS, WEEKDAY_WORDS
from data.hours.rules import (
    ALL_DAY,
    ALL_KINDS,
    DAY_MIN,
    EVERY_DAY,
    HOLIDAY,
    HOLIDAYS,
    WEEK,
    WEEKEND,
    WORKING,
    Days,
    Rule,
    Span,
)
from data.hours.wording import chinese_clause, clock

if TYPE_CHECKING:
    from data.hours.rules import Season

_WHOLE_MONTH: Final = (1, 31)


def write_osm(rules: tuple[Rule, ...]) -> str:
    """Write rules; `data.hours.osm.read_osm` reads them back with the same meaning."""
    if len(rules) == 1 and rules[0].days == (EVERY_DAY,) and rules[0].spans == ALL_DAY:
        seasonal = rules[0].seasons
        if not seasonal:
            return "24/7"
    text = ""
    for rule in rules:
        joint = "" if not text else ", " if rule.adds else "; "
        text += joint + _rule(rule)
    working = any(days.kinds <= WORKING for rule in rules for days in rule.days)
    off = Rule((HOLIDAYS,))
    if working and same_meaning((*rules, off), rules):
        text += f"; {_rule(off)}"
    return text


def _rule(rule: Rule) -> str:
    """Write one rule."""
    plain = all(days.literal or days == HOLIDAYS for days in rule.days)
    if any(days.festivals for days in rule.days) or (rule.unknown and not plain):
        return f'PH unknown "{chinese_clause(rule)}"'
    head = ",".join(_season(season) for season in rule.seasons)
    spans = ",".join(_span(span) for span in rule.spans)
    shut = "unknown" if rule.unknown else "off"
    body = " ".join(part for part in (head, _days(rule.days), spans or shut) if part)
    return body if plain else f'{body} "{day_words(rule.days)}"'


def _span(span: Span) -> str:
    """Write a span; past midnight 06:00, or 30:00 where that would be read as the same day."""
    start, end = span
    return f"{clock(start)}-{clock(end - DAY_MIN if DAY_MIN < end < DAY_MIN + start else end)}"


def _days(days: tuple[Days, ...]) -> str:
    """Write weekdays and ``PH``; of other kinds of days the weekdays that come nearest."""
    weekdays: set[int] = set()
    holiday = False
    for one in days:
        if one.kinds == ALL_KINDS:
            weekdays |= one.weekdays
        elif one.kinds == HOLIDAY:
            holiday = True
        else:
            near = (WEEK - WEEKEND) if one.kinds <= WORKING else WEEKEND
            weekdays |= (one.weekdays & near) or one.weekdays
            holiday |= "holiday" in one.kinds and one.weekdays == WEEK
    runs = [] if not weekdays else _runs(sorted(weekdays))
    return ",".join([*runs, *(["PH"] if holiday else [])])


def _runs(weekdays: list[int]) -> list[str]:
    """Write runs of weekdays: three or more with a dash."""
    runs: list[list[int]] = []
    for day in weekdays:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    words: list[str] = []
    for run in runs:
        if len(run) > 2:  # noqa: PLR2004 - two days are a list, three a run
            words.append(f"{WEEKDAY_WORDS[run[0]]}-{WEEKDAY_WORDS[run[-1]]}")
        else:
            words.extend(WEEKDAY_WORDS[day] for day in run)
    return words


def _season(season: Season) -> str:
    """Write months, or dates where a month is not whole."""
    (month, day), (last_month, last_day) = season.first, season.last
    if (day, last_day) == _WHOLE_MONTH:
        first = MONTH_WORDS[month - 1]
        return first if month == last_month else f"{first}-{MONTH_WORDS[last_month - 1]}"
    first = f"{MONTH_WORDS[month - 1]} {day:02d}"
    if season.first == season.last:
        return first
    return f"{first}-{MONTH_WORDS[last_month - 1]} {last_day:02d}"
