r"""Two stations within reach: workers with one and workers with two, added up over the years.

.. math::
   \max \sum_{y,i} v_i w_{yi} \, \min(2, n_{yi}(x))

with ``n`` the places that serve item i in year y, those that stand counted: backup covering (Hogan
and ReVelle 1986) under every limit of the question. A floor asks for a share with one place in
reach, or with two. At most one action is taken at a place, so that no place counts twice; what is
made of a station that stands anyway is no second one (`items`).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.decisions.always_open import with_always_open
from planning.engine.solver import solve
from planning.engine.variant_problems import BackupProblem

if TYPE_CHECKING:
    from planning.decisions.items import DemandItems
    from planning.decisions.problem import DecisionProblem
    from planning.engine.params import Plan, SolveParams

Ints = npt.NDArray[np.int64]


def most_twice(
    items: DemandItems, of: DecisionProblem, *, params: SolveParams
) -> tuple[Plan, float, float]:
    """Solve it: the plan, whose options are the decision problem's, its worth and the bound.

    The worth is nan where no plan was found.
    """
    plan = solve(backup_problem(items, of), params=params)
    plan = replace(plan, chosen=plan.chosen[plan.chosen < of.problem.n_options])
    if not math.isfinite(plan.objective):
        return plan, math.nan, plan.bound
    worth = twice_worth(items, of, plan.chosen)
    return plan, worth, worth if plan.status == "optimal" else max(plan.bound - of.constant, worth)


def backup_problem(items: DemandItems, of: DecisionProblem) -> BackupProblem:
    """Return the question as backup covering; a last option, always open, is the second one of two.

    What stands covers once who has one of two. Who has two is covered by both of them.
    """
    twice = with_always_open(of.problem, _second_row(items, of.problem.n_demand))
    return BackupProblem(
        twice.weights,
        twice.covers,
        twice.max_open,
        np.minimum(of.exact, twice.weights),
        required=twice.required,
        forbidden=twice.forbidden,
        costs=twice.costs,
        budget=twice.budget,
        site=twice.site,
        limits=twice.limits,
        floors=twice.floors,
        second_floors=of.second_floors,
    )


def _second_row(items: DemandItems, n_demand: int) -> sp.csr_array:
    """Return bool [1, n_demand]: those who have two stations that stand."""
    at = items.weights.size + np.arange(items.standing.size)
    ones = np.ones(len(at), dtype=np.bool_)
    return sp.csr_array((ones, (np.zeros(len(at), dtype=np.int64), at)), shape=(1, n_demand))


def twice_worth(items: DemandItems, of: DecisionProblem, chosen: Ints) -> float:
    """Return what a choice of options is worth: one in reach and two in reach, added up."""
    opened = np.union1d(chosen, [of.standing_option])
    times = np.bincount(
        sp.csr_array(of.problem.covers[opened]).indices, minlength=of.problem.n_demand
    )
    times += _second_row(items, of.problem.n_demand).toarray().ravel()
    return float(of.exact @ np.minimum(times, 2))
