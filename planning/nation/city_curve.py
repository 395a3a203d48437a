r"""What is proved of one city: how many workers so much money covers, at least and at most.

With f(x) the most workers that x yuan (or x stations) cover in the city, the curve gives points
:math:`x_1 = 0 < x_2 < \dots` with :math:`L_j \le f(x_j) \le U_j` and, where a price was proved,
a cut that holds for *every* sum,

.. math:: f(x) \le V_j + \pi_j (x - x_j).

f never falls, so between two points :math:`f(x) \le U_{j+1}`; it need not be concave, so nothing
else is known there. The least of these is the city's upper line U(x).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.errors import ProblemError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = npt.NDArray[np.float64]

# Rounding between a plan and a bound that were summed in another order, as a part of either.
_ROUNDING = 1e-9


def _frozen(values: Sequence[float] | Floats) -> Floats:
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


@dataclass(frozen=True, eq=False, kw_only=True)
class CityCurve:
    """The points of a city's curve, with what is proved at each and between them.

    Parameters
    ----------
    city
        its name or adcode, by which refusals and answers name it.
    province
        the province that its floors are told for; empty where there is none.
    workers
        all workers of the city, of which floors take their share.
    amounts
        float64[n], yuan or stations, rising, the first 0: the city as it stands.
    covered
        float64[n], what the best plan known for each amount covers.
    bounds
        float64[n], what no plan of each amount covers more than.
    cut_values, cut_prices
        float64[n]: no plan of any sum x covers more than ``value + price * (x - amount)``; nan
        where no price was proved. Empty: none was.
    most
        what all candidates together cover, a bound for every sum; None: all workers.

    Raises
    ------
    ProblemError
        Where the points are not such a curve; the message names the city.

    Examples
    --------
    >>> from planning.nation import CityCurve
    >>> curve = CityCurve(
    ...     city="340600", workers=100.0, amounts=[0, 10], covered=[20, 50], bounds=[20, 60]
    ... )
    >>> curve.upper([0.0, 4.0, 10.0, 11.0]).tolist()
    [20.0, 60.0, 60.0, 100.0]
    """

    city: str
    workers: float
    amounts: Floats
    covered: Floats
    bounds: Floats
    province: str = ""
    cut_values: Floats = field(default_factory=lambda: np.empty(0))
    cut_prices: Floats = field(default_factory=lambda: np.empty(0))
    most: float | None = None

    def __post_init__(self) -> None:
        for name in ("amounts", "covered", "bounds", "cut_values", "cut_prices"):
            object.__setattr__(self, name, _frozen(getattr(self, name)))
        self._check_lengths()
        if self.amounts[0] != 0.0 or not (np.diff(self.amounts) > 0.0).all():
            raise ProblemError(
                say("city {city}: the amounts of a curve begin with 0 and rise", city=self.city)
            )
        if not np.isfinite([self.workers, *self.amounts, *self.covered]).all():
            raise ProblemError(
                say("city {city}: a curve's amounts and plans are finite numbers", city=self.city)
            )
        if (self.covered > self.bounds * (1.0 + _ROUNDING) + _ROUNDING).any():
            raise ProblemError(
                say("city {city}: a plan covers more than its own bound", city=self.city)
            )
        if (self.cut_prices < 0.0).any():
            raise ProblemError(say("city {city}: the price of a cut is below 0", city=self.city))
        if self.covered.max() > self.ceiling * (1.0 + _ROUNDING) + _ROUNDING:
            raise ProblemError(
                say("city {city}: a plan covers more workers than there are", city=self.city)
            )

    def _check_lengths(self) -> None:
        n = len(self.amounts)
        like = [len(self.covered), len(self.bounds)]
        cuts = {len(self.cut_values), len(self.cut_prices)}
        if not n or like != [n, n] or cuts not in ({0}, {n}):
            raise ProblemError(
                say("city {city}: a curve needs each figure for each amount", city=self.city)
            )

    @property
    def ceiling(self) -> float:
        """What no sum whatever covers more than."""
        return self.workers if self.most is None else min(self.most, self.workers)

    @property
    def cuts(self) -> tuple[Floats, Floats]:
        """Height at 0 and slope of each proved line, float64[n_cuts] twice."""
        known = np.isfinite(self.cut_values) & np.isfinite(self.cut_prices)
        amounts = self.amounts[: len(known)][known]
        prices = self.cut_prices[known]
        return self.cut_values[known] - prices * amounts, prices

    def lower(self) -> tuple[Floats, Floats]:
        """Return the points worth choosing: amount and workers, both strictly rising."""
        best = np.maximum.accumulate(self.covered)
        kept = np.concatenate(([True], best[1:] > best[:-1]))
        return self.amounts[kept], best[kept]

    def upper(self, amounts: Sequence[float] | Floats) -> Floats:
        """Return U(x) for float64[n] amounts of at least 0: what no plan covers more than."""
        x = np.asarray(amounts, dtype=np.float64)
        highest = self._levels()[np.searchsorted(self.amounts, x, side="left")]
        heights, slopes = self.cuts
        if len(slopes):
            highest = np.minimum(highest, (heights[:, None] + slopes[:, None] * x).min(axis=0))
        return highest

    def least_for(self, workers: float) -> float:
        """Return the least sum that may cover so many, by all that is proved; inf: none can."""
        if self.upper([0.0])[0] >= workers:
            return 0.0
        heights, slopes = self.cuts
        if (heights[slopes == 0.0] < workers).any():
            return np.inf
        rising = slopes > 0.0
        by_cuts = float(((workers - heights[rising]) / slopes[rising]).max(initial=0.0))
        level = self._levels()
        possible = np.flatnonzero(level >= workers)
        if not len(possible):
            return np.inf
        # just above the amount before, where the bound is high enough for the first time
        return max(by_cuts, float(self.amounts[max(possible[0] - 1, 0)]))

    def upper_hull(self, budget: float, *, least: float = 0.0) -> tuple[Floats, Floats]:
        """Return the corners float64[m] twice of the concave hull of U on [least, budget].

        U jumps up just after each amount, so that the left end of a stretch stands twice: as it is,
        and as what it comes near from above.
        """
        level = self._levels()
        ends = np.append(self.amounts, np.inf)
        turns, heights, slopes = self._lowest_cuts(budget)
        x_parts, u_parts = [np.array([least])], [self.upper([least])]
        for number in range(1, len(ends)):
            left, right = max(float(ends[number - 1]), least), min(float(ends[number]), budget)
            if left >= right:
                continue
            crossings = (level[number] - heights[slopes > 0.0]) / slopes[slopes > 0.0]
            inner = np.concatenate((turns, crossings))
            at = np.concatenate(([left, right], inner[(inner > left) & (inner < right)]))
            line = (heights[:, None] + slopes[:, None] * at).min(axis=0, initial=np.inf)
            x_parts.append(at)
            u_parts.append(np.minimum(level[number], line))
        return concave_hull(np.concatenate(x_parts), np.concatenate(u_parts))

    def _levels(self) -> Floats:
        """float64[n + 1]: what holds up to each amount, and beyond the last; never falling."""
        # less money never covers more, so each bound holds for all smaller sums too
        return np.minimum.accumulate(np.append(self.bounds, self.ceiling)[::-1])[::-1]

    def _lowest_cuts(self, budget: float) -> tuple[Floats, Floats, Floats]:
        """Where the lowest of the cuts changes, and the cuts that are the lowest somewhere."""
        heights, slopes = self.cuts
        order = np.lexsort((heights, -slopes))
        kept: list[int] = []
        starts: list[float] = []
        # the lower envelope from the left: slopes fall, each line takes over where it crosses
        for one in order:
            while kept:
                last = kept[-1]
                if slopes[one] == slopes[last]:
                    at = np.inf if heights[one] >= heights[last] else -np.inf
                else:
                    at = (heights[one] - heights[last]) / (slopes[last] - slopes[one])
                if at > starts[-1]:
                    break
                kept.pop()
                starts.pop()
            else:
                at = -np.inf
            if at < budget:
                kept.append(int(one))
                starts.append(float(at))
        return np.array([x for x in starts if x > 0.0]), heights[kept], slopes[kept]


def concave_hull(x: Floats, u: Floats) -> tuple[Floats, Floats]:
    """Return the corners of the least concave line above points, float64[m] twice, x rising."""
    order = np.lexsort((-u, x))
    hull: list[tuple[float, float]] = []
    for at, value in zip(x[order].tolist(), u[order].tolist(), strict=True):
        if hull and hull[-1][0] == at:
            continue
        while len(hull) > 1 and _is_below(hull[-2], hull[-1], (at, value)):
            hull.pop()
        hull.append((at, value))
    corners = np.array(hull)
    return corners[:, 0].copy(), corners[:, 1].copy()


def _is_below(
    left: tuple[float, float], middle: tuple[float, float], right: tuple[float, float]
) -> bool:
    """Whether the middle point lies on or below the line between the other two."""
    return (middle[1] - left[1]) * (right[0] - left[0]) <= (right[1] - left[1]) * (
        middle[0] - left[0]
    )
