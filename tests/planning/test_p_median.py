"""p-medians against all subsets, published optima, spopt, and what is refused or stopped."""

from __future__ import annotations

import itertools
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.sparse.csgraph import shortest_path

from geo.errors import ProblemError
from planning import PMedianProblem, SolveParams, solve
from planning.engine.p_median import search_and_bound
from planning.engine.p_median.candidate_lists import reduce_median, smaller_median
from planning.engine.p_median.interchange import (
    cost_of,
    greedy,
    improve,
    iterate,
    new_state,
    open_only,
)
from planning.engine.verify import broken_rules

if TYPE_CHECKING:
    from pathlib import Path

PARAMS = SolveParams(time_limit_s=30)


def best_cost(problem: PMedianProblem, seconds: np.ndarray) -> float:
    """The least cost over all subsets; inf when none reaches every item."""
    required, forbidden = np.asarray(problem.required), np.asarray(problem.forbidden)
    free = np.flatnonzero(~required & ~forbidden)
    start = np.inf if problem.penalty_s is None else problem.penalty_s
    best = np.inf
    for size in range(min(problem.p, len(free)) + 1):
        for some in itertools.combinations(free, size):
            opened = np.r_[np.flatnonzero(required), np.array(some, dtype=np.int64)]
            nearest = seconds[opened].min(axis=0, initial=start)
            if np.isfinite(nearest).all():
                best = min(best, float(nearest @ problem.weights))
    return best


