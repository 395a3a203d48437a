r"""The Pareto front of two measures: plans of which none is as good in one and better in the other.

Epsilon-constraint (Haimes, Lasdon and Wismer 1971): with measures f and g, both to be raised,

.. math:: \max f(x) \quad\text{with}\quad g(x) \ge \varepsilon,\ x \in X

for levels :math:`\varepsilon` that halve the widest stretch of g without an answer; what a problem
proves of f holds for every plan with at least that g. A stretch in which the middle brings nothing
new is asked just above its lower end: the answer is the next point, or the proof that there is
none. When every stretch is closed by proofs the front is complete (as in the method of Chalmet,
Lemonidis and Elzinga 1986).
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.messages import say
from planning.decisions.measures import Measure, is_exact, known, measure_of
from planning.engine.params import Plan, SolveParams, relative_gap
from planning.engine.solver import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.decisions.decide import AskedQuestion
    from planning.engine.problems import CoverageProblem

Ints = npt.NDArray[np.int64]

# The order in which a measure is the one that is raised while the other is held.
_RAISED = ("mean_time", "workers", "worker_hours", "worst_group", "worst_district", "money")
# Halvings of what a worst-off class may have, before it is raised step by step.
_HALVINGS, _MOST_RAISES = 8, 40
_LEAST_S = 0.05


@dataclass(frozen=True, eq=False, kw_only=True)
class FrontPoint:
    """A plan: its figure in each of the two measures, and what is proved of it.

    ``bound`` is a figure of the measure that is raised: no plan that is as good in the other one is
    better. ``is_proved`` says that this is the point's own figure.
    """

    first: float
    second: float
    bound: float
    is_proved: bool
    chosen: Ints


@dataclass(frozen=True, eq=False, kw_only=True)
class Front:
    """Points, the better in the raised measure the later.

    ``first`` and ``second`` are the words of the measures, ``raised`` the one that has the bounds.
    ``is_complete``: it is proved that no point is missing.
    """

    first: str
    second: str
    raised: str
    points: tuple[FrontPoint, ...]
    is_complete: bool
    runtime_s: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "first": self.first,
            "second": self.second,
            "raised": self.raised,
            "is_complete": self.is_complete,
            "runtime_s": self.runtime_s,
            "points": [
                {
                    "first": point.first,
                    "second": point.second,
                    "bound": known(point.bound),
                    "is_proved": point.is_proved,
                    "chosen": point.chosen.tolist(),
                }
                for point in self.points
            ],
        }


class _Reached(NamedTuple):
    """The best plan known with a level of g: levels of f and g, and what f cannot pass."""

    f: float
    g: float
    bound: float
    chosen: Ints
    plan: Plan

    @property
    def is_proved(self) -> bool:
        return relative_gap(self.f, self.bound) == 0.0 or self.f >= self.bound


class _Stretch(NamedTuple):
    """Levels of g between which a point may lie: above ``low``, at most ``high``."""

    low: float
    high: float
    at_low: _Reached
    halved: bool


def pareto_front(
    asked: AskedQuestion,
    first: str,
    second: str,
    *,
    n: int = 11,
    time_limit_s: float = 30.0,
    gap: float = 0.002,
    on_progress: Callable[[str, float], None] | None = None,
) -> Front:
    """Find up to ``n`` points of the front of two measures, the ends first.

    Parameters
    ----------
    asked
        the question, whose limits all hold; its goal is not looked at.
    first, second
        "workers", "worker_hours", "mean_time", "money", "worst_group" or "worst_district", of which
        the question must know both.
    n
        how many points at most.
    time_limit_s
        seconds for all of them.
    gap
        the proven relative gap that is good enough for each point; 0 asks for the whole front.
    on_progress
        is told what is done and the share of it.

    Returns
    -------
    Front
        in rising order of what the raised measure has; empty where no plan keeps the limits.
    """
    raised, held = sorted((first, second), key=_RAISED.index)
    search = _Search(
        asked, measure_of(asked, raised), measure_of(asked, held), time_limit_s, gap, on_progress
    )
    search.run(n)
    points = [
        FrontPoint(
            first=figures[first],
            second=figures[second],
            bound=search.bound_of(one),
            is_proved=one.is_proved and is_exact(search.f),
            chosen=one.chosen,
        )
        for one in search.points()
        for figures in [{raised: search.f.figure(one.chosen), held: search.g.figure(one.chosen)}]
    ]
    return Front(
        first=first,
        second=second,
        raised=raised,
        points=tuple(points),
        is_complete=search.is_complete and is_exact(search.f) and is_exact(search.g),
        runtime_s=time.perf_counter() - search.begun,
    )


class _Search:
    """The points found so far and what is left to ask."""

    def __init__(  # noqa: PLR0917 - made in one place
        self,
        asked: AskedQuestion,
        f: Measure,
        g: Measure,
        time_limit_s: float,
        gap: float,
        on_progress: Callable[[str, float], None] | None,
    ) -> None:
        self.asked, self.f, self.g, self.gap = asked, f, g, gap
        self.begun, self.time_limit_s = time.perf_counter(), time_limit_s
        self.tell = on_progress or (lambda _what, _share: None)
        self.found: list[_Reached] = []
        self.asked_at: list[tuple[float, float]] = []
        self.is_complete = False
        self.n = 1
        self.counted = (asked.problem.problem.weights > 0.0) | f.counted | g.counted

    @property
    def left_s(self) -> float:
        return self.begun + self.time_limit_s - time.perf_counter()

    def run(self, n: int) -> None:
        self.n = n
        lowest = self.ask(-math.inf, None)
        if lowest is None:
            return
        self.is_complete = True
        top = self.g.most
        if self.g.gains is not None or self.g.classes is not None:
            best = _raised(self.g, self.asked.problem.problem, self.params(lowest.plan))
            if best is not None:
                top = min(best.bound, top)
                if best.f > lowest.g + self.g.step:
                    self.ask(best.f, best.plan)
        stretches = [_Stretch(lowest.g, top, lowest, halved=False)]
        while stretches:
            widest = max(stretches, key=lambda one: (not one.halved, one.high - one.low))
            if len(self.points()) >= n or self.left_s < _LEAST_S:
                self.is_complete = False
                return
            stretches.remove(widest)
            stretches += self.split(widest)

    def split(self, stretch: _Stretch) -> list[_Stretch]:
        """Ask once within a stretch, and return what is left of it."""
        low, high, at_low, halved = stretch
        if high - low < self.g.step:
            return []
        near = low + self.g.step
        level = near if halved else max((low + high) / 2, near)
        reached = self.ask(level, at_low.plan)
        if reached is None or reached.g >= high:
            # nothing new from the level on, up to the end
            self.is_complete &= reached is None or reached.is_proved
            if level == near:
                return []
            return [_Stretch(low, level, at_low, halved=True)]
        rest = [_Stretch(reached.g, high, reached, halved=False)]
        if level > near:
            rest.append(_Stretch(low, level, at_low, halved=False))
        self.is_complete &= reached.is_proved
        return rest

    def ask(self, level: float, start: Plan | None) -> _Reached | None:
        """Raise f with g held at a level; None where no plan has it, or none was found."""
        done = min(len(self.found) / max(self.n, 1), 1.0)
        self.tell(say("front"), done)
        problem = self.asked.problem.problem
        if level > -math.inf:
            problem = self.g.held(problem, level)
        reached = _raised(self.f, problem, self.params(start))
        if reached is None:
            return None
        if not math.isfinite(reached.f):
            # none was found, and none is excluded
            self.is_complete = False
            self.asked_at.append((level, reached.bound))
            return None
        chosen = self.asked.without_idle(reached.plan, counted=self.counted).chosen
        told = reached._replace(chosen=chosen, g=self.g.level(chosen))
        self.found.append(told)
        self.asked_at.append((level, told.bound))
        return told

    def params(self, start: Plan | None) -> SolveParams:
        """Share what is left of the time over the points that are left."""
        part = self.left_s / max(self.n + 2 - len(self.found), 3)
        return SolveParams(time_limit_s=max(part, _LEAST_S), gap=self.gap, start=start)

    def points(self) -> list[_Reached]:
        """Return the plans of which none is as good in both and better in one, by rising f."""
        best: list[_Reached] = []
        for one in sorted(self.found, key=lambda one: (-one.g, -one.f)):
            tolerance = 1e-9 * max(abs(one.f), 1.0)
            if not best or one.f > best[-1].f + tolerance:
                best.append(one)
        return best

    def bound_of(self, point: _Reached) -> float:
        """Return what no plan with at least the point's g has more of f than, as a figure."""
        least = [bound for level, bound in self.asked_at if level <= point.g]
        bound = max(min(least), point.f)
        if bound == point.f and is_exact(self.f):
            return self.f.figure(point.chosen)
        return self.f.of_level(bound)


