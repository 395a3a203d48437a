r"""Backup covering: one station within reach, and a second one (Hogan and ReVelle 1986).

.. math::
   \max \sum_i w_i y_i + \sum_i v_i z_i \quad\text{with}\quad
   y_i + z_i \le \sum_j a_{ij} x_j, \quad \sum_{j\ \text{free}} x_j \le p, \quad
   0 \le y_i, z_i \le 1, \quad x_j \in \{0, 1\}

With ``v <= w`` the first cover is taken before the second by itself. ``cover_all`` adds
``sum_j a_ij x_j >= 1`` for every item: with p the optimum of set covering this is LSCPB, the
smallest set of stations that covers everybody, and as many as possible twice.

Steps: merge items of the same cover set, greedy and exchanges, then HiGHS with start and cutoff.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.checks import known
from planning.clock import Clock
from planning.cover_arrays import merge_items
from planning.mip import MipModel, solve_mip
from planning.params import Plan, SolveParams, infeasible_plan, relative_gap, status_of

if TYPE_CHECKING:
    from planning.problems import BackupProblem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Passes of exchanges over the plan before the programme.
PASSES = 3


class BackupTask(NamedTuple):
    """Merged items: cover CSR [n_options, n_items], first and second weight, what is settled."""

    covers: sp.csr_array
    first: Floats
    second: Floats
    must: npt.NDArray[np.bool_]
    options: Ints
    settled: float
    most: int


def solve_backup_covering(problem: BackupProblem, *, params: SolveParams) -> Plan:
    """Solve a `BackupProblem`; see the module for the steps."""
    clock = Clock(params)
    task = _reduced(problem)
    bare = np.flatnonzero(task.must & (task.covers.sum(axis=0) == 0))
    if problem.cover_all and (len(bare) or _unreachable(problem)):
        return infeasible_plan(
            "cover_all: a demand item is covered by no allowed option", runtime_s=clock.seconds
        )
    start = _greedy(task)
    value = _value(task, start)
    feasible = bool((task.covers[start].sum(axis=0)[task.must] > 0).all())
    clock.report(value + task.settled, float(task.first.sum() + task.second.sum()) + task.settled)
    answer = solve_mip(
        _model(task),
        time_limit_s=clock.left_s,
        gap=params.gap,
        start=_point(task, start) if feasible else None,
        cutoff=-value + 1e-6 * max(value, 1.0) if feasible else None,
        seed=params.seed,
        on_progress=lambda best, low: clock.report(task.settled - best, task.settled - low),
    )
    if answer.infeasible and not feasible:
        return infeasible_plan(
            f"{problem.max_open} options cannot cover every demand item",
            runtime_s=clock.seconds,
            method="programme",
        )
    return _plan(problem, task, answer.values, answer.bound, start if feasible else None, clock)


def _plan(  # noqa: PLR0917 - one caller
    problem: BackupProblem,
    task: BackupTask,
    values: Floats | None,
    lower: float,
    start: Ints | None,
    clock: Clock,
) -> Plan:
    chosen = start
    if values is not None:
        found = np.flatnonzero(values[: len(task.options)] > 0.5)  # noqa: PLR2004 - binary
        if chosen is None or _value(task, found) > _value(task, chosen):
            chosen = found
    required = np.flatnonzero(known(problem.required))
    most = float(task.first.sum() + task.second.sum()) + task.settled
    bound = min(task.settled - lower if np.isfinite(lower) else most, most)
    if chosen is None:
        return Plan(
            status="time_limit",
            chosen=required,
            objective=np.nan,
            bound=bound,
            runtime_s=clock.seconds,
            method="greedy, programme",
            reasons=("no plan that covers everybody was found in the time: give more",),
        )
    whole = np.r_[required, task.options[chosen]]
    objective = backup_value(problem, whole)
    if np.isinf(lower):
        # cut off: nothing is better than the start
        bound = objective
    bound = max(bound, objective)
    return Plan(
        status=status_of(objective, bound, gap=clock.gap),
        chosen=whole,
        objective=objective,
        bound=objective if relative_gap(objective, bound) == 0.0 else bound,
        runtime_s=clock.seconds,
        method="greedy, exchanges, programme",
        reasons=("stopped by the caller",) if clock.stopped else (),
    )


def backup_value(problem: BackupProblem, chosen: npt.ArrayLike) -> float:
    """Return the objective of a choice of options, from the problem's own data."""
    rows = sp.csr_array(problem.covers[np.asarray(chosen, dtype=np.int64)])
    count = np.bincount(rows.indices[rows.data != 0], minlength=len(problem.weights))
    return float(problem.weights[count >= 1].sum() + problem.second_weights[count >= 2].sum())  # noqa: PLR2004 - a second one


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
        removed=count >= 2,  # noqa: PLR2004 - both covers are settled
        labels=np.minimum(count, 2).astype(np.int64),
    )
    cover, inside = merged.cover, merged.item_of >= 0
    of, n_items = merged.item_of[inside], merged.cover.n_items
    settled = problem.weights[count >= 1].sum() + problem.second_weights[count >= 2].sum()  # noqa: PLR2004 - a second one
    must = np.zeros(n_items, dtype=np.bool_)
    if problem.cover_all:
        must[of[count[inside] == 0]] = True
    return BackupTask(
        covers=sp.csr_array(
            (np.ones(len(cover.option_item)), cover.option_item, cover.option_offset),
            shape=(len(options), n_items),
        ),
        first=np.asarray(np.bincount(of, weights=first[inside], minlength=n_items), np.float64),
        second=np.asarray(np.bincount(of, weights=second[inside], minlength=n_items), np.float64),
        must=must,
        options=options,
        settled=float(settled),
        most=min(problem.max_open, len(options)),
    )


def _value(task: BackupTask, chosen: Ints) -> float:
    count = task.covers[chosen].sum(axis=0)
    return float(task.first[count >= 1].sum() + task.second[count >= 2].sum())  # noqa: PLR2004 - a second one


def _greedy(task: BackupTask) -> Ints:
    """Open what adds most until p are open, then exchange one by one while that adds."""
    chosen: list[int] = []
    count = np.zeros(task.covers.shape[1])
    for _ in range(task.most):
        gains = _gains(task, count)
        gains[chosen] = -1.0
        best = int(gains.argmax())
        chosen.append(best)
        count += task.covers[[best]].sum(axis=0)
    for _ in range(PASSES):
        before = list(chosen)
        for place, option in enumerate(before):
            count -= task.covers[[option]].sum(axis=0)
            gains = _gains(task, count)
            others = chosen[:place] + chosen[place + 1 :]
            gains[others] = -1.0
            best = int(gains.argmax())
            if gains[best] <= gains[option] * (1 + 1e-12):
                best = option
            chosen[place] = best
            count += task.covers[[best]].sum(axis=0)
        if chosen == before:
            break
    return np.sort(np.array(chosen, dtype=np.int64))


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
