"""A share of the weight at least cost: both sides of the answer, against all plans and HiGHS."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from planning import Progress, SetCoverProblem, SolveParams, solve
from planning.engine.clock import Clock
from planning.engine.cover_arrays import from_rows
from planning.engine.lscp import knapsack_bound, set_covering
from planning.engine.lscp.partial_covering import PartialRun, partial_task, share_model
from planning.engine.mip import solve_mip
from tests.planning.claims import run, stops, true_best, wrong_claims
from tests.planning.random_problems import random_case
from tests.planning.solver_stubs import STUBS, stub_highs

if TYPE_CHECKING:
    from pathlib import Path

    from planning.engine.cover_arrays import CoverArrays

SEED = int(os.environ.get("YIZHAN_PROOF_SEED", "0"))
FACTOR = float(os.environ.get("YIZHAN_PROOF_FACTOR", "1"))
STOPS = list(stops().items())


@pytest.fixture
def from_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the smallest problem too be searched and bounded."""
    monkeypatch.setattr(set_covering, "MIN_PARTIAL_PAIRS", -1)


def cover_of(table: np.ndarray, weights: np.ndarray) -> CoverArrays:
    rows = sp.csr_array(table)
    return from_rows(rows.indptr.astype(np.int64), rows.indices.astype(np.int32), weights)


