"""The register in and out of files."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from data.files.columns import (
    DATUM_FIELD,
    HOST_FIELD,
    LAT_FIELD,
    LON_FIELD,
    LONGEST_NAME,
    LONGEST_TEXT,
    NOTICE_FIELD,
    PLACE_FIELD,
    PLANE_FIELDS,
    SERIAL_FIELD,
    SOURCE_FIELDS,
    Faults,
    find_columns,
    note_missing,
    read_groups,
    read_host_types,
    read_ids,
    read_table,
    read_texts,
    read_word,
    read_words,
)
from data.files.facility_columns import read_equipment
from data.files.place_columns import read_places
from data.files.record_cells import read_dates, read_sizes, read_yes_no
from data.files.spoken_tables import Spoken
from data.files.table_files import write_points
from data.points import point_frame
from data.stations import FACILITY_COLUMNS, Stations
from data.vocabulary import (
    ACCESS_MODES,
    FACILITIES,
    FACILITY_STATES,
    GROUPS,
    HOST_TYPES,
    KINDS,
    OPERATOR_KINDS,
    SAMPLE_NOTICE,
    STATUSES,
    YES_NO,
    Term,
    quote,
)
from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from data.files.columns import Columns
    from data.files.place_columns import Places
    from data.files.spoken_tables import Reader
    from data.files.tables import Table
    from geo.datum import Datum
    from geo.errors import RowFault
    from geo.measure import Box

#: The column that says from which version of the register a row was exported.
VERSION: Final = "register_version"
STATION_FIELDS: Final = (
    Term("id", "编号", "id", ("站点编号", "驿站编号", "编码", "代码", "station id")),
    Term("name", "名称", "name", ("站点名称", "驿站名称", "站名", "名字", "station name")),
    Term("kind", "类型", "kind", ("类别", "种类", "驿站类型", "站点类型", "type", "category")),
    LON_FIELD,
    LAT_FIELD,
    PLACE_FIELD,
    *PLANE_FIELDS,
    Term("address", "地址", "address", ("详细地址", "站点地址", "位置")),
    HOST_FIELD,
    Term("host_name", "依托单位", "host name", ("依托单位名称", "设站单位", "host organisation")),
    Term("operator", "运营单位", "operator", ("运营方", "运营主体", "管理单位")),
    Term("operator_kind", "运营主体性质", "operator kind", ("运营单位性质", "运营方类型")),
    Term("access", "进入方式", "access", ("进门方式", "准入方式", "开门方式", "access mode")),
    Term("who_may_enter", "准入人群", "who may enter", ("可进入人群", "进入对象")),
    Term("hours", "营业时间", "hours", ("开放时间", "服务时间", "营业时段", "opening hours")),
    Term(
        "all_day",
        "是否24小时",
        "open all day",
        ("是否24小时开放", "24小时开放", "24小时驿站", "全天开放", "24 hours", "24h"),
    ),
    Term("facilities", "设施", "facilities", ("服务设施", "设施设备", "配套设施", "服务项目")),
    Term("facilities_absent", "没有的设施", "facilities absent", ("缺少设施", "未配备设施")),
    Term("facilities_broken", "损坏的设施", "facilities broken", ("故障设施", "损坏设施")),
    Term("groups", "服务人群", "groups", ("服务对象", "服务群体", "人群")),
    Term(
        "seats",
        "座位数",
        "seats",
        ("座位数量", "席位数", "可容纳人数", "number of seats"),
    ),
    Term("area_m2", "面积", "area", ("使用面积", "服务面积", "floor area", "area m2")),
    Term("truck_spaces", "货车车位数", "truck spaces", ("货车停车位数", "停车位数", "车位数")),
    Term("status", "状态", "status", ("运营状态", "开放状态", "站点状态")),
    Term("status_since", "状态起始日期", "status since", ("状态日期", "状态变更日期")),
    Term("sign", "统一标识", "sign", ("标识牌", "是否挂牌", "统一标识牌", "uniform sign")),
    Term("phone", "电话", "phone", ("联系电话", "联系方式", "手机", "tel", "telephone")),
    Term("contact", "联系人", "contact", ("联系人姓名", "contact person")),
    Term(
        "checked_at", "核查日期", "checked at", ("核实日期", "检查日期", "核查时间", "last checked")
    ),
    DATUM_FIELD,
    *SOURCE_FIELDS,
    Term(VERSION, "登记册版本", "register version", ("导出版本",)),
    NOTICE_FIELD,
    SERIAL_FIELD,
)
REQUIRED: Final = ("id", "name", "kind", "lon", "lat")
_CUT_NUMBER: Final = re.compile(r"\d(?:\.\d+)?e\+?\d+", re.IGNORECASE)
_VERSION: Final = re.compile(r"[rR]([0-9]{1,15})")
_NUMBERS: Final = frozenset({"seats", "area_m2", "truck_spaces"})


_FACILITY_HEADINGS: Final = tuple(replace(term, id=f"facility.{term.id}") for term in FACILITIES)
#: The words that stand in cells of a workbook, by column.
_CHOICES: Final[dict[str, tuple[Term, ...]]] = {
    "kind": KINDS,
    "host_type": HOST_TYPES,
    "operator_kind": OPERATOR_KINDS,
    "access": ACCESS_MODES,
    "groups": GROUPS,
    "status": STATUSES,
    "sign": YES_NO,
    **dict.fromkeys(FACILITY_COLUMNS, FACILITIES),
    **dict.fromkeys((term.id for term in _FACILITY_HEADINGS), FACILITY_STATES),
}
#: A host may be one of the town's own, and ways in and groups are lists.
_FIXED: Final = frozenset(_CHOICES) - {"host_type", "access", "groups", *FACILITY_COLUMNS}
#: A row whose id or name begins so is an example and not a station.
EXAMPLE_MARKS: Final = ("示例行", "example row")
ALL_DAY: Final = "24小时"


@dataclass(frozen=True, eq=False)
class StationRows:
    """A register file as it was read, row by row, with all its faults.

    ``frame`` are the columns of the record without the place, ``places`` the points (NaN where
    there is none); ``all_day`` is "yes", "no" or "" as a column 是否24小时 says; ``examples`` rows
    were skipped. What a faulty cell gives is not to be used.
    """

    columns: Columns
    frame: Mapping[str, list[Any]]
    places: Places
    all_day: list[str]
    faults: tuple[RowFault, ...]
    examples: int

    def __len__(self) -> int:
        return len(self.columns.table)

    def stations(self) -> Stations:
        """Return the register (RowsError with every fault when there is one)."""
        return Stations(point_frame(self.sound_columns(), self.places.lonlat))

    def sound_columns(self) -> dict[str, list[Any]]:
        """Return the columns of the record but for the points (RowsError with every fault)."""
        Faults(self.columns.table.file, list(self.faults)).refuse_if_any()
        return {
            **self.frame,
            "datum": self.places.datums,
            "source_lon": self.places.source[:, 0].tolist(),
            "source_lat": self.places.source[:, 1].tolist(),
        }


def read_stations(path: Path, *, datum: Datum, box: Box, sample: bool | None = None) -> Stations:
    r"""Read a register from CSV, XLSX, GeoJSON or GeoPackage with Chinese or English headings.

    Parameters
    ----------
    path
        the file; id, name, kind, lon and lat are needed, `STATION_FIELDS` lists what else is read.
        A column of remarks (备注), of running numbers (序号) or one of
        `data.files.passed_over.PASSED_OVER` is passed over.
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

    Examples
    --------
    Coordinates of a Chinese map service, in GCJ-02, are brought to WGS-84:

    >>> import tempfile
    >>> from pathlib import Path
    >>> from geo import Box, Datum
    >>> from data import read_stations
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "register.csv"
    >>> text = "编号,名称,类型,经度,纬度\nS1,东站,驿站,116.8257,33.9481\n"
    >>> _ = file.write_text(text, encoding="utf-8")
    >>> stations = read_stations(file, datum=Datum.gcj02, box=Box(116.7, 33.9, 116.9, 34.0))
    >>> stations.ids, stations.lonlat.round(3).tolist()
    (('S1',), [[116.82, 33.95]])
    >>> folder.cleanup()
    """
    return station_rows(station_table(path), datum=datum, box=box, sample=sample).stations()


def station_table(path: Path, *, sheet: str | None = None, crs: str | None = None) -> Table:
    """Read the table of a register file; see `data.files.columns.read_table`."""
    return read_table(path, STATION_FIELDS, wide=FACILITIES, sheet=sheet, crs=crs)


def station_rows(
    table: Table,
    *,
    datum: Datum,
    box: Box,
    sample: bool | None = None,
    kind: str | None = None,
    strict: bool = True,
) -> StationRows:
    """Read the rows of a register; see `read_stations` for the parameters.

    ``kind`` is that of rows that name none; None refuses such a row. A list without ids gets them
    from its names.

    Faults of headings are raised at once (RowsError) when ``strict`` and passed over otherwise;
    those of rows are kept in the answer.
    """
    columns, examples = station_columns(table, kind=kind, strict=strict)
    faults = Faults(table.file)
    all_day = read_yes_no(columns, "all_day", faults)
    frame = {"id": _ids(columns, faults), **read_fields(columns, all_day, faults, kind=kind)}
    places = read_places(columns, faults, datum=datum, box=box)
    if sample is False:
        _refuse_sample(columns, faults)
    return StationRows(columns, frame, places, all_day, tuple(faults.found), examples)


def station_columns(
    table: Table, *, kind: str | None = None, strict: bool = True
) -> tuple[Columns, int]:
    """Find the fields of a register in a table; tell how many rows were examples and left out.

    Raises
    ------
    FileFormatError
        when it holds polygons.
    RowsError
        when ``strict`` and a heading is at fault.
    """
    if table.areas is not None:
        raise FileFormatError(
            say("{file}: stations are points, these are polygons", file=table.file)
        )
    heads = Faults(table.file)
    columns = find_columns(table, STATION_FIELDS, heads, wide=FACILITIES)
    if strict:
        note_missing(
            columns,
            STATION_FIELDS,
            heads,
            required=needed_fields(kind),
            what=say("station"),
            cures={"kind": say("add it, or say --kind KIND for all rows")},
        )
        heads.refuse_if_any()
    return without_examples(columns)


def needed_fields(kind: str | None) -> tuple[str, ...]:
    """Return the fields that a list must have, where rows without a kind are of ``kind``."""
    made = {"id"} | ({"kind"} if kind else set())
    return tuple(name for name in REQUIRED if name not in made)


def read_fields(
    columns: Columns,
    all_day: Sequence[str],
    faults: Faults,
    *,
    kind: str | None,
    named: bool = True,
) -> dict[str, list[Any]]:
    """Read all fields of the record but its id and place, a list each; empty where nothing is said.

    ``all_day`` is what the column 是否24小时 says, ``kind`` that of rows without one (None: a
    fault); ``named`` makes a row without a name a fault.
    """
    equipment = read_equipment(columns, faults)
    hours = read_texts(columns, "hours", faults, longest=LONGEST_TEXT)
    return {
        "name": read_texts(columns, "name", faults, longest=LONGEST_NAME, needed=named),
        "kind": read_word(columns, "kind", KINDS, faults, default=kind),
        "address": read_texts(columns, "address", faults, longest=LONGEST_TEXT),
        "hours": [
            ALL_DAY if flag == "yes" and not text else text
            for flag, text in zip(all_day, hours, strict=True)
        ],
        "facilities": [found.there for found in equipment],
        "facilities_absent": [found.absent for found in equipment],
        "facilities_broken": [found.broken for found in equipment],
        "groups": read_groups(columns, "groups", faults),
        "status": read_word(columns, "status", STATUSES, faults, default="open"),
        "phone": _phones(columns, faults),
        "host_type": read_host_types(columns, faults),
        "host_name": read_texts(columns, "host_name", faults, longest=LONGEST_NAME),
        "operator": read_texts(columns, "operator", faults, longest=LONGEST_NAME),
        "operator_kind": read_word(columns, "operator_kind", OPERATOR_KINDS, faults, default=""),
        "access": read_words(columns, "access", ACCESS_MODES, faults, what=say("way to get in")),
        "who_may_enter": read_texts(columns, "who_may_enter", faults, longest=LONGEST_TEXT),
        "seats": read_sizes(columns, "seats", faults, whole=True),
        "area_m2": read_sizes(columns, "area_m2", faults, whole=False),
        "truck_spaces": read_sizes(columns, "truck_spaces", faults, whole=True),
        "status_since": read_dates(columns, "status_since", faults),
        "sign": read_yes_no(columns, "sign", faults),
        "contact": read_texts(columns, "contact", faults, longest=LONGEST_NAME),
        "checked_at": read_dates(columns, "checked_at", faults),
    }


def _ids(columns: Columns, faults: Faults) -> list[str]:
    """Read the ids, or make them where the list has no such column.

    A made id is a hash of the name, so that the list can come again; of the name and the address
    where several rows have the name.
    """
    if columns.has("id") or columns.table.feature_ids is not None:
        return read_ids(columns, faults)
    names, addresses = columns.cells("name"), columns.cells("address")
    often = Counter(names)
    first: dict[str, int] = {}
    made = []
    for number, name, address in zip(columns.table.numbers, names, addresses, strict=True):
        said = name if often[name] == 1 else f"{name}\n{address}"
        own = f"n-{hashlib.sha256(said.encode()).hexdigest()[:10]}"
        if name and own in first:
            reason = say(
                "stands in row {row} already: a list without ids needs names that differ, or "
                "addresses",
                row=first[own],
            )
            faults.add(number, columns.heading("name"), reason)
        first.setdefault(own, number)
        made.append(own)
    return made


def _phones(columns: Columns, faults: Faults) -> list[str]:
    """Read phones; one that a spreadsheet cut to its first digits is a fault."""
    phones = read_texts(columns, "phone", faults, longest=LONGEST_NAME)
    for number, phone in zip(columns.table.numbers, phones, strict=True):
        if _CUT_NUMBER.fullmatch(phone):
            reason = say(
                "{phone} has lost its last digits: make the column text in the spreadsheet, and "
                "write the number again",
                phone=quote(phone),
            )
            faults.add(number, columns.heading("phone"), reason)
    return phones


def without_examples(columns: Columns) -> tuple[Columns, int]:
    """Leave out the rows that are marked as examples; tell how many they were."""
    ids, names = columns.cells("id"), columns.cells("name")
    kept = [
        at
        for at, words in enumerate(zip(ids, names, strict=True))
        if not any(word.casefold().startswith(EXAMPLE_MARKS) for word in words)
    ]
    table = columns.table
    left_out = len(table) - len(kept)
    if not left_out:
        return columns, 0
    return replace(columns, table=table.take(kept)), left_out


def _refuse_sample(columns: Columns, faults: Faults) -> None:
    """Note rows that say that they are generated, in whichever column that is not read."""
    reason = say("says that the row is a generated sample: this workspace is a real register")
    table = columns.table
    remarks = {columns.index["notice"]} if columns.has("notice") else set()
    for column in sorted(remarks | set(columns.passed)):
        for number, text in zip(table.numbers, table.column(column), strict=True):
            if SAMPLE_NOTICE in text:
                faults.add(number, table.headings[column], reason)


def read_version(columns: Columns) -> int | None:
    """Return the version of the register from which a list was exported; None where none is said.

    Of several the oldest: rows of a newer one say what it said then too, or are told as conflicts.

    Raises
    ------
    RowsError
        when a cell is no version.
    """
    if not columns.has(VERSION):
        return None
    faults = Faults(columns.table.file)
    found: list[int] = []
    for number, cell in zip(columns.table.numbers, columns.cells(VERSION), strict=True):
        read = _VERSION.fullmatch(cell)
        if read:
            found.append(int(read[1]))
        elif cell:
            reason = say("{cell} is no version: leave it as it was exported", cell=quote(cell))
            faults.add(number, columns.heading(VERSION), reason)
    faults.refuse_if_any()
    return min(found, default=None)


def write_stations(
    stations: Stations,
    path: Path,
    *,
    sample: bool = False,
    version: int | None = None,
    reader: Reader | None = None,
) -> None:
    """Write the register in the format of the ending (`SUFFIXES` of its tables), in WGS-84.

    Columns are those that `read_stations` reads, the coordinates as first handed in included:
    reading a file back with datum wgs84 gives the same register. CSV and XLSX cells that a
    spreadsheet would take for a formula get an apostrophe in front.

    Parameters
    ----------
    stations
        the register.
    path
        the file; what was there is replaced, whole or not at all.
    sample
        carry the notice that it is generated, in every row and in the file's metadata.
    version
        of the register (`Register.version`), to stand in every row: an import of the file then
        finds what changed in the register since.
    reader
        whose words stand in a workbook, with a column for each facility and drop-downs; None
        writes identifiers, as all other formats do.

    Raises
    ------
    InputError
        when the ending is none of these.
    WorkspaceError
        when the file cannot be written; a file that was there stays as it was.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from geo import Box, Datum
    >>> from data import Stations, read_stations, write_stations
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "register.geojson"
    >>> station = {"id": "S1", "name": "东站", "kind": "station", "lon": 116.82, "lat": 33.95}
    >>> write_stations(Stations.from_records([station]), file)
    >>> read_stations(file, datum=Datum.wgs84, box=Box(116.7, 33.9, 116.9, 34.0)).ids
    ('S1',)
    >>> folder.cleanup()
    """
    frame = stations.frame
    lonlat = stations.lonlat
    places = {
        "lon": lonlat[:, 0].tolist(),
        "lat": lonlat[:, 1].tolist(),
        "source_datum": list(frame["datum"]),
        "source_lon": list(frame["source_lon"]),
        "source_lat": list(frame["source_lat"]),
    }
    columns: dict[str, list[Any]] = {}
    for term in STATION_FIELDS:
        if term.id in places:
            columns[term.id] = places[term.id]
        elif term.id == VERSION and version is not None:
            columns[term.id] = [f"r{version}"] * len(frame)
        elif term.id in _NUMBERS:
            columns[term.id] = [_number(value) for value in frame[term.id]]
        elif term.id in frame.columns and term.id != "datum":
            columns[term.id] = list(frame[term.id])
    spoken = None
    if reader is not None and path.suffix.casefold() == ".xlsx":
        columns = _with_facilities(columns)
        spoken = Spoken(reader, (*STATION_FIELDS, *_FACILITY_HEADINGS), _CHOICES, _FIXED)
    write_points(columns, path, layer="stations", sample=sample, spoken=spoken)


def _with_facilities(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Put a column for each facility, with its state, in the place of the three lists.

    The columns stand in an order that every list keeps, for so they are read again; where the
    lists contradict each other, they stay.
    """
    lists = [columns[name] for name in FACILITY_COLUMNS]
    order = _common_order([words for cells in lists for words in cells])
    if order is None:
        return columns
    made: dict[str, list[Any]] = {}
    for name, values in columns.items():
        if name == next(iter(FACILITY_COLUMNS)):
            made |= {f"facility.{facility}": _states(facility, lists) for facility in order}
        elif name not in FACILITY_COLUMNS:
            made[name] = values
    return made


def _common_order(lists: Sequence[tuple[str, ...]]) -> list[str] | None:
    """Return the facilities in an order that all lists keep; None where there is none."""
    sorter: TopologicalSorter[str] = TopologicalSorter({term.id: () for term in FACILITIES})
    for words in set(lists):
        for first, second in pairwise(words):
            sorter.add(second, first)
    try:
        return list(sorter.static_order())
    except CycleError:
        return None


def _states(facility: str, lists: Sequence[Sequence[tuple[str, ...]]]) -> list[str]:
    """Return yes, no, broken or nothing for each station."""
    return [
        "".join(
            state
            for words, state in zip(row, FACILITY_COLUMNS.values(), strict=True)
            if facility in words
        )
        for row in zip(*lists, strict=True)
    ]


def _number(value: float) -> float | int | None:
    """Write a whole number as one, and nothing where it is not known."""
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value
