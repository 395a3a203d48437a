"""Cheaper covers by weights on the items: what is hard to cover counts more and more.

A plan that is cheaper than the best cover leaves items uncovered. In each turn the open option
that loses least weight for its cost is closed, then options of uncovered items are opened, those
that gain most for their cost, while the plan stays cheaper than the best cover; whatever is still
uncovered weighs one more. An option that was closed waits until one that shares an item with it
has moved (row weighting local search: Gao, Weise and Li 2015; for any costs as in Gao and others
2014).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from planning.engine.mclp.interchange import random_below

if TYPE_CHECKING:
    from planning.engine.cover_arrays import CoverArrays

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# A plan must be cheaper than the best cover by this part of it: less is rounding.
CHEAPER = 1e-9
# Costs count as at least this part of the largest.
LEAST_COST = 1e-9


class WeightedRows(NamedTuple):
    """The plan that is changed and the cheapest cover so far; changed in place.

    ``score`` int64[n] is the weight that an option would gain, or, open, that its closing would
    lose, negative. ``n_covering`` and ``sum_covering`` int64[m] tell how many open options cover
    an item, and their numbers added up: of one alone its number. ``opened`` and ``uncovered`` are
    lists with the ``place`` of each member, -1 of others. ``waits`` bool[n] may not be opened yet,
    ``moved`` int64[n] tells the turn in which an option moved last. ``numbers`` int64[4]: open
    options, uncovered items, turns, the option opened last. ``figures`` float64[2]: the costs of
    the cheapest cover and of the plan now.
    """

    now: Bools
    best: Bools
    price: Floats
    score: Ints
    weight: Ints
    n_covering: Ints
    sum_covering: Ints
    opened: Ints
    opened_place: Ints
    uncovered: Ints
    uncovered_place: Ints
    waits: Bools
    moved: Ints
    numbers: Ints
    figures: Floats
    random: Ints


def weighted_rows(cover: CoverArrays, costs: Floats, chosen: Bools, *, seed: int) -> WeightedRows:
    """Begin with the cover ``chosen``."""
    n, m = len(costs), cover.n_items
    state = WeightedRows(
        now=np.zeros(n, dtype=np.bool_),
        best=chosen.copy(),
        price=np.maximum(costs, max(LEAST_COST * float(costs.max(initial=0.0)), 1e-300)),
        score=np.diff(cover.option_offset).astype(np.int64),
        weight=np.ones(m, dtype=np.int64),
        n_covering=np.zeros(m, dtype=np.int64),
        sum_covering=np.zeros(m, dtype=np.int64),
        opened=np.empty(n, dtype=np.int64),
        opened_place=np.full(n, -1),
        uncovered=np.arange(m),
        uncovered_place=np.arange(m),
        waits=np.zeros(n, dtype=np.bool_),
        moved=np.zeros(n, dtype=np.int64),
        numbers=np.array([0, m, 0, -1]),
        figures=np.array([float(costs[chosen].sum()), 0.0]),
        random=np.random.default_rng(seed).integers(1, 2**62, size=1, dtype=np.uint64),
    )
    for option in np.flatnonzero(chosen):
        _open(cover, costs, state, int(option))
    return state


@compiled
def cheaper_cover(
    cover: CoverArrays, costs: Floats, state: WeightedRows, most_work: int, enough: float
) -> int:
    """Look for cheaper covers for ``most_work`` steps or until one costs ``enough``.

    Returns the steps taken.
    """
    numbers, figures = state.numbers, state.figures
    work = 0
    while work < most_work:
        # a cover: keep it, and close options until it is none
        while numbers[1] == 0:
            figures[0] = costs[state.now].sum()
            figures[1] = figures[0]
            state.best[:] = state.now
            if figures[0] <= enough or numbers[0] == 0:
                return work
            work += len(costs) + _close(cover, costs, state, _least_loss(state, -1))
        numbers[2] += 1
        if numbers[0] > 0:
            work += numbers[0]
            closing = _least_loss(state, numbers[3])
            work += _close(cover, costs, state, closing)
            state.waits[closing] = True
        # open while the plan is cheaper than the best cover
        most = figures[0] * (1.0 - CHEAPER)
        while numbers[1] > 0:
            opening = _most_gain(cover, costs, state, most - figures[1])
            if opening < 0:
                break
            work += _open(cover, costs, state, opening)
            numbers[3] = opening
        # what is still uncovered weighs more
        for place in range(numbers[1]):
            i = state.uncovered[place]
            state.weight[i] += 1
            for k in range(cover.item_offset[i], cover.item_offset[i + 1]):
                state.score[cover.item_option[k]] += 1
            work += cover.item_offset[i + 1] - cover.item_offset[i]
    return work


@compiled
def _least_loss(state: WeightedRows, kept: int) -> int:
    """Return the open option, but for ``kept``, that loses least for its cost; ties: the oldest."""
    best, best_value = -1, -np.inf
    for place in range(state.numbers[0]):
        j = state.opened[place]
        if j == kept and state.numbers[0] > 1:
            continue
        value = state.score[j] / state.price[j]
        if value > best_value or (value == best_value and state.moved[j] < state.moved[best]):
            best, best_value = j, value
    return best


@compiled
def _most_gain(cover: CoverArrays, costs: Floats, state: WeightedRows, money: float) -> int:
    """Return the option of a random uncovered item that gains most for its cost; -1 for none."""
    i = state.uncovered[random_below(state.random, state.numbers[1])]
    best, best_value, oldest = -1, -np.inf, -1
    for k in range(cover.item_offset[i], cover.item_offset[i + 1]):
        j = cover.item_option[k]
        if costs[j] > money:
            continue
        if oldest < 0 or state.moved[j] < state.moved[oldest]:
            oldest = j
        value = state.score[j] / state.price[j]
        if not state.waits[j] and (
            value > best_value or (value == best_value and state.moved[j] < state.moved[best])
        ):
            best, best_value = j, value
    # all wait: the one that has waited longest
    return best if best >= 0 else oldest


@compiled
def _open(cover: CoverArrays, costs: Floats, state: WeightedRows, option: int) -> int:
    """Open an option; returns the steps."""
    gained, work = state.score[option], 0
    _put(state.opened, state.opened_place, option, state.numbers[0])
    state.numbers[0] += 1
    for k in range(cover.option_offset[option], cover.option_offset[option + 1]):
        i = cover.option_item[k]
        state.n_covering[i] += 1
        # the only one so far no longer loses the item when it closes
        if state.n_covering[i] == 2:  # noqa: PLR2004 - this one and one other
            state.score[state.sum_covering[i]] += state.weight[i]
        state.sum_covering[i] += option
        # newly covered: nothing to gain for others
        if state.n_covering[i] == 1:
            _take(state.uncovered, state.uncovered_place, i, state.numbers[1])
            state.numbers[1] -= 1
            for other in range(cover.item_offset[i], cover.item_offset[i + 1]):
                state.score[cover.item_option[other]] -= state.weight[i]
            work += cover.item_offset[i + 1] - cover.item_offset[i]
    state.score[option] = -gained
    return work + _moves(cover, costs, state, option, 1.0)


@compiled
def _close(cover: CoverArrays, costs: Floats, state: WeightedRows, option: int) -> int:
    """Close an option; returns the steps."""
    lost, work = -state.score[option], 0
    _take(state.opened, state.opened_place, option, state.numbers[0])
    state.numbers[0] -= 1
    for k in range(cover.option_offset[option], cover.option_offset[option + 1]):
        i = cover.option_item[k]
        state.n_covering[i] -= 1
        state.sum_covering[i] -= option
        # the only one left loses the item when it closes
        if state.n_covering[i] == 1:
            state.score[state.sum_covering[i]] -= state.weight[i]
        # newly uncovered: to be gained by others
        if state.n_covering[i] == 0:
            _put(state.uncovered, state.uncovered_place, i, state.numbers[1])
            state.numbers[1] += 1
            for other in range(cover.item_offset[i], cover.item_offset[i + 1]):
                state.score[cover.item_option[other]] += state.weight[i]
            work += cover.item_offset[i + 1] - cover.item_offset[i]
    state.score[option] = lost
    return work + _moves(cover, costs, state, option, -1.0)


@compiled
def _moves(cover: CoverArrays, costs: Floats, state: WeightedRows, option: int, sign: float) -> int:
    """Take note that an option has moved: those that share an item need wait no longer."""
    state.now[option] = sign > 0.0
    state.figures[1] += sign * costs[option]
    state.moved[option] = state.numbers[2]
    work = cover.option_offset[option + 1] - cover.option_offset[option]
    for k in range(cover.option_offset[option], cover.option_offset[option + 1]):
        i = cover.option_item[k]
        for other in range(cover.item_offset[i], cover.item_offset[i + 1]):
            state.waits[cover.item_option[other]] = False
        work += cover.item_offset[i + 1] - cover.item_offset[i]
    return int(work)


@compiled
def _put(members: Ints, place: Ints, member: int, size: int) -> None:
    members[size] = member
    place[member] = size


@compiled
def _take(members: Ints, place: Ints, member: int, size: int) -> None:
    """Take a member out of a list of ``size``; the last one takes its place."""
    last = members[size - 1]
    members[place[member]] = last
    place[last] = place[member]
    place[member] = -1
