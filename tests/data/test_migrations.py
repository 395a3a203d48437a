"""The schema gets from every earlier version to this one, and no data is lost on the way."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from data.database import Database, backend, migrate
from data.database.migrate import alembic_config
from data.database.schema import FIELDS, METADATA, REVISIONS
from data.stations import STATION_COLUMNS, UNKNOWN, Stations
from data.workspace import Workspace
from geo.errors import NothingYetError, WorkspaceError
from geo.measure import Box

if TYPE_CHECKING:
    from pathlib import Path

# The schema as the first version of Yizhan wrote it.
FIRST = """
CREATE TABLE stations (
    "row" INTEGER NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
    address TEXT NOT NULL, hours TEXT NOT NULL, facilities JSON NOT NULL, groups JSON NOT NULL,
    status TEXT NOT NULL, phone TEXT NOT NULL, datum TEXT NOT NULL, source_lon DOUBLE NOT NULL,
    source_lat DOUBLE NOT NULL, lon DOUBLE NOT NULL, lat DOUBLE NOT NULL,
    PRIMARY KEY ("row"), UNIQUE (id));
CREATE TABLE sites (
    "row" INTEGER NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
    cost_yuan DOUBLE, datum TEXT NOT NULL, source_lon DOUBLE NOT NULL, source_lat DOUBLE NOT NULL,
    lon DOUBLE NOT NULL, lat DOUBLE NOT NULL, PRIMARY KEY ("row"), UNIQUE (id));
CREATE TABLE contents (
    what TEXT NOT NULL, replaced_at TEXT NOT NULL, rows INTEGER NOT NULL,
    content_hash TEXT NOT NULL, PRIMARY KEY (what));
