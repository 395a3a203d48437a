r"""Capacitated covering (Current and Storbeck 1988): workers assigned within what stations hold.

.. math::
   \max \sum_{ij} f_{ij} \quad\text{with}\quad
   \sum_j f_{ij} \le w_i, \quad \sum_i f_{ij} \le q_j x_j, \quad f_{ij} \le w_i x_j, \quad
   \sum_{j\ \text{free}} x_j \le p, \quad f \ge 0, \quad x_j \in \{0, 1\}

over the pairs within the service standard; an item's workers may be split. Items of the same cover
set are one. A greedy assignment is the start, HiGHS finishes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.checks import known
from planning.engine.cover_arrays import merge_items
from planning.engine.mip import MipModel, solve_mip
from planning.engine.proven import Bound, Draft, whole_below

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.params import SolveParams
    from planning.engine.problems import CapacitatedProblem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class CapacityTask(NamedTuple):
    """Pairs (option, item) over merged items; ``is_required`` of the options kept."""

    option: Ints
    item: Ints
    weights: Floats
    capacity: Floats
    is_required: npt.NDArray[np.bool_]
    options: Ints
    most: int


def solve_capacitated_covering(
    problem: CapacitatedProblem, *, params: SolveParams, clock: Clock
) -> Draft:
    """Solve a `CapacitatedProblem`; see the module for the steps."""
    task = _reduced(problem)
    start, point = _greedy(task)
    served = float(point[len(task.options) :].sum())
    reachable = min(float(task.weights.sum()), float(task.capacity.sum()))
    clock.report(served, reachable)
    answer = solve_mip(
        _model(task),
        time_limit_s=clock.left_s,
        gap=params.gap,
        start=point,
        seed=params.seed,
        on_progress=lambda value, low: clock.report(
            np.fmax(-value, served), np.fmin(-low, reachable)
        ),
    )
    chosen = start
    if answer.values is not None and -answer.objective > served:
        chosen = np.flatnonzero(answer.values[: len(task.options)] > 0.5)  # noqa: PLR2004 - binary
    bound = answer.bound.times(-1.0).figure(absent=reachable, nothing=reachable)
    figures = np.r_[task.weights, task.capacity]
    if (figures == np.floor(figures)).all():
        # a largest flow within whole numbers is whole
        bound = whole_below(bound)
    return Draft(
        chosen=task.options[chosen],
        bound=Bound.at(min(bound, reachable)),
        method="greedy, programme",
    )


def _reduced(problem: CapacitatedProblem) -> CapacityTask:
    covers = sp.csr_array(problem.covers)
    if not covers.data.all():
        covers = covers.copy()
        covers.eliminate_zeros()
    options = np.flatnonzero(~known(problem.forbidden))
    n_demand = len(problem.weights)
    merged = merge_items(
        covers.indptr,
        covers.indices,
        problem.weights,
        options=options,
        removed=np.zeros(n_demand, dtype=np.bool_),
        labels=np.zeros(n_demand, dtype=np.int64),
    ).cover
    is_required = known(problem.required)[options]
    option = np.repeat(np.arange(len(options)), np.diff(merged.option_offset))
    # a station serves no more than is near it: a larger figure would only blur the programme
    near = np.bincount(option, weights=merged.weights[merged.option_item], minlength=len(options))
    return CapacityTask(
        option=option,
        item=merged.option_item.astype(np.int64),
        weights=merged.weights,
        capacity=np.minimum(problem.capacity[options], near),
        is_required=is_required,
        options=options,
        most=min(problem.max_open, int((~is_required).sum())),
    )


def _greedy(task: CapacityTask) -> tuple[Ints, Floats]:
    """Open what serves most of what is left, and assign as much as it holds."""
    n = len(task.options)
    left = task.weights.copy()
    flow = np.zeros(len(task.option))
    offset = np.searchsorted(task.option, np.arange(n + 1))
    chosen: list[int] = []
    queue = list(np.flatnonzero(task.is_required))
    for turn in range(len(queue) + task.most):
        if turn < len(queue):
            best = int(queue[turn])
        else:
            within = np.bincount(task.option, weights=left[task.item], minlength=n)
            gains = np.minimum(within, task.capacity)
            gains[task.is_required] = -1.0
            gains[chosen] = -1.0
            best = int(gains.argmax())
            if gains[best] <= 0:
                break
        pairs = np.arange(offset[best], offset[best + 1])
        before = np.r_[0.0, np.cumsum(left[task.item[pairs]])][:-1]
        flow[pairs] = np.clip(task.capacity[best] - before, 0.0, left[task.item[pairs]])
        left[task.item[pairs]] -= flow[pairs]
        chosen.append(best)
    x = np.zeros(n)
    x[chosen] = 1.0
    return np.sort(np.array(chosen, dtype=np.int64)), np.r_[x, flow]


def _model(task: CapacityTask) -> MipModel:
    n, m, n_pairs = len(task.options), len(task.weights), len(task.option)
    pair = np.arange(n_pairs)
    ones = np.ones(n_pairs)
    shape = (m, n + n_pairs)
    by_item = sp.csr_array((ones, (task.item, n + pair)), shape=shape)
    by_option = sp.csr_array(
        (
            np.r_[ones, -task.capacity],
            (np.r_[task.option, np.arange(n)], np.r_[n + pair, np.arange(n)]),
        ),
        shape=(n, n + n_pairs),
    )
    link = sp.csr_array(
        (
            np.r_[ones, -task.weights[task.item]],
            (np.r_[pair, pair], np.r_[n + pair, task.option]),
        ),
        shape=(n_pairs, n + n_pairs),
    )
    count = sp.csr_array(np.r_[(~task.is_required).astype(np.float64), np.zeros(n_pairs)][None, :])
    return MipModel(
        cost=np.r_[np.zeros(n), -ones],
        lower=np.r_[task.is_required.astype(np.float64), np.zeros(n_pairs)],
        upper=np.r_[np.ones(n), task.weights[task.item]],
        integer=np.r_[np.ones(n, dtype=np.bool_), np.zeros(n_pairs, dtype=np.bool_)],
        matrix=sp.csr_array(sp.vstack([by_item, by_option, link, count])),
        row_lower=np.full(m + n + n_pairs + 1, -np.inf),
        row_upper=np.r_[task.weights, np.zeros(n + n_pairs), float(task.most)],
    )
