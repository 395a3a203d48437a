"""How the register is written: the latest state, its history and its hash in one transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.database import clock
from data.database.contents import write_contents
from data.database.history import order_text
from data.database.records import (
    ID,
    Record,
    changes_text,
    record_of,
    records_of,
    row_of,
    stations_of,
    told,
)
from data.database.schema import EVENTS, FIELDS, IMPORTS, STATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from data.database.backend import Backend
    from data.database.changes import Import, Merged
    from data.stations import Stations

#: In the place of a hash that is computed when it is asked for, followed by an event's number.
PENDING: Final = "pending:"
_EVENT: Final = tuple(column.name for column in EVENTS.columns if column.name != "id")


@dataclass(frozen=True, eq=False)
class Present:
    """The register as it stands: key and place of each station, and what is known of it."""

    keys: Mapping[str, int]
    places: Mapping[str, int]
    records: Mapping[str, Record]


def read_present(connection: sa.Connection) -> Present:
    """Read the whole register, in its order."""
    columns = [STATIONS.c.key, STATIONS.c.row, *(STATIONS.c[name] for name in FIELDS)]
    rows = connection.execute(sa.select(*columns).order_by(STATIONS.c.row)).all()
    records = [record_of(row[2:]) for row in rows]
    ids = [record[ID] for record in records]
    return Present(
        keys={station_id: row[0] for station_id, row in zip(ids, rows, strict=True)},
        places={station_id: row[1] for station_id, row in zip(ids, rows, strict=True)},
        records=dict(zip(ids, records, strict=True)),
    )


def read_records(connection: sa.Connection, fields: Sequence[str]) -> list[tuple[Any, ...]]:
    """Read some columns of the register in its order, as the table holds them."""
    names = ", ".join(f'"{name}"' for name in fields)
    rows = connection.exec_driver_sql(f'SELECT {names} FROM stations ORDER BY "row"')  # noqa: S608 - names of our own columns
    return [tuple(row) for row in rows]


def next_moment(connection: sa.Connection) -> datetime:
    """Return now, or a microsecond after the newest line of the history where that is later.

    So no two writes share a moment, and a clock that was put back does not mix up the history.
    """
    newest = [
        connection.execute(sa.select(table.c.recorded_at).order_by(table.c.id.desc()).limit(1))
        for table in (EVENTS, IMPORTS)
    ]
    texts = [text for rows in newest if (text := rows.scalar()) is not None]
    moment = clock.now()
    if texts:
        moment = max(moment, clock.read_moment(max(texts)) + timedelta(microseconds=1))
    return moment


def write_import(  # noqa: PLR0917 - what is there, what comes, and where
    backend: Backend,
    connection: sa.Connection,
    present: Present,
    merged: Merged,
    record: Import,
    stations: Stations,
) -> int:
    """Write an import with its history; returns its number."""
    moment = next_moment(connection)
    unchanged = merged.records == list(present.records.values())
    content_hash = _hash_after(merged, stations)
    head = {
        "recorded_at": clock.moment_text(moment),
        "observed_at": clock.observed_text(record.observed_at, recorded=moment),
        "source": record.source,
        "by_whom": record.by,
    }
    counts = merged.changes.counts()
    values = {
        **head,
        **{name: counts[name] for name in ("added", "changed", "missing", "refused")},
        "file": record.file,
        "rows": len(stations),
        "fields": None if record.fields is None else json.dumps(sorted(record.taken())),
        "partial": int(record.partial),
        "station_order": None if merged.same_order else order_text([r[ID] for r in merged.records]),
        "content_hash": content_hash,
    }
    inserted = connection.execute(sa.insert(IMPORTS).values(values)).inserted_primary_key
    number = 0 if inserted is None else int(inserted[0])
    if not unchanged:
        _write_stations(backend, connection, present, merged)
        rows = _file_rows(stations, record)
        lines = _import_events(merged, {**head, "weight": 1.0, "import_id": number}, rows)
        backend.insert_rows(connection, EVENTS, _EVENT, lines)
    write_contents(
        connection,
        "stations",
        moment=moment,
        rows=len(merged.records),
        content_hash=content_hash,
    )
    return number


def _hash_after(merged: Merged, stations: Stations) -> str:
    """Return the hash of the register after an import; the list's own where it is all of it."""
    if records_of(stations) == merged.records:
        return stations.content_hash
    return stations_of(merged.records).content_hash


def _write_stations(
    backend: Backend, connection: sa.Connection, present: Present, merged: Merged
) -> None:
    """Bring the table to the new state: only rows that differ in content or place are rewritten."""
    last = max(present.places.values(), default=-1)
    old, new = [], []
    for place, record in enumerate(merged.records):
        station_id = record[ID]
        if station_id not in present.keys:
            last += 1
            new.append([place if not merged.same_order else last, *row_of(record)])
            continue
        at = present.places[station_id] if merged.same_order else place
        if at != present.places[station_id] or record != present.records[station_id]:
            old.append([present.keys[station_id], at, *row_of(record)])
    gone = [present.keys[station_id] for station_id in merged.changes.missing]
    backend.delete_stations(connection, [*gone, *(row[0] for row in old)])
    backend.insert_stations(connection, ("key", "row", *FIELDS), old)
    backend.insert_stations(connection, ("row", *FIELDS), new)


def _file_rows(stations: Stations, record: Import) -> Mapping[str, int]:
    # A number that knows its sheet is a plain one in the table.
    return dict(zip(stations.ids, map(int, record.rows), strict=True)) if record.rows else {}


def _import_events(
    merged: Merged, head: Mapping[str, Any], rows: Mapping[str, int]
) -> Iterator[list[Any]]:
    """Return the lines of the history: stations that go, that change, and that come."""

    def line(station_id: str, kind: str, changes: Mapping[str, Any]) -> list[Any]:
        values = {
            **head,
            "station_id": station_id,
            "kind": kind,
            "file_row": rows.get(station_id),
            "changes": changes_text(changes),
        }
        return [values[name] for name in _EVENT]

    for station_id in merged.changes.missing:
        yield line(station_id, "removed", {})
    for station_id, changes in merged.differing.items():
        yield line(station_id, "changed", changes)
    added = set(merged.changes.added)
    for record in merged.records:
        if record[ID] in added:
            yield line(record[ID], "added", told(record))


def write_observations(
    backend: Backend,
    connection: sa.Connection,
    records: Sequence[tuple[int, int, Record]],
    *,
    events: Sequence[Mapping[str, Any]],
    moment: datetime,
) -> None:
    """Write what was observed of some stations, and their new states: (key, place, record)."""
    lines = [[event.get(name) for name in _EVENT] for event in events]
    backend.insert_rows(connection, EVENTS, _EVENT, lines)
    backend.delete_stations(connection, [key for key, _, _ in records])
    rows = [[key, place, *row_of(record)] for key, place, record in records]
    backend.insert_stations(connection, ("key", "row", *FIELDS), rows)
    note_contents(connection, moment=moment)


def note_contents(connection: sa.Connection, *, moment: datetime) -> None:
    """Write down that the register is as its newest event left it."""
    newest = connection.execute(sa.select(sa.func.max(EVENTS.c.id))).scalar_one()
    count = connection.execute(sa.select(sa.func.count()).select_from(STATIONS)).scalar_one()
    write_contents(
        connection, "stations", moment=moment, rows=count, content_hash=f"{PENDING}{newest}"
    )
