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

from planning.checks import known
from planning.cover_arrays import merge_items
from planning.mip import GOOD_POWER, MipModel, power_of_two, solve_mip
from planning.proven import Bound, Draft, whole_below

if TYPE_CHECKING:
    from planning.clock import Clock
    from planning.params import SolveParams
    from planning.problems import CapacitatedProblem

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


def served_weight(problem: CapacitatedProblem, chosen: npt.ArrayLike) -> float:
    """Return the most weight that the chosen options can serve: a linear programme of flows."""
    options = np.asarray(chosen, dtype=np.int64)
    pairs = sp.coo_array(problem.covers[options])
    kept = pairs.data != 0
    item, option = pairs.col[kept], pairs.row[kept]
    n_pairs, m = len(item), len(problem.weights)
    unit = power_of_two(float(problem.weights.sum()), to=GOOD_POWER)
    if not n_pairs or not problem.weights.any():
        return 0.0
    weights = problem.weights * unit
    capacity = np.minimum(problem.capacity[options], problem.weights.sum()) * unit
    rows, pair = np.r_[item, m + option], np.tile(np.arange(n_pairs), 2)
    answer = solve_mip(
        MipModel(
            cost=-np.ones(n_pairs),
            lower=np.zeros(n_pairs),
            upper=np.minimum(weights[item], capacity[option]),
            integer=np.zeros(n_pairs, dtype=np.bool_),
            matrix=sp.csr_array(
                (np.ones(2 * n_pairs), (rows, pair)), shape=(m + len(options), n_pairs)
            ),
            row_lower=np.full(m + len(options), -np.inf),
            row_upper=np.r_[weights, capacity],
        ),
        time_limit_s=np.inf,
    )
    return max(-answer.objective, 0.0) / unit


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
