r"""Maximal covering (Church and ReVelle 1974) with limits, floors and gradual cover.

.. math::
   \max \sum_i w_i y_i \quad\text{with}\quad
   y_i \le \sum_j a_{ij} x_j, \quad \sum_{j\ \text{free}} x_j \le p, \quad
   \sum_j c_j x_j \le B, \quad \sum_{j \in s} x_j \le 1 \ (\text{site } s), \\
   \sum_{j \in K} x_j \le p_K, \quad \sum_{j \in K} c_j x_j \le B_K \ (\text{limit } K), \quad
   \sum_{i \in F} w_i y_i \ge q_F \sum_{i \in F} w_i \ (\text{floor } F), \quad
   x_j \in \{0, 1\}, \ 0 \le y_i \le 1

Steps: take out what required options cover, merge items with the same cover set, greedy, swaps and
ruin-and-recreate beside a Lagrangian bound (two threads), fix options by reduced cost, and HiGHS
with start and cutoff on what is left. Gradual cover is turned into levels first
(`planning.gradual`). Floors are met by the programme itself; without them the bound already holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planning.checks import known
from planning.clock import Clock
from planning.conflicts import coverage_conflict, required_conflict
from planning.cover_arrays import CoverArrays, merge_items
from planning.cover_closing import close_gap
from planning.cover_programme import solve_floored
from planning.cover_solver import CoverAnswer, CoverTask, FloorRow, search_and_bound
from planning.gradual import expand_levels
from planning.packing import PackingRows, packing_rows
from planning.params import Plan, SolveParams, infeasible_plan, relative_gap, status_of

if TYPE_CHECKING:
    import scipy.sparse as sp

    from planning.problems import CoverageProblem

Ints = npt.NDArray[np.int64]

# How long each question about a contradiction may take.
CONFLICT_S = 3.0


@dataclass(frozen=True, eq=False, kw_only=True)
class ReducedCoverage:
    """A coverage problem without what is settled: what the engine works on.

    ``options`` are the free options' numbers in the problem; ``settled`` is the weight that
    required options cover for good.
    """

    cover: CoverArrays
    rows: PackingRows
    options: Ints
    settled: float
    floors: tuple[FloorRow, ...]
    whole_numbers: bool


def solve_maximal_covering(problem: CoverageProblem, *, params: SolveParams) -> Plan:
    """Solve a `CoverageProblem`; see the module for the steps."""
    clock = Clock(params)
    problem = expand_levels(problem)
    conflict = required_conflict(problem)
    if conflict is not None:
        return infeasible_plan(conflict, runtime_s=clock.seconds)
    reduced = reduce_coverage(problem)
    task = CoverTask(
        cover=reduced.cover,
        rows=reduced.rows,
        settled=reduced.settled,
        whole_numbers=reduced.whole_numbers,
        floors=reduced.floors,
    )
    run = search_and_bound(task, params=params, clock=clock, start=_start(reduced, params))
    answer = run.answer("greedy, swaps, Lagrangian bound")
    if not meets_floors(reduced, answer.chosen):
        floored = solve_floored(task, upper=answer.bound, params=params, clock=clock)
        if floored is None:
            reason = coverage_conflict(problem, reduced, may_be=_may_be, clock=clock)
            return infeasible_plan(reason, runtime_s=clock.seconds, method="programme")
        answer = floored
    else:
        answer = close_gap(run, params=params, clock=clock)
    return _plan(problem, reduced, answer, params=params, clock=clock)


def _start(reduced: ReducedCoverage, params: SolveParams) -> Ints | None:
    """Return the caller's first plan in the numbering of the free options."""
    if params.start is None:
        return None
    return np.flatnonzero(np.isin(reduced.options, params.start))


def _may_be(problem: CoverageProblem) -> bool:
    """Tell whether some plan meets the floors within the limits, as far as a few seconds show."""
    reduced = reduce_coverage(problem)
    params = SolveParams(time_limit_s=CONFLICT_S, gap=1e9)
    task = CoverTask(
        cover=reduced.cover,
        rows=reduced.rows,
        settled=reduced.settled,
        whole_numbers=False,
        floors=reduced.floors,
    )
    return solve_floored(task, upper=np.inf, params=params, clock=Clock(params)) is not None


