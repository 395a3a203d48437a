"""Backup covering with money, sites, limits and floors of both covers, against every choice."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from geo.errors import ProblemError
from planning import BackupProblem, Floor, Limit, SolveParams, broken_rules, solve

PARAMS = SolveParams(time_limit_s=30)


def drawn(seed: int) -> BackupProblem:
    """A problem in which each limit stands with a chance of its own."""
    rng = np.random.default_rng([1986, seed])
    n, m = int(rng.integers(3, 9)), int(rng.integers(2, 12))
    weights = rng.integers(0, 20, m).astype(float)
    covers = rng.random((n, m)) < 0.5
    covers[rng.integers(n), rng.integers(m)] = True
    mark = rng.choice(3, n, p=[0.8, 0.1, 0.1])

    def floors(chance: float) -> tuple[Floor, ...]:
        if rng.random() > chance:
            return ()
        members = rng.random(m) < 0.6
        own = rng.integers(0, 9, m).astype(float) if rng.random() < 0.5 else None
        share = float(rng.choice([0.2, 0.5, 0.8]))
        return (Floor(members=members, min_share=share, weights=own),)

    limits = ()
    if rng.random() < 0.5:
        limits = (Limit(members=rng.random(n) < 0.6, max_open=int(rng.integers(0, 4))),)
    if rng.random() < 0.4:
        own = rng.integers(0, 9, n).astype(float)
        limits += (Limit(members=rng.random(n) < 0.8, budget=float(own.sum() // 2), costs=own),)
    return BackupProblem(
        weights,
        sp.csr_array(covers),
        int(rng.integers(0, n + 1)) if rng.random() < 0.5 else None,
        np.floor(weights * rng.choice([0.0, 0.5, 1.0], m)),
        required=mark == 1,
        forbidden=mark == 2,
        costs=rng.integers(0, 9, n).astype(float),
        budget=float(rng.integers(5, 30)) if rng.random() < 0.6 else None,
        site=rng.integers(0, n, n) if rng.random() < 0.4 else None,
        limits=limits,
        floors=floors(0.6),
        second_floors=floors(0.5),
    )


def best_of_all(problem: BackupProblem) -> float:
    """The most that a set of options is worth that keeps every rule; -inf where none does."""
    n, covers = problem.covers.shape[0], problem.covers.toarray().astype(int)
    best = -math.inf
    for number in range(2**n):
        x = ((number >> np.arange(n)) & 1).astype(bool)
        times = x @ covers
        if _keeps(problem, x, times):
            value = problem.weights[times >= 1].sum() + problem.second_weights[times >= 2].sum()
            best = max(best, float(value))
    return best


def _keeps(problem: BackupProblem, x: np.ndarray, times: np.ndarray) -> bool:
    required, costs = np.asarray(problem.required), np.asarray(problem.costs)
    most, budget, site = problem.max_open, problem.budget, problem.site
    kept = [
        not (required & ~x).any(),
        not (problem.forbidden & x).any(),
        most is None or (x & ~required).sum() <= most,
        budget is None or costs[x].sum() <= budget,
        site is None or len(set(site[x])) == x.sum(),
    ]
    for limit in problem.limits:
        inside = x & limit.members
        kept += [
            limit.max_open is None or inside.sum() <= limit.max_open,
            limit.budget is None or limit.costs[inside].sum() <= limit.budget,
        ]
    for least, floors in ((1, problem.floors), (2, problem.second_floors)):
        for floor in floors:
            own = problem.weights if floor.weights is None else floor.weights
            own = np.where(floor.members, own, 0.0)
            kept.append(own[times >= least].sum() >= floor.min_share * own.sum() - 1e-9)
    return all(kept)


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_the_answer_is_the_best_of_all_sets_of_options(first: int) -> None:
    n_plans = 0
    for seed in range(first, first + 50):
        problem = drawn(seed)
        best, plan = best_of_all(problem), solve(problem, params=PARAMS)
        if best == -math.inf:
            assert plan.status == "infeasible", f"seed {seed}: {plan.status}"
            continue
        n_plans += 1
        assert plan.status == "optimal", f"seed {seed}: {plan.status}, best {best}"
        assert plan.objective == pytest.approx(best), f"seed {seed}"
        assert broken_rules(problem, plan) == (), f"seed {seed}"
    assert n_plans > 15


def test_a_plan_that_misses_a_floor_is_told() -> None:
    cover, all_twice = np.ones((2, 1)), Floor(members=[True], min_share=1.0)
    problem = BackupProblem([4.0], cover, 2, [4.0], second_floors=(all_twice,), floors=(all_twice,))
    plan = solve(problem)
    assert plan.chosen.tolist() == [0, 1]
    one = replace(plan, chosen=plan.chosen[:1], objective=4.0)
    assert broken_rules(problem, one) == ("floor 0 of 2 is not met",)
    too_few = solve(replace(problem, max_open=1))
    assert too_few.status == "infeasible"


def test_a_floor_over_other_items_is_refused() -> None:
    floor = Floor(members=[True, True], min_share=0.5)
    with pytest.raises(ProblemError, match="floor 0 has 2 members and there are 1"):
        BackupProblem([4.0], np.ones((2, 1)), 2, [4.0], second_floors=(floor,))
