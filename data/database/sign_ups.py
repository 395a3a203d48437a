"""Who comes to an activity: a number and nothing else, in the database.

A phone signs up once for an activity: its random id is hashed with the workspace's key for this
activity alone, and the hash goes when the activity is over. Whoever has the number may cancel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from data.database import clock
from data.database.audit import desk_rows, has_step
from data.database.numbers import new_number
from data.database.schema import ACTIVITIES, SIGN_UPS, WITH_DESK_TABLES
from data.database.tickets import Receipt
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from data.database.backend import Backend

COMING, CANCELLED, CAME = "coming", "cancelled", "came"
_S: Final = SIGN_UPS.c


@dataclass(frozen=True)
class SignUpLine:
    """One sign-up as it was kept."""

    number: str
    activity: int
    made_at: datetime
    state: str


class SignUps:
    """The sign-ups of one workspace, the same on SQLite and PostgreSQL."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def add(self, activity: int, *, device: str, nonce: str) -> Receipt:
        """Give a phone a place; the same phone gets the place that it has.

        Raises
        ------
        InputError
            when there is no such activity, it is over, or no place is left.
        """
        now = clock.now()
        with self._backend.transaction(write=True) as connection:
            _forget_devices(connection, now)
            sent_again = (_S.device == device) & (_S.nonce == nonce)
            mine = (_S.activity_id == activity) & (_S.device == device) & (_S.state != CANCELLED)
            query = sa.select(_S.number, _S.state).where(sent_again | mine)
            known = connection.execute(query.limit(1)).one_or_none()
            if known is not None:
                return Receipt(known.number, known.state, again=True)
            _refuse_without_place(connection, activity, now)
            number = new_number(connection)
            values = {"number": number, "activity_id": activity, "device": device, "nonce": nonce}
            values |= {"made_at": clock.moment_text(now), "state": COMING}
            connection.execute(sa.insert(SIGN_UPS).values(values))
        return Receipt(number, COMING, again=False)

    def cancel(self, number: str) -> None:
        """Give a place back (InputError when the number is none, or the activity was counted)."""
        with self._backend.transaction(write=True) as connection:
            state = connection.execute(sa.select(_S.state).where(_S.number == number)).scalar()
            if state is None or state == CAME:
                raise InputError(say("there is no sign-up {number}", number=number[:20]))
            gone = sa.update(SIGN_UPS).where(_S.number == number)
            connection.execute(gone.values(state=CANCELLED))

    def sign_up(self, number: str) -> SignUpLine | None:
        """Return one sign-up; None when there is none of this number."""
        found = self._find(_S.number == number)
        return found[0] if found else None

    def of(self, activity: int) -> tuple[SignUpLine, ...]:
        """Return those who come to an activity, by number."""
        return self._find((_S.activity_id == activity) & (_S.state != CANCELLED))

    def counts(self) -> dict[int, int]:
        """Return how many come, by activity; an activity to which nobody comes is left out."""
        with self._backend.transaction() as connection:
            if not has_step(self._backend, connection, WITH_DESK_TABLES):
                return {}
            query = sa.select(_S.activity_id, sa.func.count()).where(_S.state != CANCELLED)
            rows = connection.execute(query.group_by(_S.activity_id))
            return {int(activity): int(number) for activity, number in rows}

    def _find(self, condition: sa.ColumnElement[bool]) -> tuple[SignUpLine, ...]:
        with self._backend.transaction() as connection:
            if not has_step(self._backend, connection, WITH_DESK_TABLES):
                return ()
        query = sa.select(SIGN_UPS).where(condition).order_by(_S.number)
        return tuple(
            SignUpLine(row.number, row.activity_id, clock.read_moment(row.made_at), row.state)
            for row in desk_rows(self._backend, query)
        )


def cancel_all(connection: sa.Connection, activity: int) -> None:
    """Give back every place of an activity that is taken away."""
    values = {"state": CANCELLED, "device": None, "nonce": None}
    connection.execute(sa.update(SIGN_UPS).where(_S.activity_id == activity).values(values))


def mark_came(connection: sa.Connection, activity: int, came: Collection[str]) -> None:
    """Note which of those who signed up came; numbers of another activity change nothing."""
    live = (_S.activity_id == activity) & (_S.state != CANCELLED)
    state = sa.case((_S.number.in_(list(came)), CAME), else_=COMING)
    connection.execute(sa.update(SIGN_UPS).where(live).values(state=state))


def _refuse_without_place(connection: sa.Connection, activity: int, now: datetime) -> None:
    columns = (ACTIVITIES.c.places, ACTIVITIES.c.ends_at)
    query = sa.select(*columns).where(ACTIVITIES.c.id == activity)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise InputError(say("there is no activity {number}", number=activity))
    if row.ends_at <= clock.moment_text(now):
        raise InputError(say("the activity is over"))
    live = (_S.activity_id == activity) & (_S.state != CANCELLED)
    taken = connection.execute(sa.select(sa.func.count()).where(live)).scalar_one()
    if row.places is not None and taken >= row.places:
        raise InputError(say("no place is left: all {places} are taken", places=row.places))


def _forget_devices(connection: sa.Connection, now: datetime) -> None:
    over = sa.select(ACTIVITIES.c.id).where(ACTIVITIES.c.ends_at < clock.moment_text(now))
    old = _S.activity_id.in_(over) & _S.device.is_not(None)
    connection.execute(sa.update(SIGN_UPS).where(old).values(device=None, nonce=None))
