"""Claims about lists of organisations: read as clerks keep them, refused, and kept whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import openpyxl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.districts import Districts
from data.files.organisation_files import read_organisations, write_organisations
from data.organisations import MEMBERS, NUMBERS, ORGANISATION_COLUMNS, Organisations
from data.workspace import no_districts
from geo.errors import FileFormatError, InputError, RowsError

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = "编号,名称,类型,区县,货车司机,快递员,会员总数,兼职岗位数,备注\n"
ROWS = (
    "U1,货运工会,工会,,26,,30,1,\nU2,快递工会,行业工会,全市,,120,,2,x\nF1,快递公司,公司,,,30,,,\n"
)


POINT = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"id": "a"},
                "geometry": {"type": "Point", "coordinates": [1, 2]},
            }
        ],
    }
)


def two_districts() -> Districts:
    return Districts.from_areas(
        {
            "东区": shapely.box(116.8, 33.9, 116.9, 34.0),
            "西区": shapely.box(116.7, 33.9, 116.8, 34.0),
        }
    )


def put(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_as_a_clerk_keeps_it_is_read(tmp_path: Path) -> None:
    file = put(tmp_path / "u.csv", f"某市工会名单\n{HEADINGS}{ROWS}合计,,,,26,150,,3,\n")
    read = read_organisations(file, districts=two_districts())
    frame = read.organisations.frame
    assert read.rows == (3, 4, 5)
    assert list(frame["id"]) == ["U1", "U2", "F1"]
    assert list(frame["kind"]) == ["union", "union", "firm"]
    assert list(frame["district"]) == ["", "", ""]
    assert list(frame["courier"]) == [0, 120, 30]
    assert list(frame["other_members"]) == [4, 0, 0]  # 30 in all, of whom 26 drive lorries
    assert read.organisations.members.tolist() == [30, 120, 30]
    assert read.organisations.posts.tolist() == [1, 2, 0]


def test_a_workbook_and_a_list_of_objects_say_the_same_as_the_table(tmp_path: Path) -> None:
    rows = [line.split(",") for line in (HEADINGS + ROWS).splitlines()]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([int(cell) if cell.isdecimal() else cell or None for cell in row])
    book.save(tmp_path / "u.xlsx")
    records = [
        {
            name: int(cell) if cell.isdecimal() else cell
            for name, cell in zip(rows[0], row, strict=True)
        }
        for row in rows[1:]
    ]
    put(tmp_path / "u.json", json.dumps(records))
    put(tmp_path / "u.csv", HEADINGS + ROWS)
    hashes = {
        read_organisations(
            tmp_path / f"u.{ending}", districts=no_districts()
        ).organisations.content_hash
        for ending in ("csv", "xlsx", "json")
    }
    assert len(hashes) == 1


words = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=12)
records = st.lists(
    st.fixed_dictionaries(
        {
            "id": words,
            "name": words,
            "kind": st.sampled_from(["union", "federation", "firm", "authority"]),
            "district": st.sampled_from(["", "东区", "西区"]),
        },
        optional=dict.fromkeys(NUMBERS, st.integers(0, 10**6)),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda record: record["id"],
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(records=records, ending=st.sampled_from(["csv", "xlsx", "json"]), sample=st.booleans())
def test_what_is_written_reads_back_as_the_same_organisations(
    tmp_path: Path, records: list[dict[str, object]], ending: str, *, sample: bool
) -> None:
    made = Organisations.from_records(records)
    file = tmp_path / f"out.{ending}"
    write_organisations(made, file, sample=sample)
    again = read_organisations(file, districts=two_districts()).organisations
    assert again.content_hash == made.content_hash
    assert again.members.tolist() == [
        sum(int(str(record.get(name, 0))) for name in MEMBERS) for record in records
    ]


def test_a_sample_carries_its_notice(tmp_path: Path) -> None:
    made = Organisations.from_records([{"id": "U", "name": "工会", "kind": "union"}])
    write_organisations(made, tmp_path / "s.json", sample=True)
    [row] = json.loads((tmp_path / "s.json").read_text("utf-8"))
    assert "示意数据" in row["notice"]
    assert [*row][:-1] == list(ORGANISATION_COLUMNS)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("编号,名称\nU1,工会\n", "has no column kind"),
        ("编号,名称,类型\nU1,工会,工回\n", "use one of union 工会, federation"),
        ("编号,名称,类型\nU1,工会,\n", "row 2, column 类型: is empty: write one of union"),
        ("编号,名称,类型\nU1,甲,工会\nU1,乙,工会\n", '"U1" stands in row 2 already'),
        ("编号,名称,类型,区县\nU1,甲,工会,东城\n", '"东城" is no district of this city'),
        (
            "编号,名称,类型,快递员\nU1,甲,工会,1.5\n",
            "1.5 must be a whole number from 0 to 10,000,000",
        ),
        ("编号,名称,类型,快递员\nU1,甲,工会,-1\n", "-1 must be a whole number"),
        ("编号,名称,类型,快递员\nU1,甲,工会,多\n", '"多" is no number'),
        (
            "编号,名称,类型,快递员,会员总数\nU1,甲,工会,5,4\n",
            "says 4 members, and the groups add up to 5",
        ),
        (
            "编号,名称,类型,其他会员,会员数\nU1,甲,工会,5,6\n",
            "says 6 members, and the groups add up to 5",
        ),
        ("编号,名称,类型,会原\nU1,甲,工会,5\n", "会原"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_place(
    tmp_path: Path, text: str, fault: str
) -> None:
    file = put(tmp_path / "u.csv", text)
    with pytest.raises(RowsError, match=r"u\.csv") as refusal:
        read_organisations(file, districts=two_districts())
    assert fault in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("u.json", "[]", "has no rows: write a list of objects"),
        ("u.json", "[1]", "row 1: is no object with names and values"),
        ("u.json", '[{"id": {"a": 1}}]', "row 1, column id: is nested"),
        ("u.json", "[", "is no JSON"),
        ("u.json", "[" * 100_000, "is nested too deep"),
        ("u.geojson", "[]", "is no GeoJSON FeatureCollection"),
        (
            "u.json",
            POINT,
            "organisations are rows of a table, these are places",
        ),
    ],
)
def test_a_file_that_is_no_such_list_is_refused(
    tmp_path: Path, name: str, text: str, fault: str
) -> None:
    with pytest.raises(InputError, match=name) as refusal:
        read_organisations(put(tmp_path / name, text), districts=no_districts())
    assert fault in str(refusal.value)


def test_an_ending_that_is_none_is_refused_by_the_writer(tmp_path: Path) -> None:
    made = Organisations.from_records([])
    with pytest.raises(InputError, match=r"must be one of \.csv, \.xlsx, \.json"):
        write_organisations(made, tmp_path / "u.gpkg")


def test_json_must_be_utf8(tmp_path: Path) -> None:
    file = tmp_path / "u.json"
    file.write_bytes('[{"编号": "甲"}]'.encode("gb18030"))
    with pytest.raises(FileFormatError, match="is not UTF-8 text, as JSON must be"):
        read_organisations(file, districts=no_districts())


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"id": ""}, "needs an id that is text"),
        ({"kind": "club"}, 'kind "club" is not in the vocabulary'),
        ({"courier": 1.5}, 'courier "1.5" must be a whole number from 0 to 10000000'),
        ({"posts": True}, 'posts "True" must be a whole number'),
        ({"posts": float("nan")}, 'posts "nan" must be a whole number'),
        ({"phone": "1"}, 'organisations have no column "phone"'),
    ],
)
def test_a_record_that_cannot_be_is_refused_at_birth(
    record: dict[str, object], message: str
) -> None:
    plain = {"id": "U", "name": "工会", "kind": "union"}
    with pytest.raises(InputError, match=message):
        Organisations.from_records([{**plain, **record}])


def test_an_id_stands_once() -> None:
    with pytest.raises(InputError, match='organisation id "U" stands twice'):
        Organisations.from_records([{"id": "U", "name": "工会", "kind": "union"}] * 2)
