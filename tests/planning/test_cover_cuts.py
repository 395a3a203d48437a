"""Cuts, the relaxation's bound and the tree against all plans of small problems, and a city."""

from __future__ import annotations

import itertools
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from scipy.optimize import linprog

from planning import CoverageProblem, Limit, SolveParams, solve
from planning.engine.clock import Clock
from planning.engine.cutting_planes import Cuts, no_cuts
from planning.engine.mclp.branch_and_cut import CutTree
from planning.engine.mclp.lp_relaxation import CoverRelaxation
from planning.engine.mclp.milp import cover_programme
from planning.engine.mclp.reduction import reduce_coverage
from planning.engine.mclp.restricted_search import NarrowSearch
from planning.engine.mclp.zero_half_cuts import find_cuts
from planning.engine.mclp.zero_half_separation import find_odd_sets, odd_rows
from planning.engine.mip import solve_mip
from tests.planning.seeds import QUICK, SEEDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning.engine.mclp.task import CoverTask


def covering_of(near: np.ndarray) -> Cuts:
    """Rows ``y_i - sum_j a_ij x_j <= 0``; ``near`` is bool[n_options, n_items]."""
    rows = np.hstack([-near.T.astype(float), np.eye(near.shape[1])])
    return Cuts(sp.csr_array(rows), np.zeros(near.shape[1]))


def all_points(near: np.ndarray) -> Iterator[np.ndarray]:
    for bits in itertools.product((False, True), repeat=near.shape[0]):
        opened = np.array(bits)
        yield np.r_[opened, near[opened].any(axis=0)].astype(float)


def near_of(task: CoverTask) -> np.ndarray:
    cover = task.cover
    near = np.zeros((cover.n_options, cover.n_items), dtype=bool)
    owner = np.repeat(np.arange(cover.n_options), np.diff(cover.option_offset))
    near[owner, cover.option_item] = True
    return near


def small_task(rng: np.random.Generator) -> CoverTask:
    n, m = int(rng.integers(3, 9)), int(rng.integers(3, 16))
    near = rng.random((n, m)) < rng.uniform(0.15, 0.6)
    near[0, 0] = True
    weights = np.ceil(rng.random(m) * 20) if rng.random() < 0.6 else rng.random(m) * 10
    costs = rng.integers(1, 10, n).astype(float)
    more: dict[str, Any] = {}
    if rng.random() < 0.8:
        more["max_open"] = int(rng.integers(1, n))
    if rng.random() < 0.5:
        more["budget"] = float(rng.integers(5, 25))
    if rng.random() < 0.4:
        more["site"] = rng.integers(0, max(2, n // 2), n)
    if rng.random() < 0.4:
        more["limits"] = (Limit(members=rng.random(n) < 0.5, max_open=int(rng.integers(1, 3))),)
    problem = CoverageProblem(weights, sp.csr_array(near), costs=costs, **more)
    return reduce_coverage(problem).task


def allowed_points(task: CoverTask) -> list[np.ndarray]:
    """Every plan that keeps the rows of the programme."""
    model = cover_programme(task)
    return [
        point
        for point in all_points(near_of(task))
        if (model.matrix @ point <= model.row_upper + 1e-9).all()
    ]


def best_value(task: CoverTask) -> float:
    n = task.cover.n_options
    return max(float(task.cover.weights @ point[n:]) for point in allowed_points(task))


def clock() -> Clock:
    return Clock(SolveParams(time_limit_s=60))


def test_a_ring_of_three_half_open_sites_is_cut_off() -> None:
    near = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], dtype=bool)
    found = find_cuts(covering_of(near), np.array([0.5, 0.5, 0.5, 1, 1, 1]), n_options=3, seed=0)
    assert found.cuts.matrix.toarray().tolist() == [[-1, -1, -1, 1, 1, 1]]
    assert found.cuts.right.tolist() == [1]


def test_a_whole_plan_is_never_cut_off() -> None:
    near = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], dtype=bool)
    for point in all_points(near):
        assert find_cuts(covering_of(near), point, n_options=3, seed=0).cuts.n_cuts == 0


