"""Good plans fast: greedy, swaps, and ruin-and-recreate over cover arrays.

For every item the number of open options that cover it and the sum of their numbers are kept: when
the number is one, the sum is that option. From these follow, without a pass over the data,

* ``gain[j]``: what closed option j would add (weight of its items that nothing open covers),
* ``loss[r]``: what open option r alone covers,

and the change of swapping r for j is ``gain[j] + shared(r, j) - loss[r]``, where ``shared`` is the
weight of items that only r covers and j covers too (Whitaker 1983 for medians, here for cover).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from planning.engine.mclp.side_constraints import PackingRows, fits, take

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.cover_arrays import CoverArrays

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# Steps of swaps between two looks at the clock.
SWAP_STEPS = 5_000_000


class SearchState(NamedTuple):
    """The open options and what follows from them; changed in place by this module only.

    ``numbers`` int64[1] = open options; ``value`` float64[1] the weight covered; ``random``
    uint64[1] the state of the random source; ``scratch`` float64[n].
    """

    is_open: npt.NDArray[np.bool_]
    cover_count: Ints
    option_sum: Ints
    gain: Floats
    loss: Floats
    used: Floats
    site_used: Ints
    numbers: Ints
    value: Floats
    scratch: Floats
    random: Ints


def new_state(cover: CoverArrays, rows: PackingRows, *, seed: int) -> SearchState:
    """Return the state with nothing open."""
    n, m = cover.n_options, cover.n_items
    start = np.random.default_rng(seed).integers(1, 2**62, dtype=np.uint64)
    state = SearchState(
        is_open=np.zeros(n, np.bool_),
        cover_count=np.zeros(m, np.int32),
        option_sum=np.zeros(m, np.int64),
        gain=np.zeros(n),
        loss=np.zeros(n),
        used=np.zeros(len(rows.capacity)),
        site_used=np.zeros(max(rows.n_sites, 1), np.int32),
        numbers=np.zeros(1, np.int64),
        value=np.zeros(1),
        scratch=np.zeros(n),
        random=np.array([start], dtype=np.uint64),
    )
    _first_gains(cover, state)
    return state


def open_only(
    cover: CoverArrays, rows: PackingRows, state: SearchState, options: npt.NDArray[Any]
) -> None:
    """Close what is open and open ``options``, in order, as far as the rows allow."""
    _set_open(cover, rows, state, np.asarray(options, dtype=np.int64))


def open_options(state: SearchState) -> npt.NDArray[np.int64]:
    """Return the open options, sorted."""
    return np.flatnonzero(state.is_open)


@compiled
def covered_weight(cover: CoverArrays, state: SearchState) -> float:
    """Return the weight of the items that an open option covers."""
    total = 0.0
    for i in range(len(cover.weights)):
        if state.cover_count[i] > 0:
            total += cover.weights[i]
    return total


@compiled
def _first_gains(cover: CoverArrays, state: SearchState) -> None:
    # with nothing open an option adds all that it covers
    for j in range(len(state.gain)):
        total = 0.0
        for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
            total += cover.weights[cover.option_item[k]]
        state.gain[j] = total


@compiled
def open_one(cover: CoverArrays, rows: PackingRows, state: SearchState, option: int) -> int:
    """Open an option; returns the number of elementary steps taken."""
    work = cover.option_offset[option + 1] - cover.option_offset[option]
    # what it adds becomes covered; its own loss is counted below
    state.value[0] += state.gain[option]
    state.loss[option] = 0.0
    for k in range(cover.option_offset[option], cover.option_offset[option + 1]):
        i = cover.option_item[k]
        n = state.cover_count[i]
        weight = cover.weights[i]
        # newly covered: it no longer adds to the gain of its other options
        if n == 0:
            state.loss[option] += weight
            start, end = cover.item_offset[i], cover.item_offset[i + 1]
            for other in range(start, end):
                state.gain[cover.item_option[other]] -= weight
            work += end - start
        # covered by one other: that one alone no longer covers it
        elif n == 1:
            state.loss[state.option_sum[i]] -= weight
        # the sum names the only option wherever the count is one
        state.cover_count[i] = n + 1
        state.option_sum[i] += option
    state.is_open[option] = True
    state.numbers[0] += 1
    # count it against the limits
    take(rows, state.used, state.site_used, option, 1)
    return int(work)


@compiled
def close_one(cover: CoverArrays, rows: PackingRows, state: SearchState, option: int) -> int:
    """Close an option; returns the number of elementary steps taken."""
    work = cover.option_offset[option + 1] - cover.option_offset[option]
    # what it alone covers is lost
    state.value[0] -= state.loss[option]
    for k in range(cover.option_offset[option], cover.option_offset[option + 1]):
        i = cover.option_item[k]
        n = state.cover_count[i]
        weight = cover.weights[i]
        state.cover_count[i] = n - 1
        state.option_sum[i] -= option
        # nothing covers it now: its options could add it again
        if n == 1:
            start, end = cover.item_offset[i], cover.item_offset[i + 1]
            for other in range(start, end):
                state.gain[cover.item_option[other]] += weight
            work += end - start
        # one stays, and covers it alone from now on
        elif n == 2:  # noqa: PLR2004 - two cover it, one stays
            state.loss[state.option_sum[i]] += weight
    state.is_open[option] = False
    state.loss[option] = 0.0
    state.numbers[0] -= 1
    # give back what it took of the limits
    take(rows, state.used, state.site_used, option, -1)
    return int(work)


@compiled
def _set_open(cover: CoverArrays, rows: PackingRows, state: SearchState, options: Ints) -> None:
    wanted = np.zeros(len(state.is_open), np.bool_)
    for j in options:
        wanted[j] = True
    # close first: that makes place for what is wanted
    for j in range(len(wanted)):
        if state.is_open[j] and not wanted[j]:
            close_one(cover, rows, state, j)
    for j in options:
        if not state.is_open[j] and fits(
            rows, state.used, state.site_used, state.numbers[0], j, -1
        ):
            open_one(cover, rows, state, j)


@compiled
def random_below(random: Ints, n: int) -> int:
    """Return a random whole number below n (xorshift64*)."""
    x = random[0]
    # the three shifts of Marsaglia (2003), the product of Vigna (2016)
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    # the upper bits are the better ones
    number = ((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % np.uint64(n)
    return int(np.int64(number))


@compiled
def fill(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    rows: PackingRows,
    state: SearchState,
    relative_cost: Floats,
    barred: int,
    blink: int,
    least: float,
) -> int:
    """Open the option with the most gain for its relative cost while one fits and gains.

    ``barred`` is not opened (-1: none). One time in ``blink`` a better option is passed over (0:
    never). Gains of ``least`` and below count as none.
    """
    work = 0
    while state.numbers[0] < rows.most:
        # look over all closed options for the best ratio
        best, best_value = -1, 0.0
        for j in range(len(state.gain)):
            if state.gain[j] <= least or state.is_open[j] or j == barred:
                continue
            value = state.gain[j] / relative_cost[j]
            if value <= best_value:
                continue
            # passed over at random, so that a fill does not always end the same
            if blink > 0 and random_below(state.random, blink) == 0:
                continue
            # asked last: it costs most
            if fits(rows, state.used, state.site_used, state.numbers[0], j, -1):
                best, best_value = j, value
        work += len(state.gain)
        if best < 0:
            return work
        work += open_one(cover, rows, state, best)
    return work


@compiled
def _best_swap(
    cover: CoverArrays, rows: PackingRows, state: SearchState, leaving: int, least: float
) -> tuple[int, int]:
    """Return the option that gains most in place of ``leaving`` (-1: none), and the steps."""
    work = len(state.gain)
    # the items that only ``leaving`` covers count for every other option of theirs
    for k in range(cover.option_offset[leaving], cover.option_offset[leaving + 1]):
        i = cover.option_item[k]
        if state.cover_count[i] == 1:
            start, end = cover.item_offset[i], cover.item_offset[i + 1]
            for other in range(start, end):
                state.scratch[cover.item_option[other]] += cover.weights[i]
            work += end - start
    # gain + shared - loss, and the scratch is left clean
    best, best_value = -1, state.loss[leaving] + least
    for j in range(len(state.gain)):
        value = state.gain[j] + state.scratch[j]
        state.scratch[j] = 0.0
        if (
            value > best_value
            and not state.is_open[j]
            and fits(rows, state.used, state.site_used, state.numbers[0], j, leaving)
        ):
            best, best_value = j, value
    return best, work


def improve_by_swaps(
    cover: CoverArrays,
    rows: PackingRows,
    state: SearchState,
    least: float,
    most_work: int,
    *,
    is_over: Callable[[], bool] | None = None,
) -> None:
    """Swap while a swap gains more than ``least``, until none does or the steps are used up.

    ``is_over`` is asked every `SWAP_STEPS`.
    """
    turn = np.array([-1, 0])
    while most_work > 0 and not (is_over is not None and is_over()):
        slice_steps = min(most_work, SWAP_STEPS)
        work = _swaps(cover, rows, state, least, slice_steps, turn)
        if work < slice_steps:
            return
        most_work -= work


@compiled
def _swaps(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    rows: PackingRows,
    state: SearchState,
    least: float,
    most_work: int,
    turn: Ints,
) -> int:
    """Go on with a turn of swaps; ``turn`` int64[2] is the next option and how many were idle."""
    n = len(state.gain)
    work = 0
    if turn[0] < 0:
        turn[0] = random_below(state.random, n) if n else 0
    option, idle = turn[0], turn[1]
    # around all options, until a whole turn has changed nothing
    while idle < n and work < most_work:
        leaving = option
        option = option + 1 if option + 1 < n else 0
        idle += 1
        if not state.is_open[leaving]:
            continue
        entering, steps = _best_swap(cover, rows, state, leaving, least)
        work += steps
        if entering >= 0:
            work += close_one(cover, rows, state, leaving)
            work += open_one(cover, rows, state, entering)
            idle = 0
    turn[0], turn[1] = option, idle
    return work


@compiled
def _near(cover: CoverArrays, state: SearchState, option: int) -> int:
    """Walk to an open option near ``option``: item, option, item, its open option; -1 if none."""
    size = cover.option_offset[option + 1] - cover.option_offset[option]
    if size == 0:
        return -1
    # a random item of the option, and a random option of that item
    i = cover.option_item[cover.option_offset[option] + random_below(state.random, size)]
    degree = cover.item_offset[i + 1] - cover.item_offset[i]
    j = cover.item_option[cover.item_offset[i] + random_below(state.random, degree)]
    # a random item of that one: who alone covers it is a neighbour
    size = cover.option_offset[j + 1] - cover.option_offset[j]
    i = cover.option_item[cover.option_offset[j] + random_below(state.random, size)]
    if state.cover_count[i] == 1:
        return int(state.option_sum[i])
    return -1


@compiled
def _random_open(state: SearchState) -> int:
    n = len(state.is_open)
    option = random_below(state.random, n)
    # the next open one from a random place
    while not state.is_open[option]:
        option = option + 1 if option + 1 < n else 0
    return option


@compiled
def _ruin(
    cover: CoverArrays, rows: PackingRows, state: SearchState, closed: Ints, n_close: int
) -> tuple[int, int]:
    """Close up to ``n_close`` options near a random one; returns how many, and the steps."""
    work = 0
    centre = _random_open(state)
    closed[0] = centre
    n = 1
    tries = 0
    # gather neighbours of what is gathered; the tries are limited
    while n < n_close and tries < 8 * n_close:
        tries += 1
        other = _near(cover, state, closed[random_below(state.random, n)])
        if other < 0:
            continue
        # no option twice
        known = False
        for k in range(n):
            known = known or closed[k] == other
        if not known:
            closed[n] = other
            n += 1
    # close them all at once
    for k in range(n):
        work += close_one(cover, rows, state, closed[k])
    return n, work


@compiled
def ruin_and_recreate(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    rows: PackingRows,
    state: SearchState,
    relative_cost: Floats,
    temperatures: tuple[float, float],
    least: float,
    most_work: int,
    best_open: npt.NDArray[np.bool_],
    best_value: float,
) -> tuple[float, int]:
    """Close a few neighbours, fill again, keep what is better or, while hot, little worse.

    ``best_open`` and ``best_value`` are the best plan so far (the first is changed in place);
    ``temperatures`` are the first and the last. Returns the best value and the steps taken.
    """
    work = 0
    closed = np.empty(16, np.int64)
    before = np.empty(len(state.is_open), np.bool_)
    while work < most_work and state.numbers[0] > 0:
        # cool geometrically over the steps
        temperature = temperatures[0] * (temperatures[1] / temperatures[0]) ** (work / most_work)
        most_closed = min(2 + random_below(state.random, 5), int(state.numbers[0]))
        # remember where to go back to
        before[:] = state.is_open
        value = state.value[0]
        # ruin: close a few neighbours
        n, steps = _ruin(cover, rows, state, closed, most_closed)
        work += steps + 2 * len(before)
        # recreate: fill, half of the time without one of those just closed
        barred = closed[random_below(state.random, n)] if random_below(state.random, 2) else -1
        work += fill(cover, rows, state, relative_cost, barred, 64, least)
        # accept with probability exp(change / temperature) (Metropolis and others 1953)
        allowed_loss = -temperature * np.log(
            (random_below(state.random, 1 << 30) + 1.0) / (1 << 30)
        )
        # too much is lost: go back
        if state.value[0] + allowed_loss < value:
            _restore(cover, rows, state, before)
            work += steps
        # the best so far: keep it
        elif state.value[0] > best_value + least:
            best_value = state.value[0]
            best_open[:] = state.is_open
    return best_value, work


@compiled
def _restore(
    cover: CoverArrays, rows: PackingRows, state: SearchState, before: npt.NDArray[np.bool_]
) -> None:
    # close first, so that the limits hold on the way
    for j in range(len(before)):
        if state.is_open[j] and not before[j]:
            close_one(cover, rows, state, j)
    for j in range(len(before)):
        if before[j] and not state.is_open[j]:
            open_one(cover, rows, state, j)
