"""What a choice of options is worth to a goal, whatever limits it breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planning.decisions.goals import least_share, weights_of_classes
from planning.decisions.mean_time import Mean
from planning.decisions.two_in_reach import twice_worth
from planning.engine.objectives import value_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from planning.decisions.decide import AskedQuestion


def goal_value(asked: AskedQuestion, chosen: npt.NDArray[np.int64]) -> float:
    """Return what the goal counts a choice of options, in the measure of `Decision.objective`.

    What stands is counted, in ``chosen`` or not.
    """
    of, goal = asked.problem, asked.question.goal.what
    chosen = np.union1d(chosen, [of.standing_option])
    if asked.seats is not None:
        return value_of(asked.seats.problem, asked.seats.whole(chosen))
    if goal == "cheapest":
        return float(np.asarray(of.problem.costs)[chosen].sum())
    if goal in {"worst_group", "worst_district"}:
        classes = weights_of_classes(asked.items, of, by_group=goal == "worst_group")
        return least_share(of, classes, chosen)
    if goal == "two_in_reach":
        return twice_worth(asked.items, of, chosen)
    if goal == "mean_time":
        mean = Mean.of(asked.question, asked.items)
        return mean.mean_s(asked.items, of, asked.table, chosen)
    return of.value(chosen)
