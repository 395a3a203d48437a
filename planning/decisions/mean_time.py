"""The least mean time to the nearest open place: solved as levels, told in seconds.

See `planning.decisions.time_levels` for the model. The mean is over all workers of all years of the
plan, each counted as the goal weighs its group.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.errors import ProblemError
from geo.messages import say
from planning.coverage.nominal import ALL
from planning.decisions.decision import TimeLine
from planning.decisions.options import state_in_year
from planning.decisions.problem import group_worth
from planning.engine.params import relative_gap
from planning.engine.solver import solve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.questions.question import Question
    from planning.decisions.actions import ActionTable
    from planning.decisions.items import DemandItems
    from planning.decisions.problem import DecisionProblem
    from planning.decisions.time_levels import Trips
    from planning.engine.params import Plan, SolveParams

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# What a second run asks of the gap beyond what the first one left, and the least time for it.
_FINER, _LEAST_S = 0.9, 0.05


class MeanAnswer(NamedTuple):
    """A plan, its true mean in seconds, and what no plan is below; nan without a plan."""

    plan: Plan
    mean_s: float
    bound_s: float


class Mean(NamedTuple):
    """How worker-seconds become a mean.

    ``people`` is how many workers count over the years, ``stands`` the worker-seconds with nothing
    new, ``worth`` float64[n_trips] what a worker counts.
    """

    people: float
    stands: float
    worth: Floats

    @classmethod
    def of(cls, question: Question, items: DemandItems) -> Mean:
        """Add up who counts (ProblemError when nobody does)."""
        trips = trips_counted(items)
        worth = group_worth(question, items)[trips.group]
        weights = trips.people * worth
        if not weights.sum():
            raise ProblemError(say("the goal mean_time counts nobody: see group_weights"))
        return cls(float(weights.sum()), float((weights @ trips.stands_s).sum()), worth)

    def bound_s(self, of: DecisionProblem, saved: float) -> float:
        """Return the mean that is left where at most so many worker-seconds are saved."""
        rounded_off = 0.0 if of.levels is None else of.levels.rounded_off
        return max(self.stands - rounded_off - saved, 0.0) / self.people

    def mean_s(
        self, items: DemandItems, of: DecisionProblem, table: ActionTable, chosen: Ints
    ) -> float:
        """Return the true mean of a choice of options, in seconds."""
        trips = trips_counted(items)
        whole = 0.0
        for year, people in enumerate(trips.people):
            seconds = trips.shortest_s(states_of(of, table, chosen, year))
            whole += float((people * self.worth) @ seconds)
        return whole / self.people


def trips_counted(items: DemandItems) -> Trips:
    """Return the trips of a question that counts time."""
    if items.trips is None:
        raise ProblemError(say("the question counts no time: ask for the goal mean_time"))
    return items.trips


def states_of(of: DecisionProblem, table: ActionTable, chosen: Ints, year: int) -> Ints:
    """Return the states that stand in a year (from 0) by a choice of options."""
    options = chosen[chosen < of.standing_option]
    now = state_in_year(table, of.options, year)[options]
    return np.asarray(now[now >= 0], dtype=np.int64)


def least_mean(
    question: Question,
    items: DemandItems,
    of: DecisionProblem,
    table: ActionTable,
    *,
    params: SolveParams,
) -> MeanAnswer:
    """Solve a question for the least mean time.

    The engine knows seconds that are saved; where these are proved less well than the mean is asked
    to be, it goes on from its plan.
    """
    mean, end = Mean.of(question, items), time.perf_counter() + params.time_limit_s
    plan = solve(of.problem, params=params)
    for last in (False, True):
        if not math.isfinite(plan.objective):
            return MeanAnswer(plan, math.nan, mean.bound_s(of, plan.bound - of.constant))
        mean_s = mean.mean_s(items, of, table, plan.chosen)
        saved = (plan.objective if plan.status == "optimal" else plan.bound) - of.constant
        bound_s = min(mean.bound_s(of, saved), mean_s)
        left_s = end - time.perf_counter()
        worse = (plan.bound - plan.objective) / mean.people / mean_s if mean_s else 0.0
        if last or worse <= params.gap or left_s < _LEAST_S or plan.status == "optimal":
            break
        finer = _FINER * params.gap * plan.gap / worse
        plan = solve(of.problem, params=replace(params, gap=finer, start=plan, time_limit_s=left_s))
    is_same = relative_gap(mean_s, bound_s) == 0.0
    return MeanAnswer(plan, mean_s, mean_s if is_same else bound_s)


def time_lines(
    years: Sequence[int],
    items: DemandItems,
    of: DecisionProblem,
    table: ActionTable,
    chosen: Ints,
) -> tuple[TimeLine, ...]:
    """Tell the mean of each group and of all workers in each year, as today and by a choice.

    A worker counts 1 here, whatever the goal weighs a group.
    """
    trips = trips_counted(items)
    kept = [one.state for one in table.actions if one.what == "keep"]
    today = trips.shortest_s(kept)
    names = [ALL, *items.groups]
    lines = []
    for at, year in enumerate(years):
        now = trips.shortest_s(states_of(of, table, chosen, at))
        for number, name in enumerate(names, start=-1):
            people = trips.people[at] * (1.0 if number < 0 else trips.group == number)
            if people.sum():
                before, after = (float(people @ s / people.sum()) for s in (today, now))
                lines.append(TimeLine(year, name, before, after))
    return tuple(lines)
