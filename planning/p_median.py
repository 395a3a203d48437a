r"""The p-median problem (Hakimi 1964; ReVelle and Swain 1970), with a cutoff and a penalty.

.. math::
   \min \sum_i w_i \sum_j t_{ij} z_{ij} + \sum_i w_i P\, z_{i0} \quad\text{with}\quad
   z_{i0} + \sum_j z_{ij} = 1, \quad z_{ij} \le x_j, \quad
   \sum_{j\ \text{free}} x_j \le p, \quad x_j \in \{0, 1\}

where only pairs within reach exist, and ``z_i0`` (unserved, at penalty P) only with a penalty.

Steps: greedy and annealed exchanges beside a Lagrangian bound; sites fixed by reduced cost; the
rest by HiGHS in the radius form of Elloumi (2010): with the distinct costs ``D_1 < ... < D_K`` of
item i and ``v_k`` for "no open site within D_k",

.. math::
   \min \sum_i \Bigl(D_1 + \sum_k (D_{k+1} - D_k)\, v_{ik}\Bigr), \qquad
   v_{ik} + \sum_{j:\, c_{ij} = D_k} x_j \ge v_{i,k-1}

cut off at the cost that no better plan can pass: the item's price plus the gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.checks import known
from planning.clock import Clock
from planning.median_arrays import MedianArrays, median_arrays
from planning.median_bound import MedianBound, new_median_bound, raise_bound, site_values
from planning.median_branching import MedianTree
from planning.median_programme import RadiusTask, solve_radius
from planning.median_search import (
    MedianState,
    anneal_medians,
    descend,
    greedy_sites,
    new_median_state,
    open_sites,
)
from planning.params import Plan, SolveParams, infeasible_plan, relative_gap, status_of

if TYPE_CHECKING:
    from planning.problems import PMedianProblem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Trials of the annealing for each second of the time limit, and for each site at most.
TRIALS_PER_S = 20_000
TRIALS_PER_SITE = 60
ROUND_PARTS = (0.1, 0.3, 0.6)
BOUND_ROUNDS = 400
# Up to so many sites to open, branching on the Lagrangian bound beats the programme.
MOST_BRANCHED = 20
HOT, COLD = 0.02, 0.0002


@dataclass(eq=False, kw_only=True)
class MedianRun:
    """The search's and the bound's state, and the best of both so far."""

    median: MedianArrays
    unserved: Floats
    p: int
    state: MedianState
    bound: MedianBound
    best_open: npt.NDArray[np.bool_]
    best_cost: float
    whole: bool

    @property
    def lower(self) -> float:
        """The proven bound, a whole number where all costs are."""
        value = float(self.bound.figures[0])
        if self.whole and np.isfinite(value):
            value = float(np.ceil(value - 1e-6 * max(1.0, 1e-6 * abs(value))))
        return min(max(value, 0.0), self.best_cost)

    @property
    def serves_all(self) -> bool:
        """Whether the best plan serves every item that must be."""
        free = np.isinf(self.median.cap)
        if not free.any():
            return True
        open_sites(self.median, self.state, self.unserved, np.flatnonzero(self.best_open))
        return bool((self.state.first[free] >= 0).all())

    def keep(self) -> None:
        """Take what is open now when it is the best so far."""
        cost = float(self.state.first_cost.sum())
        if cost < self.best_cost:
            self.best_cost = cost
            self.best_open[:] = self.state.is_open


def solve_p_median(problem: PMedianProblem, *, params: SolveParams) -> Plan:
    """Solve a `PMedianProblem`; see the module for the steps."""
    clock = Clock(params)
    required = np.flatnonzero(known(problem.required))
    free = np.flatnonzero(~known(problem.required) & ~known(problem.forbidden))
    cap = _caps(problem, required)
    costs = problem.seconds[free]
    costs = sp.csr_array(
        (costs.data * problem.weights[costs.indices], costs.indices, costs.indptr),
        shape=costs.shape,
    )
    median = median_arrays(costs, cap)
    alone = np.flatnonzero(np.isinf(cap) & (np.diff(median.item_offset) == 0))
    if len(alone):
        return infeasible_plan(
            f"demand item {alone[0]} is reached by no allowed site: allow one or give penalty_s",
            runtime_s=clock.seconds,
        )
    run = _new_run(median, min(problem.p, len(free)), seed=params.seed)
    _rounds(run, params=params, clock=clock)
    return _finished(problem, run, required, free, params=params, clock=clock)


def _caps(problem: PMedianProblem, required: Ints) -> Floats:
    """Tell what each item costs at most: its penalty, or its nearest required site."""
    weights = problem.weights
    cap = np.full(len(weights), np.inf)
    if problem.penalty_s is not None:
        cap = problem.penalty_s * weights
    fixed = problem.seconds[required]
    np.minimum.at(cap, fixed.indices, fixed.data * weights[fixed.indices])
    # an item of no weight costs nothing wherever it is served
    if problem.penalty_s is not None:
        cap[weights == 0] = 0.0
    return cap


def _new_run(median: MedianArrays, p: int, *, seed: int) -> MedianRun:
    dearest = np.zeros(median.n_items)
    has = np.diff(median.item_offset) > 0
    dearest[has] = median.item_cost[median.item_offset[1:][has] - 1]
    finite = np.where(np.isfinite(median.cap), median.cap, 0.0)
    much = 1.0 + 2.0 * float(np.maximum(dearest, finite).sum())
    unserved = np.where(np.isfinite(median.cap), median.cap, much)
    state = new_median_state(median, unserved=unserved, seed=seed)
    greedy_sites(median, state, unserved, p)
    descend(median, state, unserved, 50)
    start = np.minimum(0.5 * (state.first_cost + state.second_cost), 1.5 * dearest + 1.0)
    whole = bool((median.item_cost == np.floor(median.item_cost)).all())
    whole &= bool((finite == np.floor(finite)).all())
    return MedianRun(
        median=median,
        unserved=unserved,
        p=p,
        state=state,
        bound=new_median_bound(median, start=start),
        best_open=state.is_open.copy(),
        best_cost=float(state.first_cost.sum()),
        whole=whole,
    )


def _rounds(run: MedianRun, *, params: SolveParams, clock: Clock) -> None:
    """Raise the bound and anneal in turns."""
    n = run.median.n_sites
    total = int(min(TRIALS_PER_S * params.time_limit_s, TRIALS_PER_SITE * n)) + 100
    for part in ROUND_PARTS:
        if _done(run, params) or clock.report(run.best_cost, run.lower):
            return
        _bound_round(run, clock=clock)
        if _done(run, params) or clock.left_s <= 0.0:
            return
        _anneal(run, int(total * part), clock=clock)
    _bound_round(run, clock=clock, rounds=4 * BOUND_ROUNDS)
    clock.report(run.best_cost, run.lower)


def _bound_round(run: MedianRun, *, clock: Clock, rounds: int = BOUND_ROUNDS) -> None:
    for _ in range(rounds // 50):
        chosen = raise_bound(run.median, run.bound, run.p, run.best_cost, 50)
        if clock.left_s <= 0.0 or not len(chosen):
            break
    if len(chosen):
        open_sites(run.median, run.state, run.unserved, chosen)
        descend(run.median, run.state, run.unserved, 3)
        run.keep()


def _anneal(run: MedianRun, trials: int, *, clock: Clock) -> None:
    open_sites(run.median, run.state, run.unserved, np.flatnonzero(run.best_open))
    mean = run.best_cost / max(int(run.best_open.sum()), 1)
    heat = (max(HOT * mean, 1e-12), max(COLD * mean, 1e-14))
    best_open, best = run.best_open.copy(), run.best_cost
    step = max(5_000_000 // max(len(run.median.site_item) // max(run.median.n_sites, 1), 1), 1)
    for begin in range(0, trials, step):
        end = min(begin + step, trials)
        best = anneal_medians(
            run.median, run.state, run.unserved, heat, begin, end, trials, best_open, best
        )
        if clock.left_s <= 0.0:
            break
    open_sites(run.median, run.state, run.unserved, np.flatnonzero(best_open))
    descend(run.median, run.state, run.unserved, 3)
    run.keep()


def _done(run: MedianRun, params: SolveParams) -> bool:
    return relative_gap(run.best_cost, run.lower) <= params.gap


def _finished(
    problem: PMedianProblem,
    run: MedianRun,
    required: Ints,
    free: Ints,
    *,
    params: SolveParams,
    clock: Clock,
) -> Plan:
    """Close the gap by fixing and HiGHS where it is open, and state the result."""
    method = "greedy, annealing, Lagrangian bound"
    lower = run.lower
    served = run.serves_all
    few = run.p <= MOST_BRANCHED or run.median.n_sites <= 2 * run.p
    if few and served and not _done(run, params):
        method += ", branching"
        lower = max(lower, _branched(run, params=params, clock=clock))
    elif not (_done(run, params) and served) and clock.left_s > 0.0:
        method += ", fixing, programme"
        answer = solve_radius(_radius_task(run, served=served), params=params, clock=clock)
        if answer.infeasible and not served:
            return infeasible_plan(
                f"{problem.p} sites cannot reach every demand item: open more, or give penalty_s",
                runtime_s=clock.seconds,
                method=method,
            )
        if answer.sites is not None and answer.cost < run.best_cost:
            run.best_open[:] = False
            run.best_open[answer.sites] = True
            run.best_cost, served = answer.cost, True
        lower = max(lower, min(answer.bound, run.best_cost))
        if run.whole:
            lower = float(np.ceil(lower - 1e-6))
    chosen = np.r_[required, free[run.best_open]]
    if not served:
        return Plan(
            status="time_limit",
            chosen=np.empty(0, dtype=np.int64),
            objective=np.inf,
            bound=lower,
            runtime_s=clock.seconds,
            method=method,
            reasons=("no plan that reaches every item was found in the time: give more",),
        )
    objective = median_cost(problem, chosen)
    bound = min(lower, objective)
    return Plan(
        status=status_of(objective, bound, gap=params.gap),
        chosen=chosen,
        objective=objective,
        bound=objective if relative_gap(objective, bound) == 0.0 else bound,
        runtime_s=clock.seconds,
        method=method,
        reasons=("stopped by the caller",) if clock.stopped else (),
    )


def _branched(run: MedianRun, *, params: SolveParams, clock: Clock) -> float:
    """Branch and bound on the Lagrangian bound; the proven bound."""
    tree = MedianTree(
        run.median, p=run.p, price=run.bound.best_price, cost=run.best_cost, whole=run.whole
    )
    tree.grow(gap=params.gap, clock=clock)
    if tree.sites is not None:
        run.best_open[:] = False
        run.best_open[tree.sites] = True
        run.best_cost = tree.cost
    lower = tree.lower
    return float(np.ceil(lower - 1e-6)) if run.whole else lower


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


def _radius_task(run: MedianRun, *, served: bool) -> RadiusTask:
    """Fix sites by reduced cost and limit each item's cost; without a plan nothing is fixed."""
    median, price = run.median, run.bound.best_price
    n = median.n_sites
    if not served:
        return RadiusTask(
            median=median,
            p=run.p,
            open_for_good=np.zeros(n, dtype=np.bool_),
            left=np.ones(n, dtype=np.bool_),
            most=np.full(median.n_items, np.inf),
            incumbent=None,
            cost=np.inf,
        )
    rho = site_values(median, price)
    inside = np.zeros(n, dtype=np.bool_)
    inside[np.argsort(rho)[: run.p]] = True
    bound = float(price.sum() + rho[inside].sum())
    gap = run.best_cost - (1.0 - 1e-6 if run.whole else 0.0) - bound
    edge_in = float(rho[inside].max(initial=-np.inf)) if inside.any() else 0.0
    edge_out = float(rho[~inside].min(initial=np.inf)) if (~inside).any() else 0.0
    left = inside | (rho - edge_in <= gap)
    open_for_good = inside & (edge_out - rho > gap) if (~inside).any() else inside.copy()
    return RadiusTask(
        median=median,
        p=run.p,
        open_for_good=open_for_good,
        left=left,
        most=price + max(gap, 0.0),
        incumbent=run.best_open.copy(),
        cost=run.best_cost,
    )
