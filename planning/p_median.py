r"""The p-median (Hakimi 1964; ReVelle and Swain 1970): p sites from which weighted travel is least.

.. math::
   \min \sum_i w_i \sum_j t_{ij} y_{ij} + \sum_i w_i P\, y_{i0} \quad\text{with}\quad
   y_{i0} + \sum_j y_{ij} = 1, \quad y_{ij} \le x_j, \quad
   \sum_{j\ \text{free}} x_j \le p, \quad x_j \in \{0, 1\}

where only pairs within reach exist, and ``y_i0`` (unserved, at penalty P) only with a penalty.

Steps: greedy and iterated swaps beside a Lagrangian bound on two threads; sites, and pairs of item
and site, settled by reduced cost; the rest exactly. Where few pairs are left HiGHS takes the radius
form (Cornuejols, Nemhauser and Wolsey 1980; Elloumi 2010): with the distinct costs
``D_1 < ... < D_K`` of item i and ``v_k`` for "no open site within D_k",

.. math::
   \min \sum_i \Bigl(D_1 + \sum_k (D_{k+1} - D_k)\, v_{ik}\Bigr), \qquad
   v_{ik} + \sum_{j:\, c_{ij} = D_k} x_j \ge v_{i,k-1}

and where many are left (few sites to open, a wide gap) a tree branches on the Lagrangian bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.checks import known
from planning.clock import Clock
from planning.covering_feasibility import cover_within
from planning.median_pairs import ReducedMedian, reduce_median
from planning.median_solver import MedianRun
from planning.params import Plan, SolveParams, infeasible_plan, relative_gap, status_of

if TYPE_CHECKING:
    from planning.problems import PMedianProblem


@dataclass(frozen=True, kw_only=True)
class _Found:
    """Sites in the reduced numbering, the bound with what is settled, and the steps taken."""

    opened: npt.NDArray[np.int64]
    lower: float
    method: str


def solve_p_median(problem: PMedianProblem, *, params: SolveParams) -> Plan:
    """Solve a `PMedianProblem`; see the module for the steps."""
    clock = Clock(params)
    task = reduce_median(problem)
    if task.stranded >= 0:
        return infeasible_plan(
            f"demand item {task.stranded} is reached by no allowed site: "
            "allow one or give penalty_s",
            runtime_s=clock.seconds,
        )
    found = _trivial(task)
    if found is None:
        run = MedianRun(task, params=params, clock=clock)
        if run.cost >= task.unreached:
            reached = _reach_all(run)
            if reached is not None:
                return reached
        run.rounds()
        run.finish()
        run.report()
        found = _Found(
            opened=run.opened, lower=run.lower + task.settled, method=", ".join(run.steps)
        )
    chosen = np.r_[np.flatnonzero(known(problem.required)), task.sites[found.opened]]
    objective = median_cost(problem, chosen)
    if not np.isfinite(objective):
        return _too_few(problem.p, clock)
    bound = min(found.lower, objective)
    return Plan(
        status=status_of(objective, bound, gap=params.gap),
        chosen=chosen,
        objective=objective,
        bound=objective if relative_gap(objective, bound) == 0.0 else bound,
        runtime_s=clock.seconds,
        method=found.method,
        reasons=("stopped by the caller",) if clock.stopped else (),
    )


def _trivial(task: ReducedMedian) -> _Found | None:
    """Answer when no choice is left: nothing may open, everything may, or nothing would help."""
    pairs = task.pairs
    if task.p and task.p < pairs.n_sites and pairs.n_items:
        return None
    opened = np.arange(task.p)
    return _Found(opened=opened, lower=np.inf, method="reduction")


def _reach_all(run: MedianRun) -> Plan | None:
    """Start from a plan that reaches every item; a plan to return when there is none."""
    task, clock = run.task, run.clock
    pairs = task.pairs
    must = np.flatnonzero(pairs.base >= task.unreached)
    number = np.full(pairs.n_items, -1)
    number[must] = np.arange(len(must))
    inside = number[pairs.site_item] >= 0
    owner = np.repeat(np.arange(pairs.n_sites), np.diff(pairs.site_offset))[inside]
    item = number[pairs.site_item[inside]]
    covers = sp.csr_array((np.ones(len(item)), (owner, item)), shape=(pairs.n_sites, len(must)))
    cover = cover_within(covers, task.p, left_s=lambda: clock.left_s, seed=run.params.seed)
    if cover.sites is not None:
        run.keep(cover.sites)
        return None
    if cover.known:
        return _too_few(task.p, clock)
    return Plan(
        status="time_limit",
        chosen=np.empty(0, dtype=np.int64),
        objective=np.inf,
        bound=0.0,
        runtime_s=clock.seconds,
        method="covering programme",
        reasons=("no plan that reaches every item was found in the time: give more",),
    )


def _too_few(p: int, clock: Clock) -> Plan:
    return infeasible_plan(
        f"{p} sites cannot reach every demand item: open more, or give penalty_s",
        runtime_s=clock.seconds,
        method="covering programme",
    )


def median_cost(problem: PMedianProblem, chosen: npt.ArrayLike) -> float:
    """Return the weighted travel of a choice of sites, from the problem's own data.

    It is inf when an item is not reached and there is no penalty.
    """
    penalty = np.inf if problem.penalty_s is None else problem.penalty_s
    nearest = np.full(len(problem.weights), penalty)
    rows = problem.seconds[np.asarray(chosen, dtype=np.int64)]
    np.minimum.at(nearest, rows.indices, rows.data)
    if np.isinf(nearest).any():
        return float(np.inf)
    return float(nearest @ problem.weights)
