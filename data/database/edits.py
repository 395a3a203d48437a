"""The register edited by hand: one station or many at once, added ones, and their undoing.

An edit is one moment of the history: each station has a line of its own with the values it got, who
gave them and of which day. Undoing one adds lines and takes none away: a value goes back to what it
was where nobody said anything of it since.
"""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.database import clock
from data.database.audit import note
from data.database.changes import Import, merge
from data.database.contents import read_contents
from data.database.history import read_imports
from data.database.observations import (
    checked_values,
    observe_in,
    read_station,
    read_stations,
)
from data.database.records import (
    EMPTY,
    ID,
    Record,
    apply_changes,
    batches,
    changes_text,
    check_records,
    facts,
    row_of,
    stations_of,
    told,
)
from data.database.schema import EVENTS, FIELDS, STATIONS
from data.database.undoing import SILENT, WITH_EFFECT, fact, read_pasts, replayed, returns_of
from data.database.writing import (
    next_moment,
    note_contents,
    read_present,
    write_import,
    write_observations,
)
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from data.database.backend import Backend

MOST_AT_ONCE: Final = 5_000
"""An edit of more stations is refused."""
UNDONE: Final = "undo"
"""The source of a value that an undoing brought back."""
_E: Final = EVENTS.c


@dataclass(frozen=True)
class Clash:
    """A field that two people gave two values: the one kept by now, by whom, and the other's."""

    field: str
    kept: Any
    by: str
    source: str
    at: datetime
    wanted: Any


@dataclass(frozen=True)
class Saved:
    """What became of an edit of one station; with ``clashes`` nothing was written.

    ``noted`` are fields of which something is known from a later day, which stays.
    """

    number: int
    clashes: tuple[Clash, ...] = ()
    noted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class EditLine:
    """One edit as the history keeps it; ``number`` is that of its first line."""

    number: int
    recorded_at: datetime
    source: str
    by: str
    stations: tuple[str, ...]
    kinds: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Undone:
    """What an undoing brought back, and what stays since somebody changed it: (station, field)."""

    number: int
    back: tuple[str, ...]
    stays: tuple[tuple[str, str], ...]


