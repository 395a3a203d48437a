r"""Capacitated covering (Current and Storbeck 1988): workers assigned within what stations hold.

.. math::
   \max \sum_{ij} f_{ij} \quad\text{with}\quad
   \sum_j f_{ij} \le w_i, \quad \sum_i f_{ij} \le q_j x_j, \quad f_{ij} \le w_i x_j, \quad
   \sum_{j\ \text{free}} x_j \le p, \quad f \ge 0, \quad x_j \in \{0, 1\}

over the pairs within the service standard; an item's workers may be split. Items of the same cover
set are one. A greedy assignment is the start, multipliers give a bound (`capacity_bound`), and
HiGHS finishes where the programme is small enough for the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.checks import known
from planning.engine.cover_arrays import CoverArrays, merge_items, sums_by_option
from planning.engine.mclp.lagrangian import new_bound
from planning.engine.mclp.search_and_bound import RESTED
from planning.engine.mclp.side_constraints import packing_rows
from planning.engine.mip import MipModel, solve_mip
from planning.engine.params import EXACT, relative_gap
from planning.engine.proven import Bound, Draft, whole_below
from planning.engine.variants.capacity_bound import lower_capacity_bound

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.params import SolveParams
    from planning.engine.problems import CapacitatedProblem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Settings of the multipliers between two looks at the clock, and the steps that they may be.
MIN_SETTINGS, MAX_SETTINGS, SETTING_STEPS = 3, 50, 6_000_000
# Pairs for each second of the time limit up to which the programme is of use.
PAIRS_PER_S = 5_000


class CapacityTask(NamedTuple):
    """Pairs (option, item) over merged items; ``is_required`` of the options kept."""

    cover: CoverArrays
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
    bound = _lagrangian_bound(task, start, served, clock=clock)
    chosen, method = start, "greedy, Lagrangian bound"
    is_small = len(task.option) <= PAIRS_PER_S * params.time_limit_s
    if not clock.report(served, bound) and relative_gap(served, bound) > params.gap and is_small:
        method += ", programme"
        answer = solve_mip(
            _model(task),
            time_limit_s=clock.left_s,
            # HiGHS measures a gap by the bound, which is the larger of the two
            gap=params.gap / (1.0 + params.gap),
            start=point,
            seed=params.seed,
            on_progress=lambda value, low: clock.report(
                np.fmax(-value, served), np.fmin(-low, bound)
            ),
        )
        if answer.values is not None and -answer.objective > served:
            chosen = np.flatnonzero(answer.values[: len(task.options)] > 0.5)  # noqa: PLR2004 - binary
        bound = min(bound, answer.bound.times(-1.0).figure(absent=bound, nothing=bound))
    figures = np.r_[task.weights, task.capacity]
    if (figures == np.floor(figures)).all():
        # a largest flow within whole numbers is whole
        bound = whole_below(bound)
    return Draft(chosen=task.options[chosen], bound=Bound.at(bound), method=method)


def _lagrangian_bound(task: CapacityTask, start: Ints, served: float, *, clock: Clock) -> float:
    """Return what the multipliers prove of all plans, from those of a plan that serves so much."""
    reachable = min(float(task.weights.sum()), float(task.capacity.sum()))
    if not len(task.weights) or not len(task.options):
        return reachable
    n = len(task.options)
    rows = packing_rows(n_options=n, most=None, site=None, rows=[])
    opened = np.isin(task.option, start)
    count = np.bincount(task.item[opened], minlength=len(task.weights))
    state = new_bound(task.cover, rows, cover_count=count)
    one = len(task.option) + 8 * len(task.weights)
    settings = min(max(SETTING_STEPS // one, MIN_SETTINGS), MAX_SETTINGS)
    while clock.left_s > 0.0 and state.figures[1] > RESTED:
        lower_capacity_bound(
            task.cover, task.capacity, task.is_required, task.most, state, served, settings
        )
        bound = max(min(float(state.figures[0]), reachable), served)
        if clock.report(served, bound) or bound <= served * (1.0 + EXACT):
            break
    return max(min(float(state.figures[0]), reachable), served)


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
        cover=merged,
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
    near = np.bincount(task.option, weights=left[task.item], minlength=n)
    within = np.asarray(near, dtype=np.float64)
    # below this sums are rounding
    least = 1e-12 * float(task.weights.sum())
    for turn in range(len(queue) + task.most):
        if turn < len(queue):
            best = int(queue[turn])
        else:
            gains = np.minimum(within, task.capacity)
            gains[task.is_required] = -1.0
            gains[chosen] = -1.0
            best = int(gains.argmax())
            if gains[best] <= least:
                break
        pairs = np.arange(offset[best], offset[best + 1])
        before = np.r_[0.0, np.cumsum(left[task.item[pairs]])][:-1]
        flow[pairs] = np.clip(task.capacity[best] - before, 0.0, left[task.item[pairs]])
        left[task.item[pairs]] -= flow[pairs]
        within = within - sums_by_option(task.cover, task.item[pairs], flow[pairs])
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
