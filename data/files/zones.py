"""Zones with workers: polygons whose counts are spread evenly over their area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from data.files.place_columns import shift_of_file
from geo.datum import to_wgs84
from geo.errors import InputError
from geo.measure import from_metric, to_metric
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from data.files.columns import Columns, Faults
    from data.files.zone_overlaps import ZonePart
    from geo.datum import Datum
    from geo.measure import Box

SQUARE_M: Final = 250.0
_MOST_SQUARES: Final = 2_000_000
_BORDER_SLACK_M: Final = 1.0


@dataclass(frozen=True, eq=False)
class ZoneCells:
    """Pieces of zones: int zone[n] (its row), part[n] from 1, share[n] of the zone's count, lonlat.

    The shares of a zone add up to 1, or to less where it shares ground with others.
    """

    zone: npt.NDArray[np.int64]
    part: npt.NDArray[np.int64]
    share: npt.NDArray[np.float64]
    lonlat: npt.NDArray[np.float64]


def read_zones(columns: Columns, faults: Faults, *, datum: Datum, box: Box) -> list[BaseGeometry]:
    """Bring the areas of a table to WGS-84; note those that are none or leave the box."""
    zones: list[BaseGeometry] = []
    to_degrees = _to_degrees(columns, datum=datum, box=box)
    for number, area in zip(columns.table.numbers, columns.table.areas or (), strict=True):
        if area is None:
            faults.add(
                number, "geometry", say("is no polygon: a ring has four points, the last the first")
            )
            continue
        if not area.is_valid or not area.area > 0:
            reason = shapely.is_valid_reason(area)
            faults.add(
                number,
                "geometry",
                say("is no area ({reason}): repair it, in QGIS by “Fix geometries”", reason=reason),
            )
            continue
        if to_degrees is not None:
            area = shapely.transform(area, to_degrees)  # noqa: PLW2901 - the same area in degrees
        given = shapely.get_coordinates(area)
        if np.abs(given[:, 0]).max() > 180 or np.abs(given[:, 1]).max() >= 90:  # noqa: PLR2004 - degrees
            faults.add(number, "geometry", say("lies nowhere on earth: degrees, longitude first"))
            continue
        zone = shapely.transform(area, lambda lonlat: to_wgs84(lonlat, datum=datum))
        zones.append(zone)
        far_m = box.metres_outside(shapely.get_coordinates(zone)).max()
        if far_m > _BORDER_SLACK_M:
            swapped = box.contains(to_wgs84(given[:, ::-1], datum=datum)).all()
            cure = (
                say("longitude and latitude are swapped")
                if swapped
                else say("clip it, check the datum, or widen box in yizhan.toml")
            )
            reason = say(
                "reaches {far_m:,.0f} m outside the workspace's box {box}: {cure}",
                far_m=far_m,
                box=box,
                cure=cure,
            )
            faults.add(number, "geometry", reason)
    return zones


def _to_degrees(
    columns: Columns, *, datum: Datum, box: Box
) -> Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]] | None:
    """Return what brings the coordinates of a file in a CRS of its own to degrees of WGS-84."""
    crs = columns.table.crs
    if crs is None:
        return None
    shift = shift_of_file(columns.table.file, crs, datum=datum, box=box)
    return lambda xy: np.column_stack(shift.transform(xy[:, 0], xy[:, 1]))


def spread_zones(parts: Sequence[ZonePart], *, metric_crs: str) -> ZoneCells:
    """Cut parts of zones into the squares of a metric grid and say what share each holds.

    The grid has squares of `SQUARE_M` metres anchored at the origin of ``metric_crs``; a piece
    stands at its centroid, or, where that lies outside of it, at a point on it.

    Raises
    ------
    InputError
        when the zones are so large that there would be millions of pieces.
    """
    pieces = [_cut(part.area, metric_crs=metric_crs) for part in parts]
    counts = [len(share) for share, _ in pieces]
    zone = np.repeat(np.array([part.zone for part in parts], dtype=np.int64), counts)
    first = np.searchsorted(zone, zone)  # the parts of a zone follow each other
    return ZoneCells(
        zone=zone,
        part=np.arange(len(zone)) - first + 1,
        share=np.concatenate(
            [part.share * share for part, (share, _) in zip(parts, pieces, strict=True)]
        ),
        lonlat=np.concatenate([lonlat for _, lonlat in pieces]),
    )


def _cut(
    zone: BaseGeometry, *, metric_crs: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Shares of the area and WGS-84 points of the pieces of one zone."""
    plane = shapely.transform(zone, lambda lonlat: to_metric(lonlat, crs=metric_crs))
    left, bottom, right, top = plane.bounds
    columns = np.arange(np.floor(left / SQUARE_M), np.ceil(right / SQUARE_M))
    rows = np.arange(np.floor(bottom / SQUARE_M), np.ceil(top / SQUARE_M))
    if len(columns) * len(rows) > _MOST_SQUARES:
        raise InputError(say("a zone is too large to be spread over 250 m squares: split it"))
    x, y = (grid.ravel() * SQUARE_M for grid in np.meshgrid(columns, rows))
    squares = shapely.box(x, y, x + SQUARE_M, y + SQUARE_M)
    shapely.prepare(plane)
    squares = squares[shapely.intersects(plane, squares)]
    inside = shapely.contains_properly(plane, squares)
    parts = squares.copy()
    parts[~inside] = shapely.intersection(plane, squares[~inside])
    areas = shapely.area(parts)
    parts, areas = parts[areas > 0], areas[areas > 0]
    points = shapely.centroid(parts)
    off = ~shapely.intersects(parts, points)
    points[off] = shapely.point_on_surface(parts[off])
    return areas / areas.sum(), from_metric(shapely.get_coordinates(points), crs=metric_crs)