@QUICK
@given(SEEDS)
def test_every_plan_keeps_every_cut_and_the_point_breaks_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(3, 8)), int(rng.integers(3, 14))
    near = rng.random((n, m)) < rng.uniform(0.2, 0.6)
    opened = rng.choice([0.0, 0.25, 0.5, 0.75, 1.0], n)
    point = np.r_[opened, np.minimum(1.0, near.T @ opened)]
    covering, cuts = covering_of(near), no_cuts(n + m)
    for number in range(3):
        found = find_cuts(covering.joined(cuts), point, n_options=n, seed=number).cuts
        assert (found.matrix @ point > found.right + 1e-4).all()
        # cuts that were found before are rows for the next ones, as if they were not broken
        cuts = cuts.joined(found)
        point = np.clip(point - 0.1 * rng.random(n + m), 0.0, 1.0)
    for plan in all_points(near):
        assert (cuts.matrix @ plan <= cuts.right + 1e-9).all()


@QUICK
@given(SEEDS)
def test_cuts_upon_cuts_of_a_relaxation_keep_every_plan(seed: int) -> None:
    task = small_task(np.random.default_rng(seed))
    relaxation = CoverRelaxation(task, clock=clock())
    best = best_value(task)
    seen: list[Cuts] = []
    for number in range(6):
        assert relaxation.value >= best * (1 - 1e-9)
        found = relaxation.find_cuts(seed=number)
        if not found.n_cuts:
            break
        seen.append(found)
        relaxation.add(found)
    for plan in allowed_points(task):
        for found in seen:
            assert (found.matrix @ plan <= found.right + 1e-9).all()


@QUICK
@given(SEEDS)
def test_the_root_proves_what_scipys_linear_programme_does(seed: int) -> None:
    task = small_task(np.random.default_rng(seed))
    model = cover_programme(task)
    linear = linprog(model.cost, model.matrix.toarray(), model.row_upper, bounds=(0, 1))
    assert linear.fun is not None
    assert CoverRelaxation(task, clock=clock()).value == pytest.approx(-linear.fun, abs=1e-6)


@QUICK
@given(SEEDS)
def test_reduced_costs_settle_nothing_of_a_plan_that_is_good_enough(seed: int) -> None:
    rng = np.random.default_rng(seed)
    task = small_task(rng)
    relaxation = CoverRelaxation(task, clock=clock())
    target = best_value(task) * rng.uniform(0.9, 1.0)
    lower, upper = relaxation.fixed_at(target)
    n = task.cover.n_options
    for plan in allowed_points(task):
        if task.cover.weights @ plan[n:] >= target:
            assert (plan >= lower).all()
            assert (plan <= upper).all()


@QUICK
@given(SEEDS)
def test_the_tree_finds_the_best_of_all_plans_and_proves_it(seed: int) -> None:
    task = small_task(np.random.default_rng(seed))
    tree = CutTree(task, value=0.0, seed=0, clock=clock())
    tree.grow(10**9, gap=0.0)
    assert tree.finished(gap=0.0)
    assert tree.found == pytest.approx(best_value(task))
    assert tree.upper == pytest.approx(best_value(task), rel=1e-7)
    chosen = np.isin(np.arange(task.cover.n_options), tree.chosen)
    assert any((plan[: len(chosen)] == chosen).all() for plan in allowed_points(task))


def test_a_narrow_search_opens_what_it_may_and_begins_anew_when_that_grows() -> None:
    task = reduce_coverage(city()).task
    rng, cover = np.random.default_rng(2), task.cover
    best = rng.choice(cover.n_options, 20, replace=False)
    narrow = NarrowSearch(task, seed=0, work=0)
    weights = []
    for share in (0.0, 0.3, 0.31, 1.0):
        within = rng.permutation(cover.n_options) < share * cover.n_options
        chosen, weight = narrow.search(within, best, 3_000_000, clock=clock(), stop=Event())
        near = near_of(task)
        assert weight == pytest.approx(cover.weights[near[chosen].any(axis=0)].sum())
        assert len(chosen) <= 20
        if share in {0.0, 0.3}:
            assert np.isin(chosen, np.r_[np.flatnonzero(within), best]).all()
        weights.append(weight)
    # with nothing else to open the plan stays what it was; with all it is far better
    assert weights[0] == pytest.approx(cover.weights[near_of(task)[best].any(axis=0)].sum())
    assert weights == sorted(weights)
    assert weights[-1] > 1.2 * weights[0]


