r"""Floors of maximal covering at city size: multipliers on what each floor still lacks.

A floor asks :math:`\sum_i f_{Fi} y_i \ge q_F`. With a multiplier :math:`\lambda_F \ge 0` on what it
lacks, every plan that meets the floors is worth no more than

.. math::
   \max_{x, y} \sum_i \Bigl(w_i + \sum_F \lambda_F f_{Fi}\Bigr) y_i - \sum_F \lambda_F q_F ,

a maximal covering problem without floors whose weights are higher where a floor is short. Its bound
is a bound for the floors too: the multipliers of floors that the last plan misses are raised, those
of floors that it passes by far are lowered. Its plans come near to the floors, and `floor_repair`
makes plans of them that meet them.

While no plan is found, rounds without the weights ask whether there is one: with :math:`\max_{x, y}
\sum_i \sum_F \lambda_F f_{Fi} y_i < \sum_F \lambda_F q_F` for some multipliers no plan meets all
floors. These multipliers move as in the multiplicative weights method (Arora, Hazan and Kale 2012).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planning.engine.mclp.floor_repair import FloorRepair
from planning.engine.mclp.lagrangian import WarmMultipliers
from planning.engine.mclp.search_and_bound import CoverAnswer, CoverRun
from planning.engine.mclp.task import CoverTask
from planning.engine.params import relative_gap
from planning.engine.proven import whole_below

if TYPE_CHECKING:
    from threading import Event

    from planning.engine.clock import Clock
    from planning.engine.params import SolveParams

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# One setting of the floors' multipliers takes such a part of the steps before it, and counts as so
# many times its steps.
ROUND_PART, ROUND_WORK = 0.012, 3
# Most steps of a round for each pair of option and item, and the least of all.
ROUND_STEPS_PER_PAIR, MIN_ROUND_STEPS = 300, 10_000
# Rounds of repair before anything else, and their steps for each pair of option and item.
FIRST_ROUNDS, FIRST_STEPS_PER_PAIR, MAX_FIRST_STEPS = 4, 50, 2_000_000
# The multiplier of a missed floor is this or more, in workers' worth for a worker.
FIRST_MULTIPLIER = 0.2
# How far multipliers move at first, and at least, as a share of themselves.
FIRST_MOVE, MIN_MOVE = 1.0, 0.05
# A floor passed by this share of what it asks for has its multiplier lowered.
AMPLE = 0.01
# One round in so many asks whether any plan meets the floors, while none is found.
ASKED = 3
# How far the multipliers of that question move for each share of a floor that is lacking.
ASK_MOVE = 6.0


class FloorSearch:
    """The floors' multipliers, the best plan that meets them and the bound.

    ``run`` is without floors; ``repair`` holds the plans; ``work`` are the steps of a thread so
    far; ``is_impossible`` tells that the multipliers prove that there is none.
    """

    def __init__(self, task: CoverTask, run: CoverRun, *, seed: int) -> None:
        self.task = task
        self._multiplier = np.zeros(len(task.floors))
        self._asked = np.ones(len(task.floors))
        self._need = np.array([floor.need for floor in task.floors])
        self._least = least_value(task)
        self._move = FIRST_MOVE
        self._share = run.bound.best_multiplier / np.maximum(task.cover.weights, 1e-300)
        self._row_multiplier = run.bound.best_row_multiplier
        self._plan: Ints = np.flatnonzero(run.best_open)
        self._rounds, self.work = 0, run.work
        self.repair = FloorRepair(task, relative_cost=run.relative_cost, seed=seed)
        self.upper = run.upper
        self.is_impossible = False
        self.repair.learn(self._plan)
        self._move_multipliers()

    @property
    def is_hopeless(self) -> bool:
        """Whether it is proven that no plan meets the floors."""
        if self.repair.found is not None:
            return False
        return self.is_impossible or self.upper < self._least * (1.0 - 1e-9) - 1e-6

    def is_near_enough(self, params: SolveParams) -> bool:
        """Whether a plan meets the floors and is proven within the gap that was asked for."""
        if self.repair.found is None:
            return False
        return relative_gap(self.repair.value, self.upper) <= params.gap

    def answer(self) -> CoverAnswer:
        """Return the best plan that meets the floors, or the one that lacks least, worth -inf."""
        plan, value = self.repair.found, self.repair.value
        upper = self.upper
        if self.task.whole_numbers:
            upper = whole_below(upper)
        return CoverAnswer(
            chosen=self.repair.nearest if plan is None else plan,
            value=value,
            bound=max(upper, value),
            method="greedy, annealing, Lagrangian bound, floor prices, repair",
        )

    def search(self, rounds: int, work: float, *, params: SolveParams, clock: Clock) -> None:
        """Try settings of the multipliers: so many, and up to so much work; or up to the gap."""
        while clock.left_s > 0.0 and not self.is_hopeless:
            if self._rounds >= rounds and self.work >= work:
                return
            if self.is_near_enough(params):
                return
            steps = self._steps
            value = self.repair.value if self.repair.found is not None else np.nan
            if clock.report(value, self.upper):
                return
            if self.repair.found is None and self._rounds % ASKED == ASKED - 1:
                self._ask(steps, seed=params.seed + self._rounds, clock=clock)
            else:
                self._round(steps, seed=params.seed + self._rounds, clock=clock)
            self._rounds += 1
            self.work += ROUND_WORK * steps

    def repair_on(self, *, clock: Clock, stop: Event) -> None:
        """Repair until time is up or ``stop`` is set."""
        steps = self._steps
        while clock.left_s > 0.0 and not stop.is_set():
            self.repair.search(2 * steps, clock=clock)

    @property
    def _steps(self) -> int:
        """The steps of a round: a part of those before, fewer where the task is small."""
        most = ROUND_STEPS_PER_PAIR * len(self.task.cover.option_item)
        return max(min(int(ROUND_PART * self.work), most), MIN_ROUND_STEPS)

    def _round(self, steps: int, *, seed: int, clock: Clock) -> None:
        """Search and bound at the multipliers of now, repair, and move the multipliers."""
        task = self.task
        weights = self._weighted(self._multiplier) + task.cover.weights
        run = self._solved(weights, self._plan, steps, seed=seed, clock=clock)
        bound = (
            float(run.bound.figures[0]) - float(self._multiplier @ self._need) + task.fixed_value
        )
        self.upper = min(self.upper, bound)
        self._share = run.bound.best_multiplier / np.maximum(weights, 1e-300)
        self._row_multiplier = run.bound.best_row_multiplier
        self._plan = np.flatnonzero(run.best_open)
        self._move_multipliers()

    def _ask(self, steps: int, *, seed: int, clock: Clock) -> None:
        """Bound what the floors can have without the weights: too little proves that none is."""
        weights = self._weighted(self._asked)
        run = self._solved(weights, self.repair.nearest, steps, seed=seed, clock=clock)
        need = float(self._asked @ self._need)
        self.is_impossible = float(run.bound.figures[0]) < need - 1e-6 * max(abs(need), 1e-6)
        lacking = 1.0 - self._reached(np.flatnonzero(run.best_open)) / np.maximum(self._need, 1e-9)
        self._asked *= np.exp(ASK_MOVE * np.clip(lacking, -0.2, 0.2))
        self._asked /= max(float(self._asked.max()), 1e-12)

    def _weighted(self, multiplier: Floats) -> Floats:
        weights = np.zeros(self.task.cover.n_items)
        for each, floor in zip(multiplier, self.task.floors, strict=True):
            if each > 0.0:
                weights += each * floor.weights
        return weights

    def _solved(
        self, weights: Floats, start: Ints, steps: int, *, seed: int, clock: Clock
    ) -> CoverRun:
        """Search and bound a task without floors, and repair beside the bound what is found."""
        weighted = CoverTask(
            cover=self.task.cover._replace(weights=weights),
            rows=self.task.rows,
            fixed_value=0.0,
            whole_numbers=False,
        )
        warm = WarmMultipliers(self._share * weights, self._row_multiplier)
        run = CoverRun(weighted, seed=seed, start=start, warm=warm, clock=clock)
        run.set_prices()
        with ThreadPoolExecutor(max_workers=1) as pool:
            proof = pool.submit(run.bound_round, run.best_value, 3 * steps, clock=clock)
            self.repair.search(2 * steps, clock=clock)
            run.search_round(steps, clock=clock)
            if self.repair.found is None:
                self.repair.learn(np.flatnonzero(run.best_open))
            else:
                self.repair.look_at(np.flatnonzero(run.best_open))
            relaxed = proof.result()
        if len(relaxed):
            run.try_options(relaxed)
            self.repair.look_at(np.flatnonzero(run.best_open))
        return run

    def _reached(self, plan: Ints) -> Floats:
        return self.repair.reach(plan)[1:]

    def _move_multipliers(self) -> None:
        reached = self._reached(self._plan)
        missed = reached < self._need
        ample = reached > self._need * (1.0 + AMPLE)
        raised = np.maximum(self._multiplier * (1.0 + self._move), FIRST_MULTIPLIER)
        lowered = self._multiplier / (1.0 + 0.25 * self._move)
        self._multiplier = np.where(missed, raised, np.where(ample, lowered, self._multiplier))
        damping = 0.95 if self.repair.found is None else 0.85
        self._move = max(damping * self._move, MIN_MOVE)


def repair_at_once(repair: FloorRepair, *, clock: Clock) -> None:
    """Repair what was learnt for a moment, however short the time is."""
    cover = repair.task.cover
    steps = min(FIRST_STEPS_PER_PAIR * len(cover.option_item), MAX_FIRST_STEPS)
    for _ in range(FIRST_ROUNDS):
        if repair.found is not None:
            return
        repair.search(max(steps, MIN_ROUND_STEPS), clock=clock)


def least_value(task: CoverTask) -> float:
    """Return a weight that every plan that meets the floors covers: that of floors apart."""
    most = max((floor.need for floor in task.floors), default=0.0)
    together = 0.0
    taken = np.zeros(task.cover.n_items, dtype=np.bool_)
    for floor in sorted(task.floors, key=lambda floor: -floor.need):
        members = floor.weights > 0.0
        if floor.need > 0.0 and not (members & taken).any():
            together += floor.need
            taken |= members
    return task.fixed_value + max(most, together, 0.0)
