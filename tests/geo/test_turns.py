from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from geo import travel_times
from geo.network import RoadNetwork, build_network
from geo.profiles import PROFILES
from geo.roads import RawRoads, Turn

Builder = Callable[..., RawRoads]

HOME = {"highway": "residential"}
# a cross: 0 west, 1 middle, 2 east, 3 north; 4 joins east and north by a long way round
NODES = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (1.0, 1.0), (5.0, 5.0)]
WAYS = [([0, 1], HOME), ([1, 2], HOME), ([1, 3], HOME), ([2, 4, 3], HOME)]
WEST, EAST, NORTH = 0, 2, 3


def metres(network: RoadNetwork, mode: str, a: int, b: int) -> float:
    points = np.array([116.80, 33.96]) + 0.001 * np.array(NODES)
    table = travel_times(
        network,
        mode=mode,
        origins=points[a],
        destinations=points[b],
        measure="metres",
        cutoff_m=1e6,
    )
    return float(table.csr.toarray()[0, 0])


@pytest.fixture
def no_left(plane_roads: Builder) -> RoadNetwork:
    return build_network(plane_roads(NODES, WAYS, turns=(Turn(0, 1, 2, only=False),)))


def test_a_banned_turn_is_gone_round_by_car_and_truck_only(no_left: RoadNetwork) -> None:
    direct = metres(no_left, "foot", WEST, NORTH)
    assert direct == pytest.approx(203, abs=2)
    assert metres(no_left, "ebike", WEST, NORTH) == direct
    # on by east and the long way: nobody turns round in the middle of a road
    assert metres(no_left, "car", WEST, NORTH) > 1300
    assert metres(no_left, "truck", WEST, NORTH) == metres(no_left, "car", WEST, NORTH)


def test_the_other_way_round_stays_open(no_left: RoadNetwork) -> None:
    assert metres(no_left, "car", NORTH, WEST) == pytest.approx(203, abs=2)
    assert metres(no_left, "car", WEST, EAST) == pytest.approx(185, abs=2)


def test_both_directions_of_search_agree(no_left: RoadNetwork) -> None:
    few, many = no_left.node_lonlat[:2], no_left.node_lonlat
    asked = {"mode": "car", "cutoff_s": 1e5}
    there = travel_times(no_left, origins=few, destinations=many, **asked).csr.toarray()
    back = travel_times(no_left, origins=many, destinations=few, **asked).csr.toarray()
    whole = travel_times(no_left, origins=many, destinations=many, **asked).csr.toarray()
    assert there == pytest.approx(whole[:2], abs=1e-3)
    assert back == pytest.approx(whole[:, :2], abs=1e-3)


def test_an_only_turn_bans_all_others(plane_roads: Builder) -> None:
    network = build_network(plane_roads(NODES, WAYS, turns=(Turn(0, 1, 1, only=True),)))
    assert metres(network, "car", WEST, EAST) == pytest.approx(185, abs=2)
    assert metres(network, "car", WEST, NORTH) > 300


def test_an_exempt_mode_may_turn(plane_roads: Builder) -> None:
    turn = Turn(0, 1, 2, only=False, free_modes=frozenset({"truck"}))
    network = build_network(plane_roads(NODES, WAYS, turns=(turn,)))
    assert metres(network, "truck", WEST, NORTH) == pytest.approx(203, abs=2)
    assert metres(network, "car", WEST, NORTH) > 203 + 2


def test_turns_are_an_option_of_the_profile(plane_roads: Builder) -> None:
    profiles = {m: replace(p, obeys_turns=False) for m, p in PROFILES.items()}
    raw = plane_roads(NODES, WAYS, turns=(Turn(0, 1, 2, only=False),))
    network = build_network(raw, profiles=profiles)
    assert len(network.turn_bans) == 0
    assert metres(network, "car", WEST, NORTH) == pytest.approx(203, abs=2)


def test_a_restriction_whose_ways_do_not_meet_is_counted(plane_roads: Builder) -> None:
    network = build_network(plane_roads(NODES, WAYS, turns=(Turn(0, 1, 3, only=False),)))
    assert network.left_out["turns_not_placed"] == 1


def test_turning_back_may_be_banned(plane_roads: Builder) -> None:
    banned = build_network(plane_roads(NODES, WAYS, turns=(Turn(1, 1, 1, only=False),)))
    assert np.array_equal(banned.turn_bans[0, 1] ^ 1, banned.turn_bans[0, 2])
