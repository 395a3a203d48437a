from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data import atomic
from data.demand import Demand
from data.sites import CandidateSites
from data.stations import Stations
from data.workspace import Workspace
from geo.datum import Datum, from_wgs84
from geo.errors import FileFormatError, InputError, NothingYetError, RowsError, WorkspaceError
from geo.measure import Box

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BOX = Box(116.388, 33.283, 117.045, 34.250)
SQUARE = [[[116.5, 33.5], [116.9, 33.5], [116.9, 33.9], [116.5, 33.9], [116.5, 33.5]]]


def districts_file(path: Path, *features: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return path


def district(name: str | None, rings: object, kind: str = "Polygon") -> dict[str, Any]:
    properties = {"adcode": 340602} if name is None else {"adcode": 340602, "name": name}
    geometry = {"type": kind, "coordinates": rings}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "city", name="淮北市", box=BOX)


def two_stations() -> Stations:
    return Stations.from_records(
        [
            {"id": "a", "name": "甲", "kind": "station", "lon": 116.8, "lat": 33.9},
            {
                "id": "b",
                "name": "乙 <b>",
                "kind": "driver_home",
                "lon": 116.7,
                "lat": 33.8,
                "facilities": ("toilet", "shower"),
                "groups": ("truck_driver",),
                "status": "planned",
                "phone": "+86 561",
                "datum": "gcj02",
                "source_lon": 116.706,
                "source_lat": 33.799,
            },
        ]
    )


def some_demand() -> Demand:
    return Demand.at_points(
        ids=["1", "二"],
        lonlat=np.array([[116.8, 33.9], [116.7, 33.8]]),
        weights=np.array([[1.5, 0], [2, 3]]),
        groups=("courier", "truck_driver"),
    )


def everything_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_new_workspace_opens_as_it_was_made(workspace: Workspace) -> None:
    again = Workspace.open(workspace.folder)
    assert again.settings == workspace.settings
    assert again.settings.box == BOX
    assert again.settings.metric_crs == "EPSG:32650"
    assert len(again.districts) == 0
    assert not again.settings.sample


def test_the_box_of_a_city_is_that_of_its_districts(tmp_path: Path) -> None:
    file = districts_file(tmp_path / "d.geojson", district("相山区", SQUARE))
    made = Workspace.create(tmp_path / "city", name="市", districts_file=file, sample=True)
    again = Workspace.open(made.folder)
    assert tuple(again.settings.box) == (116.5, 33.5, 116.9, 33.9)
    assert again.districts.names == ("相山区",)
    assert again.districts.content_hash == made.districts.content_hash
    assert again.settings.sample


def test_a_folder_with_other_files_may_become_a_workspace_but_a_workspace_not_again(
    tmp_path: Path,
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    Workspace.create(tmp_path, name="市", box=BOX)
    before = everything_in(tmp_path)
    with pytest.raises(WorkspaceError, match="is a workspace already"):
        Workspace.create(tmp_path, name="另一市", box=BOX)
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"name": "市"}, InputError, "needs a box"),
        ({"name": "", "box": BOX}, InputError, "name"),
        ({"name": "a\nb", "box": BOX}, InputError, "name"),
        ({"name": "x" * 201, "box": BOX}, InputError, "name"),
        ({"name": "市", "box": Box(0, 0, 50, 50)}, InputError, "a workspace is a city"),
    ],
)
def test_what_cannot_be_a_city_makes_no_folder(
    tmp_path: Path, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        Workspace.create(tmp_path / "new" / "city", **options)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("feature", "error", "words"),
    [
        (district(None, SQUARE), FileFormatError, "property name"),
        (district("", SQUARE), RowsError, "needs 1 to 100"),
        (district("甲", [[116.5, 33.5]], "Point"), FileFormatError, "districts are polygons"),
        (district("甲", [[[116.5, 33.5], [116.9, 33.5]]]), RowsError, "four points"),
        (
            district("甲", [[[116, 33], [117, 34], [117, 33], [116, 34], [116, 33]]]),
            RowsError,
            "crosses itself",
        ),
        (
            district("甲", [[[5e5, 3e6], [6e5, 3e6], [6e5, 4e6], [5e5, 3e6]]]),
            RowsError,
            "degrees",
        ),
    ],
)
def test_districts_that_are_none_are_refused_with_a_cure(
    tmp_path: Path, feature: dict[str, Any], error: type[Exception], words: str
) -> None:
    file = districts_file(tmp_path / "d.geojson", feature)
    with pytest.raises(error, match=words):
        Workspace.create(tmp_path / "city", name="市", districts_file=file)
    assert not (tmp_path / "city").exists()


