"""Ground of a city: what of it no district holds, what two hold, and what lies outside of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely

from data.files.zone_overlaps import SLIVER, shared_grounds
from geo.measure import to_metric

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from data.osm.city import CityBorders

_M2_A_KM2: Final = 1e6


@dataclass(frozen=True)
class Ground:
    """What does not fit: km2 of the city in no district (``gap_km2``) and of districts beyond it.

    ``overlaps`` names two districts and the km2 that both hold. What is less than 0.1 % of the city
    or of the smaller district counts as none: borders drawn twice differ by so much.
    """

    gap_km2: float
    outside_km2: float
    overlaps: tuple[tuple[str, str, float], ...]


def ground_of(borders: CityBorders, *, metric_crs: str) -> Ground:
    """Measure how a city's districts fill it; nothing is amiss where it has none."""
    if not borders.districts:
        return Ground(0.0, 0.0, ())
    names = list(borders.districts)
    city = _plane(borders.area, metric_crs)
    held = shapely.union_all([_plane(one, metric_crs) for one in borders.districts.values()])
    shared = shared_grounds(list(borders.districts.values()), metric_crs=metric_crs)
    return Ground(
        gap_km2=_worth_telling(shapely.difference(city, held).area, city.area),
        outside_km2=_worth_telling(shapely.difference(held, city).area, city.area),
        overlaps=tuple((names[of.one], names[of.other], of.km2) for of in shared),
    )


def _worth_telling(m2: float, of_m2: float) -> float:
    return m2 / _M2_A_KM2 if m2 > SLIVER * of_m2 else 0.0


def _plane(area: BaseGeometry, metric_crs: str) -> BaseGeometry:
    return shapely.transform(area, lambda lonlat: to_metric(lonlat, crs=metric_crs))
