r"""Gradual (decaying) coverage as maximal covering of levels.

An item counts as its best open option covers it: ``w_i * max_j a_ij x_j`` with ``a_ij`` in [0, 1]
(Berman, Krass and Drezner 2003). With the distinct values ``0 = v_0 < v_1 < ... < v_K`` of item i,

.. math::
   w_i \max_{j\ \text{open}} a_{ij} = \sum_{k=1}^{K} w_i (v_k - v_{k-1})
   \, [\text{an open } j \text{ has } a_{ij} \ge v_k]

so every level is an item of its own that the options with at least this value cover: an exact
maximal covering problem. Its size is the sum over items of the number of pairs (level, option).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.messages import say

if TYPE_CHECKING:
    from planning.engine.problems import CoverageProblem

# Beyond this many pairs of level and option memory would be the limit: round the values first.
MAX_PAIRS = 400_000_000


def is_gradual(problem: CoverageProblem) -> bool:
    """Whether an option covers some item in part."""
    data = problem.covers.data
    if not np.issubdtype(data.dtype, np.floating):
        return False
    return bool(((data != 0) & (data != 1)).any())


def level_pairs(problem: CoverageProblem) -> int:
    """Return how many pairs of level and option there are at most."""
    degree = np.bincount(problem.covers.indices, minlength=problem.n_demand)
    return int((degree.astype(np.int64) ** 2).sum()) // 2


def expand_levels(problem: CoverageProblem) -> CoverageProblem:
    """Return the problem with an item for every level; unchanged when it is not gradual.

    What no option can cover of an item stays as a level that nothing covers, so that all weights
    still add up; each level belongs to the floors of its item.

    Raises
    ------
    ProblemError
        When the levels would need more than `MAX_PAIRS` pairs.
    """
    if not is_gradual(problem):
        return problem
    by_item = sp.csr_array(problem.covers.astype(np.float64).T)
    by_item.eliminate_zeros()
    degree = np.diff(by_item.indptr)
    if level_pairs(problem) > MAX_PAIRS:
        raise ProblemError(
            say("gradual cover has too many levels: round the values to fewer steps")
        )
    item = np.repeat(np.arange(len(degree)), degree)
    order = np.lexsort((-by_item.data, item))
    value, option = by_item.data[order], by_item.indices[order]
    # an entry closes a level when the next one of its item is lower, or is another item's
    last = np.r_[(item[1:] != item[:-1]) | (value[1:] < value[:-1]), True]
    below = np.where(np.r_[item[1:] == item[:-1], False], np.r_[value[1:], 0.0], 0.0)
    ends = np.flatnonzero(last)
    starts = by_item.indptr[item[ends]]
    size = ends - starts + 1
    level = np.repeat(np.arange(len(ends)), size)
    place = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size) + starts[level]
    covers = sp.csr_array(
        (np.ones(len(place), dtype=np.int8), (option[place], level)),
        shape=(problem.n_options, len(ends) + problem.n_demand),
    )
    most = np.zeros(problem.n_demand)
    np.maximum.at(most, item, value)
    owner = np.r_[item[ends], np.arange(problem.n_demand)]
    return replace(
        problem,
        covers=covers,
        weights=problem.weights[owner] * np.r_[value[ends] - below[ends], 1.0 - most],
        floors=tuple(replace(f, members=f.members[owner]) for f in problem.floors),
    )
