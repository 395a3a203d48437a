"""What an answer of the engine claims, held against the truth of a case."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planning import Plan, Progress, SolveParams, solve
from tests.planning.brute import MAXIMISING, all_plans, worth

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.planning.random_problems import Case

# Two sums of doubles closer than this share of themselves are the same.
SAME = 1e-9


@dataclass(frozen=True)
class Wrong:
    """A claim that is not so: its sort and what was said."""

    sort: str
    words: str


@dataclass(frozen=True)
class Run:
    """What a run told: the plan and all news on the way."""

    plan: Plan
    news: tuple[Progress, ...]


def run(
    case: Case,
    *,
    time_limit_s: float = 10.0,
    stop_at: int = 0,
    gap: float | None = None,
    start: Plan | None = None,
) -> Run:
    """Solve a case; ``stop_at`` k stops it at the k-th call of ``on_progress``, 0 never."""
    news: list[Progress] = []

    def listen(progress: Progress) -> bool:
        news.append(progress)
        return len(news) == stop_at

    params = SolveParams(
        time_limit_s=time_limit_s,
        gap=case.gap if gap is None else gap,
        on_progress=listen,
        start=start,
    )
    return Run(solve(case.problem, params=params), tuple(news))


def maximises(case: Case) -> bool:
    """Whether more is better."""
    return case.kind in MAXIMISING


def true_best(case: Case) -> float | None:
    """The best of all plans, None when none keeps the rules."""
    return worth(case, all_plans(case)).best


def wrong_claims(
    case: Case, told: Run, best: float | None, *, ended: bool, gap: float | None = None
) -> list[Wrong]:
    """Name all that a run claimed and that is not so.

    ``best`` is the true optimum, None when there is none; ``ended`` tells that nothing stopped the
    run, so that it owes a proof.
    """
    plan, gap, most = told.plan, case.gap if gap is None else gap, maximises(case)
    wrong = _news(told.news, best, most=most)
    if plan.status == "infeasible":
        return wrong + _infeasible(plan, best)
    if plan.status not in {"optimal", "within_gap", "time_limit"}:
        return [*wrong, Wrong("status", f"{plan.status} is no status")]
    if ended and (plan.status == "time_limit" or (gap == 0.0 and plan.status != "optimal")):
        wrong.append(Wrong("unfinished", f"{plan.status} with {plan.objective}, {plan.bound}"))
    wrong += _bound(plan.bound, best, most=most, where="the plan's bound")
    if not math.isfinite(plan.objective):
        return wrong + _without_plan(plan)
    if best is None:
        return [*wrong, Wrong("missed infeasible", f"{plan.status} with {plan.objective}")]
    return wrong + _figures(case, plan, best) + _status(plan, best, gap=gap)


def _infeasible(plan: Plan, best: float | None) -> list[Wrong]:
    wrong = []
    if best is not None:
        wrong.append(Wrong("wrong infeasible", f"the optimum is {best}: {plan.reasons}"))
    if len(plan.chosen) or not plan.reasons or not math.isnan(plan.gap):
        wrong.append(Wrong("no plan", f"infeasible with {plan.chosen}, {plan.reasons}, {plan.gap}"))
    return wrong


def _without_plan(plan: Plan) -> list[Wrong]:
    wrong = []
    if plan.status != "time_limit":
        wrong.append(Wrong("false proof", f"{plan.status} without a plan"))
    if not plan.reasons:
        wrong.append(Wrong("no plan", "nothing says that no plan was found"))
    if not (math.isnan(plan.gap) or plan.gap == math.inf):
        wrong.append(Wrong("no plan", f"a gap of {plan.gap} without a plan"))
    return wrong


def _bound(bound: float, best: float | None, *, most: bool, where: str) -> list[Wrong]:
    """A bound that is not a number says nothing; one on the far side is false."""
    if best is None or math.isnan(bound):
        return []
    sign = 1.0 if most else -1.0
    if sign * (bound - best) >= -SAME * abs(best):
        return []
    return [Wrong("wrong bound", f"{where} is {bound!r}, the optimum {best!r}")]


def _news(news: tuple[Progress, ...], best: float | None, *, most: bool) -> list[Wrong]:
    wrong = []
    for progress in news:
        wrong += _bound(progress.bound, best, most=most, where="a reported bound")
        value = progress.incumbent
        if not math.isfinite(value):
            continue
        better = math.inf if best is None else (value - best) * (1 if most else -1)
        if better > 1e-6 * abs(best or 0.0):  # the solver's figure, before the plan is counted
            wrong.append(Wrong("wrong incumbent", f"{value!r} is reported, best {best!r}"))
    return wrong


def _figures(case: Case, plan: Plan, best: float) -> list[Wrong]:
    opened = np.zeros((1, case.n_options), dtype=bool)
    opened[0, plan.chosen] = True
    counted = worth(case, opened)
    value = float(counted.value[0]) * counted.unit
    wrong = []
    if not counted.allowed[0]:
        wrong.append(Wrong("broken rules", f"{plan.status}: {plan.chosen} breaks a rule"))
    if abs(value - plan.objective) > SAME * max(abs(value), abs(plan.objective)):
        wrong.append(Wrong("objective", f"{plan.objective!r} and the plan is worth {value!r}"))
    if math.isnan(plan.gap) or (plan.gap == 0.0 and abs(value - best) > SAME * abs(best)):
        wrong.append(Wrong("gap", f"{plan.gap} for {value!r}, best {best!r}"))
    return wrong


def _status(plan: Plan, best: float, *, gap: float) -> list[Wrong]:
    short = abs(plan.objective - best)
    if plan.status == "optimal" and short > SAME * max(abs(best), abs(plan.objective)):
        return [Wrong("false proof", f"optimal {plan.objective!r}, the optimum is {best!r}")]
    if plan.status == "optimal" and plan.gap != 0.0:
        return [Wrong("false proof", f"optimal with a gap of {plan.gap}")]
    if plan.status == "within_gap":
        far = short > gap * abs(plan.objective) * (1 + SAME) + SAME * abs(best)
        if far or not plan.gap <= gap * (1 + SAME):
            return [Wrong("false proof", f"within {gap}: {plan.objective!r}, optimum {best!r}")]
    return []


def stops() -> dict[str, Callable[[Case], Run]]:
    """Runs that are stopped by time or by the caller, at points from the first moment on."""
    limits = (1e-6, 1e-5, 1e-4, 1e-3, 2e-3, 5e-3, 1e-2, 5e-2)
    calls = (1, 2, 3, 5, 8)
    by_time = {f"{s:g} s": (lambda case, s=s: run(case, time_limit_s=s)) for s in limits}
    by_call = {f"call {k}": (lambda case, k=k: run(case, stop_at=k)) for k in calls}
    return by_time | by_call
