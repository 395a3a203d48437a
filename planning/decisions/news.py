"""What is known of an answer while it is sought, told in the measure of the question's goal.

The engine tells what it knows of the problem at hand. A goal may take several problems, with other
rows and in another measure: what they tell is put into the goal's own figures here, and where that
cannot be, what was known before is told again, so that whoever listens can still stop the run.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planning.engine.params import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.params import SolveParams

Ints = npt.NDArray[np.int64]


class News:
    """Tells ``on_progress`` of ``params``, whose `Progress` is then in the goal's measure.

    The best value and the bound only ever get better; with ``least`` a lower value is better.
    ``seconds`` count from the birth of this. Once the caller has stopped the run, every further
    step of it is stopped as well.
    """

    def __init__(self, params: SolveParams, *, least: bool = False) -> None:
        self._tell = params.on_progress
        self._start = time.perf_counter()
        self._better, self._nearer = (min, max) if least else (max, min)
        self._best = Progress(math.nan, math.nan, 0.0)
        self._is_stopped = False

    def heard(
        self,
        params: SolveParams,
        put: Callable[[Progress], tuple[float, float]] | None = None,
    ) -> SolveParams:
        """Return ``params`` of a step whose news are put into (value, bound) by ``put``.

        None: the step's own figures say nothing of the goal's.
        """
        if self._tell is None:
            return params

        def listen(news: Progress) -> bool:
            if put is not None:
                self._learn(*put(news), plan=news.plan)
            return self._told()

        return replace(params, on_progress=listen)

    def learn(self, value: float, bound: float) -> None:
        """Take what a step has proved, and tell it; what is not finite is not known."""
        if self._tell is not None:
            known = [figure if math.isfinite(figure) else math.nan for figure in (value, bound)]
            self._learn(known[0], known[1], plan=None)
            self._told()

    def _learn(self, value: float, bound: float, *, plan: Callable[[], Ints] | None) -> None:
        best = self._best
        is_better = not math.isnan(value) and (
            math.isnan(best.incumbent) or self._better(value, best.incumbent) == value
        )
        if is_better:
            best = replace(best, incumbent=value, plan=plan)
        if not math.isnan(bound):
            known = bound if math.isnan(best.bound) else self._nearer(bound, best.bound)
            best = replace(best, bound=known)
        self._best = best

    def _told(self) -> bool:
        if self._tell is not None and not self._is_stopped:
            now = replace(self._best, seconds=time.perf_counter() - self._start)
            self._is_stopped = bool(self._tell(now))
        return self._is_stopped
