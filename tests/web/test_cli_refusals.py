"""Claims about bad input: one clear line, exit code 2, no traceback, the workspace as it was."""

from __future__ import annotations

import errno
import gzip
import hashlib
import sqlite3
from typing import TYPE_CHECKING

import pytest

import data.atomic

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Answer, Cli

BOX = "24.93,60.16,24.96,60.18"
STATIONS = "id,name,kind,lon,lat\nA,示例驿站,station,24.94,60.17\nB,B,station,24.95,60.17\n"
DEMAND = "id,lon,lat,courier\n1,24.94,60.17,5\n"


@pytest.fixture
def city(tmp_path: Path, cli: Cli) -> Path:
    """A workspace with two stations and one demand point, and no roads."""
    folder = tmp_path / "city"
    assert cli("init", "-w", folder, "--name", "示例", "--box", BOX).code == 0
    (tmp_path / "stations.csv").write_text(STATIONS, encoding="utf-8")
    (tmp_path / "demand.csv").write_text(DEMAND, encoding="utf-8")
    taken = cli("stations", "import", tmp_path / "stations.csv", "-w", folder, "--datum", "wgs84")
    assert taken.code == 0, taken.err
    assert cli("demand", "import", tmp_path / "demand.csv", "-w", folder).code == 0
    return folder


def _state(folder: Path) -> dict[str, str]:
    """Every file of a workspace by its hash, the database by its rows."""
    state = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.suffix == ".db":
            with sqlite3.connect(path) as db:
                state[path.name] = "\n".join(db.iterdump())
            db.close()
        elif not path.name.endswith(("-wal", "-shm")):
            state[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return state


def _refused(answer: Answer) -> str:
    assert answer.code == 2, answer.err
    assert "Traceback" not in answer.err
    last = answer.err.strip().splitlines()[-1]
    assert last.startswith("error: ")
    return last


def _header(row: str) -> bytes:
    return f"id,name,kind,lon,lat\n{row}\n".encode()


STATION_FILES = {
    "an empty file": (b"", ["stations.csv", "empty"]),
    "a heading and no row": (b"id,name,kind,lon,lat\n", ["stations.csv"]),
    "a longitude that is no number": (_header("A,A,station,abc,60.17"), ["row 2", "lon", "abc"]),
    "NaN": (_header("A,A,station,NaN,60.17"), ["row 2", "lon"]),
    "longitude and latitude swapped": (_header("A,A,station,60.17,24.94"), ["row 2", "swapped"]),
    "a point outside the box": (_header("A,A,station,30,61"), ["row 2", "box"]),
    "an id that stands twice": (
        _header("A,A,station,24.94,60.17\nA,B,station,24.95,60.17"),
        ["row 3", "id"],
    ),
    "a kind that is not known": (_header("A,A,statoin,24.94,60.17"), ["row 2", "kind", "station"]),
    "a heading that is not known": (
        b"id,name,kind,lon,lat,adress\nA,A,station,24.94,60.17,B\n",
        ["adress", "address"],
    ),
    "binary rubbish": (bytes(range(256)) * 40, ["stations.csv"]),
}


@pytest.mark.parametrize("case", STATION_FILES)
def test_a_bad_station_file_is_refused_in_one_line(
    case: str, city: Path, cli: Cli, tmp_path: Path
) -> None:
    content, words = STATION_FILES[case]
    (tmp_path / "stations.csv").write_bytes(content)
    before = _state(city)
    answer = cli("stations", "import", tmp_path / "stations.csv", "-w", city, "--datum", "wgs84")
    line = _refused(answer)
    assert all(word in line for word in words), line
    assert _state(city) == before


def test_several_faulty_rows_are_all_listed(city: Path, cli: Cli, tmp_path: Path) -> None:
    rows = "A,A,station,x,60.17\nB,B,station,24.94,60.17\nC,C,station,24.94,y"
    (tmp_path / "stations.csv").write_bytes(_header(rows))
    answer = cli("stations", "import", tmp_path / "stations.csv", "-w", city, "--datum", "wgs84")
    line = _refused(answer)
    assert "2 rows" in line
    assert "row 2, column lon" in answer.err
    assert "row 4, column lat" in answer.err


def test_stations_without_a_datum_are_refused(city: Path, cli: Cli, tmp_path: Path) -> None:
    answer = cli("stations", "import", tmp_path / "stations.csv", "-w", city)
    line = _refused(answer)
    assert all(word in line for word in ("datum", "wgs84", "gcj02", "bd09"))


def test_a_wrong_datum_word_is_refused(city: Path, cli: Cli, tmp_path: Path) -> None:
    answer = cli("stations", "import", tmp_path / "stations.csv", "-w", city, "--datum", "wgs48")
    assert "wgs48" in _refused(answer)


def test_a_missing_file_is_refused(city: Path, cli: Cli, tmp_path: Path) -> None:
    before = _state(city)
    for words in (
        ("stations", "import", tmp_path / "none.csv", "--datum", "wgs84"),
        ("sites", "import", tmp_path / "none.csv", "--datum", "wgs84"),
        ("demand", "import", tmp_path / "none.csv"),
        ("network", "build", "--osm", tmp_path / "none.osm.pbf"),
    ):
        assert "none." in _refused(cli(*words, "-w", city))
    assert _state(city) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.osm.pbf", b""),
        ("broken.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c" + b"\xff" * 200),
        ("empty.osm", b""),
        ("broken.osm", b"<osm version='0.6'><node id='1' lat='60.17'"),
        ("roadless.osm", b"<osm version='0.6'><node id='1' lat='60.17' lon='24.94'/></osm>"),
        ("broken.osm.gz", gzip.compress(b"<osm version='0.6'>" + b" " * 500, mtime=0)[:30]),
        ("roads.txt", b"hello"),
    ],
)
def test_a_bad_extract_is_refused(
    name: str, content: bytes, city: Path, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    before = _state(city)
    assert name in _refused(cli("network", "build", "--osm", tmp_path / name, "-w", city))
    assert _state(city) == before


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1,24.94,60.17,-5", ["row 2", "courier", "-5"]),
        ("1,24.94,60.17,nan", ["row 2", "courier"]),
        ("1,24.94,60.17,many", ["row 2", "courier", "many"]),
        ("1,60.17,24.94,5", ["row 2"]),
    ],
)
def test_bad_demand_is_refused(
    row: str, words: list[str], city: Path, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "demand.csv").write_text(f"id,lon,lat,courier\n{row}\n", encoding="utf-8")
    before = _state(city)
    line = _refused(cli("demand", "import", tmp_path / "demand.csv", "-w", city))
    assert all(word in line for word in words), line
    assert _state(city) == before


