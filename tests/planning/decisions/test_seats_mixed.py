"""Seats beside every other feature: years, upgrades, longer hours, closures, moves, weights.

Each answer stands against every choice of actions, and what a choice seats is a linear programme a
year, written from the question's own words.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.optimize import linprog

from data import Stations
from data.questions import Question
from planning import SolveParams
from planning.decisions.goal_value import goal_value
from planning.engine.verify import broken_choice
from tests.planning.decisions.test_all_choices import asked_of
from tests.planning.decisions.tiny_cities import tiny_city

if TYPE_CHECKING:
    from planning.decisions import AskedQuestion
    from tests.planning.decisions.all_choices import TinyCity

SEEDS = [seed for seed in range(48) if seed % 4 != 3]
SEATS = {"station": 4, "driver_home": 9, "courier_home": 6, "base": 12}
AT_ONCE = 0.5


def seated_city(seed: int) -> TinyCity:
    """A tiny city with few seats whose question, with all its limits, asks for seats."""
    city, rng = tiny_city(seed), np.random.default_rng([160, seed])
    stations = [
        one | {"seats": float(rng.integers(0, 8)) if rng.random() < 0.8 else math.nan}
        for one in city.stations.frame[["id", "name", "kind", "hours"]].to_dict("records")
    ]
    for one, (lon, lat) in zip(stations, city.stations.lonlat, strict=True):
        one |= {"lon": float(lon), "lat": float(lat)}
    tables = city.question.as_dict()
    weights = city.question.goal.group_weights
    tables["goal"] = {"what": "seated", "group_weights": weights}
    tables["capacity"] = {"at_once": AT_ONCE, "seats_by_kind": SEATS}
    tables["actions"] = tables.get("actions", {}) | {"build_hours": ["0:00-24:00"]}
    return replace(
        city, stations=Stations.from_records(stations), question=Question.from_dict(tables)
    )


def room_of(city: TinyCity, kinds: tuple[str, ...], station: int) -> float:
    """The seats of a place; without end where the register does not know."""
    if station < 0:
        return SEATS[kinds[0]]
    known = [city.stations.frame["seats"].iloc[station]]
    known += [SEATS[kind] for kind in kinds[1:]]
    return float(np.nanmax([*known, -1.0])) if not np.isnan(known).all() else math.inf


def seated_in_year(city: TinyCity, states: list, year: int, at: tuple[int, int]) -> float:  # type: ignore[type-arg]
    """The most that places seat in the hour, each worker as much as his group counts."""
    day, hour = at
    asked, room, pairs, worth = [], [], [], []
    for _, kinds, station, _ in states:
        room.append(room_of(city, kinds, station))
    for number, group in enumerate(city.demand.groups):
        share = city.demand.presence[number] * city.demand.profile[number, int(day >= 5), hour]
        wanted = city.weights(group, year)[:, 0] * share * AT_ONCE
        served = city.settings.group(group).kinds
        for cell in range(len(city.demand)):
            for place, (at_place, kinds, _, hours) in enumerate(states):
                is_near = city.near[group][at_place][cell]
                if is_near and served & set(kinds) and hours[24 * day + hour]:
                    pairs.append((len(asked), place))
                    worth.append(city.question.goal.group_weights.get(group, 1.0))
            asked.append(wanted[cell])
    if not pairs:
        return 0.0
    rows = np.zeros((len(asked) + len(room), len(pairs)))
    for k, (item, place) in enumerate(pairs):
        rows[item, k] = rows[len(asked) + place, k] = 1.0
    most = np.minimum(np.r_[asked, room], 1e6)
    return -float(linprog(-np.array(worth), A_ub=rows, b_ub=most).fun)


def best_of_all(city: TinyCity, at: tuple[int, int]) -> float:
    """The most that a choice which keeps all limits seats over all years, -inf where none does."""
    known: dict[tuple[int, tuple[tuple[int, tuple[str, ...], int, bool], ...]], float] = {}
    best = -math.inf
    for choice in city.choices():
        if not city.keeps_limits(choice, city.tables(choice)):
            continue
        total = 0.0
        for year in range(city.n_years):
            states = city.standing(*choice, year)
            is_open = 24 * at[0] + at[1]
            key = year, tuple(sorted((p, k, s, bool(h[is_open])) for p, k, s, h in states))
            if key not in known:
                known[key] = seated_in_year(city, states, year, at)
            total += known[key]
        best = max(best, total)
    return best


def hour_of(asked: AskedQuestion) -> tuple[int, int]:
    assert asked.seats is not None
    return asked.seats.day, asked.seats.hour


@pytest.mark.parametrize("part", range(3))
def test_no_choice_seats_more_over_the_years(part: int) -> None:
    n_answered = 0
    for seed in SEEDS[part::3]:
        city = seated_city(seed)
        asked = asked_of(city)
        if asked is None:
            assert best_of_all(city, (0, 12)) == -math.inf, f"seed {seed}: refused"
            continue
        best = best_of_all(city, hour_of(asked))
        made = asked.decide(params=SolveParams(time_limit_s=30))
        if best == -math.inf:
            assert made.status == "infeasible", f"seed {seed}: {made.status}"
            continue
        n_answered += 1
        assert made.status == "optimal", f"seed {seed}: {made.status} {made.reasons}"
        assert made.objective == pytest.approx(best, abs=1e-4), f"seed {seed}"
        assert made.plan is not None
        assert broken_choice(asked.problem.problem, made.plan.chosen) == (), f"seed {seed}"
        # what is told of the plan, counted with all that stands beside it
        assert goal_value(asked, made.plan.chosen) == pytest.approx(best, abs=1e-4), f"seed {seed}"
    assert n_answered >= 5


def test_the_questions_hold_every_feature_beside_seats() -> None:
    found: dict[str, int] = {}
    for seed in SEEDS:
        question = seated_city(seed).question
        of = {
            "years": question.years.count > 1,
            "upgrade": bool(question.actions.upgrade) and question.actions.existing != "fixed",
            "free": question.actions.existing == "free",
            "relocate": question.actions.relocate_within_m is not None,
            "weights": bool(question.goal.group_weights),
            "money": question.money_by_year is not None,
            "payers": bool(question.money_rules.rules),
            "floors": bool(question.floors),
            "counts": bool(question.count_limits),
            "zones": bool(question.zones),
            "spacing": bool(question.spacing_m),
            "world": bool(question.world.demand),
        }
        for name, stands in of.items():
            found[name] = found.get(name, 0) + stands
    assert min(found.values()) >= 4, found
