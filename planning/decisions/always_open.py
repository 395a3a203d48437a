"""Options that are always open beside those of a decision problem; its limits count none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from planning.engine.checks import known

if TYPE_CHECKING:
    from planning.engine.problems import CoverageProblem


def with_always_open(problem: CoverageProblem, covers: sp.csr_array) -> CoverageProblem:
    """Return a problem with more options behind its own, all required, each at a place of its own.

    ``covers`` bool CSR [n_more, n_demand] is what they cover.
    """
    n_more = covers.shape[0]
    more, none = np.ones(n_more, dtype=np.bool_), np.zeros(n_more)
    site = np.arange(problem.n_options) if problem.site is None else np.asarray(problem.site)
    return replace(
        problem,
        covers=sp.csr_array(sp.vstack([problem.covers, covers])),
        costs=None if problem.costs is None else np.r_[problem.costs, none],
        site=np.r_[site, site.min(initial=0) - 1 - np.arange(n_more)],
        required=np.r_[known(problem.required), more],
        forbidden=np.r_[known(problem.forbidden), ~more],
        limits=tuple(
            replace(
                limit,
                members=np.r_[limit.members, ~more],
                costs=None if limit.costs is None else np.r_[limit.costs, none],
            )
            for limit in problem.limits
        ),
    )
