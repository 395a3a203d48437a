"""The last step of maximal covering: options fixed by reduced cost, and exact on what is left.

Where the linear programme of what is left can be solved in the time, cuts and branches
(`branch_and_cut`) close the gap from above while the search goes on beside them. What has
floors goes to HiGHS (`milp`). Where the programme is too large both threads
search, and the Lagrangian bound is what is proven.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.engine.mclp.branch_and_cut import CutTree
from planning.engine.mclp.milp import solve_rest
from planning.engine.mclp.restricted_search import NarrowSearch
from planning.engine.mclp.search_and_bound import (
    STEPS_PER_S,
    CoverAnswer,
    CoverRun,
    Fixing,
    done,
    passes_a_row,
    restricted_task,
)
from planning.engine.proven import whole_below

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.mclp.task import CoverTask
    from planning.engine.params import SolveParams

Ints = npt.NDArray[np.int64]

# The linear programme of 100,000 pairs takes two seconds, a larger one more by the power of 1.5; it
# may take half of the time limit.
PAIRS_IN_4_S, PAIRS_POWER = 100_000, 2.0 / 3.0
# Steps of the tree between two exchanges with the search, and least steps of the search.
EXCHANGE_STEPS, MIN_STEPS = 100_000_000, 10_000_000
# Steps that the search takes while the tree takes one, about.
SEARCH_STEPS = 3
# The part of the time limit's steps that a round of search takes where nothing else runs.
ROUND_PART = 0.35


def close_gap(run: CoverRun, *, params: SolveParams, clock: Clock) -> CoverAnswer:
    """Fix options by reduced cost and solve the rest exactly, as far as the time allows."""
    so_far = run.answer("greedy, annealing, Lagrangian bound")
    if done(run, params) or clock.left_s <= 0.0:
        return so_far
    fixing = run.fixing()
    if passes_a_row(run.task, fixing.open_for_good):
        if not run.task.floors:
            # a better plan would open what no plan may open together
            return replace(so_far, bound=so_far.value, method=so_far.method + ", fixing")
        fixing = Fixing.of_nothing(run.task.cover.n_options)
    task, options = restricted_task(run.task, fixing)
    rest = _Rest(task, options, np.flatnonzero(fixing.open_for_good))
    if run.task.floors:
        return _programmed(run, rest, params=params, clock=clock)
    if _fits(task, params):
        return _cut(run, rest, params=params, clock=clock)
    search_on(run, params=params, clock=clock, stop=None)
    bred = ", splicing" if run.population.pays else ""
    return run.answer(f"greedy, annealing{bred}, Lagrangian bound")


class _Rest(NamedTuple):
    """What fixing leaves of a task: a task, its options' numbers in the whole, what is open."""

    task: CoverTask
    options: Ints
    opened: Ints

    def whole(self, chosen: Ints) -> Ints:
        """Return a plan of the rest as one of the whole."""
        return np.sort(np.r_[self.opened, self.options[chosen]])

    def part(self, chosen: Ints) -> Ints:
        """Return what a plan of the whole chooses of the rest."""
        return np.flatnonzero(np.isin(self.options, chosen))


def _fits(task: CoverTask, params: SolveParams) -> bool:
    """Whether the linear programme of a task leaves time for cuts."""
    most = PAIRS_IN_4_S * (params.time_limit_s / 4.0) ** PAIRS_POWER
    return bool(len(task.cover.option_item) <= most)


def _programmed(run: CoverRun, rest: _Rest, *, params: SolveParams, clock: Clock) -> CoverAnswer:
    """Solve what is left by HiGHS; the search goes on beside it."""
    so_far = run.answer("greedy, annealing, Lagrangian bound")
    inside = np.isin(so_far.chosen, np.r_[rest.options, rest.opened]).all()
    stop = Event()
    with ThreadPoolExecutor(max_workers=1) as pool:
        search = pool.submit(search_on, run, params=params, clock=clock, stop=stop)
        answer = solve_rest(
            rest.task,
            start=rest.part(so_far.chosen) if inside else None,
            known=so_far.value,
            upper=so_far.bound,
            params=params,
            clock=clock,
        )
        stop.set()
        search.result()
    bound = max(min(so_far.bound, answer.bound), so_far.value)
    best = so_far
    if answer.value > so_far.value:
        best = replace(answer, chosen=rest.whole(answer.chosen))
    method = so_far.method + ", fixing, programme"
    return replace(best, bound=max(bound, best.value), method=method)


