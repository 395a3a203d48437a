"""Time to the nearest open station: of each cell and group, and its quantiles over workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.errors import InputError
from geo.messages import say
from geo.nearest_places import nearest
from planning.coverage.nominal import groups_of, standard_of

if TYPE_CHECKING:
    from data.demand import Demand
    from data.settings import Settings
    from data.stations import Stations
    from data.vocabulary import StandardWord
    from geo.network import RoadNetwork

Floats = npt.NDArray[np.float64]


def nearest_seconds(
    demand: Demand,
    stations: Stations,
    network: RoadNetwork,
    settings: Settings,
    *,
    standard: StandardWord = "group",
) -> Floats:
    """Return the seconds from each cell to the nearest open station that serves each group.

    Each group goes by the mode of its standard, however far. Places by the register: whether the
    doors are open at an hour is not asked.

    Parameters
    ----------
    demand
        who is where.
    stations
        the register; those that are open and serve a group count for it.
    network
        the roads.
    settings
        how each group goes, and which kinds serve it.
    standard
        "group": by each group's own mode; "national": all by that of the national standard.

    Returns
    -------
    ndarray
        float64[n_cells, n_groups]; inf where no way leads to any, or there is none.

    Raises
    ------
    InputError
        when the demand has a group that the settings do not name.
    """
    groups = groups_of(demand, settings)
    seconds = np.full((len(demand), len(groups)), np.inf)
    found: dict[tuple[str, bytes], Floats] = {}
    for number, group in enumerate(groups):
        serving, mode = stations.serves(group), standard_of(group, settings, standard=standard).mode
        if not serving.any() or not len(demand):
            continue
        key = mode, np.asarray(serving).tobytes()
        if key not in found:
            first = nearest(
                network,
                mode=mode,
                origins=demand.lonlat,
                destinations=stations.lonlat[serving],
                k=1,
                snap_limit_m=settings.snap_limit_m,
            ).seconds[:, 0]
            found[key] = np.where(np.isnan(first), np.inf, first).astype(np.float64)
        seconds[:, number] = found[key]
    return seconds


def time_within(seconds: npt.ArrayLike, workers: npt.ArrayLike, *, share: float) -> float | None:
    """Return the least time within which at least a share of the workers are there.

    A share of 0.5 asks for the median, of 0.9 for the 90th percentile (the inverse of the
    distribution, without interpolation: the time of a worker who is there).

    Parameters
    ----------
    seconds
        float64[...], inf where there is no way.
    workers
        float64 of the same shape, how many go it.
    share
        above 0, at most 1.

    Returns
    -------
    float or None
        seconds; inf where fewer have any way, None where there is nobody.

    Raises
    ------
    InputError
        when the share is none.

    Examples
    --------
    >>> time_within([60.0, 120.0, np.inf], [5.0, 4.0, 1.0], share=0.5)
    60.0
    >>> time_within([60.0, 120.0, np.inf], [5.0, 4.0, 1.0], share=0.95)
    inf
    """
    if not 0.0 < share <= 1.0:
        raise InputError(say("share {share} lies outside 0 to 1", share=share))
    times, people = (np.asarray(given, dtype=np.float64).ravel() for given in (seconds, workers))
    there = people > 0.0
    times, people = times[there], people[there]
    if not len(times):
        return None
    order = np.argsort(times, kind="stable")
    summed = np.cumsum(people[order])
    # A billionth of the workers: their sum may fall short of the share by its rounding.
    asked = share * summed[-1] * (1.0 - 1e-9)
    return float(times[order][np.searchsorted(summed, asked)])
