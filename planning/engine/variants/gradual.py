r"""Gradual cover of a whole city as a p-median: no level needs a row of its own.

An item counts as its best open option covers it, :math:`w_i \max_j a_{ij} x_j`. What is not covered
is a way of the length :math:`1 - a_{ij}`, and of 1 where nothing covers it:

.. math::
   \sum_i w_i \max_{j\ \text{open}} a_{ij}
   = \sum_i w_i - \sum_i w_i \min\Bigl(1, \min_{j\ \text{open}} (1 - a_{ij})\Bigr)

so that with only a number p of options to open, what is covered most is the p-median with penalty 1
(Church and ReVelle 1976 show the same for cover of 0 and 1). Both relaxations have one bound, but
the p-median counts a pair of option and item once, where levels (`planning.engine.mclp.gradual`)
count it once for every lower value of the item. Few pairs are left to the levels, whose programme
comes to its end.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from planning.engine.checks import known
from planning.engine.mclp.gradual import is_gradual, level_pairs
from planning.engine.p_median.p_median import solve_p_median
from planning.engine.params import relative_gap
from planning.engine.problems import CoverageProblem, PMedianProblem

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.params import Progress, SolveParams
    from planning.engine.proven import Draft

# Pairs of level and option up to which levels are solved.
MAX_LEVEL_PAIRS = 100_000


def is_large_gradual(problem: CoverageProblem) -> bool:
    """Whether a problem is one of gradual cover and a number alone, too large for levels."""
    asks_more = (
        problem.budget is not None
        or problem.limits
        or problem.floors
        or problem.site is not None
        or not problem.max_open
    )
    if asks_more or not is_gradual(problem):
        return False
    return level_pairs(problem) > MAX_LEVEL_PAIRS


def solve_gradual_covering(problem: CoverageProblem, *, params: SolveParams, clock: Clock) -> Draft:
    """Solve a problem of `is_large_gradual`; see the module for the mathematics."""
    covers = sp.csr_array(problem.covers.astype(np.float64))
    covers.eliminate_zeros()
    way = sp.csr_array((1.0 - covers.data, covers.indices, covers.indptr), shape=covers.shape)
    median = PMedianProblem(
        way,
        problem.weights,
        int(problem.max_open or 0),
        penalty_s=1.0,
        required=known(problem.required),
        forbidden=known(problem.forbidden),
    )
    whole = float(problem.weights.sum())

    def report(news: Progress) -> bool:
        value, bound = whole - news.incumbent, whole - news.bound
        # a gap is asked of what is covered, which the median's own cost knows nothing of
        return clock.report(value, bound) or relative_gap(value, bound) <= params.gap

    inner = replace(params, gap=0.0, on_progress=report)
    draft = solve_p_median(median, params=inner, clock=clock.part(inner))
    return replace(draft, bound=draft.bound.times(-1.0).plus(whole))
