"""A disk that is really full: nothing more is written, and what is there is read."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.demand import Demand
from data.files.station_files import write_stations
from data.stations import Stations
from data.workspace import Workspace
from geo.errors import DiskFullError, WorkspaceError
from geo.measure import Box

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Disk

BOX = Box(116.388, 33.283, 117.045, 34.250)


def some_stations(count: int) -> Stations:
    return Stations.from_records(
        [
            {"id": str(i), "name": "驿站" * 50, "kind": "station", "lon": 116.8, "lat": 33.9}
            for i in range(count)
        ]
    )


def some_demand(count: int) -> Demand:
    return Demand.at_points(
        ids=[str(i) for i in range(count)],
        lonlat=np.tile([116.8, 33.9], (count, 1)),
        weights=np.ones((count, 1)),
        groups=("courier",),
    )


def city_on(disk: Disk) -> Workspace:
    workspace = Workspace.create(disk.root / "city", name="市", box=BOX)
    workspace.replace_stations(some_stations(2))
    workspace.replace_demand(some_demand(2))
    return workspace


def test_every_write_is_refused_and_nothing_changes(disk: Disk) -> None:
    workspace = city_on(disk)
    before = workspace.stations().content_hash, workspace.demand().content_hash
    disk.fill(but_bytes=100 * 1024)
    many = some_stations(3000)
    with pytest.raises(DiskFullError, match="the disk is full: free some space"):
        workspace.replace_stations(many)
    with pytest.raises(DiskFullError, match="free some space"):
        workspace.replace_demand(some_demand(20_000))
    with pytest.raises(DiskFullError, match="the disk is full: free some space"):
        workspace.save_result("plan", inputs={}, body={"much": "x" * 400_000})
    after = workspace.stations().content_hash, workspace.demand().content_hash
    assert after == before
    for suffix in (".csv", ".xlsx", ".geojson", ".gpkg"):
        export = workspace.folder / f"old{suffix}"
        export.write_text("old")
        with pytest.raises(WorkspaceError, match="cannot be written"):
            write_stations(many, export)
        assert export.read_text() == "old"
    assert not [path for path in workspace.folder.iterdir() if path.name.startswith(".new")]


def test_what_is_there_is_read_to_the_last_byte_of_room(disk: Disk) -> None:
    workspace = city_on(disk)
    before = workspace.stations().content_hash
    disk.fill()
    opened = Workspace.open(workspace.folder)
    assert opened.stations().content_hash == before
    assert opened.demand().total("courier") == 2
    assert [event.kind for event in opened.register().history("1")] == ["added"]
    with opened.register() as register:
        assert register.nearest(116.8, 33.9, 1)[0].id in {"0", "1"}
    with pytest.raises(DiskFullError, match="the disk is full"):
        opened.replace_stations(some_stations(3))
    (disk.root / "ballast").unlink()
    opened.replace_stations(some_stations(3))
    assert len(workspace.stations()) == 3


def test_what_a_killed_writer_left_in_the_log_is_read_too(disk: Disk, tmp_path: Path) -> None:
    workspace = city_on(disk)
    file = workspace.folder / "yizhan.db"
    left = tmp_path / "left"
    left.mkdir()
    writer = sqlite3.connect(file)
    writer.execute("PRAGMA wal_autocheckpoint = 0")
    writer.execute("UPDATE stations SET name = '新' WHERE id = '1'")
    writer.commit()
    for suffix in ("", "-wal"):  # as they lie when the machine loses its power now
        shutil.copy(f"{file}{suffix}", left)
    writer.close()
    for suffix in ("", "-wal"):
        shutil.copy(left / f"{file.name}{suffix}", workspace.folder)
    disk.fill()
    assert (workspace.folder / "yizhan.db-wal").stat().st_size > 0
    assert workspace.stations().frame["name"].tolist() == ["驿站" * 50, "新"]
