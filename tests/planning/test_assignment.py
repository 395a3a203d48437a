"""Who goes where, against shortest ways of networkx and against matchings written down anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
import shapely
from scipy.optimize import linprog

from planning.coverage.assignment import Assignment, StandingPlaces, Ways, assign, ways_within
from planning.coverage.group_areas import group_areas
from planning.coverage.nominal import groups_of
from planning.scenarios import DoneAction
from planning.scenarios.standing import places_after
from tests.planning.grid_town import (
    graph_of,
    town_demand,
    town_network,
    town_settings,
    town_stations,
)

if TYPE_CHECKING:
    from geo.network import RoadNetwork

SETTINGS = town_settings()


def node_of(network: RoadNetwork, lonlat: np.ndarray) -> int:
    return int(np.abs(network.node_lonlat - lonlat).sum(axis=1).argmin())


@pytest.mark.parametrize("factor", [1.0, 0.7])
@pytest.mark.parametrize("seed", range(4))
def test_each_goes_to_the_place_that_networkx_reaches_first_by_the_groups_own_standard(
    seed: int, factor: float
) -> None:
    network, settings = town_network(seed), SETTINGS
    demand, stations = town_demand(network, seed), town_stations(network, seed)
    groups = groups_of(demand, settings)
    places = places_after(stations, groups)
    factors = {group.standard.mode: factor for group in groups}
    ways = ways_within(demand, places, network, settings, speed_factors=factors)
    made = assign(ways, demand.weights)
    told = {(int(c), int(g)): k for k, (c, g) in enumerate(zip(made.cell, made.group, strict=True))}
    assert len(told) == len(made)
    n_gone = 0
    for number, group in enumerate(groups):
        held, graph = group.standard, graph_of(network, group.standard.mode)
        spots = {
            place: node_of(network, places.lonlat[place])
            for place, kind in enumerate(places.kinds)
            if kind in group.kinds
        }
        for cell in range(len(demand)):
            seconds, metres = (
                nx.single_source_dijkstra_path_length(graph, cell, weight=weight)
                for weight in ("seconds", "metres")
            )
            near = {
                place: seconds[spot] / factor
                for place, spot in spots.items()
                if seconds.get(spot, np.inf) / factor <= held.cutoff_s
                and (held.radius_m is None or metres[spot] <= held.radius_m)
            }
            workers = float(demand.weights[cell, number])
            if not near or not workers:
                assert (cell, number) not in told
                assert made.left[cell, number] == workers
                continue
            n_gone += 1
            line = told[cell, number]
            assert made.seconds[line] == pytest.approx(min(near.values()), abs=0.01)
            assert near[int(made.place[line])] == pytest.approx(min(near.values()), abs=0.01)
            assert made.workers[line] == workers
            assert made.left[cell, number] == 0.0
    assert 0 < n_gone < len(demand) * len(groups)


def drawn(seed: int) -> tuple[Ways, np.ndarray, np.ndarray]:
    """Draw ways between few people and few places, their people and the seats."""
    rng = np.random.default_rng([6, seed])
    n_cells, n_groups, n_places = 5, 2, 4
    people = rng.integers(0, 6, (n_cells, n_groups)).astype(float)
    pairs = [(i, j) for i in range(n_cells * n_groups) for j in range(n_places)]
    pairs = [pair for pair in pairs if rng.random() < 0.6]
    seconds = rng.permutation(len(pairs)).astype(np.float32) + 1
    order = np.argsort(seconds)
    item = np.array([pairs[k][0] for k in order], dtype=np.int32)
    place = np.array([pairs[k][1] for k in order], dtype=np.int32)
    room = rng.integers(0, 9, n_places).astype(float)
    room[rng.integers(n_places)] = np.inf
    return Ways(item, place, seconds[order]), people, room


def one_by_one(ways: Ways, people: np.ndarray, room: np.ndarray) -> dict[tuple[int, int], int]:
    """Deferred acceptance with each worker alone: the nearest place keeps the nearest workers."""
    cost = {(int(i), int(j)): float(s) for i, j, s in zip(*ways, strict=True)}
    items = people.T.ravel()
    wishes = {
        (i, k): sorted((s, j) for (item, j), s in cost.items() if item == i)
        for i in range(len(items))
        for k in range(int(items[i]))
    }
    held: dict[int, list[tuple[int, int]]] = {j: [] for j in range(len(room))}
    waiting = list(wishes)
    while waiting:
        worker = waiting.pop()
        if not wishes[worker]:
            continue
        _, place = wishes[worker].pop(0)
        held[place].append(worker)
        if len(held[place]) > room[place]:
            last = max(held[place], key=lambda one: cost[one[0], place])
            held[place].remove(last)
            waiting.append(last)
    flow: dict[tuple[int, int], int] = {}
    for place, workers in held.items():
        for item, _ in workers:
            flow[item, place] = flow.get((item, place), 0) + 1
    return flow


def flow_of(made: Assignment, n_cells: int) -> dict[tuple[int, int], float]:
    item = made.group * n_cells + made.cell
    rows = zip(item.tolist(), made.place.tolist(), made.workers.tolist(), strict=True)
    return {(i, j): workers for i, j, workers in rows}


@pytest.mark.parametrize("seed", range(60))
def test_with_seats_nobody_would_go_elsewhere_and_no_more_are_seated_than_can_be(
    seed: int,
) -> None:
    ways, people, room = drawn(seed)
    made = assign(ways, people, room=room)
    assert flow_of(made, len(people)) == one_by_one(ways, people, room)
    assert made.workers.sum() + made.left.sum() == people.sum()
    # most that can be seated: a linear programme of flows
    n = len(ways.item)
    items = people.T.ravel()
    rows = np.zeros((len(items) + len(room), n))
    rows[ways.item, np.arange(n)] = 1.0
    rows[len(items) + ways.place, np.arange(n)] = 1.0
    most = -linprog(
        -np.ones(n), A_ub=rows, b_ub=np.r_[items, np.where(np.isinf(room), 1e9, room)]
    ).fun
    assert made.workers.sum() <= most + 1e-9
    # filling the nearest first is a maximal matching: it seats half of the most at least
    assert made.workers.sum() >= most / 2 - 1e-9


def test_a_place_that_is_closed_takes_nobody() -> None:
    ways, people, _ = drawn(0)
    is_open = np.array([True, False, True, True])
    assert 1 not in assign(ways, people, is_open=is_open).place
    assert 1 in assign(ways, people).place


def action(what: str, place: str, **more: object) -> DoneAction:
    plain = {"name": place, "kind": "station", "district": "", "lon": 116.8, "lat": 33.96}
    return DoneAction(what=what, site_id=place, adds_workers=0.0, **{**plain, **more})  # type: ignore[arg-type]


def test_what_stands_after_a_plan_is_what_its_actions_say() -> None:
    network = town_network(0)
    stations = town_stations(network, 0, n=5)
    demand = town_demand(network, 0)
    groups = groups_of(demand, SETTINGS)
    kinds = dict(zip(stations.ids, stations.frame["kind"], strict=True))
    spot = dict(zip(stations.ids, stations.lonlat.tolist(), strict=True))
    actions = [
        action("build", "C1", kind="driver_home", order=1, year=2027, hours="9:00-10:00"),
        action("upgrade", "S0", kind="base", order=2, year=2027, station="S0"),
        action("extend", "S1", kind=kinds["S1"], order=3, year=2028, station="S1", hours="0-24"),
        action("relocate", "C2", kind=kinds["S2"], order=4, year=2028, station="S2"),
        action("close", "S3", kind=kinds["S3"], order=5, year=2028, station="S3"),
    ]

    def after(year: int | None) -> StandingPlaces:
        return places_after(
            stations, groups, actions=actions, year=year, seats_by_kind={"driver_home": 12}
        )

    whole, first = after(None), after(2027)
    assert set(first.ids) == {"S0", "S1", "S2", "S3", "S4", "C1"}
    assert set(whole.ids) == {"S0", "S1", "S2", "S4", "C1"}
    row = {place: k for k, place in enumerate(whole.ids)}
    assert whole.kinds[row["S0"]] == "base"
    assert whole.open[row["C1"]].sum() == 7
    assert whole.seats[row["C1"]] == 12
    assert np.isnan(whole.seats[row["S4"]])
    assert whole.lonlat[row["S2"]].tolist() == [116.8, 33.96] != spot["S2"]
    assert [whole.order[row[one]] for one in ("S4", "C1", "S0", "S1", "S2")] == [0, 1, 2, 3, 4]
    truckers = [group.id for group in groups].index("truck_driver")
    assert whole.serves[truckers, row["C1"]]
    assert whole.serves[:, row["S0"]].tolist() == [
        kinds["S0"] in group.kinds or "base" in group.kinds for group in groups
    ]
    with pytest.raises(Exception, match="X9: the plan changes a station that is not in"):
        places_after(stations, groups, actions=[action("close", "X9", order=1)])


def test_a_groups_area_holds_those_whom_its_own_standard_reaches_and_only_their_neighbours() -> (
    None
):
    network = town_network(1)
    demand, stations = town_demand(network, 1), town_stations(network, 1, n=12)
    groups = groups_of(demand, SETTINGS)
    places = places_after(stations, groups)
    serving = zip(groups, places.serves, strict=True)
    where = {group.id: places.lonlat[row] for group, row in serving}
    areas = group_areas(network, SETTINGS, groups, where)
    for group in groups:
        inside = shapely.contains_xy(areas[group.id], network.node_lonlat)
        graph = graph_of(network, group.standard.mode).reverse()
        spots = {node_of(network, lonlat) for lonlat in where[group.id]}
        seconds = nx.multi_source_dijkstra_path_length(graph, spots, weight="seconds")
        took = np.array([seconds.get(node, np.inf) for node in range(network.n_nodes)])
        assert inside[took <= group.standard.cutoff_s].all()
        # a street is drawn 40 m to each side, and blocks of 120 m between streets are filled
        beyond = 160.0 / (network.edge_metres / seconds_of(network, group.standard.mode)).min()
        assert (took[inside] <= group.standard.cutoff_s + beyond).all()
    assert len({shapely.area(areas[group.id]) for group in groups}) == len(groups)


def seconds_of(network: RoadNetwork, mode: str) -> np.ndarray:
    return np.nanmax(network.seconds[network.modes.index(mode)], axis=0)
