"""The least mean time, against every choice of actions in tiny cities."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.questions import Question
from geo import travel_times
from geo.errors import InputError, ProblemError
from planning import SolveParams
from planning.decisions import Decision, ask
from planning.decisions import time_levels as levels
from planning.engine.verify import broken_rules
from tests.planning.decisions.test_all_choices import asked_of
from tests.planning.decisions.tiny_cities import tiny_city

if TYPE_CHECKING:
    from tests.planning.decisions.all_choices import Doing, TinyCity

    Choice = tuple[tuple[Doing, ...], tuple[Doing, ...]]

SEEDS = [seed for seed in range(20) if seed % 4 != 3]
BEYOND_S = 4000.0


def timed_city(seed: int, *, beyond_s: float | None = BEYOND_S) -> TinyCity:
    """A tiny city with its question of workers turned into one of time."""
    city = tiny_city(seed)
    asked = city.question.as_dict()
    goal = asked.get("goal", {}) | {"what": "mean_time"}
    if beyond_s is not None:
        goal["beyond_s"] = beyond_s
    return replace(city, question=Question.from_dict(asked | {"goal": goal}))


def seconds_of(city: TinyCity) -> dict[str, np.ndarray]:
    """Seconds [places, cells] of each group, inf beyond its standard."""
    lonlat = np.vstack([city.sites.lonlat, city.stations.lonlat])
    tables = {}
    for group in city.demand.groups:
        standard = city.settings.group(group).standard
        csr = travel_times(
            city.network,
            mode=standard.mode,
            origins=city.demand.lonlat,
            destinations=lonlat,
            cutoff_s=standard.cutoff_s,
            cutoff_m=standard.radius_m,
        ).csr.tocoo()
        dense = np.full((len(lonlat), len(city.demand)), np.inf)
        dense[csr.col, csr.row] = csr.data
        tables[group] = dense
    return tables


def mean_of(
    city: TinyCity, choice: Choice, seconds: dict[str, np.ndarray], beyond_s: float
) -> float:
    """The mean over all years, each group as the goal weighs it."""
    whole = people = 0.0
    for year in range(city.n_years):
        states = city.standing(*choice, year)
        for group in city.demand.groups:
            kinds = city.settings.group(group).kinds
            nearest = np.full(len(city.demand), beyond_s)
            for place, own, _, _ in states:
                if kinds & set(own):
                    nearest = np.minimum(nearest, seconds[group][place])
            counts = city.question.goal.group_weights.get(group, 1.0)
            there = city.weights(group, year)[:, 0] * counts
            whole += float(there @ nearest)
            people += float(there.sum())
    return whole / people


def least_of_all(city: TinyCity, *, beyond_s: float = BEYOND_S) -> float:
    seconds, least = seconds_of(city), math.inf
    for choice in city.choices():
        mean = mean_of(city, choice, seconds, beyond_s)
        if mean < least and city.keeps_limits(choice, city.tables(choice)):
            least = mean
    return least


def answered(city: TinyCity) -> Decision | None:
    asked = asked_of(city)
    if asked is None:
        return None
    made = asked.decide(params=SolveParams(time_limit_s=30))
    if made.is_plan:
        assert made.plan is not None
        assert broken_rules(asked.problem.problem, made.plan) == ()
    return made


@pytest.mark.parametrize("part", range(3))
def test_no_choice_of_actions_has_a_shorter_mean_time(part: int) -> None:
    n_plans = 0
    for seed in SEEDS[part::3]:
        city = timed_city(seed)
        made, least = answered(city), least_of_all(city)
        if made is None or least == math.inf:
            assert made is None or made.status == "infeasible", f"seed {seed}"
            continue
        n_plans += 1
        assert made.status == "optimal", f"seed {seed}: {made.status}"
        assert made.objective == pytest.approx(least, rel=1e-6), f"seed {seed}"
        assert made.bound == made.objective
    assert n_plans >= 3


def test_the_means_told_are_those_of_the_plan_and_of_today() -> None:
    city = timed_city(0, beyond_s=None)
    made = answered(city)
    assert made is not None
    assert made.is_plan
    cutoff_s = city.settings.group("courier").standard.cutoff_s
    seconds = seconds_of(city)
    for line in made.times:
        assert 0 <= line.mean_s <= line.before_s <= cutoff_s
        if line.group != "all":
            people = city.weights(line.group, line.year - 2027)[:, 0]
            kinds = city.settings.group(line.group).kinds
            nearest = np.full(len(people), cutoff_s)
            for row, kind in enumerate(city.stations.frame["kind"]):
                if kind in kinds:
                    nearest = np.minimum(nearest, seconds[line.group][len(city.sites) + row])
            assert line.before_s == pytest.approx(people @ nearest / people.sum())
    assert Decision.from_dict(made.as_dict()).times == made.times
    every = [made.time(year=year).mean_s for year in made.years]
    counts = [sum(city.weights(g, k).sum() for g in city.demand.groups) for k in range(len(every))]
    if not city.question.goal.group_weights:
        assert made.objective == pytest.approx(np.average(every, weights=counts))


@pytest.mark.parametrize("step_s", [40.0, math.inf])
@pytest.mark.parametrize("seed", SEEDS[:3])
def test_times_rounded_down_keep_the_bound_below_every_mean(
    seed: int, step_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(levels, "MAX_LEVEL_PAIRS", 0)
    monkeypatch.setattr(levels, "STEPS_S", (0.0, step_s))
    city = timed_city(seed)
    made, least = answered(city), least_of_all(city)
    if made is None or not made.is_plan:
        assert least == math.inf or made is None
        return
    assert made.bound <= least * (1 + 1e-9)
    assert made.objective >= least * (1 - 1e-9)
    if step_s < math.inf:
        assert made.bound >= least - step_s
        assert made.objective <= least + step_s


def test_a_slower_mode_takes_longer_and_reaches_less() -> None:
    plain = {"actions": {"build": ["driver_home"]}, "new": 2, "years": {"first": 2027}}
    usual = tiny_city(0)
    mode = usual.settings.group("truck_driver").standard.mode
    goal = {"what": "mean_time", "beyond_s": BEYOND_S, "group_weights": {"courier": 0.0}}
    means = []
    for factor in (1.0, 0.8):
        asked = plain | {"goal": goal, "world": {"speed_factors": {mode: factor}}}
        made = answered(replace(usual, question=Question.from_dict(asked)))
        assert made is not None
        means.append(made.objective)
    # within the standard's metres as before, and each second of the way counts 1.25
    near, slow = means
    assert near < slow <= near * 1.25 + 1e-6


def test_a_time_shorter_than_the_standard_is_refused() -> None:
    city = timed_city(0, beyond_s=60.0)
    with pytest.raises(ProblemError, match="beyond_s is 60 s and the standard"):
        ask(
            city.question,
            demand=city.demand,
            stations=city.stations,
            sites=city.sites,
            network=city.network,
            settings=city.settings,
        )
    with pytest.raises(InputError, match="beyond_s belongs to the goal mean_time"):
        Question.from_dict({"goal": {"what": "workers", "beyond_s": 900.0}})


def test_a_goal_of_time_that_counts_nobody_is_refused() -> None:
    goal = {"what": "mean_time", "group_weights": {"courier": 0.0, "truck_driver": 0.0}}
    city = replace(tiny_city(0), question=Question.from_dict({"goal": goal, "new": 1}))
    asked = asked_of(city)
    assert asked is not None
    with pytest.raises(ProblemError, match="counts nobody"):
        asked.decide()
