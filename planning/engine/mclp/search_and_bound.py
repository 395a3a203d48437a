"""The engine of maximal covering: search and bound side by side, fixing, then a programme.

Two threads work in rounds of counted steps, not of seconds: the search (annealing, plans bred from
plans) and the bound (Lagrangian multipliers). After each round they exchange what they found, so
that a seed gives the same answer on any machine while the time limit is not hit. What is done next
and for how long follows from the work so far, never from the time limit: the run of a short limit
is the beginning of the run of a long one, and more time gives no worse a plan.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planning.engine.cover_arrays import merge_items
from planning.engine.mclp import interchange, lagrangian
from planning.engine.mclp.annealing import Schedule, cool
from planning.engine.mclp.crossover import Population
from planning.engine.mclp.lagrangian import WarmMultipliers
from planning.engine.mclp.priced_annealing import cool_at_prices, room_for
from planning.engine.mclp.side_constraints import SLACK, PackingRows, with_more_rows
from planning.engine.mclp.task import CoverTask, FloorRow
from planning.engine.params import EXACT, SolveParams, relative_gap
from planning.engine.proven import whole_below

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from threading import Event

    from planning.engine.clock import Clock
    from planning.engine.mclp.count_cuts import CountCut
    from planning.engine.mclp.interchange import SearchState
    from planning.engine.mclp.lagrangian import BoundState

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Elementary steps that one thread takes in a second, about; a fixed figure, so that a seed gives
# the same plan on any machine.
STEPS_PER_S = 100_000_000
# Steps of the first annealing, at most so many for each pair of option and item, and of the next
# ones as multiples of it: one long annealing finds more than several short ones, the short ones
# serve where a small gap is reached at once. After these each is twice as long as the last.
FIRST_STEPS, FIRST_STEPS_PER_PAIR, MIN_STEPS = 3_000_000, 240, 6_000
ROUNDS = (1, 4, 20)
# Where plans are bred, which two threads do better, so many rounds go before.
ROUNDS_BEFORE_BREEDING = 2
# Steps of a round beside the bound where plans are bred.
BRED_STEPS = 20_000_000
# Steps of the bound for each pair before the first search, from multipliers of a like problem.
WARM_STEPS_PER_PAIR = 20
# Most steps of ruin-and-recreate after an annealing where rows bind.
RUIN_STEPS, RUIN_PIECE_STEPS = 80_000_000, 4_000_000
RUIN_STEPS_A_PAIR = 2_000  # of option and item: a small task is not searched for seconds
# Most steps of swaps from one plan, and steps of the bound between two looks at the clock.
SWAP_STEPS, BOUND_STEPS = 400_000_000, 4_000_000
# The bound takes so many steps in the time in which the search takes one, about.
BOUND_SPEED = 3
# The bound has come to rest when its step factor is below this.
RESTED = 1e-3
# Where rows bind the rounds are of so many steps for each pair, and so many steps of the bound go
# before, which gives the rows their prices.
PRICED_ROUNDS, PRICING_STEPS_PER_PAIR = (200, 800), 1_200
MIN_PRICED_STEPS = 200_000
# Prices in the search as a part of the multipliers, and its first temperature.
PRICE_PART, PRICED_HOT = 0.88, 0.035
# Fewer pairs of option and item than this are soon looked at all together.
SIFTED_PAIRS = 200_000
# Temperature of the annealing as parts of the mean weight that an open option covers.
HOT, COLD = 0.03, 0.003


@dataclass(frozen=True, eq=False, kw_only=True)
class CoverAnswer:
    """``chosen`` in the task's numbering; ``value`` and ``bound`` with what is fixed."""

    chosen: Ints
    value: float
    bound: float
    method: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Fixing:
    """What reduced costs settle: options of every better plan, and options of none."""

    open_for_good: npt.NDArray[np.bool_]
    closed_for_good: npt.NDArray[np.bool_]

    @classmethod
    def of_nothing(cls, n_options: int) -> Fixing:
        """Return one that settles nothing."""
        return cls(
            open_for_good=np.zeros(n_options, np.bool_),
            closed_for_good=np.zeros(n_options, np.bool_),
        )


