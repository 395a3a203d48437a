"""Set covering: its search, its cuts and its bound against all covers of small problems."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from scipy.optimize import linprog

from planning import SetCoverProblem, SolveParams, solve
from planning.engine.clock import Clock
from planning.engine.cover_arrays import from_rows
from planning.engine.lscp import search_and_bound
from planning.engine.lscp.lp_relaxation import CoveringRelaxation, cover_model
from planning.engine.lscp.row_weighting import cheaper_cover, weighted_rows
from tests.planning.seeds import QUICK, SEEDS

if TYPE_CHECKING:
    from planning.engine.cover_arrays import CoverArrays


def small(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Up to nine options that cover every item together, and their costs."""
    n, m = int(rng.integers(3, 10)), int(rng.integers(3, 16))
    near = rng.random((n, m)) < rng.uniform(0.15, 0.5)
    near[rng.integers(0, n, m), np.arange(m)] = True
    costs = np.ones(n) if rng.random() < 0.5 else rng.integers(0, 9, n) / 2.0
    return near, costs


def arrays(near: np.ndarray) -> CoverArrays:
    rows = sp.csr_array(near)
    return from_rows(
        rows.indptr.astype(np.int64), rows.indices.astype(np.int32), np.ones(near.shape[1])
    )


def covers_of(near: np.ndarray) -> list[np.ndarray]:
    """Every choice of options that covers every item."""
    choices = (np.array(choice) for choice in itertools.product([0.0, 1.0], repeat=len(near)))
    return [choice for choice in choices if (choice @ near >= 1.0).all()]


def relaxation_of(near: np.ndarray, costs: np.ndarray) -> CoveringRelaxation:
    model = cover_model(arrays(near), costs, np.ones(len(costs), dtype=np.bool_))
    return CoveringRelaxation(model, clock=Clock(SolveParams(time_limit_s=60)))


def town(n_sites: int, n_places: int, *, radius: float, seed: int) -> sp.csr_array:
    """Places in a square and the sites around each; the nearest site covers it in any case."""
    rng = np.random.default_rng(seed)
    sites, places = rng.random((n_sites, 2)), rng.random((n_places, 2))
    distance = np.hypot(*(sites[:, None] - places[None]).T).T
    return sp.csr_array(distance <= np.maximum(radius, distance.min(axis=0)))


@QUICK
@given(SEEDS)
def test_the_search_ends_at_the_cheapest_cover_of_a_small_problem(seed: int) -> None:
    rng = np.random.default_rng(seed)
    near, costs = small(rng)
    search = weighted_rows(arrays(near), costs, np.ones(len(costs), dtype=np.bool_), seed=seed)
    before = math.inf
    for _ in range(5):
        cheaper_cover(arrays(near), costs, search, 20_000, 0.0)
        assert (search.best @ near > 0).all()
        assert search.figures[0] == costs[search.best].sum() <= before
        before = float(search.figures[0])
    assert before == pytest.approx(min(float(costs @ cover) for cover in covers_of(near)))


@QUICK
@given(SEEDS)
def test_the_search_knows_what_each_option_would_gain_or_lose(seed: int) -> None:
    rng = np.random.default_rng(seed)
    near, costs = small(rng)
    search = weighted_rows(arrays(near), costs, np.ones(len(costs), dtype=np.bool_), seed=seed)
    cheaper_cover(arrays(near), costs, search, int(rng.integers(1, 2_000)), 0.0)
    count = search.now @ near.astype(int)
    assert search.n_covering.tolist() == count.tolist()
    uncovered = search.uncovered[: search.numbers[1]]
    assert sorted(uncovered.tolist()) == np.flatnonzero(count == 0).tolist()
    for option, row in enumerate(near):
        alone = row & (count == int(search.now[option]))
        sign = -1 if search.now[option] else 1
        assert search.score[option] == sign * search.weight[alone].sum()


def test_a_search_stops_at_a_cover_that_is_cheap_enough() -> None:
    near = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], dtype=bool)
    search = weighted_rows(arrays(near), np.ones(3), np.ones(3, dtype=np.bool_), seed=0)
    assert cheaper_cover(arrays(near), np.ones(3), search, 10**9, 2.0) < 1_000
    assert search.figures[0] == 2.0


def test_three_half_open_options_in_a_ring_are_cut_off_and_two_are_needed() -> None:
    near = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], dtype=bool)
    relaxation = relaxation_of(near, np.ones(3))
    assert relaxation.least == pytest.approx(1.5)
    cuts = relaxation.find_cuts(seed=0)
    assert cuts.matrix.toarray().tolist() == [[-1, -1, -1]]
    assert cuts.right.tolist() == [-2]
    relaxation.add(cuts)
    assert relaxation.least == pytest.approx(2.0)


@QUICK
@given(SEEDS)
def test_every_cover_keeps_every_cut_and_costs_no_less_than_the_bound(seed: int) -> None:
    rng = np.random.default_rng(seed)
    near, costs = small(rng)
    relaxation = relaxation_of(near, costs)
    linear = linprog(costs, A_ub=-near.T.astype(float), b_ub=-np.ones(near.shape[1]), bounds=(0, 1))
    assert relaxation.least == pytest.approx(linear.fun, abs=1e-6)
    covers = covers_of(near)
    best = min(float(costs @ cover) for cover in covers)
    for number in range(4):
        cuts = relaxation.find_cuts(seed=number)
        if not cuts.n_cuts:
            break
        relaxation.add(cuts)
        assert all((cuts.matrix @ cover <= cuts.right + 1e-9).all() for cover in covers)
        assert relaxation.least <= best + 1e-9
    # what is fixed at the cost of the best cover leaves it possible, with its cuts
    relaxation.fix(*relaxation.fixed_by_cost(best + 1e-6))
    model = relaxation.programme()
    kept = [
        cover
        for cover in covers
        if (model.lower <= cover).all()
        and (cover <= model.upper).all()
        and (model.matrix @ cover >= model.row_lower - 1e-9).all()
        and (model.matrix @ cover <= model.row_upper + 1e-9).all()
    ]
    assert min(float(costs @ cover) for cover in kept) == best


def test_runs_with_cuts_prove_the_cheapest_cover_of_small_problems(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search_and_bound, "MIN_CUT_PAIRS", 0)
    cut = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        near, costs = small(rng)
        plan = solve(SetCoverProblem(sp.csr_array(near), costs), params=SolveParams(seed=seed))
        assert plan.status == "optimal"
        assert plan.objective == min(float(costs @ cover) for cover in covers_of(near))
        cut += "zero-half cuts" in plan.method
    assert cut > 5, "the cuts were hardly asked"


def test_cuts_prove_the_least_number_of_sites_of_a_town_that_the_linear_programme_misses() -> None:
    covers = town(300, 3_000, radius=0.12, seed=4)
    sides = -sp.csr_array(covers.T).astype(float), -np.ones(3_000)
    linear = linprog(np.ones(300), A_ub=sides[0], b_ub=sides[1], bounds=(0, 1))
    plan = solve(SetCoverProblem(covers))
    assert plan.status == "optimal"
    assert plan.objective > math.ceil(linear.fun)
    assert (covers[plan.chosen].sum(axis=0) > 0).all()
    # no branch was needed
    assert plan.method.endswith("zero-half cuts")
