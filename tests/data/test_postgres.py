"""What can go wrong with a server is one line with a cure, and never shows a password."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from data.database import Database
from data.database.schema import HEAD
from data.stations import Stations
from geo.errors import InputError, WorkspaceError, YizhanError

if TYPE_CHECKING:
    from pathlib import Path

    from bench.cluster import Cluster

STATION = {"id": "a", "name": "甲", "kind": "station", "lon": 116.8, "lat": 33.9}


@pytest.mark.parametrize(
    "url",
    [
        "mysql://me:secret-word@host/db",
        "secret-word",
        "postgresql://me:secret-word@host:port/db",
        "postgresql://me:secret-word@host",
    ],
)
def test_an_address_that_is_none_is_refused_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError, match="postgresql://USER:PASSWORD@HOST") as refusal:
        Database(tmp_path / "x.db", url=url)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_an_address_is_read(
    postgres_url: str, tmp_path: Path, scheme: str
) -> None:
    url = f"{scheme}{postgres_url.removeprefix('postgresql')}"
    database = Database(tmp_path / "x.db", url=url)
    database.create()
    assert database.contents("stations") is None
    database.close()


def _refusal(database: Database) -> str:
    with pytest.raises(YizhanError) as refusal:
        database.create()
    words = str(refusal.value)
    assert "secret" not in words
    assert "\n" not in words
    database.close()
    return words


def test_a_server_that_is_away_is_one_line(tmp_path: Path) -> None:
    url = "postgresql://me:secret-word@127.0.0.1:9/db"
    words = _refusal(Database(tmp_path / "x.db", url=url))
    assert "check that the server runs and that DATABASE_URL is right" in words


def test_a_wrong_password_is_one_line_that_does_not_repeat_it(
    cluster: Cluster, tmp_path: Path
) -> None:
    url = cluster.url("postgres").replace("secret-word", "secret-other")
    assert "password authentication failed" in _refusal(Database(tmp_path / "x.db", url=url))


def test_a_server_without_postgis_is_one_line(cluster: Cluster, tmp_path: Path) -> None:
    url = cluster.new_database("bare", template="template0")
    cluster.run("CREATE ROLE nobody LOGIN PASSWORD 'secret-word'")
    cluster.run("GRANT CREATE ON SCHEMA public TO nobody", database="bare")
    database = Database(tmp_path / "x.db", url=url.replace("yizhan:", "nobody:"))
    words = _refusal(database)
    assert "the server has no PostGIS for this database" in words
    with pytest.raises(WorkspaceError, match="run yizhan db upgrade --create"):
        database.upgrade()
    database.close()


def test_a_missing_driver_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    words = _refusal(Database(tmp_path / "x.db", url="postgresql://me:secret@host/db"))
    assert "pip install 'yizhan[postgres]'" in words


def test_tables_that_are_not_there_are_asked_for(postgres_url: str, tmp_path: Path) -> None:
    database = Database(tmp_path / "x.db", url=postgres_url)
    with pytest.raises(WorkspaceError, match="run yizhan db upgrade"):
        database.stations()
    with pytest.raises(WorkspaceError, match="run yizhan db upgrade --create"):
        database.replace_stations(Stations.from_records([STATION]))
    assert database.upgrade(create=True) == ("", HEAD)
    database.replace_stations(Stations.from_records([STATION]))
    assert database.stations().ids == ("a",)
    database.close()


def test_a_server_that_was_started_anew_is_asked_again(postgres_url: str, tmp_path: Path) -> None:
    database = Database(tmp_path / "x.db", url=postgres_url)
    database.create()
    with database.backend.begin() as connection:
        ours = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    other = Database(
        tmp_path / "x.db",
        url=postgres_url.replace("postgresql:", "postgres:") + "&application_name=x",
    )
    with other.backend.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({ours})")
    other.close()
    assert database.contents("stations") is None
    database.close()
