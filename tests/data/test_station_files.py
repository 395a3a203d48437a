from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.files.station_files import STATION_FIELDS, read_stations, write_stations
from data.files.table_files import SUFFIXES
from data.stations import UNKNOWN, Stations
from data.vocabulary import (
    ACCESS_MODES,
    FACILITIES,
    GROUPS,
    HOST_TYPES_BY_ID,
    KINDS,
    SAMPLE_NOTICE,
    STATUSES,
)
from geo.datum import Datum, from_wgs84
from geo.errors import FileFormatError, InputError, RowsError, WorkspaceError
from geo.measure import Box, great_circle_m

if TYPE_CHECKING:
    from pathlib import Path

BOX = Box(116.388, 33.283, 117.045, 34.250)
CHINESE = [
    "编号",
    "名称",
    "类型",
    "经度",
    "纬度",
    "地址",
    "营业时间",
    "设施",
    "服务人群",
    "状态",
    "电话",
]
ROW = [
    "S1",
    "示例驿站 001",
    "驿站",
    116.81,
    33.96,
    "相山路1号",
    "8:00-18:00",
    "饮水、微波炉",
    "骑手",
    "开放",
    "0561-1",
]
KIND_WORDS = (
    "service_centre 综合服务中心, base 区域服务基地, driver_home 司机之家, rider_home 骑手之家, "
    "courier_home 快递员之家, station 户外劳动者服务驿站, "
    "micro_station 微型驿站, mobile_station 移动驿站"
)
READABLE = (".csv", ".xlsx", ".geojson", ".gpkg")


def csv_file(path: Path, *rows: list[object], encoding: str = "utf-8", joint: str = ",") -> Path:
    text = "".join(joint.join(map(str, row)) + "\n" for row in rows)
    path.write_bytes(text.encode(encoding))
    return path


