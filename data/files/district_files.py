"""Districts in and out of GeoJSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import shapely

from data.atomic import write_text
from data.districts import Districts
from data.files.tables import read_rows
from data.vocabulary import normal_word
from geo.datum import Datum, to_wgs84
from geo.errors import FileFormatError, RowFault, RowsError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from data.files.tables import Table

_NAME_HEADINGS: Final = ("name", "名称", "区县", "区县名称", "行政区", "district", "name_zh")
_LONGEST_NAME: Final = 100
_LON_LIMIT, _LAT_LIMIT = 180.0, 90.0


def read_districts(path: Path, *, datum: Datum = Datum.wgs84) -> Districts:
    """Read districts: polygons with a property name or 名称; others are not looked at.

    Parameters
    ----------
    path
        a GeoJSON file.
    datum
        in what they are given: the district outlines of Chinese map services are GCJ-02.

    Returns
    -------
    Districts
        in WGS-84, in the order of the file.

    Raises
    ------
    FileFormatError
        when it is no GeoJSON of polygons, or none of them has a name.
    RowsError
        when a feature has no name, the name of another, or an area that is none.

    Examples
    --------
    >>> import json, tempfile
    >>> from pathlib import Path
    >>> from data import read_districts
    >>> square = [[[116.7, 33.9], [116.8, 33.9], [116.8, 34.0], [116.7, 34.0], [116.7, 33.9]]]
    >>> feature = {"type": "Feature", "properties": {"name": "西区"},
    ...            "geometry": {"type": "Polygon", "coordinates": square}}
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "districts.geojson"
    >>> _ = file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    >>> read_districts(file).names
    ('西区',)
    >>> folder.cleanup()
    """
    table = read_rows(path)
    if table.areas is None:
        raise FileFormatError(
            say("{file}: districts are polygons in GeoJSON, these are not", file=table.file)
        )
    if table.crs is not None:
        raise FileFormatError(
            say(
                "{file}: is in another CRS than degrees ({crs}): export it again as EPSG:4326",
                file=table.file,
                crs=table.crs[:40],
            )
        )
    names = _names(table)
    first: dict[str, int] = {}
    faults = []
    for number, name, area in zip(table.numbers, names, table.areas, strict=True):
        reason = _area_fault(area)
        if reason:
            faults.append(RowFault(number, "geometry", reason))
        if not name or len(name) > _LONGEST_NAME:
            faults.append(
                RowFault(
                    number, "name", say("needs 1 to {longest} characters", longest=_LONGEST_NAME)
                )
            )
        elif name in first:
            faults.append(
                RowFault(
                    number,
                    "name",
                    say("{name} stands in row {row} already", name=name, row=first[name]),
                )
            )
        first.setdefault(name, number)
    if faults:
        raise RowsError(table.file, tuple(faults))
    areas = {
        name: shapely.transform(area, lambda lonlat: to_wgs84(lonlat, datum=datum))
        for name, area in zip(names, table.areas, strict=True)
        if area is not None
    }
    return Districts.from_areas(areas)


def write_districts(districts: Districts, path: Path) -> None:
    """Write districts as GeoJSON with every digit kept, whole or not at all (WorkspaceError)."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": shapely.geometry.mapping(area),
        }
        for name, area in zip(districts.names, districts.areas, strict=True)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    write_text(path, json.dumps(collection, ensure_ascii=False))


def _names(table: Table) -> list[str]:
    known = {normal_word(heading) for heading in _NAME_HEADINGS}
    for index, heading in enumerate(table.headings):
        if normal_word(heading) in known:
            return table.column(index)
    raise FileFormatError(
        say("{file}: a district needs a property name (or 名称)", file=table.file)
    )


def _area_fault(area: BaseGeometry | None) -> str:
    """Say why an area is none, with the cure; empty when it is one."""
    if area is None:
        return say("is no polygon: every ring needs four points or more and ends where it begins")
    left, bottom, right, top = area.bounds
    if max(abs(left), abs(right)) > _LON_LIMIT or max(abs(bottom), abs(top)) >= _LAT_LIMIT:
        return say("lies nowhere on earth: coordinates are degrees, longitude first, in WGS-84")
    if not area.is_valid:
        reason = shapely.is_valid_reason(area)
        return say(
            "crosses itself ({reason}): repair it, in QGIS by “Fix geometries”", reason=reason
        )
    return "" if area.area > 0 else say("has no area")
