"""Coordinates as clerks write them: one column, degrees and minutes, metres, a datum named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from data.files.place_columns import datum_of_table
from data.files.site_files import SITE_FIELDS, read_sites
from data.files.station_files import STATION_FIELDS, station_table
from geo.datum import Datum, from_wgs84
from geo.errors import DatumError, FileFormatError, InputError, RowsError
from geo.measure import Box, great_circle_m

if TYPE_CHECKING:
    from pathlib import Path

    from data.sites import CandidateSites

BOX = Box(116.388, 33.283, 117.045, 34.250)
POINTS = np.array([[116.8012, 33.9603], [116.75, 33.95]])


def table(path: Path, heading: str, *cells: str) -> Path:
    rows = [f"id,name,{heading}", *(f"s{at},n{at},{cell}" for at, cell in enumerate(cells))]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def read(path: Path, datum: str | None = "wgs84", crs: str | None = None) -> CandidateSites:
    return read_sites(path, datum=datum, box=BOX, crs=crs)


def metres_off(sites: CandidateSites) -> float:
    return float(great_circle_m(sites.lonlat, POINTS[: len(sites)]).max())


@pytest.mark.parametrize(
    "cell",
    [
        '"116.8012,33.9603"',
        '"33.9603,116.8012"',
        '"116.8012，33.9603"',
        "116.8012 33.9603",
        "33.9603；116.8012",
        "116.8012/33.9603",
        "33.9603°N 116.8012°E",
    ],
)
@pytest.mark.parametrize("heading", ["经纬度", "坐标", "经纬度坐标"])
def test_both_numbers_of_one_column_are_read_in_the_order_that_fits_the_city(
    tmp_path: Path, heading: str, cell: str
) -> None:
    assert metres_off(read(table(tmp_path / "t.csv", heading, cell))) < 0.01


@pytest.mark.parametrize("cell", ["116.8012", '"116.8,33.9,5"', "市中心", '"东经116.8,东经33.9"'])
def test_what_is_no_pair_is_refused_with_its_row(tmp_path: Path, cell: str) -> None:
    with pytest.raises(RowsError, match=r"row 2, column 经纬度: .* is no pair"):
        read(table(tmp_path / "t.csv", "经纬度", cell))


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("116°48′4.32″", "33°57′37.08″"),
        ('116°48\'4.32""E', '33°57\'37.08""N'),
        ("东经116度48分4.32秒", "北纬33度57分37.08秒"),
        ("116°47′64.32″", None),
    ],
)
def test_degrees_minutes_and_seconds_are_read(tmp_path: Path, lon: str, lat: str | None) -> None:
    if lat is None:
        with pytest.raises(RowsError, match="degrees and minutes"):
            read(table(tmp_path / "t.csv", "经度,纬度", f'"{lon}",33.9603'))
        return
    assert metres_off(read(table(tmp_path / "t.csv", "经度,纬度", f'"{lon}","{lat}"'))) < 0.01


def test_sixty_seconds_that_were_rounded_up_are_the_next_minute(tmp_path: Path) -> None:
    sites = read(table(tmp_path / "t.csv", "经度,纬度", "116°47′60.00″,33°57′0″"))
    assert sites.lonlat[0].tolist() == pytest.approx([116.8, 33.95])


def test_a_degree_of_the_other_axis_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RowsError, match="column 经度"):
        read(table(tmp_path / "t.csv", "经度,纬度", "33°57′37″N,116°48′4″E"))


@pytest.mark.parametrize(
    ("lon", "lat", "datum"),
    [
        ("高德经度", "高德纬度", Datum.gcj02),
        ("经度（高德）", "纬度（高德）", Datum.gcj02),
        ("百度经度", "百度纬度", Datum.bd09),
        ("经度(BD-09)", "纬度(BD-09)", Datum.bd09),
        ("GCJ02经度", "GCJ02纬度", Datum.gcj02),
        ("WGS84经度", "WGS84纬度", Datum.wgs84),
    ],
)
def test_a_heading_that_names_the_map_states_the_datum(
    tmp_path: Path, lon: str, lat: str, datum: Datum
) -> None:
    given = from_wgs84(POINTS, datum=datum)
    file = table(tmp_path / "t.csv", f"{lon},{lat}", *(f"{x!r},{y!r}" for x, y in given.tolist()))
    assert metres_off(read(file, None)) < 0.01
    other = "bd09" if datum is Datum.gcj02 else "gcj02"
    with pytest.raises(DatumError, match="several datums"):
        read(file, other)


def test_without_a_word_of_the_datum_a_list_is_refused(tmp_path: Path) -> None:
    file = table(tmp_path / "t.csv", "经度,纬度", "116.8,33.9")
    with pytest.raises(DatumError, match="say in which datum"):
        read(file, None)


@pytest.mark.parametrize("crs", ["EPSG:4549", "EPSG:4528", "EPSG:32650"])
@pytest.mark.parametrize("north_first", [False, True])
def test_metres_are_read_in_their_crs_whichever_is_to_the_north(
    tmp_path: Path, crs: str, *, north_first: bool
) -> None:
    change = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    east, north = change.transform(*POINTS.T)
    pairs = zip(north, east, strict=True) if north_first else zip(east, north, strict=True)
    file = table(tmp_path / "t.csv", "X坐标,Y坐标", *(f"{x:.3f},{y:.3f}" for x, y in pairs))
    assert metres_off(read(file, None, crs)) < 0.01


def test_metres_without_a_crs_are_refused_with_the_cure(tmp_path: Path) -> None:
    file = table(tmp_path / "t.csv", "X坐标,Y坐标", "3759000,482000")
    with pytest.raises(RowsError, match="say it, as in --crs EPSG:4547"):
        read(file)


def test_a_crs_and_a_shifted_datum_contradict_each_other(tmp_path: Path) -> None:
    file = table(tmp_path / "t.csv", "X坐标,Y坐标", "3759000,482000")
    with pytest.raises(InputError, match=r"t\.csv: is in EPSG:4549, so its datum is not gcj02"):
        read(file, "gcj02", "EPSG:4549")


@pytest.mark.parametrize("crs", ["EPSG:2385", "EPSG:2437", "EPSG:4610"])
def test_a_crs_without_a_known_shift_is_refused(tmp_path: Path, crs: str) -> None:
    file = table(tmp_path / "t.csv", "X坐标,Y坐标", "3759000,482000")
    with pytest.raises(InputError, match="shift to WGS-84 is not known"):
        read(file, None, crs)


def package(path: Path, crs: str, *, parts: int = 1, file: str = "p.gpkg") -> Path:
    shapes = [shapely.MultiPoint([point] * parts) for point in POINTS]
    frame = gpd.GeoDataFrame({"id": ["s1", "s2"], "name": ["a", "b"]}, geometry=shapes, crs=4326)
    frame.to_crs(crs).to_file(path / file)
    return path / file


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4490", "EPSG:4549", "EPSG:3857"])
def test_a_geopackage_of_multipoints_in_any_crs_of_china_is_read(tmp_path: Path, crs: str) -> None:
    file = package(tmp_path, crs)
    assert metres_off(read(file)) < 0.01
    if crs not in {"EPSG:4326", "EPSG:4490"}:
        assert metres_off(read(file, None)) < 0.01
        with pytest.raises(InputError, match="so its datum is not gcj02"):
            read(file, "gcj02")
        with pytest.raises(FileFormatError, match=f"it is in {crs}, and --crs says EPSG:32650"):
            read(file, None, "EPSG:32650")


@pytest.mark.parametrize("file", ["p.gpkg", "p.geojson"])
def test_a_multipoint_of_several_points_is_refused_with_the_cure(tmp_path: Path, file: str) -> None:
    made = package(tmp_path, "EPSG:4326", parts=2, file=file)
    with pytest.raises(RowsError, match=r"has 2 points: needs one .*Multipart to singleparts"):
        read(made)


def test_geojson_that_names_a_crs_is_brought_to_degrees(tmp_path: Path) -> None:
    change = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:4549", always_xy=True)
    features = [
        {
            "type": "Feature",
            "properties": {"id": f"s{at}", "name": "n"},
            "geometry": {"type": "Point", "coordinates": change.transform(*point)},
        }
        for at, point in enumerate(POINTS.tolist())
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}
    file = tmp_path / "p.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    assert metres_off(read(file, None)) < 0.01


def test_stations_and_sites_state_their_datum_alike(tmp_path: Path) -> None:
    file = table(tmp_path / "t.csv", "高德经度,高德纬度", "116.8,33.9")
    for fields in (STATION_FIELDS, SITE_FIELDS):
        assert datum_of_table(station_table(file), fields, None) is Datum.gcj02