def xlsx_file(path: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def geojson_file(path: Path, *rows: list[Any]) -> Path:
    headings, *cells = rows
    features = []
    for row in cells:
        properties = dict(zip(headings, row, strict=True))
        point = [properties.pop("经度"), properties.pop("纬度")]
        geometry = {"type": "Point", "coordinates": point}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


WRITERS = {".csv": csv_file, ".xlsx": xlsx_file, ".geojson": geojson_file}


def read(path: Path, datum: Datum = Datum.wgs84) -> Stations:
    return read_stations(path, datum=datum, box=BOX)


def faults_of(path: Path, datum: Datum = Datum.wgs84) -> list[str]:
    with pytest.raises(RowsError) as caught:
        read(path, datum)
    assert str(caught.value).startswith(path.name)
    assert "\n" not in str(caught.value)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("suffix", WRITERS)
def test_the_same_table_is_read_from_every_format(tmp_path: Path, suffix: str) -> None:
    file = WRITERS[suffix](tmp_path / f"r{suffix}", CHINESE, ROW)
    record = read(file).frame.iloc[0].to_dict()
    assert record.pop("geometry").coords[0] == (116.81, 33.96)
    told = {name: value for name, value in record.items() if name not in UNKNOWN}
    assert told == {
        "id": "S1",
        "name": "示例驿站 001",
        "kind": "station",
        "address": "相山路1号",
        "hours": "8:00-18:00",
        "facilities": ("drinking_water", "microwave"),
        "groups": ("delivery_rider",),
        "status": "open",
        "phone": "0561-1",
        "datum": "wgs84",
        "source_lon": 116.81,
        "source_lat": 33.96,
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("joint", [",", ";", "\t"])
def test_csv_is_read_in_every_usual_encoding_and_separator(
    tmp_path: Path, encoding: str, joint: str
) -> None:
    file = csv_file(tmp_path / "r.csv", CHINESE, ROW, encoding=encoding, joint=joint)
    assert read(file).frame["name"].tolist() == ["示例驿站 001"]


def test_five_columns_are_enough_in_any_order_and_either_language(tmp_path: Path) -> None:
    file = csv_file(
        tmp_path / "r.csv", ["lat", "lng", "Kind", "NAME", "编号"], [33.9, 116.8, "base", "甲", 7]
    )
    register = read(file)
    assert register.ids == ("7",)
    assert register.frame["status"].tolist() == ["open"]
    assert register.frame["groups"].tolist() == [()]


def test_a_heading_in_both_languages_a_title_and_blank_lines_are_read(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["淮北市驿站一览表", "", "", "", "", ""],
        ["序号", "编号 / id", "名称 name", "类型*", "经度（lon）", "纬度"],
        ["", "", "", "", "", ""],
        [1, "a", "甲", "微站", 116.8, 33.9],
        ["", "", "", "", "", ""],
        [2, "b", "乙", "司机之家", "x", 33.9],
    ]
    for suffix in (".csv", ".xlsx"):
        assert faults_of(WRITERS[suffix](tmp_path / f"r{suffix}", *rows)) == [
            'row 6, column 经度（lon）: "x" is no number'
        ]


@pytest.mark.parametrize("datum", [Datum.gcj02, Datum.bd09])
def test_other_datums_are_brought_to_wgs84_and_the_original_is_kept(
    tmp_path: Path, datum: Datum
) -> None:
    true = np.array([[116.81, 33.96]])
    lon, lat = from_wgs84(true, datum=datum)[0].tolist()
    file = csv_file(tmp_path / "r.csv", CHINESE[:5], ["a", "甲", "驿站", repr(lon), repr(lat)])
    register = read(file, datum)
    assert great_circle_m(register.lonlat, true)[0] < 0.001
    record = register.frame.iloc[0]
    assert (record["source_lon"], record["source_lat"], record["datum"]) == (lon, lat, datum)


def test_every_fault_of_a_file_is_listed_with_row_column_reason_and_cure(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        CHINESE[:5],
        ["a", "甲", "驿占", 116.8, 33.9],
        ["a", "", "驿站", 33.9, 116.8],
        ["c", "丙", "驿站", "nan", ""],
        ["", "丁", "", "116°61'", "33,9"],
        ["e", "x" * 201, "驿站", 116.8, 36],
        ["f", "己", "qqq", 1e6, 33.9],
        ["g", "庚", "驿站", 116.8, 33.9],
    ]
    assert faults_of(csv_file(tmp_path / "r.csv", *rows, joint=";")) == [
        f'row 2, column 类型: "驿占" is no kind: use one of {KIND_WORDS}',
        'row 3, column 编号: "a" stands in row 2 already',
        "row 3, column 名称: is empty",
        "row 3, column 纬度: 116.8 is no latitude: longitude and latitude are swapped",
        'row 4, column 经度: "nan" is no number: write one, or take the row out',
        "row 4, column 纬度: is empty: write a number",
        "row 5, column 编号: is empty: every row needs an id of its own",
        f"row 5, column 类型: is empty: write one of {KIND_WORDS}",
        (
            'row 5, column 经度: "116°61\'" is in degrees and minutes: write decimal degrees, '
            "as in 116.8012"
        ),
        'row 5, column 纬度: "33,9" has a comma: write a point for decimals and no thousands sign',
        "row 6, column 名称: has 201 characters, more than 200: shorten it",
        (
            "row 6, column 经度: lies 194.6 km outside the workspace's box "
            "116.388,33.283,117.045,34.25: check it, or widen box in yizhan.toml"
        ),
        f'row 7, column 类型: "qqq" is no kind: use one of {KIND_WORDS}',
        "row 7, column 经度: 1e+06 lies nowhere on earth: write decimal degrees",
    ]


def test_swapped_coordinates_inside_the_box_are_called_so_where_both_are_latitudes(
    tmp_path: Path,
) -> None:
    file = csv_file(tmp_path / "r.csv", CHINESE[:5], ["a", "甲", "驿站", 60.17, 24.94])
    with pytest.raises(RowsError, match="longitude and latitude are swapped"):
        read_stations(file, datum=Datum.wgs84, box=Box(24.8, 60.1, 25.1, 60.3))


def test_a_point_that_only_another_datum_brings_inside_is_questioned(tmp_path: Path) -> None:
    lon, lat = from_wgs84(np.array([[117.0449, 33.9]]), datum=Datum.gcj02)[0].tolist()
    file = csv_file(tmp_path / "r.csv", CHINESE[:5], ["a", "甲", "驿站", lon, lat])
    (fault,) = faults_of(file)
    assert "m outside the workspace's box" in fault
    assert "read as gcj02" in fault
    assert "is wgs84 the right datum?" in fault
    assert len(read(file, Datum.gcj02)) == 1


@pytest.mark.parametrize(
    ("headings", "words"),
    [
        (["编号", "名称", "类型", "经度", "纬度", "服务设旋"], 'column 服务设旋: "服务设旋" is no known heading: did you mean facilities (设施)? If not, delete the column'),  # noqa: E501 - the message as a whole
        (["编号", "名称", "类型", "经度"], "has no column lat (纬度), which every station needs"),
        (["编号", "id", "名称", "类型", "经度", "纬度"], 'id: means id, as "编号" does'),
        (["编号", "名称", "类型", "经度", "纬度", "颜色代号"], "or delete it"),
    ],
)  # fmt: skip
def test_a_heading_that_is_not_known_double_or_missing_is_refused_with_its_cure(
    tmp_path: Path, headings: list[object], words: str
) -> None:
    file = csv_file(tmp_path / "r.csv", headings, ["1"] * len(headings))
    assert any(words in fault for fault in faults_of(file))


def test_a_column_without_heading_is_refused_only_when_it_has_cells(tmp_path: Path) -> None:
    good = xlsx_file(
        tmp_path / "a.xlsx", [*CHINESE[:4], None, "纬度"], ["a", "甲", "驿站", 116.8, None, 33.9]
    )
    assert len(read(good)) == 1
    bad = xlsx_file(
        tmp_path / "b.xlsx", [*CHINESE[:4], None, "纬度"], ["a", "甲", "驿站", 116.8, 3, 33.9]
    )
    assert faults_of(bad) == ["column 5 has cells and no heading: name it or delete it"]


def test_a_datum_column_must_say_what_the_import_says(tmp_path: Path) -> None:
    file = csv_file(
        tmp_path / "r.csv", [*CHINESE[:5], "坐标系"], ["a", "甲", "驿站", 116.8, 33.9, "GCJ-02"]
    )
    assert len(read(file, Datum.gcj02)) == 1
    assert faults_of(file) == [
        'row 2, column 坐标系: says "GCJ-02" and the import says wgs84: they must be the same'
    ]


def test_unknown_facilities_groups_and_status_are_named(tmp_path: Path) -> None:
    row = ["a", "甲", "驿站", 116.8, 33.9, "", "", "饮水、桑那", "学生", "也许", ""]
    faults = faults_of(csv_file(tmp_path / "r.csv", CHINESE, row))
    assert [fault.split(": ")[0] for fault in faults] == [
        "row 2, column 设施",
        "row 2, column 服务人群",
        "row 2, column 状态",
    ]


def test_a_name_is_kept_as_it_is_but_for_control_signs(tmp_path: Path) -> None:
    name = "<script>alert(1)</script> ${x} ＡＢ 甲"
    file = csv_file(
        tmp_path / "r.csv", CHINESE[:5], ["a", f"{name}\u202e\u0085", "驿站", 116.8, 33.9]
    )
    assert read(file).frame["name"].tolist() == [name]


def test_polygons_are_no_stations(tmp_path: Path) -> None:
    ring = [[[116.5, 33.5], [116.9, 33.5], [116.9, 33.9], [116.5, 33.5]]]
    geometry = {"type": "Polygon", "coordinates": ring}
    feature = {"type": "Feature", "properties": {"id": 1, "name": "a"}, "geometry": geometry}
    path = tmp_path / "r.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(FileFormatError, match="stations are points"):
        read(path)


def test_a_lon_column_that_contradicts_the_point_of_geojson_is_refused(tmp_path: Path) -> None:
    geometry = {"type": "Point", "coordinates": [116.8, 33.9]}
    properties = {"id": "a", "name": "甲", "kind": "base", "lon": 116.9, "lat": 33.9}
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    path = tmp_path / "r.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert faults_of(path) == [
        "row 1, column lon: says 116.9 and the point 116.8: delete the column"
    ]


NASTY_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60
).map(lambda text: text.strip())
NASTY_NAMES = st.one_of(
    NASTY_TEXT,
    st.sampled_from(
        ["=1+1", "+86", "-1", "@x", "'=x", "''@", "'x", 'a,"b";c', "a，b", "＝x", "#N/A"]
    ),
)


