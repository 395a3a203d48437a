"""Why a coverage problem has no plan: the smallest set of demands that contradict each other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geo.messages import listed, say
from planning.engine.checks import known
from planning.engine.mclp.side_constraints import SLACK

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from planning.engine.clock import Clock
    from planning.engine.mclp.reduction import ReducedCoverage
    from planning.engine.problems import CoverageProblem, Floor, Limit

    Ints = npt.NDArray[np.int64]


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
    return _smallest_conflict(problem, may_be, clock=clock)


def _smallest_conflict(
    problem: CoverageProblem, may_be: Callable[[CoverageProblem], bool], *, clock: Clock
) -> str:
    """Drop one demand after another while the rest still contradicts itself; name what stays.

    Every demand that stays is needed for the contradiction (a deletion filter: Chinneck and
    Dravnieks 1991), unless the time runs out on the way.
    """
    now = problem
    names = []
    floors = list(range(len(problem.floors)))
    for number in range(len(problem.floors)):
        kept = [k for k in floors if k != number]
        trial = replace(now, floors=tuple(problem.floors[k] for k in kept))
        if kept and clock.left_s > 0.0 and not may_be(trial):
            now, floors = trial, kept
    names += [floor_name(problem, k) for k in floors]
    limits = list(range(len(problem.limits)))
    for number in range(len(problem.limits)):
        kept = [k for k in limits if k != number]
        trial = replace(now, limits=tuple(problem.limits[k] for k in kept))
        if clock.left_s > 0.0 and not may_be(trial):
            now, limits = trial, kept
    names += [limit_name(problem, k) for k in limits]
    for name, trial in _without_one(now):
        if clock.left_s > 0.0 and not may_be(trial):
            continue
        names.append(name)
    if len(names) == 1:
        return say("{name} cannot be met", name=names[0])
    return say("{names} and {last} contradict each other", names=listed(names[:-1]), last=names[-1])


def _without_one(problem: CoverageProblem) -> list[tuple[str, CoverageProblem]]:
    """Pair each demand of number, money and site with the problem that lacks it."""
    trials = []
    if problem.budget is not None:
        trials.append((f"budget {problem.budget:g}", replace(problem, budget=None)))
    if problem.max_open is not None:
        trials.append((f"max_open {problem.max_open}", replace(problem, max_open=None)))
    if problem.site is not None:
        trials.append((say("one option a site"), replace(problem, site=None)))
    return trials
