from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import pytest
import shapely

from data.base_map import LAYER, write_base_map
from data.osm import read_roads
from geo.errors import WorkspaceError
from geo.network import RoadNetwork, build_network

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def helsinki(helsinki_pbf: Path) -> RoadNetwork:
    return build_network(read_roads(helsinki_pbf))


def test_tiles_hold_roads_by_class_and_districts_with_names(
    helsinki: RoadNetwork, tmp_path: Path
) -> None:
    path = tmp_path / "city.pmtiles"
    left, bottom, right, top = helsinki.box
    district = gpd.GeoDataFrame(
        {"name": ["相山区"]}, geometry=[shapely.box(left, bottom, right, top)], crs="EPSG:4326"
    )
    write_base_map(helsinki, path, districts=district)
    assert path.read_bytes()[:7] == b"PMTiles"
    assert path.stat().st_size < 5_000_000
    assert [p.name for p in tmp_path.iterdir()] == ["city.pmtiles"]
    tiles = pyogrio.read_dataframe(path, layer=LAYER)
    assert set(tiles["kind"]) == {"road", "district", "district_name"}
    assert {"primary", "footway"} <= set(tiles["class"])
    assert "Mannerheimintie" in set(tiles["name"])
    assert "相山区" in set(tiles["name"])


def test_a_folder_that_is_not_there_is_refused(helsinki: RoadNetwork, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be written"):
        write_base_map(helsinki, tmp_path / "none" / "city.pmtiles")


def test_the_file_says_whose_roads_they_are(helsinki: RoadNetwork, tmp_path: Path) -> None:
    for source in ("© OpenStreetMap contributors", "示意数据"):
        path = tmp_path / "whose.pmtiles"
        write_base_map(helsinki, path, source=source)
        metadata = pyogrio.read_info(path)["dataset_metadata"]
        assert (metadata["name"], metadata["description"]) == ("whose", source)
