"""Bounds prove what they say, whatever the units, and however a run ends."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings

from geo.errors import ProblemError
from planning.engine.lscp import set_covering
from planning.engine.mclp import milp
from planning.engine.mip import MipAnswer, MipModel, solve_mip
from planning.engine.objectives import limit_of, value_of
from planning.engine.p_median import radius_formulation
from planning.engine.params import Progress, SolveParams
from planning.engine.problems import (
    CoverageProblem,
    Floor,
    Limit,
    PCenterProblem,
    PMedianProblem,
    SetCoverProblem,
)
from planning.engine.proven import ABSENT, NOTHING, Bound
from planning.engine.solver import solve
from planning.engine.units import in_good_units
from planning.engine.variant_problems import BackupProblem, CapacitatedProblem, MaxMinProblem
from planning.engine.variants import backup as backup_covering
from planning.engine.variants import capacitated as capacitated_covering
from planning.engine.variants import max_min as max_min_covering
from planning.engine.verify import broken_choice, broken_rules
from tests.planning.seeds import QUICK, SEEDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from planning.engine.params import Plan
    from planning.engine.variant_problems import Problem

    Make = Callable[[np.random.Generator], Problem]

# How far a plan may be from the best of all and still be called the best.
SAME = 2e-9
SCALES = tuple(10.0**k for k in range(-9, 13, 3))


def cover_of(rng: np.random.Generator, n: int, m: int) -> np.ndarray:
    """A cover with twin columns and empty rows now and then, but never all empty."""
    cover = rng.random((n, m)) < rng.choice([0.15, 0.3, 0.5])
    if m > 2 and rng.random() < 0.3:
        cover[:, 1] = cover[:, 0]
    cover[0, 0] |= not cover.any()
    return np.asarray(cover)


def figures(rng: np.random.Generator, k: int) -> np.ndarray:
    """Whole numbers with zeros, fractions, ties, or figures of very different size; any unit."""
    drawn = (
        rng.integers(0, 6, k).astype(float),
        rng.random(k) * 10.0,
        rng.choice([0.0, 1.0, 2.0], k),
        10.0 ** rng.uniform(-3, 3, k),
    )[rng.integers(4)]
    return drawn * SCALES[rng.integers(len(SCALES))]


def marked(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    required, forbidden = np.zeros((2, n), dtype=bool)
    required[rng.integers(n)] = rng.random() < 0.3
    forbidden[rng.integers(n)] = rng.random() < 0.3
    return {"required": required, "forbidden": forbidden & ~required}


def floors(rng: np.random.Generator, m: int) -> tuple[Floor, ...]:
    return tuple(
        Floor(members=rng.random(m) < 0.5, min_share=float(rng.choice([0.2, 0.5, 0.8, 1.0])))
        for _ in range(rng.integers(0, 3))
    )


def coverage(rng: np.random.Generator) -> CoverageProblem:
    n, m = int(rng.integers(2, 8)), int(rng.integers(2, 12))
    cover = cover_of(rng, n, m).astype(float)
    if rng.random() < 0.3:
        cover *= rng.choice([0.25, 0.3, 0.5, 1.0], (n, m))
    costs = figures(rng, n)
    more: dict[str, Any] = dict(marked(rng, n))
    if rng.random() < 0.5:
        more["budget"] = float(costs.sum() * rng.choice([0.0, 0.2, 0.4, 0.7]))
    if rng.random() < 0.4:
        more["site"] = rng.integers(0, max(n // 2, 1), n)
    if rng.random() < 0.4:
        more["limits"] = (
            Limit(members=rng.random(n) < 0.5, max_open=int(rng.integers(0, 3))),
            Limit(members=rng.random(n) < 0.5, budget=float(costs.sum() * 0.2)),
        )
    more["floors"] = floors(rng, m)
    return CoverageProblem(
        figures(rng, m), sp.csr_array(cover), costs, max_open=int(rng.integers(0, n + 1)), **more
    )


def set_cover(rng: np.random.Generator) -> SetCoverProblem:
    n, m = int(rng.integers(2, 8)), int(rng.integers(2, 12))
    return SetCoverProblem(
        sp.csr_array(cover_of(rng, n, m)),
        costs=figures(rng, n),
        weights=figures(rng, m),
        share=float(rng.choice([1.0, 0.9, 0.5, 0.3])),
        site=rng.integers(0, max(n // 2, 1), n) if rng.random() < 0.5 else None,
        floors=floors(rng, m),
        **marked(rng, n),
    )


def backup(rng: np.random.Generator) -> BackupProblem:
    n, m = int(rng.integers(2, 8)), int(rng.integers(2, 12))
    first = figures(rng, m)
    return BackupProblem(
        first,
        sp.csr_array(cover_of(rng, n, m)),
        int(rng.integers(0, n + 1)),
        first * rng.random(m),
        cover_all=bool(rng.random() < 0.5),
        **marked(rng, n),
    )


def capacitated(rng: np.random.Generator) -> CapacitatedProblem:
    n, m = int(rng.integers(2, 6)), int(rng.integers(2, 9))
    weights = figures(rng, m)
    capacity = rng.random(n) * weights.sum() * rng.choice([0.2, 1.0, 1e6])
    return CapacitatedProblem(
        weights,
        sp.csr_array(cover_of(rng, n, m)),
        capacity,
        int(rng.integers(0, n + 1)),
        **marked(rng, n),
    )


def max_min(rng: np.random.Generator) -> MaxMinProblem:
    n, m = int(rng.integers(2, 8)), int(rng.integers(2, 12))
    weights = figures(rng, m)
    weights[0] += weights.sum() + 1e-9
    classes = rng.random((3, m)) < 0.5
    classes[:, 0] |= classes @ weights <= 0.0
    return MaxMinProblem(
        weights,
        sp.csr_array(cover_of(rng, n, m)),
        classes,
        int(rng.integers(0, n + 1)),
        **marked(rng, n),
    )


def seconds(rng: np.random.Generator, n: int, m: int) -> Any:  # noqa: ANN401
    # a problem makes a sparse matrix of it
    drawn = rng.choice([0.0, 1.0, 2.0, 5.0, 9.5], (n, m))
    drawn[rng.random((n, m)) < rng.choice([0.0, 0.3, 0.6])] = np.inf
    drawn[0, 0] = min(drawn[0, 0], 1.0)
    return drawn


def p_median(rng: np.random.Generator) -> PMedianProblem:
    n, m = int(rng.integers(2, 8)), int(rng.integers(2, 12))
    penalty = None if rng.random() < 0.5 else float(rng.choice([0.0, 5.0, 50.0]))
    return PMedianProblem(
        seconds(rng, n, m),
        figures(rng, m),
        int(rng.integers(1, n + 1)),
        penalty_s=penalty,
        **marked(rng, n),
    )


def p_center(rng: np.random.Generator) -> PCenterProblem:
    n, m = int(rng.integers(2, 8)), int(rng.integers(2, 12))
    times = seconds(rng, n, m) * SCALES[rng.integers(len(SCALES))]
    return PCenterProblem(times, int(rng.integers(1, n + 1)), **marked(rng, n))


KINDS = (coverage, set_cover, backup, capacitated, max_min, p_median, p_center)


def best_of_all(problem: Problem) -> float | None:
    """The value of the best subset of options that breaks no rule; None when all break one."""
    n = len(np.asarray(problem.required))
    _, sign = limit_of(problem)
    least = 1 if isinstance(problem, PMedianProblem | PCenterProblem) else 0
    values = [
        value_of(problem, np.array(chosen, dtype=np.int64))
        for size in range(least, n + 1)
        for chosen in itertools.combinations(range(n), size)
        if not broken_choice(problem, np.array(chosen, dtype=np.int64))
    ]
    return max(values, key=lambda value: sign * value) if values else None


def check(problem: Problem, plan: Plan, *, gap: float = 0.0) -> None:
    """Nothing that a plan says of itself is false."""
    best, (_, sign) = best_of_all(problem), limit_of(problem)
    if best is None:
        assert plan.status in {"infeasible", "time_limit"}
        assert np.isnan(plan.objective)
        return
    assert plan.status != "infeasible"
    room = SAME * abs(best)
    assert sign * (plan.bound - best) >= -room
    if np.isnan(plan.objective):
        assert plan.status == "time_limit"
        assert np.isnan(plan.gap)
        return
    assert broken_rules(problem, plan) == ()
    if plan.status == "optimal":
        assert abs(plan.objective - best) <= room
        assert plan.gap == 0.0
    if plan.status == "within_gap":
        assert sign * (best - plan.objective) <= gap * abs(plan.objective) + room


@pytest.mark.parametrize("make", KINDS)
@settings(QUICK, max_examples=12)
@given(seed=SEEDS)
def test_what_is_called_optimal_or_infeasible_is_so_in_any_unit(make: Make, seed: int) -> None:
    problem = make(np.random.default_rng(seed))
    plan = solve(problem, params=SolveParams(time_limit_s=30))
    check(problem, plan)
    # so small a question is answered to the end
    assert plan.status == ("infeasible" if best_of_all(problem) is None else "optimal")


@pytest.mark.parametrize("make", KINDS)
@settings(QUICK, max_examples=6)
@given(seed=SEEDS)
def test_a_run_that_is_stopped_anywhere_proves_nothing_false(make: Make, seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = make(rng)
    gap = float(rng.choice([0.0, 0.01, 0.3]))
    best, (_, sign) = best_of_all(problem), limit_of(problem)
    for looks in range(3):
        seen: list[Progress] = []

        def is_enough(news: Progress, seen: list[Progress] = seen, looks: int = looks) -> bool:
            seen.append(news)
            return len(seen) > looks

        check(problem, solve(problem, params=SolveParams(gap=gap, on_progress=is_enough)), gap=gap)
        if best is None:
            continue
        for news in seen:
            assert not np.isinf([news.bound, news.incumbent]).any()
            # a figure that is not there yet is nan, and passes
            assert not sign * (best - news.bound) > 1e-9 * abs(best)
            assert not sign * (news.incumbent - best) > 1e-6 * abs(best)
    check(problem, solve(problem, params=SolveParams(time_limit_s=1e-6, gap=gap)), gap=gap)


@settings(QUICK, max_examples=20)
@given(seed=SEEDS)
def test_a_covering_question_without_time_has_a_plan_where_a_greedy_finds_one(seed: int) -> None:
    problem = replace(coverage(np.random.default_rng(seed)), floors=())
    plan = solve(problem, params=SolveParams(time_limit_s=1e-6))
    assert np.isfinite(plan.objective) == (best_of_all(problem) is not None)


def test_floors_and_shares_that_a_greedy_meets_are_met_without_time() -> None:
    rng = np.random.default_rng(4)
    sites, places = rng.random((60, 2)), rng.random((900, 2))
    near = np.hypot(*(sites[:, None] - places[None]).T).T < 0.15
    covers, weights = sp.csr_array(near), rng.integers(1, 9, 900).astype(float)
    halves = tuple(Floor(members=(places[:, 0] < 0.5) == side, min_share=0.5) for side in (0, 1))
    reached, params = weights[near.any(0)], SolveParams(time_limit_s=1e-6)
    problems: tuple[Problem, ...] = (
        CoverageProblem(weights, covers, max_open=20, floors=halves),
        SetCoverProblem(covers, weights=weights, share=0.7, floors=halves),
        SetCoverProblem(covers, weights=weights, share=0.7, site=np.arange(60) // 2),
        BackupProblem(reached, covers[:, near.any(0)], 55, reached, cover_all=True),
    )
    for problem in problems:
        plan = solve(problem, params=params)
        assert broken_rules(problem, plan) == ()
        assert np.isfinite(plan.gap)


def covering_model(rng: np.random.Generator) -> MipModel:
    """A set covering of whole costs from 10 to 99, 30 options and 60 rows."""
    matrix = (rng.random((60, 30)) < 0.12).astype(float)
    matrix[np.arange(60), np.arange(60) % 30] = 1.0
    return MipModel(
        cost=rng.integers(10, 100, 30).astype(float),
        lower=np.zeros(30),
        upper=np.ones(30),
        integer=np.ones(30, dtype=np.bool_),
        matrix=sp.csr_array(matrix),
        row_lower=np.ones(60),
        row_upper=np.full(60, np.inf),
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_cutoff_below_the_optimum_is_answered_by_nothing(seed: int) -> None:
    model = covering_model(np.random.default_rng(seed))
    free = solve_mip(model, time_limit_s=30)
    optimum = free.objective
    assert free.bound.kind == "value"
    assert optimum - 1e-3 <= free.bound.value <= optimum
    for part in (0.5, 0.9, 0.95, 0.99):
        answer = solve_mip(model, time_limit_s=30, cutoff=part * optimum)
        assert answer.bound == NOTHING
        assert answer.values is None
        assert np.isnan(answer.objective)
    for cutoff in (optimum, 1.05 * optimum):
        answer = solve_mip(model, time_limit_s=30, cutoff=cutoff)
        assert answer.objective == optimum


@pytest.mark.parametrize("unit", SCALES)
def test_a_model_is_solved_alike_in_any_unit(unit: float) -> None:
    model = covering_model(np.random.default_rng(1))
    optimum = solve_mip(model, time_limit_s=30).objective
    scaled = replace(model, cost=model.cost * unit)
    answer = solve_mip(scaled, time_limit_s=30)
    assert answer.objective == pytest.approx(optimum * unit, rel=1e-12)
    assert answer.bound.value == pytest.approx(optimum * unit, rel=1e-6)
    assert answer.bound.value <= optimum * unit
    assert solve_mip(scaled, time_limit_s=30, cutoff=0.99 * optimum * unit).bound == NOTHING


def test_rows_of_tiny_weights_are_kept() -> None:
    """Three items of a billionth each, a half of them to be covered: nothing open is no answer."""
    problem = SetCoverProblem(
        sp.csr_array(np.eye(3)),
        costs=np.array([3.0, 2.0, 2.5]),
        weights=np.full(3, 1e-9),
        share=0.5,
    )
    plan = solve(problem)
    assert plan.chosen.tolist() == [1, 2]
    assert plan.objective == 4.5
    floored = CoverageProblem(
        np.full(3, 1e-9),
        sp.csr_array(np.eye(3)),
        max_open=1,
        floors=(Floor(members=np.ones(3, bool), min_share=0.5),),
    )
    assert solve(floored).status == "infeasible"


NOTHING_KNOWN = MipAnswer(values=None, objective=np.nan, bound=ABSENT)
SOLVED_BY = (
    (backup_covering, backup),
    (capacitated_covering, capacitated),
    (max_min_covering, max_min),
    (set_covering, set_cover),
    (milp, coverage),
    (radius_formulation, p_median),
)


@pytest.mark.parametrize(("module", "make"), SOLVED_BY)
@settings(QUICK, max_examples=8)
@given(seed=SEEDS)
def test_a_programme_that_ends_with_nothing_known_proves_nothing(
    module: ModuleType, make: Make, seed: int
) -> None:
    problem = make(np.random.default_rng(seed))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "solve_mip", lambda *_, **__: NOTHING_KNOWN)
        plan = solve(problem, params=SolveParams(time_limit_s=5))
    check(problem, plan)


def test_a_median_whose_programme_ends_before_its_first_bound_is_not_called_optimal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Prices alone leave a gap here, which the programme would have closed."""
    points = np.random.default_rng(4).integers(0, 1000, (300, 2)).astype(float)
    times = np.floor(np.hypot(*(points[:, None] - points[None]).T))
    problem = PMedianProblem(times, np.ones(300), 70)
    exact = solve(problem, params=SolveParams(time_limit_s=60))
    assert exact.status == "optimal"
    assert "programme in radius form" in exact.method
    monkeypatch.setattr(radius_formulation, "solve_mip", lambda *_, **__: NOTHING_KNOWN)
    stopped = solve(problem, params=SolveParams(time_limit_s=20))
    assert stopped.bound <= exact.objective <= stopped.objective
    assert stopped.status == "time_limit"


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_a_figure_that_is_not_finite_is_no_bound(value: float) -> None:
    assert Bound.at(value) == ABSENT
    with pytest.raises(ProblemError, match="proves nothing"):
        Bound("value", value)
    assert ABSENT.times(-2.0).plus(3.0) == ABSENT
    assert NOTHING.times(-2.0).plus(3.0) == NOTHING
    assert Bound.at(4.0).times(-2.0).plus(3.0) == Bound.at(-5.0)


@pytest.mark.parametrize("make", KINDS)
@settings(QUICK, max_examples=20)
@given(seed=SEEDS)
def test_good_units_keep_every_rule_and_value(make: Make, seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = make(rng)
    sized, unit = in_good_units(problem)
    n = len(np.asarray(problem.required))
    for _ in range(5):
        chosen = np.flatnonzero(np.r_[True, rng.random(n - 1) < 0.5])
        assert broken_choice(sized, chosen) == broken_choice(problem, chosen)
        value = value_of(problem, chosen)
        assert value_of(sized, chosen) * unit == pytest.approx(value, rel=1e-9, abs=0.0)
