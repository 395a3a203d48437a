"""Candidate sites in from files."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from data.files.columns import (
    DATUM_FIELD,
    HOST_FIELD,
    LAT_FIELD,
    LON_FIELD,
    LONGEST_NAME,
    NOTICE_FIELD,
    PLACE_FIELD,
    PLANE_FIELDS,
    SERIAL_FIELD,
    SOURCE_FIELDS,
    Faults,
    match_headings,
    read_host_types,
    read_ids,
    read_numbers,
    read_table,
    read_texts,
    read_word,
)
from data.files.place_columns import datum_of_table, read_places
from data.files.spoken_tables import Spoken
from data.files.table_files import write_points
from data.points import point_frame
from data.sites import CandidateSites
from data.vocabulary import HOST_TYPES, KINDS, Term
from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    from data.files.spoken_tables import Reader
    from geo.datum import Datum
    from geo.measure import Box

SITE_FIELDS: Final = (
    Term("id", "编号", "id", ("站点编号", "候选点编号", "编码", "代码", "site id")),
    Term("name", "名称", "name", ("站点名称", "候选点名称", "站名", "名字", "site name")),
    LON_FIELD,
    LAT_FIELD,
    PLACE_FIELD,
    *PLANE_FIELDS,
    Term("kind", "类型", "kind", ("类别", "种类", "驿站类型", "type")),
    Term("cost_yuan", "造价", "cost", ("费用", "建设费用", "成本", "造价（元）", "cost (yuan)")),
    HOST_FIELD,
    Term("address", "地址", "address", ("详细地址", "位置")),
    DATUM_FIELD,
    *SOURCE_FIELDS,
    NOTICE_FIELD,
    SERIAL_FIELD,
)
REQUIRED: Final = ("id", "name", "lon", "lat")
MOST_YUAN: Final = 1e10  # of one site; larger numbers are slips and would swamp every budget


def read_sites(
    path: Path,
    *,
    datum: str | Datum | None,
    box: Box,
    sheet: str | None = None,
    crs: str | None = None,
) -> CandidateSites:
    r"""Read candidate sites from CSV, XLSX or GeoJSON with Chinese or English headings.

    Parameters
    ----------
    path
        the file; id, name, lon and lat are needed; kind (empty: the settings' candidate kind),
        cost_yuan and host_type (empty: not known) are read where they are there; an address,
        remarks or running numbers are passed over.
    datum
        in what the coordinates are given, or a word for it; None asks the headings and the column
        of the file.
    box
        as in `data.files.station_files.read_stations`, and so are the errors.
    sheet, crs
        as in `data.files.columns.read_table`.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from geo import Box, Datum
    >>> from data import read_sites
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "sites.csv"
    >>> _ = file.write_text("编号,名称,经度,纬度\nA,西口,116.80,33.95\n", encoding="utf-8")
    >>> read_sites(file, datum=Datum.wgs84, box=Box(116.7, 33.9, 116.9, 34.0)).ids
    ('A',)
    >>> folder.cleanup()
    """
    table = read_table(path, SITE_FIELDS, sheet=sheet, crs=crs)
    if table.areas is not None:
        raise FileFormatError(say("{file}: sites are points, these are polygons", file=table.file))
    columns = match_headings(table, SITE_FIELDS, required=REQUIRED, what=say("site"))
    faults = Faults(table.file)
    costs = read_numbers(columns, "cost_yuan", faults, blank=None)
    for number, cost in zip(columns.table.numbers, costs, strict=True):
        if cost < 0:
            faults.add(
                number, columns.heading("cost_yuan"), say("{cost:g} must be 0 or more", cost=cost)
            )
        if cost > MOST_YUAN:
            reason = say(
                "{cost:g} yuan are more than {most_yuan:,.0f}: write what the site costs",
                cost=cost,
                most_yuan=MOST_YUAN,
            )
            faults.add(number, columns.heading("cost_yuan"), reason)
    frame: dict[str, list[Any]] = {
        "id": read_ids(columns, faults),
        "name": read_texts(columns, "name", faults, longest=LONGEST_NAME, needed=True),
        "kind": read_word(columns, "kind", KINDS, faults, default=""),
        "cost_yuan": costs.tolist(),
        "host_type": read_host_types(columns, faults),
    }
    stated = datum_of_table(table, SITE_FIELDS, datum)
    places = read_places(columns, faults, datum=stated, box=box)
    faults.refuse_if_any()
    frame["datum"] = places.datums
    frame["source_lon"] = places.source[:, 0].tolist()
    frame["source_lat"] = places.source[:, 1].tolist()
    return CandidateSites(point_frame(frame, places.lonlat))


def write_sites(
    sites: CandidateSites, path: Path, *, sample: bool = False, reader: Reader | None = None
) -> None:
    """Write candidate sites in the format of the ending (`SUFFIXES` of its tables), in WGS-84.

    Reading the file back with datum wgs84 gives the same sites. A ``sample`` carries its notice.
    A workbook for a ``reader`` has headings and words in that language.

    Raises
    ------
    InputError
        when the ending is none of these.
    WorkspaceError
        when the file cannot be written; a file that was there stays as it was.
    """
    frame, lonlat = sites.frame, sites.lonlat
    columns: dict[str, list[Any]] = {
        "id": list(frame["id"]),
        "name": list(frame["name"]),
        "lon": lonlat[:, 0].tolist(),
        "lat": lonlat[:, 1].tolist(),
        "kind": list(frame["kind"]),
        "cost_yuan": [None if math.isnan(cost) else cost for cost in frame["cost_yuan"]],
        "host_type": list(frame["host_type"]),
        "source_datum": list(frame["datum"]),
        "source_lon": list(frame["source_lon"]),
        "source_lat": list(frame["source_lat"]),
    }
    choices = {"kind": KINDS, "host_type": HOST_TYPES}
    spoken = None if reader is None else Spoken(reader, SITE_FIELDS, choices, frozenset({"kind"}))
    write_points(columns, path, layer="sites", sample=sample, spoken=spoken)
