"""Capacitated covering within limits, sites and floors, against every choice of options."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import linprog

from geo.errors import ProblemError
from planning import (
    CapacitatedProblem,
    CoverageProblem,
    Floor,
    Limit,
    SolveParams,
    broken_rules,
    solve,
)
from planning.engine.variants import capacitated

if TYPE_CHECKING:
    from collections.abc import Callable

PARAMS = SolveParams(time_limit_s=30)


def drawn(seed: int) -> CapacitatedProblem:
    """A problem in which each limit stands with a chance of its own."""
    rng = np.random.default_rng([1988, seed])
    n, m, people = int(rng.integers(3, 7)), int(rng.integers(2, 7)), int(rng.integers(2, 7))
    near = rng.random((n, m)) < 0.6
    near[rng.integers(n), rng.integers(m)] = True
    reach = rng.random((n, people)) < 0.5
    reach[rng.integers(n), rng.integers(people)] = True
    mark = rng.choice(3, n, p=[0.8, 0.1, 0.1])
    costs = rng.integers(0, 9, n).astype(float)
    most = int(rng.integers(0, n + 1)) if rng.random() < 0.5 else n
    limits, floors = (), ()
    if rng.random() < 0.4:
        limits = (Limit(members=rng.random(n) < 0.6, max_open=int(rng.integers(0, 3))),)
    if rng.random() < 0.5:
        floors = (Floor(members=rng.random(people) < 0.7, min_share=float(rng.choice([0.3, 0.6]))),)
    rules = CoverageProblem(
        rng.integers(1, 9, people).astype(float),
        sp.csr_array(reach),
        costs=costs,
        budget=float(rng.integers(4, 25)) if rng.random() < 0.6 else None,
        max_open=most,
        site=rng.integers(0, n, n) if rng.random() < 0.4 else None,
        required=mark == 1,
        forbidden=mark == 2,
        limits=limits,
        floors=floors,
    )
    return CapacitatedProblem(
        rng.integers(0, 20, m).astype(float),
        sp.csr_array(near),
        rng.integers(0, 25, n).astype(float),
        most,
        required=rules.required,
        forbidden=rules.forbidden,
        rules=rules,
    )


def seated(problem: CapacitatedProblem, x: np.ndarray) -> float:
    """The most that a choice serves, as a linear programme of flows."""
    near = problem.covers.toarray() & x[:, None]
    option, item = np.nonzero(near)
    if not len(option):
        return 0.0
    rows = np.zeros((sum(near.shape), len(option)))
    rows[option, np.arange(len(option))] = 1.0
    rows[near.shape[0] + item, np.arange(len(option))] = 1.0
    most = np.r_[problem.capacity, problem.weights]
    return -float(linprog(-np.ones(len(option)), A_ub=rows, b_ub=most).fun)


def over_years(seed: int) -> CapacitatedProblem:
    """The same options in two or three years, with other seats in each, and workers who count."""
    problem = drawn(seed)
    rng = np.random.default_rng([2027, seed])
    n, m = problem.covers.shape
    n_years = int(rng.integers(2, 4))
    near = np.hstack(
        [problem.covers.toarray() & (rng.random((n, m)) < 0.8) for _ in range(n_years)]
    )
    near[0, 0] = True
    return replace(
        problem,
        weights=rng.integers(0, 20, m * n_years).astype(float),
        covers=sp.csr_array(near),
        capacity=rng.integers(0, 25, (n, n_years)).astype(float),
        period=np.repeat(np.arange(n_years), m),
        worth=rng.integers(0, 4, m * n_years) / 2.0 if seed % 2 else None,
    )


def seated_over_years(problem: CapacitatedProblem, x: np.ndarray) -> float:
    """The most that a choice serves, year by year, each worker as much as he counts."""
    total = 0.0
    for year in range(problem.capacity.shape[1]):
        items = np.flatnonzero(problem.period == year)
        near = problem.covers.toarray()[:, items] & x[:, None]
        option, item = np.nonzero(near)
        if len(option):
            rows = np.zeros((sum(near.shape), len(option)))
            rows[option, np.arange(len(option))] = 1.0
            rows[near.shape[0] + item, np.arange(len(option))] = 1.0
            most = np.r_[problem.capacity[:, year], problem.weights[items]]
            counts = np.ones(len(items)) if problem.worth is None else problem.worth[items]
            total -= float(linprog(-counts[item], A_ub=rows, b_ub=most).fun)
    return total


def keeps(rules: CoverageProblem, x: np.ndarray) -> bool:
    required, costs = np.asarray(rules.required), np.asarray(rules.costs)
    covered = (rules.covers.toarray() & x[:, None]).any(axis=0)
    kept = [
        not (required & ~x).any(),
        not (rules.forbidden & x).any(),
        (x & ~required).sum() <= rules.max_open,
        rules.budget is None or costs[x].sum() <= rules.budget,
        rules.site is None or len(set(rules.site[x])) == x.sum(),
        *((x & limit.members).sum() <= limit.max_open for limit in rules.limits),
    ]
    for floor in rules.floors:
        own = np.where(floor.members, rules.weights, 0.0)
        kept.append(own[covered].sum() >= floor.min_share * own.sum() - 1e-9)
    return all(kept)


def best_of_all(problem: CapacitatedProblem) -> float:
    n = problem.covers.shape[0]
    choices = (((number >> np.arange(n)) & 1).astype(bool) for number in range(2**n))
    count = seated if problem.period is None else seated_over_years
    values = (count(problem, x) for x in choices if keeps(problem.rules, x))
    return max(values, default=-math.inf)


@pytest.mark.parametrize("first", range(0, 100, 50))
@pytest.mark.parametrize("draw", [drawn, over_years])
def test_the_answer_is_the_best_of_all_sets_of_options(
    draw: Callable[[int], CapacitatedProblem], first: int
) -> None:
    n_plans = 0
    for seed in range(first, first + 50):
        problem = draw(seed)
        best, plan = best_of_all(problem), solve(problem, params=PARAMS)
        if best == -math.inf:
            assert plan.status == "infeasible", f"seed {seed}: {plan.status}"
            continue
        n_plans += 1
        assert plan.status == "optimal", f"seed {seed}: {plan.status}, best {best}"
        assert plan.objective == pytest.approx(best, abs=1e-6), f"seed {seed}"
        assert broken_rules(problem, plan) == (), f"seed {seed}"
    assert n_plans > 20


def test_the_bound_knows_the_money_before_the_programme_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Eighty places of which money pays for ten: the multipliers alone come near the plan."""
    rng = np.random.default_rng(7)
    n, m = 80, 900
    spots, people = rng.random((n, 2)), rng.random((m, 2))
    near = np.hypot(*(spots[:, None] - people[None]).transpose(2, 0, 1)) < 0.12
    near[0, 0] = True
    rules = CoverageProblem(
        np.ones(m), sp.csr_array(near), costs=rng.integers(5, 15, n).astype(float), budget=100.0
    )
    problem = CapacitatedProblem(np.ones(m), sp.csr_array(near), np.full(n, 25.0), n, rules=rules)
    # no programme is written: it is the multipliers that are looked at, for as long as they move
    monkeypatch.setattr(capacitated, "PAIRS_PER_S", 0)
    plan = solve(problem, params=SolveParams(time_limit_s=60.0, gap=0.0))
    assert "programme" not in plan.method
    assert broken_rules(problem, plan) == ()
    # 871 workers are near some place, and money pays for some 270 seats
    assert plan.bound < 1.6 * plan.objective


