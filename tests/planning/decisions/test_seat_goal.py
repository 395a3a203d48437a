"""The goal of most workers seated, against every choice of sites and a linear programme of each."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np
import pytest
from scipy.optimize import linprog

from data import CandidateSites
from data.questions import Question
from geo.errors import ProblemError
from planning import SolveParams
from planning.decisions import AskedQuestion, Decision, ask, decide
from tests.planning.grid_town import (
    graph_of,
    town_demand,
    town_network,
    town_settings,
    town_stations,
)

SEATS = {"driver_home": 5, "station": 5, "courier_home": 5, "rider_home": 5}
SETTINGS = town_settings()
KINDS = ("driver_home", "courier_home", "rider_home")


def city(seed: int) -> dict[str, Any]:
    rng = np.random.default_rng([9, seed])
    network = town_network(seed)
    spots = rng.permutation(network.n_nodes)[:5]
    sites = CandidateSites.from_records(
        [
            {
                "id": f"C{k}",
                "name": f"候选{k}",
                "kind": str(rng.choice(KINDS)),
                "lon": network.node_lonlat[spot, 0],
                "lat": network.node_lonlat[spot, 1],
            }
            for k, spot in enumerate(spots)
        ]
    )
    return {
        "demand": town_demand(network, seed),
        "stations": town_stations(network, seed, n=4),
        "sites": sites,
        "network": network,
        "settings": SETTINGS,
    }


def question(**more: Any) -> Question:  # noqa: ANN401 - tables
    tables = {
        "goal": {"what": "seated"},
        "new": 2,
        "actions": {"build_hours": ["0:00-24:00"]},
        "capacity": {"at_once": 0.5, "seats_by_kind": SEATS},
    }
    return Question.from_dict({**tables, **more})


def near_of(of: dict[str, Any], lonlat: np.ndarray, kind: str) -> set[tuple[int, int]]:
    """Which (group, cell) a place serves within the group's standard, by networkx."""
    network = of["network"]
    spot = int(np.abs(network.node_lonlat - lonlat).sum(axis=1).argmin())
    found = set()
    for number, name in enumerate(of["demand"].groups):
        group = SETTINGS.group(name)
        if kind not in group.kinds:
            continue
        graph, held = graph_of(network, group.standard.mode).reverse(), group.standard
        seconds, metres = (
            nx.single_source_dijkstra_path_length(graph, spot, weight=weight)
            for weight in ("seconds", "metres")
        )
        found |= {
            (number, cell)
            for cell, took in seconds.items()
            if took <= held.cutoff_s and (held.radius_m is None or metres[cell] <= held.radius_m)
        }
    return found


def seated(of: dict[str, Any], places: list[Any], at: tuple[int, int], share: float) -> float:
    """The most that places (near, seats) can seat in an hour, as a linear programme."""
    demand, (day, hour) = of["demand"], at
    wanted = demand.weights * demand.presence * demand.profile[:, int(day >= 5), hour] * share
    pairs = [(group, cell, place) for place, (near, _) in enumerate(places) for group, cell in near]
    items = {pair: k for k, pair in enumerate(dict.fromkeys(pair[:2] for pair in pairs))}
    table = np.zeros((len(items) + len(places), len(pairs)))
    for k, (group, cell, place) in enumerate(pairs):
        table[items[group, cell], k] = table[len(items) + place, k] = 1.0
    limits = [wanted[cell, group] for group, cell in items]
    limits += [1e9 if np.isnan(seats) else seats for _, seats in places]
    return -float(linprog(-np.ones(len(pairs)), A_ub=table, b_ub=limits).fun)


def asked_and_values(of: dict[str, Any], asked: AskedQuestion) -> dict[tuple[int, ...], float]:
    """What every choice of up to three sites seats in the hour that counts."""
    assert asked.seats is not None
    at = (asked.seats.day, asked.seats.hour)
    stations, sites = of["stations"].frame, of["sites"].frame
    always = stations["hours"].eq("0:00-24:00") | (8 <= at[1] < 18)
    stands = [
        (near_of(of, of["stations"].lonlat[row], stations["kind"][row]), stations["seats"][row])
        for row in range(len(stations))
        if always[row]
    ]
    may = [
        (near_of(of, of["sites"].lonlat[row], sites["kind"][row]), 5) for row in range(len(sites))
    ]
    return {
        some: seated(of, [*stands, *(may[row] for row in some)], at, 0.5)
        for size in (0, 1, 2, 3)
        for some in combinations(range(len(sites)), size)
    }


