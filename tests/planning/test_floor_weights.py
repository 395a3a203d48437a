"""Floors that count workers where the goal counts something else; against all plans."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from geo.errors import ProblemError
from planning import CoverageProblem, Floor, SetCoverProblem, SolveParams, broken_rules, solve

N, M = 8, 18


def floored(seed: int) -> CoverageProblem:
    """Weights of the goal that have nothing to do with those of the floors."""
    rng = np.random.default_rng(seed)
    near = rng.random((N, M)) < 0.3
    near[0, 0] = True
    return CoverageProblem(
        rng.integers(1, 40, M).astype(float),
        sp.csr_array(near),
        max_open=3,
        floors=tuple(
            Floor(
                members=rng.random(M) < 0.6,
                min_share=share,
                weights=rng.integers(0, 9, M).astype(float),
                name=name,
            )
            for name, share in (("night", 0.5), ("west", 0.4))
        ),
    )


def best_of_all(problem: CoverageProblem) -> float:
    """Try every set of at most three options."""
    near, best = problem.covers.toarray() > 0, -np.inf
    for number in range(2**N):
        opened = (number >> np.arange(N) & 1).astype(bool)
        if opened.sum() > 3:
            continue
        covered = near[opened].any(axis=0)
        for floor in problem.floors:
            own = floor.weights * floor.members
            if own[covered].sum() < floor.min_share * own.sum() - 1e-9:
                break
        else:
            best = max(best, float(problem.weights[covered].sum()))
    return best


@pytest.mark.parametrize("seed", range(16))
def test_the_best_plan_meets_floors_of_other_weights(seed: int) -> None:
    problem = floored(seed)
    best = best_of_all(problem)
    plan = solve(problem, params=SolveParams(time_limit_s=60))
    if best == -np.inf:
        assert plan.status == "infeasible"
        return
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(best)
    assert broken_rules(problem, plan) == ()


def test_a_plan_is_judged_by_the_floors_own_weights() -> None:
    problem = floored(1)
    plan = solve(problem)
    bare = np.flatnonzero(~(problem.covers.toarray()[plan.chosen] > 0).any(axis=0))
    own = np.zeros(M)
    own[bare] = 1.0
    floor = Floor(members=np.ones(M, dtype=bool), min_share=0.1, weights=own)
    assert broken_rules(replace(problem, floors=(floor,)), plan) == ("floor 0 is not met",)


def test_gradual_cover_and_set_covering_refuse_floors_of_other_weights() -> None:
    problem = floored(2)
    with pytest.raises(ProblemError, match="covers of 0 and 1"):
        replace(problem, covers=sp.csr_array(problem.covers.toarray() * 0.5))
    with pytest.raises(ProblemError, match="without weights of their own"):
        SetCoverProblem(problem.covers, floors=problem.floors)
