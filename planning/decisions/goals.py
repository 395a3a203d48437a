r"""A decision problem solved by its goal: most, cheapest, the worst off first, two in reach.

* **Most**: maximal covering as it is.
* **Cheapest** for a share q: the least budget b whose best cover reaches q, found from both sides.
  A plan that reaches q costs at most what it costs; a budget whose proven bound stays below q is
  too little, and so is every smaller one.
* **Worst off first**: the largest floor f that all classes (groups, districts) can have together,
  by the same two sides; then most workers with that floor. The least, over the classes, of what a
  class could have if it were alone bounds f too.
* **Least mean time**: most seconds saved, as covering by levels of time (`time_levels`).
* **Two in reach**: workers with one station and workers with two, added up (`two_in_reach`).
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.messages import say
from planning.decisions.mean_time import least_mean
from planning.decisions.news import News
from planning.decisions.two_in_reach import most_twice
from planning.engine.checks import known
from planning.engine.params import SolveParams, relative_gap
from planning.engine.problems import CoverageProblem, Floor
from planning.engine.solver import solve
from planning.engine.verdict import with_bound

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from data.questions.question import Question
    from planning.decisions.actions import ActionTable
    from planning.decisions.items import DemandItems
    from planning.decisions.problem import DecisionProblem
    from planning.engine.params import Plan, Status

#: The goals of which less is better: yuan, and seconds.
LEAST: Final = frozenset({"cheapest", "mean_time"})
# A share that is reached to this is reached: sums of doubles.
_ROUNDING = 1e-9
# The part of the time that the last step of the worst off first keeps.
_LAST_PART = 0.35
_STEPS = 24
# From which gap on a plan a yuan cheaper than the best one is looked for, and how often.
_NEAR_GAP, _NEAR_TRIES = 1e-3, 3
# The part of the time in which plans with a required place set are sought, how many of them at
# most, and the least seconds for each beyond the first.
_SET_PART, _SET_CHOICES, _SET_S = 0.3, 3, 1.0


@dataclass(frozen=True, eq=False)
class GoalAnswer:
    """An engine's plan, and its figures in the measure of the goal; nan without a plan."""

    plan: Plan
    status: Status
    objective: float
    bound: float
    gap: float
    method: str


def solve_goal(
    question: Question,
    items: DemandItems,
    of: DecisionProblem,
    table: ActionTable,
    *,
    params: SolveParams,
) -> GoalAnswer:
    """Solve a question by its goal; ``params.on_progress`` is told figures of the goal (`News`).

    Raises
    ------
    ProblemError
        when the goal cannot be asked together with the question's limits.
    """
    goal = question.goal.what
    news = News(params, least=goal in LEAST)
    if goal == "cheapest":
        return _cheapest(question, items, of, params=params, news=news)
    if goal in {"worst_group", "worst_district"}:
        return _worst_first(question, items, of, params=params, news=news)
    if goal == "two_in_reach":
        shift = of.constant
        heard = news.heard(params, lambda now: (now.incumbent - shift, now.bound - shift))
        plan, worth, bound = most_twice(items, of, params=heard)
        return _proved(plan, worth, bound, params=params)
    if goal == "mean_time":
        heard = news.heard(params)
        plan, mean_s, bound_s = least_mean(question, items, of, table, params=heard)
        return _proved(plan, mean_s, bound_s, params=params)
    return _told(_most(of, params=params, news=news), of)


def _most(of: DecisionProblem, *, params: SolveParams, news: News) -> Plan:
    """Cover most; where something must stand beside floors, begin with one such place set.

    Without other floors the engine minds by itself what must stand.
    """
    shift = of.constant
    whole = news.heard(params, lambda now: (now.incumbent - shift, now.bound - shift))
    if not of.tokens or not _asks_more(of):
        return solve(of.problem, params=whole)
    # what a plan with a place set cannot pass, another plan may
    clock = _Clock(news.heard(params, lambda now: (now.incumbent - shift, math.nan)))
    held = _with_tokens_set(of, clock=clock)
    rest = clock.part(clock.left_s, gap=params.gap, start=held)
    plan = solve(of.problem, params=replace(rest, on_progress=whole.on_progress))
    if held is None or plan.objective >= held.objective:
        return plan
    # what was set is a plan of the whole question too, and its bound holds for both
    return with_bound(held, plan.bound, gap=params.gap)


