r"""Sifting: the bound and the plan of a large problem from few of its options at a time.

Where money limits, a plan opens few options of very many, and at good multipliers nearly all
others lie far from being worth what they take of the rows. So the multipliers are moved on the
options that come nearest to it (sifting: Bixby, Gregory, Lustig, Marsten and Shanno 1992), whose
items merge to few. An item that none of them covers has its weight as its multiplier, an item of a
merged one its share. Then all options are scored once, which gives a true bound of the whole, and
those that come near to opening are taken in.

At the end the linear programme of what is left in the sieve is solved, cuts of numbers that fit no
limit are added to it (`count_cuts`), and what it opens becomes a plan. The cuts are rows like
others from then on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.cover_arrays import merge_items
from planning.engine.cutting_planes import Cuts
from planning.engine.mclp import lagrangian
from planning.engine.mclp.count_cuts import CountCut, find_count_cut
from planning.engine.mclp.lagrangian import WarmMultipliers
from planning.engine.mclp.lp_relaxation import CoverRelaxation
from planning.engine.mclp.search_and_bound import CoverRun, done, relative_costs, restricted_rows
from planning.engine.mclp.task import CoverTask

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.cover_arrays import CoverArrays
    from planning.engine.mclp.side_constraints import PackingRows
    from planning.engine.params import SolveParams

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Options that a look takes in at most, how near they must come to opening as a part of their price,
# and how many looks' worth of them the sieve holds.
TAKEN_IN, NEAR, HELD = 400, 0.3, 3
# Evaluations on the sieve between two looks at all options, and the step factor of the first looks
# and of later ones.
EVALUATIONS, FIRST_LOOKS, STEP, LATER_STEP = 200, 3, 1.0, 0.3
# Most looks in turn; they end when so many after each other bring the bound down by less than this
# part of the gap.
LOOKS, IDLE, NOTABLE = 12, 2, 0.05
# Most pairs in the first linear programme, each later one has twice as many; most of them in turn,
# and most cuts in each.
PROGRAMME_PAIRS, PROGRAMMES, CUTS = 60_000, 4, 12
# What an option must have in a relaxed plan to be tried in a real one.
OPENED = 0.01
# A price below this part of the largest one is none.
NOTHING = 1e-9


class _Part(NamedTuple):
    """Some options with their items merged; ``item_of`` int32[n_items] of the whole's items."""

    options: Ints
    cover: CoverArrays
    rows: PackingRows
    item_of: npt.NDArray[np.int32]


def sift(run: CoverRun, *, params: SolveParams, clock: Clock) -> None:
    """Bring the bound of a run down and its plan up, by few options at a time."""
    sieve = _Sieve(run)
    sieve.look()
    if clock.tick(run.value, run.upper) or done(run, params):
        return
    for turn in range(PROGRAMMES):
        before = run.upper
        if turn or not run.is_same:
            _settle(run, sieve, is_first=not turn, params=params, clock=clock)
        else:
            # multipliers of the same options are near enough
            sieve.take_in()
        if done(run, params) or clock.left_s <= 0.0:
            return
        if turn and before - run.upper < NOTABLE * (run.upper - run.value):
            return
        if not sieve.solve(clock=clock) or clock.tick(run.value, run.upper) or done(run, params):
            return


def _settle(
    run: CoverRun, sieve: _Sieve, *, is_first: bool, params: SolveParams, clock: Clock
) -> None:
    """Move the multipliers and look at all options, in turn, until the bound hardly falls.

    The first time some looks pass before the sieve holds what matters, and new multipliers move
    far.
    """
    idle, patient = 0, FIRST_LOOKS if is_first else 0
    for look in range(LOOKS):
        before = run.upper
        sieve.take_in()
        sieve.ascend(STEP if look < patient and not run.is_warm else LATER_STEP)
        sieve.look()
        if clock.tick(run.value, run.upper) or done(run, params):
            return
        fallen = before - run.upper
        if look < patient or fallen >= NOTABLE * (run.upper - run.value):
            idle = 0
            continue
        # a look that has gone astray is no sign yet
        idle += IDLE if fallen > 0.0 else 1
        if idle >= IDLE:
            return


