"""A register in the forms in which lists come, each made of the same rows by other libraries.

``FORMS`` names each form by the row of docs/files.md that says what becomes of it. A maker gets the
folder and the rows (heading -> text) and writes a file; nothing of Yizhan writes here.
"""

from __future__ import annotations

import csv
import itertools
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import eviltransform
import geopandas as gpd
import openpyxl
import pyproj
import shapely
import xlwt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

Row = dict[str, str]
HEADINGS = (
    "编号",
    "名称",
    "类型",
    "经度",
    "纬度",
    "地址",
    "开放时间",
    "设施",
    "座位数",
    "核查日期",
    "电话",
)


@dataclass(frozen=True)
class Form:
    """One form: its row in docs/files.md, how it is made, how it is read, and what it lacks."""

    row: str
    make: Callable[[Path, list[Row]], Path]
    options: dict[str, str] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()
    refused: str = ""


def cells(row: Row, headings: Iterable[str] = HEADINGS) -> list[Any]:
    """Return a row as a spreadsheet holds it: coordinates and seats are numbers."""
    numbers = {"经度": float, "纬度": float, "座位数": int}
    return [numbers.get(name, str)(row[name]) if row[name] else None for name in headings]


def book(path: Path, sheets: dict[str, Sequence[Sequence[Any]]], name: str = "r.xlsx") -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(path / name)
    return path / name


