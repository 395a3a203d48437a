"""What a plan covers, as a whole and of every floor, kept while options open and close.

Sums are kept in columns: column 0 is the weight that counts in the objective, column F + 1 what
floor F counts. For every option and column

* ``gain[j]``: what closed option j would add,
* ``loss[r]``: what open option r alone covers,

as `interchange` keeps them for one column. A column is worth ``multiplier * min(sum, need)``:
what a floor has beyond its need is worth nothing, so that plans are drawn to meet floors, not to
serve one floor at the cost of the others. Column 0 has no need: all of it counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from planning.engine.mclp.interchange import random_below
from planning.engine.mclp.side_constraints import PackingRows, fits, take

if TYPE_CHECKING:
    from planning.engine.cover_arrays import CoverArrays
    from planning.engine.mclp.task import CoverTask

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


class Columns(NamedTuple):
    """Which columns count an item, and how much: compressed by item; ``need`` float64[n_columns].

    The need of column 0 is inf.
    """

    offset: Ints
    column: Ints
    amount: Floats
    need: Floats


class FloorTask(NamedTuple):
    """What a search works on; ``multiplier`` float64[n_columns] is what each column is worth."""

    cover: CoverArrays
    rows: PackingRows
    columns: Columns
    multiplier: Floats


class FloorState(NamedTuple):
    """The open options and what follows from them; changed in place by this module only.

    ``covered`` float64[n_columns]; ``gain``, ``loss`` float64[n, n_columns]; ``opened`` int64[n]
    lists the open options, ``slot`` int32[n] where each stands in it (-1: closed); ``numbers``
    int64[1] their number; ``change`` float64[n_columns] is for scratch.
    """

    cover_count: Ints
    option_sum: Ints
    covered: Floats
    gain: Floats
    loss: Floats
    opened: Ints
    slot: Ints
    numbers: Ints
    used: Floats
    site_used: Ints
    change: Floats
    random: Ints


def columns_of(task: CoverTask) -> Columns:
    """Return the columns of a task: its weights and its floors."""
    weights = np.column_stack([task.cover.weights, *(floor.weights for floor in task.floors)])
    item, column = np.nonzero(weights)
    size = np.bincount(item, minlength=task.cover.n_items)
    return Columns(
        offset=np.r_[0, np.cumsum(size)].astype(np.int64),
        column=column.astype(np.int32),
        amount=np.ascontiguousarray(weights[item, column], dtype=np.float64),
        need=np.array([np.inf, *(floor.need for floor in task.floors)]),
    )


def new_floor_state(
    cover: CoverArrays, rows: PackingRows, columns: Columns, *, seed: int
) -> FloorState:
    """Return the state with nothing open."""
    n, m, n_columns = cover.n_options, cover.n_items, len(columns.need)
    start = np.random.default_rng(seed).integers(1, 2**62, dtype=np.uint64)
    state = FloorState(
        cover_count=np.zeros(m, np.int32),
        option_sum=np.zeros(m, np.int64),
        covered=np.zeros(n_columns),
        gain=np.zeros((n, n_columns)),
        loss=np.zeros((n, n_columns)),
        opened=np.zeros(n, np.int64),
        slot=np.full(n, -1, np.int32),
        numbers=np.zeros(1, np.int64),
        used=np.zeros(len(rows.capacity)),
        site_used=np.zeros(max(rows.n_sites, 1), np.int32),
        change=np.zeros(n_columns),
        random=np.array([start], dtype=np.uint64),
    )
    _first_gains(cover, columns, state)
    return state


@compiled
def _first_gains(cover: CoverArrays, columns: Columns, state: FloorState) -> None:
    # with nothing open an option adds all that it covers, in every column
    for j in range(len(state.slot)):
        for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
            i = cover.option_item[k]
            for c in range(columns.offset[i], columns.offset[i + 1]):
                state.gain[j, columns.column[c]] += columns.amount[c]


@compiled
def open_one(
    cover: CoverArrays, rows: PackingRows, columns: Columns, state: FloorState, option: int
) -> int:
    """Open an option; returns the number of elementary steps taken."""
    work = cover.option_offset[option + 1] - cover.option_offset[option]
    # what it adds becomes covered; its own loss is counted below
    state.covered[:] += state.gain[option]
    state.loss[option, :] = 0.0
    for k in range(cover.option_offset[option], cover.option_offset[option + 1]):
        i = cover.option_item[k]
        n = state.cover_count[i]
        # newly covered: out of the gains of its options, into the loss of this one
        if n == 0:
            work += _pass_on(cover, columns, state, i, -1.0)
            _add(columns, state.loss[option], i, 1.0)
        # covered by one other: that one alone no longer covers it
        elif n == 1:
            _add(columns, state.loss[state.option_sum[i]], i, -1.0)
        state.cover_count[i] = n + 1
        state.option_sum[i] += option
    # to the end of the list of open options
    state.opened[state.numbers[0]] = option
    state.slot[option] = state.numbers[0]
    state.numbers[0] += 1
    # count it against the limits
    take(rows, state.used, state.site_used, option, 1)
    return int(work)


@compiled
def close_one(
    cover: CoverArrays, rows: PackingRows, columns: Columns, state: FloorState, option: int
) -> int:
    """Close an option; returns the number of elementary steps taken."""
    work = cover.option_offset[option + 1] - cover.option_offset[option]
    # what it alone covers is lost
    state.covered[:] -= state.loss[option]
    for k in range(cover.option_offset[option], cover.option_offset[option + 1]):
        i = cover.option_item[k]
        n = state.cover_count[i]
        state.cover_count[i] = n - 1
        state.option_sum[i] -= option
        # nothing covers it now: its options could add it again
        if n == 1:
            work += _pass_on(cover, columns, state, i, 1.0)
        # one stays, and covers it alone from now on
        elif n == 2:  # noqa: PLR2004 - two cover it, one stays
            _add(columns, state.loss[state.option_sum[i]], i, 1.0)
    state.loss[option, :] = 0.0
    state.numbers[0] -= 1
    # the last of the list takes its place
    last = state.opened[state.numbers[0]]
    state.opened[state.slot[option]] = last
    state.slot[last] = state.slot[option]
    state.slot[option] = -1
    # give back what it took of the limits
    take(rows, state.used, state.site_used, option, -1)
    return int(work)


@compiled
def _add(columns: Columns, row: Floats, item: int, sign: float) -> None:
    for c in range(columns.offset[item], columns.offset[item + 1]):
        row[columns.column[c]] += sign * columns.amount[c]


@compiled
def _pass_on(
    cover: CoverArrays, columns: Columns, state: FloorState, item: int, sign: float
) -> int:
    """Add an item to (1) or take it from (-1) the gains of its options; returns the steps."""
    start, end = cover.item_offset[item], cover.item_offset[item + 1]
    # every column that counts the item, for every option that covers it
    for c in range(columns.offset[item], columns.offset[item + 1]):
        column, amount = columns.column[c], sign * columns.amount[c]
        for k in range(start, end):
            state.gain[cover.item_option[k], column] += amount
    return int((end - start) * (columns.offset[item + 1] - columns.offset[item]))


@compiled
def open_only(
    cover: CoverArrays, rows: PackingRows, columns: Columns, state: FloorState, options: Ints
) -> int:
    """Close what is open and open ``options``, in order, as far as the rows allow."""
    wanted = np.zeros(len(state.slot), np.bool_)
    for j in options:
        wanted[j] = True
    work = 0
    # close first: that makes place for what is wanted
    for j in range(len(wanted)):
        if state.slot[j] >= 0 and not wanted[j]:
            work += close_one(cover, rows, columns, state, j)
    for j in options:
        if state.slot[j] < 0 and fits(rows, state.used, state.site_used, state.numbers[0], j, -1):
            work += open_one(cover, rows, columns, state, j)
    return work


@compiled
def worth(columns: Columns, state: FloorState, multiplier: Floats, change: Floats) -> float:
    """Return what a change of the columns' sums is worth at multipliers."""
    total = multiplier[0] * change[0]
    # a floor counts up to its need and no further
    for c in range(1, len(multiplier)):
        if change[c] != 0.0:
            now, need = state.covered[c], columns.need[c]
            total += multiplier[c] * (min(now + change[c], need) - min(now, need))
    return float(total)


