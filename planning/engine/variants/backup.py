r"""Backup covering: one station within reach, and a second one (Hogan and ReVelle 1986).

.. math::
   \max \sum_i w_i y_i + \sum_i v_i z_i \quad\text{with}\quad
   y_i + z_i \le \sum_j a_{ij} x_j, \quad \sum_{j\ \text{free}} x_j \le p, \quad
   0 \le y_i, z_i \le 1, \quad x_j \in \{0, 1\}

With ``v <= w`` the first cover is taken before the second by itself. ``cover_all`` adds
``sum_j a_ij x_j >= 1`` for every item: with p the optimum of set covering this is LSCPB, the
smallest set of stations that covers everybody, and as many as possible twice.

Steps: merge items of the same cover set, greedy and exchanges, a Lagrangian bound, then HiGHS from
the best plan. With multipliers ``u_i`` in [0, w_i] on the rows of the items,

.. math::
   L(u) = \sum_i \bigl[(w_i - u_i) + \max(v_i - u_i, 0)\bigr]
          + \max_{x} \sum_j \Bigl(\sum_i a_{ij} u_i\Bigr) x_j

is above every plan, whether all must be covered or not; its least value is the bound of the
linear programme without ``cover_all``, in seconds where the programme needs minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.messages import say
from planning.engine.checks import known
from planning.engine.cover_arrays import from_rows, merge_items
from planning.engine.lscp.feasibility import cover_within
from planning.engine.mclp.lagrangian import lower_bound_by_multipliers, new_bound
from planning.engine.mclp.search_and_bound import RESTED
from planning.engine.mclp.side_constraints import packing_rows
from planning.engine.mip import MipModel, solve_mip
from planning.engine.params import EXACT, relative_gap
from planning.engine.proven import Bound, Draft, contradicted

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.params import SolveParams
    from planning.engine.problems import BackupProblem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Passes of exchanges over the plan before the programme.
PASSES = 3
# Steps of the bound between two looks at the clock.
BOUND_STEPS = 20_000_000
# Pairs for each second of the time limit up to which the programme is of use beside a plan.
PAIRS_PER_S = 5_000


class BackupTask(NamedTuple):
    """Merged items: cover CSR [n_options, n_items], first and second weight, what is fixed."""

    covers: sp.csr_array
    first: Floats
    second: Floats
    must: npt.NDArray[np.bool_]
    options: Ints
    fixed_value: float
    most: int


def solve_backup_covering(problem: BackupProblem, *, params: SolveParams, clock: Clock) -> Draft:
    """Solve a `BackupProblem`; see the module for the steps."""
    task = _reduced(problem)
    uncovered = np.flatnonzero(task.must & (task.covers.sum(axis=0) == 0))
    if problem.cover_all and (len(uncovered) or _unreachable(problem)):
        return contradicted(say("cover_all: a demand item is covered by no allowed option"))
    start = _start(task, clock=clock, seed=params.seed)
    value = 0.0 if start is None else _value(task, start) + task.fixed_value
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
        return contradicted(
            say("{n_options} options cannot cover every demand item", n_options=problem.max_open),
            method="programme",
        )
    chosen = _better(task, start, answer.values)
    proved = answer.bound.times(-1.0).plus(task.fixed_value).figure(absent=most, nothing=most)
    method = "greedy, exchanges, Lagrangian bound, programme"
    return _drafted(problem, task, chosen, Bound.at(min(proved, most)), method)


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
        else (say("no plan that covers everybody was found in the time: give more"),),
    )


def _lagrangian_bound(task: BackupTask, start: Ints | None, *, clock: Clock) -> float:
    """Return what the multipliers prove of all plans, with what is fixed."""
    most = float(task.first.sum() + task.second.sum())
    if not len(task.first) or not len(task.options):
        return most + task.fixed_value
    cover = from_rows(
        task.covers.indptr.astype(np.int64), task.covers.indices.astype(np.int32), task.first
    )
    rows = packing_rows(n_options=len(task.options), most=task.most, site=None, rows=[])
    count = None if start is None else np.asarray(task.covers[start].sum(axis=0), dtype=np.int64)
    value = 0.0 if start is None else _value(task, start)
    state = new_bound(cover, rows, cover_count=count, second=task.second)
    while clock.left_s > 0.0 and state.figures[1] > RESTED:
        lower_bound_by_multipliers(cover, rows, state, value, BOUND_STEPS)
        bound = min(float(state.figures[0]), most) + task.fixed_value
        if clock.report(np.nan if start is None else value + task.fixed_value, bound):
            break
        if state.figures[0] <= value * (1.0 + EXACT):
            break
    return max(min(float(state.figures[0]), most), value) + task.fixed_value


def _start(task: BackupTask, *, clock: Clock, seed: int) -> Ints | None:
    """Return a plan that keeps the rules: what adds most, or else what covers all."""
    greedy = _greedy(task, np.empty(0, dtype=np.int64), clock=clock)
    if _covers_all(task, greedy):
        return greedy
    all_once = sp.csr_array(task.covers[:, np.flatnonzero(task.must)])
    cover = cover_within(all_once, task.most, left_s=lambda: clock.left_s, seed=seed, most_steps=0)
    # whatever is added to a cover covers all too
    return None if cover.sites is None else _greedy(task, cover.sites, clock=clock)


def _covers_all(task: BackupTask, chosen: Ints) -> bool:
    return bool((task.covers[chosen].sum(axis=0)[task.must] > 0).all())


def _better(task: BackupTask, start: Ints | None, values: Floats | None) -> Ints | None:
    """Return the better of the start and what the programme opens."""
    if values is None:
        return start
    opened = np.flatnonzero(values[: len(task.options)] > 0.5)  # noqa: PLR2004 - binary
    if not _covers_all(task, opened):
        return start
    return opened if start is None or _value(task, opened) > _value(task, start) else start


def _unreachable(problem: BackupProblem) -> bool:
    allowed = sp.csr_array(problem.covers[np.flatnonzero(~known(problem.forbidden))])
    covered = np.bincount(allowed.indices[allowed.data != 0], minlength=len(problem.weights))
    return bool((covered == 0).any())


def _reduced(problem: BackupProblem) -> BackupTask:
    covers = sp.csr_array(problem.covers)
    if not covers.data.all():
        covers = covers.copy()
        covers.eliminate_zeros()
    required = np.flatnonzero(known(problem.required))
    options = np.flatnonzero(~known(problem.required) & ~known(problem.forbidden))
    fixed = sp.csr_array(covers[required])
    count = np.bincount(fixed.indices, minlength=len(problem.weights))
    first = np.where(count == 0, problem.weights, np.where(count == 1, problem.second_weights, 0))
    second = np.where(count == 0, problem.second_weights, 0.0)
    merged = merge_items(
        covers.indptr,
        covers.indices,
        np.ones(len(first)),
        options=options,
        removed=count >= 2,  # noqa: PLR2004 - both covers are fixed
        labels=np.minimum(count, 2).astype(np.int64),
    )
    cover, inside = merged.cover, merged.item_of >= 0
    item, n_items = merged.item_of[inside], merged.cover.n_items
    fixed_value = problem.weights[count >= 1].sum() + problem.second_weights[count >= 2].sum()  # noqa: PLR2004 - a second one
    must = np.zeros(n_items, dtype=np.bool_)
    if problem.cover_all:
        must[item[count[inside] == 0]] = True
    return BackupTask(
        covers=sp.csr_array(
            (np.ones(len(cover.option_item)), cover.option_item, cover.option_offset),
            shape=(len(options), n_items),
        ),
        first=np.asarray(np.bincount(item, weights=first[inside], minlength=n_items), np.float64),
        second=np.asarray(np.bincount(item, weights=second[inside], minlength=n_items), np.float64),
        must=must,
        options=options,
        fixed_value=float(fixed_value),
        most=min(problem.max_open, len(options)),
    )


def _value(task: BackupTask, chosen: Ints) -> float:
    count = task.covers[chosen].sum(axis=0)
    return float(task.first[count >= 1].sum() + task.second[count >= 2].sum())  # noqa: PLR2004 - a second one


def _greedy(task: BackupTask, first: Ints, *, clock: Clock) -> Ints:
    """Open what adds most until p are open, then exchange one by one while that adds and time is.

    The options ``first`` are open before, and stay.
    """
    chosen: list[int] = []
    count = np.asarray(task.covers[first].sum(axis=0), dtype=np.float64)
    for _ in range(task.most - len(first)):
        gains = _gains(task, count)
        gains[first] = -1.0
        gains[chosen] = -1.0
        best = int(gains.argmax())
        chosen.append(best)
        count += task.covers[[best]].sum(axis=0)
    for _ in range(PASSES):
        before = list(chosen)
        for place, option in enumerate(before):
            if clock.is_over():
                break
            count -= task.covers[[option]].sum(axis=0)
            gains = _gains(task, count)
            others = [*first, *chosen[:place], *chosen[place + 1 :]]
            gains[others] = -1.0
            best = int(gains.argmax())
            if gains[best] <= gains[option] * (1 + 1e-12):
                best = option
            chosen[place] = best
            count += task.covers[[best]].sum(axis=0)
        if chosen == before:
            break
    return np.sort(np.r_[first, np.array(chosen, dtype=np.int64)])


def _gains(task: BackupTask, count: Floats) -> Floats:
    """Tell what each option adds to a plan that covers the items ``count`` times."""
    worth = np.where(count < 0.5, task.first, np.where(count < 1.5, task.second, 0.0))  # noqa: PLR2004 - counts in floats
    return np.asarray(task.covers @ worth, dtype=np.float64)


def _model(task: BackupTask) -> MipModel:
    n, m = len(task.options), len(task.first)
    two = sp.hstack([-sp.csr_array(task.covers.T), sp.eye_array(m), sp.eye_array(m)])
    count = sp.csr_array(np.r_[np.ones(n), np.zeros(2 * m)][None, :])
    lower = np.where(task.must, 1.0, 0.0)
    return MipModel(
        cost=np.r_[np.zeros(n), -task.first, -task.second],
        lower=np.r_[np.zeros(n), lower, np.zeros(m)],
        upper=np.ones(n + 2 * m),
        integer=np.r_[np.ones(n, dtype=np.bool_), np.zeros(2 * m, dtype=np.bool_)],
        matrix=sp.csr_array(sp.vstack([two, count])),
        row_lower=np.full(m + 1, -np.inf),
        row_upper=np.r_[np.zeros(m), float(task.most)],
    )


def _point(task: BackupTask, chosen: Ints) -> Floats:
    count = task.covers[chosen].sum(axis=0)
    x = np.zeros(len(task.options))
    x[chosen] = 1.0
    return np.asarray(np.r_[x, np.minimum(count, 1.0), np.clip(count - 1.0, 0.0, 1.0)])
