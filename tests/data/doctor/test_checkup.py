from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from data.districts import Districts
from data.doctor import Checkup, City, Finding, Severity, examine
from data.doctor.fault_words import finding_of
from data.doctor.places import alike
from data.files.columns import Faults
from data.files.station_files import read_stations, station_rows, write_stations
from data.files.tables import Table, read_rows
from data.osm import read_roads
from data.stations import Stations
from geo.datum import Datum, from_wgs84
from geo.errors import FileFormatError, RowFault, RowsError
from geo.measure import Box
from geo.network import RoadNetwork, build_network

if TYPE_CHECKING:
    from pathlib import Path

BOX = Box(116.388, 33.283, 117.045, 34.250)
TODAY = date(2026, 11, 23)
HEADS = ("编号", "名称", "类型", "经度", "纬度")


def table_of(*rows: tuple[str, ...], heads: tuple[str, ...] = HEADS) -> Table:
    full = tuple(row + ("",) * (len(heads) - len(row)) for row in rows)
    return Table("r.csv", heads, full, tuple(range(2, 2 + len(rows))))


def look(table: Table, datum: Datum = Datum.wgs84, **known: Any) -> Checkup:  # noqa: ANN401 - what a City takes
    return examine(table, datum=datum, city=City(BOX, **known), today=TODAY)


def of(checkup: Checkup, code: str) -> list[Finding]:
    return [finding for finding in checkup.findings if finding.code == code]


GOOD = ("a", "甲", "驿站", "116.812345", "33.961234")


def test_a_file_without_fault_has_no_errors_and_no_warnings() -> None:
    checkup = look(table_of(GOOD, ("b", "乙", "司机之家", "116.712345", "33.861234")))
    assert [finding.code for finding in checkup.findings] == ["no_hours"]
    assert checkup.columns_words() == "5 columns read, 0 passed over"


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        ("33.961234", "116.812345", "swapped"),
        ("33°57'36\"N", "116°48'36\"E", "swapped"),
        ("116°48'36\"E", "33°57'36\"N", "degrees"),
        ("116.812345E", "33.961234", "degrees"),
        ("东经116度48分36秒", "北纬33度57分36秒", "degrees"),
        ("116,812345", "33,961234", "degrees"),
    ],
)
def test_coordinates_as_text_or_swapped_are_found_and_the_cure_is_safe(
    lon: str, lat: str, code: str
) -> None:
    table = table_of(("a", "甲", "驿站", lon, lat), ("b", "乙", "驿站", "116.7123", "33.8612"))
    checkup = look(table)
    (finding,) = of(checkup, code)
    grave = (
        Severity.warning if code == "degrees" else Severity.error
    )  # degrees are read as they are
    assert (finding.row, finding.station, finding.severity) == (2, "甲", grave)
    assert finding.fixable
    errors = [f for f in checkup.findings if f.severity is Severity.error]
    assert errors == ([] if code == "degrees" else [finding])
    cured = station_rows(checkup.fixed_table(), datum=Datum.wgs84, box=BOX).stations()
    assert cured.lonlat[0] == pytest.approx((116.81, 33.96), abs=0.003)
    assert table.rows[0][3:5] == (lon, lat), "the table itself stays as it was"


@pytest.mark.parametrize(
    ("lon", "lat"), [("116°61'", "33°57'"), ("12°30'E", "41°50'N"), ("x", "33.9"), ("", "")]
)
def test_coordinates_that_no_reading_puts_into_the_city_are_left_to_their_owner(
    lon: str, lat: str
) -> None:
    checkup = look(table_of(("a", "甲", "驿站", lon, lat)))
    assert checkup.count(Severity.error) >= 1
    assert checkup.fixable == ()


def test_swapped_points_of_geojson_are_cured_too(tmp_path: Path) -> None:
    path = tmp_path / "r.geojson"
    point = {"type": "Point", "coordinates": [33.961234, 116.812345]}
    record = {"id": "a", "name": "甲", "kind": "station"}
    feature = {"type": "Feature", "properties": record, "geometry": point}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    checkup = look(read_rows(path))
    assert [finding.code for finding in checkup.fixable] == ["swapped"]
    cured = station_rows(checkup.fixed_table(), datum=Datum.wgs84, box=BOX).stations()
    assert cured.lonlat.tolist() == [[116.812345, 33.961234]]


