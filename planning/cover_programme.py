"""Maximal covering as a mixed-integer programme: exact on what reduction and fixing leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.cover_solver import CoverAnswer
from planning.mip import MipModel, solve_mip
from planning.packing import SLACK, PackingRows

if TYPE_CHECKING:
    from planning.clock import Clock
    from planning.cover_task import CoverTask
    from planning.params import SolveParams

Floats = npt.NDArray[np.float64]


def cover_programme(task: CoverTask) -> MipModel:
    """Minimise ``-w y``: option variables first, then one cover variable an item."""
    cover, rows = task.cover, task.rows
    n, m = cover.n_options, cover.n_items
    options = sp.csr_array(
        (-np.ones(len(cover.item_option)), cover.item_option, cover.item_offset), shape=(m, n)
    )
    blocks = [sp.hstack([options, sp.eye_array(m)])]
    lower, upper = [np.full(m, -np.inf)], [np.zeros(m)]
    packing, room = _packing_matrix(rows, n)
    if len(room):
        blocks.append(sp.hstack([packing, sp.csr_array((len(room), m))]))
        lower.append(np.full(len(room), -np.inf))
        upper.append(room)
    for floor in task.floors:
        blocks.append(sp.csr_array(np.r_[np.zeros(n), floor.weights][None, :]))
        lower.append(np.array([floor.need]))
        upper.append(np.array([np.inf]))
    return MipModel(
        cost=np.r_[np.zeros(n), -cover.weights],
        lower=np.zeros(n + m),
        upper=np.ones(n + m),
        integer=np.r_[np.ones(n, dtype=np.bool_), np.zeros(m, dtype=np.bool_)],
        matrix=sp.csr_array(sp.vstack(blocks)),
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
    )


def _packing_matrix(rows: PackingRows, n: int) -> tuple[sp.csr_array, Floats]:
    parts, room = [], []
    if rows.most < n:
        parts.append(sp.csr_array(np.ones((1, n))))
        room.append(np.array([float(rows.most)]))
    at_site = np.flatnonzero(rows.site >= 0)
    if len(at_site):
        shape = (rows.n_sites, n)
        parts.append(sp.csr_array((np.ones(len(at_site)), (rows.site[at_site], at_site)), shape))
        room.append(np.ones(rows.n_sites))
    if len(rows.room):
        by_option = sp.csr_array((rows.amount, rows.row, rows.offset), (n, len(rows.room)))
        parts.append(sp.csr_array(by_option.T))
        room.append(rows.room * (1 + SLACK) + SLACK)
    if not parts:
        return sp.csr_array((0, n)), np.empty(0)
    return sp.csr_array(sp.vstack(parts)), np.concatenate(room)


def solve_rest(
    task: CoverTask,
    *,
    start: npt.NDArray[np.int64] | None,
    known: float,
    params: SolveParams,
    clock: Clock,
) -> CoverAnswer:
    """Return the best plan of a task above ``known``; its value is -inf when there is none."""
    none = np.empty(0, dtype=np.int64)
    if task.cover.n_items == 0 or task.rows.most == 0:
        if any(floor.need > 0 for floor in task.floors):
            return CoverAnswer(chosen=none, value=-np.inf, bound=known, method="")
        return CoverAnswer(chosen=none, value=task.settled, bound=task.settled, method="")
    answer = solve_mip(
        cover_programme(task),
        time_limit_s=clock.left_s,
        gap=params.gap,
        start=None if start is None else _point(task, start),
        cutoff=task.settled - known + (-0.5 if task.whole_numbers else 1e-6),
        seed=params.seed,
        heuristics=False,
        on_progress=lambda value, bound: clock.report(
            max(known, task.settled - value), task.settled - bound
        ),
    )
    if answer.infeasible:
        return CoverAnswer(chosen=none, value=-np.inf, bound=known, method="")
    bound = task.settled - answer.bound
    if task.whole_numbers:
        bound = float(np.floor(bound + 1e-6))
    if answer.values is None:
        return CoverAnswer(chosen=none, value=-np.inf, bound=bound, method="")
    chosen = _opened(task, answer.values)
    return CoverAnswer(chosen=chosen, value=task.settled - answer.objective, bound=bound, method="")


def _point(task: CoverTask, chosen: npt.NDArray[np.int64]) -> Floats:
    cover = task.cover
    point = np.zeros(cover.n_options + cover.n_items)
    point[chosen] = 1.0
    for j in chosen:
        begin, end = cover.option_offset[j : j + 2]
        point[cover.n_options + cover.option_item[begin:end]] = 1.0
    return point


def _opened(task: CoverTask, values: Floats) -> npt.NDArray[np.int64]:
    return np.flatnonzero(values[: task.cover.n_options] > 0.5)  # noqa: PLR2004 - binary


def solve_floored(
    task: CoverTask,
    *,
    upper: float,
    params: SolveParams,
    clock: Clock,
    start: npt.NDArray[np.int64] | None = None,
) -> CoverAnswer | None:
    """Solve a task with floors by HiGHS; None when no plan meets them.

    ``upper`` is a bound without floors, which holds with them too, ``start`` a plan that meets
    them. An answer with the value -inf
    means that time ran out before a plan was found.
    """
    if any(float(floor.weights.sum()) < floor.need for floor in task.floors):
        return None
    answer = solve_mip(
        cover_programme(task),
        time_limit_s=clock.left_s,
        gap=params.gap,
        start=None if start is None else _point(task, start),
        seed=params.seed,
        on_progress=lambda value, bound: clock.report(task.settled - value, task.settled - bound),
    )
    if answer.infeasible:
        return None
    bound = min(task.settled - answer.bound, upper)
    if task.whole_numbers:
        bound = float(np.floor(bound + 1e-6))
    none = np.empty(0, dtype=np.int64)
    if answer.values is None:
        return CoverAnswer(chosen=none, value=-np.inf, bound=bound, method="programme")
    return CoverAnswer(
        chosen=_opened(task, answer.values),
        value=task.settled - answer.objective,
        bound=bound,
        method="programme",
    )
