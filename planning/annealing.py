"""Better plans slowly: simulated annealing over swaps of cover arrays.

A random open option r is offered for exchange against j: half of the time one that shares an item
with r (the station moves a little), half of the time the one with the highest gain of a few random
ones. The change ``gain[j] + shared(r, j) - loss[r]`` costs one pass over the items of j, so most
offers are weighed in under a microsecond; only those taken change the state. Worse exchanges are
taken with probability ``exp(change / heat)``, and the heat falls geometrically over the round
(Kirkpatrick, Gelatt and Vecchi 1983).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from planning.packing import PackingRows, fits
from planning.swap_search import SearchState, close_one, open_one, random_below

if TYPE_CHECKING:
    from planning.cover_arrays import CoverArrays

Ints = npt.NDArray[Any]

# Options drawn for an exchange with a far one.
DRAWN = 6
# One offer in so many goes to a near option, the others to a far one.
NEAR = 2


class Schedule(NamedTuple):
    """The heat falls from ``hot`` to ``cold`` over ``steps`` elementary steps."""

    hot: float
    cold: float
    steps: int


@compiled
def anneal(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    rows: PackingRows,
    state: SearchState,
    schedule: Schedule,
    begin: int,
    end: int,
    best_open: npt.NDArray[np.bool_],
    best_value: float,
    least: float,
) -> float:
    """Anneal from step ``begin`` to step ``end`` of the schedule.

    ``best_open`` (changed in place) and ``best_value`` are the best plan so far; gains of
    ``least`` and below do not count. Returns the best value.
    """
    open_list = np.flatnonzero(state.is_open)
    work = begin
    while work < end and len(open_list) > 0:
        heat = schedule.hot * (schedule.cold / schedule.hot) ** (work / schedule.steps)
        for _ in range(64):
            at = random_below(state.random, len(open_list))
            leaving = open_list[at]
            entering = _offer(cover, state, leaving)
            work += 24
            if state.is_open[entering] or not fits(
                rows, state.used, state.site_used, state.numbers[0], entering, leaving
            ):
                continue
            chance = (random_below(state.random, 1 << 30) + 1.0) / (1 << 30)
            least_change = heat * np.log(chance)
            change = state.gain[entering] - state.loss[leaving]
            if change < least_change:
                change += _shared(cover, state, leaving, entering)
                work += cover.option_offset[entering + 1] - cover.option_offset[entering]
                if change < least_change:
                    continue
            work += close_one(cover, rows, state, leaving)
            work += open_one(cover, rows, state, entering)
            open_list[at] = entering
            if state.value[0] > best_value + least:
                best_value = state.value[0]
                best_open[:] = state.is_open
    return best_value


@compiled
def _offer(cover: CoverArrays, state: SearchState, leaving: int) -> int:
    """Draw an option to open in the place of ``leaving``."""
    size = cover.option_offset[leaving + 1] - cover.option_offset[leaving]
    if size > 0 and random_below(state.random, NEAR) == 0:
        i = cover.option_item[cover.option_offset[leaving] + random_below(state.random, size)]
        degree = cover.item_offset[i + 1] - cover.item_offset[i]
        return int(cover.item_option[cover.item_offset[i] + random_below(state.random, degree)])
    best = random_below(state.random, len(state.gain))
    for _ in range(DRAWN - 1):
        other = random_below(state.random, len(state.gain))
        if state.gain[other] > state.gain[best]:
            best = other
    return best


@compiled
def _shared(cover: CoverArrays, state: SearchState, leaving: int, entering: int) -> float:
    """Weigh the items that only ``leaving`` covers and ``entering`` covers too."""
    shared = 0.0
    for k in range(cover.option_offset[entering], cover.option_offset[entering + 1]):
        i = cover.option_item[k]
        if state.cover_count[i] == 1 and state.option_sum[i] == leaving:
            shared += cover.weights[i]
    return shared
