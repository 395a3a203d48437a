"""GeoJSON that people hand in, read with json and numpy alone and checked shape by shape."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from data.files.features import (
    POINTS,
    Features,
    kind_faults,
    multipart_faults,
    refuse_too_many,
    wanted_kinds,
)
from geo.errors import FileFormatError, RowFault, RowsError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

_DEGREES: Final = ("CRS84", "4326", "4490", "WGS84")
_LEAST_RING: Final = 4


def read_geojson(path: Path, data: bytes) -> Features:
    """Read a FeatureCollection of points or of polygons from the bytes of ``path``.

    Raises
    ------
    FileFormatError
        when it is no such collection; one line with the cure.
    RowsError
        when features mix points and polygons, or a property is nested.
    """
    collection = _parse(path, data)
    features = _features(path, collection)
    kinds = [_geometry_kind(feature) for feature in features]
    wanted = wanted_kinds(kinds)
    faults = kind_faults(kinds, wanted)
    properties = tuple(
        _properties(feature, number, faults) for number, feature in enumerate(features, 1)
    )
    headings = tuple(dict.fromkeys(name for row in properties for name in row))
    if faults:
        raise RowsError(path.name, tuple(faults))
    refuse_too_many(path, properties=len(headings))
    own = [_own_id(feature.get("id")) for feature in features]
    ids = tuple(own) if any(own) else None
    coordinates = [feature["geometry"].get("coordinates") for feature in features]
    crs = _crs(collection)
    if wanted is POINTS:
        pairs = zip(kinds, coordinates, range(1, len(kinds) + 1), strict=True)
        lonlat = [_point(_only(kind, pair, number, faults)) for kind, pair, number in pairs]
        if faults:
            raise RowsError(path.name, tuple(faults))
        return Features(headings, properties, np.array(lonlat, dtype=np.float64), None, ids, crs)
    shapes = tuple(_area(kind, rings) for kind, rings in zip(kinds, coordinates, strict=True))
    return Features(headings, properties, None, shapes, ids, crs)


@dataclass(frozen=True, eq=False)
class MixedFeatures:
    """Features of any geometry: points and areas side by side, as maps of places have them.

    ``properties`` may be nested. ``shapes`` object[n] are as given, None for one that cannot be
    read; ``ids`` the features' own, empty for none; ``crs`` as in `Features`.
    """

    properties: tuple[Mapping[str, Any], ...]
    shapes: npt.NDArray[np.object_]
    ids: tuple[str, ...]
    crs: str | None


def read_mixed_geojson(path: Path, data: bytes) -> MixedFeatures:
    """Read a FeatureCollection of any geometries from the bytes of ``path``.

    Raises
    ------
    FileFormatError
        when it is no such collection; one line with the cure.
    """
    collection = _parse(path, data)
    features = _features(path, collection)
    given = (feature.get("properties") for feature in features)
    texts = [json.dumps(feature.get("geometry")) for feature in features]
    shapes = shapely.from_geojson(np.array(texts, dtype=object), on_invalid="ignore")
    return MixedFeatures(
        properties=tuple(one if isinstance(one, dict) else {} for one in given),
        shapes=np.asarray(shapes, dtype=object),
        ids=tuple(_own_id(feature.get("id")) for feature in features),
        crs=_crs(collection),
    )


def _parse(path: Path, data: bytes) -> Any:  # noqa: ANN401 - JSON is anything until it is checked
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FileFormatError(
            say("{file}: is not UTF-8 text, as GeoJSON must be", file=path.name)
        ) from None
    except RecursionError:
        raise FileFormatError(
            say("{file}: is nested too deep to be GeoJSON", file=path.name)
        ) from None
    except ValueError as error:
        raise FileFormatError(
            say("{file}: is no JSON: {error}", file=path.name, error=error)
        ) from None


def _features(path: Path, collection: object) -> list[dict[str, Any]]:
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        raise FileFormatError(say("{file}: is no GeoJSON FeatureCollection", file=path.name))
    features = collection.get("features")
    if not isinstance(features, list) or not features:
        raise FileFormatError(say("{file}: has no features", file=path.name))
    refuse_too_many(path, features=len(features))
    return [feature if isinstance(feature, dict) else {} for feature in features]


def _crs(collection: Any) -> str | None:  # noqa: ANN401 - as above
    """Return the CRS that an old collection names (RFC 7946 has none); None for degrees."""
    crs = collection.get("crs")
    if crs is None or any(word in json.dumps(crs).upper() for word in _DEGREES):
        return None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name[:200] if isinstance(name, str) else "without a name"


def _only(kind: str, coordinates: object, number: int, faults: list[RowFault]) -> object:
    """Return the one point of a MultiPoint, as QGIS saves points; note one of several."""
    if kind == "Point" or not isinstance(coordinates, list):
        return coordinates
    of_several = multipart_faults(number, len(coordinates))
    faults += of_several
    return None if of_several else coordinates[0]


def _geometry_kind(feature: Mapping[str, Any]) -> str:
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    return kind[:40] if isinstance(kind, str) else ""


def _properties(
    feature: Mapping[str, Any], number: int, faults: list[RowFault]
) -> Mapping[str, Any]:
    """Take the properties; note those that are no cell of a table."""
    given = feature.get("properties")
    properties = dict(given) if isinstance(given, dict) else {}
    for name, value in properties.items():
        parts = value if isinstance(value, list) else [value]
        if any(isinstance(part, list | dict) for part in parts):
            faults.append(
                RowFault(number, name[:80], say("is nested: needs text, a number or a list"))
            )
    return properties


def _own_id(value: object) -> str:
    """Read a feature's own id; empty when it has none that is text or a whole number."""
    longest = 1000
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return value.strip()[:longest] if isinstance(value, str) else f"{value:d}"


def _point(pair: object) -> tuple[float, float]:
    """Longitude and latitude; NaN for what is none."""
    if isinstance(pair, list) and len(pair) >= 2:  # noqa: PLR2004 - lon and lat, a height may follow
        lon, lat = pair[0], pair[1]
        if _is_number(lon) and _is_number(lat):
            return float(lon), float(lat)
    return float("nan"), float("nan")


def _is_number(value: object) -> bool:
    largest = 1e9  # keeps an integer of a thousand digits away from float()
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= largest


def _area(kind: str, coordinates: object) -> BaseGeometry | None:
    """Make a polygon or multipolygon; None when the coordinates are none (it may be invalid)."""
    parts = coordinates if kind == "MultiPolygon" else [coordinates]
    if not isinstance(parts, list) or not parts:
        return None
    polygons = []
    for part in parts:
        polygon = _polygon(part)
        if polygon is None:
            return None
        polygons.append(polygon)
    return polygons[0] if kind == "Polygon" else shapely.MultiPolygon(polygons)


def _polygon(rings: object) -> shapely.Polygon | None:
    if not isinstance(rings, list) or not rings:
        return None
    checked = []
    for ring in rings:
        points = _ring(ring)
        if points is None:
            return None
        checked.append(points)
    return shapely.Polygon(checked[0], holes=checked[1:])


def _ring(ring: object) -> npt.NDArray[np.float64] | None:
    """Take a closed ring of four points or more, float64[n, 2]."""
    if not isinstance(ring, list) or len(ring) < _LEAST_RING:
        return None
    points = np.array([_point(pair) for pair in ring], dtype=np.float64)
    if not np.isfinite(points).all() or not np.array_equal(points[0], points[-1]):
        return None
    return points
