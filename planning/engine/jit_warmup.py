"""Compile the engine's hot loops before they are needed, so that the first answer is quick too."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import scipy.sparse as sp

from planning.engine.clock import Clock
from planning.engine.cover_arrays import transpose
from planning.engine.cutting_planes import Cuts
from planning.engine.mclp.crossover import nearest_first
from planning.engine.mclp.floor_repair import FloorRepair
from planning.engine.mclp.reduction import reduce_coverage
from planning.engine.mclp.rounds import search_and_bound
from planning.engine.mclp.search_and_bound import CoverRun
from planning.engine.mclp.zero_half_cuts import find_cuts
from planning.engine.params import SolveParams
from planning.engine.problems import CoverageProblem, Floor, Limit, SetCoverProblem
from planning.engine.solver import solve

# Small enough to be proved in a blink: places in a square and what is near them.
_OPTIONS: Final = 24
_ITEMS: Final = 150
_RADIUS: Final = 0.2


def warm_up(*, seconds: float = 120.0, floors: bool = False) -> None:
    """Solve tiny covering problems: compiles what is not in numba's cache yet, loads what is.

    Takes some seconds on a fresh installation and milliseconds after that. With ``floors`` the
    loops that meet floors are made ready too.
    """
    rng = np.random.default_rng(0)
    sites, places = rng.random((_OPTIONS, 2)), rng.random((_ITEMS, 2))
    distance = np.hypot(*(sites[:, None] - places[None]).T).T
    near = distance < np.maximum(_RADIUS, distance.min(axis=0))
    near[distance.argmin(axis=0), np.arange(_ITEMS)] = True
    covers = sp.csr_array(near)
    weights = rng.integers(1, 30, _ITEMS).astype(np.float64)
    params = SolveParams(time_limit_s=seconds)
    plain = CoverageProblem(weights, covers, max_open=4)
    # the first two decide whether the engine does without its loops (`opening`)
    transpose(covers.indptr.astype(np.int64), covers.indices, _ITEMS)
    search_and_bound(reduce_coverage(plain).task, params=params, clock=Clock(params))
    last = solve(plain, params=params)
    # a large city counts its pairs in 64 bits; merged covers have rows of both widths
    for width in (np.int64, np.int32):
        wide = covers.copy()
        wide.indptr, wide.indices = wide.indptr.astype(np.int64), wide.indices.astype(width)
        solve(replace(plain, covers=wide), params=params)
    # a next question begins with the last answer
    solve(replace(plain, max_open=3), params=replace(params, start=last))
    limit = Limit(members=np.arange(_OPTIONS) < _OPTIONS // 2, max_open=2)
    limited = CoverageProblem(weights, covers, max_open=4, limits=(limit,))
    solve(limited, params=params)
    solve(replace(plain, site=np.arange(_OPTIONS) // 2), params=params)
    task = reduce_coverage(limited).task
    run = CoverRun(task, seed=0)
    run.bound_round(0.0, 1_000, clock=Clock(params))
    run.set_prices()
    run.search_round(1_000, clock=Clock(params))
    run.fixing()
    nearest_first(task.cover, 0)
    _cut_once()
    solve(SetCoverProblem(covers), params=params)
    if floors:
        floor = Floor(members=np.arange(_ITEMS) % 2 > 0, min_share=0.5)
        _repair_once(CoverageProblem(weights, covers, max_open=4, floors=(floor,)), params)


def _cut_once() -> None:
    """Find the cut of a ring of three half-open sites."""
    covering = np.hstack([np.eye(3) - 1.0, np.eye(3)])
    rows = Cuts(sp.csr_array(covering), np.zeros(3))
    find_cuts(rows, np.repeat([0.5, 1.0], 3), n_options=3, seed=0)


def _repair_once(problem: CoverageProblem, params: SolveParams) -> None:
    task = reduce_coverage(problem).task
    repair = FloorRepair(task, relative_cost=np.ones(task.cover.n_options), seed=0)
    repair.learn(np.empty(0, dtype=np.int64))
    repair.search(1_000, clock=Clock(params))
