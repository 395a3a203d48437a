r"""How far the floor under one group or district can be raised within the limits of a question.

For a class c of workers, with :math:`X` the plans that keep every limit of the question,

.. math:: r_c = \max_{x \in X} \frac{\sum_{i \in c} w_i y_i(x)}{\sum_{i \in c} w_i}

where :math:`y_i(x)` says that x covers item i in the last year. It is one end of the front of the
goal and of c's share (Haimes, Lasdon and Wismer 1971): a floor above the bound that is proved of
:math:`r_c` has no plan, one up to the best plan that was found has.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.messages import say
from planning.decisions.goals import weights_of_classes
from planning.decisions.measures import Measure
from planning.decisions.turns import Turns
from planning.engine.solver import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from planning.decisions.decide import AskedQuestion
    from planning.decisions.decision import Decision
    from planning.engine.params import SolveParams

_ALL = "all"
# Least seconds for one class: each is told, even when time is up.
_MIN_S: Final = 0.05


@dataclass(frozen=True, kw_only=True)
class FloorEnd:
    """Shares of a class in the last year: ``group`` of all districts, or of "all" in ``district``.

    ``before`` without a plan, ``planned`` with the decision, ``reached`` with the best plan that
    was found for this class alone; no plan passes ``bound``, and the best lies between the two.
    """

    group: str
    district: str
    before: float
    planned: float
    reached: float
    bound: float

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def floor_ends(
    asked: AskedQuestion,
    decision: Decision,
    *,
    time_limit_s: float = 20.0,
    gap: float = 0.002,
    on_progress: Callable[[str, float], None] | None = None,
) -> tuple[FloorEnd, ...]:
    """Raise the share of all workers, of each group, and of each district as far as it goes.

    None without a plan. ``time_limit_s`` is for all of them; ``gap`` is the proven relative gap
    that is good enough for each.
    """
    if decision.plan is None or not decision.is_plan:
        return ()
    tell = on_progress or (lambda _what, _share: None)
    lines = {(line.group, line.district): line for line in decision.coverage
             if line.year == decision.years[-1]}  # fmt: skip
    classes = [(key, own) for key, own in _classes(asked).items() if key in lines]
    turns = Turns(len(classes), time_limit_s, gap=gap)
    made = []
    for number, (key, weights) in enumerate(classes):
        tell(say("floors"), number / len(classes))
        params = replace(turns.next_of(_MIN_S), start=decision.plan)
        reached, bound = _raised(asked, weights, params)
        before, planned = lines[key].share_before, lines[key].share
        reached = max(reached, planned)
        made.append(
            FloorEnd(
                group=key[0], district=key[1], before=before, planned=planned,
                reached=reached, bound=max(bound, reached),
            )
        )  # fmt: skip
    return tuple(made)


def _classes(asked: AskedQuestion) -> dict[tuple[str, str], npt.NDArray[np.float64]]:
    """Return the weights of the last year of all workers, each group, and each district."""
    by_group = weights_of_classes(asked.items, asked.problem, by_group=True)
    whole = np.sum(list(by_group.values()), axis=0)
    made = {(_ALL, _ALL): whole, **{(name, _ALL): own for name, own in by_group.items()}}
    if asked.items.districts:
        by_district = weights_of_classes(asked.items, asked.problem, by_group=False)
        made |= {(_ALL, name): own for name, own in by_district.items()}
    return made


def _raised(
    asked: AskedQuestion, weights: npt.NDArray[np.float64], params: SolveParams
) -> tuple[float, float]:
    """Return the largest share of a class that was found, and what none passes."""
    measure, whole = Measure(name="class", asked=asked, gains=weights), float(weights.sum())
    plan = solve(measure.wanted(asked.problem.problem), params=params)
    if not math.isfinite(plan.objective):
        return 0.0, 1.0
    reached = measure.level(plan.chosen)
    bound = reached if plan.status == "optimal" else plan.bound - asked.problem.constant
    return reached / whole, min(bound / whole, 1.0)
