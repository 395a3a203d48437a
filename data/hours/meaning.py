"""What rules come to: the spans of a day, and whether two sets of rules mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from data.hours.rules import ALL_DAY, DayType, Season, merge_spans

if TYPE_CHECKING:
    from data.hours.rules import DayKind, Rule, Span

#: What is open of a day; None: not known.
DaySpans = tuple["Span", ...] | None

_LEAP_YEAR: Final = 2024
_YEAR_DAYS: Final = tuple(
    ((day := date(_LEAP_YEAR, 1, 1) + timedelta(days=number)).month, day.day)
    for number in range(366)
)
_DAY_NUMBER: Final = {day: number for number, day in enumerate(_YEAR_DAYS)}
_WEEK_KINDS: Final[tuple[tuple[DayKind, ...], ...]] = (
    *((("workday", "holiday"),) * 5),
    *((("weekend", "holiday", "makeup"),) * 2),
)


@dataclass(frozen=True)
class Part:
    """A part of the year in which one table of days holds.

    ``seasons`` empty: all the year; ``days`` are the same as (month, day) of a leap year.
    """

    seasons: tuple[Season, ...]
    days: tuple[tuple[int, int], ...]
    spans: dict[DayType, DaySpans]


def spans_of_day(rules: tuple[Rule, ...], day: DayType) -> DaySpans:
    """Return what is open of a day by rules that are all in season; a later rule goes before.

    None: the rules do not say.
    """
    spans: DaySpans = ()
    for rule in rules:
        if not rule.applies(day):
            continue
        if not rule.adds:
            spans = None if rule.unknown else rule.spans
        elif spans is not None:
            spans = merge_spans((*spans, *rule.spans))
    return spans


def day_types(rules: tuple[Rule, ...]) -> tuple[DayType, ...]:
    """List every type of day that these rules can tell apart."""
    named = {name for rule in rules for days in rule.days for name in days.festivals}
    festivals = (frozenset[str](), *(frozenset({name}) for name in sorted(named)))
    return tuple(
        DayType(weekday, kind, names)
        for weekday, kinds in enumerate(_WEEK_KINDS)
        for kind in kinds
        for names in (festivals if kind == "holiday" else festivals[:1])
    )


@lru_cache(maxsize=4096)
def year_mask(seasons: tuple[Season, ...]) -> int:
    """Return the days of a leap year within seasons as bits, 1 January the lowest."""
    return sum(
        1 << number
        for number, day in enumerate(_YEAR_DAYS)
        if not seasons or any(season.hold(day) for season in seasons)
    )


@lru_cache(maxsize=4096)
def parts_of_year(rules: tuple[Rule, ...], types: tuple[DayType, ...] = ()) -> tuple[Part, ...]:
    """Cut the year where the rules change, with the spans of each type of day in every part.

    ``types`` are the types of day asked for; none: those that the rules tell apart.
    """
    types = types or day_types(rules)
    tables: dict[tuple[DaySpans, ...], list[tuple[int, int]]] = {}
    known: dict[tuple[Rule, ...], tuple[DaySpans, ...]] = {}
    masks = [year_mask(rule.seasons) for rule in rules]
    for number, day in enumerate(_YEAR_DAYS):
        here = tuple(rule for rule, mask in zip(rules, masks, strict=True) if mask >> number & 1)
        if here not in known:
            known[here] = tuple(spans_of_day(here, kind) for kind in types)
        tables.setdefault(known[here], []).append(day)
    return tuple(
        Part(_seasons(days), tuple(days), dict(zip(types, spans, strict=True)))
        for spans, days in tables.items()
    )


def rest_of_year(seasons: tuple[Season, ...]) -> tuple[Season, ...]:
    """Return the days of the year that are in none of some seasons."""
    mask = year_mask(seasons)
    return _seasons([day for number, day in enumerate(_YEAR_DAYS) if not mask >> number & 1])


def same_meaning(one: tuple[Rule, ...], other: tuple[Rule, ...]) -> bool:
    """Tell whether two sets of rules open at the same minutes of every day that can be."""
    types = day_types(one + other)
    return _calendar(parts_of_year(one, types)) == _calendar(parts_of_year(other, types))


def open_always(rules: tuple[Rule, ...]) -> bool:
    """Tell whether the rules never close."""
    return bool(rules) and all(
        spans == ALL_DAY for part in parts_of_year(rules) for spans in part.spans.values()
    )


def open_never(rules: tuple[Rule, ...]) -> bool:
    """Tell whether the rules never open."""
    return bool(rules) and all(
        spans == () for part in parts_of_year(rules) for spans in part.spans.values()
    )


def _calendar(parts: tuple[Part, ...]) -> dict[tuple[int, int], tuple[DaySpans, ...]]:
    """Day of the year -> its spans by type of day."""
    return {
        day: spans for part in parts for spans in [tuple(part.spans.values())] for day in part.days
    }


def _seasons(days: list[tuple[int, int]]) -> tuple[Season, ...]:
    """Write days of the year as runs; a run over new year is one."""
    if len(days) == len(_YEAR_DAYS):
        return ()
    runs: list[list[int]] = []
    for number in (_DAY_NUMBER[day] for day in days):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    if len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == len(_YEAR_DAYS) - 1:
        runs[0][0] = runs.pop()[0]
    return tuple(Season(_YEAR_DAYS[first], _whole(_YEAR_DAYS[last])) for first, last in runs)


def _whole(day: tuple[int, int]) -> tuple[int, int]:
    """Write the last day of a month as the 31st, so that a month is known as a whole one."""
    number = _DAY_NUMBER[day]
    after = _YEAR_DAYS[(number + 1) % len(_YEAR_DAYS)]
    return (day[0], 31) if after[0] != day[0] else day
