"""The last step of maximal covering: options fixed by reduced cost, and exact on what is left.

Where the linear programme of what is left can be solved in the time, cuts and branches
(`branch_and_cut`) close the gap from above while the search goes on beside them. What has
floors goes to HiGHS (`milp`), and cuts bound it from beside (`cuts_beside`). Where the programme is
too large both threads search, and the Lagrangian bound is what is proven.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.engine.clock import NEWS_S
from planning.engine.mclp.branch_and_cut import CutTree
from planning.engine.mclp.cuts_beside import CutsBeside
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

# The linear programme of 100,000 pairs takes two seconds, a larger one more by the power of 1.5:
# cuts begin once the search has had twice that, where rows bind a part of it.
PAIRS_IN_4_S, PAIRS_POWER = 100_000, 1.5
PART, PART_AT_ROWS = 0.6, 0.3
# Steps of the tree between two exchanges with the search, and least steps of the search.
EXCHANGE_STEPS, MIN_STEPS = 100_000_000, 10_000_000
# Steps that the search takes while the tree takes one, about.
SEARCH_STEPS = 3
# Where nothing else runs a round of breeding takes such a part of the steps before it. What is left
# is looked at again after so many times the steps.
ROUND_PART, LOOK_PART = 0.35, 1.5


def close_gap(run: CoverRun, *, params: SolveParams, clock: Clock) -> CoverAnswer:
    """Fix options by reduced cost and solve the rest exactly, as far as the time allows."""
    while True:
        bred = ", splicing" if run.population.pays else ""
        so_far = run.answer(f"greedy, annealing{bred}, Lagrangian bound")
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
        if _is_due(task, run.work):
            return _cut(run, rest, params=params, clock=clock)
        _search_on(run, int(LOOK_PART * run.work), params=params, clock=clock)


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


def _is_due(task: CoverTask, work: int) -> bool:
    """Whether the search has had its part beside the linear programme of a task."""
    programme_s = 4.0 * (len(task.cover.option_item) / PAIRS_IN_4_S) ** PAIRS_POWER
    part = PART_AT_ROWS if len(task.rows.capacity) else PART
    return bool(work >= part * programme_s * STEPS_PER_S)


def _programmed(run: CoverRun, rest: _Rest, *, params: SolveParams, clock: Clock) -> CoverAnswer:
    """Solve what is left by HiGHS, cuts and branches beside it."""
    so_far = run.answer("greedy, annealing, Lagrangian bound")
    inside = np.isin(so_far.chosen, np.r_[rest.options, rest.opened]).all()
    cuts = CutsBeside(rest.task, value=so_far.value, params=params, clock=clock)
    answer = cuts.beside(
        lambda: solve_rest(
            rest.task,
            start=rest.part(so_far.chosen) if inside else None,
            known=so_far.value,
            upper=so_far.bound,
            params=params,
            clock=clock,
            cuts=cuts,
        )
    )
    bound = max(min(so_far.bound, answer.bound), so_far.value)
    best = so_far
    if answer.value > so_far.value:
        best = replace(answer, chosen=rest.whole(answer.chosen))
    method = so_far.method + ", fixing, programme" + (", cuts" if cuts.is_used else "")
    return replace(best, bound=max(bound, best.value), method=method)


def _search_on(run: CoverRun, work: int, *, params: SolveParams, clock: Clock) -> None:
    """Search until the run's work has grown to ``work``, time is up or the gap is reached."""
    while run.work < work and not done(run, params):
        is_bred = run.population.pays
        steps = max(int(ROUND_PART * run.work), MIN_STEPS) if is_bred else run.next_steps()
        run.search_more(steps, clock=clock, workers=2)
        if clock.report(run.value, run.upper):
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
    with ThreadPoolExecutor(max_workers=2) as pool:
        while not ended:
            stop, before, best = Event(), tree.steps, run.answer(method)
            search = pool.submit(beside.search, steps, tree.opened.copy(), stop)
            proof = pool.submit(_grow, tree, stop, gap=params.gap)
            while wait((search, proof), timeout=NEWS_S).not_done:
                now = min(upper, tree.proven + fixed_value)
                clock.tick(max(run.value, best.value), max(now, run.value, best.value))
            proof.result()
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


def _grow(tree: CutTree, stop: Event, *, gap: float) -> None:
    """Grow the tree up to the next exchange; at its end the search beside it stops too."""
    tree.grow(EXCHANGE_STEPS, gap=gap)
    if tree.finished(gap=gap):
        stop.set()


class _SearchBeside:
    """The search beside the tree: in turns over all options and over those the tree has opened.

    Where the latter finds nothing it waits twice as many turns for its next one.
    """

    def __init__(self, run: CoverRun, rest: _Rest, *, params: SolveParams, clock: Clock) -> None:
        self._run, self._rest, self._clock = run, rest, clock
        self._narrow = NarrowSearch(rest.task, seed=params.seed, work=run.work)
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
