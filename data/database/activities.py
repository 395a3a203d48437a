"""Activities at stations in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from data.activities import MOST_PLACES, Activity
from data.database import clock
from data.database.audit import desk_rows, has_desk, note
from data.database.schema import ACTIVITIES, STATIONS
from data.database.sign_ups import cancel_all, mark_came
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from data.database.backend import Backend

_A: Final = ACTIVITIES.c


@dataclass(frozen=True)
class ActivityLine:
    """One activity as it was kept, with its number and since when it stands there."""

    id: int
    activity: Activity
    made_at: datetime
    made_by: str
    #: How many came; None before it was said.
    attended: int | None = None


class Activities:
    """The activities of one workspace, the same on SQLite and PostgreSQL."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def add(self, activities: Sequence[Activity], *, by: str) -> tuple[int, ...]:
        """Enter activities, all or none; returns their numbers.

        Raises
        ------
        InputError
            when a station is not in the register.
        """
        with self._backend.transaction(write=True) as connection:
            there = set(connection.execute(sa.select(STATIONS.c.id)).scalars())
            for activity in activities:
                if activity.station not in there:
                    raise InputError(
                        say(
                            "station {station} is not in the register",
                            station=activity.station[:80],
                        )
                    )
            return tuple(_insert(connection, activity, by) for activity in activities)

    def remove(self, number: int, *, by: str) -> ActivityLine:
        """Take an activity away; returns what it was (InputError when there is none)."""
        found = self.activity(number)
        with self._backend.transaction(write=True) as connection:
            done = connection.execute(sa.delete(ACTIVITIES).where(_A.id == number))
            if found is None or done.rowcount != 1:
                raise InputError(say("there is no activity {number}", number=number))
            subject = f"activity {number}"
            detail = f"{found.activity.station}: {found.activity.title}"
            note(connection, who=by, action="remove activity", subject=subject, detail=detail)
            cancel_all(connection, number)
        return found

    def attend(self, number: int, *, attended: int, came: Collection[str], by: str) -> None:
        """Say how many came to an activity, and of those who signed up which numbers did.

        Raises
        ------
        InputError
            when there is no such activity, or so many cannot have come.
        """
        if not len(came) <= attended <= MOST_PLACES:
            raise InputError(
                say("attended must be {least} to {most}", least=len(came), most=MOST_PLACES)
            )
        with self._backend.transaction(write=True) as connection:
            query = sa.update(ACTIVITIES).where(_A.id == number).values(attended=attended)
            if connection.execute(query).rowcount != 1:
                raise InputError(say("there is no activity {number}", number=number))
            mark_came(connection, number, came)
            subject, detail = f"activity {number}", str(attended)
            note(connection, who=by, action="count attendance", subject=subject, detail=detail)

    def over_since(self, moment: datetime, *, until: datetime) -> tuple[ActivityLine, ...]:
        """Return the activities that ended between two moments, the earliest first."""
        ended = _A.ends_at.between(clock.moment_text(moment), clock.moment_text(until))
        return self._find(ended)

    def activity(self, number: int) -> ActivityLine | None:
        """Return one activity; None when there is none of this number."""
        found = self._find(_A.id == number)
        return found[0] if found else None

    def at(self, station_id: str) -> tuple[ActivityLine, ...]:
        """Return the activities at a station, the earliest first."""
        return self._find(_A.station_id == station_id)

    def not_over(self, moment: datetime) -> tuple[ActivityLine, ...]:
        """Return the activities that end after a moment, the earliest first."""
        return self._find(_A.ends_at > clock.moment_text(moment))

    def version(self) -> str:
        """Return a short text that changes with every activity."""
        query = sa.select(sa.func.count(), sa.func.max(_A.id), sa.func.sum(_A.id))
        with self._backend.transaction() as connection:
            if not has_desk(self._backend, connection):
                return "none"
            return str(tuple(connection.execute(query).one()))

    def _find(self, condition: sa.ColumnElement[bool]) -> tuple[ActivityLine, ...]:
        query = sa.select(ACTIVITIES).where(condition).order_by(_A.starts_at, _A.id).limit(5000)
        return tuple(
            ActivityLine(
                row.id,
                Activity(
                    station=row.station_id,
                    title=row.title,
                    kind=row.kind,
                    starts_at=clock.read_moment(row.starts_at),
                    ends_at=clock.read_moment(row.ends_at),
                    text=row.text,
                    places=row.places,
                ),
                clock.read_moment(row.made_at),
                row.made_by,
                row.attended,
            )
            for row in desk_rows(self._backend, query)
        )


def _insert(connection: sa.Connection, activity: Activity, by: str) -> int:
    values = {
        "station_id": activity.station,
        "title": activity.title,
        "kind": activity.kind,
        "starts_at": clock.moment_text(activity.starts_at),
        "ends_at": clock.moment_text(activity.ends_at),
        "text": activity.text,
        "places": activity.places,
        "made_at": clock.moment_text(clock.now()),
        "made_by": by,
    }
    key = connection.execute(sa.insert(ACTIVITIES).values(values)).inserted_primary_key
    number = 0 if key is None else int(key[0])
    subject, detail = f"activity {number}", f"{activity.station}: {activity.title}"
    note(connection, who=by, action="add activity", subject=subject, detail=detail)
    return number
