"""Two stations within reach under every limit, against every choice of actions in tiny cities."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.questions import Question
from geo.errors import InputError
from planning import SolveParams, broken_rules
from planning.decisions import Decision
from planning.decisions.two_in_reach import backup_problem
from tests.planning.decisions.all_choices import NOTHING, Doing
from tests.planning.decisions.test_all_choices import asked_of
from tests.planning.decisions.test_goals import answered, shares
from tests.planning.decisions.tiny_cities import tiny_city

if TYPE_CHECKING:
    from tests.planning.decisions.all_choices import TinyCity

N_QUESTIONS, IN_ONE_TEST = 100, 20


def city_of(seed: int) -> TinyCity | None:
    """A tiny city whose question has two in reach as its goal; None where it counts hours."""
    city = tiny_city(seed)
    tables = city.question.as_dict()
    if city.question.goal.what == "worker_hours":
        return None
    rng = np.random.default_rng([2, seed])
    tables["goal"] = {**tables.get("goal", {}), "what": "two_in_reach"}
    for floor in tables.get("floors", ()):
        floor["stations"] = int(rng.integers(1, 3))
    if rng.random() < 0.3:
        share = float(rng.choice([0.1, 0.3]))
        more = {"name": "two for all", "least_share": share, "stations": 2}
        tables["floors"] = [*tables.get("floors", ()), more]
    return replace(city, question=Question.from_dict(tables))


def best_of_all(city: TinyCity) -> float:
    """The most that a choice of actions has, -inf where none keeps all limits."""
    best = -math.inf
    for choice in city.choices():
        once = city.tables(choice)
        value = city.value(once) + city.value(city.twice(choice))
        if value > best and city.keeps_limits(choice, once):
            best = value
    return best


@pytest.mark.parametrize("first", range(0, N_QUESTIONS, IN_ONE_TEST))
def test_two_in_reach_is_the_best_of_all_choices(first: int) -> None:
    n_plans = 0
    for seed in range(first, first + IN_ONE_TEST):
        city = city_of(seed)
        if city is None:
            continue
        best, asked = best_of_all(city), asked_of(city)
        if asked is None:
            assert best == -math.inf, f"seed {seed}: refused, and a choice has {best}"
            continue
        decision = asked.decide(params=SolveParams(time_limit_s=30))
        if best == -math.inf:
            assert decision.status == "infeasible", f"seed {seed}: {decision.status}"
            continue
        n_plans += 1
        assert decision.status == "optimal", f"seed {seed}: {decision.status} {decision.reasons}"
        assert decision.objective == pytest.approx(best, abs=1e-4), f"seed {seed}"
        problem, plan = backup_problem(asked.items, asked.problem), decision.plan
        whole = replace(plan, chosen=np.r_[plan.chosen, problem.covers.shape[0] - 1])
        assert broken_rules(problem, whole) == (), f"seed {seed}"
    assert n_plans > 3


@pytest.mark.parametrize("seed", [0, 5, 9])
def test_the_answer_tells_who_has_one_and_who_has_two(seed: int) -> None:
    city = replace(
        tiny_city(seed),
        question=Question.from_dict(
            {
                "goal": {"what": "two_in_reach"},
                "actions": {"build": ["courier_home", "driver_home"]},
                "new": 2,
            }
        ),
    )
    decision = answered(city)
    at_sites = [NOTHING] * len(city.sites)
    for one in decision.actions:
        at_sites[city.sites.ids.index(one.id)] = Doing("build", one.kind, one.hours)
    choice = tuple(at_sites), (Doing("keep"),) * len(city.stations)
    once, twice = shares(city.tables(choice)), shares(city.twice(choice))
    assert len(decision.actions) == 2
    for group in decision.once:
        if group.district == "all":
            assert group.share == pytest.approx(once[group.group])
            two = decision.covered(year=2027, group=group.group)
            assert two.share == pytest.approx(twice[group.group])
    assert Decision.from_dict(decision.as_dict()).once == decision.once


def test_two_stations_in_a_floor_belong_to_the_goal() -> None:
    with pytest.raises(InputError, match="stations = 2 belongs to the goal two_in_reach"):
        Question.from_dict({"floors": [{"name": "f", "least_share": 0.5, "stations": 2}]})


def test_a_floor_of_two_that_cannot_be_is_named() -> None:
    floor = {"name": "all twice", "least_share": 1.0, "stations": 2}
    tables = {"goal": {"what": "two_in_reach"}, "new": 0, "floors": [floor]}
    decision = answered(replace(tiny_city(0), question=Question.from_dict(tables)))
    assert decision.status == "infeasible"
    assert "all twice" in decision.reasons[0]
