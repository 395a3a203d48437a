"""Workbooks speak the reader's language, and come back as what they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import openpyxl
import pytest

from data.districts import Districts
from data.files.organisation_files import read_organisations, write_organisations
from data.files.site_files import read_sites, write_sites
from data.files.spoken_tables import Reader
from data.files.station_files import read_stations, station_table, write_stations
from data.organisations import Organisations
from data.sites import CandidateSites
from data.stations import Stations
from data.vocabulary import ACCESS_MODES, FACILITIES, GROUPS, HOST_TYPES, KINDS, STATUSES
from geo.datum import Datum
from geo.measure import Box

if TYPE_CHECKING:
    from pathlib import Path

BOX = Box(116, 33, 118, 35)
READERS = get_args(Reader)


def _one_of_each() -> Stations:
    """Stations that between them hold every word of the field, and one of the town's own."""
    records: list[dict[str, Any]] = []
    for at in range(max(len(KINDS), len(HOST_TYPES), len(FACILITIES))):
        terms = [words[at % len(words)].id for words in (KINDS, HOST_TYPES, STATUSES)]
        facilities = [FACILITIES[(at + step) % len(FACILITIES)].id for step in range(3)]
        records.append(
            {"id": f"{at:03}", "name": f"站 {at}", "lon": round(116.8 + at / 1e3, 3), "lat": 33.9}
            | dict(zip(("kind", "host_type", "status"), terms, strict=True))
            | {"facilities": (facilities[0],), "facilities_absent": (facilities[1],)}
            | {"facilities_broken": (facilities[2],)}
            | {"access": tuple(term.id for term in ACCESS_MODES[: at % 4])}
            | {"groups": tuple(term.id for term in GROUPS[: at % 3])}
            | {"operator_kind": ("union", "firm", "authority", "")[at % 4]}
            | {"sign": ("yes", "no", "")[at % 3], "seats": (at or None), "hours": "8:00-18:00"}
        )
    records[0]["host_type"] = "老茶馆"
    return Stations.from_records(records)


def _identifiers(path: Path) -> set[str]:
    """Return the cells that are identifiers which no reader says."""
    known = {
        term.id
        for words in (KINDS, HOST_TYPES, STATUSES, FACILITIES, ACCESS_MODES, GROUPS)
        for term in words
        if "_" in term.id
    }
    sheet = openpyxl.load_workbook(path).worksheets[0]
    cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    return {word for cell in cells for word in cell.split("、")} & (known | {"facilities", "id"})


@pytest.mark.parametrize("reader", READERS)
def test_a_register_goes_to_its_reader_and_comes_back_as_it_was(
    tmp_path: Path, reader: Reader
) -> None:
    stations, path = _one_of_each(), tmp_path / "x.xlsx"
    write_stations(stations, path, reader=reader, version=7)
    back = read_stations(path, datum=Datum.wgs84, box=BOX)
    assert back.content_hash == stations.content_hash
    assert _identifiers(path) == ({"id"} if reader == "en" else set())
    headings = station_table(path).headings
    assert ("编号" in headings, "饮水" in headings) == (reader == "zh",) * 2


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("reader", READERS)
def test_lists_keep_their_order_or_stay_lists_of_words(
    tmp_path: Path, reader: Reader, *, turned: bool
) -> None:
    orders = [("toilet", "microwave", "shower"), ("toilet", "shower")]
    if turned:
        orders += [("shower", "toilet"), tuple(one.id for one in FACILITIES)]
    stations = Stations.from_records(
        [
            {"id": str(at), "name": "站", "kind": "station", "lon": 116.8, "lat": 33.9 + at / 10}
            | {"facilities": order}
            for at, order in enumerate(orders)
        ]
    )
    path = tmp_path / "x.xlsx"
    write_stations(stations, path, reader=reader)
    back = read_stations(path, datum=Datum.wgs84, box=BOX)
    assert list(back.frame["facilities"]) == list(stations.frame["facilities"])
    lists = "设施" if reader == "zh" else "facilities"
    assert (lists in station_table(path).headings) == turned
    left = {"id", "facilities"} if reader == "en" else set()  # which are English words too
    assert _identifiers(path) <= left


@pytest.mark.parametrize("reader", READERS)
def test_columns_of_fixed_words_have_a_drop_down_that_holds_every_cell(
    tmp_path: Path, reader: Reader
) -> None:
    path = tmp_path / "x.xlsx"
    write_stations(_one_of_each(), path, reader=reader)
    book = openpyxl.load_workbook(path)
    sheet, words = book.worksheets[0], book.worksheets[1]
    assert words.sheet_state == "hidden"
    rules = sheet.data_validations.dataValidation
    assert len(rules) == len(FACILITIES) + len(("kind", "operator kind", "status", "sign"))
    for rule in rules:
        offered = {cell.value for row in words[rule.formula1.split("!")[1]] for cell in row}
        (cells,) = rule.sqref.ranges
        assert cells.max_row > sheet.max_row
        column = sheet.iter_cols(cells.min_col, cells.max_col, 2, sheet.max_row, values_only=True)
        assert set(next(column)) - {None} <= offered


@pytest.mark.parametrize("reader", READERS)
def test_sites_and_organisations_come_back_as_they_were(tmp_path: Path, reader: Reader) -> None:
    path, places = tmp_path / "x.xlsx", _one_of_each()
    frame = places.frame
    sites = CandidateSites.from_records(
        [
            {"id": row.id, "name": row.name, "kind": row.kind, "host_type": row.host_type}
            | {"lon": row.geometry.x, "lat": row.geometry.y, "cost_yuan": 1e5}
            for row in frame.itertuples(index=False)
        ]
    )
    write_sites(sites, path, reader=reader)
    assert read_sites(path, datum=Datum.wgs84, box=BOX).content_hash == sites.content_hash
    assert _identifiers(path) <= {"id"}
    unions = Organisations.from_records(
        [
            {"id": "u", "name": "总工会", "kind": "union", "truck_driver": 12, "posts": 2},
            {"id": "f", "name": "快递公司", "kind": "firm", "courier": 3},
        ]
    )
    write_organisations(unions, path, reader=reader)
    back = read_organisations(path, districts=Districts.from_areas({}))
    assert back.organisations.content_hash == unions.content_hash
    assert _identifiers(path) <= {"id"}