def _plan(
    problem: CoverageProblem,
    reduced: ReducedCoverage,
    answer: CoverAnswer,
    *,
    params: SolveParams,
    clock: Clock,
) -> Plan:
    chosen = np.r_[np.flatnonzero(known(problem.required)), reduced.options[answer.chosen]]
    objective = coverage_of(problem, chosen)
    bound = max(answer.bound, objective)
    if relative_gap(objective, bound) == 0.0:
        bound = objective
    return Plan(
        status=status_of(objective, bound, gap=params.gap),
        chosen=chosen,
        objective=objective,
        bound=bound,
        runtime_s=clock.seconds,
        method=answer.method,
        reasons=("stopped by the caller",) if clock.stopped else (),
    )


def coverage_of(problem: CoverageProblem, chosen: npt.ArrayLike) -> float:
    """Return the objective of a choice of options, from the problem's own data."""
    rows = problem.covers[np.asarray(chosen, dtype=np.int64)]
    if rows.shape[0] == 0 or rows.nnz == 0:
        return 0.0
    best = np.zeros(problem.n_demand)
    np.maximum.at(best, rows.indices, rows.data.astype(np.float64))
    return float(best @ problem.weights)


def reduce_coverage(problem: CoverageProblem) -> ReducedCoverage:
    """Settle what is required, leave out what is forbidden, merge items of the same cover set."""
    covers = _without_zeros(problem.covers)
    required, forbidden = known(problem.required), known(problem.forbidden)
    settled_items = np.zeros(problem.n_demand, dtype=np.bool_)
    settled_items[covers[np.flatnonzero(required)].indices] = True
    free = ~required & ~forbidden
    if problem.site is not None:
        free &= ~np.isin(problem.site, problem.site[required])
    options = np.flatnonzero(free)
    labels = np.zeros(problem.n_demand, dtype=np.int64)
    for floor in problem.floors:
        labels = np.unique(2 * labels + floor.members, return_inverse=True)[1]
    merged = merge_items(
        covers.indptr,
        covers.indices,
        problem.weights,
        options=options,
        removed=settled_items,
        labels=labels,
    )
    cover = merged.cover
    return ReducedCoverage(
        cover=cover,
        rows=_rows(problem, options),
        options=options,
        settled=float(problem.weights[settled_items].sum()),
        floors=tuple(
            _floor_row(problem, number, merged.item_of, settled_items, cover.n_items)
            for number in range(len(problem.floors))
        ),
        whole_numbers=bool((problem.weights == np.floor(problem.weights)).all()),
    )


def _without_zeros(covers: sp.csr_array) -> sp.csr_array:
    if covers.data.all():
        return covers
    covers = covers.copy()
    covers.eliminate_zeros()
    return covers


def _rows(problem: CoverageProblem, options: Ints) -> PackingRows:
    required = np.flatnonzero(known(problem.required))
    rows: list[tuple[npt.NDArray[np.float64], float]] = []
    costs = problem.costs
    if problem.budget is not None and costs is not None:
        rows.append((costs[options], problem.budget - float(costs[required].sum())))
    for limit in problem.limits:
        members = limit.members.astype(np.float64)
        if limit.max_open is not None:
            rows.append((members[options], limit.max_open - float(members[required].sum())))
        if limit.budget is not None and costs is not None:
            spent = float((members * costs)[required].sum())
            rows.append(((members * costs)[options], limit.budget - spent))
    return packing_rows(
        n_options=len(options),
        most=problem.max_open,
        site=None if problem.site is None else problem.site[options],
        rows=rows,
    )


def _floor_row(
    problem: CoverageProblem,
    number: int,
    item_of: npt.NDArray[np.int32],
    settled_items: npt.NDArray[np.bool_],
    n_items: int,
) -> FloorRow:
    floor = problem.floors[number]
    weights = np.where(floor.members, problem.weights, 0.0)
    inside = floor.members & (item_of >= 0)
    need = floor.min_share * float(weights.sum()) - float(weights[settled_items].sum())
    return FloorRow(
        weights=np.asarray(
            np.bincount(item_of[inside], weights=weights[inside], minlength=n_items), np.float64
        ),
        need=need - 1e-9 * float(weights.sum()),
    )


def meets_floors(reduced: ReducedCoverage, chosen: Ints) -> bool:
    """Whether a choice of the free options covers what every floor asks for."""
    covered = np.zeros(reduced.cover.n_items, dtype=np.bool_)
    offset = reduced.cover.option_offset
    for j in chosen:
        covered[reduced.cover.option_item[offset[j] : offset[j + 1]]] = True
    return all(float(floor.weights[covered].sum()) >= floor.need for floor in reduced.floors)
