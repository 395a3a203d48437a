"""p-centers against all subsets, published optima, spopt, and what is refused or stopped."""

from __future__ import annotations

import itertools
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.sparse.csgraph import shortest_path

from geo.errors import ProblemError
from planning import PCenterProblem, SolveParams, solve
from planning.engine.lscp.feasibility import cover_within
from planning.engine.verify import broken_rules

if TYPE_CHECKING:
    from pathlib import Path

PARAMS = SolveParams(time_limit_s=30)


def longest_trip(seconds: np.ndarray, p: int, required: np.ndarray, forbidden: np.ndarray) -> float:
    """The least longest trip over all subsets; inf when none reaches every item."""
    free = np.flatnonzero(~required & ~forbidden)
    best = np.inf
    for size in range(min(p, len(free)) + 1):
        for some in itertools.combinations(free, size):
            opened = np.r_[np.flatnonzero(required), np.array(some, dtype=np.int64)]
            nearest = seconds[opened].min(axis=0, initial=np.inf)
            best = min(best, float(nearest.max()))
    return best


@pytest.mark.parametrize("whole", [True, False])
def test_the_plan_is_the_best_of_all_subsets(*, whole: bool) -> None:
    for seed in range(160):
        rng = np.random.default_rng(seed)
        n, m = int(rng.integers(2, 11)), int(rng.integers(1, 15))
        places, homes = rng.random((n, 2)) * 60, rng.random((m, 2)) * 60
        seconds = np.hypot(*(places[:, None] - homes).T).T
        if whole:
            seconds = np.floor(seconds / 4)
        seconds[rng.random((n, m)) < rng.choice([0.0, 0.35])] = np.inf
        seconds[0, 0] = 5.0
        mark = rng.choice(3, n, p=[0.8, 0.1, 0.1])
        required, forbidden = mark == 1, mark == 2
        p = int(rng.integers(1, n + 1))
        problem = PCenterProblem(seconds, p, required, forbidden)
        best = longest_trip(seconds, p, required, forbidden)
        plan = solve(problem, params=PARAMS)
        assert broken_rules(problem, plan) == ()
        if np.isinf(best):
            assert plan.status == "infeasible", seed
            assert plan.reasons
            continue
        assert (plan.status, plan.objective, plan.bound) == ("optimal", best, best), seed


