r"""Whether a coverage problem has a plan, and how far one rule must give way for it to have one.

With all rules but one, ``sum_j a_j x_j <= b``, kept, the least amount that would do is

.. math::
   \min \sum_j a_j x_j \quad\text{with the other rules of the problem},

and of a floor ``F`` the most that can be had is ``max sum_{i in F} w_i y_i``: the programme of
`milp` with another aim. Items that no floor counts ask for nothing and are left out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

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
from planning.engine.rules import amounts_of, keeping, rules_of

if TYPE_CHECKING:
    from planning.engine.problems import CoverageProblem
    from planning.engine.rules import Rule

# A plan that keeps the rules is enough, however far from the best.
ANY_GAP = 1e9


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
    if not problem.floors:
        return True
    task = replace(reduce_coverage(problem).task, whole_numbers=False)
    if any(float(floor.weights.sum()) < floor.need for floor in task.floors):
        return False
    params = SolveParams(time_limit_s=max(time_limit_s, 0.05), gap=ANY_GAP)
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
    rest = [other for other in rules_of(problem) if other != rule]
    if rule.kind == "floor":
        # the floor stays, to be counted, and asks for nothing
        whole = problem.floors[rule.number]
        floors = tuple(replace(f, min_share=0.0) if f is whole else f for f in problem.floors)
        problem, least = replace(problem, floors=floors), False
        number = rule.number
    else:
        own = amounts_of(problem, rule)
        problem, least, number = keeping(problem, rest), True, -1
    problem = _of_floors(problem)
    if required_conflict(problem) is not None:
        return None
    reduced = reduce_coverage(problem)
    if least:
        fixed = float(own[known(problem.required)].sum())
        return _least(reduced, own[reduced.options], fixed, time_limit_s=time_limit_s)
    return _most(problem, reduced, number, time_limit_s=time_limit_s)


def _of_floors(problem: CoverageProblem) -> CoverageProblem:
    """Return the problem without the weight of items that no floor counts."""
    problem = expand_levels(problem)
    inside = np.zeros(problem.n_demand, dtype=np.bool_)
    for floor in problem.floors:
        inside |= floor.members
    return replace(problem, weights=np.where(inside, problem.weights, 0.0))


def _least(
    reduced: ReducedCoverage, own: np.ndarray, fixed: float, *, time_limit_s: float
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


def _most(
    problem: CoverageProblem, reduced: ReducedCoverage, number: int, *, time_limit_s: float
) -> Amount | None:
    task = reduced.task
    if any(float(floor.weights.sum()) < floor.need for floor in task.floors):
        return None
    own, whole = task.floors[number], float(problem.weights_of(problem.floors[number]).sum())
    # a floor that asks for nothing needs less than nothing: what is fixed is more than that
    fixed = -own.need - 1e-9 * whole
    model = cover_programme(task)
    cost = np.r_[np.zeros(task.cover.n_options), -own.weights]
    answer = solve_mip(replace(model, cost=cost), time_limit_s=time_limit_s)
    if answer.bound.is_nothing:
        return None
    proved = answer.bound.times(-1.0).figure(absent=float(own.weights.sum()), nothing=0.0)
    return Amount(proved + fixed, fixed - answer.objective)
