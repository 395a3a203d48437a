"""The time of one run: what is left, what was reported, and whether the caller wants to stop."""

from __future__ import annotations

import time

from planning.params import Progress, SolveParams


class Clock:
    """Counts from its birth; `report` asks the caller's ``on_progress``."""

    def __init__(self, params: SolveParams) -> None:
        self._start = time.perf_counter()
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
        return 0.0 if self.stopped else max(self._params.time_limit_s - self.seconds, 0.0)

    def report(self, incumbent: float, bound: float) -> bool:
        """Tell the caller; True when the run must end, by the caller's wish or out of time."""
        if self._params.on_progress is not None and not self.stopped:
            news = Progress(incumbent=incumbent, bound=bound, seconds=self.seconds)
            self.stopped = bool(self._params.on_progress(news))
        return self.left_s <= 0.0
