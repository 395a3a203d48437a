"""The price of nesting, against every choice of actions in tiny cities."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planning import SolveParams
from planning.decisions import price_of_nesting
from planning.decisions.nesting import greedy_choice, question_of_year
from planning.engine.verify import broken_choice
from tests.planning.decisions.test_all_choices import asked_of, best_of_all
from tests.planning.decisions.tiny_cities import tiny_city


def test_the_price_of_a_year_is_the_best_of_all_choices_for_it_alone_less_the_plan() -> None:
    """The first year against all choices of a city that has no other year."""
    n_held = 0
    for seed in range(60):
        city = tiny_city(seed)
        asked = asked_of(city)
        if asked is None or city.n_years == 1:
            continue
        made = asked.decide(params=SolveParams(time_limit_s=30))
        told = price_of_nesting(
            asked, made, stations=city.stations, settings=city.settings, time_limit_s=60, gap=0.0
        )
        if not made.is_plan:
            assert told is None
            continue
        assert told is not None
        assert sum(line.nested for line in told.years) == pytest.approx(made.objective)
        assert told.plan == pytest.approx(made.objective)
        for line in told.years:
            assert 0.0 <= line.price[0] <= line.price[1]
        first = told.years[0]
        alone = replace(city, question=question_of_year(city.question, 0))
        best = best_of_all(alone)
        assert first.alone_least == pytest.approx(best), f"seed {seed}"
        assert first.alone_most == pytest.approx(best), f"seed {seed}"
        broken = bool(broken_choice(asked.problem.problem, greedy_choice(asked)))
        assert told.greedy_breaks == broken
        if not broken:
            assert told.greedy <= told.plan + 1e-6
        n_held += 1
        if n_held == 8:
            break
    assert n_held == 8


def test_one_year_has_no_price_of_nesting() -> None:
    city = next(c for c in map(tiny_city, range(60)) if c.n_years == 1 and asked_of(c) is not None)
    asked = asked_of(city)
    assert asked is not None
    made = asked.decide()
    told = price_of_nesting(asked, made, stations=city.stations, settings=city.settings)
    assert told is None
