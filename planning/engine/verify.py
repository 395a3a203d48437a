"""Is a plan what it says? A look at every plan from the problem's own data.

The rules are counted anew, in plain steps; nothing that a solution was found with is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.objectives import limit_of, value_of
from planning.engine.problems import (
    CoverageProblem,
    PCenterProblem,
    PMedianProblem,
    SetCoverProblem,
)
from planning.engine.variant_problems import BackupProblem, CapacitatedProblem

if TYPE_CHECKING:
    from planning.engine.params import Plan
    from planning.engine.problems import Floor
    from planning.engine.variant_problems import Problem

# What the sums of a rule or of an objective may differ by, as a part of their size.
TOLERANCE = 2e-9


def broken_rules(problem: Problem, plan: Plan) -> tuple[str, ...]:
    """Name every rule of the problem that the plan breaks; empty when it breaks none.

    The plan's objective is computed anew, and its bound must lie on the right side of it. A plan of
    an infeasible problem is not looked at.

    Parameters
    ----------
    problem
        one of the problems of `planning`.
    plan
        an answer to it, from `solve` or from elsewhere.

    Returns
    -------
    tuple of str
        a sentence a rule.

    Examples
    --------
    >>> import numpy as np
    >>> from dataclasses import replace
    >>> from planning import CoverageProblem, broken_rules, solve
    >>> problem = CoverageProblem(weights=[10.0, 20.0], covers=[[1, 0], [0, 1]], max_open=1)
    >>> plan = solve(problem)
    >>> broken_rules(problem, plan)
    ()
    >>> len(broken_rules(problem, replace(plan, chosen=np.array([0, 1])))) > 0
    True
    """
    if plan.status == "infeasible":
        return ()
    broken = broken_choice(problem, plan.chosen)
    return (*broken, *_figures(problem, plan))


def broken_choice(problem: Problem, chosen: npt.NDArray[np.int64]) -> tuple[str, ...]:
    """Name every rule of the problem that a choice of options breaks."""
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
    broken += _reach(problem, opened)
    if isinstance(problem, CapacitatedProblem) and problem.rules is not None:
        broken += broken_choice(problem.rules, chosen)
    return tuple(broken)


def _reach(problem: Problem, opened: np.ndarray) -> list[str]:
    """Look whether all are reached that must be."""
    if isinstance(problem, BackupProblem):
        matrix, must = problem.covers, problem.cover_all
    elif isinstance(problem, PMedianProblem):
        matrix, must = problem.seconds, problem.penalty_s is None
    elif isinstance(problem, PCenterProblem):
        matrix, must = problem.seconds, True
    else:
        return []
    rows = sp.csr_array(matrix[np.flatnonzero(opened)])
    # a stored 0 of seconds is a way of no time, one of covers is none
    kept = rows.data != 0 if isinstance(problem, BackupProblem) else slice(None)
    reached = np.zeros(matrix.shape[1], dtype=np.bool_)
    reached[rows.indices[kept]] = True
    return ["a demand item is not reached"] if must and not reached.all() else []


def _n_options(problem: Problem) -> int:
    if isinstance(problem, PMedianProblem | PCenterProblem):
        return int(problem.seconds.shape[0])
    return int(problem.covers.shape[0])


def _money(problem: Problem, opened: np.ndarray) -> list[str]:
    if isinstance(problem, BackupProblem):
        problem = problem.once
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
        spent = problem.costs_of(limit)[inside].sum()
        if limit.budget is not None and spent > limit.budget * (1 + TOLERANCE):
            broken.append(f"limit {number}: too dear")
    return broken


def _floors(problem: Problem, opened: np.ndarray) -> list[str]:
    if isinstance(problem, BackupProblem):
        return _backup_floors(problem, opened)
    if not isinstance(problem, CoverageProblem | SetCoverProblem):
        return []
    weights = np.asarray(problem.weights, dtype=np.float64)
    dense_best = np.zeros(len(weights))
    rows = sp.coo_array(problem.covers[np.flatnonzero(opened)])
    np.maximum.at(dense_best, rows.col, rows.data.astype(np.float64))
    floors: list[Floor] = list(problem.floors)
    broken = []
    for number, floor in enumerate(floors):
        own = np.where(floor.members, weights if floor.weights is None else floor.weights, 0.0)
        whole = float(own.sum())
        if float((own * dense_best).sum()) < ((floor.min_share - TOLERANCE) * whole):
            broken.append(f"floor {number} is not met")
    if isinstance(problem, SetCoverProblem):
        whole = float(weights.sum())
        if problem.share >= 1.0 and (dense_best == 0).any():
            broken.append("an item is not covered")
        if float((weights * dense_best).sum()) < (problem.share - TOLERANCE) * whole:
            broken.append("the share is not covered")
    return broken


def _backup_floors(problem: BackupProblem, opened: np.ndarray) -> list[str]:
    """Look at the floors of what is covered once, and of what is covered twice."""
    times = sp.csr_array(problem.covers.astype(np.int64)).T @ opened.astype(np.int64)
    broken = []
    for need, floors in ((1, problem.floors), (2, problem.second_floors)):
        for number, floor in enumerate(floors):
            own = problem.once.weights_of(floor)
            if float(own[times >= need].sum()) < (floor.min_share - TOLERANCE) * float(own.sum()):
                broken.append(f"floor {number} of {need} is not met")
    return broken


def _figures(problem: Problem, plan: Plan) -> list[str]:
    """Compare the objective with what the plan is worth, and the bound with the objective."""
    true = value_of(problem, plan.chosen)
    _, sign = limit_of(problem)
    size = max(abs(true), abs(plan.objective))
    broken = []
    if not abs(true - plan.objective) <= TOLERANCE * size:
        broken.append(f"the objective is {plan.objective} and the plan is worth {true}")
    if sign * (plan.bound - plan.objective) < -TOLERANCE * size:
        broken.append(f"the bound {plan.bound} is on the wrong side of {plan.objective}")
    return broken
