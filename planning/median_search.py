"""Good medians fast: greedy, then annealing over the best exchange for a random new site.

For every item the nearest and the second nearest open site are kept. What a new site j saves, and
which open site is best closed for it, then follows from one pass over the items of j (Whitaker
1983; Resende and Werneck 2007).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.compiled import compiled
from planning.swap_search import random_below

if TYPE_CHECKING:
    from planning.median_arrays import MedianArrays

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


class MedianState(NamedTuple):
    """Open sites, and each item's nearest and second nearest: site (-1: none) and cost.

    ``free`` marks sites whose opening is up to the search; ``loss`` float64[n] is what closing an
    open site costs; ``cost`` float64[1] the total; ``scratch`` float64[n] is zero between calls.
    """

    is_open: npt.NDArray[np.bool_]
    first: Ints
    first_cost: Floats
    second: Ints
    second_cost: Floats
    loss: Floats
    cost: Floats
    scratch: Floats
    random: Ints


def new_median_state(median: MedianArrays, *, unserved: Floats, seed: int) -> MedianState:
    """Return the state with nothing open; ``unserved`` is what an item costs then."""
    n, m = median.n_sites, median.n_items
    start = np.random.default_rng(seed).integers(1, 2**62, size=1, dtype=np.uint64)
    return MedianState(
        is_open=np.zeros(n, np.bool_),
        first=np.full(m, -1, np.int32),
        first_cost=unserved.copy(),
        second=np.full(m, -1, np.int32),
        second_cost=unserved.copy(),
        loss=np.zeros(n),
        cost=np.array([unserved.sum()]),
        scratch=np.zeros(n),
        random=start,
    )


@compiled
def open_sites(median: MedianArrays, state: MedianState, unserved: Floats, sites: Ints) -> None:
    """Open exactly ``sites``."""
    state.is_open[:] = False
    for j in sites:
        state.is_open[j] = True
    for i in range(len(unserved)):
        _find_two(median, state, unserved, i)
    _total(state)


@compiled
def _total(state: MedianState) -> None:
    state.cost[0] = state.first_cost.sum()
    state.loss[:] = 0.0
    for i in range(len(state.first)):
        if state.first[i] >= 0:
            state.loss[state.first[i]] += state.second_cost[i] - state.first_cost[i]


@compiled
def _find_two(median: MedianArrays, state: MedianState, unserved: Floats, item: int) -> None:
    """Find the two nearest open sites of an item, walking its sites from the nearest."""
    state.first[item], state.second[item] = -1, -1
    state.first_cost[item] = state.second_cost[item] = unserved[item]
    for k in range(median.item_offset[item], median.item_offset[item + 1]):
        site = median.item_site[k]
        if state.is_open[site]:
            if state.first[item] < 0:
                state.first[item], state.first_cost[item] = site, median.item_cost[k]
            else:
                state.second[item], state.second_cost[item] = site, median.item_cost[k]
                return


@compiled
def greedy_sites(median: MedianArrays, state: MedianState, unserved: Floats, p: int) -> None:
    """Open the site that saves most until p are open."""
    n_open = state.is_open.sum()
    while n_open < p:
        best, best_value = -1, -1.0
        for j in range(len(state.is_open)):
            if state.is_open[j]:
                continue
            saved = 0.0
            for k in range(median.site_offset[j], median.site_offset[j + 1]):
                less = state.first_cost[median.site_item[k]] - median.site_cost[k]
                saved += max(less, 0.0)
            if saved > best_value:
                best, best_value = j, saved
        _exchange(median, state, unserved, best, -1)
        n_open += 1
    _total(state)


@compiled
def _exchange(
    median: MedianArrays, state: MedianState, unserved: Floats, entering: int, leaving: int
) -> None:
    """Open one site, close another (-1: none), and find the two nearest where they change."""
    state.is_open[entering] = True
    if leaving >= 0:
        state.is_open[leaving] = False
    for k in range(median.site_offset[entering], median.site_offset[entering + 1]):
        i = median.site_item[k]
        if median.site_cost[k] < state.second_cost[i] or (
            state.first[i] == leaving or state.second[i] == leaving
        ):
            _replace(median, state, unserved, i)
    if leaving < 0:
        return
    for k in range(median.site_offset[leaving], median.site_offset[leaving + 1]):
        i = median.site_item[k]
        if state.first[i] == leaving or state.second[i] == leaving:
            _replace(median, state, unserved, i)


@compiled
def _replace(median: MedianArrays, state: MedianState, unserved: Floats, item: int) -> None:
    state.cost[0] -= state.first_cost[item]
    if state.first[item] >= 0:
        state.loss[state.first[item]] -= state.second_cost[item] - state.first_cost[item]
    _find_two(median, state, unserved, item)
    state.cost[0] += state.first_cost[item]
    if state.first[item] >= 0:
        state.loss[state.first[item]] += state.second_cost[item] - state.first_cost[item]


@compiled
def best_exchange(
    median: MedianArrays, state: MedianState, entering: int, open_list: Ints
) -> tuple[int, float]:
    """Tell which open site is best closed when ``entering`` opens, and the change of cost."""
    saved = 0.0
    for k in range(median.site_offset[entering], median.site_offset[entering + 1]):
        i = median.site_item[k]
        cost = median.site_cost[k]
        if cost < state.first_cost[i]:
            saved += state.first_cost[i] - cost
            # closing the nearest site then costs nothing for this item
            if state.first[i] >= 0:
                state.scratch[state.first[i]] += state.second_cost[i] - state.first_cost[i]
        elif cost < state.second_cost[i]:
            state.scratch[state.first[i]] += state.second_cost[i] - cost
    best, best_value = -1, np.inf
    for r in open_list:
        value = state.loss[r] - state.scratch[r]
        state.scratch[r] = 0.0
        if value < best_value:
            best, best_value = r, value
    return best, best_value - saved


@compiled
def anneal_medians(  # noqa: PLR0917 - compiled: positional only
    median: MedianArrays,
    state: MedianState,
    unserved: Floats,
    heat: tuple[float, float],
    begin: int,
    end: int,
    trials: int,
    best_open: npt.NDArray[np.bool_],
    best_cost: float,
) -> float:
    """Try a random new site ``end - begin`` times of ``trials``; the best cost.

    ``best_open`` (changed in place) and ``best_cost`` are the best plan so far. The heat falls
    from its first to its second figure over all ``trials``.
    """
    n = len(state.is_open)
    open_list = np.flatnonzero(state.is_open)
    if len(open_list) == 0 or len(open_list) == n:
        return best_cost
    for turn in range(begin, end):
        warmth = heat[0] * (heat[1] / heat[0]) ** (turn / trials)
        entering = random_below(state.random, n)
        if state.is_open[entering]:
            continue
        leaving, change = best_exchange(median, state, entering, open_list)
        chance = (random_below(state.random, 1 << 30) + 1.0) / (1 << 30)
        if change > -warmth * np.log(chance):
            continue
        _exchange(median, state, unserved, entering, leaving)
        for k in range(len(open_list)):
            if open_list[k] == leaving:
                open_list[k] = entering
                break
        if state.cost[0] < best_cost * (1.0 - 1e-12):
            best_cost = state.cost[0]
            best_open[:] = state.is_open
    return best_cost


@compiled
def descend(median: MedianArrays, state: MedianState, unserved: Floats, most_passes: int) -> None:
    """Exchange while an exchange saves, for at most so many passes over the sites."""
    n = len(state.is_open)
    if not state.is_open.any() or state.is_open.all():
        return
    idle = 0
    for turn in range(most_passes * n):
        entering = turn % n
        idle += 1
        if idle > n:
            return
        if state.is_open[entering]:
            continue
        open_list = np.flatnonzero(state.is_open)
        leaving, change = best_exchange(median, state, entering, open_list)
        if change < -1e-9 * abs(state.cost[0]):
            _exchange(median, state, unserved, entering, leaving)
            idle = 0
