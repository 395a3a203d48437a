"""Maximal covering as a mixed-integer programme: exact on what reduction and fixing leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.mclp.search_and_bound import CoverAnswer
from planning.engine.mclp.side_constraints import PackingRows, capacity_with_slack
from planning.engine.mip import MipModel, solve_mip
from planning.engine.proven import whole_below

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.mclp.task import CoverTask
    from planning.engine.params import SolveParams

Floats = npt.NDArray[np.float64]


class ProofBeside(Protocol):
    """What is proved of a task while HiGHS works on it (`cuts_beside`)."""

    is_through: bool

    @property
    def upper(self) -> float:
        """What no plan passes; inf where nothing is proved."""


def cover_programme(task: CoverTask) -> MipModel:
    """Minimise ``-w y``: option variables first, then one cover variable an item."""
    cover, rows = task.cover, task.rows
    n, m = cover.n_options, cover.n_items
    options = sp.csr_array(
        (-np.ones(len(cover.item_option)), cover.item_option, cover.item_offset), shape=(m, n)
    )
    blocks = [sp.hstack([options, sp.eye_array(m)])]
    lower, upper = [np.full(m, -np.inf)], [np.zeros(m)]
    packing, capacity = packing_matrix(rows, n)
    if len(capacity):
        blocks.append(sp.hstack([packing, sp.csr_array((len(capacity), m))]))
        lower.append(np.full(len(capacity), -np.inf))
        upper.append(capacity)
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


def packing_matrix(rows: PackingRows, n: int) -> tuple[sp.csr_array, Floats]:
    """Return the rows as a matrix [n_rows, n_options], and what each takes at most."""
    parts, capacity = [], []
    if rows.most < n:
        parts.append(sp.csr_array(np.ones((1, n))))
        capacity.append(np.array([float(rows.most)]))
    at_site = np.flatnonzero(rows.site >= 0)
    if len(at_site):
        shape = (rows.n_sites, n)
        parts.append(sp.csr_array((np.ones(len(at_site)), (rows.site[at_site], at_site)), shape))
        capacity.append(np.ones(rows.n_sites))
    if len(rows.capacity):
        by_option = sp.csr_array((rows.amount, rows.row, rows.offset), (n, len(rows.capacity)))
        parts.append(sp.csr_array(by_option.T))
        capacity.append(capacity_with_slack(rows))
    if not parts:
        return sp.csr_array((0, n)), np.empty(0)
    return sp.csr_array(sp.vstack(parts)), np.concatenate(capacity)


def solve_rest(
    task: CoverTask,
    *,
    start: npt.NDArray[np.int64] | None,
    known: float,
    upper: float,
    params: SolveParams,
    clock: Clock,
    cuts: ProofBeside,
) -> CoverAnswer:
    """Return the best plan of a task above ``known``; its value is -inf when there is none.

    ``upper`` is what is proved of all plans before, ``cuts`` what is proved of the task meanwhile.
    """
    none = np.empty(0, dtype=np.int64)
    if task.cover.n_items == 0 or task.rows.most == 0:
        if any(floor.need > 0 for floor in task.floors):
            return CoverAnswer(chosen=none, value=-np.inf, bound=known, method="")
        return CoverAnswer(
            chosen=none, value=task.fixed_value, bound=max(task.fixed_value, known), method=""
        )
    answer = solve_mip(
        cover_programme(task),
        time_limit_s=clock.left_s,
        gap=params.gap,
        start=None if start is None else _point(task, start),
        cutoff=None if start is not None else task.fixed_value - known,
        seed=params.seed,
        heuristics=False,
        on_progress=lambda value, bound: (
            clock.report(
                np.fmax(known, task.fixed_value - value),
                np.fmin(task.fixed_value - bound, min(upper, max(cuts.upper, known))),
            )
            or cuts.is_through
        ),
    )
    bound = answer.bound.times(-1.0).plus(task.fixed_value).figure(absent=upper, nothing=known)
    bound = min(whole_below(bound) if task.whole_numbers else bound, upper)
    if answer.values is None:
        return CoverAnswer(chosen=none, value=-np.inf, bound=bound, method="")
    chosen = _opened(task, answer.values)
    return CoverAnswer(
        chosen=chosen, value=task.fixed_value - answer.objective, bound=bound, method=""
    )


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
    """Solve a task with floors by HiGHS; None when it is proved that no plan meets them.

    ``upper`` is a bound without floors, which holds with them too, ``start`` a plan that meets
    them. An answer with the value -inf means that time ran out before a plan was found.
    """
    if any(float(floor.weights.sum()) < floor.need for floor in task.floors):
        return None
    answer = solve_mip(
        cover_programme(task),
        time_limit_s=clock.left_s,
        gap=params.gap,
        start=None if start is None else _point(task, start),
        seed=params.seed,
        on_progress=lambda value, bound: clock.report(
            task.fixed_value - value, np.fmin(task.fixed_value - bound, upper)
        ),
    )
    if answer.bound.is_nothing and start is None:
        return None
    bound = answer.bound.times(-1.0).plus(task.fixed_value).figure(absent=upper, nothing=upper)
    chosen = None if answer.values is None else _opened(task, answer.values)
    if chosen is None or not _meets(task, chosen):
        # HiGHS' tolerances may take a plan that lacks a trifle
        chosen = start
    if chosen is None:
        chosen, value = np.empty(0, dtype=np.int64), -np.inf
    else:
        value = _worth(task, chosen)
    return CoverAnswer(
        chosen=chosen,
        value=value,
        bound=min(whole_below(bound) if task.whole_numbers else bound, upper),
        method="programme",
    )


def _covered(task: CoverTask, chosen: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    return _point(task, chosen)[task.cover.n_options :] > 0.0


def _worth(task: CoverTask, chosen: npt.NDArray[np.int64]) -> float:
    return float(task.cover.weights[_covered(task, chosen)].sum()) + task.fixed_value


def _meets(task: CoverTask, chosen: npt.NDArray[np.int64]) -> bool:
    covered = _covered(task, chosen)
    return all(float(floor.weights[covered].sum()) >= floor.need for floor in task.floors)