def test_twins_stand_within_thirty_metres_and_are_named_alike() -> None:
    near, far = "116.812545", "116.812745"  # 18 and 37 m east
    rows = [
        (*GOOD[:1], "相山公园户外劳动者驿站", *GOOD[2:]),
        ("b", "相山公园驿站", "驿站", near, GOOD[4]),
        ("c", "相山公园驿站", "驿站", far, "33.960000"),
        ("d", "工商银行", "驿站", near, GOOD[4]),
    ]
    twins = of(look(table_of(*rows)), "twin")
    assert [(finding.row, finding.fixable) for finding in twins] == [(3, False)]
    assert "18 m" in twins[0].what.en
    assert "第 2 行" in twins[0].what.zh


def test_a_place_thirty_seven_metres_off_is_no_twin_whatever_its_name() -> None:
    assert of(look(table_of(GOOD, ("b", "甲", "驿站", "116.812745", GOOD[4]))), "twin") == []


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("相山公园户外劳动者驿站", "相山公园工会驿站", True),
        ("示例驿站 001", "示例驿站 002", False),
        ("人民路1号驿站", "人民路2号驿站", False),
        ("工商银行人民路支行", "工商银行人民路支行驿站", True),
        ("骑手之家", "司机之家", False),
        ("甲驿站", "乙驿站", False),
        ("Depot North", "depot  north", True),
    ],
)
def test_names_are_alike_by_what_is_their_own(first: str, second: str, *, same: bool) -> None:
    assert alike(first, second) is same
    assert alike(second, first) is same


def test_ten_thousand_rows_at_one_point_are_looked_at_in_no_time() -> None:
    rows = [(f"s{i}", f"站{i}", *GOOD[2:]) for i in range(10_000)]
    checkup = look(table_of(*rows))
    assert len(of(checkup, "same_point")) == 10_000
    assert of(checkup, "twin") == []


def test_a_row_that_says_all_that_another_says_is_taken_out() -> None:
    checkup = look(table_of(GOOD, GOOD, ("b", *GOOD[1:])))
    assert [(f.row, f.removes) for f in of(checkup, "copy")] == [(3, True)]
    assert [f.row for f in of(checkup, "twin")] == [4]
    assert [row[0] for row in checkup.fixed_table().rows] == ["a", "b"]
    assert checkup.count(Severity.error) == 0


def test_the_same_id_with_another_record_is_an_error_that_nobody_can_cure_safely() -> None:
    checkup = look(table_of(GOOD, ("a", "别处", "驿站", "116.7123", "33.8612")))
    (finding,) = of(checkup, "id")
    assert (finding.row, finding.fixable) == (3, False)


@pytest.mark.parametrize(
    ("hours", "flag", "name", "codes"),
    [
        ("24小时", "是", "甲", []),
        ("8:00-18:00", "否", "甲", []),
        ("8:00-18:00", "是", "甲", ["all_day"]),
        ("全天", "否", "甲", ["all_day"]),
        ("8:00-18:00", "", "甲24小时驿站", ["all_day"]),
        ("24小时", "", "甲24小时驿站", []),
        ("看情况", "", "甲", ["hours"]),
        ("", "是", "甲", []),
        ("", "", "甲", ["no_hours"]),
    ],
)
def test_hours_are_held_against_the_flag_the_name_and_the_parser(
    hours: str, flag: str, name: str, codes: list[str]
) -> None:
    row = ("a", name, *GOOD[2:], hours, flag)
    checkup = look(table_of(row, heads=(*HEADS, "营业时间", "是否24小时")))
    assert [finding.code for finding in checkup.findings] == codes


def test_a_flag_alone_becomes_the_hours() -> None:
    table = table_of((*GOOD, "√"), heads=(*HEADS, "24小时开放"))
    register = station_rows(table, datum=Datum.wgs84, box=BOX).stations()
    assert register.frame["hours"].tolist() == ["24小时"]


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("面积", "3㎡", "area"),
        ("核查日期", "2027年1月1日", "future"),
        ("依托场所", "城隍庙", "host_type"),
        ("设施", "饮水、电视", "word"),
        ("微波炉", "也许", "word"),
        ("面积", "很大", "size"),
        ("座位数", "3.5", "size"),
        ("核查日期", "2026-02-30", "date"),
        ("核查日期", "昨天", "date"),
        ("统一标识", "也许", "word"),
        ("进入方式", "翻墙", "word"),
        ("运营主体性质", "黑店", "word"),
    ],
)
def test_each_bad_cell_is_found_in_its_column(heading: str, cell: str, code: str) -> None:
    checkup = look(table_of((*GOOD, cell), heads=(*HEADS, heading)))
    (finding,) = of(checkup, code)
    assert (finding.row, finding.column) == (2, heading)
    assert finding.what.zh != finding.what.en
    assert not finding.fixable


