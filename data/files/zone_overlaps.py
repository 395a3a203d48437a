"""Ground that two zones share: told with its size, or counted once, never twice in silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely

from geo.measure import from_metric, to_metric
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from data.files.columns import Columns, Faults

Overlaps = Literal["refuse", "share", "first"]
SLIVER: Final = 1e-3
"""Share of a zone's ground that counts as none: borders drawn twice differ by so much."""

_M2_A_KM2: Final = 1e6


@dataclass(frozen=True)
class SharedGround:
    """Two zones by their numbers, ``one`` < ``other``, and the ground that both hold."""

    one: int
    other: int
    km2: float

    def says(self, one: str, other: str) -> str:
        """Say in a sentence what is wrong, with the zones' names as they shall be printed."""
        return say(
            "{other} overlaps {one} by {area_km2:,.3g} km2, whose workers would be counted "
            "twice: cut one of them",
            other=other,
            one=one,
            area_km2=self.km2,
        )


@dataclass(frozen=True)
class ZonePart:
    """A piece of zone number ``zone`` (WGS-84) and the share of the zone's count that it takes."""

    zone: int
    area: BaseGeometry
    share: float


def shared_grounds(zones: Sequence[BaseGeometry], *, metric_crs: str) -> list[SharedGround]:
    """Find the pairs of zones (WGS-84) that share ground: more than 0.1 % of the smaller one."""
    plane = [_plane(zone, metric_crs) for zone in zones]
    pairs = zip(*shapely.STRtree(plane).query(plane, predicate="intersects"), strict=True)
    found = []
    for one, other in sorted((int(one), int(other)) for one, other in pairs if one < other):
        m2 = shapely.intersection(plane[one], plane[other]).area
        if m2 > SLIVER * min(plane[one].area, plane[other].area):
            found.append(SharedGround(one, other, m2 / _M2_A_KM2))
    return found


def parts_of_zones(
    zones: Sequence[BaseGeometry],
    *,
    names: Sequence[str],
    overlaps: Overlaps,
    metric_crs: str,
    columns: Columns,
    faults: Faults,
) -> list[ZonePart]:
    """Cut zones (WGS-84) so that workers on shared ground count once; or note who shares ground.

    A zone's workers are taken to be spread evenly over its area. With "first" shared ground counts
    for the zone that is listed first alone; with "share" each of the k zones that hold it takes
    1/k of what it counts there. With "refuse" every pair that shares ground is a fault.
    """
    grounds = shared_grounds(zones, metric_crs=metric_crs)
    if overlaps == "refuse":
        for ground in grounds:
            reason = ground.says(names[ground.one], names[ground.other])
            number = columns.table.numbers[ground.other]
            faults.add(
                number, "geometry", say("{reason}, or say --overlaps share or first", reason=reason)
            )
        faults.refuse_if_any()
    rivals: dict[int, list[int]] = {}
    for ground in grounds:
        rivals.setdefault(ground.other, []).append(ground.one)
        if overlaps == "share":
            rivals.setdefault(ground.one, []).append(ground.other)
    parts: list[ZonePart] = []
    for number, zone in enumerate(zones):
        if number not in rivals:
            parts.append(ZonePart(number, zone, 1.0))
            continue
        others = [_plane(zones[rival], metric_crs) for rival in rivals[number]]
        plane = _plane(zone, metric_crs)
        for holders, piece in _by_holders(plane, others).items():
            kept = 1.0 / holders if overlaps == "share" else float(holders == 1)
            area = shapely.transform(piece, lambda xy: from_metric(xy, crs=metric_crs))
            if kept:
                parts.append(ZonePart(number, area, kept * piece.area / plane.area))
    return parts


def _by_holders(zone: BaseGeometry, others: Sequence[BaseGeometry]) -> dict[int, BaseGeometry]:
    """Cut a zone by how many zones hold the ground, itself included."""
    pieces: dict[int, BaseGeometry] = {1: zone}
    for other in others:
        cut: dict[int, list[BaseGeometry]] = {}
        for holders, piece in pieces.items():
            cut.setdefault(holders, []).append(_areas_of(shapely.difference(piece, other)))
            cut.setdefault(holders + 1, []).append(_areas_of(shapely.intersection(piece, other)))
        united = {holders: shapely.union_all(of) for holders, of in cut.items()}
        pieces = {holders: piece for holders, piece in united.items() if piece.area > 0}
    return pieces


def _areas_of(geometry: BaseGeometry) -> BaseGeometry:
    """Keep the areas of what an intersection left: borders that touch leave lines and points."""
    parts = shapely.get_parts(geometry)
    return shapely.union_all(parts[np.array([part.area > 0 for part in parts], dtype=bool)])


def _plane(area: BaseGeometry, metric_crs: str) -> BaseGeometry:
    return shapely.transform(area, lambda lonlat: to_metric(lonlat, crs=metric_crs))
