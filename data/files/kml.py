"""KML and KMZ that people hand in (Ovital maps, Google Earth): placemarks with points or areas.

The text is read by the standard library's parser, from bytes; one that declares entities is not
opened, and nothing that it links to is asked for.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import numpy as np
import shapely

from data.files.features import Features, features_of_shapes, refuse_too_many
from data.files.packages import unpacked
from data.vocabulary import normal_word
from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

_DECLARES: Final = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_NAMES: Final = frozenset({"name", "名称"})
_LEAST_RING: Final = 4


def read_kml(path: Path, data: bytes, *, most_bytes: int) -> Features:
    """Read the placemarks of KML, or of the first KML in a KMZ, from the bytes of ``path``.

    The columns are the placemark's name (``name``), its description (``notice``) and its extended
    data. A placemark is a point, an area, or a group of one of them.

    Raises
    ------
    FileFormatError
        when it is no KML, is broken, declares entities or has no placemark.
    RowsError
        when placemarks are lines or mix points and areas; every one is listed.
    """
    if data.startswith(b"PK"):
        data = _of_kmz(path, data, most_bytes)
    text = _text(path, data)
    if _DECLARES.search(text):
        raise FileFormatError(say("{file}: declares XML entities: not opened", file=path.name))
    try:
        root = ET.fromstring(text)  # noqa: S314 - no entity gets here, and expat bounds the rest
    except (ET.ParseError, ValueError) as error:
        raise FileFormatError(
            say("{file}: is no KML ({reason})", file=path.name, reason=str(error)[:80])
        ) from None
    marks = [element for element in root.iter() if _tag(element) == "Placemark"]
    if not marks:
        raise FileFormatError(say("{file}: has no placemarks", file=path.name))
    refuse_too_many(path, features=len(marks))
    properties = tuple(_properties(mark) for mark in marks)
    headings = tuple(dict.fromkeys(name for row in properties for name in row))
    refuse_too_many(path, properties=len(headings))
    return features_of_shapes(
        path, headings, properties, [_joined(_shapes(mark)) for mark in marks]
    )


def _of_kmz(path: Path, data: bytes, most_bytes: int) -> bytes:
    """Return the one KML that a KMZ shows first."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            inside = [name for name in package.namelist() if name.casefold().endswith(".kml")]
            if not inside:
                raise FileFormatError(say("{file}: holds no KML", file=path.name))
            first = "doc.kml" if "doc.kml" in inside else inside[0]
            return unpacked(path, package, first, most_bytes=most_bytes)
    except zipfile.BadZipFile:
        raise FileFormatError(
            say("{file}: is a broken KMZ: export it again", file=path.name)
        ) from None


def _text(path: Path, data: bytes) -> str:
    """Decode the file, whatever it says of itself: what is looked at is what is parsed."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return _DECLARATION.sub("", data.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise FileFormatError(say("{file}: is no KML in UTF-8: export it again", file=path.name))


def _tag(element: ET.Element) -> str:
    """Return a tag without its namespace, which old files write in several ways."""
    return element.tag.rpartition("}")[2]


def _properties(mark: ET.Element) -> dict[str, str]:
    """Return what a placemark says, by the names of its columns."""
    said: dict[str, str] = {}
    for element in mark.iter():
        if _tag(element) == "Data":
            value = next((part for part in element if _tag(part) == "value"), None)
            said[element.get("name", "")] = (value.text or "") if value is not None else ""
        elif _tag(element) == "SimpleData":
            said[element.get("name", "")] = element.text or ""
    said.pop("", None)
    named = {normal_word(name) for name in said}
    for element in mark:
        if _tag(element) == "name" and not named & _NAMES:
            said = {"name": element.text or "", **said}
        elif _tag(element) == "description" and element.text and element.text.strip():
            said.setdefault("notice", element.text)
    return said


def _shapes(mark: ET.Element) -> list[BaseGeometry | None]:
    """Return the points, lines and areas of a placemark; None for others, or a broken one."""
    found: list[BaseGeometry | None] = []
    for element in mark.iter():
        tag = _tag(element)
        if tag == "Point":
            points = _coordinates(element)
            found.append(shapely.Point(points[0]) if len(points) == 1 else None)
        elif tag == "Polygon":
            found.append(_area(element))
        elif tag == "LineString":
            line = _coordinates(element)
            found.append(shapely.LineString(line) if len(line) > 1 else None)
        elif tag in {"Track", "MultiTrack", "Model"}:
            found.append(None)
    return found


def _area(polygon: ET.Element) -> BaseGeometry | None:
    rings: dict[str, list[list[tuple[float, float]]]] = {
        "outerBoundaryIs": [],
        "innerBoundaryIs": [],
    }
    for boundary in polygon:
        if _tag(boundary) in rings:
            rings[_tag(boundary)].append(_coordinates(boundary))
    every = [ring for of in rings.values() for ring in of]
    if len(rings["outerBoundaryIs"]) != 1 or any(
        len(ring) < _LEAST_RING or ring[0] != ring[-1] for ring in every
    ):
        return None
    return shapely.Polygon(rings["outerBoundaryIs"][0], holes=rings["innerBoundaryIs"])


def _coordinates(element: ET.Element) -> list[tuple[float, float]]:
    """Read "lon,lat[,height] …"; nothing where one of them is none."""
    text = next((part.text or "" for part in element.iter() if _tag(part) == "coordinates"), "")
    points = []
    for word in text.split():
        try:
            lon, lat = (float(number) for number in word.split(",")[:2])
        except ValueError:
            return []
        if not np.isfinite((lon, lat)).all():
            return []
        points.append((lon, lat))
    return points


def _joined(shapes: list[BaseGeometry | None]) -> BaseGeometry | None:
    """Return the one shape of a placemark, or all of a group as one; None where one is broken."""
    kept = [shape for shape in shapes if shape is not None]
    if len(kept) != len(shapes) or not kept:
        return None
    if len(kept) == 1:
        return kept[0]
    areas = [shape for shape in kept if isinstance(shape, shapely.Polygon)]
    return (
        shapely.MultiPolygon(areas) if len(areas) == len(kept) else shapely.GeometryCollection(kept)
    )