def text(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    with (path / "r.csv").open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([headings, *rows])
    return path / "r.csv"


def table(rows: list[Row]) -> list[list[Any]]:
    return [list(HEADINGS), *map(cells, rows)]


def a_sheet_a_district(path: Path, rows: list[Row]) -> Path:
    by_district: dict[str, list[Row]] = {}
    for row in rows:
        by_district.setdefault(row["地址"][:3], []).append(row)
    return book(path, {name: table(own) for name, own in by_district.items()})


def other_headings_a_sheet(path: Path, rows: list[Row]) -> Path:
    half = len(rows) // 2
    short = HEADINGS[:-1]
    second = [list(short), *(cells(row, short) for row in rows[half:])]
    return book(path, {"相山区": table(rows[:half]), "杜集区": second})


def notes_before(path: Path, rows: list[Row]) -> Path:
    above = [["户外劳动者服务驿站登记表"], ["填报单位：", "市总工会", "填报日期：", "2026年1月5日"]]
    return book(path, {"填写说明": [["编号", "每站一个"]], "登记表": [*above, *table(rows)]})


def two_row_heading(path: Path, rows: list[Row]) -> Path:
    above = ["编号", "名称", "类型", "位置", None, *HEADINGS[5:]]
    below = [None, None, None, "经度", "纬度", *[None] * (len(HEADINGS) - 5)]
    return book(path, {"表": [above, below, *map(cells, rows)]})


def merged_cells(path: Path, rows: list[Row]) -> Path:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    ordered = sorted(rows, key=lambda row: row["类型"])
    for row in table(ordered):
        sheet.append(row)
    at = 2
    for _, group in itertools.groupby(ordered, key=lambda row: row["类型"]):
        count = len(list(group))
        sheet.merge_cells(start_row=at, end_row=at + count - 1, start_column=3, end_column=3)
        at += count
    made.save(path / "r.xlsx")
    return path / "r.xlsx"


def chinese_days(path: Path, rows: list[Row]) -> Path:
    """Days as bare numbers of the style 31, as Chinese Excel keeps them."""
    at = HEADINGS.index("核查日期")
    written = table(rows)
    for row in written[1:]:
        row[at] = date.fromisoformat(row[at]) if row[at] else None
    plain = book(path, {"表": written}, "plain.xlsx")
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path / "r.xlsx", "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "xl/styles.xml":
                content = re.sub(rb'(<xf numFmtId=")(?:14|16\d)(")', rb"\g<1>31\g<2>", content)
            new.writestr(part, content)
    return path / "r.xlsx"


def one_column(path: Path, rows: list[Row]) -> Path:
    headings = [name for name in HEADINGS if name not in {"经度", "纬度"}]
    pairs = ([*cells(row, headings), f"{row['纬度']}，{row['经度']}"] for row in rows)
    return text(path, [*headings, "经纬度"], pairs)


def degrees_and_minutes(path: Path, rows: list[Row]) -> Path:
    def sexagesimal(words: str, side: str) -> str:
        seconds = float(words) * 3600
        return f"{side}{int(seconds // 3600)}度{int(seconds % 3600 // 60)}分{seconds % 60:.3f}秒"

    written = [
        {**row, "经度": sexagesimal(row["经度"], "东经"), "纬度": sexagesimal(row["纬度"], "北纬")}
        for row in rows
    ]
    return text(path, HEADINGS, ([row[name] for name in HEADINGS] for row in written))


def shifted(path: Path, rows: list[Row]) -> Path:
    """Coordinates as Amap shows them, by a library of its own."""
    headings = [{"经度": "高德经度", "纬度": "高德纬度"}.get(name, name) for name in HEADINGS]
    moved = []
    for row in rows:
        lat, lon = eviltransform.wgs2gcj(float(row["纬度"]), float(row["经度"]))
        moved.append({**row, "经度": f"{lon:.7f}", "纬度": f"{lat:.7f}"})
    return text(path, headings, ([row[name] for name in HEADINGS] for row in moved))


def metres(path: Path, rows: list[Row]) -> Path:
    headings = [{"经度": "X坐标", "纬度": "Y坐标"}.get(name, name) for name in HEADINGS]
    change = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:4549", always_xy=True)
    placed = []
    for row in rows:
        east, north = change.transform(float(row["经度"]), float(row["纬度"]))
        placed.append({**row, "经度": f"{north:.3f}", "纬度": f"{east:.3f}"})  # x is north
    return text(path, headings, ([row[name] for name in HEADINGS] for row in placed))


def frame(rows: list[Row], *, parts: int = 0) -> gpd.GeoDataFrame:
    kept = [name for name in HEADINGS if name not in {"经度", "纬度"}]
    points = [shapely.Point(float(row["经度"]), float(row["纬度"])) for row in rows]
    shapes = [shapely.MultiPoint([point] * parts) for point in points] if parts else points
    columns = {name: [row[name] for row in rows] for name in kept}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def package_in_metres(path: Path, rows: list[Row]) -> Path:
    frame(rows).to_crs("EPSG:4549").to_file(path / "r.gpkg", layer="stations")
    return path / "r.gpkg"


def multipoints(path: Path, rows: list[Row]) -> Path:
    frame(rows, parts=1).to_file(path / "r.gpkg", layer="stations")
    return path / "r.gpkg"


def points_of_two(path: Path, rows: list[Row]) -> Path:
    frame(rows, parts=2).to_file(path / "r.gpkg", layer="stations")
    return path / "r.gpkg"


def without(*names: str) -> Callable[[Path, list[Row]], Path]:
    """Make a table that lacks some columns and has running numbers."""

    def make(path: Path, rows: list[Row]) -> Path:
        kept = [name for name in HEADINGS if name not in names]
        numbered = ([at, *cells(row, kept)] for at, row in enumerate(rows, start=1))
        return text(path, ["序号", *kept], numbered)

    return make


def cut_phones(path: Path, rows: list[Row]) -> Path:
    return text(path, HEADINGS, (cells({**row, "电话": "1.38E+10"}) for row in rows))


def kml(path: Path, rows: list[Row]) -> Path:
    marks = []
    for row in rows:
        data = "".join(
            f"<Data name='{name}'><value>{row[name]}</value></Data>"
            for name in HEADINGS
            if name not in {"名称", "经度", "纬度"}
        )
        point = f"<Point><coordinates>{row['经度']},{row['纬度']},0</coordinates></Point>"
        marks.append(
            f"<Placemark><name>{row['名称']}</name><ExtendedData>{data}</ExtendedData>{point}</Placemark>"
        )
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
    document = f"{head}<Document><Folder>{''.join(marks)}</Folder></Document></kml>"
    with zipfile.ZipFile(path / "r.kmz", "w") as packed:
        packed.writestr("doc.kml", document)
    return path / "r.kmz"


def shapefile(path: Path, rows: list[Row]) -> Path:
    """As a GIS saves it: .dbf in GBK without .cpg, in CGCS2000 by zones of 3 degrees."""
    folder = path / "shp"
    folder.mkdir()
    frame(rows).to_crs("EPSG:4549").to_file(folder / "站点.shp", encoding="GBK")
    with zipfile.ZipFile(path / "r.zip", "w") as packed:
        for part in sorted(folder.iterdir()):
            if part.suffix != ".cpg":
                packed.write(part, part.name)
    return path / "r.zip"


def old_workbook(ending: str) -> Callable[[Path, list[Row]], Path]:
    def make(path: Path, rows: list[Row]) -> Path:
        made = xlwt.Workbook(encoding="utf-8")
        sheet = made.add_sheet("登记表")
        for at, row in enumerate(table(rows)):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell)
        made.save(str(path / f"r.{ending}"))
        return path / f"r.{ending}"

    return make


