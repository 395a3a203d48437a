"""Shapefiles in a zip, read by pyshp from bytes: the points or areas, and the table beside them."""

from __future__ import annotations

import codecs
import io
import zipfile
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyproj
import shapefile
import shapely

from data.files.features import MAX_FEATURES, Features, features_of_shapes, refuse_too_many
from data.files.packages import unpacked
from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

_DEGREES: Final = frozenset({4326, 4490})
#: What .cpg calls them; GBK and GB2312 are parts of GB18030.
_ENCODINGS: Final = {
    **dict.fromkeys(("936", "54936", "gbk", "gb2312", "cp936", "gb18030"), "gb18030"),
    "65001": "utf-8",
}
_HEADER: Final = 32  # bytes of a DBF's header, and of each field in it


def read_shapefile(path: Path, data: bytes, *, most_bytes: int) -> Features:
    """Read the one shapefile in a zip: .shp, .dbf and, where they are there, .prj and .cpg.

    The text of the table is what .cpg says; without it UTF-8, or GB18030 where it is none. ``crs``
    is what .prj says, None for degrees of WGS-84 or CGCS2000 and where it says nothing.

    Raises
    ------
    FileFormatError
        when the zip is broken, holds no shapefile or several, or the shapefile is broken.
    RowsError
        when shapes are neither all points nor all areas.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = _parts(path, package, most_bytes)
    except zipfile.BadZipFile:
        raise FileFormatError(
            say("{file}: is a broken zip: pack it again", file=path.name)
        ) from None
    encoding = _encoding(parts.get(".cpg", b""), parts[".dbf"])
    try:
        with shapefile.Reader(
            shp=io.BytesIO(parts[".shp"]),
            dbf=io.BytesIO(parts[".dbf"]),
            encoding=encoding,
            encodingErrors="ignore",  # names of fields are cut in the middle of a sign
        ) as reader:
            entries = islice(reader.iterShapeRecords(), MAX_FEATURES + 1)
            records = [(entry.record.as_dict(), _shape(entry.shape)) for entry in entries]
    except Exception as error:  # noqa: BLE001 - pyshp raises whatever struct and its own code raise
        raise FileFormatError(
            say(
                "{file}: is a broken shapefile ({reason}): export it again",
                file=path.name,
                reason=" ".join(str(error).split())[:80],
            )
        ) from None
    if not records:
        raise FileFormatError(say("{file}: has no features", file=path.name))
    refuse_too_many(path, features=len(records))
    properties = tuple(said for said, _ in records)
    shapes = [shape for _, shape in records]
    crs = _crs(path, parts.get(".prj", b""))
    return features_of_shapes(path, tuple(properties[0]), properties, shapes, crs=crs)


def _parts(path: Path, package: zipfile.ZipFile, most_bytes: int) -> dict[str, bytes]:
    """Return the files of the one shapefile by their endings."""
    names = [name for name in package.namelist() if not name.startswith("__MACOSX")]
    shapes = [name for name in names if name.casefold().endswith(".shp")]
    if len(shapes) != 1:
        raise FileFormatError(
            say(
                "{file}: holds {n} shapefiles: pack one of them, its .shp, .dbf, .prj and .cpg",
                file=path.name,
                n=len(shapes),
            )
        )
    stem = shapes[0][: -len(".shp")]
    found: dict[str, bytes] = {}
    by_lower = {name.casefold(): name for name in names}
    for ending in (".shp", ".dbf", ".prj", ".cpg"):
        member = by_lower.get(f"{stem}{ending}".casefold())
        if member is not None:
            found[ending] = unpacked(path, package, member, most_bytes=most_bytes)
    if ".dbf" not in found:
        raise FileFormatError(
            say("{file}: holds a .shp and no .dbf, which has its columns", file=path.name)
        )
    return found


def _encoding(cpg: bytes, dbf: bytes) -> str:
    """Return how the text of the table is written."""
    said = cpg.decode("ascii", "ignore").strip("\x00 \r\n").casefold()
    if said:
        name = _ENCODINGS.get(said, said)
        with suppress(LookupError):
            return codecs.lookup(name).name
    header = int.from_bytes(dbf[8:10], "little") if len(dbf) > _HEADER else 0
    try:
        dbf[header:].decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _shape(shape: Any) -> BaseGeometry | None:  # noqa: ANN401 - any of pyshp's shapes
    """Return a shape in two dimensions; None for an empty one."""
    made = (
        shapely.force_2d(shapely.geometry.shape(shape.__geo_interface__)) if shape.points else None
    )
    return made if made is not None and np.isfinite(shapely.get_coordinates(made)).all() else None


def _crs(path: Path, prj: bytes) -> str | None:
    """Return the CRS that .prj says."""
    text = prj.decode("utf-8", "ignore").strip()
    if not text:
        return None
    try:
        crs = pyproj.CRS.from_wkt(text)
    except pyproj.exceptions.CRSError:
        raise FileFormatError(
            say("{file}: its .prj names no known CRS: export it as EPSG:4326", file=path.name)
        ) from None
    number = crs.to_epsg(min_confidence=70)
    if number in _DEGREES:
        return None
    return f"EPSG:{number}" if number is not None else text
