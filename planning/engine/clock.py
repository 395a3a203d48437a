"""The time of one run: what is left, what was reported, and whether the caller wants to stop.

Making machine code of the engine's loops, which happens once on a machine, is not counted: a first
plan has the time that its caller gave it.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from geo.compiled import seconds_compiling
from planning.engine.params import Progress, SolveParams

if TYPE_CHECKING:
    from collections.abc import Callable

Ints = npt.NDArray[np.int64]

# News are told at least so often while there are any: ten times a second, with some to spare.
NEWS_S = 0.05
# A part of a run that is over has so much time, for none would be a fault of its caller.
MIN_S = 1e-9


class TimeLeft(Protocol):
    """Who tells how long a step may go on."""

    @property
    def left_s(self) -> float:
        """Seconds left, 0 when there are none."""


class Clock:
    """Counts from its birth; `report` and `tick` ask the caller's ``on_progress``.

    ``now`` tells the time in seconds. A value of 1 that is reported is one of ``unit`` to the
    caller. ``plan`` returns the best plan so far in the numbering of a task, which ``numbering``
    turns into that of the caller's problem; None where nobody keeps one.
    """

    def __init__(
        self,
        params: SolveParams,
        *,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._now = now
        self._start, self._compiled = now(), seconds_compiling()
        self.unit = 1.0
        self.plan: Callable[[], Ints] | None = None
        self.numbering: Callable[[Ints], Ints] | None = None
        self._params = params
        self._told: tuple[float, float] | None = None
        self._told_at = -math.inf
        self.stopped = False

    @property
    def gap(self) -> float:
        """The gap that the caller asked for."""
        return self._params.gap

    @property
    def seconds(self) -> float:
        """Seconds since birth."""
        return self._now() - self._start

    @property
    def compiling_s(self) -> float:
        """Seconds since birth in which machine code was made."""
        return seconds_compiling() - self._compiled

    @property
    def left_s(self) -> float:
        """Seconds until the time limit, 0 when it has passed or the caller has stopped the run."""
        counted = self.seconds - self.compiling_s
        return 0.0 if self.stopped else max(self._params.time_limit_s - counted, 0.0)

    def is_over(self) -> bool:
        """Whether no time is left."""
        return self.left_s <= 0.0

    def part(self, params: SolveParams) -> Clock:
        """Return a clock of the same time for a part of the run, which tells ``params``' caller."""
        return Clock(replace(params, time_limit_s=max(self.left_s, MIN_S)), now=self._now)

    def report(self, incumbent: float, bound: float) -> bool:
        """Tell the caller; True when the run must end, by the caller's wish or out of time."""
        if self._params.on_progress is not None and not self.stopped:
            self._told, self._told_at = (incumbent, bound), self._now()
            known = [
                figure * self.unit if math.isfinite(figure) else math.nan
                for figure in (incumbent, bound)
            ]
            plan = None if self.plan is None or self.numbering is None else self._plan
            news = Progress(incumbent=known[0], bound=known[1], seconds=self.seconds, plan=plan)
            self.stopped = bool(self._params.on_progress(news))
        return self.left_s <= 0.0

    def _plan(self) -> Ints:
        if self.plan is None or self.numbering is None:
            return np.empty(0, np.int64)
        return self.numbering(self.plan())

    def tick(self, incumbent: float, bound: float) -> bool:
        """Tell the caller what is news, every `NEWS_S`; True when the run must end.

        For loops that look at the clock often: called more often, or with nothing new, it asks
        nobody.
        """
        if self._told != (incumbent, bound) and self._now() - self._told_at >= NEWS_S:
            return self.report(incumbent, bound)
        return self.left_s <= 0.0
