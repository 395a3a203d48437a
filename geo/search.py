"""Search: the compiled heart, shortest times from many places to many within a cutoff.

A search graph is a CSR of states (nodes, and copies of nodes where turns are banned). Queued states
lie in buckets of equal width; within a bucket a state may be settled again when a shorter way turns
up, so the result is exact for any width (Denardo & Fox 1979; Meyer & Sanders 2003).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray


class StateGraph(NamedTuple):
    """Arcs of state s: ``head[start[s]:start[s + 1]]``, with their cost."""

    start: NDArray[np.int64]
    head: NDArray[np.int32]
    cost: NDArray[np.float32]

    @property
    def n_states(self) -> int:
        """Number of states."""
        return len(self.start) - 1

    def transposed(self) -> StateGraph:
        """Turn every arc round."""
        tail = np.repeat(np.arange(self.n_states, dtype=np.int32), np.diff(self.start))
        order = np.argsort(self.head, kind="stable")
        start = np.zeros(self.n_states + 1, dtype=np.int64)
        np.cumsum(np.bincount(self.head, minlength=self.n_states), out=start[1:])
        return StateGraph(start, tail[order], self.cost[order])


class Listing(NamedTuple):
    """Lists of (key, cost) pairs in CSR form: those of i are ``start[i]:start[i + 1]``."""

    start: NDArray[np.int64]
    key: NDArray[np.int32]
    cost: NDArray[np.float32]


def listing(
    n: int, owner: NDArray[np.int64], key: NDArray[np.int32], cost: NDArray[np.float64]
) -> Listing:
    """Pairs sorted by owner (0 <= owner < n), in the given order within one owner."""
    order = np.argsort(owner, kind="stable")
    start = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=n), out=start[1:])
    return Listing(start, key[order].astype(np.int32), cost[order].astype(np.float32))


def bucket_width(graph: StateGraph, cutoff: float, largest_seed: float) -> tuple[float, int]:
    """Width of a bucket and how many make a ring (a power of two) no search can overrun."""
    if not len(graph.cost):
        return 1.0, 4
    longest = max(float(graph.cost.max()), largest_seed)
    if np.isfinite(cutoff):
        longest = min(longest, cutoff)
    width = max(float(np.median(graph.cost)) / 2.0, longest / 60_000.0, 1e-3)
    ring = 4
    while ring < longest / width + 3:
        ring *= 2
    return width, ring


@compiled
def search_rows(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one compiled loop, state kept in registers
    start: NDArray[np.int64],
    head: NDArray[np.int32],
    cost: NDArray[np.float32],
    seed_start: NDArray[np.int64],
    seed_key: NDArray[np.int32],
    seed_cost: NDArray[np.float32],
    stub_start: NDArray[np.int64],
    stub_key: NDArray[np.int32],
    stub_cost: NDArray[np.float32],
    direct_start: NDArray[np.int64],
    direct_key: NDArray[np.int32],
    direct_cost: NDArray[np.float32],
    n_targets: int,
    cutoff: float,
    width: float,
    ring: int,
    low: int,
    high: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    """Rows low..high - 1 of the table source x target, as CSR (offsets, targets, costs).

    A source begins at its seeds (state, cost); a target is reached from any state that lists it
    among its stubs, for the stub's cost on top; ``direct`` are ways that touch no state.
    """
    n_states = len(start) - 1
    inf = np.float32(np.inf)
    limit = np.float32(cutoff)
    dist = np.full(n_states, inf, dtype=np.float32)
    settled = np.full(n_states, inf, dtype=np.float32)
    touched = np.empty(n_states, dtype=np.int32)
    best = np.full(n_targets, inf, dtype=np.float32)
    first = np.full(ring, -1, dtype=np.int32)
    room = 1024
    entry_state = np.empty(room, dtype=np.int32)
    entry_next = np.empty(room, dtype=np.int32)
    offset = np.zeros(high - low + 1, dtype=np.int64)
    out_key = np.empty(4096, dtype=np.int32)
    out_cost = np.empty(4096, dtype=np.float32)
    hits = np.empty(n_targets, dtype=np.int32)
    filled = 0
    inverse = 1.0 / width
    mask = ring - 1
    for row in range(low, high):
        n_touched, n_hits, used, free, queued = 0, 0, 0, -1, 0
        lowest = inf
        for slot in range(direct_start[row], direct_start[row + 1]):
            t, d = direct_key[slot], direct_cost[slot]
            if d <= limit and d < best[t]:
                if best[t] == inf:
                    hits[n_hits] = t
                    n_hits += 1
                best[t] = d
        for slot in range(seed_start[row], seed_start[row + 1]):
            lowest = min(lowest, seed_cost[slot])
        bucket = int(lowest * inverse) if lowest <= limit else 0
        for slot in range(seed_start[row], seed_start[row + 1]):
            s, d = seed_key[slot], seed_cost[slot]
            if d > limit or d >= dist[s]:
                continue
            if dist[s] == inf:
                touched[n_touched] = s
                n_touched += 1
            dist[s] = d
            if used == room:
                room *= 2
                entry_state = np.append(entry_state, np.empty(used, dtype=np.int32))
                entry_next = np.append(entry_next, np.empty(used, dtype=np.int32))
            b = int(d * inverse) & mask
            entry_state[used], entry_next[used] = s, first[b]
            first[b] = used
            used += 1
            queued += 1
        while queued > 0:
            entry = first[bucket & mask]
            if entry < 0:
                bucket += 1
                continue
            first[bucket & mask] = entry_next[entry]
            entry_next[entry] = free
            free = entry
            queued -= 1
            s = entry_state[entry]
            d = dist[s]
            if settled[s] == d:
                continue
            settled[s] = d
            for arc in range(start[s], start[s + 1]):
                nd = d + cost[arc]
                h = head[arc]
                if nd >= dist[h] or nd > limit:
                    continue
                if dist[h] == inf:
                    touched[n_touched] = h
                    n_touched += 1
                dist[h] = nd
                if free >= 0:
                    entry = free
                    free = entry_next[entry]
                else:
                    if used == room:
                        room *= 2
                        entry_state = np.append(entry_state, np.empty(used, dtype=np.int32))
                        entry_next = np.append(entry_next, np.empty(used, dtype=np.int32))
                    entry = used
                    used += 1
                b = int(nd * inverse) & mask
                entry_state[entry], entry_next[entry] = h, first[b]
                first[b] = entry
                queued += 1
        for i in range(n_touched):
            s = touched[i]
            d = dist[s]
            dist[s] = inf
            settled[s] = inf
            for slot in range(stub_start[s], stub_start[s + 1]):
                nd = d + stub_cost[slot]
                t = stub_key[slot]
                if nd <= limit and nd < best[t]:
                    if best[t] == inf:
                        hits[n_hits] = t
                        n_hits += 1
                    best[t] = nd
        if filled + n_hits > len(out_key):
            size = max(2 * len(out_key), filled + n_hits)
            more_key = np.empty(size, dtype=np.int32)
            more_cost = np.empty(size, dtype=np.float32)
            more_key[:filled] = out_key[:filled]
            more_cost[:filled] = out_cost[:filled]
            out_key, out_cost = more_key, more_cost
        for i in range(n_hits):
            t = hits[i]
            out_key[filled] = t
            out_cost[filled] = best[t]
            best[t] = inf
            filled += 1
        offset[row - low + 1] = filled
    return offset, out_key[:filled].copy(), out_cost[:filled].copy()
