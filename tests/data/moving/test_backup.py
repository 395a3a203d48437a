"""A backup is the whole workspace, checked before anything is touched; a kill leaves old or new."""

from __future__ import annotations

import json
import os
import zipfile
from typing import TYPE_CHECKING

import fsspec
import pytest

from bench.backup_kills import run_kills
from data import backup
from data.database import Database
from data.database.attempts import forget_attempts
from data.photos import Picture
from data.stations import Stations
from data.workspace import Workspace, restore_workspace
from geo.errors import FileFormatError, WorkspaceError
from geo.measure import Box
from tests.data.moving.house import fill, told
from tests.data.register.records import STATION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BOX = Box(116, 33, 118, 35)
#: `YIZHAN_KILLS=1000` kills each so often.
KILLS = int(os.environ.get("YIZHAN_KILLS", "5"))


@pytest.fixture
def city(tmp_path: Path, database_url: str | None) -> Iterator[Workspace]:
    """A workspace with rows in every table, a key and a photo."""
    made = Workspace.create(tmp_path / "city", name="市", box=BOX, database_url=database_url)
    fill(made.database)
    forget_attempts(made.database.backend, older_than_s=0)  # no backup has them
    (made.folder / "secret.key").write_text("00" * 32)
    (made.folder / "secret.key").chmod(0o600)
    (made.folder / "photos").mkdir()
    (made.folder / "photos" / "a-b_1.jpg").write_bytes(b"\xff\xd8 picture")
    yield made
    made.database.close()


def test_a_backup_restored_elsewhere_is_the_same_city(city: Workspace, tmp_path: Path) -> None:
    before, settings = told(city.database), (city.folder / "yizhan.toml").read_bytes()
    made = city.back_up(tmp_path / "b.zip")
    assert made.name == "市"
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600
    restore_workspace(tmp_path / "b.zip", tmp_path / "new" / "city")
    again = Workspace.open(tmp_path / "new" / "city")
    assert told(again.database) == before
    assert (again.folder / "yizhan.toml").read_bytes() == settings
    assert (again.folder / "secret.key").stat().st_mode & 0o777 == 0o600
    assert (again.folder / "photos" / "a-b_1.jpg").read_bytes() == b"\xff\xd8 picture"
    assert not (again.folder / ".restoring").exists()


def test_photos_in_a_store_come_along_and_those_without_a_whole_file_are_told(
    tmp_path: Path,
) -> None:
    files = fsspec.filesystem("memory")
    made = Workspace.create(tmp_path / "city", name="市", box=BOX)
    made.replace_stations(Stations.from_records([STATION]))
    settings = made.folder / "yizhan.toml"
    written = settings.read_text("utf-8").replace('store = ""', 'store = "memory://kept"')
    settings.write_text(written, "utf-8")
    city = Workspace.open(made.folder)
    kept, lost = (Picture(bytes([one]) * 9, b"small", 16, 16) for one in (1, 2))
    for one in (kept, lost):
        city.photo_store().keep(one)
        city.photos().add(one, "a", by="li")
    city.photo_store().write(f"{lost.content_hash}.jpg", b"torn")
    assert city.back_up(tmp_path / "b.zip").lost_photos == (lost.content_hash,)
    files.store.clear()
    restore_workspace(tmp_path / "b.zip", tmp_path / "new")
    again = Workspace.open(tmp_path / "new")
    assert again.photo_store().faults(again.photos().files()) == {lost.content_hash: "changed"}
    assert again.photo_store().read(kept.content_hash, small=True) == b"small"
    assert list((again.folder / "photos").iterdir()) == []
    files.store.clear()


def test_a_restore_over_a_city_asks_to_be_told_and_takes_the_old_state_back(
    city: Workspace, tmp_path: Path, database_url: str | None
) -> None:
    before = told(city.database)
    city.back_up(tmp_path / "b.zip")
    (city.folder / "yizhan.toml").write_text("broken")
    city.database.replace_stations(Stations.from_records([STATION]))
    with pytest.raises(WorkspaceError, match="holds a city already: say --replace"):
        restore_workspace(tmp_path / "b.zip", city.folder, database_url=database_url)
    assert len(city.database.stations()) == 1
    assert (city.folder / "yizhan.toml").read_text() == "broken"
    restore_workspace(tmp_path / "b.zip", city.folder, database_url=database_url, replace=True)
    again = Workspace.open(city.folder, database_url=database_url)
    assert told(again.database) == before
    again.database.close()


