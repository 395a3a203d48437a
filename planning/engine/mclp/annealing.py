"""Better plans slowly: simulated annealing over swaps of cover arrays.

A random open option r is offered for exchange against j: mostly one that shares an item with r (the
station moves a little), else the one with the highest gain of a few random ones. Worse exchanges
are taken with probability ``exp(change / temperature)`` (Metropolis and others 1953), and the
temperature falls geometrically over the round (Kirkpatrick, Gelatt and Vecchi 1983).

At the temperatures that matter one offer in a hundred is taken, so offers must cost next to
nothing. A table keeps ``shared(r, j)``, the weight that only r covers and j covers too, for every
open r and every j, as Resende and Werneck (2004) keep their extra gains for the p-median: the
change ``gain[j] + shared(r, j) - loss[r]`` is then three readings. An exchange that is taken
touches only the items that one of r and j covers and the other does not; the row of r passes on to
j.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from planning.engine.mclp.interchange import SearchState, close_one, open_one, random_below
from planning.engine.mclp.side_constraints import PackingRows, fits, take

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.cover_arrays import CoverArrays

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# Options drawn for an exchange with a far one.
DRAWN = 6
# One offer in so many goes to a far option, the others to a near one.
FAR = 4
# Offers between two looks at the temperature, and the steps that one counts for.
OFFERS, OFFER_STEPS = 128, 8
# Figures in the largest table that is kept (8 bytes each); without one an offer costs a pass.
MAX_TABLE = 30_000_000
# Steps between two looks at the clock: some hundredths of a second.
CHUNK_STEPS = 3_000_000
# Below ``-DEEP * temperature`` a change is never taken.
DEEP = 20.0


class Schedule(NamedTuple):
    """The temperature falls from ``hot`` to ``cold`` over ``steps`` elementary steps."""

    hot: float
    cold: float
    steps: int


class SwapTable(NamedTuple):
    """What swaps are worth; changed in place.

    ``option`` int64[p] the open options, ``slot`` int32[n] where each stands in it (-1: closed);
    ``shared`` float64[p, n] (no row: not kept); ``seen`` int64[m+1] marks items, last the mark.
    """

    option: Ints
    slot: Ints
    shared: Floats
    seen: Ints


@compiled
def swap_table(cover: CoverArrays, state: SearchState, room: int) -> SwapTable:
    """Return the table of what is open now; it may have room for more (``room`` slots)."""
    n = len(state.gain)
    opened = np.flatnonzero(state.is_open)
    option = np.full(max(room, len(opened)), -1, np.int64)
    slot = np.full(n, -1, np.int32)
    for place in range(len(opened)):
        option[place] = opened[place]
        slot[opened[place]] = place
    kept = len(option) * n <= MAX_TABLE
    shared = np.zeros((len(option) if kept else 0, n))
    # an item that only one option covers counts in the row of that option
    if kept:
        for i in range(len(cover.weights)):
            if state.cover_count[i] == 1:
                row = shared[slot[state.option_sum[i]]]
                add_weight(cover, row, i, cover.weights[i])
    return SwapTable(option, slot, shared, np.zeros(len(cover.weights) + 1, np.int64))


@compiled
def add_weight(cover: CoverArrays, row: Floats, item: int, weight: float) -> int:
    """Add a weight to the figures of all options that cover an item; returns their number."""
    start, end = cover.item_offset[item], cover.item_offset[item + 1]
    for k in range(start, end):
        row[cover.item_option[k]] += weight
    return int(end - start)


@compiled
def swap_pair(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    rows: PackingRows,
    state: SearchState,
    table: SwapTable,
    slot: int,
    entering: int,
) -> int:
    """Open ``entering`` in the place of the option in ``slot``; returns the steps taken."""
    leaving = table.option[slot]
    # the slot passes on
    table.option[slot] = entering
    table.slot[leaving], table.slot[entering] = -1, slot
    # without a table the two halves are done one after the other
    if len(table.shared) == 0:
        work = close_one(cover, rows, state, leaving)
        return work + open_one(cover, rows, state, entering)
    # gain + shared - loss, before any of them changes
    state.value[0] += state.gain[entering] + table.shared[slot, entering] - state.loss[leaving]
    seen = table.seen
    # a new mark spares wiping the marks of the last exchange
    mark = seen[-1] + 2
    seen[-1] = mark
    begin, end = cover.option_offset[leaving], cover.option_offset[leaving + 1]
    work = 2 * (end - begin)
    # mark the items that ``leaving`` covers
    for k in range(begin, end):
        seen[cover.option_item[k]] = mark
    # cover what ``entering`` covers; items of both change their mark
    work += enter_slot(cover, state, table, slot, leaving, entering)
    # uncover the items that only ``leaving`` had of the two
    for k in range(begin, end):
        i = cover.option_item[k]
        if seen[i] != mark:
            continue
        weight = cover.weights[i]
        n = state.cover_count[i]
        state.cover_count[i] = n - 1
        state.option_sum[i] -= leaving
        # nothing covers it now: back into the gains, and out of the passed-on row
        if n == 1:
            work += add_weight(cover, state.gain, i, weight) + add_weight(
                cover, table.shared[slot], i, -weight
            )
        # one stays, which covers it alone from now on
        elif n == 2:  # noqa: PLR2004 - two cover it, one stays
            stays = state.option_sum[i]
            state.loss[stays] += weight
            work += add_weight(cover, table.shared[table.slot[stays]], i, weight)
    # the books of both options, and of the limits
    state.loss[leaving] = 0.0
    state.is_open[leaving], state.is_open[entering] = False, True
    take(rows, state.used, state.site_used, leaving, -1)
    take(rows, state.used, state.site_used, entering, 1)
    return int(work)


@compiled
def enter_slot(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    state: SearchState,
    table: SwapTable,
    slot: int,
    leaving: int,
    entering: int,
) -> int:
    """Cover the items of ``entering``; those marked as of ``leaving`` too only change hands."""
    mark = table.seen[-1]
    begin, end = cover.option_offset[entering], cover.option_offset[entering + 1]
    work = end - begin
    loss = 0.0
    for k in range(begin, end):
        i = cover.option_item[k]
        weight = cover.weights[i]
        n = state.cover_count[i]
        # an item of both: only its owner changes
        if table.seen[i] == mark:
            table.seen[i] = mark + 1
            state.option_sum[i] += entering - leaving
            if n == 1:
                loss += weight
            continue
        # newly covered: out of the gains, into the row of this slot
        if n == 0:
            loss += weight
            work += add_weight(cover, state.gain, i, -weight) + add_weight(
                cover, table.shared[slot], i, weight
            )
        # no longer covered by ``other`` alone
        elif n == 1:
            other = state.option_sum[i]
            state.loss[other] -= weight
            work += add_weight(cover, table.shared[table.slot[other]], i, -weight)
        state.cover_count[i] = n + 1
        state.option_sum[i] += entering
    state.loss[entering] = loss
    return int(work)


@compiled
def anneal(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    rows: PackingRows,
    state: SearchState,
    table: SwapTable,
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
    n_open, random = len(table.option), state.random
    work = begin
    while work < end and n_open > 0:
        # cool geometrically (Kirkpatrick, Gelatt and Vecchi 1983), once for many offers
        temperature = schedule.hot * (schedule.cold / schedule.hot) ** (work / schedule.steps)
        for _ in range(OFFERS):
            # draw an open option
            slot = random_below(random, n_open)
            leaving = table.option[slot]
            size = cover.option_offset[leaving + 1] - cover.option_offset[leaving]
            # written out: a call that hands over all arrays costs more than the whole offer
            # a near offer shares a random item with it
            if size > 0 and random_below(random, FAR) > 0:
                i = cover.option_item[cover.option_offset[leaving] + random_below(random, size)]
                degree = cover.item_offset[i + 1] - cover.item_offset[i]
                entering = int(
                    cover.item_option[cover.item_offset[i] + random_below(random, degree)]
                )
            else:
                entering = far_offer(state.gain, random)
            work += OFFER_STEPS
            # open already: no offer
            if table.slot[entering] >= 0:
                continue
            # gain + shared - loss: from the table where there is one, else by a pass
            change = state.gain[entering] - state.loss[leaving]
            if len(table.shared):
                change += table.shared[slot, entering]
            else:
                change += _shared(cover, state, leaving, entering)
                work += cover.option_offset[entering + 1] - cover.option_offset[entering]
            # asked in the order of what it costs to ask
            if not is_taken(change, temperature, random):
                continue
            if not fits(rows, state.used, state.site_used, state.numbers[0], entering, leaving):
                continue
            # exchange, and keep the best
            work += swap_pair(cover, rows, state, table, slot, entering)
            if state.value[0] > best_value + least:
                best_value = state.value[0]
                best_open[:] = state.is_open
    return best_value


def cool(
    cover: CoverArrays,
    rows: PackingRows,
    state: SearchState,
    schedule: Schedule,
    *,
    best: tuple[npt.NDArray[np.bool_], float],
    least: float,
    is_over: Callable[[float], bool],
) -> tuple[npt.NDArray[np.bool_], float]:
    """Anneal a schedule from what is open, until it ends or ``is_over`` of the best value.

    ``best`` is the best plan so far and its value; returns the better one of both. The schedule
    is the same whatever the time limit is: a longer limit only goes further.
    """
    best_open, best_value = best[0].copy(), best[1]
    table = swap_table(cover, state, 0)
    for begin in range(0, schedule.steps, CHUNK_STEPS):
        end = min(begin + CHUNK_STEPS, schedule.steps)
        best_value = anneal(
            cover, rows, state, table, schedule, begin, end, best_open, best_value, least
        )
        if is_over(best_value):
            break
    return best_open, best_value


@compiled
def is_taken(change: float, temperature: float, random: Ints) -> bool:
    """Whether a change is taken at a temperature (Metropolis and others 1953)."""
    if change >= 0.0:
        return True
    # the logarithm is spared where its answer is sure
    if change < -DEEP * temperature:
        return False
    chance = (random_below(random, 1 << 30) + 1.0) / (1 << 30)
    return bool(change >= temperature * np.log(chance))


@compiled
def far_offer(gain: Floats, random: Ints) -> int:
    """Draw a few options; returns the one with the highest gain."""
    best = random_below(random, len(gain))
    for _ in range(DRAWN - 1):
        other = random_below(random, len(gain))
        if gain[other] > gain[best]:
            best = other
    return int(best)


@compiled
def _shared(cover: CoverArrays, state: SearchState, leaving: int, entering: int) -> float:
    """Weigh the items that only ``leaving`` covers and ``entering`` covers too."""
    shared = 0.0
    for k in range(cover.option_offset[entering], cover.option_offset[entering + 1]):
        i = cover.option_item[k]
        if state.cover_count[i] == 1 and state.option_sum[i] == leaving:
            shared += cover.weights[i]
    return shared
