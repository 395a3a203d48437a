"""Who tried to sign in, so that the limits hold over all processes that serve one city.

Nobody is named: whoever asks gives keyed hashes. Lines older than the period of the limits go with
the next attempt.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from data.database import clock
from data.database.audit import has_step
from data.database.schema import LOGIN_ATTEMPTS, WITH_DESK_TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from data.database.backend import Backend

_L: Final = LOGIN_ATTEMPTS.c


class LoginAttempts:
    """The attempts of one workspace, the same on SQLite and PostgreSQL."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def take(self, limits: Mapping[str, int], *, period_s: float, most_overall: int) -> float:
        """Count one attempt by every key; return 0, or in how many seconds to ask again.

        Parameters
        ----------
        limits
            for each keyed hash that the attempt counts for, how many it may make in a period.
        period_s
            seconds that an attempt counts.
        most_overall
            how many lines all keys together may make in a period; bounds the table.

        Nothing is counted, and nothing written, where one is full.
        """
        now = clock.now()
        since = now - timedelta(seconds=period_s)
        with self._backend.transaction() as connection:  # who is refused holds up no writer
            if has_step(self._backend, connection, WITH_DESK_TABLES):
                full_since = _full_since(connection, limits, since, most_overall)
                if full_since is not None:
                    return period_s - (now - full_since).total_seconds()
        with self._backend.transaction(write=True) as connection:
            connection.execute(sa.delete(LOGIN_ATTEMPTS).where(_L.at <= clock.moment_text(since)))
            full_since = _full_since(connection, limits, since, most_overall)
            if full_since is not None:
                return period_s - (now - full_since).total_seconds()
            rows = [{"who": who, "at": clock.moment_text(now)} for who in limits]
            connection.execute(sa.insert(LOGIN_ATTEMPTS), rows)
        return 0.0


def _full_since(
    connection: sa.Connection, limits: Mapping[str, int], since: datetime, most_overall: int
) -> datetime | None:
    """Return when the oldest attempt that fills a limit was made; None where all have room."""
    recent = _L.at > clock.moment_text(since)
    of_one = [(most, recent & (_L.who == who)) for who, most in limits.items()]
    for most, counted in [*of_one, (most_overall, recent)]:
        query = sa.select(sa.func.count(), sa.func.min(_L.at)).where(counted)
        number, oldest = connection.execute(query).one()
        if number >= most:
            return clock.read_moment(oldest)
    return None
