"""`yizhan db` tells of the database and brings it up to date."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest

from data.database import Database
from data.database.schema import HEAD
from data.settings import read_settings
from data.stations import Stations
from data.workspace import Workspace
from geo.errors import WorkspaceError
from geo.measure import Box
from web.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cli

STATION = {"id": "a", "name": "甲", "kind": "station", "lon": 116.8, "lat": 33.9}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "city", name="市", box=Box(116.7, 33.8, 116.9, 34))
    made.replace_stations(Stations.from_records([STATION]))
    return made


def test_info_tells_where_the_database_is_and_what_it_holds(cli: Cli, workspace: Workspace) -> None:
    told = cli("db", "info", "-w", workspace.folder, "--json").json
    assert told["where"] == str(workspace.folder / "yizhan.db")
    assert (told["database"], told["schema"]) == ("SQLite", HEAD)
    assert (told["stations"], told["imports"], told["events"]) == (1, 1, 1)
    assert "stations" in cli("db", "info", "-w", workspace.folder).out


def test_info_shows_the_identity_of_the_city_or_that_there_is_none_yet(
    cli: Cli, workspace: Workspace
) -> None:
    identity = read_settings(workspace.folder / "yizhan.toml").identity
    assert cli("db", "info", "-w", workspace.folder, "--json").json["city"] == identity
    words = cli("db", "info", "-w", workspace.folder).out
    assert identity in words
    assert "does not know its city" not in words
    with contextlib.closing(sqlite3.connect(workspace.folder / "yizhan.db")) as file, file:
        file.execute("DELETE FROM city")
    assert cli("db", "info", "-w", workspace.folder, "--json").json["city"] == ""
    assert "does not know its city yet: the next write or yizhan db upgrade" in (
        cli("db", "info", "-w", workspace.folder).out
    )
    cli("db", "upgrade", "-w", workspace.folder)
    assert cli("db", "info", "-w", workspace.folder, "--json").json["city"] == identity


def test_upgrade_says_what_it_did(cli: Cli, workspace: Workspace) -> None:
    assert f"up to date (schema {HEAD})" in cli("db", "upgrade", "-w", workspace.folder).out
    told = cli("db", "upgrade", "-w", workspace.folder, "--json").json
    assert (told["before"], told["after"]) == (HEAD, HEAD)


def test_a_newer_database_is_refused_in_one_line(cli: Cli, workspace: Workspace) -> None:
    with contextlib.closing(sqlite3.connect(workspace.folder / "yizhan.db")) as file, file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    for words in (("db", "upgrade"), ("stations", "export", "-o", workspace.folder / "x.csv")):
        answer = cli(*words, "-w", workspace.folder)
        assert answer.code == 2
        assert "newer version of Yizhan" in answer.err
        assert answer.err.count("\n") == 1


def _list(path: Path, lon: float, lat: float) -> Path:
    rows = "".join(f"S{number},站{number},驿站,{lon + number / 1e4},{lat}\n" for number in range(5))
    path.write_text(f"编号,名称,类型,经度,纬度\n{rows}", encoding="utf-8")
    return path


def test_with_the_database_of_another_city_neither_commands_nor_pages_start(
    cli: Cli, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shanghai = ("-w", tmp_path / "shanghai")
    cli("init", *shanghai, "--name", "上海", "--box", "121.3,31.1,121.6,31.4")
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    huaibei = ("-w", tmp_path / "huaibei")
    cli("init", *huaibei, "--name", "淮北", "--box", "116.388,33.283,117.045,34.250")
    taken = _list(tmp_path / "huaibei.csv", 116.8, 33.9)
    assert cli("stations", "import", taken, *huaibei, "--datum", "wgs84").code == 0
    other = _list(tmp_path / "shanghai.csv", 121.4, 31.2)
    before = Workspace.open(tmp_path / "huaibei").stations().content_hash
    for words in (
        ("stations", "import", other, "--datum", "wgs84", "--moved"),
        ("stations", "export", "-o", tmp_path / "x.csv"),
        ("sites", "import", other, "--datum", "wgs84"),
        ("db", "info"),
        ("db", "upgrade"),
        ("serve",),
    ):
        answer = cli(*words, *shanghai)
        assert (answer.code, answer.out) == (2, "")
        assert "is the database of another city, 淮北" in answer.err
        assert "set DATABASE_URL to the database of this city, or unset it" in answer.err
        assert answer.err.count("\n") == 1
    with pytest.raises(WorkspaceError, match="another city"):
        create_app(tmp_path / "shanghai")
    assert not (tmp_path / "x.csv").exists()
    city = Workspace.open(tmp_path / "huaibei")
    assert city.stations().content_hash == before
    city.database.close()


def test_copy_moves_house_and_says_what_stands_there(
    cli: Cli, workspace: Workspace, tmp_path: Path
) -> None:
    place = tmp_path / "moved.db"
    told = cli("db", "copy", "-w", workspace.folder, "--to", place, "--json").json
    assert told["to"] == str(place)
    assert (told["tables"]["stations"]["rows"], told["tables"]["events"]["rows"]) == (1, 1)
    assert Database(place).stations().content_hash == workspace.stations().content_hash
    again = cli("db", "copy", "-w", workspace.folder, "--to", place)
    assert (again.code, again.err.count("\n")) == (2, 1)
    assert "is there already" in again.err
    words = cli("db", "copy", "-w", workspace.folder, "--to", tmp_path / "other.db").out
    assert told["tables"]["stations"]["hash"][:12] in words
    assert "let DATABASE_URL name the new one" in words


def test_a_backup_is_made_and_restored_by_two_commands(
    cli: Cli, workspace: Workspace, tmp_path: Path
) -> None:
    file, place = tmp_path / "b.zip", tmp_path / "again"
    told = cli("db", "backup", file, "-w", workspace.folder, "--json").json
    assert (told["name"], told["city"]) == ("市", workspace.settings.identity)
    assert (
        "keep it where only you can read it"
        in cli("db", "backup", file, "-w", place.parent / "city").out
    )
    assert cli("db", "restore", file, "-w", place, "--json").json["files"] == told["files"]
    assert Workspace.open(place).stations().content_hash == workspace.stations().content_hash
    again = cli("db", "restore", file, "-w", place)
    assert (again.code, again.err.count("\n")) == (2, 1)
    assert "say --replace" in again.err
    assert (
        "The roads are not in a backup" in cli("db", "restore", file, "-w", place, "--replace").out
    )