class CoverRun:
    """One run on one task: the search's and the bound's state and the best of both so far.

    ``work`` are the steps of one thread so far, those of the run it belongs to included. A run that
    ``tells`` gives its news to the clock's caller.
    """

    def __init__(
        self,
        task: CoverTask,
        *,
        seed: int,
        start: Ints | None = None,
        warm: WarmMultipliers | None = None,
        clock: Clock | None = None,
        work: int = 0,
        tells: bool = False,
    ) -> None:
        self.own_rows = task.rows
        self.least = 1e-12 * float(task.cover.weights.sum())
        self.relative_cost = np.ones(task.cover.n_options)
        has_same_options = warm is not None and warm.cuts is not None
        self.is_same = has_same_options and warm is not None and warm.weighs_the_same
        if start is not None and has_same_options:
            # at other limits or weights greedy would only come to the plan of the start again
            self.relative_cost = relative_costs(task)[-1]
        self.cuts: tuple[CountCut, ...] = ()
        if warm is not None and warm.cuts:
            self.cuts = tuple(warm.cuts)
            task, warm = with_cuts(task, self.cuts), warm.with_cuts
        cover, rows = task.cover, task.rows
        self.task, self.work, self._tells, self._seed = task, work, tells, seed
        self._turn, self._is_over = 0, None if clock is None else clock.is_over
        self.price = np.zeros(cover.n_options)
        self.search: SearchState = interchange.new_state(cover, rows, seed=seed)
        self.best_open = np.zeros(cover.n_options, dtype=np.bool_)
        self.best_value = 0.0
        self.bound_value = float(cover.weights.sum())
        if start is None or not has_same_options:
            self._start()
        if start is not None:
            self.learn(start)
        self.bound: BoundState = lagrangian.new_bound(
            cover,
            rows,
            cover_count=self.search.cover_count,
            warm=warm,
            settled=not is_sifted(task),
        )
        self.is_warm = warm is not None
        # a run that is let go frees its arrays at once, not when a cycle is looked for
        self.population = Population(weakref.proxy(self), seed=seed)
        if tells and clock is not None:
            best_open = self.best_open
            clock.plan = lambda: np.flatnonzero(best_open)

    def take_cuts(self, cuts: Sequence[CountCut]) -> None:
        """Add rows that every plan keeps, and which bring the bound down; ``own_rows`` stay."""
        if not cuts:
            return
        self.cuts = (*self.cuts, *cuts)
        self.task = with_cuts(self.task, cuts)
        self.search = interchange.new_state(self.task.cover, self.task.rows, seed=self._seed)
        self.back_to_best()
        old = self.bound
        self.bound = lagrangian.new_bound(
            self.task.cover,
            self.task.rows,
            warm=WarmMultipliers(
                old.best_multiplier, np.r_[old.best_row_multiplier, np.zeros(len(cuts))]
            ),
        )
        self.bound.figures[:] = old.figures

    def answer(self, method: str) -> CoverAnswer:
        """Return the best plan so far with its bound."""
        return CoverAnswer(
            chosen=np.flatnonzero(self.best_open),
            value=self.value,
            bound=self.upper,
            method=method,
        )

    @property
    def value(self) -> float:
        """The best plan's weight, with what is fixed."""
        return self.best_value + self.task.fixed_value

    @property
    def upper(self) -> float:
        """The proven bound, with what is fixed; a whole number where all weights are."""
        bound = min(self.bound_value, float(self.bound.figures[0])) + self.task.fixed_value
        if self.task.whole_numbers:
            bound = whole_below(bound)
        return max(bound, self.value)

    @property
    def temperature(self) -> float:
        """The mean weight that an open option of the best plan covers: the unit of temperature."""
        return self.best_value / max(int(self.best_open.sum()), 1)

    def _start(self) -> None:
        """Greedy by gain and, where money counts, by gain for relative cost; then swaps."""
        task = self.task
        for relative_cost in relative_costs(task):
            interchange.open_only(task.cover, task.rows, self.search, np.empty(0, np.int64))
            interchange.fill(task.cover, task.rows, self.search, relative_cost, -1, 0, self.least)
            self._improve()
            if self._keep():
                self.relative_cost = relative_cost
        self.back_to_best()

    def back_to_best(self) -> None:
        """Open exactly the best plan so far."""
        interchange.open_only(
            self.task.cover, self.task.rows, self.search, np.flatnonzero(self.best_open)
        )

    def _improve(self) -> None:
        task, search = self.task, self.search
        interchange.improve_by_swaps(
            task.cover, task.rows, search, self.least, SWAP_STEPS, is_over=self._is_over
        )
        interchange.fill(task.cover, task.rows, search, self.relative_cost, -1, 0, self.least)

    def _keep(self) -> bool:
        """Take the plan that is open now when it is the best so far."""
        value = float(interchange.covered_weight(self.task.cover, self.search))
        self.search.value[0] = value
        if value > self.best_value + self.least:
            self.best_value = value
            self.best_open[:] = self.search.is_open
            return True
        return False

    def search_round(self, steps: int, *, clock: Clock, stop: Event | None = None) -> None:
        """Anneal over ``steps`` from what is open, then swaps; where rows bind, ruin as well."""
        task = self.task
        temperature = self.temperature
        self.work += steps
        if self.is_priced:
            hot, cold = (max(part * temperature, 1e-12) for part in (PRICED_HOT, COLD))
            schedule = Schedule(hot, cold, steps)
            best_open = cool_at_prices(
                task.cover,
                task.rows,
                self.search,
                schedule,
                price=self.price,
                best=(self.best_open, self.best_value),
                least=self.least,
                is_over=self._looks(clock, stop),
            )
            self.try_options(np.flatnonzero(best_open))
            return
        schedule = Schedule(HOT * temperature, max(COLD * temperature, 1e-12), steps)
        best_open, _ = cool(
            task.cover,
            task.rows,
            self.search,
            schedule,
            best=(self.best_open, self.best_value),
            least=self.least,
            is_over=self._looks(clock, stop),
        )
        self.try_options(np.flatnonzero(best_open))
        if len(task.rows.capacity) or task.rows.n_sites:
            pairs = len(task.cover.option_item)
            steps = min(steps, RUIN_STEPS, RUIN_STEPS_A_PAIR * pairs)
            self._ruin_round(steps, temperature, is_over=self._looks(clock, stop))
            self.work += steps

    def _looks(self, clock: Clock, stop: Event | None) -> Callable[[float], bool]:
        """Return what tells the news of a best value and whether to end; a ``stop``: no news."""
        if stop is not None or not self._tells:
            return lambda _: clock.is_over() or (stop is not None and stop.is_set())
        fixed = self.task.fixed_value
        return lambda best: clock.tick(max(best + fixed, self.value), self.upper)

    def next_steps(self) -> int:
        """Return the steps of the next annealing: they grow from one to the next."""
        pairs, turn = len(self.task.cover.option_item), self._turn
        self._turn += 1
        if len(self.task.rows.capacity):
            first, least = pairs, MIN_PRICED_STEPS
        else:
            first, least = min(FIRST_STEPS, FIRST_STEPS_PER_PAIR * pairs), MIN_STEPS
        rounds, last = self._rounds, len(self._rounds) - 1
        return max(first * rounds[min(turn, last)], least) << max(turn - last, 0)

    @property
    def _rounds(self) -> tuple[int, ...]:
        """What the first annealings have of the first's steps, or of the pairs where rows bind."""
        return PRICED_ROUNDS if len(self.task.rows.capacity) else ROUNDS

    @property
    def rounds_left(self) -> bool:
        """Whether the search has not yet had its first rounds."""
        if self.population.pays:
            return self._turn < ROUNDS_BEFORE_BREEDING
        return self._turn < len(self._rounds)

    @property
    def is_priced(self) -> bool:
        """Whether options have prices in the search: where rows bind, and a table has room."""
        n_open = int(self.search.numbers[0])
        return len(self.task.rows.capacity) > 0 and room_for(len(self.price), n_open) > 0

    def set_prices(self) -> None:
        """Give the options the prices of what they take of the rows, at the best multipliers.

        Where the count binds too, each option costs what the last one is worth that it lets in.
        """
        task, bound = self.task, self.bound
        rows, row_multiplier = task.rows, bound.best_row_multiplier
        if not len(rows.capacity):
            return
        at_best = bound._replace(
            multiplier=bound.best_multiplier.copy(), row_multiplier=row_multiplier.copy()
        )
        _, chosen = lagrangian.evaluate(task.cover, rows, at_best)
        edge = float(at_best.score[chosen].min()) if len(chosen) >= rows.most else 0.0
        owner = np.repeat(np.arange(len(self.price)), np.diff(rows.offset))
        cost = np.bincount(
            owner, weights=rows.amount * row_multiplier[rows.row], minlength=len(self.price)
        )
        self.price[:] = PRICE_PART * (cost + edge)

    def search_more(
        self, steps: int, *, clock: Clock, workers: int = 1, stop: Event | None = None
    ) -> None:
        """Breed plans over ``steps`` of each thread; where that does not pay, anneal."""
        if self.population.pays:
            is_over = self._looks(clock, stop)
            self.population.breed(steps, workers=workers, clock=clock, is_over=is_over)
        else:
            self.search_round(steps, clock=clock, stop=stop)

    def _ruin_round(
        self, steps: int, temperature: float, *, is_over: Callable[[float], bool]
    ) -> None:
        best_open, best_value = self.best_open.copy(), self.best_value
        hot, cold = max(HOT * temperature, 1e-12), max(COLD * temperature, 1e-12)
        for begin in range(0, steps, RUIN_PIECE_STEPS):
            end = min(begin + RUIN_PIECE_STEPS, steps)
            # the temperature falls geometrically over all pieces
            ends = hot * (cold / hot) ** (begin / steps), hot * (cold / hot) ** (end / steps)
            best_value, _ = interchange.ruin_and_recreate(
                self.task.cover,
                self.task.rows,
                self.search,
                self.relative_cost,
                ends,
                self.least,
                end - begin,
                best_open,
                best_value,
            )
            if is_over(best_value):
                break
        self.try_options(np.flatnonzero(best_open))

    def learn(self, options: Ints) -> None:
        """Take a plan that was found elsewhere when it is the best; it is open afterwards."""
        self.try_options(options)
        self.back_to_best()

    def try_options(self, options: Ints) -> None:
        """Make a plan of what the relaxed problem opens; keep it when it is the best."""
        task = self.task
        interchange.open_only(task.cover, task.rows, self.search, options)
        interchange.fill(task.cover, task.rows, self.search, self.relative_cost, -1, 0, self.least)
        self._improve()
        self._keep()

    def bound_round(self, known: float, steps: int, *, clock: Clock) -> Ints:
        """Move the multipliers; returns what the relaxed problem opens at the last ones."""
        task = self.task
        chosen = np.empty(0, np.int64)
        while steps > 0 and clock.left_s > 0.0 and not self.bound_rests:
            chosen, used = lagrangian.lower_bound_by_multipliers(
                task.cover, task.rows, self.bound, known, min(steps, BOUND_STEPS)
            )
            steps -= max(used, 1)
            if self.bound.figures[0] <= known * (1.0 + EXACT):
                break
        return np.asarray(chosen, dtype=np.int64)

    @property
    def bound_rests(self) -> bool:
        """Whether the multipliers have come to rest: the bound will hardly fall any more.

        Where an item weighs more than in the question (`maximal_covering`) the bound may have met
        the plan as far as its sums go, and not yet as far as the question's own sums do.
        """
        met = self.bound.figures[0] <= self.best_value * (1.0 + EXACT)
        return bool(met or self.bound.figures[1] <= RESTED)

    def fixing(self) -> Fixing:
        """Tell what the reduced costs at the best multipliers settle against the best plan."""
        task = self.task
        self.bound.multiplier[:] = self.bound.best_multiplier
        self.bound.row_multiplier[:] = self.bound.best_row_multiplier
        value, chosen = lagrangian.evaluate(task.cover, task.rows, self.bound)
        score = self.bound.score
        inside = np.zeros(len(score), dtype=np.bool_)
        inside[chosen] = True
        full = len(chosen) >= task.rows.most
        least_inside = float(score[chosen].min()) if full and len(chosen) else 0.0
        most_outside = max(float(score[~inside].max(initial=0.0)), 0.0)
        step = 1.0 - 1e-6 if task.whole_numbers else 0.0
        needed = self.best_value + step
        return Fixing(
            open_for_good=inside & (value - score + most_outside <= needed),
            closed_for_good=~inside & (value + score - least_inside <= needed),
        )


