r"""What a decision in effect covers where the register is silent, from one end to the other.

A station of which hours, way in or equipment are not known counts for nobody in a question in
effect. At the other end it serves whoever nothing known keeps out, at every hour. A plan covers
more there, and keeps the same limits. With ``v`` what a plan covers at that end, over all years as
the goal counts,

.. math:: \max_P v(P) - v(\text{decision}) \ge 0

is what another plan could have beyond the decision if all silent stations served: it lies between
what a plan is found to have and what is proved that none passes.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from planning.decisions.explain import WhatIf
from planning.engine.params import EXACT, SolveParams

if TYPE_CHECKING:
    from planning.decisions.decide import AskedQuestion
    from planning.decisions.decision import Decision


@dataclass(frozen=True)
class YearEnds:
    """Who is covered in a year, of all: at least and at most, without the plan and with it."""

    year: int
    whole: float
    before_least: float
    before_most: float
    covered_least: float
    covered_most: float


@dataclass(frozen=True)
class SilentEnds:
    """A decision at both ends of what the register leaves open.

    ``more_least`` and ``more_most`` are what another plan has beyond it at the far end, over all
    years as the goal counts; ``gained`` what the plan found there does and the decision does not,
    ``dropped`` the other way round.
    """

    years: tuple[YearEnds, ...]
    more_least: float
    more_most: float
    gained: tuple[WhatIf, ...]
    dropped: tuple[WhatIf, ...]

    @property
    def stays_best(self) -> bool:
        """Whether it is proved that no plan has more at the far end either."""
        return self.more_most == 0.0

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "years": [asdict(year) for year in self.years],
            "more_least": self.more_least,
            "more_most": self.more_most,
            "stays_best": self.stays_best,
            "gained": [one._asdict() for one in self.gained],
            "dropped": [one._asdict() for one in self.dropped],
        }


def silent_ends(
    decision: Decision, at_best: AskedQuestion, *, params: SolveParams | None = None
) -> SilentEnds | None:
    """Count a decision where all silent stations serve, and look for a better plan there.

    ``at_best`` is the same question asked of the same city with ``at_best`` (`ask`). None without a
    plan.
    """
    if decision.plan is None or not decision.is_plan:
        return None
    chosen = decision.plan.chosen
    own = chosen[chosen < at_best.problem.standing_option]
    far = {line.year: line for line in at_best.coverage(own) if _is_all(line)}
    years = tuple(
        YearEnds(
            line.year,
            line.whole,
            line.before,
            max(far[line.year].before, line.before),
            line.covered,
            max(far[line.year].covered, line.covered),
        )
        for line in decision.coverage
        if _is_all(line)
    )
    has = at_best.problem.value(np.union1d(own, [at_best.problem.standing_option]))
    params = replace(params or SolveParams(), start=chosen)
    other = at_best.decide(params=params)
    best = max(other.objective, has) if math.isfinite(other.objective) else has
    slack = EXACT * max(has, 1.0)
    most = max(other.bound - has, 0.0)
    is_better = best > has + slack
    here, there = _acts(decision), _acts(other)
    return SilentEnds(
        years=years,
        more_least=best - has if is_better else 0.0,
        more_most=most if most > slack else 0.0,
        gained=tuple(one for one in there if one not in here) if is_better else (),
        dropped=tuple(one for one in here if one not in there) if is_better else (),
    )


def _acts(decision: Decision) -> tuple[WhatIf, ...]:
    """Return what a decision does; closing a station is an act too."""
    return tuple(WhatIf(one.what, one.id, one.name, one.kind, one.year) for one in decision.actions)


def _is_all(line: Any) -> bool:  # noqa: ANN401
    return bool((line.group, line.district) == ("all", "all"))
