"""A database knows its city: no other workspace reads it or writes to it."""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from data.database import Database
from data.database.schema import CITY, REVISIONS
from data.settings import read_settings
from data.stations import Stations
from data.workspace import Workspace
from geo.errors import WorkspaceError
from geo.measure import Box
from tests.data.older import without_organisations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HUAIBEI = Box(116.388, 33.283, 117.045, 34.250)
SHANGHAI = Box(121.3, 31.1, 121.6, 31.4)
IN_HUAIBEI = {"id": "a", "name": "甲", "kind": "station", "lon": 116.8, "lat": 33.9}
IN_SHANGHAI = {"id": "a", "name": "乙", "kind": "station", "lon": 121.4, "lat": 31.2}
BEFORE = "0003"
ANOTHER = "is the database of another city"


@pytest.fixture
def huaibei(tmp_path: Path, database_url: str | None) -> Iterator[Workspace]:
    """A city with a station, in a file and on a server."""
    made = Workspace.create(
        tmp_path / "huaibei", name="淮北", box=HUAIBEI, database_url=database_url
    )
    made.replace_stations(Stations.from_records([IN_HUAIBEI]))
    yield made
    made.database.close()


@pytest.fixture
def shanghai(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "shanghai", name="上海", box=SHANGHAI)
    made.replace_stations(Stations.from_records([IN_SHANGHAI]))
    return made


def identity_in(workspace: Workspace) -> str:
    return read_settings(workspace.folder / "yizhan.toml").identity


def rows_of_city(database: Database) -> list[tuple[str, str]]:
    with database.backend.begin() as connection:
        query = sa.select(CITY.c.identity, CITY.c.name)
        return [(row[0], row[1]) for row in connection.execute(query)]


def made_older(workspace: Workspace) -> None:
    """Take away what a workspace of the step before this one does not have."""
    settings = workspace.folder / "yizhan.toml"
    settings.write_text(re.sub(r"\n(# .*\n)+identity = .*\n", "\n", settings.read_text("utf-8")))
    assert not identity_in(workspace)
    with workspace.database.backend.begin(write=True) as connection:
        connection.exec_driver_sql("DROP TABLE city")
        without_organisations(connection)
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :it"), {"it": BEFORE})
    workspace.database.close()  # what was known of the server is forgotten


def open_again(workspace: Workspace) -> Workspace:
    return Workspace.open(workspace.folder, database_url=workspace.database_url)


def test_a_new_city_has_an_identity_of_its_own_in_settings_and_database(
    huaibei: Workspace, shanghai: Workspace
) -> None:
    for workspace, name in ((huaibei, "淮北"), (shanghai, "上海")):
        identity = identity_in(workspace)
        assert str(uuid.UUID(identity)) == identity
        assert rows_of_city(workspace.database) == [(identity, name)]
        assert workspace.database.info()["city"] == identity
    assert identity_in(huaibei) != identity_in(shanghai)


