"""What a choice of options is worth, counted from the problem's own data in the caller's units.

Nothing that a solution was found with is used: these figures judge what a search or a solver says.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.mip import GOOD_POWER, MipModel, power_of_two, solve_mip
from planning.engine.problems import CoverageProblem, PMedianProblem, SetCoverProblem
from planning.engine.variant_problems import (
    BackupProblem,
    CapacitatedProblem,
    MaxMinProblem,
    Problem,
)


def value_of(  # noqa: PLR0911 - one line a problem
    problem: Problem, chosen: npt.NDArray[np.int64]
) -> float:
    """Return what a choice of options is worth, from the problem's own data."""
    if isinstance(problem, CoverageProblem):
        return covered_weight(problem, chosen)
    if isinstance(problem, BackupProblem):
        return backup_value(problem, chosen)
    if isinstance(problem, CapacitatedProblem):
        return served_weight(problem, chosen)
    if isinstance(problem, MaxMinProblem):
        return least_share(problem, chosen)
    if isinstance(problem, SetCoverProblem):
        return float(np.asarray(problem.costs)[chosen].sum())
    if isinstance(problem, PMedianProblem):
        return median_cost(problem, chosen)
    rows = sp.coo_array(problem.seconds[chosen])
    nearest = np.full(problem.seconds.shape[1], np.inf)
    np.minimum.at(nearest, rows.col, rows.data)
    return float(nearest.max())


def limit_of(problem: Problem) -> tuple[float, int]:
    """Return what no plan can pass, whatever it opens, and its side: 1 when maximising, else -1."""
    if isinstance(problem, CoverageProblem):
        return float(problem.weights.sum()), 1
    if isinstance(problem, CapacitatedProblem):
        return float((problem.weights * problem.counts).sum()), 1
    if isinstance(problem, BackupProblem):
        return float(problem.weights.sum() + problem.second_weights.sum()), 1
    return (1.0, 1) if isinstance(problem, MaxMinProblem) else (0.0, -1)


def least_gain(problem: Problem) -> float:
    """Return a value above 0 that every plan has that is worth anything; 0 when minimising."""
    if isinstance(problem, CoverageProblem):
        parts = np.asarray(problem.covers.data, dtype=np.float64)
        return _least(problem.weights) * _least(parts)
    if isinstance(problem, BackupProblem):
        return min(_least(problem.weights), _least(problem.second_weights))
    if isinstance(problem, CapacitatedProblem):
        return min(_least(problem.weights), _least(problem.capacity)) * _least(problem.counts)
    if isinstance(problem, MaxMinProblem):
        return _least(problem.weights) / float(problem.weights.sum())
    return 0.0


def covered_weight(problem: CoverageProblem, chosen: npt.ArrayLike) -> float:
    """Return the objective of a choice of options, from the problem's own data."""
    rows = problem.covers[np.asarray(chosen, dtype=np.int64)]
    if rows.shape[0] == 0 or rows.nnz == 0:
        return 0.0
    best = np.zeros(problem.n_demand)
    np.maximum.at(best, rows.indices, rows.data.astype(np.float64))
    return float(best @ problem.weights)


def backup_value(problem: BackupProblem, chosen: npt.ArrayLike) -> float:
    """Return the objective of a choice of options, from the problem's own data."""
    rows = sp.csr_array(problem.covers[np.asarray(chosen, dtype=np.int64)])
    count = np.bincount(rows.indices[rows.data != 0], minlength=len(problem.weights))
    return float(problem.weights[count >= 1].sum() + problem.second_weights[count >= 2].sum())  # noqa: PLR2004 - a second one