def with_cuts(task: CoverTask, cuts: Sequence[CountCut]) -> CoverTask:
    """Return a task with cuts as rows after its own."""
    amounts = np.array([cut.amount for cut in cuts]).T
    capacity = np.array([cut.capacity for cut in cuts])
    return replace(task, rows=with_more_rows(task.rows, amounts, capacity))


def is_sifted(task: CoverTask) -> bool:
    """Whether few options at a time come first: rows bind, and all are many (`sifting`)."""
    return len(task.rows.capacity) > 0 and len(task.cover.option_item) >= SIFTED_PAIRS


def done(run: CoverRun, params: SolveParams) -> bool:
    """Whether the proven gap is the one asked for."""
    return relative_gap(run.value, run.upper) <= params.gap


def relative_costs(task: CoverTask) -> list[Floats]:
    """Return what greedy divides gains by: one and, where money counts, the share of the rows."""
    plain = np.ones(task.cover.n_options)
    return [plain, _relative_cost(task.rows)] if len(task.rows.capacity) else [plain]


def _relative_cost(rows: PackingRows) -> Floats:
    """Tell what share of the capacities an option takes, plus its share of the count."""
    n_options = len(rows.site)
    option = np.repeat(np.arange(n_options), np.diff(rows.offset))
    share = rows.amount / np.maximum(rows.capacity[rows.row], 1e-9)
    taken = np.bincount(option, weights=share, minlength=n_options)
    return np.asarray(np.maximum(taken + 1.0 / max(rows.most, 1), 1e-9))


