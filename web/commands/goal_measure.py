"""How the measure of each goal is said: yuan, percentage points, minutes, workers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from web.languages import message

if TYPE_CHECKING:
    from web.languages import Language


class GoalMeasure(NamedTuple):
    """How figures of a goal are written: ``one`` of what is said, its digits, and headings.

    ``figure`` says a figure with its unit, ``less`` heads what a worse plan has less (or costs
    more), ``more`` what a looser limit brings.
    """

    one: float
    digits: int
    figure: str
    less: str
    more: str

    def ends(self, least: float | None, most: float | None) -> str:
        """Write two ends, once where they are the same figure; ? where one is not known."""
        low, high = (self._end(end) for end in (least, most))
        return low if low == high else f"{low}–{high}"

    def told(self, figure: float, t: Language) -> str:
        """Write a figure with its unit; ? where it is not known."""
        return t(self.figure, n=self._end(figure if math.isfinite(figure) else None))

    def _end(self, figure: float | None) -> str:
        return "?" if figure is None else f"{figure / self.one:,.{self.digits}f}"


_WORKERS: Final = GoalMeasure(
    1.0, 1, message("{n} workers"), message("covers less"), message("brings")
)
_WORST: Final = GoalMeasure(
    0.01, 2, message("{n} % of the worst off"), message("points less"), message("points more")
)
_MEASURES: Final = {
    "cheapest": GoalMeasure(
        1.0, 0, message("{n} yuan"), message("yuan more"), message("yuan less")
    ),
    "worst_group": _WORST,
    "worst_district": _WORST,
    "mean_time": GoalMeasure(
        60.0, 2, message("{n} min in the mean"), message("minutes more"), message("minutes less")
    ),
    "two_in_reach": GoalMeasure(
        1.0, 1, message("{n} workers, those with two in reach counted twice"),
        message("counts less"), message("counts more"),
    ),
    "seated": GoalMeasure(
        1.0, 1, message("{n} workers seated"), message("seats less"), message("seats more")
    ),
}  # fmt: skip


def measure_of(goal: str) -> GoalMeasure:
    """Return how a goal's figures are written; workers and worker-hours as they are covered."""
    return _MEASURES.get(goal, _WORKERS)
