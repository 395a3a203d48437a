"""Which place serves which demand point: the service standard over the roads, and as a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.spatial import cKDTree

from geo import travel_times
from geo.kernels import chord_of, on_sphere
from geo.profiles import PROFILES

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.settings import ServiceStandard
    from geo.network import RoadNetwork

Points = npt.NDArray[np.float64]


def reach(
    network: RoadNetwork,
    *,
    standard: ServiceStandard,
    origins: Points,
    destinations: Points,
    snap_limit_m: float = 500.0,
    on_progress: Callable[[str, float], None] | None = None,
) -> sp.csr_array:
    """Who gets where within a service standard, over the roads.

    The worker goes from demand to place by the mode of the standard: within ``cutoff_s`` by the
    quickest way and, where the standard has one, within ``radius_m`` by the shortest way.

    Parameters
    ----------
    network
        the roads.
    standard
        mode, seconds, and metres where they count.
    origins, destinations
        float64[n, 2], degrees of WGS-84.
    snap_limit_m
        how far from the nearest road a point may lie, metres.
    on_progress
        is told what is being done and the share of it that is done.

    Returns
    -------
    csr_array
        bool [n_destinations, n_origins], True where the standard is met. A point that finds no
        road within ``snap_limit_m`` reaches nothing.

    Examples
    --------
    >>> from geo import RawRoads, build_network
    >>> from data import ServiceStandard
    >>> from planning import reach
    >>> street = [(116.80, 33.95), (116.81, 33.95), (116.82, 33.95)]
    >>> network = build_network(RawRoads.of_lines([(street, {"highway": "residential"})]))
    >>> walk = ServiceStandard("foot", 900.0, 1000.0)
    >>> near = reach(network, standard=walk, origins=street, destinations=[street[-1]])
    >>> near.toarray().tolist()
    [[False, True, True]]
    """
    seconds = reach_seconds(
        network,
        standard=standard,
        origins=origins,
        destinations=destinations,
        snap_limit_m=snap_limit_m,
        on_progress=on_progress,
    )
    return pattern_of(seconds)


def reach_seconds(
    network: RoadNetwork,
    *,
    standard: ServiceStandard,
    origins: Points,
    destinations: Points,
    snap_limit_m: float = 500.0,
    on_progress: Callable[[str, float], None] | None = None,
) -> sp.csr_array:
    """Return the seconds of the pairs of `reach`: float32 [n_destinations, n_origins].

    Absence means out of reach, a stored 0 is a real 0.
    """
    times = travel_times(
        network,
        mode=standard.mode,
        origins=origins,
        destinations=destinations,
        cutoff_s=standard.cutoff_s,
        cutoff_m=standard.radius_m,
        snap_limit_m=snap_limit_m,
        on_progress=on_progress,
    )
    return sp.csr_array(times.csr.T)


def pattern_of(times: sp.csr_array) -> sp.csr_array:
    """Return which pairs a table of seconds holds: bool, of the same shape."""
    return sp.csr_array(
        (np.ones(times.nnz, dtype=np.bool_), times.indices, times.indptr), shape=times.shape
    )


def straight_radius_m(standard: ServiceStandard) -> float:
    """Return the radius of the circle that stands for a standard on paper.

    It is ``radius_m`` where the standard has one. A standard of time alone becomes the distance
    that its mode makes in ``cutoff_s`` at its nominal speed, which is its speed on a primary road
    in `geo.profiles` (e-bike 15 km/h: 1,250 m in 5 min; car 45 km/h: 7,500 m in 10 min).
    """
    if standard.radius_m is not None:
        return standard.radius_m
    return PROFILES[standard.mode].speed_kph["primary"] / 3.6 * standard.cutoff_s


def straight_counts(
    *, standard: ServiceStandard, origins: Points, destinations: Points
) -> npt.NDArray[np.int64]:
    """How many places lie within the standard's circle, int64[n_origins]."""
    if not len(destinations) or not len(origins):
        return np.zeros(len(origins), dtype=np.int64)
    counts = cKDTree(on_sphere(destinations)).query_ball_point(
        on_sphere(origins), chord_of(straight_radius_m(standard)), return_length=True
    )
    return np.asarray(counts, dtype=np.int64)


def straight_reach(
    *, standard: ServiceStandard, origins: Points, destinations: Points
) -> sp.csr_array:
    """Return the straight-line counterpart of `reach`: bool [n_destinations, n_origins]."""
    shape = (len(destinations), len(origins))
    if 0 in shape:
        return sp.csr_array(shape, dtype=np.bool_)
    near = cKDTree(on_sphere(origins)).query_ball_point(
        on_sphere(destinations), chord_of(straight_radius_m(standard)), return_sorted=True
    )
    lists = cast("list[list[int]]", near)
    size = np.array([len(points) for points in lists])
    index = np.concatenate([np.asarray(points, dtype=np.int64) for points in lists])
    offset = np.r_[0, np.cumsum(size)]
    return sp.csr_array((np.ones(len(index), dtype=np.bool_), index, offset), shape=shape)
