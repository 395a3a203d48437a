"""Population and own points out of tables; files that are hostile, empty or wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data.layers import CellsTable, LayerArea, LayerReader, OwnPoints
from geo.datum import Datum, from_wgs84
from geo.errors import FileFormatError, InputError, RowsError
from geo.measure import Box

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BOX = Box(116.70, 33.90, 116.80, 33.96)
AREA = LayerArea(BOX, "EPSG:32650")
SQUARE = shapely.box(116.72, 33.91, 116.73, 33.92)
SMALL = shapely.box(116.75, 33.93, 116.7504, 33.9304)


def collection(rows: list[tuple[shapely.Geometry, dict[str, Any]]]) -> str:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": json.loads(shapely.to_geojson(g)), "properties": p}
                for g, p in rows
            ],
        }
    )


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "人口.csv"


@pytest.mark.parametrize("heading", ["population", "人口", "常住人口", "pop"])
def test_people_at_points_are_taken_as_they_are(table: Path, heading: str) -> None:
    table.write_text(f"lon,lat,{heading}\n116.71,33.91,120\n116.72,33.92,0\n116.73,33.93,7.5\n")
    (layer,) = CellsTable(table, date="2020-11-01").read(AREA)
    assert layer.value.tolist() == [120.0, 0.0, 7.5]
    assert layer.lonlat[0].tolist() == [116.71, 33.91]
    assert (layer.id, layer.unit, layer.source) == ("population", "people", "人口.csv")
    assert layer.date == "2020-11-01"


def test_people_in_another_datum_are_moved(table: Path) -> None:
    given = from_wgs84(np.array([[116.75, 33.93]]), datum=Datum.gcj02)[0]
    table.write_text(f"lon,lat,population\n{given[0]:.7f},{given[1]:.7f},5\n")
    (layer,) = CellsTable(table, datum=Datum.gcj02).read(AREA)
    assert layer.lonlat[0] == pytest.approx([116.75, 33.93], abs=2e-6)


def write_cells(path: Path) -> Path:
    rows = [(SQUARE, {"population": 1_000}), (SMALL, {"population": 20})]
    if path.suffix == ".gpkg":
        frame = gpd.GeoDataFrame(
            {"population": [1_000, 20]}, geometry=[SQUARE, SMALL], crs="EPSG:4326"
        )
        frame.to_file(path, driver="GPKG")
    else:
        path.write_text(collection(rows))
    return path


@pytest.mark.parametrize("ending", [".geojson", ".gpkg"])
def test_people_of_a_cell_are_spread_over_it_and_none_is_lost(tmp_path: Path, ending: str) -> None:
    (layer,) = CellsTable(write_cells(tmp_path / f"cells{ending}")).read(AREA)
    points = shapely.points(layer.lonlat)
    in_square = shapely.dwithin(SQUARE, points, 1e-7)
    assert layer.value[in_square].sum() == pytest.approx(1_000.0)
    assert layer.value[~in_square].sum() == pytest.approx(20.0)
    assert in_square.sum() > 80  # points at most 100 m apart on a square kilometre
    assert (~in_square).sum() == 1
    middle = np.average(layer.lonlat[in_square], axis=0, weights=layer.value[in_square])
    assert middle == pytest.approx([116.725, 33.915], abs=1e-5)


def test_own_points_weigh_what_they_say_or_one(table: Path) -> None:
    table.write_text("lon,lat,权重\n116.71,33.91,3\n116.72,33.92,0.5\n")
    (layer,) = OwnPoints(table, name="商圈", unit="orders a day").read(AREA)
    assert (layer.id, layer.unit) == ("own:商圈", "orders a day")
    assert layer.value.tolist() == [3.0, 0.5]
    table.write_text("lon,lat,name\n116.71,33.91,甲\n116.72,33.92,乙\n")
    (layer,) = OwnPoints(table, name="gates").read(AREA)
    assert layer.value.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("name", ["", "a b", "x" * 41, "a:b", "-a", "../x"])
def test_a_name_that_settings_could_not_carry_is_refused(table: Path, name: str) -> None:
    with pytest.raises(InputError, match="1 to 40 letters, digits, _ or -"):
        OwnPoints(table, name=name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lon,lat,population\n116.71,33.91,-4\n", r"row 2, column population: -4: write 0 or more"),
        ("lon,lat,population\n116.71,33.91,\n", "row 2, column population: is empty: write 0"),
        ("lon,lat,population\n116.71,33.91,many\n", "row 2, column population: .* is no number"),
        ("lon,lat,population\n116.71,33.91,2e9\n", "check its unit"),
        ("lon,lat,population\n116.71,33.91,0\n", "column population: is 0 in every row"),
        ("lon,lat,population\n117.71,33.91,4\n", "row 2, column lon: lies .* outside"),
        ("lon,lat,population\n33.91,116.71,4\n", "longitude and latitude are swapped"),
        ("lon,lat,name\n116.71,33.91,x\n", "has no column population"),
        ("population,x\n4,116.71\n", "has no column lat"),
    ],
)
def test_rows_that_cannot_be_are_refused_with_their_cure(
    table: Path, text: str, message: str
) -> None:
    table.write_text(text)
    with pytest.raises(RowsError, match=message) as caught:
        CellsTable(table).read(AREA)
    assert "\n" not in str(caught.value)


def test_a_cell_that_leaves_the_box_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cells.geojson"
    path.write_text(collection([(shapely.box(116.79, 33.91, 116.83, 33.92), {"population": 3})]))
    with pytest.raises(RowsError, match="outside the workspace's box"):
        CellsTable(path).read(AREA)


@pytest.mark.parametrize("reader", [CellsTable, lambda path: OwnPoints(path, name="a")])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("heading.csv", b"lon,lat,population\n"),
        ("missing.csv", None),
        ("none.geojson", b'{"type": "FeatureCollection", "features": []}'),
        ("empty.gpkg", b""),
        ("cells.parquet", b"PAR1"),
    ],
)
def test_files_of_nothing_are_refused_in_one_line(
    tmp_path: Path, reader: Callable[[Path], LayerReader], name: str, content: bytes | None
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileFormatError) as caught:
        reader(path).read(AREA)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".csv", ".tif"])
def test_an_ogr_virtual_file_by_another_name_reads_nothing(tmp_path: Path, ending: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("lon,lat,population\n116.71,33.91,4321\n")
    path = tmp_path / f"cells{ending}"
    path.write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{secret}</SrcDataSource>'
        '<GeometryType>wkbPoint</GeometryType><GeometryField encoding="PointFromColumns" '
        'x="lon" y="lat"/></OGRVRTLayer></OGRVRTDataSource>'
    )
    with pytest.raises(InputError) as caught:
        CellsTable(path).read(AREA)
    assert "4321" not in str(caught.value)


def test_readers_are_what_the_protocol_says(table: Path) -> None:
    readers: list[LayerReader] = [CellsTable(table), OwnPoints(table, name="a")]
    assert all(callable(reader.read) for reader in readers)
