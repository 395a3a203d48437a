"""Claims about what is told while an answer is sought: true of the goal, and enough to stop it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from planning import CoverageProblem, SolveParams, solve
from planning.decisions import ask
from tests.planning.decisions.test_goals import BUILD, city_with

if TYPE_CHECKING:
    from planning.decisions import AskedQuestion
    from planning.engine.params import Progress

GOALS: dict[str, dict[str, Any]] = {
    "workers": {"money": {"yuan_by_year": [150_000]}},
    "workers beside a floor": {
        "money": {"yuan_by_year": [250_000]},
        "floors": [{"name": "f", "least_share": 0.05, "groups": ["courier"]}],
        "zones": [
            {"name": "z", "around": [116.8, 33.95], "within_m": 5000, "rule": "require"}
        ],
    },
    "cheapest": {"goal": {"what": "cheapest", "share": 0.5}},
    "worst_group": {"goal": {"what": "worst_group"}, "money": {"yuan_by_year": [150_000]}},
    "two_in_reach": {
        "goal": {"what": "two_in_reach"}, "new": 2, "actions": {"build": ["courier_home"]},
    },
    "mean_time": {"goal": {"what": "mean_time"}, "money": {"yuan_by_year": [150_000]}},
}  # fmt: skip
LEAST = {"cheapest", "mean_time"}


def asked_of(goal: str, seed: int = 1) -> AskedQuestion:
    city = city_with(seed, {**BUILD, **GOALS[goal]})
    return ask(
        city.question, demand=city.demand, stations=city.stations, sites=city.sites,
        network=city.network, settings=city.settings,
    )  # fmt: skip


@pytest.mark.parametrize("goal", GOALS)
def test_what_is_told_brackets_the_answer_and_only_gets_nearer(goal: str) -> None:
    asked = asked_of(goal)
    told: list[tuple[Progress, float]] = []

    def listen(news: Progress) -> None:
        plan = math.nan if news.plan is None else asked.problem.value(news.plan())
        told.append((news, plan))

    made = asked.decide(params=SolveParams(time_limit_s=20, on_progress=listen))
    assert told
    sign = -1.0 if goal in LEAST else 1.0
    values = [sign * n.incumbent for n, _ in told if not math.isnan(n.incumbent)]
    bounds = [sign * n.bound for n, _ in told if not math.isnan(n.bound)]
    best = sign * made.objective
    slack = 1e-6 * abs(best)
    assert values == sorted(values)
    assert bounds == sorted(bounds, reverse=True)
    assert all(value <= best + slack for value in values)
    assert all(bound >= best - slack for bound in bounds)
    if goal != "mean_time":  # whose figures no step of it tells
        assert values
        assert bounds
    for news, worth in told:
        assert math.isnan(worth) or worth == pytest.approx(news.incumbent)
    seconds = [news.seconds for news, _ in told]
    assert seconds == sorted(seconds)


@pytest.mark.parametrize("goal", GOALS)
def test_a_run_that_is_stopped_keeps_a_plan_with_a_bound_that_holds(goal: str) -> None:
    asked = asked_of(goal)
    best = asked.decide(params=SolveParams(time_limit_s=20))
    calls: list[float] = []

    def stop(news: Progress) -> bool:
        calls.append(news.seconds)
        return True

    made = asked.decide(params=SolveParams(time_limit_s=20, on_progress=stop))
    assert len(calls) == 1
    if not made.is_plan:
        assert made.status != "infeasible"
        return
    sign = -1.0 if goal in LEAST else 1.0
    slack = 1e-6 * abs(best.objective)
    assert sign * made.objective <= sign * best.objective + slack
    assert sign * made.bound >= sign * best.objective - slack


def test_the_plan_that_the_engine_tells_is_worth_what_it_says() -> None:
    rng = np.random.default_rng(7)
    covers = rng.random((60, 400)) < 0.04
    weights = rng.integers(1, 30, 400).astype(float)
    required = np.arange(60) == 3
    problem = CoverageProblem(weights=weights, covers=covers, max_open=9, required=required)
    told: list[int] = []

    def listen(news: Progress) -> None:
        if news.plan is None or math.isnan(news.incumbent):
            return
        chosen = news.plan()
        assert weights[covers[chosen].any(axis=0)].sum() == pytest.approx(news.incumbent)
        assert len(chosen) <= 10  # nine beside the required one
        assert 3 in chosen
        told.append(len(chosen))

    plan = solve(problem, params=SolveParams(time_limit_s=20, on_progress=listen))
    assert plan.status == "optimal"
    assert told
