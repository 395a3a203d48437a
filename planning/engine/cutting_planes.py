r"""A linear programme that stays loaded while cuts come and go, and what its dual values prove.

Bounds of columns are tightened, rows are added, loose ones dropped, and the dual simplex goes on
from where it was. What is proved never rests on HiGHS' own objective: any dual values r of the
right sign give

.. math::
   \min_x c^T x \ge \sum_k r_k b_k + \sum_j \min(d_j l_j, d_j u_j), \qquad d = c - A^T r

which is computed here, and the reduced costs d tell what every better plan opens or leaves.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import highspy
import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.mip import loaded

if TYPE_CHECKING:
    from planning.engine.clock import TimeLeft
    from planning.engine.mip import MipModel

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int8]

# What the sums of a bound may lose in double precision, as a part of the sum of their terms.
ROUNDING = 1e-12
# A cut is loose when it is this far from binding.
LOOSE = 1e-6
# Elementary steps of one simplex iteration for each row and column, about.
STEPS_PER_LINE = 4
# Elementary steps of the interior point at the root, for each pair of option and item.
STEPS_PER_PAIR = 800


class Cuts(NamedTuple):
    """Rows ``matrix @ columns <= right``: csr [n_cuts, n_columns]."""

    matrix: sp.csr_array
    right: Floats

    @property
    def n_cuts(self) -> int:
        """Number of cuts."""
        return len(self.right)

    def kept(self, which: npt.NDArray[np.bool_]) -> Cuts:
        """Return some of the cuts."""
        return Cuts(sp.csr_array(self.matrix[np.flatnonzero(which)]), self.right[which])

    def joined(self, other: Cuts) -> Cuts:
        """Return these cuts and then the other ones."""
        return Cuts(
            sp.csr_array(sp.vstack([self.matrix, other.matrix])), np.r_[self.right, other.right]
        )


def no_cuts(n_columns: int) -> Cuts:
    """Return an empty set of cuts over so many columns."""
    return Cuts(sp.csr_array((0, n_columns)), np.empty(0))


class CutProgramme:
    """The relaxation of one model, whose columns lie between 0 and 1, and its cuts.

    ``point`` float64[n_columns] is the solution now, ``dual`` the values of its rows and then of
    its ``cuts``, which stand. ``least`` is the bound that these prove within ``lower`` and
    ``upper`` (inf: nothing lies within them), ``cost`` its reduced costs. ``solved`` tells whether
    the last run came to its end; ``steps`` is the work so far.
    """

    def __init__(self, model: MipModel, *, clock: TimeLeft) -> None:
        self._model, self._clock = model, clock
        self.lower, self.upper = model.lower.astype(np.int8), model.upper.astype(np.int8)
        self.cuts = no_cuts(len(model.cost))
        self.steps = 0
        self._highs = loaded(replace(model, integer=np.zeros_like(model.integer)))
        self._highs.setOptionValue("threads", 1)
        self._highs.setOptionValue("solver", "ipm")
        self.run()
        self._highs.setOptionValue("solver", "simplex")

    @property
    def is_free(self) -> Bools:
        """Which columns are not fixed."""
        return np.asarray(self.lower < self.upper)

    def run(self) -> None:
        """Solve from where the last run ended."""
        highs, known = self._highs, highspy.HighsModelStatus
        # its clock goes on from run to run
        highs.setOptionValue("time_limit", highs.getRunTime() + max(self._clock.left_s, 0.01))
        highs.run()
        ends = (known.kOptimal, known.kInfeasible, known.kTimeLimit, known.kIterationLimit)
        if highs.getModelStatus() not in ends:
            highs.clearSolver()  # a basis gone bad: once more from nothing
            highs.run()
        lines = len(self._model.cost) + len(self._model.row_lower) + self.cuts.n_cuts
        iterations = max(int(highs.getInfo().simplex_iteration_count), 1)
        self.steps += iterations * STEPS_PER_LINE * lines
        self.solved = highs.getModelStatus() == known.kOptimal
        solution = highs.getSolution()
        self.point = np.array(solution.col_value)
        self.dual = np.array(solution.row_dual)
        self.least, self.cost = self._proven(self.dual, self._model.cost)
        if highs.getModelStatus() == known.kInfeasible:
            # an infeasibility that its ray does not prove is looked at like any other end
            self.solved = True
            if self._is_empty():
                self.least = np.inf

    def _is_empty(self) -> bool:
        """Whether HiGHS' ray proves that nothing lies within the bounds (Farkas 1902).

        Prices by which even an objective of nothing costs something are such a proof.
        """
        _, has_ray, ray = self._highs.getDualRay()
        if not has_ray:
            return False
        nothing = np.zeros_like(self._model.cost)
        rays = (np.array(ray), -np.array(ray))
        return any(self._proven(each, nothing)[0] > 0.0 for each in rays)

    def _proven(self, dual: Floats, objective: Floats) -> tuple[float, Floats]:
        """Return what dual values prove of an objective, and the reduced costs."""
        model, cuts = self._model, self.cuts
        row_lower = np.r_[model.row_lower, np.full(cuts.n_cuts, -np.inf)]
        row_upper = np.r_[model.row_upper, cuts.right]
        if len(dual) != len(row_lower):
            dual = np.zeros(len(row_lower))  # a run without duals
        dual = np.where(np.isinf(row_lower), np.minimum(dual, 0.0), dual)
        dual = np.where(np.isinf(row_upper), np.maximum(dual, 0.0), dual)
        side = np.where(dual > 0.0, row_lower, np.where(dual < 0.0, row_upper, 0.0))
        base = len(model.row_lower)
        cost = objective - model.matrix.T @ dual[:base] - cuts.matrix.T @ dual[base:]
        terms = np.r_[dual * side, np.where(cost > 0.0, self.lower, self.upper) * cost]
        loss = ROUNDING * (np.abs(terms).sum() + np.abs(objective).sum())
        return float(terms.sum() - loss), cost

    def add(self, cuts: Cuts, *, drops: bool = True) -> None:
        """Add cuts, solve, and drop what does not bind, unless all are to stay."""
        matrix = cuts.matrix
        self._highs.addRows(
            cuts.n_cuts,
            np.full(cuts.n_cuts, -np.inf),
            cuts.right,
            matrix.nnz,
            matrix.indptr[:-1].astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data,
        )
        self.cuts = self.cuts.joined(cuts)
        self.run()
        if self.solved and drops:
            self._drop_loose()

    def _drop_loose(self) -> None:
        loose = self.cuts.matrix @ self.point < self.cuts.right - LOOSE
        if not loose.any():
            return
        numbers = len(self._model.row_lower) + np.flatnonzero(loose)
        self._highs.deleteRows(len(numbers), numbers.astype(np.int32))
        self.cuts = self.cuts.kept(~loose)
        self.run()

    def fix(self, lower: Whole, upper: Whole) -> None:
        """Set the bounds of all columns: int8[n_columns] each."""
        changed = np.flatnonzero((lower != self.lower) | (upper != self.upper)).astype(np.int32)
        if len(changed):
            ends = lower[changed].astype(np.float64), upper[changed].astype(np.float64)
            self._highs.changeColsBounds(len(changed), changed, *ends)
        self.lower, self.upper = lower.copy(), upper.copy()

    def limit_iterations(self, most: int | None) -> None:
        """Let runs end after so many iterations: their dual values prove a bound all the same."""
        limit = highspy.kHighsIInf if most is None else most
        self._highs.setOptionValue("simplex_iteration_limit", limit)

    def fixed_by_cost(self, target: float) -> tuple[Whole, Whole]:
        """Return the bounds that every plan at ``target`` or less keeps, by reduced costs."""
        forced = self.is_free & (self.least + np.abs(self.cost) > target)
        lower = np.where(forced & (self.cost < 0.0), np.int8(1), self.lower)
        upper = np.where(forced & (self.cost > 0.0), np.int8(0), self.upper)
        return lower, upper
