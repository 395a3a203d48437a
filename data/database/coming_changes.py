"""The changes ahead in the database: entered, listed, withdrawn; a line is never taken away."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.coming_changes import ComingChange
from data.database import clock
from data.database.audit import note
from data.database.observations import read_station
from data.database.records import ID, Record, apply_changes, records_of, stations_of
from data.database.schema import COMING_CHANGES, FIELDS, REVISIONS
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from data.database.backend import Backend
    from data.stations import Stations

_C: Final = COMING_CHANGES.c
_STEP: Final = REVISIONS.index("0008")


class ComingChanges:
    """The changes ahead of one workspace, the same on SQLite and PostgreSQL."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def add(self, change: ComingChange, *, by: str) -> int:
        """Enter a change; returns its number (InputError when the station is not there)."""
        with self._backend.transaction(write=True) as connection:
            read_station(connection, change.station)
            values = {
                "station_id": change.station,
                "from_day": change.from_day.isoformat(),
                "to_day": "" if change.to_day is None else change.to_day.isoformat(),
                "said": json.dumps(dict(change.said), ensure_ascii=False),
                "why": change.why,
                "made_at": clock.moment_text(clock.now()),
                "made_by": by,
                "withdrawn_at": "",
                "withdrawn_by": "",
            }
            made = connection.execute(sa.insert(COMING_CHANGES).values(values))
            note(connection, who=by, action="add change", subject=change.station)
            key = made.inserted_primary_key
            return 0 if key is None else int(key[0])

    def withdraw(self, number: int, *, by: str) -> None:
        """Take a change back (InputError when there is none, or it was taken back before)."""
        with self._backend.transaction(write=True) as connection:
            row = connection.execute(sa.select(COMING_CHANGES).where(_C.id == number)).one_or_none()
            if row is None or row.withdrawn_at:
                raise InputError(say("there is no change {number} ahead", number=number))
            taken = {"withdrawn_at": clock.moment_text(clock.now()), "withdrawn_by": by}
            connection.execute(sa.update(COMING_CHANGES).where(_C.id == number).values(taken))
            note(connection, who=by, action="withdraw change", subject=row.station_id)

    def change(self, number: int) -> ComingChange | None:
        """Return one change by its number; None where there is none."""
        found = self._find(_C.id == number)
        return found[0] if found else None

    def of(self, station_id: str) -> tuple[ComingChange, ...]:
        """Return the changes of a station that were not taken back, the first day first."""
        return self._find((_C.station_id == station_id) & (_C.withdrawn_at == ""))

    def entered(self, *, until: date | datetime | None = None) -> tuple[ComingChange, ...]:
        """Return all changes that hold by what was known at a moment (None: now)."""
        if until is None:
            return self._find(_C.withdrawn_at == "")
        at = clock.end_of(until)
        return self._find((_C.made_at <= at) & ((_C.withdrawn_at == "") | (_C.withdrawn_at > at)))

    def version(self) -> str:
        """Return a short text that changes with every change that is entered or taken back."""
        query = sa.select(sa.func.max(_C.id), sa.func.max(_C.withdrawn_at))
        with self._backend.transaction() as connection:
            if not self._is_there(connection):
                return ""
            return str(tuple(connection.execute(query).one()))

    def _is_there(self, connection: sa.Connection) -> bool:
        step = self._backend.known(self._backend.read_revision(connection))
        return bool(step) and REVISIONS.index(step) >= _STEP

    def _find(self, condition: sa.ColumnElement[bool]) -> tuple[ComingChange, ...]:
        query = sa.select(COMING_CHANGES).where(condition).order_by(_C.from_day, _C.id)
        with self._backend.transaction() as connection:
            if not self._is_there(connection):
                return ()
            rows = connection.execute(query).all()
        return tuple(_change(row) for row in rows)


def overlaid(stations: Stations, changes: Iterable[ComingChange], day: date) -> Stations:
    """Return the stations as they are on a day: changes that hold then go before the register.

    Of two changes of one field the later entered holds. The same object where none holds.
    """
    holding = [change for change in changes if change.holds_on(day)]
    wanted = {change.station for change in holding}
    if not wanted & set(stations.ids):
        return stations
    rows: list[Record] = []
    for record in records_of(stations):
        if record[ID] not in wanted:
            rows.append(record)
            continue
        after = dict(zip(FIELDS, record, strict=True))
        for change in holding:
            if change.station == record[ID]:
                apply_changes(after, change.values)
        rows.append(tuple(after[name] for name in FIELDS))
    return stations_of(rows)


def _change(row: Any) -> ComingChange:  # noqa: ANN401 - a row of a query
    return ComingChange(
        station=row.station_id,
        from_day=date.fromisoformat(row.from_day),
        to_day=date.fromisoformat(row.to_day) if row.to_day else None,
        said=json.loads(row.said),
        why=row.why,
        number=row.id,
        made_at=clock.read_moment(row.made_at),
        made_by=row.made_by,
        withdrawn_at=clock.read_moment(row.withdrawn_at) if row.withdrawn_at else None,
    )
