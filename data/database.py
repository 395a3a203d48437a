"""The workspace's database: the register, the candidate sites and the results, in SQLite.

Written with SQLAlchemy Core. Every write is one transaction: a reader sees all of it or nothing,
and what fails leaves the database as it was. The file is in WAL mode, so that pages can be served
while an import runs, and each commit is flushed to the disk before it is acknowledged.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.pool import NullPool

from data.points import point_frame
from data.sites import SITE_COLUMNS, CandidateSites
from data.stations import Stations
from geo.errors import InputError, NothingYetError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

SCHEMA_VERSION: Final = 1
_METADATA = sa.MetaData()

_STATIONS = sa.Table(
    "stations",
    _METADATA,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("hours", sa.Text, nullable=False),
    sa.Column("facilities", sa.JSON, nullable=False),
    sa.Column("groups", sa.JSON, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("datum", sa.Text, nullable=False),
    sa.Column("source_lon", sa.Double, nullable=False),
    sa.Column("source_lat", sa.Double, nullable=False),
    sa.Column("lon", sa.Double, nullable=False),
    sa.Column("lat", sa.Double, nullable=False),
)
_STATION_NAMES: Final = tuple(
    column.name for column in _STATIONS.columns if column.name not in {"row", "lon", "lat"}
)
_SITES = sa.Table(
    "sites",
    _METADATA,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("cost_yuan", sa.Double, nullable=True),
    sa.Column("datum", sa.Text, nullable=False),
    sa.Column("source_lon", sa.Double, nullable=False),
    sa.Column("source_lat", sa.Double, nullable=False),
    sa.Column("lon", sa.Double, nullable=False),
    sa.Column("lat", sa.Double, nullable=False),
)
# What the database holds: a register that was replaced by an empty one is not "nothing yet".
_CONTENTS = sa.Table(
    "contents",
    _METADATA,
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("replaced_at", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
)
_RESULTS = sa.Table(
    "results",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False, index=True),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("inputs", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class Contents:
    """What is in the database under one name: when it came, how many rows, and its hash.

    ``replaced_at`` is UTC in ISO 8601, as in "2026-11-23T03:51:36Z".
    """

    what: str
    replaced_at: str
    rows: int
    content_hash: str


@dataclass(frozen=True)
class Result:
    """One answer of the engine as it was kept: its kind, when, from which inputs, and itself.

    ``created_at`` is UTC in ISO 8601; ``inputs`` are hashes and choices by name; ``body`` is what
    the answer's own ``as_dict`` gave.
    """

    id: int
    kind: str
    created_at: str
    inputs: Mapping[str, Any]
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Database:
    """The database of one workspace; a connection is open only while a method runs."""

    path: Path

    def create(self) -> None:
        """Make the file and its tables.

        Raises
        ------
        WorkspaceError
            when it cannot be written.
        """
        with self._transaction(create=True) as connection:
            _METADATA.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def replace_stations(self, stations: Stations) -> None:
        """Put ``stations`` in the place of the register, in one transaction."""
        frame = stations.frame
        rows = [
            dict(zip(_STATION_NAMES, values, strict=True))
            for values in zip(*(frame[column] for column in _STATION_NAMES), strict=True)
        ]
        for row, (lon, lat) in zip(rows, stations.lonlat.tolist(), strict=True):
            row |= {"lon": lon, "lat": lat}
            row |= {"facilities": list(row["facilities"]), "groups": list(row["groups"])}
        self._replace(_STATIONS, rows, stations.content_hash)

    def stations(self) -> Stations:
        """Return the register (NothingYetError when none was imported)."""
        rows = self._all(_STATIONS, cure="run yizhan stations import FILE --datum …")
        columns = {name: [getattr(row, name) for row in rows] for name in _STATION_NAMES}
        columns["facilities"] = [tuple(words) for words in columns["facilities"]]
        columns["groups"] = [tuple(words) for words in columns["groups"]]
        return Stations(point_frame(columns, _lonlat(rows)))

    def replace_sites(self, sites: CandidateSites) -> None:
        """Put ``sites`` in the place of the candidate sites, in one transaction."""
        frame = sites.frame
        rows = [
            dict(zip(SITE_COLUMNS[:-1], values, strict=True))
            for values in zip(*(frame[column] for column in SITE_COLUMNS[:-1]), strict=True)
        ]
        for row, (lon, lat) in zip(rows, sites.lonlat.tolist(), strict=True):
            row |= {"lon": lon, "lat": lat}
            row["cost_yuan"] = None if np.isnan(row["cost_yuan"]) else row["cost_yuan"]
        self._replace(_SITES, rows, sites.content_hash)

    def sites(self) -> CandidateSites:
        """Return the candidate sites (NothingYetError when none were imported)."""
        rows = self._all(_SITES, cure="run yizhan sites import FILE --datum …")
        columns = {name: [getattr(row, name) for row in rows] for name in SITE_COLUMNS[:-1]}
        columns["cost_yuan"] = [
            np.nan if cost is None else float(cost) for cost in columns["cost_yuan"]
        ]
        return CandidateSites(point_frame(columns, _lonlat(rows)))

    def contents(self, what: str) -> Contents | None:
        """Say what is in the database under "stations" or "sites"; None when nothing yet."""
        with self._transaction() as connection:
            query = sa.select(_CONTENTS).where(_CONTENTS.c.what == what)
            row = connection.execute(query).one_or_none()
        return None if row is None else Contents(*row)

    def save_result(
        self, kind: str, *, inputs: Mapping[str, Any], body: Mapping[str, Any]
    ) -> Result:
        """Keep one answer; earlier ones of its kind stay.

        Raises
        ------
        InputError
            when ``inputs`` or ``body`` cannot be written as JSON (NaN is none).
        WorkspaceError
            when the database cannot be written.
        """
        created_at = _now()
        try:
            texts = [
                json.dumps(part, ensure_ascii=False, allow_nan=False) for part in (inputs, body)
            ]
        except (TypeError, ValueError) as error:
            raise InputError(f"result {kind}: cannot be kept as JSON ({error})") from None
        values = {"kind": kind, "created_at": created_at, "inputs": texts[0], "body": texts[1]}
        with self._transaction(write=True) as connection:
            key = connection.execute(sa.insert(_RESULTS).values(values)).inserted_primary_key
        number = 0 if key is None else int(key[0])
        return Result(number, kind, created_at, json.loads(texts[0]), json.loads(texts[1]))

    def results(self, kind: str, *, limit: int = 100) -> tuple[Result, ...]:
        """Return the newest ``limit`` answers of a kind, the newest first."""
        query = sa.select(_RESULTS).where(_RESULTS.c.kind == kind)
        with self._transaction() as connection:
            rows = connection.execute(query.order_by(_RESULTS.c.id.desc()).limit(limit)).all()
        return tuple(
            Result(row.id, row.kind, row.created_at, json.loads(row.inputs), json.loads(row.body))
            for row in rows
        )

    def _replace(
        self, table: sa.Table, rows: Sequence[Mapping[str, Any]], content_hash: str
    ) -> None:
        """Empty ``table``, fill it and note what it holds now, in one transaction."""
        contents = {"replaced_at": _now(), "rows": len(rows), "content_hash": content_hash}
        with self._transaction(write=True) as connection:
            connection.execute(sa.delete(table))
            if rows:
                connection.execute(sa.insert(table), list(rows))
            connection.execute(sa.delete(_CONTENTS).where(_CONTENTS.c.what == table.name))
            connection.execute(sa.insert(_CONTENTS).values(what=table.name, **contents))

    def _all(self, table: sa.Table, *, cure: str) -> Sequence[sa.Row[Any]]:
        """Every row in the order in which it was imported."""
        with self._transaction() as connection:
            there = sa.select(_CONTENTS.c.what).where(_CONTENTS.c.what == table.name)
            if connection.execute(there).one_or_none() is None:
                raise NothingYetError(f"{self.path.parent}: no {table.name} yet: {cure}")
            return connection.execute(sa.select(table).order_by(table.c.row)).all()

    @contextlib.contextmanager
    def _transaction(self, *, write: bool = False, create: bool = False) -> Iterator[sa.Connection]:
        """Open a connection, run one transaction, close everything; errors become one line."""
        if not create and not self.path.exists():
            raise WorkspaceError(f"{self.path}: no such file: run yizhan init in a new folder")
        engine = self._engine(frozen=not (write or create) and self._is_frozen())
        event.listen(engine, "connect", _prepare)
        if create:
            event.listen(engine, "connect", _use_wal)
        begin = "BEGIN IMMEDIATE" if write or create else "BEGIN"
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        try:
            with engine.begin() as connection:
                yield connection
        except exc.DBAPIError as error:
            raise self._unusable(error) from None
        finally:
            engine.dispose()

    def _engine(self, *, frozen: bool) -> sa.Engine:
        """Make an engine; a ``frozen`` file is read without the side files that WAL mode needs."""
        if not frozen:
            url = sa.URL.create("sqlite", database=str(self.path))
            return sa.create_engine(url, poolclass=NullPool)
        address = f"{self.path.resolve().as_uri()}?immutable=1"
        return sa.create_engine(
            "sqlite://", poolclass=NullPool, creator=lambda: sqlite3.connect(address, uri=True)
        )

    def _is_frozen(self) -> bool:
        """Tell whether the file lies where nobody may write, and no write was left unfinished."""
        unfinished = self.path.with_name(f"{self.path.name}-wal")
        return not os.access(self.path.parent, os.W_OK) and not unfinished.exists()

    def _unusable(self, error: exc.DBAPIError) -> WorkspaceError:
        """Say in one line why the database could not be used, and the cure."""
        reason = " ".join(str(error.orig).split())
        if "full" in reason:
            cure = "free some space and run the command again; the workspace is unchanged"
        elif "locked" in reason:
            cure = "another command is writing to it: try again when that has ended"
        elif "not a database" in reason or "malformed" in reason:
            cure = "the file is broken: put back a copy of it or make a new workspace"
        elif "no such table" in reason or "no such column" in reason:
            cure = "it was made by another version of Yizhan: make a new workspace and import again"
        else:
            cure = "check that the folder may be written; the workspace is unchanged"
        return WorkspaceError(f"{self.path}: {reason}: {cure}")


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection has no common type
    """Set up each connection; the driver's own transactions are off, SQLAlchemy begins ours."""
    connection.isolation_level = None
    for pragma in (
        "busy_timeout = 10000",
        "synchronous = FULL",
        "foreign_keys = ON",
        "trusted_schema = OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _use_wal(connection: Any, _record: object) -> None:  # noqa: ANN401 - as above
    """Put a new file into WAL mode, in which it then stays."""
    connection.execute("PRAGMA journal_mode = WAL")


def _lonlat(rows: Sequence[sa.Row[Any]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([(row.lon, row.lat) for row in rows], dtype=np.float64).reshape(-1, 2)


def _now() -> str:
    """UTC in ISO 8601 to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
