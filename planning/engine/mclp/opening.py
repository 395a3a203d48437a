"""A first answer without machine code: greedy, swaps and the Lagrangian bound in plain NumPy.

On a fresh machine the loops of the search take half a minute to compile. The problems that cities
ask first are often proved by greedy, swaps and the bound alone, which whole-array operations do in
a second or two: then nothing is compiled. What is not proved here goes to the compiled search as if
this had not been, so that a plan does not hang on what was compiled before.

The greedy and the swaps are those of `interchange`, the bound is that of `lagrangian`, step by
step, written over arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.cover_arrays import sums_by_option
from planning.engine.mclp.annealing import anneal
from planning.engine.mclp.lagrangian import (
    HALVINGS,
    NOTABLE,
    PATIENCE,
    ROUNDING,
    ROW_MEMORY,
    ROW_PART,
    TURNS,
    BoundState,
    WarmMultipliers,
    new_bound,
)
from planning.engine.mclp.search_and_bound import CoverAnswer, relative_costs
from planning.engine.mclp.side_constraints import SLACK
from planning.engine.params import EXACT
from planning.engine.proven import whole_below

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.mclp.task import CoverTask

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# Pairs of option and item up to which whole-array operations are quicker than compiling.
MOST_PAIRS = 4_000_000
# Evaluations of the bound, about as many as the compiled search takes beside its first round.
ROUNDS = 600
# The step factor below which the bound hardly falls any more: its gap stays.
STALLED = 0.02
# Evaluations between two plans made of what the relaxed problem opens.
TRY_EVERY = 25


class Opening(NamedTuple):
    """A plan, proven unless time was up, and the multipliers of its bound."""

    answer: CoverAnswer
    bound: BoundState


def first_answer(task: CoverTask, *, warm: WarmMultipliers | None, clock: Clock) -> Opening | None:
    """Find a plan and prove it best without the compiled search; None: that is needed.

    When time is up the answer is what there is by then. It is not tried where the search is
    compiled already, with floors, and on large tasks.
    """
    pairs = len(task.cover.option_item)
    if task.floors or not 0 < pairs <= MOST_PAIRS or not task.rows.most or anneal.is_kept:
        return None
    costs, plan = relative_costs(task), _Plan(task)
    for relative_cost in costs:
        plan.try_options(np.empty(0, np.int64), relative_cost)
    bound = new_bound(task.cover, task.rows, cover_count=plan.best_count, warm=warm, settled=False)
    if not bound.row_multiplier.any():
        _settle(plan, bound)
    for turn in range(ROUNDS):
        if clock.report(plan.best_value + task.fixed_value, _upper(task, plan, bound)):
            return _opening(task, plan, bound)
        if bound.figures[1] < STALLED:
            break
        at, relaxed = plan.evaluate(bound)
        if turn % TRY_EVERY == TRY_EVERY - 1:
            plan.try_options(relaxed, costs[0])
        _keep(bound, at, plan.best_value)
        made = _opening(task, plan, bound)
        if made.answer.bound <= made.answer.value * (1.0 + EXACT):
            return made
        _step(plan, bound, relaxed, at)
    return None


def _opening(task: CoverTask, plan: _Plan, bound: BoundState) -> Opening:
    value, upper = plan.best_value + task.fixed_value, _upper(task, plan, bound)
    method = "greedy, swaps, Lagrangian bound"
    return Opening(CoverAnswer(chosen=plan.best, value=value, bound=upper, method=method), bound)


def _upper(task: CoverTask, plan: _Plan, bound: BoundState) -> float:
    """Return the proven bound, with what is fixed; a whole number where all weights are."""
    least = min(float(bound.figures[0]), float(task.cover.weights.sum())) + task.fixed_value
    upper = whole_below(least) if task.whole_numbers else least
    return max(upper, plan.best_value + task.fixed_value)


class _Plan:
    """What is open and what follows from it, as in `interchange`; and the best plan so far."""

    def __init__(self, task: CoverTask) -> None:
        cover, rows = task.cover, task.rows
        self.cover, self.rows = cover, rows
        n, m = cover.n_options, cover.n_items
        ones = np.ones(len(cover.option_item))
        self.covers = sp.csr_array((ones, cover.option_item, cover.option_offset), shape=(n, m))
        self.taker = np.repeat(np.arange(n), np.diff(rows.offset))
        self.room = rows.capacity * (1.0 + SLACK)
        self.least = 1e-12 * float(cover.weights.sum())
        self.first_gain = self.covers @ cover.weights
        self.best, self.best_value = np.empty(0, np.int64), 0.0
        self.best_count = np.zeros(m, np.int64)
        self._clear()

    def _clear(self) -> None:
        self.is_open = np.zeros(self.cover.n_options, np.bool_)
        self.count = np.zeros(self.cover.n_items, np.int64)
        self.gain = self.first_gain.copy()

    def items(self, option: int) -> Ints:
        """Return the items of an option."""
        begin, end = self.cover.option_offset[option : option + 2]
        return self.cover.option_item[begin:end]

    def _shares(self, items: Ints) -> Floats:
        """Return the weight of ``items`` that each option covers."""
        return sums_by_option(self.cover, items, self.cover.weights[items])

    def _open(self, option: int) -> None:
        items = self.items(option)
        self.gain -= self._shares(items[self.count[items] == 0])
        self.count[items] += 1
        self.is_open[option] = True

    def _close(self, option: int) -> None:
        items = self.items(option)
        self.count[items] -= 1
        self.gain += self._shares(items[self.count[items] == 0])
        self.is_open[option] = False

    def _fitting(self, leaving: int = -1) -> npt.NDArray[np.bool_]:
        """Which closed options fit beside what is open, less one that leaves."""
        rows, stays = self.rows, self.is_open.copy()
        if leaving >= 0:
            stays[leaving] = False
        if int(stays.sum()) >= rows.most:
            return np.zeros(len(stays), np.bool_)
        fit = ~self.is_open
        # one a site
        held = rows.site[stays]
        fit &= (rows.site < 0) | ~np.isin(rows.site, held[held >= 0])
        # rows of money and number
        used = _sums(rows.row, rows.amount * stays[self.taker], len(self.room))
        fit[self.taker[used[rows.row] + rows.amount > self.room[rows.row]]] = False
        return fit

    def _fill(self, relative_cost: Floats) -> None:
        while True:
            ratio = np.where(self._fitting() & (self.gain > self.least), self.gain, 0.0)
            ratio /= relative_cost
            option = int(np.argmax(ratio))
            if ratio[option] <= 0.0:
                return
            self._open(option)

    def _swap(self) -> None:
        """Swap while a swap gains, until a turn over all that is open changes nothing."""
        changed = True
        while changed:
            changed = False
            for leaving in np.flatnonzero(self.is_open).tolist():
                items = self.items(leaving)
                alone = items[self.count[items] == 1]
                worth = np.where(self._fitting(leaving), self.gain + self._shares(alone), -np.inf)
                entering = int(np.argmax(worth))
                if worth[entering] > float(self.cover.weights[alone].sum()) + self.least:
                    self._close(leaving)
                    self._open(entering)
                    changed = True

    def try_options(self, options: Ints, relative_cost: Floats) -> None:
        """Make a plan of some options, as far as they fit, and keep it when it is the best."""
        self._clear()
        for option in options.tolist():
            if self._fitting()[option]:
                self._open(option)
        self._fill(relative_cost)
        self._swap()
        self._fill(relative_cost)
        value = float(self.cover.weights[self.count > 0].sum())
        if value > self.best_value + self.least:
            self.best, self.best_value = np.flatnonzero(self.is_open), value
            self.best_count = self.count.copy()

    def evaluate(self, bound: BoundState) -> tuple[float, Ints]:
        """Return the bound at the multipliers now, and what the relaxed problem opens."""
        bound.score[:] = self.covers @ bound.multiplier - self.price(bound.row_multiplier)
        chosen = self.choose(bound.score)
        value = float(
            bound.score[chosen].sum()
            + (self.cover.weights - bound.multiplier).sum()
            + bound.row_multiplier @ self.rows.capacity
        )
        return value * (1.0 + ROUNDING), chosen

    def price(self, row_multiplier: Floats) -> Floats:
        """Return what each option pays for the rows of money and number."""
        paid = row_multiplier[self.rows.row] * self.rows.amount
        return _sums(self.taker, paid, self.cover.n_options)

    def choose(self, score: Floats) -> Ints:
        """Return the options with the highest positive scores, at most one a site."""
        order = np.argsort(-score, kind="stable")
        order = order[score[order] > 0.0]
        site = self.rows.site[order]
        first = np.zeros(len(order), np.bool_)
        first[np.unique(site, return_index=True)[1]] = True
        return order[first | (site < 0)][: self.rows.most]

    def used(self, chosen: Ints) -> Floats:
        """Return what options take of each row."""
        weight = np.zeros(self.cover.n_options)
        weight[chosen] = 1.0
        rows = self.rows
        return _sums(rows.row, rows.amount * weight[self.taker], len(rows.capacity))

    def pulls(self, chosen: Ints) -> tuple[Floats, Floats]:
        """Return how often ``chosen`` cover each item beyond once, and pass each row."""
        count = np.full(self.cover.n_items, -1.0)
        for option in chosen.tolist():
            count[self.items(option)] += 1.0
        return count, self.used(chosen) - self.rows.capacity


def _sums(number: Ints, weights: Floats, n: int) -> Floats:
    return np.asarray(np.bincount(number, weights=weights, minlength=n), dtype=np.float64)


def _settle(plan: _Plan, bound: BoundState) -> None:
    """Raise the multipliers of rows until what opens passes none (`lagrangian.settle_rows`)."""
    score = plan.covers @ bound.multiplier
    rate, capacity = bound.row_multiplier, plan.rows.capacity
    for _ in range(TURNS):
        for row in range(len(capacity)):
            low, high, tried = 0.0, -1.0, float(rate[row])
            for _ in range(HALVINGS):
                rate[row] = tried
                # within the row: lower; above it: double until it is within, then halve
                if plan.used(plan.choose(score - plan.price(rate)))[row] <= capacity[row]:
                    high = tried
                else:
                    low = tried
                if high < 0.0:
                    tried = 2.0 * tried if tried > 0.0 else 1e-3
                    continue
                if high - low <= 1e-3 * high:
                    break
                tried = 0.5 * (low + high)
            rate[row] = max(high, 0.0)
    bound.best_row_multiplier[:] = rate


def _keep(bound: BoundState, value: float, known: float) -> None:
    """Keep the least bound with its multipliers, and shorten a step that has led nowhere."""
    least, factor, idle = bound.figures[:3]
    if value < least:
        idle = 0.0 if least - value > NOTABLE * abs(value - known) else idle
        least = value
        bound.best_multiplier[:] = bound.multiplier
        bound.best_row_multiplier[:] = bound.row_multiplier
    idle += 1.0
    if idle >= PATIENCE:
        factor, idle = 0.7 * factor, 0.0
    bound.figures[:3] = least, factor, idle


def _step(plan: _Plan, bound: BoundState, chosen: Ints, value: float) -> None:
    """One deflected Polyak step; multipliers stay within [0, w] and at 0 or above."""
    weights = plan.cover.weights
    slope, pull = plan.pulls(chosen)
    # what would leave its range does not pull
    slope[(slope < 0.0) & (bound.multiplier >= weights)] = 0.0
    slope[(slope > 0.0) & (bound.multiplier <= 0.0)] = 0.0
    bound.direction[:] = 0.9 * bound.direction + 0.1 * slope
    # the rows likewise, each brought to a part of the items' size
    memory = ROW_MEMORY if bound.figures[3] > 0.0 else 0.0
    bound.figures[3] = memory * bound.figures[3] + (1.0 - memory) * float(slope @ slope)
    bound.row_slope[:] = memory * bound.row_slope + (1.0 - memory) * pull * pull
    pull[(pull < 0.0) & (bound.row_multiplier <= 0.0)] = 0.0
    bound.row_direction[:] = 0.9 * bound.row_direction + 0.1 * pull
    scale = np.zeros(len(pull))
    np.divide(ROW_PART * bound.figures[3], bound.row_slope, out=scale, where=bound.row_slope > 0.0)
    norm = float(bound.direction @ bound.direction + scale @ bound.row_direction**2)
    if norm <= 0.0:
        return
    # Polyak's (1969) step towards a value between the best plan and the best bound
    target = plan.best_value + 0.3 * (float(bound.figures[0]) - plan.best_value)
    step = float(bound.figures[1]) * max(value - target, 0.0) / norm
    np.clip(bound.multiplier - step * bound.direction, 0.0, weights, out=bound.multiplier)
    moved = bound.row_multiplier + step * scale * bound.row_direction
    np.maximum(moved, 0.0, out=bound.row_multiplier)
