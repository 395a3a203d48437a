"""The history of the register: what was said of a station, by whom, and what it is worth today."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.database import clock
from data.database.records import EMPTY, Record, apply_changes, batches, facts
from data.database.schema import EVENTS, FIELDS, IMPORTS
from data.stations import FACILITY_COLUMNS
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

#: After so many days a statement counts half.
HALF_LIFE_DAYS: Final = 180.0
#: Kinds of events that change a station; one that is "noted" came too late to change it.
_APPLIED: Final = frozenset({"added", "changed", "observed"})
_DAY_S: Final = 86_400.0


@dataclass(frozen=True)
class Event:
    """One line of the history.

    ``kind`` is "added", "changed" or "removed" (by an import), "observed", or "noted": said of an
    earlier time than what is known, and so without effect. ``changes`` are the new values by field,
    of facilities as lists (an import) or as "facility.ID": "yes", "no", "broken" or "unknown".
    ``weight`` is what the statement counts on its day, from 0 to 1.
    """

    station_id: str
    kind: str
    recorded_at: datetime
    observed_at: datetime
    source: str
    by: str
    weight: float
    import_id: int | None
    file: str
    row: int | None
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Evidence:
    """Why one value stands in the register: the newest statement of it.

    ``confidence`` is weight x 0.5 ** (age in days / half-life), from 0 to 1; a statement does not
    count more than on its own day.
    """

    value: Any
    source: str
    by: str
    observed_at: datetime
    confidence: float
    file: str
    row: int | None


@dataclass(frozen=True)
class ImportNote:
    """One import as the history keeps it."""

    id: int
    recorded_at: datetime
    observed_at: datetime
    file: str
    source: str
    by: str
    fields: tuple[str, ...] | None
    partial: bool
    rows: int
    counts: Mapping[str, int]


def read_imports(connection: sa.Connection) -> tuple[ImportNote, ...]:
    """Return every import, the first one first."""
    columns = [column for column in IMPORTS.columns if column is not IMPORTS.c.station_order]
    rows = connection.execute(sa.select(*columns).order_by(IMPORTS.c.id)).all()
    return tuple(
        ImportNote(
            id=row.id,
            recorded_at=clock.read_moment(row.recorded_at),
            observed_at=clock.read_moment(row.observed_at),
            file=row.file,
            source=row.source,
            by=row.by_whom,
            fields=None if row.fields is None else tuple(json.loads(row.fields)),
            partial=bool(row.partial),
            rows=row.rows,
            counts={
                name: getattr(row, name) for name in ("added", "changed", "missing", "refused")
            },
        )
        for row in rows
    )


def read_events(
    connection: sa.Connection, station_id: str, *, until: date | datetime | None = None
) -> tuple[Event, ...]:
    """Return the history of one station, the first event first."""
    query = _EVENTS.where(EVENTS.c.station_id == station_id)
    if until is not None:
        query = query.where(EVENTS.c.recorded_at <= clock.end_of(until))
    return tuple(event_of(row) for row in connection.execute(query.order_by(EVENTS.c.id)))


def read_lines(connection: sa.Connection, ids: Sequence[str]) -> dict[str, list[sa.Row[Any]]]:
    """Return every line of the history of some stations by id, each with its file, in order."""
    lines: dict[str, list[sa.Row[Any]]] = {station_id: [] for station_id in ids}
    for some in batches(ids):
        query = _EVENTS.where(EVENTS.c.station_id.in_(some)).order_by(EVENTS.c.id)
        for row in connection.execute(query):
            lines[row.station_id].append(row)
    return lines


def read_histories(connection: sa.Connection, *, until: datetime) -> dict[str, list[Event]]:
    """Return the history of every station by its id, up to a moment."""
    query = _EVENTS.where(EVENTS.c.recorded_at <= clock.end_of(until))
    histories: dict[str, list[Event]] = {}
    for row in connection.execute(query.order_by(EVENTS.c.id)):
        histories.setdefault(row.station_id, []).append(event_of(row))
    return histories


_EVENTS: Final = sa.select(EVENTS, IMPORTS.c.file).select_from(
    EVENTS.outerjoin(IMPORTS, EVENTS.c.import_id == IMPORTS.c.id)
)


def event_of(row: sa.Row[Any]) -> Event:
    """Return a line of the history, read with its file, as an event."""
    return Event(
        station_id=row.station_id,
        kind=row.kind,
        recorded_at=clock.read_moment(row.recorded_at),
        observed_at=clock.read_moment(row.observed_at),
        source=row.source,
        by=row.by_whom,
        weight=row.weight,
        import_id=row.import_id,
        file=row.file or "",
        row=row.file_row,
        changes=json.loads(row.changes),
    )


def rebuild(connection: sa.Connection, *, until: str) -> list[Record] | None:
    """Return the register as it was at a moment, in its order; None before the first import."""
    first = sa.select(sa.func.min(IMPORTS.c.recorded_at))
    begun = connection.execute(first).scalar()
    if begun is None or begun > until:
        return None
    ordered = (
        sa.select(IMPORTS.c.recorded_at, IMPORTS.c.station_order)
        .where(IMPORTS.c.recorded_at <= until, IMPORTS.c.station_order.is_not(None))
        .order_by(IMPORTS.c.id.desc())
        .limit(1)
    )
    reordered = connection.execute(ordered).one_or_none()
    query = sa.select(
        EVENTS.c.station_id, EVENTS.c.kind, EVENTS.c.changes, EVENTS.c.recorded_at
    ).order_by(EVENTS.c.id)
    there: dict[str, dict[str, Any]] = {}
    after = ""
    if reordered is not None:
        after = reordered.recorded_at
        _replay(connection.execute(query.where(EVENTS.c.recorded_at <= after)), there)
        order = json.loads(zlib.decompress(reordered.station_order))
        there = {station_id: there[station_id] for station_id in order}
    rest = query.where(EVENTS.c.recorded_at > after, EVENTS.c.recorded_at <= until)
    _replay(connection.execute(rest), there)
    return [tuple(record[name] for name in FIELDS) for record in there.values()]


def _replay(rows: Iterable[Any], there: dict[str, dict[str, Any]]) -> None:
    """Let events happen to the stations that are there."""
    for station_id, kind, changes, _ in rows:
        if kind == "removed":
            del there[station_id]
            continue
        if kind == "added":
            there[station_id] = {**EMPTY, "id": station_id}
        if kind in _APPLIED:
            apply_changes(there[station_id], json.loads(changes))


def order_text(ids: Sequence[str]) -> bytes:
    """Write the order of the register, packed."""
    return zlib.compress(json.dumps(list(ids), ensure_ascii=False).encode())


def evidence_of(
    events: Sequence[Event],
    imports: Sequence[ImportNote],
    *,
    moment: datetime,
    half_life_days: float = HALF_LIFE_DAYS,
) -> dict[str, Evidence]:
    """Return for each fact known of a station the newest statement of it, and its worth.

    A list that names the station again says again what it has a column for, so the values it leaves
    as they are grow young with it.

    Parameters
    ----------
    events, imports
        the station's history and every import, up to ``moment``.
    moment
        the moment at which the confidence is asked.
    half_life_days
        after so many days a statement counts half.
    """
    if half_life_days <= 0:
        raise InputError(
            say(
                "half-life {half_life_days} must be more than 0 days", half_life_days=half_life_days
            )
        )
    files = {note.id: note for note in imports}
    statements = _statements(events, imports)
    record: dict[str, Any] = dict(EMPTY)
    known: dict[str, Any] = {}
    newest: dict[str, Event] = {}
    for event, stated in statements:
        if event.kind == "removed":
            record, known, newest = dict(EMPTY), {}, {}
            continue
        apply_changes(record, event.changes)
        present = facts(record)
        for name, value in present.items():
            again = _states(stated, name, value)
            is_new = name not in newest or known.get(name) != value
            if is_new or (again and event.observed_at >= newest[name].observed_at):
                newest[name] = event
        known = present
        newest = {name: event for name, event in newest.items() if name in present}
    return {
        name: _evidence(value, newest[name], files, moment=moment, half_life_days=half_life_days)
        for name, value in known.items()
    }


def _statements(
    events: Sequence[Event], imports: Sequence[ImportNote]
) -> list[tuple[Event, frozenset[str] | None]]:
    """Return what was said of a station in order, each with the fields it speaks of (None: all)."""
    own = {event.import_id for event in events if event.import_id is not None}
    files = {note.id: note for note in imports}
    said: list[tuple[Event, frozenset[str] | None]] = []
    for event in events:
        if event.kind == "noted":
            continue
        fields: frozenset[str] | None = frozenset(event.changes)
        if event.import_id is not None:
            whole = files[event.import_id].fields
            fields = None if whole is None else frozenset(whole) | {"id"}
        said.append((event, fields))
    for note in imports:
        if note.partial or note.id in own or not _was_there(events, note.recorded_at):
            continue
        again = _again(events[0].station_id, note)
        said.append((again, None if note.fields is None else frozenset(note.fields)))
    return sorted(said, key=lambda pair: pair[0].recorded_at)


def _was_there(events: Sequence[Event], moment: datetime) -> bool:
    """Tell whether the station stood in the register at a moment."""
    before = [event for event in events if event.recorded_at <= moment and event.kind != "noted"]
    return bool(before) and before[-1].kind != "removed"


def _again(station_id: str, note: ImportNote) -> Event:
    """Return what a list said of a station of which it changed nothing."""
    return Event(
        station_id=station_id,
        kind="confirmed",
        recorded_at=note.recorded_at,
        observed_at=note.observed_at,
        source=note.source,
        by=note.by,
        weight=1.0,
        import_id=note.id,
        file=note.file,
        row=None,
        changes={},
    )


def _states(stated: frozenset[str] | None, name: str, value: str) -> bool:
    """Tell whether a statement of these fields speaks of a fact."""
    if stated is None or name in stated:
        return True
    if not name.startswith("facility."):
        return name in {"lon", "lat"} and "geometry" in stated
    return next(column for column, says in FACILITY_COLUMNS.items() if says == value) in stated


def _evidence(
    value: object,
    event: Event,
    files: Mapping[int, ImportNote],
    *,
    moment: datetime,
    half_life_days: float,
) -> Evidence:
    age_days = max(0.0, (moment - event.observed_at).total_seconds() / _DAY_S)
    note = files.get(event.import_id) if event.import_id is not None else None
    return Evidence(
        value=value,
        source=event.source,
        by=event.by,
        observed_at=event.observed_at,
        confidence=event.weight * 0.5 ** (age_days / half_life_days),
        file=note.file if note is not None else "",
        row=event.row,
    )
