"""A sheet that updates some columns of stations that are in the register, by their ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from data.files.columns import PLACE_FIELD, PLANE_FIELDS, Faults, find_columns, read_ids
from data.files.record_cells import read_yes_no
from data.files.station_files import STATION_FIELDS, read_fields, read_version, without_examples
from data.stations import FACILITY_COLUMNS, Stations
from data.vocabulary import FACILITIES, nearest_word, quote
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.files.columns import Columns
    from data.files.tables import Table

_PLACES: Final = ("lon", "lat", PLACE_FIELD.id, *(term.id for term in PLANE_FIELDS))


@dataclass(frozen=True, eq=False)
class StationUpdates:
    """Stations as they are after an update, ``fields`` that it speaks of, ``rows`` of the file.

    ``version`` is that of the register from which the sheet was exported; None: not said.
    """

    stations: Stations
    fields: frozenset[str]
    rows: tuple[int, ...]
    version: int | None


def read_updates(table: Table, register: Stations) -> StationUpdates:
    """Lay the cells of a sheet over the stations that it names; an empty cell changes nothing.

    A facility that is named changes alone: the others stay as they are.

    Raises
    ------
    InputError
        when the sheet has coordinates, which only an import takes, or nothing beside ids.
    RowsError
        when a heading is not known, an id is not in the register, or a cell cannot be.
    """
    faults = Faults(table.file)
    columns = find_columns(table, STATION_FIELDS, faults, wide=FACILITIES)
    if not columns.has("id") and table.feature_ids is None:
        faults.add(None, None, say("has no column id (编号), which tells whom a row speaks of"))
    faults.refuse_if_any()
    if table.lonlat is not None or any(columns.has(name) for name in _PLACES):
        raise InputError(
            say(
                "{file}: has coordinates: delete them, or take the file by yizhan stations import",
                file=table.file,
            )
        )
    columns, _ = without_examples(columns)
    ids = read_ids(columns, faults)
    known = {station: row for row, station in enumerate(register.ids)}
    for number, station in zip(columns.table.numbers, ids, strict=True):
        if station and station not in known:
            faults.add(number, columns.heading("id"), _unknown(station, register))
    all_day = read_yes_no(columns, "all_day", faults)
    said = read_fields(columns, all_day, faults, kind="", named=False)
    faults.refuse_if_any()
    return _laid_over(columns, said, register, [known[station] for station in ids])


def _unknown(station: str, register: Stations) -> str:
    near = nearest_word(station, register.ids)
    cure = say("did you mean {near}?", near=near) if near else say("a new one needs an import")
    return say("{station} is no station of the register: {cure}", station=quote(station), cure=cure)


def _laid_over(
    columns: Columns, said: Mapping[str, list[Any]], register: Stations, at: list[int]
) -> StationUpdates:
    """Make the stations anew out of what is there and what is said."""
    frame = register.frame.iloc[at].reset_index(drop=True)
    equipment = bool(columns.wide) or any(columns.has(name) for name in FACILITY_COLUMNS)
    fields = {name for name in columns.index if name in said and name not in FACILITY_COLUMNS}
    fields |= {"hours"} if columns.has("all_day") else set()
    if not fields and not equipment:
        raise InputError(
            say("{file}: has no column beside the ids that a station has", file=columns.table.file)
        )
    for name in sorted(fields):
        before = list(frame[name])
        blank = [not cell for cell in columns.cells(name)]
        if name == "hours":
            blank = [not hours for hours in said["hours"]]
        frame[name] = [
            old if keep else new for old, new, keep in zip(before, said[name], blank, strict=True)
        ]
    if equipment:
        fields |= set(FACILITY_COLUMNS)
        lists = {name: list(frame[name]) for name in FACILITY_COLUMNS}
        for row in range(len(frame)):
            new = {facility: name for name in FACILITY_COLUMNS for facility in said[name][row]}
            for name, own in lists.items():
                kept = [old for old in own[row] if old not in new]
                own[row] = (
                    *kept,
                    *(facility for facility, said_in in new.items() if said_in == name),
                )
        frame = frame.assign(**lists)
    return StationUpdates(
        Stations(frame), frozenset(fields), columns.table.numbers, read_version(columns)
    )
