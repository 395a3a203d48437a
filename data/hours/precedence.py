"""Which clause goes before which: the one that speaks of fewer days, in the end the holiday's.

In OSM the later rule goes before the earlier; people write in any order and mean the narrower.
Clauses that contradict each other, or that can be meant to add or to replace, are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

from data.hours.meaning import day_types, year_mask
from data.hours.rules import (
    ALL_DAY,
    EVERY_DAY,
    HOLIDAY,
    RESTING,
    WEEK,
    WEEKEND,
    Days,
    Rule,
    merge_spans,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.hours.rules import DayType, Season, Span

_EVERY, _SOME, _KIND, _HOLIDAY, _FESTIVAL = range(5)


@dataclass(frozen=True)
class Clause:
    """One clause as read: spans (none: closed) on days (None: not said) in seasons (None: same)."""

    spans: tuple[Span, ...]
    days: tuple[Days, ...] | None
    seasons: tuple[Season, ...] | None
    words: tuple[str, ...] = ()


def order_clauses(
    clauses: Sequence[Clause], *, usual: Sequence[tuple[Days, ...]] = ()
) -> tuple[Rule, ...] | None:
    """Make rules of clauses, the broader first; None when they can be meant in two ways.

    ``usual`` are days on which the place is open as usual (节假日照常).
    """
    rules = _joined(clauses)
    if rules is None:
        return None
    ordered = sorted(rules, key=_key)
    if any(_doubtful(one, other) for one, other in combinations(ordered, 2)):
        return None
    if not all(_as_usual(days, ordered) for days in usual):
        return None
    return _merged(ordered)


def _joined(clauses: Sequence[Clause]) -> list[Rule] | None:
    """Bring spans of the same days and season together; None when they overlap or contradict."""
    spans: dict[tuple[Days, tuple[Season, ...]], tuple[Span, ...]] = {}
    for clause in clauses:
        for days in dict.fromkeys(clause.days or (EVERY_DAY,)):
            key = (days, clause.seasons or ())
            if key not in spans:
                spans[key] = clause.spans
                continue
            both = (*spans[key], *clause.spans)
            if both != tuple(sorted(both)):
                return None  # 8:00-12:00，2:00-6:00: the second is hardly before dawn
            if not spans[key] or not clause.spans:
                if both:
                    return None
                continue
            if _length(merge_spans(both)) != _length(both):
                return None
            spans[key] = both
    return [Rule((days,), merge_spans(found), seasons) for (days, seasons), found in spans.items()]


def _length(spans: tuple[Span, ...]) -> int:
    return sum(end - start for start, end in spans)


def _rank(rule: Rule) -> int:
    """Return how narrow the days of a rule are."""
    days = rule.days[0]
    if days.festivals:
        return _FESTIVAL
    if days.kinds == HOLIDAY:
        return _HOLIDAY
    if days.literal:
        if rule.off and rule.seasons:
            return _FESTIVAL
        return _EVERY if days.weekdays == WEEK and not rule.seasons else _SOME
    free_weekend = days.weekdays == WEEKEND and days.kinds == RESTING
    return _SOME if free_weekend else _KIND


def _key(rule: Rule) -> tuple[int, bool, bool, int, int]:
    """Sort by rank; closed after open; within a season after all the year; few days after many."""
    days = rule.days[0]
    return (_rank(rule), rule.off, bool(rule.seasons), -len(days.weekdays), -len(days.kinds))


def _doubtful(one: Rule, other: Rule) -> bool:
    """Tell whether two rules, the broader first, leave open which of them a day follows."""
    if one.off or other.off or not _same_season(one, other):
        return False
    mine, theirs = _held(one), _held(other)
    shared = mine & theirs
    if not shared:
        return False
    if other.seasons and not one.seasons and not theirs <= mine:
        return True
    close = _rank(one) == _rank(other) or _rank(one) == _EVERY
    apart = _length(merge_spans(one.spans + other.spans)) == _length(one.spans + other.spans)
    touching = ALL_DAY in (one.spans, other.spans)
    if close and apart and not touching and _rank(other) < _HOLIDAY:
        return True
    return _rank(one) == _rank(other) and not (theirs <= mine)


@lru_cache(maxsize=4096)
def _held(rule: Rule) -> frozenset[DayType]:
    types = day_types((rule,))
    return frozenset(day for day in types if rule.applies(day))


def _same_season(one: Rule, other: Rule) -> bool:
    return year_mask(one.seasons) & year_mask(other.seasons) != 0


def _as_usual(days: tuple[Days, ...], rules: Sequence[Rule]) -> bool:
    """Tell whether "as usual" on these days is what the rules say anyway."""
    opening = [rule for rule in rules if not rule.off]
    if not opening or any(not rule.days[0].literal for rule in opening):
        return False
    if any(not one.days[0].literal or not one.seasons for one in rules if one.off):
        return False  # 周一闭馆，节假日照常: and a Monday that is a holiday?
    return all(
        any(one.weekdays <= rule.days[0].weekdays for rule in opening)
        for one in days
        if one.literal or one.weekdays != WEEK
    )


def _merged(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Join neighbours that say the same of different days."""
    merged: list[Rule] = []
    for rule in rules:
        last = merged[-1] if merged else None
        if last is not None and (last.spans, last.seasons) == (rule.spans, rule.seasons):
            merged[-1] = Rule((*last.days, *rule.days), rule.spans, rule.seasons)
        else:
            merged.append(rule)
    return tuple(merged)
