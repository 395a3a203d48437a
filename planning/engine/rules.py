"""The rules of a coverage problem one by one: what each allows, and what a choice uses of it.

A rule is a floor, a number of a limit (its count and its budget are two), the budget, the count,
one option a site, what is required (each option a rule) and what is forbidden. Taking a rule out
never makes the others harder: the problem without it allows whatever it allowed before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.messages import say
from planning.engine.checks import known
from planning.engine.problems import Limit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import scipy.sparse as sp

    from planning.engine.problems import CoverageProblem, Floor

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
RuleKind = Literal[
    "floor", "limit_count", "limit_budget", "budget", "count", "site", "required", "forbidden"
]

#: Rules of the form "so much at most".
MOST: frozenset[RuleKind] = frozenset({"limit_count", "limit_budget", "budget", "count"})
#: Those of them that are in yuan.
MONEY: frozenset[RuleKind] = frozenset({"limit_budget", "budget"})
#: Sums that differ by this part of their size are the same.
SAME = 1e-9


@dataclass(frozen=True)
class Rule:
    """One rule of a problem.

    ``number`` is that of its limit or floor, or of the required option; -1 where there is one only.
    ``amount`` is what it allows at most (options, yuan), or the weight that a floor asks for; nan
    for a site and for marks.
    """

    kind: RuleKind
    number: int
    name: str
    amount: float


class Use(NamedTuple):
    """What a choice of options uses of a rule.

    ``used`` is in the unit of the rule's amount: options, yuan, covered weight of a floor; for a
    site and for marks it is the number of options that break the rule.
    """

    rule: Rule
    used: float

    @property
    def room(self) -> float:
        """What is left: below 0 when the rule is broken."""
        if self.rule.kind == "floor":
            return self.used - self.rule.amount
        return self.rule.amount - self.used if self.rule.kind in MOST else -self.used

    @property
    def is_kept(self) -> bool:
        """Whether the choice keeps the rule, but for the rounding of sums."""
        if np.isnan(self.rule.amount):
            return self.used == 0.0
        return self.room >= -SAME * max(self.rule.amount, self.used)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        amount = self.rule.amount
        return {
            "rule": self.rule.name,
            "kind": self.rule.kind,
            "number": self.rule.number,
            "amount": None if np.isnan(amount) else amount,
            "used": self.used,
            "room": self.room,
            "is_kept": self.is_kept,
        }


def limit_name(problem: CoverageProblem, number: int) -> str:
    """How a limit is spoken of: its name, or its number."""
    limit: Limit = problem.limits[number]
    return (
        say("limit {name!r}", name=limit.name)
        if limit.name
        else say("limit {number}", number=number)
    )


def floor_name(problem: CoverageProblem, number: int) -> str:
    """How a floor is spoken of: its name, or its number."""
    floor: Floor = problem.floors[number]
    return (
        say("floor {name!r}", name=floor.name)
        if floor.name
        else say("floor {number}", number=number)
    )


def rules_of(problem: CoverageProblem) -> tuple[Rule, ...]:
    """Return every rule of a problem: floors, limits, budget, count, sites, marks."""
    rules = []
    for number, floor in enumerate(problem.floors):
        asked = floor.min_share * float(problem.weights_of(floor).sum())
        rules.append(Rule("floor", number, floor_name(problem, number), asked))
    for number, limit in enumerate(problem.limits):
        name = limit_name(problem, number)
        if limit.max_open is not None:
            rules.append(Rule("limit_count", number, name, float(limit.max_open)))
        if limit.budget is not None:
            rules.append(Rule("limit_budget", number, name, limit.budget))
    if problem.budget is not None:
        name = f"budget {problem.budget:g}"
        rules.append(Rule("budget", -1, name, problem.budget))
    if problem.max_open is not None:
        name = f"max_open {problem.max_open}"
        rules.append(Rule("count", -1, name, float(problem.max_open)))
    if problem.site is not None:
        rules.append(Rule("site", -1, say("one option a site"), np.nan))
    for option in np.flatnonzero(known(problem.required)).tolist():
        name = say("option {option} is required", option=option)
        rules.append(Rule("required", option, name, np.nan))
    n_forbidden = int(known(problem.forbidden).sum())
    if n_forbidden:
        name = say("forbidden options: {n_options}", n_options=n_forbidden)
        rules.append(Rule("forbidden", -1, name, np.nan))
    return tuple(rules)


def amounts_of(problem: CoverageProblem, rule: Rule) -> Floats:
    """float64[n_options]: what each option takes of a rule "so much at most" (`MOST`)."""
    if rule.kind == "count":
        return (~known(problem.required)).astype(np.float64)
    if rule.kind == "limit_count":
        return problem.limits[rule.number].members.astype(np.float64)
    if rule.kind == "limit_budget":
        return problem.costs_of(problem.limits[rule.number])
    return np.zeros(problem.n_options) if problem.costs is None else problem.costs


def best_cover(covers: sp.csr_array, chosen: Ints) -> Floats:
    """float64[n_demand]: how well the best of the chosen options covers each item."""
    rows = covers[chosen]
    best = np.zeros(covers.shape[1])
    np.maximum.at(best, rows.indices, rows.data.astype(np.float64))
    return best


def uses_of(problem: CoverageProblem, chosen: npt.ArrayLike) -> tuple[Use, ...]:
    """Return what a choice of options uses of every rule, counted from the problem's own data."""
    options = np.unique(np.asarray(chosen, dtype=np.int64))
    cover = best_cover(problem.covers, options) if problem.floors else np.empty(0)
    return tuple(
        Use(rule, _used(problem, rule, options=options, cover=cover)) for rule in rules_of(problem)
    )


