"""A database copied whole into another: SQLite into PostgreSQL with PostGIS, and back.

Every table of the schema is read at one moment, written in one transaction, and read back there:
number of rows and hash of each must be the same before anything is committed. Numbers go on where
they were, so that none is used twice after the move. What fails leaves nothing behind.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.atomic import replacing
from data.database.migrate import revision_of, upgrade
from data.database.postgres import Postgres
from data.database.schema import HEAD, METADATA, SCENARIOS, STATIONS
from data.database.sqlite import Sqlite
from geo.errors import InputError, WorkspaceError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from data.database.backend import Backend

_CHUNK: Final = 5_000
#: Files that SQLite keeps beside a database; what an old one left would be read into a new one.
_SIDE_FILES: Final = ("-wal", "-shm", "-journal")


@dataclass(frozen=True)
class CopiedTable:
    """One table as it stands on both sides; the hash does not depend on the order of its rows."""

    name: str
    rows: int
    content_hash: str


def copy_database(source: Backend, where: str) -> tuple[tuple[CopiedTable, ...], str]:
    """Copy a database to a place: the address of a PostgreSQL database, or a new SQLite file.

    Returns
    -------
    tuple
        the tables with what they hold on both sides, and the place as messages name it.

    Raises
    ------
    InputError
        when ``where`` is an address of something else; no message repeats it.
    WorkspaceError
        when the place holds something already, the source's schema is that of another version, or
        one of the two cannot be used; nothing is left behind then.
    """
    with _target(where) as (target, named):
        return copy_tables(source, target), named


@contextmanager
def _target(where: str) -> Iterator[tuple[Backend, str]]:
    if "://" in where:
        try:
            server = Postgres(where)
        except InputError:
            raise InputError(
                say(
                    "--to names no PostgreSQL database: write it as "
                    "postgresql://USER:PASSWORD@HOST:5432/DATABASE, or give the path of a new file"
                )
            ) from None
        try:
            yield server, server.where
        finally:
            server.close()
        return
    path = Path(where)
    for name in (path, *(path.with_name(path.name + side) for side in _SIDE_FILES)):
        if name.exists():
            raise WorkspaceError(
                say(
                    "{path}: is there already: move it away or choose another name; "
                    "nothing was changed",
                    path=name,
                )
            )
    with replacing(path) as draft:
        yield Sqlite(draft), str(path)


def copy_tables(
    source: Backend, target: Backend, *, clear: Callable[[sa.Connection], None] | None = None
) -> tuple[CopiedTable, ...]:
    """Copy every table into a database that holds nothing, in one transaction.

    Where it holds something, ``clear`` takes that away in the same transaction.

    Raises
    ------
    WorkspaceError
        as `copy_database`.
    """
    with source.snapshot() as old:
        step = source.known(revision_of(old))
        if step != HEAD:
            raise WorkspaceError(
                say(
                    "{where}: stands at schema {step} and not at {head}: run yizhan db upgrade",
                    where=source.where,
                    step=step or "-",
                    head=HEAD,
                )
            )
        with target.errors_in_words(), target.begin(write=True, create=True) as new:
            if clear is not None:
                clear(new)
            _make_empty(target, new)
            copied = tuple(_copy(old, target, new, table) for table in METADATA.sorted_tables)
            _lock_scenarios(old, new)
            for table in numbered_tables():
                target.set_last_number(new, table, source.last_number(old, table))
            _check(new, copied, where=target.where)
    return copied


def numbered_tables() -> list[sa.Table]:
    """Return the tables whose rows get numbers that are never used twice."""
    return [
        table
        for table in METADATA.sorted_tables
        if table.dialect_options["sqlite"]["autoincrement"]
    ]


def tables_of(connection: sa.Connection) -> tuple[CopiedTable, ...]:
    """Return number of rows and hash of every table."""
    return tuple(_read(connection, table) for table in METADATA.sorted_tables)


def has_rows(connection: sa.Connection) -> bool:
    """Tell whether anything stands in the tables; that it is of a city is nothing yet."""
    there = set(sa.inspect(connection).get_table_names())
    return any(
        connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None
        for table in METADATA.sorted_tables
        if table.name in there and table.name != "city"
    )


def _make_empty(target: Backend, new: sa.Connection) -> None:
    """Bring the tables of the target to this version, and refuse it where they hold anything."""
    if target.known(revision_of(new)) != HEAD:
        target.prepare_upgrade(new)
        upgrade(new)
    for table in METADATA.sorted_tables:
        if new.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None:
            raise WorkspaceError(
                say(
                    "{where}: is not empty ({table} has rows): name a new database; "
                    "nothing was changed",
                    where=target.where,
                    table=table.name,
                )
            )


def _copy(old: sa.Connection, target: Backend, new: sa.Connection, table: sa.Table) -> CopiedTable:
    """Copy one table; scenarios come open, for a locked one takes no lines of its log."""
    names = [column.name for column in table.columns]
    digests: list[bytes] = []
    lock = names.index("locked_at") if table is SCENARIOS else None
    for rows in _parts(old, table):
        digests += map(_digest, rows)
        if lock is not None:
            rows = [(*row[:lock], "", *row[lock + 1 :]) for row in rows]  # noqa: PLW2901 - as written
        if table is STATIONS:
            target.insert_stations(new, names, rows)
        else:
            target.insert_rows(new, table, names, rows)
    return _copied(table, digests)


def _lock_scenarios(old: sa.Connection, new: sa.Connection) -> None:
    locked = sa.select(SCENARIOS.c.id, SCENARIOS.c.locked_at).where(SCENARIOS.c.locked_at != "")
    for number, since in old.execute(locked).all():
        new.execute(sa.update(SCENARIOS).where(SCENARIOS.c.id == number).values(locked_at=since))


def _check(new: sa.Connection, copied: tuple[CopiedTable, ...], *, where: str) -> None:
    for mine, theirs in zip(copied, tables_of(new), strict=True):
        if mine != theirs:
            raise WorkspaceError(
                say(
                    "{where}: {table} came out otherwise ({there} rows of {rows}, or other "
                    "values): nothing was changed; look at the disk of the server",
                    where=where,
                    table=mine.name,
                    there=theirs.rows,
                    rows=mine.rows,
                )
            )


def _read(connection: sa.Connection, table: sa.Table) -> CopiedTable:
    digests = [_digest(row) for rows in _parts(connection, table) for row in rows]
    return _copied(table, digests)


def _parts(connection: sa.Connection, table: sa.Table) -> Iterator[list[tuple[Any, ...]]]:
    keys = list(table.primary_key.columns)
    rows = connection.execution_options(yield_per=_CHUNK).execute(sa.select(table).order_by(*keys))
    for part in rows.partitions():
        yield [tuple(row) for row in part]


def _digest(row: tuple[Any, ...]) -> bytes:
    """Hash one row: numbers, texts and bytes by their Python form, which both back ends give."""
    told = tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).digest()


def _copied(table: sa.Table, digests: list[bytes]) -> CopiedTable:
    # Sorted, for servers order texts by the rules of their language.
    whole = hashlib.sha256(b"".join(sorted(digests))).hexdigest()
    return CopiedTable(table.name, len(digests), whole)


def table_figures(tables: tuple[CopiedTable, ...]) -> Mapping[str, Mapping[str, str | int]]:
    """Return rows and hash of each table by its name."""
    return {table.name: {"rows": table.rows, "hash": table.content_hash} for table in tables}