def random_problem(seed: int, *, whole: bool) -> tuple[PMedianProblem, float]:
    """A small p-median and its optimum."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 11)), int(rng.integers(1, 15))
    places, homes = rng.random((n, 2)) * 60, rng.random((m, 2)) * 60
    seconds = np.hypot(*(places[:, None] - homes).T).T
    weights = rng.random(m) * 9
    if whole:
        seconds, weights = np.floor(seconds), np.floor(weights)
    seconds[rng.random((n, m)) < rng.choice([0.0, 0.3])] = np.inf
    seconds[0, 0] = 5.0
    penalty = float(rng.integers(10, 60)) if rng.random() < 0.5 else None
    mark = rng.choice(3, n, p=[0.8, 0.1, 0.1])
    required, forbidden = mark == 1, mark == 2
    p = int(rng.integers(1, n + 1))
    problem = PMedianProblem(seconds, weights, p, penalty, required, forbidden)
    return problem, best_cost(problem, seconds)


@pytest.mark.parametrize("finish", ["tree", "programme"])
@pytest.mark.parametrize("whole", [True, False])
def test_the_plan_is_the_best_of_all_subsets(
    finish: str, *, whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_and_bound, "MAX_IN_TREE", 99 if finish == "tree" else 0)
    for seed in range(120):
        problem, best = random_problem(seed, whole=whole)
        plan = solve(problem, params=PARAMS)
        assert broken_rules(problem, plan) == ()
        if np.isinf(best):
            assert plan.status == "infeasible", seed
            assert plan.reasons
            continue
        assert plan.status == "optimal", seed
        assert plan.objective == pytest.approx(best, rel=1e-9), seed
        assert plan.bound <= best * (1 + 1e-9), seed


def town(n: int, m: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    places, homes = rng.random((n, 2)) * 3000, rng.random((m, 2)) * 3000
    return np.hypot(*(places[:, None] - homes).T).T, rng.integers(1, 50, m).astype(float)


def test_a_bound_never_passes_a_better_plan_when_time_is_short() -> None:
    seconds, weights = town(60, 300, seed=1)
    best = solve(PMedianProblem(seconds, weights, 6), params=PARAMS)
    assert best.status == "optimal"
    for limit in (0.001, 0.05):
        plan = solve(PMedianProblem(seconds, weights, 6), params=SolveParams(time_limit_s=limit))
        assert plan.bound <= best.objective * (1 + 1e-9)
        assert plan.objective >= best.objective * (1 - 1e-9)


def test_a_stopped_run_returns_its_best_plan_with_a_bound() -> None:
    seconds, weights = town(80, 400, seed=2)
    problem = PMedianProblem(seconds, weights, 9)
    plan = solve(problem, params=SolveParams(on_progress=lambda _: True))
    assert plan.status == "time_limit"
    assert plan.reasons == ("stopped by the caller",)
    assert len(plan.chosen) == 9
    assert broken_rules(problem, plan) == ()


def test_a_gap_that_is_good_enough_ends_the_run_within_it() -> None:
    seconds, weights = town(80, 400, seed=3)
    problem = PMedianProblem(seconds, weights, 7)
    plan = solve(problem, params=SolveParams(gap=0.02))
    assert plan.status in {"optimal", "within_gap"}
    assert plan.gap <= 0.02
    assert plan.bound <= solve(problem, params=PARAMS).objective * (1 + 1e-9)


def test_the_same_seed_gives_the_same_plan() -> None:
    seconds, weights = town(70, 200, seed=4)
    problem = PMedianProblem(seconds, weights, 12, 700.0)
    plans = [solve(problem, params=SolveParams(seed=5)) for _ in range(2)]
    assert plans[0].chosen.tolist() == plans[1].chosen.tolist()
    assert plans[0].bound == plans[1].bound


def test_sparse_and_dense_seconds_mean_the_same() -> None:
    seconds, weights = town(40, 120, seed=6)
    seconds[seconds > 900] = np.inf
    near = np.isfinite(seconds)
    sparse = sp.csr_array((seconds[near], np.nonzero(near)), shape=seconds.shape)
    plans = [solve(PMedianProblem(form, weights, 8, 1200.0)) for form in (seconds, sparse)]
    assert plans[0].objective == pytest.approx(plans[1].objective)


def test_an_item_beyond_all_sites_costs_the_penalty() -> None:
    seconds = np.array([[10.0, np.inf], [20.0, np.inf]])
    plan = solve(PMedianProblem(seconds, np.array([1.0, 3.0]), 1, 100.0))
    assert (plan.status, plan.objective, plan.chosen.tolist()) == ("optimal", 310.0, [0])


def test_too_few_sites_to_reach_everybody_is_infeasible() -> None:
    seconds = np.where(np.eye(3) > 0, 5.0, np.inf)
    plan = solve(PMedianProblem(seconds, np.ones(3), 2))
    assert plan.status == "infeasible"
    assert "2 sites cannot reach every demand item" in plan.reasons[0]


@pytest.mark.parametrize(
    ("seconds", "weights", "p", "message"),
    [
        (np.ones((2, 3)), np.ones(2), 1, "weights has the shape"),
        (np.ones((2, 3)), np.array([1.0, np.nan, 1.0]), 1, r"weights\[1\] is nan"),
        (np.ones((2, 3)), np.ones(3), 3, "p is 3 and there are 2 sites"),
        (np.ones((2, 3)), np.ones(3), 1.5, "give a whole number"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    seconds: np.ndarray, weights: np.ndarray, p: int, message: str
) -> None:
    with pytest.raises(ProblemError, match=message):
        PMedianProblem(seconds, weights, p)


def test_the_search_knows_the_cost_of_what_it_has_open() -> None:
    seconds, weights = town(50, 150, seed=7)
    task = reduce_median(PMedianProblem(seconds, weights, 8, 900.0))
    state = new_state(task.pairs, 8, seed=1)
    opened = greedy(task.pairs, 8)
    start = open_only(task.pairs, state, opened)
    better = improve(task.pairs, state, start, 1e-6, 2**62)
    best = iterate(task.pairs, state, opened, np.inf, 1e-6, 200_000)
    mask = np.zeros(50, dtype=np.bool_)
    mask[opened] = True
    assert best <= better + 1e-6
    assert best == pytest.approx(cost_of(task.pairs, mask), rel=1e-9)


def test_settling_sites_changes_no_plan_that_keeps_them() -> None:
    rng = np.random.default_rng(8)
    seconds, weights = town(30, 90, seed=8)
    pairs = reduce_median(PMedianProblem(seconds, weights, 5, 1500.0)).pairs
    is_open, is_closed = np.zeros(30, dtype=np.bool_), np.zeros(30, dtype=np.bool_)
    is_open[:2], is_closed[2:9] = True, True
    small = smaller_median(pairs, is_open=is_open, is_closed=is_closed)
    for _ in range(10):
        few = rng.random(len(small.sites)) < 0.2
        whole = is_open.copy()
        whole[small.sites[few]] = True
        assert cost_of(small.pairs, few) + small.fixed_value == pytest.approx(cost_of(pairs, whole))


def test_spopt_finds_no_cheaper_median() -> None:
    locate = pytest.importorskip("spopt.locate")
    pulp = pytest.importorskip("pulp")
    seconds, weights = town(25, 60, seed=9)
    with warnings.catch_warnings():
        # spopt and PuLP still use what numpy and Python have deprecated
        warnings.simplefilter("ignore")
        model = locate.PMedian.from_cost_matrix(seconds.T, weights, p_facilities=4)
        model = model.solve(pulp.PULP_CBC_CMD(msg=False))
        theirs = pulp.value(model.problem.objective)
    assert solve(PMedianProblem(seconds, weights, 4)).objective == pytest.approx(theirs)


@pytest.mark.parametrize(
    ("number", "optimum"), [(1, 5819), (3, 4250), (5, 1355), (9, 2734), (11, 7696)]
)
def test_published_medians_are_proved(shared_instances: Path, number: int, optimum: int) -> None:
    distances, p = pmed(shared_instances, number)
    plan = solve(PMedianProblem(distances, np.ones(len(distances)), p), params=PARAMS)
    assert (plan.status, plan.objective, plan.bound) == ("optimal", optimum, optimum)


def pmed(folder: Path, number: int) -> tuple[np.ndarray, int]:
    """Distances and p of an OR-Library instance; a repeated edge counts with its last cost."""
    words = (folder / "pmed" / f"pmed{number}.txt").read_text(encoding="utf-8").split()
    n, edges, p = map(int, words[:3])
    table = np.zeros((n, n))
    for i, j, cost in np.array(words[3 : 3 + 3 * edges], dtype=np.int64).reshape(-1, 3):
        table[i - 1, j - 1] = table[j - 1, i - 1] = cost
    return np.asarray(shortest_path(table, directed=False)), p