def _used(problem: CoverageProblem, rule: Rule, *, options: Ints, cover: Floats) -> float:
    if rule.kind == "floor":
        return float(problem.weights_of(problem.floors[rule.number]) @ cover)
    if rule.kind in MOST:
        return float(amounts_of(problem, rule)[options].sum())
    if rule.kind == "required":
        return float(rule.number not in options)
    if rule.kind == "forbidden":
        return float(known(problem.forbidden)[options].sum())
    site = np.asarray(problem.site)[options]
    return float(len(site) - len(np.unique(site)))


def keeping(problem: CoverageProblem, rules: Collection[Rule]) -> CoverageProblem:
    """Return the problem with some of its rules alone.

    The count is of options that are not required: where fewer of them are required now, it becomes
    a limit of the options that it counted before.
    """
    kept = {(rule.kind, rule.number) for rule in rules}
    required = known(problem.required).copy()
    for option in np.flatnonzero(required).tolist():
        required[option] = ("required", option) in kept
    limits = [
        replace(
            limit,
            max_open=limit.max_open if ("limit_count", number) in kept else None,
            budget=limit.budget if ("limit_budget", number) in kept else None,
            costs=limit.costs if ("limit_budget", number) in kept else None,
        )
        for number, limit in enumerate(problem.limits)
        if ("limit_count", number) in kept or ("limit_budget", number) in kept
    ]
    most = problem.max_open if ("count", -1) in kept else None
    if most is not None and (required != known(problem.required)).any():
        counted = ~known(problem.required)
        limits.append(Limit(members=counted, max_open=most, name=f"max_open {most}"))
        most = None
    return replace(
        problem,
        budget=problem.budget if ("budget", -1) in kept else None,
        max_open=most,
        site=problem.site if ("site", -1) in kept else None,
        required=required,
        forbidden=problem.forbidden if ("forbidden", -1) in kept else None,
        limits=tuple(limits),
        floors=tuple(f for k, f in enumerate(problem.floors) if ("floor", k) in kept),
    )


def with_amounts(problem: CoverageProblem, amounts: Mapping[Rule, float]) -> CoverageProblem:
    """Return the problem with other amounts for some rules (`MOST` and floors).

    The amount of a floor is a weight, as in `rules_of`; whole numbers stay within what can be: no
    count above the number of options, no share above 1.
    """
    limits, floors = list(problem.limits), list(problem.floors)
    changed: dict[str, Any] = {}
    for rule, amount in amounts.items():
        number = rule.number
        if rule.kind == "floor":
            whole = float(problem.weights_of(problem.floors[number]).sum())
            share = min(max(amount / whole, 0.0), 1.0) if whole > 0.0 else 0.0
            floors[number] = replace(floors[number], min_share=share)
        elif rule.kind == "limit_count":
            limits[number] = replace(limits[number], max_open=int(amount))
        elif rule.kind == "limit_budget":
            limits[number] = replace(limits[number], budget=float(amount))
        elif rule.kind == "budget":
            changed["budget"] = float(amount)
        elif rule.kind == "count":
            changed["max_open"] = min(int(amount), problem.n_options)
    return replace(problem, limits=tuple(limits), floors=tuple(floors), **changed)
