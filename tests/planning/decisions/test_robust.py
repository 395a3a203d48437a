"""How a plan stands over draws, against all option sets of every draw."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest

from geo.errors import ProblemError
from planning import CoverageProblem, SolveParams, solve
from planning.decisions import robust, try_over_draws
from tests.planning.decisions.small_problems import (
    N_PROBLEMS,
    covered_parts,
    mixed_problem,
    option_sets,
)

PARTS = 6
N_DRAWS = 7


def drawn(problem: CoverageProblem, number: int) -> np.ndarray:
    rng = np.random.default_rng([number, 7])
    factor = rng.uniform(0.3, 1.7, (N_DRAWS, problem.n_demand))
    return np.asarray(np.floor(problem.weights * factor))


class Lazy:
    """Two draws of the same weights, made when they are asked for."""

    def __init__(self, weights: np.ndarray) -> None:
        self.weights = weights
        self.asked: set[int] = set()

    def __len__(self) -> int:
        return 2

    def __getitem__(self, number: int) -> np.ndarray:
        self.asked.add(number)
        return self.weights


@pytest.mark.parametrize("part", range(PARTS))
def test_each_draw_has_its_best_plan_and_each_plan_its_worth(part: int) -> None:
    several = 0
    for number in range(part, N_PROBLEMS, PARTS * 2):
        problem = mixed_problem(number)
        plan = solve(problem)
        if plan.status == "infeasible":
            continue
        weights = drawn(problem, number)
        found = try_over_draws(problem, plan, draws=weights, worst_part=0.3, price_change=0.0)
        shares = np.zeros(problem.n_options)
        n_without = 0
        for draw in range(N_DRAWS):
            sets = option_sets(replace(problem, weights=weights[draw]))
            own = sets.value[sets.row(plan.chosen)]
            assert found.covered[draw] == pytest.approx(own, rel=1e-9, abs=1e-9)
            if sets.best == -np.inf:
                n_without += 1
                assert np.isnan(found.best[draw])
                continue
            assert found.best[draw] <= sets.best + 1e-6 <= found.bound[draw] + 2e-6
            assert found.best[draw] >= sets.best * (1 - 0.0051)
        assert found.n_without == n_without
        shares[found.option] = found.share
        assert ((shares >= 0) & (shares <= 1)).all()
        sets = option_sets(problem)
        for candidate in found.candidates:
            assert sets.allowed()[sets.row(candidate.chosen)]
            one = np.zeros((1, problem.n_options), dtype=bool)
            one[0, candidate.chosen] = True
            values = np.sort(weights @ covered_parts(problem, one)[0])
            assert candidate.mean == pytest.approx(values.mean())
            assert candidate.worst == pytest.approx(values[:3].mean())
        worst = [candidate.worst for candidate in found.candidates]
        assert worst == sorted(worst, reverse=True)
        assert found.planned.chosen.tolist() == plan.chosen.tolist()
        several += len(worst) > 1
        json.dumps(found.as_dict())
    assert several >= 2


def test_places_that_fail_cover_nobody_and_what_is_required_never_fails() -> None:
    problem = CoverageProblem(
        np.array([1.0, 10.0, 100.0, 1000.0]),
        np.eye(4),
        site=[0, 1, 1, 2],
        required=[True, False, False, False],
        max_open=2,
    )
    plan = solve(problem)
    assert plan.chosen.tolist() == [0, 2, 3]
    draws = np.tile(problem.weights, (400, 1))
    lazy = Lazy(problem.weights)
    found = try_over_draws(problem, plan, draws=lazy, failing=1.0)
    assert found.covered.tolist() == [1.0, 1.0]
    assert lazy.asked == {0, 1}
    told: list[float] = []
    params = SolveParams(seed=3, gap=0.005)
    found = try_over_draws(
        problem,
        plan,
        draws=draws,
        failing=0.25,
        params=params,
        on_progress=lambda _what, share: told.append(share),
    )
    assert told[-1] == 1.0
    assert set(found.covered.tolist()) == {1.0, 101.0, 1001.0, 1101.0}
    assert np.mean(found.covered >= 1000.0) == pytest.approx(0.75, abs=0.06)
    again = try_over_draws(
        problem, plan, draws=draws, failing=0.25, params=SolveParams(seed=3, gap=0.005)
    )
    assert (again.covered == found.covered).all()
    assert found.covered_range[0] <= found.planned.mean <= found.covered_range[1]


def test_the_plan_that_is_best_in_the_worst_draws_comes_first() -> None:
    problem = CoverageProblem([50.0, 45.0], [[1, 0], [0, 1]], max_open=1)
    draws = np.array([[50.0, 45.0]] * 8 + [[5.0, 44.0], [5.0, 44.0]])
    found = try_over_draws(problem, solve(problem), draws=draws)
    assert [c.chosen.tolist() for c in found.candidates] == [[1], [0]]
    assert [c.worst for c in found.candidates] == [44.0, 5.0]
    assert [c.n_found for c in found.candidates] == [2, 8]
    assert dict(zip(found.option.tolist(), found.share.tolist(), strict=True)) == {0: 0.8, 1: 0.2}
    assert found.as_dict()["most_regret"] == 39.0


def test_prices_that_rise_change_what_can_be_paid() -> None:
    for number in range(60):
        problem = mixed_problem(number)
        plan = solve(problem)
        if plan.status == "infeasible":
            continue
        found = try_over_draws(problem, plan, draws=problem.weights[None, :], price_change=0.2)
        assert [price.factor for price in found.prices] == [0.8, 1.2]
        for price in found.prices:
            assert problem.costs is not None
            limits = tuple(
                limit if limit.costs is None else replace(limit, costs=limit.costs * price.factor)
                for limit in problem.limits
            )
            moved = replace(problem, costs=problem.costs * price.factor, limits=limits)
            sets = option_sets(moved)
            assert (price.plan is None) == (sets.best == -np.inf)
            if price.plan is not None:
                assert price.plan.objective >= sets.best * (1 - 0.0051)
                before, after = set(plan.chosen.tolist()), set(price.plan.chosen.tolist())
                assert set(price.enters.tolist()) == after - before
                assert set(price.leaves.tolist()) == before - after


def test_draws_and_parts_that_do_not_fit_are_refused() -> None:
    problem = CoverageProblem([1.0, 2.0], np.eye(2))
    plan = solve(problem)
    with pytest.raises(ProblemError, match="there is no draw"):
        try_over_draws(problem, plan, draws=np.ones((0, 2)))
    with pytest.raises(ProblemError, match="draw 0 has the shape"):
        try_over_draws(problem, plan, draws=np.ones((1, 3)))
    with pytest.raises(ProblemError, match="failing is 2"):
        try_over_draws(problem, plan, draws=np.ones((1, 2)), failing=2.0)
    with pytest.raises(ProblemError, match="price_change is 1"):
        try_over_draws(problem, plan, draws=np.ones((1, 2)), price_change=1.0)
    with pytest.raises(ProblemError, match="there is none"):
        try_over_draws(problem, replace(plan, objective=np.nan), draws=np.ones((1, 2)))


def test_draws_go_on_from_the_first_where_the_plan_was_kept_without_what_it_left() -> None:
    problem = mixed_problem(2)
    plan, weights = solve(problem), drawn(problem, 2)
    found = [
        try_over_draws(problem, one, draws=weights, price_change=0.0)
        for one in (plan, replace(plan, basis=None))
    ]
    assert plan.basis is not None
    assert found[0].best == pytest.approx(found[1].best, rel=0.0051)
    assert (found[0].covered == found[1].covered).all()


def test_a_plan_is_worth_in_a_draw_what_its_best_place_that_works_covers_of_each_item() -> None:
    rng = np.random.default_rng(5)
    covers = np.round(rng.random((6, 40)), 1) * (rng.random((6, 40)) < 0.5)
    required = np.arange(6) == 5
    problem = CoverageProblem(rng.integers(1, 9, 40), covers, max_open=3, required=required)
    weights = rng.integers(1, 9, (30, 40)).astype(float)
    plan = solve(problem)
    found = try_over_draws(problem, plan, draws=weights, price_change=0.0)
    best = covers[plan.chosen].max(axis=0)
    assert found.covered == pytest.approx(weights @ best)
    # of the three that may fail, each subset may work
    failing = try_over_draws(problem, plan, draws=weights, failing=0.5, price_change=0.0)
    others = [j for j in plan.chosen if j != 5]
    sets = [[5, *those] for k in range(4) for those in itertools.combinations(others, k)]
    worth = np.array([weights @ covers[works].max(axis=0) for works in sets])
    assert (np.abs(worth - failing.covered).min(axis=0) < 1e-9).all()
    assert failing.covered.mean() < found.covered.mean()


def test_past_the_time_the_plan_alone_is_counted_in_the_draws_that_are_left() -> None:
    problem = CoverageProblem(
        weights=[50.0, 40.0, 30.0], covers=[[1, 0, 0], [0, 1, 0], [0, 1, 1]], max_open=1
    )
    draws = np.array([[90.0, 10.0, 10.0], [10.0, 50.0, 40.0], [20.0, 5.0, 1.0]])
    late = iter([False, True, True])

    class Draws:
        """One draw after another, so that the clock is asked in their order."""

        n = len(draws)

        def __getitem__(self, number: int) -> np.ndarray:
            return draws[number]

    plans, works = [np.array([0]), np.array([2])], np.ones((3, 3), dtype=np.bool_)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(robust, "AT_ONCE", 1)
        values = robust._values(problem, plans, Draws(), works, is_late=lambda: next(late))
    assert values[0].tolist() == draws[:, 0].tolist()
    assert values[1, 0] == 20.0
    assert np.isnan(values[1, 1:]).all()
