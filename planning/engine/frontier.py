"""The curve of coverage over number or money, with a bound at every point."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import ProblemError
from geo.messages import say
from planning.engine.checks import known
from planning.engine.mclp.amount_line import AmountLine, AmountLines
from planning.engine.params import Plan, SolveParams, relative_gap
from planning.engine.rules import SAME
from planning.engine.solver import solve
from planning.engine.verdict import with_bound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.engine.problems import CoverageProblem


@dataclass(frozen=True, eq=False)
class FrontierPoint:
    """One point of the curve: ``amount`` (options or yuan) and the plan for it.

    ``bound`` is the least of the plan's own bound, the line's value and those of all larger
    amounts: less money never covers more. ``line_value`` and ``price`` bound every other amount
    too: no plan of any x covers more than ``line_value + price * (x - amount)`` (`AmountLines`);
    nan where the answers left no multipliers.
    """

    amount: float
    plan: Plan
    bound: float
    line_value: float = math.nan
    price: float = math.nan

    @property
    def gap(self) -> float:
        """The proven relative gap, as that of a `Plan`: nan where there is no plan."""
        return relative_gap(self.plan.objective, self.bound)


def coverage_frontier(
    problem: CoverageProblem,
    *,
    max_open: Sequence[int] | None = None,
    budgets: Sequence[float] | None = None,
    params: SolveParams | None = None,
) -> tuple[FrontierPoint, ...]:
    """Solve a coverage problem for several numbers of options, or for several budgets.

    A plan that is no better than the one for less is replaced by that one, so that the curve never
    falls.

    Parameters
    ----------
    problem
        its own ``max_open`` or ``budget`` is not looked at.
    max_open
        numbers of options.
    budgets
        yuan.
    params
        hold for each point.

    Returns
    -------
    tuple of FrontierPoint
        in rising order, each number once.

    Raises
    ------
    ProblemError
        Unless exactly one of ``max_open`` and ``budgets`` is given.

    Examples
    --------
    >>> from planning import CoverageProblem, coverage_frontier
    >>> covers = [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]
    >>> problem = CoverageProblem(weights=[10.0, 20.0, 30.0, 5.0], covers=covers)
    >>> curve = coverage_frontier(problem, max_open=[1, 2])
    >>> [(point.amount, point.plan.objective, point.gap) for point in curve]
    [(1.0, 50.0, 0.0), (2.0, 65.0, 0.0)]
    """
    if (max_open is None) == (budgets is None):
        raise ProblemError(say("give max_open or budgets for the curve, one of the two"))
    params = params or SolveParams()
    amounts = sorted({float(a) for a in (max_open if max_open is not None else budgets) or ()})
    # from the most down: its multipliers are the best known for the next, and a plan for more is
    # one for less without some of it
    plans: list[Plan] = []
    for amount in reversed(amounts):
        if max_open is not None:
            point = replace(problem, max_open=int(amount))
        else:
            point = what_fits(replace(problem, budget=amount))
        plan = solve(point, params=params)
        plans.insert(0, plan)
        if np.isfinite(plan.objective):
            params = replace(params, start=plan)
    for number in range(1, len(plans)):
        # the last one as it is now: it may itself stand for one before it
        last, plan = plans[number - 1], plans[number]
        if np.isfinite(last.objective) and not last.objective <= plan.objective:
            plans[number] = with_bound(last, plan.bound, gap=params.gap)
    lines = _lines(problem, amounts, plans, of_money=max_open is None)
    own = np.fmin([plan.bound for plan in plans], [line.value for line in lines])
    bounds = np.fmin.accumulate(own[::-1])[::-1]
    return tuple(
        FrontierPoint(amount, plan, float(bound), line_value=line.value, price=line.price)
        for amount, plan, bound, line in zip(amounts, plans, bounds, lines, strict=True)
    )


def _lines(
    problem: CoverageProblem, amounts: list[float], plans: list[Plan], *, of_money: bool
) -> list[AmountLine]:
    """Return for each amount the lowest line there of all that the answers prove."""
    costs = problem.costs if of_money and problem.costs is not None else np.ones(problem.n_options)
    if not of_money:
        costs = np.where(known(problem.required), 0.0, costs)
    nothing = AmountLine(math.nan, math.nan, math.nan)
    bases = [(a, plan.basis) for a, plan in zip(amounts, plans, strict=True) if plan.basis]
    if not bases:
        return [nothing] * len(amounts)
    lines, known_lines = AmountLines(problem, costs=costs), []
    for amount, plan in zip(amounts, plans, strict=True):
        if not np.isfinite(plan.objective):
            continue
        # from the multipliers of the nearest answer, at the price that suits this amount
        _, basis = min(bases, key=lambda one: abs(one[0] - amount))
        line = lines.line(amount, basis=basis, target=plan.objective)
        if line is not None:
            known_lines.append(line)
    return [
        min((line.at(amount) for line in known_lines), key=lambda line: line.value, default=nothing)
        for amount in amounts
    ]


def what_fits(problem: CoverageProblem) -> CoverageProblem:
    """Say of a budget what follows from it: which options are too dear, and how many fit at most.

    Halves of dear options, which the relaxation would open, make its bound weak where money is for
    a few options.
    """
    if problem.budget is None or problem.costs is None:
        return problem
    required, forbidden = known(problem.required), known(problem.forbidden)
    room = problem.budget - float(problem.costs[required].sum())
    room += SAME * problem.budget
    if room < 0.0:
        return problem
    forbidden = forbidden | (~required & (problem.costs > room))
    cheapest = np.cumsum(np.sort(problem.costs[~required & ~forbidden]))
    n_most = int((cheapest <= room).sum())
    if problem.max_open is not None:
        n_most = min(n_most, problem.max_open)
    return replace(problem, forbidden=forbidden, max_open=n_most)