@pytest.fixture
def small(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "small", name="小市", box=BOX)
    made.replace_stations(Stations.from_records([STATION]))
    return made


def _with(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(path) as package:
        members = {name: package.read(name) for name in package.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as package:
        for name, content in members.items():
            package.writestr(name, content)


def _swap(members: dict[str, bytes]) -> None:
    members["yizhan.toml"] += b"# changed\n"


def _drop(members: dict[str, bytes]) -> None:
    del members["yizhan.db"]


def _add(members: dict[str, bytes]) -> None:
    members["../escape"] = b"x"
    told = json.loads(members["manifest.json"])
    told["files"]["../escape"] = {"bytes": 1, "sha256": "x"}
    members["manifest.json"] = json.dumps(told).encode()


def _empty(members: dict[str, bytes]) -> None:
    members["manifest.json"] = b"[]"


@pytest.mark.parametrize("change", [_swap, _drop, _add, _empty])
def test_a_file_that_was_changed_is_refused_and_nothing_is_touched(
    small: Workspace, tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    small.back_up(tmp_path / "b.zip")
    _with(tmp_path / "b.zip", change)
    with pytest.raises(FileFormatError, match=r"b\.zip: is no whole backup of Yizhan"):
        restore_workspace(tmp_path / "b.zip", tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "small"]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_file_that_was_cut_off_is_refused(small: Workspace, tmp_path: Path, share: float) -> None:
    small.back_up(tmp_path / "b.zip")
    whole = (tmp_path / "b.zip").read_bytes()
    (tmp_path / "b.zip").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(FileFormatError, match="is no whole backup"):
        restore_workspace(tmp_path / "b.zip", small.folder, replace=True)
    assert len(Workspace.open(small.folder).stations()) == 1


def test_over_another_city_nothing_is_ever_laid(small: Workspace, tmp_path: Path) -> None:
    other = Workspace.create(tmp_path / "other", name="别市", box=BOX)
    other.replace_stations(Stations.from_records([STATION]))
    other.back_up(tmp_path / "b.zip")
    with pytest.raises(WorkspaceError, match="is of another city"):
        restore_workspace(tmp_path / "b.zip", small.folder, replace=True)
    fresh = Workspace.create(tmp_path / "fresh", name="别市", box=BOX)
    restore_workspace(tmp_path / "b.zip", fresh.folder)
    assert Workspace.open(fresh.folder).settings.identity == other.settings.identity


def test_a_broken_database_is_what_a_backup_is_for(small: Workspace, tmp_path: Path) -> None:
    small.back_up(tmp_path / "b.zip")
    (small.folder / "yizhan.db").write_bytes(b"no database at all" * 500)
    with pytest.raises(WorkspaceError, match="say --replace"):
        restore_workspace(tmp_path / "b.zip", small.folder)
    restore_workspace(tmp_path / "b.zip", small.folder, replace=True)
    assert Workspace.open(small.folder).stations().ids == ("a",)


def test_a_restore_that_was_decided_is_finished_by_whoever_comes_next(
    small: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.back_up(tmp_path / "b.zip")
    small.replace_stations(Stations.from_records([{**STATION, "id": "later"}]))

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backup, "_replace_files", power_cut)
    with pytest.raises(KeyboardInterrupt):
        restore_workspace(tmp_path / "b.zip", small.folder, replace=True)
    monkeypatch.undo()
    (small.folder / "yizhan.toml").unlink()
    assert Workspace.open(small.folder).stations().ids == ("a",)
    assert not (small.folder / ".restoring").exists()


def test_a_database_that_somebody_writes_to_is_left_as_it_is(
    small: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.back_up(tmp_path / "b.zip")
    monkeypatch.setattr("data.database.sqlite._PATIENCE_S", 0.1)
    with (
        Database(small.folder / "yizhan.db").backend.transaction(write=True),
        pytest.raises(WorkspaceError, match="another command is writing to it"),
    ):
        restore_workspace(tmp_path / "b.zip", small.folder, replace=True)
    assert Workspace.open(small.folder).stations().ids == ("a",)


def test_killed_backups_and_restores_leave_the_old_or_the_new(
    tmp_path: Path, database_url: str | None
) -> None:
    for killed in run_kills(tmp_path, url=database_url, kills=KILLS, seed=5).values():
        assert killed.faults == ()
        assert killed.old + killed.new == KILLS
