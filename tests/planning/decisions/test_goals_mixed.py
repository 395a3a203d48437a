"""Cheapest and worst off first beside every other feature, against every choice of actions."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from data.questions import Question
from planning import SolveParams
from planning.engine.verify import broken_rules
from tests.planning.decisions.test_all_choices import asked_of
from tests.planning.decisions.test_front import standing_costs
from tests.planning.decisions.test_goals import shares
from tests.planning.decisions.tiny_cities import tiny_city

if TYPE_CHECKING:
    from tests.planning.decisions.all_choices import TinyCity

SEEDS = [seed for seed in range(28) if seed % 4 != 3]
_GAP = 2e-3


def city_with_goal(seed: int, goal: dict[str, Any]) -> TinyCity:
    """A tiny city whose question, with all its limits, has another goal."""
    city = tiny_city(seed)
    return replace(city, question=Question.from_dict(city.question.as_dict() | {"goal": goal}))


def kept_choices(city: TinyCity) -> list[tuple[float, float, int]]:
    """The least share, the share of all and the yuan of each choice that keeps the limits."""
    found = []
    for choice in city.choices():
        tables = city.tables(choice)
        if city.keeps_limits(choice, tables):
            has = shares(tables)
            whole = has.pop("all")
            yuan = sum(int(table.sum()) for table in city.paid(choice).values())
            found.append((min(has.values()), whole, yuan + standing_costs(city, choice)))
    return found


@pytest.mark.parametrize("part", range(3))
def test_no_choice_lifts_the_worst_group_higher(part: int) -> None:
    n_answered = 0
    for seed in SEEDS[part::3]:
        city = city_with_goal(seed, {"what": "worst_group"})
        kept, asked = kept_choices(city), asked_of(city)
        made = None if asked is None else asked.decide(params=SolveParams(time_limit_s=20))
        if not kept:
            assert made is None or made.status == "infeasible", f"seed {seed}"
            continue
        assert asked is not None, f"seed {seed}"
        assert made is not None
        best = max(least for least, _, _ in kept)
        n_answered += 1
        assert broken_rules(asked.problem.problem, made.plan) == (), f"seed {seed}"
        assert made.objective <= best + 1e-9, f"seed {seed}"
        assert made.objective == pytest.approx(best, rel=_GAP, abs=1e-6), f"seed {seed}"
        assert made.bound >= best - 1e-9, f"seed {seed}"
    assert n_answered >= 2


@pytest.mark.parametrize("part", range(3))
def test_no_choice_covers_the_share_for_less(part: int) -> None:
    n_answered = 0
    for seed in SEEDS[part::3]:
        share = 0.25 + 0.05 * (seed % 7)
        city = city_with_goal(seed, {"what": "cheapest", "share": share})
        kept, asked = kept_choices(city), asked_of(city)
        made = None if asked is None else asked.decide(params=SolveParams(time_limit_s=20))
        least = min((yuan for _, whole, yuan in kept if whole >= share - 1e-9), default=math.inf)
        if least == math.inf:
            assert made is None or not made.is_plan, f"seed {seed}"
            continue
        assert made is not None, f"seed {seed}"
        n_answered += 1
        assert made.cost_yuan >= least, f"seed {seed}"
        assert made.objective == pytest.approx(least, rel=_GAP, abs=1), f"seed {seed}"
        assert made.bound <= least + 1, f"seed {seed}"
    assert n_answered >= 2
