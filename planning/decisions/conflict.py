"""Why a question has no plan: the smallest set of rules that contradict, in words with numbers.

The rules that stay are found by a deletion filter (`smallest_conflict`), which proves each of them
needed: without it the others allow a plan. For each rule of the form "so much at most", and each
floor, a programme tells how far that rule alone would have to give way (`amount_that_would_do`),
once beside the others of the conflict and once beside all rules of the question.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.messages import in_turn, say
from planning.engine.feasibility import Amount, amount_that_would_do, has_plan
from planning.engine.mclp.infeasibility import smallest_conflict
from planning.engine.rules import MONEY, MOST, Rule, RuleKind, amounts_of, keeping, rules_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planning.engine.problems import CoverageProblem

# The part of the time that goes to the filter; the rest tells how far rules would have to give.
FILTER_PART = 0.6
# Least seconds for one look.
MIN_S = 0.2
# What a figure may lie beside a whole number that it stands for.
WHOLE_SLACK = 1e-4
# In which order rules are rather dropped: what a planner asks for last.
DROPPED_FIRST: tuple[RuleKind, ...] = (
    "forbidden",
    "site",
    "required",
    "limit_count",
    "limit_budget",
    "budget",
    "count",
    "floor",
)


@dataclass(frozen=True, kw_only=True)
class ConflictMember:
    """One rule of a conflict.

    ``amount`` is what it allows, or the share that a floor asks for. ``needed`` is what it would
    have to allow at least for the other rules of the conflict (the share that a floor could have at
    most), proved; ``would_do`` the amount with which the whole question has a plan when this rule
    alone gives way. None: nothing is known, or no amount would do.
    """

    rule: Rule
    amount: float | None
    needed: float | None
    would_do: float | None
    words: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "rule": self.rule.name,
            "kind": self.rule.kind,
            "number": self.rule.number,
            "amount": self.amount,
            "needed": self.needed,
            "would_do": self.would_do,
            "words": self.words,
        }


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Rules that no plan keeps together.

    ``is_minimal``: every one of them is proved to be needed for the contradiction. ``words`` tells
    it in a sentence.
    """

    members: tuple[ConflictMember, ...]
    is_minimal: bool
    words: str
    runtime_s: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "members": [member.as_dict() for member in self.members],
            "is_minimal": self.is_minimal,
            "words": self.words,
            "runtime_s": self.runtime_s,
        }


def find_conflict(
    problem: CoverageProblem,
    *,
    time_limit_s: float = 30.0,
    on_progress: Callable[[str, float], None] | None = None,
) -> Conflict | None:
    """Find the smallest set of rules that contradict each other.

    Parameters
    ----------
    problem
        with named limits and floors, for the words.
    time_limit_s
        seconds for all of it; where they run out, rules stay that may not be needed, and
        ``is_minimal`` is False.
    on_progress
        is told what is done and the share of it.

    Returns
    -------
    Conflict, or None
        None when the question has a plan, or when the time does not tell that it has none.

    Examples
    --------
    Two ends of a street need a home each, and one may be built:

    >>> from planning import CoverageProblem, Floor, Limit
    >>> from planning.decisions import find_conflict
    >>> problem = CoverageProblem(
    ...     weights=[10.0, 20.0], covers=[[1, 0], [0, 1]],
    ...     limits=(Limit(members=[True, True], max_open=1, name="homes"),),
    ...     floors=(Floor(members=[True, True], min_share=0.9, name="truckers"),),
    ... )
    >>> str(find_conflict(problem).words)
    "floor 'truckers' needs at least 2 of limit 'homes', and it allows 1"
    """
    tell = on_progress or (lambda _what, _share: None)
    end = time.perf_counter() + FILTER_PART * time_limit_s
    start = time.perf_counter()
    rules = sorted(rules_of(problem), key=lambda rule: DROPPED_FIRST.index(rule.kind))
    looks = 0

    def is_possible(rest: Sequence[Rule]) -> bool | None:
        nonlocal looks
        looks += 1
        tell(say("conflict"), FILTER_PART * looks / (len(rules) + 1))
        left_s = end - time.perf_counter()
        if left_s <= 0.0:
            return None
        return has_plan(keeping(problem, rest), time_limit_s=max(left_s / 2, MIN_S))

    if is_possible(rules) is not False:
        return None
    kept, proved = smallest_conflict(rules, is_possible=is_possible)
    kept = tuple(sorted(kept, key=lambda rule: (rule.kind != "floor", rules.index(rule))))
    members = []
    for number, rule in enumerate(kept):
        left_s = start + time_limit_s - time.perf_counter()
        each_s = max(left_s / (2 * (len(kept) - number)), MIN_S)
        members.append(_member(problem, rule, kept, time_limit_s=each_s))
        tell(say("conflict"), FILTER_PART + (1 - FILTER_PART) * (number + 1) / len(kept))
    return Conflict(
        members=tuple(members),
        is_minimal=proved,
        words=_sentence(members),
        runtime_s=time.perf_counter() - start,
    )


