"""One gate for roads, places and layers: forms of an extract, and objects that do not count."""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import osmium
import pyproj
import pytest
import shapely

from data.layers import Layer, LayerArea, OsmExtract
from data.osm import gate, read_places, read_roads
from geo.errors import FileFormatError
from geo.measure import Box
from geo.network import RoadNetwork, build_network

AREA = LayerArea(Box(116.70, 33.90, 116.90, 34.00), "EPSG:32650")
GEOD = pyproj.Geod(ellps="WGS84")

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the objects of an OSM XML file."""

    def written(objects: str, name: str = "town.osm") -> Path:
        path = tmp_path / name
        path.write_text(f'<osm version="0.6" generator="hand">{objects}</osm>', encoding="utf-8")
        return path

    return written


def node(number: int, lon: float, lat: float, *, more: str = "", tags: str = "") -> str:
    return f'<node id="{number}" lon="{lon}" lat="{lat}" {more}>{tags}</node>'


def way(number: int, refs: list[int], tags: dict[str, str], *, more: str = 'version="1"') -> str:
    corners = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    words = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
    return f'<way id="{number}" {more}>{corners}{words}</way>'


def four(*, lat: float = 33.95) -> str:
    return "".join(node(i, 116.80 + 0.001 * i, lat) for i in (1, 2, 3, 4))


def layers(path: Path) -> dict[str, Layer]:
    return {layer.id: layer for layer in OsmExtract(path).read(AREA)}


def km(network: RoadNetwork) -> float:
    return float(network.summary()["km"])


STREET, MAIN = {"highway": "residential"}, {"highway": "primary"}
MEAL = '<tag k="amenity" v="restaurant"/>'
HOUSE = {"building": "yes", "building:levels": "3", "amenity": "restaurant", "name": "甲饭店"}
SQUARE = [(116.80, 33.95), (116.8005, 33.95), (116.8005, 33.9505), (116.80, 33.9505)]
FLOOR_M2 = 3 * GEOD.geometry_area_perimeter(shapely.Polygon(SQUARE))[0]


def corners(*, more: str = "") -> str:
    return "".join(node(i, *at, more=more) for i, at in enumerate(SQUARE, 1))


def test_objects_that_are_gone_do_not_count_and_are_counted(write: Write) -> None:
    path = write(
        four()
        + way(10, [1, 2, 3, 4], STREET)
        + way(11, [1, 4], MAIN, more='version="3" action="delete" visible="true"')
        + way(12, [2, 4], MAIN, more='version="4" visible="false"')
        + node(20, 116.801, 33.951, more="version='2' action='delete'", tags=MEAL)
        + node(21, 116.802, 33.951, tags=MEAL)
    )
    raw = read_roads(path)
    assert raw.way_id.tolist() == [10]
    assert raw.left_out["objects_deleted"] == 3
    network = build_network(raw)
    length = GEOD.inv(116.801, 33.95, 116.804, 33.95)[2]
    assert (network.n_edges, km(network)) == (1, pytest.approx(length / 1000, abs=0.001))
    assert read_places(path, tags={"amenity": "restaurant"})["id"].tolist() == ["n21"]
    meals = layers(path)["restaurants"]
    assert len(meals) == 1
    assert meals.left_out["objects_deleted"] == 3


def test_of_a_history_only_the_newest_living_version_counts(write: Write) -> None:
    old, new = 'version="1" visible="true"', 'version="2" visible="true"'
    path = write(
        "".join(node(i, 116.80 + 0.001 * i, 33.95, more='version="1"') for i in (1, 2, 3))
        + node(4, 116.804, 33.95, more=old)
        + node(4, 116.804, 33.951, more=new)
        + way(10, [1, 2, 3], STREET, more=old)
        + way(10, [1, 2], STREET | {"oneway": "yes"}, more=new)
        + way(11, [3, 4], STREET, more=old)
        + '<way id="11" version="2" visible="false"/>'
    )
    raw = read_roads(path)
    network = build_network(raw)
    assert raw.way_id.tolist() == [10]
    assert network.passable("car").tolist() == [[True], [False]]
    assert km(network) == pytest.approx(
        GEOD.inv(116.801, 33.95, 116.802, 33.95)[2] / 1000, abs=1e-3
    )
    assert (raw.left_out["versions_older"], raw.left_out["objects_deleted"]) == (3, 1)


def test_versions_in_any_order_and_in_pbf_give_the_newest(write: Write, tmp_path: Path) -> None:
    new, old = 'version="7"', 'version="5"'
    path = write(four() + way(10, [3, 4], STREET, more=new) + way(10, [1, 2, 3, 4], MAIN, more=old))
    packed = tmp_path / "history.osm.pbf"
    header = osmium.io.Header()
    header.has_multiple_object_versions = True
    with osmium.SimpleWriter(str(packed), header=header) as writer:
        for thing in osmium.FileProcessor(str(path)):
            writer.add(thing)
    for form in (path, packed):
        raw = read_roads(form)
        assert len(raw.way_id) == 1
        assert raw.tag_sets[raw.way_tags[0]] == STREET
        assert raw.left_out["versions_older"] == 1


def test_the_same_id_twice_is_one_object(write: Write) -> None:
    path = write(2 * (corners(more='version="1"') + way(10, [1, 2, 3, 4, 1], HOUSE)))
    found = layers(path)
    assert len(found["restaurants"]) == 1
    assert found["buildings"].total == pytest.approx(FLOOR_M2, rel=1e-3)
    assert found["buildings"].left_out["objects_twice"] == 5
    twice = write(2 * (four() + way(10, [1, 2], STREET)), "twice.osm")
    assert read_roads(twice).way_id.tolist() == [10]


def test_ways_before_their_nodes_are_read_with_their_areas(write: Write, tmp_path: Path) -> None:
    path = write(way(10, [1, 2, 3, 4, 1], HOUSE) + way(11, [1, 2], STREET) + corners())
    packed = tmp_path / "mixed.osm.pbf"
    with osmium.SimpleWriter(str(packed)) as writer:
        for thing in osmium.FileProcessor(str(path)):
            writer.add(thing)
    for form in (path, packed):
        found = layers(form)
        assert len(found["restaurants"]) == 1
        assert found["buildings"].total == pytest.approx(FLOOR_M2, rel=1e-3)
        assert "cut off at the extract's rim" not in found["restaurants"].left_out
        assert len(read_roads(form).way_id) == 1


def compact(path: Path, target: Path) -> Path:
    """As `osmium add-locations-to-ways` makes it: places on ways, and no nodes without tags."""
    options = osmium.io.File(str(target), "pbf,locations_on_ways=true")
    with osmium.SimpleWriter(options, overwrite=True) as writer:
        for thing in osmium.FileProcessor(str(path)).with_locations():
            if not thing.is_node() or len(thing.tags):
                writer.add(thing)
    return target


def test_a_compact_extract_gives_the_roads_and_layers_of_the_plain_one(
    helsinki_pbf: Path, tmp_path: Path
) -> None:
    small = compact(helsinki_pbf, tmp_path / "compact.osm.pbf")
    plain, other = read_roads(helsinki_pbf), read_roads(small)
    assert other.node_id.tolist() == plain.node_id.tolist()
    assert np.abs(other.node_lonlat - plain.node_lonlat).max() < 1e-9
    assert other.turns == plain.turns or len(other.turns) == len(plain.turns)
    one, two = build_network(plain), build_network(other)
    assert two.content_hash == one.content_hash
    area = LayerArea(Box(24.0, 60.0, 26.0, 61.0), "EPSG:32635")
    for a, b in zip(OsmExtract(helsinki_pbf).read(area), OsmExtract(small).read(area), strict=True):
        assert (a.id, len(a), a.left_out) == (b.id, len(b), b.left_out)
        assert b.total == pytest.approx(a.total)
    tags = {"amenity": ("toilets", "restaurant")}
    assert read_places(small, tags=tags).equals(read_places(helsinki_pbf, tags=tags))


def test_places_of_corners_in_an_answer_with_geometry_are_read(write: Write) -> None:
    corner = "".join(f'<nd ref="{i}" lat="33.95" lon="{116.80 + 0.001 * i}"/>' for i in (1, 2))
    path = write(f'<way id="1">{corner}<tag k="highway" v="primary"/></way>')
    assert build_network(read_roads(path)).n_edges == 1


@pytest.mark.parametrize(("pack", "ending"), [(bz2.compress, "bz2"), (gzip.compress, "gz")])
def test_packed_files_of_two_streams_are_read_to_the_end(
    write: Write, pack: Callable[[bytes], bytes], ending: str
) -> None:
    plain = write(four() + way(10, [1, 2], STREET) + way(11, [2, 4], MAIN))
    whole = plain.read_bytes()
    packed = plain.with_name(f"town.osm.{ending}")
    packed.write_bytes(b"".join(pack(part) for part in (whole[:300], whole[300:])))
    assert read_roads(packed).way_id.tolist() == [10, 11]
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(FileFormatError, match=rf"town\.osm\.{ending}: cannot be read"):
        read_roads(packed)


def overpass_answer(**more: object) -> dict[str, object]:
    nodes = [
        {"type": "node", "id": i, "lon": at[0], "lat": at[1]} for i, at in enumerate(SQUARE, 1)
    ]
    house = {"type": "way", "id": 10, "nodes": [1, 2, 3, 4, 1], "tags": HOUSE}
    road = {"type": "way", "id": 11, "nodes": [1, 2], "tags": STREET}
    date = {"timestamp_osm_base": "2026-11-20T00:00:00Z"}
    return {"version": 0.6, "osm3s": date, "elements": [house, road, *nodes], **more}


def test_overpass_json_named_osm_is_read_for_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "answer.osm"
    path.write_text(json.dumps(overpass_answer()), encoding="utf-8")
    found = layers(path)
    assert found["buildings"].total == pytest.approx(FLOOR_M2, rel=1e-3)
    assert found["buildings"].date == "2026-11-20"
    assert read_roads(path).way_id.tolist() == [11]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"type": "FeatureCollection", "features": []}', "is GeoJSON: give an OSM extract"),
        ('{"a": 1}', "is JSON, but not Overpass's"),
        ('{"elements": [', "cannot be read as JSON"),
        ('{"elements": [{"type": "way"}]}', "an element cannot be read"),
        ("<!DOCTYPE html><html><body>busy</body></html>", "is a web page"),
        (
            json.dumps(overpass_answer(remark="runtime error: Query run out of memory")),
            "is only a part, Overpass ended early",
        ),
        (
            '<osm version="0.6"><remark> runtime error: Query timed out </remark></osm>',
            "is only a part, Overpass ended early .runtime error: Query timed out",
        ),
    ],
)
def test_what_is_no_whole_extract_is_refused_by_roads_and_layers(
    tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "answer.osm"
    path.write_text(content, encoding="utf-8")
    for read in (read_roads, lambda of: OsmExtract(of).read(AREA)):
        with pytest.raises(FileFormatError, match=rf"answer\.osm: .*{message}"):
            read(path)


def test_a_remark_that_tells_of_no_error_is_no_reason_to_refuse(write: Write) -> None:
    path = write(
        four() + way(10, [1, 2], STREET) + "<remark>runtime remark: Timeout is 180</remark>"
    )
    assert read_roads(path).way_id.tolist() == [10]


def test_an_editors_multipolygon_of_ids_below_zero_is_an_area(write: Write) -> None:
    relation = (
        '<relation id="-1"><member type="way" ref="-10" role="outer"/>'
        '<member type="way" ref="-11" role="outer"/><tag k="type" v="multipolygon"/>'
        '<tag k="landuse" v="industrial"/></relation>'
    )
    nodes = "".join(node(-i, *at) for i, at in enumerate(SQUARE, 1))
    path = write(nodes + way(-10, [-1, -2, -3], {}) + way(-11, [-3, -4, -1], {}) + relation)
    assert layers(path)["industry"].total == pytest.approx(FLOOR_M2 / 3, rel=1e-3)


def test_signs_that_libosmium_writes_as_numbers_come_back_in_names(write: Write) -> None:
    name = "A,B=C 50% 路 @x"
    path = write(four() + way(10, [1, 2], STREET | {"name": name}))
    assert read_roads(path).names == (name,)


def test_a_file_that_is_too_large_to_be_put_in_order_is_refused_with_the_cure(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(way(10, [1, 2], STREET) + four())
    monkeypatch.setattr(gate, "MOST_TO_PUT_IN_ORDER", 10)
    with pytest.raises(
        FileFormatError, match=r"town\.osm: .*run osmium time-filter or osmium sort"
    ):
        read_roads(path)
    assert len(read_roads(write(four() + way(10, [1, 2], STREET))).way_id) == 1


def test_a_height_on_a_node_of_a_road_stops_the_truck_there(write: Write) -> None:
    low = node(2, 116.802, 33.95, tags='<tag k="maxheight" v="3.2"/>')
    path = write(node(1, 116.801, 33.95) + low + node(3, 116.803, 33.95) + way(1, [1, 2, 3], MAIN))
    network = build_network(read_roads(path))
    stopped = {
        mode for mode, row in zip(network.modes, network.node_blocked, strict=True) if row.any()
    }
    assert stopped == {"truck"}