def test_places_outside_districts_in_water_and_at_one_point_are_found() -> None:
    rows = [GOOD, ("b", "乙", "驿站", "116.712345", "33.861234")]
    rows += [(f"c{i}", f"丙{'天地人'[i]}", "驿站", "116.9", "33.9") for i in range(3)]
    east = Districts.from_areas({"东": shapely.box(116.8, 33.2, 117.1, 34.3)})
    pond = shapely.box(116.81, 33.96, 116.82, 33.97)
    checkup = look(table_of(*rows), districts=east, water=(pond,))
    assert [finding.row for finding in of(checkup, "district")] == [3]
    assert [finding.row for finding in of(checkup, "water")] == [2]
    assert [finding.row for finding in of(checkup, "same_point")] == [4, 5, 6]
    assert [finding.row for finding in of(checkup, "coarse")] == [4, 5, 6]


def test_a_place_amid_water_is_found_and_one_on_its_bank_is_not() -> None:
    """A lake of 400 m, known by points on a grid of 40 m; GOOD is its middle."""
    lon, lat = float(GOOD[3]), float(GOOD[4])
    east, north = np.meshgrid(np.arange(-200, 201, 40.0), np.arange(-200, 201, 40.0))
    lake = np.column_stack([lon + east.ravel() / 92_500, lat + north.ravel() / 110_900])
    bank = ("b", "乙", "驿站", f"{lon + 210 / 92_500:.6f}", GOOD[4])
    checkup = look(table_of(GOOD, bank), water_points=lake)
    assert [finding.row for finding in of(checkup, "water")] == [2]


def test_what_is_planned_may_begin_in_the_future_and_what_is_open_may_not() -> None:
    heads = (*HEADS, "状态", "状态日期")
    planned = (*GOOD, "规划", "2027-05-01")
    opened = ("b", "乙", "驿站", "116.7123", "33.8612", "开放", "2027-05-01")
    checkup = look(table_of(planned, opened, heads=heads))
    assert [(finding.row, finding.column) for finding in of(checkup, "future")] == [(3, "状态日期")]


@pytest.mark.parametrize(
    ("heads", "code"),
    [
        ((*HEADS, "颜色代号"), "word"),
        (HEADS[:4], "heading"),
        ((*HEADS, "id"), "heading"),
        ((*HEADS[:4], ""), "heading"),
    ],
)
def test_headings_that_cannot_be_read_are_findings_and_not_the_end(
    heads: tuple[str, ...], code: str
) -> None:
    checkup = look(table_of(GOOD, heads=heads))
    assert code in {finding.code for finding in checkup.findings if finding.row is None}


def test_polygons_are_refused() -> None:
    table = Table("r.geojson", ("id",), (("1",),), (1,), areas=(shapely.box(0, 0, 1, 1),))
    with pytest.raises(FileFormatError, match="stations are points"):
        look(table)


REASONS = [
    fault.reason
    for rows in (
        [("a", "甲", "驿占", "nan", ""), ("a", "", "", "116°48'", "33,9"), ("", "丁", "驿站", "1", "2")],  # noqa: E501 - a table
        [("b", "x" * 201, "qqq", "1e9999", "33.9"), ("c", "丙", "驿站", "117.9", "33.9")],
        [("d", "丁", "站", "33.9", "116.8"), ("e", "戊", "驿站", "1e6", "3")],
    )
    for fault in station_rows(table_of(*rows), datum=Datum.wgs84, box=BOX).faults
]  # fmt: skip


@pytest.mark.parametrize("reason", sorted(set(REASONS)))
def test_every_reason_of_the_readers_is_told_in_chinese(reason: str) -> None:
    finding = finding_of(RowFault(2, "x", reason))
    assert finding.code != "other"
    assert any("\u4e00" <= sign <= "\u9fff" for sign in finding.what.zh)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in finding.cure.zh)


def test_a_reason_that_is_not_known_is_shown_as_it_is() -> None:
    finding = finding_of(RowFault(None, None, "is odd"))
    assert (finding.code, finding.what.zh, finding.what.en) == ("other", "is odd", "is odd")


def test_what_the_reader_refuses_the_doctor_calls_an_error_and_nothing_else() -> None:
    table = table_of(("a", "甲", "驿占", "x", "33.9"), GOOD, ("b", "", "驿站", "116.8", "36"))
    with pytest.raises(RowsError) as refused:
        station_rows(table, datum=Datum.wgs84, box=BOX).stations()
    errors = [f for f in look(table).findings if f.severity is Severity.error]
    assert {(f.row, f.column) for f in errors} == {
        (fault.row, fault.column) for fault in refused.value.faults
    }
    assert Faults("x").found == []


def beside_roads(network: RoadNetwork, count: int, *, seed: int) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(seed)
    points = network.shape_lonlat[rng.integers(0, len(network.shape_lonlat), count)]
    return points + rng.normal(0, 15.0, (count, 2)) / np.array([95_000.0, 111_000.0])


