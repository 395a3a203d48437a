"""A decision that was read back from a document, made whole again: its plan in the engine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import ProblemError
from geo.messages import say
from planning.decisions.goals import GoalAnswer
from planning.engine.objectives import covered_weight
from planning.engine.params import Plan

if TYPE_CHECKING:
    import numpy.typing as npt

    from planning.decisions.decide import AskedQuestion
    from planning.decisions.decision import DecidedAction, Decision


def with_plan(asked: AskedQuestion, decision: Decision) -> Decision:
    """Return a decision with the plan that its actions are, so that it can be explained.

    ``asked`` is its question, asked of the same city.

    Raises
    ------
    ProblemError
        when an action is none of the question, or other figures come out: the city is another one.
    """
    chosen = options_of_actions(asked, decision)
    objective = covered_weight(asked.problem.problem, chosen)
    plan = Plan(
        status="optimal" if decision.gap == 0.0 else "within_gap",
        chosen=chosen,
        objective=objective,
        bound=objective + (decision.bound - decision.objective),
        runtime_s=decision.runtime_s,
        method=decision.method,
    )
    answer = GoalAnswer(
        plan, plan.status, decision.objective, decision.bound, decision.gap, decision.method
    )
    made = asked.told(answer, runtime_s=decision.runtime_s)
    if made.actions != decision.actions or made.coverage != decision.coverage:
        raise ProblemError(
            say("this decision is of another city: its figures do not come out here; ask it again")
        )
    return replace(decision, plan=plan)


def options_of_actions(
    asked: AskedQuestion, decision: Decision, *, leaving: bool = False
) -> npt.NDArray[np.int64]:
    """Return the options of the actions, of free stations that stay, and of what stands.

    With ``leaving`` an action that ``asked`` does not know is left out.

    Raises
    ------
    ProblemError
        when an action is none of the question, and ``leaving`` is not set.
    """
    of, table = asked.problem.options, asked.table
    years = asked.question.years_meant
    by_key: dict[tuple[object, ...], int] = {}
    keeps: dict[tuple[str, int], int] = {}
    for option, number in enumerate(of.action.tolist()):
        action = table.actions[number]
        if action.what == "keep":
            keeps[action.id, int(of.ends[option])] = option
            continue
        station = asked.station_ids[action.station] if action.station >= 0 else ""
        year = years[int(of.begins[option])]
        by_key[action.what, action.id, action.kind, action.hours, station, year] = option
    ends = {asked.station_ids[row]: len(years) for row in np.flatnonzero(table.free).tolist()}
    chosen = [asked.problem.standing_option]
    for one in decision.actions:
        if one.what == "close":
            if one.year in years:
                ends[one.station] = years.index(one.year)
            continue
        if leaving and _key(one) not in by_key:
            continue
        ends.pop(one.station, None)
        chosen.append(_option(by_key, one))
    chosen += [keeps[station, end] for station, end in ends.items() if (station, end) in keeps]
    return np.array(sorted(chosen), dtype=np.int64)


def _option(by_key: dict[tuple[object, ...], int], one: DecidedAction) -> int:
    if _key(one) not in by_key:
        raise ProblemError(
            say("{place}: this action is none of the question here; ask it again", place=one.id)
        )
    return by_key[_key(one)]


def _key(one: DecidedAction) -> tuple[object, ...]:
    return (one.what, one.id, one.kind, one.hours, one.station, one.year)
