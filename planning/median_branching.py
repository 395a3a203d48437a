"""Branch and bound on the Lagrangian bound: for medians with few sites to open.

With few sites open an item weighs many sites, the programme is large and its bound slow, while the
Lagrangian bound of a branch follows in milliseconds from its parent's prices. A branch has sites
open for good and sites closed for good; the branch with the lowest bound is opened next, on the
site that the relaxed problem is most undecided about.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from planning.compiled import compiled
from planning.median_bound import ROUNDING, site_values

if TYPE_CHECKING:
    from planning.clock import Clock
    from planning.median_arrays import MedianArrays

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

ROOT_ROUNDS, BRANCH_ROUNDS = 400, 120
OPEN, CLOSED, FREE = np.int8(1), np.int8(-1), np.int8(0)


@dataclass(frozen=True, eq=False)
class Branch:
    """``fixed`` int8[n]: 1 open, -1 closed, 0 free; its prices and bound; the site to branch on."""

    fixed: npt.NDArray[np.int8]
    price: Floats
    bound: float
    site: int


@compiled
def branch_bound(  # noqa: PLR0917 - compiled: positional only
    median: MedianArrays,
    price: Floats,
    fixed: npt.NDArray[np.int8],
    p: int,
    target: float,
    rounds: int,
    step: float,
) -> tuple[float, Floats, Floats]:
    """Raise the bound of a branch, moving ``price``; fix what reduced costs settle.

    ``fixed`` is changed where a free site is in no, or in every, plan of the branch below
    ``target``. Returns the bound, and how often the last rounds opened each site.
    """
    n, m = len(fixed), len(price)
    direction = np.zeros(m)
    best_price = price.copy()
    share = np.zeros(n)
    inside = np.zeros(n, np.bool_)
    best, idle, weight = -np.inf, 0, 0.0
    for _ in range(rounds):
        rho = site_values(median, price)
        value = price.sum() + _choose(rho, fixed, p, inside)
        value -= abs(value) * ROUNDING
        if value > best:
            idle = 0 if value - best > 1e-4 * (target - best) else idle + 1
            best = value
            best_price[:] = price
        else:
            idle += 1
        if best >= target:
            break
        if idle >= 8:  # noqa: PLR2004 - rounds of patience, fewer than at the root
            step *= 0.7
            idle = 0
        share[:] = 0.85 * share + 0.15 * inside
        weight = 0.85 * weight + 0.15
        _branch_step(median, price, direction, inside, step, target - value)
    price[:] = best_price
    if best < target:
        _settle(median, price, fixed, p, target, inside)
    return best, share / max(weight, 1e-9), best_price


@compiled
def _choose(
    rho: Floats, fixed: npt.NDArray[np.int8], p: int, inside: npt.NDArray[np.bool_]
) -> float:
    """Open what is fixed and the best free sites up to p; the sum of their values."""
    inside[:] = False
    total = 0.0
    left = p
    for j in range(len(rho)):
        if fixed[j] == 1:
            inside[j] = True
            total += rho[j]
            left -= 1
    free = np.flatnonzero(fixed == 0)
    order = free[np.argsort(rho[free])]
    for j in order[: max(left, 0)]:
        inside[j] = True
        total += rho[j]
    return total


@compiled
def _branch_step(  # noqa: PLR0917 - compiled: positional only
    median: MedianArrays,
    price: Floats,
    direction: Floats,
    inside: npt.NDArray[np.bool_],
    step: float,
    distance: float,
) -> None:
    norm = 0.0
    for i in range(len(price)):
        slope = 1.0
        for k in range(median.item_offset[i], median.item_offset[i + 1]):
            if median.item_cost[k] >= price[i]:
                break
            if inside[median.item_site[k]]:
                slope -= 1.0
        if slope > 0.0 and price[i] >= median.cap[i]:
            slope = 0.0
        direction[i] = 0.6 * direction[i] + 0.4 * slope
        norm += direction[i] * direction[i]
    if norm <= 0.0:
        return
    length = step * 1.05 * distance / norm
    for i in range(len(price)):
        price[i] = min(max(price[i] + length * direction[i], 0.0), median.cap[i])


@compiled
def _settle(  # noqa: PLR0917 - compiled: positional only
    median: MedianArrays,
    price: Floats,
    fixed: npt.NDArray[np.int8],
    p: int,
    target: float,
    inside: npt.NDArray[np.bool_],
) -> None:
    rho = site_values(median, price)
    value = price.sum() + _choose(rho, fixed, p, inside)
    edge_in, edge_out = -np.inf, np.inf
    for j in range(len(rho)):
        if fixed[j] == 0:
            if inside[j]:
                edge_in = max(edge_in, rho[j])
            else:
                edge_out = min(edge_out, rho[j])
    for j in range(len(rho)):
        if fixed[j] != 0:
            continue
        if inside[j] and value - rho[j] + edge_out >= target:
            fixed[j] = 1
        elif not inside[j] and value + rho[j] - edge_in >= target:
            fixed[j] = -1


class MedianTree:
    """The open branches of one search, and the best plan found on the way."""

    def __init__(
        self, median: MedianArrays, *, p: int, price: Floats, cost: float, whole: bool
    ) -> None:
        self._median, self._p, self._whole = median, p, whole
        self.cost = cost
        self.sites: npt.NDArray[np.int64] | None = None
        self._heap: list[tuple[float, int, Branch]] = []
        self._born = 0
        fixed = np.zeros(median.n_sites, dtype=np.int8)
        self._bound_branch(fixed, price.copy(), rounds=ROOT_ROUNDS, step=0.1, least=-np.inf)

    @property
    def target(self) -> float:
        """A branch at or above this has no better plan."""
        return self.cost - (1.0 - 1e-6) if self._whole else self.cost * (1.0 - 1e-10)

    @property
    def lower(self) -> float:
        """The proven bound of all branches."""
        return min(self._heap[0][0], self.cost) if self._heap else self.cost

    def grow(self, *, gap: float, clock: Clock) -> None:
        """Open branches until none is left, the gap is reached or time is up."""
        while self._heap and clock.left_s > 0.0:
            if self.cost - self.lower <= gap * self.cost:
                return
            _, _, branch = heapq.heappop(self._heap)
            if branch.bound >= self.target:
                continue
            for value in (OPEN, CLOSED):
                fixed = branch.fixed.copy()
                fixed[branch.site] = value
                self._bound_branch(
                    fixed,
                    branch.price.copy(),
                    rounds=BRANCH_ROUNDS,
                    step=0.3,
                    least=branch.bound,
                )
            if clock.report(self.cost, self.lower):
                return

    def _bound_branch(
        self,
        fixed: npt.NDArray[np.int8],
        price: Floats,
        *,
        rounds: int,
        step: float,
        least: float,
    ) -> None:
        bound, share, best_price = branch_bound(
            self._median, price, fixed, self._p, self.target, rounds, step
        )
        bound = max(bound, least)
        if bound >= self.target:
            return
        free = fixed == FREE
        n_open = int((fixed == OPEN).sum())
        if n_open >= self._p or int(free.sum()) <= self._p - n_open:
            kept = (fixed == OPEN) | free if n_open < self._p else fixed == OPEN
            self._leaf(np.flatnonzero(kept))
            return
        rank = np.where(fixed == OPEN, -2.0, np.where(free, -share, 2.0))
        self._leaf(np.argsort(rank)[: self._p])
        candidates = np.where(free, -np.abs(share - 0.6), -np.inf)
        branch = Branch(fixed, best_price, bound, int(candidates.argmax()))
        self._born += 1
        heapq.heappush(self._heap, (bound, self._born, branch))

    def _leaf(self, sites: npt.NDArray[np.int64]) -> None:
        """Price a plan; keep it when it is the best."""
        cost = plan_cost(self._median, np.asarray(sites, dtype=np.int64))
        if cost < self.cost:
            self.cost, self.sites = cost, np.sort(sites)


@compiled
def plan_cost(median: MedianArrays, sites: Ints) -> float:
    """Return the cost of opening ``sites``; inf when an item without a cap is not served."""
    nearest = median.cap.copy()
    for j in sites:
        for k in range(median.site_offset[j], median.site_offset[j + 1]):
            i = median.site_item[k]
            nearest[i] = min(nearest[i], median.site_cost[k])
    return float(nearest.sum())
