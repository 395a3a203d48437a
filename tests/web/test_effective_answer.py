"""Claims about the answer on effective coverage: of which week it is, whether it still holds."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from data.stations import Stations
from data.workspace import Workspace
from planning.coverage.effective import MEASURES
from web.reports.effective_table import hour_rows
from web.services.effective import doubted_version, effective_of, kept_effective
from web.services.freshness import present_inputs

if TYPE_CHECKING:
    from pathlib import Path


def town_open(folder: Path, city_folder: Path, hours: str) -> Workspace:
    """The small city, every station of which opens at the same hours."""
    shutil.copytree(city_folder, folder)
    workspace = Workspace.open(folder)
    workspace.replace_stations(Stations(workspace.stations().frame.assign(hours=hours)))
    return workspace


@pytest.mark.parametrize(
    ("day", "open_days"),
    [
        (None, [0, 1, 2, 3, 4]),
        (date(2026, 10, 1), [0, 1, 2]),  # off from Thursday for the National Day
        (date(2026, 10, 9), [3, 4, 5]),  # off to Wednesday, and Saturday is worked for it
    ],
)
def test_a_real_week_has_its_days_off_and_the_saturdays_that_are_worked(
    city_folder: Path, tmp_path: Path, day: date | None, open_days: list[int]
) -> None:
    town = town_open(tmp_path / "town", city_folder, "工作日 8:00-18:00")
    at_noon = effective_of(town, week_of=day).coverage.table("effective")[:, 12]
    assert [weekday for weekday, workers in enumerate(at_noon) if workers > 0] == open_days


def test_the_rows_of_a_station_open_on_mondays_are_those_of_weekday_one(
    city_folder: Path, tmp_path: Path
) -> None:
    town = town_open(tmp_path / "town", city_folder, "周一 8:00-10:00")
    head, *rows = hour_rows(effective_of(town).coverage, group="courier")
    column = {name: number for number, name in enumerate(map(str, head))}
    measure = column[MEASURES[-1]]
    served = {
        (row[column["weekday"]], row[column["weekday_zh"]], row[column["hour"]])
        for row in rows
        if float(row[measure]) > 0
    }
    assert served == {(1, "周一", 8), (1, "周一", 9)}


def test_what_is_kept_is_not_given_for_other_doubts_or_for_roads_at_night(
    city_folder: Path, tmp_path: Path
) -> None:
    town = town_open(tmp_path / "town", city_folder, "24小时")
    made = effective_of(town)
    inputs, doubted = present_inputs(town), doubted_version(town)
    kept = kept_effective(town, inputs, doubted=doubted)
    assert kept is not None
    assert kept.as_dict() == made.as_dict()
    assert kept_effective(town, inputs, doubted="other") is None
    assert kept_effective(town, {**inputs, "when": "night"}, doubted=doubted) is None
    assert kept_effective(town, {**inputs, "stations": "other"}, doubted=doubted) is None