@compiled
def swap_worth(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    columns: Columns,
    state: FloorState,
    multiplier: Floats,
    leaving: int,
    entering: int,
) -> float:
    """Return what it is worth to open ``entering`` in the place of ``leaving``."""
    change = state.change
    # gain - loss, column by column
    for c in range(len(change)):
        change[c] = state.gain[entering, c] - state.loss[leaving, c]
    # and what only ``leaving`` covers and ``entering`` covers too
    for k in range(cover.option_offset[entering], cover.option_offset[entering + 1]):
        i = cover.option_item[k]
        if state.cover_count[i] == 1 and state.option_sum[i] == leaving:
            _add(columns, change, i, 1.0)
    return worth(columns, state, multiplier, change)


@compiled
def missing(columns: Columns, state: FloorState) -> float:
    """Return what all floors together lack."""
    total = 0.0
    for c in range(1, len(columns.need)):
        total += max(columns.need[c] - state.covered[c], 0.0)
    return total


@compiled
def fill(task: FloorTask, state: FloorState, relative_cost: Floats, barred: int, blink: int) -> int:
    """Open the option worth most for its relative cost while one fits and is worth something.

    ``barred`` is not opened (-1: none). One time in ``blink`` a better option is passed over (0:
    never).
    """
    # taken apart once: to reach into a nested tuple in a loop costs
    cover, rows, columns, multiplier = task
    work = 0
    while state.numbers[0] < rows.most:
        # look over all closed options for the best ratio
        best, best_value = -1, 1e-12
        for j in range(len(state.slot)):
            if state.slot[j] >= 0 or j == barred:
                continue
            value = worth(columns, state, multiplier, state.gain[j]) / relative_cost[j]
            if value <= best_value:
                continue
            # passed over at random, so that a fill does not always end the same
            if blink > 0 and random_below(state.random, blink) == 0:
                continue
            # asked last: it costs most
            if fits(rows, state.used, state.site_used, state.numbers[0], j, -1):
                best, best_value = j, value
        work += len(state.slot) * len(multiplier)
        if best < 0:
            return work
        work += open_one(cover, rows, columns, state, best)
    return work