def test_a_box_that_cuts_the_districts_is_refused(tmp_path: Path) -> None:
    file = districts_file(tmp_path / "d.geojson", district("甲", SQUARE))
    with pytest.raises(InputError, match="does not hold the districts"):
        Workspace.create(
            tmp_path / "c", name="市", box=Box(116.6, 33, 117, 34), districts_file=file
        )


def test_a_folder_that_is_no_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"is no workspace .*run yizhan init"):
        Workspace.open(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="is no workspace"):
        Workspace.open(tmp_path / "file")
    with pytest.raises(WorkspaceError, match="is a file"):
        Workspace.create(tmp_path / "file", name="市", box=BOX)


def test_each_missing_step_is_named_with_its_command(workspace: Workspace) -> None:
    for ask, command in (
        (workspace.stations, "yizhan stations import"),
        (workspace.sites, "yizhan sites import"),
        (workspace.demand, "yizhan demand import"),
        (workspace.network, "yizhan network build"),
    ):
        with pytest.raises(NothingYetError, match=command):
            ask()
    assert workspace.newest_result("plan") is None
    assert workspace.contents("stations") is None


def test_the_register_comes_back_as_it_went_in(workspace: Workspace) -> None:
    stations = two_stations()
    workspace.replace_stations(stations)
    again = Workspace.open(workspace.folder).stations()
    assert again.frame.equals(stations.frame)
    assert again.content_hash == stations.content_hash
    contents = workspace.contents("stations")
    assert contents is not None
    assert (contents.rows, contents.content_hash) == (2, stations.content_hash)


def test_an_emptied_register_is_empty_and_not_missing(workspace: Workspace) -> None:
    workspace.replace_stations(Stations.from_records([]))
    assert len(workspace.stations()) == 0


def test_sites_come_back_as_they_went_in(workspace: Workspace) -> None:
    sites = CandidateSites.from_records(
        [
            {"id": "s1", "name": "银行", "lon": 116.8, "lat": 33.9},
            {
                "id": "s2",
                "name": "油站",
                "lon": 116.7,
                "lat": 33.8,
                "kind": "driver_home",
                "cost_yuan": 80000,
            },
        ]
    )
    workspace.replace_sites(sites)
    again = workspace.sites()
    assert again.content_hash == sites.content_hash
    assert again.frame["cost_yuan"].isna().tolist() == [True, False]


def test_demand_comes_back_as_it_went_in_and_a_new_one_takes_its_place(
    workspace: Workspace,
) -> None:
    demand = some_demand()
    workspace.replace_demand(demand)
    assert workspace.demand().content_hash == demand.content_hash
    other = Demand.at_points(
        ids=["x"], lonlat=np.array([[116.8, 33.9]]), weights=np.array([[4.0]]), groups=("courier",)
    )
    workspace.replace_demand(other)
    assert workspace.demand().total() == 4


def test_the_newest_result_is_the_last_one_kept(workspace: Workspace) -> None:
    for number in range(3):
        workspace.save_result("plan", inputs={"n": number}, body={"chosen": ["甲"], "n": number})
    workspace.save_result("coverage", inputs={}, body={})
    newest = workspace.newest_result("plan")
    assert newest is not None
    assert newest.body == {"chosen": ["甲"], "n": 2}
    assert newest.created_at.endswith("Z")
    assert [result.inputs["n"] for result in workspace.results("plan")] == [2, 1, 0]


