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

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.engine.checks import known
from planning.engine.clock import Clock
from planning.engine.mclp.warm_start import reduce_on_basis
from planning.engine.params import SolveParams

if TYPE_CHECKING:
    from planning.engine.params import WarmStart
    from planning.engine.problems import CoverageProblem

Floats = npt.NDArray[np.float64]

# Halvings of the price: more than double precision can tell apart.
_HALVINGS = 60
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


def amount_line(
    problem: CoverageProblem, *, costs: Floats, amount: float, basis: WarmStart
) -> AmountLine | None:
    """Return the lowest line at an amount that the multipliers of an answer give.

    Parameters
    ----------
    problem
        the question without its amount: what it forbids is forbidden at every sum.
    costs
        float64[n_options], what each option takes of the amount.
    amount
        where the line shall be low.
    basis
        what an answer on the same cover matrix left (`Plan.basis`).

    Returns
    -------
    AmountLine or None
        None where the basis is of another question.
    """
    reduced, _, warm = reduce_on_basis(problem, basis, clock=Clock(SolveParams()))
    if warm is None:
        return None
    cover = reduced.cover
    multiplier = np.clip(warm.multiplier, 0.0, cover.weights)
    gains = np.add.reduceat(np.append(multiplier[cover.option_item], 0.0), cover.option_offset[:-1])
    gains[np.diff(cover.option_offset) == 0] = 0.0
    taken = costs[reduced.options]
    room = amount - float(costs[known(problem.required)].sum())
    site = reduced.options if problem.site is None else problem.site[reduced.options]
    price = _price(gains, taken, site, room)
    free = float((cover.weights - multiplier).sum()) + reduced.fixed_value
    best = _best_by_site(gains - price * taken, site)[0]
    value = free + float(best.sum()) + price * room
    lost = _ROUNDING * (free + float(best.sum()) + price * abs(room))
    return AmountLine(amount, value + lost, price)


def _best_by_site(
    worth: Floats, site: npt.NDArray[np.int64]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return what each site's best option is worth, 0 where none is, and which it is (-1: none)."""
    order = np.lexsort((-worth, site))
    first = np.concatenate(([True], np.diff(site[order]) != 0))[: len(order)]
    best = order[first]
    good = worth[best] > 0.0
    return np.where(good, worth[best], 0.0), np.where(good, best, -1)


def _price(gains: Floats, costs: Floats, site: npt.NDArray[np.int64], room: float) -> float:
    """Return the price at which the relaxed plan takes what there is: a convex line's lowest."""
    low = 0.0
    priced = costs > 0.0
    high = float((gains[priced] / costs[priced]).max(initial=0.0))
    for _ in range(_HALVINGS):
        price = 0.5 * (low + high)
        _, best = _best_by_site(gains - price * costs, site)
        if costs[best[best >= 0]].sum() > room:
            low = price
        else:
            high = price
    return high
