"""What one more station would add at each of many places, alone, to what stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planning.coverage.nominal import groups_of, reach_by_standard

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from data.demand import Demand
    from data.settings import Settings
    from data.vocabulary import StandardWord
    from geo.network import RoadNetwork


def site_gains(
    demand: Demand,
    network: RoadNetwork,
    settings: Settings,
    *,
    without: npt.NDArray[np.float64],
    places: npt.NDArray[np.float64],
    standard: StandardWord = "group",
    on_progress: Callable[[str, float], None] | None = None,
) -> npt.NDArray[np.float64]:
    """Count the workers without a station whom each place would give one, if it alone were added.

    Parameters
    ----------
    demand, network, settings, standard
        as `planning.coverage.nominal.measure_coverage` takes them.
    without
        float64[n_cells, n_groups], the workers who have no station in reach.
    places
        float64[n, 2], degrees of WGS-84.
    on_progress
        is told what is being done and the share of it that is done.

    Returns
    -------
    float64[n, n_groups]
        workers of each group, in the order of the demand. A kind that does not serve a group adds
        nobody of it: that is for the reader of the table to leave out.

    Raises
    ------
    InputError
        when the demand has a group that the settings do not name.
    """
    groups = groups_of(demand, settings)
    gains = np.zeros((len(places), len(groups)))
    for numbers, within in reach_by_standard(
        groups,
        network,
        settings,
        ends=(demand.lonlat, places),
        standard=standard,
        on_progress=on_progress,
    ):
        gains[:, numbers] = within.astype(np.float64) @ without[:, numbers]
    return gains
