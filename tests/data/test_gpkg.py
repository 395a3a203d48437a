"""Claims about reading GeoPackages: what is read, and that nothing in a hostile one is run."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.files.station_files import write_stations
from data.files.tables import read_rows
from data.stations import Stations
from geo.errors import FileFormatError, RowsError, YizhanError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def package(tmp_path: Path) -> Path:
    record = {"id": "a", "name": "=甲", "kind": "station", "lon": 116.812345, "lat": 33.961234}
    other = {**record, "id": "b", "lon": 116.7, "seats": 6.0}
    write_stations(Stations.from_records([record, other]), tmp_path / "r.gpkg")
    return tmp_path / "r.gpkg"


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():  # they ask for functions that only GDAL has
            database.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            database.execute(statement)


def refused(path: Path, words: str) -> None:
    with pytest.raises(FileFormatError, match=words) as caught:
        read_rows(path)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_points_and_cells_are_read_as_they_were_written(package: Path) -> None:
    table = read_rows(package)
    assert table.lonlat is not None
    assert table.lonlat.tolist() == [[116.812345, 33.961234], [116.7, 33.961234]]
    assert table.column(table.headings.index("name")) == ["=甲", "=甲"]
    assert table.column(table.headings.index("seats")) == ["", "6"]
    assert table.numbers == (1, 2)


def test_a_file_of_another_writer_is_read(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"编号": ["a"], "名称": ["甲"]}, geometry=[shapely.Point(116.8, 33.9)], crs=4490
    )
    frame.to_file(tmp_path / "q.gpkg", driver="GPKG", layer="点")
    assert read_rows(tmp_path / "q.gpkg").rows[0][-2:] == ("a", "甲")


def test_polygons_are_read_as_areas(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"name": ["甲"]}, geometry=[shapely.box(1, 2, 3, 4)], crs=4326)
    frame.to_file(tmp_path / "q.gpkg", driver="GPKG")
    table = read_rows(tmp_path / "q.gpkg")
    assert table.areas is not None
    assert table.areas[0].equals(shapely.box(1, 2, 3, 4))


def test_of_several_layers_stations_is_read_and_otherwise_none(
    package: Path, tmp_path: Path
) -> None:
    frame = gpd.GeoDataFrame({"x": [1]}, geometry=[shapely.Point(1, 2)], crs=4326)
    frame.to_file(package, driver="GPKG", layer="another")
    assert len(read_rows(package)) == 2
    for layer in ("one", "two"):
        frame.to_file(tmp_path / "two.gpkg", driver="GPKG", layer=layer)
    refused(tmp_path / "two.gpkg", r"several layers \(one, two\)")


def test_metres_stay_metres_and_say_in_which_crs_they_are(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"x": [1]}, geometry=[shapely.Point(5e5, 3e6)], crs=32650)
    frame.to_file(tmp_path / "m.gpkg", driver="GPKG")
    table = read_rows(tmp_path / "m.gpkg")
    assert table.crs == "EPSG:32650"
    assert table.lonlat is not None
    assert table.lonlat.tolist() == [[5e5, 3e6]]


def test_what_is_no_geopackage_is_one_line(tmp_path: Path, package: Path) -> None:
    plain = tmp_path / "plain.gpkg"
    with closing(sqlite3.connect(plain)) as database, database:
        database.execute("CREATE TABLE stations (id)")
    refused(plain, "an SQLite file and no GeoPackage")
    text = tmp_path / "text.gpkg"
    text.write_text("id,name\n1,a\n")
    refused(text, "no SQLite file")
    cut = tmp_path / "cut.gpkg"
    cut.write_bytes(package.read_bytes()[:20_000])
    refused(cut, "broken GeoPackage")


def test_a_package_that_another_program_is_writing_is_refused(package: Path) -> None:
    package.with_name("r.gpkg-wal").write_bytes(b"x" * 40)
    refused(package, "open in another program")


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (
            (
                "ALTER TABLE stations RENAME TO hidden",
                "CREATE VIEW stations AS SELECT * FROM hidden",
                "UPDATE gpkg_contents SET table_name = 'stations'",
                "UPDATE gpkg_geometry_columns SET table_name = 'stations'",
            ),
            "no layer of features that is a plain table",
        ),
        (("DROP TABLE gpkg_contents",), "broken GeoPackage"),
        (("DELETE FROM gpkg_geometry_columns",), "no layer of features"),
        (("UPDATE gpkg_geometry_columns SET column_name = 'none'",), "no column of geometries"),
        (("DELETE FROM stations",), "has no features"),
    ],
)
def test_views_and_broken_tables_are_not_read(
    package: Path, statements: tuple[str, ...], words: str
) -> None:
    change(package, "PRAGMA foreign_keys = OFF", *statements)
    refused(package, words)


def test_a_contents_table_that_is_a_view_over_costly_work_is_not_run(package: Path) -> None:
    change(
        package,
        "ALTER TABLE gpkg_contents RENAME TO contents",
        "CREATE VIEW gpkg_contents AS WITH RECURSIVE n(i) AS "
        "(SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS table_name, load_extension('x') "
        "AS data_type FROM n",
    )
    refused(package, "broken GeoPackage")


@pytest.mark.parametrize(
    "blob",
    [b"", b"GP", b"XX\x00\x01" + b"\0" * 40, b"GP\x00\x0f" + b"\0" * 40, b"GP\x00\x01\0\0\0\0\x01"],
)
def test_a_geometry_that_is_none_is_listed_with_its_row(package: Path, blob: bytes) -> None:
    change(package, f"UPDATE stations SET geom = x'{blob.hex()}' WHERE id = 'b'")  # noqa: S608 - our own bytes
    with pytest.raises(RowsError, match="row 2, column geometry: is missing: needs Point"):
        read_rows(package)


def test_a_point_without_numbers_is_listed_too(package: Path) -> None:
    nan = struct.pack("<2sBBiBIdd", b"GP", 0, 1, 4326, 1, 1, float("nan"), float("inf"))
    change(package, f"UPDATE stations SET geom = x'{nan.hex()}' WHERE id = 'b'")  # noqa: S608 - our own bytes
    with pytest.raises(RowsError, match="row 2, column geometry"):
        read_rows(package)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    places=st.lists(st.tuples(st.integers(0, 90_000), st.integers(0, 255)), min_size=1, max_size=40)
)
def test_a_package_with_any_bytes_changed_is_a_table_or_one_line(
    tmp_path: Path, package: Path, places: list[tuple[int, int]]
) -> None:
    data = bytearray(package.read_bytes())
    for at, value in places:
        data[at % len(data)] = value
    path = tmp_path / "x.gpkg"
    path.write_bytes(data)
    try:
        table = read_rows(path)
    except YizhanError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both ends are allowed
    else:
        assert all(len(row) == len(table.headings) for row in table.rows)
