"""PostgreSQL with PostGIS: boxes and neighbours by GiST, words by pg_trgm where it is there."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import exc

from data.database.backend import Backend, like_pattern
from data.database.schema import HEAD, METADATA
from geo.errors import InputError, WorkspaceError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from data.database.city import Owner
    from geo.measure import Box

_DRIVERS: Final = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_ONE_WRITER: Final = 0x59697A68616E  # "Yizhan": the number of the lock that writers share
_PATIENCE_S: Final = 10
#: What the triggers of the migrations call.
_FUNCTIONS: Final = (
    "refuse_to_rewrite_history",
    "refuse_locked_scenario",
    "refuse_locked_scenario_log",
    "refuse_to_change_a_report",
    "refuse_report_step_out_of_turn",
)


class Postgres(Backend):
    """One database of a PostgreSQL server; connections are pooled while the process lives."""

    kind = "PostgreSQL"
    in_folder = False
    no_tables = say("run yizhan db upgrade --create")

    def __init__(self, url: str, owner: Owner | None = None) -> None:
        super().__init__(owner)
        self._url = _read_url(url)
        port = "" if self._url.port is None else f":{self._url.port}"
        self.where = f"postgresql://{self._url.host or ''}{port}/{self._url.database or ''}"

    @contextlib.contextmanager
    def begin(
        self, *, write: bool = False, create: bool = False, alone: bool = True
    ) -> Iterator[sa.Connection]:
        """Take a connection for one transaction; a writer that is ``alone`` waits for another."""
        del create  # the database is there already; only its tables are made
        with self._engine().begin() as connection:
            if write:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE_S}s'")
            if write and alone:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_WRITER})")
            yield connection

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """Take a connection for one transaction, which sees what is committed at its start."""
        with self.errors_in_words(), self._engine().connect() as connection:
            frozen = connection.execution_options(isolation_level="REPEATABLE READ")
            with frozen.begin():
                yield frozen

    @contextlib.contextmanager
    def keep_reading(self) -> Iterator[sa.Connection]:
        """Take a connection until the block ends; every statement is a transaction of its own."""
        with self.errors_in_words(), self._engine().connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def read_revision(self, connection: sa.Connection) -> str:
        """Return the step of the schema; once it was the last one, it is not asked again."""
        if self._key in _UP_TO_DATE:
            return HEAD
        revision = super().read_revision(connection)
        if revision == HEAD:
            _UP_TO_DATE.add(self._key)
        return revision

    @contextlib.contextmanager
    def errors_in_words(self) -> Iterator[None]:
        """Say in one line why the database could not be used, and the cure."""
        try:
            yield
        except exc.DBAPIError as error:
            raise self._unusable(error) from None

    def prepare_upgrade(self, connection: sa.Connection) -> None:
        """Make PostGIS, which the server must have."""
        there = "SELECT 1 FROM pg_extension WHERE extname = 'postgis'"
        if connection.exec_driver_sql(there).scalar() is None:
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")

    def insert_rows(
        self,
        connection: sa.Connection,
        table: sa.Table,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
    ) -> None:
        """Insert many rows by COPY."""
        names = ", ".join(f'"{name}"' for name in columns)
        driver: Any = connection.connection.driver_connection
        try:
            with (
                driver.cursor() as cursor,
                cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
        except driver.Error as error:  # COPY goes past SQLAlchemy, which would have wrapped it
            raise self._unusable_words(str(error)) from None

    def last_number(self, connection: sa.Connection, table: sa.Table) -> int:
        """Ask the sequence of the table's numbers."""
        sequence = self._sequence(connection, table)
        row = connection.exec_driver_sql(f"SELECT last_value, is_called FROM {sequence}").one()  # noqa: S608 - the server's own name
        return int(row[0]) if row[1] else 0

    def set_last_number(self, connection: sa.Connection, table: sa.Table, number: int) -> None:
        """Set the sequence of the table's numbers."""
        values = (self._sequence(connection, table), max(number, 1), number > 0)
        connection.exec_driver_sql("SELECT setval(%s::regclass, %s, %s)", values)

    @staticmethod
    def _sequence(connection: sa.Connection, table: sa.Table) -> str:
        (key,) = table.primary_key.columns
        query = "SELECT pg_get_serial_sequence(%s, %s)"
        return str(connection.exec_driver_sql(query, (table.name, key.name)).scalar_one())

    def drop_all(self, connection: sa.Connection) -> None:
        """Drop every table with what belongs to it; undone when the transaction fails."""
        names = [*(table.name for table in METADATA.sorted_tables), "alembic_version"]
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {', '.join(names)} CASCADE")
        for name in _FUNCTIONS:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}")
        _UP_TO_DATE.discard(self._key)

    def near(
        self, connection: sa.Connection, lon: float, lat: float, *, count: int
    ) -> list[tuple[str, float, float]]:
        """Ask GiST for the nearest on the globe."""
        rows = connection.exec_driver_sql(_NEAREST, (lon, lat, count))
        return [(row[0], row[1], row[2]) for row in rows]

    def in_box(self, connection: sa.Connection, box: Box) -> list[str]:
        """Ask GiST for the points in a box."""
        query = "SELECT id FROM stations WHERE place && ST_MakeEnvelope(%s, %s, %s, %s, 4326) "
        query += 'AND lon BETWEEN %s AND %s AND lat BETWEEN %s AND %s ORDER BY "row"'
        left, bottom, right, top = box
        values = (left, bottom, right, top, left, right, bottom, top)
        return [str(row[0]) for row in connection.exec_driver_sql(query, values)]

    def with_words(
        self, connection: sa.Connection, words: Sequence[str], *, limit: int
    ) -> list[str]:
        """Find words by ILIKE, which pg_trgm makes fast."""
        one = "(name ILIKE %s OR address ILIKE %s OR id ILIKE %s)"
        where = " AND ".join([one] * len(words))
        values: tuple[str | int, ...] = tuple(
            like_pattern(word) for word in words for _ in range(3)
        )
        query = f"SELECT id FROM stations WHERE {where} ORDER BY {_RANK} LIMIT %s"  # noqa: S608 - fixed texts
        values += (" ".join(words), like_pattern(" ".join(words))[1:], limit)
        return [str(row[0]) for row in connection.exec_driver_sql(query, values)]

    def close(self) -> None:
        """Close the connections that are kept for the next call; that opens new ones."""
        engine = _ENGINES.pop(self._key, None)
        if engine is not None:
            engine.dispose()
        _UP_TO_DATE.discard(self._key)

    @property
    def _key(self) -> tuple[int, str]:
        """The process and the URL: a fork may not share its parent's sockets."""
        return os.getpid(), self._url.render_as_string(hide_password=False)

    def _engine(self) -> sa.Engine:
        if self._key not in _ENGINES:
            try:
                _ENGINES[self._key] = sa.create_engine(
                    self._url,
                    pool_pre_ping=True,
                    pool_size=4,
                    max_overflow=16,
                    connect_args={
                        "connect_timeout": _PATIENCE_S,
                        "application_name": "yizhan",
                    },
                )
            except ImportError:
                raise WorkspaceError(
                    say(
                        "{where}: PostgreSQL needs psycopg: pip install 'yizhan[postgres]'",
                        where=self.where,
                    )
                ) from None
        return _ENGINES[self._key]

    def _unusable(self, error: exc.DBAPIError) -> WorkspaceError:
        return self._unusable_words(str(error.orig))

    def _unusable_words(self, words: str) -> WorkspaceError:
        reason = " ".join(words.split())
        password = self._url.password
        if isinstance(password, str) and password:
            reason = reason.replace(password, "***")
        return WorkspaceError(
            say("{where}: {reason}: {cure}", where=self.where, reason=reason, cure=_cure(reason))
        )


