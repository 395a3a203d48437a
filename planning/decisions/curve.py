"""The curve of money against coverage, each point with its plan, its bound and what is new in it.

The lower line is what the plans cover, the upper one what is proved that no plan passes: at each
point the least of its own bound and those of all larger amounts, for less money never covers more
(`coverage_frontier`). Both never fall. The best plans of two amounts need not hold one another:
what enters and what leaves from one point to the next is told, and plans that only grow are those
of a question with years.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from geo.errors import ProblemError
from geo.messages import say
from planning.engine.checks import known
from planning.engine.frontier import coverage_frontier
from planning.engine.params import Plan, SolveParams, relative_gap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planning.engine.params import Progress
    from planning.engine.problems import CoverageProblem

Ints = npt.NDArray[np.int64]

#: How many points a curve has where none are asked for.
N_POINTS = 31
#: The columns of `Curve.rows`.
HEADINGS = ("amount", "spent", "covered", "bound", "gap", "n_open", "enters", "leaves")


@dataclass(frozen=True, eq=False, kw_only=True)
class CurvePoint:
    """One point: at most ``amount`` (yuan or options), and the best plan known for it.

    ``covered`` and ``bound`` are the proved lower and upper end of what the best plan covers, nan
    where no plan keeps the rules. ``spent`` is what the plan takes of the amount. ``enters`` are
    the options that the plan of the last point does not have, ``leaves`` those that it has alone.
    ``line_value`` and ``price`` bound every other amount (`FrontierPoint`); nan where none is
    proved.
    """

    amount: float
    spent: float
    covered: float
    bound: float
    plan: Plan
    enters: Ints
    leaves: Ints
    line_value: float = math.nan
    price: float = math.nan

    @property
    def gap(self) -> float:
        """The proven relative gap; nan where there is no plan."""
        return relative_gap(self.covered, self.bound)


@dataclass(frozen=True, eq=False, kw_only=True)
class Curve:
    """Points in rising order of their amount, of yuan (``budget``) or options (``max_open``)."""

    of: Literal["budget", "max_open"]
    points: tuple[CurvePoint, ...]
    runtime_s: float

    def rows(self) -> tuple[tuple[float | str, ...], ...]:
        """Return a row a point for a table, columns as in `HEADINGS`; options by their number."""
        return tuple(
            (
                point.amount,
                point.spent,
                point.covered,
                point.bound,
                point.gap,
                float(len(point.plan.chosen)),
                " ".join(map(str, point.enters.tolist())),
                " ".join(map(str, point.leaves.tolist())),
            )
            for point in self.points
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; None where no plan keeps the rules."""
        return {
            "of": self.of,
            "runtime_s": self.runtime_s,
            "points": [
                {
                    "amount": point.amount,
                    "spent": point.spent,
                    "covered": _known(point.covered),
                    "bound": _known(point.bound),
                    "gap": _known(point.gap),
                    "line_value": _known(point.line_value),
                    "price": _known(point.price),
                    "chosen": point.plan.chosen.tolist(),
                    "enters": point.enters.tolist(),
                    "leaves": point.leaves.tolist(),
                }
                for point in self.points
            ],
        }


def _known(figure: float) -> float | None:
    return float(figure) if np.isfinite(figure) else None


def coverage_curve(
    problem: CoverageProblem,
    *,
    budgets: Sequence[float] | None = None,
    max_open: Sequence[int] | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.005,
    start: Plan | None = None,
    on_progress: Callable[[str, float], None] | None = None,
) -> Curve:
    """Solve a question for several amounts of money, or of options, each from the next larger.

    Parameters
    ----------
    problem
        the question; its own budget (or ``max_open``) is the last point of a curve that is not
        asked for in numbers.
    budgets
        yuan; None: from what is required to the problem's budget in even steps.
    max_open
        numbers of options instead.
    time_limit_s
        seconds for all points.
    gap
        the proven relative gap that is good enough for each point.
    start
        an answer to the question to begin with.
    on_progress
        is told what is done and the share of it.

    Returns
    -------
    Curve
        in rising order; neither line falls.

    Raises
    ------
    ProblemError
        When both amounts are given, or no budgets and the problem has none.

    Examples
    --------
    >>> from planning import CoverageProblem
    >>> from planning.decisions import coverage_curve
    >>> problem = CoverageProblem(
    ...     weights=[10.0, 20.0], covers=[[1, 0], [0, 1]], costs=[1.0, 3.0], budget=4.0
    ... )
    >>> curve = coverage_curve(problem, budgets=[1.0, 3.0, 4.0], gap=0.0)
    >>> [(p.covered, p.bound, p.enters.tolist(), p.leaves.tolist()) for p in curve.points]
    [(10.0, 10.0, [0], []), (20.0, 20.0, [1], [0]), (30.0, 30.0, [0], [])]
    """
    begun = time.perf_counter()
    if max_open is None and budgets is None:
        budgets = _even(problem)
    amounts = sorted({float(a) for a in (budgets if max_open is None else max_open) or ()})
    tell = on_progress or (lambda _what, _share: None)

    def listen(_news: Progress) -> bool:
        done = (time.perf_counter() - begun) / time_limit_s
        tell(say("curve"), min(done, 1.0))
        return False

    params = SolveParams(
        time_limit_s=time_limit_s / max(len(amounts), 1), gap=gap, on_progress=listen, start=start
    )
    points = coverage_frontier(problem, budgets=budgets, max_open=max_open, params=params)
    tell(say("curve"), 1.0)
    made: list[CurvePoint] = []
    for point in points:
        has_plan = np.isfinite(point.plan.objective)
        chosen = point.plan.chosen if has_plan else np.empty(0, dtype=np.int64)
        last = made[-1].plan.chosen if made and np.isfinite(made[-1].covered) else chosen[:0]
        infeasible = point.plan.status == "infeasible"
        made.append(
            CurvePoint(
                amount=point.amount,
                spent=_spent(problem, chosen, is_money=max_open is None),
                covered=point.plan.objective,
                bound=np.nan if infeasible else point.bound,
                plan=point.plan,
                enters=np.setdiff1d(chosen, last),
                leaves=np.setdiff1d(last, chosen),
                line_value=point.line_value,
                price=point.price,
            )
        )
    return Curve(
        of="budget" if max_open is None else "max_open",
        points=tuple(made),
        runtime_s=time.perf_counter() - begun,
    )


def _even(problem: CoverageProblem) -> tuple[float, ...]:
    """Return `N_POINTS` budgets from what is required to the problem's own."""
    if problem.budget is None or problem.costs is None:
        raise ProblemError(say("a curve needs a budget: give budgets or max_open"))
    least = float(problem.costs[known(problem.required)].sum())
    steps = np.linspace(min(least, problem.budget), problem.budget, N_POINTS)
    return tuple(steps.tolist())


def _spent(problem: CoverageProblem, chosen: Ints, *, is_money: bool) -> float:
    if not is_money:
        return float((~known(problem.required)[chosen]).sum())
    return 0.0 if problem.costs is None else float(problem.costs[chosen].sum())
