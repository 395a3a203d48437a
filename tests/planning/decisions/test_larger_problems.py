"""Answers beside a plan on problems too large to count, against HiGHS on a plain model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from planning import CoverageProblem, Floor, Limit, broken_rules, solve
from planning.decisions import (
    coverage_curve,
    find_conflict,
    find_runners_up,
    measure_shadow_prices,
    near_alternatives,
)
from planning.engine.rules import MOST, rules_of, with_amounts

N, M = 30, 200


def town(seed: int) -> CoverageProblem:
    """Thirty options at twenty places, two hundred items, money of two payers, homes, a floor."""
    rng = np.random.default_rng([seed, 8])
    places, items = rng.random((20, 2)), rng.random((M, 2))
    site = np.r_[np.arange(20), rng.integers(0, 20, N - 20)]
    radius = np.where(np.arange(N) < 20, 0.16, 0.22)
    covers = np.hypot(*(places[site][:, None] - items[None]).transpose(2, 0, 1)) < radius[:, None]
    costs = rng.integers(40, 90, N) * np.where(np.arange(N) < 20, 1_000.0, 2_000.0)
    return CoverageProblem(
        rng.integers(1, 40, M).astype(float),
        covers,
        costs=costs,
        budget=500_000.0,
        site=site,
        limits=(
            Limit(members=np.arange(N) >= 20, max_open=2, name="homes"),
            Limit(members=np.ones(N, bool), budget=260_000.0, costs=costs * 0.6, name="district"),
        ),
        floors=(Floor(members=np.arange(M) < 40, min_share=0.3, name="east"),),
    )


def oracle(problem: CoverageProblem, *, near: float | None = None, apart: object = None) -> float:
    """The best value by HiGHS, -inf when no plan keeps the rules.

    With ``near`` the least number of the options ``apart`` in a plan worth at least so much.
    """
    n, m = problem.n_options, problem.n_demand
    dense = problem.covers.toarray().astype(float)
    rows = [np.hstack([-dense.T, np.eye(m)])]
    lower, upper = [np.full(m, -np.inf)], [np.zeros(m)]

    def row(options: np.ndarray, items: np.ndarray, least: float, most: float) -> None:
        rows.append(np.r_[options, items][None, :])
        lower.append(np.array([least]))
        upper.append(np.array([most]))

    none_o, none_i = np.zeros(n), np.zeros(m)
    for label in np.unique(problem.site):
        row((problem.site == label).astype(float), none_i, -np.inf, 1.0)
    row(np.asarray(problem.costs), none_i, -np.inf, float(problem.budget or 0.0))
    for limit in problem.limits:
        if limit.max_open is not None:
            row(limit.members.astype(float), none_i, -np.inf, limit.max_open)
        if limit.budget is not None:
            assert limit.costs is not None
            row(limit.members * limit.costs, none_i, -np.inf, limit.budget)
    for floor in problem.floors:
        part = problem.weights * floor.members
        row(none_o, part, floor.min_share * part.sum() - 1e-6, np.inf)
    cost = np.r_[none_o, -problem.weights]
    if near is not None:
        row(none_o, problem.weights, near - 1e-6, np.inf)
        cost = np.r_[np.asarray(apart, dtype=float), none_i]
    answer = milp(
        cost,
        integrality=np.r_[np.ones(n), none_i],
        bounds=Bounds(0.0, np.r_[1.0 - np.asarray(problem.forbidden), np.ones(m)]),
        constraints=LinearConstraint(np.vstack(rows), np.concatenate(lower), np.concatenate(upper)),
        options={"mip_rel_gap": 0.0},
    )
    if answer.x is None:
        return -np.inf
    return float(answer.fun) if near is not None else -float(answer.fun)


@pytest.mark.parametrize("seed", range(3))
def test_runners_up_prices_and_points_of_the_curve_are_what_highs_finds(seed: int) -> None:
    problem = town(seed)
    plan = solve(problem)
    best = oracle(problem)
    assert plan.objective == pytest.approx(best)
    for one in find_runners_up(problem, plan)[:4]:
        forbidden = np.arange(N) == one.option
        without = oracle(replace(problem, forbidden=forbidden))
        assert one.is_needed == (without == -np.inf)
        if not one.is_needed:
            assert one.costs_least <= best - without + 1e-4
            assert one.costs_most == pytest.approx(best - without, abs=1e-4)
    for price in measure_shadow_prices(problem, plan, step_yuan=50_000.0, step_share=0.1):
        for step in (price.more, price.less):
            if step is None:
                continue
            moved = oracle(with_amounts(problem, {price.use.rule: step.amount}))
            assert (step.plan is None) == (moved == -np.inf)
            if step.plan is not None:
                assert step.changes_least <= moved - best + 1e-4
                assert step.changes_most >= moved - best - 1e-4
                assert step.plan.objective == pytest.approx(moved)
    curve = coverage_curve(problem, budgets=[150_000.0, 300_000.0, 450_000.0], gap=0.0)
    for point in curve.points:
        highs = oracle(replace(problem, budget=point.amount))
        assert np.isnan(point.covered) == (highs == -np.inf)
        if highs > -np.inf:
            assert point.covered == pytest.approx(highs)
            assert point.bound == pytest.approx(highs, rel=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_the_first_alternative_shares_as_few_places_as_highs_can(seed: int) -> None:
    problem = town(seed)
    plan = solve(problem)
    found = near_alternatives(problem, plan, gap=0.03, n=2, time_limit_s=60.0)
    assert found.plans
    places = np.unique(np.asarray(problem.site)[plan.chosen])
    shared = oracle(problem, near=0.97 * plan.objective, apart=np.isin(problem.site, places))
    assert found.plans[0].n_apart == found.plans[0].most_apart == len(places) - round(shared)
    for other in found.plans:
        made = replace(plan, chosen=other.chosen, objective=other.objective)
        assert broken_rules(problem, replace(made, bound=max(plan.bound, other.objective))) == ()


@pytest.mark.parametrize("seed", range(3))
def test_a_conflict_is_one_for_highs_too_and_what_would_do_does(seed: int) -> None:
    problem = replace(
        town(seed),
        floors=(Floor(members=np.arange(M) < 40, min_share=0.9, name="east"),),
        budget=200_000.0,
    )
    assert oracle(problem) == -np.inf
    conflict = find_conflict(problem)
    assert conflict is not None
    assert conflict.is_minimal
    kept = {(member.rule.kind, member.rule.number) for member in conflict.members}
    for member in conflict.members:
        if member.would_do is None or member.rule.kind not in MOST:
            continue
        assert oracle(with_amounts(problem, {member.rule: member.would_do})) > -np.inf
        less = with_amounts(problem, {member.rule: member.would_do - 1.0})
        assert oracle(less) == -np.inf
    loose = {
        rule: 1e9 if rule.kind in {"budget", "limit_budget"} else float(N)
        for rule in rules_of(problem)
        if rule.kind in MOST and (rule.kind, rule.number) not in kept
    }
    assert oracle(with_amounts(problem, loose)) == -np.inf