def search_on(run: CoverRun, *, params: SolveParams, clock: Clock, stop: Event | None) -> None:
    """Anneal again and again until time is up, the gap is reached or ``stop`` is set."""
    steps = int(params.time_limit_s * STEPS_PER_S * ROUND_PART)
    workers = 2 if stop is None else 1
    while clock.left_s > 0.0 and not (stop is not None and stop.is_set()):
        run.search_more(steps, clock=clock, workers=workers, stop=stop)
        if stop is None and (done(run, params) or clock.report(run.value, run.upper)):
            return


def _cut(run: CoverRun, rest: _Rest, *, params: SolveParams, clock: Clock) -> CoverAnswer:
    """Cut and branch beside the search; both learn of the other's best plan after each round.

    The search takes as many steps as the tree took in the round before, so that a seed gives the
    same plan on any machine while the time limit is not hit.
    """
    method = "greedy, annealing, Lagrangian bound, fixing, cuts, branching"
    fixed_value = rest.task.fixed_value
    tree = CutTree(rest.task, value=run.value - fixed_value, seed=params.seed, clock=clock)
    beside = _SearchBeside(run, rest, params=params, clock=clock)
    upper, steps, ended = run.upper, tree.root_steps, False
    with ThreadPoolExecutor(max_workers=1) as pool:
        while not ended:
            stop, before, best = Event(), tree.steps, run.answer(method)
            search = pool.submit(beside.search, steps, tree.opened.copy(), stop)
            tree.grow(EXCHANGE_STEPS, gap=params.gap)
            if tree.finished(gap=params.gap):
                stop.set()
            search.result()
            steps = max(SEARCH_STEPS * (tree.steps - before), MIN_STEPS)
            upper = min(upper, tree.upper + fixed_value)
            if tree.found + fixed_value > best.value:
                chosen = rest.whole(tree.chosen)
                best = replace(best, chosen=chosen, value=tree.found + fixed_value)
                run.learn(chosen)
            if stop.is_set():
                break
            best = run.answer(method)
            tree.value = max(tree.value, best.value - fixed_value)
            upper = max(upper, best.value)
            ended = clock.report(best.value, upper) or tree.finished(gap=params.gap)
    if rest.task.whole_numbers:
        upper = whole_below(upper)
    return replace(best, bound=max(upper, best.value))


class _SearchBeside:
    """The search beside the tree: in turns over all options and over those the tree has opened.

    Where the latter finds nothing it waits twice as many turns for its next one.
    """

    def __init__(self, run: CoverRun, rest: _Rest, *, params: SolveParams, clock: Clock) -> None:
        self._run, self._rest, self._clock = run, rest, clock
        self._narrow = NarrowSearch(rest.task, seed=params.seed, time_limit_s=params.time_limit_s)
        self._wait, self._pause = 1, 1

    def search(self, steps: int, opened: npt.NDArray[np.bool_], stop: Event) -> None:
        """Search over ``steps``; the run knows the best plan afterwards."""
        run, rest = self._run, self._rest
        if self._wait > 0 or len(run.task.rows.capacity):
            self._wait -= 1
            run.search_more(steps, clock=self._clock, stop=stop)
            return
        best = rest.part(np.flatnonzero(run.best_open))
        chosen, value = self._narrow.search(opened, best, steps, clock=self._clock, stop=stop)
        is_better = value + rest.task.fixed_value > run.value
        if is_better:
            run.learn(rest.whole(chosen))
        self._pause = 1 if is_better else 2 * self._pause
        self._wait = self._pause
