"""Backup, gradual and max-min cover at the size of a district: bounds and plans worth having."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp

from planning import (
    BackupProblem,
    CapacitatedProblem,
    CoverageProblem,
    MaxMinProblem,
    PMedianProblem,
    SolveParams,
    broken_rules,
    solve,
)
from planning.engine.clock import Clock
from planning.engine.cover_arrays import from_rows, sums_by_option
from planning.engine.mip import solve_mip
from planning.engine.objectives import served_weight, value_of
from planning.engine.solver import in_good_units
from planning.engine.variants import backup, capacitated, gradual, max_min
from planning.engine.variants.max_min_search import anneal_classes, class_state

PARAMS = SolveParams(time_limit_s=60)


def district(seed: int, *, options: int = 150, items: int = 2_000) -> tuple[np.ndarray, ...]:
    """Weights int 1..49 and distances [options, items] in a square."""
    rng = np.random.default_rng(seed)
    sites, places = rng.random((options, 2)), rng.random((items, 2))
    distance = np.hypot(*(sites[:, None] - places[None]).T).T
    return rng.integers(1, 50, items).astype(float), distance


def backup_problem(seed: int) -> BackupProblem:
    weights, distance = district(seed)
    return BackupProblem(weights, sp.csr_array(distance < 0.12), 12, np.floor(weights * 0.4))


def capacitated_problem(seed: int) -> CapacitatedProblem:
    weights, distance = district(seed, options=60, items=500)
    capacity = np.random.default_rng(seed).uniform(200, 1_500, 60)
    return CapacitatedProblem(weights, sp.csr_array(distance < 0.15), capacity, 8)


def gradual_problem(seed: int) -> CoverageProblem:
    weights, distance = district(seed)
    return CoverageProblem(weights, sp.csr_array(np.clip(1 - distance / 0.2, 0, 1)), max_open=12)


def max_min_problem(seed: int, **size: int) -> MaxMinProblem:
    weights, distance = district(seed, **size)
    rng = np.random.default_rng(seed)
    classes = rng.random((4, len(weights))) < np.array([0.1, 0.3, 0.3, 0.6])[:, None]
    return MaxMinProblem(weights, sp.csr_array(distance < 0.12), classes, 12)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_multipliers_of_two_covers_come_to_the_linear_programme(seed: int) -> None:
    problem = backup_problem(seed)
    task = backup.backup_task(problem)
    model = backup._model(task)
    exact = solve_mip(
        replace(model, integer=np.zeros_like(model.integer)), time_limit_s=60
    ).objective
    bound = backup._lagrangian_bound(task, None, clock=Clock(PARAMS))
    assert -exact * (1 - 1e-9) <= bound <= 1.003 * -exact


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_knapsacks_of_stations_come_to_the_strong_linear_programme(seed: int) -> None:
    task = capacitated._reduced(capacitated_problem(seed))
    model = capacitated._model(task)
    exact = -solve_mip(
        replace(model, integer=np.zeros_like(model.integer)), time_limit_s=60
    ).objective
    chosen, point = capacitated._greedy(task)
    served = float(point[len(task.options) :].sum())
    bound = capacitated._lagrangian_bound(task, chosen, served, clock=Clock(PARAMS))
    assert exact * (1 - 1e-9) <= bound <= 1.003 * exact


def test_required_stations_count_beside_the_number_in_the_bound() -> None:
    problem = replace(capacitated_problem(3), max_open=2, required=np.arange(60) < 3)
    task = capacitated._reduced(problem)
    chosen, point = capacitated._greedy(task)
    served = float(point[len(task.options) :].sum())
    bound = capacitated._lagrangian_bound(task, chosen, served, clock=Clock(PARAMS))
    plan = solve(problem, params=PARAMS)
    assert plan.status == "optimal"
    assert plan.objective <= bound * (1 + 1e-9)
    assert len(plan.chosen) == 5


def test_a_second_cover_that_must_be_is_bounded_too() -> None:
    weights, distance = district(2)
    near = sp.csr_array(distance < 0.2)
    problem = BackupProblem(weights, near, 25, weights * 0.4, cover_all=True)
    plan = solve(problem, params=SolveParams(time_limit_s=60, gap=0.03))
    assert broken_rules(problem, plan) == ()
    assert plan.status in {"optimal", "within_gap"}


def test_gradual_cover_as_a_median_is_worth_what_its_levels_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weights, distance = district(3, options=30, items=200)
    part = np.clip(np.round(1 - distance / 0.3, 1), 0, 1)
    problem = CoverageProblem(weights, sp.csr_array(part), max_open=4)
    by_levels = solve(problem, params=PARAMS)
    monkeypatch.setattr(gradual, "MAX_LEVEL_PAIRS", 0)
    assert gradual.is_large_gradual(problem)
    by_median = solve(problem, params=PARAMS)
    assert by_levels.status == "optimal"
    assert by_median.objective == pytest.approx(by_levels.objective, rel=1e-9)
    assert by_median.bound >= by_levels.objective * (1 - 1e-9)


def test_a_marked_gradual_problem_is_the_median_of_its_ways(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weights, distance = district(4, options=12, items=60)
    part = np.clip(1 - distance / 0.4, 0, 1)
    required, forbidden = np.arange(12) == 3, np.arange(12) == 5
    problem = CoverageProblem(
        weights, sp.csr_array(part), max_open=2, required=required, forbidden=forbidden
    )
    monkeypatch.setattr(gradual, "MAX_LEVEL_PAIRS", 0)
    free = np.flatnonzero(~required & ~forbidden)
    best = max(float(weights @ part[[3, *pair]].max(axis=0)) for pair in combinations(free, 2))
    plan = solve(problem, params=PARAMS)
    assert plan.objective == pytest.approx(best, rel=1e-9)
    assert plan.bound >= best * (1 - 1e-9)
    median = PMedianProblem(
        sp.csr_array(1 - part), weights, 2, penalty_s=1.0, required=required, forbidden=forbidden
    )
    cost = value_of(median, plan.chosen)
    assert weights.sum() - cost == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize("seed", [5, 6])
def test_gradual_cover_of_a_district_is_near_to_its_bound(seed: int) -> None:
    problem = gradual_problem(seed)
    assert gradual.is_large_gradual(problem)
    plan = solve(problem, params=SolveParams(time_limit_s=60, gap=0.02))
    assert plan.status in {"optimal", "within_gap"}


@pytest.mark.parametrize("seed", [7, 8])
def test_the_worst_class_is_near_to_its_bound(seed: int) -> None:
    problem = max_min_problem(seed)
    plan = solve(problem, params=SolveParams(time_limit_s=60, gap=0.05))
    assert plan.status in {"optimal", "within_gap"}
    assert broken_rules(problem, plan) == ()


def test_annealing_of_classes_finds_the_best_of_all_plans() -> None:
    problem = max_min_problem(9, options=14, items=80)
    task = max_min._reduced(replace(problem, max_open=3))
    best = max(max_min._least(task, np.array(c)) for c in combinations(range(14), 3))
    run = max_min._Run(task, seed=0)
    run.anneal(clock=Clock(PARAMS))
    assert run.value == pytest.approx(best, rel=1e-12)


def test_the_shares_of_classes_stay_true_while_plans_are_annealed() -> None:
    problem = in_good_units(max_min_problem(10, options=40, items=300)).problem
    assert isinstance(problem, MaxMinProblem)
    task = max_min._reduced(problem)
    part = np.ascontiguousarray(task.shares.T)
    chosen = np.arange(12)
    state = class_state(task.cover, part, task.fixed_shares, chosen, seed=0)
    schedule = max_min.Schedule(1e-2, 1e-4, 2_000_000)
    value = anneal_classes(
        task.cover, part, state, schedule, 0, schedule.steps, best := chosen.copy(), 0.0
    )
    assert value == pytest.approx(max_min._least(task, best), rel=1e-9)
    assert state.share == pytest.approx(max_min._shares(task, state.option), rel=1e-9)
    assert set(np.flatnonzero(state.is_open)) == set(state.option)


@pytest.mark.parametrize("seed", range(8))
def test_what_stations_serve_is_the_largest_flow_through_a_network(seed: int) -> None:
    rng = np.random.default_rng(seed)
    # few options over many items: most items share their cover set with others
    covers = rng.random((6, 60)) < 0.3
    weights, capacity = rng.integers(0, 30, 60).astype(float), rng.integers(0, 300, 6).astype(float)
    chosen = np.flatnonzero(rng.random(6) < 0.7)
    network = nx.DiGraph()
    network.add_nodes_from(("from", "to"))
    for i, weight in enumerate(weights):
        network.add_edge("from", ("item", i), capacity=weight)
    for j in chosen:
        network.add_edge(("option", j), "to", capacity=capacity[j])
        network.add_edges_from((("item", i), ("option", j)) for i in np.flatnonzero(covers[j]))
    problem = CapacitatedProblem(weights, sp.csr_array(covers), capacity, 6)
    largest = nx.maximum_flow_value(network, "from", "to")
    assert served_weight(problem, chosen) == pytest.approx(largest)


def test_sums_by_option_are_those_of_the_cover_matrix() -> None:
    rng = np.random.default_rng(1)
    rows = sp.csr_array(rng.random((7, 40)) < 0.3)
    cover = from_rows(rows.indptr.astype(np.int64), rows.indices.astype(np.int32), np.ones(40))
    items = rng.permutation(40)[:11]
    amounts = np.zeros(40)
    amounts[items] = rng.random(11)
    assert sums_by_option(cover, items, amounts[items]) == pytest.approx(rows @ amounts)
    none = np.empty(0, dtype=np.int64)
    assert (sums_by_option(cover, none, np.empty(0)) == np.zeros(7)).all()
