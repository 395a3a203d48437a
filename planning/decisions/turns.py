"""A time limit parted between several questions."""

from __future__ import annotations

import time
from typing import Final

from planning.engine.params import SolveParams

# Least seconds for one question.
_MIN_S: Final = 0.1


class Turns:
    """A time limit parted evenly between ``n`` questions, one after another.

    What a question leaves of its part is shared by those after it; ``gap`` is the proven relative
    gap that is good enough for each, ``left`` how many are still to come.
    """

    def __init__(self, n: int, time_limit_s: float, *, gap: float) -> None:
        self.left, self.gap = n, gap
        self.end = time.perf_counter() + time_limit_s

    def next(self) -> SolveParams | None:
        """Return how to solve the next question; None when time is up."""
        return self.next_of(_MIN_S) if time.perf_counter() < self.end else None

    def next_of(self, least_s: float) -> SolveParams:
        """Return how to solve the next question, for ``least_s`` seconds even when time is up."""
        part_s = (self.end - time.perf_counter()) / self.left
        self.left -= 1
        return SolveParams(time_limit_s=max(part_s, least_s), gap=self.gap)
