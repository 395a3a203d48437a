"""Where more points of the cities' curves pay: at what a division gave, where its gap sits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.nation.allocation import Allocation
    from planning.nation.city_curve import CityCurve

#: Cities are taken, the most slack first, until they hold this part of all of it.
_PART = 0.8
# Corners of the upper line this near the highest are as high, as a part of it.
_HAIR = 1e-6

Floats = npt.NDArray[np.float64]


def points_to_add(
    divided: Allocation, curves: Sequence[CityCurve], budget: float
) -> dict[str, tuple[float, ...]]:
    """Return the amounts, in whole units, that the curves of some cities should be drawn at too.

    Of a city that holds much of the slack, the upper line U less the budget's price is highest
    somewhere between two points, where U stands above all that is known to be covered: the middle
    of these two is drawn. So is the middle between what the city was given and the next point on
    either side, and what it was given with all that is left.

    Parameters
    ----------
    divided
        a division of ``budget`` that was made (its status is ``allocated``).
    curves
        of its cities, in their order.
    budget
        what there was to divide.

    Returns
    -------
    dict
        city -> amounts that are no points of its curve yet; empty: nothing is between the points.
    """
    found: dict[str, tuple[float, ...]] = {}
    slack, left = divided.slack, budget - divided.spent
    part, total = 0.0, float(slack.sum())
    for number in np.argsort(-slack, kind="stable").tolist():
        if slack[number] <= 0.0 or part >= _PART * total:
            break
        part += float(slack[number])
        curve, given = curves[number], float(divided.amounts[number])
        wanted = _about(curve.amounts, given, left)
        wanted |= _highest(curve, divided.price, budget)
        if more := wanted - set(curve.amounts.tolist()):
            found[curve.city] = tuple(sorted(more))
    return found


def _about(amounts: Floats, given: float, left: float) -> set[float]:
    """Return the middles on both sides of what was given, and that with what is left."""
    place = int(np.searchsorted(amounts, given))
    ends = [float(amounts[at]) for at in (place - 1, place + 1) if 0 <= at < len(amounts)]
    wanted = {float(round((given + end) / 2.0)) for end in ends}
    if left >= 1.0 and given + left < amounts[-1]:
        wanted.add(float(np.floor(given + left)))
    return wanted


def _highest(curve: CityCurve, price: float, budget: float) -> set[float]:
    """Return the middles of the stretches where the upper line less the price is highest."""
    x, upper = curve.upper_hull(budget)
    worth = upper - price * x
    wanted = set()
    for corner in np.flatnonzero(worth >= worth.max() - _HAIR * max(1.0, abs(worth.max()))):
        # the line jumps up just after a point: a corner there is of the stretch behind it
        jumped = upper[corner] > curve.upper(x[corner : corner + 1])[0]
        place = int(np.searchsorted(curve.amounts, x[corner], side="right" if jumped else "left"))
        if 0 < place < len(curve.amounts):
            wanted.add(float(round(curve.amounts[place - 1 : place + 1].mean())))
    return wanted
