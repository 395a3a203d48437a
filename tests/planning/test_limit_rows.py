"""Maximal covering with money, limits and sites together: a bound and plans worth having."""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np
import pytest
import scipy.sparse as sp

from planning import CoverageProblem, Limit, SolveParams, broken_rules, solve
from planning.engine.clock import Clock
from planning.engine.mclp.milp import cover_programme
from planning.engine.mclp.reduction import reduce_coverage
from planning.engine.mclp.search_and_bound import CoverRun
from planning.engine.mip import loaded

PARAMS = SolveParams(time_limit_s=60)


def city(seed: int, *, money: float = 1.0) -> CoverageProblem:
    """Three kinds of station at two options a site, a budget, two limits: no count."""
    rng = np.random.default_rng(seed)
    sites, places = rng.random((240, 2)), rng.random((3_000, 2))
    near = np.hypot(*(sites[:, None] - places[None]).T).T < 0.09
    kind = np.arange(240) % 3
    costs = np.array([50.0, 120.0, 300.0])[kind] * rng.uniform(0.8, 1.2, 240) * money
    limits = (
        Limit(members=kind == 0, max_open=5),
        Limit(members=kind == 2, budget=900.0 * money),
    )
    return CoverageProblem(
        rng.integers(1, 50, 3_000).astype(float),
        sp.csr_array(near),
        costs=costs,
        budget=1_600.0 * money,
        site=np.arange(240) // 2,
        limits=limits,
    )


def lp_bound(problem: CoverageProblem) -> float:
    """Return what HiGHS' simplex says of the relaxation."""
    model = cover_programme(reduce_coverage(problem).task)
    highs = loaded(replace(model, integer=np.zeros_like(model.integer)))
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return -float(highs.getInfo().objective_function_value)


def multiplier_bound(problem: CoverageProblem) -> float:
    """Return the Lagrangian bound, with none of the cuts after it."""
    run = CoverRun(reduce_coverage(problem).task, seed=0)
    run.bound_round(run.best_value, 2_000_000_000, clock=Clock(PARAMS))
    return float(run.bound.figures[0])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_multipliers_of_all_rows_together_come_to_the_linear_programme(seed: int) -> None:
    problem = city(seed)
    exact = lp_bound(problem)
    assert exact * (1 - 1e-9) <= multiplier_bound(problem) <= 1.002 * exact


def test_the_unit_of_money_does_not_change_the_bound() -> None:
    bounds = [multiplier_bound(city(3, money=money)) for money in (1.0, 1024.0, 2.0**-12)]
    assert bounds == pytest.approx([bounds[0]] * 3, rel=1e-3)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_plan_within_all_rows_is_near_to_its_bound(seed: int) -> None:
    problem = city(seed)
    plan = solve(problem, params=SolveParams(time_limit_s=60, gap=0.012))
    assert plan.status in {"optimal", "within_gap"}
    assert broken_rules(problem, plan) == ()


def test_more_rounds_of_search_never_lose_a_plan() -> None:
    task = reduce_coverage(city(4)).task
    values = []
    for rounds in (1, 2, 3):
        run = CoverRun(task, seed=0)
        run.bound_round(run.best_value, 100_000_000, clock=Clock(PARAMS))
        run.set_prices()
        for _ in range(rounds):
            run.search_round(2_000_000, clock=Clock(PARAMS))
        values.append(run.value)
    assert values == sorted(values)


def test_the_relaxed_problem_at_the_first_multipliers_passes_no_row() -> None:
    task = reduce_coverage(city(5)).task
    run = CoverRun(task, seed=0)
    assert (run.bound.row_multiplier >= 0.0).all()
    assert run.bound.row_multiplier.max() > 0.0
    # from multipliers of 0 everything would open: the bound would be many times the weight
    run.bound_round(run.best_value, 1, clock=Clock(PARAMS))
    assert run.bound.figures[0] < 2.0 * task.cover.weights.sum()
