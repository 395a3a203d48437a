"""Areas: what can be reached, or reaches a place, within a time, as polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geo.errors import InputError, NetworkError
from geo.linking import Links, arriving, leaving, links_of
from geo.messages import say
from geo.roads import metres_per_degree
from geo.search import buckets_for, limit_of, spread
from geo.snapping import Snaps, as_lonlat, snap
from geo.travel_time_matrix import access_costs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import RoadNetwork

Area = Polygon | MultiPolygon

_SIDE_M = 40.0
_SMALLEST_HOLE_M2 = 80_000.0  # a lake or a park; smaller is the inside of a block
_DRAWN_M = 5.0


class ReachedParts(NamedTuple):
    """Stretches of edges: from ``low`` to ``high``, as shares of the edge's length."""

    edge: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def isochrone(
    network: RoadNetwork,
    *,
    mode: str,
    lonlat_of_one_place: object,
    cutoff_s: float,
    toward: bool = True,
    side_m: float = _SIDE_M,
    snap_limit_m: float = 500.0,
) -> Area:
    """Draw the area from which the place is reached within ``cutoff_s`` (or that it reaches).

    The roads reached, drawn ``side_m`` wide to each side; holes under 8 hectares are filled. A
    later cutoff's area contains an earlier one's.

    Parameters
    ----------
    network
        the roads.
    mode
        who moves: one of the network's modes.
    lonlat_of_one_place
        longitude and latitude, float64[2] or float64[1, 2], degrees of WGS-84.
    cutoff_s
        seconds.
    toward
        draw from where the place is reached; False: what it reaches.
    side_m
        metres to each side of a road.
    snap_limit_m
        metres from a road of the mode beyond which a place is refused.

    Returns
    -------
    Polygon or MultiPolygon
        valid, degrees of WGS-84.

    Raises
    ------
    NetworkError
        when the place lies farther than ``snap_limit_m`` from any road of the mode; InputError for
        a cutoff below 0 or more than one place.

    Examples
    --------
    >>> import numpy as np
    >>> from geo import RawRoads, build_network, isochrone
    >>> line = [(116.80, 33.96), (116.81, 33.96)]  # 924 m
    >>> street = build_network(RawRoads.of_lines([(line, {"highway": "residential"})]))
    >>> from shapely import Point
    >>> area = isochrone(street, mode="foot", lonlat_of_one_place=line[0], cutoff_s=300)
    >>> area.contains(Point(116.804, 33.96)), area.contains(Point(116.806, 33.96))
    (True, False)
    """
    place = as_lonlat(lonlat_of_one_place)
    if len(place) != 1:
        raise InputError(
            say("isochrone: expected one place, found {n_places}", n_places=len(place))
        )
    snaps = snap(network, place, mode=mode, limit_m=snap_limit_m)
    if not snaps.found[0]:
        raise NetworkError(
            say(
                "isochrone: no road for {mode} within {snap_limit_m:g} m of {lon:.5f}, {lat:.5f}",
                mode=mode,
                snap_limit_m=snap_limit_m,
                lon=place[0, 0],
                lat=place[0, 1],
            )
        )
    parts = reached_parts(network, snaps, mode=mode, cutoff=cutoff_s, toward=toward)
    return area_around(network, parts, side_m=side_m)


def covered_area(
    network: RoadNetwork,
    *,
    mode: str,
    destinations: object,
    cutoff_s: float,
    cutoff_m: float | None = None,
    side_m: float = _SIDE_M,
    snap_limit_m: float = 500.0,
) -> Area:
    """Draw the area from which at least one of ``destinations`` is reached, simplified for drawing.

    Parameters
    ----------
    network
        the roads.
    mode
        who moves: one of the network's modes.
    destinations
        lonlat float64[n, 2], degrees of WGS-84.
    cutoff_s
        seconds.
    cutoff_m
        metres; with it a place must be within both cutoffs, each by its own best way.
    side_m
        metres to each side of a road.
    snap_limit_m
        metres from a road beyond which a destination is not reached.

    Returns
    -------
    Polygon or MultiPolygon
        valid, degrees of WGS-84; empty when no destination finds a road.

    Raises
    ------
    InputError
        for a cutoff below 0; NetworkError for an unknown mode.

    Examples
    --------
    >>> import numpy as np
    >>> from geo import RawRoads, build_network, covered_area
    >>> line = [(116.80, 33.96), (116.81, 33.96)]  # 924 m
    >>> street = build_network(RawRoads.of_lines([(line, {"highway": "residential"})]))
    >>> from shapely import Point
    >>> area = covered_area(street, mode="foot", destinations=line, cutoff_s=240)
    >>> [area.contains(Point(lon, 33.96)) for lon in (116.802, 116.805, 116.808)]
    [True, False, True]
    """
    snaps = snap(network, destinations, mode=mode, limit_m=snap_limit_m)
    parts = reached_parts(network, snaps, mode=mode, cutoff=cutoff_s)
    if cutoff_m is not None:
        near = reached_parts(network, snaps, mode=mode, cutoff=cutoff_m, measure="metres")
        parts = _common(parts, near)
    return area_around(network, parts, side_m=side_m, simplify_m=_DRAWN_M)


