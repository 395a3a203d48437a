"""A national list in two cities' registers: split by place and code, whole by city, told by row."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from data.districts import Districts
from data.nation import Nation
from data.nation.national_list import CityGround, read_list, split_list
from data.workspace import Workspace
from geo.datum import Datum, from_wgs84
from geo.measure import Box

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.conftest import Answer, Cli

HUAIBEI, SHANGHAI = Box(116.7, 33.9, 116.9, 34.0), Box(121.3, 31.1, 121.6, 31.4)
HEADINGS = ("编号", "名称", "类型", "经度", "纬度", "行政区划代码", "备注")
#: A row of each city, and one each for what belongs to none.
ROWS = (
    ("S1", "东站", "驿站", 116.82, 33.95, "340602", ""),
    ("S2", "西站", "驿站", 121.4, 31.2, "", ""),
    ("S3", "无处", "驿站", 100.0, 30.0, "", ""),
    ("S4", "反了", "驿站", 33.95, 116.82, "", ""),
    ("S5", "无点", "驿站", "", "", "340600", ""),
    ("S6", "错码", "驿站", 116.82, 33.96, "310000", ""),
)


@pytest.fixture
def nation(tmp_path: Path) -> Path:
    """A nation of two cities without a station."""
    Nation.create(tmp_path / "n", name="两市")
    for code, box in (("340600", HUAIBEI), ("310000", SHANGHAI)):
        Workspace.create(tmp_path / "n" / "cities" / code, name=code, box=box)
    return tmp_path / "n"


def write_list(
    file: Path, rows: Sequence[Sequence[object]], headings: Sequence[str] = HEADINGS
) -> Path:
    """Write a list as CSV."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([headings, *rows])
    return file


def stations_in(nation: Path, code: str) -> tuple[str, ...]:
    """The ids in a city's register."""
    return Workspace.open(nation / "cities" / code).stations().ids


def told(answer: Answer) -> dict[str, Any]:
    """What a command said as JSON."""
    said: dict[str, Any] = json.loads(answer.out)
    return said


def test_each_city_takes_its_rows_and_the_rows_of_none_are_told_and_written(
    nation: Path, tmp_path: Path, cli: Cli
) -> None:
    file = write_list(tmp_path / "list.csv", ROWS)
    asked = ("nation", "import", file, "--datum", "wgs84", "-w", nation)
    dry = cli(*asked, "--dry-run")
    assert dry.code == 1
    assert "Would be taken: 2 stations into 2 cities; rows of no city: 4." in dry.out
    stray = tmp_path / "stray.csv"
    said = told(cli(*asked, "--json", "-o", stray))
    assert stations_in(nation, "340600") == ("S1",)
    assert stations_in(nation, "310000") == ("S2",)
    whys = {row["id"]: row["why"] for row in said["stray"]}
    assert "lies in no city; the nearest" in whys["S3"]
    assert "longitude and latitude are swapped" in whys["S4"]
    assert "is empty" in whys["S5"]
    assert 'lies in 340600, and its code is "310000"' in whys["S6"]
    rows = list(csv.DictReader(stray.read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["id"], row["row"]) for row in rows] == [
        ("S3", "4"), ("S4", "5"), ("S5", "6"), ("S6", "7"),
    ]  # fmt: skip
    # the dry run had changed nothing, so all was new
    assert {one["changes"]["added"] for one in said["cities"]} == {1}


def test_a_city_takes_all_of_its_rows_or_none_and_stops_no_other(
    nation: Path, tmp_path: Path, cli: Cli
) -> None:
    rows = [
        *ROWS[:2],
        ("S1", "再来", "驿站", 116.83, 33.95, "", ""),
        ("S8", "坏", "酒店", 116.8, 33.95, "", ""),
    ]
    file = write_list(tmp_path / "list.csv", rows)
    answer = cli("nation", "import", file, "--datum", "wgs84", "-w", nation)
    assert answer.code == 1
    assert "340600: nothing is taken: list.csv: row 4" in answer.out
    # the second fault too, by its row in the whole list
    assert "340600, row 5, column 类型" in answer.out
    assert stations_in(nation, "310000") == ("S2",)
    said = cli("stations", "export", "-w", nation / "cities" / "340600", "-o", tmp_path / "x.csv")
    assert said.code == 2


