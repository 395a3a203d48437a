"""Stations as the register keeps them: plain tuples that compare, one a station.

A record holds the values of `data.database.schema.FIELDS` in their order: texts, tuples of ids for
the lists, and None for a number that is not known.
"""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.database.schema import FIELDS, LISTS
from data.points import NUMBER_COLUMNS, point_frame, refuse_nowhere
from data.stations import FACILITY_COLUMNS, Stations, check_columns
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

Record = tuple[Any, ...]

ID, NAME = FIELDS.index("id"), FIELDS.index("name")
_NUMBERS: Final = frozenset(FIELDS) & NUMBER_COLUMNS
_MOST_NAMED: Final = 500
_LISTS_AT: Final = frozenset(FIELDS.index(name) for name in LISTS)
#: What a record says where nothing is known.
EMPTY: Final[Mapping[str, Any]] = {
    **{name: () if name in LISTS else "" for name in FIELDS},
    **dict.fromkeys(_NUMBERS),
    "lon": None,
    "lat": None,
}


def records_of(stations: Stations) -> list[Record]:
    """Return the stations as records, in the order of the register."""
    frame = stations.frame
    columns: list[Sequence[Any]] = []
    for name in FIELDS[:-2]:
        values: list[Any] = frame[name].tolist()
        if name in _NUMBERS and np.isnan(frame[name].to_numpy(dtype=np.float64)).any():
            values = [None if value != value else value for value in values]  # noqa: PLR0124 - the one test for NaN that needs no call
        elif name in LISTS:
            values = [tuple(words) for words in values]
        columns.append(values)
    columns += [stations.lonlat[:, 0].tolist(), stations.lonlat[:, 1].tolist()]
    return list(zip(*columns, strict=True))


def stations_of(records: Iterable[Record]) -> Stations:
    """Return records as checked stations."""
    return Stations(point_frame(*_columns_of(list(records))))


def check_records(records: Sequence[Record]) -> None:
    """Refuse what `stations_of` would of records of the register, and make no frame of them."""
    columns, lonlat = _columns_of(records)
    refuse_nowhere(columns["id"], lonlat[:, 0], lonlat[:, 1], what=say("station"))
    check_columns(columns)


def _columns_of(rows: Sequence[Record]) -> tuple[dict[str, list[Any]], NDArray[np.float64]]:
    """Return the columns of records but for the points, and those as float64[n, 2]."""
    columns = {
        name: [np.nan if row[at] is None else row[at] for row in rows]
        if name in _NUMBERS
        else [row[at] for row in rows]
        for at, name in enumerate(FIELDS[:-2])
    }
    return columns, np.array([row[-2:] for row in rows], dtype=np.float64).reshape(-1, 2)


def batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield ids in parts that one statement may name."""
    for start in range(0, len(ids), _MOST_NAMED):
        yield ids[start : start + _MOST_NAMED]


def row_of(record: Record) -> list[Any]:
    """Return a record as the table holds it: lists are JSON."""
    values = list(record)
    for at in _LISTS_AT:
        values[at] = list_text(values[at])
    return values


def record_of(row: Sequence[Any]) -> Record:
    """Return a row of the table (in the order of FIELDS) as a record."""
    values = list(row)
    for at in _LISTS_AT:
        values[at] = read_list(values[at])
    return tuple(values)


def told(record: Record) -> dict[str, Any]:
    """Return what a record says, without its id and without what it says nothing of."""
    return {
        name: value
        for name, value in zip(FIELDS, record, strict=True)
        if name != "id" and value != EMPTY[name]
    }


def differences(before: Record, after: Record) -> dict[str, Any]:
    """Return the new values of the fields in which two records differ."""
    return {name: new for name, old, new in zip(FIELDS, before, after, strict=True) if old != new}


def changes_text(changes: Mapping[str, Any]) -> str:
    """Write what an event changes as JSON."""
    return json.dumps(changes, ensure_ascii=False, separators=(",", ":"))


def apply_changes(record: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """Change a record (by field) as an event says; "facility.toilet" moves one facility."""
    for name, value in changes.items():
        if name.startswith("facility."):
            _move_facility(record, name.removeprefix("facility."), value)
        else:
            record[name] = tuple(value) if name in LISTS else value


def _move_facility(record: dict[str, Any], facility: str, state: str) -> None:
    """Put a facility at the end of the column of its state, and out of the others."""
    for column, says in FACILITY_COLUMNS.items():
        there = facility in record[column]
        if says == state and not there:
            record[column] = (*record[column], facility)
        elif says != state and there:
            record[column] = tuple(word for word in record[column] if word != facility)


def facts(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of a station: field -> value, each facility by "facility.ID"."""
    known = {
        name: value
        for name, value in record.items()
        if name != "id" and name not in FACILITY_COLUMNS and value != EMPTY[name]
    }
    for column, says in FACILITY_COLUMNS.items():
        known |= {f"facility.{facility}": says for facility in record[column]}
    return known


@functools.lru_cache(maxsize=4096)
def read_list(text: str) -> tuple[str, ...]:
    """Read a JSON list of words; the same lists stand in many rows."""
    return tuple(json.loads(text))


@functools.lru_cache(maxsize=4096)
def list_text(words: tuple[str, ...]) -> str:
    """Write a list of words as JSON."""
    return json.dumps(list(words), ensure_ascii=False)