def _member(
    problem: CoverageProblem, rule: Rule, kept: Sequence[Rule], *, time_limit_s: float
) -> ConflictMember:
    if rule.kind not in MOST | {"floor"}:
        return ConflictMember(rule=rule, amount=None, needed=None, would_do=None, words=rule.name)
    # the rules of the conflict alone hold the same rule at the same number of its own
    within = keeping(problem, kept)
    place = next(r for r in rules_of(within) if _is_same(problem, rule, within, r))
    there = amount_that_would_do(within, place, time_limit_s=time_limit_s)
    whole = amount_that_would_do(problem, rule, time_limit_s=time_limit_s)
    unit = 1.0
    if rule.kind == "floor":
        unit = float(problem.weights_of(problem.floors[rule.number]).sum())
    needed = _proved(problem, rule, there)
    would_do = None if whole is None or math.isnan(whole.found) else whole.found
    return ConflictMember(
        rule=rule,
        amount=rule.amount / unit,
        needed=None if needed is None else needed / unit,
        would_do=None if would_do is None else would_do / unit,
        words=_words(rule, unit, needed),
    )


def _is_same(problem: CoverageProblem, rule: Rule, within: CoverageProblem, other: Rule) -> bool:
    """Whether a rule of the smaller problem is that of the whole one."""
    if "floor" in (rule.kind, other.kind):
        if rule.kind != other.kind:
            return False
        return within.floors[other.number] is problem.floors[rule.number]
    if other.kind not in MOST or (rule.kind in MONEY) != (other.kind in MONEY):
        return False
    same = np.array_equal(amounts_of(within, other), amounts_of(problem, rule))
    return other.amount == rule.amount and same


def with_names(conflict: Conflict, name_of: Callable[[Rule], str | None]) -> Conflict:
    """Tell a conflict in the names of a question; a rule whose name is None goes unsaid."""
    members = []
    for member in conflict.members:
        name = name_of(member.rule)
        if name is None:
            continue
        if name != member.rule.name:
            rule = replace(member.rule, name=name)
            words = _words(rule, 1.0, member.needed)
            member = replace(member, rule=rule, words=words)  # noqa: PLW2901 - the same, renamed
        members.append(member)
    if not members:
        return conflict
    return replace(conflict, members=tuple(members), words=_sentence(members))


def _proved(problem: CoverageProblem, rule: Rule, amount: Amount | None) -> float | None:
    """Return what is proved of an amount, None where that is no news.

    A count is the next whole number, and one more than what is allowed at least: with that there
    is no plan.
    """
    if amount is None or math.isnan(amount.proved):
        return None
    if rule.kind in MOST - MONEY:
        return max(float(math.ceil(amount.proved - WHOLE_SLACK)), rule.amount + 1.0)
    own = amounts_of(problem, rule) if rule.kind in MONEY else problem.weights
    near = float(round(amount.proved))
    off = abs(amount.proved - near)
    if off <= WHOLE_SLACK * max(1.0, near * 1e-6) and bool((own == np.floor(own)).all()):
        return near
    is_news = rule.kind == "floor" or amount.proved > rule.amount
    return amount.proved if is_news else None


def _words(rule: Rule, unit: float, needed: float | None) -> str:
    if rule.kind == "floor":
        asked = 100 * rule.amount / unit
        if needed is None:
            return say(
                "{floor} asks for {asked_percent:.4g} %", floor=rule.name, asked_percent=asked
            )
        return say(
            "{floor} asks for {asked_percent:.4g} % and the others leave {percent:.4g} %",
            floor=rule.name,
            asked_percent=asked,
            percent=100 * needed / unit,
        )
    if needed is None:
        return rule.name
    if rule.kind in MONEY:
        return say(
            "{rule} allows {amount:,.10g} yuan and the others need {needed:,.10g}",
            rule=rule.name,
            amount=rule.amount,
            needed=needed,
        )
    return say(
        "{rule} allows {amount:g} and the others need {needed:g}",
        rule=rule.name,
        amount=rule.amount,
        needed=needed,
    )


def _sentence(members: Sequence[ConflictMember]) -> str:
    """Tell a conflict: of one floor and one limit what the one needs of the other."""
    if len(members) == 1:
        alone = members[0]
        if alone.rule.kind == "floor" and alone.needed is not None and alone.amount is not None:
            return say(
                "{floor} asks for {asked_percent:.4g} % and all options together "
                "cover {percent:.4g} %",
                floor=alone.rule.name,
                asked_percent=100 * alone.amount,
                percent=100 * alone.needed,
            )
        return say("{name} cannot be met", name=alone.rule.name)
    floor, *others = members
    if floor.rule.kind == "floor" and len(others) == 1 and others[0].needed is not None:
        rule = others[0].rule
        if rule.kind in MONEY:
            return say(
                "{floor} needs at least {needed:,.10g} yuan of {rule}, and it allows "
                "{amount:,.10g}",
                floor=floor.rule.name,
                needed=others[0].needed,
                rule=rule.name,
                amount=rule.amount,
            )
        return say(
            "{floor} needs at least {needed:g} of {rule}, and it allows {amount:g}",
            floor=floor.rule.name,
            needed=others[0].needed,
            rule=rule.name,
            amount=rule.amount,
        )
    return say("these contradict each other: {rules}", rules=in_turn(m.words for m in members))
