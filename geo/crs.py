"""Coordinate reference systems of files: what brings their coordinates to WGS-84, and what cannot.

Where PROJ knows no shift between two datums it takes the degrees as they are, without a word (a
"ballpark" transformation): points in Beijing 1954 or Xian 1980 then stand up to some 100 m off.
Here that is refused, except for the datums that agree with WGS-84 to a metre.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import pyproj
from pyproj.aoi import AreaOfInterest
from pyproj.transformer import TransformerGroup

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from geo.measure import Box

# CGCS2000 and the frames of the ITRS lie within a metre of WGS-84; PROJ holds no shift for them.
_AGREEING: Final = (
    "World Geodetic System 1984",
    "China 2000",
    "International Terrestrial Reference Frame",
    "IGS",
)
_BALLPARK: Final = "Ballpark"


@lru_cache(maxsize=32)
def to_wgs84_from(crs: str, *, box: Box) -> pyproj.Transformer:
    """Return what brings coordinates of a CRS to WGS-84 degrees, for a city in ``box``.

    Parameters
    ----------
    crs
        an EPSG code ("EPSG:4547"), a name of PROJ or well-known text.
    box
        where the city lies, degrees of WGS-84: a shift must be known all over it.

    Returns
    -------
    pyproj.Transformer
        takes (x east, y north) and gives (longitude, latitude); backwards with
        ``direction="INVERSE"``.

    Raises
    ------
    InputError
        when the CRS is not known, or its datum has no known shift to WGS-84 there.

    Examples
    --------
    >>> from geo import Box
    >>> to_wgs84_from("EPSG:4490", box=Box(116.7, 33.9, 116.9, 34.0)).transform(116.8, 33.96)
    (116.8, 33.96)
    """
    try:
        known = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        raise InputError(
            say("the CRS {crs} is not known: write an EPSG code such as EPSG:4547", crs=crs[:40])
        ) from None
    if known.geodetic_crs is None:
        raise InputError(say("the CRS {crs} is not one of the earth", crs=known.name))
    if _agrees(known):
        return pyproj.Transformer.from_crs(known, "EPSG:4326", always_xy=True)
    shift = _known_shift(known, box)
    if shift is None:
        raise InputError(
            say(
                "the CRS {crs} has a datum whose shift to WGS-84 is not known in {box}: "
                "export it as EPSG:4490 or EPSG:4326 with the shift of your survey office",
                crs=known.name,
                box=box,
            )
        )
    return shift


def _agrees(crs: pyproj.CRS) -> bool:
    datum = crs.geodetic_crs.datum if crs.geodetic_crs is not None else None
    return not crs.is_bound and datum is not None and datum.name.startswith(_AGREEING)


def _known_shift(crs: pyproj.CRS, box: Box) -> pyproj.Transformer | None:
    """Return PROJ's best transformation where it is a true one and holds in the whole box."""
    area = AreaOfInterest(box.left, box.bottom, box.right, box.top)
    ways = TransformerGroup(
        crs,
        "EPSG:4326",
        always_xy=True,
        area_of_interest=area,  # type: ignore[arg-type] # pyproj's stub means another class
    ).transformers
    if not ways or _BALLPARK in ways[0].description:
        return None
    where = ways[0].area_of_use
    holds = where is None or (
        where.west <= box.left
        and where.east >= box.right
        and where.south <= box.bottom
        and where.north >= box.top
    )
    return ways[0] if holds else None
