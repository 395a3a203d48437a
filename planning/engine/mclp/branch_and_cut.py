"""Branch and cut on the relaxation of maximal covering.

A branch has bounds of its own on options and items. Its relaxation is solved, reduced costs settle
more of it, cuts are added (they hold everywhere, so every branch sharpens all others) and what the
relaxation opens is tried as a plan. What is left is parted where the bound falls most: an option is
open or closed, or an item is covered or all its options are closed. The branch with the highest
bound is next.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planning.engine.cutting_planes import ROUNDING, STEPS_PER_PAIR
from planning.engine.mclp.lp_relaxation import WHOLE, CoverRelaxation
from planning.engine.mclp.search_and_bound import CoverRun
from planning.engine.params import EXACT

if TYPE_CHECKING:
    from planning.engine.clock import TimeLeft
    from planning.engine.mclp.task import CoverTask

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int8]

# Cuts are sought until the bound has fallen by less than this part of the gap in so many rounds.
STALL_PART, STALL_ROUNDS = 0.03, 4
# Most rounds of cuts at the root and in a branch.
ROOT_ROUNDS, BRANCH_ROUNDS = 200, 12
# So many options and so many items are tried before a branch is parted, with so many iterations.
TRIED, TRIED_ITERATIONS = 6, 150
# A side that loses less than this counts as losing so much.
MIN_LOSS = 1e-3


@dataclass(frozen=True, eq=False)
class Branch:
    """Bounds int8[n_options + n_items] of options and items.

    ``bounds`` are what each round of cuts so far has proved, where the branch was put back between.
    """

    lower: Whole
    upper: Whole
    bounds: tuple[float, ...] = ()


class CutTree:
    """The open branches of one search, and the best plan known.

    All values are without what is fixed. ``value`` is the best plan's weight, which the caller
    may raise; ``chosen`` and ``found`` are the best plan that the tree itself came upon: with
    floors it makes none, and a part that holds a single one is known by its bound. ``opened``
    bool[n_options] is what the relaxation has opened in some part at some time. ``proven`` is what
    `upper` was last known to be, which another thread may read while the tree grows.
    """

    def __init__(self, task: CoverTask, *, value: float, seed: int, clock: TimeLeft) -> None:
        self._task, self._seed, self._clock = task, seed, clock
        cover = task.cover
        owner = np.repeat(np.arange(cover.n_options), np.diff(cover.option_offset))
        self._size = np.bincount(
            owner, weights=cover.weights[cover.option_item], minlength=cover.n_options
        )
        # what it makes keeps no floors
        self._maker = None if task.floors else CoverRun(task, seed=seed)
        self.value = max(value, self.found)
        self.opened = np.zeros(cover.n_options, dtype=np.bool_)
        self.root_steps = STEPS_PER_PAIR * len(cover.option_item)
        self._relaxation: CoverRelaxation | None = None
        self._born, self._n_parted = 0, 0
        self._unparted = -np.inf
        self._heap: list[tuple[float, int, Branch]] = []
        n = cover.n_options + cover.n_items
        root = Branch(np.zeros(n, dtype=np.int8), np.ones(n, dtype=np.int8))
        self.proven = float(cover.weights.sum())
        self._push(root, self.proven)

    @property
    def steps(self) -> int:
        """The work done so far, in elementary steps."""
        return 0 if self._relaxation is None else self._relaxation.steps

    @property
    def found(self) -> float:
        """The weight of the best plan that was made here, -inf where none is: with floors."""
        return -np.inf if self._maker is None else self._maker.best_value

    @property
    def chosen(self) -> Ints:
        """The options of that plan."""
        if self._maker is None:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(self._maker.best_open)

    @property
    def target(self) -> float:
        """A branch below this has no better plan."""
        if self._task.whole_numbers:
            return self.value + 1.0 - 1e-6
        return self.value + self._grain

    @property
    def _grain(self) -> float:
        """What is no gain: a part of what rounding is allowed, or what a bound loses by sums."""
        whole = self.value + self._task.fixed_value
        return max(0.25 * EXACT * whole, 4.0 * ROUNDING * float(self._task.cover.weights.sum()))

    @property
    def upper(self) -> float:
        """The proven bound over all branches."""
        top = -self._heap[0][0] if self._heap else -np.inf
        # a branch is left as soon as it holds nothing of the target's worth
        left = self.value if self._task.whole_numbers else self.target
        return max(top, self._unparted, left)

    def finished(self, *, gap: float) -> bool:
        """Whether no branch is left that could pass the best plan by more than the gap."""
        whole = self.value + self._task.fixed_value
        return not self._heap or self.upper - self.value <= gap * whole

    def grow(self, steps: int, *, gap: float) -> None:
        """Work for about so many steps, until all is proved or time is up."""
        end = self.steps + steps
        if self._relaxation is None:
            self._relaxation = CoverRelaxation(self._task, clock=self._clock)
        while self.steps < end and self._clock.left_s > 0.0 and not self.finished(gap=gap):
            bound, _, branch = heapq.heappop(self._heap)
            if -bound >= self.target:
                self._explore(self._relaxation, branch, -bound, end=end)
        self.proven = min(self.proven, self.upper)

    def _push(self, branch: Branch, bound: float) -> None:
        self._born += 1
        heapq.heappush(self._heap, (-bound, self._born, branch))

    def _explore(
        self, relaxation: CoverRelaxation, branch: Branch, bound: float, *, end: int
    ) -> None:
        """Sharpen a branch; part it, or put it back when the steps are used up."""
        relaxation.fix(branch.lower, branch.upper)
        relaxation.run()
        most_rounds = BRANCH_ROUNDS if self._n_parted else ROOT_ROUNDS
        bounds = list(branch.bounds)
        while True:
            bound = min(bound, relaxation.value)
            self.proven = min(self.proven, max(self.upper, bound))
            if bound < self.target:
                return
            if not relaxation.solved or self._clock.left_s <= 0.0 or self.steps >= end:
                self._push(_branch_of(relaxation, tuple(bounds)), bound)
                return
            self._make_plan(relaxation.point[: relaxation.n_options])
            if bound < self.target:
                return
            if relaxation.is_whole:
                # the plan just made is its best, unless floors or rounding kept it from being made
                self._unparted = max(self._unparted, min(bound, relaxation.value))
                return
            relaxation.fix(*relaxation.fixed_at(self.target))
            bounds.append(bound)
            if len(bounds) > most_rounds or self._stalls(bounds):
                break
            self._seed += 1
            cuts = relaxation.find_cuts(seed=self._seed)
            if not cuts.n_cuts:
                break
            relaxation.add(cuts)
        self._n_parted += 1
        self._part(relaxation, _branch_of(relaxation, ()), bound)

    def _stalls(self, bounds: list[float]) -> bool:
        if len(bounds) <= STALL_ROUNDS:
            return False
        fallen = bounds[-1 - STALL_ROUNDS] - bounds[-1]
        return fallen < STALL_PART * (bounds[-1] - self.value)

    def _make_plan(self, opened: Floats) -> None:
        """Make a plan of what the relaxation opens most."""
        self.opened |= opened > WHOLE
        if self._maker is None:
            return
        first = np.argsort(-opened, kind="stable")[: self._task.rows.most]
        self._maker.try_options(first[opened[first] > WHOLE])
        self.value = max(self.value, self.found)

    def _part(self, relaxation: CoverRelaxation, branch: Branch, bound: float) -> None:
        """Part a branch where both sides lose most; keep one side where the other holds nothing."""
        candidates = self._candidates(relaxation)
        if not len(candidates):
            self._unparted = max(self._unparted, bound)
            return
        most_lost, parts = -1.0, []
        relaxation.limit_iterations(TRIED_ITERATIONS)
        for column in candidates:
            sides = [
                (min(bound, _bound_of(relaxation, side)), side)
                for side in self._sides(branch, column)
            ]
            lost = [max(bound - side_bound, MIN_LOSS) for side_bound, _ in sides]
            if min(side_bound for side_bound, _ in sides) < self.target:
                parts = [side for side in sides if side[0] >= self.target]
                break
            if lost[0] * lost[1] > most_lost:
                most_lost, parts = lost[0] * lost[1], sides
        relaxation.limit_iterations(None)
        for side_bound, side in parts:
            self._push(side, side_bound)

    def _sides(self, branch: Branch, column: int) -> tuple[Branch, Branch]:
        """Part a branch at an option or an item: not open or not covered, open or covered."""
        without = Branch(branch.lower, branch.upper.copy())
        without.upper[column] = 0
        cover = self._task.cover
        item = column - cover.n_options
        if item >= 0:
            options = cover.item_option[cover.item_offset[item] : cover.item_offset[item + 1]]
            without.upper[options] = 0
        within = Branch(branch.lower.copy(), branch.upper)
        within.lower[column] = 1
        return without, within

    def _candidates(self, relaxation: CoverRelaxation) -> Ints:
        """Return the options and the items that are most undecided, for what they weigh."""
        cover = self._task.cover
        point = np.clip(relaxation.point, 0.0, 1.0)
        doubt = np.where(relaxation.is_free, np.minimum(point, 1.0 - point), 0.0)
        picked = []
        for begin, weight in ((0, self._size), (cover.n_options, cover.weights)):
            score = doubt[begin : begin + len(weight)] * weight
            best = np.argsort(-score, kind="stable")[:TRIED]
            picked.append(begin + best[doubt[begin + best] > WHOLE])
        return np.concatenate(picked)


def _branch_of(relaxation: CoverRelaxation, bounds: tuple[float, ...]) -> Branch:
    return Branch(relaxation.lower.copy(), relaxation.upper.copy(), bounds)


def _bound_of(relaxation: CoverRelaxation, branch: Branch) -> float:
    relaxation.fix(branch.lower, branch.upper)
    relaxation.run()
    return relaxation.value
