"""Questions with every feature mixed, against every choice of actions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest

from geo.errors import ProblemError
from planning import SolveParams
from planning.decisions import AskedQuestion, ask
from planning.engine.verify import broken_rules
from tests.planning.decisions.tiny_cities import tiny_city

if TYPE_CHECKING:
    from planning import CoverageProblem
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


@pytest.mark.parametrize("first", range(0, 120, IN_ONE_TEST))
def test_nothing_is_built_that_nobody_needs(first: int) -> None:
    """Without any one new station less is covered, or a limit is broken."""
    n_built = 0
    for seed in range(first, first + IN_ONE_TEST):
        asked = asked_of(tiny_city(seed))
        decision = None if asked is None else asked.decide(params=SolveParams(time_limit_s=30))
        if asked is None or decision is None or decision.plan is None or not decision.is_plan:
            continue
        plan, problem = decision.plan, asked.problem.problem
        every = _hit_with_weight(problem, plan.chosen)
        assert problem.required is not None
        for number in plan.chosen[plan.chosen < asked.problem.standing_option]:
            action = asked.table.actions[int(asked.problem.options.action[number])]
            if action.what == "build" and not problem.required[number]:
                n_built += 1
                rest = _hit_with_weight(problem, np.setdiff1d(plan.chosen, [number]))
                assert rest < every, f"seed {seed}: {action.id} is built for nobody"
    assert n_built > 0


def _hit_with_weight(problem: CoverageProblem, chosen: npt.NDArray[np.int64]) -> int:
    hit = np.asarray(problem.covers[chosen].sum(axis=0)).ravel() > 0
    return int((hit & (problem.weights > 0)).sum())