def test_a_result_that_is_no_json_is_refused(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="JSON"):
        workspace.save_result("plan", inputs={}, body={"gap": float("nan")})
    assert workspace.results("plan") == ()


def test_a_workspace_can_be_moved(workspace: Workspace, tmp_path: Path) -> None:
    workspace.replace_stations(two_stations())
    shutil.move(workspace.folder, tmp_path / "elsewhere")
    assert len(Workspace.open(tmp_path / "elsewhere").stations()) == 2


def test_nothing_stays_open_and_no_side_file_stays(workspace: Workspace) -> None:
    workspace.replace_stations(two_stations())
    workspace.stations()
    assert sorted(path.name for path in workspace.folder.iterdir()) == [
        "cache",
        "exports",
        "yizhan.db",
        "yizhan.toml",
    ]


def test_an_import_that_fails_half_way_leaves_the_register_as_it_was(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.replace_stations(two_stations())
    # the last insert then breaks
    monkeypatch.setattr("data.database.clock.second_text", lambda _moment: None)
    with pytest.raises(WorkspaceError, match="NOT NULL"):
        workspace.replace_stations(Stations.from_records([]))
    assert len(workspace.stations()) == 2


def test_a_full_disk_is_one_line_and_changes_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.replace_demand(some_demand())
    before = everything_in(workspace.folder)

    def full(_path: Path) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(atomic, "flush_file", full)
    with pytest.raises(WorkspaceError, match=r"No space left.*free some space"):
        workspace.replace_demand(some_demand())
    assert everything_in(workspace.folder) == before
    with pytest.raises(WorkspaceError, match="No space left"):
        Workspace.create(workspace.folder / "inner" / "city", name="市", box=BOX)
    assert everything_in(workspace.folder) == before
    assert not (workspace.folder / "inner").exists()


def test_a_full_database_is_one_line_and_changes_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.replace_stations(two_stations())

    def tiny(connection: sqlite3.Connection) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA max_page_count = 60")

    monkeypatch.setattr("data.database.sqlite._prepare", tiny)
    many = Stations.from_records(
        [
            {"id": str(i), "name": "驿站" * 50, "kind": "station", "lon": 116.8, "lat": 33.9}
            for i in range(2000)
        ]
    )
    with pytest.raises(WorkspaceError, match="full: free some space"):
        workspace.replace_stations(many)
    assert len(workspace.stations()) == 2


@pytest.mark.parametrize("rubbish", [b"", b"no database at all, but long enough" * 100])
def test_a_broken_database_is_one_line(workspace: Workspace, rubbish: bytes) -> None:
    (workspace.folder / "yizhan.db").write_bytes(rubbish)
    with pytest.raises(
        WorkspaceError, match=r"yizhan\.db: .*: (the file is broken|holds no tables|it was made)"
    ):
        workspace.stations()


def test_broken_demand_is_one_line(workspace: Workspace) -> None:
    (workspace.folder / "cache" / "demand.npz").write_bytes(b"PK\x03\x04 rubbish")
    with pytest.raises(WorkspaceError, match=r"is broken .*demand import again"):
        workspace.demand()


def test_a_workspace_without_its_database_is_told_apart(workspace: Workspace) -> None:
    (workspace.folder / "yizhan.db").unlink()
    with pytest.raises(WorkspaceError, match=r"has no yizhan\.db"):
        Workspace.open(workspace.folder)


def test_an_emptied_cache_folder_is_made_again(workspace: Workspace) -> None:
    shutil.rmtree(workspace.folder / "cache")
    workspace.replace_demand(some_demand())
    assert len(workspace.demand()) == 2


def test_hashes_are_the_same_in_another_process(workspace: Workspace) -> None:
    workspace.replace_stations(two_stations())
    workspace.replace_demand(some_demand())
    code = (
        "import sys; from pathlib import Path; from data.workspace import Workspace\n"
        "w = Workspace.open(Path(sys.argv[1]))\n"
        "print(w.stations().content_hash, w.demand().content_hash)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(workspace.folder)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    assert run.stdout.split() == [two_stations().content_hash, some_demand().content_hash]


def test_districts_drawn_on_a_chinese_map_are_brought_to_wgs84(tmp_path: Path) -> None:
    shifted = from_wgs84(np.array(SQUARE[0]), datum=Datum.gcj02).tolist()
    file = districts_file(tmp_path / "d.geojson", district("甲", [shifted]))
    made = Workspace.create(
        tmp_path / "c", name="市", districts_file=file, districts_datum=Datum.gcj02
    )
    assert tuple(made.settings.box) == pytest.approx((116.5, 33.5, 116.9, 33.9), abs=1e-9)


def test_a_name_may_hold_a_chinese_space(tmp_path: Path) -> None:
    assert Workspace.create(tmp_path / "c", name="淮北　市", box=BOX).settings.name == "淮北　市"


def test_a_folder_with_any_signs_in_its_name_holds_a_workspace(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "带 空格?#%41&x=1", name="市", box=BOX)
    made.replace_stations(two_stations())
    assert len(Workspace.open(made.folder).stations()) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["带 空格?#%41&x=1"]


def test_readers_go_on_while_somebody_writes(workspace: Workspace) -> None:
    workspace.replace_stations(two_stations())
    with workspace.database.backend.transaction(write=True):
        assert len(workspace.stations()) == 2


def test_a_writer_waits_for_another_and_says_so_when_it_takes_too_long(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def impatient(connection: sqlite3.Connection) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout = 50")

    monkeypatch.setattr("data.database.sqlite._prepare", impatient)
    with (
        workspace.database.backend.transaction(write=True),
        pytest.raises(WorkspaceError, match="another command is writing"),
    ):
        workspace.replace_stations(two_stations())


KILLED = """
import sys
from pathlib import Path
from data.stations import Stations
from data.workspace import Workspace

workspace = Workspace.open(Path(sys.argv[1]))
station = {"name": "x", "kind": "station", "lon": 116.8, "lat": 33.9}
for size in range(1, 10_000):
    records = [{**station, "id": f"{size}-{i}"} for i in range(100 + size)]
    workspace.replace_stations(Stations.from_records(records))
    print(size, flush=True)
"""


def test_a_writer_killed_at_any_moment_loses_nothing_it_acknowledged(
    workspace: Workspace,
) -> None:
    for _ in range(3):
        command = [sys.executable, "-c", KILLED, str(workspace.folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            acknowledged = [int(process.stdout.readline()) for _ in range(3)]
            process.kill()
            acknowledged += [int(line) for line in process.stdout if line.endswith("\n")]
        ids = workspace.stations().ids
        size = int(ids[0].split("-")[0])
        assert size in {acknowledged[-1], acknowledged[-1] + 1}
        assert ids == tuple(f"{size}-{i}" for i in range(100 + size))


def test_a_database_stays_in_wal_mode(workspace: Workspace) -> None:
    with contextlib.closing(sqlite3.connect(workspace.folder / "yizhan.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_workspace_that_nobody_may_write_can_still_be_read(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.replace_stations(two_stations())
    made: list[str] = []
    monkeypatch.setattr("data.database.sqlite.os.access", lambda *_: False)
    monkeypatch.setattr("data.database.sqlite.sqlite3.connect", connect_and_note(made))
    assert len(workspace.stations()) == 2
    assert set(made) == {f"{workspace.folder.resolve().as_uri()}/yizhan.db?immutable=1"}


def connect_and_note(made: list[str]) -> Callable[..., sqlite3.Connection]:
    connect = sqlite3.connect

    def noting(address: str, **options: bool) -> sqlite3.Connection:
        made.append(address)
        return connect(address, **options)  # type: ignore[call-overload]

    return noting
