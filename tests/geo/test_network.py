from __future__ import annotations

import numpy as np
import pytest

from geo.errors import NetworkError
from geo.network import build_network
from geo.roads import RawRoads, segment_metres

LON, LAT = 116.80, 33.96


def roads(
    nodes: list[tuple[float, float]],
    ways: list[tuple[list[int], dict[str, str]]],
    node_tags: dict[int, dict[str, str]] | None = None,
) -> RawRoads:
    """Roads on a plane in units of about 100 m east and north of Huaibei's centre."""
    sets: list[dict[str, str]] = [{}]
    marks = np.zeros(len(nodes), dtype=np.int32)
    for node, tags in (node_tags or {}).items():
        marks[node] = len(sets)
        sets.append(tags)
    way_tags = []
    for _, tags in ways:
        way_tags.append(len(sets))
        sets.append(tags)
    return RawRoads(
        node_id=np.arange(100, 100 + len(nodes), dtype=np.int64),
        node_lonlat=np.array([(LON + x * 0.001, LAT + y * 0.001) for x, y in nodes]),
        node_tags=marks,
        way_id=np.arange(len(ways), dtype=np.int64),
        way_offset=np.concatenate([[0], np.cumsum([len(w) for w, _ in ways])]).astype(np.int64),
        way_node=np.array([n for w, _ in ways for n in w], dtype=np.int32),
        way_tags=np.array(way_tags, dtype=np.int32),
        way_name=np.full(len(ways), -1, dtype=np.int32),
        tag_sets=tuple(sets),
        names=(),
    )


HOME = {"highway": "residential"}


def test_nodes_of_degree_two_are_joined_and_their_line_is_kept() -> None:
    network = build_network(roads([(0, 0), (1, 0), (2, 1), (3, 1)], [([0, 1, 2, 3], HOME)]))
    assert (network.n_nodes, network.n_edges) == (2, 1)
    assert network.shape_offset.tolist() == [0, 4]
    points = network.shape_lonlat
    assert network.edge_metres[0] == pytest.approx(segment_metres(points[:-1], points[1:]).sum())


def test_like_ways_are_joined_across_their_common_end() -> None:
    network = build_network(roads([(0, 0), (1, 0), (2, 0)], [([0, 1], HOME), ([2, 1], HOME)]))
    assert network.n_edges == 1


def test_ways_of_unlike_class_are_not_joined() -> None:
    primary = {"highway": "primary"}
    network = build_network(roads([(0, 0), (1, 0), (2, 0)], [([0, 1], HOME), ([1, 2], primary)]))
    assert network.n_edges == 2


def test_one_way_streets_that_meet_head_on_are_not_joined() -> None:
    one_way = {"highway": "residential", "oneway": "yes"}
    network = build_network(roads([(0, 0), (1, 0), (2, 0)], [([0, 1], one_way), ([2, 1], one_way)]))
    assert network.n_edges == 2


def test_a_one_way_street_keeps_its_direction_through_a_join() -> None:
    one_way = {"highway": "residential", "oneway": "yes"}
    raw = roads([(0, 0), (1, 0), (2, 0)], [([2, 1], one_way), ([1, 0], one_way)])
    network = build_network(raw)
    assert network.n_edges == 1
    assert network.node_id[network.edge_from[0]] == 102
    assert network.passable("car")[:, 0].tolist() == [True, False]
    assert network.passable("foot")[:, 0].tolist() == [True, True]


def test_a_ring_without_any_crossing_is_one_edge_from_a_node_to_itself() -> None:
    network = build_network(roads([(0, 0), (1, 0), (1, 1)], [([0, 1, 2, 0], HOME)]))
    assert network.n_edges == 1
    assert network.edge_from[0] == network.edge_to[0]
    assert len(network.shape_lonlat) == 4


def test_a_way_naming_a_node_that_is_not_there_is_cut_there() -> None:
    raw = roads([(0, 0), (1, 0), (2, 0), (3, 0), (4, 0)], [([0, 1, -1, 3, 4], HOME)])
    assert build_network(raw).n_edges == 2


def test_a_node_named_twice_running_makes_no_edge() -> None:
    network = build_network(roads([(0, 0), (1, 0)], [([0, 0, 1, 1], HOME)]))
    assert network.n_edges == 1
    assert len(network.shape_lonlat) == 2


def test_two_nodes_at_one_place_make_an_edge_of_no_length() -> None:
    primary = {"highway": "primary"}
    raw = roads(
        [(0, 0), (1, 0), (1, 0), (2, 0)], [([0, 1], HOME), ([1, 2], primary), ([2, 3], HOME)]
    )
    network = build_network(raw)
    assert network.n_edges == 3
    assert network.edge_metres.min() == 0.0
    assert network.seconds[0].min() == 0.0


def test_roads_that_no_mode_may_use_are_refused() -> None:
    raw = roads([(0, 0), (1, 0)], [([0, 1], {"highway": "residential", "access": "no"})])
    with pytest.raises(NetworkError, match="no edge that any mode may use"):
        build_network(raw)


def test_the_main_part_is_the_largest_in_which_every_node_reaches_every_other() -> None:
    ways = [([0, 1, 2], HOME), ([2, 3], {"highway": "primary", "oneway": "yes"}), ([4, 5], HOME)]
    network = build_network(roads([(0, 0), (1, 0), (2, 0), (3, 0), (9, 9), (10, 9)], ways))
    by_id = dict(zip(network.node_id.tolist(), network.in_main("car").tolist(), strict=True))
    assert by_id == {100: True, 102: True, 103: False, 104: False, 105: False}
    outside = network.summary()["modes"]["car"]["outside_parts"]
    assert outside["count"] == 1


@pytest.mark.parametrize(
    ("lonlat", "message"),
    [
        ((181.0, 0.0), "outside"),
        ((0.0, 89.0), "beyond 85 degrees"),
        ((np.nan, 0.0), "finite"),
    ],
)
def test_wild_coordinates_are_refused(lonlat: tuple[float, float], message: str) -> None:
    raw = roads([(0, 0), (1, 0)], [([0, 1], HOME)])
    lonlats = raw.node_lonlat.copy()
    lonlats[0] = lonlat
    with pytest.raises(NetworkError, match=message):
        RawRoads(**{**vars(raw), "node_lonlat": lonlats})


def test_roads_over_the_antimeridian_are_refused() -> None:
    raw = roads([(0, 0), (1, 0)], [([0, 1], HOME)])
    with pytest.raises(NetworkError, match="antimeridian"):
        RawRoads(**{**vars(raw), "node_lonlat": np.array([[179.99, 10.0], [-179.99, 10.0]])})


def test_arrays_of_a_network_cannot_be_written_to() -> None:
    network = build_network(roads([(0, 0), (1, 0)], [([0, 1], HOME)]))
    with pytest.raises(ValueError, match="read-only"):
        network.seconds[0, 0, 0] = 1.0


def test_the_hash_tells_two_networks_apart() -> None:
    one = build_network(roads([(0, 0), (1, 0)], [([0, 1], HOME)]))
    same = build_network(roads([(0, 0), (1, 0)], [([0, 1], HOME)]))
    other = build_network(roads([(0, 0), (1, 1)], [([0, 1], HOME)]))
    assert one.content_hash == same.content_hash
    assert one.content_hash != other.content_hash
