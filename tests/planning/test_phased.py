"""Maximal covering in phases: against all plans of small cases, and against its budgets."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import scipy.sparse as sp

from geo.errors import ProblemError
from planning import CoverageProblem, Floor, Limit, SolveParams, broken_rules, solve
from planning.engine.variants.phased import PeriodFloor, opening_periods, phased_problem

BUDGETS = (5.0, 9.0, 16.0)


def last_of(seed: int) -> CoverageProblem:
    """Five options at three sites, twelve items."""
    rng = np.random.default_rng(seed)
    near = rng.random((5, 12)) < 0.4
    near[0, 0] = True
    return CoverageProblem(
        rng.integers(1, 9, 12).astype(float),
        sp.csr_array(near),
        costs=rng.integers(2, 8, 5).astype(float),
        site=np.array([0, 0, 1, 2, 2]),
        limits=(Limit(members=np.array([True, False, True, False, True]), max_open=2),),
    )


def best_of_all(last: CoverageProblem, weights: np.ndarray, floor: PeriodFloor | None) -> float:
    """Try every period, or none (3), for every option: what the best is worth."""
    near, best = sp.csr_array(last.covers).toarray().astype(bool), -np.inf
    for opening in product(range(4), repeat=5):
        when = np.array(opening)
        opened = when < 3
        sites = np.asarray(last.site)[opened]
        if len(set(sites)) < len(sites) or (opened & last.limits[0].members).sum() > 2:
            continue
        if any(last.costs[when <= t].sum() > BUDGETS[t] for t in range(3)):
            continue
        covered = np.array([near[when <= t].any(axis=0) for t in range(3)])
        if floor is not None:
            inside = weights[floor.period] * floor.floor.members
            if (inside * covered[floor.period]).sum() < floor.floor.min_share * inside.sum() - 1e-9:
                continue
        best = max(best, float((weights * covered).sum()))
    return best


@pytest.mark.parametrize("seed", range(8))
def test_phases_are_the_best_of_all_plans(seed: int) -> None:
    last = last_of(seed)
    weights = np.random.default_rng(seed + 100).integers(0, 9, (3, 12)).astype(float)
    problem = phased_problem(last, budgets=BUDGETS, weights=weights)
    plan = solve(problem, params=SolveParams(time_limit_s=60))
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(best_of_all(last, weights, None))
    assert broken_rules(problem, plan) == ()


@pytest.mark.parametrize("seed", range(6))
def test_a_floor_of_a_middle_period_is_met_or_refused(seed: int) -> None:
    last = last_of(seed)
    weights = np.tile(last.weights, (3, 1))
    floor = PeriodFloor(1, Floor(members=np.arange(12) < 6, min_share=0.5))
    best = best_of_all(last, weights, floor)
    plan = solve(
        phased_problem(last, budgets=BUDGETS, floors=(floor,)), params=SolveParams(time_limit_s=60)
    )
    if best == -np.inf:
        assert plan.status == "infeasible"
    else:
        assert plan.status == "optimal"
        assert plan.objective == pytest.approx(best)


def test_a_plan_tells_what_opens_when_and_required_options_open_first() -> None:
    last = replace(last_of(3), required=np.arange(5) == 2, costs=np.full(5, 4.0))
    plan = solve(phased_problem(last, budgets=BUDGETS), params=SolveParams(time_limit_s=60))
    option, period = opening_periods(plan.chosen, n_options=5)
    assert 2 in option[period == 0]
    assert len(set(option)) == len(option)
    spent = [4.0 * (period <= t).sum() for t in range(3)]
    assert all(money <= most for money, most in zip(spent, BUDGETS, strict=True))


def test_phases_that_cannot_be_are_refused() -> None:
    last = last_of(0)
    with pytest.raises(ProblemError, match="may not fall"):
        phased_problem(last, budgets=(5.0, 4.0))
    with pytest.raises(ProblemError, match="periods x demand items"):
        phased_problem(last, budgets=BUDGETS, weights=np.ones((2, 12)))
    floor = PeriodFloor(3, Floor(members=np.ones(12, bool), min_share=0.1))
    with pytest.raises(ProblemError, match="there are 3"):
        phased_problem(last, budgets=BUDGETS, floors=(floor,))
    with pytest.raises(ProblemError, match="need costs"):
        phased_problem(replace(last, costs=None), budgets=BUDGETS)
