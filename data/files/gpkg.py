"""GeoPackages that people hand in as registers, read by SQLite alone, from bytes and within bounds.

A GeoPackage is an SQLite file, so it may bring views, triggers and virtual tables of its own. None
of them is run: the bytes are opened as a database in memory, an authorizer allows nothing but
reading plain tables, and a layer must be such a table. GDAL is not asked.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from data.files.features import (
    MAX_FEATURES,
    MAX_PROPERTIES,
    Features,
    features_of_shapes,
    refuse_too_many,
)
from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

_MAGIC: Final = b"SQLite format 3\x00"
_APPLICATIONS: Final = frozenset({b"GPKG", b"GP10", b"GP11"})
_HEADER_BYTES: Final = 100
_WAL_BYTES: Final = (18, 19)
_ENVELOPE_BYTES: Final = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_DEGREES: Final = frozenset({4326, 4490})
_LONGEST_VALUE: Final = 16 << 20
_READS: Final = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})
_STEPS_BETWEEN_LOOKS: Final = 1_000_000
_MOST_LOOKS: Final = 5_000
_PREFERRED: Final = "stations"


def read_gpkg(path: Path, data: bytes) -> Features:
    """Read the points or polygons of a GeoPackage from the bytes of ``path``.

    Of several layers the one named stations is read; without such a one the file must have one
    only. Coordinates are as they stand: ``crs`` names their CRS where that is none of degrees
    (EPSG 4326 or 4490), whose datum is stated by whoever hands them in. ``ids`` is None: what a
    feature is called stands in its columns.

    Raises
    ------
    FileFormatError
        when it is no GeoPackage, is broken or of another CRS; one line with the cure.
    RowsError
        when features are neither all points nor all polygons.
    """
    _check_header(path, data)
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(_journal_free(data))
            _lock_down(database)
            layer, geometry, crs = _layer(path, database)
            return replace(_features(path, database, layer, geometry), crs=crs)
    except (sqlite3.Error, OverflowError, MemoryError) as error:
        reason = " ".join(str(error).split())[:80]
        raise FileFormatError(
            say(
                "{file}: is a broken GeoPackage ({reason}): export it again",
                file=path.name,
                reason=reason,
            )
        ) from None


def _check_header(path: Path, data: bytes) -> None:
    if len(data) < _HEADER_BYTES or not data.startswith(_MAGIC):
        raise FileFormatError(say("{file}: is no GeoPackage (no SQLite file)", file=path.name))
    if data[68:72] not in _APPLICATIONS:
        raise FileFormatError(say("{file}: is an SQLite file and no GeoPackage", file=path.name))
    log = path.with_name(f"{path.name}-wal")
    if log.is_file() and log.stat().st_size > 0:
        raise FileFormatError(
            say(
                "{file}: is open in another program ({journal} is beside it): close it there",
                file=path.name,
                journal=log.name,
            )
        )


def _journal_free(data: bytes) -> bytes:
    """Mark the file as one without a write-ahead log, which memory cannot have."""
    first, second = _WAL_BYTES
    return data[:first] + b"\x01\x01" + data[second + 1 :]


def _lock_down(database: sqlite3.Connection) -> None:
    """Allow nothing but reading, and not for ever."""
    for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON"):
        database.execute(f"PRAGMA {pragma}")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    looks = iter(range(_MOST_LOOKS))
    database.set_progress_handler(lambda: int(next(looks, None) is None), _STEPS_BETWEEN_LOOKS)
    database.set_authorizer(
        lambda action, *_: sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY
    )
    database.text_factory = lambda text: text.decode("utf-8", "replace")


def _layer(path: Path, database: sqlite3.Connection) -> tuple[str, str, str | None]:
    """Choose the layer; name its column of geometries, and its CRS unless that is of degrees."""
    rows = database.execute(
        "SELECT c.table_name, g.column_name, s.organization, s.organization_coordsys_id, "
        "s.definition, m.sql "
        "FROM gpkg_contents c JOIN gpkg_geometry_columns g ON g.table_name = c.table_name "
        "JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id "
        "JOIN sqlite_master m ON m.name = c.table_name AND m.type = 'table' "
        "WHERE c.data_type = 'features' ORDER BY c.table_name"
    ).fetchmany(MAX_PROPERTIES)
    plain = (row for row in rows if not str(row[5]).upper().startswith("CREATE VIRTUAL"))
    layers = {str(row[0]): row for row in plain}
    chosen = _PREFERRED if _PREFERRED in layers else next(iter(layers), "")
    if not chosen:
        raise FileFormatError(
            say("{file}: has no layer of features that is a plain table", file=path.name)
        )
    if len(layers) > 1 and chosen != _PREFERRED:
        names = ", ".join(name[:40] for name in list(layers)[:10])
        raise FileFormatError(
            say(
                "{file}: has several layers ({names}): name the one to read {preferred}",
                file=path.name,
                names=names,
                preferred=_PREFERRED,
            )
        )
    _, geometry, organization, number, definition, _ = layers[chosen]
    epsg = str(organization).upper() == "EPSG"
    if epsg and number in _DEGREES:
        return chosen, str(geometry), None
    crs = f"EPSG:{number}" if epsg else str(definition)
    if crs.casefold() in {"", "none", "undefined"}:
        raise FileFormatError(
            say(
                "{file}: does not say in which CRS it is: export it again as EPSG:4326",
                file=path.name,
            )
        )
    return chosen, str(geometry), crs


def _features(path: Path, database: sqlite3.Connection, layer: str, geometry: str) -> Features:
    """Read all features of one layer in the order of their numbers."""
    cursor = database.execute(f"SELECT * FROM {_quoted(layer)}")  # noqa: S608 - a quoted name
    names = [str(column[0]) for column in cursor.description]
    refuse_too_many(path, properties=len(names))
    if geometry not in names:
        raise FileFormatError(
            say(
                "{file}: layer {layer} has no column of geometries",
                file=path.name,
                layer=layer[:40],
            )
        )
    rows = cursor.fetchmany(MAX_FEATURES + 1)
    if not rows:
        raise FileFormatError(
            say("{file}: layer {layer} has no features", file=path.name, layer=layer[:40])
        )
    refuse_too_many(path, features=len(rows))
    place = names.index(geometry)
    properties = tuple(
        {
            name: value
            for at, (name, value) in enumerate(zip(names, row, strict=True))
            if at != place and not isinstance(value, bytes)
        }
        for row in rows
    )
    headings = tuple(name for name in names if name != geometry)
    return features_of_shapes(path, headings, properties, [_shape(row[place]) for row in rows])


def _shape(blob: object) -> BaseGeometry | None:
    """Read a geometry: the header of GeoPackage (GP, version, flags, SRS, envelope), then WKB."""
    header, extended = 8, 0b10_0000
    if not isinstance(blob, bytes) or len(blob) < header or blob[:2] != b"GP":
        return None
    envelope = _ENVELOPE_BYTES.get((blob[3] >> 1) & 0b111)
    if envelope is None or blob[3] & extended:
        return None
    shape = shapely.from_wkb(blob[header + envelope :], on_invalid="ignore")
    if shape is None or shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        return None
    return shape


def _quoted(name: str) -> str:
    """Quote a name of SQL."""
    return '"' + name.replace('"', '""') + '"'