@pytest.mark.parametrize(
    "words",
    [
        ("coverage",),
        ("plan", "--new", "1"),
        ("map", "-o", "map.html"),
        ("report", "-o", "report"),
        ("stations", "export", "-o", "out.csv"),
        ("serve",),
    ],
)
def test_a_folder_that_is_no_workspace_is_refused(
    words: tuple[str, ...], cli: Cli, tmp_path: Path
) -> None:
    line = _refused(cli(*words, "-w", tmp_path))
    assert "yizhan init" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [("coverage",), ("plan", "--new", "1")])
def test_a_step_before_its_time_names_the_step_that_is_missing(
    words: tuple[str, ...], city: Path, cli: Cli
) -> None:
    assert "yizhan network build" in _refused(cli(*words, "-w", city))


@pytest.mark.parametrize(
    "box", ["1,2,3", "a,b,c,d", "25,60,24,61", "24,61,25,60", "24,60,25,91", "nan,60,25,61"]
)
def test_a_bad_box_is_refused(box: str, cli: Cli, tmp_path: Path) -> None:
    _refused(cli("init", "-w", tmp_path / "new", "--name", "X", "--box", box))
    assert not (tmp_path / "new").exists()


def test_a_second_init_leaves_the_first_as_it_was(city: Path, cli: Cli) -> None:
    before = _state(city)
    _refused(cli("init", "-w", city, "--name", "other", "--box", BOX))
    assert _state(city) == before


def test_a_key_of_the_settings_that_is_not_known_is_refused(city: Path, cli: Cli) -> None:
    settings = city / "yizhan.toml"
    settings.write_text("speling = 1\n" + settings.read_text(encoding="utf-8"), encoding="utf-8")
    line = _refused(cli("coverage", "-w", city))
    assert "speling" in line
    assert "yizhan.toml" in line


def test_a_full_disk_is_one_line_and_leaves_the_workspace(
    city: Path, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = _state(city)
    monkeypatch.setattr(data.atomic.os, "replace", full)
    (tmp_path / "demand.csv").write_text(DEMAND.replace(",5", ",7"), encoding="utf-8")
    line = _refused(cli("demand", "import", tmp_path / "demand.csv", "-w", city))
    assert "full" in line
    assert _state(city) == before


def test_with_json_a_refusal_is_one_object(city: Path, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "stations.csv").write_bytes(_header("A,A,station,x,60.17"))
    answer = cli(
        "stations", "import", tmp_path / "stations.csv", "-w", city, "--datum", "wgs84", "--json"
    )
    assert answer.code == 2
    error = answer.json["error"]
    assert error["type"] == "rows-error"
    assert error["faults"][0]["row"] == 2


@pytest.mark.parametrize(
    "words", [("plan", "--new", "0"), ("plan",), ("nonsense",), ("plan", "-x")]
)
def test_wrong_words_are_refused_without_a_traceback(
    words: tuple[str, ...], city: Path, cli: Cli
) -> None:
    _refused(cli(*words, "-w", city))


def test_a_citys_workspace_is_not_called_the_sample(city: Path, cli: Cli) -> None:
    assert "not the sample" in _refused(cli("demo", "-w", city, "--no-serve"))


def test_a_map_that_is_no_page_is_refused(city: Path, cli: Cli, tmp_path: Path) -> None:
    assert ".html" in _refused(cli("map", "-o", tmp_path / "map.txt", "-w", city))
    assert not (tmp_path / "map.txt").exists()


def test_without_a_command_the_help_is_shown(cli: Cli) -> None:
    answer = cli()
    assert answer.code == 2
    assert "  coverage " in answer.err
