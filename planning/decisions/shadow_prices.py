r"""What a little more of each rule would bring: "100,000 yuan more bring 212 workers".

With the best value ``V(b)`` of a question whose rule allows ``b``, a step ``s`` more brings
``V(b + s) - V(b)``, and less costs ``V(b) - V(b - s)``. Whole plans have no multipliers that say it
(a dual value belongs to plans in halves), so each step is solved again, from the last plan. Each
value is known between a plan and a bound, ``l <= V <= u``, hence the difference too:

.. math::
   \max(0,\ l(b + s) - u(b)) \ \le\ V(b + s) - V(b) \ \le\ u(b + s) - l(b).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import ProblemError
from geo.messages import say
from planning.decisions.turns import Turns
from planning.engine.rules import MONEY, MOST, Rule, amounts_of, uses_of, with_amounts
from planning.engine.solver import solve
from planning.engine.verdict import with_bound

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.params import Plan, SolveParams
    from planning.engine.problems import CoverageProblem
    from planning.engine.rules import Use

# The step of a budget, of a count, and of a floor as a share of its weight.
STEP_YUAN: Final = 100_000.0
STEP_OPEN: Final = 1
STEP_SHARE: Final = 0.01


@dataclass(frozen=True, eq=False, kw_only=True)
class Step:
    """One rule with another amount.

    ``amount`` is what it allows now, or the weight that a floor asks for; ``changes_least`` and
    ``changes_most`` are proved ends of how much more (or less) weight the best plan covers than
    with the rule as it is; ``plan`` is the plan found, None where no plan keeps the rules then
    (both ends are nan).
    """

    amount: float
    changes_least: float
    changes_most: float
    plan: Plan | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        ends = self.changes_least, self.changes_most
        least, most = (None if math.isnan(end) else end for end in ends)
        return {
            "amount": self.amount,
            "changes_least": least,
            "changes_most": most,
            "chosen": None if self.plan is None else self.plan.chosen.tolist(),
            "objective": None if self.plan is None else self.plan.objective,
            "bound": None if self.plan is None else self.plan.bound,
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class ShadowPrice:
    """What a step more, and less, of one rule changes; ``use`` is what the plan uses of it.

    ``more`` loosens the rule (a floor asks for less), ``less`` tightens it; None where it cannot be
    moved that way, or time was up.
    """

    use: Use
    step: float
    more: Step | None
    less: Step | None

    @property
    def is_worth_more(self) -> bool:
        """Whether it is proved that a step more brings something: the rule binds."""
        return self.more is not None and self.more.changes_least > 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            **self.use.as_dict(),
            "step": self.step,
            "is_worth_more": self.is_worth_more,
            "more": None if self.more is None else self.more.as_dict(),
            "less": None if self.less is None else self.less.as_dict(),
        }


def measure_shadow_prices(
    problem: CoverageProblem,
    plan: Plan,
    *,
    step_yuan: float = STEP_YUAN,
    step_open: int = STEP_OPEN,
    step_share: float = STEP_SHARE,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    of: Callable[[Rule], bool] | None = None,
    both_ways: bool = True,
    on_progress: Callable[[str, float], None] | None = None,
) -> tuple[ShadowPrice, ...]:
    """Solve a question again with a step more and less of each rule that can bind.

    Parameters
    ----------
    problem
        the question.
    plan
        its answer, from which each step begins.
    step_yuan, step_open, step_share
        the step of a budget in yuan, of a count in options, of a floor as a share of its weight.
    time_limit_s
        seconds for all steps.
    gap
        the proven relative gap that is good enough for each.
    of
        which rules are moved; None: all that can bind.
    both_ways
        whether a step less is solved too; ``less`` is None without.
    on_progress
        is told what is done and the share of it.

    Returns
    -------
    tuple of ShadowPrice
        one for each budget, count and floor. A rule whose whole amount all options together do not
        use cannot bind and is left out.

    Raises
    ------
    ProblemError
        For a plan without an objective, or a step of 0 or less.

    Examples
    --------
    >>> from planning import CoverageProblem, solve
    >>> from planning.decisions import measure_shadow_prices
    >>> problem = CoverageProblem(
    ...     weights=[10.0, 20.0, 5.0], covers=[[1, 0, 0], [0, 1, 0], [0, 0, 1]], max_open=1
    ... )
    >>> (price,) = measure_shadow_prices(problem, solve(problem))
    >>> price.more.changes_least, price.less.changes_most
    (10.0, -20.0)
    """
    if not np.isfinite(plan.objective):
        raise ProblemError(say("shadow prices are of a plan, and there is none: solve it first"))
    for name, step in (
        ("step_yuan", step_yuan),
        ("step_open", step_open),
        ("step_share", step_share),
    ):
        if not step > 0.0:
            raise ProblemError(say("{name} is {step}: give more than 0", name=name, step=step))
    tell = on_progress or (lambda _what, _share: None)
    uses = [
        use
        for use in uses_of(problem, plan.chosen)
        if can_bind(problem, use.rule) and (of is None or of(use.rule))
    ]
    asked = [(use, step_of(problem, use.rule, step_yuan, step_open, step_share)) for use in uses]
    steps: dict[tuple[int, int], Step | None] = {}
    # more first, of every rule: it is what is asked most
    signs = (1, -1) if both_ways else (1,)
    wanted = [(number, sign) for sign in signs for number in range(len(asked))]
    turns = Turns(len(wanted), time_limit_s, gap=gap)
    for turn, (number, sign) in enumerate(wanted, start=1):
        (use, step), params = asked[number], turns.next()
        steps[number, sign] = (
            None
            if params is None
            else _moved(problem, plan, use.rule, sign * step, params=replace(params, start=plan))
        )
        tell(say("shadow prices"), turn / len(wanted))
    return tuple(
        ShadowPrice(use=use, step=step, more=steps[number, 1], less=steps.get((number, -1)))
        for number, (use, step) in enumerate(asked)
    )


def can_bind(problem: CoverageProblem, rule: Rule) -> bool:
    """Whether options could use more of a rule than it allows."""
    if rule.kind == "floor":
        return rule.amount > 0.0
    return rule.kind in MOST and float(amounts_of(problem, rule).sum()) > rule.amount


def step_of(
    problem: CoverageProblem, rule: Rule, step_yuan: float, step_open: int, step_share: float
) -> float:
    """Return the step of a rule in its own unit: yuan, options, or covered weight."""
    if rule.kind == "floor":
        return step_share * float(problem.weights_of(problem.floors[rule.number]).sum())
    return step_yuan if rule.kind in MONEY else float(step_open)


def _moved(
    problem: CoverageProblem, plan: Plan, rule: Rule, step: float, *, params: SolveParams
) -> Step | None:
    """Solve with a rule that allows ``step`` more; a floor asks for as much less."""
    amount = moved_amount(problem, rule, step)
    if amount is None:
        return None
    answer = solve(with_amounts(problem, {rule: amount}), params=params)
    if answer.status == "infeasible":
        return Step(amount=amount, changes_least=np.nan, changes_most=np.nan, plan=None)
    return _compared(plan, answer, amount=amount, is_more=step > 0.0, gap=params.gap)


def moved_amount(problem: CoverageProblem, rule: Rule, step: float) -> float | None:
    """Return what a rule allows with ``step`` more, a floor with as much less; None: no other."""
    is_floor = rule.kind == "floor"
    amount = rule.amount - step if is_floor else rule.amount + step
    if is_floor:
        whole = float(problem.weights_of(problem.floors[rule.number]).sum())
        amount = min(max(amount, 0.0), whole)
    elif rule.kind == "count":
        amount = min(amount, float(problem.n_options))
    if amount < 0.0 or amount == rule.amount:
        return None
    return amount


def _compared(plan: Plan, answer: Plan, *, amount: float, is_more: bool, gap: float) -> Step:
    """Say how far two best values lie apart; the looser question is worth no less."""
    value, bound = answer.objective, answer.bound
    if is_more:
        if not value >= plan.objective:
            # the plan in hand keeps the looser rule too
            value, answer = plan.objective, with_bound(plan, bound, gap=gap)
        least, most = max(value - min(plan.bound, bound), 0.0), max(bound - plan.objective, 0.0)
    else:
        bound = min(bound, plan.bound)
        # without a plan nothing but 0 holds for what is covered
        least = (value if math.isfinite(value) else 0.0) - plan.bound
        most = min(bound - plan.objective, 0.0)
    found = answer if math.isfinite(answer.objective) else None
    return Step(amount=amount, changes_least=least, changes_most=max(most, least), plan=found)