def town(n_sites: int, n_items: int, *, radius: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    sites, items = rng.random((n_sites, 2)), rng.random((n_items, 2))
    near = radius > np.hypot(*(sites[:, None] - items[None]).T).T
    return near, rng.integers(1, 30, n_items).astype(float)


@pytest.mark.usefixtures("from_both_sides")
def test_nothing_is_claimed_of_random_shares_that_is_not_so() -> None:
    wrong = []
    for number in range(round(200 * FACTOR)):
        case = random_case("set cover", number, seed=SEED + 20)
        best = true_best(case)
        wrong += wrong_claims(case, run(case, time_limit_s=60.0), best, ended=True)
        stopped = STOPS[number % len(STOPS)][1](case)
        wrong += wrong_claims(case, stopped, best, ended=False)
    assert wrong == []


@pytest.mark.usefixtures("from_both_sides")
def test_what_the_solver_does_not_say_of_a_share_is_not_claimed() -> None:
    wrong, asked = [], 0
    for number in range(round(100 * FACTOR)):
        case = random_case("set cover", number, seed=SEED + 21)
        with pytest.MonkeyPatch.context() as patch:
            highs = stub_highs(patch, STUBS[number % len(STUBS)])
            told = run(case, time_limit_s=2.0)
            asked += highs.used
        wrong += wrong_claims(case, told, true_best(case), ended=False)
    assert wrong == []
    assert asked


@settings(max_examples=60, deadline=None)
@given(
    table=st.lists(st.lists(st.booleans(), min_size=7, max_size=7), min_size=1, max_size=6).map(
        np.array
    ),
    weights=st.lists(st.integers(1, 9), min_size=7, max_size=7),
    multipliers=st.lists(st.floats(0, 1), min_size=7, max_size=7),
    costs=st.lists(st.integers(0, 5), min_size=6, max_size=6),
    share=st.floats(0.05, 1),
)
def test_any_multipliers_give_a_bound_below_every_plan(
    table: np.ndarray,
    weights: list[int],
    multipliers: list[float],
    costs: list[int],
    share: float,
) -> None:
    cost, weight = np.array(costs[: len(table)], float), np.array(weights, float)
    cover = cover_of(table, weight)
    need = share * float(weight[table.any(axis=0)].sum())
    state = knapsack_bound.new_bound(cover, np.zeros(7, dtype=np.int64))
    state.multiplier[:] = np.array(multipliers) * weight
    bound, _, _ = knapsack_bound.evaluate(cover, cost, need, state)
    every = ((np.arange(2 ** len(table))[:, None] >> np.arange(len(table))) & 1).astype(bool)
    enough = ((every @ table.astype(int)) > 0) @ weight >= need
    assert bound <= (every @ cost)[enough].min() + 1e-9


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_town_s_share_is_proved_as_cheap_as_highs_says(seed: int, *, same: bool) -> None:
    near, weights = town(100, 700, radius=0.16, seed=seed)
    rng = np.random.default_rng(seed)
    costs = np.ones(100) if same else rng.integers(10, 30, 100).astype(float)
    problem = SetCoverProblem(sp.csr_array(near), costs, weights, 0.7)
    plan = solve(problem, params=SolveParams(time_limit_s=60))
    task = partial_task(cover_of(near, weights), costs, 0.7 * weights.sum())
    theirs = solve_mip(share_model(task, np.ones(100, dtype=bool)), time_limit_s=60)
    assert plan.status == "optimal"
    assert "annealing" in plan.method
    assert plan.objective == pytest.approx(theirs.objective)


def test_a_stored_zero_covers_nobody() -> None:
    near, weights = town(60, 400, radius=0.16, seed=3)
    everything = sp.csr_array(np.ones((60, 400)))
    everything.data[:] = near.ravel()
    stored = solve(SetCoverProblem(everything, None, weights, 0.6))
    left_out = solve(SetCoverProblem(sp.csr_array(near), None, weights, 0.6))
    assert stored.objective == left_out.objective
    reachable = near.any(axis=0)
    whole = SetCoverProblem(sp.csr_array(everything[:, reachable]))
    assert near[solve(whole).chosen][:, reachable].any(axis=0).all()


def test_the_search_beats_the_greedy_and_the_bound_is_below_both() -> None:
    near, weights = town(300, 3000, radius=0.09, seed=5)
    task = partial_task(cover_of(near, weights), np.ones(300), 0.85 * weights.sum())
    params = SolveParams(time_limit_s=1e6)
    searched = PartialRun(task, params=params, clock=Clock(params, now=lambda: 0.0))
    greedy = searched.cost
    searched.search_and_bound()
    assert searched.lower <= searched.cost < greedy
    assert weights[near[searched.chosen].any(axis=0)].sum() >= task.need


def test_more_time_gives_no_dearer_share() -> None:
    near, weights = town(300, 3000, radius=0.09, seed=6)
    problem = SetCoverProblem(sp.csr_array(near), None, weights, 0.85)
    costs = []
    for most in (1, 3, 9, 27):
        calls = 0

        def stop(_: Progress, most: int = most) -> bool:
            nonlocal calls
            calls += 1
            return calls >= most

        costs.append(solve(problem, params=SolveParams(on_progress=stop)).objective)
    assert costs == sorted(costs, reverse=True)


def test_nothing_is_needed_of_a_share_that_is_covered_already() -> None:
    near, weights = town(60, 400, radius=0.16, seed=4)
    required = np.zeros(60, dtype=bool)
    required[:50] = True
    plan = solve(SetCoverProblem(sp.csr_array(near), None, weights, 0.5, required=required))
    assert (plan.status, plan.objective) == ("optimal", 50)


@pytest.mark.parametrize(
    ("radius", "share", "least"), [(3.5, 0.6, 12), (3.75, 0.7, 13), (4.0, 0.5, 8)]
)
def test_public_points_are_proved(
    shared_instances: Path, radius: float, share: float, least: int
) -> None:
    lines = (shared_instances / "psclp" / "n1000s1.dat").read_text(encoding="utf-8").split("\n")
    rows = np.array([line.split() for line in lines[1:] if line.strip()], dtype=float)
    xy, demand = rows[:, 1:3], rows[:, 4]
    near = np.hypot(*(xy[:, None] - xy[None]).T) <= radius
    plan = solve(SetCoverProblem(sp.csr_array(near), None, demand, share))
    assert (plan.status, plan.objective) == ("optimal", least)
    assert demand[near[plan.chosen].any(axis=0)].sum() >= share * demand.sum() * (1 - 1e-9)
