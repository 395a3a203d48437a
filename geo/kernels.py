"""Kernels: how much of something lies round each point, near things counting for more.

The kernel is ``K(u) = exp(-u^2 / 2)``, ``u`` the distance over the bandwidth, cut at ``u = 2``. The
distance is the shortest way along the roads that a mode may use, in metres, whichever way traffic
runs: a restaurant on a one-way street is as near to the door behind it as to the one ahead. The
straight ways between the points and their roads are part of it. Nodes that stop a mode stop it
here too.

One bounded search runs from every point of whichever side has fewer of them, and every point of the
other side is met on its edge, from both ends or straight along it: nothing is rounded to nodes. No
table of pairs is ever held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from geo.compiled import compiled
from geo.errors import InputError
from geo.measure import EARTH_RADIUS_M
from geo.messages import say
from geo.profiles import check_mode
from geo.search import Buckets, StateGraph, buckets_for, limit_of, spread
from geo.snapping import as_lonlat, snap
from geo.travel_time_matrix import in_threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import RoadNetwork

Report = Callable[[str, float], None]

CUT = 2.0
"""Bandwidths beyond which the kernel is 0."""
WAYS = ("network", "straight")
_PARTS = 16
_PAIRS_AT_ONCE = 2_000_000


class _Proximity(NamedTuple):
    """Roads of a mode without directions; ``ends`` int32[n_edges, 2], -1 where it is stopped."""

    graph: StateGraph
    ends: NDArray[np.int32]


class _Spots(NamedTuple):
    """Points that found a road, by edge: metres ``along`` it and ``access`` metres off it."""

    edge: NDArray[np.int32]
    along: NDArray[np.float64]
    access: NDArray[np.float64]
    point: NDArray[np.int64]


class _Reached(NamedTuple):
    """Spots by edge, and at each node the edges that have any."""

    spots: _Spots
    start: NDArray[np.int64]
    near_start: NDArray[np.int64]
    near_edge: NDArray[np.int32]


class _Values(NamedTuple):
    """Values of each source in CSR form: columns and amounts."""

    start: NDArray[np.int64]
    column: NDArray[np.int32]
    amount: NDArray[np.float64]


class _Asked(NamedTuple):
    """The kernel, how its searches queue, and whether centres gather from spots or give to them."""

    bandwidth_m: float
    limit: np.float32
    buckets: Buckets
    gather: bool


def kernel_sums(
    network: RoadNetwork | None,
    *,
    mode: str,
    targets: object,
    sources: object,
    values: NDArray[np.float64] | sp.csr_array,
    bandwidth_m: float,
    over: str = "network",
    snap_limit_m: float = 500.0,
    on_progress: Report | None = None,
    on_lost: Callable[[NDArray[np.float64]], None] | None = None,
) -> NDArray[np.float64]:
    """Sum the sources' values round each target, each times the kernel of its distance.

    Parameters
    ----------
    network
        the roads; None will do with ``over="straight"``.
    mode
        whose roads count.
    targets, sources
        lonlat float64[n, 2] and [m, 2], degrees of WGS-84.
    values
        float64[m, n_columns], dense or csr, 0 or more: all that shares mode and bandwidth goes in
        one call.
    bandwidth_m
        metres, the kernel's one standard deviation.
    over
        "network": the distance along the roads; "straight": the great circle, for which neither
        network nor mode matters.
    snap_limit_m
        metres from every road of the mode beyond which a point neither gives nor gets.
    on_progress
        called with a step's word and the share done, 0 to 1; raise in it to cancel.
    on_lost
        told what the sources off the roads have of each column, float64[n_columns].

    Returns
    -------
    float64[n, n_columns]
        0 where nothing lies within two bandwidths. Ways are single precision: a pair within
        a millimetre of two bandwidths may fall either side.

    Raises
    ------
    InputError
        for a bandwidth of 0 or less, an unknown ``over``, values below 0, not finite or not one row
        a source; NetworkError for an unknown mode.

    Examples
    --------
    A restaurant at the street's west end, seen from its door, from 462 m and from 924 m along the
    road, with a bandwidth of 400 m: 1, ``exp(-(462 / 400) ** 2 / 2)``, and nothing beyond 800 m:

    >>> import numpy as np
    >>> from geo import RawRoads, build_network, kernel_sums
    >>> line = [(116.80, 33.96), (116.81, 33.96)]  # 924 m
    >>> street = build_network(RawRoads.of_lines([(line, {"highway": "residential"})]))
    >>> sums = kernel_sums(
    ...     street, mode="ebike", targets=[line[0], (116.805, 33.96), line[1]],
    ...     sources=line[:1], values=np.ones((1, 1)), bandwidth_m=400.0,
    ... )
    >>> sums.ravel().round(3).tolist()
    [1.0, 0.513, 0.0]
    """
    to, of = as_lonlat(targets), as_lonlat(sources)
    table = _checked(values, len(of), bandwidth_m, over)
    if over == "straight":
        return _straight(to, of, table, bandwidth_m)
    if network is None:
        raise InputError(say("kernel: a distance over the network needs a network"))
    check_mode(mode, network.modes)
    used = np.flatnonzero(np.diff(table.indptr))
    sums = np.zeros((len(to), table.shape[1]))
    if not len(to) or not len(used):
        return sums
    here = _spots(network, to, mode, snap_limit_m)
    there = _spots(network, of[used], mode, snap_limit_m)
    there = there._replace(point=used[there.point])
    if on_lost is not None:
        on_road = np.bincount(there.point, minlength=len(of)) > 0
        on_lost(np.asarray(table.T @ (~on_road).astype(np.float64)))
    amounts = _Values(table.indptr.astype(np.int64), table.indices.astype(np.int32), table.data)
    tell = on_progress and (lambda _step, share: on_progress(say("kernels"), share))
    gather = len(here.edge) <= len(there.edge)
    sides = (here, there) if gather else (there, here)
    for low, part in _sweeps(
        network, mode, sides, amounts, bandwidth_m, sums.shape, gather=gather, tell=tell
    ):
        if gather:
            sums[here.point[low : low + len(part)]] = part
        else:
            sums += part
    return sums


def _checked(
    values: NDArray[np.float64] | sp.csr_array, n: int, bandwidth_m: float, over: str
) -> sp.csr_array:
    if over not in WAYS:
        raise InputError(
            say("kernel: no distance {over!r}: one of {known}", over=over, known=", ".join(WAYS))
        )
    if not 0 < bandwidth_m < np.inf:
        raise InputError(
            say(
                "kernel: the bandwidth must be more than 0 m, not {bandwidth_m}",
                bandwidth_m=bandwidth_m,
            )
        )
    table = _as_csr(values)
    if table.ndim != 2 or table.shape[0] != n:  # noqa: PLR2004 - rows and columns
        raise InputError(
            say("kernel: values of shape {shape} for {n} sources", shape=table.shape, n=n)
        )
    if not np.isfinite(table.data).all() or (table.data < 0).any():
        raise InputError(say("kernel: a value is negative or not finite"))
    table.sum_duplicates()
    table.eliminate_zeros()
    return table


def _as_csr(values: NDArray[np.float64] | sp.csr_array) -> sp.csr_array:
    made: sp.csr_array
    if isinstance(values, sp.csr_array):
        made = values.astype(np.float64)
    else:
        made = sp.csr_array(np.asarray(values, dtype=np.float64))
    return made


def _proximity(network: RoadNetwork, mode: str) -> _Proximity:
    key = ("proximity", mode)
    if key not in network.memo:
        # edges that the mode may use, cut at nodes that stop it
        blocked = network.node_blocked[check_mode(mode, network.modes)]
        usable = network.usable(mode)
        ends = np.c_[network.edge_from, network.edge_to].astype(np.int32)
        ends[blocked[ends] | ~usable[:, None]] = -1
        # every edge both ways, in metres, sorted by its tail
        through = np.flatnonzero((ends >= 0).all(axis=1))
        tail = np.concatenate([ends[through, 0], ends[through, 1]])
        head = np.concatenate([ends[through, 1], ends[through, 0]])
        cost = np.tile(network.edge_metres[through], 2).astype(np.float32)
        order = np.argsort(tail, kind="stable")
        start = np.zeros(network.n_nodes + 1, dtype=np.int64)
        np.cumsum(np.bincount(tail, minlength=network.n_nodes), out=start[1:])
        network.memo[key] = _Proximity(StateGraph(start, head[order], cost[order]), ends)
    made: _Proximity = network.memo[key]
    return made


def _spots(network: RoadNetwork, lonlat: NDArray[np.float64], mode: str, limit_m: float) -> _Spots:
    # points that found a road, sorted by edge
    snaps = snap(network, lonlat, mode=mode, limit_m=limit_m)
    found = np.flatnonzero(snaps.found)
    found = found[np.argsort(snaps.edge[found], kind="stable")]
    edge = snaps.edge[found]
    along = snaps.fraction[found] * network.edge_metres[edge]
    return _Spots(edge, along, snaps.distance_m[found], found)


def _part(spots: _Spots, rows: slice) -> _Spots:
    return _Spots(spots.edge[rows], spots.along[rows], spots.access[rows], spots.point[rows])


def _reached(network: RoadNetwork, ends: NDArray[np.int32], spots: _Spots) -> _Reached:
    # the spots of every edge, and the edges with spots at every node
    start = np.searchsorted(spots.edge, np.arange(network.n_edges + 1)).astype(np.int64)
    edges = np.unique(spots.edge)
    node = ends[edges].ravel()
    edge = np.repeat(edges, 2)[node >= 0]
    node = node[node >= 0]
    order = np.argsort(node, kind="stable")
    near_start = np.zeros(network.n_nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(node, minlength=network.n_nodes), out=near_start[1:])
    return _Reached(spots, start, near_start, edge[order].astype(np.int32))


def _sweeps(  # noqa: PLR0917 - one search, seen from either side
    network: RoadNetwork,
    mode: str,
    sides: tuple[_Spots, _Spots],
    values: _Values,
    bandwidth_m: float,
    shape: tuple[int, int],
    *,
    gather: bool,
    tell: Report | None,
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Search from the first side for the second, in parts: (first centre, sums) of each.

    When gathering, the sums are those of the part's centres; else of all targets.
    """
    centres, around = sides
    graph, ends = _proximity(network, mode)
    reached = _reached(network, ends, around)
    limit = float(CUT * bandwidth_m)
    farthest = centres.access + np.maximum(
        centres.along, network.edge_metres[centres.edge] - centres.along
    )
    buckets = buckets_for(graph, farthest.astype(np.float32), limit)
    step = max(-(-len(centres.edge) // _PARTS), 256)

    def part(low: int) -> tuple[int, NDArray[np.float64]]:
        some = _part(centres, slice(low, low + step))
        rows = len(some.edge) if gather else shape[0]
        out = np.zeros((rows, shape[1]))
        asked = _Asked(bandwidth_m, np.float32(limit_of(limit)), buckets, gather)
        _sweep(graph, ends, network.edge_metres, some, reached, values, asked, out)
        return low, out

    return in_threads(part, range(0, len(centres.edge), step), tell)


@compiled
def _sweep(  # noqa: C901, PLR0912, PLR0917 - one compiled loop over centres, edges and spots
    graph: StateGraph,
    ends: NDArray[np.int32],
    metres: NDArray[np.float64],
    centres: _Spots,
    reached: _Reached,
    values: _Values,
    asked: _Asked,
    out: NDArray[np.float64],
) -> None:
    """Add to ``out`` the kernel of every centre and every spot within the cut."""
    # scratch over the whole graph, clean again after every centre
    limit, half = np.float64(asked.limit), -0.5 / (asked.bandwidth_m * asked.bandwidth_m)
    dist = np.empty(len(graph.start) - 1, dtype=np.float32)
    for s in range(len(dist)):
        dist[s] = np.inf
    touched = np.empty(len(dist), dtype=np.int32)
    no_way = np.empty(0, dtype=np.int32)
    seen = np.empty(len(metres), dtype=np.int64)
    for edge in range(len(metres)):
        seen[edge] = -1
    seed_state = np.empty(2, dtype=np.int32)
    seed_cost = np.empty(2, dtype=np.float32)
    near_edge = np.empty(1024, dtype=np.int32)
    for c in range(len(centres.edge)):
        own, along, access = centres.edge[c], centres.along[c], centres.access[c]
        if access > limit:
            continue
        # one search from both ends of the centre's own edge
        n_seeds = 0
        for end in range(2):
            if ends[own, end] >= 0:
                seed_state[n_seeds] = ends[own, end]
                seed_cost[n_seeds] = access + (metres[own] - along if end else along)
                n_seeds += 1
        m = spread(
            graph,
            seed_state[:n_seeds],
            seed_cost[:n_seeds],
            asked.limit,
            asked.buckets,
            dist,
            no_way,
            touched,
        )
        # the edges with spots at any node reached, each once, the own edge first
        near_edge[0], seen[own], n_near = own, c, 1
        for s in touched[:m]:
            for slot in range(reached.near_start[s], reached.near_start[s + 1]):
                edge = reached.near_edge[slot]
                if seen[edge] != c:
                    seen[edge] = c
                    if n_near == len(near_edge):
                        wider = np.empty(2 * n_near, dtype=np.int32)
                        for k in range(n_near):
                            wider[k] = near_edge[k]
                        near_edge = wider
                    near_edge[n_near] = edge
                    n_near += 1
        # meet every spot on them: from either end, or straight along the own edge
        for edge in near_edge[:n_near]:
            a, b, long = ends[edge, 0], ends[edge, 1], metres[edge]
            from_a = np.float64(dist[a]) if a >= 0 else np.inf
            from_b = np.float64(dist[b]) if b >= 0 else np.inf
            for j in range(reached.start[edge], reached.start[edge + 1]):
                at = reached.spots.along[j]
                d = min(from_a + at, from_b + long - at)
                if edge == own:
                    d = min(d, access + abs(at - along))
                d += reached.spots.access[j]
                if d > limit:
                    continue
                # the Gaussian kernel's share of the spot's values
                weight = np.exp(d * d * half)
                row, source = c, reached.spots.point[j]
                if not asked.gather:
                    row, source = source, centres.point[c]
                for slot in range(values.start[source], values.start[source + 1]):
                    out[row, values.column[slot]] += weight * values.amount[slot]
        for s in touched[:m]:
            dist[s] = np.inf


def _straight(
    targets: NDArray[np.float64],
    sources: NDArray[np.float64],
    values: sp.csr_array,
    bandwidth_m: float,
) -> NDArray[np.float64]:
    """Sum over great circles, as many targets at a time as have two million pairs."""
    sums = np.zeros((len(targets), values.shape[1]))
    used = np.flatnonzero(np.diff(values.indptr))
    if not len(targets) or not len(used):
        return sums
    # points on the sphere: an arc within the cut is a chord within its own
    tree = cKDTree(on_sphere(sources[used]))
    amounts = values[used]
    points = on_sphere(targets)
    chord = chord_of(CUT * bandwidth_m)
    # count pairs first, so that each part's table fits the memory
    pairs = np.cumsum(tree.query_ball_point(points, chord, return_length=True, workers=2))
    begin = 0
    while begin < len(points):
        done = pairs[begin - 1] if begin else 0
        end = max(int(np.searchsorted(pairs, done + _PAIRS_AT_ONCE, side="right")), begin + 1)
        near = cKDTree(points[begin:end]).sparse_distance_matrix(tree, chord, output_type="ndarray")
        # chord to arc, arc to weight, weights times values
        arc = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(near["v"] / (2 * EARTH_RADIUS_M), 1.0))
        weight = np.exp(-0.5 * (arc / bandwidth_m) ** 2)
        table = sp.csr_array((weight, (near["i"], near["j"])), shape=(end - begin, len(used)))
        sums[begin:end] = (table @ amounts).toarray()
        begin = end
    return sums


def on_sphere(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of the Earth's sphere in metres, float64[n, 3]: chords grow with great circles."""
    lon, lat = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    return EARTH_RADIUS_M * np.column_stack(
        [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
    )


def chord_of(great_circle_m: float) -> float:
    """Give the chord, in metres, under a great circle's arc."""
    return 2 * EARTH_RADIUS_M * float(np.sin(min(great_circle_m / (2 * EARTH_RADIUS_M), np.pi / 2)))
