"""The register in and out of files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from data.columns import (
    DATUM_FIELD,
    LAT_FIELD,
    LON_FIELD,
    LONGEST_NAME,
    LONGEST_TEXT,
    NOTICE_FIELD,
    SERIAL_FIELD,
    SOURCE_FIELDS,
    Faults,
    match_headings,
    read_groups,
    read_ids,
    read_places,
    read_texts,
    read_word,
    read_words,
)
from data.points import point_frame
from data.stations import Stations
from data.table_files import write_points
from data.tables import read_rows
from data.vocabulary import FACILITIES, KINDS, SAMPLE_NOTICE, STATUSES, Term
from geo.errors import FileFormatError

if TYPE_CHECKING:
    from pathlib import Path

    from data.columns import Columns
    from geo.datum import Datum
    from geo.measure import Box

STATION_FIELDS: Final = (
    Term("id", "编号", "id", ("站点编号", "驿站编号", "编码", "代码", "station id")),
    Term("name", "名称", "name", ("站点名称", "驿站名称", "站名", "名字", "station name")),
    Term("kind", "类型", "kind", ("类别", "种类", "驿站类型", "站点类型", "type", "category")),
    LON_FIELD,
    LAT_FIELD,
    Term("address", "地址", "address", ("详细地址", "站点地址", "位置")),
    Term("hours", "营业时间", "hours", ("开放时间", "服务时间", "营业时段", "opening hours")),
    Term("facilities", "设施", "facilities", ("服务设施", "设施设备", "配套设施", "服务项目")),
    Term("groups", "服务人群", "groups", ("服务对象", "服务群体", "人群")),
    Term("status", "状态", "status", ("运营状态", "开放状态", "站点状态")),
    Term("phone", "电话", "phone", ("联系电话", "联系方式", "手机", "tel", "telephone")),
    DATUM_FIELD,
    *SOURCE_FIELDS,
    NOTICE_FIELD,
    SERIAL_FIELD,
)
REQUIRED: Final = ("id", "name", "kind", "lon", "lat")


def read_stations(path: Path, *, datum: Datum, box: Box, sample: bool | None = None) -> Stations:
    """Read a register from CSV, XLSX or GeoJSON with Chinese or English headings.

    Parameters
    ----------
    path
        the file; id, name, kind, lon and lat are needed, `STATION_FIELDS` lists what else is read.
        A column of remarks (备注), of running numbers (序号) or one of
        `data.passed_over.PASSED_OVER` is passed over.
    datum
        in what the coordinates are given; they are brought to WGS-84 and kept beside it.
    box
        the workspace's box, WGS-84: a point outside is refused.
    sample
        False refuses rows that carry the notice of a generated sample, so that they never pass for
        a real register; True and None take them.

    Raises
    ------
    FileFormatError
        when the file is missing, empty or no such table.
    RowsError
        when rows cannot be taken; every one is listed and none is taken.
    """
    table = read_rows(path)
    if table.areas is not None:
        raise FileFormatError(f"{table.file}: stations are points, these are polygons")
    columns = match_headings(table, STATION_FIELDS, required=REQUIRED, what="station")
    faults = Faults(table.file)
    frame: dict[str, list[Any]] = {
        "id": read_ids(columns, faults),
        "name": read_texts(columns, "name", faults, longest=LONGEST_NAME, needed=True),
        "kind": read_word(columns, "kind", KINDS, faults, default=None),
        "address": read_texts(columns, "address", faults, longest=LONGEST_TEXT),
        "hours": read_texts(columns, "hours", faults, longest=LONGEST_TEXT),
        "facilities": read_words(columns, "facilities", FACILITIES, faults, what="facility"),
        "groups": read_groups(columns, "groups", faults),
        "status": read_word(columns, "status", STATUSES, faults, default="open"),
        "phone": read_texts(columns, "phone", faults, longest=LONGEST_NAME),
    }
    places = read_places(columns, faults, datum=datum, box=box)
    if sample is False:
        _refuse_sample(columns, faults)
    faults.refuse_if_any()
    frame["datum"] = places.datums
    frame["source_lon"] = places.source[:, 0].tolist()
    frame["source_lat"] = places.source[:, 1].tolist()
    return Stations(point_frame(frame, places.lonlat))


def _refuse_sample(columns: Columns, faults: Faults) -> None:
    """Note rows that say that they are generated, in whichever column that is not read."""
    reason = "says that the row is a generated sample: this workspace is a real register"
    table = columns.table
    remarks = {columns.index["notice"]} if columns.has("notice") else set()
    for column in sorted(remarks | set(columns.passed)):
        for number, text in zip(table.numbers, table.column(column), strict=True):
            if SAMPLE_NOTICE in text:
                faults.add(number, table.headings[column], reason)


def write_stations(stations: Stations, path: Path, *, sample: bool = False) -> None:
    """Write the register as the ending says: .csv, .xlsx, .geojson or .gpkg, in WGS-84.

    Columns are those that `read_stations` reads, the coordinates as first handed in included:
    reading a file back with datum wgs84 gives the same register. CSV and XLSX cells that a
    spreadsheet would take for a formula get an apostrophe in front. A ``sample`` carries the
    notice that it is generated, in every row and in the file's metadata.

    Raises
    ------
    InputError
        when the ending is none of these.
    WorkspaceError
        when the file cannot be written; a file that was there stays as it was.
    """
    frame = stations.frame
    lonlat = stations.lonlat
    columns: dict[str, list[Any]] = {
        "id": list(frame["id"]),
        "name": list(frame["name"]),
        "kind": list(frame["kind"]),
        "lon": lonlat[:, 0].tolist(),
        "lat": lonlat[:, 1].tolist(),
        **{name: list(frame[name]) for name in ("address", "hours", "facilities", "groups")},
        **{name: list(frame[name]) for name in ("status", "phone")},
        "source_datum": list(frame["datum"]),
        "source_lon": list(frame["source_lon"]),
        "source_lat": list(frame["source_lat"]),
    }
    write_points(columns, path, layer="stations", sample=sample)