def words_of(terms: tuple[Any, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from([term.id for term in terms]), unique=True).map(tuple)


COUNTS = st.one_of(st.just(float("nan")), st.integers(0, 1_000_000).map(float))
DAYS = st.one_of(st.just(""), st.dates().map(date.isoformat))


@st.composite
def registers(draw: st.DrawFn) -> Stations:
    records = []
    for number in range(draw(st.integers(1, 4))):
        datum = draw(st.sampled_from(list(Datum)))
        lon = draw(st.floats(116.45, 117.0))
        lat = draw(st.floats(33.3, 34.2))
        source = from_wgs84(np.array([[lon, lat]]), datum=datum)[0]
        record = {
            "id": f"{draw(NASTY_NAMES)}{number}",
            "name": draw(NASTY_NAMES) or "甲",
            "kind": draw(st.sampled_from([kind.id for kind in KINDS])),
            "address": draw(NASTY_NAMES),
            "hours": draw(NASTY_NAMES),
            "facilities": draw(words_of(FACILITIES[:8])),
            "groups": draw(words_of(GROUPS)),
            "status": draw(st.sampled_from([status.id for status in STATUSES])),
            "phone": draw(NASTY_NAMES),
            "host_type": draw(st.one_of(NASTY_NAMES, st.sampled_from([*HOST_TYPES_BY_ID]))),
            "operator": draw(NASTY_NAMES),
            "operator_kind": draw(st.sampled_from(["", "union", "firm", "authority"])),
            "access": draw(words_of(ACCESS_MODES)),
            "who_may_enter": draw(NASTY_NAMES),
            "seats": draw(COUNTS),
            "area_m2": draw(st.one_of(COUNTS, st.floats(0, 1e6))),
            "truck_spaces": draw(COUNTS),
            "status_since": draw(DAYS),
            "sign": draw(st.sampled_from(["", "yes", "no"])),
            "contact": draw(NASTY_NAMES),
            "checked_at": draw(DAYS),
            "facilities_absent": draw(words_of(FACILITIES[8:15])),
            "facilities_broken": draw(words_of(FACILITIES[15:])),
            "datum": str(datum),
            "source_lon": float(source[0]),
            "source_lat": float(source[1]),
            "lon": float(np.round(lon, 9)) if datum is Datum.wgs84 else lon,
            "lat": float(np.round(lat, 9)) if datum is Datum.wgs84 else lat,
        }
        records.append(record)
    return Stations.from_records(records)


@pytest.mark.parametrize("suffix", READABLE)
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(register=registers(), sample=st.booleans())
def test_out_and_in_again_loses_nothing_whatever_the_text(
    tmp_path: Path, suffix: str, register: Stations, *, sample: bool
) -> None:
    path = tmp_path / f"r{suffix}"
    write_stations(register, path, sample=sample)
    once = read(path)
    assert once.frame.drop(columns="geometry").equals(register.frame.drop(columns="geometry"))
    assert np.abs(once.lonlat - register.lonlat).max() <= 1e-9
    write_stations(once, path, sample=sample)
    assert read(path).content_hash == once.content_hash


def small_register() -> Stations:
    return Stations.from_records(
        [
            {
                "id": "=1+1",
                "name": "@SUM(A1)",
                "kind": "station",
                "lon": 116.8,
                "lat": 33.9,
                "phone": "+86 561",
                "address": "-2",
                "facilities": ("toilet", "wifi"),
            }
        ]
    )


def test_no_cell_of_csv_or_xlsx_is_a_formula(tmp_path: Path) -> None:
    write_stations(small_register(), tmp_path / "r.csv")
    cells = (tmp_path / "r.csv").read_text(encoding="utf-8-sig").splitlines()[1].split(",")
    assert not [cell for cell in cells if cell.strip('"')[:1] in {"=", "+", "-", "@"}]
    write_stations(small_register(), tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["stations"]
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    texts = [cell.value for cell in sheet[2] if isinstance(cell.value, str)]
    assert not [text for text in texts if text[:1] in {"=", "+", "-", "@"}]


def test_a_geopackage_holds_the_whole_register_as_points_in_wgs84(tmp_path: Path) -> None:
    register = small_register()
    write_stations(register, tmp_path / "r.gpkg", sample=True)
    frame = gpd.read_file(tmp_path / "r.gpkg", layer="stations")
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry[0].coords[0] == (116.8, 33.9)
    record = frame.iloc[0]
    assert record["id"] == "=1+1"
    assert record["facilities"] == "toilet、wifi"
    assert record["notice"] == SAMPLE_NOTICE
    info = pyogrio.read_info(tmp_path / "r.gpkg", layer="stations")
    assert SAMPLE_NOTICE in str(info["dataset_metadata"])
    assert SAMPLE_NOTICE in str(info["layer_metadata"])


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".geojson"])
def test_a_sample_says_in_every_row_and_file_that_it_is_one(tmp_path: Path, suffix: str) -> None:
    write_stations(small_register(), tmp_path / f"r{suffix}", sample=True)
    write_stations(small_register(), tmp_path / f"real{suffix}")
    if suffix == ".xlsx":
        book = openpyxl.load_workbook(tmp_path / "r.xlsx")
        assert [sheet.title for sheet in book] == ["stations", "notice"]
        assert book["notice"]["A1"].value == SAMPLE_NOTICE
        assert book["stations"].cell(2, book["stations"].max_column).value == SAMPLE_NOTICE
        assert openpyxl.load_workbook(tmp_path / "real.xlsx").sheetnames == ["stations"]
        return
    text = (tmp_path / f"r{suffix}").read_text(encoding="utf-8-sig")
    assert text.count(SAMPLE_NOTICE) == (1 if suffix == ".csv" else 2)
    assert "示意数据" not in (tmp_path / f"real{suffix}").read_text(encoding="utf-8-sig")


