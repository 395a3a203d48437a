"""Routes: the way itself, as a line to draw, between pairs of points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.errors import InputError
from geo.linking import Links, Pairs, arriving, direct, leaving, links_of
from geo.messages import say
from geo.search import buckets_for, limit_of, spread
from geo.snapping import Snaps, as_lonlat, snap
from geo.travel_time_matrix import access_costs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import RoadNetwork


@dataclass(frozen=True, eq=False)
class Route:
    """One way from an origin to a destination.

    ``seconds`` as in `travel_times`; ``metres`` along it, access legs included; ``lonlat``
    float64[n, 2] the line from the origin to the destination; ``edges`` the edges used, in order.
    """

    seconds: float
    metres: float
    lonlat: NDArray[np.float64]
    edges: NDArray[np.int64]


class _Tree(NamedTuple):
    """A search toward one destination: cost of every state and the arc it goes on by."""

    cost: NDArray[np.float32]
    came_by: NDArray[np.int32]
    last_arc: dict[int, int]


class _Ends(NamedTuple):
    origins: NDArray[np.float64]
    destinations: NDArray[np.float64]
    a: Snaps
    b: Snaps


def routes(
    network: RoadNetwork,
    *,
    mode: str,
    origins: object,
    destinations: object,
    cutoff_s: float = np.inf,
    snap_limit_m: float = 500.0,
) -> tuple[Route | None, ...]:
    """Find the quickest way from each origin to the destination of the same row.

    One search for each different destination.

    Parameters
    ----------
    network
        the roads.
    mode
        who moves: one of the network's modes.
    origins, destinations
        lonlat float64[n, 2] each, degrees of WGS-84, in pairs.
    cutoff_s
        seconds beyond which a way does not count.
    snap_limit_m
        metres from a road beyond which a point has no way at all.

    Returns
    -------
    tuple of n Route or None
        None where there is no way within ``cutoff_s`` or an end finds no road.

    Raises
    ------
    InputError
        when the two differ in length; NetworkError for an unknown mode.

    Examples
    --------
    >>> import numpy as np
    >>> from geo import RawRoads, build_network, routes
    >>> line = [(116.80, 33.96), (116.81, 33.96)]  # 924 m
    >>> street = build_network(RawRoads.of_lines([(line, {"highway": "residential"})]))
    >>> way, = routes(street, mode="foot", origins=line[:1], destinations=line[1:])
    >>> round(way.metres), round(way.seconds / 60, 1), way.lonlat.shape
    (924, 11.6, (2, 2))
    """
    ends_a, ends_b = as_lonlat(origins), as_lonlat(destinations)
    if len(ends_a) != len(ends_b):
        raise InputError(
            say(
                "routes: {n_origins} origins and {n_destinations} destinations: they go in pairs",
                n_origins=len(ends_a),
                n_destinations=len(ends_b),
            )
        )
    links = links_of(network, mode=mode)
    a = snap(network, ends_a, mode=mode, limit_m=snap_limit_m)
    unique, which = np.unique(ends_b, axis=0, return_inverse=True)
    b = snap(network, unique, mode=mode, limit_m=snap_limit_m)
    a_access = access_costs(network, a, mode=mode, measure="seconds")
    b_access = access_costs(network, b, mode=mode, measure="seconds")
    out, into = leaving(links, a, a_access), arriving(links, b, b_access)
    straight = direct(links, a, b, a_access, b_access)
    along = dict(
        zip(
            zip(straight.origin.tolist(), straight.destination.tolist(), strict=True),
            straight.cost.tolist(),
            strict=True,
        )
    )
    ends = _Ends(ends_a, unique, a, b)
    trees: dict[int, _Tree] = {}
    made: list[Route | None] = []
    for i, j in enumerate(which.ravel().tolist()):
        if j not in trees:
            trees[j] = _tree(links, into, j, cutoff_s)
        way = _states_of(links, out, trees[j], i)
        by_edge = along.get((i, j), np.inf)
        best = min(by_edge, np.inf if way is None else way[0])
        if best > cutoff_s or not np.isfinite(best):
            made.append(None)
        elif way is None or by_edge <= way[0]:
            made.append(_drawn(network, ends, i, j, float(by_edge), None))
        else:
            made.append(_drawn(network, ends, i, j, way[0], way[1]))
    return tuple(made)


def _tree(links: Links, into: Pairs, j: int, cutoff_s: float) -> _Tree:
    mine = np.flatnonzero(into.point == j)
    mine = mine[np.argsort(into.cost[mine], kind="stable")]
    seed_cost = into.cost[mine].astype(np.float32)
    n = links.reverse.n_states
    cost = np.full(n, np.inf, dtype=np.float32)
    came_by = np.full(n, -1, dtype=np.int32)
    spread(
        links.reverse,
        into.state[mine].astype(np.int32),
        seed_cost,
        limit_of(cutoff_s),
        buckets_for(links.reverse, seed_cost, cutoff_s),
        cost,
        came_by,
        np.empty(n, dtype=np.int32),
    )
    last_arc: dict[int, int] = {}
    for state, arc in zip(into.state[mine].tolist(), into.arc[mine].tolist(), strict=True):
        last_arc.setdefault(state, arc)
    return _Tree(cost, came_by, last_arc)


def _states_of(links: Links, out: Pairs, tree: _Tree, i: int) -> tuple[float, list[int]] | None:
    """Cost and arcs of the cheapest way of origin i over at least one state, None without one."""
    mine = np.flatnonzero(out.point == i)
    total = out.cost[mine] + tree.cost[out.state[mine]]
    if not len(mine) or not np.isfinite(total.min()):
        return None
    best = mine[int(total.argmin())]
    arcs, state = [int(out.arc[best])], int(out.state[best])
    while tree.came_by[state] >= 0:
        by = int(tree.came_by[state])
        arcs.append(int(links.back_through[by]))
        # in the reversed graph the arc leads here from the state that the way goes on to
        state = int(np.searchsorted(links.reverse.start, by, side="right")) - 1
    arcs.append(tree.last_arc[state])
    return float(total.min()), arcs


def _drawn(  # noqa: PLR0917 - one way between two of the ends
    network: RoadNetwork, ends: _Ends, i: int, j: int, seconds: float, arcs: list[int] | None
) -> Route:
    """Draw the way over ``arcs``, its first and last cut; None stays on the common edge."""
    f, g = float(ends.a.fraction[i]), float(ends.b.fraction[j])
    if arcs is None:
        stretches = [(int(ends.a.edge[i]), f, g)]
    else:
        stretches = [(arc // 2, float(arc % 2), 1.0 - arc % 2) for arc in arcs if arc >= 0]
        if arcs[0] >= 0:
            stretches[0] = (stretches[0][0], f, stretches[0][2])
        if arcs[-1] >= 0:
            stretches[-1] = (stretches[-1][0], stretches[-1][1], g)
    pieces = [network.stretch(*part) for part in stretches]
    line = np.vstack([ends.origins[i : i + 1], *pieces, ends.destinations[j : j + 1]])
    moved = np.ones(len(line), dtype=bool)
    moved[1:] = (np.abs(np.diff(line, axis=0)) > 1e-9).any(axis=1)  # noqa: PLR2004 - a tenth of a mm
    metres = float(ends.a.distance_m[i] + ends.b.distance_m[j]) + sum(
        abs(high - low) * float(network.edge_metres[edge]) for edge, low, high in stretches
    )
    edges = np.array([edge for edge, _, _ in stretches], dtype=np.int64)
    return Route(seconds, metres, line[moved], edges)
