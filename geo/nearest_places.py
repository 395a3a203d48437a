"""Nearest: the k places that each point reaches first, in one search from all places at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.compiled import compiled
from geo.errors import InputError
from geo.linking import arriving, direct, leaving, links_of
from geo.messages import say
from geo.search import Buckets, Listing, StateGraph, buckets_for, limit_of, listing
from geo.snapping import snap
from geo.travel_time_matrix import access_costs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.linking import Links, Pairs
    from geo.network import RoadNetwork


@dataclass(frozen=True, eq=False)
class Nearest:
    """The k nearest destinations of every origin, nearest first.

    ``index`` int32[n, k], -1 where there are fewer within the cutoff; ``seconds`` float32[n, k],
    NaN there.
    """

    index: NDArray[np.int32]
    seconds: NDArray[np.float32]


def nearest(
    network: RoadNetwork,
    *,
    mode: str,
    origins: object,
    destinations: object,
    k: int,
    cutoff_s: float = np.inf,
    snap_limit_m: float = 500.0,
) -> Nearest:
    """Find the ``k`` destinations that each origin reaches first, within the cutoff.

    One sweep over the network, whatever the number of destinations. Of equal times any may come
    first.

    Parameters
    ----------
    network
        the roads.
    mode
        who moves: one of the network's modes.
    origins, destinations
        lonlat float64[n, 2] and [m, 2], degrees of WGS-84.
    k
        how many are asked for, 1 or more.
    cutoff_s
        seconds beyond which a destination does not count.
    snap_limit_m
        metres from a road beyond which a point has no way at all.

    Returns
    -------
    Nearest
        rows of ``destinations`` int32[n, k] and seconds float32[n, k]; -1 and NaN where there are
        fewer.

    Raises
    ------
    InputError
        for k below 1 or a cutoff below 0; NetworkError for an unknown mode.

    Examples
    --------
    >>> import numpy as np
    >>> from geo import RawRoads, build_network, nearest
    >>> line = [(116.80, 33.96), (116.81, 33.96)]  # 924 m
    >>> street = build_network(RawRoads.of_lines([(line, {"highway": "residential"})]))
    >>> found = nearest(
    ...     street, mode="foot", origins=[(116.804, 33.96)], destinations=line, k=3
    ... )
    >>> found.index.tolist(), np.round(found.seconds / 60).tolist()
    ([[0, 1, -1]], [[5.0, 7.0, nan]])
    """
    _check(k, cutoff_s)
    links = links_of(network, mode=mode)
    a = snap(network, origins, mode=mode, limit_m=snap_limit_m)
    b = snap(network, destinations, mode=mode, limit_m=snap_limit_m)
    a_access = access_costs(network, a, mode=mode, measure="seconds")
    b_access = access_costs(network, b, mode=mode, measure="seconds")
    out = leaving(links, a, a_access)
    straight = direct(links, a, b, a_access, b_access)
    place, cost = _labels(links, arriving(links, b, b_access), k, cutoff_s)
    index, seconds = _best_of_points(
        listing(len(a), out.point, out.state, out.cost),
        listing(len(a), straight.origin, straight.destination.astype(np.int32), straight.cost),
        place,
        cost,
        k,
        limit_of(cutoff_s),
    )
    return Nearest(index.reshape(-1, k), seconds.reshape(-1, k))


def nearest_of_nodes(
    network: RoadNetwork,
    *,
    mode: str,
    destinations: object,
    k: int,
    cutoff_s: float = np.inf,
    snap_limit_m: float = 500.0,
) -> Nearest:
    """Find the ``k`` destinations that every node of the network reaches first.

    As `nearest`, without tying points to roads.

    Parameters
    ----------
    network
        the roads.
    mode
        who moves: one of the network's modes.
    destinations
        lonlat float64[m, 2], degrees of WGS-84.
    k
        how many are asked for, 1 or more.
    cutoff_s
        seconds beyond which a destination does not count.
    snap_limit_m
        metres from a road beyond which a destination is not reached.

    Returns
    -------
    Nearest
        row i belongs to node i: rows of ``destinations`` int32[n_nodes, k] and seconds
        float32[n_nodes, k]; -1 and NaN where there are fewer.

    Raises
    ------
    InputError
        for k below 1 or a cutoff below 0; NetworkError for an unknown mode.

    Examples
    --------
    >>> import numpy as np
    >>> from geo import RawRoads, build_network, nearest_of_nodes
    >>> line = [(116.80, 33.96), (116.81, 33.96)]  # 924 m
    >>> street = build_network(RawRoads.of_lines([(line, {"highway": "residential"})]))
    >>> found = nearest_of_nodes(street, mode="foot", destinations=[(116.802, 33.96)], k=1)
    >>> west = int(street.node_lonlat[:, 0].argmin())
    >>> np.round(found.seconds[[west, 1 - west], 0] / 60).tolist()
    [2.0, 9.0]
    """
    _check(k, cutoff_s)
    links = links_of(network, mode=mode)
    b = snap(network, destinations, mode=mode, limit_m=snap_limit_m)
    access = access_costs(network, b, mode=mode, measure="seconds")
    place, cost = _labels(links, arriving(links, b, access), k, cutoff_s)
    size = network.n_nodes * k  # the first state of a node is the one without a turn behind it
    seconds = np.where(place[:size] >= 0, cost[:size], np.float32(np.nan))
    return Nearest(place[:size].reshape(-1, k), seconds.reshape(-1, k))


def _check(k: int, cutoff_s: float) -> None:
    if k < 1:
        raise InputError(say("nearest: k must be 1 or more, not {k}", k=k))
    if not cutoff_s >= 0:
        raise InputError(
            say("nearest: cutoff_s must be 0 or more, not {cutoff_s}", cutoff_s=cutoff_s)
        )


def _labels(
    links: Links, into: Pairs, k: int, cutoff_s: float
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    cost = into.cost.astype(np.float32)
    return _spread_labels(
        links.reverse,
        into.state.astype(np.int32),
        into.point.astype(np.int32),
        cost,
        k,
        limit_of(cutoff_s),
        buckets_for(links.reverse, cost, cutoff_s),
    )


@compiled
def _insert(  # noqa: PLR0917 - compiled code takes plain arrays
    place: NDArray[np.int32],
    cost: NDArray[np.float32],
    low: int,
    k: int,
    new_place: int,
    new_cost: np.float32,
) -> bool:
    """Put a place into the k labels from ``low`` on, kept in order; False if nothing changes."""
    if new_cost >= cost[low + k - 1]:
        return False
    at = low + k - 1  # the label that falls out: the place's own older one, or the last
    for i in range(low, low + k):
        if place[i] == new_place:
            if cost[i] <= new_cost:
                return False
            at = i
            break
    # push the dearer ones down and take the gap
    while at > low and cost[at - 1] > new_cost:
        place[at], cost[at] = place[at - 1], cost[at - 1]
        at -= 1
    place[at], cost[at] = new_place, new_cost
    return True


@compiled
def _spread_labels(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one compiled loop, its queue inside
    graph: StateGraph,
    seed_state: NDArray[np.int32],
    seed_place: NDArray[np.int32],
    seed_cost: NDArray[np.float32],
    k: int,
    limit: np.float32,
    buckets: Buckets,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Label every state with its k cheapest places; a label is handed on when its turn comes."""
    # k empty labels a state, and a bucket queue of labels (Dial 1969), held in arrays that grow
    start, head, step = graph
    n = len(start) - 1
    place = np.full(n * k, -1, dtype=np.int32)
    cost = np.full(n * k, np.float32(np.inf), dtype=np.float32)
    first = np.full(buckets.ring, -1, dtype=np.int32)
    room = 4096
    entry_state = np.empty(room, dtype=np.int32)
    entry_place = np.empty(room, dtype=np.int32)
    entry_cost = np.empty(room, dtype=np.float32)
    entry_next = np.empty(room, dtype=np.int32)
    inverse = 1.0 / buckets.width
    mask = buckets.ring - 1
    used, free, queued, slot = 0, -1, 0, 0
    arc, stop, p, base = 0, 0, 0, np.float32(0.0)
    # begin at the bucket of the cheapest seed
    lowest = np.float32(np.inf)
    for i in range(len(seed_state)):
        lowest = min(lowest, seed_cost[i])
    bucket = int(lowest * inverse) if lowest <= limit else 0
    while True:
        # the next label: a seed's, then one for the head of each arc of the label handed on
        if slot < len(seed_state):
            h, nd, q = seed_state[slot], seed_cost[slot], seed_place[slot]
            slot += 1
        elif arc < stop:
            h, nd, q = head[arc], base + step[arc], p
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
            s, p, base = entry_state[entry], entry_place[entry], entry_cost[entry]
            for i in range(s * k, s * k + k):
                if place[i] == p and cost[i] == base:  # else it was bettered or pushed out
                    arc, stop = start[s], start[s + 1]
            continue
        else:
            break
        if nd > limit or not _insert(place, cost, h * k, k, q, nd):
            continue
        # a label that counts is queued: in a free entry, or a new one
        if free >= 0:
            entry = free
            free = entry_next[entry]
        else:
            if used == room:
                entry_state = np.append(entry_state, np.empty(room, dtype=np.int32))
                entry_place = np.append(entry_place, np.empty(room, dtype=np.int32))
                entry_cost = np.append(entry_cost, np.empty(room, dtype=np.float32))
                entry_next = np.append(entry_next, np.empty(room, dtype=np.int32))
                room *= 2
            entry = used
            used += 1
        b = int(nd * inverse) & mask
        entry_state[entry], entry_place[entry], entry_cost[entry] = h, q, nd
        entry_next[entry] = first[b]
        first[b] = entry
        queued += 1
    return place, cost


@compiled
def _best_of_points(  # noqa: PLR0917 - compiled code takes plain arrays
    out: Listing,
    straight: Listing,
    place: NDArray[np.int32],
    cost: NDArray[np.float32],
    k: int,
    limit: np.float32,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Find the k cheapest places of every point, from its states' labels and along its edge."""
    n = len(out.start) - 1
    best_place = np.full(n * k, -1, dtype=np.int32)
    best_cost = np.full(n * k, np.float32(np.inf), dtype=np.float32)
    for point in range(n):
        # places on the point's own edge
        for slot in range(straight.start[point], straight.start[point + 1]):
            if straight.cost[slot] <= limit:
                _insert(
                    best_place, best_cost, point * k, k, straight.key[slot], straight.cost[slot]
                )
        # labels of the states at which the point joins the roads
        for slot in range(out.start[point], out.start[point + 1]):
            for i in range(out.key[slot] * k, out.key[slot] * k + k):
                total = cost[i] + out.cost[slot]
                if total <= limit and place[i] >= 0:
                    _insert(best_place, best_cost, point * k, k, place[i], total)
    for i in range(n * k):
        if best_place[i] < 0:
            best_cost[i] = np.nan
    return best_place, best_cost
