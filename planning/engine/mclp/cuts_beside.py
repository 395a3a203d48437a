"""Cuts and branches beside HiGHS where there are floors: what the two prove of one task together.

HiGHS looks for plans that keep the floors and for its own proof. The tree of `branch_and_cut` works
on the same programme, floors included, in a thread of its own: its zero-half cuts hold for every
plan, whatever else the plan must keep. It makes no plans here, for what it rounds may miss a floor.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import numpy as np

from planning.engine.clock import NEWS_S
from planning.engine.mclp.branch_and_cut import CutTree
from planning.engine.params import relative_gap
from planning.engine.proven import whole_below

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.clock import Clock
    from planning.engine.mclp.search_and_bound import CoverAnswer
    from planning.engine.mclp.task import CoverTask
    from planning.engine.params import SolveParams

# With fewer pairs of option and item HiGHS is through before the root is solved twice.
MIN_PAIRS = 20_000
# The steps between two looks at whether all is proved.
PIECE_STEPS = 100_000_000


class CutsBeside:
    """The proof of one run. ``upper`` is what no plan passes, what is fixed included.

    ``value`` is that of a plan which keeps the floors: nothing below it is of interest.
    ``is_through`` tells that the gap which the caller asked for is proved.
    """

    def __init__(self, task: CoverTask, *, value: float, params: SolveParams, clock: Clock) -> None:
        self._clock, self._stop, self._gap = clock, Event(), params.gap
        self._value, self._fixed = value, task.fixed_value
        self._is_whole = task.whole_numbers
        self._tree: CutTree | None = None
        if len(task.cover.option_item) >= MIN_PAIRS and np.isfinite(value):
            known = value - task.fixed_value
            self._tree = CutTree(task, value=known, seed=params.seed, clock=self)
        self.is_through = False

    @property
    def is_used(self) -> bool:
        """Whether the task is large enough for a proof of its own."""
        return self._tree is not None

    @property
    def left_s(self) -> float:
        """Seconds left; none once nobody waits for the proof any more."""
        return 0.0 if self._stop.is_set() else self._clock.left_s

    @property
    def upper(self) -> float:
        """What no plan passes; inf where nothing is proved here."""
        if self._tree is None:
            return np.inf
        upper = self._tree.proven + self._fixed
        return whole_below(upper) if self._is_whole else upper

    def beside(self, solve: Callable[[], CoverAnswer]) -> CoverAnswer:
        """Return what HiGHS answers, with the lower of the two bounds.

        Where it ends before the gap is reached, since the programme is too large for it, the proof
        goes on alone.
        """
        if self._tree is None:
            return solve()
        with ThreadPoolExecutor(max_workers=1) as pool:
            proof = pool.submit(self._grow)
            try:
                answer = solve()
                value = max(self._value, answer.value)
                while relative_gap(value, max(self._least(answer), value)) > self._gap:
                    if not wait((proof,), timeout=NEWS_S).not_done:
                        break
                    self._clock.tick(value, max(self._least(answer), value))
            finally:
                self._stop.set()
            proof.result()
        return replace(answer, bound=self._least(answer))

    def _least(self, answer: CoverAnswer) -> float:
        return min(answer.bound, self.upper)

    def _grow(self) -> None:
        tree = self._tree
        while tree is not None and self.left_s > 0.0 and not self.is_through:
            tree.grow(PIECE_STEPS, gap=self._gap)
            self.is_through = tree.finished(gap=self._gap)