class Edits:
    """The edits of one register, the same on SQLite and PostgreSQL."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def versions(self, ids: Iterable[str]) -> dict[str, int]:
        """Return by station the number of the newest line of its history."""
        with self._backend.transaction() as connection:
            return _versions(connection, tuple(ids))

    def newest_of(self, station_id: str) -> tuple[int, dict[str, Any]] | None:
        """Return a station's version and what is known of it (`records.facts`).

        None where there never was one of that id.

        Raises
        ------
        InputError
            when it is not in the register any more.
        """
        with self._backend.transaction() as connection:
            version = _versions(connection, (station_id,)).get(station_id)
            if version is None:
                return None
            return version, facts(replayed(_lines(connection, station_id), station_id))

    def at(self, station_id: str, version: int) -> dict[str, Any]:
        """Return what was known of a station at a version: its facts, as `records.facts` has them.

        Raises
        ------
        InputError
            when it was not in the register then.
        """
        with self._backend.transaction() as connection:
            return facts(replayed(_lines(connection, station_id, until=version), station_id))

    def save(
        self,
        station_id: str,
        values: Mapping[str, Any],
        *,
        since: int,
        source: str,
        by: str,
        observed_at: date | None = None,
        checks: bool = False,
    ) -> Saved:
        """Give one station new values, unless somebody gave it others since.

        Parameters
        ----------
        station_id
            a station of the register.
        values
            what is to change, as `Register.observe` takes it.
        since
            the version that the editor saw (`versions`).
        source, by, observed_at
            who says so, who writes it, and of which day (None: now).
        checks
            whether somebody was there: the day is that of a check then.

        Raises
        ------
        InputError
            when the station is gone, or a value cannot be.
        """
        said = checked_values(values)
        with self._backend.transaction(write=True) as connection:
            clashes = _clashes(connection, station_id, said, since=since)
            if clashes:
                return Saved(0, clashes)
            moment, last = next_moment(connection), _last_line(connection)
            head = _head(moment, source=source, by=by, observed_at=observed_at)
            line = {**head, "station_id": station_id}
            noted = observe_in(self._backend, connection, line, said, moment=moment, checks=checks)
            _note(connection, "edit", by=by, stations=[station_id], fields=said)
            return Saved(_first_after(connection, last), noted=noted)

    def save_all(
        self,
        values: Mapping[str, Mapping[str, Any]],
        *,
        versions: Mapping[str, int],
        source: str,
        by: str,
    ) -> int:
        """Give several stations new values at once, all or none; returns the edit's number.

        Raises
        ------
        InputError
            when there are more than `MOST_AT_ONCE`, one is gone or was changed since ``versions``,
            or a value cannot be.
        """
        refuse_too_many(len(values))
        said = {station: checked_values(one) for station, one in values.items()}
        with self._backend.transaction(write=True) as connection:
            for station, newest in _versions(connection, tuple(said)).items():
                if newest != versions.get(station):
                    raise InputError(
                        say("station {station} was changed meanwhile: look again", station=station)
                    )
            moment, last = next_moment(connection), _last_line(connection)
            head = _head(moment, source=source, by=by)
            fields = {name for one in said.values() for name in one}
            heads = dict.fromkeys(said, head)
            _write(self._backend, connection, said, heads, moment=moment)
            _note(connection, "edit", by=by, stations=list(said), fields=fields)
            return _first_after(connection, last)

    def add(
        self,
        values: Mapping[str, Any],
        *,
        source: str,
        by: str,
        observed_at: date | None = None,
    ) -> int:
        """Put a new station at the end of the register; returns the edit's number.

        ``values`` are columns of a station as a record has them, with id, name, kind, lon and lat.

        Raises
        ------
        InputError
            when the id is taken, or a value cannot be.
        """
        record = {**EMPTY, "status": "open", **values}
        stations = stations_of([tuple(record[name] for name in FIELDS)])
        station_id = str(record["id"])
        with self._backend.transaction(write=True) as connection:
            there = sa.select(STATIONS.c.id).where(STATIONS.c.id == station_id)
            if connection.execute(there).one_or_none() is not None:
                raise InputError(
                    say("station {station} is in the register already", station=station_id[:80])
                )
            moment = next_moment(connection)
            if read_contents(connection, "stations") is None:  # the first of all is an import
                how = Import(source=source, by=by, observed_at=observed_at, partial=True)
                merged = merge({}, stations, how, newer={})
                present = read_present(connection)
                write_import(self._backend, connection, present, merged, how, stations)
            else:
                head = _head(moment, source=source, by=by, observed_at=observed_at)
                self._append(connection, tuple(record[name] for name in FIELDS), head, moment)
            _note(connection, "add station", by=by, stations=[station_id], fields=())
            return _versions(connection, (station_id,))[station_id]

    def undo(self, number: int, *, by: str) -> Undone:
        """Take an edit back, by new lines of the history.

        A value that was changed or confirmed since stays; a station that was added goes again.

        Raises
        ------
        InputError
            when there is no such edit, or nothing of it is left to take back.
        """
        with self._backend.transaction(write=True) as connection:
            lines = _edit_lines(connection, number)
            moment, imports = next_moment(connection), read_imports(connection)
            last = _last_line(connection)
            head = _head(moment, source=UNDONE, by=by)
            back: dict[str, dict[str, Any]] = {}
            heads: dict[str, dict[str, Any]] = {}
            stays: list[tuple[str, str]] = []
            gone: list[str] = []
            pasts = read_pasts(connection, [line.station_id for line in lines])
            for line in lines:
                past = pasts[line.station_id]
                if line.kind == "added":
                    if past.after(line.id):
                        stays.append((line.station_id, ""))
                    else:
                        gone.append(line.station_id)
                    continue
                returns, kept, weight = returns_of(line, past, moment=moment, imports=imports)
                stays += [(line.station_id, name) for name in kept]
                if returns:
                    back[line.station_id] = returns
                    heads[line.station_id] = {**head, "weight": weight}
            if not back and not gone:
                raise InputError(say("nothing to undo: all of it was changed since"))
            _write(self._backend, connection, back, heads, moment=moment)
            self._remove(connection, gone, head, moment)
            fields = {name for one in back.values() for name in one}
            _note(connection, "undo edit", by=by, stations=[*back, *gone], fields=fields)
            return Undone(_first_after(connection, last), (*back, *gone), tuple(stays))

    def edit(self, number: int) -> EditLine | None:
        """Return one edit by the number of any of its lines; None where it is none."""
        with self._backend.transaction() as connection:
            try:
                return _edit_line(list(reversed(_edit_lines(connection, number))))
            except InputError:
                return None

    def newest(self, *, limit: int = 50, station_id: str | None = None) -> tuple[EditLine, ...]:
        """Return the newest edits by hand, the newest first; of one station only where it is named.

        What an import, workers' reports or a look at the door said is none.
        """
        query = sa.select(EVENTS).where(
            _E.import_id.is_(None),
            _E.by_whom != "",
            _E.by_whom.not_like("% reports"),
            _E.kind.in_(("observed", "added", "removed")),
        )
        if station_id is not None:
            query = query.where(_E.station_id == station_id)
        most = limit + MOST_AT_ONCE
        with self._backend.transaction() as connection:
            rows = connection.execute(query.order_by(_E.id.desc()).limit(most)).all()
            edits = [list(group) for _, group in itertools.groupby(rows, key=_moment_of)]
            if len(rows) == most and len(edits) <= limit:  # the last one may go on
                whole = query.where(_E.recorded_at == rows[-1].recorded_at)
                edits[-1] = [*connection.execute(whole.order_by(_E.id.desc()))]
        return tuple(_edit_line(group) for group in edits[:limit])

    def _append(
        self, connection: sa.Connection, record: Record, head: Mapping[str, Any], moment: datetime
    ) -> None:
        """Write a station at the end of the register."""
        last = connection.execute(sa.select(sa.func.max(STATIONS.c.row))).scalar()
        place = 0 if last is None else int(last) + 1
        line = {
            **head,
            "station_id": record[ID],
            "kind": "added",
            "changes": changes_text(told(record)),
        }
        connection.execute(sa.insert(EVENTS).values(line))
        columns = ("row", *FIELDS)
        self._backend.insert_stations(connection, columns, [[place, *row_of(record)]])
        note_contents(connection, moment=moment)

    def _remove(
        self,
        connection: sa.Connection,
        ids: Sequence[str],
        head: Mapping[str, Any],
        moment: datetime,
    ) -> None:
        """Take stations out of the register, each with a line of the history."""
        for station_id in ids:
            key, _, _ = read_station(connection, station_id)
            line = {**head, "station_id": station_id, "kind": "removed", "changes": "{}"}
            connection.execute(sa.insert(EVENTS).values(line))
            self._backend.delete_stations(connection, [key])
        if ids:
            note_contents(connection, moment=moment)


def refuse_too_many(count: int) -> None:
    """Refuse an edit of more stations than `MOST_AT_ONCE` (InputError)."""
    if count > MOST_AT_ONCE:
        raise InputError(
            say(
                "{count:,} stations are too many at once: take {most:,} or fewer, by a filter",
                count=count,
                most=MOST_AT_ONCE,
            )
        )


def _head(
    moment: datetime, *, source: str, by: str, observed_at: date | None = None
) -> dict[str, Any]:
    return {
        "recorded_at": clock.moment_text(moment),
        "observed_at": clock.observed_text(observed_at, recorded=moment),
        "source": source,
        "by_whom": by,
        "weight": 1.0,
    }


def _write(
    backend: Backend,
    connection: sa.Connection,
    said: Mapping[str, Mapping[str, Any]],
    heads: Mapping[str, Mapping[str, Any]],
    *,
    moment: datetime,
) -> None:
    """Write what is said now of several stations."""
    if not said:
        return
    rows, events = [], []
    there = read_stations(connection, list(said))
    for station_id, values in said.items():
        key, place, record = there[station_id]
        after = dict(zip(FIELDS, record, strict=True))
        apply_changes(after, values)
        rows.append((key, place, tuple(after[name] for name in FIELDS)))
        line = {"station_id": station_id, "kind": "observed", "changes": changes_text(values)}
        events.append({**heads[station_id], **line})
    check_records([record for _, _, record in rows])  # refuses what cannot be
    write_observations(backend, connection, rows, events=events, moment=moment)


def _versions(connection: sa.Connection, ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in batches(ids):
        query = (
            sa.select(_E.station_id, sa.func.max(_E.id))
            .where(_E.station_id.in_(some))
            .group_by(_E.station_id)
        )
        found |= {station: int(number) for station, number in connection.execute(query)}
    return found


def _lines(
    connection: sa.Connection, station_id: str, *, until: int | None = None, after: int = 0
) -> list[sa.Row[Any]]:
    """Return the lines of a station that had effect, up to a version or after one."""
    query = sa.select(EVENTS).where(
        _E.station_id == station_id, _E.kind.in_(WITH_EFFECT), _E.id > after
    )
    if until is not None:
        query = query.where(_E.id <= until)
    return list(connection.execute(query.order_by(_E.id)))


def _clashes(
    connection: sa.Connection, station_id: str, said: Mapping[str, Any], *, since: int
) -> tuple[Clash, ...]:
    """Return the fields that somebody gave another value after a version."""
    later = _lines(connection, station_id, after=since)
    if not later:
        return ()
    _, _, record = read_station(connection, station_id)
    now = facts(dict(zip(FIELDS, record, strict=True)))
    changed: dict[str, sa.Row[Any]] = {}
    before = replayed(_lines(connection, station_id, until=since), station_id)
    for line in later:
        was = facts(before)
        apply_changes(before, json.loads(line.changes))
        became = facts(before)
        for name in {*was, *became}:
            if was.get(name) != became.get(name):
                changed[name] = line
    return tuple(
        Clash(
            field=name,
            kept=now.get(name),
            by=changed[name].by_whom,
            source=changed[name].source,
            at=clock.read_moment(changed[name].recorded_at),
            wanted=value,
        )
        for name, value in said.items()
        if name in changed and fact(name, now.get(name)) != fact(name, value)
    )


def _edit_lines(connection: sa.Connection, number: int) -> list[sa.Row[Any]]:
    """Return the lines of an edit by the number of any of them."""
    moment = connection.execute(sa.select(_E.recorded_at).where(_E.id == number)).scalar()
    query = sa.select(EVENTS).where(
        _E.id.between(number - 2 * MOST_AT_ONCE, number + 2 * MOST_AT_ONCE),  # its lines are beside
        _E.recorded_at == moment,
        _E.import_id.is_(None),
        _E.kind.in_(("observed", "added")),
    )
    lines = [] if moment is None else list(connection.execute(query.order_by(_E.id)))
    if not lines:
        raise InputError(say("there is no edit {number} that can be undone", number=number))
    return lines


def _last_line(connection: sa.Connection) -> int:
    """Return the number of the newest line of the history; 0 before the first."""
    return int(connection.execute(sa.select(sa.func.max(_E.id))).scalar() or 0)


def _first_after(connection: sa.Connection, number: int) -> int:
    """Return the number of the first line after another; 0 where there is none."""
    query = sa.select(sa.func.min(_E.id)).where(_E.id > number)
    return int(connection.execute(query).scalar() or 0)


def _moment_of(row: sa.Row[Any]) -> str:
    return str(row.recorded_at)


def _edit_line(rows: Sequence[sa.Row[Any]]) -> EditLine:
    fields: defaultdict[str, None] = defaultdict()
    for row in rows:
        if row.kind == "observed":
            fields.update(dict.fromkeys(json.loads(row.changes)))
    first = rows[-1]
    return EditLine(
        number=min(row.id for row in rows),
        recorded_at=clock.read_moment(first.recorded_at),
        source=first.source,
        by=first.by_whom,
        stations=tuple(dict.fromkeys(row.station_id for row in reversed(rows))),
        kinds=tuple(dict.fromkeys(row.kind for row in rows)),
        fields=tuple(name for name in fields if name not in SILENT),
    )


def _note(
    connection: sa.Connection,
    action: str,
    *,
    by: str,
    stations: Sequence[str],
    fields: Iterable[str],
) -> None:
    """Write an edit into the log, its stations counted where they are several."""
    subject = stations[0] if len(stations) == 1 else str(len(stations))
    note(connection, who=by, action=action, subject=subject, detail=", ".join(sorted(fields)))
