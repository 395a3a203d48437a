"""Why this plan, for every goal: its question solved again without a place, or with a step more.

With V the best value in the measure of the goal, l its end that the plan has and u the one that is
proved (more is better: l <= V <= u), and l', u' those of the question solved again:

* without a place the best plan has ``max(0, l - u') <= V - V' <= u - l'`` less;
* with a step more of a limit it has ``max(0, l' - u) <= V' - V <= u' - l`` more.

Where less is better (yuan, seconds) the signs are the other way round. The goals workers and
worker_hours have figures of their own, from all exchanges at once (`runner_up`, `shadow_prices`).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geo.messages import say
from planning.decisions.alternatives import near_alternatives
from planning.decisions.explain import (
    OtherPlan,
    PriceLine,
    WhyHere,
    deeds,
    in_words,
    is_of_question,
    limit_words,
    near_part,
    order_of,
    stays_as_is,
    told_others,
    ways_of,
)
from planning.decisions.goal_value import goal_value
from planning.decisions.goals import LEAST, share_floors, weights_at_end, weights_of_classes
from planning.decisions.shadow_prices import (
    STEP_OPEN,
    STEP_SHARE,
    STEP_YUAN,
    can_bind,
    moved_amount,
    step_of,
)
from planning.decisions.turns import Turns
from planning.engine.checks import known
from planning.engine.objectives import covered_weight
from planning.engine.rules import uses_of, with_amounts

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from planning.decisions.decide import AskedQuestion
    from planning.decisions.decision import Decision
    from planning.decisions.goals import GoalAnswer
    from planning.engine.params import SolveParams
    from planning.engine.problems import CoverageProblem
    from planning.engine.rules import Use


def why_by_goal(
    asked: AskedQuestion,
    decision: Decision,
    *,
    time_limit_s: float = 20.0,
    gap: float = 0.002,
    on_progress: Callable[[str, float], None] | None = None,
) -> tuple[WhyHere, ...]:
    """Find for each action the best plan that does without its place, in the goal's measure."""
    if decision.plan is None or not decision.is_plan:
        return ()
    keeps = stays_as_is(asked)
    ways, required = ways_of(asked, keeps), known(asked.problem.problem.required)
    chosen = decision.plan.chosen
    wanted = [int(one) for one in chosen if not keeps[one] and not required[one]]
    order = order_of(decision)
    turns = Turns(len(wanted), time_limit_s, gap=gap)
    lines = []
    for number, option in enumerate(wanted, start=1):
        params, what = turns.next(), in_words(asked, option)
        if params is None or what is None:
            break
        forbidden = known(asked.problem.problem.forbidden).copy()
        forbidden[(ways == ways[option]) & ~required] = True
        other = asked.within(replace(asked.problem.problem, forbidden=forbidden))
        answer = other.answer(params=replace(params, start=np.setdiff1d(chosen, [option])))
        lines.append(_why(asked, decision, answer, order=order[what.what, what.id]))
        if on_progress is not None:
            on_progress(say("runners-up"), number / len(wanted))
    return tuple(sorted(lines, key=lambda line: line.order))


def _why(asked: AskedQuestion, decision: Decision, answer: GoalAnswer, *, order: int) -> WhyHere:
    is_needed = answer.status == "infeasible"
    least = _beyond(decision, decision.objective, answer.bound)
    most = _beyond(decision, decision.bound, answer.objective)
    now = deeds(asked, decision.plan.chosen) if decision.plan is not None else ()
    then = deeds(asked, answer.plan.chosen) if math.isfinite(answer.objective) else ()
    return WhyHere(
        order=order,
        instead=None,
        is_needed=is_needed,
        costs_least=None if is_needed or least is None else max(least, 0.0),
        costs_most=None if is_needed or most is None else max(most, least or 0.0, 0.0),
        neighbour=None,
        kept_out_by=(),
        does=tuple(one for one in then if one not in now),
    )


def _beyond(decision: Decision, one: float, other: float) -> float | None:
    """Return by how much ``one`` is better than ``other``; None where that is not known."""
    sign = -1.0 if decision.goal in LEAST else 1.0
    better = sign * (one - other)
    return better if math.isfinite(better) else None


