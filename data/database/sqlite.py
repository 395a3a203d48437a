"""SQLite: one file in WAL mode, boxes and neighbours by R*Tree, words by FTS5 trigrams."""

from __future__ import annotations

import contextlib
import functools
import heapq
import math
import os
import shutil
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.pool import NullPool

from data.database.backend import Backend, key_lists, like_pattern
from data.database.schema import HEAD
from data.system import ON_WINDOWS
from geo.errors import DiskFullError, WorkspaceError
from geo.measure import EARTH_RADIUS_M
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from data.database.city import Owner
    from geo.measure import Box

_FIRST_LOOK_M: Final = 1000.0
_FARTHER: Final = 1.5
_TRIGRAM: Final = 3
_PATIENCE_S: Final = 10.0
_FARTHEST_M: Final = EARTH_RADIUS_M * math.pi
_WRITE: Final = "yizhan_write"
_AT_HEAD: Final = "yizhan_at_head"
_LEAST_ROOM_BYTES: Final = 1 << 16  # the index of a log has half of it
#: Ticks of the clock by which files are stamped are far apart from that, nanoseconds.
_RESTED_NS: Final = 100_000_000
_Way = Literal["usual", "frozen", "alone"]


class Sqlite(Backend):
    """The file of one workspace; it is open only while a method runs."""

    kind = "SQLite"
    in_folder = True
    no_tables = say("it was made by something else: put back a copy, or make a new workspace")

    def __init__(self, path: Path, owner: Owner | None = None) -> None:
        super().__init__(owner)
        self.path = path
        self.where = str(path)

    @contextlib.contextmanager
    def begin(
        self, *, write: bool = False, create: bool = False, alone: bool = True
    ) -> Iterator[sa.Connection]:
        """Open the file for one transaction; a writer waits for another."""
        del alone  # a file has one writer at a time
        if not create and not self.path.exists():
            raise WorkspaceError(
                say("{path}: no such file: run yizhan init in a new folder", path=self.path)
            )
        with contextlib.ExitStack() as stack:
            if write:
                stack.enter_context(self._own_turn())
            opened = stack.enter_context(self._connect() if write else self._opened_to_read())
            connection = opened.execution_options(**{_WRITE: write})
            if create:
                _use_wal(connection)
            with connection.begin():
                yield connection

    @contextlib.contextmanager
    def _own_turn(self) -> Iterator[None]:
        """Let the writers of this process wait in a row.

        SQLite has no row: each writer sleeps and tries again, and one of many may try for seconds.
        """
        turn = _turn_of(self.path.resolve(), os.getpid())
        if not turn.acquire(timeout=_PATIENCE_S):
            raise sqlite3.OperationalError("database is locked")
        try:
            yield
        finally:
            turn.release()

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """Open the file for one transaction, which sees the log up to its first statement."""
        with self.errors_in_words(), self.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def keep_reading(self) -> Iterator[sa.Connection]:
        """Open the file until the block ends; it holds no lock between two statements."""
        if not self.path.exists():
            raise WorkspaceError(
                say("{path}: no such file: run yizhan init in a new folder", path=self.path)
            )
        with self.errors_in_words(), self._connect_to_read() as connection:
            yield connection.execution_options(**{_WRITE: None})

    @contextlib.contextmanager
    def sharing_reads(self) -> Iterator[None]:
        """Let the reads of this thread open the file once, until the block ends.

        A write still opens it anew, so that it never goes into a file that was put away meanwhile.
        """
        path = self.path.resolve()
        if path in _SHARED.files:  # by an outer block, which ends later
            yield
            return
        _SHARED.files[path] = None
        try:
            yield
        finally:
            kept = _SHARED.files.pop(path)
            if kept is not None:
                with self.errors_in_words():
                    kept.close()

    @contextlib.contextmanager
    def errors_in_words(self) -> Iterator[None]:
        """Say in one line why the database could not be used, and the cure."""
        try:
            yield
        except exc.DBAPIError as error:
            raise self._unusable(error.orig or error) from None
        except (sqlite3.Error, UnicodeDecodeError) as error:  # what it quotes of damage is no text
            raise self._unusable(error) from None

    def state_at_rest(self) -> tuple[int, ...] | None:
        """Tell the times and sizes of the file and its log, once they rest.

        A write changes the time of one of them, but a second one within the same tick of the clock
        does not: None for a moment after each.
        """
        if ON_WINDOWS:  # which tells times late while a file is open
            return None
        told: list[int] = []
        newest = time.time_ns() - _RESTED_NS
        for path in (self.path, self.path.with_name(f"{self.path.name}-wal")):
            try:
                stat = path.stat()
            except OSError:
                told += [0, 0, 0]
                continue
            if path != self.path and not stat.st_size:  # who reads makes one, and nothing is in it
                told += [0, 0, 0]
                continue
            if stat.st_mtime_ns > newest:
                return None
            told += [stat.st_mtime_ns, stat.st_size, stat.st_ino]
        return tuple(told)

    def check_whole(self) -> None:
        """Look at the form of every page and index of the file (WorkspaceError)."""
        with self.transaction() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise WorkspaceError(
                say("{path}: is damaged: restore a backup (yizhan db restore)", path=self.path)
            )

    def read_revision(self, connection: sa.Connection) -> str:
        """Return the step of the schema; once it was the last one, an opened file is not asked."""
        if _AT_HEAD in connection.info:
            return HEAD
        revision = super().read_revision(connection)
        if revision == HEAD:
            connection.info[_AT_HEAD] = True
        return revision

    def prepare_upgrade(self, connection: sa.Connection) -> None:
        """Nothing: R*Tree and FTS5 are built in."""

    def insert_rows(
        self,
        connection: sa.Connection,
        table: sa.Table,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
    ) -> None:
        """Insert many rows by one prepared statement."""
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join("?" * len(columns))
        tuples = [tuple(row) for row in rows]
        if tuples:
            statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - names of our own tables
            connection.exec_driver_sql(statement, tuples)

    def last_number(self, connection: sa.Connection, table: sa.Table) -> int:
        """Ask SQLite's own list of numbers."""
        query = "SELECT seq FROM sqlite_sequence WHERE name = ?"
        return int(connection.exec_driver_sql(query, (table.name,)).scalar() or 0)

    def set_last_number(self, connection: sa.Connection, table: sa.Table, number: int) -> None:
        """Write into SQLite's own list of numbers."""
        connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
        if number:
            written = "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)"
            connection.exec_driver_sql(written, (table.name, number))

    def save_copy(self, path: Path) -> None:
        """Copy the file as it is at one moment, while others read and write (WorkspaceError).

        The copy is one file: what stands in the log is in it.
        """
        with (
            self.snapshot() as connection,
            contextlib.closing(sqlite3.connect(path)) as copy,
        ):
            _driver(connection).backup(copy, progress=_patience())
            copy.execute("PRAGMA journal_mode = DELETE")

    def take_over(self, path: Path) -> None:
        """Put the content of another file in the place of this one's, in one transaction.

        A process that is killed meanwhile leaves the old content, and readers see one of the two.
        """
        with (
            self.errors_in_words(),
            contextlib.closing(sqlite3.connect(path)) as copy,
            contextlib.closing(sqlite3.connect(self.path)) as mine,
        ):
            _prepare(mine)
            copy.backup(mine, progress=_patience())
            mine.execute("PRAGMA journal_mode = WAL")

    def insert_stations(
        self, connection: sa.Connection, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Insert stations, and their boxes and words.

        Triggers could do that, but only in a schema that is trusted, and a file may come from
        anywhere.
        """
        if not rows:
            return
        newest = "SELECT seq FROM sqlite_sequence WHERE name = 'stations'"
        before = connection.exec_driver_sql(newest).scalar() or 0
        super().insert_stations(connection, columns, rows)
        if "key" in columns:
            at = columns.index("key")
            wheres = [f"key IN ({some})" for some in key_lists(row[at] for row in rows)]
        else:
            wheres = [f"key > {int(before)}"]
        for where in wheres:
            for statement in _INDEX:
                connection.exec_driver_sql(f"{statement} WHERE {where}")

    def delete_stations(self, connection: sa.Connection, keys: Iterable[int]) -> None:
        """Delete stations, and their boxes and words."""
        for some in key_lists(keys):
            connection.exec_driver_sql(f"{_NO_WORDS} WHERE key IN ({some})")
            connection.exec_driver_sql(f"DELETE FROM station_boxes WHERE key IN ({some})")  # noqa: S608 - whole numbers
            connection.exec_driver_sql(f"DELETE FROM stations WHERE key IN ({some})")  # noqa: S608 - whole numbers

    def near(
        self, connection: sa.Connection, lon: float, lat: float, *, count: int
    ) -> list[tuple[str, float, float]]:
        """Look in boxes of double the size until enough stations lie within the box's circle."""
        reach_m = _FIRST_LOOK_M
        # The driver's own cursor: SQLAlchemy's part would take longer than SQLite's.
        cursor: Any = connection.connection.cursor()
        while True:
            west, east, south, north = _around(lon, lat, reach_m)
            rows = cursor.execute(_IN_BOX, (east, west, north, south)).fetchall()
            found: list[tuple[str, float, float]] = rows
            if reach_m >= _FARTHEST_M:
                return found
            if len(found) >= count:
                metres = heapq.nsmallest(
                    count, (_metres(lon, lat, row[1], row[2]) for row in found)
                )[-1]
                if metres <= reach_m:
                    return found
                # The next circle surely holds enough, and no more than need be looked at.
                reach_m = metres * (1 + 1e-9) + 1.0
            else:
                reach_m *= _FARTHER

    def in_box(self, connection: sa.Connection, box: Box) -> list[str]:
        """Look the box up in the R*Tree; its boxes are rounded outwards, so each point is asked."""
        query = (
            "SELECT s.id FROM station_boxes AS b JOIN stations AS s ON s.key = b.key "
            "WHERE b.west <= ? AND b.east >= ? AND b.south <= ? AND b.north >= ? "
            'AND s.lon BETWEEN ? AND ? AND s.lat BETWEEN ? AND ? ORDER BY s."row"'
        )
        left, bottom, right, top = box
        values = (right, left, top, bottom, left, right, bottom, top)
        return [str(row[0]) for row in connection.exec_driver_sql(query, values)]

    def with_words(
        self, connection: sa.Connection, words: Sequence[str], *, limit: int
    ) -> list[str]:
        """Look words of three signs and more up in the trigrams, shorter ones in every row."""
        conditions: list[str] = []
        values: list[str | int] = []
        for word in words:
            if len(word) >= _TRIGRAM:
                conditions.append(
                    "key IN (SELECT rowid FROM station_words WHERE station_words MATCH ?)"
                )
                values.append('"{}"'.format(word.replace('"', '""')))
            else:
                one = (f"{name} LIKE ? ESCAPE '\\'" for name in ("name", "address", "id"))
                conditions.append(f"({' OR '.join(one)})")
                values += [like_pattern(word)] * 3
        where = " AND ".join(conditions)
        query = f"SELECT id FROM stations WHERE {where} ORDER BY {_RANK} LIMIT ?"  # noqa: S608 - fixed texts
        values += [" ".join(words), like_pattern(" ".join(words))[1:], limit]
        return [str(row[0]) for row in connection.exec_driver_sql(query, tuple(values))]

    def _connect(self, *, way: _Way = "usual") -> sa.Connection:
        return _engine(self.path.resolve(), way=way).connect()

    @contextlib.contextmanager
    def _opened_to_read(self) -> Iterator[sa.Connection]:
        """Give the file as this thread has it open, or open it; a read within a read opens anew."""
        path = self.path.resolve()
        kept = _SHARED.files.get(path)
        if kept is not None and not kept.in_transaction():
            yield kept
            return
        opened = self._connect_to_read()
        usual = opened.engine is _engine(path, way="usual")  # another way keeps others out
        if usual and path in _SHARED.files and kept is None:
            _SHARED.files[path] = opened
            yield opened
            return
        with opened:
            yield opened

    def _connect_to_read(self) -> sa.Connection:
        """Open the file as it can be read: also where no side file can be written beside it."""
        if not os.access(self.path.parent, os.W_OK) and not self._is_unfinished():
            return self._connect(way="frozen")
        try:
            return self._connect()  # which reads the schema, and so needs the side files
        except exc.OperationalError as error:
            if not self._has_no_room(error.orig or error):
                raise
        return self._connect(way="alone" if self._is_unfinished() else "frozen")

    def _is_unfinished(self) -> bool:
        """Tell whether writes stand in the log that are not in the file yet."""
        log = self.path.with_name(f"{self.path.name}-wal")
        return log.exists() and log.stat().st_size > 0

    def _has_no_room(self, error: BaseException) -> bool:
        """Tell whether it is the full disk that SQLite could not write on.

        It calls that "full" where it writes the file or the log, and else an I/O error.
        """
        name = getattr(error, "sqlite_errorname", "")
        return name == "SQLITE_FULL" or (
            name.startswith("SQLITE_IOERR")
            and shutil.disk_usage(self.path.parent).free < _LEAST_ROOM_BYTES
        )

    def _unusable(self, error: BaseException) -> WorkspaceError:
        if self._has_no_room(error):
            return DiskFullError(
                say(
                    "{path}: the disk is full: free some space and run the command again; "
                    "the workspace is unchanged",
                    path=self.path,
                )
            )
        reason = " ".join(str(error).split())
        if "locked" in reason:
            cure = say("another command is writing to it: try again when that has ended")
        elif "not a database" in reason or "malformed" in reason:
            cure = say("the file is broken: put back a copy of it or make a new workspace")
        elif "no such table" in reason or "no such column" in reason:
            cure = say("it was made by another version of Yizhan: run yizhan db upgrade")
        else:
            cure = say("check that the folder may be written; the workspace is unchanged")
        return WorkspaceError(
            say("{path}: {reason}: {cure}", path=self.path, reason=reason, cure=cure)
        )


_INDEX: Final = (
    "INSERT INTO station_boxes SELECT key, lon, lon, lat, lat, id, lon, lat FROM stations",
    """
    INSERT INTO station_words (rowid, name, address, id)
    SELECT key, name, address, id FROM stations
    """,
)
_NO_WORDS: Final = (
    "INSERT INTO station_words (station_words, rowid, name, address, id) "
    "SELECT 'delete', key, name, address, id FROM stations"
)
_RANK: Final = (
    "CASE WHEN lower(name) = lower(?) THEN 0 WHEN name LIKE ? ESCAPE '\\' THEN 1 ELSE 2 END, "
    '"row"'
)
_IN_BOX: Final = (
    "SELECT id, lon, lat FROM station_boxes "
    "WHERE west <= ? AND east >= ? AND south <= ? AND north >= ?"
)


class _Shared(threading.local):
    """The files that a thread opens once for several reads; None before the first of them."""

    def __init__(self) -> None:
        self.files: dict[Path, sa.Connection | None] = {}


_SHARED: Final = _Shared()


@functools.lru_cache(maxsize=64)
def _engine(path: Path, *, way: _Way) -> sa.Engine:
    """Make an engine, which holds no file open.

    A "frozen" file is read without side files; "alone" reads its log too and keeps all others out,
    for then SQLite needs no file for what they share.
    """
    address = f"{path.as_uri()}?immutable=1"
    frozen = way == "frozen"
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=None if frozen else str(path)),
        poolclass=NullPool,
        **({"creator": lambda: sqlite3.connect(address, uri=True)} if frozen else {}),
    )
    if way == "alone":  # before anything is read
        event.listen(engine, "connect", lambda connection, _record: _keep_alone(connection))
    event.listen(engine, "connect", lambda connection, _record: _prepare(connection))
    event.listen(engine, "begin", _begin)
    return engine