def some_columns(path: Path, rows: list[Row]) -> Path:
    return text(path, ["编号", "核查日期"], ([row["编号"], "2026-01-05"] for row in rows))


WGS84 = {"datum": "wgs84"}
FORMS = {
    "a sheet a district": Form("a sheet a district", a_sheet_a_district, WGS84),
    "sheets with other headings": Form(
        "a sheet a district", other_headings_a_sheet, WGS84, refused="相山区.*杜集区.*--sheet"
    ),
    "notes before": Form("notes on a sheet before the list", notes_before, WGS84),
    "a heading in two rows": Form("a heading in two rows", two_row_heading, WGS84),
    "merged cells": Form("cells merged over several rows", merged_cells, WGS84),
    "days of Chinese Excel": Form("days in the formats", chinese_days, WGS84),
    "one column": Form("经纬度 or 坐标 in one column", one_column, WGS84),
    "degrees and minutes": Form("degrees, minutes and seconds", degrees_and_minutes, WGS84),
    "Amap's coordinates": Form("高德经度", shifted),
    "Amap's under another datum": Form("高德经度", shifted, WGS84, refused="several datums"),
    "metres": Form("X坐标 and Y坐标 in metres", metres, {"crs": "EPSG:4549"}),
    "metres of nowhere": Form(
        "X坐标 and Y坐标 in metres", metres, WGS84, refused="say it, as in --crs EPSG:4547"
    ),
    "Beijing 1954": Form(
        "Beijing 1954", metres, {"crs": "EPSG:2437"}, refused="shift to WGS-84 is not known"
    ),
    "a package in metres": Form("a GeoPackage in metres", package_in_metres),
    "a package in metres said to be shifted": Form(
        "a GeoPackage in metres",
        package_in_metres,
        {"datum": "gcj02"},
        refused="so its datum is not gcj02",
    ),
    "MultiPoints": Form("points that QGIS saved as MultiPoint", multipoints, WGS84),
    "MultiPoints of two": Form(
        "points that QGIS saved as MultiPoint", points_of_two, WGS84, refused="Multipart to single"
    ),
    "no ids": Form("no 编号", without("编号"), WGS84, lacks=("id",)),
    "no kinds": Form("no 类型", without("类型"), WGS84 | {"kind": "station"}, lacks=("kind",)),
    "no kinds and none said": Form("no 类型", without("类型"), WGS84, refused="--kind"),
    "phones cut": Form("phones as 1.38E+10", cut_phones, WGS84, refused="lost its last digits"),
    "KMZ": Form("KML and KMZ", kml, WGS84),
    "shapefile": Form("a shapefile in a zip", shapefile),
    "xls": Form(".xls and .et", old_workbook("xls"), WGS84),
    "et": Form(".xls and .et", old_workbook("et"), WGS84),
    "some columns": Form("编号 with some columns only", some_columns),
}
