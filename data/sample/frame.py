"""The sample city's drawing frame: metres east and north of one corner, and its gentle warp."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

if TYPE_CHECKING:
    from numpy.typing import NDArray

METRIC_CRS = "EPSG:32650"
_ORIGIN = np.array([444_000.0, 3_683_000.0])
_DECIMALS = 7


@cache
def _transformer() -> Transformer:
    return Transformer.from_crs(METRIC_CRS, "EPSG:4326", always_xy=True)


def to_lonlat(xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn points of the frame into degrees, WGS-84, rounded to 1e-7 as OSM stores them.

    Parameters
    ----------
    xy_m
        Metres east and north of the frame's corner, shape [n, 2].
    """
    metric = np.asarray(xy_m, dtype=np.float64) + _ORIGIN
    lon, lat = _transformer().transform(metric[:, 0], metric[:, 1])
    return np.round(np.column_stack([lon, lat]), _DECIMALS)


@dataclass(frozen=True, eq=False)
class Warp:
    """A smooth displacement of the plane: a sum of sine waves with random directions.

    The slope of every wave stays far below one, so lines never fold over each other and what was
    connected or crossed before the warp is so after it.
    """

    waves: NDArray[np.float64]  # [n, 2] radians per metre
    phases: NDArray[np.float64]  # [n]
    pushes_m: NDArray[np.float64]  # [n, 2]

    @classmethod
    def drawn(
        cls,
        rng: np.random.Generator,
        *,
        lengths_m: tuple[float, float],
        slope: float,
        count: int = 14,
    ) -> Warp:
        """Draw waves between two lengths; ``slope`` is about the warp's typical gradient."""
        lengths = np.exp(rng.uniform(np.log(lengths_m[0]), np.log(lengths_m[1]), count))
        heading, push = rng.uniform(0.0, 2.0 * np.pi, (2, count))
        number = 2.0 * np.pi / lengths
        size = slope / number / np.sqrt(count)
        return cls(
            waves=np.column_stack([np.cos(heading), np.sin(heading)]) * number[:, None],
            phases=rng.uniform(0.0, 2.0 * np.pi, count),
            pushes_m=np.column_stack([np.cos(push), np.sin(push)]) * size[:, None],
        )

    def __call__(self, xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Displace points, shape [n, 2]."""
        return np.asarray(xy_m + np.sin(xy_m @ self.waves.T + self.phases) @ self.pushes_m)


def rotation(angle_deg: float) -> NDArray[np.float64]:
    """Rows are the unit vectors of axes turned counter-clockwise: local @ rotation = frame."""
    angle = np.deg2rad(angle_deg)
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