def test_an_export_taken_for_gcj02_is_found_out_by_its_source_columns(tmp_path: Path) -> None:
    write_stations(small_register(), tmp_path / "r.csv")
    (fault,) = faults_of(tmp_path / "r.csv", Datum.gcj02)
    assert "m from lon and lat" in fault


def test_source_columns_belong_together(tmp_path: Path) -> None:
    file = csv_file(
        tmp_path / "r.csv", [*CHINESE[:5], "source_lon"], ["a", "甲", "驿站", 116.8, 33.9, 116.8]
    )
    with pytest.raises(InputError, match="belong together"):
        read(file)


def test_an_ending_that_is_not_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.csv, \.xlsx, \.geojson, \.gpkg"):
        write_stations(small_register(), tmp_path / "r.shp")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_export_replaces_what_was_there_and_leaves_no_draft(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"r{suffix}"
    path.write_text("old")
    write_stations(small_register(), path)
    assert path.read_bytes() != b"old"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_export_to_a_folder_that_is_not_there_is_one_line(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(WorkspaceError, match="cannot be written"):
        write_stations(small_register(), tmp_path / "no" / f"r{suffix}")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_register_is_written_too(tmp_path: Path, suffix: str) -> None:
    write_stations(Stations.from_records([]), tmp_path / f"r{suffix}", sample=True)
    assert (tmp_path / f"r{suffix}").stat().st_size > 0


def test_twenty_thousand_stations_are_read(tmp_path: Path) -> None:
    rows = [
        [
            f"s{i}",
            f"驿站 {i}",
            "驿站",
            116.5 + i / 1e5,
            33.5,
            "",
            "24小时",
            "饮水、厕所",
            "",
            "",
            "",
        ]
        for i in range(20_000)
    ]
    file = csv_file(tmp_path / "r.csv", CHINESE, *rows)
    assert len(read(file)) == 20_000


def test_each_heading_is_read_in_both_languages() -> None:
    assert {term.id for term in STATION_FIELDS} >= {"id", "name", "kind", "lon", "lat", "hours"}
    assert {term.zh for term in STATION_FIELDS} >= set(CHINESE)


def test_full_width_numbers_are_read(tmp_path: Path) -> None:
    file = csv_file(
        tmp_path / "r.csv", CHINESE[:5], ["a", "甲", "爱心驿站", "１１６．８", "３３.９"]
    )
    assert read(file).lonlat.tolist() == [[116.8, 33.9]]


def test_a_heading_of_a_thousand_signs_is_shown_cut_off(tmp_path: Path) -> None:
    file = csv_file(
        tmp_path / "r.csv", [*CHINESE[:5], "名称 " * 900], ["a", "甲", "驿站", 116.8, 33.9, ""]
    )
    (fault,) = faults_of(file)
    assert len(fault) < 800


def test_a_generated_row_never_passes_for_a_real_register(tmp_path: Path) -> None:
    write_stations(small_register(), tmp_path / "r.csv", sample=True)
    with pytest.raises(RowsError, match="generated sample: this workspace is a real register"):
        read_stations(tmp_path / "r.csv", datum=Datum.wgs84, box=BOX, sample=False)
    assert len(read_stations(tmp_path / "r.csv", datum=Datum.wgs84, box=BOX, sample=True)) == 1


@pytest.mark.parametrize(("properties", "ids"), [({}, ("7",)), ({"编号": "S1"}, ("S1",))])
def test_the_own_id_of_a_feature_stands_in_only_where_no_property_is_the_id(
    tmp_path: Path, properties: dict[str, Any], ids: tuple[str, ...]
) -> None:
    geometry = {"type": "Point", "coordinates": [116.8, 33.9]}
    properties = {"名称": "甲", "类型": "驿站", **properties}
    feature = {"type": "Feature", "id": 7, "properties": properties, "geometry": geometry}
    path = tmp_path / "r.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert read(path).ids == ids


def test_of_a_workbook_the_first_sheet_that_is_seen_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.sheet_state = "hidden"
    hidden.append(["x", "y"])
    sheet = book.create_sheet("驿站")
    sheet.append(CHINESE)
    sheet.append(ROW)
    book.save(tmp_path / "r.xlsx")
    assert read(tmp_path / "r.xlsx").ids == ("S1",)
