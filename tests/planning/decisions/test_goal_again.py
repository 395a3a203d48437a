"""Runners-up and prices of every goal, against every choice of actions in tiny cities."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from data.questions import Question
from planning import SolveParams
from planning.decisions.goal_again import other_plans_by_goal, prices_by_goal, why_by_goal
from tests.planning.decisions.all_choices import NOTHING
from tests.planning.decisions.test_all_choices import asked_of
from tests.planning.decisions.test_front import BEYOND_S
from tests.planning.decisions.test_goals import shares
from tests.planning.decisions.test_mean_time import mean_of, seconds_of
from tests.planning.decisions.tiny_cities import tiny_city

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.decisions import AskedQuestion, Decision
    from tests.planning.decisions.all_choices import TinyCity

PARAMS = SolveParams(time_limit_s=20)
BUILD: dict[str, Any] = {"actions": {"build": ["station", "driver_home"]}}
GOALS: dict[str, dict[str, Any]] = {
    "cheapest": {
        "goal": {"what": "cheapest", "share": 0.45},
        "new": 2,
        "count_limits": [{"name": "stations", "most": 0, "kinds": ["station"]}],
    },
    "worst_group": {"goal": {"what": "worst_group"}, "money": {"yuan_by_year": [180_000]}},
    "two_in_reach": {
        "goal": {"what": "two_in_reach", "group_weights": {"courier": 2.0}},
        "money": {"yuan_by_year": [130_000]},
        "new": 1,
        "floors": [{"name": "truckers", "least_share": 0.2, "groups": ["truck_driver"]}],
    },
    "mean_time": {
        "goal": {"what": "mean_time", "beyond_s": BEYOND_S},
        "years": {"count": 2},
        "money": {"yuan_by_year": [90_000, 110_000]},
        "count_limits": [{"name": "stations", "most": 1, "kinds": ["station"]}],
    },
}
SEEDS = [seed for seed in range(12) if seed % 4 != 3]
#: Proved to so much of itself.
CLOSE = {"cheapest": 2e-3, "worst_group": 4e-3, "two_in_reach": 3e-3, "mean_time": 4e-3}


def city_of(goal: str, seed: int, **more: Any) -> TinyCity:  # noqa: ANN401 - tables
    return replace(tiny_city(seed), question=Question.from_dict(BUILD | GOALS[goal] | more))


def worth_in(city: TinyCity) -> Callable[[Any], float]:
    """What the goal of a city counts a choice: more is better; -inf where it breaks a limit."""
    goal, ways = city.question.goal, seconds_of(city)

    def worth(choice: Any) -> float:  # noqa: ANN401 - a choice
        tables = city.tables(choice)
        if not city.keeps_limits(choice, tables):
            return -math.inf
        if goal.what == "mean_time":
            return -mean_of(city, choice, ways, BEYOND_S)
        if goal.what == "two_in_reach":
            return city.value(tables) + city.value(city.twice(choice))
        has = shares(tables)
        if goal.what == "cheapest":
            enough = has["all"] >= goal.share - 1e-9
            yuan = sum(int(table.sum()) for table in city.paid(choice).values())
            return -float(yuan) if enough else -math.inf
        return min(share for group, share in has.items() if group != "all")

    return worth


def best_of(city: TinyCity, *, without: str | None = None) -> float:
    """The best of all choices, or of those that do nothing at a site."""
    worth, row = worth_in(city), None if without is None else city.sites.ids.index(without)
    return max(
        (worth(choice) for choice in city.choices()
         if row is None or choice[0][row].what == "nothing"),
        default=-math.inf,
    )  # fmt: skip


def answered(city: TinyCity) -> tuple[AskedQuestion, Decision] | None:
    asked = asked_of(city)
    if asked is None:
        return None
    made = asked.decide(params=PARAMS)
    return (asked, made) if made.is_plan else None


def held(least: float | None, most: float | None, truth: float, slack: float) -> bool:
    """Whether two proved ends hold the truth and lie no farther apart than is proved."""
    assert least is not None
    assert most is not None
    return least - 1e-6 - slack <= truth <= most + 1e-6 + slack and most - least <= 4 * slack + 1e-6


@pytest.mark.parametrize("goal", list(GOALS))
def test_a_runner_up_costs_what_the_best_choice_without_the_place_is_worse(goal: str) -> None:
    n_lines = n_costly = n_needed = 0
    for seed in SEEDS:
        city = city_of(goal, seed)
        found = answered(city)
        if found is None:
            continue
        asked, made = found
        best = best_of(city)
        lines = why_by_goal(asked, made, gap=0.0)
        assert [line.order for line in lines] == [one.order for one in made.actions]
        for line, action in zip(lines, made.actions, strict=True):
            without = best_of(city, without=action.id)
            n_lines += 1
            if line.is_needed:
                n_needed += 1
                assert without == -math.inf, f"seed {seed}"
                continue
            slack = CLOSE[goal] * abs(best)
            n_costly += best - without > slack
            assert held(line.costs_least, line.costs_most, best - without, slack), f"seed {seed}"
            assert all(one.id != action.id for one in line.does)
    assert n_lines >= 4
    assert n_costly + n_needed >= 2


@pytest.mark.parametrize("goal", list(GOALS))
def test_a_step_more_of_a_limit_brings_what_the_best_choice_has_more(goal: str) -> None:
    n_lines = n_more = 0
    for seed in SEEDS[:6]:
        city = city_of(goal, seed)
        found = answered(city)
        if found is None:
            continue
        asked, made = found
        best, tables = best_of(city), BUILD | GOALS[goal]
        for line in prices_by_goal(asked, made, gap=0.0):
            looser = replace(city, question=Question.from_dict(_looser(tables, str(line.limit))))
            more = best_of(looser) - best
            slack = CLOSE[goal] * abs(best)
            n_lines += 1
            n_more += more > slack
            assert held(line.brings_least, line.brings_most, more, slack), (seed, line)
    assert n_lines >= 3
    assert n_more >= 1


def _looser(tables: dict[str, Any], limit: str) -> dict[str, Any]:
    """The question with a step more of one limit."""
    if limit == "share to be covered":
        return tables | {"goal": tables["goal"] | {"share": tables["goal"]["share"] - 0.01}}
    if limit == "new stations":
        return tables | {"new": tables["new"] + 1}
    if limit.startswith("money up to"):
        sums, at = list(tables["money"]["yuan_by_year"]), int(limit.rsplit(maxsplit=1)[-1]) - 2027
        sums[at] += 100_000
        if at + 1 < len(sums):
            sums[at + 1] -= 100_000
        return tables | {"money": {"yuan_by_year": sums}}
    field = "floors" if limit == "truckers" else "count_limits"
    key, step = ("least_share", -0.01) if field == "floors" else ("most", 1)
    return tables | {field: [tables[field][0] | {key: tables[field][0][key] + step}]}


def used(choice: Any) -> set[int]:  # noqa: ANN401 - a choice
    return {row for row, doing in enumerate(choice[0]) if doing.what != "nothing"}


@pytest.mark.parametrize("goal", ["cheapest", "worst_group", "mean_time"])
def test_other_plans_are_nearly_as_good_and_the_first_differs_most(goal: str) -> None:
    gap, n_others = 0.6, 0
    for seed in SEEDS[:6]:
        city = city_of(goal, seed)
        found = answered(city)
        if found is None:
            continue
        asked, made = found
        worth, best = worth_in(city), best_of(city)
        own = {city.sites.ids.index(one.id) for one in made.actions}
        covers = made.covered(year=made.years[-1]).covered
        near = [
            len(own - used(choice))
            for choice in city.choices()
            if worth(choice) > -math.inf
            and is_near(city, choice, best=best, covers=covers, gap=gap)
        ]
        others, held_by = other_plans_by_goal(asked, made, gap=gap, n=3)
        n_others += len(others)
        assert bool(others) == (max(near) > 0), f"seed {seed}"
        for other in others:
            assert all(share <= 1.0 for share in held_by.values())
            assert other.gained or other.dropped
        if others:
            assert others[0].n_apart == max(near), f"seed {seed}"
            there = {city.sites.ids.index(one.id) for one in others[0].places}
            assert len(own - there) == others[0].n_apart
    assert n_others >= 2


def is_near(
    city: TinyCity,
    choice: Any,  # noqa: ANN401 - a choice
    *,
    best: float,
    covers: float,
    gap: float,
) -> bool:
    """Whether a choice is nearly as good: ``best`` of all, ``covers`` what the plan covers."""
    worth = worth_in(city)(choice)
    if city.question.goal.what == "cheapest":
        return -worth <= -best * (1 + gap) + 1e-6
    today = (tuple(NOTHING for _ in choice[0]), choice[1])
    if city.question.goal.what == "mean_time":
        stands = worth_in(city)(today)
        return worth - stands >= (1 - gap) * (best - stands) - 1e-6
    here, stands = (city.value(city.tables(one)) for one in (choice, today))
    enough = here - stands >= (1 - gap) * (covers - stands) - 1e-6
    return enough and worth >= (1 - gap) * best - 1e-9
