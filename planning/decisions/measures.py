"""What a plan may be measured by: covered workers, mean time, money, the worst-off class.

A measure is read off a choice of options (`Measure.figure`), asked of the engine as a limit
(`Measure.held`), and, where it is what options cover, as a goal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.decisions.goals import share_floors, weights_of_classes
from planning.decisions.mean_time import Mean
from planning.decisions.problem import counted_by
from planning.engine.frontier import what_fits
from planning.engine.problems import Floor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.decisions.decide import AskedQuestion
    from planning.engine.problems import CoverageProblem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# What a plan may lack of a level that is asked of it: sums of doubles.
_ROUNDING: Final = 1e-9
# What is worth something to a limit alone is worth so much of it to the engine's goal.
_NEXT_TO_NOTHING: Final = 1e-7


@dataclass(frozen=True, eq=False, kw_only=True)
class Measure:
    """One measure of a question. Levels rise: what is least (seconds, yuan) stands with a minus.

    ``gains`` float64[n_demand] is what each item of the problem adds to the level, None for a
    measure that is no sum of what is covered; ``classes`` the weights of each class whose least
    share is the level; ``mean`` turns worker-seconds into a mean.
    """

    name: str
    asked: AskedQuestion
    gains: Floats | None = None
    classes: Mapping[str, Floats] | None = None
    mean: Mean | None = None

    @property
    def is_least(self) -> bool:
        """Whether less is better."""
        return self.name in {"mean_time", "money"}

    @property
    def step(self) -> float:
        """How far apart two levels are that are not the same."""
        if self.name == "money":
            return 1.0
        return 1e-6 * (1.0 if self.gains is None else max(float(self.gains.sum()), 1.0))

    def level(self, chosen: Ints) -> float:
        """Return the level of a choice of options, as the engine counts."""
        problem = self.asked.problem.problem
        if self.name == "money":
            return 0.0 if problem.costs is None else -float(problem.costs[chosen].sum())
        hit = np.zeros(problem.n_demand, dtype=np.bool_)
        hit[sp.csr_array(problem.covers[chosen]).indices] = True
        if self.classes is not None:
            return min(float(own[hit].sum() / own.sum()) for own in self.classes.values())
        return 0.0 if self.gains is None else float(self.gains[hit].sum())

    def figure(self, chosen: Ints) -> float:
        """Return what a choice of options is worth in the measure's own unit."""
        if self.mean is not None:
            asked = self.asked
            return self.mean.mean_s(asked.items, asked.problem, asked.table, chosen)
        return abs(self.level(chosen))

    def of_level(self, level: float) -> float:
        """Return the figure of a level that no plan passes."""
        if self.mean is not None:
            return self.mean.bound_s(self.asked.problem, level)
        return abs(level)

    def wanted(self, problem: CoverageProblem) -> CoverageProblem:
        """Return the problem with this measure as its goal; tokens and floors keep their worth."""
        if self.gains is None:
            return problem
        weights = np.array(self.gains)
        n_tokens = len(self.asked.problem.tokens)
        if n_tokens:
            weights[-n_tokens:] = problem.weights[-n_tokens:]
        return seen(problem, weights)

    def held(self, problem: CoverageProblem, level: float) -> CoverageProblem:
        """Return the problem in which every plan has this level at least."""
        if self.name == "money":
            budget = math.inf if problem.budget is None else problem.budget
            return what_fits(replace(problem, budget=min(budget, max(-level, 0.0))))
        if self.classes is not None:
            floors = share_floors(self.classes, level * (1.0 - _ROUNDING))
        else:
            gains = np.zeros(problem.n_demand) if self.gains is None else self.gains
            share = min(level / float(gains.sum()), 1.0) * (1.0 - _ROUNDING)
            floors = (Floor(members=gains > 0.0, min_share=max(share, 0.0), weights=gains),)
        return seen(replace(problem, floors=(*problem.floors, *floors)), problem.weights)

    @property
    def counted(self) -> npt.NDArray[np.bool_]:
        """bool[n_demand]: the items that make a difference to it."""
        if self.classes is not None:
            return np.asarray(np.any([own > 0.0 for own in self.classes.values()], axis=0))
        none = np.zeros(self.asked.problem.problem.n_demand, dtype=np.bool_)
        return none if self.gains is None else self.gains > 0.0

    @property
    def most(self) -> float:
        """A level that no plan passes."""
        if self.name == "money":
            return 0.0
        return 1.0 if self.gains is None else float(self.gains.sum())


def seen(problem: CoverageProblem, weights: Floats) -> CoverageProblem:
    """Return the problem with these weights, none of them 0 where a floor looks."""
    weights = np.array(weights)
    for floor in problem.floors:
        looked = floor.members & (weights <= 0.0)
        weights[looked] = _NEXT_TO_NOTHING * problem.weights_of(floor)[looked]
    return replace(problem, weights=weights)


def measure_of(asked: AskedQuestion, name: str) -> Measure:
    """Return a measure of a question by its word."""
    question, items, of = asked.question, asked.items, asked.problem
    if name == "money":
        return Measure(name=name, asked=asked)
    if name in {"worst_group", "worst_district"}:
        classes = weights_of_classes(items, of, by_group=name == "worst_group")
        return Measure(name=name, asked=asked, classes=classes)
    gains = counted_by(name, items, (of.worth, of.rest_worth), of.levels, len(of.tokens))
    mean = Mean.of(question, items) if name == "mean_time" else None
    return Measure(name=name, asked=asked, gains=gains, mean=mean)


def is_exact(measure: Measure) -> bool:
    """Whether the engine counts a measure to the last figure: times may be rounded down for it."""
    levels = measure.asked.problem.levels
    return measure.mean is None or levels is None or not levels.step_s.any()


def known(figure: float) -> float | None:
    """Return a figure for JSON; None where it is not known."""
    return float(figure) if math.isfinite(figure) else None
