"""Plans that meet their floors: annealing in which every floor counts up to what it asks for.

A plan is worth its weight and, for every floor, a multiplier times what the floor has, but no more
than its need (`floor_state`). A floor that stays short at the end of a round becomes dearer, one
that is met a little cheaper, so that the rounds end now on one side of the floors, now on the other
(strategic oscillation: Glover 1989). When multipliers rise far above the weight, what the floors
lack is all that counts: first the floors, then the weight. Two moves serve: an option is exchanged
for another, and a few neighbours are closed and the room filled again, which exchanges one for two
where money limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from planning.engine.mclp.floor_state import (
    Columns,
    FloorState,
    FloorTask,
    close_one,
    columns_of,
    fill,
    missing,
    new_floor_state,
    open_one,
    open_only,
    swap_worth,
    worth,
)
from planning.engine.mclp.interchange import random_below
from planning.engine.mclp.side_constraints import fits

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.cover_arrays import CoverArrays
    from planning.engine.mclp.task import CoverTask

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Options drawn for an exchange with a far one, and one offer in so many goes to a far option.
DRAWN, FAR = 6, 4
# Offers between two looks at the temperature; one in so many opens an option where one more fits.
OFFERS, OPENED = 64, 8
# Most steps between two looks at the clock.
CHUNK_STEPS = 10_000_000
# Temperature as parts of the mean weight that an open option covers, at first and at last.
HOT, COLD = 0.03, 0.002
# The first multiplier of a floor, in workers for each that it lacks, and the least one.
FIRST_MULTIPLIER, MIN_MULTIPLIER = 1.0, 0.1
# A multiplier above this is not raised: all others fall instead, the weight's too.
TOP_MULTIPLIER = 5.0
# How multipliers move after a round.
DEARER, CHEAPER = 1.6, 0.9
# The part of a round's steps that goes to closing neighbours, where only a count limits and else.
RUIN_PART, RUIN_PART_ROWS = 0.15, 0.5
# The most options that are closed at once.
MAX_CLOSED = 7


class Kept(NamedTuple):
    """The best of a round, changed in place.

    ``found`` bool[n] is the best plan that meets the floors and ``value`` float64[1] its weight;
    ``nearest`` bool[n] the plan that lacks least and ``lacks`` float64[1] how much. Gains of
    ``least`` and below count as none.
    """

    found: Mask
    nearest: Mask
    value: Floats
    lacks: Floats
    least: float


class FloorRepair:
    """Searches plans of a task that meet its floors.

    ``found`` is the best one (None: none yet) and ``value`` its weight, with what is fixed
    (-inf); ``nearest`` is the plan that lacks least in all, and ``lacks`` how much that is.
    """

    def __init__(self, task: CoverTask, *, relative_cost: Floats, seed: int) -> None:
        self.task = task
        self.columns = columns_of(task)
        self.found: Ints | None = None
        self.value = -np.inf
        self.nearest: Ints = np.empty(0, dtype=np.int64)
        self.lacks = np.inf
        self.multiplier = np.full(len(task.floors) + 1, FIRST_MULTIPLIER)
        self._least = 1e-12 * float(task.cover.weights.sum())
        self._relative_cost = relative_cost
        self._rounds = 0
        self._state = new_floor_state(task.cover, task.rows, self.columns, seed=seed)

    def reach(self, plan: Ints) -> Floats:
        """Return what a plan covers in each column, summed anew."""
        cover = self.task.cover
        covered = np.zeros(cover.n_items, dtype=np.bool_)
        for j in plan:
            covered[cover.option_item[cover.option_offset[j] : cover.option_offset[j + 1]]] = True
        sums = [cover.weights[covered].sum()]
        sums += [floor.weights[covered].sum() for floor in self.task.floors]
        return np.array(sums)

    def look_at(self, plan: Ints) -> None:
        """Keep a plan that fits when it is the best that meets the floors, or lacks least."""
        reached = self.reach(plan)
        lacks = float(np.maximum(self.columns.need - reached, 0.0)[1:].sum())
        if lacks < self.lacks:
            self.nearest, self.lacks = plan, lacks
        value = float(reached[0]) + self.task.fixed_value
        if lacks <= 0.0 and value > self.value:
            self.found, self.value = plan, value

    def learn(self, plan: Ints) -> None:
        """Go on from a plan that was found elsewhere, as far as it fits."""
        task = self.task
        open_only(task.cover, task.rows, self.columns, self._state, np.asarray(plan, np.int64))
        self.look_at(self._opened())

    def search(self, steps: int, *, clock: Clock) -> None:
        """Anneal over so many steps from what is open, then move the multipliers."""
        task, state = self.task, self._state
        if min(task.cover.n_options, task.rows.most) == 0:
            return
        n_open = max(int(state.numbers[0]), 1)
        multiplier = self.multiplier.copy()
        if self.found is None and self._rounds % 2 == 1:
            # a little that is lacking may cost any weight: only what floors lack counts
            multiplier[0] = 0.0
        self._rounds += 1
        of_rows = multiplier[1:].mean() if len(multiplier) > 1 else 0.0
        worth_of_weight = max(multiplier[0], 0.2 * of_rows)
        temperature = float(self.reach(self._opened())[0]) * worth_of_weight / n_open
        temperature = max(temperature, 1e-9 * float(task.cover.weights.sum()), 1e-12)
        cold = COLD / HOT
        limited = len(task.rows.capacity) or task.rows.n_sites
        ruined = int(steps * (RUIN_PART_ROWS if limited else RUIN_PART))
        found, nearest = np.zeros((2, task.cover.n_options), dtype=np.bool_)
        value, lacks = np.array([self.value - task.fixed_value]), np.array([self.lacks])
        kept = Kept(found, nearest, value, lacks, self._least)
        weighted = FloorTask(task.cover, task.rows, self.columns, multiplier)
        begin = 0
        while begin < steps and (begin == 0 or clock.left_s > 0.0):
            end = min(begin + CHUNK_STEPS, steps)
            temperatures = (
                HOT * temperature * cold ** (begin / steps),
                HOT * temperature * cold ** (end / steps),
            )
            part = (end - begin) * ruined // steps
            _exchange(weighted, state, temperatures, end - begin - part, kept)
            _ruin_and_fill(weighted, state, self._relative_cost, temperatures, part, kept)
            begin = end
        for plan in (found, nearest):
            if plan.any():
                self.look_at(np.flatnonzero(plan))
        self._move_multipliers()

    def _opened(self) -> Ints:
        return np.sort(self._state.opened[: self._state.numbers[0]])

    def _move_multipliers(self) -> None:
        """Make floors dearer that the round's end leaves short, others cheaper."""
        last = self._opened()
        self.look_at(last)
        short = self.reach(last) < self.columns.need
        short[0] = False
        moved = self.multiplier * np.where(short, DEARER, CHEAPER)
        moved[0] = self.multiplier[0]
        moved = np.maximum(moved, MIN_MULTIPLIER * moved[0])
        self.multiplier = moved * min(TOP_MULTIPLIER / moved.max(), 1.0)
        if not short.any():
            # met: the weight may count more again
            self.multiplier = self.multiplier / self.multiplier[0]
            self.multiplier = np.minimum(self.multiplier, TOP_MULTIPLIER)


