"""What one answer's multipliers prove of every other sum, beside all plans there are."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from planning import CoverageProblem, Floor, Limit, SolveParams
from planning.engine.frontier import FrontierPoint, coverage_frontier

PARAMS = SolveParams(time_limit_s=2.0, gap=0.0)


def drawn_problem(seed: int) -> CoverageProblem:
    """Up to 9 options with costs, some of one site, required, forbidden or under a limit."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(3, 10)), int(rng.integers(3, 25))
    mark = rng.choice(3, n, p=[0.8, 0.1, 0.1])
    site = np.sort(rng.integers(0, n, n))
    alone = np.array([(site[mark == 1] == s).sum() <= 1 for s in site])
    return CoverageProblem(
        weights=rng.integers(0, 30, m).astype(float),
        covers=sp.csr_array(rng.random((n, m)) < 0.3),
        costs=rng.integers(0, 6, n).astype(float),
        site=site if alone.all() and rng.random() < 0.5 else None,
        required=mark == 1,
        forbidden=mark == 2,
        limits=(Limit(members=rng.random(n) < 0.5, max_open=2),) if rng.random() < 0.3 else (),
    )


def all_plans(problem: CoverageProblem, costs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what each plan that keeps the marks and the sites takes and covers."""
    n = problem.n_options
    plans = ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(bool)
    required, forbidden = np.asarray(problem.required), np.asarray(problem.forbidden)
    fine = plans[:, required].all(axis=1) & ~plans[:, forbidden].any(axis=1)
    if problem.site is not None:
        for one in np.unique(problem.site):
            fine &= plans[:, problem.site == one].sum(axis=1) <= 1
    for limit in problem.limits:
        fine &= plans[:, limit.members].sum(axis=1) <= (limit.max_open or 0)
    plans = plans[fine]
    covered = (plans.astype(int) @ problem.covers.toarray().astype(int) > 0) @ problem.weights
    return plans @ costs, covered


def assert_lines_hold(
    points: tuple[FrontierPoint, ...], taken: np.ndarray, covered: np.ndarray
) -> None:
    for point in points:
        within = covered[taken <= point.amount]
        if len(within):
            assert point.bound >= within.max() - 1e-6
            assert point.plan.objective == pytest.approx(within.max())
        if np.isfinite(point.line_value):
            assert point.price >= 0.0
            line = point.line_value + point.price * (taken - point.amount)
            assert (line >= covered - 1e-6).all()


@pytest.mark.parametrize("seed", range(40))
def test_no_plan_of_any_sum_passes_a_line(seed: int) -> None:
    problem = drawn_problem(seed)
    costs = np.asarray(problem.costs)
    least = costs[np.asarray(problem.required)].sum()
    budgets = [float(least + more) for more in (0, 2, 5, 9)]
    assert_lines_hold(
        coverage_frontier(problem, budgets=budgets, params=PARAMS), *all_plans(problem, costs)
    )
    counts = (~np.asarray(problem.required)).astype(float)
    assert_lines_hold(
        coverage_frontier(problem, max_open=[0, 1, 3], params=PARAMS), *all_plans(problem, counts)
    )


def test_a_line_is_as_low_as_the_relaxation_and_its_price_is_that_of_the_money() -> None:
    rng = np.random.default_rng(5)
    sites, cells = rng.random((150, 2)), rng.random((2_000, 2))
    near = np.hypot(*(sites[:, None] - cells[None]).T).T <= 0.08
    problem = CoverageProblem(
        weights=rng.integers(1, 40, 2_000).astype(float),
        covers=sp.csr_array(near),
        costs=rng.integers(1, 5, 150).astype(float),
    )
    point, more = coverage_frontier(
        problem, budgets=[60.0, 66.0], params=SolveParams(time_limit_s=60.0, gap=0.002)
    )
    assert point.line_value <= point.plan.objective * 1.01
    # six units more bring at most six times the price, and not much less
    gained = more.plan.objective - point.plan.objective
    assert 0.8 * gained <= 6.0 * point.price <= 1.25 * gained


def test_floors_leave_no_multipliers_and_no_price() -> None:
    problem = CoverageProblem(
        weights=[5.0, 3.0, 2.0],
        covers=[[1, 0, 0], [0, 1, 1]],
        costs=[1.0, 1.0],
        floors=(Floor(members=[False, True, False], min_share=1.0),),
    )
    (point,) = coverage_frontier(problem, budgets=[1.0])
    assert point.plan.objective == point.bound == 5.0
    assert np.isnan(point.price)
