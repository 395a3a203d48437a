"""Branch and bound on the Lagrangian bound of maximal covering, where only a count limits.

A branch has options open for good and options closed for good. Its bound follows in milliseconds
from its parent's prices, reduced costs settle further options in it, and what its relaxed problem
opens is tried as a plan. The branch with the highest bound is opened next, on the option that its
relaxed problem opens in some rounds and not in others.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from planning.cover_bound import ROUNDING

if TYPE_CHECKING:
    from planning.clock import Clock
    from planning.cover_arrays import CoverArrays

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Status = npt.NDArray[np.int8]

ROOT_ROUNDS, BRANCH_ROUNDS = 300, 80
# Rounds without a notably lower bound after which a branch's step is shortened.
PATIENCE = 6
OPEN, CLOSED, FREE = np.int8(1), np.int8(-1), np.int8(0)


@dataclass(frozen=True, eq=False)
class CoverBranch:
    """``fixed`` int8[n]: 1 open, -1 closed, 0 free; its prices; the option to branch on."""

    fixed: Status
    price: Floats
    option: int


@compiled
def branch_cover_bound(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    price: Floats,
    fixed: Status,
    most: int,
    target: float,
    rounds: int,
    step: float,
) -> tuple[float, Floats, npt.NDArray[np.bool_]]:
    """Lower the bound of a branch, moving ``price``; settle options by reduced cost in ``fixed``.

    Ends early when no plan of the branch reaches ``target``. Returns the bound, how often the last
    rounds opened each option, and what the best round opened.
    """
    n, m = len(fixed), len(price)
    direction = np.zeros(m)
    count = np.zeros(m, np.int32)
    score = np.zeros(n)
    inside = np.zeros(n, np.bool_)
    best_inside = np.zeros(n, np.bool_)
    best_price = price.copy()
    share = np.zeros(n)
    best, idle, weight = np.inf, 0, 0.0
    for _ in range(rounds):
        value = _evaluate(cover, price, fixed, most, score, inside)
        if value < best:
            idle = 0 if best - value > 1e-3 * (best - target) else idle + 1
            best = value
            best_price[:] = price
            best_inside[:] = inside
        else:
            idle += 1
        if best < target:
            break
        if idle >= PATIENCE:
            step *= 0.7
            idle = 0
        share[:] = 0.9 * share + 0.1 * inside
        weight = 0.9 * weight + 0.1
        _move(cover, price, direction, count, inside, step * (value - 0.999 * target))
    price[:] = best_price
    if best >= target:
        value = _evaluate(cover, price, fixed, most, score, inside)
        _settle(score, fixed, inside, value, target)
    return best, share / max(weight, 1e-9), best_inside


@compiled
def _evaluate(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    price: Floats,
    fixed: Status,
    most: int,
    score: Floats,
    inside: npt.NDArray[np.bool_],
) -> float:
    """Return the bound at the prices; ``score`` and what it opens, ``inside``, are filled in."""
    value = 0.0
    for i in range(len(price)):
        value += cover.weights[i] - price[i]
    left = most
    inside[:] = False
    for j in range(len(fixed)):
        score[j] = 0.0
        if fixed[j] < 0:
            continue
        total = 0.0
        for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
            total += price[cover.option_item[k]]
        score[j] = total
        if fixed[j] > 0:
            inside[j] = True
            value += total
            left -= 1
    free = np.flatnonzero(fixed == 0)
    order = free[np.argsort(-score[free])]
    for j in order[: max(left, 0)]:
        inside[j] = True
        value += score[j]
    return float(value * (1.0 + ROUNDING))


@compiled
def _move(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    price: Floats,
    direction: Floats,
    count: Ints,
    inside: npt.NDArray[np.bool_],
    distance: float,
) -> None:
    count[:] = 0
    for j in np.flatnonzero(inside):
        for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
            count[cover.option_item[k]] += 1
    norm = 0.0
    for i in range(len(price)):
        slope = count[i] - 1.0
        if (slope < 0.0 and price[i] >= cover.weights[i]) or (slope > 0.0 and price[i] <= 0.0):
            slope = 0.0
        direction[i] = 0.8 * direction[i] + 0.2 * slope
        norm += direction[i] * direction[i]
    if norm <= 0.0:
        return
    for i in range(len(price)):
        moved = price[i] - distance / norm * direction[i]
        price[i] = min(max(moved, 0.0), cover.weights[i])


@compiled
def _settle(
    score: Floats,
    fixed: Status,
    inside: npt.NDArray[np.bool_],
    value: float,
    target: float,
) -> None:
    edge_in, edge_out = np.inf, 0.0
    for j in range(len(fixed)):
        if fixed[j] == 0:
            if inside[j]:
                edge_in = min(edge_in, score[j])
            else:
                edge_out = max(edge_out, score[j])
    for j in range(len(fixed)):
        if fixed[j] != 0:
            continue
        if inside[j] and value - score[j] + edge_out < target:
            fixed[j] = 1
        elif not inside[j] and value + score[j] - edge_in < target:
            fixed[j] = -1


@compiled
def plan_weight(cover: CoverArrays, inside: npt.NDArray[np.bool_]) -> float:
    """Return the weight that the options ``inside`` cover."""
    covered = np.zeros(len(cover.weights), np.bool_)
    for j in np.flatnonzero(inside):
        for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
            covered[cover.option_item[k]] = True
    return float(cover.weights[covered].sum())


class CoverTree:
    """The open branches of one search, and the best plan found on the way.

    ``value`` is the best plan's weight, which the caller may raise; ``chosen`` and ``found`` are
    the best plan that the tree itself came upon (None: none better than what was known). ``step``
    is what a better plan has more at least (1 for whole numbers).
    """

    def __init__(
        self, cover: CoverArrays, *, most: int, price: Floats, value: float, step: float
    ) -> None:
        self._cover, self._most, self._step = cover, most, step
        self.value = value
        self.chosen: npt.NDArray[np.int64] | None = None
        self.found = -np.inf
        self._opened = 0
        self._heap: list[tuple[float, int, CoverBranch]] = []
        self._born = 0
        fixed = np.zeros(cover.n_options, dtype=np.int8)
        self._add(fixed, price.copy(), rounds=ROOT_ROUNDS, first_step=0.1, most_bound=np.inf)

    @property
    def target(self) -> float:
        """A branch below this has no better plan."""
        return self.value + (self._step - 1e-6 if self._step else 1e-10 * self.value)

    @property
    def upper(self) -> float:
        """The proven bound over all branches."""
        return max(-self._heap[0][0], self.value) if self._heap else self.value

    def finished(self, *, settled: float, gap: float) -> bool:
        """Whether no branch is left that could pass the best plan by more than the gap."""
        return not self._heap or self.upper - self.value <= gap * (self.value + settled)

    def grow(self, branches: int, *, settled: float, gap: float, clock: Clock) -> None:
        """Open up to so many branches, until none is left, the gap is reached or time is up."""
        end = self._opened + branches
        while self._opened < end and clock.left_s > 0.0:
            if self.finished(settled=settled, gap=gap):
                return
            bound, _, branch = heapq.heappop(self._heap)
            self._opened += 1
            if -bound < self.target:
                continue
            for value in (OPEN, CLOSED):
                fixed = branch.fixed.copy()
                fixed[branch.option] = value
                self._add(
                    fixed,
                    branch.price.copy(),
                    rounds=BRANCH_ROUNDS,
                    first_step=0.3,
                    most_bound=-bound,
                )
            if self._opened % 8 == 0 and clock.report(self.value + settled, self.upper + settled):
                return

    def _add(
        self,
        fixed: Status,
        price: Floats,
        *,
        rounds: int,
        first_step: float,
        most_bound: float,
    ) -> None:
        bound, share, inside = branch_cover_bound(
            self._cover, price, fixed, self._most, self.target, rounds, first_step
        )
        self._try(inside)
        bound = min(bound, most_bound)
        if bound < self.target:
            return
        free = fixed == FREE
        n_open = int((fixed == OPEN).sum())
        if n_open >= self._most or not free.any():
            self._try(fixed == OPEN)
            return
        if int(free.sum()) <= self._most - n_open:
            self._try(fixed != CLOSED)
            return
        option = int(np.where(free, -np.abs(share - 0.5), -np.inf).argmax())
        self._born += 1
        heapq.heappush(self._heap, (-bound, self._born, CoverBranch(fixed, price, option)))

    def _try(self, inside: npt.NDArray[np.bool_]) -> None:
        weight = plan_weight(self._cover, inside)
        if weight > self.value * (1 + 1e-12):
            self.value = self.found = weight
            self.chosen = np.flatnonzero(inside)
