r"""Stations that stand: what closing one would lose, and which could close without a loss.

Closing station s loses ``sum_i w_i [n_i = 1, s covers i]``, with ``n_i`` how many stations (and
other places that stay) cover item i. One that loses nothing is redundant, but two that cover for
each other are not redundant together. The most that can close at once leave the fewest that still
cover what all do, less what may be lost:

.. math::
   \min \sum_s x_s \quad\text{with}\quad \sum_i w_i y_i \ge W - L, \quad
   y_i \le \sum_s a_{si} x_s, \quad x_s \in \{0, 1\},\ 0 \le y_i \le 1

over the items i that no other place covers, with ``W`` their covered weight and ``L`` the loss that
is allowed: set covering (Toregas et al. 1971), partial where L is above 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.messages import say
from planning.engine import checks
from planning.engine.problems import SetCoverProblem
from planning.engine.proven import whole_above
from planning.engine.solver import solve

if TYPE_CHECKING:
    from planning.engine.params import SolveParams

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Redundancy:
    """What the stations lose one by one, and the most that can close at once.

    Parameters
    ----------
    lost
        float64[n_stations], the weight that closing this one alone would lose.
    redundant
        int64, those that lose nothing: each by itself, not all together.
    together
        int64, a largest set found that can close at once.
    together_lost
        the weight that it loses, within what may be lost.
    at_most
        the proved limit: no set of more stations can close at once within that.
    """

    lost: Floats
    redundant: Ints
    together: Ints
    together_lost: float
    at_most: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "lost": self.lost.tolist(),
            "redundant": self.redundant.tolist(),
            "together": self.together.tolist(),
            "together_lost": self.together_lost,
            "at_most": self.at_most,
        }


def find_redundant(
    covers: sp.csr_array | npt.ArrayLike,
    weights: npt.ArrayLike,
    *,
    covered_else: npt.ArrayLike | None = None,
    staying: npt.ArrayLike | None = None,
    may_lose: float = 0.0,
    params: SolveParams | None = None,
) -> Redundancy:
    """Count what closing each station would lose, and find the most that can close at once.

    Parameters
    ----------
    covers
        CSR or dense [n_stations, n_demand]: what each station covers, 0 and 1.
    weights
        float64[n_demand], workers.
    covered_else
        bool[n_demand], what other places cover that stay whatever is closed; None: nothing.
    staying
        bool[n_stations], those that may not close; None: all may.
    may_lose
        the weight that closing several may lose.
    params
        when to stop; None: the defaults of `SolveParams`.

    Returns
    -------
    Redundancy
        stations by their row.

    Raises
    ------
    ProblemError
        For arrays of the wrong shape or covers other than 0 and 1.

    Examples
    --------
    The middle one of three lies within reach of the outer two; those lie apart:

    >>> from planning.decisions import find_redundant
    >>> found = find_redundant([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], [5.0, 2.0, 3.0, 4.0])
    >>> found.lost.tolist(), found.redundant.tolist(), found.together.tolist(), found.at_most
    ([5.0, 0.0, 4.0], [1], [1], 1)
    """
    worth = checks.float_vector(weights, name="weights", unit=say("workers"))
    matrix = checks.cover_matrix(covers, n_demand=len(worth))
    if ((matrix.data != 0) & (matrix.data != 1)).any():
        raise ProblemError(say("closing stations takes covers of 0 and 1 only"))
    matrix = sp.csr_array(matrix.astype(np.float64))
    matrix.eliminate_zeros()
    else_covered = checks.mask(covered_else, name="covered_else", length=len(worth))
    fixed = checks.mask(staying, name="staying", length=matrix.shape[0])
    checks.amount(may_lose, name="may_lose")
    times = np.bincount(matrix.indices, minlength=len(worth)) + else_covered
    lost = np.asarray(matrix @ np.where(times == 1, worth, 0.0), dtype=np.float64)
    kept, fewest = _fewest(matrix, worth, else_covered, fixed, may_lose=may_lose, params=params)
    n_stations = matrix.shape[0]
    together = np.setdiff1d(np.arange(n_stations), kept)
    left = np.zeros(len(worth), dtype=np.bool_)
    left[matrix[kept].indices] = True
    gone = (times > 0) & ~left & ~else_covered
    return Redundancy(
        lost=lost,
        redundant=np.flatnonzero((lost == 0.0) & ~fixed),
        together=together,
        together_lost=float(worth[gone].sum()),
        at_most=max(n_stations - int(whole_above(fewest)), len(together)),
    )


def _fewest(
    matrix: sp.csr_array,
    worth: Floats,
    else_covered: Mask,
    fixed: Mask,
    *,
    may_lose: float,
    params: SolveParams | None,
) -> tuple[Ints, float]:
    """Return the fewest stations that cover all but ``may_lose`` of what all do, and a bound."""
    held = np.zeros(len(worth), dtype=np.bool_)
    held[matrix.indices] = True
    counted = np.flatnonzero(held & ~else_covered & (worth > 0.0))
    whole = float(worth[counted].sum())
    if not len(counted) or may_lose >= whole:
        return np.flatnonzero(fixed), float(fixed.sum())
    question = SetCoverProblem(
        covers=sp.csr_array(matrix[:, counted]),
        weights=worth[counted],
        share=1.0 - may_lose / whole,
        required=fixed,
    )
    plan = solve(question, params=params)
    if not np.isfinite(plan.objective):
        return np.arange(matrix.shape[0]), plan.bound  # in no time nothing is closed
    return plan.chosen, plan.bound