def _cure(reason: str) -> str:
    """Return what to do about an error of the server, by its words."""
    for words, cure in _CURES:
        if all(word in reason for word in words):
            return cure
    return say("look at the server's log; nothing was changed")


_NO_POSTGIS: Final = say(
    "the server has no PostGIS for this database: install it (in Debian postgresql-15-postgis-3) "
    "and run CREATE EXTENSION postgis there as its owner"
)
_CURES: Final = (
    (
        ("extension", "postgis"),
        _NO_POSTGIS,
    ),
    (("connection", "failed"), say("check that the server runs and that DATABASE_URL is right")),
    (("server closed",), say("check that the server runs and that DATABASE_URL is right")),
    (
        ("lock timeout",),
        say("another command is writing to it: try again when that has ended"),
    ),
    (("No space left",), say("free some space on the server; nothing was changed")),
    (
        ("relation", "does not exist"),
        say("it was made by another version of Yizhan, or not at all: run yizhan db upgrade"),
    ),
    (("permission denied",), say("give the user of DATABASE_URL the rights to this database")),
)
_RANK: Final = (
    'CASE WHEN lower(name) = lower(%s) THEN 0 WHEN name ILIKE %s THEN 1 ELSE 2 END, "row"'
)
_NEAREST: Final = (
    "SELECT id, lon, lat FROM stations ORDER BY place::geography <-> "
    "ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography LIMIT %s"
)
_ENGINES: Final[dict[tuple[int, str], sa.Engine]] = {}
_UP_TO_DATE: Final[set[tuple[int, str]]] = set()


def _read_url(text: str) -> sa.URL:
    """Read DATABASE_URL; a message never repeats it, for it holds a password."""
    try:
        url = sa.make_url(text)
    except (exc.ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in _DRIVERS or not url.database:
        raise InputError(
            say(
                "DATABASE_URL names no PostgreSQL database: write it as "
                "postgresql://USER:PASSWORD@HOST:5432/DATABASE"
            )
        )
    return url.set(drivername="postgresql+psycopg")