def test_rules_of_other_options_are_refused() -> None:
    problem = drawn(0)
    other = replace(problem.rules, required=~np.asarray(problem.required), forbidden=None)
    with pytest.raises(ProblemError, match="rules speak of other options"):
        replace(problem, rules=other)


def test_capacities_of_other_periods_than_the_items_are_refused() -> None:
    problem = over_years(0)
    with pytest.raises(ProblemError, match="capacity"):
        replace(problem, capacity=problem.capacity[:, :1])


@pytest.mark.parametrize("seed", range(4))
def test_the_bound_holds_before_the_programme_is_written(seed: int) -> None:
    """The multipliers bound what two years of many places can seat, however short the time."""
    rng = np.random.default_rng([5, seed])
    n, m = 30, 200
    spots, people = rng.random((n, 2)), rng.random((m, 2))
    near = np.hypot(*(spots[:, None] - people[None]).transpose(2, 0, 1)) < 0.25
    problem = CapacitatedProblem(
        rng.integers(1, 9, 2 * m).astype(float),
        sp.csr_array(np.hstack([near, near])),
        rng.integers(10, 60, (n, 2)).astype(float),
        5,
        period=np.repeat([0, 1], m),
        worth=rng.integers(1, 4, 2 * m).astype(float),
    )
    exact = solve(problem, params=PARAMS)
    quick = solve(problem, params=SolveParams(time_limit_s=0.3, gap=0.0))
    assert exact.objective <= quick.bound + 1e-6
    assert quick.objective <= exact.bound + 1e-6
