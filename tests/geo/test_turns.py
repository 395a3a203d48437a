from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


# a ladder: 0-1-2-3 below, 4-5-6-7 above, rungs 1-5 and 2-6; every bar is a way of its own
LADDER = [(0, 0), (1, 0), (2, 0), (3, 0), (0, 1), (1, 1), (2, 1), (3, 1)]
BARS = [[0, 1], [1, 2], [2, 3], [4, 5], [5, 6], [6, 7], [1, 5], [2, 6]]


def ladder(plane_roads: Builder, *turns: Turn) -> RoadNetwork:
    nodes = [(float(x), float(y)) for x, y in LADDER]
    return build_network(plane_roads(nodes, [(bar, HOME) for bar in BARS], turns=turns))


def steps(network: RoadNetwork, mode: str, a: int, b: int) -> float:
    points = np.array([116.80, 33.96]) + 0.001 * np.array(LADDER)
    asked = {"mode": mode, "measure": "metres", "cutoff_m": 1e6}
    table = travel_times(network, origins=points[a], destinations=points[b], **asked)
    return float(table.csr.toarray()[0, 0])


def test_a_turn_banned_over_a_whole_way_is_not_taken_and_others_over_it_are(
    plane_roads: Builder,
) -> None:
    free = ladder(plane_roads)
    # from 0 by 1 and the rung to 5 and on to 6: up and round to the right
    no = ladder(plane_roads, Turn(0, 1, 4, only=False, via_ways=(6,)))
    assert no.path_bans.shape == (2, 4)
    assert len(no.turn_bans) == 0
    assert no.left_out["turns_not_placed"] == 0
    assert steps(free, "car", 0, 4) == steps(no, "car", 0, 4)  # the rung, then left
    assert steps(no, "car", 0, 7) == pytest.approx(steps(free, "car", 0, 7), abs=1.0)  # by 2-6
    only_way = ladder(
        plane_roads,
        Turn(0, 1, 4, only=False, via_ways=(6,)),
        Turn(0, 1, 1, only=False),
    )
    # neither on by 2 nor up and right: turn round at 4 and come back over 5
    assert steps(only_way, "car", 0, 7) > steps(free, "car", 0, 7) + 150
    assert steps(only_way, "foot", 0, 7) == steps(free, "foot", 0, 7)


def test_only_over_a_whole_way_bans_all_else_there(plane_roads: Builder) -> None:
    only = ladder(plane_roads, Turn(0, 1, 4, only=True, via_ways=(6,)))
    free = ladder(plane_roads)
    assert steps(only, "truck", 0, 6) == pytest.approx(steps(free, "truck", 0, 6), abs=25.0)
    assert steps(only, "truck", 0, 3) > steps(free, "truck", 0, 3) + 150
    assert steps(only, "truck", 0, 4) > steps(free, "truck", 0, 4) + 150
    assert steps(only, "truck", 1, 3) == steps(free, "truck", 1, 3)


def test_a_restriction_over_a_way_that_does_not_lead_there_is_counted(plane_roads: Builder) -> None:
    network = ladder(plane_roads, Turn(0, 1, 5, only=False, via_ways=(6,)))
    assert network.left_out["turns_not_placed"] == 1
    assert len(network.path_bans) == 0


def shortest_by_hand(network: RoadNetwork, mode: str, start: int) -> dict[int, float]:
    """Metres to every node over ways whose every stretch of arcs is looked up among the bans."""
    m = network.modes.index(mode)
    bans = [tuple(row[1:].tolist()) for row in network.turn_bans if row[0] == m]
    bans += [
        tuple(a for a in row[1:].tolist() if a >= 0) for row in network.path_bans if row[0] == m
    ]
    most = max(map(len, bans), default=2)
    leaving: dict[int, list[tuple[int, int, float]]] = {}
    for e in range(network.n_edges):
        a, b = int(network.edge_from[e]), int(network.edge_to[e])
        for d, (u, v) in enumerate(((a, b), (b, a))):
            if np.isfinite(network.seconds[m, d, e]):
                leaving.setdefault(u, []).append((2 * e + d, v, float(network.edge_metres[e])))
    best: dict[tuple[int, tuple[int, ...]], float] = {}
    queue: list[tuple[float, int, tuple[int, ...]]] = [(0.0, start, ())]
    found: dict[int, float] = {}
    while queue:
        cost, node, last = heapq.heappop(queue)
        if best.get((node, last), np.inf) <= cost:
            continue
        best[node, last] = cost
        found.setdefault(node, cost)
        for arc, head, length in leaving.get(node, ()):
            way = (*last, arc)
            if not any(way[len(way) - len(ban) :] == ban for ban in bans):
                heapq.heappush(queue, (cost + length, head, way[1 - most :]))
    return found


WAYS_OF_TWO = [[0, 1, 2], [2, 3], [4, 5, 6, 7], [1, 5], [2, 6], [0, 4], [3, 7]]


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(data=st.data())
def test_any_restrictions_over_ways_equal_a_search_that_remembers_everything(
    plane_roads: Builder, data: st.DataObject
) -> None:
    ways = data.draw(st.sampled_from([BARS, WAYS_OF_TWO]))
    way, node = st.integers(0, len(ways) - 1), st.integers(0, len(LADDER) - 1)
    turn = st.builds(
        Turn, way, node, way, only=st.booleans(), via_ways=st.lists(way, max_size=3).map(tuple)
    )
    turns = tuple(data.draw(st.lists(turn, min_size=1, max_size=12)))
    near = []
    for one in turns:  # most drawn restrictions do not meet: lead each on from its first way
        via, at, came = [], ways[one.from_way][-1], one.from_way
        for step in (*one.via_ways, one.to_way):
            onward = [
                w for w, nodes in enumerate(ways) if at in (nodes[0], nodes[-1]) and w != came
            ]
            if not onward:
                break
            came = onward[step % len(onward)]
            at = ways[came][-1] if ways[came][0] == at else ways[came][0]
            via.append(came)
        if via:
            near.append(
                replace(
                    one,
                    via_node=ways[one.from_way][-1],
                    via_ways=tuple(via[:-1]),
                    to_way=via[-1],
                )
            )
    nodes = [(x * 1.0, y * (1.0 + 0.1 * x)) for x, y in LADDER]
    raw = plane_roads(nodes, [(w, HOME) for w in ways], turns=(*near, *turns))
    network = build_network(raw)
    target = np.arange(network.n_nodes)
    for start in target.tolist():
        truth = shortest_by_hand(network, "car", start)
        table = travel_times(
            network,
            mode="car",
            origins=network.node_lonlat[[start]],
            destinations=network.node_lonlat,
            measure="metres",
            cutoff_m=1e6,
        ).csr.toarray()[0]
        hand = [truth.get(node, 0.0) for node in target.tolist()]
        assert table == pytest.approx(hand, abs=0.05)
