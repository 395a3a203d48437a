"""Claims about what a register says of the equipment, and of sizes, days, yes and no."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.files.columns import Columns, Faults, match_headings
from data.files.facility_columns import Equipment, read_equipment
from data.files.record_cells import parse_day, read_dates, read_sizes, read_yes_no
from data.files.station_files import STATION_FIELDS
from data.files.tables import Table
from data.vocabulary import FACILITIES


def columns_of(**cells: str) -> Columns:
    table = Table("r.csv", tuple(cells), (tuple(cells.values()),), (2,))
    return match_headings(table, STATION_FIELDS, required=(), what="station", wide=FACILITIES)


def equipment(**cells: str) -> tuple[Equipment, list[str]]:
    faults = Faults("r.csv")
    (found,) = read_equipment(columns_of(**cells), faults)
    return found, [str(fault) for fault in faults.found]


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        *[(word, "there") for word in ("有", "是", "√", "yes", "TRUE", "1", "2台", "正常", "Ｙ")],
        *[(word, "absent") for word in ("无", "否", "×", "no", "0", "没有", "未配备")],
        *[(word, "broken") for word in ("坏", "损坏", "故障", "有（坏）", "维修中", "broken")],
        *[(word, "") for word in ("", "未知", "不详", "?", "？", "-", "/", "unknown")],
    ],
)
def test_a_column_of_one_facility_says_there_absent_broken_or_nothing(
    cell: str, state: str
) -> None:
    found, faults = equipment(微波炉=cell)
    assert faults == []
    assert [name for name in ("there", "absent", "broken") if getattr(found, name)] == (
        [state] if state else []
    )


@pytest.mark.parametrize("cell", ["也许", "有时", "3.5", "坏坏"])
def test_a_cell_that_is_no_state_is_refused_with_its_column(cell: str) -> None:
    found, (fault,) = equipment(微波炉=cell)
    assert fault.startswith(f'row 2, column 微波炉: "{cell}" is no state')
    assert found == Equipment()


@pytest.mark.parametrize(
    "heading",
    ["微波炉", "有无微波炉", "是否有微波炉", "微波炉（有/无）", "微波炉*", "Microwave", "热饭"],
)
def test_the_heading_may_ask_or_carry_a_hint(heading: str) -> None:
    assert columns_of(**{heading: "有"}).wide == {"microwave": 0}


def test_lists_of_what_is_there_not_there_and_broken_are_read_together() -> None:
    found, faults = equipment(
        facilities="饮水、微波炉（坏）、空调(无) 雨具",
        facilities_absent="淋浴",
        facilities_broken="冰箱",
    )
    assert faults == []
    assert set(found.there) == {"drinking_water", "rain_gear"}
    assert set(found.absent) == {"cooling", "shower"}
    assert set(found.broken) == {"microwave", "fridge"}


def test_what_is_there_and_broken_is_broken_and_what_is_there_and_not_is_refused() -> None:
    found, faults = equipment(facilities="饮水、微波炉", facilities_broken="微波炉")
    assert (found.there, found.broken, faults) == (("drinking_water",), ("microwave",), [])
    found, faults = equipment(facilities_broken="微波炉", 微波炉="有")
    assert (found.there, found.broken, faults) == ((), ("microwave",), [])
    _, (fault,) = equipment(facilities="饮水", 饮水="无")
    assert fault.startswith("row 2, column 饮水: drinking_water (饮水) is said to be there and")


def test_a_second_column_of_the_same_facility_is_refused() -> None:
    table = Table("r.csv", ("饮水", "饮水机"), (("有", "有"),), (2,))
    faults = Faults("r.csv")
    with pytest.raises(Exception, match="means drinking_water"):
        match_headings(table, STATION_FIELDS, required=(), what="station", wide=FACILITIES)
    assert faults.found == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-23", "2026-11-23"),
        ("2026/1/3", "2026-01-03"),
        ("2026年11月3日", "2026-11-03"),
        ("2026.11.23", "2026-11-23"),
        ("20261123", "2026-11-23"),
        ("2026-11-23T00:00:00", "2026-11-23"),
        ("２０２６年１月３日", "2026-01-03"),
        ("", ""),
        ("不详", ""),
        ("2026-02-30", None),
        ("2026年11月", None),
        ("昨天", None),
        ("26-11-23", None),
    ],
)
def test_a_day_is_read_as_people_write_it_and_never_guessed(text: str, day: str | None) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    ("cell", "value"),
    [("30", 30), ("约30㎡", 30), ("12.5平方米", 12.5), ("３０", 30), ("6个座位", 6), ("0", 0)],
)
def test_sizes_are_read_with_or_without_a_unit(cell: str, value: float) -> None:
    faults = Faults("r.csv")
    assert read_sizes(columns_of(area_m2=cell), "area_m2", faults, whole=False) == [value]
    assert faults.found == []


@pytest.mark.parametrize("cell", ["很大", "-3", "1e9", "3,5", "30-50", "nan", "inf"])
def test_what_is_no_size_is_refused(cell: str) -> None:
    faults = Faults("r.csv")
    assert math.isnan(read_sizes(columns_of(area_m2=cell), "area_m2", faults, whole=False)[0])
    assert "is no number from 0 to 1,000,000" in str(faults.found[0])


def test_counts_are_whole_and_unknown_ones_are_nan() -> None:
    faults = Faults("r.csv")
    assert math.isnan(read_sizes(columns_of(座位数="不详"), "seats", faults, whole=True)[0])
    assert faults.found == []
    read_sizes(columns_of(座位数="3.5"), "seats", faults, whole=True)
    assert "is no whole number" in str(faults.found[0])


def test_yes_and_no_and_days_are_refused_when_they_are_none() -> None:
    faults = Faults("r.csv")
    assert read_yes_no(columns_of(sign="√"), "sign", faults) == ["yes"]
    assert read_yes_no(columns_of(sign="未挂牌"), "sign", faults) == ["no"]
    assert read_yes_no(columns_of(sign="不详"), "sign", faults) == [""]
    assert faults.found == []
    assert read_yes_no(columns_of(sign="也许"), "sign", faults) == [""]
    assert read_dates(columns_of(checked_at="昨天"), "checked_at", faults) == [""]
    assert len(faults.found) == 2


@settings(
    derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=100
)
@given(st.text(max_size=40), st.text(max_size=12))
def test_any_text_is_equipment_or_a_fault_and_no_facility_stands_twice(
    listed: str, cell: str
) -> None:
    found, _ = equipment(facilities=listed, 微波炉=cell)
    every = [*found.there, *found.absent, *found.broken]
    assert len(every) == len(set(every))
