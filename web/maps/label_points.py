"""Where a district's name stands: inside it, away from its border and from the marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

_GRID: Final = 24
_BORDER_WEIGHT: Final = 1.3


def label_point(area: BaseGeometry, marks: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the (lon, lat) inside ``area`` that is farthest from its border and from ``marks``.

    ``marks`` float64[n, 2] may be empty. The best of a grid of points is taken; where none of them
    lies inside, shapely's own point on the surface.
    """
    left, bottom, right, top = area.bounds
    lon, lat = np.meshgrid(np.linspace(left, right, _GRID), np.linspace(bottom, top, _GRID))
    points = np.asarray(shapely.points(lon.ravel(), lat.ravel()), dtype=np.object_)
    points = points[shapely.contains_properly(area, points)]
    if not len(points):
        point = area.point_on_surface()
        return float(point.x), float(point.y)
    room = _BORDER_WEIGHT * shapely.distance(points, area.boundary)
    if len(marks):
        room = np.minimum(room, shapely.distance(points, shapely.multipoints(marks)))
    best = points[int(np.argmax(room))]
    return float(best.x), float(best.y)
