"""Layers from the network: OSMnx's features of Helsinki against the extract they are from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import osmium
import osmnx
import pytest
from osmnx._errors import InsufficientResponseError

from data.layers import Layer, LayerArea, OsmExtract, OsmOnline
from data.layers.osm import OSM_LICENCE
from geo.errors import InputError, NetworkError
from geo.measure import Box

if TYPE_CHECKING:
    from pathlib import Path

AREA = LayerArea(Box(24.9, 60.1, 25.0, 60.2), "EPSG:32635")
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def helsinki_xml(helsinki_pbf: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The nodes and ways that are whole, as the XML that OSMnx reads."""
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


@pytest.fixture
def online(helsinki_xml: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """OSMnx answers out of the file, and what it was asked is kept."""
    asked: list[Any] = []

    def answer(where: object, tags: dict[str, Any]) -> Any:  # noqa: ANN401 - OSMnx's frame
        asked.append((where, tags))
        return osmnx.features_from_xml(helsinki_xml, tags=tags)

    monkeypatch.setattr(osmnx, "features_from_place", answer)
    monkeypatch.setattr(osmnx, "features_from_polygon", answer)
    return asked


def test_the_network_gives_the_layers_of_the_extract(online: list[Any], helsinki_xml: Path) -> None:
    offline = by_id(OsmExtract(helsinki_xml).read(AREA))
    found = by_id(OsmOnline("Kluuvi, Helsinki").read(AREA))
    assert list(found) == list(offline)
    # Overpass is asked for plain values: "nightclub;restaurant" is only in the extract's layer.
    double = sum(
        thing.tags.get("amenity", "") == "nightclub;restaurant"
        for thing in osmium.FileProcessor(str(helsinki_xml))
    )
    assert double == 1
    for name, layer in found.items():
        missing = double if name == "restaurants" else 0
        assert len(layer) == len(offline[name]) - missing, name
        assert layer.total == pytest.approx(offline[name].total - missing), name
    assert found["restaurants"].source == "OpenStreetMap, Kluuvi, Helsinki"
    assert found["restaurants"].licence == OSM_LICENCE
    assert len(found["restaurants"].date) == len("2026-11-23")
    (where, tags) = online[0]
    assert where == "Kluuvi, Helsinki"
    assert tags["building"] is True
    assert tags["shop"] is True
    assert "cafe" in tags["amenity"]


def test_without_a_name_the_box_is_asked_for(online: list[Any]) -> None:
    layers = by_id(OsmOnline().read(AREA))
    assert online[0][0].bounds == tuple(AREA.box)
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

    monkeypatch.setattr(osmnx, "features_from_polygon", nothing)
    with pytest.raises(InputError, match="no features found") as caught:
        OsmOnline().read(AREA)
    assert "\n" not in str(caught.value)
