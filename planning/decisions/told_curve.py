"""The curve of money against coverage in places and years: what is new at each point."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planning.decisions.explain import done_by

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planning.decisions.curve import Curve
    from planning.decisions.decide import AskedQuestion
    from planning.decisions.explain import WhatIf


@dataclass(frozen=True)
class ToldPoint:
    """A point of the curve: at most ``yuan``, what its plan spends and covers, and the bound.

    ``covered`` and ``bound`` are sums over the years in the measure of the goal; both are nan where
    no plan keeps the limits, ``covered`` alone where none was found in the time. ``enters`` are the
    actions that the plan of the last point does not have, ``leaves`` those that it has alone.
    """

    yuan: float
    spent: float
    covered: float
    bound: float
    enters: tuple[WhatIf, ...]
    leaves: tuple[WhatIf, ...]

    @property
    def has_plan(self) -> bool:
        """Whether a plan is known."""
        return math.isfinite(self.covered)


def told_curve(asked: AskedQuestion, curve: Curve) -> tuple[ToldPoint, ...]:
    """Put the options of a curve into words; its tokens are no part of what is covered."""
    return tuple(
        ToldPoint(
            yuan=point.amount,
            spent=point.spent,
            covered=point.covered - asked.problem.constant,
            bound=point.bound - asked.problem.constant,
            enters=done_by(asked, point.enters),
            leaves=done_by(asked, point.leaves),
        )
        for point in curve.points
    )


def curve_columns(points: Iterable[ToldPoint]) -> dict[str, list[Any]]:
    """Return the columns of a table with a row for each point; empty where nothing is known."""
    rows = list(points)
    return {
        "yuan": [round(one.yuan) for one in rows],
        "spent": [round(one.spent) for one in rows],
        "covered": [_known(one.covered) for one in rows],
        "bound": [_known(one.bound) for one in rows],
        "enters": [_list(one.enters) for one in rows],
        "leaves": [_list(one.leaves) for one in rows],
    }


def _known(figure: float) -> float | str:
    return round(figure, 3) if math.isfinite(figure) else ""


def _list(some: tuple[WhatIf, ...]) -> str:
    return "; ".join(f"{one.what} {one.id} {one.kind} {one.year}" for one in some)
