r"""The p-median (Hakimi 1964; ReVelle and Swain 1970): p sites from which weighted travel is least.

.. math::
   \min \sum_i w_i \sum_j t_{ij} y_{ij} + \sum_i w_i P\, y_{i0} \quad\text{with}\quad
   y_{i0} + \sum_j y_{ij} = 1, \quad y_{ij} \le x_j, \quad
   \sum_{j\ \text{free}} x_j \le p, \quad x_j \in \{0, 1\}

where only pairs within reach exist, and ``y_i0`` (unserved, at penalty P) only with a penalty.

Where all pairs cannot be sorted in the time, a sample of the items is answered. Otherwise the
steps: greedy and iterated swaps beside a Lagrangian bound on two threads; sites, and pairs of item
and site, settled by reduced cost; the rest exactly. Where few pairs are left HiGHS takes the radius
form (Cornuejols, Nemhauser and Wolsey 1980; Elloumi 2010): with the distinct costs
``D_1 < ... < D_K`` of item i and ``v_k`` for "no open site within D_k",

.. math::
   \min \sum_i \Bigl(D_1 + \sum_k (D_{k+1} - D_k)\, v_{ik}\Bigr), \qquad
   v_{ik} + \sum_{j:\, c_{ij} = D_k} x_j \ge v_{i,k-1}

and where many are left (few sites to open, a wide gap) a tree branches on the Lagrangian bound.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.messages import say
from planning.engine.checks import known
from planning.engine.lscp.feasibility import cover_within
from planning.engine.nearest import nearest_of
from planning.engine.objectives import median_cost
from planning.engine.p_median import interchange
from planning.engine.p_median.candidate_lists import reduce_median
from planning.engine.p_median.search_and_bound import MedianRun
from planning.engine.proven import Bound, Draft, contradicted

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.params import SolveParams
    from planning.engine.problems import PMedianProblem

# Pairs of site and item that are sorted in a second, about, and the part of them in a sample.
PAIRS_PER_S, SAMPLE_PART = 5_000_000, 0.4
# So many are sorted before anybody looks at the clock.
FEW_PAIRS = 200_000
# What the sum of a bound may lose, as a part of it.
ROUNDING = 1e-11


def solve_p_median(problem: PMedianProblem, *, params: SolveParams, clock: Clock) -> Draft:
    """Solve a `PMedianProblem`; see the module for the steps."""
    if problem.seconds.nnz > max(PAIRS_PER_S * clock.left_s, FEW_PAIRS):
        return _by_sample(problem, params=params, clock=clock)
    task = reduce_median(problem)
    if task.stranded >= 0:
        return contradicted(
            say(
                "demand item {item} is reached by no allowed site: allow one or give penalty_s",
                item=task.stranded,
            )
        )
    required, pairs = np.flatnonzero(known(problem.required)), task.pairs
    if not (task.p and task.p < pairs.n_sites and pairs.n_items):
        # no choice is left: nothing may open, everything may, or nothing would help
        return _only(problem, np.r_[required, task.sites[: task.p]])
    run = MedianRun(task, params=params, clock=clock)
    if run.cost >= task.unreached:
        reached = _reach_all(run)
        if reached is not None:
            return reached
    run.rounds()
    run.finish()
    run.report()
    return Draft(
        chosen=np.r_[required, task.sites[run.opened]],
        bound=Bound.at(run.lower + task.fixed_value),
        method=", ".join(run.steps),
    )


def _by_sample(problem: PMedianProblem, *, params: SolveParams, clock: Clock) -> Draft:
    """Answer for some of the items where all pairs cannot be sorted in the time.

    The plan is counted over all items; the bound is what each costs at its nearest site.
    """
    seconds, n_items = problem.seconds, problem.seconds.shape[1]
    penalty = np.inf if problem.penalty_s is None else problem.penalty_s
    allowed = np.flatnonzero(~known(problem.forbidden))
    base = np.full(n_items, penalty)
    nearest = nearest_of(seconds.indptr, seconds.indices, seconds.data, allowed, base)
    lower = float((nearest * problem.weights).sum()) * (1.0 - ROUNDING)
    share = min(SAMPLE_PART * PAIRS_PER_S * clock.left_s / seconds.nnz, 1.0)
    size = max(int(share * n_items), 1)
    is_reached = np.zeros(n_items, dtype=np.bool_)
    is_reached[seconds.indices] = True
    reached = np.flatnonzero(is_reached)
    items = np.sort(np.random.default_rng(params.seed).permutation(reached)[:size])
    sample = replace(problem, seconds=seconds[:, items], weights=problem.weights[items])
    task, chosen = reduce_median(sample), np.flatnonzero(known(problem.required))
    if task.p and task.p < task.pairs.n_sites and task.pairs.n_items:
        chosen = np.r_[chosen, task.sites[interchange.greedy(task.pairs, task.p)]]
    else:
        chosen = np.r_[chosen, task.sites[: task.p]]
    reaches = bool(np.isfinite(median_cost(problem, chosen)))
    return Draft(
        chosen=chosen if reaches else None,
        bound=Bound.at(lower),
        method="greedy over a sample of the items",
        reasons=(say("the time is too short to sort all pairs: give more"),),
    )


def _only(problem: PMedianProblem, chosen: npt.NDArray[np.int64]) -> Draft:
    """Answer with the only plan there is, which is the best."""
    cost = median_cost(problem, chosen)
    if not np.isfinite(cost):
        return _too_few(problem.p)
    return Draft(chosen=chosen, bound=Bound.at(cost), method="reduction")


def _reach_all(run: MedianRun) -> Draft | None:
    """Start from a plan that reaches every item; a draft to return when there is none."""
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
        return _too_few(task.p)
    return Draft(
        chosen=None,
        method="covering programme",
        reasons=(say("no plan that reaches every item was found in the time: give more"),),
    )


def _too_few(p: int) -> Draft:
    return contradicted(
        say("{p} sites cannot reach every demand item: open more, or give penalty_s", p=p),
        method="covering programme",
    )
