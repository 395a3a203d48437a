"""A generated nation: the same for the same seed, marked as generated, and read like any other."""

from __future__ import annotations

import csv
import json
import shutil
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import osmium
import pytest

from data.nation import Nation
from data.sample.nation_cities import SIZES, nation_cities, station_rows, write_nation_city
from data.vocabulary import SAMPLE_NOTICE
from data.workspace import Workspace
from geo.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

PROVINCES = ("11", "34", "43")


def test_a_city_is_the_same_in_a_larger_nation_and_another_for_another_seed(tmp_path: Path) -> None:
    few = nation_cities(2, provinces=PROVINCES, seed=5, size="small")
    many = nation_cities(7, provinces=PROVINCES, seed=5, size="small")
    other = nation_cities(2, provinces=PROVINCES, seed=6, size="small")
    tables = [
        write_nation_city(city, tmp_path / str(number)).demand.read_bytes()
        for number, city in enumerate((few[1], many[1], other[1], few[0]))
    ]
    assert tables[0] == tables[1]
    assert len(set(tables)) == 3
    assert list(station_rows(few[1])) == list(station_rows(many[1]))
    # drawn twice from one object too: nothing is left of the first time
    assert list(station_rows(few[1])) == list(station_rows(few[1]))


def test_codes_are_the_provinces_own_and_those_of_no_real_division() -> None:
    drawn = nation_cities(57, provinces=PROVINCES, seed=1)
    codes = [city.code for city in drawn]
    assert len(set(codes)) == 57
    assert {code[:2] for code in codes} == set(PROVINCES)
    # GB/T 2260 numbers the cities, prefectures and leagues of a province from 01 to 70
    assert min(int(code[2:4]) for code in codes) > 70
    assert max(int(code[2:4]) for code in codes) < 90
    sizes = [city.size for city in drawn[:7]]
    assert (sizes.count("small"), sizes.count("medium"), sizes.count("large")) == (4, 2, 1)
    with pytest.raises(InputError, match="at most 57 have a code"):
        nation_cities(58, provinces=PROVINCES, seed=1)


def test_the_roads_of_a_city_hang_together_within_its_districts(tmp_path: Path) -> None:
    (city,) = nation_cities(1, provinces=PROVINCES, seed=3, size="small")
    files = write_nation_city(city, tmp_path)
    graph, places = nx.Graph(), {}
    for thing in osmium.FileProcessor(str(files.roads)):
        if isinstance(thing, osmium.osm.Node):
            places[thing.id] = (thing.location.lon, thing.location.lat)
        elif isinstance(thing, osmium.osm.Way):
            assert thing.tags["source"] == SAMPLE_NOTICE
            nx.add_path(graph, [node.ref for node in thing.nodes])
    assert len(places) == SIZES["small"] ** 2
    assert len(max(nx.connected_components(graph), key=len)) > 0.95 * len(places)
    assert (files.districts.locate(np.array(list(places.values()))) >= 0).all()
    rows = list(csv.DictReader(files.demand.read_text(encoding="utf-8").splitlines()))
    workers = sum(float(value) for row in rows for key, value in row.items() if key.endswith("er"))
    assert workers == pytest.approx(4.0 * len(places), rel=1e-3)


def test_the_nation_is_marked_and_goes_on_where_it_stood(
    sample_nation: Path, tmp_path: Path, cli: Cli
) -> None:
    folder = shutil.copytree(sample_nation, tmp_path / "nation")
    cities = Nation.open(folder).cities()
    for city in cities:
        workspace = Workspace.open(city.folder)
        assert workspace.settings.sample
        assert len(workspace.stations()) == SIZES["small"] ** 2 // 60
        assert (workspace.districts.locate(workspace.stations().lonlat) >= 0).all()
    shutil.rmtree(cities[1].folder)
    again = cli("nation", "sample", "-w", folder, "--cities", "3", "--size", "small", "--json")
    said = json.loads(again.out)
    assert (said["made"], said["cities"], said["stations"]) == (1, 3, 45)
    assert said["notice"] == SAMPLE_NOTICE
    # what was left alone is unchanged, and what was made again comes out as it was
    status = json.loads(cli("nation", "run", "-w", folder, "--json").out)
    assert {one["state"] for one in status["cities"]} == {"unchanged"}
    words = cli("nation", "status", "-w", folder).out
    assert words.startswith(SAMPLE_NOTICE)


def test_a_nation_that_was_not_generated_is_left_alone(tmp_path: Path, cli: Cli) -> None:
    Nation.create(tmp_path / "own", name="一国")
    refused = cli("nation", "sample", "-w", tmp_path / "own", "--cities", "1")
    assert refused.code == 2
    assert "was not generated" in refused.err


def test_finer_curves_where_the_gap_sits_bring_plan_and_bound_together(
    sample_nation: Path, tmp_path: Path, cli: Cli
) -> None:
    folder = shutil.copytree(sample_nation, tmp_path / "nation")
    asked = ("nation", "allocate", "-w", folder, "--budget", "1000000", "--json")
    coarse = json.loads(cli(*asked).out)
    fine = json.loads(cli(*asked, "--refine", "2", "--gap", "0").out)
    assert coarse["total"] <= fine["total"] <= fine["bound"] <= coarse["bound"]
    assert fine["gap"] < coarse["gap"]
    # the finer curves stay: nothing is open, and the next division has them at once
    ran = json.loads(cli("nation", "run", "-w", folder, "--json").out)
    assert {one["state"] for one in ran["cities"]} == {"unchanged"}
    assert json.loads(cli(*asked).out)["total"] == fine["total"]
