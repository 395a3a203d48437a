r"""Maximal covering (Church and ReVelle 1974) with limits, floors and gradual cover.

.. math::
   \max \sum_i w_i y_i \quad\text{with}\quad
   y_i \le \sum_j a_{ij} x_j, \quad \sum_{j\ \text{free}} x_j \le p, \quad
   \sum_j c_j x_j \le B, \quad \sum_{j \in s} x_j \le 1 \ (\text{site } s), \\
   \sum_{j \in K} x_j \le p_K, \quad \sum_{j \in K} c_j x_j \le B_K \ (\text{limit } K), \quad
   \sum_{i \in F} w_i y_i \ge q_F \sum_{i \in F} w_i \ (\text{floor } F), \quad
   x_j \in \{0, 1\}, \ 0 \le y_i \le 1

Steps: take out what required options cover, merge items with the same cover set, greedy, swaps, few
options at a time where money binds (`sifting`), annealing beside a Lagrangian bound (two threads),
plans bred from plans (`crossover`), fix options by reduced cost, branches, and HiGHS with a cutoff
on what is left. Gradual cover is turned into levels first (`gradual`). Floors are met by the
programme itself where it is small, else by multipliers on what they lack (`floor_multipliers`) and
by repair (`floor_repair`); without them the bound already holds. A floor of a single item is a
weight (`with_heavy_items`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planning.engine.checks import known
from planning.engine.clock import Clock
from planning.engine.mclp import interchange
from planning.engine.mclp.closing import close_gap
from planning.engine.mclp.floor_multipliers import FloorSearch, repair_at_once
from planning.engine.mclp.floor_repair import FloorRepair
from planning.engine.mclp.gradual import expand_levels
from planning.engine.mclp.infeasibility import coverage_conflict, required_conflict, short_floors
from planning.engine.mclp.milp import solve_floored
from planning.engine.mclp.opening import first_answer
from planning.engine.mclp.reduction import ReducedCoverage, meets_floors, reduce_coverage
from planning.engine.mclp.rounds import go_on, search_and_bound
from planning.engine.mclp.search_and_bound import CoverAnswer, CoverRun
from planning.engine.mclp.warm_start import kept_basis, reduce_on_basis
from planning.engine.params import Plan, Progress, SolveParams, relative_gap
from planning.engine.proven import Bound, Draft, contradicted

if TYPE_CHECKING:
    from planning.engine.mclp.lagrangian import WarmMultipliers
    from planning.engine.mclp.task import CoverTask
    from planning.engine.params import WarmStart
    from planning.engine.problems import CoverageProblem

Ints = npt.NDArray[np.int64]

# How long each question about a contradiction may take.
CONFLICT_S = 3.0
# Steps for each pair of option and item that go to the problem without its floors.
FIRST_STEPS_PER_PAIR = 300
# Up to so many pairs of option and item the programme meets the floors at once.
MIN_MULTIPLIER_PAIRS = 2_000
# Steps for each pair after which a programme begins that may come to its end, and most pairs of it.
STEPS_PER_PAIR, MAX_PAIRS = 7_500, 2_000_000
# Settings of the floors' multipliers that are tried before it, and steps of the bound for each pair
# where reduced costs may settle options for it.
ROUNDS_BEFORE_PROGRAMME, BOUND_STEPS_PER_PAIR = 12, 1_200


def solve_maximal_covering(problem: CoverageProblem, *, params: SolveParams, clock: Clock) -> Draft:
    """Solve a `CoverageProblem`; see the module for the steps."""
    problem = expand_levels(problem)
    conflict = required_conflict(problem)
    if conflict is not None:
        return contradicted(conflict)
    last = params.start.basis if isinstance(params.start, Plan) else None
    reduced, basis, warm = reduce_on_basis(problem, last, clock=clock)
    task = reduced.task
    clock.numbering = lambda chosen: _whole(problem, reduced, chosen)

    def basis_after(run: CoverRun) -> WarmStart | None:
        return kept_basis(problem, reduced, run, wider=basis, last=last)

    opened = first_answer(task, warm=warm, clock=clock)
    if opened is not None:
        with_opened = None if basis is None else basis.with_multipliers(reduced, opened.bound)
        return _drafted(problem, reduced, opened.answer, with_opened)
    start = _start(reduced, params)
    heavy = with_heavy_items(task)
    if heavy is not None:
        run = CoverRun(heavy, seed=params.seed, start=start, warm=warm, clock=clock, tells=True)
        had = _had(run, reduced, params=params, clock=clock)
        if had is not None:
            return _drafted(problem, reduced, had, basis_after(run))
        clock.plan = None  # a plan that leaves out what must be covered
    run = _without_floors(task, params=params, clock=clock, start=start, warm=warm)
    if task.floors:
        is_met = meets_floors(reduced, run.answer("").chosen)
        floored = _meet_floors(run, is_met=is_met, params=params, clock=clock)
        if floored is None:
            reason = coverage_conflict(
                problem, reduced, may_be=lambda other: _may_be(other, clock), clock=clock
            )
            return contradicted(reason, method="floor prices, programme")
        answer = floored
    else:
        answer = close_gap(run, params=params, clock=clock)
    return _drafted(problem, reduced, answer, basis_after(run))


def with_heavy_items(task: CoverTask) -> CoverTask | None:
    """Write floors of one item each as weights; None: there are others, or none at all.

    Such an item must be covered. It weighs as much more as the best option covers, and that much
    is taken off the value: a plan that covers it is worth the same as before, and a bound of the
    heavier task is one of the plans that keep the floors.
    """
    items = [np.flatnonzero(floor.weights) for floor in task.floors]
    if not items or any(len(of_floor) != 1 for of_floor in items):
        return None
    if any(float(floor.weights.sum()) < floor.need for floor in task.floors):
        return None
    cover = task.cover
    gains = interchange.new_state(cover, task.rows, seed=0).gain
    more = float(np.ceil(gains.max(initial=0.0)))
    heavy = np.unique(np.concatenate(items))
    weights = cover.weights.copy()
    weights[heavy] += more
    return replace(
        task,
        cover=cover._replace(weights=weights),
        fixed_value=task.fixed_value - more * len(heavy),
        floors=(),
    )


def _had(
    run: CoverRun, reduced: ReducedCoverage, *, params: SolveParams, clock: Clock
) -> CoverAnswer | None:
    """Search and bound with what must be covered as weights; None: it is not covered so."""

    def report(news: Progress) -> bool:
        # a plan that leaves it out is none
        is_met = meets_floors(reduced, np.flatnonzero(run.best_open))
        return clock.report(min(news.incumbent, run.value) if is_met else np.nan, news.bound)

    told = replace(params, on_progress=report)
    part = clock.part(told)
    is_met = meets_floors(reduced, np.flatnonzero(run.best_open))
    pairs = len(run.task.cover.option_item)
    most_work = np.inf if is_met else FIRST_STEPS_PER_PAIR * pairs
    go_on(run, params=told, clock=part, most_work=most_work)
    if not meets_floors(reduced, np.flatnonzero(run.best_open)):
        return None
    answer = close_gap(run, params=told, clock=part)
    return answer if meets_floors(reduced, answer.chosen) else None


def _without_floors(
    task: CoverTask,
    *,
    params: SolveParams,
    clock: Clock,
    start: Ints | None,
    warm: WarmMultipliers | None,
) -> CoverRun:
    """Search and bound without floors; where there are any, only as much as they need to begin."""
    if not task.floors:
        return search_and_bound(task, params=params, clock=clock, start=start, warm=warm)

    def report(news: Progress) -> bool:
        # a plan that may miss a floor is none yet
        return clock.report(np.nan, news.bound)

    most_work = FIRST_STEPS_PER_PAIR * len(task.cover.option_item)
    first = replace(params, on_progress=report)
    return search_and_bound(
        task, params=first, clock=clock.part(first), start=start, warm=warm, most_work=most_work
    )


def _meet_floors(
    run: CoverRun, *, is_met: bool, params: SolveParams, clock: Clock
) -> CoverAnswer | None:
    """Meet the floors by multipliers and repair, then by the programme where it may end.

    ``is_met`` tells that the run's plan meets them, so that its reduced costs count. None: no plan
    meets them. Worth -inf: none was found, and the plan is the one that lacks least.
    """
    task = run.task
    if any(float(floor.weights.sum()) < floor.need for floor in task.floors):
        return None
    pairs = len(task.cover.option_item)
    if pairs <= MIN_MULTIPLIER_PAIRS:
        return _at_once(run, params=params, clock=clock)
    search = FloorSearch(task, run, seed=params.seed)
    repair_at_once(search.repair, clock=clock)
    due = STEPS_PER_PAIR * pairs if pairs <= MAX_PAIRS else np.inf
    search.search(ROUNDS_BEFORE_PROGRAMME, due, params=params, clock=clock)
    if search.is_hopeless:
        return None
    if search.is_near_enough(params) or clock.left_s <= 0.0:
        return search.answer()
    if is_met and search.repair.found is not None:
        run.learn(search.repair.found)
        run.bound_round(run.best_value, BOUND_STEPS_PER_PAIR * pairs, clock=clock)
        closed = close_gap(run, params=params, clock=clock)
        return replace(closed, bound=max(min(closed.bound, search.upper), closed.value))
    return _by_programme(search, params=params, clock=clock)


def _at_once(run: CoverRun, *, params: SolveParams, clock: Clock) -> CoverAnswer | None:
    """Solve the whole of a small task by HiGHS."""
    repair = FloorRepair(run.task, relative_cost=run.relative_cost, seed=params.seed)
    repair.learn(np.flatnonzero(run.best_open))
    repair_at_once(repair, clock=clock)
    answer = solve_floored(
        run.task, upper=run.upper, params=params, clock=clock, start=repair.found
    )
    if answer is None or answer.value > -np.inf:
        return answer
    return replace(answer, chosen=repair.nearest)


def _by_programme(search: FloorSearch, *, params: SolveParams, clock: Clock) -> CoverAnswer | None:
    """Solve the whole by HiGHS from the best plan; repair goes on beside it.

    What repair finds counts only when the programme does not come to its end, so that a finished
    run always gives the same plan.
    """
    best = search.answer()
    stop = Event()
    with ThreadPoolExecutor(max_workers=1) as pool:
        repair = pool.submit(search.repair_on, clock=clock, stop=stop)
        programmed = solve_floored(
            search.task,
            upper=best.bound,
            params=params,
            clock=clock,
            start=search.repair.found,
        )
        stop.set()
        repair.result()
    if programmed is None:
        return None if search.repair.found is None else search.answer()
    method = f"{best.method}, programme"
    bound = min(best.bound, programmed.bound)
    if relative_gap(programmed.value, max(bound, programmed.value)) > params.gap:
        best = search.answer()
    better = programmed if programmed.value > best.value else best
    return replace(better, bound=max(bound, better.value), method=method)


def _start(reduced: ReducedCoverage, params: SolveParams) -> Ints | None:
    """Return the caller's first plan in the numbering of the free options."""
    if params.start is None:
        return None
    chosen = params.start.chosen if isinstance(params.start, Plan) else params.start
    return np.flatnonzero(np.isin(reduced.options, chosen))