def test_a_workspace_does_not_open_with_the_database_of_another(
    huaibei: Workspace, shanghai: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    if huaibei.database_url is None:
        shutil.copy(huaibei.folder / "yizhan.db", shanghai.folder / "yizhan.db")
        cure = "put back its own database file"
    else:
        monkeypatch.setenv("DATABASE_URL", huaibei.database_url)
        cure = "set DATABASE_URL to the database of this city, or unset it"
    with pytest.raises(WorkspaceError, match=ANOTHER) as refusal:
        Workspace.open(shanghai.folder)
    words = str(refusal.value)
    for told in ("淮北", "上海", identity_in(huaibei), identity_in(shanghai), cure):
        assert told in words
    assert str(shanghai.folder) in words
    assert "secret" not in words
    assert "\n" not in words
    # A workspace that was opened before, as pages keep it, does not write there either.
    with pytest.raises(WorkspaceError, match=ANOTHER):
        shanghai.replace_stations(Stations.from_records([IN_SHANGHAI]))
    assert huaibei.stations().frame["name"].tolist() == ["甲"]
    with pytest.raises(WorkspaceError, match=ANOTHER):
        shanghai.database.upgrade()


def test_a_copied_and_a_moved_workspace_open_as_before(huaibei: Workspace, tmp_path: Path) -> None:
    shutil.copytree(huaibei.folder, tmp_path / "copy")
    shutil.move(huaibei.folder, tmp_path / "moved")
    for folder in ("copy", "moved"):
        again = Workspace.open(tmp_path / folder, database_url=huaibei.database_url)
        assert again.stations().ids == ("a",)
        again.replace_stations(Stations.from_records([IN_HUAIBEI]))


def test_a_workspace_of_an_earlier_version_is_only_read_until_its_first_write(
    huaibei: Workspace,
) -> None:
    made_older(huaibei)
    before = (huaibei.folder / "yizhan.toml").read_bytes()
    again = open_again(huaibei)
    assert again.stations().ids == ("a",)
    assert again.database.info()["city"] == ""
    assert again.database.revision() == BEFORE
    assert (huaibei.folder / "yizhan.toml").read_bytes() == before


@pytest.mark.parametrize("write", ["result", "upgrade"])
def test_the_first_write_gives_an_earlier_workspace_its_identity(
    huaibei: Workspace, write: str
) -> None:
    made_older(huaibei)
    again = open_again(huaibei)
    if write == "upgrade":
        assert again.database.upgrade() == (BEFORE, REVISIONS[-1])
    else:
        again.save_result("plan", inputs={}, body={})
    identity = identity_in(again)
    assert rows_of_city(again.database) == [(identity, "淮北")]
    again.save_result("plan", inputs={}, body={})  # opened before there was an identity
    assert open_again(huaibei).stations().ids == ("a",)
    assert rows_of_city(again.database) == [(identity_in(again), "淮北")] == [(identity, "淮北")]


def test_a_first_write_that_fails_leaves_an_identity_that_the_next_one_takes(
    huaibei: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_older(huaibei)
    with monkeypatch.context() as patch:
        patch.setattr("data.database.clock.second_text", lambda _moment: None)
        with pytest.raises(WorkspaceError):
            open_again(huaibei).save_result("plan", inputs={}, body={})
    huaibei.database.close()
    identity = identity_in(huaibei)
    assert identity
    open_again(huaibei).save_result("plan", inputs={}, body={})
    assert rows_of_city(huaibei.database) == [(identity, "淮北")]


WRITER = """
import sys
from pathlib import Path
from data.workspace import Workspace

workspace = Workspace.open(Path(sys.argv[1]), database_url=sys.argv[2] or None)
print("opened", flush=True)
sys.stdin.readline()
workspace.save_result("plan", inputs={}, body={})
"""


def test_processes_that_come_at_once_agree_on_one_identity(huaibei: Workspace) -> None:
    made_older(huaibei)
    command = [sys.executable, "-c", WRITER, str(huaibei.folder), huaibei.database_url or ""]
    with contextlib.ExitStack() as stack:
        pipe = subprocess.PIPE
        writers = [
            stack.enter_context(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True))
            for _ in range(4)
        ]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "opened\n"
        for writer in writers:
            writer.communicate("\n")
            assert writer.returncode == 0
    assert rows_of_city(huaibei.database) == [(identity_in(huaibei), "淮北")]
    assert len(open_again(huaibei).results("plan")) == 4


def test_a_file_in_its_folder_gives_the_settings_of_an_old_backup_its_identity_back(
    tmp_path: Path,
) -> None:
    made = Workspace.create(tmp_path / "city", name="淮北", box=HUAIBEI)
    identity = identity_in(made)
    settings = made.folder / "yizhan.toml"
    settings.write_text(settings.read_text("utf-8").replace(f'identity = "{identity}"', ""))
    again = Workspace.open(made.folder)
    assert again.settings.identity == ""
    again.save_result("plan", inputs={}, body={})
    assert identity_in(made) == identity


def test_a_server_is_not_taken_for_the_city_of_settings_without_identity(
    shanghai: Workspace, postgres_url: str
) -> None:
    server = Database(shanghai.folder / "x.db", url=postgres_url)
    server.upgrade(create=True)
    with server.backend.transaction(write=True) as connection:
        row = {"number": 1, "identity": str(uuid.uuid4()), "name": "淮北", "named_at": ""}
        connection.execute(sa.insert(CITY).values(row))
    made_older(shanghai)
    with pytest.raises(WorkspaceError, match=f"{ANOTHER}.*no identity yet.*write identity = "):
        Workspace.open(shanghai.folder, database_url=postgres_url)
    server.close()


def test_an_empty_database_of_a_server_gets_the_identity_of_its_workspace(
    shanghai: Workspace, tmp_path: Path, postgres_url: str
) -> None:
    huaibei = Workspace.create(tmp_path / "huaibei", name="淮北", box=HUAIBEI)
    there = Workspace.open(huaibei.folder, database_url=postgres_url)
    there.database.upgrade(create=True)
    there.replace_stations(Stations.from_records([IN_HUAIBEI]))
    assert rows_of_city(there.database) == [(identity_in(huaibei), "淮北")]
    with pytest.raises(WorkspaceError, match=ANOTHER):
        Workspace.open(shanghai.folder, database_url=postgres_url)
    there.database.close()


def test_a_server_of_no_identity_whose_stations_lie_elsewhere_is_another_citys(
    shanghai: Workspace, tmp_path: Path, postgres_url: str
) -> None:
    old = Workspace.create(tmp_path / "old", name="淮北", box=HUAIBEI, database_url=postgres_url)
    old.replace_stations(Stations.from_records([IN_HUAIBEI]))
    made_older(old)
    with pytest.raises(WorkspaceError, match=r"1 stations, none of them in the box of 上海"):
        Workspace.open(shanghai.folder, database_url=postgres_url)
    opened_before = Workspace(
        shanghai.folder, shanghai.settings, shanghai.districts, database_url=postgres_url
    )
    with pytest.raises(WorkspaceError, match=r"none of them in the box of 上海"):
        opened_before.replace_stations(Stations.from_records([IN_SHANGHAI]))
    assert open_again(old).stations().frame["name"].tolist() == ["甲"]
    assert old.database.revision() == BEFORE
    old.database.close()


def test_a_database_that_was_made_for_a_city_makes_no_second_one(
    tmp_path: Path, postgres_url: str
) -> None:
    first = Workspace.create(tmp_path / "a", name="淮北", box=HUAIBEI, database_url=postgres_url)
    with pytest.raises(WorkspaceError, match="holds a city already"):
        Workspace.create(tmp_path / "b", name="上海", box=SHANGHAI, database_url=postgres_url)
    assert not (tmp_path / "b").exists()
    first.database.close()


def test_a_database_holds_one_city_at_most(huaibei: Workspace) -> None:
    for number in (1, 2):
        row = {"number": number, "identity": "x", "name": "x", "named_at": ""}
        with (
            pytest.raises(WorkspaceError),
            huaibei.database.backend.transaction(write=True) as connection,
        ):
            connection.execute(sa.insert(CITY).values(row))


def test_a_workspace_that_nobody_may_write_opens_without_an_identity(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Workspace.create(tmp_path / "city", name="淮北", box=HUAIBEI)
    made.replace_stations(Stations.from_records([IN_HUAIBEI]))
    made_older(made)
    with contextlib.closing(sqlite3.connect(made.folder / "yizhan.db")) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    monkeypatch.setattr("data.database.sqlite.os.access", lambda *_: False)
    assert Workspace.open(made.folder).stations().ids == ("a",)
