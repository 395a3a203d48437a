"""Options beside those of a decision problem that its limits do not count."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from geo.messages import say
from planning.engine.checks import known
from planning.engine.problems import Limit

if TYPE_CHECKING:
    import numpy.typing as npt

    from planning.engine.problems import CoverageProblem


def with_always_open(problem: CoverageProblem, covers: sp.csr_array) -> CoverageProblem:
    """Return a problem with more options behind its own, all required, each at a place of its own.

    ``covers`` bool CSR [n_more, n_demand] is what they cover.
    """
    site = np.arange(problem.n_options) if problem.site is None else np.asarray(problem.site)
    alone = site.min(initial=0) - 1 - np.arange(covers.shape[0])
    return _with_more(problem, covers, site=alone, is_open=True)


def with_free_options(problem: CoverageProblem, site: npt.NDArray[np.int64]) -> CoverageProblem:
    """Return a problem with an option more at each of these sites, which costs and covers nothing.

    Its count, if it has one, counts them: see `count_as_limit`.
    """
    nobody = sp.csr_array((len(site), problem.n_demand), dtype=np.bool_)
    return _with_more(problem, nobody, site=site, is_open=False)


def count_as_limit(problem: CoverageProblem) -> CoverageProblem:
    """Return the same problem with its count as a limit of its own: the last option counts not."""
    if problem.max_open is None:
        return problem
    members = np.arange(problem.n_options) != problem.n_options - 1
    most = problem.max_open + int(known(problem.required)[members].sum())
    count = Limit(members=members, max_open=most, name=say("new stations"))
    return replace(problem, max_open=None, limits=(count, *problem.limits))


def _with_more(
    problem: CoverageProblem, covers: sp.csr_array, *, site: npt.NDArray[np.int64], is_open: bool
) -> CoverageProblem:
    more = np.ones(len(site), dtype=np.bool_)
    none = np.zeros(len(site))
    own = np.arange(problem.n_options) if problem.site is None else np.asarray(problem.site)
    return replace(
        problem,
        covers=sp.csr_array(sp.vstack([problem.covers, covers])),
        costs=None if problem.costs is None else np.r_[problem.costs, none],
        site=np.r_[own, site],
        required=np.r_[known(problem.required), more & is_open],
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
