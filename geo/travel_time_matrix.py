"""Travel times: from many origins to many destinations over the roads, within a cutoff."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy.sparse import csr_array

from geo.errors import InputError
from geo.linking import MEASURES, DirectPairs, Pairs, arriving, direct, leaving, links_of
from geo.messages import say
from geo.profiles import check_mode
from geo.search import Listing, StateGraph, buckets_for, limit_of, listing, place_rows, search_rows
from geo.snapping import Snaps, snap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import RoadNetwork

Report = Callable[[str, float], None]

Part = TypeVar("Part")

MOST_BYTES = 2 * 2**30
"""Budget of one table of travel times; a larger one is refused rather than swapped."""
_CHUNK_BYTES = 2**29
_THREADS = 2


@dataclass(frozen=True, eq=False)
class TravelTimes:
    """Times (or metres) of all pairs within the cutoff, as `travel_times` measures them.

    ``csr`` float32 [n_origins, n_destinations]: absence means out of reach, a stored 0 is a real 0.
    ``origins_unsnapped`` and ``destinations_unsnapped`` bool mark points that found no road.
    """

    csr: csr_array
    origins_unsnapped: NDArray[np.bool_]
    destinations_unsnapped: NDArray[np.bool_]


def travel_times(
    network: RoadNetwork,
    *,
    mode: str,
    origins: object,
    destinations: object,
    cutoff_s: float = np.inf,
    cutoff_m: float | None = None,
    measure: str = "seconds",
    snap_limit_m: float = 500.0,
    on_progress: Report | None = None,
) -> TravelTimes:
    """Measure the times from every origin to every destination that is within the cutoff.

    The way goes from the origin to the nearest road at the mode's ``access_kph`` in a straight
    line, along the roads, one-way streets and turn bans respected, and off it again to the
    destination. Searches run from whichever side has fewer points. Costs are single precision: a
    trip is within 0.001 s of the exact sum.

    Parameters
    ----------
    network
        the roads.
    mode
        who moves: one of the network's modes.
    origins, destinations
        lonlat float64[n, 2] and [m, 2], degrees of WGS-84.
    cutoff_s
        seconds beyond which a pair is left out. 0 keeps pairs that lie at one place, infinity all
        that are connected.
    cutoff_m
        metres beyond which a pair is left out; with both cutoffs a pair must be within both, each
        by its own best way.
    measure
        "seconds" of the quickest way, or "metres" of the shortest one, which ``cutoff_m`` bounds.
    snap_limit_m
        metres from a road beyond which a point has no way at all.
    on_progress
        called with a step's word and the share done, 0 to 1, between chunks; raise in it to cancel.

    Returns
    -------
    TravelTimes
        a sparse table, origins by destinations, float32 seconds or metres.

    Raises
    ------
    InputError
        for a cutoff below 0 or NaN, an unknown measure, or a table beyond 2 GB; NetworkError for an
        unknown mode.

    Examples
    --------
    From the street's west end to its middle and to its east end, on foot:

    >>> import numpy as np
    >>> from geo import RawRoads, build_network, travel_times
    >>> line = [(116.80, 33.96), (116.81, 33.96)]  # 924 m
    >>> street = build_network(RawRoads.of_lines([(line, {"highway": "residential"})]))
    >>> table = travel_times(
    ...     street, mode="foot", origins=line[:1], destinations=[(116.805, 33.96), line[1]]
    ... )
    >>> np.round(table.csr.toarray() / 60).tolist()  # minutes
    [[6.0, 12.0]]
    """
    if measure not in MEASURES:
        raise InputError(
            say(
                "travel times: no measure {measure!r}: one of {known}",
                measure=measure,
                known=", ".join(MEASURES),
            )
        )
    if measure == "metres" and cutoff_m is None:
        raise InputError(say("travel times: measure metres needs cutoff_m"))
    cutoff = cutoff_s if measure == "seconds" or cutoff_m is None else cutoff_m
    for name, value in (("cutoff_s", cutoff_s), ("cutoff_m", cutoff_m)):
        if value is not None and not value >= 0:
            raise InputError(
                say("travel times: {name} must be 0 or more, not {value}", name=name, value=value)
            )
    a = snap(network, origins, mode=mode, limit_m=snap_limit_m)
    b = snap(network, destinations, mode=mode, limit_m=snap_limit_m)
    csr = times_between(
        network, a, b, mode=mode, cutoff=cutoff, measure=measure, on_progress=on_progress
    )
    if measure == "seconds" and cutoff_m is not None:
        near = times_between(network, a, b, mode=mode, cutoff=cutoff_m, measure="metres")
        csr = _kept_where(csr, near)
    return TravelTimes(csr, ~a.found, ~b.found)


def times_between(
    network: RoadNetwork,
    origins: Snaps,
    destinations: Snaps,
    *,
    mode: str,
    cutoff: float,
    measure: str = "seconds",
    on_progress: Report | None = None,
) -> csr_array:
    """Give the table of `travel_times` between points already snapped, as csr_array float32."""
    links = links_of(network, mode=mode, measure=measure)
    a_access = access_costs(network, origins, mode=mode, measure=measure)
    b_access = access_costs(network, destinations, mode=mode, measure=measure)
    out = leaving(links, origins, a_access)
    into = arriving(links, destinations, b_access)
    straight = direct(links, origins, destinations, a_access, b_access)
    n_a, n_b = len(origins), len(destinations)
    if n_b < n_a:
        turned = DirectPairs(straight.destination, straight.origin, straight.cost)
        table = _table(links.reverse, into, out, turned, (n_b, n_a), cutoff, on_progress)
        return _transposed(table)
    return _table(links.graph, out, into, straight, (n_a, n_b), cutoff, on_progress)


def access_costs(
    network: RoadNetwork, snaps: Snaps, *, mode: str, measure: str
) -> NDArray[np.float64]:
    """Seconds or metres between each point and its place on the road, NaN if unsnapped."""
    if measure == "metres":
        return snaps.distance_m
    kph = network.access_kph[check_mode(mode, network.modes)]
    return np.asarray(snaps.distance_m / (kph / 3.6))


def _table(  # noqa: PLR0917 - one search, seen from either side
    graph: StateGraph,
    seeds: Pairs,
    stubs: Pairs,
    straight: DirectPairs,
    shape: tuple[int, int],
    cutoff: float,
    on_progress: Report | None,
) -> csr_array:
    n_rows, n_columns = shape
    seed = listing(n_rows, seeds.point, seeds.state, seeds.cost)
    stub = listing(
        graph.n_states, stubs.state.astype(np.int64), stubs.point.astype(np.int32), stubs.cost
    )
    near = listing(n_rows, straight.origin, straight.destination.astype(np.int32), straight.cost)
    buckets = buckets_for(graph, seed.cost, cutoff)
    order = by_neighbourhood(seed)
    chunk = rows_at_once(n_columns)

    def rows(low: int) -> Listing:
        some = order[low : low + chunk]
        limit = limit_of(cutoff)
        return Listing(*search_rows(graph, seed, stub, near, n_columns, limit, buckets, some))

    parts = _within_budget(in_threads(rows, range(0, n_rows, chunk), on_progress))
    return _in_given_order(parts, order, n_columns)


def _in_given_order(parts: list[Listing], order: NDArray[np.int64], n_columns: int) -> csr_array:
    """Put the rows of ``parts``, which stand in the given order, back into their own places."""
    n_rows = len(order)
    size = np.zeros(n_rows, dtype=np.int64)
    size[order] = np.concatenate([np.diff(part.start) for part in parts]) if parts else 0
    indptr = np.concatenate([[0], np.cumsum(size)])
    index = np.empty(indptr[-1], dtype=np.int32)
    cost = np.empty(indptr[-1], dtype=np.float32)
    low = 0
    for part in parts:
        place_rows(part, order[low : low + len(part.start) - 1], indptr, index, cost)
        low += len(part.start) - 1
    return _csr(cost, index, indptr, (n_rows, n_columns))


def _csr(
    cost: NDArray[np.float32],
    index: NDArray[np.int32],
    indptr: NDArray[np.int64],
    shape: tuple[int, int],
) -> csr_array:
    made: csr_array = csr_array((cost, index, indptr), shape=shape)
    return made


def by_neighbourhood(seed: Listing) -> NDArray[np.int64]:
    """Order sources so that neighbours stand together: by their first states, which do."""
    first = np.append(seed.key, 0)[seed.start[:-1]]
    first[np.diff(seed.start) == 0] = 0
    return np.argsort(first, kind="stable")


def rows_at_once(n_columns: int) -> int:
    """Choose how many rows a chunk has: 512, fewer where they could hold more than 512 MB.

    At most four chunks are held at a time besides the result, so 2 GB whatever the network.
    """
    return int(np.clip(_CHUNK_BYTES // (8 * max(n_columns, 1)), 64, 512))


def _within_budget(parts: Iterator[Listing]) -> list[Listing]:
    kept, size = [], 0
    for part in parts:
        size += part.key.nbytes + part.cost.nbytes
        if size > MOST_BYTES:
            raise InputError(
                say(
                    "travel times: the table would hold more than {most_mb} MB: lower the"
                    " cutoff, or ask for fewer origins at a time",
                    most_mb=MOST_BYTES // 2**20,
                )
            )
        kept.append(part)
    return kept


def in_threads(
    rows: Callable[[int], Part], lows: range, on_progress: Report | None
) -> Iterator[Part]:
    """``rows`` of every chunk, in order, made on two threads and at most four chunks ahead.

    An error in the report, or leaving the iteration, drops the chunks not yet begun.
    """
    tell = on_progress or (lambda _step, _share: None)
    pool = ThreadPoolExecutor(_THREADS)
    try:
        ahead: deque[Future[Part]] = deque()
        for done, low in enumerate(lows):
            ahead.append(pool.submit(rows, low))
            if len(ahead) >= 2 * _THREADS:
                yield ahead.popleft().result()
                tell(say("travel times"), (done + 1 - len(ahead)) / len(lows))
        while ahead:
            yield ahead.popleft().result()
            tell(say("travel times"), 1.0 - len(ahead) / len(lows))
    finally:
        pool.shutdown(cancel_futures=True)


def _transposed(table: csr_array) -> csr_array:
    """Turn the table round; the columns of a row come out ascending."""
    made: csr_array = csr_array(table.T)
    return made


def _kept_where(table: csr_array, other: csr_array) -> csr_array:
    """Keep the entries of ``table`` that ``other`` stores too; zeros stored stay."""
    keys, allowed = (
        np.repeat(np.arange(t.shape[0], dtype=np.int64), np.diff(t.indptr)) * t.shape[1] + t.indices
        for t in (table, other)
    )
    keep = np.isin(keys, allowed, assume_unique=True)
    kept = np.concatenate([[0], np.cumsum(keep)])[table.indptr]
    return csr_array((table.data[keep], table.indices[keep], kept), shape=table.shape)
