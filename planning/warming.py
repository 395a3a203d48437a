"""Compile the engine's hot loops before they are needed, so that the first answer is quick too."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from planning.params import SolveParams
from planning.problems import CoverageProblem, Limit, SetCoverProblem
from planning.solver import solve


def warm_up(*, seconds: float = 120.0) -> None:
    """Solve tiny covering problems: compiles what is not in numba's cache yet, loads what is.

    Takes some seconds on a fresh installation and milliseconds after that.
    """
    rng = np.random.default_rng(0)
    near = rng.random((40, 400)) < 0.1  # noqa: PLR2004 - any density
    covers = sp.csr_array(near)
    weights = rng.integers(1, 30, 400).astype(np.float64)
    params = SolveParams(time_limit_s=seconds)
    solve(CoverageProblem(weights, covers, max_open=6), params=params)
    limit = Limit(members=np.arange(40) < 20, max_open=2)  # noqa: PLR2004 - half of them
    solve(CoverageProblem(weights, covers, max_open=6, limits=(limit,)), params=params)
    solve(SetCoverProblem(covers), params=params)
