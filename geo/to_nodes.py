"""Node times: from many origins to every node of the network, compact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError
from geo.linking import Links, arriving, leaving, links_of
from geo.messages import say
from geo.search import Listing, buckets_for, limit_of, listing, search_rows
from geo.snapping import snap
from geo.travel_time_matrix import access_costs, by_neighbourhood, in_threads, rows_at_once

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import RoadNetwork

Report = Callable[[str, float], None]

MOST_SECONDS = 6_553.0


@dataclass(frozen=True, eq=False)
class NodeTimes:
    """Times to the nodes within the cutoff: six bytes a pair.

    Row r belongs to origin ``origin[r]``; its nodes are ``node[start[r]:start[r + 1]]`` int32, in
    no order, and ``deciseconds`` uint16 the times in tenths of a second, rounded to the nearest.
    """

    origin: NDArray[np.int64]
    start: NDArray[np.int64]
    node: NDArray[np.int32]
    deciseconds: NDArray[np.uint16]

    @property
    def nbytes(self) -> int:
        """Memory held by the four arrays."""
        return sum(a.nbytes for a in (self.origin, self.start, self.node, self.deciseconds))


def node_times(
    network: RoadNetwork,
    *,
    mode: str,
    origins: object,
    cutoff_s: float,
    toward: bool = False,
    snap_limit_m: float = 500.0,
    on_progress: Report | None = None,
) -> Iterator[NodeTimes]:
    """Measure times from every origin to every node (``toward``: from node to origin).

    Comes in parts of some hundred origins, searched on two threads, neighbours together: what is
    held at any time is a few parts, however many origins there are. A node with turn bans counts by
    its best state.

    Parameters
    ----------
    network
        the roads.
    mode
        who moves: one of the network's modes.
    origins
        lonlat float64[n, 2], degrees of WGS-84.
    cutoff_s
        seconds beyond which a node is left out, at most 6,553: what two bytes hold.
    toward
        measure from the nodes to the origin.
    snap_limit_m
        metres from a road beyond which an origin reaches nothing.
    on_progress
        called with a step's word and the share done, 0 to 1; raise in it to cancel.

    Returns
    -------
    Iterator of NodeTimes
        rows of some origins at a time, in tenths of seconds.

    Raises
    ------
    InputError
        for a cutoff below 0 or beyond 6,553 s; NetworkError for an unknown mode.

    Examples
    --------
    >>> import numpy as np
    >>> from geo import RawRoads, build_network, node_times
    >>> line = [(116.80, 33.96), (116.81, 33.96)]  # 924 m
    >>> street = build_network(RawRoads.of_lines([(line, {"highway": "residential"})]))
    >>> for part in node_times(street, mode="foot", origins=line[:1], cutoff_s=900):
    ...     minutes = dict(zip(part.node.tolist(), part.deciseconds / 600, strict=True))
    >>> [round(float(minutes[node]), 1) for node in sorted(minutes)]
    [0.0, 11.6]
    """
    if not 0 <= cutoff_s <= MOST_SECONDS:
        raise InputError(
            say(
                "node times: cutoff_s must lie in 0..{most_s:g}, not {cutoff_s}",
                most_s=MOST_SECONDS,
                cutoff_s=cutoff_s,
            )
        )
    # tie the origins to the graph, turned round where times run toward them
    links = links_of(network, mode=mode)
    snaps = snap(network, origins, mode=mode, limit_m=snap_limit_m)
    access = access_costs(network, snaps, mode=mode, measure="seconds")
    pairs = (arriving if toward else leaving)(links, snaps, access)
    graph = links.reverse if toward else links.graph
    seed = listing(len(snaps), pairs.point, pairs.state, pairs.cost)
    # neighbours together, in parts that fit the memory
    order = by_neighbourhood(seed)
    chunk = rows_at_once(graph.n_states)
    buckets = buckets_for(graph, seed.cost, cutoff_s)
    stub, direct = _no_stubs(), _no_direct(len(snaps))

    def rows(low: int) -> NodeTimes:
        some = order[low : low + chunk]
        limit = limit_of(cutoff_s)
        start, state, cost = search_rows(graph, seed, stub, direct, 0, limit, buckets, some)
        return _compact(links, network.n_nodes, some, Listing(start, state, cost))

    return in_threads(rows, range(0, len(snaps), chunk), on_progress)


def _no_stubs() -> Listing:
    none = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)
    return Listing(np.empty(0, dtype=np.int64), *none)


def _no_direct(n: int) -> Listing:
    none = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)
    return Listing(np.zeros(n + 1, dtype=np.int64), *none)


def _compact(links: Links, n_nodes: int, rows: NDArray[np.int64], found: Listing) -> NodeTimes:
    tenths = np.rint(found.cost * np.float32(10.0)).astype(np.uint16)
    # without turn bans states are the nodes
    if links.graph.n_states == n_nodes:
        return NodeTimes(rows, found.start, found.key, tenths)
    # several states of one node: the best of them counts
    row = np.repeat(np.arange(len(rows), dtype=np.int64), np.diff(found.start))
    node = links.state_node[found.key]
    order = np.lexsort((tenths, node, row))
    row, node, tenths = row[order], node[order], tenths[order]
    first = np.ones(len(row), dtype=bool)
    first[1:] = (row[1:] != row[:-1]) | (node[1:] != node[:-1])
    start = np.concatenate([[0], np.cumsum(np.bincount(row[first], minlength=len(rows)))])
    return NodeTimes(rows, start, node[first], tenths[first])