def served_weight(problem: CapacitatedProblem, chosen: npt.ArrayLike) -> float:
    """Return what the chosen options can serve at most, as it counts: a linear programme."""
    options = np.asarray(chosen, dtype=np.int64)
    near = sp.csr_array(problem.covers[options])
    near.eliminate_zeros()
    unit = power_of_two(float(problem.weights.sum()), to=GOOD_POWER)
    if not near.nnz or not problem.weights.any():
        return 0.0
    # items of a period and a worth that the same options cover are one
    periods, counts = problem.in_period, problem.counts
    sorts, sort = np.unique(np.c_[periods, counts], axis=0, return_inverse=True)
    weight_of = _by_cover_set(near, problem.weights, sort.ravel())
    option = np.concatenate([np.frombuffer(key, dtype=np.int64) for key, _ in weight_of])
    item = np.repeat(np.arange(len(weight_of)), [len(key) // 8 for key, _ in weight_of])
    own = sorts[[sort for _, sort in weight_of]]
    n_pairs, m, n_periods = len(item), len(weight_of), problem.n_periods
    room = option * n_periods + own[item, 0].astype(np.int64)
    weights = np.array(list(weight_of.values())) * unit
    capacity = np.minimum(problem.rooms[options].ravel(), problem.weights.sum()) * unit
    rows, pair = np.r_[item, m + room], np.tile(np.arange(n_pairs), 2)
    answer = solve_mip(
        MipModel(
            cost=-own[item, 1],
            lower=np.zeros(n_pairs),
            upper=np.minimum(weights[item], capacity[room]),
            integer=np.zeros(n_pairs, dtype=np.bool_),
            matrix=sp.csr_array(
                (np.ones(2 * n_pairs), (rows, pair)), shape=(m + len(capacity), n_pairs)
            ),
            row_lower=np.full(m + len(capacity), -np.inf),
            row_upper=np.r_[weights, capacity],
        ),
        time_limit_s=np.inf,
    )
    return max(-answer.objective, 0.0) / unit


def _by_cover_set(
    covers: sp.csr_array, weights: npt.NDArray[np.float64], sort: npt.NDArray[np.int64]
) -> dict[tuple[bytes, int], float]:
    """Add up the weights of items of one sort that exactly the same options cover.

    The keys are these options, int64 as bytes, and the sort.
    """
    by_item = sp.csr_array(covers.T)
    by_item.sort_indices()
    option, offset = by_item.indices.astype(np.int64), by_item.indptr.tolist()
    weight_of: dict[tuple[bytes, int], float] = {}
    for item, (weight, own) in enumerate(zip(weights.tolist(), sort.tolist(), strict=True)):
        if offset[item] == offset[item + 1]:
            # what no option covers is served by none
            continue
        key = option[offset[item] : offset[item + 1]].tobytes(), own
        weight_of[key] = weight_of.get(key, 0.0) + weight
    return weight_of


def least_share(problem: MaxMinProblem, chosen: npt.ArrayLike) -> float:
    """Return the objective of a choice of options, from the problem's own data."""
    rows = sp.csr_array(problem.covers[np.asarray(chosen, dtype=np.int64)])
    covered = np.zeros(len(problem.weights), dtype=np.bool_)
    covered[rows.indices[rows.data != 0]] = True
    classes = problem.classes.astype(np.float64)
    return float(((classes @ (problem.weights * covered)) / (classes @ problem.weights)).min())


def median_cost(problem: PMedianProblem, chosen: npt.ArrayLike) -> float:
    """Return the weighted travel of a choice of sites, from the problem's own data.

    It is inf when an item is not reached and there is no penalty.
    """
    penalty = np.inf if problem.penalty_s is None else problem.penalty_s
    nearest = np.full(len(problem.weights), penalty)
    rows = problem.seconds[np.asarray(chosen, dtype=np.int64)]
    np.minimum.at(nearest, rows.indices, rows.data)
    if np.isinf(nearest).any():
        return float(np.inf)
    return float(nearest @ problem.weights)


def _least(values: npt.NDArray[np.float64]) -> float:
    """Return the least value above 0; infinite where there is none."""
    return float(values[values > 0.0].min(initial=np.inf))
