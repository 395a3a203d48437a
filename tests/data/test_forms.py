"""82 stations of the sample city in every form of docs/files.md: read as they are, or refused."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.files.place_columns import datum_of_table
from data.files.station_files import STATION_FIELDS, read_stations, station_rows, station_table
from data.files.station_updates import read_updates
from geo.datum import Datum
from geo.errors import InputError
from geo.measure import Box, great_circle_m
from tests.data.forms import FORMS, HEADINGS, Form, Row, text

if TYPE_CHECKING:
    from data.sample import SampleFiles
    from data.stations import Stations

BOX = Box(116.388, 33.283, 117.045, 34.250)
N = 82
COMPARED = ("id", "name", "kind", "address", "hours", "facilities", "seats", "checked_at", "phone")
PAGE = Path(__file__).parents[2] / "docs" / "files.md"


@pytest.fixture(scope="module")
def rows(sample_files: SampleFiles) -> list[Row]:
    """The first stations of the sample city, as its file has them; the phones are made up."""
    with sample_files.stations.open(encoding="utf-8-sig", newline="") as file:
        read = list(csv.DictReader(file))[:N]
    assert len(read) == N
    return [{**row, "电话": f"0561-{3_000_000 + at}"} for at, row in enumerate(read)]


@pytest.fixture(scope="module")
def original(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Stations:
    cells = ([row[name] for name in HEADINGS] for row in rows)
    read = read_stations(
        text(tmp_path_factory.mktemp("plain"), HEADINGS, cells), datum=Datum.wgs84, box=BOX
    )
    assert all(any(read.frame[column]) for column in COMPARED)  # each holds something to lose
    return read


def taken(form: Form, file: Path, original: Stations) -> Stations:
    """Read a file as `stations import` does, or as `stations update` where it has no places."""
    table = station_table(file, crs=form.options.get("crs"))
    if form.row.startswith("编号 with some columns"):
        return read_updates(table, original).stations
    datum = datum_of_table(table, STATION_FIELDS, form.options.get("datum"))
    return station_rows(table, datum=datum, box=BOX, kind=form.options.get("kind")).stations()


@pytest.mark.parametrize("name", FORMS)
def test_every_station_of_a_form_is_the_one_that_went_in_or_the_form_is_refused(
    name: str, rows: list[Row], original: Stations, tmp_path: Path
) -> None:
    form = FORMS[name]
    file = form.make(tmp_path, rows)
    if form.refused:
        with pytest.raises(InputError, match=form.refused):
            taken(form, file, original)
        return
    read = taken(form, file, original)
    assert len(read) == N
    key = "name" if "id" in form.lacks else "id"
    order = {value: at for at, value in enumerate(read.frame[key])}
    places = [order[value] for value in original.frame[key]]
    changed = {"checked_at": ["2026-01-05"] * N} if name == "some columns" else {}
    for column in COMPARED:
        if column not in form.lacks:
            after = read.frame[column].iloc[places].tolist()
            np.testing.assert_equal(after, changed.get(column, original.frame[column].tolist()))
    lonlat = np.array([[float(row["经度"]), float(row["纬度"])] for row in rows])
    assert great_circle_m(read.lonlat[places], lonlat).max() < 0.05


def test_the_page_of_files_has_a_form_for_each_row_and_says_what_becomes_of_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = page.split("| form | what becomes of it |\n|---|---|\n")[1].split("\n\n")[0]
    table = dict(re.findall(r"^\| (.+?) \| (.+) \|$", section, re.MULTILINE))
    assert len(table) == len(section.splitlines())
    made: dict[str, list[Form]] = {row: [] for row in table}
    for form in FORMS.values():
        (row,) = (one for one in table if one.startswith(form.row))
        made[row].append(form)
    for row, says in table.items():
        assert made[row], row
        if any(form.refused for form in made[row]):
            assert "refused" in says
        if all(form.refused for form in made[row]):
            assert says.startswith("refused")
