"""Asking again: a changed site, number, budget or demand, from the answer before."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import example, given
from hypothesis import strategies as st

from planning import CoverageProblem, Floor, Limit, SolveParams, solve
from planning.engine.verify import broken_rules
from tests.planning.seeds import QUICK


def dense_cover(rng: np.random.Generator, n: int, m: int) -> np.ndarray:
    cover = rng.random((n, m)) < rng.uniform(0.1, 0.6)
    cover[rng.integers(n), rng.integers(m)] = True
    return cover


def change(rng: np.random.Generator, problem: CoverageProblem) -> CoverageProblem:
    """Change what a planner changes: sites, numbers, money, limits, workers."""
    n, m = problem.n_options, problem.n_demand
    mark = rng.choice(3, n, p=[0.7, 0.12, 0.18]) if rng.random() < 0.6 else np.zeros(n, int)
    more: dict[str, Any] = {"required": mark == 1, "forbidden": mark == 2}
    more["max_open"] = int(rng.integers(0, n + 1)) if rng.random() < 0.7 else None
    more["budget"] = float(rng.integers(3, 25)) if rng.random() < 0.5 else None
    if rng.random() < 0.3:
        more["site"] = rng.integers(0, max(2, n // 2), n)
    if rng.random() < 0.3:
        members = rng.random(n) < 0.5
        more["limits"] = (Limit(members=members, max_open=int(rng.integers(0, 3))),)
    if rng.random() < 0.3:
        more["weights"] = problem.weights * rng.integers(0, 3, m)
    return replace(problem, **more)


def best_value(problem: CoverageProblem) -> float | None:
    """The best of all subsets; None when none is allowed."""
    dense, values = problem.covers.toarray() > 0, []
    for bits in itertools.product((False, True), repeat=problem.n_options):
        x = np.array(bits)
        if (problem.required & ~x).any() or (problem.forbidden & x).any():
            continue
        if problem.max_open is not None and (x & ~problem.required).sum() > problem.max_open:
            continue
        if problem.budget is not None and problem.costs[x].sum() > problem.budget + 1e-9:
            continue
        if problem.site is not None and len(set(problem.site[x])) < x.sum():
            continue
        if any(x[limit.members].sum() > limit.max_open for limit in problem.limits):
            continue
        values.append(float(problem.weights[dense[x].any(axis=0)].sum()))
    return max(values) if values else None


@QUICK
@given(st.integers(0, 2**32 - 1))
@example(120000000)  # reduced costs open what a limit of 0 lets nobody open
def test_a_question_asked_again_is_answered_with_the_best_of_all_subsets(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 7)), int(rng.integers(1, 14))
    weights = rng.integers(0, 20, m) if rng.random() < 0.5 else rng.random(m) * 10
    covers = sp.csr_array(dense_cover(rng, n, m))
    problem = CoverageProblem(weights, covers, costs=rng.integers(1, 10, n).astype(float))
    last = None
    for _ in range(3):
        problem = change(rng, problem)
        plan = solve(problem, params=SolveParams(time_limit_s=30, start=last))
        best = best_value(problem)
        assert broken_rules(problem, plan) == ()
        if best is None:
            assert plan.status == "infeasible"
            continue
        assert plan.status == "optimal"
        assert plan.objective == pytest.approx(best, rel=1e-7, abs=1e-6)
        assert plan.bound == pytest.approx(best, rel=1e-6, abs=1e-6)
        last = plan


def town(seed: int = 5, n: int = 80, m: int = 3000) -> CoverageProblem:
    rng = np.random.default_rng(seed)
    sites, cells = rng.random((n, 2)), rng.random((m, 2))
    near = ((sites[:, None] - cells[None]) ** 2).sum(-1) <= 0.12**2
    return CoverageProblem(rng.integers(1, 40, m), sp.csr_array(near), max_open=9)


def test_multipliers_of_the_last_answer_prove_a_changed_one_before_any_search() -> None:
    problem = town()
    first = solve(problem, params=SolveParams(gap=0.02))
    changed = replace(problem, forbidden=np.arange(80) == first.chosen[0])
    again = solve(changed, params=SolveParams(gap=0.05, start=first))
    best = solve(changed).objective
    assert again.status in {"within_gap", "optimal"}
    assert again.objective <= best <= again.bound
    assert again.basis is not None
    assert first.basis is not None
    assert again.basis.cover is first.basis.cover


def test_an_equal_matrix_made_anew_is_known_again_and_a_changed_one_is_not() -> None:
    problem = town()
    last = solve(problem, params=SolveParams(gap=0.02))
    assert last.basis is not None
    assert last.basis.holds_for(CoverageProblem(problem.weights, problem.covers.copy()))
    other = problem.covers.copy()
    other.data[0] = False
    assert not last.basis.holds_for(CoverageProblem(problem.weights, other))
    changed = CoverageProblem(problem.weights, other, max_open=9)
    again = solve(changed, params=SolveParams(start=last))
    assert again.objective == pytest.approx(solve(changed).objective)


def test_a_matrix_changed_in_place_is_not_taken_for_the_old_one() -> None:
    problem = town()
    last = solve(problem, params=SolveParams(gap=0.02))
    assert last.basis is not None
    problem.covers.data[:1000] = False
    assert not last.basis.holds_for(problem)


def test_workers_where_there_were_none_are_seen() -> None:
    problem = town()
    empty = replace(problem, weights=np.where(np.arange(3000) < 1500, 0.0, problem.weights))
    last = solve(empty, params=SolveParams(gap=0.02))
    again = solve(problem, params=SolveParams(start=last))
    assert again.objective == pytest.approx(solve(problem).objective)


def test_a_problem_with_floors_takes_the_last_plan_only() -> None:
    problem = town()
    last = solve(problem, params=SolveParams(gap=0.02))
    floor = Floor(members=np.arange(3000) < 300, min_share=0.1)
    floored = solve(replace(problem, floors=(floor,)), params=SolveParams(start=last, gap=0.02))
    assert floored.basis is None


def test_gradual_cover_is_asked_again_from_its_levels() -> None:
    problem = town()
    rng = np.random.default_rng(1)
    part = problem.covers.astype(float)
    part.data = rng.choice((0.25, 0.5, 1.0), len(part.data))
    gradual = replace(problem, covers=part)
    last = solve(gradual, params=SolveParams(gap=0.02))
    changed = replace(gradual, max_open=10)
    again = solve(changed, params=SolveParams(gap=0.05, start=last))
    assert again.basis is not None
    assert last.basis is not None
    assert again.basis.cover is last.basis.cover
    assert again.objective <= solve(changed).bound
