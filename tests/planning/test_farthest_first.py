"""What a farthest-first plan leaves of the matrix of a p-center, and what it proves."""

from __future__ import annotations

import itertools

import numpy as np
import scipy.sparse as sp

from planning import PCenterProblem, SolveParams, solve
from planning.engine.clock import Clock
from planning.engine.nearest import nearest_sites
from planning.engine.p_center.farthest_first import (
    covers_within,
    farthest_first,
    pair_bound,
    pairs_within,
)
from planning.engine.p_center.p_center import CenterRun


def town(n: int, m: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    places, homes = rng.random((n, 2)) * 3000, rng.random((m, 2)) * 3000
    return np.hypot(*(places[:, None] - homes).T).T


def test_the_pair_bound_is_below_every_plan() -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        n, m, p = int(rng.integers(3, 9)), int(rng.integers(3, 12)), int(rng.integers(1, 4))
        seconds = np.floor(rng.random((n, m)) * 50)
        seconds[rng.random((n, m)) < 0.2] = np.inf
        base = np.where(rng.random(m) < 0.3, rng.random(m) * 50, np.inf)
        some = itertools.combinations(range(n), min(p, n))
        best = min(np.minimum(base, seconds[list(s)].min(axis=0)).max() for s in some)
        rows = sp.csr_array(np.where(np.isfinite(seconds), seconds + 1.0, 0.0))
        pairs = (rows.indptr, rows.indices, rows.data - 1.0)
        _, site = nearest_sites(*pairs, m)
        _, items, now = farthest_first(*pairs, site, base, p)
        assert now.max() >= best, seed
        if len(items) == p + 1:
            assert pair_bound(*pairs, items, base) <= best, seed


def test_what_is_kept_and_covered_at_a_radius_is_what_lies_within_it() -> None:
    seconds = town(30, 50, seed=1)
    rows = sp.csr_array(seconds)
    base = np.where(np.arange(50) % 5 == 0, 100.0, np.inf)
    offset, item, kept = pairs_within(rows.indptr, rows.indices, rows.data, 700.0)
    shown = sp.csr_array((kept, item, offset), shape=seconds.shape).toarray()
    assert (shown == np.where(seconds <= 700.0, seconds, 0.0)).all()
    offset, item, n_items = covers_within(rows.indptr, rows.indices, rows.data, base, 500.0)
    covers = sp.csr_array((np.ones(len(item)), item, offset), shape=(30, n_items)).toarray()
    assert (covers == (seconds <= 500.0)[:, base > 500.0]).all()


def test_far_pairs_are_dropped_before_anything_is_built() -> None:
    problem = PCenterProblem(town(200, 400, seed=2), 12)
    params = SolveParams(time_limit_s=1e6)
    run = CenterRun(problem, params=params, clock=Clock(params, now=lambda: 0.0))
    assert len(run.pairs[2]) < 0.3 * 200 * 400
    assert run.pairs[2].max() == run.upper
    best = solve(problem).objective
    assert run.lower <= best <= run.upper
    assert run.lower > 0.4 * best


def test_no_time_at_all_still_gives_a_plan_and_a_bound() -> None:
    problem = PCenterProblem(town(200, 400, seed=3), 12)
    plan = solve(problem, params=SolveParams(time_limit_s=1e-6))
    best = solve(problem)
    assert plan.status == "time_limit"
    assert plan.bound <= best.objective <= plan.objective < 3000
    assert plan.bound > 0
