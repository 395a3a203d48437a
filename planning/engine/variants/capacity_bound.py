r"""The Lagrangian bound of capacitated covering.

Relaxed is that an item is served once. With a multiplier ``u_i`` in [0, w_i] on serving item i,

.. math::
   L(u) = \sum_i (w_i - u_i) + \max_x \sum_j g_j(u)\, x_j, \qquad
   g_j(u) = \max_{0 \le f_i \le w_i} \Bigl\{\sum_i \frac{u_i}{w_i} f_i : \sum_i f_i \le q_j\Bigr\}

over the items near option j: a continuous knapsack (Dantzig 1957), which serves the items of the
highest ``u_i / w_i`` until the capacity is used up. With any threshold :math:`\tau \ge 0`

.. math::
   g_j(u) \le \tau q_j + \sum_i \max(u_i - \tau w_i, 0)

so that a threshold found by halving gives a true bound. Its least value is that of the strong
linear programme (with ``f_ij <= w_i x_j``), which has a row for every pair. Rows of money and
number have multipliers ``v_r >= 0`` of their own, as in `planning.engine.mclp.lagrangian`: an
option's score is then ``g_j - sum_r v_r a_rj``, at most one option a site is open, and
``sum_r v_r b_r`` is added. Where a worker of item i counts ``c_i``, ``u_i`` lies in
``[0, c_i w_i]`` and ``c_i w_i`` stands for ``w_i`` in the first sum; where there are several
periods, ``g_j`` is the sum of a knapsack for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from planning.engine.mclp.lagrangian import MIN_STEP, ROUNDING, BoundState, note, step

if TYPE_CHECKING:
    from planning.engine.cover_arrays import CoverArrays
    from planning.engine.mclp.side_constraints import PackingRows

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# Halvings of a threshold between 0 and 1.
HALVINGS = 14


class Rooms(NamedTuple):
    """What options hold: ``capacity`` float64[n_options, n_periods], ``period`` int64[n_items].

    ``near`` as ``capacity`` is the weight within reach; ``valued`` is the cover with what all
    workers of an item count for weights, ``top`` the most that one counts.
    """

    capacity: Floats
    near: Floats
    period: Ints
    valued: CoverArrays
    top: float


@compiled
def _above(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays, rooms: Rooms, multiplier: Floats, option: int, t: int, threshold: float
) -> float:
    """Return the weight near an option that is worth more than the threshold, for its weight."""
    total = 0.0
    for k in range(cover.option_offset[option], cover.option_offset[option + 1]):
        i = cover.option_item[k]
        if rooms.period[i] == t and multiplier[i] > threshold * cover.weights[i]:
            total += cover.weights[i]
    return total


@compiled
def _thresholds(cover: CoverArrays, rooms: Rooms, bound: BoundState, threshold: Floats) -> None:
    """Fill each option's thresholds and its score ``g``, never too low."""
    for j in range(len(bound.score)):
        total = 0.0
        for t in range(threshold.shape[1]):
            threshold[j, t] = 0.0
            # only where more is near than it holds
            if rooms.near[j, t] > rooms.capacity[j, t]:
                low, high = 0.0, rooms.top
                for _ in range(HALVINGS):
                    middle = 0.5 * (low + high)
                    above = _above(cover, rooms, bound.multiplier, j, t, middle)
                    if above > rooms.capacity[j, t]:
                        low = middle
                    else:
                        high = middle
                threshold[j, t] = high
            total += threshold[j, t] * rooms.capacity[j, t]
        for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
            i = cover.option_item[k]
            at = threshold[j, rooms.period[i]]
            total += max(bound.multiplier[i] - at * cover.weights[i], 0.0)
        bound.score[j] = total


