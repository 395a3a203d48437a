"""Why a coverage problem has no plan: the smallest set of demands that contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.messages import listed, say
from planning.engine.checks import known
from planning.engine.mclp.side_constraints import SLACK
from planning.engine.rules import Rule, floor_name, keeping, limit_name, rules_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from planning.engine.clock import Clock
    from planning.engine.mclp.reduction import ReducedCoverage
    from planning.engine.problems import CoverageProblem

    Ints = npt.NDArray[np.int64]


def required_conflict(problem: CoverageProblem) -> str | None:
    """Return a limit that the required options alone break, or a site they share."""
    required = np.flatnonzero(known(problem.required))
    if problem.site is not None:
        label, first, size = np.unique(
            problem.site[required], return_index=True, return_counts=True
        )
        if (size > 1).any():
            shared = label[size > 1][0]
            pair = required[problem.site[required] == shared][:2]
            return say(
                "options {one} and {other} are both required at site {shared}",
                one=pair[0],
                other=pair[1],
                shared=shared,
            )
        del first
    costs = problem.costs
    if problem.budget is not None and costs is not None:
        spent = float(costs[required].sum())
        if spent > problem.budget * (1 + SLACK):
            return say(
                "the required options cost {spent:g} and the budget is {budget:g}",
                spent=spent,
                budget=problem.budget,
            )
    for number, limit in enumerate(problem.limits):
        inside = required[limit.members[required]]
        if limit.max_open is not None and len(inside) > limit.max_open:
            return say(
                "{n_options} options of {limit} are required and at most {max_open} may open",
                n_options=len(inside),
                limit=limit_name(problem, number),
                max_open=limit.max_open,
            )
        if limit.budget is not None:
            spent = float(problem.costs_of(limit)[inside].sum())
            if spent > limit.budget * (1 + SLACK):
                return say(
                    "the required options of {limit} cost {spent:g} and its budget is {budget:g}",
                    limit=limit_name(problem, number),
                    spent=spent,
                    budget=limit.budget,
                )
    return None


def short_floors(problem: CoverageProblem, reduced: ReducedCoverage, chosen: Ints) -> str:
    """Say that no plan was found, and which floors the one that lacks least leaves short.

    ``chosen`` are its options in the numbering of the free ones.
    """
    cover = reduced.cover
    covered = np.zeros(cover.n_items, dtype=np.bool_)
    for j in chosen:
        covered[cover.option_item[cover.option_offset[j] : cover.option_offset[j + 1]]] = True
    short = []
    for number, floor in enumerate(reduced.floors):
        lacks = floor.need - float(floor.weights[covered].sum())
        if lacks > 0.0:
            asked = problem.floors[number].min_share
            whole = float(problem.weights_of(problem.floors[number]).sum())
            share = asked - lacks / whole
            short.append(
                say(
                    "{floor} has {share_percent:.4g} % "
                    "of {asked_percent:.4g} % ({lacks:,.6g} short)",
                    floor=floor_name(problem, number),
                    share_percent=100 * share,
                    asked_percent=100 * asked,
                    lacks=lacks,
                )
            )
    return say(
        "no plan that meets all floors was found in the time: "
        "in the one that lacks least {short}; give more time or lower these floors",
        short=listed(short),
    )


def coverage_conflict(
    problem: CoverageProblem,
    reduced: ReducedCoverage,
    *,
    may_be: Callable[[CoverageProblem], bool],
    clock: Clock,
) -> str:
    """Name the floor that is out of reach, or the smallest set of demands that contradict.

    ``may_be`` tells whether a problem has a plan, as far as is known.
    """
    for number, floor in enumerate(reduced.floors):
        reachable = float(floor.weights.sum())
        if reachable < floor.need:
            asked = problem.floors[number].min_share
            whole = float(problem.weights_of(problem.floors[number]).sum())
            covered = asked * whole - floor.need + reachable
            return say(
                "{floor} asks for {asked_percent:.4g} % and all allowed "
                "options together cover {covered_percent:.4g} %",
                floor=floor_name(problem, number),
                asked_percent=100 * asked,
                covered_percent=100 * covered / whole,
            )
    return _conflict_words(problem, may_be, clock=clock)


def smallest_conflict(
    rules: Sequence[Rule], *, is_possible: Callable[[Sequence[Rule]], bool | None]
) -> tuple[tuple[Rule, ...], bool]:
    """Drop one rule after another while the rest still contradicts itself; return what stays.

    A deletion filter (Chinneck and Dravnieks 1991): every rule that stays is needed for the
    contradiction, for what was left without it was possible, and so is any part of that.

    Parameters
    ----------
    rules
        that contradict each other, those first that are rather dropped.
    is_possible
        whether a plan keeps some of the rules; None where time did not tell, and then the rule
        stays.

    Returns
    -------
    tuple of Rule, bool
        the rules that stay, and whether each of them is proved to be needed.
    """
    kept, proved = tuple(rules), True
    for rule in rules:
        rest = tuple(other for other in kept if other is not rule)
        answer = is_possible(rest)
        if answer is None:
            proved = False
        elif not answer:
            kept = rest
    return kept, proved


def _conflict_words(
    problem: CoverageProblem, may_be: Callable[[CoverageProblem], bool], *, clock: Clock
) -> str:
    """Name the smallest set of demands that contradict each other; marks stay as they are."""
    rules = rules_of(problem)
    marks = [rule for rule in rules if rule.kind in {"required", "forbidden"}]

    def is_possible(rest: Sequence[Rule]) -> bool | None:
        if clock.left_s <= 0.0:
            return None
        return may_be(keeping(problem, [*rest, *marks]))

    demands = [rule for rule in rules if rule not in marks]
    kept, _ = smallest_conflict(demands, is_possible=is_possible)
    names = list(dict.fromkeys(rule.name for rule in kept))
    if len(names) == 1:
        return say("{name} cannot be met", name=names[0])
    return say("{names} and {last} contradict each other", names=listed(names[:-1]), last=names[-1])
