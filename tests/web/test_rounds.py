"""Rounds by rule, in the order of a way, from the command line."""

from __future__ import annotations

import csv
import shutil
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.workspace import Workspace
from geo.errors import InputError
from geo.open_tour import tour_seconds
from geo.travel_time_matrix import travel_times
from web.services import rounds as service

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cli

TODAY = date.today()  # noqa: DTZ011 - days of a rule, no moment


@pytest.fixture
def city(city_folder: Path, tmp_path: Path) -> Workspace:
    """A copy of the small city, in which S1 was checked yesterday and S2 long ago."""
    folder = tmp_path / "city"
    shutil.copytree(city_folder, folder)
    made = Workspace.open(folder)
    for station, days in (("S1", 1), ("S2", 400)):
        made.register().observe(
            station,
            {"seats": 4},
            source="inspector",
            observed_at=TODAY - timedelta(days=days),
        )
    return made


def test_a_rule_picks_what_was_not_checked_and_nothing_that_is_closed(city: Workspace) -> None:
    picked = service.pick(city, "unchecked", today=TODAY, days=90, most=50)
    frame = city.stations().frame
    old = {
        row.id
        for row in frame.itertuples(index=False)
        if row.status in {"open", "suspended"}
        and row.checked_at < (TODAY - timedelta(days=90)).isoformat()
    }
    assert set(picked) == old
    assert "S1" not in picked
    assert "S2" in picked
    assert len(service.pick(city, "unchecked", today=TODAY, most=3)) == 3
    with pytest.raises(InputError, match="the rule picks no station"):
        service.pick(city, "reported", today=TODAY)
    with pytest.raises(InputError, match="no district 月球"):
        service.pick(city, "unchecked", today=TODAY, district="月球")


def test_high_demand_comes_first(city: Workspace) -> None:
    picked = service.pick(city, "demand", today=TODAY, most=50)
    stations, demand = city.stations(), city.demand()
    metres = np.hypot(
        *(
            (demand.lonlat[:, None, axis] - stations.lonlat[None, :, axis])
            * (np.cos(np.radians(33.9)) if axis == 0 else 1)
            for axis in (0, 1)
        )
    )
    workers = np.bincount(
        metres.argmin(axis=1), weights=demand.weights.sum(axis=1), minlength=len(stations)
    )
    of = dict(zip(stations.ids, workers, strict=True))
    assert [of[one] for one in picked] == sorted((of[one] for one in picked), reverse=True)


def test_the_way_goes_over_the_roads_and_is_no_longer_than_the_list(city: Workspace) -> None:
    picked = service.pick(city, "unchecked", today=TODAY, most=50)
    way = service.order(city, picked, mode="foot")
    assert sorted(way.stations) == sorted(picked)
    assert way.on_roads
    places = dict(zip(city.stations().ids, city.stations().lonlat.tolist(), strict=True))
    lonlat = [places[one] for one in way.stations]
    table = travel_times(city.network(), mode="foot", origins=lonlat, destinations=lonlat)
    seconds = table.csr.toarray().astype(float)
    assert way.off_roads == 0
    assert way.seconds == pytest.approx(tour_seconds(seconds, tuple(range(len(picked)))), abs=0.1)
    at = {one: number for number, one in enumerate(way.stations)}
    assert way.seconds <= tour_seconds(seconds, [at[one] for one in picked]) + 0.1


def test_without_roads_the_way_is_counted_as_the_crow_flies(city: Workspace) -> None:
    for file in (city.folder / "cache").glob("network*"):
        file.unlink()
    way = service.order(city, ("S1", "S2", "S3"))
    assert not way.on_roads
    assert way.seconds > 0


def test_the_share_checked_is_told_by_district_and_for_the_city(city: Workspace) -> None:
    lines = service.checked_by_district(city, today=TODAY)
    assert [line.district for line in lines] == [*city.districts.names, ""]
    whole = lines[-1]
    assert whole.checked == 1
    assert whole.oldest == (TODAY - timedelta(days=400)).isoformat()
    assert sum(line.stations for line in lines[:-1]) == whole.stations
    statuses = list(city.stations().frame["status"])
    assert whole.stations == sum(one in {"open", "suspended"} for one in statuses)


def test_a_round_is_made_listed_and_exported(cli: Cli, city: Workspace, tmp_path: Path) -> None:
    place = ("-w", city.folder)
    words = ("--name", "西片", "--due", "2027-01-05", "--inspector", "王五", "--most", "4")
    told = cli("rounds", "make", "--rule", "unchecked", *words, *place, "--json").json
    assert (told["due"], len(told["stations"]), told["legs_off_roads"]) == ("2027-01-05", 4, 0)
    (line,) = cli("rounds", "list", *place, "--json").json["rounds"]
    assert (line["round"], line["inspector"], line["visited"]) == (told["round"], "王五", [])
    assert "0 / 4" in cli("rounds", "list", *place).out
    file = tmp_path / "round.csv"
    cli("rounds", "export", str(told["round"]), "-o", file, *place)
    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["id"] for row in rows] == told["stations"]
    by_hand = cli("rounds", "make", "--name", "x", "--station", "S1", "--station", "S2", *place)
    assert "not a proven best" in by_hand.out
    for wrong in (("--rule", "unchecked", "--station", "S1"), ("--station", "S99"), ()):
        answer = cli("rounds", "make", "--name", "x", *wrong, *place)
        assert (answer.code, answer.err.count("\n")) == (2, 1)
