"""Annealing's table of swaps, and plans bred from plans, against sums over the data itself."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.sparse as sp

from planning import CoverageProblem, SolveParams
from planning.engine.clock import Clock
from planning.engine.mclp.annealing import Schedule, SwapTable, anneal, swap_pair, swap_table
from planning.engine.mclp.crossover import Population, nearest_first, splice
from planning.engine.mclp.interchange import SearchState, covered_weight, new_state, open_only
from planning.engine.mclp.reduction import reduce_coverage
from planning.engine.mclp.search_and_bound import CoverRun
from planning.engine.mclp.side_constraints import PackingRows
from planning.engine.mclp.task import CoverTask

if TYPE_CHECKING:
    from planning.engine.cover_arrays import CoverArrays


def near_sites(seed: int, n: int, m: int, p: int, radius: float = 0.2) -> CoverTask:
    rng = np.random.default_rng(seed)
    sites, demand = rng.random((n, 2)), rng.random((m, 2))
    distance = np.hypot(*(sites[:, None] - demand[None]).T).T
    near = distance < radius
    weights = rng.integers(1, 60, m).astype(float)
    reduced = reduce_coverage(CoverageProblem(weights, sp.csr_array(near), max_open=p))
    return CoverTask(
        cover=reduced.cover, rows=reduced.rows, fixed_value=reduced.fixed_value, whole_numbers=True
    )


def rows_of(cover: CoverArrays) -> np.ndarray:
    near = np.zeros((cover.n_options, cover.n_items), dtype=bool)
    for j in range(cover.n_options):
        near[j, cover.option_item[cover.option_offset[j] : cover.option_offset[j + 1]]] = True
    return near


def started(task: CoverTask, seed: int) -> tuple[SearchState, np.random.Generator]:
    rng = np.random.default_rng(seed)
    state = new_state(task.cover, task.rows, seed=seed)
    opened = rng.choice(task.cover.n_options, task.rows.most, replace=False)
    open_only(task.cover, task.rows, state, opened)
    return state, rng


def assert_true_figures(cover: CoverArrays, state: SearchState, table: SwapTable) -> None:
    """Gain, loss, shared and value as the data tell them."""
    near, weights = rows_of(cover), cover.weights
    count = near[state.is_open].sum(axis=0)
    assert (count == state.cover_count).all()
    assert state.value[0] == pytest.approx(weights[count > 0].sum())
    assert (np.sort(table.option) == np.flatnonzero(state.is_open)).all()
    for j in range(cover.n_options):
        assert state.gain[j] == pytest.approx(weights[near[j] & (count == 0)].sum(), abs=1e-9)
    for at, r in enumerate(table.option):
        assert table.slot[r] == at
        only = near[r] & (count == 1)
        assert state.loss[r] == pytest.approx(weights[only].sum(), abs=1e-9)
        assert table.shared[at] == pytest.approx((near & only) @ weights, abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_swaps_keep_every_figure_of_the_table_true(seed: int) -> None:
    task = near_sites(seed, 14, 60, 5)
    state, rng = started(task, seed)
    table = swap_table(task.cover, state, 0)
    for _ in range(40):
        entering = int(rng.choice(np.flatnonzero(~state.is_open)))
        swap_pair(task.cover, task.rows, state, table, int(rng.integers(5)), entering)
        assert_true_figures(task.cover, state, table)


def test_options_come_by_the_number_of_shared_items_between() -> None:
    """A chain 0-1-2-3 of options, each sharing an item with the next, and 4 apart from them."""
    near = np.array(
        [
            [1, 1, 0, 0, 0, 0],
            [0, 1, 1, 0, 0, 0],
            [0, 0, 1, 1, 0, 0],
            [0, 0, 0, 1, 1, 0],
            [0, 0, 0, 0, 0, 1],
        ]
    )
    problem = CoverageProblem(np.ones(6), sp.csr_array(near), max_open=2)
    cover = reduce_coverage(problem).cover
    assert nearest_first(cover, 3).tolist() == [3, 2, 1, 0, 4]
    assert nearest_first(cover, 4).tolist() == [4, 0, 1, 2, 3]


@pytest.mark.parametrize("seed", range(30))
def test_a_splice_opens_as_many_of_either_parent_only(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = near_sites(seed, 40, 300, 8).cover
    inner, outer = np.zeros((2, cover.n_options), dtype=bool)
    inner[rng.choice(cover.n_options, 8, replace=False)] = True
    outer[rng.choice(cover.n_options, 8, replace=False)] = True
    child = splice(cover, inner, outer, rng)
    assert (inner | outer)[child].all()
    assert len(np.unique(child)) == len(child)
    assert sorted(splice(cover, inner, inner, rng)) == np.flatnonzero(inner).tolist()


def best_of_all(task: CoverTask) -> float:
    near, weights = rows_of(task.cover), task.cover.weights
    plans = itertools.combinations(range(task.cover.n_options), task.rows.most)
    return max(float(weights[near[list(plan)].any(axis=0)].sum()) for plan in plans)


@pytest.mark.parametrize("kept", [True, False])
def test_annealing_finds_the_best_of_all_plans_with_and_without_a_table(*, kept: bool) -> None:
    task = near_sites(3, 12, 80, 4)
    state, _ = started(task, 3)
    table = swap_table(task.cover, state, 0)
    if not kept:
        table = table._replace(shared=np.zeros((0, task.cover.n_options)))
    opened, schedule = state.is_open.copy(), Schedule(60.0, 1.0, 400_000)
    value = anneal(task.cover, task.rows, state, table, schedule, 0, 400_000, opened, 0.0, 1e-9)
    assert value == best_of_all(task)
    assert state.value[0] == covered_weight(task.cover, state)


def bred(task: CoverTask, seed: int, workers: int) -> CoverRun:
    run = CoverRun(task, seed=seed)
    clock = Clock(SolveParams(time_limit_s=60))
    Population(run, seed=seed).breed(
        400_000, workers=workers, clock=clock, is_over=lambda _: clock.is_over()
    )
    return run


@pytest.mark.parametrize("seed", range(10))
def test_breeding_finds_the_best_of_all_plans_of_a_small_task(seed: int) -> None:
    task = near_sites(seed, 12, 80, 4)
    run = bred(task, seed, 2)
    assert run.best_value == best_of_all(task)
    assert int(run.best_open.sum()) <= task.rows.most
    near = rows_of(task.cover)
    assert run.best_value == task.cover.weights[near[run.best_open].any(axis=0)].sum()


def test_breeding_by_two_threads_gives_the_same_plan_for_a_seed() -> None:
    task = near_sites(5, 200, 1500, 14, 0.1)
    one, other = bred(task, 5, 2), bred(task, 5, 2)
    assert (one.best_open == other.best_open).all()


def test_breeding_never_loses_what_the_run_knew() -> None:
    task = near_sites(6, 200, 1500, 14, 0.1)
    run = CoverRun(task, seed=6)
    before = run.best_value
    assert bred(task, 6, 1).best_value >= before
    assert covered_weight(task.cover, run.search) == before


def test_what_does_not_only_limit_a_count_is_left_to_annealing() -> None:
    task = near_sites(7, 30, 200, 5)
    rows = task.rows
    sited = PackingRows(*rows)._replace(n_sites=3)
    assert Population(CoverRun(task, seed=0), seed=0).pays
    other = CoverTask(cover=task.cover, rows=sited, fixed_value=0.0, whole_numbers=True)
    run = CoverRun(task, seed=0)
    run.task = other
    assert not Population(run, seed=0).pays
