r"""Whether a coverage problem has a plan, and how far one rule must give way for it to have one.

With all rules but one, ``sum_j a_j x_j <= b``, kept, the least amount that would do is

.. math::
   \min \sum_j a_j x_j \quad\text{with the other rules of the problem},

and of a floor ``F`` the most that can be had is ``max sum_{i in F} w_i y_i``: the programme of
`milp` with another aim. Items that no floor counts ask for nothing and are left out.

Whether there is a plan at all is mostly told by the floors one by one: the most that a plan without
floors covers of one of them is maximal covering, whose bound falls below what the floor asks for,
or whose plan reaches it, in a moment. Where several floors must be met together repair looks for a
plan, and then the programme decides. The least for one floor and nothing else is a share of the
weight at least cost (`lscp.partial_covering`); where the programme is too large, amounts are halved
between one that would not do and one that would.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy.sparse as sp

from planning.engine.checks import known
from planning.engine.clock import Clock
from planning.engine.mclp.floor_multipliers import repair_at_once
from planning.engine.mclp.floor_repair import FloorRepair
from planning.engine.mclp.gradual import expand_levels
from planning.engine.mclp.infeasibility import required_conflict
from planning.engine.mclp.milp import cover_programme, solve_floored
from planning.engine.mclp.reduction import ReducedCoverage, reduce_coverage
from planning.engine.mclp.search_and_bound import relative_costs
from planning.engine.mip import solve_mip
from planning.engine.params import SolveParams
from planning.engine.problems import SetCoverProblem
from planning.engine.rules import (
    MONEY,
    MOST,
    SAME,
    amounts_of,
    keeping,
    rules_of,
    with_amounts,
)
from planning.engine.solver import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from planning.engine.params import Plan, Progress
    from planning.engine.problems import CoverageProblem, Floor
    from planning.engine.rules import Rule

    Floats = npt.NDArray[np.float64]

# A plan that keeps the rules is enough, however far from the best.
ANY_GAP = 1e9
# The part of the time that each floor alone gets, and the least seconds for a question.
FLOOR_PART, MIN_S = 0.25, 0.05
# Up to so many pairs of option and item the programme tells how far a rule must give way.
PROGRAMME_PAIRS = 200_000
# How near two amounts are, of which one would do and one not, as a part of what is allowed.
NEAR = 0.01


class Amount(NamedTuple):
    """What a rule would have to allow: at least ``proved``, and with ``found`` there is a plan.

    Of a floor it is the covered weight: at most ``proved`` can be had, and a plan has ``found``.
    ``found`` is nan where no plan was found, ``proved`` where nothing is proved.
    """

    proved: float
    found: float


def has_plan(problem: CoverageProblem, *, time_limit_s: float) -> bool | None:
    """Tell whether some plan keeps every rule; None when the time does not tell."""
    problem = _of_floors(problem)
    if required_conflict(problem) is not None:
        return False
    asked = _asked(problem)
    reached = [_reaches(problem, floor, time_limit_s=FLOOR_PART * time_limit_s) for floor in asked]
    if False in reached:
        return False
    if not asked or (len(asked) == 1 and reached[0]):
        return True
    return _may_meet_all(problem, time_limit_s=time_limit_s)


def _asked(problem: CoverageProblem) -> list[Floor]:
    """Return the floors that ask for something."""
    return [f for f in problem.floors if f.min_share > 0.0 and problem.weights_of(f).any()]


def _reaches(problem: CoverageProblem, floor: Floor, *, time_limit_s: float) -> bool | None:
    """Tell whether a plan meets this floor, the others left aside; None when time does not tell."""
    need = (floor.min_share - SAME) * float(problem.weights_of(floor).sum())

    def is_settled(news: Progress) -> bool:
        return news.incumbent >= need or news.bound < need

    plan = _most_of(problem, floor, time_limit_s=time_limit_s, on_progress=is_settled)
    if plan.objective >= need:
        return True
    return False if plan.bound < need else None


def _most_of(
    problem: CoverageProblem,
    floor: Floor,
    *,
    time_limit_s: float,
    on_progress: Callable[[Progress], bool | None] | None = None,
) -> Plan:
    """Cover as much of a floor as can be, all floors left aside."""
    params = SolveParams(time_limit_s=max(time_limit_s, MIN_S), on_progress=on_progress)
    return solve(
        replace(problem, floors=(), weights=problem.weights_of(floor)),
        params=params,
    )


def _may_meet_all(problem: CoverageProblem, *, time_limit_s: float) -> bool | None:
    task = replace(reduce_coverage(problem).task, whole_numbers=False)
    params = SolveParams(time_limit_s=max(time_limit_s, MIN_S), gap=ANY_GAP)
    clock = Clock(params)
    repair = FloorRepair(task, relative_cost=relative_costs(task)[-1], seed=params.seed)
    repair_at_once(repair, clock=clock)
    if repair.found is not None:
        return True
    answer = solve_floored(task, upper=np.inf, params=params, clock=clock)
    if answer is None:
        return False
    return True if answer.value > -np.inf else None


def amount_that_would_do(
    problem: CoverageProblem, rule: Rule, *, time_limit_s: float
) -> Amount | None:
    """Return what one rule (at most so much, or a floor) must allow for a plan to be.

    All other rules of the problem are kept; None when they contradict each other without it, or
    when nothing is known of it in the time.
    """
    if rule.kind == "floor":
        return _most(_of_floors(problem), rule.number, time_limit_s=time_limit_s)
    rest = [other for other in rules_of(problem) if other != rule]
    own = amounts_of(problem, rule)
    without = _of_floors(keeping(problem, rest))
    if required_conflict(without) is not None:
        return None
    asked = _asked(without)
    fixed = float(own[known(without.required)].sum())
    if not asked:
        return Amount(fixed, fixed)
    is_alone = not any(other.kind in MOST for other in rest)
    if len(asked) == 1 and is_alone:
        return _least_for_one(without, asked[0], own, time_limit_s=time_limit_s)
    reduced = reduce_coverage(without)
    if len(reduced.cover.option_item) <= PROGRAMME_PAIRS:
        return _least(reduced, own[reduced.options], fixed, time_limit_s=time_limit_s)
    return _between(problem, rule, own, time_limit_s=time_limit_s)


def _of_floors(problem: CoverageProblem) -> CoverageProblem:
    """Return the problem without the weight of items that no floor counts."""
    problem = expand_levels(problem)
    inside = np.zeros(problem.n_demand, dtype=np.bool_)
    for floor in problem.floors:
        inside |= floor.members
    return replace(problem, weights=np.where(inside, problem.weights, 0.0))


def _least(
    reduced: ReducedCoverage, own: Floats, fixed: float, *, time_limit_s: float
) -> Amount | None:
    task = reduced.task
    if any(float(floor.weights.sum()) < floor.need for floor in task.floors):
        return None
    model = cover_programme(task)
    cost = np.r_[own, np.zeros(task.cover.n_items)]
    answer = solve_mip(replace(model, cost=cost), time_limit_s=time_limit_s)
    if answer.bound.is_nothing:
        return None
    proved = answer.bound.figure(absent=0.0, nothing=0.0) + fixed
    return Amount(max(proved, fixed), answer.objective + fixed)


def _least_for_one(
    problem: CoverageProblem, floor: Floor, own: Floats, *, time_limit_s: float
) -> Amount | None:
    """Return the least amount with which one floor is met: a share of the weight at least cost."""
    weights = problem.weights_of(floor)
    counted = np.flatnonzero(weights)  # at a share of 1 the rest would have to be covered too
    covers = sp.csr_array(problem.covers[:, counted])
    if not covers.nnz:
        return None
    question = SetCoverProblem(
        covers=covers,
        costs=own,
        weights=weights[counted],
        share=floor.min_share,
        site=problem.site,
        required=problem.required,
        forbidden=problem.forbidden,
    )
    plan = solve(question, params=SolveParams(time_limit_s=max(time_limit_s, MIN_S)))
    return None if plan.status == "infeasible" else Amount(plan.bound, plan.objective)


def _between(
    problem: CoverageProblem, rule: Rule, own: Floats, *, time_limit_s: float
) -> Amount | None:
    """Return an amount without a plan and one with a plan, halved towards each other."""
    end = time.perf_counter() + time_limit_s
    low, high = 0.0, float(own.sum())
    step = max(NEAR * rule.amount, 1.0)
    is_possible = has_plan(with_amounts(problem, {rule: high}), time_limit_s=time_limit_s / 4)
    if is_possible is not True:
        return None
    amount = rule.amount
    while high - low > step and time.perf_counter() < end:
        left_s = end - time.perf_counter()
        answer = has_plan(with_amounts(problem, {rule: amount}), time_limit_s=left_s / 4)
        if answer is None:
            break
        low, high = (low, amount) if answer else (amount, high)
        # twice as much while nothing would do, then halves
        amount = min(2.0 * low, (low + high) / 2) if low > 0.0 else high / 2
        amount = float(np.floor(amount)) if rule.kind not in MONEY else amount
    return Amount(low, high)


def _most(problem: CoverageProblem, number: int, *, time_limit_s: float) -> Amount | None:
    """Return the most that a floor can have; a floor that asks for nothing is only counted."""
    if required_conflict(problem) is not None:
        return None
    floor = problem.floors[number]
    if not any(other.min_share > 0.0 for other in problem.floors if other is not floor):
        plan = _most_of(problem, floor, time_limit_s=time_limit_s)
        return Amount(plan.bound, plan.objective)
    counted = replace(floor, min_share=0.0)
    floors = tuple(counted if other is floor else other for other in problem.floors)
    reduced = reduce_coverage(replace(problem, floors=floors))
    task = reduced.task
    if any(float(row.weights.sum()) < row.need for row in task.floors):
        return None
    if len(reduced.cover.option_item) > PROGRAMME_PAIRS:
        return None
    own, whole = reduced.floors[number], float(problem.weights_of(floor).sum())
    # what is fixed covers so much: what a floor that asks for nothing needs less than nothing by
    fixed = -own.need - SAME * whole
    model = cover_programme(task)
    cost = np.r_[np.zeros(task.cover.n_options), -own.weights]
    answer = solve_mip(replace(model, cost=cost), time_limit_s=time_limit_s)
    if answer.bound.is_nothing:
        return None
    proved = answer.bound.times(-1.0).figure(absent=float(own.weights.sum()), nothing=0.0)
    return Amount(proved + fixed, fixed - answer.objective)
