r"""Backup covering: one station within reach, and a second one (Hogan and ReVelle 1986).

.. math::
   \max \sum_i w_i y_i + \sum_i v_i z_i \quad\text{with}\quad
   y_i + z_i \le \sum_j a_{ij} x_j, \quad \sum_{j\ \text{free}} x_j \le p, \quad
   0 \le y_i, z_i \le 1, \quad x_j \in \{0, 1\}

With ``v <= w`` the first cover is taken before the second by itself. ``cover_all`` adds
``sum_j a_ij x_j >= 1`` for every item: with p the optimum of set covering this is LSCPB, the
smallest set of stations that covers everybody, and as many as possible twice. Limits are those of
maximal covering; floors ask for a share of what is covered once, or twice:

.. math::
   \sum_{i \in F} b_i y_i \ge q_F \sum_{i \in F} b_i, \quad
   \sum_{i \in G} b_i z_i \ge q_G \sum_{i \in G} b_i
   \quad\text{with}\quad z_i \le y_i, \ z_i \in \{0, 1\} \ (i \in G)

Steps: merge items of the same cover set, greedy (what lacks of a floor first) and exchanges within
the limits (`backup_search`), a Lagrangian bound, which leaves floors aside, then HiGHS from the
best plan. With multipliers ``u_i`` in [0, w_i] on the rows of the items,

.. math::
   L(u) = \sum_i \bigl[(w_i - u_i) + \max(v_i - u_i, 0)\bigr]
          + \max_{x} \sum_j \Bigl(\sum_i a_{ij} u_i\Bigr) x_j

is above every plan, whether all must be covered or not; its least value is the bound of the
linear programme without ``cover_all``, in seconds where the programme needs minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.messages import say
from planning.engine.checks import known
from planning.engine.cover_arrays import from_rows, merge_items
from planning.engine.lscp.feasibility import cover_within
from planning.engine.mclp.infeasibility import required_conflict
from planning.engine.mclp.lagrangian import lower_bound_by_multipliers, new_bound
from planning.engine.mclp.milp import packing_matrix
from planning.engine.mclp.reduction import rows_of
from planning.engine.mclp.search_and_bound import RESTED
from planning.engine.mip import MipModel, solve_mip
from planning.engine.params import EXACT, Plan, relative_gap
from planning.engine.proven import Bound, Draft, contradicted
from planning.engine.rules import floor_name
from planning.engine.variants.backup_search import TWICE, BackupTask, TwiceFloor, best_found

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.params import SolveParams
    from planning.engine.problems import Floor
    from planning.engine.variant_problems import BackupProblem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Steps of the bound between two looks at the clock.
BOUND_STEPS = 20_000_000
# What a floor may lack by rounding, as a part of its whole weight.
SAME = 1e-9
# Pairs for each second of the time limit up to which the programme is of use beside a plan.
PAIRS_PER_S = 5_000


def solve_backup_covering(problem: BackupProblem, *, params: SolveParams, clock: Clock) -> Draft:
    """Solve a `BackupProblem`; see the module for the steps."""
    conflict = required_conflict(problem.once)
    if conflict is not None:
        return contradicted(conflict)
    task = backup_task(problem)
    uncovered = np.flatnonzero(task.must & (task.covers.sum(axis=0) == 0))
    if problem.cover_all and (len(uncovered) or _unreachable(problem)):
        return contradicted(say("cover_all: a demand item is covered by no allowed option"))
    beyond = floor_out_of_reach(task)
    if beyond is not None:
        return contradicted(beyond)
    start = _start(task, params, clock=clock)
    value = 0.0 if start is None else task.value(start) + task.fixed_value
    most = _lagrangian_bound(task, start, clock=clock)
    clock.report(np.nan if start is None else value, most)
    is_small = task.covers.nnz <= PAIRS_PER_S * params.time_limit_s
    if start is not None and (relative_gap(value, most) <= params.gap or not is_small):
        return _drafted(problem, task, start, Bound.at(most), "greedy, exchanges, Lagrangian bound")
    answer = solve_mip(
        _model(task),
        time_limit_s=clock.left_s,
        # HiGHS measures a gap by the bound, which is the larger of the two
        gap=params.gap / (1.0 + params.gap),
        start=None if start is None else _point(task, start),
        seed=params.seed,
        on_progress=lambda best, low: clock.report(
            np.fmax(task.fixed_value - best, value if start is not None else np.nan),
            np.fmin(task.fixed_value - low, most),
        ),
    )
    if start is None and answer.bound.is_nothing:
        return contradicted(_nothing(problem), method="programme")
    chosen = _better(task, start, answer.values)
    proved = answer.bound.times(-1.0).plus(task.fixed_value).figure(absent=most, nothing=most)
    method = "greedy, exchanges, Lagrangian bound, programme"
    return _drafted(problem, task, chosen, Bound.at(min(proved, most)), method)


def floor_out_of_reach(task: BackupTask) -> str | None:
    """Name a floor that all options together do not meet."""
    count = np.asarray(task.covers.sum(axis=0), dtype=np.float64)
    for floor, lacks in zip(task.floors, task.short(count), strict=True):
        if lacks > 0.0:
            covered = floor.asked - lacks / floor.whole
            return say(
                "{floor} asks for {asked_percent:.4g} % and all allowed "
                "options together cover {covered_percent:.4g} %",
                floor=floor.name,
                asked_percent=100 * floor.asked,
                covered_percent=100 * covered,
            )
    return None


def _nothing(problem: BackupProblem) -> str:
    if problem.floors or problem.second_floors or problem.max_open is None:
        return say("no plan keeps all floors and limits")
    return say("{n_options} options cannot cover every demand item", n_options=problem.max_open)


def _drafted(
    problem: BackupProblem, task: BackupTask, chosen: Ints | None, bound: Bound, method: str
) -> Draft:
    required = np.flatnonzero(known(problem.required))
    return Draft(
        chosen=None if chosen is None else np.r_[required, task.options[chosen]],
        nearest=required,
        bound=bound,
        method=method,
        reasons=()
        if chosen is not None
        else (say("no plan that keeps every floor was found in the time: give more"),),
    )


def _lagrangian_bound(task: BackupTask, start: Ints | None, *, clock: Clock) -> float:
    """Return what the multipliers prove of all plans, with what is fixed."""
    most = float(task.first.sum() + task.second.sum())
    if not len(task.first) or not len(task.options):
        return most + task.fixed_value
    cover = from_rows(
        task.covers.indptr.astype(np.int64), task.covers.indices.astype(np.int32), task.first
    )
    rows = task.rows
    count = None if start is None else np.asarray(task.covers[start].sum(axis=0), dtype=np.int64)
    value = 0.0 if start is None else task.value(start)
    state = new_bound(cover, rows, cover_count=count, second=task.second)
    while clock.left_s > 0.0 and state.figures[1] > RESTED:
        lower_bound_by_multipliers(cover, rows, state, value, BOUND_STEPS)
        bound = min(float(state.figures[0]), most) + task.fixed_value
        if clock.report(np.nan if start is None else value + task.fixed_value, bound):
            break
        if state.figures[0] <= value * (1.0 + EXACT):
            break
    return max(min(float(state.figures[0]), most), value) + task.fixed_value


def _start(task: BackupTask, params: SolveParams, *, clock: Clock) -> Ints | None:
    """Return a plan that keeps the rules: what adds most, or else what covers all."""
    last = params.start.chosen if isinstance(params.start, Plan) else params.start
    warm = None if last is None else np.flatnonzero(np.isin(task.options, last))
    found = best_found(task, [warm], is_over=clock.is_over)
    if found is not None or not task.must.any():
        return found
    all_once = sp.csr_array(task.covers[:, np.flatnonzero(task.must)])
    cover = cover_within(
        all_once, task.rows.most, left_s=lambda: clock.left_s, seed=params.seed, most_steps=0
    )
    # whatever is added to a cover covers all too
    return None if cover.sites is None else best_found(task, [cover.sites], is_over=clock.is_over)


def _better(task: BackupTask, start: Ints | None, values: Floats | None) -> Ints | None:
    """Return the better of the start and what the programme opens."""
    if values is None:
        return start
    opened = np.flatnonzero(values[: len(task.options)] > 0.5)  # noqa: PLR2004 - binary
    if not task.keeps(opened):
        return start
    return opened if start is None or task.value(opened) > task.value(start) else start


def _unreachable(problem: BackupProblem) -> bool:
    allowed = sp.csr_array(problem.covers[np.flatnonzero(~known(problem.forbidden))])
    covered = np.bincount(allowed.indices[allowed.data != 0], minlength=len(problem.weights))
    return bool((covered == 0).any())


def backup_task(problem: BackupProblem) -> BackupTask:
    """Settle what is required, leave out what is forbidden, merge items of the same cover set."""
    covers = sp.csr_array(problem.covers)
    if not covers.data.all():
        covers = covers.copy()
        covers.eliminate_zeros()
    must_open = known(problem.required)
    free = ~must_open & ~known(problem.forbidden)
    if problem.site is not None:
        free &= ~np.isin(problem.site, problem.site[must_open])
    required, options = np.flatnonzero(must_open), np.flatnonzero(free)
    fixed = sp.csr_array(covers[required])
    count = np.bincount(fixed.indices, minlength=len(problem.weights))
    first = np.where(count == 0, problem.weights, np.where(count == 1, problem.second_weights, 0))
    second = np.where(count == 0, problem.second_weights, 0.0)
    merged = merge_items(
        covers.indptr,
        covers.indices,
        np.ones(len(first)),
        options=options,
        removed=count >= TWICE,
        labels=np.minimum(count, TWICE).astype(np.int64),
    )
    cover, inside = merged.cover, merged.item_of >= 0
    item, n_items = merged.item_of[inside], merged.cover.n_items

    def summed(values: Floats) -> Floats:
        sums = np.bincount(item, weights=values[inside], minlength=n_items)
        return np.asarray(sums, dtype=np.float64)

    def floor_row(floor: Floor, need: int, name: str) -> TwiceFloor:
        own = problem.once.weights_of(floor)
        whole = float(own.sum())
        lacks = floor.min_share * whole - float(own[count >= need].sum()) - SAME * whole
        # what one fixed option covers becomes a second cover by the first free one
        on_first = np.where(count == need - 1, own, 0.0)
        on_second = np.where(count == need - TWICE, own, 0.0)
        share = floor.min_share
        return TwiceFloor(summed(on_first), summed(on_second), lacks, share, whole, name)

    floors = [
        floor_row(one, 1, floor_name(problem.once, k)) for k, one in enumerate(problem.floors)
    ]
    floors += [
        floor_row(one, TWICE, one.name or say("floor {number}", number=k))
        for k, one in enumerate(problem.second_floors)
    ]
    fixed_value = problem.weights[count >= 1].sum() + problem.second_weights[count >= TWICE].sum()
    must = np.zeros(n_items, dtype=np.bool_)
    if problem.cover_all:
        must[item[count[inside] == 0]] = True
    return BackupTask(
        covers=sp.csr_array(
            (np.ones(len(cover.option_item)), cover.option_item, cover.option_offset),
            shape=(len(options), n_items),
        ),
        first=summed(first),
        second=summed(second),
        must=must,
        options=options,
        fixed_value=float(fixed_value),
        rows=rows_of(problem.once, options),
        floors=tuple(floor for floor in floors if floor.need > 0.0),
    )


def _model(task: BackupTask) -> MipModel:
    n, m = len(task.options), len(task.first)
    packing, capacity = packing_matrix(task.rows, n)
    # a floor may not count a second cover without a first, nor a part of one
    looked = np.flatnonzero(sum((floor.second for floor in task.floors), np.zeros(m)))
    at = np.arange(len(looked))
    in_order = sp.csr_array(
        (np.r_[-np.ones(len(at)), np.ones(len(at))], (np.r_[at, at], np.r_[looked, m + looked])),
        shape=(len(looked), 2 * m),
    )
    floors = np.array([np.r_[floor.first, floor.second] for floor in task.floors])
    blocks = [
        sp.hstack([-sp.csr_array(task.covers.T), sp.eye_array(m), sp.eye_array(m)]),
        sp.hstack([packing, sp.csr_array((len(capacity), 2 * m))]),
        sp.hstack([sp.csr_array((len(looked), n)), in_order]),
        sp.hstack([sp.csr_array((len(task.floors), n)), sp.csr_array(floors.reshape(-1, 2 * m))]),
    ]
    needs = np.array([floor.need for floor in task.floors])
    counted = np.zeros(m, dtype=np.bool_)
    counted[looked] = True
    return MipModel(
        cost=np.r_[np.zeros(n), -task.first, -task.second],
        lower=np.r_[np.zeros(n), np.where(task.must, 1.0, 0.0), np.zeros(m)],
        upper=np.ones(n + 2 * m),
        integer=np.r_[np.ones(n, dtype=np.bool_), np.zeros(m, dtype=np.bool_), counted],
        matrix=sp.csr_array(sp.vstack(blocks)),
        row_lower=np.r_[np.full(m + len(capacity) + len(looked), -np.inf), needs],
        row_upper=np.r_[np.zeros(m), capacity, np.zeros(len(looked)), np.full(len(needs), np.inf)],
    )


def _point(task: BackupTask, chosen: Ints) -> Floats:
    count = task.times(chosen)
    x = np.zeros(len(task.options))
    x[chosen] = 1.0
    return np.asarray(np.r_[x, np.minimum(count, 1.0), np.clip(count - 1.0, 0.0, 1.0)])
