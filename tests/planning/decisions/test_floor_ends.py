"""How far a floor can be raised, against every choice of actions in tiny cities."""

from __future__ import annotations

from collections import defaultdict

import pytest

from planning import SolveParams
from planning.decisions.floor_ends import floor_ends
from tests.planning.decisions.test_all_choices import asked_of
from tests.planning.decisions.test_goals import shares
from tests.planning.decisions.tiny_cities import tiny_city


def test_the_end_of_a_floor_is_the_most_that_any_choice_within_the_limits_has() -> None:
    seen = raised = 0
    for seed in (0, 8, 14):
        city = tiny_city(seed)
        asked = asked_of(city)
        if asked is None:
            continue
        made = asked.decide(params=SolveParams(time_limit_s=300))
        best: dict[str, float] = defaultdict(float)
        for choice in city.choices():
            tables = city.tables(choice)
            if city.keeps_limits(choice, tables):
                for group, share in shares(tables).items():
                    best[group] = max(best[group], share)
        ends = floor_ends(asked, made, gap=0.0, time_limit_s=300)
        assert bool(ends) is made.is_plan
        for end in ends:
            assert end.before <= end.planned <= end.reached <= end.bound <= 1.0
            if end.district == "all":
                assert end.reached == pytest.approx(best[end.group], abs=1e-6), (seed, end)
                assert end.bound == pytest.approx(best[end.group], abs=1e-6), (seed, end)
                seen += 1
                raised += end.reached > end.planned + 1e-6
    assert seen >= 6
    assert raised >= 1


def test_the_end_of_a_floor_cut_short_is_between_what_is_planned_and_a_bound() -> None:
    asked = asked_of(tiny_city(0))
    assert asked is not None
    made = asked.decide(params=SolveParams(time_limit_s=300))
    exact = {(one.group, one.district): one for one in floor_ends(asked, made, gap=0.0)}
    for end in floor_ends(asked, made, time_limit_s=0.0):
        true = exact[end.group, end.district].reached
        assert end.planned <= end.reached <= true + 1e-9
        assert end.bound >= true - 1e-9
