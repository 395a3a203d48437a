"""The rounds of search and bound, side by side in two threads.

Where rows of money and number bind and the task is large, few options at a time come first
(`sifting`): they bring most of the bound, and often the plan, in a small part of the work.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planning.engine.mclp import lagrangian
from planning.engine.mclp.search_and_bound import (
    BOUND_SPEED,
    BOUND_STEPS,
    BRED_STEPS,
    PRICING_STEPS_PER_PAIR,
    WARM_STEPS_PER_PAIR,
    CoverRun,
    done,
    is_sifted,
)
from planning.engine.mclp.sifting import sift

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.mclp.lagrangian import WarmMultipliers
    from planning.engine.mclp.task import CoverTask
    from planning.engine.params import SolveParams

Ints = npt.NDArray[np.int64]


def search_and_bound(
    task: CoverTask,
    *,
    params: SolveParams,
    clock: Clock,
    start: Ints | None = None,
    warm: WarmMultipliers | None = None,
    most_work: float = math.inf,
) -> CoverRun:
    """Search and bound side by side; the run holds the best plan and the bound.

    ``start`` is a plan and ``warm`` are multipliers to begin with, of a problem much like this one.
    After ``most_work`` steps of search it ends in any case.
    """
    run = CoverRun(task, seed=params.seed, start=start, warm=warm, clock=clock, tells=True)
    go_on(run, params=params, clock=clock, most_work=most_work)
    return run


def go_on(run: CoverRun, *, params: SolveParams, clock: Clock, most_work: float = math.inf) -> None:
    """Search and bound side by side from where a run stands."""
    if run.task.cover.n_items and run.task.rows.most:
        _rounds(run, params=params, clock=clock, most_work=most_work)
    else:
        run.bound_value = 0.0


def _rounds(run: CoverRun, *, params: SolveParams, clock: Clock, most_work: float) -> None:
    """Search and bound side by side until the gap is reached, both are through or time is up."""
    pairs = len(run.task.cover.option_item)
    if is_sifted(run.task):
        sift(run, params=params, clock=clock)
    else:
        _price(run, params=params, clock=clock)
    # what went before gives prices, and is no search yet
    most_work += run.work
    with ThreadPoolExecutor(max_workers=1) as pool:
        while not done(run, params) and run.work < most_work:
            if clock.report(run.value, run.upper):
                return
            if not run.rounds_left and run.bound_rests:
                break
            is_bred = run.population.pays and not run.rounds_left
            steps = BRED_STEPS if is_bred else run.next_steps()
            run.set_prices()
            proof = pool.submit(
                run.bound_round, run.best_value, max(BOUND_SPEED * steps, 100 * pairs), clock=clock
            )
            if is_bred:
                run.search_more(steps, clock=clock)
            else:
                run.search_round(steps, clock=clock)
            relaxed = proof.result()
            if len(relaxed):
                run.try_options(relaxed)
                run.back_to_best()
    clock.report(run.value, run.upper)


def _price(run: CoverRun, *, params: SolveParams, clock: Clock) -> None:
    """Bring the multipliers to where a search can begin, as far as old ones do not do."""
    pairs = len(run.task.cover.option_item)
    if run.is_warm:
        # one look at the old multipliers, however little time there is: they prove most of the
        # bound
        proven, _ = lagrangian.evaluate(run.task.cover, run.task.rows, run.bound)
        run.bound_value = min(run.bound_value, float(proven))
        _bound_alone(run, WARM_STEPS_PER_PAIR * pairs, clock=clock)
    if len(run.task.rows.capacity) and not (run.is_warm and done(run, params)):
        # old prices may do
        _bound_alone(run, PRICING_STEPS_PER_PAIR * pairs, clock=clock)


def _bound_alone(run: CoverRun, steps: int, *, clock: Clock) -> None:
    """Move the multipliers before any search, which waits for them."""
    for _ in range(0, steps, BOUND_STEPS):
        if run.bound_rests or clock.tick(run.value, run.upper):
            return
        run.bound_round(run.best_value, BOUND_STEPS, clock=clock)
        run.work += BOUND_STEPS // BOUND_SPEED
