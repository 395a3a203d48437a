"""`yizhan db` tells of the database and brings it up to date."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest

from data.database.schema import HEAD
from data.stations import Stations
from data.workspace import Workspace
from geo.measure import Box

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
