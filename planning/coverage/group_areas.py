"""Where each group has a place within reach: areas by its own mode, minutes and metres."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import shapely

from geo.areas import covered_area
from geo.measure import from_metric, to_metric
from planning.coverage.nominal import standard_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from data.settings import GroupSettings, ServiceStandard, Settings
    from data.vocabulary import StandardWord
    from geo.network import RoadNetwork

_BLOCK_M: Final = 120.0  # half the width of a city block that covered streets go round
_HOLE_M2: Final = 250_000.0  # a large block or a park is no gap in cover
_DRAWN_TO_M: Final = 8.0


def group_areas(
    network: RoadNetwork,
    settings: Settings,
    groups: Sequence[GroupSettings],
    places: Mapping[str, npt.NDArray[np.float64]],
    *,
    standard: StandardWord = "group",
    speed_factors: Mapping[str, float] | None = None,
) -> dict[str, BaseGeometry]:
    """Draw for each group the area from which one of its places is within its standard.

    Parameters
    ----------
    network, settings
        the city.
    groups
        whose areas.
    places
        by group, where those stand that serve it: lonlat float64[n, 2].
    standard
        each group's own, or the national one for all.
    speed_factors
        by mode, times its speed: 0.8 is a fifth slower.

    Returns
    -------
    dict
        by group; an empty geometry where it has no place. Blocks between covered streets are
        filled, so the area is a drawing: figures are counted at the cells.
    """
    drawn: dict[tuple[ServiceStandard, bytes], BaseGeometry] = {}
    found: dict[str, BaseGeometry] = {}
    for group in groups:
        held = standard_of(group, settings, standard=standard)
        factor = (speed_factors or {}).get(held.mode, 1.0)
        key = (replace(held, cutoff_s=held.cutoff_s * factor), places[group.id].tobytes())
        if key not in drawn:
            drawn[key] = _area(network, places[group.id], settings, key[0])
        found[group.id] = drawn[key]
    return found


def _area(
    network: RoadNetwork,
    destinations: npt.NDArray[np.float64],
    settings: Settings,
    standard: ServiceStandard,
) -> BaseGeometry:
    if not len(destinations):
        return shapely.MultiPolygon()
    area = covered_area(
        network,
        mode=standard.mode,
        destinations=destinations,
        cutoff_s=standard.cutoff_s,
        cutoff_m=standard.radius_m,
        snap_limit_m=settings.snap_limit_m,
    )
    return area if area.is_empty else _without_blocks(area, settings.metric_crs)


def _without_blocks(area: BaseGeometry, metric_crs: str) -> BaseGeometry:
    """Fill the blocks between covered streets, which on a map are noise."""
    metric = shapely.transform(area, lambda lonlat: to_metric(lonlat, crs=metric_crs))
    closed = metric.buffer(_BLOCK_M).buffer(-_BLOCK_M).simplify(_DRAWN_TO_M)
    parts = [
        shapely.Polygon(
            part.exterior, [h for h in part.interiors if shapely.Polygon(h).area > _HOLE_M2]
        )
        for part in shapely.get_parts(closed)
    ]
    return shapely.transform(
        shapely.MultiPolygon(parts), lambda xy: from_metric(xy, crs=metric_crs)
    )