def chosen_of(made: Decision) -> tuple[int, ...]:
    return tuple(sorted(int(one.id[1:]) for one in made.actions))


@pytest.mark.parametrize("seed", range(3))
def test_no_two_sites_seat_more_than_the_plan_does(seed: int) -> None:
    of = city(seed)
    asked = ask(question(), **of)
    values = asked_and_values(of, asked)
    two = {some: value for some, value in values.items() if len(some) <= 2}
    made = asked.decide(params=SolveParams(time_limit_s=20.0))
    assert made.status == "optimal"
    assert made.objective == pytest.approx(max(two.values()))
    assert made.bound == pytest.approx(made.objective)
    assert values[chosen_of(made)] == pytest.approx(made.objective)
    assert max(two.values()) > values[()]
    pinned = {"required": [{"place": "C0"}], "forbidden": [{"place": "C1"}]}
    held = ask(question(**pinned), **of).decide(params=SolveParams(time_limit_s=20.0))
    fits = {some: value for some, value in two.items() if 0 in some and 1 not in some}
    assert held.objective == pytest.approx(max(fits.values()))
    assert {"C0"} <= {one.id for one in held.actions} <= {"C0", "C2", "C3", "C4"}


@pytest.mark.parametrize("seed", range(2))
def test_money_counts_and_floors_hold_with_seats(seed: int) -> None:
    of = city(seed)
    kinds = list(of["sites"].frame["kind"])
    costs = {
        kind: {"kind": kind, "capital_yuan": 40_000 + 20_000 * number}
        for number, kind in enumerate(KINDS)
    }
    few = {"name": "few", "most": 1, "kinds": [KINDS[0]]}
    limits = {
        "new": 3,
        "costs": {"by_kind": list(costs.values())},
        "money": {"yuan_by_year": [150_000]},
        "count_limits": [few],
    }
    asked = ask(question(**limits), **of)
    covered = {some: _share(asked, some) for some in combinations(range(5), 3)}
    floor = {"name": "floor", "least_share": sorted(covered.values())[len(covered) // 2]}
    for floors in ([], [floor]):
        asked = ask(question(**limits, floors=floors), **of)
        fits = {
            some: value
            for some, value in asked_and_values(of, asked).items()
            if sum(costs[kinds[row]]["capital_yuan"] for row in some) <= 150_000
            and sum(kinds[row] == KINDS[0] for row in some) <= 1
            and (not floors or _share(asked, some) >= floor["least_share"] - 1e-9)
        }
        made = asked.decide(params=SolveParams(time_limit_s=20.0))
        if not fits:
            assert made.status == "infeasible"
            continue
        assert made.status == "optimal"
        assert made.objective == pytest.approx(max(fits.values()))
        assert chosen_of(made) in fits
        # what is built seats somebody, or a floor needs it
        less = [some for some in fits if set(some) < set(chosen_of(made))]
        assert all(fits[some] < made.objective - 1e-9 for some in less)


def _share(asked: AskedQuestion, some: tuple[int, ...]) -> float:
    """The share of all workers that a choice of sites covers."""
    of = asked.problem.options
    ids = [asked.table.actions[int(number)].id for number in of.action]
    options = np.array([ids.index(f"C{row}") for row in some], dtype=np.int64)
    return next(
        line.share
        for line in asked.coverage(options)
        if (line.group, line.district) == ("all", "all")
    )


@pytest.mark.parametrize(
    "more",
    [
        {"capacity": {"seats_by_kind": {"base": 4}}},
        {"actions": {"existing": "upgrade", "upgrade": ["base"]}},
    ],
)
def test_a_kind_without_seats_is_refused_before_any_way_is_searched(
    more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decide, "demand_items", lambda *_, **__: pytest.fail("searched"))
    with pytest.raises(ProblemError, match="has no seats: give them in"):
        ask(question(**more), **city(0))


def test_another_question_of_seats_is_asked_of_the_city_anew() -> None:
    of = city(0)
    asked = ask(question(), **of)
    with pytest.raises(ProblemError, match="ask the city anew"):
        asked.with_limits(question(new=1), stations=of["stations"], settings=SETTINGS)
