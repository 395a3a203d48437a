"""Every problem class against all subsets of small random instances, and plans looked at anew."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from scipy.optimize import linprog

from planning import (
    BackupProblem,
    CapacitatedProblem,
    CoverageProblem,
    Floor,
    Limit,
    MaxMinProblem,
    Plan,
    PMedianProblem,
    SetCoverProblem,
    SolveParams,
    solve,
)
from planning.engine.verify import broken_rules
from tests.planning.seeds import QUICK, SEEDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planning.engine.variant_problems import Problem

PARAMS = SolveParams(time_limit_s=30)


def subsets(n: int) -> Iterator[np.ndarray]:
    for bits in itertools.product((False, True), repeat=n):
        yield np.array(bits)


def marks(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    if rng.random() < 0.5:
        return {}
    mark = rng.choice(3, n, p=[0.75, 0.12, 0.13])
    return {"required": mark == 1, "forbidden": mark == 2}


def random_cover(rng: np.random.Generator, n: int, m: int) -> np.ndarray:
    cover = rng.random((n, m)) < rng.uniform(0.1, 0.6)
    cover[rng.integers(n), rng.integers(m)] = True
    return cover


def allowed(problem: Problem, opened: np.ndarray) -> bool:
    required, forbidden = problem.required, problem.forbidden
    if (required & ~opened).any() or (forbidden & opened).any():
        return False
    most = getattr(problem, "max_open", getattr(problem, "p", None))
    return most is None or int((opened & ~required).sum()) <= most


def check(problem: Problem, plan: Plan, best: float | None) -> None:
    """The plan is what the best of all subsets is, and breaks no rule."""
    assert broken_rules(problem, plan) == ()
    if best is None:
        assert plan.status == "infeasible"
        assert plan.reasons
        return
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(best, abs=1e-6, rel=1e-7)
    assert plan.bound == pytest.approx(best, abs=1e-6, rel=1e-6)
    assert plan.gap == 0.0


def best_of(
    problem: Problem, n: int, value: Callable[[np.ndarray], float | None], *, most: bool
) -> float | None:
    values = [value(x) for x in subsets(n) if allowed(problem, x)]
    known = [v for v in values if v is not None]
    if not known:
        return None
    return max(known) if most else min(known)


def coverage_problem(rng: np.random.Generator) -> CoverageProblem:
    n, m = int(rng.integers(2, 8)), int(rng.integers(1, 11))
    cover = random_cover(rng, n, m).astype(float)
    if rng.random() < 0.3:
        cover *= np.round(rng.random((n, m)), 1) + 0.05
        cover = np.minimum(cover, 1.0)
    weights = rng.integers(0, 20, m) if rng.random() < 0.5 else rng.random(m) * 10
    costs = rng.integers(1, 10, n).astype(float)
    more: dict[str, Any] = marks(rng, n)
    if rng.random() < 0.6:
        more["max_open"] = int(rng.integers(0, n + 1))
    if rng.random() < 0.5:
        more["budget"] = float(rng.integers(3, 25))
    if rng.random() < 0.4:
        more["site"] = rng.integers(0, max(2, n // 2), n)
    more["limits"] = tuple(
        Limit(members=rng.random(n) < 0.5, max_open=int(rng.integers(0, 4)))
        if rng.random() < 0.6
        else Limit(members=rng.random(n) < 0.5, budget=float(rng.integers(0, 15)))
        for _ in range(rng.integers(0, 3))
    )
    if rng.random() < 0.4:
        more["floors"] = tuple(
            Floor(members=rng.random(m) < 0.5, min_share=float(np.round(rng.random() * 0.8, 2)))
            for _ in range(rng.integers(1, 3))
        )
    return CoverageProblem(weights, sp.csr_array(cover), costs=costs, **more)


def coverage_value(problem: CoverageProblem, x: np.ndarray) -> float | None:
    costs = problem.costs
    assert costs is not None
    if problem.budget is not None and costs[x].sum() > problem.budget + 1e-9:
        return None
    if problem.site is not None and len(set(problem.site[x])) < x.sum():
        return None
    for limit in problem.limits:
        inside = x & limit.members
        if limit.max_open is not None and inside.sum() > limit.max_open:
            return None
        if limit.budget is not None and costs[inside].sum() > limit.budget + 1e-9:
            return None
    dense = problem.covers.toarray()
    got = problem.weights * (dense[x].max(axis=0) if x.any() else 0.0)
    for floor in problem.floors:
        need = floor.min_share * problem.weights[floor.members].sum()
        if got[floor.members].sum() < need - 1e-9:
            return None
    return float(got.sum())


@QUICK
@given(SEEDS)
def test_maximal_covering_is_the_best_of_all_subsets(seed: int) -> None:
    problem = coverage_problem(np.random.default_rng(seed))
    best = best_of(problem, problem.n_options, lambda x: coverage_value(problem, x), most=True)
    check(problem, solve(problem, params=PARAMS), best)


@QUICK
@given(SEEDS)
def test_set_covering_is_the_cheapest_of_all_subsets(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 8)), int(rng.integers(1, 9))
    cover, weights = random_cover(rng, n, m), rng.integers(0, 9, m).astype(float)
    costs = rng.integers(1, 6, n).astype(float) if rng.random() < 0.7 else rng.random(n)
    more: dict[str, Any] = marks(rng, n)
    share = 1.0 if rng.random() < 0.5 else float(np.round(rng.random(), 2))
    if rng.random() < 0.3:
        more["site"] = rng.integers(0, n, n)
    if rng.random() < 0.3:
        more["floors"] = (Floor(members=rng.random(m) < 0.5, min_share=0.6),)
    problem = SetCoverProblem(sp.csr_array(cover), costs, weights, share, **more)

    def value(x: np.ndarray) -> float | None:
        covered = cover[x].any(axis=0)
        if problem.site is not None and len(set(problem.site[x])) < x.sum():
            return None
        if share == 1.0 and not covered.all():
            return None
        if weights[covered].sum() < share * weights.sum() - 1e-9:
            return None
        for floor in problem.floors:
            inside = floor.members
            if weights[inside & covered].sum() < 0.6 * weights[inside].sum() - 1e-9:
                return None
        return float(costs[x].sum())

    check(problem, solve(problem, params=PARAMS), best_of(problem, n, value, most=False))


@QUICK
@given(SEEDS)
def test_backup_covering_is_the_best_of_all_subsets(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 8)), int(rng.integers(1, 10))
    cover, weights = random_cover(rng, n, m), rng.integers(0, 20, m).astype(float)
    second = np.floor(weights * rng.random(m))
    problem = BackupProblem(
        weights,
        sp.csr_array(cover),
        int(rng.integers(0, n + 1)),
        second,
        cover_all=bool(rng.random() < 0.3),
        **marks(rng, n),
    )

    def value(x: np.ndarray) -> float | None:
        count = cover[x].sum(axis=0)
        if problem.cover_all and (count == 0).any():
            return None
        return float(weights[count >= 1].sum() + second[count >= 2].sum())

    check(problem, solve(problem, params=PARAMS), best_of(problem, n, value, most=True))


@QUICK
@given(SEEDS)
def test_capacitated_covering_is_the_best_of_all_subsets(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 6)), int(rng.integers(1, 7))
    cover, weights = random_cover(rng, n, m), rng.integers(0, 20, m).astype(float)
    capacity = rng.integers(0, 40, n).astype(float)
    problem = CapacitatedProblem(
        weights, sp.csr_array(cover), capacity, int(rng.integers(0, n + 1)), **marks(rng, n)
    )

    def value(x: np.ndarray) -> float:
        option, item = np.nonzero(cover & x[:, None])
        if not len(option):
            return 0.0
        pair = np.arange(len(option))
        by_item = sp.csr_array((np.ones(len(pair)), (item, pair)), shape=(m, len(pair)))
        by_option = sp.csr_array((np.ones(len(pair)), (option, pair)), shape=(n, len(pair)))
        flow = linprog(
            -np.ones(len(pair)), A_ub=sp.vstack([by_item, by_option]), b_ub=[*weights, *capacity]
        )
        return float(-flow.fun)

    check(problem, solve(problem, params=PARAMS), best_of(problem, n, value, most=True))


@QUICK
@given(SEEDS)
def test_max_min_covering_is_the_best_of_all_subsets(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 8)), int(rng.integers(2, 10))
    cover, weights = random_cover(rng, n, m), rng.integers(1, 20, m).astype(float)
    classes = rng.random((int(rng.integers(1, 4)), m)) < 0.5
    classes[:, 0] = True
    problem = MaxMinProblem(
        weights, sp.csr_array(cover), classes, int(rng.integers(0, n + 1)), **marks(rng, n)
    )

    def value(x: np.ndarray) -> float:
        got = weights * cover[x].any(axis=0)
        return float(((classes @ got) / (classes @ weights)).min())

    check(problem, solve(problem, params=PARAMS), best_of(problem, n, value, most=True))


@QUICK
@given(SEEDS)
def test_p_median_is_the_cheapest_of_all_subsets(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 8)), int(rng.integers(1, 9))
    seconds = rng.integers(0, 60, (n, m)).astype(float)
    seconds[rng.random((n, m)) < 0.3] = np.inf
    seconds[0, 0] = 5.0
    weights = rng.integers(0, 9, m).astype(float)
    penalty = float(rng.integers(10, 90)) if rng.random() < 0.6 else None
    more = marks(rng, n)
    problem = PMedianProblem(seconds, weights, int(rng.integers(1, n + 1)), penalty, **more)

    def value(x: np.ndarray) -> float | None:
        nearest = seconds[x].min(axis=0, initial=np.inf if penalty is None else penalty)
        return None if np.isinf(nearest).any() else float(nearest @ weights)

    check(problem, solve(problem, params=PARAMS), best_of(problem, n, value, most=False))


def city(seed: int = 3, n: int = 60, m: int = 900) -> tuple[np.ndarray, sp.csr_array]:
    rng = np.random.default_rng(seed)
    sites, demand = rng.random((n, 2)), rng.random((m, 2))
    near = np.hypot(*(sites[:, None] - demand[None]).T).T < 0.13
    return rng.integers(1, 60, m).astype(float), sp.csr_array(near)


def test_a_seed_gives_the_same_plan() -> None:
    weights, covers = city()
    problem = CoverageProblem(weights, covers, max_open=9)
    one, other = (solve(problem, params=SolveParams(seed=4)) for _ in range(2))
    assert (one.chosen == other.chosen).all()
    assert one.bound == other.bound


def test_the_caller_may_stop_and_gets_the_best_so_far_with_its_bound() -> None:
    weights, covers = city(n=300, m=4000)
    problem = CoverageProblem(weights, covers, max_open=12)
    plan = solve(problem, params=SolveParams(on_progress=lambda _: True))
    assert plan.status == "time_limit"
    assert plan.reasons == ("stopped by the caller",)
    assert broken_rules(problem, plan) == ()
    assert plan.objective > 0
    assert plan.runtime_s < 20


def test_the_bound_is_never_below_the_optimum_at_any_stop() -> None:
    weights, covers = city()
    problem = CoverageProblem(weights, covers, max_open=9)
    optimum = solve(problem).objective
    bounds: list[float] = []
    solve(problem, params=SolveParams(on_progress=lambda news: bounds.append(news.bound)))
    assert min(bounds) >= optimum * (1 - 1e-9)


def test_a_gap_that_is_good_enough_ends_the_run() -> None:
    weights, covers = city(n=300, m=4000)
    plan = solve(CoverageProblem(weights, covers, max_open=40), params=SolveParams(gap=0.05))
    assert plan.status in {"within_gap", "optimal"}
    assert plan.gap <= 0.05


def test_floors_of_a_city_are_met_by_multipliers_and_the_bound_holds() -> None:
    weights, covers = city(n=250, m=3000)
    problem = CoverageProblem(weights, covers, max_open=12)
    free = solve(problem, params=SolveParams(time_limit_s=60, gap=0.02))
    covered = np.zeros(3000, dtype=bool)
    covered[covers[free.chosen].indices] = True
    # what the plan without floors serves worst is to be served by four fifths
    served = (covers @ (weights * covered)) / (covers @ weights)
    worst = np.argsort(served)[:3]
    floors = tuple(Floor(members=covers[[j]].toarray()[0] > 0, min_share=0.8) for j in worst)
    floored = replace(problem, floors=floors)
    plan = solve(floored, params=SolveParams(time_limit_s=60, gap=0.02))
    assert broken_rules(floored, plan) == ()
    assert plan.objective <= plan.bound
    assert plan.gap < 0.1
    assert served[worst].max() < 0.5
    assert "floor prices" in plan.method
