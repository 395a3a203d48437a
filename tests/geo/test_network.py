from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from geo.errors import NetworkError
from geo.network import build_network
from geo.roads import RawRoads, segment_metres

Builder = Callable[..., RawRoads]

HOME = {"highway": "residential"}


def test_nodes_of_degree_two_are_joined_and_their_line_is_kept(plane_roads: Builder) -> None:
    network = build_network(plane_roads([(0, 0), (1, 0), (2, 1), (3, 1)], [([0, 1, 2, 3], HOME)]))
    assert (network.n_nodes, network.n_edges) == (2, 1)
    assert network.shape_offset.tolist() == [0, 4]
    points = network.shape_lonlat
    assert network.edge_metres[0] == pytest.approx(segment_metres(points[:-1], points[1:]).sum())


def test_like_ways_are_joined_across_their_common_end(plane_roads: Builder) -> None:
    network = build_network(plane_roads([(0, 0), (1, 0), (2, 0)], [([0, 1], HOME), ([2, 1], HOME)]))
    assert network.n_edges == 1


def test_ways_of_unlike_class_are_not_joined(plane_roads: Builder) -> None:
    primary = {"highway": "primary"}
    network = build_network(
        plane_roads([(0, 0), (1, 0), (2, 0)], [([0, 1], HOME), ([1, 2], primary)])
    )
    assert network.n_edges == 2


def test_one_way_streets_that_meet_head_on_are_not_joined(plane_roads: Builder) -> None:
    one_way = {"highway": "residential", "oneway": "yes"}
    network = build_network(
        plane_roads([(0, 0), (1, 0), (2, 0)], [([0, 1], one_way), ([2, 1], one_way)])
    )
    assert network.n_edges == 2


def test_a_one_way_street_keeps_its_direction_through_a_join(plane_roads: Builder) -> None:
    one_way = {"highway": "residential", "oneway": "yes"}
    raw = plane_roads([(0, 0), (1, 0), (2, 0)], [([2, 1], one_way), ([1, 0], one_way)])
    network = build_network(raw)
    assert network.n_edges == 1
    assert network.node_id[network.edge_from[0]] == 102
    assert network.passable("car")[:, 0].tolist() == [True, False]
    assert network.passable("foot")[:, 0].tolist() == [True, True]


def test_a_ring_without_any_crossing_is_one_edge_from_a_node_to_itself(
    plane_roads: Builder,
) -> None:
    network = build_network(plane_roads([(0, 0), (1, 0), (1, 1)], [([0, 1, 2, 0], HOME)]))
    assert network.n_edges == 1
    assert network.edge_from[0] == network.edge_to[0]
    assert len(network.shape_lonlat) == 4


def test_a_way_naming_a_node_that_is_not_there_is_cut_there(plane_roads: Builder) -> None:
    raw = plane_roads([(0, 0), (1, 0), (2, 0), (3, 0), (4, 0)], [([0, 1, -1, 3, 4], HOME)])
    assert build_network(raw).n_edges == 2


def test_a_node_named_twice_running_makes_no_edge(plane_roads: Builder) -> None:
    network = build_network(plane_roads([(0, 0), (1, 0)], [([0, 0, 1, 1], HOME)]))
    assert network.n_edges == 1
    assert len(network.shape_lonlat) == 2


def test_two_nodes_at_one_place_make_an_edge_of_no_length(plane_roads: Builder) -> None:
    primary = {"highway": "primary"}
    raw = plane_roads(
        [(0, 0), (1, 0), (1, 0), (2, 0)], [([0, 1], HOME), ([1, 2], primary), ([2, 3], HOME)]
    )
    network = build_network(raw)
    assert network.n_edges == 3
    assert network.edge_metres.min() == 0.0
    assert network.seconds[0].min() == 0.0


def test_roads_that_no_mode_may_use_are_refused(plane_roads: Builder) -> None:
    raw = plane_roads([(0, 0), (1, 0)], [([0, 1], {"highway": "residential", "access": "no"})])
    with pytest.raises(NetworkError, match="no edge that any mode may use"):
        build_network(raw)


def test_the_main_part_is_the_largest_in_which_every_node_reaches_every_other(
    plane_roads: Builder,
) -> None:
    ways = [([0, 1, 2], HOME), ([2, 3], {"highway": "primary", "oneway": "yes"}), ([4, 5], HOME)]
    network = build_network(plane_roads([(0, 0), (1, 0), (2, 0), (3, 0), (9, 9), (10, 9)], ways))
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
def test_wild_coordinates_are_refused(
    lonlat: tuple[float, float], message: str, plane_roads: Builder
) -> None:
    raw = plane_roads([(0, 0), (1, 0)], [([0, 1], HOME)])
    lonlats = raw.node_lonlat.copy()
    lonlats[0] = lonlat
    with pytest.raises(NetworkError, match=message):
        RawRoads(**{**vars(raw), "node_lonlat": lonlats})


def test_roads_over_the_antimeridian_are_refused(plane_roads: Builder) -> None:
    raw = plane_roads([(0, 0), (1, 0)], [([0, 1], HOME)])
    with pytest.raises(NetworkError, match="antimeridian"):
        RawRoads(**{**vars(raw), "node_lonlat": np.array([[179.99, 10.0], [-179.99, 10.0]])})


def test_arrays_of_a_network_cannot_be_written_to(plane_roads: Builder) -> None:
    network = build_network(plane_roads([(0, 0), (1, 0)], [([0, 1], HOME)]))
    with pytest.raises(ValueError, match="read-only"):
        network.seconds[0, 0, 0] = 1.0


def test_the_hash_tells_two_networks_apart(plane_roads: Builder) -> None:
    one = build_network(plane_roads([(0, 0), (1, 0)], [([0, 1], HOME)]))
    same = build_network(plane_roads([(0, 0), (1, 0)], [([0, 1], HOME)]))
    other = build_network(plane_roads([(0, 0), (1, 1)], [([0, 1], HOME)]))
    assert one.content_hash == same.content_hash
    assert one.content_hash != other.content_hash
