"""Claims about pocket roads, read back by a decoder that shares nothing with the writer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data.osm import read_roads
from geo.errors import NetworkError
from geo.network import build_network
from geo.pocket import MAGIC, STREAMS, pack_roads
from geo.profiles import HIGHWAY_CLASSES, MODES
from geo.roads import Turn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.network import RoadNetwork
    from geo.roads import RawRoads

BOTH = ("foot", "car")


def leb128(data: bytes) -> list[int]:
    """Decode as Wikipedia's article on LEB128 tells it."""
    values, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            values.append(value)
            value, shift = 0, 0
    assert shift == 0
    return values


def zigzag(data: bytes) -> list[int]:
    return [-(value + 1) // 2 if value % 2 else value // 2 for value in leb128(data)]


def unpacked(packed: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    assert packed[:4] == MAGIC
    size = int.from_bytes(packed[4:8], "little")
    head = json.loads(packed[8 : 8 + size])
    at, streams = 8 + size, {}
    for name in STREAMS:
        streams[name] = packed[at : at + head["bytes"][name]]
        at += head["bytes"][name]
    assert at == len(packed)
    return head, streams


@pytest.fixture
def town(plane_roads: Callable[..., RawRoads]) -> RoadNetwork:
    """A ring of four nodes with a bent side, a one-way street, a light, a bollard and a ban."""
    nodes = [(0, 0), (5, 0), (5, 5), (0, 5), (2, 1), (9, 5), (9, 9)]
    ways = [
        ([0, 4, 1], {"highway": "residential"}),
        ([1, 2], {"highway": "primary", "oneway": "yes"}),
        ([2, 3, 0], {"highway": "residential"}),
        ([2, 5], {"highway": "footway"}),
        ([5, 6], {"highway": "residential"}),
    ]
    tags = {2: {"highway": "traffic_signals"}, 5: {"barrier": "bollard"}}
    ban = Turn(from_way=1, via_node=2, to_way=2, only=False, free_modes=frozenset())
    return build_network(plane_roads(nodes, ways, tags, (ban,)))


def test_nodes_and_ends_come_back_to_a_tenth_of_a_metre(town: RoadNetwork) -> None:
    head, streams = unpacked(pack_roads(town, modes=BOTH))
    places = np.cumsum(np.array(zigzag(streams["nodes"])).reshape(-1, 2), axis=0) * head["step"]
    assert places == pytest.approx(town.node_lonlat, abs=head["step"])
    ends = np.array(zigzag(streams["ends"])).reshape(-1, 2)
    first = np.cumsum(ends[:, 0])
    assert first.tolist() == town.edge_from.tolist()
    assert (first + ends[:, 1]).tolist() == town.edge_to.tolist()


def test_seconds_of_every_arc_follow_from_length_and_kind(town: RoadNetwork) -> None:
    head, streams = unpacked(pack_roads(town, modes=BOTH))
    metres = town.edge_metres  # which the lines carry: see the claim about bends
    kinds = np.array(head["kinds"])[leb128(streams["kinds"])].reshape(-1, len(BOTH), 2)
    for number, mode in enumerate(BOTH):
        truth = town.seconds[town.modes.index(mode)]
        for direction in (0, 1):
            kph = kinds[:, number, direction]
            assert ((kph == 0) == np.isnan(truth[direction])).all()
            open_ = kph > 0
            seconds = metres[open_] / kph[open_] * 3.6
            assert seconds == pytest.approx(truth[direction][open_], rel=2e-3)


def test_a_line_keeps_the_bends_that_it_has(town: RoadNetwork) -> None:
    head, streams = unpacked(pack_roads(town, modes=BOTH))
    counts = leb128(streams["point_counts"])
    moves = np.array(zigzag(streams["points"])).reshape(-1, 2) * head["step"]
    assert max(counts) == 3  # nodes 3, 0 and 4 lie within the edge from 2 round to 1
    for edge, low in enumerate(np.cumsum([0, *counts])[:-1]):
        line = town.line(edge)
        points = line[0] + np.cumsum(moves[low : low + counts[edge]], axis=0)
        assert points == pytest.approx(line[1:-1], abs=3e-6)


def test_points_on_a_straight_line_are_left_out(plane_roads: Callable[..., RawRoads]) -> None:
    nodes = [(x, 0.0) for x in range(11)]
    straight = build_network(plane_roads(nodes, [(list(range(11)), {"highway": "primary"})]))
    assert len(straight.shape_lonlat) == 11
    _, streams = unpacked(pack_roads(straight, modes=BOTH))
    assert leb128(streams["point_counts"]) == [0]


def test_lights_bollards_and_turn_bans_are_carried(town: RoadNetwork) -> None:
    head, streams = unpacked(pack_roads(town, modes=BOTH))
    pairs = np.array(leb128(streams["special_nodes"])).reshape(-1, 2)
    found = dict(zip(np.cumsum(pairs[:, 0]).tolist(), pairs[:, 1].tolist(), strict=True))
    for node in range(town.n_nodes):
        row = head["node_kinds"][found[node]] if node in found else [0.0, 0.0]
        for number, mode in enumerate(BOTH):
            m = town.modes.index(mode)
            lost = -1.0 if town.node_blocked[m, node] else float(town.node_delay_s[m, node])
            assert row[number] == pytest.approx(lost, abs=0.01)
    car = town.modes.index("car")
    truth = [[1, a, b] for m, a, b in town.turn_bans.tolist() if m == car]
    assert truth
    assert [ban for ban in head["turn_bans"] if ban[0] == 1] == truth


def test_classes_and_names_of_roads_are_carried(helsinki_pbf: Path) -> None:
    network = build_network(read_roads(helsinki_pbf))
    head, streams = unpacked(pack_roads(network, modes=BOTH))
    classes, names = leb128(streams["classes"]), leb128(streams["names"])
    for edge in range(0, network.n_edges, 97):
        assert head["classes"][classes[edge]] == HIGHWAY_CLASSES[network.edge_class[edge]]
        row = int(network.edge_name[edge])
        assert names[edge] == 0 if row < 0 else head["names"][names[edge] - 1] == network.names[row]
    assert "Mannerheimintie" in head["names"]


def test_an_unknown_mode_is_refused(town: RoadNetwork) -> None:
    with pytest.raises(NetworkError, match="horse"):
        pack_roads(town, modes=("horse",))


def test_the_same_network_gives_the_same_bytes(town: RoadNetwork) -> None:
    assert pack_roads(town, modes=MODES) == pack_roads(town, modes=MODES)