def test_an_interrupted_tree_goes_on_to_the_same_proof() -> None:
    rng = np.random.default_rng(1)
    covers, weights = rng.random((30, 100)) < 0.15, rng.integers(1, 60, 100).astype(float)
    task = reduce_coverage(CoverageProblem(weights, sp.csr_array(covers), max_open=5)).task
    whole, parted = (CutTree(task, value=0.0, seed=0, clock=clock()) for _ in range(2))
    whole.grow(10**10, gap=0.0)
    bounds = []
    while not parted.finished(gap=0.0):
        parted.grow(2_000_000, gap=0.0)
        bounds.append(parted.upper)
    assert len(bounds) > 1
    assert bounds == sorted(bounds, reverse=True)
    assert parted.upper == pytest.approx(whole.upper)
    assert parted.value == whole.value


def test_what_a_growing_tree_is_known_to_prove_never_lies_below_the_best_plan() -> None:
    task = reduce_coverage(city()).task
    tree = CutTree(task, value=0.0, seed=0, clock=clock())
    heard, over = [tree_weight(task)], Event()
    listener = Thread(target=_listen, args=(tree, heard, over))
    listener.start()
    try:
        tree.grow(10**10, gap=0.0)
    finally:
        over.set()
        listener.join()
    assert tree.finished(gap=0.0)
    assert heard == sorted(heard, reverse=True)
    assert min(*heard, tree.proven) >= tree.value
    assert tree.proven == pytest.approx(tree.value, rel=1e-6)


def tree_weight(task: CoverTask) -> float:
    return float(task.cover.weights.sum())


def _listen(tree: CutTree, heard: list[float], over: Event) -> None:
    while not over.wait(0.001):
        heard.append(tree.proven)


def city() -> CoverageProblem:
    rng = np.random.default_rng(5)
    sites, demand = rng.random((200, 2)), rng.random((2000, 2))
    distance = np.hypot(*(sites[:, None] - demand[None]).T).T
    near = distance < 0.1
    return CoverageProblem(rng.integers(1, 60, 2000).astype(float), sp.csr_array(near), max_open=20)


def test_a_city_is_proved_by_cuts_and_highs_alone_agrees() -> None:
    problem = city()
    plan, again = (solve(problem, params=SolveParams(time_limit_s=120)) for _ in range(2))
    assert "cuts" in plan.method
    assert plan.status == "optimal"
    assert (plan.chosen == again.chosen).all()
    task = reduce_coverage(problem).task
    peer = solve_mip(cover_programme(task), time_limit_s=120)
    assert peer.bound.value == pytest.approx(peer.objective)
    assert plan.objective == pytest.approx(task.fixed_value - peer.objective)


def test_cuts_alone_close_most_of_what_the_linear_programme_leaves() -> None:
    problem = city()
    best = solve(problem, params=SolveParams(time_limit_s=120)).objective
    task = reduce_coverage(problem).task
    relaxation = CoverRelaxation(task, clock=clock())
    linear = relaxation.value + task.fixed_value - best
    for number in range(12):
        found = relaxation.find_cuts(seed=number)
        if not found.n_cuts:
            break
        relaxation.add(found)
    assert linear > 10.0
    assert relaxation.value + task.fixed_value - best < 0.2 * linear


def test_time_that_runs_out_in_the_tree_leaves_a_true_bound() -> None:
    problem = city()
    best = solve(problem, params=SolveParams(time_limit_s=120)).objective
    bounds: list[float] = []

    def stop_soon(news: Any) -> bool:  # noqa: ANN401 - any news
        bounds.append(news.bound)
        return len(bounds) > 4

    plan = solve(problem, params=SolveParams(time_limit_s=120, on_progress=stop_soon))
    assert min([*bounds, plan.bound]) >= best
    assert plan.objective <= best


@QUICK
@given(SEEDS)
def test_an_odd_set_is_odd_and_adds_up_to_what_it_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(3, 12)), int(rng.integers(2, 10))
    odd = rng.random((n, m)) < 0.4
    weight, slack = rng.random(m), rng.random(n) * 0.3
    is_odd = rng.integers(0, 2, n)
    rows = odd_rows(
        sp.csr_array(odd.astype(float)), column_weight=weight, slack=slack, is_odd=is_odd
    )
    sets = find_odd_sets(rows, rng.permutation(n), most=7, budget=10**9)

    def total(members: np.ndarray) -> float:
        return float(slack[members].sum() + weight[odd[members].sum(axis=0) % 2 == 1].sum())

    for found, value in zip(sets.rows, sets.total, strict=True):
        members = found[found >= 0]
        if len(members) == 0:
            assert value == 2.0
            continue
        assert len(set(members.tolist())) == len(members)
        assert is_odd[members].sum() % 2 == 1
        assert value == pytest.approx(total(members))
