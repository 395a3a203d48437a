"""Inspection rounds and visits in the database."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.database import clock
from data.database.audit import note
from data.database.register import Register
from data.database.schema import REVISIONS, ROUND_STOPS, ROUNDS, STATIONS, VISITS
from data.rounds import GONE, SOURCE, KeptRound, KeptVisit, Round, Visit
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.database.backend import Backend

_STEP: Final = "0008"
_R, _S, _V = ROUNDS.c, ROUND_STOPS.c, VISITS.c


class Rounds:
    """The rounds of one workspace, the same on SQLite and PostgreSQL."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def add(self, made: Round, *, by: str) -> int:
        """Keep a round; return its number (InputError for a station that is not there)."""
        with self._backend.transaction(write=True) as connection:
            ids = sa.select(STATIONS.c.id).where(STATIONS.c.id.in_(made.stations))
            missing = set(made.stations) - set(connection.execute(ids).scalars())
            if missing:
                raise InputError(
                    say("no station has the id {station}: look it up", station=min(missing))
                )
            values = {
                "name": made.name,
                "made_at": clock.moment_text(clock.now()),
                "made_by": by,
                "rule": made.rule,
                "due_on": made.due_on.isoformat(),
                "inspector": made.inspector,
                "note": made.note,
                "closed_at": "",
            }
            key = connection.execute(sa.insert(ROUNDS).values(values)).inserted_primary_key
            number = 0 if key is None else int(key[0])
            stops = [
                {"round_id": number, "position": at, "station_id": station}
                for at, station in enumerate(made.stations, start=1)
            ]
            connection.execute(sa.insert(ROUND_STOPS), stops)
            note(connection, who=by, action="add round", subject=str(number), detail=made.name)
        return number

    def rounds(self, *, inspector: str | None = None, closed: bool = False) -> list[KeptRound]:
        """Return the open rounds, the one that is due first first; with ``closed`` all.

        ``inspector`` asks for those of one person and of nobody.
        """
        query = sa.select(ROUNDS).order_by(_R.due_on, _R.id)
        if not closed:
            query = query.where(_R.closed_at == "")
        if inspector is not None:
            query = query.where(_R.inspector.in_([inspector, ""]))
        return self._read(query)

    def round(self, number: int) -> KeptRound | None:
        """Return one round; None where there is none of that number."""
        found = self._read(sa.select(ROUNDS).where(_R.id == number))
        return found[0] if found else None

    def close(self, number: int, *, by: str) -> None:
        """Close a round; a closed one stays as it is."""
        with self._backend.transaction(write=True) as connection:
            now = clock.moment_text(clock.now())
            open_one = sa.update(ROUNDS).where((_R.id == number) & (_R.closed_at == ""))
            if connection.execute(open_one.values(closed_at=now)).rowcount:
                note(connection, who=by, action="close round", subject=str(number))

    def add_visit(self, visit: Visit, *, by: str, round_id: int | None = None) -> KeptVisit:
        """Keep a visit and tell the register what was found, once for each key of a phone.

        What is known from a later day stays and is told as a conflict. The visit of a station that
        left the register is kept and tells nothing.

        Raises
        ------
        InputError
            when a value cannot be, or it was seen in the future.
        """
        known = self._visit(visit.nonce, by=by)
        if known is not None:
            return known
        clock.observed_text(visit.seen_at, recorded=clock.now())
        conflicts = self._tell(visit, by=by)
        values = {
            "round_id": round_id,
            "station_id": visit.station,
            "seen_at": clock.moment_text(visit.seen_at),
            "received_at": clock.moment_text(clock.now()),
            "by_whom": by,
            "nonce": visit.nonce,
            "said": json.dumps(dict(visit.said), ensure_ascii=False),
            "note": visit.note,
            "conflicts": json.dumps(conflicts, ensure_ascii=False),
        }
        with self._backend.transaction(write=True) as connection:
            same = sa.select(_V.id).where((_V.by_whom == by) & (_V.nonce == visit.nonce))
            if connection.execute(same).first() is None:
                connection.execute(sa.insert(VISITS).values(values))
        kept = self._visit(visit.nonce, by=by)
        if kept is None:
            raise InputError(say("the visit was not kept: send it again"))
        return kept

    def _tell(self, visit: Visit, *, by: str) -> dict[str, Any]:
        """Tell the register; return what it knew better."""
        register = Register(self._backend)
        with self._backend.transaction() as connection:
            there = sa.select(STATIONS.c.id).where(STATIONS.c.id == visit.station)
            if connection.execute(there).first() is None:
                return {GONE: ""}
        if not visit.said:
            return {}
        event = register.observe(
            visit.station, visit.said, source=SOURCE, by=by, observed_at=visit.seen_at
        )
        known = register.evidence(visit.station)
        return {
            name: known[name].value
            for late in register.history(visit.station)
            if late.kind == "noted" and late.recorded_at == event.recorded_at
            for name in late.changes
            if name in known and name != "checked_at"
        }

    def _visit(self, nonce: str, *, by: str) -> KeptVisit | None:
        with self._backend.transaction() as connection:
            if not self._is_there(connection):
                return None
            query = sa.select(VISITS).where((_V.by_whom == by) & (_V.nonce == nonce))
            row = connection.execute(query).one_or_none()
        return None if row is None else _kept_visit(row)

    def _read(self, query: sa.Select[Any]) -> list[KeptRound]:
        with self._backend.transaction() as connection:
            if not self._is_there(connection):
                return []
            rows = connection.execute(query).all()
            numbers = [row.id for row in rows]
            stops = connection.execute(
                sa.select(ROUND_STOPS).where(_S.round_id.in_(numbers)).order_by(_S.position)
            ).all()
            visits = connection.execute(
                sa.select(VISITS).where(_V.round_id.in_(numbers)).order_by(_V.seen_at, _V.id)
            ).all()
        return [_kept_round(row, stops, visits) for row in rows]

    def _is_there(self, connection: sa.Connection) -> bool:
        step = self._backend.known(self._backend.read_revision(connection))
        return bool(step) and REVISIONS.index(step) >= REVISIONS.index(_STEP)


def _kept_round(
    row: sa.Row[Any], stops: Sequence[sa.Row[Any]], visits: Sequence[sa.Row[Any]]
) -> KeptRound:
    made = Round(
        name=row.name,
        stations=tuple(stop.station_id for stop in stops if stop.round_id == row.id),
        due_on=date.fromisoformat(row.due_on),
        inspector=row.inspector,
        rule=row.rule,
        note=row.note,
    )
    return KeptRound(
        id=row.id,
        round=made,
        made_at=clock.read_moment(row.made_at),
        made_by=row.made_by,
        closed_at=clock.read_moment(row.closed_at) if row.closed_at else None,
        visits=tuple(_kept_visit(one) for one in visits if one.round_id == row.id),
    )


def _kept_visit(row: sa.Row[Any]) -> KeptVisit:
    visit = Visit(
        station=row.station_id,
        seen_at=clock.read_moment(row.seen_at),
        nonce=row.nonce,
        said=json.loads(row.said),
        note=row.note,
    )
    return KeptVisit(
        id=row.id,
        visit=visit,
        by=row.by_whom,
        received_at=clock.read_moment(row.received_at),
        conflicts=json.loads(row.conflicts),
    )
