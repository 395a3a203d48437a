"""Cheaper covers: close a few options, cover again what is left uncovered, close what is needless.

Works best on the options that reduced costs leave in question, where a pass takes microseconds.
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

# One time in so many a better option is passed over when covering again.
BLINK = 8


class RepairState(NamedTuple):
    """The cover that is gone on from and the cheapest so far; changed in place.

    ``figures`` float64[2]: the cost of the cheapest and of the one gone on from.
    """

    now: npt.NDArray[np.bool_]
    best: npt.NDArray[np.bool_]
    covered: Ints
    figures: Floats
    random: Ints


def new_search(
    cover: CoverArrays, costs: Floats, chosen: npt.NDArray[np.bool_], *, seed: int
) -> RepairState:
    """Begin with the cover ``chosen``."""
    count = np.zeros(cover.n_items, np.int32)
    # how often each item is covered
    for j in np.flatnonzero(chosen):
        count[cover.option_item[cover.option_offset[j] : cover.option_offset[j + 1]]] += 1
    return RepairState(
        now=chosen.copy(),
        best=chosen.copy(),
        covered=count,
        figures=np.full(2, float(costs[chosen].sum())),
        random=np.random.default_rng(seed).integers(1, 2**62, size=1, dtype=np.uint64),
    )


@compiled
def cheaper_cover(
    cover: CoverArrays,
    costs: Floats,
    state: RepairState,
    turns: tuple[int, int, int],
    first_temperature: float,
) -> None:
    """Look for a cheaper cover in the trials from the first to the second of ``turns``.

    A dearer cover is gone on from with probability ``exp(-difference / temperature)``; the
    temperature falls from its first value to 0 over all trials, the third of ``turns``.
    """
    now, count = state.now, state.covered
    before, count_before = now.copy(), count.copy()
    fresh = np.zeros(len(costs), np.int32)
    for turn in range(turns[0], turns[1]):
        # remember where to go back to
        before[:] = now
        count_before[:] = count
        # ruin, cover again, and drop what has become needless
        _close_some(cover, now, count, state.random)
        _cover_uncovered(cover, costs, now, count, fresh, state.random)
        _close_needless(cover, costs, now, count, state.random)
        after = float(costs[now].sum())
        # cool linearly, accept as in annealing (Metropolis and others 1953)
        temperature = first_temperature * (1.0 - turn / turns[2])
        chance = (random_below(state.random, 1 << 30) + 1.0) / (1 << 30)
        if after - state.figures[1] > -temperature * np.log(chance):
            now[:] = before
            count[:] = count_before
            continue
        state.figures[1] = after
        # the cheapest so far: keep it
        if after < state.figures[0] - 1e-9:
            state.figures[0] = after
            state.best[:] = now


@compiled
def _add(cover: CoverArrays, count: Ints, option: int, sign: int) -> None:
    for k in range(cover.option_offset[option], cover.option_offset[option + 1]):
        count[cover.option_item[k]] += sign


@compiled
def _close_some(cover: CoverArrays, now: npt.NDArray[np.bool_], count: Ints, random: Ints) -> None:
    """Close a random option, or those that share an item with a random one."""
    options = np.flatnonzero(now)
    if len(options) == 0:
        return
    most = 1 + random_below(random, max(len(options) // 8, 3))
    first = options[random_below(random, len(options))]
    closed = 0
    # walk from option to option over shared items, now and then leap
    for _ in range(4 * most):
        size = cover.option_offset[first + 1] - cover.option_offset[first]
        i = cover.option_item[cover.option_offset[first] + random_below(random, size)]
        degree = cover.item_offset[i + 1] - cover.item_offset[i]
        j = cover.item_option[cover.item_offset[i] + random_below(random, degree)]
        if random_below(random, 3) == 0:
            j = options[random_below(random, len(options))]
        # close it when it is open
        if now[j]:
            now[j] = False
            _add(cover, count, j, -1)
            closed += 1
            if closed == most:
                return
        first = j


@compiled
def _cover_uncovered(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    costs: Floats,
    now: npt.NDArray[np.bool_],
    count: Ints,
    fresh: Ints,
    random: Ints,
) -> None:
    """Open the option with the least cost for each uncovered item until none is uncovered."""
    fresh[:] = 0
    uncovered = 0
    # count for each option the items that it would newly cover
    for i in range(len(count)):
        if count[i] == 0:
            uncovered += 1
            for other in range(cover.item_offset[i], cover.item_offset[i + 1]):
                fresh[cover.item_option[other]] += 1
    # the greedy of Chvatal (1979)
    while uncovered > 0:
        # open the one with the least cost for each of them
        best = _cheapest_for_uncovered(costs, fresh, random)
        now[best] = True
        for k in range(cover.option_offset[best], cover.option_offset[best + 1]):
            i = cover.option_item[k]
            count[i] += 1
            # newly covered: no longer new to its other options
            if count[i] == 1:
                uncovered -= 1
                for other in range(cover.item_offset[i], cover.item_offset[i + 1]):
                    fresh[cover.item_option[other]] -= 1


@compiled
def _cheapest_for_uncovered(costs: Floats, fresh: Ints, random: Ints) -> int:
    """Return the option with the least cost for each uncovered item, with chance among equals."""
    best, best_value = -1, np.inf
    for j in range(len(costs)):
        if fresh[j] > 0:
            value = costs[j] / fresh[j]
            if value < best_value or (value == best_value and random_below(random, 2) == 0):
                # now and then a better one is passed over
                if best >= 0 and random_below(random, BLINK) == 0:
                    continue
                best, best_value = j, value
    return best


@compiled
def _close_needless(
    cover: CoverArrays,
    costs: Floats,
    now: npt.NDArray[np.bool_],
    count: Ints,
    random: Ints,
) -> None:
    """Close options that the others make needless, dearest first, ties at random."""
    options = np.flatnonzero(now)
    key = np.empty(len(options))
    # dearest first; a trifle added at random breaks ties
    for k in range(len(options)):
        key[k] = -costs[options[k]] + 1e-6 * random_below(random, 1000)
    # needless when others cover all of its items
    for j in options[np.argsort(key)]:
        needless = True
        for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
            if count[cover.option_item[k]] < 2:  # noqa: PLR2004 - only j covers it
                needless = False
                break
        if needless:
            now[j] = False
            _add(cover, count, j, -1)
