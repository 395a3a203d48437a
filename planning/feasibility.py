"""Is a plan what it says? A look at every plan from the problem's own data.

The rules are counted anew, in plain steps; nothing that a solution was found with is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from planning.backup_covering import backup_value
from planning.capacitated_covering import served_weight
from planning.max_min_covering import least_share
from planning.maximal_covering import coverage_of
from planning.p_median import median_cost
from planning.problems import (
    BackupProblem,
    CapacitatedProblem,
    CoverageProblem,
    MaxMinProblem,
    PCenterProblem,
    PMedianProblem,
    SetCoverProblem,
)

if TYPE_CHECKING:
    from planning.params import Plan
    from planning.problems import Floor, Problem

TOLERANCE = 1e-6


def broken_rules(problem: Problem, plan: Plan) -> tuple[str, ...]:
    """Name every rule of the problem that the plan breaks; empty when it breaks none.

    The plan's objective is computed anew, and its bound must lie on the right side of it. A plan of
    an infeasible problem is not looked at.
    """
    if plan.status == "infeasible":
        return ()
    chosen = plan.chosen
    opened = np.zeros(_n_options(problem), dtype=np.bool_)
    if len(chosen) and (chosen.min() < 0 or chosen.max() >= len(opened)):
        return ("an option that does not exist is chosen",)
    opened[chosen] = True
    broken = []
    required, forbidden = np.asarray(problem.required), np.asarray(problem.forbidden)
    if (required & ~opened).any():
        broken.append("a required option is not chosen")
    if (forbidden & opened).any():
        broken.append("a forbidden option is chosen")
    most = getattr(problem, "max_open", getattr(problem, "p", None))
    if most is not None and int((opened & ~required).sum()) > most:
        broken.append(f"more than {most} options are open")
    site = getattr(problem, "site", None)
    if site is not None and len(np.unique(site[opened])) < int(opened.sum()):
        broken.append("two options are open at one site")
    broken += _money(problem, opened)
    broken += _floors(problem, opened)
    broken += _figures(problem, plan)
    return tuple(broken)


def _n_options(problem: Problem) -> int:
    if isinstance(problem, PMedianProblem | PCenterProblem):
        return int(problem.seconds.shape[0])
    return int(problem.covers.shape[0])


def _money(problem: Problem, opened: np.ndarray) -> list[str]:
    if not isinstance(problem, CoverageProblem):
        return []
    broken = []
    costs = np.zeros(len(opened)) if problem.costs is None else problem.costs
    if problem.budget is not None and costs[opened].sum() > problem.budget * (1 + TOLERANCE):
        broken.append("the plan costs more than the budget")
    for number, limit in enumerate(problem.limits):
        inside = opened & limit.members
        if limit.max_open is not None and inside.sum() > limit.max_open:
            broken.append(f"limit {number}: too many open")
        if limit.budget is not None and costs[inside].sum() > limit.budget * (1 + TOLERANCE):
            broken.append(f"limit {number}: too dear")
    return broken


def _floors(problem: Problem, opened: np.ndarray) -> list[str]:
    if not isinstance(problem, CoverageProblem | SetCoverProblem):
        return []
    weights = np.asarray(problem.weights, dtype=np.float64)
    dense_best = np.zeros(len(weights))
    rows = sp.coo_array(problem.covers[np.flatnonzero(opened)])
    np.maximum.at(dense_best, rows.col, rows.data.astype(np.float64))
    floors: list[Floor] = list(problem.floors)
    broken = []
    for number, floor in enumerate(floors):
        whole = float(weights[floor.members].sum())
        if float((weights * dense_best)[floor.members].sum()) < (
            floor.min_share * whole - TOLERANCE * max(whole, 1.0)
        ):
            broken.append(f"floor {number} is not met")
    if isinstance(problem, SetCoverProblem):
        whole = float(weights.sum())
        if problem.share >= 1.0 and (dense_best == 0).any():
            broken.append("an item is not covered")
        if float((weights * dense_best).sum()) < problem.share * whole - TOLERANCE * max(whole, 1):
            broken.append("the share is not covered")
    return broken


def _figures(problem: Problem, plan: Plan) -> list[str]:
    """Compare the objective with what the plan is worth, and the bound with the objective."""
    true, sign = objective_of(problem, plan)
    size = max(abs(true), 1.0)
    broken = []
    if not abs(true - plan.objective) <= TOLERANCE * size:
        broken.append(f"the objective is {plan.objective} and the plan is worth {true}")
    if sign * (plan.bound - plan.objective) < -TOLERANCE * size:
        broken.append(f"the bound {plan.bound} is on the wrong side of {plan.objective}")
    return broken


def objective_of(  # noqa: PLR0911 - one line a problem
    problem: Problem, plan: Plan
) -> tuple[float, int]:
    """Return what a plan is worth and the side of the bound: 1 when maximising, else -1."""
    if isinstance(problem, CoverageProblem):
        return coverage_of(problem, plan.chosen), 1
    if isinstance(problem, BackupProblem):
        return backup_value(problem, plan.chosen), 1
    if isinstance(problem, CapacitatedProblem):
        exact = served_weight(problem, plan.chosen)
        # the flow is counted in whole units: take the plan's own figure within their error
        unit_error = 1e-5 * float(problem.weights.sum()) * len(problem.weights)
        return (plan.objective if abs(exact - plan.objective) <= unit_error else exact), 1
    if isinstance(problem, MaxMinProblem):
        return least_share(problem, plan.chosen), 1
    if isinstance(problem, SetCoverProblem):
        return float(np.asarray(problem.costs)[plan.chosen].sum()), -1
    if isinstance(problem, PMedianProblem):
        return median_cost(problem, plan.chosen), -1
    rows = sp.coo_array(problem.seconds[plan.chosen])
    nearest = np.full(problem.seconds.shape[1], np.inf)
    np.minimum.at(nearest, rows.col, rows.data)
    return float(nearest.max()), -1
