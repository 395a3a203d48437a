"""Coordinates as the Chinese map services give them, brought to WGS-84 and back.

OSM, GPS and Tianditu give WGS-84 (CGCS2000 is equal to it here); Amap and Tencent give GCJ-02, and
Baidu BD-09, which lies on top of GCJ-02. At Huaibei GCJ-02 lies 523 m off WGS-84, half the service
radius of a station, so a datum is always stated and never guessed.

GCJ-02 has no published inverse and the usual one for BD-09 is only close, so both are inverted by
iteration on the forward formula, to far below a millimetre.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import DatumError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Points = npt.NDArray[np.float64]


class Datum(StrEnum):
    """What a pair of coordinates is given in."""

    wgs84 = "wgs84"
    gcj02 = "gcj02"
    bd09 = "bd09"


# Krassovsky 1940: semi-major axis in metres and first eccentricity squared, as GCJ-02 takes them.
_AXIS_M: Final = 6_378_245.0
_ECCENTRICITY_2: Final = 0.00669342162296594323
# GCJ-02 is defined in this box only; outside it the services hand out WGS-84.
_LEFT, _BOTTOM, _RIGHT, _TOP = 72.004, 0.8293, 137.8347, 55.8271
_BD09_SHIFT: Final = (0.0065, 0.006)
_BD09_WAVE: Final = np.pi * 3000.0 / 180.0
_CURE: Final = say(
    "use wgs84 (GPS, OpenStreetMap, Tianditu), gcj02 (Amap, Tencent) or bd09 (Baidu)"
)
_ROUNDS: Final = 12  # each round gains two digits or more; degrees have sixteen


def parse_datum(word: str | None) -> Datum:
    """Read a datum word such as "gcj02" or "GCJ-02"; None means that none was given.

    Raises
    ------
    DatumError
        when it is none of the three, or not given; the message says which map gives which.

    Examples
    --------
    >>> from geo import parse_datum
    >>> str(parse_datum("GCJ-02")), str(parse_datum("百度"))
    ('gcj02', 'bd09')
    """
    if word is None:
        raise DatumError(say("say in which datum the coordinates are given: {cure}", cure=_CURE))
    plain = "".join(sign for sign in word.casefold() if sign.isalnum())
    names = {
        **{datum.value: datum for datum in Datum},
        "epsg4326": Datum.wgs84,
        "cgcs2000": Datum.wgs84,
        "gcj2": Datum.gcj02,
        "bd9": Datum.bd09,
        "bd09ll": Datum.bd09,
        **dict.fromkeys(("gps", "天地图"), Datum.wgs84),
        **dict.fromkeys(("高德", "腾讯", "火星", "火星坐标", "火星坐标系", "国测局"), Datum.gcj02),
        **dict.fromkeys(("百度", "百度坐标", "百度坐标系"), Datum.bd09),
    }
    if plain not in names:
        raise DatumError(say('datum "{word}" is not known: {cure}', word=word[:40], cure=_CURE))
    return names[plain]


def to_wgs84(lonlat: Points, *, datum: Datum) -> Points:
    """Bring points given in ``datum`` to WGS-84.

    The inverse is exact to 1e-9 degrees (0.1 mm).

    Parameters
    ----------
    lonlat
        float64[n, 2] in degrees, longitude first.
    datum
        what they are given in.

    Returns
    -------
    float64[n, 2]
        a new array, degrees of WGS-84. Points outside the box in which GCJ-02 is defined come back
        untouched, NaN as NaN.

    Examples
    --------
    A point read off Amap lies half a kilometre from where GPS puts it:

    >>> import numpy as np
    >>> from geo import Datum, great_circle_m, to_wgs84
    >>> amap = np.array([[116.80, 33.96]])
    >>> gps = to_wgs84(amap, datum=Datum.gcj02)
    >>> great_circle_m(amap, gps).round().tolist()
    [523.0]
    """
    points = np.array(lonlat, dtype=np.float64)
    if datum is Datum.wgs84:
        return points
    inside = _in_china(points)
    given = points[inside]
    if datum is Datum.bd09:
        given = _inverse(_gcj02_to_bd09, given)
    points[inside] = _inverse(_wgs84_to_gcj02, given)
    return points


def from_wgs84(lonlat: Points, *, datum: Datum) -> Points:
    """Give WGS-84 points in ``datum``, as a navigation link needs them.

    Parameters
    ----------
    lonlat
        float64[n, 2], degrees of WGS-84, longitude first.
    datum
        what they are asked for in.

    Returns
    -------
    float64[n, 2]
        a new array of degrees; untouched where GCJ-02 is not defined, see `to_wgs84`.

    Examples
    --------
    >>> import numpy as np
    >>> from geo import Datum, from_wgs84, to_wgs84
    >>> gps = np.array([[116.80, 33.96]])
    >>> to_wgs84(from_wgs84(gps, datum=Datum.bd09), datum=Datum.bd09).round(6).tolist()
    [[116.8, 33.96]]
    """
    points = np.array(lonlat, dtype=np.float64)
    if datum is Datum.wgs84:
        return points
    inside = _in_china(points)
    shifted = _wgs84_to_gcj02(points[inside])
    points[inside] = _gcj02_to_bd09(shifted) if datum is Datum.bd09 else shifted
    return points


def _in_china(points: Points) -> npt.NDArray[np.bool_]:
    """Tell which points lie where GCJ-02 is defined; NaN does not."""
    lon, lat = points[..., 0], points[..., 1]
    inside = (lon >= _LEFT) & (lon <= _RIGHT) & (lat >= _BOTTOM) & (lat <= _TOP)
    return np.asarray(inside, dtype=np.bool_)


def _wgs84_to_gcj02(points: Points) -> Points:
    """Shift by the published polynomial and sine terms around 105° E, 35° N."""
    x, y = points[:, 0] - 105.0, points[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * (np.sin(6.0 * np.pi * x) + np.sin(2.0 * np.pi * x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * root + ripple * 2.0 / 3.0
    north += _waves(y, ((20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0)))
    east = 300.0 + x + 2.0 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * root + ripple * 2.0 / 3.0
    east += _waves(x, ((20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0)))
    lat = np.radians(points[:, 1])
    bulge = 1.0 - _ECCENTRICITY_2 * np.sin(lat) ** 2
    metres_a_degree_east = np.radians(_AXIS_M / np.sqrt(bulge) * np.cos(lat))
    metres_a_degree_north = np.radians(_AXIS_M * (1.0 - _ECCENTRICITY_2) / bulge**1.5)
    shift = np.column_stack([east / metres_a_degree_east, north / metres_a_degree_north])
    return np.asarray(points + shift, dtype=np.float64)


def _waves(t: Points, terms: tuple[tuple[float, float], ...]) -> Points:
    """Two thirds of the sum of amplitude * sin(pi t / period)."""
    total = sum(amplitude * np.sin(np.pi * t / period) for amplitude, period in terms)
    return np.asarray(total * 2.0 / 3.0, dtype=np.float64)


def _gcj02_to_bd09(points: Points) -> Points:
    """Turn and stretch a little around 0° E, 0° N, then shift: Baidu's published formula."""
    x, y = points[:, 0], points[:, 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD09_WAVE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD09_WAVE)
    return np.column_stack(
        [radius * np.cos(angle) + _BD09_SHIFT[0], radius * np.sin(angle) + _BD09_SHIFT[1]]
    )


def _inverse(forward: Callable[[Points], Points], given: Points) -> Points:
    """Find the points that ``forward`` brings to ``given``.

    A fixed-point iteration: the shift changes by less than a hundredth over its own length, so
    each round leaves less than a hundredth of the error.
    """
    found = given.copy()
    for _ in range(_ROUNDS):
        miss = given - forward(found)
        found += miss
        if not miss.size or np.max(np.abs(miss)) < 1e-12:  # noqa: PLR2004 - below float64's grid
            break
    return found