CREATE TABLE results (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, created_at TEXT NOT NULL,
    inputs TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX ix_results_kind ON results (kind);
INSERT INTO results (kind, created_at, inputs, body)
    VALUES ('plan', '2026-11-20T08:00:01Z', '{}', '{"chosen": ["甲"]}');
INSERT INTO sites VALUES (1, 's', '银行', '', 80000.0, 'wgs84', 116.8, 33.9, 116.8, 33.9);
INSERT INTO contents VALUES ('sites', '2026-11-20T08:00:00Z', 1, 'x');
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;
"""
OLD = Stations.from_records(
    [
        {"id": "b", "name": "乙 '\"<b>", "kind": "driver_home", "lon": 116.7, "lat": 33.8}
        | {"facilities": ("toilet", "shower"), "groups": ("truck_driver",), "hours": "24小时"},
        {"id": "a", "name": "甲", "kind": "station", "lon": 116.8, "lat": 33.9, "phone": "110"}
        | {"datum": "gcj02", "source_lon": 116.806, "source_lat": 33.899},
    ]
)


def first_version(path: Path, stations: Stations | None) -> Path:
    """A database as the first version left it."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(FIRST)
        if stations is not None:
            frame = stations.frame
            for at, (lon, lat) in enumerate(stations.lonlat.tolist()):
                row = [frame[name][at] for name in STATION_COLUMNS[:12]]
                row[5], row[6] = (str(list(words)).replace("'", '"') for words in row[5:7])
                values = (at + 1, *(float(v) if isinstance(v, float) else v for v in row), lon, lat)
                marks = ", ".join("?" * 15)
                connection.execute(f"INSERT INTO stations VALUES ({marks})", values)  # noqa: S608 - marks
            connection.execute(
                "INSERT INTO contents VALUES ('stations', '2026-11-20T08:00:00Z', ?, ?)",
                (len(stations), stations.content_hash),
            )
    return path


def test_a_register_of_the_first_version_is_read_as_it_is(tmp_path: Path) -> None:
    path = first_version(tmp_path / "yizhan.db", OLD)
    before = path.read_bytes()
    database = Database(path)
    assert database.stations().frame.equals(OLD.frame)
    assert database.register().compare(OLD).counts()["unchanged"] == 2
    assert list(database.sites().frame["host_type"]) == [""]
    assert database.revision() == "0001"
    assert path.read_bytes() == before


def test_the_first_write_brings_a_first_version_up_to_date_with_all_it_holds(
    tmp_path: Path,
) -> None:
    database = Database(first_version(tmp_path / "yizhan.db", OLD))
    plan = database.save_result("plan", inputs={}, body={"chosen": ["乙"]})
    assert (database.revision(), plan.id) == (REVISIONS[-1], 2)
    assert database.stations().frame.equals(OLD.frame)
    contents = database.contents("stations")
    assert contents is not None
    assert contents.content_hash == OLD.content_hash
    assert [result.body["chosen"] for result in database.results("plan")] == [["乙"], ["甲"]]
    assert database.sites().ids == ("s",)


def test_an_upgraded_register_has_a_history_that_begins_when_it_was_imported(
    tmp_path: Path,
) -> None:
    database = Database(first_version(tmp_path / "yizhan.db", OLD))
    assert database.upgrade() == ("0001", REVISIONS[-1])
    assert database.upgrade() == (REVISIONS[-1], REVISIONS[-1])
    register = database.register()
    came = datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert register.stations(as_of=came).frame.equals(OLD.frame)
    with pytest.raises(NothingYetError):
        register.stations(as_of=datetime(2026, 11, 20, 7, 59, tzinfo=UTC))
    [event] = register.history("b")
    assert (event.kind, event.observed_at, event.import_id) == ("added", came, 1)
    assert register.evidence("b")["facility.shower"].observed_at == came
    assert register.search("乙") == ("b",)
    assert [near.id for near in register.nearest(116.8, 33.9)] == ["a", "b"]
    new = Stations.from_records([{"id": "c", "name": "丙", "kind": "base", "lon": 116, "lat": 33}])
    assert register.replace(new).missing == ("b", "a")
    assert register.stations(as_of=came).frame.equals(OLD.frame)


@pytest.mark.parametrize("stations", [None, Stations.from_records([])])
def test_an_empty_first_version_stays_empty_or_without_a_register(
    tmp_path: Path, stations: Stations | None
) -> None:
    database = Database(first_version(tmp_path / "yizhan.db", stations))
    database.upgrade()
    if stations is None:
        with pytest.raises(NothingYetError):
            database.stations()
        assert database.register().imports() == ()
    else:
        assert len(database.stations()) == 0
        assert len(database.register().imports()) == 1


def test_an_upgrade_that_breaks_leaves_the_first_version_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = first_version(tmp_path / "yizhan.db", OLD)

    def broken(_told: object, **_options: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    # The last step of an upgrade that takes the stations over.
    monkeypatch.setattr("json.dumps", broken)
    with pytest.raises(WorkspaceError, match="disk I/O error"):
        Database(path).upgrade()
    monkeypatch.undo()
    assert Database(path).revision() == "0001"
    assert Database(path).stations().frame.equals(OLD.frame)
    Database(path).upgrade()
    assert Database(path).stations().frame.equals(OLD.frame)


def test_a_database_of_a_newer_version_is_refused_and_left_alone(database: Database) -> None:
    with database.backend.begin(write=True) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    for use in (
        database.stations,
        lambda: database.replace_stations(OLD),
        database.upgrade,
        lambda: database.contents("stations"),
    ):
        with pytest.raises(WorkspaceError, match=r"newer version of Yizhan .*9999.*: install"):
            use()


@pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")
def test_the_steps_lead_to_the_tables_that_the_code_means(database: Database) -> None:
    with database.backend.begin() as connection:
        found = sa.inspect(connection)
        for table in METADATA.sorted_tables:
            there = {
                column["name"]: (column["nullable"], str(column["type"]).split()[0])
                for column in found.get_columns(table.name)
                if column["name"] != "place"
            }
            meant = {
                column.name: (bool(column.nullable), str(column.type.compile(connection.dialect)))
                for column in table.columns
            }
            words = {"DOUBLE PRECISION": "DOUBLE", "BYTEA": "BYTEA"}
            assert there == {
                name: (nullable, words.get(kind, kind).split()[0])
                for name, (nullable, kind) in meant.items()
            }, table.name
            indexes = {index["name"] for index in found.get_indexes(table.name)}
            assert {index.name for index in table.indexes} <= indexes


def test_the_code_knows_every_step_in_its_order() -> None:
    steps = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    assert tuple(step.revision for step in steps)[::-1] == REVISIONS


def test_the_register_holds_every_column_of_a_station() -> None:
    assert set(FIELDS) == (set(STATION_COLUMNS) - {"geometry"}) | {"lon", "lat"}
    assert set(UNKNOWN) == set(STATION_COLUMNS[12:-1])


def test_a_city_on_a_server_needs_no_file(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    box = Box(116.388, 33.283, 117.045, 34.250)
    made = Workspace.create(tmp_path / "city", name="市", box=box)
    try:
        made.replace_stations(OLD)
        assert not (made.folder / "yizhan.db").exists()
        assert Workspace.open(made.folder).stations().frame.equals(OLD.frame)
        assert "secret" not in repr(made)
        with pytest.raises(WorkspaceError, match="holds a city already"):
            Workspace.create(tmp_path / "other", name="市", box=box)
        assert not (tmp_path / "other").exists()
    finally:
        made.database.close()


def test_the_tables_that_the_tests_repeat_are_those_of_the_steps(tmp_path: Path) -> None:
    schemas = []
    for name in ("stepped", "heard", "repeated"):
        path = tmp_path / f"{name}.db"
        with pytest.MonkeyPatch.context() as monkeypatch:
            if name == "stepped":
                monkeypatch.setattr(backend, "upgrade", migrate.upgrade)
            Database(path).create()
        with contextlib.closing(sqlite3.connect(path)) as connection:
            words = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name"
            schemas.append(connection.execute(words).fetchall())
            schemas[-1] += connection.execute("SELECT * FROM alembic_version").fetchall()
    assert schemas[0] == schemas[1] == schemas[2]
    assert (REVISIONS[-1],) in schemas[0]
