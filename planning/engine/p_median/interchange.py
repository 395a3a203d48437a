"""Search for good p-medians: greedy, best swaps, iterated from small random changes.

A swap saves ``gain(in) - loss(out) + extra(in, out)`` (Resende and Werneck 2007): these tables are
kept for every pair, after a swap only the items near it are counted anew, and only sites whose
tables have changed are looked at again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled

if TYPE_CHECKING:
    from planning.engine.p_median.candidate_lists import MedianPairs

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class SwapState(NamedTuple):
    """What is open and what each item costs now; changed in place.

    ``slot`` int64[n]: place of an open site in ``opened`` int64[p], -1 when closed. ``first`` and
    ``second`` float64[m]: cost at the best and the second best open site, or ``base``; ``owner``
    int32[m]: the best open site, -1 none, ``runner_up`` the second. ``gain`` float64[n], ``loss``
    float64[p] and ``extra`` float64[n, p] as in the module. ``dirty`` bool[n]: sites whose tables
    have changed since they were last looked at; ``dirty_sites`` int64[n + 1] lists them, their
    number first. ``touched`` bool[m] is False between calls. ``random`` uint64[1]. ``work``
    int64[1] counts elementary steps.
    """

    slot: Ints
    opened: Ints
    first: Floats
    second: Floats
    owner: Ints
    runner_up: Ints
    gain: Floats
    loss: Floats
    extra: Floats
    dirty: Mask
    dirty_sites: Ints
    touched: Mask
    random: npt.NDArray[np.uint64]
    work: Ints


def new_state(pairs: MedianPairs, p: int, *, seed: int) -> SwapState:
    """Return a state with nothing open yet, for plans of p sites."""
    n, m = pairs.n_sites, pairs.n_items
    start = np.random.default_rng(seed).integers(1, 2**62, size=1, dtype=np.uint64)
    return SwapState(
        slot=np.full(n, -1, dtype=np.int64),
        opened=np.arange(p, dtype=np.int64),
        first=np.zeros(m),
        second=np.zeros(m),
        owner=np.full(m, -1, dtype=np.int32),
        runner_up=np.full(m, -1, dtype=np.int32),
        gain=np.zeros(n),
        loss=np.zeros(p),
        extra=np.zeros((n, p)),
        dirty=np.zeros(n, dtype=np.bool_),
        dirty_sites=np.zeros(n + 1, dtype=np.int64),
        touched=np.zeros(m, dtype=np.bool_),
        random=start,
        work=np.zeros(1, dtype=np.int64),
    )


@compiled
def _below(state: SwapState, n: int) -> int:
    """Draw a whole number below n, by xorshift (Marsaglia 2003)."""
    x = state.random[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state.random[0] = x
    return int(np.int64((x >> np.uint64(11)) % np.uint64(n)))


@compiled
def greedy(pairs: MedianPairs, p: int) -> Ints:
    """Open the site that saves most, p times; after each only what has changed is counted."""
    n = len(pairs.site_offset) - 1
    now = pairs.base.copy()
    gain = np.zeros(n)
    # what each site would save alone
    for i in range(len(now)):
        for k in range(pairs.item_offset[i], pairs.item_offset[i + 1]):
            gain[pairs.item_site[k]] += now[i] - pairs.item_cost[k]
    chosen = np.empty(p, np.int64)
    is_open = np.zeros(n, np.bool_)
    for number in range(p):
        # the site that saves most
        best = -1
        for j in range(n):
            if not is_open[j] and (best < 0 or gain[j] > gain[best]):
                best = j
        chosen[number] = best
        is_open[best] = True
        for entry in range(pairs.site_offset[best], pairs.site_offset[best + 1]):
            i, cost = pairs.site_item[entry], pairs.site_cost[entry]
            # only items that it serves better change
            if cost >= now[i]:
                continue
            # what other sites would save on it shrinks
            for k in range(pairs.item_offset[i], pairs.item_offset[i + 1]):
                if pairs.item_cost[k] >= now[i]:
                    break
                gain[pairs.item_site[k]] -= now[i] - max(pairs.item_cost[k], cost)
            now[i] = cost
    return chosen


@compiled
def cost_of(pairs: MedianPairs, is_open: Mask) -> float:
    """Return the cost of a plan, from the pairs alone."""
    total = 0.0
    for i in range(len(pairs.base)):
        cost = pairs.base[i]
        # sorted by cost: the first open one serves the item
        for k in range(pairs.item_offset[i], pairs.item_offset[i + 1]):
            if is_open[pairs.item_site[k]]:
                cost = pairs.item_cost[k]
                break
        total += cost
    return total


@compiled
def _nearest_two(pairs: MedianPairs, state: SwapState, i: int) -> None:
    state.first[i] = pairs.base[i]
    state.second[i] = pairs.base[i]
    state.owner[i] = -1
    state.runner_up[i] = -1
    # sorted by cost: the first two open ones
    for k in range(pairs.item_offset[i], pairs.item_offset[i + 1]):
        j = pairs.item_site[k]
        if state.slot[j] >= 0:
            if state.owner[i] < 0:
                state.owner[i] = j
                state.first[i] = pairs.item_cost[k]
            else:
                state.runner_up[i] = j
                state.second[i] = pairs.item_cost[k]
                return


@compiled
def _count(pairs: MedianPairs, state: SwapState, i: int, sign: float) -> None:
    """Add item i to the tables, or take it out of them."""
    first, second = state.first[i], state.second[i]
    owned = state.owner[i] >= 0
    r = state.slot[state.owner[i]] if owned else 0
    # closing its site costs the way to the second best
    if owned:
        state.loss[r] += sign * (second - first)
    begin, end = pairs.item_offset[i], pairs.item_offset[i + 1]
    k = begin
    # sites dearer than the second best change nothing
    while k < end and pairs.item_cost[k] < second:
        j = pairs.item_site[k]
        # this site must be looked at again
        if not state.dirty[j]:
            state.dirty[j] = True
            state.dirty_sites[0] += 1
            state.dirty_sites[state.dirty_sites[0]] = j
        cost = pairs.item_cost[k]
        # opening j saves on it, and then closing its site costs nothing
        if cost < first:
            state.gain[j] += sign * (first - cost)
            if owned:
                state.extra[j, r] += sign * (second - first)
        # opening j makes closing its site cheaper
        elif owned:
            state.extra[j, r] += sign * (second - cost)
        k += 1
    state.work[0] += k - begin + 4


@compiled
def open_only(pairs: MedianPairs, state: SwapState, sites: Ints) -> float:
    """Open exactly these p sites, count all tables anew and return the plan's cost."""
    state.slot[:] = -1
    for r in range(len(sites)):
        state.opened[r] = sites[r]
        state.slot[sites[r]] = r
    # count every item anew
    state.gain[:] = 0.0
    state.loss[:] = 0.0
    state.extra[:] = 0.0
    for i in range(len(state.first)):
        _nearest_two(pairs, state, i)
        _count(pairs, state, i, 1.0)
    state.work[0] += state.extra.size
    return float(state.first.sum())


