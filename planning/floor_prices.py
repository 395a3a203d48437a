r"""Floors of maximal covering at city size: prices on what each floor still lacks.

A floor asks :math:`\sum_i f_{Fi} y_i \ge q_F`. With a price :math:`\lambda_F \ge 0` on what it
lacks, every plan that meets the floors is worth no more than

.. math::
   \max_{x, y} \sum_i \Bigl(w_i + \sum_F \lambda_F f_{Fi}\Bigr) y_i - \sum_F \lambda_F q_F ,

a maximal covering problem without floors whose weights are higher where a floor is short. Its bound
is a bound for the floors too, and its plans come to meet them as the prices rise: the prices of
floors that the last plan misses are raised, those of floors that it passes by far are lowered.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planning.cover_bound import WarmPrices
from planning.cover_solver import STEPS_PER_S, CoverAnswer, CoverRun, CoverTask
from planning.params import relative_gap

if TYPE_CHECKING:
    from planning.clock import Clock
    from planning.params import SolveParams

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# The part of the time limit's steps that one setting of the floors' prices takes.
ROUND_PART = 0.006
# A floor that is missed is priced at this or more, in workers' worth for a worker.
FIRST_PRICE = 0.2
# How far prices move at first, and at least, as a share of themselves.
FIRST_MOVE, LEAST_MOVE = 1.0, 0.05
# A floor passed by this share of what it asks for is priced lower.
AMPLE = 0.01


class FloorSearch:
    """The floors' prices, the best plan that meets them and the bound; ``run`` is without floors.

    ``found`` is None until a plan meets the floors; ``value`` is that plan's weight with what is
    settled.
    """

    def __init__(self, task: CoverTask, run: CoverRun) -> None:
        self._task = task
        self._price = np.zeros(len(task.floors))
        self._need = np.array([floor.need for floor in task.floors])
        self._move = FIRST_MOVE
        self._share = run.bound.best_price / np.maximum(task.cover.weights, 1e-300)
        self._row_price = run.bound.best_row_price
        self._plan: Ints = np.flatnonzero(run.best_open)
        self._rounds = 0
        self.found: Ints | None = None
        self.value = -np.inf
        self.upper = run.upper
        self._look_at(self._plan)
        self._reprice()

    @property
    def is_hopeless(self) -> bool:
        """Whether the bound proves that no plan meets the floors: one alone needs more."""
        least = self._task.settled + float(self._need.max(initial=0.0))
        return self.upper < least * (1.0 - 1e-9) - 1e-6

    def is_near_enough(self, params: SolveParams) -> bool:
        """Whether a plan meets the floors and is proven within the gap that was asked for."""
        return self.found is not None and relative_gap(self.value, self.upper) <= params.gap

    def answer(self) -> CoverAnswer:
        """Return the best plan that meets the floors; the value is -inf when there is none yet."""
        none = np.empty(0, dtype=np.int64)
        upper = self.upper
        if self._task.whole_numbers:
            upper = float(np.floor(upper + 1e-6))
        return CoverAnswer(
            chosen=none if self.found is None else self.found,
            value=self.value,
            bound=max(upper, self.value),
            method="greedy, annealing, Lagrangian bound, floor prices",
        )

    def search(self, rounds: int | None, *, params: SolveParams, clock: Clock) -> None:
        """Try so many settings of the prices (None: while there is time), or up to the gap."""
        steps = max(int(params.time_limit_s * STEPS_PER_S * ROUND_PART), 1)
        while clock.left_s > 0.0 and not self.is_hopeless:
            if rounds is not None and self._rounds >= rounds:
                return
            if self.is_near_enough(params):
                return
            if clock.report(self.value if self.found is not None else np.nan, self.upper):
                return
            self._round(steps, seed=params.seed + self._rounds, clock=clock)

    def _round(self, steps: int, *, seed: int, clock: Clock) -> None:
        task = self._task
        weights = task.cover.weights.copy()
        for price, floor in zip(self._price, task.floors, strict=True):
            if price > 0.0:
                weights += price * floor.weights
        priced = CoverTask(
            cover=task.cover._replace(weights=weights),
            rows=task.rows,
            settled=0.0,
            whole_numbers=False,
        )
        warm = WarmPrices(self._share * weights, self._row_price)
        run = CoverRun(priced, seed=seed, start=self._plan, warm=warm)
        with ThreadPoolExecutor(max_workers=1) as pool:
            proof = pool.submit(run.bound_round, run.best_value, 2 * steps, clock=clock)
            run.search_round(steps, clock=clock)
            relaxed = proof.result()
        if len(relaxed):
            self._look_at(relaxed)
            run.try_options(relaxed)
        bound = float(run.bound.figures[0]) - float(self._price @ self._need) + task.settled
        self.upper = min(self.upper, bound)
        self._share = run.bound.best_price / np.maximum(weights, 1e-300)
        self._row_price = run.bound.best_row_price
        self._plan = np.flatnonzero(run.best_open)
        self._look_at(self._plan)
        self._rounds += 1
        self._reprice()

    def _reach(self, plan: Ints) -> tuple[float, Floats]:
        """Return the weight that a plan covers, and what it covers of each floor."""
        cover = self._task.cover
        covered = np.zeros(cover.n_items, dtype=np.bool_)
        for j in plan:
            covered[cover.option_item[cover.option_offset[j] : cover.option_offset[j + 1]]] = True
        reached = np.array([floor.weights[covered].sum() for floor in self._task.floors])
        return float(cover.weights[covered].sum()), reached

    def _look_at(self, plan: Ints) -> None:
        """Keep a plan when it meets the floors and is the best that does."""
        if len(plan) > self._task.rows.most:
            return
        weight, reached = self._reach(plan)
        value = weight + self._task.settled
        if (reached >= self._need).all() and value > self.value:
            self.found, self.value = plan, value

    def _reprice(self) -> None:
        _, reached = self._reach(self._plan)
        missed = reached < self._need
        ample = reached > self._need * (1.0 + AMPLE)
        raised = np.maximum(self._price * (1.0 + self._move), FIRST_PRICE)
        lowered = self._price / (1.0 + 0.25 * self._move)
        self._price = np.where(missed, raised, np.where(ample, lowered, self._price))
        self._move = max((0.95 if self.found is None else 0.85) * self._move, LEAST_MOVE)
