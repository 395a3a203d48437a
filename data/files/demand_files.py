"""Demand in from files: counts by group at points, or over zones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from data.demand import MOST_WORKERS, Demand
from data.files.columns import (
    DATUM_FIELD,
    LAT_FIELD,
    LON_FIELD,
    NOTICE_FIELD,
    SERIAL_FIELD,
    Faults,
    match_headings,
    note_groups,
    read_ids,
    read_numbers,
    read_table,
)
from data.files.place_columns import read_places
from data.files.zone_overlaps import parts_of_zones
from data.files.zones import read_zones, spread_zones
from data.vocabulary import GROUPS, Term
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from data.districts import Districts
    from data.files.columns import Columns
    from data.files.zone_overlaps import Overlaps
    from data.settings import Settings
    from geo.datum import Datum

DEMAND_FIELDS: Final = (
    Term("id", "编号", "id", ("编码", "代码", "网格编号", "zone id", "cell id")),
    LON_FIELD,
    LAT_FIELD,
    *GROUPS,
    Term("name", "名称", "name", ("区域名称", "网格名称")),
    Term("district", "区县", "district", ("行政区", "所属区县")),
    DATUM_FIELD,
    NOTICE_FIELD,
    SERIAL_FIELD,
)


def read_demand(
    path: Path,
    *,
    datum: Datum,
    settings: Settings,
    districts: Districts | None = None,
    overlaps: Overlaps = "refuse",
) -> Demand:
    r"""Read how many workers of each group are where.

    A CSV, XLSX or GeoJSON of points has columns id, lon, lat and one for each group, named by its
    id or in Chinese; GeoJSON of polygons has id and the groups, and each zone's workers are spread
    evenly over its area (`data.files.zones.spread_zones`). A group without a column counts 0
    everywhere; one group at least must be there. A name, a district or remarks are passed over.

    Parameters
    ----------
    path
        the file.
    datum
        in what the coordinates are given (most counts come on WGS-84 grids).
    settings
        the workspace's: its groups are the columns of the result, its box holds every point.
    districts
        each point is put into the one in which it lies.
    overlaps
        what ground that two zones share is: "refuse", or counted once ("share" among them, or
        for the "first" listed).

    Raises
    ------
    FileFormatError
        when the file is missing, empty or no such table.
    RowsError
        when rows cannot be taken; every one is listed and none is taken.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from geo import Box, Datum
    >>> from data import default_settings, read_demand
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "workers.csv"
    >>> text = "id,lon,lat,快递员\nwest,116.80,33.95,30\neast,116.82,33.95,10\n"
    >>> _ = file.write_text(text, encoding="utf-8")
    >>> settings = default_settings("示例市", Box(116.7, 33.9, 116.9, 34.0))
    >>> demand = read_demand(file, datum=Datum.wgs84, settings=settings)
    >>> demand.weights.shape, demand.total("courier")
    ((2, 5), 40.0)
    >>> folder.cleanup()
    """
    table = read_table(path, DEMAND_FIELDS)
    needed = ("id",) if table.areas is not None else ("id", "lon", "lat")
    columns = match_headings(table, DEMAND_FIELDS, required=needed, what=say("demand row"))
    faults = Faults(table.file)
    ids = read_ids(columns, faults)
    workers = _read_workers(columns, faults, settings=settings)
    if table.areas is not None:
        zones = read_zones(columns, faults, datum=datum, box=settings.box)
        faults.refuse_if_any()
        crs = settings.metric_crs
        parts = parts_of_zones(
            zones, names=ids, overlaps=overlaps, metric_crs=crs, columns=columns, faults=faults
        )
        cells = spread_zones(parts, metric_crs=crs)
        names = [f"{ids[zone]}/{part}" for zone, part in zip(cells.zone, cells.part, strict=True)]
        return Demand.at_points(
            ids=names,
            lonlat=cells.lonlat,
            weights=workers[cells.zone] * cells.share[:, None],
            groups=settings.group_ids,
            districts=districts,
        )
    places = read_places(columns, faults, datum=datum, box=settings.box)
    faults.refuse_if_any()
    return Demand.at_points(
        ids=ids,
        lonlat=places.lonlat,
        weights=workers,
        groups=settings.group_ids,
        districts=districts,
    )


def _read_workers(
    columns: Columns, faults: Faults, *, settings: Settings
) -> npt.NDArray[np.float64]:
    """Read the numbers of workers, float64[n, n_groups] in the order of the settings."""
    note_groups(columns, faults, group_ids=settings.group_ids)
    workers = np.zeros((len(columns.table), len(settings.group_ids)))
    for index, group in enumerate(settings.group_ids):
        if not columns.has(group):
            continue
        numbers = read_numbers(columns, group, faults, blank=say("is empty: write 0 for none"))
        for at in np.flatnonzero(numbers < 0):
            reason = say("{number:g} workers cannot be: write 0 or more", number=numbers[at])
            faults.add(columns.table.numbers[at], columns.heading(group), reason)
        for at in np.flatnonzero(numbers > MOST_WORKERS):
            reason = say(
                "{number:,.10g} workers at one place are more than {most_workers:,.0f}: "
                "write how many people work there",
                number=numbers[at],
                most_workers=MOST_WORKERS,
            )
            faults.add(columns.table.numbers[at], columns.heading(group), reason)
        workers[:, index] = numbers
    if not faults.found and not workers.any():
        faults.add(None, None, say("counts no workers at all: every number is 0"))
    return workers