@compiled
def _keep(
    columns: Columns,
    state: FloorState,
    kept: Kept,
) -> None:
    """Keep what is open when it is the best that meets the floors, or lacks least."""
    if kept.lacks[0] <= 0.0 and state.covered[0] <= kept.value[0] + kept.least:
        return
    # the nearest: what lacks least in all
    lacks = missing(columns, state)
    if lacks < kept.lacks[0]:
        kept.lacks[0] = lacks
        for j in range(len(kept.nearest)):
            kept.nearest[j] = state.slot[j] >= 0
    # the best: meets every floor and weighs more
    if lacks <= 0.0 and state.covered[0] > kept.value[0] + kept.least:
        kept.value[0] = state.covered[0]
        for j in range(len(kept.found)):
            kept.found[j] = state.slot[j] >= 0


@compiled
def _exchange(
    task: FloorTask, state: FloorState, temperatures: tuple[float, float], steps: int, kept: Kept
) -> None:
    """Exchange open options for closed ones; ``temperatures`` are the first and the last."""
    cover, rows, columns, multiplier = task
    n = len(state.slot)
    work = 0
    while work < steps:
        # cool geometrically over the steps
        temperature = temperatures[0] * (temperatures[1] / temperatures[0]) ** (work / steps)
        for turn in range(OFFERS):
            n_open = state.numbers[0]
            work += 4
            # now and then open one more, where the limits allow
            if n_open < rows.most and (n_open == 0 or turn % OPENED == 0):
                entering = _drawn(columns, state, multiplier)
                work += DRAWN * len(multiplier)
                if (
                    state.slot[entering] < 0
                    and fits(rows, state.used, state.site_used, n_open, entering, -1)
                    and worth(columns, state, multiplier, state.gain[entering]) > kept.least
                ):
                    work += open_one(cover, rows, columns, state, entering)
                    _keep(columns, state, kept)
                continue
            if n_open == 0:
                continue
            # an exchange is offered: an open option for a mostly near one
            leaving = state.opened[random_below(state.random, n_open)]
            entering = _offer(cover, columns, state, multiplier, leaving)
            if state.slot[entering] >= 0:
                continue
            # it must fit
            if not fits(rows, state.used, state.site_used, n_open, entering, leaving):
                continue
            size = cover.option_offset[entering + 1] - cover.option_offset[entering]
            work += size + len(multiplier)
            # worse ones with probability exp(change / temperature) (Metropolis and others 1953)
            change = swap_worth(cover, columns, state, multiplier, leaving, entering)
            if change < 0.0:
                chance = (random_below(state.random, 1 << 30) + 1.0) / (1 << 30)
                if change < temperature * np.log(chance):
                    continue
            # exchange, and keep the best
            work += close_one(cover, rows, columns, state, leaving)
            work += open_one(cover, rows, columns, state, entering)
            _keep(columns, state, kept)
        work += n // 64


