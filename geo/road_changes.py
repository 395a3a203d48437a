"""Roads closed and opened: the same network with edges taken from modes, or given to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.access import HIGHWAY_CLASSES
from geo.errors import NetworkError
from geo.messages import say
from geo.network import main_nodes
from geo.profiles import check_mode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.access import Profile
    from geo.network import RoadNetwork


def edges_of_ways(network: RoadNetwork, ids: Collection[int]) -> NDArray[np.bool_]:
    """bool[n_edges]: which edges hold a part of one of the ways.

    Raises
    ------
    NetworkError
        when a way is not in the network, or the network was built before ways were kept.
    """
    if not len(network.way_offset):
        raise NetworkError(
            say("the road network does not know its ways: run yizhan network build again")
        )
    known = np.isin(network.way_id, list(ids))
    missing = sorted(set(ids) - set(network.way_id[known].tolist()))
    if missing:
        raise NetworkError(
            say("way {way} is no part of the road network: look up its id", way=missing[0])
        )
    edge = np.repeat(np.arange(network.n_edges), np.diff(network.way_offset))
    held = np.zeros(network.n_edges, dtype=np.bool_)
    held[edge[known]] = True
    return held


def edges_crossed(network: RoadNetwork, shape: BaseGeometry) -> NDArray[np.bool_]:
    """bool[n_edges]: which edges a line or an area, WGS-84 degrees, crosses, touches or holds."""
    sizes = np.diff(network.shape_offset)
    lines = shapely.linestrings(
        network.shape_lonlat, indices=np.repeat(np.arange(network.n_edges), sizes)
    )
    shapely.prepare(shape)
    return np.asarray(shapely.intersects(shape, lines), dtype=np.bool_)


def with_closed(
    network: RoadNetwork, edges: NDArray[np.bool_], *, modes: Collection[str] = ()
) -> RoadNetwork:
    """Give the same network without some edges.

    Parameters
    ----------
    network
        the roads; stays as it is.
    edges
        bool[n_edges], what is closed, whole and in both directions.
    modes
        to whom; none: to all.

    Raises
    ------
    NetworkError
        for an unknown mode.
    """
    seconds = network.seconds.copy()
    for mode in modes or network.modes:
        seconds[check_mode(mode, network.modes)][:, edges] = np.nan
    return _with_seconds(network, seconds)


def with_opened(
    network: RoadNetwork,
    edges: NDArray[np.bool_],
    *,
    profiles: Mapping[str, Profile],
    modes: Collection[str] = (),
) -> RoadNetwork:
    """Give the same network with some edges open to modes that may not use them.

    A mode goes both ways along an edge that was closed to it, at its own speed on the edge's class;
    an edge that it may use already, one way only perhaps, stays as it is.

    Parameters
    ----------
    network
        the roads; stays as it is.
    edges
        bool[n_edges], what is opened.
    profiles
        how fast each mode goes on which class.
    modes
        to whom; none: to all who have a speed on its class.

    Raises
    ------
    NetworkError
        for an unknown mode, or one that is named and has no speed on the class of an edge.
    """
    seconds = network.seconds.copy()
    for mode in modes or network.modes:
        m = check_mode(mode, network.modes)
        speed = profiles[mode].speed_kph
        kph = np.array([speed.get(name, np.nan) for name in HIGHWAY_CLASSES])[network.edge_class]
        closed = edges & np.isnan(seconds[m]).all(axis=0)
        slow = np.flatnonzero(closed & np.isnan(kph))
        if modes and len(slow):
            raise NetworkError(
                say(
                    "{mode} has no speed on a road of the class {name}: give it one under "
                    "profiles in yizhan.toml, or name other modes",
                    mode=mode,
                    name=HIGHWAY_CLASSES[network.edge_class[slow[0]]],
                )
            )
        took = (network.edge_metres / (kph / 3.6)).astype(np.float32)
        seconds[m][:, closed] = took[closed]
    return _with_seconds(network, seconds)


def _with_seconds(network: RoadNetwork, seconds: NDArray[np.float32]) -> RoadNetwork:
    main = main_nodes(
        network.n_nodes, network.edge_from, network.edge_to, seconds, network.node_blocked
    )
    return replace(network, seconds=seconds, main=main, known_hash="")
