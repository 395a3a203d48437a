"""Where the rows of a table lie: degrees in any of the ways that people write them, or metres."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from data.files.columns import (
    PLANE_FIELDS,
    SOURCE_FIELDS,
    Columns,
    Faults,
    find_columns,
    read_numbers,
    stated_datum,
)
from data.files.degrees import Degrees, parse_degrees
from data.vocabulary import Term, quote
from geo.crs import to_wgs84_from
from geo.datum import Datum, parse_datum, to_wgs84
from geo.errors import DatumError, InputError
from geo.measure import great_circle_m
from geo.messages import either, message_of, say

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyproj

    from data.files.tables import Table
    from geo.measure import Box

_SAME_PLACE_M: Final = 1.0
_SAME_DEGREES: Final = 5e-4  # 50 m: a rounded copy of the point, but not one in another datum
_LON_LIMIT, _LAT_LIMIT = 180.0, 90.0
_BETWEEN: Final = re.compile(r"\s*[,，;；/、\s]\s*")


@dataclass(frozen=True, eq=False)
class Places:
    """Points of a table, all float64[n, 2] in degrees, NaN where there is none.

    ``lonlat`` is WGS-84; ``source`` (in ``datums``) as they were first handed in, and ``given`` as
    they stand in this file.
    """

    lonlat: npt.NDArray[np.float64]
    source: npt.NDArray[np.float64]
    datums: list[str]
    given: npt.NDArray[np.float64]


def datum_of_table(table: Table, fields: tuple[Term, ...], word: str | Datum | None) -> Datum:
    """Return the datum that is said: by a word, by the headings (高德经度), or in every row.

    A file in a CRS of its own (``table.crs``) is in WGS-84 once it is read.

    Raises
    ------
    DatumError
        when none of them says it, or they say several.
    """
    columns = find_columns(table, fields, Faults(table.file))
    said = {stated_datum(columns.heading(name)) for name in ("lon", "lat", "lonlat")} - {None}
    cells = columns.cells("datum") if columns.has("datum") else [""]
    if word is not None:
        said.add(parse_datum(word))
    elif all(cells):
        said |= {parse_datum(cell) for cell in set(cells)}
    if not said:
        return Datum.wgs84 if table.crs is not None else parse_datum(None)
    if len(said) > 1:
        names = ", ".join(sorted(map(str, said)))
        raise DatumError(
            say(
                "{file}: several datums ({names}): make a file of each, or say the one",
                file=table.file,
                names=names,
            )
        )
    found = said.pop()
    return Datum.wgs84 if found is None else found


def read_places(columns: Columns, faults: Faults, *, datum: Datum, box: Box) -> Places:
    """Read where the rows lie, bring them to WGS-84 and check that they lie in ``box``.

    Coordinates are two columns or one (经纬度, in either order), decimal or in degrees, minutes
    and seconds; or metres in the CRS of the table, of which either may be the one to the north.
    A table that was exported by Yizhan carries the coordinates as they were first handed in; they
    are kept when they are the same place.

    Raises
    ------
    InputError
        when the CRS of the table is not known, or ``datum`` is not WGS-84 beside it.
    """
    given = _given_lonlat(columns, faults, datum=datum, box=box)
    on_earth = _check_degrees(columns, given, faults)
    given = np.where(on_earth[:, None], given, np.nan)
    lonlat = _to_wgs84(given, datum=datum)
    _check_box(columns, given, lonlat, faults, datum=datum, box=box)
    if columns.has("datum"):
        _check_datum_column(columns, faults, datum=datum)
    source, datums = given, [str(datum)] * len(given)
    if any(columns.has(term.id) for term in SOURCE_FIELDS):
        source, datums, lonlat = _read_source(columns, lonlat, faults)
    return Places(lonlat, source, datums, given)


def _given_lonlat(
    columns: Columns, faults: Faults, *, datum: Datum, box: Box
) -> npt.NDArray[np.float64]:
    """Take the coordinates as written, in degrees: of features, of one column or of two."""
    crs = columns.table.crs
    if columns.table.lonlat is not None:
        given = _of_features(columns, faults)
        return given if crs is None else _of_plane(columns, given, datum=datum, box=box, crs=crs)
    if columns.has("lonlat") and not (columns.has("lon") and columns.has("lat")):
        return _of_one_column(columns, faults, datum=datum, box=box)
    plane = all(columns.has(term.id) for term in PLANE_FIELDS)
    if not plane and crs is None:
        return np.column_stack(
            [_read_degrees(columns, "lon", faults), _read_degrees(columns, "lat", faults)]
        )
    names = [term.id for term in PLANE_FIELDS] if plane else ["lon", "lat"]
    if crs is None:
        reason = say(
            "is in metres of a CRS that the file does not name: say it, as in --crs EPSG:4547 "
            "(CGCS2000 in zones of 3 degrees)"
        )
        faults.add(None, columns.heading(names[0]), reason)
        return np.full((len(columns.table), 2), np.nan)
    given = np.column_stack([read_numbers(columns, name, faults) for name in names])
    return _of_plane(columns, given, datum=datum, box=box, crs=crs)


def _of_features(columns: Columns, faults: Faults) -> npt.NDArray[np.float64]:
    """Take the points of features; a column beside them must say the same."""
    table = columns.table
    points = np.empty((0, 2)) if table.lonlat is None else table.lonlat
    for number, point in zip(table.numbers, points, strict=True):
        if not np.isfinite(point).all():
            faults.add(number, "geometry", say("is no point: coordinates are two numbers"))
    for axis, name in enumerate(("lon", "lat")):
        if not columns.has(name) or table.crs is not None:
            continue
        written = read_numbers(columns, name, faults)
        for at in np.flatnonzero(np.abs(written - points[:, axis]) > _SAME_DEGREES):
            reason = say(
                "says {written} and the point {in_point}: delete the column",
                written=written[at],
                in_point=points[at, axis],
            )
            faults.add(table.numbers[at], columns.heading(name), reason)
    return points.copy()


def shift_of_file(file: str, crs: str, *, datum: Datum, box: Box) -> pyproj.Transformer:
    """Return what brings the coordinates of a file in ``crs`` to WGS-84.

    InputError when the CRS is not known, has no known shift in ``box``, or contradicts ``datum``.
    """
    if datum is not Datum.wgs84:
        raise InputError(
            say(
                "{file}: is in {crs}, so its datum is not {datum}: leave --datum away",
                file=file,
                crs=crs[:40],
                datum=datum,
            )
        )
    try:
        return to_wgs84_from(crs, box=box)
    except InputError as error:
        raise InputError(say("{file}: {reason}", file=file, reason=message_of(error))) from None


def _of_plane(
    columns: Columns, given: npt.NDArray[np.float64], *, datum: Datum, box: Box, crs: str
) -> npt.NDArray[np.float64]:
    """Bring coordinates in a CRS to WGS-84; survey offices write x for north, others for east."""
    shift = shift_of_file(columns.table.file, crs, datum=datum, box=box)
    ways = [np.column_stack(shift.transform(one, other)) for one, other in (given.T, given.T[::-1])]
    as_written, turned = (int(box.contains(way).sum()) for way in ways)
    chosen = ways[1] if turned > as_written else ways[0]
    return np.where(np.isfinite(chosen), chosen, np.nan)


def _of_one_column(
    columns: Columns, faults: Faults, *, datum: Datum, box: Box
) -> npt.NDArray[np.float64]:
    """Read both numbers of a cell such as 116.80,33.96; the order is that which fits the city."""
    cells = columns.cells("lonlat")
    pairs = np.full((len(cells), 2), np.nan)
    told = np.zeros(len(cells), dtype=np.bool_)
    for at, cell in enumerate(cells):
        parts = [_degrees_of(part) for part in _two_parts(cell)]
        read = [part for part in parts if part is not None]
        axes = tuple(part.axis for part in read)
        if len(read) != 2 or axes in {("lon", "lon"), ("lat", "lat")}:  # noqa: PLR2004 - lon and lat
            reason = say("{cell} is no pair: write longitude, comma, latitude", cell=quote(cell))
            faults.add(columns.table.numbers[at], columns.heading("lonlat"), reason)
            continue
        crossed = "lat" in axes[:1] or "lon" in axes[1:]
        told[at] = any(axes)
        pairs[at] = (read[1].value, read[0].value) if crossed else (read[0].value, read[1].value)
    ways = [to_wgs84(np.nan_to_num(way, nan=1e9), datum=datum) for way in (pairs, pairs[:, ::-1])]
    as_written, turned = (int(box.contains(way)[~told].sum()) for way in ways)
    if turned > as_written:
        pairs[~told] = pairs[~told][:, ::-1]
    return pairs


def _two_parts(cell: str) -> list[str]:
    """Part a cell into two where that can be done in one way only."""
    for sign in ("，", ";", "；", ",", "/", "、"):
        if cell.count(sign) == 1:
            return [part.strip() for part in cell.split(sign)]
    parts = _BETWEEN.split(cell.strip())
    return parts if len(parts) == 2 else []  # noqa: PLR2004 - lon and lat


def _read_degrees(
    columns: Columns, name: Literal["lon", "lat"], faults: Faults
) -> npt.NDArray[np.float64]:
    """Read a column of degrees: numbers, or degrees, minutes and seconds of the same axis."""
    plain = Faults(columns.table.file)
    values = read_numbers(columns, name, plain)
    written = dict(zip(columns.table.numbers, enumerate(columns.cells(name)), strict=True))
    for fault in plain.found:
        at, cell = written[fault.row] if fault.row is not None else (0, "")
        degrees = parse_degrees(cell)
        if degrees is not None and degrees.axis in {"", name}:
            values[at] = degrees.value
        else:
            faults.found.append(fault)
    return values


def _degrees_of(cell: str) -> Degrees | None:
    try:
        value = float(cell)
    except ValueError:
        return parse_degrees(cell)
    return Degrees(value, "") if math.isfinite(value) else None


def _check_degrees(
    columns: Columns, given: npt.NDArray[np.float64], faults: Faults
) -> npt.NDArray[np.bool_]:
    """Note coordinates that lie nowhere on earth; tell which rows lie somewhere."""
    lon, lat = given[:, 0], given[:, 1]
    known = np.isfinite(lon) & np.isfinite(lat)
    lon_fits, lat_fits = np.abs(lon) <= _LON_LIMIT, np.abs(lat) < _LAT_LIMIT
    swapped = known & ~lat_fits & (np.abs(lon) < _LAT_LIMIT) & (np.abs(lat) <= _LON_LIMIT)
    for at in np.flatnonzero(known & ~(lon_fits & lat_fits)):
        name = "lon" if not lon_fits[at] else "lat"
        value = lon[at] if name == "lon" else lat[at]
        reason = say("{value:g} lies nowhere on earth: write decimal degrees", value=value)
        if swapped[at]:
            reason = say(
                "{value:g} is no latitude: longitude and latitude are swapped", value=value
            )
        faults.add(columns.table.numbers[at], columns.heading(name), reason)
    return np.asarray(known & lon_fits & lat_fits, dtype=np.bool_)


def _check_box(
    columns: Columns,
    given: npt.NDArray[np.float64],
    lonlat: npt.NDArray[np.float64],
    faults: Faults,
    *,
    datum: Datum,
    box: Box,
) -> None:
    """Note the points outside the workspace's box: swapped, another datum, or simply elsewhere."""
    outside = np.flatnonzero(np.isfinite(lonlat).all(axis=1) & ~box.contains(lonlat))
    if not len(outside):
        return
    far_m = box.metres_outside(lonlat[outside])
    swapped = box.contains(to_wgs84(given[outside][:, ::-1], datum=datum))
    others = {
        other: box.contains(to_wgs84(given[outside], datum=other))
        for other in Datum
        if other != datum
    }
    for place, at in enumerate(outside):
        fitting = [str(other) for other, fits in others.items() if fits[place]]
        far = f"{far_m[place]:.0f} m" if far_m[place] < 1000 else f"{far_m[place] / 1000:,.1f} km"  # noqa: PLR2004 - metres in a kilometre
        if swapped[place]:
            cure = say(": longitude and latitude are swapped")
        elif fitting:
            cure = say(
                "; read as {datums} it lies inside: is {datum} the right datum?",
                datums=either(fitting),
                datum=datum,
            )
        else:
            cure = say(": check it, or widen box in yizhan.toml")
        reason = say(
            "lies {far} outside the workspace's box {box}{cure}", far=far, box=box, cure=cure
        )
        faults.add(columns.table.numbers[at], columns.heading("lon"), reason)


