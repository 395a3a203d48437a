"""The time of one run: what is left, what was reported, and whether the caller wants to stop.

Making machine code of the engine's loops, which happens once on a machine, is not counted: a first
plan has the time that its caller gave it.
"""

from __future__ import annotations

import math
import time

from geo.compiled import seconds_compiling
from planning.engine.params import Progress, SolveParams


class Clock:
    """Counts from its birth; `report` asks the caller's ``on_progress``.

    A value of 1 that is reported is one of ``unit`` to the caller.
    """

    def __init__(self, params: SolveParams, *, unit: float = 1.0) -> None:
        self._start, self._compiled = time.perf_counter(), seconds_compiling()
        self._unit = unit
        self._params = params
        self.stopped = False

    @property
    def gap(self) -> float:
        """The gap that the caller asked for."""
        return self._params.gap

    @property
    def seconds(self) -> float:
        """Seconds since birth."""
        return time.perf_counter() - self._start

    @property
    def left_s(self) -> float:
        """Seconds until the time limit, 0 when it has passed or the caller has stopped the run."""
        counted = self.seconds - (seconds_compiling() - self._compiled)
        return 0.0 if self.stopped else max(self._params.time_limit_s - counted, 0.0)

    def report(self, incumbent: float, bound: float) -> bool:
        """Tell the caller; True when the run must end, by the caller's wish or out of time."""
        if self._params.on_progress is not None and not self.stopped:
            known = [
                figure * self._unit if math.isfinite(figure) else math.nan
                for figure in (incumbent, bound)
            ]
            news = Progress(incumbent=known[0], bound=known[1], seconds=self.seconds)
            self.stopped = bool(self._params.on_progress(news))
        return self.left_s <= 0.0