@pytest.fixture(scope="session")
def shanghai(shanghai_osm: Path) -> RoadNetwork:
    return build_network(read_roads(shanghai_osm))


@pytest.mark.parametrize("handed_in_as", list(Datum))
def test_a_file_labelled_wgs84_that_fits_as_another_datum_is_questioned_with_the_numbers(
    shanghai: RoadNetwork, handed_in_as: Datum
) -> None:
    inside = beside_roads(shanghai, 60, seed=4)
    left, bottom, right, top = shanghai.box
    given = from_wgs84(inside, datum=handed_in_as)
    rows = [
        (f"s{at}", f"站{at}", "驿站", repr(float(lon)), repr(float(lat)))
        for at, (lon, lat) in enumerate(given)
    ]
    city = City(Box(left - 0.05, bottom - 0.05, right + 0.05, top + 0.05), network=shanghai)
    checkup = examine(table_of(*rows), datum=Datum.wgs84, city=city, today=TODAY)
    doubts = of(checkup, "datum")
    if handed_in_as is Datum.wgs84:
        assert doubts == []
        return
    (doubt,) = doubts
    assert doubt.severity is Severity.error
    assert f"--datum {handed_in_as}" in doubt.cure.en
    assert checkup.datum_fit is not None
    fit = checkup.datum_fit
    assert f"{fit.reading(handed_in_as).median_m:.0f} m from a road" in doubt.what.en
    assert f"read as wgs84 {fit.reading('wgs84').median_m:.0f} m" in doubt.what.en
    assert json.loads(json.dumps(checkup.as_dict()))["datum_fit"]["likely"] == handed_in_as


def test_too_few_points_are_said_to_be_too_few(shanghai: RoadNetwork) -> None:
    lon, lat = beside_roads(shanghai, 1, seed=1)[0].tolist()
    city = City(Box(*shanghai.box), network=shanghai)
    rows = table_of(("a", "甲", "驿站", repr(lon), repr(lat)))
    (note,) = of(examine(rows, datum=Datum.wgs84, city=city, today=TODAY), "datum")
    assert note.severity is Severity.note
    assert "1 places are too few" in note.what.en


def test_a_station_that_no_road_leads_to_is_found(shanghai: RoadNetwork) -> None:
    left, bottom, right, top = shanghai.box
    city = City(Box(left - 1, bottom - 1, right + 1, top + 1), network=shanghai)
    table = table_of(("a", "甲", "驿站", f"{left - 0.5:.6f}", f"{bottom:.6f}"))
    (finding,) = of(examine(table, datum=Datum.wgs84, city=city, today=TODAY), "roads")
    assert "no road within 500 m" in finding.what.en


def test_a_station_at_roads_that_lead_nowhere_is_found(tmp_path: Path) -> None:
    """Two crossing streets of 20 km, and 100 m of street 3 km away from them."""
    ends = [(116.7, 33.95), (116.9, 33.95), (116.8, 33.86), (116.8, 34.04)]
    ends += [(116.8, 33.95), (116.85, 33.98), (116.851, 33.98)]
    nodes = "".join(
        f'<node id="{number}" lon="{lon}" lat="{lat}"/>'
        for number, (lon, lat) in enumerate(ends, start=1)
    )
    ways = "".join(
        f'<way id="{number}">'
        + "".join(f'<nd ref="{ref}"/>' for ref in refs)
        + '<tag k="highway" v="residential"/></way>'
        for number, refs in enumerate([(1, 5, 2), (3, 5, 4), (6, 7)], start=1)
    )
    path = tmp_path / "roads.osm"
    path.write_text(f'<osm version="0.6">{nodes}{ways}</osm>', encoding="utf-8")
    network = build_network(read_roads(path))
    on_island = ("a", "甲", "驿站", "116.850512", "33.980112")
    on_street = ("b", "乙", "驿站", "116.810512", "33.950112")
    (finding,) = of(look(table_of(on_island, on_street), network=network), "roads")
    assert finding.row == 2
    assert "not joined to the network" in finding.what.en


def test_an_exported_register_is_well(tmp_path: Path) -> None:
    record = {"id": "a", "name": "甲", "kind": "station", "lon": 116.812345, "lat": 33.961234}
    write_stations(Stations.from_records([record]), tmp_path / "r.gpkg")
    checkup = look(read_rows(tmp_path / "r.gpkg"))
    assert [finding.code for finding in checkup.findings] == ["no_hours"]
    assert len(read_stations(tmp_path / "r.gpkg", datum=Datum.wgs84, box=BOX)) == 1
