"""Annealing where money or numbers of some options are limited: open, close and exchange.

What limits a plan has a price: with the Lagrangian multipliers v of the rows, an option that takes
``a_rj`` of row r costs ``sum_r v_r a_rj``. Annealed is the weight covered less these prices, so
that closing a dear option and opening cheaper ones elsewhere is no deep valley between two plans,
and no plan that passes a row is ever visited. Prices a little below the multipliers keep the plans
near to the rows' capacities. The best plan is the one that covers most, whatever it costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from planning.engine.mclp.annealing import (
    CHUNK_STEPS,
    FAR,
    MAX_TABLE,
    OFFER_STEPS,
    OFFERS,
    Schedule,
    SwapTable,
    add_weight,
    enter_slot,
    far_offer,
    is_taken,
    swap_pair,
    swap_table,
)
from planning.engine.mclp.interchange import SearchState, random_below
from planning.engine.mclp.side_constraints import PackingRows, fits, take

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.cover_arrays import CoverArrays

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Of a hundred offers so many open an option and as many close one; the others exchange two.
OPENING = 20
# The table has room for so many times the options that are open, and for some more.
ROOM, SPARE = 2, 16


def room_for(n_options: int, n_open: int) -> int:
    """Return how many options a table may hold, 0 where it would grow too large."""
    room = min(ROOM * n_open + SPARE, n_options)
    return room if room * n_options <= MAX_TABLE else 0


@compiled
def _open_in(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    rows: PackingRows,
    state: SearchState,
    table: SwapTable,
    slot: int,
    option: int,
) -> int:
    """Open an option in an empty slot; returns the steps taken."""
    table.option[slot], table.slot[option] = option, slot
    state.value[0] += state.gain[option]
    # a new mark: no item counts as covered by an option that leaves
    table.seen[-1] += 2
    work = enter_slot(cover, state, table, slot, -1, option)
    state.is_open[option] = True
    state.numbers[0] += 1
    take(rows, state.used, state.site_used, option, 1)
    return work


@compiled
def _close_slot(
    cover: CoverArrays, rows: PackingRows, state: SearchState, table: SwapTable, slot: int
) -> int:
    """Close the option in a slot; the last slot takes its place. Returns the steps taken."""
    option, last = table.option[slot], state.numbers[0] - 1
    state.value[0] -= state.loss[option]
    work = 2 * len(state.gain)
    for k in range(cover.option_offset[option], cover.option_offset[option + 1]):
        i = cover.option_item[k]
        n, weight = state.cover_count[i], cover.weights[i]
        state.cover_count[i] = n - 1
        state.option_sum[i] -= option
        # nothing covers it now: its options could add it again
        if n == 1:
            work += add_weight(cover, state.gain, i, weight)
        # one stays, which covers it alone from now on
        elif n == 2:  # noqa: PLR2004 - two cover it, one stays
            stays = state.option_sum[i]
            state.loss[stays] += weight
            work += add_weight(cover, table.shared[table.slot[stays]], i, weight)
    # the books of the option and of the limits
    state.loss[option], state.is_open[option] = 0.0, False
    state.numbers[0] -= 1
    take(rows, state.used, state.site_used, option, -1)
    table.slot[option] = -1
    # no gap among the slots
    if slot != last:
        moved = table.option[last]
        table.option[slot], table.slot[moved] = moved, slot
        table.shared[slot, :] = table.shared[last, :]
    table.shared[last, :] = 0.0
    return int(work)


@compiled
def _anneal(  # noqa: C901, PLR0912, PLR0917 - compiled: a call costs more than an offer
    cover: CoverArrays,
    rows: PackingRows,
    state: SearchState,
    table: SwapTable,
    price: Floats,
    schedule: Schedule,
    begin: int,
    end: int,
    best_open: Bools,
    best_value: float,
    least: float,
) -> float:
    """Anneal from step ``begin`` to ``end``; returns the best value, its plan in ``best_open``."""
    random, work = state.random, begin
    while work < end:
        # cool geometrically (Kirkpatrick, Gelatt and Vecchi 1983), once for many offers
        temperature = schedule.hot * (schedule.cold / schedule.hot) ** (work / schedule.steps)
        for _ in range(OFFERS):
            work += OFFER_STEPS
            n_open = state.numbers[0]
            kind = random_below(random, 100) if n_open else 0
            # open one more
            if kind < OPENING:
                entering = far_offer(state.gain, random)
                if table.slot[entering] >= 0 or n_open >= len(table.option):
                    continue
                if not is_taken(state.gain[entering] - price[entering], temperature, random):
                    continue
                if not fits(rows, state.used, state.site_used, n_open, entering, -1):
                    continue
                work += _open_in(cover, rows, state, table, n_open, entering)
            # close one
            elif kind < 2 * OPENING:
                slot = random_below(random, n_open)
                leaving = table.option[slot]
                if is_taken(price[leaving] - state.loss[leaving], temperature, random):
                    work += _close_slot(cover, rows, state, table, slot)
                continue
            # exchange two, mostly near ones
            else:
                slot = random_below(random, n_open)
                leaving = table.option[slot]
                size = cover.option_offset[leaving + 1] - cover.option_offset[leaving]
                if size > 0 and random_below(random, FAR) > 0:
                    i = cover.option_item[cover.option_offset[leaving] + random_below(random, size)]
                    degree = cover.item_offset[i + 1] - cover.item_offset[i]
                    entering = int(
                        cover.item_option[cover.item_offset[i] + random_below(random, degree)]
                    )
                else:
                    entering = far_offer(state.gain, random)
                if table.slot[entering] >= 0:
                    continue
                # gain + shared - loss, less what it costs more
                change = state.gain[entering] + table.shared[slot, entering] - state.loss[leaving]
                change -= price[entering] - price[leaving]
                if not is_taken(change, temperature, random):
                    continue
                if not fits(rows, state.used, state.site_used, n_open, entering, leaving):
                    continue
                work += swap_pair(cover, rows, state, table, slot, entering)
            # the best is what covers most
            if state.value[0] > best_value + least:
                best_value = state.value[0]
                best_open[:] = state.is_open
    return best_value


def cool_at_prices(
    cover: CoverArrays,
    rows: PackingRows,
    state: SearchState,
    schedule: Schedule,
    *,
    price: Floats,
    best: tuple[Bools, float],
    least: float,
    is_over: Callable[[float], bool],
) -> Bools:
    """Anneal a schedule from what is open, until it ends or ``is_over`` of the best value.

    ``price`` float64[n_options]; ``best`` is the best plan so far and its value. Returns the best
    plan. The schedule is the same whatever the time limit is: a longer limit only goes further.
    """
    best_open, best_value = best[0].copy(), best[1]
    table = swap_table(cover, state, room_for(cover.n_options, int(state.numbers[0])))
    for begin in range(0, schedule.steps, CHUNK_STEPS):
        end = min(begin + CHUNK_STEPS, schedule.steps)
        best_value = _anneal(
            cover, rows, state, table, price, schedule, begin, end, best_open, best_value, least
        )
        if is_over(best_value):
            break
    return best_open
