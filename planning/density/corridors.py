"""Corridors: lorries along the great roads, from traffic volume and the share of trucks in it.

Where a city has counts of its road authority, through traffic need not be guessed from a road's
class: each stretch draws truckers by the truck-kilometres driven on it in a day, volume times
share of trucks times length. That is a layer like any other, with a weight of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from data.layers import Layer
from geo.access import HIGHWAY_CLASSES
from geo.errors import InputError
from geo.kernels import chord_of, on_sphere
from geo.messages import say
from geo.roads import segment_metres

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geo.network import RoadNetwork

CORRIDORS = ("motorway", "trunk", "primary")
TRUCK_KM = "truck-km/day"
_FARTHEST_COUNT_M = 200.0


class AlongRoads(NamedTuple):
    """Points along edges: lonlat float64[n, 2], the edge int64[n] and the metres of each."""

    lonlat: NDArray[np.float64]
    edge: NDArray[np.int64]
    metres: NDArray[np.float64]


def points_along(
    network: RoadNetwork, edges: NDArray[np.int64], *, spacing_m: float = 50.0
) -> AlongRoads:
    """Cut edges into equal stretches of ``spacing_m`` or less, each with a point in its middle."""
    edges = np.asarray(edges, dtype=np.int64)
    shape, offset = network.shape_lonlat, network.shape_offset
    step = np.append(segment_metres(shape[:-1], shape[1:]), 0.0)
    step[offset[1:] - 1] = 0.0  # from the end of one line to the start of the next
    run = np.concatenate([[0.0], np.cumsum(step)[:-1]])
    begin, end = run[offset[edges]], run[offset[edges + 1] - 1]
    pieces = np.maximum(np.ceil((end - begin) / spacing_m), 1).astype(np.int64)
    owner = np.repeat(np.arange(len(edges)), pieces)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    at = begin[owner] + (number + 0.5) / pieces[owner] * (end - begin)[owner]
    place = np.searchsorted(run, at, side="right") - 1
    place = np.clip(place, offset[edges[owner]], offset[edges[owner] + 1] - 2)
    share = np.divide(at - run[place], step[place], out=np.zeros(len(at)), where=step[place] > 0)
    lonlat = shape[place] + np.clip(share, 0.0, 1.0)[:, None] * (shape[place + 1] - shape[place])
    return AlongRoads(lonlat, edges[owner], network.edge_metres[edges[owner]] / pieces[owner])


def corridor_layer(
    network: RoadNetwork,
    *,
    vehicles: NDArray[np.float64],
    truck_share: float | NDArray[np.float64],
    source: str,
    date: str = "",
    licence: str = "",
    spacing_m: float = 50.0,
) -> Layer:
    """Make the layer ``own:corridors`` of truck-kilometres a day.

    ``vehicles`` float64[n_edges] a day, both directions together, 0 where unknown; ``truck_share``
    0..1, one for all edges or one each. InputError when one of them cannot be.
    """
    volume = np.asarray(vehicles, dtype=np.float64)
    share = np.asarray(truck_share, dtype=np.float64)
    if volume.shape != (network.n_edges,) or share.shape not in {(), (network.n_edges,)}:
        raise InputError(
            say(
                "corridors: {volumes} volumes and {shares} truck shares for {n_edges} edges",
                volumes=volume.shape,
                shares=share.shape,
                n_edges=network.n_edges,
            )
        )
    if not np.isfinite(volume).all() or (volume < 0).any():
        raise InputError(say("corridors: a volume is negative or not finite"))
    if not ((share >= 0) & (share <= 1)).all():
        raise InputError(say("corridors: a truck share lies outside 0..1: write 0.25 for 25 %"))
    trucks = volume * share
    along = points_along(network, np.flatnonzero(trucks > 0), spacing_m=spacing_m)
    return Layer(
        id="own:corridors",
        lonlat=along.lonlat,
        value=trucks[along.edge] * along.metres / 1000.0,
        unit=TRUCK_KM,
        source=source,
        date=date,
        licence=licence,
    )


def corridor_layer_of_counts(
    network: RoadNetwork, counts: Layer, *, truck_share: float = 1.0
) -> Layer:
    """Make the corridor layer of counting points: vehicles a day at points of the great roads.

    The values of ``counts`` are vehicles a day, or trucks a day with a share of 1; they are carried
    along their roads by `volumes_of_counts`. The layer keeps the source of the counts.
    """
    return corridor_layer(
        network,
        vehicles=volumes_of_counts(network, lonlat=counts.lonlat, vehicles=counts.value),
        truck_share=truck_share,
        source=counts.source,
        date=counts.date,
        licence=counts.licence,
    )


def volumes_of_classes(network: RoadNetwork, vehicles: Mapping[str, float]) -> NDArray[np.float64]:
    """Give every edge the volume of its class (``{"trunk": 12_000}``), float64[n_edges]."""
    unknown = sorted(set(vehicles) - set(HIGHWAY_CLASSES))
    if unknown:
        raise InputError(
            say(
                "corridors: no road class {name}: write trunk, primary and the like",
                name=unknown[0],
            )
        )
    of_class = np.array([vehicles.get(name, 0.0) for name in HIGHWAY_CLASSES])
    return np.asarray(of_class[network.edge_class])


def volumes_of_counts(
    network: RoadNetwork,
    *,
    lonlat: NDArray[np.float64],
    vehicles: NDArray[np.float64],
    classes: Sequence[str] = CORRIDORS,
    reach_m: float = 10_000.0,
) -> NDArray[np.float64]:
    """Carry counts at points of the road along it: float64[n_edges] vehicles a day.

    Every edge of ``classes`` takes the count of the nearest counting point (as the crow flies,
    within ``reach_m``) that stands on a road of its name; a road without a name, that of the
    nearest on a nameless road of its class. 0 elsewhere. InputError for a count that is more than
    200 m from every such road.
    """
    volume = np.zeros(network.n_edges)
    wanted = np.isin(network.edge_class, [HIGHWAY_CLASSES.index(name) for name in classes])
    some = np.flatnonzero(wanted)
    if not len(some) or not len(lonlat):
        return volume
    along = points_along(network, some, spacing_m=50.0)
    far, near = _nearest(on_sphere(along.lonlat), on_sphere(np.asarray(lonlat)))
    if (far > _FARTHEST_COUNT_M).any():
        off = np.flatnonzero(far > _FARTHEST_COUNT_M)
        lon, lat = np.asarray(lonlat)[off[0]]
        more = say(" (and {n_more} more)", n_more=len(off) - 1) if len(off) > 1 else ""
        raise InputError(
            say(
                "corridors: count {number} at {lon:.5f}, {lat:.5f}{more} lies {far_m:,.0f} m"
                " from every {classes} road: check its place and its datum, or leave it out",
                number=off[0] + 1,
                lon=lon,
                lat=lat,
                more=more,
                far_m=far[off[0]],
                classes=", ".join(classes),
            )
        )
    key = np.where(network.edge_name >= 0, network.edge_name, -1 - network.edge_class.astype(int))
    middle = _middles(network, some)
    of_count = key[along.edge[near]]
    for name in np.unique(of_count):
        counts = np.flatnonzero(of_count == name)
        edges = np.flatnonzero(key[some] == name)
        away, which = _nearest(on_sphere(np.asarray(lonlat)[counts]), middle[edges])
        close = away <= chord_of(reach_m)
        volume[some[edges[close]]] = np.asarray(vehicles)[counts[which[close]]]
    return volume


def _middles(network: RoadNetwork, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    return on_sphere(points_along(network, edges, spacing_m=np.inf).lonlat)


def _nearest(
    places: NDArray[np.float64], points: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """How far each point's nearest place is, and which it is."""
    far, which = cKDTree(places).query(points)
    return np.asarray(far, dtype=np.float64), np.asarray(which, dtype=np.int64)
