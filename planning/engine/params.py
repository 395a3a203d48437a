"""How long and how exactly to solve, and the answer: `SolveParams`, `Progress`, `Plan`."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from geo.errors import ProblemError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable


Status = Literal["optimal", "within_gap", "time_limit", "infeasible"]

# Two objectives closer than this share of themselves are the same: double precision sums.
EXACT = 1e-9


class WarmStart:
    """What a later question takes over of an answer; a formulation that has any makes its own."""


@dataclass(frozen=True)
class Progress:
    """What is known while solving: the best plan so far, the proven bound, the time used.

    ``incumbent`` and ``bound`` are objective values; nan where there is none yet. ``plan``, where a
    formulation tells it (maximal covering without floors), returns the options of the best plan so
    far; it is asked for within the call, or not at all.
    """

    incumbent: float
    bound: float
    seconds: float
    plan: Callable[[], npt.NDArray[np.int64]] | None = field(
        default=None, repr=False, compare=False
    )


@dataclass(frozen=True, kw_only=True)
class SolveParams:
    """When to stop.

    Parameters
    ----------
    time_limit_s
        seconds of wall time, without what making machine code takes (`Plan.compiling_s`).
    gap
        the proven relative gap that is good enough (0.004 means within 0.4 %); 0 asks for the
        optimum.
    seed
        fixes every random choice: the same problem and seed give the same plan as long as the time
        limit is not hit.
    on_progress
        is called with a `Progress`; when it returns True the run stops, and the best plan so far
        comes back with its bound.
    start
        the answer to a problem much like this one, or the options of a plan to begin with (maximal
        covering): what of it does not fit any more is left out. From an answer on the same cover
        matrix its merged items and multipliers are taken over too, so that a changed site, number
        or budget is answered in a fraction of the first time.

    Raises
    ------
    ProblemError
        A time of zero or less, a gap below zero or not finite.

    Examples
    --------
    Half a minute, or within 0.4 % of the best:

    >>> from planning import SolveParams
    >>> SolveParams(time_limit_s=30.0, gap=0.004).seed
    0
    """

    time_limit_s: float = 60.0
    gap: float = 0.0
    seed: int = 0
    on_progress: Callable[[Progress], bool | None] | None = None
    start: Plan | npt.NDArray[np.int64] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.time_limit_s) and self.time_limit_s > 0):
            raise ProblemError(
                say(
                    "time_limit_s is {time_limit_s}: give a number of seconds above 0",
                    time_limit_s=self.time_limit_s,
                )
            )
        if not (math.isfinite(self.gap) and self.gap >= 0):
            raise ProblemError(
                say("gap is {gap}: give a share of 0 or more, such as 0.004", gap=self.gap)
            )
        if self.seed < 0:
            raise ProblemError(
                say("seed is {seed}: give a whole number of 0 or more", seed=self.seed)
            )


@dataclass(frozen=True, eq=False, kw_only=True)
class Plan:
    """What to open, and how good that is proven to be.

    Parameters
    ----------
    status
        ``optimal`` (gap 0 but for rounding), ``within_gap`` (the gap asked for), ``time_limit``
        (neither is proved: out of time, stopped by ``on_progress``, or at the end of what double
        precision can tell apart) or ``infeasible``: then ``chosen`` is empty, the figures are nan,
        and ``reasons`` names the smallest conflict.
    chosen
        int64[n_chosen], option indices, sorted, required ones included.
    objective
        the value of the plan. When time runs out before any plan is found that keeps all rules it
        is nan; with floors, ``chosen`` is then the plan that lacks least of them.
    bound
        what no plan can pass, above the objective when maximising, below when minimising; ``gap``
        is ``|bound - objective| / |objective|``, nan without a plan.
    runtime_s
        seconds of wall time.
    compiling_s
        the part of them in which machine code was made, once on a machine.
    method
        the steps that led to the answer.
    reasons
        why there is no plan, or what each floor lacks.
    basis
        what a later question on the same cover matrix takes over (`SolveParams.start`); it holds
        the merged problem in memory, and ``replace(plan, basis=None)`` lets it go.

    Examples
    --------
    >>> from planning import CoverageProblem, solve
    >>> plan = solve(CoverageProblem(weights=[10.0, 20.0], covers=[[1, 0], [0, 1]], max_open=1))
    >>> plan.status, plan.objective, plan.bound, plan.gap
    ('optimal', 20.0, 20.0, 0.0)
    """

    status: Status
    chosen: npt.NDArray[np.int64]
    objective: float
    bound: float
    runtime_s: float
    method: str
    reasons: tuple[str, ...] = field(default=())
    compiling_s: float = 0.0
    basis: WarmStart | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        chosen = np.unique(np.asarray(self.chosen, dtype=np.int64))
        chosen.flags.writeable = False
        object.__setattr__(self, "chosen", chosen)

    @property
    def gap(self) -> float:
        """The proven relative gap: 0 for an optimal plan.

        It is nan where there is no plan (an infeasible problem, or none found in the time), and inf
        where there is a plan and no bound, or a plan worth 0 that is not proven.
        """
        return relative_gap(self.objective, self.bound)


def relative_gap(objective: float, bound: float) -> float:
    """``|bound - objective| / |objective|``, 0 for a difference of rounding.

    It is nan when the objective is not finite: there is no plan. It is inf when the bound is not
    finite, or when only the objective is 0.
    """
    if not math.isfinite(objective):
        return math.nan
    if not math.isfinite(bound):
        return math.inf
    difference = abs(bound - objective)
    if difference <= EXACT * max(abs(objective), abs(bound)):
        return 0.0
    return difference / abs(objective) if objective else math.inf