@compiled
def _drawn(columns: Columns, state: FloorState, multiplier: Floats) -> int:
    """Return the option worth most to open of a few random ones."""
    best = random_below(state.random, len(state.slot))
    value = worth(columns, state, multiplier, state.gain[best])
    # the best of a few by what the columns are worth now
    for _ in range(DRAWN - 1):
        other = random_below(state.random, len(state.slot))
        other_value = worth(columns, state, multiplier, state.gain[other])
        if other_value > value:
            best, value = other, other_value
    return int(best)


@compiled
def _offer(
    cover: CoverArrays, columns: Columns, state: FloorState, multiplier: Floats, leaving: int
) -> int:
    """Draw an option to open in the place of ``leaving``: mostly a near one."""
    size = cover.option_offset[leaving + 1] - cover.option_offset[leaving]
    # a near one shares a random item with it
    if size > 0 and random_below(state.random, FAR) > 0:
        i = cover.option_item[cover.option_offset[leaving] + random_below(state.random, size)]
        degree = cover.item_offset[i + 1] - cover.item_offset[i]
        return int(cover.item_option[cover.item_offset[i] + random_below(state.random, degree)])
    return _drawn(columns, state, multiplier)


@compiled
def _near(cover: CoverArrays, state: FloorState, option: int) -> int:
    """Walk to an open option near ``option``: item, option, item, its open option; -1 if none."""
    j = option
    for _ in range(2):
        # a random item of the option: whoever alone covers it is a neighbour
        size = cover.option_offset[j + 1] - cover.option_offset[j]
        if size == 0:
            return -1
        i = cover.option_item[cover.option_offset[j] + random_below(state.random, size)]
        if state.cover_count[i] == 1 and state.option_sum[i] != option:
            return int(state.option_sum[i])
        # else go on from a random option of that item
        degree = cover.item_offset[i + 1] - cover.item_offset[i]
        j = cover.item_option[cover.item_offset[i] + random_below(state.random, degree)]
    return int(j) if state.slot[j] >= 0 else -1


@compiled
def _neighbours(cover: CoverArrays, state: FloorState, closed: Ints) -> int:
    """Write open options near a random one into ``closed``; returns how many."""
    most = min(1 + random_below(state.random, len(closed)), state.numbers[0])
    # begin with a random open option
    closed[0] = state.opened[random_below(state.random, state.numbers[0])]
    n = 1
    for _ in range(8 * most):
        if n >= most:
            break
        # a neighbour of what is gathered, one time in eight any open option
        other = _near(cover, state, closed[random_below(state.random, n)])
        if random_below(state.random, 8) == 0:
            other = state.opened[random_below(state.random, state.numbers[0])]
        # no option twice
        known = other < 0
        for k in range(n):
            known = known or closed[k] == other
        if not known:
            closed[n] = other
            n += 1
    return n


@compiled
def _ruin_and_fill(  # noqa: PLR0917 - compiled: positional only
    task: FloorTask,
    state: FloorState,
    relative_cost: Floats,
    temperatures: tuple[float, float],
    steps: int,
    kept: Kept,
) -> None:
    """Close a few neighbours and fill again; go back when it is much worse for the temperature."""
    cover, rows, columns, multiplier = task
    closed = np.empty(MAX_CLOSED, np.int64)
    equal = np.ones(len(relative_cost))
    work = 0
    while work < steps and state.numbers[0] > 0:
        # cool geometrically over the steps
        temperature = temperatures[0] * (temperatures[1] / temperatures[0]) ** (work / steps)
        # remember where to go back to
        before = state.opened[: state.numbers[0]].copy()
        sums = state.covered.copy()
        # ruin: close a few neighbours
        n = _neighbours(cover, state, closed)
        for k in range(n):
            work += close_one(cover, rows, columns, state, closed[k])
        # recreate: fill by worth or by worth for cost, half of the time without one just closed
        barred = closed[random_below(state.random, n)] if random_below(state.random, 2) else -1
        measure = relative_cost if random_below(state.random, 2) else equal
        work += fill(task, state, measure, barred, 16)
        # what the way back is worth
        change = -worth(columns, state, multiplier, sums - state.covered)
        chance = (random_below(state.random, 1 << 30) + 1.0) / (1 << 30)
        # accept or go back (Metropolis and others 1953)
        if change < temperature * np.log(chance):
            work += open_only(cover, rows, columns, state, before) + len(state.slot)
        else:
            _keep(columns, state, kept)
