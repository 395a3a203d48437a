from __future__ import annotations

import io
import json
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.files import tables
from data.files.cell_text import cell_text, clean_text, harmless
from data.files.tables import read_rows
from geo.errors import FileFormatError, RowsError, YizhanError

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".geojson", ".json", ".gpkg")


ANY_BYTES = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
)


def refused(path: Path, words: str) -> None:
    """The file must be refused in one line that names it."""
    with pytest.raises(FileFormatError, match=words) as caught:
        read_rows(path)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)


def put(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def workbook(path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def repacked(path: Path, source: Path, **parts: bytes) -> Path:
    """Copy a workbook with some of its parts replaced."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            key = info.filename.rsplit("/", 1)[-1].split(".", maxsplit=1)[0]
            new.writestr(info.filename, parts.get(key, old.read(info.filename)))
    return path


def sheet_xml(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def inline(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_is_missing_empty_blank_or_a_folder_is_one_line(
    tmp_path: Path, suffix: str
) -> None:
    refused(tmp_path / f"no{suffix}", "no such file")
    refused(put(tmp_path / f"zero{suffix}", b""), "is empty")
    refused(put(tmp_path / f"blank{suffix}", b" \n\r\n "), "is empty")
    (tmp_path / f"folder{suffix}").mkdir()
    refused(tmp_path / f"folder{suffix}", "is a folder")


@pytest.mark.parametrize("name", [".", "..", "/"])
def test_a_folder_without_a_name_of_its_own_is_still_named(name: str) -> None:
    with pytest.raises(FileFormatError, match=f"^{re.escape(name)}: is a folder, not a file"):
        read_rows(Path(name))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "rubbish",
    [
        bytes(range(256)) * 40,
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
        b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n",
        b"id,name\n1,\x00\n",
        b"PK\x03\x04" + b"\x11" * 200,
        b"\xff\xfe\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    ],
    ids=["bytes", "png", "pdf", "nul", "zip", "utf16", "xls"],
)
def test_rubbish_is_one_line_in_every_format(tmp_path: Path, suffix: str, rubbish: bytes) -> None:
    path = put(tmp_path / f"r{suffix}", rubbish)
    with pytest.raises(YizhanError) as caught:
        read_rows(path)
    assert "r." in str(caught.value)
    assert str(caught.value).count("\n") == 0


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")),
    )
)
def test_any_bytes_are_a_table_or_one_line(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = put(tmp_path / f"r{suffix}", content)
    try:
        table = read_rows(path)
    except YizhanError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both ends are allowed
    else:
        assert all(len(row) == len(table.headings) for row in table.rows)


def test_an_unreadable_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="cannot be read"):
        read_rows(tmp_path / ("x" * 300 + ".csv"))
    with pytest.raises(FileFormatError, match="cannot be read"):
        read_rows(tmp_path / "a\0b.csv")


def test_an_ending_that_is_not_read_names_those_that_are(tmp_path: Path) -> None:
    refused(
        put(tmp_path / "r.shp", "x"),
        r"\.gpkg, \.kml or a zipped shapefile",
    )
    refused(put(tmp_path / "r", "x"), "a name without ending")
    refused(put(tmp_path / "r.vrt", "<OGRVRTDataSource/>"), "is not read")


def test_a_file_larger_than_the_limit_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MAX_BYTES", 100)
    refused(put(tmp_path / "r.csv", "a,b\n" + "1,2\n" * 100), "larger than")


def test_rows_and_columns_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(put(tmp_path / "w.csv", ",".join(["x"] * 300) + "\n1,2\n"), "more than 200 columns")
    monkeypatch.setattr(tables, "MAX_ROWS", 50)
    refused(put(tmp_path / "r.csv", "a,b\n" + "1,2\n" * 100), "more than 50 rows")
    refused(workbook(tmp_path / "r.xlsx", ["a", "b"], *[[1, 2]] * 60), "more than 50 rows")


def test_a_table_needs_a_heading_and_a_row(tmp_path: Path) -> None:
    refused(put(tmp_path / "h.csv", "id,name\n"), "no rows")
    refused(put(tmp_path / "o.csv", "just one line of words\nanother\n"), "no heading row")
    refused(workbook(tmp_path / "h.xlsx", ["id", "name"]), "no rows")
    refused(workbook(tmp_path / "e.xlsx"), "no heading row")


def test_rows_with_too_many_cells_or_too_long_ones_are_all_listed(tmp_path: Path) -> None:
    text = "id,name\n1,a,b\n2,c\n3," + "x" * 20_000 + "\n4,d,e,f\n"
    with pytest.raises(RowsError) as caught:
        read_rows(put(tmp_path / "r.csv", text))
    assert [fault.row for fault in caught.value.faults] == [2, 4, 5]
    assert "has 3 cells and the heading 2" in str(caught.value.faults[0])
    assert "20,000 characters" in str(caught.value.faults[1])


def test_a_cell_beyond_the_reader_s_own_limit_is_one_line(tmp_path: Path) -> None:
    refused(put(tmp_path / "r.csv", "id,name\n1," + "x" * 200_000 + "\n"), "line 2 is no row")


def test_a_quotation_mark_that_never_ends_is_one_line(tmp_path: Path) -> None:
    refused(put(tmp_path / "r.csv", 'id,name\n1,"abc\n2,b\n'), "check its quotation marks")


def test_rows_are_counted_as_a_spreadsheet_does_also_after_a_cell_of_two_lines(
    tmp_path: Path,
) -> None:
    table = read_rows(put(tmp_path / "r.csv", 'id,name\n\n1,"a\nb"\n,\n2,c\n'))
    assert table.numbers == (3, 5)
    assert table.rows == (("1", "a b"), ("2", "c"))


def test_a_separator_line_of_a_spreadsheet_is_obeyed(tmp_path: Path) -> None:
    assert read_rows(put(tmp_path / "r.csv", "sep=;\nid;name\n1;a,b\n")).rows == (("1", "a,b"),)


def test_a_separator_inside_quotes_does_not_decide(tmp_path: Path) -> None:
    table = read_rows(put(tmp_path / "r.csv", '"a,b,c,d";x\n"1,2";2\n'))
    assert table.headings == ("a,b,c,d", "x")


def test_a_workbook_named_csv_is_told_apart(tmp_path: Path) -> None:
    path = workbook(tmp_path / "r.xlsx", ["id", "name"], [1, "a"])
    refused(put(tmp_path / "r.csv", path.read_bytes()), "name it .xlsx")


def test_cells_of_a_workbook_become_text_without_losing_digits(tmp_path: Path) -> None:
    row = [17, 17.0, 116.123456789012, True, None, " x ", "#N/A", 1e300, -0.5]
    path = workbook(tmp_path / "r.xlsx", [f"h{i}" for i in range(len(row))], row)
    cells = read_rows(path).rows[0]
    assert cells[:6] == ("17", "17", "116.123456789012", "true", "", "x")
    assert cells[6:] == ("#N/A", "1e+300", "-0.5")


def test_a_formula_whose_value_was_never_stored_is_refused_and_not_read_as_nothing(
    tmp_path: Path,
) -> None:
    rows = [["站点表"], ["id", "name", "", "lat"], [1, "a", "=1+1", "=2*17"], [], ["=A3+1", "b"]]
    with pytest.raises(RowsError, match=r"r\.xlsx: row 3, column C: .* \(and 2 more\)") as caught:
        read_rows(workbook(tmp_path / "r.xlsx", *rows))
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [
        (3, "C"),
        (3, "lat"),
        (5, "id"),
    ]
    cure = r"\(sheet Sheet\): open the file in a spreadsheet program and save it, or paste values"
    assert re.search(cure, caught.value.faults[0].reason)


def test_a_formula_with_a_stored_value_is_that_value_also_where_it_is_an_empty_text(
    tmp_path: Path,
) -> None:
    plain = workbook(tmp_path / "p.xlsx", ["a", "b"], [1, 2])
    rows = f"<row>{inline('A1', 'id')}{inline('B1', 'name')}</row>"
    rows += '<row><c t="str"><f>"x"</f><v>x</v></c><c t="str"><f>IF(A2="x","",1)</f><v></v></c>'
    rows += "<c><f>beyond the heading</f></c></row><row><c><f>A2</f><v>7</v></c></row>"
    table = read_rows(repacked(tmp_path / "v.xlsx", plain, sheet1=sheet_xml(rows)))
    assert table.rows == (("x", ""), ("7", ""))
    lacking = sheet_xml(rows.replace("<v></v>", ""))
    for xml in (lacking, lacking.decode().encode("utf-16")):
        with pytest.raises(RowsError, match="row 2, column name: holds a formula without a value"):
            read_rows(repacked(tmp_path / "n.xlsx", plain, sheet1=xml))


def test_a_wide_sheet_is_refused(tmp_path: Path) -> None:
    plain = workbook(tmp_path / "p.xlsx", ["a", "b"], [1, 2])
    cells = "".join(inline(f"{openpyxl.utils.get_column_letter(i)}1", "x") for i in range(1, 16385))
    wide = repacked(tmp_path / "w.xlsx", plain, sheet1=sheet_xml(f'<row r="1">{cells}</row>'))
    refused(wide, "more than 200 columns")


def test_a_sheet_that_lies_about_its_size_is_read_as_it_is(tmp_path: Path) -> None:
    plain = workbook(tmp_path / "p.xlsx", ["a", "b"], [1, 2])
    rows = f'<row r="1">{inline("A1", "id")}{inline("B1", "name")}</row>'
    rows += f'<row r="900000">{inline("A900000", "1")}{inline("B900000", "x")}</row>'
    xml = sheet_xml(rows).replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>')
    table = read_rows(repacked(tmp_path / "l.xlsx", plain, sheet1=xml))
    assert (table.numbers, table.rows) == ((900_000,), (("1", "x"),))


def test_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    plain = workbook(tmp_path / "p.xlsx", ["a", "b"], [1, 2])
    bomb = repacked(tmp_path / "b.xlsx", plain, sheet1=b"<x>" + b" " * (40 << 20))
    refused(bomb, "packed .* times")


def test_entities_in_a_workbook_are_not_opened(tmp_path: Path) -> None:
    plain = workbook(tmp_path / "p.xlsx", ["a", "b"], [1, 2])
    xml = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    refused(repacked(tmp_path / "e.xlsx", plain, sheet1=xml), "declares XML entities")


@pytest.mark.parametrize(
    "part", ["workbook", "sheet1", "sharedStrings", "styles", "[Content_Types]"]
)
@pytest.mark.parametrize("content", [b"", b"<x", b"<x/>", b"\xff\xff"])
def test_a_workbook_with_a_broken_part_is_one_line_or_read(
    tmp_path: Path, part: str, content: bytes
) -> None:
    plain = workbook(tmp_path / "p.xlsx", ["a", "b"], ["x", "y"])
    path = repacked(tmp_path / "r.xlsx", plain, **{part: content})
    try:
        read_rows(path)
    except YizhanError as error:
        words = str(error)
    else:
        words = "r.xlsx: read"
    assert "r.xlsx" in words
    assert "\n" not in words


def test_a_workbook_cut_off_anywhere_is_one_line(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "p.xlsx", ["a", "b"], ["x", "y"]).read_bytes()
    for size in range(1, len(whole), len(whole) // 15):
        with pytest.raises(FileFormatError, match=r"r\.xlsx"):
            read_rows(put(tmp_path / "r.xlsx", whole[:size]))


def test_a_locked_part_is_one_line(tmp_path: Path) -> None:
    data = bytearray(workbook(tmp_path / "p.xlsx", ["a", "b"], ["x", "y"]).read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as package:
        offset = package.start_dir
    data[6] |= 1  # "encrypted" in the first local header and in the directory
    data[offset + 8] |= 1
    refused(put(tmp_path / "r.xlsx", bytes(data)), "is no workbook|broken workbook")


def feature(geometry: object, **properties: object) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def point(lon: object, lat: object) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def collection(*features: object, **members: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **members})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is no JSON"),
        ("[]", "no GeoJSON FeatureCollection"),
        ("3", "no GeoJSON FeatureCollection"),
        ('{"type": "Feature"}', "no GeoJSON FeatureCollection"),
        (collection(), "has no features"),
        ('{"type": "FeatureCollection", "features": {}}', "has no features"),
        ("[" * 200_000, "nested too deep"),
        ('{"type":"FeatureCollection","features":' + "[" * 200_000, "nested too deep"),
        ('{"a": ' + "9" * 5000 + "}", "is no JSON|no GeoJSON"),
    ],
)
def test_what_is_no_collection_is_one_line(tmp_path: Path, text: str, words: str) -> None:
    refused(put(tmp_path / "r.geojson", text), words)


def test_geojson_must_be_utf8(tmp_path: Path) -> None:
    refused(put(tmp_path / "r.geojson", '{"名": 1}'.encode("gb18030")), "not UTF-8")


def test_points_that_are_none_become_nan_and_the_rest_is_read(tmp_path: Path) -> None:
    text = collection(
        feature(point(116.8, 33.9), id=1, tags=["a", "b"], deep=None),
        feature(point("x", 33.9), id=2),
        feature(point(None, {"x": 1}), id=3),
        feature({"type": "Point"}, id=4),
        feature({"type": "Point", "coordinates": [1]}, id=5),
        feature(point(10**400, 1), id=6),
        feature({"type": "Point", "coordinates": [116.8, 33.9, 21.5]}, id=7),
        {"type": "Feature", "id": "own", "properties": None, "geometry": point(1, 2)},
    )
    table = read_rows(put(tmp_path / "r.geojson", text))
    assert table.lonlat is not None
    finite = np.isfinite(table.lonlat).all(axis=1)
    assert finite.tolist() == [True, False, False, False, False, False, True, True]
    assert table.rows[0] == ("1", "a、b", "")
    assert table.rows[7] == ("", "", "")
    assert table.feature_ids == ("",) * 7 + ("own",)
    assert table.numbers == tuple(range(1, 9))


def test_features_of_mixed_kinds_and_nested_properties_are_all_listed(tmp_path: Path) -> None:
    text = collection(
        feature(point(1, 2)),
        feature(None),
        feature({"type": "LineString", "coordinates": [[1, 2], [3, 4]]}),
        feature({"type": "GeometryCollection", "geometries": []}),
        feature(point(1, 2), deep={"a": [1]}, list=[[1]]),
        7,
    )
    with pytest.raises(RowsError) as caught:
        read_rows(put(tmp_path / "r.geojson", text))
    assert sorted(fault.row or 0 for fault in caught.value.faults) == [2, 3, 4, 5, 5, 6]


@pytest.mark.parametrize(
    "rings",
    [
        None,
        [],
        [[]],
        [[[1, 2], [3, 4], [1, 2]]],
        [[[1, 2], [3, 4], [5, 6], [7, 8]]],
        [[[1, 2], [3, "x"], [5, 6], [1, 2]]],
        [[[1, 2], [3, None], [5, 6], [1, 2]]],
        "ring",
        [[1, 2, 3, 4]],
    ],
)
def test_polygons_that_are_none_are_none(tmp_path: Path, rings: object) -> None:
    good = [[[0, 0], [1, 0], [1, 1], [0, 0]]]
    text = collection(
        feature({"type": "Polygon", "coordinates": good}),
        feature({"type": "Polygon", "coordinates": rings}),
        feature({"type": "MultiPolygon", "coordinates": [good, rings]}),
        feature({"type": "MultiPolygon", "coordinates": [good]}),
    )
    table = read_rows(put(tmp_path / "r.geojson", text))
    assert table.areas is not None
    assert [area is not None for area in table.areas] == [True, False, False, True]


@settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=50))
def test_text_made_harmless_is_never_a_formula_and_comes_back(text: str) -> None:
    clean = clean_text(text)
    guarded = harmless(clean)
    assert guarded[:1] not in set("=+-@\t\r＝＋－＠")
    assert cell_text(guarded) == clean


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_one_line(tmp_path: Path) -> None:
    path = put(tmp_path / "r.csv", "id,name\n1,a\n")
    path.chmod(0)
    refused(path, "cannot be read")
