"""Plans bred from plans: a population of annealed plans, spliced where they lie apart.

Dense instances are glassy: an annealing ends in a plan that no rearrangement of a neighbourhood
improves, and two annealings end in different ones, each better in some part of the city. So the
part of one plan around a random option and the rest of another are put together and annealed from
a low temperature, which mends the seam: cut and splice (Deaven and Ho 1995, for clusters of atoms;
path relinking has the same place in Maximo, Cordeau and Nascimento 2023). What lies near is told by
the cover itself: options in the order of a breadth-first search over shared items.

A generation is counted in steps, and its children join in a fixed order: a seed gives the same
plan whatever the threads do, while the time limit is not hit.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from planning.engine.clock import NEWS_S
from planning.engine.mclp import interchange
from planning.engine.mclp.annealing import Schedule, cool

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.clock import Clock
    from planning.engine.cover_arrays import CoverArrays
    from planning.engine.mclp.interchange import SearchState
    from planning.engine.mclp.task import CoverTask

Ints = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]

# Temperature of a first annealing and of a child's, as parts of the mean weight of an open option.
FIRST_TEMPERATURE = (0.03, 0.002)
CHILD_TEMPERATURE = (0.008, 0.0012)
# Steps of a first annealing for the square root of the work that is reckoned with, in parts of
# `WORK`, and at most for each pair of option and item; a child takes a part of them.
FIRST_STEPS, FIRST_STEPS_PER_PAIR = 16_000_000, 1_100
CHILD_PART = 0.4
# Plans kept for the square root of that work.
KEPT, MIN_KEPT, MAX_KEPT = 2.5, 4, 24
# Reckoned with are so many times the steps so far, and at least one `WORK`.
WORK, AHEAD = 100_000_000, 2.0
# Two plans that share more than this part of their options are of one kind: the better one stays.
ALIKE = 0.8
# After so many children for each plan kept without a better best plan, the population is begun anew
# from the best one, with annealings twice as long.
PATIENCE = 4
# Exchanges for each open option that a first annealing must have time for.
MIN_EXCHANGES = 12


class BestKeeper(Protocol):
    """Who keeps the best plan of a task so far: what a population needs to know of a run.

    ``work`` are the steps of a thread so far, ``relative_cost`` float64[n] is what an option takes
    of the limits; gains of ``least`` and below count as none.
    """

    task: CoverTask
    work: int
    relative_cost: npt.NDArray[np.float64]
    best_open: Bools
    best_value: float
    least: float

    @property
    def temperature(self) -> float:
        """The mean weight that an open option of the best plan covers: the unit of temperature."""

    def learn(self, options: npt.NDArray[np.int64]) -> None:
        """Take a plan when it is the best."""


class Bred(NamedTuple):
    """A plan and its value."""

    opened: Bools
    value: float


@compiled
def nearest_first(cover: CoverArrays, start: int) -> Ints:
    """Return the options by breadth-first search over shared items from ``start``.

    Options of other components of the cover come last, in the order of their numbers.
    """
    n = len(cover.option_offset) - 1
    order = np.empty(n, np.int64)
    known = np.zeros(n, np.bool_)
    passed = np.zeros(len(cover.weights), np.bool_)
    tail, head, other = 0, 0, 0
    first = start
    while tail < n:
        # begin with ``first``, and once more in every other component
        order[tail] = first
        known[first] = True
        tail += 1
        while head < tail:
            j = order[head]
            head += 1
            # all options that share an item with j, each item once
            for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
                i = cover.option_item[k]
                if passed[i]:
                    continue
                passed[i] = True
                for entry in range(cover.item_offset[i], cover.item_offset[i + 1]):
                    q = cover.item_option[entry]
                    if not known[q]:
                        known[q] = True
                        order[tail] = q
                        tail += 1
        # the first option that nothing has reached
        while other < n and known[other]:
            other += 1
        first = other
    return order


def splice(cover: CoverArrays, inner: Bools, outer: Bools, random: np.random.Generator) -> Ints:
    """Return the options of ``inner`` around a random option and those of ``outer`` elsewhere.

    The cut is made where both plans have opened the same number inside, if there is such a place,
    so that the child opens as many as ``outer`` does; the one nearest to a random place is taken.
    """
    order = nearest_first(cover, int(random.integers(cover.n_options)))
    inside, instead = np.cumsum(inner[order]), np.cumsum(outer[order])
    n_open = int(inside[-1])
    cut = int(np.searchsorted(inside, random.uniform(0.2, 0.8) * n_open))
    level = np.flatnonzero((inside == instead) & (inside > 0) & (inside < n_open))
    if len(level):
        cut = int(level[np.abs(level - cut).argmin()])
    near, far = order[: cut + 1], order[cut + 1 :]
    return np.asarray(np.r_[near[inner[near]], far[outer[far]]])


class Population:
    """The best plans of a run that differ; ``breed`` makes more and teaches the run the best.

    More plans are kept and annealed longer as the run's work grows.
    """

    def __init__(self, run: BestKeeper, *, seed: int) -> None:
        self._run, self._seed = run, seed
        self._members: list[Bred] = []
        self._states: list[SearchState] = []
        self._born = 0
        self._idle = 0
        self._begun, self._longer = 1, 1

    @property
    def _root(self) -> float:
        return float(np.sqrt(max(AHEAD * self._run.work / WORK, 1.0)))

    @property
    def _size(self) -> int:
        return int(np.clip(round(KEPT * self._root), MIN_KEPT, MAX_KEPT))

    @property
    def _first(self) -> int:
        """The steps of a first annealing."""
        most = FIRST_STEPS_PER_PAIR * len(self._run.task.cover.option_item)
        return self._longer * max(int(min(FIRST_STEPS * self._root, most)), 1)

    @property
    def pays(self) -> bool:
        """Whether only a count limits the plan and an annealing of this length settles.

        Else one long annealing finds more.
        """
        cover, rows = self._run.task.cover, self._run.task.rows
        pairs = len(cover.option_item)
        if len(rows.capacity) or rows.n_sites or not pairs:
            return False
        exchange = pairs / max(cover.n_options, 1) * pairs / max(cover.n_items, 1)
        n_open = int(self._run.best_open.sum())
        # about one part in three of the items of an option changes hands at an exchange
        return self._first / (0.3 * exchange * max(n_open, 1)) >= MIN_EXCHANGES

    def breed(
        self, steps: int, *, workers: int, clock: Clock, is_over: Callable[[float], bool]
    ) -> None:
        """Breed generations of ``workers`` plans, one a thread, over ``steps`` of each thread.

        ``is_over`` is asked with the best value while the threads work.
        """
        while len(self._states) < workers:
            seed = self._seed + 1 + len(self._states)
            self._states.append(
                interchange.new_state(self._run.task.cover, self._run.task.rows, seed=seed)
            )
        if not self._members:
            self._members.append(Bred(self._run.best_open.copy(), self._run.best_value))
        with ThreadPoolExecutor(max_workers=workers) as pool:
            while steps > 0 and not is_over(self._run.best_value):
                stop = Event()
                born = [self._plan_child() for _ in range(workers)]
                taken = max(schedule.steps for _, schedule in born)
                jobs = [
                    pool.submit(self._anneal, state, *child, clock=clock, stop=stop)
                    for state, child in zip(self._states, born, strict=False)
                ]
                while wait(jobs, timeout=NEWS_S).not_done:
                    if is_over(self._run.best_value):
                        stop.set()
                steps -= taken
                self._run.work += taken
                for job in jobs:
                    self._admit(job.result())
                best = max(self._members, key=lambda bred: bred.value)
                self._idle += workers
                if best.value > self._run.best_value + self._run.least:
                    self._run.learn(np.flatnonzero(best.opened))
                    self._idle = 0
                elif self._idle >= PATIENCE * self._size:
                    self._begin_anew(best)

    def _begin_anew(self, best: Bred) -> None:
        self._members, self._longer = [best], 2 * self._longer
        self._idle, self._begun = 0, 1

    def _plan_child(self) -> tuple[Ints, Schedule]:
        """Tell what to open and how to anneal it: a random plan from hot, or a splice of two."""
        random = np.random.default_rng((self._seed, self._born))
        self._born += 1
        temperature = self._run.temperature
        if self._begun < self._size:
            self._begun += 1
            hot, cold = FIRST_TEMPERATURE
            n_open = int(self._run.best_open.sum())
            options = random.choice(len(self._run.best_open), n_open, replace=False)
            steps = self._first
        else:
            hot, cold = CHILD_TEMPERATURE
            first, second = random.choice(len(self._members), 2, replace=len(self._members) == 1)
            inner, outer = self._members[first].opened, self._members[second].opened
            options = splice(self._run.task.cover, inner, outer, random)
            steps = max(int(CHILD_PART * self._first), 1)
        return options, Schedule(
            max(hot * temperature, 1e-12), max(cold * temperature, 1e-12), steps
        )

    def _anneal(
        self,
        state: SearchState,
        options: Ints,
        schedule: Schedule,
        *,
        clock: Clock,
        stop: Event,
    ) -> Bred:
        run = self._run

        def is_over(_: float = 0.0) -> bool:
            return clock.is_over() or stop.is_set()

        cover, rows = run.task.cover, run.task.rows
        interchange.open_only(cover, rows, state, options)
        interchange.fill(cover, rows, state, run.relative_cost, -1, 0, run.least)
        state.value[0] = interchange.covered_weight(cover, state)
        opened, _ = cool(
            cover,
            rows,
            state,
            schedule,
            best=(state.is_open, 0.0),
            least=run.least,
            is_over=is_over,
        )
        interchange.open_only(cover, rows, state, np.flatnonzero(opened))
        interchange.improve_by_swaps(cover, rows, state, run.least, schedule.steps, is_over=is_over)
        value = float(interchange.covered_weight(cover, state))
        return Bred(state.is_open.copy(), value)

    def _admit(self, child: Bred) -> None:
        """Keep a child: in place of the one of its kind, else of the worst, if it is better."""
        alike = [int((child.opened & member.opened).sum()) for member in self._members]
        nearest = int(np.argmax(alike))
        if alike[nearest] > ALIKE * int(child.opened.sum()):
            place = nearest
        elif len(self._members) < self._size:
            self._members.append(child)
            return
        else:
            place = int(np.argmin([member.value for member in self._members]))
        if child.value > self._members[place].value + self._run.least:
            self._members[place] = child
