"""The linear relaxation of maximal covering with its cuts.

The programme ``min -w y`` over ``y_i <= sum_j a_ij x_j``, the limits and the cuts stays loaded in
HiGHS (`CutProgramme`, which also tells what its dual values prove); zero-half cuts are sought at
its point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from planning.engine.cutting_planes import STEPS_PER_PAIR, CutProgramme, Cuts, Whole
from planning.engine.mclp.milp import cover_programme
from planning.engine.mclp.zero_half_cuts import ROUND_STEPS, find_cuts

if TYPE_CHECKING:
    from planning.engine.clock import TimeLeft
    from planning.engine.mclp.task import CoverTask

# A value nearer than this to 0 or 1 counts as whole.
WHOLE = 1e-6
# Steps of the search for cuts in a second, about: the last round before the end is a short one.
STEPS_PER_S = 60_000_000


class CoverRelaxation(CutProgramme):
    """The relaxation of one task; all values are without what is fixed.

    Options come first, then items. ``value`` is the bound: no plan within ``lower`` and ``upper``
    covers more (-inf: nothing lies within them).
    """

    def __init__(self, task: CoverTask, *, clock: TimeLeft) -> None:
        model = cover_programme(task)
        self.n_options = task.cover.n_options
        m = task.cover.n_items
        self._covering = Cuts(sp.csr_array(model.matrix[:m]), model.row_upper[:m])
        super().__init__(model, clock=clock)
        self.steps += STEPS_PER_PAIR * len(task.cover.option_item)

    @property
    def value(self) -> float:
        """What no plan passes."""
        return -self.least

    @property
    def is_whole(self) -> bool:
        """Whether the point opens every option or leaves it."""
        opened = self.point[: self.n_options]
        return bool((np.minimum(opened, 1.0 - opened) < WHOLE).all())

    def find_cuts(self, *, seed: int) -> Cuts:
        """Find cuts that the point violates."""
        steps = min(ROUND_STEPS, int(self._clock.left_s * STEPS_PER_S))
        rows = self._covering.joined(self.cuts)
        violated = find_cuts(rows, self.point, n_options=self.n_options, seed=seed, steps=steps)
        self.steps += violated.steps // 3
        return violated.cuts

    def fixed_at(self, target: float) -> tuple[Whole, Whole]:
        """Return the bounds that every plan of ``target`` or more keeps, by reduced costs."""
        return self.fixed_by_cost(-target)
