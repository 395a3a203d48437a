"""Hosts out of lists of places: GeoJSON, GeoPackage, CSV … of OpenStreetMap, Overture or a city.

The kind of a place is told by its tags of OpenStreetMap, in columns or in one (``other_tags`` of
GDAL), or by a word of a category: of Overture (``basic_category``, ``taxonomy``, ``categories``),
of Geofabrik (``fclass``) or of a list of one's own (依托场所, 类型).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely

from data.files.cell_text import clean_text
from data.files.columns import LAT_FIELD, LON_FIELD, LONGEST_NAME
from data.files.geojson import read_mixed_geojson
from data.files.place_columns import shift_of_file
from data.files.tables import bytes_of, read_rows
from data.hosts.host import NAME_TAGS, Hosts
from data.hosts.kinds import host_of_tags, host_of_word
from data.vocabulary import find_term
from geo.datum import Datum, to_wgs84
from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

    from geo.measure import Box

EXTRACT_SUFFIXES: Final = frozenset({"", ".osm", ".pbf", ".gz", ".bz2", ".xml", ".opl"})
_NAMES: Final = ("names.primary", "名称", "站名", "name", *NAME_TAGS)
_CATEGORIES: Final = (
    *("basic_category", "taxonomy.primary", "categories.primary", "fclass"),
    *("host_type", "依托场所", "场所类型", "category", "类型", "kind", "type"),
)
_IDS: Final = ("@id", "full_id", "id", "编号", "osm_id")
_OSM_ID: Final = re.compile(r"(n|w|r)(?:ode|ay|elation)?/?(\d+)")
_PAIR: Final = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
_GONE: Final = frozenset({"permanently_closed"})
_LOOKED_AT: Final = 4096


class _Rows(NamedTuple):
    """What a list says of each place, flat, and where it lies (None where it does not say)."""

    said: list[dict[str, str]]
    shapes: npt.NDArray[np.object_]


def is_poi_file(path: Path) -> bool:
    """Tell a list of places from an extract, by the ending and, of .json, by its first words."""
    suffix = path.suffix.casefold()
    if suffix != ".json":
        return suffix not in EXTRACT_SUFFIXES
    try:
        with path.open("rb") as file:
            return b'"FeatureCollection"' in file.read(_LOOKED_AT)
    except OSError:
        return False


def read_poi_hosts(path: Path, *, datum: Datum, box: Box) -> Hosts:
    """Read the hosts of a list of places; what is none is counted and passed over.

    ``datum`` is that of the coordinates, where the file names no CRS of its own; ``box`` serves to
    find the shift of a CRS.

    Raises
    ------
    FileFormatError
        when the file is missing, empty, broken or of another format, or has no column of places.
    InputError
        when its CRS is not known.
    """
    rows, crs = _rows_of(path)
    ids = [_own_id(said, number) for number, said in enumerate(rows.said, start=1)]
    lonlat, outline = _places(rows.shapes)
    if crs is not None:
        shift = shift_of_file(path.name, crs, datum=datum, box=box)
        lonlat = np.column_stack(shift.transform(*lonlat.T))
        outline = np.full(len(outline), None, dtype=object)
    elif datum is not Datum.wgs84:
        lonlat = to_wgs84(lonlat, datum=datum)
        outline = np.full(len(outline), None, dtype=object)
    found = Hosts(
        ids=tuple(ids),
        names=tuple(_first(said, _NAMES)[:LONGEST_NAME] for said in rows.said),
        host_types=tuple(_host_type(said) for said in rows.said),
        lonlat=np.asarray(lonlat, dtype=np.float64),
        outline=outline,
    )
    kinds = np.array(found.host_types, dtype=np.str_)
    gone = np.array([said.get("operating_status", "") in _GONE for said in rows.said])
    found = found.only(~(gone & (kinds != "")), "hosts_closed")
    found = found.only(np.array(found.host_types, dtype=np.str_) != "", "other_places")
    there = np.isfinite(found.lonlat).all(axis=1)
    return found.only(np.asarray(there), "hosts_without_place")


def _rows_of(path: Path) -> tuple[_Rows, str | None]:
    suffix = path.suffix.casefold()
    if suffix == ".parquet":
        raise FileFormatError(
            say(
                "{file}: .parquet is not read: save it as GeoJSON "
                "(of Overture: overturemaps download -f geojson)",
                file=path.name,
            )
        )
    if suffix in {".geojson", ".json"}:
        mixed = read_mixed_geojson(path, bytes_of(path))
        said = [_flat(one) for one in mixed.properties]
        for one, own in zip(said, mixed.ids, strict=True):
            one.setdefault("id", own)
        return _Rows(said, mixed.shapes), mixed.crs
    table = read_rows(path)
    said = [_flat(dict(zip(table.headings, row, strict=True))) for row in table.rows]
    if table.areas is not None:
        shapes = np.array(table.areas, dtype=object)
    elif table.lonlat is not None:
        shapes = _points(table.lonlat)
    else:
        shapes = _points(_columns_of_degrees(path, table.headings, table.rows))
    return _Rows(said, shapes), table.crs


def _columns_of_degrees(
    path: Path, headings: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
) -> npt.NDArray[np.float64]:
    """float64[n, 2] out of a column of longitudes and one of latitudes; NaN for what is none."""
    known = [find_term(heading, (LON_FIELD, LAT_FIELD)) for heading in headings]
    at = {term.id: number for number, term in reversed(list(enumerate(known))) if term is not None}
    if len(at) < 2:  # noqa: PLR2004 - lon and lat
        raise FileFormatError(
            say("{file}: has no columns lon and lat, and no points", file=path.name)
        )
    return np.array([[_number(row[at["lon"]]), _number(row[at["lat"]])] for row in rows])


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _points(lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    shapes = np.full(len(lonlat), None, dtype=object)
    there = np.isfinite(lonlat).all(axis=1)
    shapes[there] = shapely.points(lonlat[there])
    return shapes


def _places(
    shapes: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.object_]]:
    """Give a point of each shape, NaN where there is none, and the outlines of areas."""
    there = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    lonlat = np.full((len(shapes), 2), np.nan)
    lonlat[there] = shapely.get_coordinates(shapely.point_on_surface(shapes[there]))
    is_area = np.isin(shapely.get_type_id(shapes), [3, 6])  # Polygon, MultiPolygon
    outline = shapes.copy()
    outline[~is_area] = None
    return lonlat, outline


def _flat(properties: Mapping[str, Any]) -> dict[str, str]:
    """Write properties as text; those within others as ``names.primary``, tags by their own key."""
    flat: dict[str, str] = {}
    for name, value in properties.items():
        inner = _inner(name, value)
        if inner is None:
            flat.setdefault(name, _text(value))
            continue
        for key, of in inner.items():
            if not isinstance(of, dict | list):
                own = key if name in {"tags", "other_tags"} else f"{name}.{key}"
                flat.setdefault(own, _text(of))
    return flat


def _inner(name: str, value: object) -> Mapping[str, Any] | None:
    """Give the properties within a property: of JSON, of JSON as text, or GDAL's list of tags."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, str):
        return None
    if name == "other_tags":
        return {key: of.replace('\\"', '"') for key, of in _PAIR.findall(value)}
    if not value.startswith("{"):
        return None
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _text(value: object) -> str:
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, list):
        return ";".join(_text(part) for part in value if not isinstance(part, dict | list))
    return clean_text(str(value))


def _first(said: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((said[key] for key in keys if said.get(key)), "")


def _host_type(said: Mapping[str, str]) -> str:
    """Tell the kind of host by tags, else by the first category that means one."""
    by_words = (host_of_word(said.get(column, "")) for column in _CATEGORIES)
    return host_of_tags(said) or next((word for word in by_words if word), "")


def _own_id(said: Mapping[str, str], number: int) -> str:
    """Give a place its id: that of OpenStreetMap as in an extract, its own, or its row's number."""
    own = _first(said, _IDS)
    osm = _OSM_ID.fullmatch(own)
    if osm is not None:
        return f"osm-{osm[1]}{osm[2]}"
    return f"poi-{own or number}"
