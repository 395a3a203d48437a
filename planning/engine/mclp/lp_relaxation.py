r"""The linear relaxation of maximal covering with cuts, and what its dual values prove.

The programme ``min -w y`` over ``y_i <= sum_j a_ij x_j``, the limits and the cuts stays loaded in
HiGHS: cuts come and go, bounds of options and items are tightened, and the dual simplex goes on
from where it was. What is proved never rests on HiGHS' own objective: any dual values r of the
right sign give

.. math::
   \min_x c^T x \ge \sum_k r_k b_k + \sum_j \min(d_j l_j, d_j u_j), \qquad d = c - A^T r

which is computed here, and the reduced costs d tell what every better plan opens or leaves.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import highspy
import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.mclp.milp import cover_programme
from planning.engine.mclp.zero_half_cuts import ROUND_STEPS, Cuts, find_cuts, no_cuts
from planning.engine.mip import loaded

if TYPE_CHECKING:
    from planning.engine.clock import TimeLeft
    from planning.engine.mclp.task import CoverTask

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int8]

# What the sums of a bound may lose in double precision, as a part of the sum of their terms.
ROUNDING = 1e-12
# A value nearer than this to 0 or 1 counts as whole.
WHOLE = 1e-6
# A cut is loose when it is this far from binding.
LOOSE = 1e-6
# Elementary steps of one simplex iteration for each row and column, about.
STEPS_PER_LINE = 4
# Steps of the search for cuts in a second, about: the last round before the end is a short one.
STEPS_PER_S = 60_000_000
# Elementary steps of the interior point at the root, for each pair of option and item.
STEPS_PER_PAIR = 800


class CoverRelaxation:
    """The relaxation of one task; all values are without what is fixed.

    ``point`` float64[n_options + n_items] is the solution now, ``value`` the bound that its dual
    values prove within ``lower`` and ``upper`` (-inf: nothing lies within them), ``cuts`` what
    stands. ``solved`` tells whether the last run came to its end; ``steps`` is the work so far.
    """

    def __init__(self, task: CoverTask, *, clock: TimeLeft) -> None:
        model = cover_programme(task)
        self.n_options = task.cover.n_options
        self._model, self._clock = model, clock
        self._covering = sp.csr_array(model.matrix[: task.cover.n_items])
        self.lower, self.upper = model.lower.astype(np.int8), model.upper.astype(np.int8)
        self.cuts = no_cuts(len(model.cost))
        self.steps = STEPS_PER_PAIR * len(task.cover.option_item)
        self._highs = loaded(replace(model, integer=np.zeros_like(model.integer)))
        self._highs.setOptionValue("threads", 1)
        self._highs.setOptionValue("solver", "ipm")
        self.run()
        self._highs.setOptionValue("solver", "simplex")

    @property
    def is_free(self) -> Bools:
        """Which options and items are not fixed."""
        return np.asarray(self.lower < self.upper)

    @property
    def is_whole(self) -> bool:
        """Whether the point opens every option or leaves it."""
        opened = self.point[: self.n_options]
        return bool((np.minimum(opened, 1.0 - opened) < WHOLE).all())

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
        dual = np.array(solution.row_dual)
        self.value, self._cost = self._proven(dual, self._model.cost)
        if highs.getModelStatus() == known.kInfeasible:
            # an infeasibility that its ray does not prove is looked at like any other end
            self.solved = True
            if self._is_empty():
                self.value = -np.inf

    def _is_empty(self) -> bool:
        """Whether HiGHS' ray proves that nothing lies within the bounds (Farkas 1902).

        Prices by which even an objective of nothing costs something are such a proof.
        """
        _, has_ray, ray = self._highs.getDualRay()
        if not has_ray:
            return False
        nothing = np.zeros_like(self._model.cost)
        rays = (np.array(ray), -np.array(ray))
        return any(self._proven(each, nothing)[0] < 0.0 for each in rays)

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
        return float(loss - terms.sum()), cost

    def find_cuts(self, *, seed: int) -> Cuts:
        """Find cuts that the point violates."""
        steps = min(ROUND_STEPS, int(self._clock.left_s * STEPS_PER_S))
        violated = find_cuts(self._covering, self.point, self.cuts, seed=seed, steps=steps)
        self.steps += violated.steps // 3
        return violated.cuts

    def add(self, cuts: Cuts) -> None:
        """Add cuts, solve, and drop what does not bind."""
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
        if self.solved:
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
        """Set the bounds of all options and items: int8[n_options + n_items] each."""
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
        """Return the bounds that every plan of ``target`` or more keeps, by reduced costs."""
        forced = self.is_free & (self.value - np.abs(self._cost) < target)
        lower = np.where(forced & (self._cost < 0.0), np.int8(1), self.lower)
        upper = np.where(forced & (self._cost > 0.0), np.int8(0), self.upper)
        return lower, upper
