"""Why a coverage problem has no plan: the smallest set of demands that contradict each other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

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
    return f"limit {limit.name!r}" if limit.name else f"limit {number}"


def floor_name(problem: CoverageProblem, number: int) -> str:
    """How a floor is spoken of: its name, or its number."""
    floor: Floor = problem.floors[number]
    return f"floor {floor.name!r}" if floor.name else f"floor {number}"


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
            return f"options {pair[0]} and {pair[1]} are both required at site {shared}"
        del first
    costs = problem.costs
    if problem.budget is not None and costs is not None:
        spent = float(costs[required].sum())
        if spent > problem.budget * (1 + SLACK):
            return f"the required options cost {spent:g} and the budget is {problem.budget:g}"
    for number, limit in enumerate(problem.limits):
        inside = required[limit.members[required]]
        if limit.max_open is not None and len(inside) > limit.max_open:
            return (
                f"{len(inside)} options of {limit_name(problem, number)} are required "
                f"and at most {limit.max_open} may open"
            )
        if limit.budget is not None and costs is not None:
            spent = float(costs[inside].sum())
            if spent > limit.budget * (1 + SLACK):
                return (
                    f"the required options of {limit_name(problem, number)} cost {spent:g} "
                    f"and its budget is {limit.budget:g}"
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
            whole = float(problem.weights[problem.floors[number].members].sum())
            share = asked - lacks / whole
            short.append(
                f"{floor_name(problem, number)} has {100 * share:.4g} % "
                f"of {100 * asked:.4g} % ({lacks:,.6g} short)"
            )
    return (
        "no plan that meets all floors was found in the time: "
        f"in the one that lacks least {', '.join(short)}; give more time or lower these floors"
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
            whole = float(problem.weights[problem.floors[number].members].sum())
            covered = asked * whole - floor.need + reachable
            return (
                f"{floor_name(problem, number)} asks for {100 * asked:.4g} % and all allowed "
                f"options together cover {100 * covered / whole:.4g} %"
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
        return f"{names[0]} cannot be met"
    return f"{', '.join(names[:-1])} and {names[-1]} contradict each other"


def _without_one(problem: CoverageProblem) -> list[tuple[str, CoverageProblem]]:
    """Pair each demand of number, money and site with the problem that lacks it."""
    trials = []
    if problem.budget is not None:
        trials.append((f"budget {problem.budget:g}", replace(problem, budget=None)))
    if problem.max_open is not None:
        trials.append((f"max_open {problem.max_open}", replace(problem, max_open=None)))
    if problem.site is not None:
        trials.append(("one option a site", replace(problem, site=None)))
    return trials