def _raised(measure: Measure, problem: CoverageProblem, params: SolveParams) -> _Reached | None:
    """Return the plan with most of a measure; None where no plan keeps the limits.

    f is nan where no plan was found in the time.
    """
    if measure.gains is None:
        return _raised_worst(measure, problem, params)
    plan = solve(measure.wanted(problem), params=params)
    if plan.status == "infeasible":
        return None
    if not math.isfinite(plan.objective):
        return _Reached(math.nan, -math.inf, plan.bound, plan.chosen, plan)
    level = measure.level(plan.chosen)
    bound = max(plan.bound - measure.asked.problem.constant, level)
    bound = level if plan.status == "optimal" else bound
    return _Reached(level, -math.inf, bound, plan.chosen, plan)


def _raised_worst(
    measure: Measure, problem: CoverageProblem, params: SolveParams
) -> _Reached | None:
    """Raise the share of the worst-off class: by halves first, then from each plan to the next."""
    end = time.perf_counter() + params.time_limit_s
    plan = solve(problem, params=replace(params, gap=max(params.gap, 1e-3)))
    if plan.status == "infeasible":
        return None
    if not math.isfinite(plan.objective):
        return _Reached(math.nan, -math.inf, measure.most, plan.chosen, plan)
    low, high, best = measure.level(plan.chosen), measure.most, plan
    for number in range(_HALVINGS + _MOST_RAISES):
        left_s = end - time.perf_counter()
        if high - low <= params.gap * low or low >= high or left_s < _LEAST_S:
            break
        level = (low + high) / 2 if number < _HALVINGS else low + measure.step
        trial = measure.held(problem, min(level, 1.0))
        found = solve(trial, params=replace(params, time_limit_s=left_s / 2, gap=1.0, start=best))
        if math.isfinite(found.objective):
            best, low = found, max(low, measure.level(found.chosen))
        elif found.status == "infeasible":
            high = min(level, high) if number < _HALVINGS else low
        else:
            break
    return _Reached(low, -math.inf, max(high, low), best.chosen, best)
