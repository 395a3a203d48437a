"""The same question with other money, limits and floors: ready at once, answered as if anew."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from data.questions import Question
from planning import SolveParams, broken_rules
from planning.decisions import decide
from tests.planning.decisions.test_all_choices import asked_of, best_of_all
from tests.planning.decisions.tiny_cities import tiny_city

PARAMS = SolveParams(time_limit_s=30)


def edited(question: Question) -> Question:
    """Another sum for the first year, one station more, and floors a little lower."""
    tables: dict[str, Any] = question.as_dict()
    if "money" in tables and tables["money"].get("yuan_by_year"):
        first, *others = tables["money"]["yuan_by_year"]
        tables["money"]["yuan_by_year"] = [first + 70_000, *others]
    tables["new"] = tables.get("new", 1) + 1
    for floor in tables.get("floors", ()):
        floor["least_share"] *= 0.8
    return Question.from_dict(tables)


@pytest.mark.parametrize("first", [0, 8])
def test_an_edited_question_is_ready_without_a_search_and_answered_with_the_best_of_all(
    first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_asked = 0
    for seed in range(first, first + 8):
        city = tiny_city(seed)
        asked = asked_of(city)
        # floors that name hours are asked of the city anew
        if asked is None or any(floor.hours for floor in city.question.floors):
            continue
        n_asked += 1
        question = edited(city.question)
        anew = asked_of(replace(city, question=question))
        with monkeypatch.context() as patched:
            patched.setattr(decide, "demand_items", lambda *_, **__: pytest.fail("searched"))
            again = asked.with_limits(question, stations=city.stations, settings=city.settings)
        assert anew is not None
        ours, theirs = again.problem.problem, anew.problem.problem
        assert (ours.covers != theirs.covers).nnz == 0
        assert np.shares_memory(ours.covers.indices, asked.problem.problem.covers.indices)
        assert np.array_equal(ours.weights, theirs.weights)
        assert ours.budget == theirs.budget
        assert [(str(one.name), one.max_open, one.budget) for one in ours.limits] == [
            (str(one.name), one.max_open, one.budget) for one in theirs.limits
        ]
        assert [(str(one.name), one.min_share) for one in ours.floors] == [
            (str(one.name), one.min_share) for one in theirs.floors
        ]
        assert again.inputs == anew.inputs
        best = best_of_all(replace(city, question=question))
        decision = again.decide(params=PARAMS, start_from=asked.decide(params=PARAMS))
        if best == -math.inf:
            assert decision.status == "infeasible", f"seed {seed}: {decision.status}"
            continue
        assert decision.status == "optimal", f"seed {seed}"
        assert decision.objective == pytest.approx(best, abs=1e-4), f"seed {seed}"
        assert broken_rules(ours, decision.plan) == (), f"seed {seed}"
    assert n_asked >= 4