def _asks_more(of: DecisionProblem) -> bool:
    """Whether some floor beside the tokens asks for more than what is required covers."""
    problem = of.problem
    hit = np.zeros(problem.n_demand, dtype=np.bool_)
    hit[sp.csr_array(problem.covers[np.flatnonzero(known(problem.required))]).indices] = True
    for floor in problem.floors[: len(problem.floors) - len(of.tokens)]:
        own = problem.weights_of(floor)
        if float(own[hit].sum()) < floor.min_share * float(own.sum()):
            return True
    return False


def _with_tokens_set(of: DecisionProblem, *, clock: _Clock) -> Plan | None:
    """Solve with one option of each token required, for a few choices; None: no plan was found."""
    problem = of.problem
    gains = sp.csr_array(problem.covers.astype(np.float64)) @ problem.weights
    floors = problem.floors[: len(problem.floors) - len(of.tokens)]
    whole_s = _SET_PART * clock.params.time_limit_s
    n_choices = min(max(int(whole_s / _SET_S), 1), _SET_CHOICES)
    part_s = whole_s / n_choices
    best: Plan | None = None
    for choice in range(n_choices):
        required = _set_tokens(of, gains, choice)
        if required is None:
            break
        most = problem.max_open
        if most is not None:
            # what is set counts as one of the new ones all the same
            most -= int(required.sum()) - int(np.asarray(problem.required).sum())
            if most < 0:
                break
        trial = replace(problem, required=required, floors=floors, max_open=most)
        plan = solve(trial, params=clock.part(part_s, gap=clock.params.gap, start=best))
        if math.isfinite(plan.objective) and not (best and best.objective >= plan.objective):
            best = plan
    return best


def _set_tokens(
    of: DecisionProblem, gains: npt.NDArray[np.float64], choice: int
) -> npt.NDArray[np.bool_] | None:
    """Require the option of each token that covers most, or the next best place for each choice."""
    problem = of.problem
    site = np.asarray(problem.site)
    required = np.array(problem.required)
    forbidden = np.asarray(problem.forbidden)
    for token in of.tokens:
        if (token & required).any():
            continue
        members = np.flatnonzero(token & ~forbidden & ~np.isin(site, site[required]))
        members = members[np.argsort(-gains[members], kind="stable")]
        _, first = np.unique(site[members], return_index=True)
        places = members[np.sort(first)]
        if choice >= len(places):
            return None
        required[places[choice]] = True
    return required


def _told(plan: Plan, of: DecisionProblem) -> GoalAnswer:
    """Tell an answer in what the goal counts."""
    if not math.isfinite(plan.objective):
        return GoalAnswer(plan, plan.status, math.nan, plan.bound, math.nan, plan.method)
    objective = of.value(plan.chosen)
    bound = max(plan.bound - of.constant, objective)
    if plan.status == "optimal":
        bound = objective
    gap = relative_gap(objective, bound)
    return GoalAnswer(plan, plan.status, objective, bound, gap, plan.method)


def _proved(plan: Plan, objective: float, bound: float, *, params: SolveParams) -> GoalAnswer:
    """Tell an answer in a measure of its own, with the status that the two figures earn."""
    if not math.isfinite(objective):
        return GoalAnswer(plan, plan.status, math.nan, bound, math.nan, plan.method)
    gap = relative_gap(objective, bound)
    status: Status = (
        "optimal" if gap == 0.0 else "within_gap" if gap <= params.gap else "time_limit"
    )
    return GoalAnswer(plan, status, objective, bound, gap, plan.method)


class _Clock:
    """What is left of a time limit."""

    def __init__(self, params: SolveParams) -> None:
        self.params = params
        self.end = time.perf_counter() + params.time_limit_s

    @property
    def left_s(self) -> float:
        return self.end - time.perf_counter()

    def part(self, seconds: float, *, gap: float, start: Plan | None) -> SolveParams:
        return replace(
            self.params, time_limit_s=max(min(seconds, self.left_s), 0.05), gap=gap, start=start
        )


def _covered_at_end(items: DemandItems, of: DecisionProblem, plan: Plan) -> float:
    """Return who is covered in the last year."""
    hit = _hit(items, of, plan)
    return float((items.weights[-1] * hit).sum() + items.standing[-1].sum())


