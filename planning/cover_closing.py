"""The last step of maximal covering: options fixed by reduced cost, and exact on what is left.

Where only a count limits the plan, branches on the Lagrangian bound are opened beside the search,
in rounds of counted steps (`planning.cover_tree`). What they do not close in a first round goes to
HiGHS (`planning.cover_programme`) when it is small enough for the time: its cuts close root gaps
that branches alone do not, once the best plan is known as a cutoff. Small or otherwise limited
problems go there at once. Where the gap is wide and much is left, no proof is in reach and both
threads search.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planning.cover_programme import solve_rest
from planning.cover_solver import STEPS_PER_S, CoverAnswer, CoverRun, done, restricted_task
from planning.cover_tree import BRANCH_ROUNDS, CoverTree
from planning.params import relative_gap

if TYPE_CHECKING:
    from planning.clock import Clock
    from planning.cover_task import CoverTask
    from planning.params import SolveParams

Ints = npt.NDArray[np.int64]

# Pairs of option and item for each second of the time limit up to which a programme has a chance.
PAIRS_PER_S = 4_000
MOST_PAIRS = 2_000_000
# Above so many pairs branches beat the programme.
LEAST_PAIRS_BRANCHED = 4_000
# With a wider gap and more pairs than this both threads search: no branch would ever be closed.
WIDE_GAP, MOST_PAIRS_WIDE = 0.005, 20_000
# The part of the time limit's steps that a round of branching and search takes.
ROUND_PART = 0.35
# Rounds of branching before a programme that has a chance, and the part that each takes.
ROUNDS_BEFORE_PROGRAMME, SHORT_ROUND_PART = 1, 0.1


def close_gap(run: CoverRun, *, params: SolveParams, clock: Clock) -> CoverAnswer:
    """Fix options by reduced cost and solve the rest exactly, as far as the time allows.

    Beside the programme the search goes on. What it finds counts only when the programme does not
    come to its end, so that a finished run always gives the same plan.
    """
    so_far = run.answer("greedy, annealing, Lagrangian bound")
    if done(run, params) or clock.left_s <= 0.0:
        return so_far
    fixing = run.fixing()
    smaller, options = restricted_task(run.task, fixing)
    if run.population.pays and _hopeless(run, smaller):
        search_on(run, params=params, clock=clock, stop=None)
        return run.answer("greedy, annealing, splicing, Lagrangian bound")
    most = min(PAIRS_PER_S * params.time_limit_s, MOST_PAIRS)
    if _only_counted(smaller) and len(smaller.cover.option_item) > LEAST_PAIRS_BRANCHED:
        alone = len(smaller.cover.option_item) > most
        so_far = _branched(
            run,
            smaller,
            options,
            fixing.open_for_good,
            rounds=None if alone else ROUNDS_BEFORE_PROGRAMME,
            params=params,
            clock=clock,
        )
        if alone or relative_gap(so_far.value, so_far.bound) <= params.gap or clock.left_s <= 0.0:
            return so_far
        # the best plan may be better by now, so that more is fixed
        fixing = run.fixing()
        smaller, options = restricted_task(run.task, fixing)
    if len(smaller.cover.option_item) > most and not run.task.floors:
        search_on(run, params=params, clock=clock, stop=None)
        return run.answer(so_far.method)
    settled = np.flatnonzero(fixing.open_for_good)
    stop = Event()
    with ThreadPoolExecutor(max_workers=1) as pool:
        search = pool.submit(search_on, run, params=params, clock=clock, stop=stop)
        answer = solve_rest(
            smaller,
            start=_inside(so_far.chosen, options, settled),
            known=so_far.value,
            params=params,
            clock=clock,
        )
        stop.set()
        search.result()
    method = so_far.method + ", fixing, programme"
    bound = max(min(so_far.bound, answer.bound), so_far.value)
    best = so_far
    if answer.value > so_far.value:
        chosen = np.sort(np.r_[settled, options[answer.chosen]])
        best = CoverAnswer(chosen=chosen, value=answer.value, bound=bound, method=method)
    finished = relative_gap(best.value, bound) <= params.gap
    if not finished and not run.task.floors and run.value > best.value:
        best = run.answer(method)
    return CoverAnswer(
        chosen=best.chosen, value=best.value, bound=max(bound, best.value), method=method
    )


def _inside(
    chosen: npt.NDArray[np.int64],
    options: npt.NDArray[np.int64],
    settled: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64] | None:
    """Return a plan in the numbering of the restricted task; None when fixing excludes it."""
    if not np.isin(chosen, np.r_[options, settled]).all():
        return None
    return np.flatnonzero(np.isin(options, chosen))


def search_on(run: CoverRun, *, params: SolveParams, clock: Clock, stop: Event | None) -> None:
    """Anneal again and again until time is up, the gap is reached or ``stop`` is set."""
    steps = int(params.time_limit_s * STEPS_PER_S * ROUND_PART)
    workers = 2 if stop is None else 1
    while clock.left_s > 0.0 and not (stop is not None and stop.is_set()):
        run.search_more(steps, clock=clock, workers=workers, stop=stop)
        if stop is None and (done(run, params) or clock.report(run.value, run.upper)):
            return


def _hopeless(run: CoverRun, smaller: CoverTask) -> bool:
    """Whether the gap is too wide and too much is left for branches to close it."""
    wide = relative_gap(run.value, run.upper) > WIDE_GAP
    return wide and len(smaller.cover.option_item) > MOST_PAIRS_WIDE


def _only_counted(task: CoverTask) -> bool:
    return not (len(task.rows.room) or task.rows.n_sites or task.floors)


def _branched(
    run: CoverRun,
    smaller: CoverTask,
    options: Ints,
    settled: npt.NDArray[np.bool_],
    *,
    rounds: int | None,
    params: SolveParams,
    clock: Clock,
) -> CoverAnswer:
    """Open branches beside the search; both learn of the other's best plan after each round.

    Ends after so many ``rounds`` (None: when all is proved or time is up).
    """
    cover = smaller.cover
    inner = CoverRun(smaller, seed=params.seed)
    inner.bound_round(run.value - smaller.settled, 800 * len(cover.option_item), clock=clock)
    tree = CoverTree(
        cover,
        most=smaller.rows.most,
        price=inner.bound.best_price,
        value=run.value - smaller.settled,
        step=1.0 if smaller.whole_numbers else 0.0,
    )
    method = "greedy, annealing, Lagrangian bound, fixing, branching"
    part = ROUND_PART if rounds is None else SHORT_ROUND_PART
    steps = max(int(params.time_limit_s * STEPS_PER_S * part), 1)
    branches = max(steps // (2 * BRANCH_ROUNDS * len(cover.option_item)), 2)
    upper = run.upper
    with ThreadPoolExecutor(max_workers=1) as pool:
        while True:
            before = run.answer(method)
            stop = Event()
            search = pool.submit(run.search_more, steps, clock=clock, stop=stop)
            tree.grow(branches, settled=smaller.settled, gap=params.gap, clock=clock)
            ended = tree.finished(settled=smaller.settled, gap=params.gap)
            if ended:
                stop.set()
            search.result()
            upper = min(upper, tree.upper + smaller.settled)
            if ended:
                break
            if tree.chosen is not None:
                run.learn(np.r_[np.flatnonzero(settled), options[tree.chosen]])
            tree.value = max(tree.value, run.value - smaller.settled)
            upper = max(upper, run.value)
            before = run.answer(method)
            ended = relative_gap(run.value, upper) <= params.gap
            ended = ended or rounds == 1
            rounds = None if rounds is None else rounds - 1
            if ended or clock.report(run.value, upper):
                break
    best = before
    if tree.chosen is not None and tree.found + smaller.settled > before.value:
        chosen = np.sort(np.r_[np.flatnonzero(settled), options[tree.chosen]])
        value = tree.found + smaller.settled
        best = CoverAnswer(chosen=chosen, value=value, bound=upper, method=method)
    if smaller.whole_numbers:
        upper = float(np.floor(upper + 1e-6))
    return CoverAnswer(
        chosen=best.chosen, value=best.value, bound=max(upper, best.value), method=method
    )