def town(n: int, m: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    places, homes = rng.random((n, 2)) * 3000, rng.random((m, 2)) * 3000
    return np.hypot(*(places[:, None] - homes).T).T


def test_the_longest_trip_of_a_plan_is_its_objective() -> None:
    seconds = town(120, 500, seed=1)
    problem = PCenterProblem(seconds, 11)
    plan = solve(problem, params=PARAMS)
    assert plan.status == "optimal"
    assert plan.objective == seconds[plan.chosen].min(axis=0).max()
    assert broken_rules(problem, plan) == ()


def test_a_bound_never_passes_a_better_plan_when_time_is_short() -> None:
    problem = PCenterProblem(town(100, 400, seed=2), 9)
    best = solve(problem, params=PARAMS)
    assert best.status == "optimal"
    for limit in (0.001, 0.1):
        plan = solve(problem, params=SolveParams(time_limit_s=limit))
        assert plan.bound <= best.objective
        assert not plan.objective < best.objective


def test_a_stopped_run_tells_who_stopped_it() -> None:
    news: list[float] = []

    def stop(progress: object) -> bool:
        news.append(getattr(progress, "incumbent", np.nan))
        return bool(np.isfinite(news[-1]))

    problem = PCenterProblem(town(100, 400, seed=3), 9)
    plan = solve(problem, params=SolveParams(on_progress=stop))
    assert plan.reasons == ("stopped by the caller",)
    assert plan.bound <= plan.objective
    assert broken_rules(problem, plan) == ()


def test_the_same_seed_gives_the_same_plan() -> None:
    problem = PCenterProblem(town(70, 200, seed=4), 8)
    plans = [solve(problem, params=SolveParams(seed=5)) for _ in range(2)]
    assert plans[0].chosen.tolist() == plans[1].chosen.tolist()


def test_required_sites_that_reach_everybody_leave_nothing_to_open() -> None:
    seconds = np.array([[3.0, 4.0], [9.0, 9.0]])
    required = np.array([True, False])
    plan = solve(PCenterProblem(seconds, 0, required))
    assert (plan.status, plan.objective, plan.chosen.tolist()) == ("optimal", 4.0, [0])


def test_an_item_that_no_site_reaches_is_named() -> None:
    plan = solve(PCenterProblem(np.array([[1.0, np.inf], [2.0, np.inf]]), 1))
    assert plan.status == "infeasible"
    assert "demand item 1 is reached by no allowed site" in plan.reasons[0]


def test_too_few_sites_to_reach_everybody_is_infeasible() -> None:
    plan = solve(PCenterProblem(np.where(np.eye(3) > 0, 5.0, np.inf), 2))
    assert plan.status == "infeasible"
    assert "2 sites cannot reach every demand item" in plan.reasons[0]


@pytest.mark.parametrize(
    ("seconds", "p", "message"),
    [
        (np.full((2, 3), np.nan), 1, "NaN"),
        (np.ones((2, 3)), 3, "p is 3 and there are 2 sites"),
        (np.ones((2, 3)), 0, "nothing would be open"),
        (np.ones(3), 1, "give sites x demand"),
    ],
)
def test_bad_input_is_refused_in_one_line(seconds: np.ndarray, p: int, message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        PCenterProblem(seconds, p)


def test_a_cover_exists_exactly_when_some_subset_covers() -> None:
    for seed in range(150):
        rng = np.random.default_rng(seed)
        n, m = int(rng.integers(2, 10)), int(rng.integers(1, 14))
        table = rng.random((n, m)) < rng.uniform(0.15, 0.6)
        p = int(rng.integers(1, n + 1))
        exists = any(
            table[list(some)].any(axis=0).all() for some in itertools.combinations(range(n), p)
        )
        cover = cover_within(sp.csr_array(table.astype(float)), p, left_s=lambda: 30.0)
        assert cover.known
        assert (cover.sites is not None) == exists, seed
        if cover.sites is not None:
            assert len(cover.sites) <= p
            assert table[cover.sites].any(axis=0).all()


def test_spopt_finds_no_shorter_center() -> None:
    locate = pytest.importorskip("spopt.locate")
    pulp = pytest.importorskip("pulp")
    seconds = town(20, 40, seed=9)
    with warnings.catch_warnings():
        # spopt and PuLP still use what numpy and Python have deprecated
        warnings.simplefilter("ignore")
        model = locate.PCenter.from_cost_matrix(seconds.T, p_facilities=4)
        model = model.solve(pulp.PULP_CBC_CMD(msg=False))
        theirs = pulp.value(model.problem.objective)
    assert solve(PCenterProblem(seconds, 4)).objective == pytest.approx(theirs)


@pytest.mark.parametrize(("number", "optimum"), [(1, 127), (3, 93), (5, 48), (7, 64), (9, 37)])
def test_published_centers_are_proved(shared_instances: Path, number: int, optimum: int) -> None:
    words = (shared_instances / "pmed" / f"pmed{number}.txt").read_text(encoding="utf-8").split()
    n, edges, p = map(int, words[:3])
    table = np.zeros((n, n))
    for i, j, cost in np.array(words[3 : 3 + 3 * edges], dtype=np.int64).reshape(-1, 3):
        table[i - 1, j - 1] = table[j - 1, i - 1] = cost
    plan = solve(PCenterProblem(shortest_path(table, directed=False), p), params=PARAMS)
    assert (plan.status, plan.objective, plan.bound) == ("optimal", optimum, optimum)
