"""Search among the options that the relaxation has opened at some time.

They are a tenth to a half of all, and the best plans are mostly made of them: an annealing over
them alone is far shorter than one over all options (the idea is that of relaxation enforced
neighbourhoods, Berthold 2014).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planning.engine.mclp.search_and_bound import CoverRun, Fixing, restricted_task

if TYPE_CHECKING:
    from threading import Event

    from planning.engine.clock import Clock
    from planning.engine.mclp.task import CoverTask

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# The search begins anew when there are so many times as many options as when it began.
GROWN = 1.1


class NarrowSearch:
    """A search over some options of a task, which goes on from call to call.

    ``work`` are the steps that went before it.
    """

    def __init__(self, task: CoverTask, *, seed: int, work: int) -> None:
        self._task, self._seed, self._work = task, seed, work
        self._n_begun = 0
        self._options: Ints = np.empty(0, dtype=np.int64)
        self._run: CoverRun | None = None

    def search(
        self, within: Bools, best: Ints, steps: int, *, clock: Clock, stop: Event
    ) -> tuple[Ints, float]:
        """Search over ``steps`` among the options ``within`` and those of the ``best`` plan.

        Returns the best plan so far and its weight, without what is fixed.
        """
        if self._run is None or within.sum() > GROWN * self._n_begun:
            self._run = self._begin(within, best, clock=clock)
        self._run.search_more(steps, clock=clock, stop=stop)
        value = self._run.value - self._task.fixed_value
        return self._options[np.flatnonzero(self._run.best_open)], value

    def _begin(self, within: Bools, best: Ints, *, clock: Clock) -> CoverRun:
        self._n_begun = int(within.sum())
        kept = within.copy()
        kept[best] = True
        narrow, self._options = restricted_task(
            self._task, Fixing(open_for_good=np.zeros_like(kept), closed_for_good=~kept)
        )
        return CoverRun(
            narrow,
            seed=self._seed,
            start=np.flatnonzero(np.isin(self._options, best)),
            clock=clock,
            work=self._work if self._run is None else self._run.work,
        )