def _check_datum_column(columns: Columns, faults: Faults, *, datum: Datum) -> None:
    """Note rows that name another datum than the one stated for the file."""
    for number, word in zip(columns.table.numbers, columns.cells("datum"), strict=True):
        if word and _datum_of(word) is not datum:
            reason = say(
                "says {word} and the import says {datum}: they must be the same",
                word=quote(word),
                datum=datum,
            )
            faults.add(number, columns.heading("datum"), reason)


def _datum_of(word: str) -> Datum | None:
    try:
        return parse_datum(word)
    except DatumError:
        return None


def _read_source(
    columns: Columns, lonlat: npt.NDArray[np.float64], faults: Faults
) -> tuple[npt.NDArray[np.float64], list[str], npt.NDArray[np.float64]]:
    """Read the coordinates as they were first handed in and check that they are the same place.

    Returns them, their datums, and where they lie in WGS-84: to the last digit where the point lay
    when it was exported, which a spreadsheet may have cut off in lon and lat.
    """
    lacking = [term.id for term in SOURCE_FIELDS if not columns.has(term.id)]
    if lacking:
        raise InputError(
            say(
                "{file}: source_datum, source_lon and source_lat belong together; "
                "{lacking} is missing: delete the others",
                file=columns.table.file,
                lacking=", ".join(lacking),
            )
        )
    source = np.column_stack(
        [read_numbers(columns, "source_lon", faults), read_numbers(columns, "source_lat", faults)]
    )
    datums = [_datum_of(word) for word in columns.cells("source_datum")]
    again = np.full_like(source, np.nan)
    for datum in Datum:
        rows = np.array([found is datum for found in datums], dtype=np.bool_)
        again[rows] = _to_wgs84(source[rows], datum=datum)
    apart_m = great_circle_m(again, lonlat)
    for at, number in enumerate(columns.table.numbers):
        if datums[at] is None:
            word = quote(columns.cells("source_datum")[at])
            reason = say("{word} is no datum: write wgs84, gcj02 or bd09", word=word)
            faults.add(number, columns.heading("source_datum"), reason)
        elif apart_m[at] > _SAME_PLACE_M:
            reason = say(
                "and source_lat lie {apart_m:,.0f} m from lon and lat: "
                "delete the three source columns after moving a point",
                apart_m=apart_m[at],
            )
            faults.add(number, columns.heading("source_lon"), reason)
    return source, [str(found) for found in datums], again


def _to_wgs84(given: npt.NDArray[np.float64], *, datum: Datum) -> npt.NDArray[np.float64]:
    """Bring points to WGS-84 in whole billionths of a degree (0.1 mm), which every file keeps."""
    return np.round(to_wgs84(given, datum=datum), 9)
