"""What may be said of an answer: the one place where a status is made.

A formulation hands over a `Draft`: a plan or none, what it has proved, and how its run ended.
`judged` looks at the plan from the caller's own data, compares it with the bound and says no more
than both bear out.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geo.messages import say
from planning.engine.objectives import least_gain, limit_of, value_of
from planning.engine.params import EXACT, Plan, Status, relative_gap
from planning.engine.verify import broken_choice

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.proven import Bound, Draft
    from planning.engine.variant_problems import Problem


def judged(problem: Problem, draft: Draft, *, unit: float, clock: Clock) -> Plan:
    """Make a plan with its status of a draft.

    ``problem`` is the caller's own; a value of 1 in the draft is one of ``unit`` in it. A plan that
    breaks a rule is none. A bound on the wrong side of the plan proves nothing, and what every
    answer keeps (all workers, no cost at all) takes its place.
    """
    chosen = draft.chosen
    broken = () if chosen is None else broken_choice(problem, chosen)
    if chosen is None or broken:
        return _without_plan(problem, draft, broken, unit=unit, clock=clock)
    objective = value_of(problem, chosen)
    if not math.isfinite(objective):
        uncounted = (say("what the plan is worth could not be counted"),)
        return _without_plan(problem, draft, uncounted, unit=unit, clock=clock)
    limit, sign = limit_of(problem)
    bound = _fair_bound(draft.bound.times(unit), objective, limit, sign)
    if objective == 0.0 and 2.0 * bound < least_gain(problem):
        # whatever is worth anything is worth more than the bound
        bound = 0.0
    plan = Plan(
        status="time_limit",
        chosen=chosen,
        objective=objective,
        bound=bound,
        runtime_s=clock.seconds,
        compiling_s=clock.compiling_s,
        method=draft.method,
        reasons=(*_stopped(clock), *draft.reasons),
        basis=draft.basis,
    )
    return with_bound(plan, bound, gap=clock.gap)


def with_bound(plan: Plan, bound: float, *, gap: float) -> Plan:
    """Return a plan that keeps every rule with a bound, and the status that the two earn.

    ``gap`` is the one that was asked for; `proven` tells what a bound is.
    """
    status: Status = "time_limit"
    reached = relative_gap(plan.objective, bound)
    if reached == 0.0:
        status, bound = "optimal", plan.objective
    elif reached <= gap * (1.0 + EXACT):
        status = "within_gap"
    return replace(plan, status=status, bound=bound)


def _fair_bound(bound: Bound, objective: float, limit: float, sign: int) -> float:
    """Return a bound on the right side of a plan: ``sign`` is 1 when more is better, else -1."""
    figure = bound.figure(absent=limit, nothing=limit)
    if sign * (figure - objective) < -EXACT * max(abs(figure), abs(objective)):
        figure = limit
    if sign * (figure - limit) > 0:
        figure = limit
    return objective if sign * (figure - objective) < 0 else figure


def _without_plan(
    problem: Problem, draft: Draft, broken: tuple[str, ...], *, unit: float, clock: Clock
) -> Plan:
    if draft.contradiction is not None:
        return Plan(
            status="infeasible",
            chosen=np.empty(0, dtype=np.int64),
            objective=math.nan,
            bound=math.nan,
            runtime_s=clock.seconds,
            compiling_s=clock.compiling_s,
            method=draft.method,
            reasons=(draft.contradiction,),
        )
    limit, sign = limit_of(problem)
    figure = draft.bound.times(unit).figure(absent=limit, nothing=limit)
    reasons = draft.reasons
    if broken or not reasons:
        reasons = (say("no plan that keeps every rule was found in the time: give more"),)
    return Plan(
        status="time_limit",
        chosen=draft.nearest if draft.chosen is None else draft.chosen,
        objective=math.nan,
        bound=min(figure, limit) if sign > 0 else max(figure, limit),
        runtime_s=clock.seconds,
        compiling_s=clock.compiling_s,
        method=draft.method,
        reasons=(*_stopped(clock), *reasons, *broken),
    )


def _stopped(clock: Clock) -> tuple[str, ...]:
    return (say("stopped by the caller"),) if clock.stopped else ()