def _hit(items: DemandItems, of: DecisionProblem, plan: Plan) -> npt.NDArray[np.bool_]:
    """bool[n_items]: what a plan covers in the last year."""
    n_years, n_items = items.weights.shape
    hit = np.zeros(of.problem.n_demand, dtype=np.bool_)
    hit[sp.csr_array(of.problem.covers[plan.chosen]).indices] = True
    return hit[(n_years - 1) * n_items : n_years * n_items]


def _cheapest(
    question: Question, items: DemandItems, of: DecisionProblem, *, params: SolveParams, news: News
) -> GoalAnswer:
    """Find the least budget that is enough, from both sides."""
    asked, clock = float(question.goal.share or 0.0), _Clock(news.heard(params))
    costs = np.asarray(of.problem.costs, dtype=np.float64)
    need = asked * items.total[-1] * (1.0 - _ROUNDING)
    ceiling = costs.sum() if of.problem.budget is None else of.problem.budget
    best, spent, least = None, math.inf, 0.0
    budget, last, n_near = float(ceiling), None, 0
    for step in range(_STEPS):
        trial = replace(of.problem, budget=budget)
        plan = solve(
            trial, params=clock.part(clock.left_s / (3 if step else 2), gap=1e-4, start=last)
        )
        last = plan
        if plan.status == "infeasible":
            if best is None:
                return _told(plan, of)
            least = max(least, _next_above(costs, budget))
        elif math.isfinite(plan.objective) and _covered_at_end(items, of, plan) >= need:
            cost = float(costs[plan.chosen].sum())
            if cost < spent:
                best, spent = plan, cost
        elif plan.bound - of.constant < need:
            if best is None and budget >= ceiling:
                return GoalAnswer(
                    replace(
                        plan,
                        reasons=(_out_of_reach(items, plan, of, asked),),
                        chosen=plan.chosen[:0],
                    ),
                    "infeasible",
                    math.nan,
                    math.nan,
                    math.nan,
                    "bisection of the budget",
                )
            least = max(least, _next_above(costs, budget))
        news.learn(spent, min(least, spent))
        gap = relative_gap(spent, least) if best is not None else math.inf
        is_near = best is not None and gap <= _NEAR_GAP
        n_near += is_near
        if gap <= params.gap or n_near > _NEAR_TRIES or clock.left_s <= 0.0 or spent <= least:
            break
        # near the end one yuan less than the best plan: a cheaper one, or the proof of it
        middle = budget * 1.5 if best is None else (least + spent) / 2
        budget = spent - 1.0 if is_near else middle
    if best is None:
        nothing = replace(plan, chosen=plan.chosen[:0])
        return GoalAnswer(
            nothing, "time_limit", math.nan, least, math.nan, "bisection of the budget"
        )
    bound = min(least, spent)
    gap = relative_gap(spent, bound)
    status: Status = (
        "optimal" if gap == 0.0 else "within_gap" if gap <= params.gap else "time_limit"
    )
    return GoalAnswer(best, status, spent, bound, gap, "bisection of the budget")


def _next_above(costs: npt.NDArray[np.float64], budget: float) -> float:
    """Return what a plan costs at least that costs more than a budget: costs are whole yuan."""
    whole = bool((costs == np.floor(costs)).all())
    return math.floor(budget) + 1.0 if whole else budget


def _out_of_reach(items: DemandItems, plan: Plan, of: DecisionProblem, asked: float) -> str:
    most = min((plan.bound - of.constant) / items.total[-1], 1.0)
    return say(
        "{asked:.4g} % is asked for, and no plan within the limits reaches more than {most:.4g} %",
        asked=100 * asked,
        most=100 * most,
    )


