"""Layers from the network: what Overpass answers of Helsinki against the extract it is from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import osmium
import osmnx
import pyproj
import pytest
import shapely
from osmnx._errors import InsufficientResponseError

from data.layers import Layer, LayerArea, OsmExtract, OsmOnline
from data.layers.osm import OSM_LICENCE
from geo.errors import InputError, NetworkError
from geo.measure import Box

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AREA = LayerArea(Box(24.9, 60.1, 25.0, 60.2), "EPSG:32635")
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def helsinki_xml(helsinki_pbf: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The nodes and ways that are whole, as a file."""
    path = tmp_path_factory.mktemp("xml") / "helsinki.osm"
    nodes: set[int] = set()
    with osmium.SimpleWriter(str(path)) as writer:
        for thing in osmium.FileProcessor(str(helsinki_pbf), osmium.osm.NODE | osmium.osm.WAY):
            if thing.is_node():
                nodes.add(thing.id)
                writer.add(thing)
            elif all(node.ref in nodes for node in thing.nodes):
                writer.add(thing)
    return path


def by_id(layers: tuple[Layer, ...]) -> dict[str, Layer]:
    return {layer.id: layer for layer in layers}


def elements_of(path: Path) -> list[dict[str, Any]]:
    """The objects of an extract as Overpass answers them in JSON."""
    words = {"n": "node", "w": "way", "r": "relation"}
    elements = []
    for thing in osmium.FileProcessor(str(path)):
        made: dict[str, Any] = {
            "type": words[thing.type_str()],
            "id": thing.id,
            "tags": dict(thing.tags),
        }
        if thing.is_node():
            made |= {"lon": thing.lon, "lat": thing.lat}
        elif thing.is_way():
            made["nodes"] = [node.ref for node in thing.nodes]
        else:
            made["members"] = [
                {"type": words[one.type], "ref": one.ref, "role": one.role} for one in thing.members
            ]
        elements.append(made)
    return elements


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let Overpass answer with the objects of a file; what it is asked is kept."""

    def answered(path: Path, *, remark: str = "") -> list[str]:
        asked: list[str] = []

        def request(data: dict[str, str]) -> dict[str, Any]:
            asked.append(data["data"])
            return {"elements": elements_of(path), **({"remark": remark} if remark else {})}

        monkeypatch.setattr(osmnx._overpass, "_overpass_request", request)
        place = gpd.GeoDataFrame(geometry=[shapely.box(*AREA.box)], crs="EPSG:4326")
        monkeypatch.setattr(osmnx, "geocode_to_gdf", lambda _name: place)
        return asked

    return answered


@pytest.fixture
def online(helsinki_xml: Path, answer: Callable[..., list[str]]) -> list[str]:
    return answer(helsinki_xml)


def test_the_network_gives_the_layers_of_the_extract(online: list[str], helsinki_xml: Path) -> None:
    offline = by_id(OsmExtract(helsinki_xml).read(AREA))
    found = by_id(OsmOnline("Kluuvi, Helsinki").read(AREA))
    assert list(found) == list(offline)
    for name, layer in found.items():
        assert len(layer) == len(offline[name]), name
        assert layer.total == pytest.approx(offline[name].total), name
    assert found["restaurants"].source == "OpenStreetMap, Kluuvi, Helsinki"
    assert found["restaurants"].licence == OSM_LICENCE
    assert len(found["restaurants"].date) == len("2026-11-23")
    assert "way['building'](poly:" in online[0]
    assert "relation['shop'](poly:" in online[0]
    assert "node['amenity'='cafe'](poly:" in online[0]


EMPTY_ROLES = """<osm version="0.6">
 <node id="1" version="1" lon="24.94" lat="60.17"/>
 <node id="2" version="1" lon="24.942" lat="60.17"/>
 <node id="3" version="1" lon="24.942" lat="60.171"/>
 <node id="4" version="1" lon="24.94" lat="60.171"/>
 <way id="1" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/></way>
 <way id="2" version="1"><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>
 <relation id="1" version="1"><member type="way" ref="1" role=""/>
  <member type="way" ref="2" role=""/>
  <tag k="type" v="multipolygon"/><tag k="landuse" v="industrial"/></relation>
</osm>"""


def test_members_without_a_role_make_an_area_on_line_as_in_an_extract(
    answer: Callable[..., list[str]], tmp_path: Path
) -> None:
    path = tmp_path / "works.osm"
    path.write_text(EMPTY_ROLES, encoding="utf-8")
    answer(path)
    corners = [(24.94, 60.17), (24.942, 60.17), (24.942, 60.171), (24.94, 60.171)]
    m2 = pyproj.Geod(ellps="WGS84").geometry_area_perimeter(shapely.Polygon(corners))[0]
    offline = by_id(OsmExtract(path).read(AREA))["industry"]
    found = by_id(OsmOnline().read(AREA))["industry"]
    assert found.total == pytest.approx(offline.total)
    assert found.total == pytest.approx(m2, rel=1e-3)


def test_an_answer_that_ended_early_is_refused(
    answer: Callable[..., list[str]], helsinki_xml: Path
) -> None:
    answer(helsinki_xml, remark="runtime error: Query timed out in 'recurse' at line 1")
    with pytest.raises(NetworkError, match="Overpass ended early: runtime error: Query timed out"):
        OsmOnline().read(AREA)


def test_without_a_name_the_box_is_asked_for(online: list[str]) -> None:
    layers = by_id(OsmOnline().read(AREA))
    assert "60.200000 25.000000" in online[0]
    assert layers["fuel"].source == "OpenStreetMap, box 24.9,60.1,25,60.2"


def test_off_line_it_is_refused_with_the_way_out() -> None:
    reader = OsmOnline(overpass_url=NOWHERE, nominatim_url=NOWHERE)
    with pytest.raises(NetworkError, match="check the connection, or use an extract file"):
        reader.read(AREA)
    named = OsmOnline("淮北市", overpass_url=NOWHERE, nominatim_url=NOWHERE)
    with pytest.raises(NetworkError, match="淮北市: cannot be downloaded"):
        named.read(AREA)


def test_a_place_with_nothing_in_it_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object) -> None:
        raise InsufficientResponseError("No matching features.\nCheck query.")

    monkeypatch.setattr(osmnx._overpass, "_overpass_request", nothing)
    with pytest.raises(InputError, match="no features found") as caught:
        OsmOnline().read(AREA)
    assert "\n" not in str(caught.value)
