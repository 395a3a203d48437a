"""Search: the compiled heart, shortest times from many places to many within a cutoff.

A search graph is a CSR of states (nodes, and copies of nodes where turns are banned). Sources are
taken in blocks of neighbours. One search from all sources of a block finds the states that any of
them reaches, in the order of their cost; these become a small graph of their own. On it sixteen
searches run side by side, a state's costs being one row of a vector register: states are taken in
that order, and wherever a row was lowered behind the front, the front goes back. The result is
exact whatever the order; neighbours only make it cheap, as their waves run the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.compiled import compiled
from geo.lanes import LANES, relax_lanes

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK = 4 * LANES
_CALM, _BUSY = 1.6, 2.2  # visits a state, below and above which blocks grow and shrink
_WORD = 8  # flags of states are looked at eight at a time
_FRONT = 32  # words by which the front moves on


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


class Buckets(NamedTuple):
    """Queue of a search: buckets ``width`` wide, ``ring`` of them (a power of two)."""

    width: float
    ring: int


def listing(
    n: int, owner: NDArray[np.int64], key: NDArray[np.int32], cost: NDArray[np.float64]
) -> Listing:
    """Sort pairs by owner (0 <= owner < n), in the given order within one owner."""
    order = np.argsort(owner, kind="stable")
    start = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=n), out=start[1:])
    return Listing(start, key[order].astype(np.int32), cost[order].astype(np.float32))


def limit_of(cutoff: float) -> np.float32:
    """Give the cutoff as the searches take it: an infinite one as a number no trip comes near."""
    return np.float32(min(cutoff, 1e30))


def buckets_for(graph: StateGraph, seed_cost: NDArray[np.float32], limit: float) -> Buckets:
    """Choose buckets that no step of a search can overrun: width of a quarter of a usual arc."""
    if not len(graph.cost):
        return Buckets(max(float(seed_cost.max(initial=1.0)), 1e-3), 4)
    longest = max(float(graph.cost.max()), float(seed_cost.max(initial=0.0)))
    longest = min(longest, limit) if np.isfinite(limit) else longest
    width = max(float(np.median(graph.cost)) / 4.0, longest / 60_000.0, 1e-3)
    ring = 4
    while ring < longest / width + 3:
        ring *= 2
    return Buckets(width, ring)


@compiled
def spread(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one compiled loop: a queue and what it feeds
    graph: StateGraph,
    seed_state: NDArray[np.int32],
    seed_cost: NDArray[np.float32],
    limit: np.float32,
    buckets: Buckets,
    dist: NDArray[np.float32],
    came_by: NDArray[np.int32],
    touched: NDArray[np.int32],
) -> int:
    """One search from all seeds at once, exact for any width (Denardo & Fox 1979).

    ``dist`` must come full of infinity and is left with the cost of every state within ``limit``;
    the answer is how many there are, listed in ``touched``. Where ``came_by`` is not empty it takes
    the arc by which each state was reached, -1 for a seed.
    """
    start, head, cost = graph
    keep_way = len(came_by) > 0
    # each bucket is a linked list of entries, held in arrays that grow and are used again
    first = np.empty(buckets.ring, dtype=np.int32)
    for b in range(buckets.ring):
        first[b] = -1
    room = 4096
    entry_state = np.empty(room, dtype=np.int32)
    entry_next = np.empty(room, dtype=np.int32)
    inverse = np.float64(1.0 / buckets.width)
    mask = buckets.ring - 1
    n_touched, used, free, queued = 0, 0, -1, 0
    # begin at the bucket of the cheapest seed
    lowest = np.float32(np.inf)
    for slot in range(len(seed_state)):
        lowest = seed_cost[slot] if seed_cost[slot] < lowest else lowest
    bucket = int(lowest * inverse) if lowest <= limit else 0
    slot = 0
    arc, stop = 0, 0
    base = np.float32(0.0)
    while True:
        # the next state to lower: a seed, then the heads of the arcs of the settled state
        if slot < len(seed_state):
            h, nd, by = seed_state[slot], seed_cost[slot], -1
            slot += 1
        elif arc < stop:
            h, nd, by = head[arc], base + cost[arc], arc
            arc += 1
        elif queued > 0:
            # take the head of the lowest bucket that is not empty
            entry = first[bucket & mask]
            if entry < 0:
                bucket += 1
                continue
            first[bucket & mask] = entry_next[entry]
            entry_next[entry] = free
            free = entry
            queued -= 1
            s = entry_state[entry]
            base = dist[s]
            if int(base * inverse) == bucket:  # else it was settled from an earlier bucket
                arc, stop = start[s], start[s + 1]
            continue
        else:
            break
        # keep the lower cost, listing a state at its first
        if nd >= dist[h] or nd > limit:
            continue
        if dist[h] == np.inf:
            touched[n_touched] = h
            n_touched += 1
        dist[h] = nd
        if keep_way:
            came_by[h] = by
        # a free entry, or a new one, doubling the arrays when they are full
        if free >= 0:
            entry = free
            free = entry_next[entry]
        else:
            if used == room:
                room *= 2
                wider_state = np.empty(room, dtype=np.int32)
                wider_next = np.empty(room, dtype=np.int32)
                for entry in range(used):
                    wider_state[entry] = entry_state[entry]
                    wider_next[entry] = entry_next[entry]
                entry_state, entry_next = wider_state, wider_next
            entry = used
            used += 1
        # put the state into its bucket; an older entry of it is passed over when its turn comes
        b = int(nd * inverse) & mask
        entry_state[entry], entry_next[entry] = h, first[b]
        first[b] = entry
        queued += 1
    return n_touched


@compiled
def _in_order(
    dist: NDArray[np.float32], touched: NDArray[np.int32], width: float
) -> NDArray[np.int32]:
    """``touched`` sorted by cost, to the width of a bucket."""
    # a counting sort (Seward 1954): count each bucket, sum up, place
    inverse = 1.0 / width
    last = 0
    for s in touched:
        b = int(dist[s] * inverse)
        last = b if b > last else last
    count = np.empty(last + 2, dtype=np.int64)
    for b in range(last + 2):
        count[b] = 0
    for s in touched:
        count[int(dist[s] * inverse) + 1] += 1
    for b in range(last + 1):
        count[b + 1] += count[b]
    order = np.empty(len(touched), dtype=np.int32)
    for s in touched:
        b = int(dist[s] * inverse)
        order[count[b]] = s
        count[b] += 1
    return order


@compiled
def _local_graph(
    graph: StateGraph, order: NDArray[np.int32], local: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """Give the arcs among the states of ``order``, numbered by their place in it (``local``)."""
    start, head, cost = graph
    # room for all arcs out of these states
    size = 0
    for s in order:
        size += start[s + 1] - start[s]
    near_start = np.empty(len(order) + 1, dtype=np.int32)
    near_head = np.empty(size, dtype=np.int32)
    near_cost = np.empty(size, dtype=np.float32)
    filled = 0
    for i in range(len(order)):
        near_start[i] = filled
        for arc in range(start[order[i]], start[order[i] + 1]):
            h = local[head[arc]]
            if h >= 0:  # arcs that leave the block's states lead beyond the limit
                near_head[filled], near_cost[filled] = h, cost[arc]
                filled += 1
    near_start[len(order)] = filled
    return near_start, near_head, near_cost


@compiled
def _settle_lanes(
    near_start: NDArray[np.int32],
    near_head: NDArray[np.int32],
    near_cost: NDArray[np.float32],
    rows: NDArray[np.float32],
    dirty: NDArray[np.uint8],
) -> int:
    """Lower all ``rows`` until no arc can lower any; ``dirty`` flags the rows to begin with.

    The answer is how often a row was taken up.
    """
    # label correcting: rows are taken in order of cost, so that few are taken up twice
    words = dirty.view(np.int64)
    begin, front, visits = 0, _FRONT, 0
    while True:
        # relax the arcs of every dirty row up to the front
        back = len(words)
        for w in range(begin, front if front < len(words) else len(words)):
            if words[w] == 0:
                continue
            for i in range(w * _WORD, (w + 1) * _WORD):
                if dirty[i] == 0:
                    continue
                dirty[i] = 0
                visits += 1
                for arc in range(near_start[i], near_start[i + 1]):
                    h = int(near_head[arc])
                    lowered = relax_lanes(rows, i, rows, h, near_cost[arc]) != 0
                    dirty[h] |= lowered  # no branch: nobody could foretell it
                    word = h // _WORD if lowered & (h <= i) else back
                    back = word if word < back else back
        # a row lowered behind the front takes it back there; else it moves on, until the end
        if back < len(words):
            begin = back
        elif front >= len(words):
            break
        else:
            begin, front = front, front + _FRONT
    return visits


@compiled
def _targets_of(
    order: NDArray[np.int32],
    stub: Listing,
    direct: Listing,
    rows: NDArray[np.int64],
    place: NDArray[np.int32],
) -> NDArray[np.int32]:
    """All targets that a block may reach, ascending; ``place`` (full of -1) takes their places."""
    # mark the targets of all states reached, and those on the sources' own edges
    count = 0
    for s in order:
        for slot in range(stub.start[s], stub.start[s + 1]):
            if place[stub.key[slot]] < 0:
                place[stub.key[slot]] = 0
                count += 1
    for row in rows:
        for slot in range(direct.start[row], direct.start[row + 1]):
            if place[direct.key[slot]] < 0:
                place[direct.key[slot]] = 0
                count += 1
    # number the marked ones, ascending
    found = np.empty(count, dtype=np.int32)
    count = 0
    for target in range(len(place)):
        if place[target] == 0:
            found[count] = target
            place[target] = count
            count += 1
    return found


@compiled
def _emit(
    best: NDArray[np.float32],
    targets: NDArray[np.int32],
    limit: np.float32,
    key: NDArray[np.int32],
    cost: NDArray[np.float32],
) -> NDArray[np.int64]:
    """Put the rows of ``best`` into ``key`` and ``cost``, one a lane, if within the limit.

    The answer is how many targets each lane has. Lane k begins at ``k * (len(targets) + 1)``: room
    for all of them, and for a last write that does not count, which saves a branch.
    """
    room = len(targets) + 1
    at = np.empty(LANES, dtype=np.int64)
    for k in range(LANES):
        at[k] = k * room
    # write every value; only one within the limit moves its lane on
    for t in range(len(targets)):
        target = targets[t]
        for k in range(LANES):
            value = best[t * LANES + k]
            key[at[k]] = target
            cost[at[k]] = value
            at[k] += value <= limit
    for k in range(LANES):
        at[k] -= k * room
    return at


@compiled
def search_rows(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one compiled driver over a block's arrays
    graph: StateGraph,
    seed: Listing,
    stub: Listing,
    direct: Listing,
    n_targets: int,
    limit: np.float32,
    buckets: Buckets,
    rows: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    """Costs from each source of ``rows`` to all targets within ``limit``, as CSR.

    A source begins at its seeds (state, cost); a target is reached from any state that lists it
    among its stubs, for the stub's cost on top; ``direct`` are ways that touch no state. Targets of
    a row are ascending. A ``stub`` without any owner makes the states themselves the targets, in no
    order. Sources that stand together in ``rows`` should lie together.
    """
    # scratch over the whole graph, clean again at the end of every block
    n_states = len(graph.start) - 1
    whole = len(stub.start) == 0
    dist = np.empty(n_states, dtype=np.float32)
    touched = np.empty(n_states, dtype=np.int32)
    local = np.empty(n_states, dtype=np.int32)
    for i in range(n_states):
        dist[i], local[i] = np.inf, -1
    place = np.empty(n_targets, dtype=np.int32)
    for i in range(n_targets):
        place[i] = -1
    no_way = np.empty(0, dtype=np.int32)
    above = np.nextafter(limit, np.float32(np.inf))  # "not reached": the least beyond the limit
    # the answer, which grows
    offset = np.empty(len(rows) + 1, dtype=np.int64)
    offset[0] = 0
    out_key = np.empty(4096, dtype=np.int32)
    out_cost = np.empty(4096, dtype=np.float32)
    filled = 0
    room_rows, room_targets = 0, 0  # scratch that is kept from block to block
    room_lanes = np.empty(0, dtype=np.float32)
    key = np.empty(0, dtype=np.int32)
    cost = np.empty(0, dtype=np.float32)
    low, step = 0, _BLOCK
    while low < len(rows):
        block = rows[low : low + step]
        # one search from all sources of the block: the states that any of them reaches
        seed_state, seed_cost = _seeds_of(seed, block)
        m = spread(graph, seed_state, seed_cost, limit, buckets, dist, no_way, touched)
        # number them by cost, clear the costs, and cut their graph out
        order = _in_order(dist, touched[:m], buckets.width)
        for i in range(m):
            dist[order[i]] = np.inf
            local[order[i]] = i
        near_start, near_head, near_cost = _local_graph(graph, order, local)
        # the targets that the block may reach
        targets = order if whole else _targets_of(order, stub, direct, block, place)
        # scratch for the lanes: rows to whole words of flags, kept while they are large enough
        n_rows = (m + _WORD) // _WORD * _WORD
        if n_rows > room_rows:
            room_rows = n_rows + n_rows // 4
            room_lanes = np.empty(room_rows * LANES, dtype=np.float32)
        lanes = room_lanes[: n_rows * LANES]
        dirty = np.empty(n_rows, dtype=np.uint8)
        for i in range(n_rows):
            dirty[i] = 0
        best = lanes if whole else np.empty(len(targets) * LANES, dtype=np.float32)
        if len(targets) >= room_targets:
            room_targets = len(targets) + len(targets) // 4 + 1
            key = np.empty(room_targets * LANES, dtype=np.int32)
            cost = np.empty(room_targets * LANES, dtype=np.float32)
        visits = 0
        for group in range(0, len(block), LANES):
            n_lanes = len(block) - group if len(block) - group < LANES else LANES
            # lay the seeds of up to sixteen sources, one a lane
            lanes[:] = above
            for k in range(n_lanes):
                row = block[group + k]
                for slot in range(seed.start[row], seed.start[row + 1]):
                    i = local[seed.key[slot]]
                    if i >= 0 and seed.cost[slot] < lanes[i * LANES + k]:
                        lanes[i * LANES + k] = seed.cost[slot]
                        dirty[i] = 1
            # search all lanes at once
            visits += _settle_lanes(near_start, near_head, near_cost, lanes, dirty)
            if not whole:
                # from states to targets by their stubs, then straight along common edges
                best[:] = above
                for i in range(m):
                    for slot in range(stub.start[order[i]], stub.start[order[i] + 1]):
                        t = int(place[stub.key[slot]])
                        relax_lanes(lanes, i, best, t, stub.cost[slot])
                for k in range(n_lanes):
                    row = block[group + k]
                    for slot in range(direct.start[row], direct.start[row + 1]):
                        t = place[direct.key[slot]] * LANES + k
                        best[t] = direct.cost[slot] if direct.cost[slot] < best[t] else best[t]
            # sift what lies within the limit
            size = _emit(best, targets, limit, key, cost)
            total = 0
            for k in range(n_lanes):
                total += size[k]
            if filled + total > len(out_key):
                # room for the rest at the same rate: fresh memory costs more than the search
                done = low + group + n_lanes
                room = int((filled + total) * 1.1 * len(rows) / done) + 4096
                grown_key = np.empty(room, dtype=np.int32)
                grown_cost = np.empty(room, dtype=np.float32)
                for i in range(filled):
                    grown_key[i], grown_cost[i] = out_key[i], out_cost[i]
                out_key, out_cost = grown_key, grown_cost
            # append lane by lane: one row of the answer each
            for k in range(n_lanes):
                count, at = size[k], k * (len(targets) + 1)
                for i in range(count):
                    out_key[filled + i] = key[at + i]
                for i in range(count):
                    out_cost[filled + i] = cost[at + i]
                filled += count
                offset[low + group + k + 1] = filled
        # leave the scratch clean for the next block
        for s in order:
            local[s] = -1
        if not whole:
            for t in targets:
                place[t] = -1
        low += len(block)
        # sources that lie apart make states busy: smaller blocks; calm ones allow larger
        a_state = visits * LANES / (m * len(block) if m > 0 else 1)
        if a_state > _BUSY:
            step = LANES
        elif a_state < _CALM:
            step = _BLOCK
    return offset, out_key[:filled], out_cost[:filled]


@compiled
def _seeds_of(
    seed: Listing, block: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    # count the seeds of the block, then copy them one after the other
    count = 0
    for row in block:
        count += seed.start[row + 1] - seed.start[row]
    state = np.empty(count, dtype=np.int32)
    cost = np.empty(count, dtype=np.float32)
    at = 0
    for row in block:
        for slot in range(seed.start[row], seed.start[row + 1]):
            state[at], cost[at] = seed.key[slot], seed.cost[slot]
            at += 1
    return state, cost


@compiled
def place_rows(
    part: Listing,
    rows: NDArray[np.int64],
    indptr: NDArray[np.int64],
    index: NDArray[np.int32],
    cost: NDArray[np.float32],
) -> None:
    """Copy row i of ``part`` to the place of row ``rows[i]`` in the whole table."""
    for i in range(len(rows)):
        size = part.start[i + 1] - part.start[i]
        to = indptr[rows[i]]
        for k in range(size):
            index[to + k] = part.key[part.start[i] + k]
        for k in range(size):
            cost[to + k] = part.cost[part.start[i] + k]
