"""Coordinates that a person can read and a program cannot: degrees as text, swapped columns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from data.doctor.findings import POINT_LAT, POINT_LON, Edit, Finding, Severity, Words
from data.files.degrees import Degrees, parse_degrees
from geo.datum import to_wgs84

if TYPE_CHECKING:
    from data.files.columns import Columns
    from geo.datum import Datum
    from geo.measure import Box


def coordinate_findings(columns: Columns, *, datum: Datum, box: Box) -> list[Finding]:
    """Find coordinates in degrees, minutes and seconds and those with the columns swapped.

    Degrees and minutes are read as they are, so they are no error. A cure is safe only when the
    place that it gives lies in ``box`` and the one that was written does not.
    """
    if columns.table.lonlat is not None:
        return _swapped_points(columns, datum=datum, box=box)
    if not (columns.has("lon") and columns.has("lat")):
        return []
    found: list[Finding] = []
    names = columns.cells("name")
    cells = zip(columns.table.numbers, columns.cells("lon"), columns.cells("lat"), strict=True)
    plain = np.array([(_number(lon), _number(lat)) for _, lon, lat in cells])
    inside = box.contains(to_wgs84(plain, datum=datum)) if len(plain) else np.zeros(0, dtype=bool)
    for at in np.flatnonzero(~inside):
        lon, lat = columns.cells("lon")[at], columns.cells("lat")[at]
        finding = _row(columns, int(at), lon, lat, datum=datum, box=box, station=names[at])
        if finding is not None:
            found.append(finding)
    return found


def _row(
    columns: Columns, at: int, lon: str, lat: str, *, datum: Datum, box: Box, station: str
) -> Finding | None:
    """Read the two cells of a row in whichever way puts it into the box."""
    first, second = _read(lon), _read(lat)
    if first is None or second is None:
        return None
    as_written = _inside(first.value, second.value, datum=datum, box=box)
    swapped = _inside(second.value, first.value, datum=datum, box=box)
    told = {first.axis, second.axis} - {""}
    crossed = first.axis == "lat" or second.axis == "lon"
    if told and crossed:
        as_written = False
    if not as_written and not swapped:
        return None
    texts = not (math.isfinite(_number(lon)) and math.isfinite(_number(lat)))
    values = (first.value, second.value) if as_written else (second.value, first.value)
    number = columns.table.numbers[at]
    edits = tuple(
        Edit(number, columns.index[name], before, f"{value:.10g}")
        for name, before, value in zip(("lon", "lat"), (lon, lat), values, strict=True)
        if before != f"{value:.10g}"
    )
    code = "degrees" if as_written else "swapped"
    said = f"{lon}, {lat}"
    return Finding(
        code=code,
        severity=Severity.warning if as_written else Severity.error,
        what=_WHAT[code, texts](said),
        cure=Words(
            f"写成 {values[0]:.10g}，{values[1]:.10g}", f"write {values[0]:.10g}, {values[1]:.10g}"
        ),
        row=number,
        column=columns.heading("lon"),
        station=station,
        edits=edits,
    )


_WHAT = {
    ("degrees", True): lambda said: Words(
        f"坐标是文字或度分秒：{said}", f"coordinates are text or degrees and minutes: {said}"
    ),
    ("swapped", False): lambda said: Words(
        f"经度和纬度写反了：{said}", f"longitude and latitude are swapped: {said}"
    ),
    ("swapped", True): lambda said: Words(
        f"经度和纬度写反了，且是文字或度分秒：{said}",
        f"longitude and latitude are swapped, and are text or degrees and minutes: {said}",
    ),
}


def _swapped_points(columns: Columns, *, datum: Datum, box: Box) -> list[Finding]:
    """Find the points of features whose two numbers are swapped."""
    given = columns.table.lonlat
    if given is None:
        return []
    inside = box.contains(to_wgs84(given, datum=datum))
    turned = box.contains(to_wgs84(given[:, ::-1], datum=datum))
    names = columns.cells("name")
    found = []
    for at in np.flatnonzero(~inside & turned):
        lon, lat = (float(value) for value in given[at])
        number = columns.table.numbers[at]
        found.append(
            Finding(
                code="swapped",
                severity=Severity.error,
                what=_WHAT["swapped", False](f"{lon:.10g}, {lat:.10g}"),
                cure=Words(f"写成 {lat:.10g}，{lon:.10g}", f"write {lat:.10g}, {lon:.10g}"),
                row=number,
                column="geometry",
                station=names[at],
                edits=(
                    Edit(number, POINT_LON, repr(lon), repr(lat)),
                    Edit(number, POINT_LAT, repr(lat), repr(lon)),
                ),
            )
        )
    return found


def _number(cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _read(cell: str) -> Degrees | None:
    """Read a cell that is a number or degrees in text."""
    value = _number(cell)
    return Degrees(value, "") if math.isfinite(value) else parse_degrees(cell)


def _inside(lon: float, lat: float, *, datum: Datum, box: Box) -> bool:
    return bool(box.contains(to_wgs84(np.array([[lon, lat]]), datum=datum))[0])
