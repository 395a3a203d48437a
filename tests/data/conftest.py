"""Fixtures of databases: the same claims hold on SQLite and on PostgreSQL with PostGIS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.database import Database, Register

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
