"""Look for p sites that reach every item within a radius, by weighted items.

One site closes and one opens that reaches some uncovered item; items that stay uncovered weigh
more and more, so that the search leaves where it is stuck (row weighting, Gao and others 2015).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled

if TYPE_CHECKING:
    from planning.engine.cover_arrays import CoverArrays

Ints = npt.NDArray[Any]


class CenterState(NamedTuple):
    """Changed in place: which sites are open, how many reach each item, and what that is worth.

    ``weight`` int64[m]; ``score`` int64[n]: the weight that a closed site would newly reach, or
    that only this open site reaches. ``since`` int64[n]: the turn of the last change. ``uncovered``
    int64[m + 1] lists the items that nothing reaches, their number first, ``place`` int64[m] where.
    ``random`` uint64[1].
    """

    is_open: npt.NDArray[np.bool_]
    reached: Ints
    weight: Ints
    score: Ints
    since: Ints
    uncovered: Ints
    place: Ints
    random: npt.NDArray[np.uint64]


def new_state(cover: CoverArrays, *, seed: int) -> CenterState:
    """Return the state with nothing open."""
    n, m = cover.n_options, cover.n_items
    start = np.random.default_rng(seed).integers(1, 2**62, size=1, dtype=np.uint64)
    return CenterState(
        is_open=np.zeros(n, dtype=np.bool_),
        reached=np.zeros(m, dtype=np.int64),
        weight=np.ones(m, dtype=np.int64),
        score=np.diff(cover.option_offset).astype(np.int64),
        since=np.zeros(n, dtype=np.int64),
        uncovered=np.r_[m, np.arange(m)].astype(np.int64),
        place=np.arange(1, m + 1, dtype=np.int64),
        random=start,
    )


@compiled
def _below(state: CenterState, n: int) -> int:
    """Draw a whole number below n, by xorshift (Marsaglia 2003)."""
    x = state.random[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state.random[0] = x
    return int(np.int64((x >> np.uint64(11)) % np.uint64(n)))


@compiled
def _open(cover: CoverArrays, state: CenterState, j: int) -> int:
    """Open a site; returns the steps this took."""
    work = 0
    state.is_open[j] = True
    state.score[j] = 0
    for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
        i = cover.option_item[k]
        state.reached[i] += 1
        work += 1
        # newly reached: off the list, the last of the list in its place
        if state.reached[i] == 1:
            last = state.uncovered[state.uncovered[0]]
            state.uncovered[state.place[i]] = last
            state.place[last] = state.place[i]
            state.uncovered[0] -= 1
            # other sites no longer newly reach it
            for entry in range(cover.item_offset[i], cover.item_offset[i + 1]):
                state.score[cover.item_option[entry]] -= state.weight[i]
            # what j alone reaches is its own score
            state.score[j] += 2 * state.weight[i]
            work += cover.item_offset[i + 1] - cover.item_offset[i]
        # reached by one other: that one alone no longer reaches it
        elif state.reached[i] == 1 + 1:
            for entry in range(cover.item_offset[i], cover.item_offset[i + 1]):
                other = cover.item_option[entry]
                work += 1
                if state.is_open[other] and other != j:
                    state.score[other] -= state.weight[i]
                    break
    return work


@compiled
def _close(cover: CoverArrays, state: CenterState, j: int) -> int:
    """Close a site; returns the steps this took."""
    work = 0
    state.is_open[j] = False
    state.score[j] = 0
    for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
        i = cover.option_item[k]
        state.reached[i] -= 1
        work += 1
        # nothing reaches it now: to the end of the list
        if state.reached[i] == 0:
            state.uncovered[0] += 1
            state.uncovered[state.uncovered[0]] = i
            state.place[i] = state.uncovered[0]
            # every site of its would newly reach it
            for entry in range(cover.item_offset[i], cover.item_offset[i + 1]):
                state.score[cover.item_option[entry]] += state.weight[i]
            work += cover.item_offset[i + 1] - cover.item_offset[i]
        # one stays, and reaches it alone from now on
        elif state.reached[i] == 1:
            for entry in range(cover.item_offset[i], cover.item_offset[i + 1]):
                other = cover.item_option[entry]
                work += 1
                if state.is_open[other]:
                    state.score[other] += state.weight[i]
                    break
    return work


@compiled
def _cheapest_to_close(state: CenterState, opened: Ints, tabu: int) -> int:
    best = -1
    for slot in range(len(opened)):
        j = opened[slot]
        if j == tabu:
            continue
        # least weight lost; of equals the one longest unchanged
        if best < 0 or (state.score[j], state.since[j]) < (
            state.score[opened[best]],
            state.since[opened[best]],
        ):
            best = slot
    return best


@compiled
def _best_for(cover: CoverArrays, state: CenterState, i: int, closed: int) -> int:
    best = -1
    for k in range(cover.item_offset[i], cover.item_offset[i + 1]):
        j = cover.item_option[k]
        if j == closed:
            continue
        # most weight newly reached; of equals the one longest unchanged
        if best < 0 or (state.score[j], -state.since[j]) > (state.score[best], -state.since[best]):
            best = j
    return best


@compiled
def _weigh_uncovered(cover: CoverArrays, state: CenterState) -> int:
    """Let each uncovered item weigh one more."""
    work = 0
    for k in range(1, state.uncovered[0] + 1):
        i = state.uncovered[k]
        # row weighting (Gao and others 2015): every site of its scores one more
        state.weight[i] += 1
        for entry in range(cover.item_offset[i], cover.item_offset[i + 1]):
            state.score[cover.item_option[entry]] += 1
        work += cover.item_offset[i + 1] - cover.item_offset[i]
    return work


@compiled
def fill(cover: CoverArrays, state: CenterState, p: int, start: Ints) -> Ints:
    """Open ``start`` and then the best sites until p are open; returns them."""
    opened = np.empty(p, np.int64)
    size = 0
    # what is given first
    for j in start:
        if size < p and not state.is_open[j]:
            _open(cover, state, j)
            opened[size] = j
            size += 1
    # then by the most weight newly reached
    while size < p:
        best = -1
        for j in range(len(state.score)):
            if not state.is_open[j] and (best < 0 or state.score[j] > state.score[best]):
                best = j
        _open(cover, state, best)
        opened[size] = best
        size += 1
    return opened


@compiled
def reach_all(
    cover: CoverArrays, state: CenterState, opened: Ints, turns: Ints, most_work: int
) -> bool:
    """Exchange sites until all items are reached or ``most_work`` is done; True when they are.

    ``opened`` are the open sites, ``turns`` int64[2] the exchanges so far and the site opened last
    (-1: none): both are changed in place, so that a later call goes on.
    """
    work, p = 0, len(opened)
    while state.uncovered[0] > 0 and work < most_work:
        # close the site that costs least, not the one opened last
        slot = _cheapest_to_close(state, opened, turns[1] if p > 1 else -1)
        closed = opened[slot]
        turns[0] += 1
        work += _close(cover, state, closed) + p
        state.since[closed] = turns[0]
        # open the best site for a random uncovered item
        i = state.uncovered[1 + _below(state, state.uncovered[0])]
        j = _best_for(cover, state, i, closed)
        if j < 0:
            j = closed
        work += _open(cover, state, j)
        state.since[j] = turns[0]
        # it stays for a turn
        turns[1] = j
        opened[slot] = j
        # what is still uncovered weighs more from now on
        work += _weigh_uncovered(cover, state)
    return bool(state.uncovered[0] == 0)
