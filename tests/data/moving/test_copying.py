"""A database moves into another with all that it holds, or not at all."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from data.database import Database
from data.database.copying import numbered_tables, tables_of
from data.database.schema import AUDIT, METADATA
from data.stations import Stations
from geo.errors import InputError, WorkspaceError
from tests.data.moving.house import ODD, fill, told
from tests.data.older import without_hosts
from tests.data.register.records import STATION
from tests.data.test_scenarios import line

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def house(tmp_path: Path) -> Database:
    """A file with rows in every table."""
    made = Database(tmp_path / "yizhan.db")
    made.create()
    fill(made)
    return made


def _numbers(database: Database) -> dict[str, int]:
    with database.backend.snapshot() as connection:
        return {
            table.name: database.backend.last_number(connection, table)
            for table in numbered_tables()
        }


def test_sqlite_to_postgresql_and_back_tells_the_same(
    house: Database, postgres_url: str, tmp_path: Path
) -> None:
    before, numbers = told(house), _numbers(house)
    assert [table.name for table in before["tables"] if not table.rows] == []
    assert len(before["tables"]) == len(METADATA.tables)
    assert numbers["stations"] > 2  # of a station that is gone, and never given again
    server = Database(tmp_path / "none.db", url=postgres_url)
    copied, _ = house.copy_to(postgres_url)
    assert copied == before["tables"]
    assert told(server) == before
    assert _numbers(server) == numbers
    back = Database(tmp_path / "back.db")
    assert server.copy_to(str(tmp_path / "back.db")) == (copied, str(tmp_path / "back.db"))
    server.close()
    assert told(back) == before
    assert _numbers(back) == numbers
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back.db", "yizhan.db"]


def test_after_the_move_numbers_go_on_and_what_is_kept_stays_kept(
    house: Database, postgres_url: str, tmp_path: Path
) -> None:
    numbers = _numbers(house)
    house.copy_to(postgres_url)
    server = Database(tmp_path / "none.db", url=postgres_url)
    server.copy_to(str(tmp_path / "back.db"))
    for moved in (server, Database(tmp_path / "back.db")):
        added = Stations.from_records([{**STATION, "id": "new"}])
        moved.replace_stations(added)
        assert moved.register().imports()[-1].id == numbers["imports"] + 1
        assert _numbers(moved)["stations"] == numbers["stations"] + 1
        with (
            pytest.raises(WorkspaceError, match="append-only"),
            moved.backend.transaction(write=True) as connection,
        ):
            connection.execute(sa.update(AUDIT).values(who="x"))
        with pytest.raises((InputError, WorkspaceError), match="lock"):
            moved.scenarios().note("锁定", line(why="doch"), by="x")
        moved.close()


def test_a_place_that_holds_something_is_refused(
    house: Database, postgres_url: str, tmp_path: Path
) -> None:
    before = told(house)
    with pytest.raises(WorkspaceError, match="is there already: move it away"):
        house.copy_to(str(tmp_path / "yizhan.db"))
    (tmp_path / "other.db-wal").touch()  # of a database that was here: SQLite would read it
    with pytest.raises(WorkspaceError, match=r"other\.db-wal: is there already"):
        house.copy_to(str(tmp_path / "other.db"))
    server = Database(tmp_path / "none.db", url=postgres_url)
    server.upgrade(create=True)
    server.replace_stations(Stations.from_records([STATION]))
    kept = server.stations().content_hash
    with pytest.raises(WorkspaceError, match=r"is not empty \(.* has rows\)"):
        house.copy_to(postgres_url)
    assert server.stations().content_hash == kept
    assert told(house) == before
    server.close()


def test_an_address_of_something_else_is_refused_without_its_password(house: Database) -> None:
    with pytest.raises(InputError, match="--to names no PostgreSQL database") as refusal:
        house.copy_to("mysql://me:secret-word@host/db")
    assert "secret" not in str(refusal.value)


def test_a_database_of_an_earlier_step_is_asked_to_be_upgraded(
    house: Database, tmp_path: Path
) -> None:
    with house.backend.transaction(write=True) as connection:
        without_hosts(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0006'")
    with pytest.raises(WorkspaceError, match=r"schema 0006 and not at .*: run yizhan db upgrade"):
        house.copy_to(str(tmp_path / "new.db"))
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("target", ["file", "server"])
def test_a_move_that_breaks_leaves_nothing_behind(
    house: Database,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    target: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where = request.getfixturevalue("postgres_url") if target == "server" else str(tmp_path / "x")

    def torn(_connection: sa.Connection) -> tuple[object, ...]:
        raise WorkspaceError("the cable is out")

    monkeypatch.setattr("data.database.copying.tables_of", torn)
    with pytest.raises(WorkspaceError, match="the cable is out"):
        house.copy_to(where)
    monkeypatch.undo()
    if target == "server":
        server = Database(tmp_path / "none.db", url=where)
        assert server.revision() == ""
        server.close()
    assert [path.name for path in tmp_path.iterdir()] == ["yizhan.db"]
    house.copy_to(where)


def test_a_value_that_comes_out_otherwise_is_noticed(
    house: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(connection: sa.Connection) -> tuple[object, ...]:
        connection.exec_driver_sql("UPDATE tickets SET answer = answer || '.'")
        return tables_of(connection)

    monkeypatch.setattr("data.database.copying.tables_of", changed)
    with pytest.raises(WorkspaceError, match="tickets came out otherwise"):
        house.copy_to(str(tmp_path / "new.db"))
    assert not (tmp_path / "new.db").exists()


def test_odd_texts_stand_in_the_copy_as_they_were(house: Database, tmp_path: Path) -> None:
    house.copy_to(str(tmp_path / "new.db"))
    with contextlib.closing(sqlite3.connect(tmp_path / "new.db")) as file:
        assert (
            file.execute("SELECT answer FROM tickets ORDER BY number").fetchone()[0].endswith(ODD)
        )
