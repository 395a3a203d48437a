"""Who did what, when: lines that are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.database import clock
from data.database.schema import AUDIT, REVISIONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from data.database.backend import Backend

#: The step from which on there are reports, tickets and accounts.
DESK_STEP: Final = "0003"
LONGEST_DETAIL: Final = 600


@dataclass(frozen=True)
class AuditLine:
    """One line: ``who`` is an account or "command line"."""

    id: int
    at: datetime
    who: str
    action: str
    subject: str
    detail: str


def note(
    connection: sa.Connection, *, who: str, action: str, subject: str, detail: str = ""
) -> None:
    """Write one line, in the transaction of what was done."""
    values = {
        "at": clock.moment_text(clock.now()),
        "who": who,
        "action": action,
        "subject": subject,
        "detail": detail[:LONGEST_DETAIL],
    }
    connection.execute(sa.insert(AUDIT).values(values))


def write_note(backend: Backend, *, who: str, action: str, subject: str, detail: str = "") -> None:
    """Write one line of what changed nothing in the database, such as a login."""
    with backend.transaction(write=True) as connection:
        note(connection, who=who, action=action, subject=subject, detail=detail)


def read_audit(backend: Backend, *, limit: int = 200) -> tuple[AuditLine, ...]:
    """Return the newest ``limit`` lines, the newest first."""
    return tuple(
        AuditLine(row.id, clock.read_moment(row.at), row.who, row.action, row.subject, row.detail)
        for row in desk_rows(backend, sa.select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit))
    )


def desk_rows(backend: Backend, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    """Return the rows of a query of the desk's tables; none where the database lacks them yet."""
    with backend.transaction() as connection:
        return connection.execute(query).all() if has_desk(backend, connection) else ()


def has_desk(backend: Backend, connection: sa.Connection) -> bool:
    """Tell whether the database has these tables yet; the first write brings them."""
    step = backend.known(backend.read_revision(connection))
    return bool(step) and REVISIONS.index(step) >= REVISIONS.index(DESK_STEP)