@compiled
def _swap(pairs: MedianPairs, state: SwapState, j: int, r: int) -> None:
    """Open j in the place of the site in slot r."""
    out = state.opened[r]
    touched = state.touched
    # touched are items that j serves better than their second best,
    for k in range(pairs.site_offset[j], pairs.site_offset[j + 1]):
        i = pairs.site_item[k]
        touched[i] = pairs.site_cost[k] < state.second[i]
    # and items that the closed site served, first or second: out of the tables
    for i in range(len(touched)):
        if state.owner[i] == out or state.runner_up[i] == out:
            touched[i] = True
        if touched[i]:
            _count(pairs, state, i, -1.0)
    # exchange
    state.slot[out] = -1
    state.slot[j] = r
    state.opened[r] = j
    # back into the tables
    for i in range(len(touched)):
        if touched[i]:
            _nearest_two(pairs, state, i)
            _count(pairs, state, i, 1.0)
            touched[i] = False
    state.work[0] += len(touched) + pairs.site_offset[j + 1] - pairs.site_offset[j]


@compiled
def _best_out(state: SwapState, j: int) -> tuple[float, int]:
    best, slot = -np.inf, 0
    row = state.extra[j]
    # the slot whose closing costs least, given j
    for r in range(len(state.loss)):
        value = row[r] - state.loss[r]
        if value > best:
            best, slot = value, r
    state.work[0] += len(row)
    return best + state.gain[j], slot


