"""The Pareto front of two measures, against every choice of actions in tiny cities."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data.questions import Question
from geo.errors import InputError
from planning.decisions import pareto_front
from tests.planning.decisions.test_all_choices import asked_of
from tests.planning.decisions.test_goals import shares
from tests.planning.decisions.test_mean_time import BEYOND_S, mean_of, seconds_of
from tests.planning.decisions.tiny_cities import tiny_city

if TYPE_CHECKING:
    from tests.planning.decisions.all_choices import TinyCity
    from tests.planning.decisions.test_mean_time import Choice

PAIRS = [
    ("workers", "money"),
    ("money", "mean_time"),
    ("worst_group", "workers"),
    ("mean_time", "workers"),
    ("worst_group", "money"),
]
LEAST = {"money", "mean_time"}


def fronted_city(seed: int, first: str, second: str) -> TinyCity:
    """A tiny city with its question of workers and a front."""
    city = tiny_city(seed)
    tables = city.question.as_dict() | {"front": {"first": first, "second": second}}
    if "mean_time" in {first, second}:
        tables["goal"] = tables.get("goal", {}) | {"beyond_s": BEYOND_S}
    return replace(city, question=Question.from_dict(tables))


def figure_of(city: TinyCity, choice: Choice, word: str, ways: dict[str, np.ndarray]) -> float:
    """One measure of a choice, with plain loops; rounded as a point is known."""
    if word == "money":
        rows = list(city.paid(choice).values())
        kept = standing_costs(city, choice)
        return float(sum(int(table.sum()) for table in rows) + kept)
    if word == "mean_time":
        return mean_of(city, choice, ways, BEYOND_S)
    tables = city.tables(choice)
    if word == "workers":
        return city.value(tables)
    return min(share for group, share in shares(tables).items() if group != "all")


def standing_costs(city: TinyCity, choice: Choice) -> int:
    """What free stations cost as they are, in all years: the oracle counts beyond today alone."""
    del choice
    runs = city.question.money.running
    kinds = city.stations.frame["kind"]
    free = [kind for row, kind in enumerate(kinds) if city.policy(row) == "free"]
    yuan = sum(city.question.cost_of_kind(kind).running_yuan_a_year for kind in free)
    return yuan * city.n_years * runs


def front_of_all(city: TinyCity, first: str, second: str) -> list[tuple[float, float]]:
    """The non-dominated pairs of all choices that keep the limits."""
    ways, found = seconds_of(city), set()
    for choice in city.choices():
        if city.keeps_limits(choice, city.tables(choice)):
            pair = [figure_of(city, choice, word, ways) for word in (first, second)]
            found.add(tuple(np.round(pair, 6)))
    signs = [-1.0 if word in LEAST else 1.0 for word in (first, second)]
    ordered = sorted(found, key=lambda pair: [-signs[0] * pair[0], -signs[1] * pair[1]])
    best: list[tuple[float, float]] = []
    for pair in ordered:
        if not best or signs[1] * pair[1] > signs[1] * best[-1][1] + 1e-6:
            best.append((float(pair[0]), float(pair[1])))
    return best


@pytest.mark.parametrize("number", range(len(PAIRS)))
def test_no_point_of_the_front_is_missing_and_none_is_beaten(number: int) -> None:
    first, second = PAIRS[number]
    n_points = 0
    for seed in (0, 2, 4, 6, 9):
        city = fronted_city(seed, first, second)
        asked = asked_of(city)
        if asked is None:
            continue
        made = pareto_front(asked, first, second, n=25, gap=0.0, time_limit_s=300)
        true = front_of_all(city, first, second)
        assert made.is_complete == bool(true), f"seed {seed}"
        told = sorted((point.first, point.second) for point in made.points)
        assert len(told) == len(true), f"seed {seed}: {told} and {sorted(true)}"
        np.testing.assert_allclose(told, sorted(true), rtol=1e-5, atol=1e-5)
        assert all(point.is_proved for point in made.points), f"seed {seed}"
        for point in made.points:
            own = point.first if made.raised == first else point.second
            assert point.bound == pytest.approx(own)
        n_points += len(told)
    assert n_points >= 4


def test_fewer_points_than_there_are_are_not_called_the_whole_front() -> None:
    city = fronted_city(0, "workers", "money")
    asked = asked_of(city)
    assert asked is not None
    whole = pareto_front(asked, "workers", "money", n=25, gap=0.0, time_limit_s=300)
    some = pareto_front(asked, "workers", "money", n=2, gap=0.0, time_limit_s=300)
    assert len(whole.points) > 2
    assert len(some.points) == 2
    assert not some.is_complete
    bounds = {point.second: point.bound for point in some.points}
    for point in whole.points:
        for yuan, most in bounds.items():
            assert point.second > yuan or point.first <= most + 1e-6


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"front": {"first": "money", "second": "money"}}, "money stands twice"),
        ({"front": {"first": "money", "second": "worker_hours"}}, "does not count worker_hours"),
        (
            {
                "goal": {"what": "worker_hours"},
                "front": {"first": "workers", "second": "money"},
            },
            "does not count workers",
        ),
    ],
)
def test_a_front_of_what_is_not_counted_is_refused(tables: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Question.from_dict(tables)
