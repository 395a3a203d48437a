"""Limits whose money is their own: of one year, of one payer; against all plans of small cases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from geo.errors import ProblemError
from planning import CoverageProblem, Limit, SolveParams, broken_rules, solve
from tests.planning.brute import ALL_SETS


def paid_by_two(seed: int, *, money: float = 1.0) -> CoverageProblem:
    """Nine options whose price two payers share, each with a purse of its own."""
    rng = np.random.default_rng(seed)
    n = 9
    near = rng.random((n, 20)) < 0.25
    near[0, 0] = True
    prices = rng.integers(1, 20, (2, n)).astype(float) * money
    everybody = np.ones(n, dtype=bool)
    return CoverageProblem(
        rng.integers(1, 30, 20).astype(float),
        sp.csr_array(near),
        costs=prices.sum(axis=0) if seed % 2 else None,
        budget=60.0 * money if seed % 2 else None,
        required=np.arange(n) == (0 if seed % 3 else -1),
        limits=tuple(
            Limit(members=everybody, budget=25.0 * money, costs=prices[payer], name=name)
            for payer, name in enumerate(("city", "district"))
        ),
    )


def best_of_all(problem: CoverageProblem) -> float:
    """Try every set of options."""
    n = problem.n_options
    assert n <= ALL_SETS
    near = problem.covers.toarray() > 0
    best = -np.inf
    for number in range(2**n):
        opened = (number >> np.arange(n) & 1).astype(bool)
        if (np.asarray(problem.required) & ~opened).any():
            continue
        costs, budget = problem.costs, problem.budget
        if budget is not None and costs is not None and costs[opened].sum() > budget:
            continue
        if any(limit.costs[opened].sum() > limit.budget for limit in problem.limits):
            continue
        best = max(best, float(problem.weights[near[opened].any(axis=0)].sum()))
    return best


@pytest.mark.parametrize("money", [1.0, 2.0**40])
@pytest.mark.parametrize("seed", range(12))
def test_every_purse_is_kept_and_the_best_plan_found(seed: int, money: float) -> None:
    problem = paid_by_two(seed, money=money)
    best = best_of_all(problem)
    plan = solve(problem, params=SolveParams(time_limit_s=60))
    if best == -np.inf:
        assert plan.status == "infeasible"
        assert "city" in plan.reasons[0] or "district" in plan.reasons[0]
        return
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(best)
    assert broken_rules(problem, plan) == ()


def test_a_plan_that_is_too_dear_for_one_purse_is_noticed() -> None:
    problem = paid_by_two(0)
    plan = solve(problem)
    costs = np.full(problem.n_options, 26.0)
    tight = replace(problem, limits=(replace(problem.limits[0], costs=costs),))
    assert "limit 0: too dear" in broken_rules(tight, plan)


def test_costs_without_a_budget_are_refused() -> None:
    with pytest.raises(ProblemError, match="costs and no budget"):
        Limit(members=np.array([True]), max_open=1, costs=np.array([1.0]))


def test_costs_of_another_length_are_refused() -> None:
    with pytest.raises(ProblemError, match="costs has the shape"):
        Limit(members=np.array([True]), budget=1.0, costs=np.array([1.0, 2.0]))
