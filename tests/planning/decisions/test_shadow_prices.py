"""What a step of each rule changes, against all option sets of the changed problem."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.errors import ProblemError
from planning import CoverageProblem, Limit, SolveParams, solve
from planning.decisions import ShadowPrice, measure_shadow_prices
from planning.engine.rules import MOST, with_amounts
from tests.planning.decisions.small_problems import N_PROBLEMS, mixed_problem, option_sets

PARTS = 6


def look(problem: CoverageProblem, best: float, price: ShadowPrice) -> None:
    for step, sign in ((price.more, 1), (price.less, -1)):
        if step is None:
            continue
        loosens = step.amount > price.use.rule.amount
        if price.use.rule.kind == "floor":
            loosens = not loosens
        assert loosens == (sign == 1)
        changed = option_sets(with_amounts(problem, {price.use.rule: step.amount}))
        if changed.best == -np.inf:
            assert step.plan is None
            assert np.isnan(step.changes_least)
            continue
        true = changed.best - best
        assert step.changes_least == pytest.approx(true, rel=1e-6, abs=1e-6)
        assert step.changes_most == pytest.approx(true, rel=1e-6, abs=1e-6)
        assert step.plan is not None
        row = changed.row(step.plan.chosen)
        assert changed.allowed()[row]
        assert changed.value[row] == pytest.approx(changed.best)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_step_changes_what_the_best_of_all_sets_changes(part: int) -> None:
    looked = 0
    for number in range(part, N_PROBLEMS, PARTS):
        problem = mixed_problem(number)
        plan = solve(problem)
        if plan.status == "infeasible":
            continue
        prices = measure_shadow_prices(problem, plan, step_yuan=3.0, step_open=1, step_share=0.1)
        for price in prices:
            look(problem, option_sets(problem).best, price)
            assert price.as_dict()["step"] == price.step
            looked += price.more is not None
    assert looked > 20


def test_rules_that_no_plan_can_use_up_are_left_out() -> None:
    every = np.ones(3, dtype=bool)
    problem = CoverageProblem(
        [1.0, 2.0, 3.0],
        np.eye(3),
        costs=[10.0, 10.0, 10.0],
        budget=30.0,
        limits=(Limit(members=every, max_open=2, name="homes"),),
    )
    told: list[float] = []
    (price,) = measure_shadow_prices(
        problem, solve(problem), on_progress=lambda _what, share: told.append(share)
    )
    assert price.use.rule.kind == "limit_count"
    assert price.is_worth_more
    assert told == [0.5, 1.0]


def test_with_gaps_the_ends_hold_the_truth() -> None:
    """Plans within 20 % of the best, and bounds: the difference lies between the ends."""
    for number in range(60):
        problem = mixed_problem(number)
        plan = solve(problem, params=SolveParams(gap=0.2))
        if plan.status == "infeasible":
            continue
        best = option_sets(problem).best
        for price in measure_shadow_prices(problem, plan, step_yuan=3.0, step_share=0.1, gap=0.2):
            for step in (price.more, price.less):
                if step is None or step.plan is None:
                    continue
                assert price.use.rule.kind in MOST | {"floor"}
                true = option_sets(with_amounts(problem, {price.use.rule: step.amount})).best - best
                assert step.changes_least <= true + 1e-6
                assert true <= step.changes_most + 1e-6


def test_steps_of_nothing_and_of_no_plan_are_refused() -> None:
    problem = CoverageProblem([1.0], [[1.0]], max_open=1)
    plan = solve(problem)
    with pytest.raises(ProblemError, match="there is none"):
        measure_shadow_prices(problem, replace(plan, objective=np.nan))
    with pytest.raises(ProblemError, match="step_yuan is 0"):
        measure_shadow_prices(problem, plan, step_yuan=0.0)


def test_only_the_rules_that_are_asked_for_are_moved_and_only_upwards() -> None:
    problem = mixed_problem(3)
    plan = solve(problem)
    every = measure_shadow_prices(problem, plan)
    some = measure_shadow_prices(
        problem, plan, of=lambda rule: rule == every[0].use.rule, both_ways=False
    )
    assert len(every) > 1
    assert [price.use for price in some] == [every[0].use]
    assert some[0].less is None
    assert some[0].more is not None
    assert every[0].more is not None
    assert some[0].more.changes_most == pytest.approx(every[0].more.changes_most)
