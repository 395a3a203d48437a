"""Lines and areas that somebody has drawn: GeoJSON in, plain lists of points out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import shapely
from shapely.geometry import shape

from data.files.tables import bytes_of
from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 5_000_000
_MOST: Final = 1000

Point = list[float]


class Drawn(NamedTuple):
    """Lines and outer rings, each a list of [lon, lat] in WGS-84 degrees."""

    lines: list[list[Point]]
    rings: list[list[Point]]


def read_drawn(path: Path) -> Drawn:
    """Read the lines and polygons of a GeoJSON file; holes of polygons are not read.

    Raises
    ------
    FileFormatError
        when it is no such file, or holds anything but lines and polygons.
    """
    data = bytes_of(path)
    if len(data) > MAX_BYTES:
        raise FileFormatError(say("{file}: is larger than a drawing can be", file=path.name))
    try:
        parsed: Any = json.loads(data.decode("utf-8-sig"))
        parts = [part for one in _geometries(parsed) for part in shapely.get_parts(shape(one))]
    except RecursionError:
        raise FileFormatError(say("{file}: is nested too deep", file=path.name)) from None
    except (ValueError, TypeError, KeyError, AttributeError, shapely.errors.ShapelyError):
        raise FileFormatError(say("{file}: is no GeoJSON", file=path.name)) from None
    lines = [part for part in parts if part.geom_type == "LineString" and not part.is_empty]
    areas = [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]
    if not parts or len(lines) + len(areas) < len(parts) or len(parts) > _MOST:
        raise FileFormatError(
            say(
                "{file}: draw 1 to {most} lines or areas, and nothing else",
                file=path.name,
                most=_MOST,
            )
        )
    return Drawn([_points(line) for line in lines], [_points(area.exterior) for area in areas])


def _geometries(parsed: Any) -> list[Any]:  # noqa: ANN401 - as read
    if parsed["type"] == "FeatureCollection":
        return [one["geometry"] for one in parsed["features"]]
    return [parsed["geometry"] if parsed["type"] == "Feature" else parsed]


def _points(line: Any) -> list[Point]:  # noqa: ANN401 - a line of shapely
    return [[float(lon), float(lat)] for lon, lat in shapely.get_coordinates(line)]
