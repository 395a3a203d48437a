"""The p-median problem in radius form by HiGHS, on the sites and costs that fixing leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.median_arrays import MedianArrays, median_arrays
from planning.mip import MipModel, solve_mip

if TYPE_CHECKING:
    from planning.clock import Clock
    from planning.params import SolveParams

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False, kw_only=True)
class RadiusTask:
    """What is left: sites, and the cost ``most`` that item i has at most in a better plan.

    ``incumbent`` marks the best plan (None: none known) of ``cost``.
    """

    median: MedianArrays
    p: int
    open_for_good: Mask
    left: Mask
    most: Floats
    incumbent: Mask | None
    cost: float


@dataclass(frozen=True, eq=False, kw_only=True)
class RadiusAnswer:
    """``sites`` of the best plan found (None: none better), its cost, and a bound."""

    sites: Ints | None
    cost: float
    bound: float
    infeasible: bool


def solve_radius(task: RadiusTask, *, params: SolveParams, clock: Clock) -> RadiusAnswer:
    """Solve what is left; ``infeasible`` without an incumbent means that no plan exists."""
    sites, model, constant = _radius_model(task)
    keeps = task.incumbent is not None and bool(task.left[task.incumbent].all())
    start = None
    if keeps and task.incumbent is not None:
        start = np.full(len(model.cost), np.nan)
        start[: len(sites)] = task.incumbent[sites]
        start = _completed(model, start, len(sites))
    answer = solve_mip(
        model,
        time_limit_s=clock.left_s,
        gap=params.gap,
        start=start,
        cutoff=task.cost - constant + 1e-6 if np.isfinite(task.cost) else None,
        seed=params.seed,
        on_progress=lambda value, low: clock.report(
            min(value + constant, task.cost), low + constant
        ),
    )
    bound = answer.bound + constant
    if answer.values is None:
        return RadiusAnswer(sites=None, cost=np.inf, bound=bound, infeasible=answer.infeasible)
    chosen = sites[answer.values[: len(sites)] > 0.5]  # noqa: PLR2004 - binary
    return RadiusAnswer(
        sites=chosen, cost=answer.objective + constant, bound=bound, infeasible=False
    )


def _completed(model: MipModel, start: Floats, n_sites: int) -> Floats | None:
    """Fill in each "no open site so far" of a plan, going outward from the nearest site.

    None when a row says that the plan breaks a limit of the item's cost.
    """
    matrix = model.matrix
    for row in range(matrix.shape[0] - 1):
        begin, end = matrix.indptr[row : row + 2]
        column, value = matrix.indices[begin:end], matrix.data[begin:end]
        opened = float(start[column[column < n_sites]].sum())
        inner = column[(column >= n_sites) & (value < 0)]
        outer = column[(column >= n_sites) & (value > 0)]
        bare = 1.0 if not len(inner) else float(start[inner[0]])
        bare = max(bare - opened, 0.0)
        if len(outer):
            start[outer[0]] = bare
        elif bare > 0.0:
            return None
    return start


def _radius_model(task: RadiusTask) -> tuple[Ints, MipModel, float]:
    """Sites first, then for each item and level "no open site up to here"; the constant cost."""
    sites = np.flatnonzero(task.left)
    small = _restricted(task, sites)
    n, m = len(sites), small.n_items
    item = np.repeat(np.arange(m), np.diff(small.item_offset))
    cost = small.item_cost
    fresh = np.r_[True, (item[1:] != item[:-1]) | (cost[1:] > cost[:-1])] if len(item) else item > 0
    level = np.cumsum(fresh) - 1
    level_item, level_cost = item[fresh], cost[fresh]
    n_levels = len(level_item)
    first = np.r_[True, level_item[1:] != level_item[:-1]] if n_levels else level_item > 0
    last = np.r_[level_item[1:] != level_item[:-1], True] if n_levels else level_item > 0
    cap = np.where(small.cap < np.inf, small.cap, 0.0)
    must_serve = np.isinf(small.cap)[level_item] & last
    after = np.where(last, cap[level_item], np.r_[level_cost[1:], 0.0])
    rise = np.where(must_serve, 0.0, after - level_cost)
    column = np.full(n_levels, -1)
    column[~must_serve] = n + np.arange(int((~must_serve).sum()))
    rows, columns, values = [level], [small.item_site.astype(np.int64)], [np.ones(len(level))]
    own = np.flatnonzero(column >= 0)
    rows.append(own)
    columns.append(column[own])
    values.append(np.ones(len(own)))
    inner = np.flatnonzero(~first)
    rows.append(inner)
    columns.append(column[inner - 1])
    values.append(-np.ones(len(inner)))
    # the last row counts the open sites
    rows.append(np.full(n, n_levels))
    columns.append(np.arange(n))
    values.append(np.ones(n))
    width = n + int((column >= 0).sum())
    matrix = sp.csr_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(n_levels + 1, width),
    )
    bare = np.setdiff1d(np.arange(m), level_item)
    constant = float(level_cost[first].sum() + cap[bare].sum())
    fixed = task.open_for_good[sites].astype(np.float64)
    model = MipModel(
        cost=np.r_[np.zeros(n), rise[own]],
        lower=np.r_[fixed, np.zeros(width - n)],
        upper=np.ones(width),
        integer=np.r_[np.ones(n, dtype=np.bool_), np.zeros(width - n, dtype=np.bool_)],
        matrix=matrix,
        row_lower=np.r_[first.astype(np.float64), -np.inf],
        row_upper=np.r_[np.full(n_levels, np.inf), float(task.p)],
    )
    return sites, model, constant


def _restricted(task: RadiusTask, sites: Ints) -> MedianArrays:
    """Return the costs between sites left and items, cut off where no better plan goes.

    Where the limit of a cost cuts an item off from its cap, the item must be served below it.
    """
    median = task.median
    number = np.full(median.n_sites, -1)
    number[sites] = np.arange(len(sites))
    owner = np.repeat(np.arange(median.n_sites), np.diff(median.site_offset))
    cost, item = median.site_cost, median.site_item
    kept = (number[owner] >= 0) & (cost <= task.most[item] * (1 + 1e-12) + 1e-9)
    cap = np.where(task.most < median.cap * (1 - 1e-12) - 1e-9, np.inf, median.cap)
    good = task.open_for_good[owner] & kept
    sure = np.full(median.n_items, np.inf)
    np.minimum.at(sure, item[good], cost[good])
    kept &= cost <= sure[item]
    matrix = sp.csr_array(
        (cost[kept], (number[owner[kept]], item[kept])), shape=(len(sites), median.n_items)
    )
    return median_arrays(matrix, cap)
