"""Areas as points: each area becomes points on an inner grid that carry its m2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from geo.grid import square_grid

if TYPE_CHECKING:
    import numpy.typing as npt

INNER_M: Final = 100.0


class InnerPoints(NamedTuple):
    """Points in areas: ``area`` int64[m] is the row of the area, ``xy`` float64[m, 2], ``m2``.

    The m2 of one area's points add up to its size.
    """

    area: npt.NDArray[np.int64]
    xy: npt.NDArray[np.float64]
    m2: npt.NDArray[np.float64]


def inner_points(areas: npt.NDArray[np.object_], *, size_m: float = INNER_M) -> InnerPoints:
    """Put points into polygons of the metric plane, one in each square of ``size_m``.

    An area that is narrower than a square both ways gets one point, on its surface; an empty one
    gets none.
    """
    bounds = shapely.bounds(areas).reshape(-1, 4)
    small = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) <= size_m
    few, many = np.flatnonzero(small), np.flatnonzero(~small & ~shapely.is_empty(areas))
    point = shapely.point_on_surface(areas[few])
    pieces = square_grid(list(areas[many]), size_m=size_m)
    return InnerPoints(
        area=np.concatenate([few, many[pieces.area]]),
        xy=np.concatenate([shapely.get_coordinates(point).reshape(-1, 2), pieces.xy]),
        m2=np.concatenate([shapely.area(areas[few]), pieces.area_m2]),
    )