def test_a_folder_of_lists_is_one_list_and_the_second_time_changes_nothing(
    nation: Path, tmp_path: Path, cli: Cli
) -> None:
    lists = tmp_path / "lists"
    write_list(lists / "b.csv", ROWS[1:2])
    write_list(lists / "a.csv", [*ROWS[:1], ("S9", "再一", "驿站", 121.5, 31.3, "", "")])
    (lists / "~$a.xlsx").write_bytes(b"lock")
    asked = ("nation", "import", lists, "--datum", "wgs84", "-w", nation, "--json")
    first = cli(*asked)
    assert first.code == 0, first.err
    assert told(first)["files"] == ["a.csv", "b.csv"]
    # of Shanghai each list has a station: neither takes the other's away
    assert sorted(stations_in(nation, "310000")) == ["S2", "S9"]
    again = told(cli(*asked))
    assert {one["changes"]["added"] + one["changes"]["changed"] for one in again["cities"]} == {0}
    # under other headings the two cannot be laid over the city as one
    write_list(lists / "b.csv", [row[:5] for row in ROWS[1:2]], HEADINGS[:5])
    apart = cli(*asked)
    assert apart.code == 1
    whys = {one["code"]: one["why"] for one in told(apart)["cities"]}
    assert whys["310000"].startswith("its stations stand in lists of several forms")
    assert not whys["340600"]


def test_a_city_that_cannot_be_opened_is_told_and_one_that_no_list_names_stays(
    nation: Path, tmp_path: Path, cli: Cli
) -> None:
    (nation / "cities" / "340600" / "yizhan.db").unlink()
    Workspace.create(nation / "cities" / "110000", name="北京", box=Box(116.2, 39.8, 116.6, 40.1))
    file = write_list(tmp_path / "list.csv", ROWS[1:2])
    answer = cli("nation", "import", file, "--datum", "wgs84", "-w", nation)
    assert answer.code == 1
    assert "340600: nothing is taken: " in answer.out
    assert "has no yizhan.db" in answer.out
    assert "left as they are: 110000" in answer.out
    assert stations_in(nation, "310000") == ("S2",)


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        (None, [], "no such file"),
        ("", ["--datum", "wgs84"], "is empty"),
        ("编号,名称\nS1,东站\n", ["--datum", "wgs84"], "has no column"),
        ("编号,名称,类型,经度,纬度\nS1,东站,驿站,116.8,33.95\n", [], "datum"),
        (
            "编号,名称,类型,经度,纬度,星座\nS1,东站,驿站,116.8,33.95,狮\n",
            ["--datum", "wgs84"],
            "星座",
        ),
    ],
)
def test_a_list_that_cannot_be_read_as_a_whole_changes_nothing(
    text: str | None, words: list[str], said: str, nation: Path, cli: Cli
) -> None:
    file = nation.parent / "list.csv"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    refused = cli("nation", "import", file, "-w", nation, *words)
    assert refused.code == 2
    assert said in refused.err


def test_ground_that_two_cities_claim_is_settled_by_the_code_alone(tmp_path: Path) -> None:
    table = read_list(
        write_list(
            tmp_path / "list.csv",
            [
                ("A", "甲", "驿站", 116.8, 33.95, "", ""),
                ("B", "乙", "驿站", 116.8, 33.95, "320312", ""),
            ],
        )
    )
    none = Districts.from_areas({})
    cities = [CityGround("340600", none, HUAIBEI), CityGround("320300", none, HUAIBEI)]
    split = split_list(table, cities, datum="wgs84")
    assert {code: part.numbers for code, part in split.parts.items()} == {"320300": (3,)}
    assert [row.row for row in split.stray] == [2]
    assert split.stray[0].why.startswith("340600, 320300 claim this ground")


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_every_row_stands_once_and_where_shapely_puts_it(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rng = np.random.default_rng(seed)
    areas = [
        shapely.Point(*centre).buffer(radius)
        for centre, radius in zip(
            [(110.0, 30.0), (113.0, 31.0), (116.0, 33.0)], rng.uniform(0.3, 1.2, 3), strict=True
        )
    ]
    cities = []
    for number, area in enumerate(areas):
        districts = Districts.from_areas({"区": area})
        cities.append(CityGround(f"3{number}0000", districts, districts.box))
    lonlat = np.column_stack([rng.uniform(108, 118, 60), rng.uniform(28, 35, 60)])
    given_places = from_wgs84(lonlat, datum=Datum.gcj02)
    rows = [(f"S{n}", f"站{n}", "驿站", *place) for n, place in enumerate(given_places.tolist())]
    file = tmp_path_factory.mktemp("list") / "list.csv"
    split = split_list(read_list(write_list(file, rows, HEADINGS[:5])), cities, datum="gcj02")
    found = {row: code for code, part in split.parts.items() for row in part.numbers}
    found |= {row.row: "" for row in split.stray}
    points = shapely.points(lonlat)
    for number, point in enumerate(points):
        if min(shapely.distance(point, area.boundary) for area in areas) < 1e-6:
            continue
        inside = [c.code for c, area in zip(cities, areas, strict=True) if area.contains(point)]
        assert found[number + 2] == (inside[0] if inside else "")
    assert sorted(found) == list(range(2, 62))