def prices_by_goal(
    asked: AskedQuestion,
    decision: Decision,
    *,
    time_limit_s: float = 20.0,
    gap: float = 0.002,
    on_progress: Callable[[str, float], None] | None = None,
) -> tuple[PriceLine, ...]:
    """Tell what a step more of each limit that can bind brings, in the goal's measure.

    The share that a cheapest plan is asked for is a limit too: a step more asks for less of it.
    """
    if decision.plan is None or not decision.is_plan:
        return ()
    problem = asked.problem.problem
    uses = [
        use
        for use in uses_of(problem, decision.plan.chosen)
        if can_bind(problem, use.rule) and is_of_question(asked, use.rule)
    ]
    share = asked.question.goal.share
    turns = Turns(len(uses) + bool(share), time_limit_s, gap=gap)
    lines = []
    for use in uses:
        step = step_of(problem, use.rule, STEP_YUAN, STEP_OPEN, STEP_SHARE)
        amount, params = moved_amount(problem, use.rule, step), turns.next()
        answer = None
        if amount is not None and params is not None:
            moved = asked.within(with_amounts(problem, {use.rule: amount}))
            answer = moved.answer(params=replace(params, start=decision.plan))
        lines.append(_price(asked, decision, use, step, answer))
        if on_progress is not None:
            on_progress(say("shadow prices"), len(lines) / (len(lines) + turns.left))
    if share:
        lines.append(_price_of_share(asked, decision, share, turns.next()))
    return tuple(lines)


def _price(
    asked: AskedQuestion, decision: Decision, use: Use, step: float, answer: GoalAnswer | None
) -> PriceLine:
    least, most = _brings(decision, answer)
    return PriceLine(
        limit=limit_words(asked, use.rule),
        kind=use.rule.kind,
        allows=float(use.rule.amount),
        used=float(use.used),
        step=step,
        brings_least=least,
        brings_most=most,
    )


def _brings(decision: Decision, answer: GoalAnswer | None) -> tuple[float | None, float | None]:
    """Return the two ends of what a looser question has more than the decision's."""
    if answer is None:
        return None, None
    least = _beyond(decision, answer.objective, decision.bound)
    most = _beyond(decision, answer.bound, decision.objective)
    low = max(least or 0.0, 0.0)
    return low, None if most is None else max(most, low)


def _price_of_share(
    asked: AskedQuestion, decision: Decision, share: float, params: SolveParams | None
) -> PriceLine:
    goal = asked.question.goal.model_copy(update={"share": max(share - STEP_SHARE, 0.0)})
    looser = replace(asked, question=asked.question.model_copy(update={"goal": goal}))
    answer = None if params is None else looser.answer(params=params)
    least, most = _brings(decision, answer)
    line = decision.covered(year=decision.years[-1])
    return PriceLine(
        limit=say("share to be covered"),
        kind="floor",
        allows=share * line.whole,
        used=line.covered,
        step=STEP_SHARE * line.whole,
        brings_least=least,
        brings_most=most,
    )


def other_plans_by_goal(
    asked: AskedQuestion,
    decision: Decision,
    *,
    gap: float = 0.01,
    n: int = 10,
    time_limit_s: float = 30.0,
    on_progress: Callable[[str, float], None] | None = None,
) -> tuple[tuple[OtherPlan, ...], dict[str, float]]:
    """Find plans that are nearly as good and differ most, and the share that use each place.

    Nearly as good is, for the goal cheapest, a cost of at most ``gap`` more; for the worst off, a
    least share and an addition to what stands of at most ``gap`` less; for mean_time, seconds saved
    of at most ``gap`` less.
    """
    if decision.plan is None or not decision.is_plan:
        return (), {}
    chosen = decision.plan.chosen
    problem, part = _near_problem(asked, decision, chosen, gap=gap)
    value = covered_weight(problem, chosen)
    found = near_alternatives(
        problem,
        replace(decision.plan, objective=value),
        gap=part,
        n=n,
        time_limit_s=time_limit_s,
        on_progress=on_progress,
    )
    return told_others(asked, decision, found, worth=lambda plan: goal_value(asked, plan.chosen))


def _near_problem(
    asked: AskedQuestion, decision: Decision, chosen: npt.NDArray[np.int64], *, gap: float
) -> tuple[CoverageProblem, float]:
    """Return the problem whose plans are nearly as good, and how much less they may cover."""
    of, goal = asked.problem, asked.question.goal
    problem = of.problem
    if goal.what == "cheapest":
        most = (1.0 + gap) * decision.objective
        own = weights_at_end(asked.items, of)
        enough = share_floors({str(say("share to be covered")): own}, float(goal.share or 0.0))
        budget = most if problem.budget is None else min(most, problem.budget)
        return replace(problem, budget=budget, floors=(*problem.floors, *enough)), 1.0
    if goal.what in {"worst_group", "worst_district"}:
        classes = weights_of_classes(asked.items, of, by_group=goal.what == "worst_group")
        floors = share_floors(classes, (1.0 - gap) * decision.objective)
        problem = replace(problem, floors=(*problem.floors, *floors))
    whole = covered_weight(problem, chosen)
    stands = covered_weight(problem, np.array([of.standing_option]))
    return problem, near_part(whole, stands, gap)