def passes_a_row(task: CoverTask, opened: npt.NDArray[np.bool_]) -> bool:
    """Tell whether options together take more of a row of money or number than there is."""
    rows = task.rows
    owner = np.repeat(np.arange(len(rows.site)), np.diff(rows.offset))
    used = np.bincount(rows.row, weights=rows.amount * opened[owner], minlength=len(rows.capacity))
    return bool((used > rows.capacity * (1.0 + SLACK)).any())


def restricted_task(task: CoverTask, fixing: Fixing) -> tuple[CoverTask, Ints]:
    """Return the task on the options that fixing leaves, and their numbers in the task."""
    cover, rows = task.cover, task.rows
    fixed_items = np.zeros(cover.n_items, dtype=np.bool_)
    for j in np.flatnonzero(fixing.open_for_good):
        fixed_items[cover.option_item[cover.option_offset[j] : cover.option_offset[j + 1]]] = True
    kept = ~fixing.open_for_good & ~fixing.closed_for_good
    taken_sites = rows.site[fixing.open_for_good]
    kept &= ~((rows.site >= 0) & np.isin(rows.site, taken_sites[taken_sites >= 0]))
    options = np.flatnonzero(kept)
    labels = np.zeros(cover.n_items, dtype=np.int64)
    for floor in task.floors:
        labels = np.unique(2 * labels + (floor.weights > 0), return_inverse=True)[1]
    merged = merge_items(
        cover.option_offset,
        cover.option_item,
        cover.weights,
        options=options,
        removed=fixed_items,
        labels=labels,
    )
    smaller = CoverTask(
        cover=merged.cover,
        rows=restricted_rows(rows, fixing.open_for_good, options),
        fixed_value=task.fixed_value + float(cover.weights[fixed_items].sum()),
        whole_numbers=task.whole_numbers,
        floors=tuple(
            _restricted_floor(floor, fixed_items, merged.item_of, merged.cover.n_items)
            for floor in task.floors
        ),
    )
    return smaller, options


