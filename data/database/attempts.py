"""Who signed in or posted of late, so that the limits hold over all processes that serve one city.

Nobody is named: whoever asks gives keyed hashes. Lines are forgotten after their period, at the
next attempt or by the worker, and no backup holds one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from data.database import clock
from data.database.audit import has_step
from data.database.schema import ATTEMPTS, WITH_ATTEMPTS

if TYPE_CHECKING:
    from datetime import datetime

    from data.database.backend import Backend

_A: Final = ATTEMPTS.c


@dataclass(frozen=True, kw_only=True)
class AttemptLimits:
    """How often something may be tried within ``period_s`` seconds.

    From one address ``most`` times, and ``most_in_a_crowd`` times while there is one: all addresses
    together tried more than ``crowd`` times, or for the same account more than ``crowd_about``.
    So a stranger can take tries away from others but never the last, and ``most_overall`` only
    bounds the table.
    """

    period_s: float
    most: int
    most_in_a_crowd: int
    crowd: int
    crowd_about: int
    most_overall: int


class Attempts:
    """The attempts of one workspace at one ``sort`` of thing, alike on SQLite and PostgreSQL."""

    def __init__(self, backend: Backend, sort: str, limits: AttemptLimits) -> None:
        self._backend, self._sort, self._limits = backend, sort, limits

    def take(self, who: str, *, about: str = "") -> float:
        """Count an attempt; return 0, or in how many seconds to ask again (none is counted then).

        Parameters
        ----------
        who
            keyed hash of the address that tries.
        about
            keyed hash of the account that it tries for; "" where there is none.
        """
        now = clock.now()
        since = now - timedelta(seconds=self._limits.period_s)
        with self._backend.transaction() as connection:  # who is refused holds up no writer
            if has_step(self._backend, connection, WITH_ATTEMPTS):
                wait_s = self._wait_s(connection, who, about, since)
                if wait_s > 0:
                    return wait_s
        with self._backend.transaction(write=True) as connection:
            _forget(connection, self._sort, since)
            wait_s = self._wait_s(connection, who, about, since)
            if wait_s == 0:
                _write(connection, self._sort, who, about, now)
            return wait_s

    def _wait_s(self, connection: sa.Connection, who: str, about: str, since: datetime) -> float:
        """Return after how many seconds there is room; 0 where there is."""
        limits, recent = self._limits, (_A.sort == self._sort) & (_A.at > clock.moment_text(since))
        overall = _count(connection, recent)
        is_crowd = overall >= limits.crowd or (
            bool(about) and _count(connection, recent & (_A.about == about)) >= limits.crowd_about
        )
        most = limits.most_in_a_crowd if is_crowd else limits.most
        mine = recent & (_A.who == who)
        moments = connection.execute(sa.select(_A.at).where(mine).order_by(_A.at)).scalars().all()
        if len(moments) >= most:
            ends = clock.read_moment(moments[len(moments) - most])
        elif overall >= limits.most_overall:
            oldest = sa.select(sa.func.min(_A.at)).where(recent)
            ends = clock.read_moment(connection.execute(oldest).scalar_one())
        else:
            return 0.0
        return (ends - since).total_seconds()


def is_new_voice(connection: sa.Connection, who: str, about: str, *, period_s: float) -> bool:
    """Count a voice about something; False where the same address raised one within the period."""
    now = clock.now()
    _forget(connection, _VOICE, now - timedelta(seconds=period_s))
    same = (_A.sort == _VOICE) & (_A.who == who) & (_A.about == about)
    if _count(connection, same):
        return False
    _write(connection, _VOICE, who, about, now)
    return True


def forget_attempts(backend: Backend, *, older_than_s: float) -> int:
    """Forget all attempts that are older; return how many. Nothing is written where none is."""
    until = clock.now() - timedelta(seconds=older_than_s)
    old = _A.at <= clock.moment_text(until)
    with backend.transaction() as connection:
        if not has_step(backend, connection, WITH_ATTEMPTS) or not _count(connection, old):
            return 0
    with backend.transaction(write=True) as connection:
        return connection.execute(sa.delete(ATTEMPTS).where(old)).rowcount


_VOICE: Final = "voice"


def _write(connection: sa.Connection, sort: str, who: str, about: str, at: datetime) -> None:
    line = {"sort": sort, "who": who, "about": about, "at": clock.moment_text(at)}
    connection.execute(sa.insert(ATTEMPTS).values(line))


def _forget(connection: sa.Connection, sort: str, until: datetime) -> None:
    old = (_A.sort == sort) & (_A.at <= clock.moment_text(until))
    connection.execute(sa.delete(ATTEMPTS).where(old))


def _count(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> int:
    return int(connection.execute(sa.select(sa.func.count()).where(condition)).scalar_one())
