"""Hosts out of lists of places in the forms in which they come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from data.hosts import is_poi_file, read_poi_hosts
from geo.datum import Datum, from_wgs84
from geo.errors import FileFormatError
from geo.measure import Box

if TYPE_CHECKING:
    from pathlib import Path

    from data.hosts import Hosts

BOX = Box(116.70, 33.90, 116.90, 34.00)
RING = [[116.80, 33.95], [116.802, 33.95], [116.802, 33.952], [116.80, 33.952], [116.80, 33.95]]


def features(path: Path, *pairs: tuple[dict[str, Any] | None, dict[str, Any]]) -> Path:
    made = [
        {"type": "Feature", "geometry": geometry, "properties": properties}
        for geometry, properties in pairs
    ]
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": made}, ensure_ascii=False),
        encoding="utf-8",
    )
    return path


def at(lon: float, lat: float = 33.95) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def read(path: Path, datum: Datum = Datum.wgs84) -> Hosts:
    return read_poi_hosts(path, datum=datum, box=BOX)


def told(hosts: Hosts) -> list[tuple[str, str, str]]:
    return list(zip(hosts.ids, hosts.names, hosts.host_types, strict=True))


def test_overtures_places_are_read_by_their_old_and_new_categories(tmp_path: Path) -> None:
    path = features(
        tmp_path / "places.geojson",
        (
            at(116.80),
            {
                "id": "08f3",
                "names": {"primary": "建设银行", "common": {"en": "CCB"}},
                "categories": {"primary": "bank_credit_union", "alternate": ["atms"]},
                "confidence": 0.9,
                "sources": [{"dataset": "meta"}],
            },
        ),
        (
            at(116.81),
            {
                "id": "08f4",
                "names": {"primary": "加油站"},
                "basic_category": "gas_station",
                "taxonomy": {"primary": "gas_station", "hierarchy": ["travel", "gas_station"]},
            },
        ),
        (at(116.82), {"id": "08f5", "categories": {"primary": "restaurant"}}),
        (
            at(116.83),
            {"id": "08f6", "basic_category": "bank", "operating_status": "permanently_closed"},
        ),
    )
    hosts = read(path)
    assert told(hosts) == [
        ("poi-08f3", "建设银行", "bank"),
        ("poi-08f4", "加油站", "fuel_station"),
    ]
    assert dict(hosts.left_out) == {"hosts_closed": 1, "other_places": 1}


def test_points_and_areas_of_openstreetmap_stand_in_one_file_with_the_ids_of_an_extract(
    tmp_path: Path,
) -> None:
    area = {"type": "Polygon", "coordinates": [RING]}
    path = features(
        tmp_path / "export.geojson",
        (at(116.80), {"@id": "node/7", "amenity": "post_office", "name": "邮局"}),
        (area, {"@id": "way/9", "amenity": "townhall"}),
        (at(116.85), {"full_id": "n8", "tags": {"amenity": "bank", "brand": "农业银行"}}),
        (None, {"@id": "node/6", "amenity": "bank"}),
    )
    hosts = read(path)
    assert told(hosts) == [
        ("osm-n7", "邮局", "post_office"),
        ("osm-w9", "", "authority_counter"),
        ("osm-n8", "农业银行", "bank"),
    ]
    assert shapely.Polygon(RING).contains(shapely.Point(hosts.lonlat[1]))
    assert dict(hosts.left_out) == {"hosts_without_place": 1}


def test_gdals_and_geofabriks_columns_are_read_in_a_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "pois.gpkg"
    gpd.GeoDataFrame(
        {
            "osm_id": ["1", "2", "3"],
            "name": ["一", "二", "三"],
            "fclass": ["bank", "", ""],
            "other_tags": [None, '"amenity"=>"fuel","note"=>"a \\"b\\", c"', '"shop"=>"books"'],
        },
        geometry=gpd.points_from_xy([116.80, 116.81, 116.82], [33.95] * 3, crs="EPSG:4326"),
    ).to_file(path, driver="GPKG")
    assert told(read(path)) == [("poi-1", "一", "bank"), ("poi-2", "二", "fuel_station")]


def test_a_list_of_ones_own_says_the_host_in_chinese_and_its_datum(tmp_path: Path) -> None:
    shifted = from_wgs84([[116.80, 33.95]], datum=Datum.gcj02)[0]
    path = tmp_path / "pois.csv"
    path.write_text(
        f"编号,名称,类型,经度,纬度\nA,工行,银行,{shifted[0]},{shifted[1]}\n,饭店,餐馆?,116.8,33.9\n",
        encoding="utf-8",
    )
    hosts = read(path, Datum.gcj02)
    assert told(hosts) == [("poi-A", "工行", "bank")]
    assert hosts.lonlat[0] == pytest.approx([116.80, 33.95], abs=1e-6)


def test_a_file_in_metres_of_its_own_crs_is_brought_to_wgs84(tmp_path: Path) -> None:
    path = tmp_path / "pois.gpkg"
    gpd.GeoDataFrame(
        {"amenity": ["bank"]}, geometry=gpd.points_from_xy([116.80], [33.95], crs="EPSG:4326")
    ).to_crs("EPSG:4547").to_file(path, driver="GPKG")
    assert read(path).lonlat[0] == pytest.approx([116.80, 33.95], abs=1e-6)


def test_what_is_no_list_of_places_is_refused_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(FileFormatError, match="save it as GeoJSON"):
        read(tmp_path / "a.parquet")
    (tmp_path / "a.csv").write_text("名称,类型\n工行,银行\n", encoding="utf-8")
    with pytest.raises(FileFormatError, match="no columns lon and lat"):
        read(tmp_path / "a.csv")


def test_json_is_a_list_of_places_or_an_answer_of_overpass_by_its_first_words(
    tmp_path: Path,
) -> None:
    overpass = tmp_path / "answer.json"
    overpass.write_text('{"version": 0.6, "elements": []}', encoding="utf-8")
    assert is_poi_file(features(tmp_path / "a.json", (at(116.8), {})))
    assert not is_poi_file(overpass)
    assert not is_poi_file(tmp_path / "none.json")
    assert [is_poi_file(tmp_path / name) for name in ("a.gpkg", "a.osm.pbf", "a.osm")] == [
        *(True, False, False)
    ]
