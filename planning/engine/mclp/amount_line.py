r"""A line above the whole curve of coverage over money, from the multipliers of one answer.

For item multipliers :math:`0 \le u_i \le w_i` and a price :math:`\pi \ge 0` of a yuan, the
Lagrangian relaxation of maximal covering (Galvão and ReVelle 1996) gives

.. math:: f(x) \le \pi x + \sum_i (w_i - u_i)
   + \sum_s \max\Bigl(0,\; \max_{j \in s}
   \bigl(\textstyle\sum_{i \in I_j} u_i - \pi c_j\bigr)\Bigr)

for every sum x at once, s the sites (at most one option of each): what one answer leaves behind
bounds the plans of all other sums. Limits and floors are left out, which only raises the line.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.checks import known
from planning.engine.mclp.reduction import reduce_coverage
from planning.engine.mclp.warm_start import multiplier_shares

if TYPE_CHECKING:
    from planning.engine.params import WarmStart
    from planning.engine.problems import CoverageProblem

Floats = npt.NDArray[np.float64]

# Halvings of the price: any price bounds, so that the last digits do not matter.
_HALVINGS = 36
# Steps that make the line lower where it is not close to a plan, each shorter after a bad one.
_STEPS, _CLOSE, _SHORTER = 40, 2e-3, 0.9
# What sums of so many products may lose to rounding, as a part of them.
_ROUNDING = 1e-9


class AmountLine(NamedTuple):
    """No plan of any sum x covers more than ``value + price * (x - amount)``."""

    amount: float
    value: float
    price: float

    def at(self, amount: float) -> AmountLine:
        """Return the same line, told from another amount."""
        return AmountLine(amount, self.value + self.price * (amount - self.amount), self.price)


class AmountLines:
    """A question without its amount, reduced once for the lines of all amounts.

    Parameters
    ----------
    problem
        what it forbids is forbidden at every sum.
    costs
        float64[n_options], what each option takes of the amount.
    """

    def __init__(self, problem: CoverageProblem, *, costs: Floats) -> None:
        plain = replace(problem, max_open=None, budget=None, limits=(), floors=())
        reduced = reduce_coverage(plain)
        cover = reduced.cover
        self._demand_weights = problem.weights
        self._item_of = reduced.item_of
        self._required = float(costs[known(problem.required)].sum())
        self._relaxed = _Relaxed(
            covers=sp.csr_array(
                (np.ones(len(cover.option_item)), cover.option_item, cover.option_offset),
                shape=(cover.n_options, cover.n_items),
            ),
            weights=cover.weights,
            costs=costs[reduced.options],
            sites=_Sites.of(
                reduced.options if problem.site is None else problem.site[reduced.options]
            ),
            fixed=reduced.fixed_value,
        )

    def line(self, amount: float, *, basis: WarmStart, target: float) -> AmountLine | None:
        """Return a low line at an amount, from the multipliers that an answer left.

        Parameters
        ----------
        amount
            where the line shall be low.
        basis
            what an answer on the same demand left (`Plan.basis`).
        target
            what a plan of this amount covers: no line is lower there.

        Returns
        -------
        AmountLine or None
            None where the basis is of another formulation or other demand.
        """
        shares = multiplier_shares(basis, len(self._demand_weights))
        if shares is None:
            return None
        kept = self._item_of >= 0
        multiplier = np.bincount(
            self._item_of[kept],
            weights=(shares * self._demand_weights)[kept],
            minlength=len(self._relaxed.weights),
        ).astype(np.float64)
        return AmountLine(amount, *self._lowered(multiplier, amount - self._required, target))

    def _lowered(self, multiplier: Floats, room: float, target: float) -> tuple[float, float]:
        """Return height and price of the lowest line met on the way down from a multiplier."""
        relaxed = self._relaxed
        multiplier = np.clip(multiplier, 0.0, relaxed.weights)
        value, price, opened = relaxed.line(multiplier, room)
        best, scale = (value, price), 1.0
        for _ in range(_STEPS):
            gap = value - target
            if not gap > _CLOSE * abs(target):
                break
            # Polyak (1969): a step as long as what is missing allows, along the subgradient
            slope = opened @ relaxed.covers - 1.0
            step = scale * gap / max(float(slope @ slope), 1e-300)
            multiplier = np.clip(multiplier - step * slope, 0.0, relaxed.weights)
            value, price, opened = relaxed.line(multiplier, room)
            if value < best[0]:
                best = (value, price)
            else:
                scale *= _SHORTER
        return best


class _Relaxed(NamedTuple):
    """A coverage problem whose items have prices instead of being covered once."""

    covers: sp.csr_array
    weights: Floats
    costs: Floats
    sites: _Sites
    fixed: float

    def line(self, multiplier: Floats, room: float) -> tuple[float, float, Floats]:
        """Return what is proved at these multipliers, its price, and what it opens, 0 or 1."""
        gains = self.covers @ multiplier
        price = _price(gains, self.costs, self.sites, room)
        worth, chosen = self.sites.best(gains - price * self.costs)
        free = float((self.weights - multiplier).sum()) + self.fixed
        best = float(worth.sum())
        lost = _ROUNDING * (free + best + price * abs(room))
        opened = np.zeros(len(gains))
        opened[chosen] = 1.0
        return free + best + price * room + lost, price, opened


class _Sites(NamedTuple):
    """Options in the order of their sites: ``order`` int64[n], where each site begins."""

    order: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, site: npt.NDArray[np.int64]) -> _Sites:
        order = np.argsort(site, kind="stable")
        starts = np.flatnonzero(np.append(True, np.diff(site[order]) != 0))[: len(order)]
        return cls(order, starts)

    def best(self, worth: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Return what the sites' best options are worth, and which; those worth more than 0."""
        if not len(self.order):
            return worth, self.order
        own = worth[self.order]
        if len(self.starts) == len(own):
            taken = np.flatnonzero(own > 0.0)
            return own[taken], self.order[taken]
        most = np.maximum.reduceat(own, self.starts)
        is_best = own == np.repeat(most, np.diff(np.append(self.starts, len(own))))
        number = np.where(is_best, np.arange(len(own)), len(own))
        first = np.minimum.reduceat(number, self.starts)[most > 0.0]
        return own[first], self.order[first]


def _price(gains: Floats, costs: Floats, sites: _Sites, room: float) -> float:
    """Return the price at which the relaxed plan takes what there is: a convex line's lowest."""
    low = 0.0
    priced = costs > 0.0
    high = float((gains[priced] / costs[priced]).max(initial=0.0))
    for _ in range(_HALVINGS):
        price = 0.5 * (low + high)
        _, chosen = sites.best(gains - price * costs)
        if costs[chosen].sum() > room:
            low = price
        else:
            high = price
    return high
