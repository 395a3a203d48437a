"""Node times: from many origins to every node of the network, compact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError
from geo.linking import Links, arriving, leaving, links_of
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

    Only what lies within ``cutoff_s``. Comes in parts of some hundred origins, searched on two
    threads, neighbours together: what is held at any time is a few parts, however many origins
    there are. A node with turn bans counts by its best state. InputError
    for a cutoff below 0 or beyond what two bytes hold (6,553 s).
    """
    if not 0 <= cutoff_s <= MOST_SECONDS:
        raise InputError(f"node times: cutoff_s must lie in 0..{MOST_SECONDS:g}, not {cutoff_s}")
    links = links_of(network, mode=mode)
    snaps = snap(network, origins, mode=mode, limit_m=snap_limit_m)
    access = access_costs(network, snaps, mode=mode, measure="seconds")
    pairs = (arriving if toward else leaving)(links, snaps, access)
    graph = links.reverse if toward else links.graph
    seed = listing(len(snaps), pairs.point, pairs.state, pairs.cost)
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
