"""Who did what, when: lines that are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.china_time import CHINA_TIME
from data.database import clock
from data.database.schema import AUDIT, LATER_COLUMNS, REVISIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.database.backend import Backend

#: The step from which on there are reports, tickets and accounts.
DESK_STEP: Final = "0003"
LONGEST_DETAIL: Final = 600
#: Words of a search that count.
MOST_WORDS: Final = 8


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
    return search_audit(backend, AuditQuery(), limit=limit)[1]


@dataclass(frozen=True)
class AuditQuery:
    """What lines are looked for; empty parts let every line through.

    ``words`` must all stand in subject or detail, capitals aside; ``since`` and ``until`` are days
    in China, both included.
    """

    who: str = ""
    action: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None

    def condition(self) -> sa.ColumnElement[bool]:
        """Return what holds for the lines that are looked for."""
        parts: list[sa.ColumnElement[bool]] = [sa.true()]
        if self.who:
            parts.append(AUDIT.c.who == self.who)
        if self.action:
            parts.append(AUDIT.c.action == self.action)
        parts.extend(
            AUDIT.c.subject.icontains(word, autoescape=True)
            | AUDIT.c.detail.icontains(word, autoescape=True)
            for word in self.words.split()[:MOST_WORDS]
        )
        if self.since is not None:
            first = datetime.combine(self.since, time(0), tzinfo=CHINA_TIME)
            parts.append(AUDIT.c.at >= clock.moment_text(first))
        if self.until is not None:
            parts.append(AUDIT.c.at <= clock.end_of(self.until))
        return sa.and_(*parts)


def search_audit(
    backend: Backend, query: AuditQuery, *, limit: int, offset: int = 0
) -> tuple[int, tuple[AuditLine, ...]]:
    """Return how many lines match, and ``limit`` of them from ``offset`` on, the newest first."""
    matching = query.condition()
    counted = desk_rows(backend, sa.select(sa.func.count(AUDIT.c.id)).where(matching))
    found = sa.select(AUDIT).where(matching).order_by(AUDIT.c.id.desc())
    rows = desk_rows(backend, found.limit(limit).offset(offset))
    return (int(counted[0][0]) if counted else 0), tuple(map(_line, rows))


def audit_names(backend: Backend) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who acted, and what was done, each once in order."""
    return tuple(
        tuple(row[0] for row in desk_rows(backend, sa.select(column).distinct().order_by(column)))
        for column in (AUDIT.c.who, AUDIT.c.action)
    )  # type: ignore[return-value]


def _line(row: sa.Row[Any]) -> AuditLine:
    return AuditLine(
        row.id, clock.read_moment(row.at), row.who, row.action, row.subject, row.detail
    )


def desk_rows(backend: Backend, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    """Return the rows of a query of the desk's tables; none where the database lacks them yet.

    In a database of an earlier step, columns that came later hold what `LATER_COLUMNS` says.
    """
    with backend.transaction() as connection:
        if not has_desk(backend, connection):
            return ()
        step = backend.known(backend.read_revision(connection))
        return connection.execute(_of_step(query, step)).all()


def _of_step(query: sa.Select[Any], step: str) -> sa.Select[Any]:
    """Return a query with a constant for each column that came after a step."""
    if step == REVISIONS[-1]:
        return query
    columns = [_column_at(column, step) for column in query.selected_columns]
    return query.with_only_columns(*columns, maintain_column_froms=True)


def _column_at(column: sa.ColumnElement[Any], step: str) -> sa.ColumnElement[Any]:
    table = getattr(column, "table", None)
    since, told = LATER_COLUMNS.get((getattr(table, "name", ""), str(column.key)), (step, None))
    is_there = REVISIONS.index(since) <= REVISIONS.index(step)
    return column if is_there else sa.literal(told, column.type).label(str(column.key))


def has_desk(backend: Backend, connection: sa.Connection) -> bool:
    """Tell whether the database has these tables yet; the first write brings them."""
    return has_step(backend, connection, DESK_STEP)


def has_step(backend: Backend, connection: sa.Connection, least: str) -> bool:
    """Tell whether the database stands at a step or behind it."""
    step = backend.known(backend.read_revision(connection))
    return bool(step) and REVISIONS.index(step) >= REVISIONS.index(least)
