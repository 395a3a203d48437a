"""The engine of the p-median: search and bound side by side, fixing, then a programme or a tree.

Two threads work in rounds of counted steps, so that a seed gives the same answer on any machine
while the time limit is not hit. All values here are costs of the pairs alone, without what the
reduction has fixed.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.engine.p_median import interchange, lagrangian
from planning.engine.p_median.branch_and_bound import TreeTask, solve_tree
from planning.engine.p_median.candidate_lists import MedianPairs, smaller_median
from planning.engine.p_median.lagrangian import CLOSED, OPEN, MultiplierState
from planning.engine.p_median.radius_formulation import pairs_left, solve_radius
from planning.engine.proven import whole_above

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning.engine.clock import Clock
    from planning.engine.p_median.candidate_lists import ReducedMedian
    from planning.engine.params import SolveParams

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# Elementary steps of each round of search and bound, and of the pieces between looks at the clock.
ROUND_STEPS = (4_000_000, 12_000_000, 30_000_000, 60_000_000, 120_000_000)
PIECE_STEPS = 4_000_000
# The same of the bound: each piece forgets the direction, so that short ones are slow.
BOUND_PIECE_STEPS = 10_000_000
# Prices rest when their step factor is below this.
RESTED = 1e-3
# So few pairs left are finished by a programme at once; up to so many after all rounds.
FEW_PAIRS = 15_000
MAX_PAIRS = 60_000
# Steps of more rounds for each pair of site and item, where too many pairs are left.
STEPS_PER_PAIR = 400
# With so few sites to open the tree is the faster one.
MAX_IN_TREE = 24
# Pieces in which the multipliers of what is left are raised, a look at the clock between.
REST_PIECES = 20
# How often what is left may be made smaller and its multipliers raised again.
SHRINKS = 6


class Remainder(NamedTuple):
    """A p-median that fixing leaves: ``sites`` numbers the task's, ``fixed_value`` is its constant.

    ``opened`` are the task's sites that are open for good.
    """

    pairs: MedianPairs
    p: int
    sites: Ints
    opened: Ints
    fixed_value: float
    multipliers: MultiplierState


class MedianRun:
    """One run: the best plan and the bound so far, the search's and the multipliers' state."""

    def __init__(self, task: ReducedMedian, *, params: SolveParams, clock: Clock) -> None:
        self.task, self.params, self.clock = task, params, clock
        pairs = task.pairs
        self.lower = 0.0
        self.state = interchange.new_state(pairs, task.p, seed=params.seed)
        self.opened = interchange.greedy(pairs, task.p)
        self.cost = float(interchange.open_only(pairs, self.state, self.opened))
        self.least = 1e-9 * max(self.cost, 1e-300)
        self.search(PIECE_STEPS)
        first, second = self.state.first, self.state.second
        self.multipliers = lagrangian.new_multipliers(
            pairs.n_sites, lagrangian.multipliers_of_plan(first, second)
        )
        self.steps = ["greedy, swaps"]

    def keep(self, plan: Ints) -> None:
        """Take a plan when it is the best so far; one with fewer than p sites is filled up."""
        filled = np.zeros(self.task.pairs.n_sites, dtype=np.bool_)
        filled[plan] = True
        short = self.task.p - int(filled.sum())
        filled[np.flatnonzero(~filled)[: max(short, 0)]] = True
        cost = float(interchange.cost_of(self.task.pairs, filled))
        if cost < self.cost and short >= 0:
            self.cost, self.opened = cost, np.flatnonzero(filled)

    def cutoff_of(self, cost: float) -> float:
        """No plan above this cost is of interest when one of ``cost`` is known."""
        total = cost + self.task.fixed_value
        step = 1.0 - 1e-6 if self.task.whole_numbers else 5e-10 * total
        return cost - max(step, self.params.gap * total)

    @property
    def cutoff(self) -> float:
        """The cutoff of the best plan so far."""
        return self.cutoff_of(self.cost)

    def raise_lower(self, bound: float) -> None:
        """Take a bound that holds for all plans at or below the cutoff, and so for all plans."""
        cutoff = self.cutoff
        if bound > cutoff:
            self.nothing_left(cutoff)
            return
        if self.task.whole_numbers and np.isfinite(bound):
            bound = whole_above(bound)
        self.lower = min(max(self.lower, bound), self.cost)

    def nothing_left(self, cutoff: float) -> None:
        """Take it that no plan at or below a cutoff is left."""
        if self.task.whole_numbers:
            cutoff = float(np.floor(cutoff)) + 1.0
        self.lower = min(max(self.lower, cutoff), self.cost)

    @property
    def done(self) -> bool:
        """Whether the proven gap is the one asked for."""
        return self.lower >= self.cutoff or self.cost + self.task.fixed_value <= 0.0

    def report(self) -> bool:
        """Tell the caller; True when the run must end."""
        fixed_value = self.task.fixed_value
        return self.clock.report(self.cost + fixed_value, self.lower + fixed_value)

    def tick(self) -> bool:
        """Tell the caller what is news; True when the run must end."""
        fixed_value = self.task.fixed_value
        return self.clock.tick(self.cost + fixed_value, self.lower + fixed_value)

    def search(self, steps: int, *, stop: Event | None = None) -> None:
        """Iterate the search from the best plan over so many steps."""
        opened = self.opened.copy()
        for begin in range(0, steps, PIECE_STEPS):
            if begin and (self.tick() or (stop is not None and stop.is_set())):
                break
            piece = min(PIECE_STEPS, steps - begin)
            self.cost = float(
                interchange.iterate(
                    self.task.pairs, self.state, opened, self.cost, self.least, piece
                )
            )
            self.opened = opened.copy()

    def bound(self, cutoff: float, steps: int) -> Ints:
        """Raise the multipliers over so many steps; returns the best plan met on the way."""
        best_cost, best = np.inf, np.empty(0, dtype=np.int64)
        while steps > 0 and self.clock.left_s > 0.0 and not self.rested:
            limits = (2**62, min(steps, BOUND_PIECE_STEPS), RESTED)
            cost, plan, used = lagrangian.raise_bound(
                self.task.pairs, self.multipliers, self.task.p, cutoff, limits
            )
            steps -= max(used, 1)
            if cost < best_cost:
                best_cost, best = cost, plan
            if self.multipliers.figures[0] > cutoff:
                break
        return np.asarray(best, dtype=np.int64)

    @property
    def rested(self) -> bool:
        """Whether the multipliers have come to rest."""
        return bool(self.multipliers.figures[1] < RESTED)

    def rounds(self) -> None:
        """Search and bound side by side until all is proven, little is left or time is up."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            for steps in self._round_steps():
                if self.done or self.report():
                    return
                before = self.cost
                proof = pool.submit(self.bound, self.cutoff, 4 * steps)
                self.search(steps)
                self.keep(proof.result())
                self.raise_lower(float(self.multipliers.figures[0]))
                is_stuck = self.cost >= before and steps > ROUND_STEPS[0]
                if self.rested and self._n_pairs_left() <= self._enough(is_stuck=is_stuck):
                    return
        while not (self.done or self.rested or self.report()):
            self.keep(self.bound(self.cutoff, BOUND_PIECE_STEPS))
            self.raise_lower(float(self.multipliers.figures[0]))

    def _round_steps(self) -> Iterator[int]:
        """Give the steps of each round: the same for every limit, on every machine."""
        yield from ROUND_STEPS
        for _ in range(STEPS_PER_PAIR * len(self.task.pairs.site_item) // ROUND_STEPS[-1]):
            yield ROUND_STEPS[-1]

    def _enough(self, *, is_stuck: bool) -> float:
        """Tell how few pairs must be left for the search to end."""
        if not is_stuck:
            return FEW_PAIRS
        return np.inf if self.task.p <= MAX_IN_TREE else MAX_PAIRS

    def _n_pairs_left(self) -> int:
        task = self.task
        return len(pairs_left(task.pairs, self.multipliers, task.p, self.cutoff).item)

    def finish(self) -> None:
        """Fix what the multipliers allow and finish the rest exactly, if the time allows."""
        if self.done or self.clock.left_s <= 0.0:
            return
        rest = self._shrunk()
        if self.done or self.clock.left_s <= 0.0:
            return
        cutoff = self.cutoff - rest.fixed_value
        left = pairs_left(rest.pairs, rest.multipliers, rest.p, cutoff)
        if rest.p <= MAX_IN_TREE or len(left.item) > 4 * MAX_PAIRS:
            self.steps.append("tree")
            self._grow_tree(rest)
            return
        self.steps.append("programme in radius form")
        whole_cutoff, stop = self.cutoff, Event()
        with ThreadPoolExecutor(max_workers=1) as pool:
            # what this search finds counts only when the programme does not come to its end
            searched = pool.submit(self._search_on, stop)
            answer = solve_radius(
                left,
                rest.p,
                cutoff=cutoff,
                time_limit_s=max(self.clock.left_s, 0.01),
                seed=self.params.seed,
                report=lambda _, bound: self._tell(bound + rest.fixed_value),
            )
            stop.set()
            plan = searched.result()
        if answer.plan is not None:
            self.keep(np.r_[rest.opened, rest.sites[answer.plan]])
        bound = answer.bound.plus(rest.fixed_value)
        # the programme knows of no plan above its cutoff, and proves nothing of them
        proved = bound.figure(absent=self.lower, nothing=whole_cutoff)
        if answer.plan is None or proved < self.cutoff:
            self.keep(plan)
        if bound.is_nothing:
            self.nothing_left(whole_cutoff)
        else:
            self.raise_lower(min(proved, whole_cutoff))

    def _tell(self, bound: float) -> bool:
        fixed_value = self.task.fixed_value
        known = min(np.fmax(self.lower, bound), self.cost)
        return self.clock.report(self.cost + fixed_value, float(known) + fixed_value)

    def _search_on(self, stop: Event) -> Ints:
        opened, cost = self.opened.copy(), self.cost
        while not stop.is_set() and self.clock.left_s > 0.0:
            cost = interchange.iterate(
                self.task.pairs, self.state, opened, cost, self.least, PIECE_STEPS
            )
        return opened

    def _grow_tree(self, rest: Remainder) -> None:
        answer = solve_tree(
            TreeTask(
                pairs=rest.pairs,
                p=rest.p,
                multiplier=rest.multipliers.best_multiplier,
                often=rest.multipliers.often,
                known=self.cost - rest.fixed_value,
                cutoff_of=lambda cost: self.cutoff_of(cost + rest.fixed_value) - rest.fixed_value,
            ),
            report=lambda cost, bound: self.clock.report(
                cost + rest.fixed_value + self.task.fixed_value,
                max(self.lower, bound + rest.fixed_value) + self.task.fixed_value,
            ),
        )
        if answer.plan is not None:
            self.keep(np.r_[rest.opened, rest.sites[answer.plan]])
        if answer.bound.is_nothing:
            self.nothing_left(self.cutoff)
        else:
            self.raise_lower(answer.bound.plus(rest.fixed_value).figure(absent=0.0, nothing=0.0))

    def _shrunk(self) -> Remainder:
        """Fix sites and raise the multipliers of what is left, as long as that makes it smaller."""
        task = self.task
        none = np.empty(0, dtype=np.int64)
        rest = Remainder(
            task.pairs, task.p, np.arange(task.pairs.n_sites), none, 0.0, self.multipliers
        )
        for _ in range(SHRINKS):
            before = rest.pairs.n_sites
            rest = _smaller(rest, self.cutoff - rest.fixed_value)
            self.steps[1:] = ["prices", "fixing"]
            if rest.p <= 0 or rest.pairs.n_sites <= rest.p or rest.pairs.n_items == 0:
                plan = rest.sites if rest.pairs.n_sites <= rest.p else none
                self.keep(np.r_[rest.opened, plan])
                self.nothing_left(self.cutoff)
                return rest
            for _ in range(REST_PIECES):
                cost, plan, used = lagrangian.raise_bound(
                    rest.pairs,
                    rest.multipliers,
                    rest.p,
                    self.cutoff - rest.fixed_value,
                    (1000 // REST_PIECES, 2**62, RESTED),
                )
                if np.isfinite(cost):
                    self.keep(np.r_[rest.opened, rest.sites[plan]])
                if self.tick() or not used or rest.multipliers.figures[1] < RESTED:
                    break
            self.raise_lower(float(rest.multipliers.figures[0]) + rest.fixed_value)
            shrunk = int((rest.multipliers.status == 0).sum()) < 0.95 * before
            if self.done or self.report() or not shrunk:
                break
        return rest


def _smaller(rest: Remainder, cutoff: float) -> Remainder:
    """Fix sites at the best multipliers, and leave out what is fixed."""
    multipliers = rest.multipliers
    multipliers.multiplier[:] = multipliers.best_multiplier
    value, _, edges, _ = lagrangian.evaluate(rest.pairs, multipliers, rest.p)
    lagrangian.fix(multipliers, value, edges, cutoff)
    is_open, is_closed = multipliers.status == OPEN, multipliers.status == CLOSED
    small = smaller_median(rest.pairs, is_open=is_open, is_closed=is_closed)
    start = np.minimum(multipliers.best_multiplier[small.items], small.pairs.base)
    anew = lagrangian.new_multipliers(small.pairs.n_sites, start, factor=0.3)
    anew.often[:] = multipliers.often[small.sites]
    return Remainder(
        pairs=small.pairs,
        p=rest.p - len(small.opened),
        sites=rest.sites[small.sites],
        opened=np.r_[rest.opened, rest.sites[small.opened]],
        fixed_value=rest.fixed_value + small.fixed_value,
        multipliers=anew,
    )