def _worst_first(
    question: Question, items: DemandItems, of: DecisionProblem, *, params: SolveParams, news: News
) -> GoalAnswer:
    """Raise a floor under all classes as far as it goes, then cover most."""
    clock = _Clock(news.heard(params))
    classes = weights_of_classes(items, of, by_group=question.goal.what == "worst_group")
    high = min(_alone(of, members, clock=clock, parts=len(classes)) for members in classes.values())
    plan = solve(of.problem, params=clock.part(clock.left_s / 4, gap=1e-3, start=None))
    if not math.isfinite(plan.objective):
        return _told(plan, of)
    best, low = plan, least_share(of, classes, plan.chosen)
    high = max(high, low)
    until = clock.end - _LAST_PART * params.time_limit_s
    for _ in range(_STEPS):
        news.learn(low, high)
        if high - low <= max(params.gap, 1e-3) * low or time.perf_counter() > until:
            break
        middle = (low + high) / 2
        trial = _with_floor(of.problem, classes, middle)
        found = solve(
            trial, params=clock.part((until - time.perf_counter()) / 3, gap=1.0, start=best)
        )
        if math.isfinite(found.objective):
            best, low = found, max(low, least_share(of, classes, found.chosen), middle)
        elif found.status == "infeasible":
            high = middle
        else:
            # not known either way: what was found stays, and so does the bound
            break
    final = solve(
        _with_floor(of.problem, classes, low * (1 - 1e-7)),
        params=clock.part(clock.left_s, gap=params.gap, start=best),
    )
    if math.isfinite(final.objective):
        best, low = final, max(low, least_share(of, classes, final.chosen))
    gap = relative_gap(low, high)
    status: Status = (
        "optimal" if gap == 0.0 else "within_gap" if gap <= params.gap else "time_limit"
    )
    return GoalAnswer(best, status, low, high, gap, "floors raised from both sides")


def weights_at_end(items: DemandItems, of: DecisionProblem) -> npt.NDArray[np.float64]:
    """float64[n_demand]: all workers of the last year, the goal's weights aside."""
    blocks = []
    for by_year in (items.weights, items.standing, items.beyond):
        block = np.zeros_like(by_year)
        block[-1] = by_year[-1]
        blocks.append(block.ravel())
    weights = np.zeros(of.problem.n_demand)
    people = np.concatenate(blocks)
    weights[: len(people)] = people
    return weights


def weights_of_classes(
    items: DemandItems, of: DecisionProblem, *, by_group: bool
) -> dict[str, npt.NDArray[np.float64]]:
    """Return the weights of each group or district in the last year, over all items of a problem.

    Raises
    ------
    ProblemError
        when there are no districts.
    """
    names = items.groups if by_group else items.districts
    if not names:
        raise ProblemError(say("the goal worst_district needs districts: import them"))
    classes = {}
    n_years = len(items.weights)
    for number, name in enumerate(names):
        blocks = []
        for labels, by_year in (
            (items.labels, items.weights),
            (items.rest, items.standing),
            (items.rest, items.beyond),
        ):
            own = labels.group if by_group else labels.district
            block = np.zeros((n_years, by_year.shape[1]))
            block[-1] = by_year[-1] * (own == number)
            blocks.append(block.ravel())
        weights = np.concatenate(blocks)
        weights = np.r_[weights, np.zeros(of.problem.n_demand - len(weights))]
        if weights.any():
            classes[name] = weights
    return classes


def _alone(
    of: DecisionProblem, weights: npt.NDArray[np.float64], *, clock: _Clock, parts: int
) -> float:
    """Return the most that a class could have, as a share, if it alone counted."""
    floors = tuple(floor for floor in of.problem.floors if floor.weights is None)
    trial = replace(
        of.problem, weights=np.where(weights > 0, weights, of.problem.weights * 1e-9), floors=floors
    )
    plan = solve(
        trial, params=clock.part(0.25 * clock.params.time_limit_s / parts, gap=2e-3, start=None)
    )
    return min(plan.bound / float(weights.sum()), 1.0) if math.isfinite(plan.bound) else 1.0


def least_share(
    of: DecisionProblem,
    classes: Mapping[str, npt.NDArray[np.float64]],
    chosen: npt.NDArray[np.int64],
) -> float:
    """Return the share of the class that a choice of options leaves worst off."""
    hit = np.zeros(of.problem.n_demand, dtype=np.bool_)
    hit[sp.csr_array(of.problem.covers[chosen]).indices] = True
    return min(float(own[hit].sum() / own.sum()) for own in classes.values())


def _with_floor(
    problem: CoverageProblem, classes: dict[str, npt.NDArray[np.float64]], share: float
) -> CoverageProblem:
    return replace(problem, floors=(*problem.floors, *share_floors(classes, share)))


def share_floors(classes: Mapping[str, npt.NDArray[np.float64]], share: float) -> tuple[Floor, ...]:
    """Return a floor of a share under each class."""
    return tuple(
        Floor(members=own > 0, min_share=min(share, 1.0), weights=own, name=name)
        for name, own in classes.items()
    )
