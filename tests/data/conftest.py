"""Fixtures of databases: the same claims hold on SQLite and on PostgreSQL with PostGIS."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from bench.cluster import Cluster, running_cluster, server_binaries
from data.database import Database, Register

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server of this session; nothing is installed or left behind."""
    binaries = server_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL with PostGIS is not installed")
    with running_cluster(binaries) as running:
        yield running


@pytest.fixture
def postgres_url(cluster: Cluster) -> str:
    """The DATABASE_URL of a new schema in a database with PostGIS; it goes with the server.

    A database for each test would be ten times slower: PostGIS weighs 10 MB.
    """
    return cluster.new_schema(f"city{next(_NUMBERS)}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """None for SQLite, and the URL of a new PostgreSQL database: each claim is tried on both."""
    if request.param == "sqlite":
        return None
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def database(tmp_path: Path, database_url: str | None) -> Iterator[Database]:
    """An empty database with its tables."""
    made = Database(tmp_path / "yizhan.db", url=database_url)
    made.create()
    yield made
    made.close()


@pytest.fixture
def register(database: Database) -> Register:
    """An empty register."""
    return database.register()
