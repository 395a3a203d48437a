"""The register in the database: who stands where, what is known of it, since when and by whom."""

from __future__ import annotations

import contextlib
import json
import math
import threading
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import sqlalchemy as sa

from data.database import clock
from data.database.changes import Changes, Import, merge
from data.database.contents import read_contents
from data.database.history import (
    HALF_LIFE_DAYS,
    Event,
    Evidence,
    ImportNote,
    evidence_of,
    read_events,
    read_histories,
    read_imports,
    rebuild,
)
from data.database.observations import checked_values, observe_in
from data.database.records import EMPTY, ID, Record, record_of, stations_of
from data.database.schema import EVENTS, FIELDS, LISTS, fields_at
from data.database.writing import (
    next_moment,
    read_present,
    read_records,
    write_import,
)
from data.vocabulary import quote
from geo.errors import InputError, NothingYetError, RowFault, RowsError
from geo.measure import great_circle_m
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from data.database.backend import Backend
    from data.stations import Stations
    from geo.measure import Box

_LONGEST_QUERY: Final = 200
_NO_STATIONS: Final = say("no stations yet: run yizhan stations import FILE --datum …")


@dataclass(frozen=True)
class Near:
    """A station and how far it is as the crow flies."""

    id: str
    distance_m: float


class Register:
    """The register of one workspace, the same on SQLite and PostgreSQL.

    Each call opens the database for itself. ``with register:`` keeps one connection for reading
    until the block ends, so that a thousand questions do not open it a thousand times; threads may
    share it.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._lock = threading.Lock()
        self._open = contextlib.ExitStack()
        self._kept: sa.Connection | None = None

    def __enter__(self) -> Self:
        self._kept = self._open.enter_context(self._backend.keep_reading())
        return self

    def __exit__(self, *_: object) -> None:
        self._kept = None
        self._open.close()

    # Reading

    def stations(self, *, as_of: date | datetime | None = None) -> Stations:
        """Return the register, or what it was at the end of a day (China's) or at a moment.

        Raises
        ------
        NothingYetError
            when none was imported, or not by then.
        """
        if as_of is None:
            with self._backend.transaction() as connection:
                return stations_of(self._present_records(connection))
        with self._backend.transaction() as connection:
            records = rebuild(connection, until=clock.end_of(as_of))
        if records is None:
            raise NothingYetError(
                say("{where}: no stations on {as_of} yet", where=self._backend.where, as_of=as_of)
            )
        return stations_of(records)

    def _present_records(self, connection: sa.Connection) -> list[Record]:
        """Read the register, also one that was not brought up to date yet."""
        if read_contents(connection, "stations") is None:
            raise NothingYetError(
                say("{where}: {reason}", where=self._backend.where, reason=_NO_STATIONS)
            )
        fields = fields_at(self._backend.known(self._backend.read_revision(connection)))
        rows = read_records(connection, fields)
        if fields == FIELDS:
            return [record_of(row) for row in rows]
        empty = {name: "[]" if name in LISTS else value for name, value in EMPTY.items()}
        full = ({**empty, **dict(zip(fields, row, strict=True))} for row in rows)
        return [record_of([row[name] for name in FIELDS]) for row in full]

    def history(self, station_id: str) -> tuple[Event, ...]:
        """Return everything that was said of a station, the first event first.

        Raises
        ------
        InputError
            when no station ever had this id.
        """
        with self._reading() as connection:
            events = read_events(connection, station_id)
        if not events:
            raise InputError(
                say("station {station_id} was never in the register", station_id=station_id[:80])
            )
        return events

    def imports(self) -> tuple[ImportNote, ...]:
        """Return every import, the first one first."""
        with self._reading() as connection:
            return read_imports(connection)

    def evidence(
        self,
        station_id: str,
        moment: datetime | None = None,
        *,
        half_life_days: float = HALF_LIFE_DAYS,
    ) -> dict[str, Evidence]:
        """Return for every value known of a station the newest statement of it, and its worth.

        Keys are columns, and "facility.ID" for each facility of which something is known (value
        "yes", "no" or "broken"). At an earlier ``moment`` only what was recorded by then counts.

        Raises
        ------
        InputError
            when the station is not in the register at that moment.
        """
        at = clock.now() if moment is None else moment
        until = clock.read_moment(clock.moment_text(at))
        with self._reading() as connection:
            events = read_events(connection, station_id, until=until)
            imports = [note for note in read_imports(connection) if note.recorded_at <= until]
        if not events or events[-1].kind == "removed":
            raise InputError(
                say("station {station_id} is not in the register", station_id=station_id[:80])
            )
        return evidence_of(events, imports, moment=until, half_life_days=half_life_days)

    def evidence_of_all(
        self, moment: datetime | None = None, *, half_life_days: float = HALF_LIFE_DAYS
    ) -> dict[str, dict[str, Evidence]]:
        """Return `evidence` for every station that is in the register at a moment, by its id."""
        until = clock.read_moment(clock.moment_text(clock.now() if moment is None else moment))
        with self._reading() as connection:
            histories = read_histories(connection, until=until)
            imports = [note for note in read_imports(connection) if note.recorded_at <= until]
        return {
            station_id: evidence_of(events, imports, moment=until, half_life_days=half_life_days)
            for station_id, events in histories.items()
            if events[-1].kind != "removed"
        }

    def nearest(self, lon: float, lat: float, k: int = 5) -> tuple[Near, ...]:
        """Return the ``k`` stations nearest to a point (WGS-84), the nearest first.

        Metres are those of the great circle; fewer than ``k`` where the register is smaller.
        """
        if not (abs(lon) <= 180 and abs(lat) <= 90 and math.isfinite(lon + lat)):  # noqa: PLR2004 - degrees
            raise InputError(say("{lon}, {lat} lies nowhere on earth", lon=lon, lat=lat))
        if k < 1:
            raise InputError(say("nearest {k} must be 1 or more", k=k))
        with self._reading() as connection:
            found = self._backend.near(connection, lon, lat, count=k)
        if not found:
            return ()
        points = np.array([row[1:] for row in found], dtype=np.float64)
        metres = great_circle_m(np.broadcast_to((lon, lat), points.shape), points).tolist()
        order = sorted(zip(metres, (row[0] for row in found), strict=True))
        return tuple(Near(station_id, metre) for metre, station_id in order[:k])

    def in_box(self, box: Box) -> tuple[str, ...]:
        """Return the ids of the stations in a box, its edges included, in the register's order."""
        with self._reading() as connection:
            return tuple(self._backend.in_box(connection, box))

    def search(self, text: str, *, limit: int = 50) -> tuple[str, ...]:
        """Return the ids of stations whose name, address or id holds every word of ``text``.

        Capitals do not matter. Those named so come first, then those whose name begins so, then
        the others in the register's order.

        Raises
        ------
        InputError
            when there is no word, or more than 200 characters.
        """
        words = text.split()
        if not words or len(text) > _LONGEST_QUERY or "\x00" in text:
            raise InputError(say("search: write 1 to {longest} characters", longest=_LONGEST_QUERY))
        with self._reading() as connection:
            return tuple(self._backend.with_words(connection, words, limit=limit))

    # Writing

    def compare(self, stations: Stations, *, record: Import | None = None) -> Changes:
        """Say what `replace` would change, and write nothing."""
        how = record or Import()
        with self._backend.transaction() as connection:
            if read_contents(connection, "stations") is None:
                return merge({}, stations, how, newer={}).changes
            before = {row[ID]: row for row in self._present_records(connection)}
            first = self._backend.is_first(connection)
            newer = {} if first else _newer(connection, how)
            exported = None if first else _exported(connection, how)
        return merge(before, stations, how, newer=newer, exported=exported).changes

    def version(self, *, as_of: date | datetime | None = None) -> int:
        """Return the number of the register's version, or of that of an earlier day.

        It grows with all that is written; 0 before anything was.
        """
        with self._backend.transaction() as connection:
            if self._backend.is_first(connection):
                return 0
            query = sa.select(sa.func.max(EVENTS.c.id))
            if as_of is not None:
                query = query.where(EVENTS.c.recorded_at <= clock.end_of(as_of))
            return int(connection.execute(query).scalar() or 0)

    def replace(
        self, stations: Stations, *, record: Import | None = None, close_others: bool = False
    ) -> Changes:
        """Lay ``stations`` over the register as ``record`` says, in one transaction.

        Without ``record`` they take the register's place as they are. With ``close_others`` those
        that a partial list does not name are closed, as of its day; that is an import of its own
        in the same transaction, as the list says nothing else of them, and not in the answer.

        Raises
        ------
        RowsError
            when the list was exported from the register, both changed the same since, and
            ``record`` does not say whose word holds.
        WorkspaceError
            when the database cannot be written; the register is as it was then.
        """
        how = record or Import()
        with self._backend.transaction(write=True) as connection:
            present = read_present(connection)
            exported = _exported(connection, how)
            newer = _newer(connection, how)
            merged = merge(present.records, stations, how, newer=newer, exported=exported)
            if merged.changes.conflicts and how.take is None:
                raise RowsError(how.file, _conflict_faults(merged.changes, stations, how))
            write_import(self._backend, connection, present, merged, how, stations)
            if close_others:
                since = set() if exported is None else set(present.records) - set(exported)
                self._close_others(connection, since | set(stations.ids), how)
        return merged.changes

    def _close_others(self, connection: sa.Connection, named: set[str], record: Import) -> None:
        """Close the stations that are not ``named``, but for what is known from a later day."""
        present = read_present(connection)
        day = clock.china_day(
            clock.read_moment(clock.observed_text(record.observed_at, recorded=clock.now()))
        )
        closed = {"status": "closed", "status_since": day.isoformat()}
        others = [
            tuple(closed.get(name, value) for name, value in zip(FIELDS, row, strict=True))
            for station_id, row in present.records.items()
            if station_id not in named and row[FIELDS.index("status")] != "closed"
        ]
        if not others:
            return
        gone = stations_of(others)
        how = replace(record, rows=(), refused=(), partial=True, fields=frozenset(closed))
        merged = merge(present.records, gone, how, newer=_newer(connection, how))
        write_import(self._backend, connection, present, merged, how, gone)

    def observe(
        self,
        station_id: str,
        values: Mapping[str, Any],
        *,
        source: str,
        by: str = "",
        observed_at: date | datetime | None = None,
        weight: float = 1.0,
    ) -> Event:
        """Write down what somebody saw at a station, in one transaction.

        Parameters
        ----------
        station_id
            a station of the register.
        values
            columns of a station, and "facility.ID" as "yes", "no", "broken" or "unknown". A place
            needs lon and lat (WGS-84). The date goes into checked_at by itself.
        source, by
            as "inspector", "workers", and a name or number; never a phone number.
        observed_at
            a day or moment; None is now. What is known from a later day stays: the statement is
            then only noted.
        weight
            what the statement counts on its day, from 0 to 1.

        Returns
        -------
        The event that was written (the one with effect, where there are two).

        Raises
        ------
        InputError
            when the station is not there, or a value cannot be.
        """
        if not 0 <= weight <= 1:
            raise InputError(say("weight {weight} must be between 0 and 1", weight=weight))
        said = checked_values(values)
        with self._backend.transaction(write=True) as connection:
            moment = next_moment(connection)
            head = {
                "station_id": station_id,
                "recorded_at": clock.moment_text(moment),
                "observed_at": clock.observed_text(observed_at, recorded=moment),
                "source": source,
                "by_whom": by,
                "weight": float(weight),
            }
            observe_in(self._backend, connection, head, said, moment=moment)
            return read_events(connection, station_id)[-1]

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        """Use the kept connection, one thread at a time, or open one."""
        if self._kept is None:
            with self._backend.transaction() as connection:
                yield connection
            return
        with self._lock, self._backend.errors_in_words():
            yield self._kept


def _exported(connection: sa.Connection, record: Import) -> dict[str, Record] | None:
    """Return the register in the version that a list came from; None where that is not known."""
    if record.version is None:
        return None
    newest = connection.execute(sa.select(sa.func.max(EVENTS.c.id))).scalar() or 0
    if record.version > newest:
        raise InputError(
            say(
                "{file}: comes from version {version} of a register, and this one is at {newest}: "
                "take the column register_version (登记册版本) out if it is of another workspace",
                file=record.file,
                version=record.version,
                newest=newest,
            )
        )
    query = sa.select(sa.func.max(EVENTS.c.recorded_at)).where(EVENTS.c.id <= record.version)
    until = connection.execute(query).scalar()
    records = None if until is None else rebuild(connection, until=until)
    return {row[ID]: row for row in records or ()}


def _conflict_faults(changes: Changes, stations: Stations, record: Import) -> tuple[RowFault, ...]:
    """Say for each conflict what was exported, what holds now and what the list says."""
    rows: Mapping[str, int] = {}
    if record.rows:
        rows = dict(zip(stations.ids, record.rows, strict=True))
    cure = say("say whose word holds by --take file or --take register")
    return tuple(
        RowFault(
            rows.get(one.id),
            one.field or None,
            say(
                "{station}: was {exported} when the list was exported, is {register} now and "
                "{listed} in the list: {cure}",
                station=one.id,
                exported=conflict_words(one.exported),
                register=conflict_words(one.register),
                listed=conflict_words(one.listed),
                cure=cure,
            ),
        )
        for one in changes.conflicts
    )


def conflict_words(value: object) -> str:
    """Write what one side of a conflict says, shortly; a dash where it says nothing."""
    if isinstance(value, tuple):
        return " ".join(conflict_words(part) for part in value if part not in {"", None}) or "–"
    text = "" if value is None else str(value)
    return quote(text) if text else "–"


def _newer(connection: sa.Connection, record: Import) -> dict[str, set[str]]:
    """Return for each station the facts that were observed after the day of an import."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    if not record.keep_newer:
        return found
    at = clock.observed_text(record.observed_at, recorded=clock.now())
    query = sa.select(EVENTS.c.station_id, EVENTS.c.changes).where(
        EVENTS.c.kind == "observed", EVENTS.c.observed_at > at
    )
    for station_id, changes in connection.execute(query):
        found[station_id] |= set(json.loads(changes))
    return found