@functools.lru_cache(maxsize=64)
def _turn_of(_path: Path, _process: int) -> threading.RLock:
    """Return the lock of the writers of a file in one process."""
    return threading.RLock()


def _patience() -> Callable[[int, int, int], None]:
    """Return what ends a copy that waits too long for a writer: the driver would wait for ever."""
    until = time.monotonic() + _PATIENCE_S

    def look(status: int, _left: int, _all: int) -> None:
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and time.monotonic() > until:
            raise sqlite3.OperationalError("database is locked")

    return look


def _begin(connection: sa.Connection) -> None:
    """Begin as the caller means it; a kept connection sees each commit at once."""
    write = connection.get_execution_options().get(_WRITE, False)
    if write is not None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _prepare(connection: Any) -> None:  # noqa: ANN401 - a DBAPI connection has no common type
    """Set up each connection; the driver's own transactions are off, SQLAlchemy begins ours."""
    connection.isolation_level = None
    for pragma in (
        "busy_timeout = 10000",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        "trusted_schema = OFF",
        "cache_size = -65536",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _keep_alone(connection: Any) -> None:  # noqa: ANN401 - as above
    """Keep the index of the log in memory, which needs that nobody else is there."""
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")


def _use_wal(connection: sa.Connection) -> None:
    """Put a new file into WAL mode, in which it then stays."""
    _driver(connection).execute("PRAGMA journal_mode = WAL")


def _driver(connection: sa.Connection) -> sqlite3.Connection:
    return connection.connection.driver_connection  # type: ignore[return-value]


def _around(lon: float, lat: float, reach_m: float) -> tuple[float, float, float, float]:
    """Return (west, east, south, north) of a box that holds the circle of ``reach_m``.

    Its half width is asin(sin(r/R) / cos(lat)), wider than r/R where meridians draw together; a
    box that would hold a pole or pass the antimeridian goes all the way round.
    """
    angle = min(reach_m / EARTH_RADIUS_M * (1 + 1e-9), math.pi)
    up = math.degrees(angle)
    south, north = lat - up, lat + up
    if south <= -90 or north >= 90:  # noqa: PLR2004 - the poles
        return -180.0, 180.0, south, north
    aside = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(lat))))
    west, east = lon - aside, lon + aside
    if west < -180 or east > 180:  # noqa: PLR2004 - the antimeridian
        return -180.0, 180.0, south, north
    return west, east, south, north


def _metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the great-circle distance by the haversine formula, as `geo.measure` does."""
    up = math.sin(math.radians(other_lat - lat) / 2)
    aside = math.sin(math.radians(other_lon - lon) / 2)
    scale = math.cos(math.radians(lat)) * math.cos(math.radians(other_lat))
    square = up * up + scale * aside * aside
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(square)))
