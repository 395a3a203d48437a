from __future__ import annotations

import bz2
import gzip
from typing import TYPE_CHECKING

import numpy as np
import osmium
import pytest

from data.osm import read_places, read_roads
from geo.errors import FileFormatError
from geo.network import build_network

if TYPE_CHECKING:
    from pathlib import Path

SMALL = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
 <node id="1" lat="33.960" lon="116.800"/>
 <node id="2" lat="33.960" lon="116.801"><tag k="highway" v="traffic_signals"/></node>
 <node id="3" lat="33.961" lon="116.801"/>
 <node id="4" lat="33.962" lon="116.801"><tag k="amenity" v="toilets"/></node>
 <way id="11"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/>
  <tag k="name" v="相山路"/></way>
 <way id="12"><nd ref="2"/><nd ref="3"/><nd ref="99"/><nd ref="4"/><nd ref="3"/>
  <tag k="highway" v="residential"/></way>
 <way id="13"><nd ref="1"/><nd ref="3"/><tag k="highway" v="construction"/></way>
 <way id="14"><nd ref="3"/><nd ref="4"/><nd ref="1"/><nd ref="3"/><tag k="amenity" v="toilets"/>
  <tag k="name" v="公厕"/></way>
 <relation id="21"><member type="way" ref="11" role="from"/><member type="node" ref="2" role="via"/>
  <member type="way" ref="12" role="to"/><tag k="type" v="restriction"/>
  <tag k="restriction" v="no_left_turn"/><tag k="except" v="bicycle"/></relation>
</osm>
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.osm"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_ways_nodes_tags_names_and_turns_are_read(small: Path) -> None:
    raw = read_roads(small)
    assert raw.way_id.tolist() == [11, 12]
    assert raw.node_id.tolist() == [1, 2, 3, 4]
    assert raw.way_node.tolist() == [0, 1, 1, 2, -1, 3, 2]
    assert raw.names[raw.way_name[0]] == "相山路"
    assert raw.tag_sets[raw.way_tags[1]] == {"highway": "residential"}
    assert raw.tag_sets[raw.node_tags[1]] == {"highway": "traffic_signals"}
    assert raw.left_out["nodes_missing"] == 1
    turn = raw.turns[0]
    assert (turn.from_way, turn.via_node, turn.to_way, turn.only) == (0, 1, 1, False)
    assert turn.free_modes == {"ebike"}
    assert raw.node_lonlat[0] == pytest.approx((116.8, 33.96), abs=1e-9)


@pytest.mark.parametrize("ending", [".osm.gz", ".osm.bz2", ".osm.pbf"])
def test_every_format_gives_the_same_roads(small: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"other{ending}"
    if ending == ".osm.pbf":
        with osmium.SimpleWriter(str(path)) as writer:
            for thing in osmium.FileProcessor(str(small)):
                writer.add(thing)
    else:
        pack = gzip.compress if ending == ".osm.gz" else bz2.compress
        path.write_bytes(pack(SMALL.encode()))
    one, other = read_roads(small), read_roads(path)
    assert np.array_equal(one.way_node, other.way_node)
    assert one.node_lonlat == pytest.approx(other.node_lonlat, abs=1e-9)
    assert one.tag_sets == other.tag_sets


def test_negative_ids_of_an_editor_are_read(tmp_path: Path) -> None:
    path = tmp_path / "edited.osm"
    path.write_text(
        SMALL.replace('ref="', 'ref="-').replace('node id="', 'node id="-'), encoding="utf-8"
    )
    assert sorted(read_roads(path).node_id.tolist()) == [-4, -3, -2, -1]


def test_a_box_cuts_the_roads_at_its_rim(small: Path) -> None:
    raw = read_roads(small, box=(116.7, 33.9, 116.9, 33.9605))
    assert raw.node_id.tolist() == [1, 2]
    assert raw.left_out["nodes_outside_box"] == 2


def test_places_are_points_and_outlines_with_the_tag(small: Path) -> None:
    places = read_places(small, tags={"amenity": "toilets"})
    assert places["id"].tolist() == ["n4", "w14"]
    assert places["name"].tolist() == ["", "公厕"]
    assert places.geometry.geom_type.unique().tolist() == ["Point"]


def test_no_places_make_an_empty_frame(small: Path) -> None:
    assert len(read_places(small, tags={"amenity": ("bank", "fuel")})) == 0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.osm", None, "no such file"),
        ("empty.osm.pbf", b"", "is empty"),
        ("roads.txt", b"x", "not an OSM extract"),
        ("no.osm", b"this is no xml", "cannot be read as OSM data"),
        ("no.osm.pbf", b"\x00\x00\x00\x0dthis is no pbf at all", "cannot be read as OSM data"),
        ("no.osm.gz", b"not gzip", "cannot be read as OSM data"),
        ("bare.osm", b"<osm version='0.6'></osm>", "holds no roads"),
        ("cut.osm", SMALL.encode()[:700], "cannot be read as OSM data"),
    ],
)
def test_files_that_cannot_be_taken_are_refused_by_name(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileFormatError, match=f"{name}: .*{message}"):
        read_roads(path)


def test_a_truncated_pbf_is_refused(helsinki_pbf: Path, tmp_path: Path) -> None:
    whole = helsinki_pbf.read_bytes()
    path = tmp_path / "cut.osm.pbf"
    for share in (0.1, 0.5, 0.9, 0.999):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(FileFormatError, match=r"cut\.osm\.pbf"):
            read_roads(path)


def test_roads_whose_nodes_are_all_missing_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "ways.osm"
    path.write_text(
        '<osm version="0.6"><way id="1"><nd ref="1"/><nd ref="2"/>'
        '<tag k="highway" v="primary"/></way></osm>',
        encoding="utf-8",
    )
    with pytest.raises(FileFormatError, match="with nodes that are in the file"):
        read_roads(path)


def test_helsinki_is_read_and_built(helsinki_pbf: Path) -> None:
    network = build_network(read_roads(helsinki_pbf))
    assert network.n_edges > 4000
    assert network.in_main("foot").mean() > 0.9
