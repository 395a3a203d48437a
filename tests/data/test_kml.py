"""KML and KMZ as Ovital maps and Google Earth write them."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from data.files.kml import read_kml
from data.files.site_files import read_sites
from data.files.tables import read_rows
from geo.errors import FileFormatError, RowsError
from geo.measure import Box

if TYPE_CHECKING:
    from pathlib import Path

BOX = Box(116.388, 33.283, 117.045, 34.250)
POINT = "<Point><coordinates>116.8,33.96,0</coordinates></Point>"
RING = "116.8,33.9 116.81,33.9 116.81,33.91 116.8,33.9"
AREA = (
    f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing>"
    "</outerBoundaryIs></Polygon>"
)


def kml(*marks: str, space: str = "http://www.opengis.net/kml/2.2") -> str:
    inside = "".join(f"<Folder><Placemark>{mark}</Placemark></Folder>" for mark in marks)
    head = f'<?xml version="1.0" encoding="UTF-8"?><kml xmlns="{space}">'
    return f"{head}<Document>{inside}</Document></kml>"


def put(path: Path, text: str, name: str = "p.kml") -> Path:
    (path / name).write_text(text, encoding="utf-8")
    return path / name


@pytest.mark.parametrize(
    "space", ["http://www.opengis.net/kml/2.2", "http://earth.google.com/kml/2.1", ""]
)
def test_points_with_extended_data_are_sites(tmp_path: Path, space: str) -> None:
    data = (
        "<ExtendedData><Data name='编号'><value>s1</value></Data>"
        "<SchemaData><SimpleData name='造价'>5000</SimpleData></SchemaData></ExtendedData>"
    )
    file = put(
        tmp_path,
        kml(f"<name>工商银行</name><description>x</description>{data}{POINT}", space=space),
    )
    sites = read_sites(file, datum="wgs84", box=BOX)
    record = sites.frame.iloc[0]
    assert (record["id"], record["name"], record["cost_yuan"]) == ("s1", "工商银行", 5000)
    assert sites.lonlat.tolist() == [[116.8, 33.96]]


def test_a_kmz_is_read_as_its_first_kml(tmp_path: Path) -> None:
    file = tmp_path / "p.kmz"
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("files/a.png", b"x")
        package.writestr("doc.kml", kml(f"<name>甲</name>{POINT}"))
    assert read_rows(file).column(0) == ["甲"]


def test_two_data_of_one_length_stay_apart_and_a_name_in_the_data_wins(tmp_path: Path) -> None:
    data = "".join(
        f"<Data name='{name}'><value>{name}值</value></Data>" for name in ("名称", "地址")
    )
    mark = f"<name>x</name><ExtendedData>{data}</ExtendedData>{POINT}"
    table = read_rows(put(tmp_path, kml(mark)))
    assert table.headings == ("名称", "地址")
    assert table.rows == (("名称值", "地址值"),)


def test_areas_and_groups_of_areas_are_areas(tmp_path: Path) -> None:
    group = f"<MultiGeometry>{AREA}{AREA}</MultiGeometry>"
    table = read_rows(put(tmp_path, kml(f"<name>a</name>{AREA}", f"<name>b</name>{group}")))
    assert table.areas is not None
    kinds = [area.geom_type for area in table.areas if area is not None]
    assert kinds == ["Polygon", "MultiPolygon"]


@pytest.mark.parametrize(
    ("mark", "kind"),
    [
        ("<LineString><coordinates>116.8,33.9 116.9,33.9</coordinates></LineString>", "LineString"),
        ("", "missing"),
        ("<Point><coordinates>116.8</coordinates></Point>", "missing"),
        (f"<MultiGeometry>{POINT}{POINT}</MultiGeometry>", "GeometryCollection"),
        (f"<MultiGeometry>{POINT}{AREA}</MultiGeometry>", "GeometryCollection"),
    ],
)
def test_what_is_no_point_is_told_with_its_number(tmp_path: Path, mark: str, kind: str) -> None:
    file = put(tmp_path, kml(POINT, POINT, f"<name>c</name>{mark}"))
    with pytest.raises(RowsError, match=f"row 3, column geometry: is {kind}: needs Point"):
        read_rows(file)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<kml>", "is no KML"),
        ("<!DOCTYPE kml><kml/>", "declares XML entities"),
        ("<kml/>", "has no placemarks"),
        ("", "is empty"),
    ],
)
def test_what_is_no_kml_is_refused_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(FileFormatError, match=words):
        read_rows(put(tmp_path, text))


def test_what_is_looked_at_is_what_is_parsed(tmp_path: Path) -> None:
    wide = tmp_path / "wide.kml"
    wide.write_bytes(kml(POINT).encode("utf-16"))
    with pytest.raises(FileFormatError, match="is no KML"):
        read_rows(wide)


def test_a_kmz_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "p.kmz"
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("doc.kml", kml(POINT))
    with pytest.raises(FileFormatError, match="unpacks to too much"):
        read_kml(file, file.read_bytes(), most_bytes=50)