@compiled
def improve(
    pairs: MedianPairs, state: SwapState, cost: float, least: float, most_work: int
) -> float:
    """Make the best swap of the dirty sites until none saves ``least``; returns the cost then.

    Ends also when ``state.work`` passes ``most_work``.
    """
    listed = state.dirty_sites
    while state.work[0] < most_work:
        best, site, slot = least, -1, -1
        kept = 0
        for place in range(1, listed[0] + 1):
            j = listed[place]
            # open sites cannot enter
            saved, r = -np.inf, -1
            if state.slot[j] < 0:
                saved, r = _best_out(state, j)
            # not worth a look until its tables change
            if saved <= least:
                state.dirty[j] = False
                continue
            # still dirty: move up in the list
            kept += 1
            listed[kept] = j
            if saved > best:
                best, site, slot = saved, j, r
        listed[0] = kept
        # no swap saves: a resting place
        if site < 0:
            return cost
        _swap(pairs, state, site, slot)
        before, cost = cost, float(state.first.sum())
        # the tables lose a little of their precision with every swap: a swap must save in truth
        if cost >= before:
            return cost
    return cost


@compiled
def iterate(  # noqa: PLR0917 - compiled: positional only
    pairs: MedianPairs,
    state: SwapState,
    best_opened: Ints,
    best_cost: float,
    least: float,
    most_work: int,
) -> float:
    """From the best plan: a few random swaps, best swaps, keep what is not worse; again and again.

    ``best_opened`` is changed in place; returns the best cost. Ends after ``most_work`` steps.
    """
    n, m, p = len(state.slot), len(state.first), len(state.loss)
    state.work[0] = 0
    # begin from the best plan, at rest
    now = improve(pairs, state, open_only(pairs, state, best_opened), least, most_work)
    if now < best_cost - least:
        best_cost = now
        best_opened[:] = state.opened
    if p == 0 or p >= n or m == 0:
        return best_cost
    current = state.opened.copy()
    while state.work[0] < most_work:
        # shake and come to rest (iterated local search: Lourenco, Martin and Stuetzle 2003)
        _shaken(pairs, state)
        cost = improve(pairs, state, float(state.first.sum()), least, most_work)
        # worse: go back
        if cost > now + least:
            _back(pairs, state, current)
            continue
        # as good or better: go on from here
        now = cost
        current[:] = state.opened
        if cost < best_cost - least:
            best_cost = cost
            best_opened[:] = state.opened
    return best_cost


@compiled
def _shaken(pairs: MedianPairs, state: SwapState) -> None:
    """Make one to four random swaps near a random item."""
    i = _below(state, len(state.first))
    for _ in range(1 + _below(state, 4)):
        # in comes a site near the item, out goes one drawn in three ways
        j = _near_item(pairs, state, i)
        state.work[0] += 100
        if j < 0:
            continue
        r = _slot_to_close(state, i, j)
        _swap(pairs, state, j, r)


@compiled
def _near_item(pairs: MedianPairs, state: SwapState, i: int) -> int:
    """Draw a closed site that serves item i better than its second best open one; -1 none."""
    begin = pairs.item_offset[i]
    end = begin
    # sorted by cost: its sites up to the second best open one
    while end < pairs.item_offset[i + 1] and pairs.item_cost[end] < state.second[i]:
        end += 1
    if end == begin:
        return -1
    j = pairs.item_site[begin + _below(state, end - begin)]
    return -1 if state.slot[j] >= 0 else j


@compiled
def _slot_to_close(state: SwapState, i: int, j: int) -> int:
    """Draw the slot to close: of the site that costs least, of the one that serves i, or any."""
    kind = _below(state, 4)
    if kind == 0:
        return _below(state, len(state.loss))
    if kind == 1 and state.owner[i] >= 0:
        return int(state.slot[state.owner[i]])
    return _best_out(state, j)[1]


@compiled
def _back(pairs: MedianPairs, state: SwapState, current: Ints) -> None:
    """Swap back to the plan ``current``."""
    wanted = np.zeros(len(state.slot), np.bool_)
    # what must open takes the slots of what must close
    for j in current:
        wanted[j] = True
    r = 0
    for j in current:
        if state.slot[j] < 0:
            while wanted[state.opened[r]]:
                r += 1
            _swap(pairs, state, j, r)
    # the plan was a resting place: nothing there is worth another look
    for place in range(1, state.dirty_sites[0] + 1):
        state.dirty[state.dirty_sites[place]] = False
    state.dirty_sites[0] = 0