def reached_parts(
    network: RoadNetwork,
    snaps: Snaps,
    *,
    mode: str,
    cutoff: float,
    measure: str = "seconds",
    toward: bool = True,
) -> ReachedParts:
    """Find the roads from which (or to which) the nearest of ``snaps`` is within ``cutoff``.

    One search from all places at once. Stretches of one edge may overlap.
    """
    if not cutoff >= 0:
        raise InputError(say("areas: the cutoff must be 0 or more, not {cutoff}", cutoff=cutoff))
    cutoff = float(limit_of(cutoff))
    links = links_of(network, mode=mode, measure=measure)
    access = access_costs(network, snaps, mode=mode, measure=measure)
    cost = state_costs(links, snaps, access, cutoff=cutoff, toward=toward)
    edge = np.arange(network.n_edges)
    along, against = links.arc_cost[0::2], links.arc_cost[1::2]
    if toward:
        left = _left_after(cost, cutoff, links)
        begin, end = _share(left[1::2], against), _share(left[0::2], along)
    else:
        left = _left_before(cost, cutoff, links)
        begin, end = _share(left[0::2], along), _share(left[1::2], against)
    whole = begin + end >= 1.0
    begin, end = np.where(whole, 1.0, begin), np.where(whole, 0.0, end)
    pieces = [
        (edge[begin > 0], np.zeros((begin > 0).sum()), begin[begin > 0]),
        (edge[end > 0], 1.0 - end[end > 0], np.ones((end > 0).sum())),
        _own_edges(links, snaps, access, cutoff=cutoff, toward=toward),
    ]
    return ReachedParts(*(np.concatenate(column) for column in zip(*pieces, strict=True)))


def state_costs(
    links: Links, snaps: Snaps, access: NDArray[np.float64], *, cutoff: float, toward: bool
) -> NDArray[np.float64]:
    """Cost from every state to its nearest place (or from it), inf where beyond the cutoff."""
    graph = links.reverse if toward else links.graph
    pairs = (arriving if toward else leaving)(links, snaps, access)
    dist = np.full(graph.n_states, np.inf, dtype=np.float32)
    seed_cost = pairs.cost.astype(np.float32)
    spread(
        graph,
        pairs.state.astype(np.int32),
        seed_cost,
        limit_of(cutoff),
        buckets_for(graph, seed_cost, cutoff),
        dist,
        np.empty(0, dtype=np.int32),
        np.empty(graph.n_states, dtype=np.int32),
    )
    return dist.astype(np.float64)


def _left_after(cost: NDArray[np.float64], cutoff: float, links: Links) -> NDArray[np.float64]:
    """Give what is left of the cutoff for every arc's own length, going on from its end."""
    at_end = np.where(links.arc_end >= 0, cost[links.arc_end], np.inf)
    return np.asarray(cutoff - at_end - links.end_cost)


def _left_before(cost: NDArray[np.float64], cutoff: float, links: Links) -> NDArray[np.float64]:
    """Give what is left of the cutoff for every arc's own length, on entering it at best."""
    best = np.full(len(links.arc_cost), np.inf)
    arc = np.repeat(np.arange(len(best)), np.diff(links.tail_start))
    np.minimum.at(best, arc, cost[links.tail])
    return np.asarray(cutoff - best)


