"""Seats in every hour of a week, against plain loops and a linear programme."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.optimize import linprog

from planning.coverage.assignment import ways_within
from planning.coverage.nominal import groups_of
from planning.coverage.seating import Seating, measure_seating
from planning.scenarios.standing import places_after
from tests.planning.grid_town import town_demand, town_network, town_settings, town_stations

SETTINGS = town_settings()
SHARE = 0.4


@cache
def town(seed: int) -> tuple[Seating, dict[int, list[tuple[float, int, int, int]]], object, object]:
    """Seats of a town, and by hour its ways as (seconds, group, cell, place) that are open."""
    network = town_network(seed)
    demand, stations = town_demand(network, seed), town_stations(network, seed, n=9)
    places = places_after(stations, groups_of(demand, SETTINGS))
    ways = ways_within(demand, places, network, SETTINGS)
    rows = [(float(s), *divmod(int(i), len(demand)), int(p)) for i, p, s in zip(*ways, strict=True)]
    open_ways = {
        hour: sorted(row for row in rows if places.open[row[3], hour]) for hour in range(168)
    }
    made = measure_seating(demand, places, ways, at_once=SHARE)
    return made, open_ways, demand, places


@pytest.mark.parametrize("seed", range(3))
def test_each_hour_seats_whom_plain_loops_seat(seed: int) -> None:
    made, open_ways, demand, places = town(seed)
    told = {(day, one.hour): one for one in made.hours for day in one.days}
    assert len(told) == 168
    for at, rows in open_ways.items():
        day, hour = divmod(at, 24)
        share = SHARE * demand.presence * demand.profile[:, int(day >= 5), hour]
        left = {(g, c): demand.weights[c, g] * share[g] for _, g, c, _ in rows}
        in_reach = sum(left.values())
        room = [np.inf if np.isnan(seats) else seats for seats in places.seats]
        for _, group, cell, place in rows:
            take = min(left[group, cell], room[place])
            left[group, cell] -= take
            room[place] -= take
        one = told[day, hour]
        assert one.wanted == pytest.approx(float((demand.weights * share).sum()))
        assert one.in_reach == pytest.approx(in_reach)
        assert one.seated == pytest.approx(in_reach - sum(left.values()))
    assert made.fullest.overflow == max(one.overflow for one in made.hours)


@pytest.mark.parametrize("seed", range(3))
def test_the_most_that_could_be_seated_is_that_of_a_linear_programme(seed: int) -> None:
    made, open_ways, demand, places = town(seed)
    full = made.fullest
    rows = open_ways[24 * full.days[0] + full.hour]
    share = SHARE * demand.presence * demand.profile[:, int(full.days[0] >= 5), full.hour]
    items = {pair: k for k, pair in enumerate(dict.fromkeys((g, c) for _, g, c, _ in rows))}
    table = np.zeros((len(items) + len(places), len(rows)))
    for k, (_, group, cell, place) in enumerate(rows):
        table[items[group, cell], k] = table[len(items) + place, k] = 1.0
    wanted = [demand.weights[c, g] * share[g] for g, c in items]
    most = linprog(
        -np.ones(len(rows)), A_ub=table, b_ub=np.r_[wanted, np.nan_to_num(places.seats, nan=1e9)]
    )
    assert made.most_seated == pytest.approx(-most.fun)
    assert full.seated <= made.most_seated + 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_places_and_groups_add_up_to_the_fullest_hour(seed: int) -> None:
    made, _, _, places = town(seed)
    full = made.fullest
    for sums, whole in (
        ([one.seated for one in made.places], full.seated),
        ([one.nearest for one in made.places], full.in_reach),
        ([one.seated for one in made.groups], full.seated),
        ([one.overflow for one in made.groups], full.overflow),
        ([one.wanted for one in made.groups], full.wanted),
    ):
        assert sum(sums) == pytest.approx(whole)
    for one in made.places:
        assert one.own <= one.seated + 1e-9
        assert one.seats is None or one.seated <= one.seats + 1e-9
        if one.sent_on > 1e-9:
            assert one.seats == pytest.approx(one.seated)
    unknown = [one for one in made.places if one.seats is None]
    assert (made.unknown, made.at_unknown) == (
        len(unknown),
        pytest.approx(sum(one.seated for one in unknown)),
    )
    assert full.overflow > 0
    roomy = replace(places, seats=np.full(len(places), 1e6))
    network = town_network(seed)
    demand = town_demand(network, seed)
    ways = ways_within(demand, roomy, network, SETTINGS)
    assert all(h.overflow < 1e-9 for h in measure_seating(demand, roomy, ways, at_once=1.0).hours)
