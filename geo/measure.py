"""Boxes, distances on the globe, and the metric plane in which everything is measured.

Points are float64[n, 2] arrays, longitude first, in degrees of WGS-84. Web Mercator lengths are
21 % too long at Huaibei, so lengths and areas are taken in the UTM zone of the workspace's box.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pyproj

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

EARTH_RADIUS_M: Final = 6_371_008.8  # mean radius of WGS-84, IUGG
_LON_LIMIT, _LAT_LIMIT = 180.0, 90.0
_UTM_ZONE_DEGREES: Final = 6
_UTM_NORTHMOST, _UTM_SOUTHMOST = 84.0, -80.0


@dataclass(frozen=True)
class Box:
    """A box of longitudes and latitudes in degrees of WGS-84; the edges belong to it.

    Unpacks as ``left, bottom, right, top = box``. A box over the antimeridian or a pole is refused.

    Raises
    ------
    InputError
        when the four numbers are no box; the message says what to write instead.

    Examples
    --------
    >>> import numpy as np
    >>> from geo import Box
    >>> box = Box(116.70, 33.90, 116.90, 34.00)
    >>> box.contains(np.array([[116.80, 33.96], [117.80, 33.96]])).tolist()
    [True, False]
    """

    left: float
    bottom: float
    right: float
    top: float

    def __post_init__(self) -> None:
        fault = _box_fault(*self)
        if fault:
            raise InputError(say("box {box}: {fault}", box=self, fault=fault))

    def __iter__(self) -> Iterator[float]:
        return iter(astuple(self))

    def __str__(self) -> str:
        return ",".join(f"{edge:.10g}" for edge in self)

    @property
    def centre(self) -> tuple[float, float]:
        """Longitude and latitude of the middle, degrees."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def contains(self, lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Tell for each of ``lonlat`` float64[n, 2] whether it lies inside; NaN lies outside."""
        lon, lat = lonlat[..., 0], lonlat[..., 1]
        inside = (lon >= self.left) & (lon <= self.right) & (lat >= self.bottom) & (lat <= self.top)
        return np.asarray(inside, dtype=np.bool_)

    def metres_outside(self, lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Metres from each of ``lonlat`` float64[n, 2] to the box, 0 inside."""
        edge = np.stack(
            [
                np.clip(lonlat[..., 0], self.left, self.right),
                np.clip(lonlat[..., 1], self.bottom, self.top),
            ],
            axis=-1,
        )
        return great_circle_m(lonlat, edge)

    def grown(self, margin_m: float) -> Box:
        """Return the box that lies ``margin_m`` metres further out on every side."""
        lat_margin = math.degrees(margin_m / EARTH_RADIUS_M)
        widest = max(abs(self.bottom), abs(self.top))
        lon_margin = lat_margin / max(math.cos(math.radians(widest)), 0.01)
        return Box(
            max(self.left - lon_margin, -180.0),
            max(self.bottom - lat_margin, -89.9),
            min(self.right + lon_margin, 180.0),
            min(self.top + lat_margin, 89.9),
        )


def parse_box(text: str) -> Box:
    """Read "LEFT,BOTTOM,RIGHT,TOP" in degrees, longitude first.

    Raises
    ------
    InputError
        when these are not four numbers, or no box.

    Examples
    --------
    >>> from geo import parse_box
    >>> parse_box("116.388,33.283,117.045,34.250").top
    34.25
    """
    parts = text.replace("，", ",").replace(";", ",").split(",")
    try:
        left, bottom, right, top = (float(part) for part in parts)
    except ValueError:
        raise InputError(
            say(
                'box "{text}" is not LEFT,BOTTOM,RIGHT,TOP in degrees, '
                "as in 116.388,33.283,117.045,34.250",
                text=text[:80],
            )
        ) from None
    return Box(left, bottom, right, top)


def great_circle_m(
    a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Metres between points on the sphere.

    The haversine formula on the mean radius: within 0.5 % of the ellipsoid.

    Parameters
    ----------
    a, b
        lonlat float64[..., 2], degrees of WGS-84; their shapes broadcast.

    Returns
    -------
    float64[...]
        metres; NaN where a coordinate is.

    Examples
    --------
    >>> import numpy as np
    >>> from geo import great_circle_m
    >>> great_circle_m(np.array([116.80, 33.96]), np.array([[116.81, 33.96]])).round(1).tolist()
    [922.3]
    """
    lon_a, lat_a = np.radians(a[..., 0]), np.radians(a[..., 1])
    lon_b, lat_b = np.radians(b[..., 0]), np.radians(b[..., 1])
    half = (
        np.sin((lat_b - lat_a) / 2) ** 2
        + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    )
    metres = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return np.asarray(metres, dtype=np.float64)


def metric_crs(box: Box) -> pyproj.CRS:
    """Return the UTM zone (WGS-84) of the middle of ``box``, in which a city is measured.

    Raises
    ------
    InputError
        when the box lies where UTM is not defined (beyond 84° N or 80° S).

    Examples
    --------
    >>> from geo import Box, metric_crs
    >>> metric_crs(Box(116.70, 33.90, 116.90, 34.00)).to_string()
    'EPSG:32650'
    """
    if box.top > _UTM_NORTHMOST or box.bottom < _UTM_SOUTHMOST:
        raise InputError(say("box {box}: Yizhan measures between 80° S and 84° N only", box=box))
    lon, lat = box.centre
    zone = min(int((lon + 180.0) // _UTM_ZONE_DEGREES) + 1, 60)
    north, south = 32600, 32700
    return pyproj.CRS.from_epsg((north if lat >= 0 else south) + zone)


def to_metric(lonlat: npt.NDArray[np.float64], *, crs: pyproj.CRS | str) -> npt.NDArray[np.float64]:
    """Project points to the metric plane.

    Parameters
    ----------
    lonlat
        float64[n, 2], degrees of WGS-84.
    crs
        the plane, as `metric_crs` gives it.

    Returns
    -------
    float64[n, 2]
        metres east and north; inf where a point cannot be projected.

    Examples
    --------
    >>> import numpy as np
    >>> from geo import to_metric
    >>> to_metric(np.array([[116.80, 33.96]]), crs="EPSG:32650").round(1).tolist()
    [[481521.8, 3757738.9]]
    """
    return _transform(_transformer("EPSG:4326", _name(crs)), lonlat)


def from_metric(xy: npt.NDArray[np.float64], *, crs: pyproj.CRS | str) -> npt.NDArray[np.float64]:
    """Bring points of the metric plane back to degrees.

    Parameters
    ----------
    xy
        float64[n, 2], metres east and north.
    crs
        the plane, as `metric_crs` gives it.

    Returns
    -------
    float64[n, 2]
        degrees of WGS-84, longitude first.

    Examples
    --------
    >>> import numpy as np
    >>> from geo import from_metric
    >>> from_metric(np.array([[481521.8, 3757738.9]]), crs="EPSG:32650").round(5).tolist()
    [[116.8, 33.96]]
    """
    return _transform(_transformer(_name(crs), "EPSG:4326"), xy)


def _name(crs: pyproj.CRS | str) -> str:
    return crs if isinstance(crs, str) else crs.to_string()


@lru_cache(maxsize=32)
def _transformer(source: str, target: str) -> pyproj.Transformer:
    """Keep what takes milliseconds to build; pyproj's transformers may be shared by threads."""
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _transform(
    transformer: pyproj.Transformer, points: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    flat = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    x, y = transformer.transform(flat[:, 0], flat[:, 1])
    return np.column_stack([x, y]).astype(np.float64, copy=False).reshape(np.shape(points))


def _box_fault(left: float, bottom: float, right: float, top: float) -> str:
    """Say in one clause why this is no box; empty when it is one."""
    if not all(math.isfinite(edge) for edge in (left, bottom, right, top)):
        return say("every edge must be a finite number of degrees")
    lon_fits = max(abs(left), abs(right)) <= _LON_LIMIT
    lat_fits = max(abs(bottom), abs(top)) < _LAT_LIMIT
    lat_fits_lon = max(abs(left), abs(right)) < _LAT_LIMIT
    if not lat_fits and lat_fits_lon and max(abs(bottom), abs(top)) <= _LON_LIMIT:
        return say(
            "latitude and longitude look swapped: write LEFT,BOTTOM,RIGHT,TOP, longitude first"
        )
    if not lon_fits or not lat_fits:
        return say("longitudes lie in -180..180 and latitudes between the poles, -90..90")
    if left > right:
        return say("left must be less than right; a box over the antimeridian is not taken")
    if left == right or bottom >= top:
        return say("left must be less than right and bottom less than top")
    return ""