def _may_be(problem: CoverageProblem, clock: Clock) -> bool:
    """Tell whether some plan meets the floors within the limits, as far as a few seconds show."""
    reduced = reduce_coverage(problem)
    params = SolveParams(time_limit_s=max(min(CONFLICT_S, clock.left_s), 0.05), gap=1e9)
    task = replace(reduced.task, whole_numbers=False)
    return solve_floored(task, upper=np.inf, params=params, clock=Clock(params)) is not None


def _drafted(
    problem: CoverageProblem,
    reduced: ReducedCoverage,
    answer: CoverAnswer,
    basis: WarmStart | None,
) -> Draft:
    chosen = _whole(problem, reduced, answer.chosen)
    is_plan = answer.value > -np.inf
    return Draft(
        chosen=chosen if is_plan else None,
        nearest=chosen,
        bound=Bound.at(answer.bound),
        method=answer.method,
        reasons=() if is_plan else (short_floors(problem, reduced, answer.chosen),),
        basis=basis,
    )


def _whole(problem: CoverageProblem, reduced: ReducedCoverage, chosen: Ints) -> Ints:
    """Return a choice among the free options in the numbering of the problem, with the required."""
    required = np.flatnonzero(known(problem.required))
    return np.concatenate([required, reduced.options[chosen]]).astype(np.int64)