@compiled
def _serve(
    cover: CoverArrays, rooms: Rooms, multiplier: Floats, option: int, threshold: Floats
) -> Floats:
    """Return the part of each near item that the option serves in its knapsacks."""
    begin, end = cover.option_offset[option], cover.option_offset[option + 1]
    part = np.ones(end - begin)
    for t in range(threshold.shape[1]):
        at = threshold[option, t]
        if at <= 0.0:
            continue
        # below the last halving nothing; within it what is left of the capacity
        low = max(at - rooms.top * 0.5**HALVINGS, 0.0)
        taken, within = 0.0, 0.0
        for k in range(begin, end):
            i = cover.option_item[k]
            if rooms.period[i] != t:
                continue
            if multiplier[i] > at * cover.weights[i]:
                taken += cover.weights[i]
            elif multiplier[i] > low * cover.weights[i]:
                within += cover.weights[i]
                part[k - begin] = -1.0
            else:
                part[k - begin] = 0.0
        left = max(rooms.capacity[option, t] - taken, 0.0)
        rest = min(left / within, 1.0) if within > 0.0 else 0.0
        for k in range(end - begin):
            if part[k] < 0.0:
                part[k] = rest
    return part


@compiled
def _priced(rows: PackingRows, bound: BoundState) -> None:
    """Take from each option's score what it takes of the rows, at their multipliers."""
    for j in range(len(bound.score)):
        for k in range(rows.offset[j], rows.offset[j + 1]):
            bound.score[j] -= bound.row_multiplier[rows.row[k]] * rows.amount[k]


@compiled
def _chosen(
    score: Floats, is_required: npt.NDArray[np.bool_], rows: PackingRows
) -> tuple[Ints, float]:
    """Return the required options and the best of the others, one a site; their scores' sum."""
    order = np.argsort(-score, kind="mergesort")
    chosen = np.empty(len(score), np.int64)
    taken = np.zeros(max(rows.n_sites, 1), np.bool_)
    n, free, total = 0, 0, 0.0
    for j in order:
        if not is_required[j]:
            site = rows.site[j]
            # the count is used up, it adds nothing, or its site is taken
            if free == rows.most or score[j] < 0.0 or (site >= 0 and taken[site]):
                continue
            if site >= 0:
                taken[site] = True
            free += 1
        chosen[n] = j
        n += 1
        total += score[j]
    return chosen[:n].copy(), total


@compiled
def _paid(worth: Floats, rows: PackingRows, bound: BoundState) -> float:
    """Return what multipliers leave of the items' worth and pay for the rows' capacities."""
    total = 0.0
    for i in range(len(worth)):
        total += worth[i] - bound.multiplier[i]
    for r in range(len(rows.capacity)):
        total += bound.row_multiplier[r] * rows.capacity[r]
    return total


@compiled
def _enter(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays, rows: PackingRows, option: int, part: Floats, count: Floats, pull: Floats
) -> None:
    """Enter what an open option serves of each item, and takes of each row."""
    begin = cover.option_offset[option]
    for k in range(len(part)):
        count[cover.option_item[begin + k]] += part[k]
    for k in range(rows.offset[option], rows.offset[option + 1]):
        pull[rows.row[k]] += rows.amount[k]


@compiled
def lower_capacity_bound(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    rooms: Rooms,
    is_required: npt.NDArray[np.bool_],
    rows: PackingRows,
    bound: BoundState,
    known: float,
    settings: int,
) -> Ints:
    """Move the multipliers over so many settings; returns what the relaxed problem opens last.

    ``rows`` are of the options that are not required; ``known`` is the value of the best plan so
    far. The least bound stands in ``bound.figures[0]``.
    """
    threshold = np.zeros_like(rooms.capacity)
    count, pull = np.zeros(len(cover.weights)), np.zeros(len(rows.capacity))
    chosen = np.empty(0, np.int64)
    for _ in range(settings):
        if bound.figures[1] <= MIN_STEP:
            break
        # the bound here, raised by what the sums may have lost
        _thresholds(cover, rooms, bound, threshold)
        _priced(rows, bound)
        chosen, scores = _chosen(bound.score, is_required, rows)
        value = scores + _paid(rooms.valued.weights, rows, bound)
        value *= 1.0 + ROUNDING
        note(bound, value, known)
        if bound.figures[0] - known <= 1e-9 * abs(known):
            break
        # the subgradient: how much of each item is served, how far each row is passed
        count[:] = 0.0
        pull[:] = -rows.capacity
        for option in chosen:
            j = int(option)
            part = _serve(cover, rooms, bound.multiplier, j, threshold)
            _enter(cover, rows, j, part, count, pull)
        step(rooms.valued, bound, count, pull, value, known)
    return chosen
