"""Worker density for a map: squares in seven classes, each with a seventh of the workers.

Quantiles of the workers, not of the squares: most squares of a city are nearly empty, and classes
of equally many squares would draw its whole centre in one colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.measure import from_metric, to_metric
from web.design.palette import RAMP

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from data.demand import Demand

_SIZES_M: Final = (250.0, 500.0, 1000.0, 2000.0, 4000.0)
_MOST_SQUARES: Final = 9000
_M2_A_KM2: Final = 1e6
_LEAST_PER_KM2: Final = 1.0
_MOST_HIDDEN: Final = 0.05


@dataclass(frozen=True, eq=False)
class Density:
    """Workers per square kilometre, classed.

    ``areas[k]`` (WGS-84) holds the squares of class k, the thinnest first; ``breaks`` has one value
    more than there are classes: the least density of each class, and the greatest of all.
    ``square_m`` is the side of a square; squares with fewer than ``least_per_km2`` are not drawn.
    """

    areas: tuple[BaseGeometry, ...]
    breaks: tuple[float, ...]
    square_m: float
    least_per_km2: float = 0.0

    @property
    def n_classes(self) -> int:
        """How many classes there are; fewer than seven where few densities differ."""
        return len(self.areas)

    def ramp_step(self, number: int) -> int:
        """Return the step of the palette's ramp (1 to 7) of class ``number`` (from 0)."""
        if self.n_classes == 1:
            return len(RAMP) // 2 + 1
        return 1 + round(number * (len(RAMP) - 1) / (self.n_classes - 1))


def density_of(demand: Demand, *, metric_crs: str) -> Density | None:
    """Count the workers of all groups in squares; None where there is no worker.

    The squares are the smallest of 250 m to 4 km of which at most 9,000 are needed, laid so that
    points on a regular grid fall in their middles. Squares with fewer than one worker in a square
    kilometre are left out where they hold no more than a twentieth of all: a model that spreads
    workers puts a trace of them on every field.
    """
    weights: npt.NDArray[np.float64] = demand.weights.sum(axis=1)
    there = weights > 0
    if not there.any():
        return None
    xy = to_metric(demand.lonlat[there], crs=metric_crs)
    for square_m in _SIZES_M:
        origin = xy.min(axis=0) - square_m / 2
        squares, which = np.unique(
            np.floor((xy - origin) / square_m).astype(np.int64), axis=0, return_inverse=True
        )
        workers = np.bincount(which.ravel(), weights=weights[there]).astype(np.float64)
        per_km2: npt.NDArray[np.float64] = workers * _M2_A_KM2 / square_m**2
        thin = per_km2 < _LEAST_PER_KM2
        hidden = bool(thin.any()) and workers[thin].sum() <= _MOST_HIDDEN * workers.sum()
        shown = ~thin if hidden else np.ones_like(thin)
        if shown.sum() <= _MOST_SQUARES:
            break
    squares, workers, per_km2 = squares[shown], workers[shown], per_km2[shown]
    boxes = _boxes(squares, origin, square_m, metric_crs=metric_crs)
    breaks = _breaks(per_km2, workers)
    class_of = np.clip(np.searchsorted(breaks, per_km2, side="right") - 1, 0, len(breaks) - 2)
    areas = tuple(
        shapely.coverage_union_all(boxes[class_of == number]) for number in range(len(breaks) - 1)
    )
    least = _LEAST_PER_KM2 if hidden else 0.0
    return Density(areas, tuple(float(value) for value in breaks), square_m, least)


def _breaks(
    values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the weighted quantiles of ``values``; equal ones are one, so no class is empty."""
    order = np.argsort(values, kind="stable")
    passed = np.cumsum(weights[order]) / weights.sum()
    inner = np.searchsorted(passed, np.arange(1, len(RAMP)) / len(RAMP))
    breaks = np.unique(np.r_[values.min(), values[order[inner]], values.max()])
    return breaks if len(breaks) > 1 else np.array([breaks[0], breaks[0]])


def _boxes(
    squares: npt.NDArray[np.int64],
    origin: npt.NDArray[np.float64],
    square_m: float,
    *,
    metric_crs: str,
) -> npt.NDArray[np.object_]:
    """Return squares, given by column and row, as WGS-84 polygons.

    Corners are counted in whole squares, so that neighbours share them to the last bit.
    """
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)], dtype=np.int64)
    rings = origin + (squares[:, None, :] + corners) * square_m
    lonlat = from_metric(rings.reshape(-1, 2), crs=metric_crs).reshape(rings.shape)
    return np.asarray(shapely.polygons(np.round(lonlat, 6)), dtype=np.object_)
