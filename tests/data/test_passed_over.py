"""What a clerk's list has beside what is read is passed over, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.files.demand_files import DEMAND_FIELDS, read_demand
from data.files.passed_over import PASSED_OVER, is_passed_over, is_total
from data.files.site_files import SITE_FIELDS, read_sites
from data.files.station_files import STATION_FIELDS, read_stations
from data.settings import default_settings
from data.vocabulary import SAMPLE_NOTICE, find_term, names_everyone, normal_word
from geo.datum import Datum
from geo.errors import FileFormatError, RowsError
from geo.measure import Box

if TYPE_CHECKING:
    from pathlib import Path

    from data.stations import Stations

BOX = Box(116.388, 33.283, 117.045, 34.250)
WORDS = [word for words in PASSED_OVER.values() for word in words]


def put(folder: Path, *rows: str) -> Path:
    path = folder / "list.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def read(folder: Path, *rows: str, sample: bool | None = None) -> Stations:
    return read_stations(put(folder, *rows), datum=Datum.wgs84, box=BOX, sample=sample)


def faults_of(folder: Path, *rows: str) -> list[str]:
    with pytest.raises(RowsError) as caught:
        read(folder, *rows)
    return [str(fault) for fault in caught.value.faults]


def test_a_clerks_list_is_taken_with_the_columns_that_no_plan_needs(tmp_path: Path) -> None:
    register = read(
        tmp_path,
        "淮北市户外劳动者服务驿站一览表",
        "序号,编号,名称,类型,街道/乡镇/社区,经度,纬度,面积（㎡）,负责人/联系人,负责人电话,"
        "建成时间,主管单位,照片,服务对象,说明,备注",
        "1,a,甲,驿站,相山街道,116.8,33.9,30,张三,139,2023年5月,总工会,1.jpg,全体户外劳动者,x,y",
        "2,b,乙,司机之家,,116.8,33.8,20.5,,,,,,货车司机,,",
        "合计,2个,,,,,,50.5,,,,,,,,",
    )
    assert register.ids == ("a", "b")
    assert register.frame["groups"].tolist() == [(), ("truck_driver",)]
    assert register.frame["phone"].tolist() == ["", ""]
    assert register.frame["hours"].tolist() == ["", ""]


def test_the_same_columns_and_totals_are_passed_over_in_sites_and_demand(tmp_path: Path) -> None:
    rows = ("id,name,lon,lat,街道,面积", "a,甲,116.8,33.9,x,3", "总计：1处,,,,,3", "total,,,,,")
    sites = read_sites(put(tmp_path, *rows), datum=Datum.wgs84, box=BOX)
    assert sites.frame["id"].tolist() == ["a"]
    file = put(tmp_path, "街道,id,lon,lat,骑手", "x,a,116.8,33.9,4", "小计,,,,4", "合 计,,,,4")
    demand = read_demand(file, datum=Datum.wgs84, settings=default_settings("市", BOX))
    assert demand.total() == 4


def test_a_total_is_a_row_at_the_end_that_has_no_place(tmp_path: Path) -> None:
    heads = "id,name,kind,lon,lat"
    assert read(tmp_path, heads, "total,加油站,驿站,116.8,33.9").ids == ("total",)
    assert "row 2, column lon: is empty: write a number" in faults_of(
        tmp_path, heads, "小计,,,,", "a,甲,驿站,116.8,33.9"
    )
    assert "row 3, column lon: is empty: write a number" in faults_of(
        tmp_path, heads, "a,甲,驿站,116.8,33.9", "总计划局,乙,驿站,,"
    )
    with pytest.raises(FileFormatError, match="no rows but a total"):
        read(tmp_path, heads, "合计,0,,,")


def test_what_is_read_goes_before_what_is_passed_over() -> None:
    assert [word for word in WORDS if find_term(word, SITE_FIELDS)] == []
    read_in_a_register = {word for word in WORDS if find_term(word, STATION_FIELDS)}
    assert read_in_a_register == {
        *("面积", "使用面积", "服务面积", "floor area", "座位数"),
        *("联系人", "联系人姓名", "contact person", "运营单位", "管理单位", "operator"),
    }
    spellings = [word for term in DEMAND_FIELDS for word in term.spellings()]
    assert {word for word in spellings if is_passed_over(word)} <= {
        *("district", "区县", "行政区", "所属区县")  # passed over as a column of demand, too
    }
    assert len({normal_word(word) for word in WORDS}) == len(WORDS)


def test_of_two_sizes_the_first_is_read_and_the_second_passed_over(tmp_path: Path) -> None:
    heads = "id,name,kind,lon,lat,面积（㎡）,使用面积,联系人,contact person"
    register = read(tmp_path, heads, "a,甲,驿站,116.8,33.9,约30㎡,25,张三,李四")
    assert register.frame["area_m2"].tolist() == [30.0]
    assert register.frame["contact"].tolist() == ["张三"]


@pytest.mark.parametrize(
    ("heading", "passed"),
    [
        ("面积（平方米）", True),
        ("营业面积(m2)", True),
        ("乡镇（街道）", True),
        ("街道、社区", True),
        ("Photo", True),
        ("负责人/电话", False),
        ("颜色代号", False),
        ("（）", False),
        ("", False),
        ("照片" * 60, False),
    ],
)
def test_a_heading_is_passed_over_when_all_its_parts_are(heading: str, passed: bool) -> None:  # noqa: FBT001 - a column of the table above
    assert is_passed_over(heading) is passed


@pytest.mark.parametrize(
    ("heading", "near"),
    [
        ("营业时问", "hours"),
        ("电视", None),
        ("竣工时间", None),
        ("服务质量", None),
        ("kindd", "kind"),
    ],
)
def test_an_unknown_heading_is_refused_and_only_a_like_one_is_named(
    tmp_path: Path, heading: str, near: str | None
) -> None:
    (fault,) = faults_of(
        tmp_path,
        f"id,name,{'类型' if near == 'kind' else 'kind'},lon,lat,{heading}",
        "a,甲,驿站,116.8,33.9,",
    )
    assert f"did you mean {near} (" in fault if near else "did you mean" not in fault
    assert near or "use one of id 编号, name 名称, kind 类型" in fault


def test_a_facility_that_is_none_is_refused_without_a_far_likeness(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, "id,name,kind,lon,lat,设施", "a,甲,驿站,116.8,33.9,饮水、电视")
    assert fault.startswith(
        'row 2, column 设施: "电视" is no facility: use one of drinking_water 饮水, hot_water 热水'
    )


@pytest.mark.parametrize("cell", ["无", "暂无", "/", "-", "None", ""])
def test_a_station_may_say_that_it_has_no_facilities(tmp_path: Path, cell: str) -> None:
    heads = "id,name,kind,lon,lat,设施,服务人群"
    register = read(tmp_path, heads, f"a,甲,驿站,116.8,33.9,{cell},")
    assert register.frame["facilities"].tolist() == [()]
    if cell == "无":  # of the groups this would say that it serves nobody
        (fault,) = faults_of(tmp_path, heads, f"a,甲,驿站,116.8,33.9,,{cell}")
        assert '"无" is no group' in fault


@pytest.mark.parametrize(
    "words",
    [
        *("全部", "全体", "所有", "不限", "户外劳动者", "全体户外劳动者", "所有人员", "不限人群"),
        *("户外劳动者群体", "全体户外劳动者群体", "户外作业人员", "各类户外劳动者", "All workers"),
    ],
)
def test_everyone_in_the_groups_means_those_whom_the_kind_serves(
    tmp_path: Path, words: str
) -> None:
    register = read(tmp_path, "id,name,kind,lon,lat,服务对象", f"a,甲,驿站,116.8,33.9,{words}")
    assert register.frame["groups"].tolist() == [()]
    faults = faults_of(tmp_path, "id,name,kind,lon,lat,设施", f"a,甲,驿站,116.8,33.9,{words}")
    assert "is no facility" in faults[0]


def test_everyone_beside_a_group_is_refused_with_its_cure(tmp_path: Path) -> None:
    assert faults_of(
        tmp_path, "id,name,kind,lon,lat,服务对象", "a,甲,驿站,116.8,33.9,货车司机、户外劳动者"
    ) == [
        (
            'row 2, column 服务对象: "户外劳动者" stands beside groups: '
            "keep it alone, or the groups alone"
        )
    ]
    assert not any(map(names_everyone, ("", "人员", "户外", "快递员", "全部饮水")))


def test_a_generated_row_is_found_in_any_column_that_is_passed_over(tmp_path: Path) -> None:
    for heading in ("说明", "附件"):
        rows = (f"id,name,kind,lon,lat,备注,{heading}", f'a,甲,驿站,116.8,33.9,,"{SAMPLE_NOTICE}"')
        assert len(read(tmp_path, *rows)) == 1
        with pytest.raises(RowsError, match=f"column {heading}: says that the row is a generated"):
            read(tmp_path, *rows, sample=False)


@pytest.mark.parametrize("row", [("", "合计", "3"), ("总 计:", "", ""), ("Subtotal 12",)])
def test_a_total_is_known_by_the_first_cell_that_is_not_empty(row: tuple[str, ...]) -> None:
    assert is_total(row)
    assert not is_total(("甲", *row))
