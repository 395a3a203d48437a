"""The curve of money against coverage, against all option sets at every point."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from geo.errors import ProblemError
from planning import CoverageProblem, solve
from planning.decisions import coverage_curve
from planning.decisions.curve import HEADINGS, N_POINTS
from tests.planning.decisions.small_problems import N_PROBLEMS, mixed_problem, option_sets

PARTS = 6


@pytest.mark.parametrize("part", range(PARTS))
def test_every_point_is_the_best_of_all_sets_and_both_lines_never_fall(part: int) -> None:
    for number in range(part, N_PROBLEMS, PARTS):
        problem = mixed_problem(number)
        assert problem.costs is not None
        by_number = number % 2 == 1
        if by_number:
            amounts = [0.0, 1.0, 2.0, 4.0]
            amounts = [a for a in amounts if a <= problem.n_options]
            curve = coverage_curve(problem, max_open=[int(a) for a in amounts], gap=0.0)
        else:
            amounts = [float(problem.costs.sum() * share) for share in (0.0, 0.1, 0.3, 0.7)]
            curve = coverage_curve(problem, budgets=amounts, gap=0.0)
        assert [point.amount for point in curve.points] == sorted(set(amounts))
        before: set[int] = set()
        for point in curve.points:
            if by_number:
                sets = option_sets(replace(problem, max_open=int(point.amount)))
            else:
                sets = option_sets(replace(problem, budget=point.amount))
            if sets.best == -np.inf:
                assert np.isnan(point.covered)
                assert np.isnan(point.bound)
                before = set()
                continue
            assert point.covered == pytest.approx(sets.best, rel=1e-9, abs=1e-9)
            assert point.bound == pytest.approx(sets.best, rel=1e-9, abs=1e-9)
            assert sets.allowed()[sets.row(point.plan.chosen)]
            assert point.spent <= point.amount + 1e-6
            now = set(point.plan.chosen.tolist())
            assert set(point.enters.tolist()) == now - before
            assert set(point.leaves.tolist()) == before - now
            before = now
        covered = np.array([p.covered for p in curve.points])
        covered = covered[~np.isnan(covered)]
        assert (np.diff(covered) >= 0).all()


def test_a_curve_goes_to_the_budget_in_even_steps_and_is_a_table() -> None:
    problem = mixed_problem(4)
    assert problem.costs is not None
    problem = replace(problem, floors=(), limits=(), budget=float(problem.costs.sum()) / 2)
    told: list[float] = []
    curve = coverage_curve(problem, on_progress=lambda _what, share: told.append(share))
    assert told[-1] == 1.0
    assert len(curve.points) == N_POINTS > 30
    assert curve.points[-1].amount == problem.budget
    assert curve.points[-1].covered == pytest.approx(solve(problem).objective)
    rows = curve.rows()
    assert all(len(row) == len(HEADINGS) for row in rows)
    assert [row[HEADINGS.index("covered")] for row in rows] == [p.covered for p in curve.points]
    assert json.loads(json.dumps(curve.as_dict()))["of"] == "budget"


def test_a_curve_without_money_or_with_both_amounts_is_refused() -> None:
    problem = CoverageProblem([1.0], [[1.0]])
    with pytest.raises(ProblemError, match="needs a budget"):
        coverage_curve(problem)
    with pytest.raises(ProblemError, match="one of the two"):
        coverage_curve(problem, budgets=[1.0], max_open=[1])
