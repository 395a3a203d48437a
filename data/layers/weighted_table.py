"""Tables of numbers at places: points, or areas whose number is spread evenly over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from data.files.columns import (
    DATUM_FIELD,
    LAT_FIELD,
    LON_FIELD,
    NOTICE_FIELD,
    SERIAL_FIELD,
    Columns,
    Faults,
    match_headings,
    read_numbers,
)
from data.files.place_columns import read_places
from data.files.tables import read_rows
from data.files.zone_overlaps import ZonePart, parts_of_zones
from data.files.zones import read_zones
from data.layers.inner_points import inner_points
from data.vocabulary import Term
from geo.measure import from_metric, to_metric
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from data.files.zone_overlaps import Overlaps
    from data.layers.layer import LayerArea
    from geo.datum import Datum

_FIELDS: Final = (
    Term("id", "编号", "id", ("编码", "代码", "网格编号", "cell id", "fid")),
    Term("name", "名称", "name", ("区域名称", "网格名称", "district", "区县", "行政区", "乡镇")),
    LON_FIELD,
    LAT_FIELD,
    DATUM_FIELD,
    NOTICE_FIELD,
    SERIAL_FIELD,
)
MOST: Final = 1e9  # at one place: more than any city holds of anything counted here


def read_weighted(
    path: Path,
    area: LayerArea,
    *,
    datum: Datum,
    number: Term,
    what: str,
    default: float | None,
    overlaps: Overlaps | None = None,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Read places with one number each: lonlat float64[n, 2] and value float64[n].

    A polygon becomes points at most 100 m apart among which its number is divided by area. Without
    a column ``number`` every row counts ``default``; None needs the column. ``overlaps`` says what
    ground is that two polygons share; None takes each as it is (weights may lie over each other).

    Raises
    ------
    FileFormatError
        when the file is missing, empty or no such table.
    RowsError
        when rows cannot be taken: no number, a negative one, outside the box; every one is listed.
    """
    table = read_rows(path)
    needed = [] if table.areas is not None else ["lon", "lat"]
    needed += [number.id] if default is None else []
    columns = match_headings(table, (*_FIELDS, number), required=needed, what=what)
    faults = Faults(table.file)
    values = _values(columns, faults, name=number.id, default=default)
    if columns.table.areas is None:
        lonlat = read_places(columns, faults, datum=datum, box=area.box).lonlat
        faults.refuse_if_any()
        return lonlat, values
    zones = read_zones(columns, faults, datum=datum, box=area.box)
    faults.refuse_if_any()
    parts = [ZonePart(zone, shape, 1.0) for zone, shape in enumerate(zones)]
    if overlaps is not None:
        parts = parts_of_zones(
            zones,
            names=[f"row {row}" for row in columns.table.numbers],
            overlaps=overlaps,
            metric_crs=area.metric_crs,
            columns=columns,
            faults=faults,
        )
    plane = shapely.transform(
        np.array([part.area for part in parts], dtype=object),
        lambda xy: to_metric(xy, crs=area.metric_crs),
    )
    inner = inner_points(plane)
    of_part = np.array([part.share * values[part.zone] for part in parts])
    share = inner.m2 / np.bincount(inner.area, weights=inner.m2)[inner.area]
    return from_metric(inner.xy, crs=area.metric_crs), of_part[inner.area] * share


def _values(
    columns: Columns, faults: Faults, *, name: str, default: float | None
) -> npt.NDArray[np.float64]:
    """Read the numbers; note those that are missing, negative or beyond belief."""
    if not columns.has(name):
        return np.full(len(columns.table), 0.0 if default is None else default)
    values = read_numbers(columns, name, faults, blank=say("is empty: write 0 for none"))
    heading = columns.heading(name)
    for at in np.flatnonzero(values < 0):
        faults.add(
            columns.table.numbers[at], heading, say("{value:g}: write 0 or more", value=values[at])
        )
    for at in np.flatnonzero(values > MOST):
        reason = say(
            "{value:,.10g} is more than {most:,.0f}: check its unit", value=values[at], most=MOST
        )
        faults.add(columns.table.numbers[at], heading, reason)
    if not faults.found and not values.any():
        faults.add(None, heading, say("is 0 in every row"))
    return values