def _restricted_floor(
    floor: FloorRow, fixed_items: npt.NDArray[np.bool_], item_of: Ints, n_items: int
) -> FloorRow:
    kept = item_of >= 0
    return FloorRow(
        weights=np.asarray(
            np.bincount(item_of[kept], weights=floor.weights[kept], minlength=n_items), np.float64
        ),
        need=floor.need - float(floor.weights[fixed_items].sum()),
    )


def restricted_rows(rows: PackingRows, opened: npt.NDArray[np.bool_], options: Ints) -> PackingRows:
    """Return the rows over some options, less what others that are open take."""
    n_options = len(rows.site)
    owner = np.repeat(np.arange(n_options), np.diff(rows.offset))
    used = np.bincount(rows.row, weights=rows.amount * opened[owner], minlength=len(rows.capacity))
    number = np.full(n_options, -1)
    number[options] = np.arange(len(options))
    kept = number[owner] >= 0
    size = np.bincount(number[owner[kept]], minlength=len(options))
    return PackingRows(
        most=max(min(rows.most - int(opened.sum()), len(options)), 0),
        site=rows.site[options],
        n_sites=rows.n_sites,
        offset=np.r_[0, np.cumsum(size)].astype(np.int64),
        row=rows.row[kept],
        amount=rows.amount[kept],
        # sums may lose a part of what is used, however little capacity is left
        capacity=np.maximum(rows.capacity - used + SLACK * used, 0.0),
    )
