r"""The Lagrangian bound of the p-median problem.

With prices ``u_i`` for serving item i, at most its cap:

.. math::
   L(u) = \sum_i u_i + \min_{|S| \le p} \sum_{j \in S} \rho_j, \qquad
   \rho_j = \sum_i \min(0,\ c_{ij} - u_i)

is below the cost of every choice (Cornuejols, Fisher and Nemhauser 1977). Only sites nearer than
the price count, so a round touches a few sites an item.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.compiled import compiled

if TYPE_CHECKING:
    from planning.median_arrays import MedianArrays

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

PATIENCE = 20.0
SHORTER = 0.75
LEAST_STEP = 3e-4
ROUNDING = 1e-11


class MedianBound(NamedTuple):
    """Prices now and at the highest bound; changed in place.

    ``figures`` float64[3]: the highest bound, the step factor, rounds since the bound rose.
    """

    price: Floats
    direction: Floats
    best_price: Floats
    figures: Floats


def new_median_bound(median: MedianArrays, *, start: Floats) -> MedianBound:
    """Start from given prices, at most the caps."""
    price = np.minimum(start, median.cap)
    return MedianBound(
        price=price,
        direction=np.zeros(median.n_items),
        best_price=price.copy(),
        figures=np.array([-np.inf, 1.0, 0.0]),
    )


@compiled
def site_values(median: MedianArrays, price: Floats) -> Floats:
    """Return ``rho`` of every site, 0 or below."""
    rho = np.zeros(len(median.site_offset) - 1)
    for i in range(len(price)):
        for k in range(median.item_offset[i], median.item_offset[i + 1]):
            less = median.item_cost[k] - price[i]
            if less >= 0.0:
                break
            rho[median.item_site[k]] += less
    return rho


@compiled
def raise_bound(
    median: MedianArrays, bound: MedianBound, p: int, known: float, rounds: int
) -> Ints:
    """Raise the bound for so many rounds; returns the p sites of the last one."""
    m, n = len(bound.price), len(median.site_offset) - 1
    served = np.zeros(m, np.int32)
    inside = np.zeros(n, np.bool_)
    chosen = np.zeros(0, np.int64)
    for _ in range(rounds):
        if bound.figures[1] < LEAST_STEP:
            break
        rho = site_values(median, bound.price)
        chosen = np.argsort(rho)[:p]
        value = (bound.price.sum() + rho[chosen].sum()) * (1.0 - ROUNDING)
        if value > bound.figures[0]:
            if value - bound.figures[0] > 1e-5 * abs(known - value):
                bound.figures[2] = 0.0
            bound.figures[0] = value
            bound.best_price[:] = bound.price
        bound.figures[2] += 1.0
        if bound.figures[2] >= PATIENCE:
            bound.figures[1] *= SHORTER
            bound.figures[2] = 0.0
        if bound.figures[0] >= known * (1.0 - 1e-9):
            break
        inside[:] = False
        inside[chosen] = True
        _count_served(median, bound.price, inside, served)
        _move(median, bound, served, value, known)
    return chosen


@compiled
def _count_served(
    median: MedianArrays, price: Floats, inside: npt.NDArray[np.bool_], served: Ints
) -> None:
    served[:] = 0
    for i in range(len(price)):
        for k in range(median.item_offset[i], median.item_offset[i + 1]):
            if median.item_cost[k] >= price[i]:
                break
            if inside[median.item_site[k]]:
                served[i] += 1


@compiled
def _move(
    median: MedianArrays, bound: MedianBound, served: Ints, value: float, known: float
) -> None:
    norm = 0.0
    for i in range(len(served)):
        slope = 1.0 - served[i]
        if slope > 0.0 and bound.price[i] >= median.cap[i]:
            slope = 0.0
        bound.direction[i] = 0.7 * bound.direction[i] + 0.3 * slope
        norm += bound.direction[i] * bound.direction[i]
    if norm <= 0.0:
        return
    step = bound.figures[1] * (known + 0.01 * abs(known - value) - value) / norm
    for i in range(len(served)):
        price = bound.price[i] + step * bound.direction[i]
        bound.price[i] = min(max(price, 0.0), median.cap[i])
