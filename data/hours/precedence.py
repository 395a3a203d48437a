"""Which clause goes before which: the one that speaks of fewer days, in the end the holiday's.

In OSM the later rule goes before the earlier; people write in any order and mean the narrower.
Clauses that contradict each other, or that can be meant to add or to replace, are refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

from data.hours.meaning import day_types, parts_of_year, year_mask
from data.hours.rules import (
    ALL_DAY,
    EVERY_DAY,
    FREE_WEEKENDS,
    HOLIDAY,
    HOLIDAYS,
    RESTING,
    WEEK,
    WEEKEND,
    WORKDAYS,
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
    """One clause as read: spans (none: closed) on days (None: not said) in seasons (None: same).

    ``unknown``: what holds on these days is not said.
    """

    spans: tuple[Span, ...]
    days: tuple[Days, ...] | None
    seasons: tuple[Season, ...] | None
    unknown: bool = False


@dataclass
class Exceptions:
    """What limits the closing clauses.

    ``usual``: days on which the place is open as usual (节假日照常). ``spared``: holidays that a
    closing clause does not hold of (周一闭馆，节假日除外: the holidays that are Mondays).
    """

    usual: list[tuple[Days, ...]] = field(default_factory=list)
    spared: list[Days] = field(default_factory=list)


def order_clauses(
    clauses: Sequence[Clause], *, exceptions: Exceptions | None = None, wide: bool = False
) -> tuple[Rule, ...] | None:
    """Make rules of clauses, the broader first; None when they can be meant in two ways.

    ``wide``: the text has a word for holidays that many use of weekends too.
    """
    limits = exceptions or Exceptions()
    rules = _joined(clauses)
    if rules is None or not all(_as_usual(days, rules) for days in limits.usual):
        return None
    if _only_holidays(rules):
        return None
    rules += [*_spared(limits.spared, rules), *_in_doubt(limits.usual, rules)]
    ordered = sorted((_uncovered(rule, rules) for rule in rules), key=_key)
    if any(_doubtful(one, other) for one, other in combinations(ordered, 2)):
        return None
    made = _merged((*_unsaid(ordered, wide=wide), *ordered))
    opens = any(rule.spans for rule in made)
    return None if opens and not _opens(made) else made


def _opens(rules: tuple[Rule, ...]) -> bool:
    """Tell whether rules open on any day that can be."""
    return any(spans for part in parts_of_year(rules) for spans in part.spans.values())


def _only_holidays(rules: Sequence[Rule]) -> bool:
    """Tell whether all that opens are holidays though other days are closed by name."""
    opening = [rule for rule in rules if rule.spans]
    shut = any(rule.days[0].kinds != HOLIDAY for rule in rules if rule.off)
    return shut and bool(opening) and all(rule.days[0].kinds == HOLIDAY for rule in opening)


def _spared(spared: Sequence[Days], rules: Sequence[Rule]) -> list[Rule]:
    """Open holidays that are spared from a closing clause as all other days open, if they agree."""
    found: list[Rule] = []
    for days in dict.fromkeys(spared):
        opening = [rule for rule in rules if rule.spans]
        if any(rule.days[0].kinds == HOLIDAY for rule in opening):
            continue
        for seasons in dict.fromkeys(rule.seasons for rule in opening):
            hours = {rule.spans for rule in opening if rule.seasons == seasons}
            one = len(hours) == 1
            found.append(Rule((days,), hours.pop() if one else (), seasons, unknown=not one))
    return found


def _in_doubt(usual: Sequence[tuple[Days, ...]], rules: Sequence[Rule]) -> list[Rule]:
    """Say nothing of holidays on weekdays that are closed: 周一闭馆，节假日照常."""
    holidays = any(one.kinds == HOLIDAY for days in usual for one in days)
    shut = [rule for rule in rules if rule.off and rule.days[0].literal and not rule.seasons]
    return [
        Rule((Days(rule.days[0].weekdays, HOLIDAY),), unknown=True) for rule in shut if holidays
    ]


def _uncovered(rule: Rule, rules: Sequence[Rule]) -> Rule:
    """Say nothing of holiday Mondays that are excepted though no clause opens them."""
    days = rule.days[0]
    if not rule.off or days.kinds != HOLIDAY or days.weekdays == WEEK:
        return rule
    opening = [one for one in rules if one.spans]
    types = [day for day in day_types(tuple(rules)) if rule.applies(day)]
    if not opening or any(one.applies(day) for one in opening for day in types):
        return rule
    return Rule(rule.days, (), rule.seasons, unknown=True)


def _unsaid(rules: Sequence[Rule], *, wide: bool) -> list[Rule]:
    """List days of which the rules are silent and that hardly are closed.

    节假日 is used of weekends too: beside it plain weekends that nothing covers are not known, nor
    are they where working days and holidays open. Where working days and weekends open, holidays
    that are neither are not known.
    """
    opening = [rule for rule in rules if rule.spans]
    days = [rule.days[0] for rule in opening]
    working = WORKDAYS in days
    named = any(rule.days[0].kinds == HOLIDAY for rule in rules)
    weekend = FREE_WEEKENDS in days or Days(weekdays=WEEKEND) in days
    plain = Days(WEEKEND, frozenset({"weekend"}))
    found = [
        Rule((plain,), (), rule.seasons, unknown=True)
        for rule in opening
        if rule.days[0] == HOLIDAYS and (wide or working)
    ]
    if working and weekend and not named:
        found.append(Rule((HOLIDAYS,), unknown=True))
    return [rule for rule in found if not _covered(rule, rules)]


def _covered(rule: Rule, rules: Sequence[Rule]) -> bool:
    """Tell whether other rules speak of every day of a rule, as long as it holds."""
    whole = [one for one in rules if one.seasons in ((), rule.seasons)]
    types = day_types((rule, *rules))
    return all(any(one.applies(day) for one in whole) for day in types if rule.applies(day))


def _joined(clauses: Sequence[Clause]) -> list[Rule] | None:
    """Bring spans of the same days and season together; None when they overlap or contradict."""
    spans: dict[tuple[Days, tuple[Season, ...]], tuple[Span, ...]] = {}
    unknown: set[tuple[Days, tuple[Season, ...]]] = set()
    for clause in clauses:
        for days in dict.fromkeys(clause.days or (EVERY_DAY,)):
            key = (days, clause.seasons or ())
            if key not in spans:
                spans[key] = clause.spans
                unknown |= {key} if clause.unknown else set()
                continue
            if clause.unknown != (key in unknown):
                return None
            if clause.spans == spans[key] == ALL_DAY:
                continue  # 全天候开放，24小时
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
    return [
        Rule((days,), merge_spans(found), seasons, unknown=(days, seasons) in unknown)
        for (days, seasons), found in spans.items()
    ]


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


def _key(rule: Rule) -> tuple[int, bool, bool, bool, int, int]:
    """Sort by rank; closed after open; within a season after all the year; few days after many."""
    days = rule.days[0]
    shut = not rule.spans
    return (
        _rank(rule),
        shut,
        rule.unknown,
        bool(rule.seasons),
        -len(days.weekdays),
        -len(days.kinds),
    )


def _doubtful(one: Rule, other: Rule) -> bool:
    """Tell whether two rules, the broader first, leave open which of them a day follows."""
    if not one.spans or not other.spans or not _same_season(one, other):
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
    opening = [rule for rule in rules if rule.spans]
    if not opening or any(not rule.days[0].literal for rule in opening):
        return False
    if any(not one.days[0].literal for one in rules if one.off):
        return False
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
        same = last is not None and (last.spans, last.seasons, last.unknown) == (
            rule.spans,
            rule.seasons,
            rule.unknown,
        )
        if last is not None and same:
            days = (*last.days, *rule.days)
            merged[-1] = Rule(days, rule.spans, rule.seasons, unknown=rule.unknown)
        else:
            merged.append(rule)
    return tuple(merged)