class _Sieve:
    """The options that matter now, and the multipliers of all items and rows."""

    def __init__(self, run: CoverRun) -> None:
        self.run = run
        n = run.task.cover.n_options
        self.held = run.best_open.copy()
        self._most_pairs = PROGRAMME_PAIRS
        self.nearness = np.zeros(n)
        if run.is_warm:
            self.multiplier = run.bound.best_multiplier.copy()
            self.row_multiplier = run.bound.best_row_multiplier.copy()
        else:
            self.multiplier, self.row_multiplier = first_multipliers(run)

    def look(self) -> None:
        """Score all options at the multipliers now, which bounds the whole."""
        run = self.run
        bound, rows = run.bound, run.task.rows
        bound.multiplier[:] = self.multiplier
        bound.row_multiplier[:] = self.row_multiplier
        value, _ = lagrangian.evaluate(run.task.cover, rows, bound)
        if value < bound.figures[0]:
            bound.figures[0] = value
            bound.best_multiplier[:] = self.multiplier
            bound.best_row_multiplier[:] = self.row_multiplier
        price = prices(rows, self.row_multiplier)
        # an option for nothing is near by what it is worth
        least = NOTHING * max(float(price.max()), float(np.abs(bound.score).max()), NOTHING)
        self.nearness = bound.score / np.maximum(price, least)

    def take_in(self) -> None:
        """Take in what comes near to opening; when the sieve is full, begin it anew."""
        nearest = np.argsort(-self.nearness, kind="stable")[:TAKEN_IN]
        self.held[nearest[self.nearness[nearest] > -NEAR]] = True
        if int(self.held.sum()) > HELD * TAKEN_IN:
            order = np.argsort(np.where(self.held, -self.nearness, np.inf), kind="stable")
            self.held = self.run.best_open.copy()
            self.held[order[: HELD * TAKEN_IN // 2]] = True

    def ascend(self, step: float) -> None:
        """Move the multipliers on what the sieve holds."""
        part = self._part(np.flatnonzero(self.held))
        state = lagrangian.new_bound(part.cover, part.rows, warm=self._of_part(part))
        state.figures[1] = step
        work = EVALUATIONS * (len(part.cover.option_item) + 8 * part.cover.n_items)
        lagrangian.lower_bound_by_multipliers(
            part.cover, part.rows, state, self.run.best_value, work
        )
        self._lift(part, state.best_multiplier)
        self.row_multiplier = state.best_row_multiplier.copy()

    def solve(self, *, clock: Clock) -> bool:
        """Solve the linear programme of what comes nearest, with cuts; False: it has none."""
        run = self.run
        part = self._nearest_part(self._most_pairs)
        self._most_pairs *= 2
        if part is None:
            return False
        task = CoverTask(cover=part.cover, rows=part.rows, fixed_value=0.0, whole_numbers=False)
        relaxation = CoverRelaxation(task, clock=clock)
        cuts: list[CountCut] = []
        point = np.zeros(run.task.cover.n_options)
        while relaxation.solved:
            point[part.options] = np.maximum(relaxation.point[: len(part.options)], 0.0)
            cut = find_count_cut(self._own_rows(), point, clock=clock)
            if cut is None or len(cuts) == CUTS:
                break
            cuts.append(cut)
            row = sp.csr_array(np.r_[cut.amount[part.options], np.zeros(part.cover.n_items)][None])
            relaxation.add(Cuts(row, np.array([cut.capacity])), drops=False)
        if not relaxation.solved:
            return False
        run.take_cuts(cuts)
        first = np.argsort(-point, kind="stable")[: int((point > OPENED).sum())]
        run.try_options(first)
        run.back_to_best()
        self._lift(part, np.maximum(-relaxation.dual[: part.cover.n_items], 0.0))
        self.row_multiplier = np.maximum(-relaxation.dual[-len(run.task.rows.capacity) :], 0.0)
        self.look()
        return bool(cuts)

    def _own_rows(self) -> PackingRows:
        """Return the rows without the cuts that were added."""
        return self.run.own_rows

    def _nearest_part(self, most_pairs: int) -> _Part | None:
        """Return what a linear programme may hold: what lies nearest, of what is held."""
        held = np.flatnonzero(self.held)
        held = held[np.argsort(-self.nearness[held], kind="stable")]
        while len(held):
            part = self._part(np.sort(np.union1d(held, np.flatnonzero(self.run.best_open))))
            if len(part.cover.option_item) <= most_pairs:
                return part
            held = held[: len(held) // 2]
        return None

    def _part(self, options: Ints) -> _Part:
        cover, rows = self.run.task.cover, self.run.task.rows
        merged = merge_items(
            cover.option_offset,
            cover.option_item,
            cover.weights,
            options=options,
            removed=np.zeros(cover.n_items, dtype=np.bool_),
            labels=np.zeros(cover.n_items, dtype=np.int64),
        )
        kept = restricted_rows(rows, np.zeros(cover.n_options, dtype=np.bool_), options)
        return _Part(options, merged.cover, kept, np.asarray(merged.item_of))

    def _of_part(self, part: _Part) -> WarmMultipliers:
        inside = part.item_of >= 0
        sums = np.bincount(
            part.item_of[inside], weights=self.multiplier[inside], minlength=part.cover.n_items
        )
        return WarmMultipliers(np.asarray(sums, dtype=np.float64), self.row_multiplier)

    def _lift(self, part: _Part, multiplier: Floats) -> None:
        """Give each item its share of its merged one's multiplier, or its weight."""
        weights = self.run.task.cover.weights
        share = np.minimum(multiplier / part.cover.weights, 1.0)
        inside = part.item_of >= 0
        self.multiplier = weights.copy()
        self.multiplier[inside] *= share[part.item_of[inside]]


def prices(rows: PackingRows, row_multiplier: Floats) -> Floats:
    """float64[n_options]: what each option pays for what it takes of the rows."""
    n = len(rows.site)
    owner = np.repeat(np.arange(n), np.diff(rows.offset))
    paid = rows.amount * row_multiplier[rows.row]
    return np.asarray(np.bincount(owner, weights=paid, minlength=n), dtype=np.float64)


def first_multipliers(run: CoverRun) -> tuple[Floats, Floats]:
    """Return multipliers at which the run's plan pays for what it takes.

    The open option that covers least alone for its part of the rows sets their price. What one open
    option alone covers pays that, what several cover is free, and what none does is worth all.
    """
    cover, rows = run.task.cover, run.task.rows
    count, alone = run.search.cover_count, []
    multiplier = np.where(count > 1, 0.0, cover.weights)
    opened = np.flatnonzero(run.best_open)
    by_option = [
        cover.option_item[cover.option_offset[j] : cover.option_offset[j + 1]] for j in opened
    ]
    alone = [items[count[items] == 1] for items in by_option]
    gains = np.array([float(cover.weights[items].sum()) for items in alone])
    share = relative_costs(run.task)[-1]
    rate = float((gains / share[opened]).min(initial=np.inf))
    rate = rate if np.isfinite(rate) else float(cover.weights.max())
    row_multiplier = rate / np.maximum(rows.capacity, 1e-9)
    paid = prices(rows, row_multiplier)[opened]
    for items, gain, price in zip(alone, gains, paid, strict=True):
        if gain > 0.0:
            multiplier[items] *= min(price / gain, 1.0)
    return multiplier, row_multiplier