def _share(left: NDArray[np.float64], cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of an arc that ``left`` pays for, 0 for a closed arc."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(left >= cost, 1.0, left / cost)
    return np.where((left >= 0) & np.isfinite(cost), share, 0.0)


def _own_edges(
    links: Links, snaps: Snaps, access: NDArray[np.float64], *, cutoff: float, toward: bool
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Find the stretch of its own edge from which each place is reached without touching a node."""
    found = np.flatnonzero(snaps.found)
    found = found[access[found] <= cutoff]
    edge, at = snaps.edge[found].astype(np.int64), snaps.fraction[found]
    left = cutoff - access[found]
    before = _share(left, links.arc_cost[2 * edge + (0 if toward else 1)])
    after = _share(left, links.arc_cost[2 * edge + (1 if toward else 0)])
    return edge, np.maximum(at - before, 0.0), np.minimum(at + after, 1.0)


def _common(a: ReachedParts, b: ReachedParts) -> ReachedParts:
    """Give the stretches that lie in a stretch of both."""
    order = np.argsort(b.edge, kind="stable")
    edges = b.edge[order]
    low = np.searchsorted(edges, a.edge, side="left")
    sizes = np.searchsorted(edges, a.edge, side="right") - low
    slot = np.repeat(low - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    mine, other = np.repeat(np.arange(len(a.edge)), sizes), order[slot]
    begin = np.maximum(a.low[mine], b.low[other])
    end = np.minimum(a.high[mine], b.high[other])
    good = end >= begin
    return ReachedParts(a.edge[mine][good], begin[good], end[good])


def part_lines(network: RoadNetwork, parts: ReachedParts) -> NDArray[np.object_]:
    """Give the stretches as shapely lines in degrees (a point where one has no length)."""
    whole = (parts.low <= 0.0) & (parts.high >= 1.0)
    edges = np.unique(parts.edge[whole])
    sizes = np.diff(network.shape_offset)[edges]
    offset = np.concatenate([[0], np.cumsum(sizes)])
    point = np.repeat(network.shape_offset[edges] - offset[:-1], sizes) + np.arange(offset[-1])
    lines = shapely.linestrings(
        network.shape_lonlat[point], indices=np.repeat(np.arange(len(edges)), sizes)
    )
    cut = np.flatnonzero(~whole)
    pieces = np.empty(len(cut), dtype=object)
    for i, p in enumerate(cut):
        pieces[i] = _stretch(network, int(parts.edge[p]), float(parts.low[p]), float(parts.high[p]))
    return np.concatenate([np.atleast_1d(lines), pieces])


def _stretch(network: RoadNetwork, edge: int, low: float, high: float) -> shapely.Geometry:
    points = network.stretch(edge, low, high)
    return shapely.LineString(points) if len(points) > 1 else shapely.Point(points[0])


def area_around(
    network: RoadNetwork, parts: ReachedParts, *, side_m: float = _SIDE_M, simplify_m: float = 0.0
) -> Area:
    """Draw the stretches ``side_m`` wide to each side, as one valid area in WGS-84.

    Holes under 8 hectares are filled. Empty when there are no stretches.
    """
    if not side_m > 0:
        raise InputError(say("areas: the width must be above 0 m, not {side_m}", side_m=side_m))
    if not len(parts.edge):
        return MultiPolygon()
    lines = part_lines(network, parts)
    left, bottom, _, top = network.box
    per_lon, per_lat = (float(k[0]) for k in metres_per_degree(np.array([(bottom + top) / 2])))
    scale, origin = np.array([per_lon, per_lat]), np.array([left, bottom])
    metric = shapely.transform(lines, lambda xy: (xy - origin) * scale)
    if simplify_m > 0:
        metric = shapely.simplify(metric, simplify_m)
    segments = 2 if simplify_m > 0 else 4
    # one buffer a line and a union: a hundred times faster than one buffer of them all
    wide = shapely.buffer(metric, side_m, quad_segs=segments)
    area = _without_small_holes(shapely.union_all(wide))
    if simplify_m > 0:
        area = shapely.simplify(area, simplify_m, preserve_topology=True)
    return _valid(shapely.transform(area, lambda xy: xy / scale + origin))


def _without_small_holes(area: shapely.Geometry) -> shapely.Geometry:
    """``area`` with its small holes filled."""
    rings, of_part = [], shapely.get_parts(area)
    for part in of_part:
        holes = [ring for ring in part.interiors if shapely.Polygon(ring).area >= _SMALLEST_HOLE_M2]
        rings.append(shapely.Polygon(part.exterior, holes))
    return shapely.union_all(rings)


def _valid(area: shapely.Geometry) -> Area:
    """Repair ``area``; lines and points that this leaves are dropped."""
    whole = area if shapely.is_valid(area) else shapely.make_valid(area)
    pieces = [inner for part in shapely.get_parts(whole) for inner in shapely.get_parts(part)]
    parts = [piece for piece in pieces if piece.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)
