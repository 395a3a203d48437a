"""Zipped shapefiles, written by GDAL and by hand, read as the same points or areas."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data.files.site_files import read_sites
from data.files.tables import read_rows
from geo.errors import FileFormatError, RowsError
from geo.measure import Box, great_circle_m

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

BOX = Box(116.388, 33.283, 117.045, 34.250)
POINTS = [shapely.Point(116.8, 33.96), shapely.Point(116.81, 33.95)]


def packed(
    path: Path,
    shapes: list[BaseGeometry],
    *,
    crs: str = "EPSG:4326",
    encoding: str = "UTF-8",
    without: tuple[str, ...] = (),
) -> Path:
    folder = path / "shp"
    folder.mkdir()
    columns = {"编号": [f"s{at}" for at in range(len(shapes))], "名称": ["工商银行"] * len(shapes)}
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")
    frame.to_crs(crs).to_file(folder / "p.shp", encoding=encoding)
    file = path / "p.zip"
    with zipfile.ZipFile(file, "w") as package:
        for part in sorted(folder.iterdir()):
            if part.suffix not in without:
                package.write(part, f"数据/{part.name}")
    return file


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
@pytest.mark.parametrize("without", [(), (".cpg",), (".cpg", ".shx")])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4490", "EPSG:4549"])
def test_points_are_read_in_either_encoding_with_and_without_its_name(
    tmp_path: Path, encoding: str, without: tuple[str, ...], crs: str
) -> None:
    file = packed(tmp_path, list(POINTS), crs=crs, encoding=encoding, without=without)
    sites = read_sites(file, datum="wgs84", box=BOX)
    assert list(sites.frame["name"]) == ["工商银行", "工商银行"]
    off = great_circle_m(sites.lonlat, np.array([(point.x, point.y) for point in POINTS]))
    assert off.max() < 0.01


def test_areas_are_read(tmp_path: Path) -> None:
    area = shapely.box(116.8, 33.9, 116.82, 33.92)
    table = read_rows(packed(tmp_path, [area, area]))
    assert table.areas is not None
    assert table.areas[0] is not None
    assert table.areas[0].equals(area)


def test_lines_are_told_with_their_number(tmp_path: Path) -> None:
    line = shapely.LineString([(116.8, 33.9), (116.9, 33.9)])
    with pytest.raises(RowsError, match="row 1, column geometry: is LineString"):
        read_rows(packed(tmp_path, [line]))


def test_a_shapefile_without_its_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"holds a \.shp and no \.dbf"):
        read_rows(packed(tmp_path, list(POINTS), without=(".dbf",)))


@pytest.mark.parametrize(("names", "words"), [((), "holds 0"), (("a", "b"), "holds 2")])
def test_a_zip_holds_one_shapefile(tmp_path: Path, names: tuple[str, ...], words: str) -> None:
    file = tmp_path / "p.zip"
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("readme.txt", "x")
        for name in names:
            package.writestr(f"{name}.shp", "x")
    with pytest.raises(FileFormatError, match=f"{words} shapefiles"):
        read_rows(file)


def test_broken_bytes_are_one_line(tmp_path: Path) -> None:
    file = tmp_path / "p.zip"
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("a.shp", "x" * 50)
        package.writestr("a.dbf", "y" * 50)
    with pytest.raises(FileFormatError, match="is a broken shapefile"):
        read_rows(file)
    plain = tmp_path / "q.zip"
    plain.write_bytes(b"PK no zip")
    with pytest.raises(FileFormatError, match="is a broken zip"):
        read_rows(plain)
