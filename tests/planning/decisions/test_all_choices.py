"""Questions with every feature mixed, against every choice of actions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from geo.errors import ProblemError
from planning import SolveParams
from planning.decisions import AskedQuestion, ask
from planning.engine.verify import broken_rules
from tests.planning.decisions.tiny_cities import tiny_city

if TYPE_CHECKING:
    from tests.planning.decisions.all_choices import TinyCity

N_QUESTIONS = 320
IN_ONE_TEST = 20


def best_of_all(city: TinyCity) -> float:
    """Return the most that a choice of actions covers, -inf where none keeps all limits."""
    best = -math.inf
    for choice in city.choices():
        tables = city.tables(choice)
        value = city.value(tables)
        if value > best and city.keeps_limits(choice, tables):
            best = value
    return best


def asked_of(city: TinyCity) -> AskedQuestion | None:
    """Ask a city its question; None where it is refused."""
    try:
        return ask(
            city.question,
            demand=city.demand,
            stations=city.stations,
            sites=city.sites,
            network=city.network,
            settings=city.settings,
        )
    except ProblemError:
        return None


@pytest.mark.parametrize("first", range(0, N_QUESTIONS, IN_ONE_TEST))
def test_the_answer_is_the_best_of_all_choices(first: int) -> None:
    for seed in range(first, first + IN_ONE_TEST):
        city = tiny_city(seed)
        best, asked = best_of_all(city), asked_of(city)
        if asked is None:
            assert best == -math.inf, f"seed {seed}: refused, and a choice covers {best}"
            continue
        decision = asked.decide(params=SolveParams(time_limit_s=30))
        if best == -math.inf:
            assert decision.status == "infeasible", f"seed {seed}: {decision.status}"
            continue
        assert decision.status == "optimal", f"seed {seed}: {decision.status} {decision.reasons}"
        assert decision.objective == pytest.approx(best, abs=1e-4), f"seed {seed}"
        assert broken_rules(asked.problem.problem, decision.plan) == (), f"seed {seed}"


def test_most_of_the_questions_have_an_answer() -> None:
    answered = sum(asked_of(tiny_city(seed)) is not None for seed in range(60))
    assert answered >= 45
