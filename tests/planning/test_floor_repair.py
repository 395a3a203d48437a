"""Floors are met where a plan meets them, beside every other rule; else the missed are named."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning import CoverageProblem, Floor, Limit, SolveParams, solve
from planning.engine.clock import Clock
from planning.engine.jit_warmup import warm_up
from planning.engine.mclp import cuts_beside, maximal_covering
from planning.engine.mclp.branch_and_cut import CutTree
from planning.engine.mclp.floor_multipliers import FloorSearch
from planning.engine.mclp.floor_repair import FloorRepair
from planning.engine.mclp.reduction import reduce_coverage
from planning.engine.mclp.search_and_bound import CoverRun
from planning.engine.verify import broken_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning.engine.mclp.task import CoverTask

QUICK = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
SEEDS = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module", autouse=True)
def _ready() -> None:
    """Compile the loops before a test's time limit begins to run."""
    warm_up(floors=True)


def small_problem(rng: np.random.Generator) -> CoverageProblem:
    """Draw a problem with floors, most of them near to what a random plan covers."""
    n, m = int(rng.integers(3, 9)), int(rng.integers(4, 16))
    cover = rng.random((n, m)) < rng.uniform(0.15, 0.5)
    cover[0, 0] = True
    weights = rng.integers(0, 20, m).astype(float)
    mark = rng.choice(3, n, p=[0.8, 0.1, 0.1]) if rng.random() < 0.5 else np.zeros(n, int)
    more: dict[str, Any] = {"required": mark == 1, "forbidden": mark == 2}
    if rng.random() < 0.7:
        more["max_open"] = int(rng.integers(1, n))
    if rng.random() < 0.5:
        more["budget"] = float(rng.integers(8, 30))
    if rng.random() < 0.4:
        more["site"] = rng.integers(0, max(2, n // 2), n)
    if rng.random() < 0.4:
        more["limits"] = (Limit(members=rng.random(n) < 0.5, max_open=int(rng.integers(1, 4))),)
    some = cover[rng.random(n) < 0.5].any(axis=0)
    floors = []
    for _ in range(rng.integers(1, 4)):
        members = rng.random(m) < 0.5
        whole = weights[members].sum()
        share = weights[members & some].sum() / whole if whole else 0.0
        floors.append(Floor(members=members, min_share=min(share * rng.uniform(0.8, 1.05), 1.0)))
    costs = rng.integers(1, 10, n).astype(float)
    return CoverageProblem(weights, sp.csr_array(cover), costs, floors=tuple(floors), **more)


def plans(problem: CoverageProblem) -> Iterator[np.ndarray]:
    """Every choice of options that keeps the rules of number, money and site."""
    costs, required, forbidden = problem.costs, problem.required, problem.forbidden
    assert costs is not None
    assert required is not None
    assert forbidden is not None
    for bits in itertools.product((False, True), repeat=problem.n_options):
        x = np.array(bits)
        if (required & ~x).any() or (forbidden & x).any():
            continue
        if problem.max_open is not None and (x & ~required).sum() > problem.max_open:
            continue
        if problem.budget is not None and costs[x].sum() > problem.budget:
            continue
        if problem.site is not None and len(set(problem.site[x])) < x.sum():
            continue
        if any((x & each.members).sum() > each.max_open for each in problem.limits):
            continue
        yield x


def best_by_all_plans(problem: CoverageProblem) -> float | None:
    dense, best = problem.covers.toarray(), None
    for x in plans(problem):
        got = problem.weights * dense[x].any(axis=0)
        shares = (
            got[each.members].sum() - each.min_share * problem.weights[each.members].sum()
            for each in problem.floors
        )
        if all(over >= -1e-9 for over in shares):
            best = max(float(got.sum()), -1.0 if best is None else best)
    return best


@QUICK
@given(SEEDS)
def test_cuts_and_branches_prove_no_less_than_the_best_plan_that_meets_the_floors(
    seed: int,
) -> None:
    problem = small_problem(np.random.default_rng(seed))
    best = best_by_all_plans(problem)
    task, _ = task_of(problem)
    if (task.rows.capacity < 0).any() or not task.floors:
        return
    tree = CutTree(task, value=0.0, seed=0, clock=Clock(SolveParams(time_limit_s=10)))
    tree.grow(10**9, gap=0.0)
    assert not len(tree.chosen)
    assert tree.finished(gap=0.0)
    if best is not None:
        assert tree.upper + task.fixed_value >= best * (1.0 - 1e-9)
        # what it cannot make itself it still bounds to the last worker
        assert tree.upper + task.fixed_value <= best + 1.0


def task_of(problem: CoverageProblem) -> tuple[CoverTask, np.ndarray]:
    reduced = reduce_coverage(problem)
    return reduced.task, reduced.options


@QUICK
@given(SEEDS)
def test_multipliers_repair_and_programme_give_the_best_of_all_plans(seed: int) -> None:
    problem = small_problem(np.random.default_rng(seed))
    best = best_by_all_plans(problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(maximal_covering, "MIN_MULTIPLIER_PAIRS", 0)
        # cuts beside the programme, which so small a one needs none of
        patch.setattr(cuts_beside, "MIN_PAIRS", 0)
        plan = solve(problem, params=SolveParams(time_limit_s=10))
    assert broken_rules(problem, plan) == ()
    if best is None:
        assert plan.status == "infeasible"
        assert plan.reasons
    else:
        assert plan.status == "optimal"
        assert plan.objective == pytest.approx(best, abs=1e-6)


@QUICK
@given(SEEDS)
def test_repair_alone_finds_a_plan_where_there_is_one_and_never_a_false_one(seed: int) -> None:
    problem = small_problem(np.random.default_rng(seed))
    best = best_by_all_plans(problem)
    task, _ = task_of(problem)
    repair = FloorRepair(task, relative_cost=np.ones(task.cover.n_options), seed=1)
    repair.learn(np.empty(0, dtype=np.int64))
    clock = Clock(SolveParams(time_limit_s=10))
    if (
        any(floor.need > floor.weights.sum() for floor in task.floors)
        or (task.rows.capacity < 0).any()
    ):
        return
    for _ in range(12):
        repair.search(5_000, clock=clock)
    if best is None:
        return
    assert repair.found is not None
    assert repair.value <= best + 1e-6
    assert repair.value >= 0.9 * best


@settings(QUICK, max_examples=40)
@given(SEEDS)
def test_multipliers_alone_prove_neither_less_than_the_best_plan_nor_none_where_there_is_one(
    seed: int,
) -> None:
    problem = small_problem(np.random.default_rng(seed))
    best = best_by_all_plans(problem)
    task, _ = task_of(problem)
    if best is None or not task.cover.n_options:
        return
    params = SolveParams(time_limit_s=10, gap=0.0)
    clock = Clock(params)
    search = FloorSearch(task, CoverRun(replace(task, floors=()), seed=1), seed=1)
    search.search(9, 0, params=params, clock=clock)
    assert not search.is_hopeless
    assert search.upper >= best - 1e-6


@settings(QUICK, max_examples=20)
@given(SEEDS)
def test_a_floor_at_the_most_that_any_plan_covers_is_not_called_impossible(seed: int) -> None:
    free = replace(small_problem(np.random.default_rng(seed)), floors=())
    most = best_by_all_plans(free)
    if not most:
        return
    everybody = np.ones(free.n_demand, dtype=np.bool_)
    floor = Floor(members=everybody, min_share=most / free.weights.sum() * (1 - 1e-12))
    task, _ = task_of(replace(free, floors=(floor,)))
    if not task.cover.n_options or not task.floors:  # met by what is fixed
        return
    search = FloorSearch(task, CoverRun(replace(task, floors=()), seed=1), seed=1)
    clock = Clock(SolveParams(time_limit_s=10))
    for number in range(4):
        search._ask(10_000, seed=number, clock=clock)
        assert not search.is_impossible


def town(rng: np.random.Generator, n: int = 2000, m: int = 200) -> dict[str, Any]:
    """A square town, its options of two kinds with costs, and six districts."""
    demand, sites = rng.random((n, 2)), rng.random((m, 2))
    near = np.hypot(*(sites[:, None] - demand[None]).T).T < 0.11
    district = (demand[:, 0] * 3).astype(int) * 2 + (demand[:, 1] * 2).astype(int)
    return {
        "weights": rng.integers(1, 60, n).astype(float),
        "covers": sp.csr_array(near),
        "district": district,
        "side": sites[:, 0] < 0.5,
        "costs": rng.integers(20, 40, m).astype(float),
    }


def shares(problem: CoverageProblem, district: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    covered = np.zeros(problem.n_demand, dtype=bool)
    covered[problem.covers[chosen].indices] = True
    got = np.bincount(district, weights=problem.weights * covered)
    return np.asarray(got / np.bincount(district, weights=problem.weights))


def floors_of(district: np.ndarray, share: float) -> tuple[Floor, ...]:
    return tuple(
        Floor(members=district == k, min_share=share, name=f"district {k}")
        for k in range(district.max() + 1)
    )


def test_floors_far_above_the_worst_district_of_the_free_plan_are_met_in_seconds() -> None:
    made = town(np.random.default_rng(5))
    free = CoverageProblem(made["weights"], made["covers"], max_open=20)
    params = SolveParams(time_limit_s=8, gap=0.02)
    had = shares(free, made["district"], solve(free, params=params).chosen)
    # midway between the worst district and the mean of all
    level = float((had.min() + had.mean()) / 2)
    problem = replace(free, floors=floors_of(made["district"], level))
    plan = solve(problem, params=params)
    assert broken_rules(problem, plan) == ()
    assert shares(problem, made["district"], plan.chosen).min() >= level - 1e-9
    assert plan.gap < 0.05
    assert "repair" in plan.method


def test_floors_are_met_beside_money_limits_sites_and_marked_options() -> None:
    made = town(np.random.default_rng(6))
    n = 200
    required, forbidden = np.isin(np.arange(n), (0, 7)), np.arange(n) >= 190
    free = CoverageProblem(
        made["weights"],
        made["covers"],
        made["costs"],
        budget=560.0,
        max_open=20,
        site=np.arange(n) // 2,
        required=required,
        forbidden=forbidden,
        limits=(Limit(members=made["side"], max_open=11), Limit(members=~made["side"], budget=300)),
    )
    params = SolveParams(time_limit_s=8, gap=0.02)
    had = shares(free, made["district"], solve(free, params=params).chosen)
    level = float(had.min() + 0.4 * (had.mean() - had.min()))
    problem = replace(free, floors=floors_of(made["district"], level))
    plan = solve(problem, params=params)
    assert broken_rules(problem, plan) == ()
    assert plan.objective > 0


def test_floors_beyond_what_the_number_can_serve_are_proved_impossible() -> None:
    made = town(np.random.default_rng(7))
    problem = CoverageProblem(
        made["weights"], made["covers"], max_open=8, floors=floors_of(made["district"], 0.6)
    )
    plan = solve(problem, params=SolveParams(time_limit_s=20))
    assert plan.status == "infeasible"
    assert "max_open 8" in plan.reasons[0]
    assert "district" in plan.reasons[0]


def test_without_a_plan_in_the_time_the_nearest_is_given_with_the_floors_it_misses() -> None:
    made = town(np.random.default_rng(8))
    problem = CoverageProblem(
        made["weights"], made["covers"], max_open=20, floors=floors_of(made["district"], 0.75)
    )
    plan = solve(problem, params=SolveParams(on_progress=lambda _: True))
    assert plan.status == "time_limit"
    assert np.isnan(plan.objective)
    assert np.isnan(plan.gap)
    assert plan.bound > 0
    had = shares(problem, made["district"], plan.chosen)
    assert had.min() < 0.75
    for k in range(6):
        assert (f"floor 'district {k}' has" in plan.reasons[-1]) == (had[k] < 0.75)
    assert any(rule.endswith("is not met") for rule in broken_rules(problem, plan))
