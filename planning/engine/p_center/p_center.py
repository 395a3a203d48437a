r"""The p-center (Hakimi 1964): p sites from which the longest trip to the nearest one is least.

.. math::
   \min r \quad\text{with}\quad
   \sum_{j:\ d_{ij} \le r} x_j \ge 1 \ \text{for every item } i, \quad
   \sum_{j\ \text{free}} x_j \le p, \quad x_j \in \{0, 1\}

The least r is one of the distances in the matrix, so that it is found by bisection over their
distinct values: a radius is enough exactly when the set covering problem at this radius needs no
more than p sites (Minieka 1970).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.messages import say
from planning.engine.checks import known
from planning.engine.cover_arrays import from_rows
from planning.engine.lscp.feasibility import cover_within
from planning.engine.p_center import search
from planning.engine.params import relative_gap
from planning.engine.proven import Bound, Draft, contradicted

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.params import SolveParams
    from planning.engine.problems import PCenterProblem

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# Elementary steps of a search at one radius: while bisecting, and just below the best plan.
QUICK_STEPS = 10_000_000
LONG_STEPS = 150_000_000
STEPS_PER_PAIR = 1_000
# Share of the time left that the first question to the programme may take.
FIRST_SHARE = 0.7


class CenterRun:
    """One run: the best plan, and between which radii the answer lies.

    ``radii`` are the distinct distances that the answer may be; the one numbered ``high`` is
    reached by ``plan``, the one numbered ``low`` is proven to be too short (-1: none is).
    """

    def __init__(self, problem: PCenterProblem, *, params: SolveParams, clock: Clock) -> None:
        self.params, self.clock = params, clock
        self.required = np.flatnonzero(known(problem.required))
        self.sites = np.flatnonzero(~known(problem.required) & ~known(problem.forbidden))
        self.p = min(problem.p, len(self.sites))
        self.seconds = problem.seconds[self.sites]
        self.base = _nearest(problem.seconds, self.required)
        nearest = np.minimum(self.base, _nearest(self.seconds, np.arange(len(self.sites))))
        self.stranded = np.flatnonzero(np.isinf(nearest))
        least = float(nearest.max(initial=0.0))
        values = np.r_[self.seconds.data, self.base[np.isfinite(self.base)]]
        self.radii = np.unique(values[values >= least])
        self.low, self.high = -1, len(self.radii)
        self.plan = np.empty(0, dtype=np.int64)
        self.steps = ["search"]

    @property
    def lower(self) -> float:
        """No plan has a shorter longest trip."""
        return float(self.radii[min(self.low + 1, self.high, len(self.radii) - 1)])

    @property
    def upper(self) -> float:
        """The best plan's longest trip; inf before there is one."""
        return float(self.radii[self.high]) if self.high < len(self.radii) else np.inf

    @property
    def done(self) -> bool:
        """Whether the proven gap is the one asked for."""
        has_plan = self.high < len(self.radii)
        return has_plan and relative_gap(self.upper, self.lower) <= self.params.gap

    def left_s(self) -> float:
        """Tell the caller what is known; seconds left."""
        self.clock.report(self.upper, self.lower)
        return self.clock.left_s

    def covers(self, number: int) -> sp.csr_array:
        """Which free site reaches which item, that no required site does, at a radius."""
        radius = self.radii[number]
        asked = self.base > radius
        kept = (self.seconds.data <= radius) & asked[self.seconds.indices]
        owner = np.repeat(np.arange(len(self.sites)), np.diff(self.seconds.indptr))[kept]
        offset = np.zeros(len(self.sites) + 1, dtype=np.int64)
        np.cumsum(np.bincount(owner, minlength=len(self.sites)), out=offset[1:])
        item = (np.cumsum(asked) - 1)[self.seconds.indices[kept]]
        shape = (len(self.sites), int(asked.sum()))
        return sp.csr_array((np.ones(len(item)), item, offset), shape=shape)

    def take(self, sites: Ints) -> None:
        """Keep a plan of free sites when it is the best."""
        reached = np.minimum(self.base, _nearest(self.seconds, sites)).max(initial=0.0)
        number = int(np.searchsorted(self.radii, reached))
        if number < self.high:
            self.high, self.plan = number, np.asarray(sites, dtype=np.int64)

    def search(self, number: int, steps: int) -> bool:
        """Look for a plan at a radius; True when there is one."""
        covers = self.covers(number)
        if covers.shape[1] == 0:
            self.take(np.empty(0, dtype=np.int64))
            return True
        if self.p == 0 or len(np.unique(covers.indices)) < covers.shape[1]:
            self.low = max(self.low, number)
            return False
        cover = from_rows(
            covers.indptr.astype(np.int64),
            covers.indices.astype(np.int32),
            np.ones(covers.shape[1]),
        )
        steps = min(steps, STEPS_PER_PAIR * len(cover.option_item))
        state = search.new_state(cover, seed=self.params.seed)
        sites = search.reach_all(cover, state, self.p, self.plan, steps)
        if len(sites):
            self.take(sites)
        return bool(len(sites))

    def ask(self, number: int, *, exact: bool, share: float = 1.0) -> bool:
        """Ask whether a radius is enough; True when the answer is known."""
        until = self.clock.left_s * (1.0 - share)
        cover = cover_within(
            self.covers(number),
            self.p,
            left_s=lambda: max(self.left_s() - until, 0.0),
            seed=self.params.seed,
            exact=exact,
        )
        if cover.sites is not None:
            self.take(cover.sites)
        elif cover.known:
            self.low = max(self.low, number)
        return cover.known

    def bisect_by_search(self) -> None:
        """Narrow down the best plan that the search finds; what it does not find proves nothing."""
        low = self.low
        while low + 1 < self.high and self.left_s() > 0.0:
            middle = (low + self.high) // 2
            if not self.search(middle, QUICK_STEPS):
                low = max(middle, self.low)
        while self.low + 1 < self.high and self.left_s() > 0.0:
            if self.high < len(self.radii) and self.ask(self.high - 1, exact=False):
                continue
            if not self.search(self.high - 1, LONG_STEPS):
                return

    def bisect_by_bound(self) -> None:
        """Raise ``low`` as far as the Lagrangian bound proves radii too short."""
        self.steps.append("Lagrangian bound")
        first_unknown = self.high
        while self.low + 1 < first_unknown and not self.done and self.left_s() > 0.0:
            middle = (self.low + first_unknown) // 2
            if not self.ask(middle, exact=False) or self.high <= middle:
                first_unknown = min(middle, self.high)

    def bisect_exactly(self) -> None:
        """Ask the programme just below the best plan; when it cannot tell, lower."""
        self.steps.append("covering programme")
        while not self.done and self.left_s() > 0.0:
            if not self.ask(self.high - 1, exact=True, share=FIRST_SHARE):
                break
        first_unknown = self.high
        if not self.done and self.left_s() > 0.0:
            self.bisect_by_bound()
        while self.low + 1 < first_unknown and not self.done and self.left_s() > 0.0:
            middle = (self.low + first_unknown) // 2
            if not self.ask(middle, exact=True, share=0.3) or self.high <= middle:
                first_unknown = min(middle, self.high)


def _nearest(seconds: sp.csr_array, sites: Ints) -> Floats:
    """Return what each item takes to the nearest of ``sites``; inf where none reaches it."""
    nearest = np.full(seconds.shape[1], np.inf)
    rows = seconds[sites]
    np.minimum.at(nearest, rows.indices, rows.data)
    return nearest


def solve_p_center(problem: PCenterProblem, *, params: SolveParams, clock: Clock) -> Draft:
    """Solve a `PCenterProblem`; see the module for the steps."""
    run = CenterRun(problem, params=params, clock=clock)
    if len(run.stranded):
        return contradicted(
            say("demand item {item} is reached by no allowed site: allow one", item=run.stranded[0])
        )
    if run.p == 0:
        run.take(run.plan)
    else:
        run.bisect_by_search()
    if run.high == len(run.radii):
        known_answer = run.p == 0 or run.ask(len(run.radii) - 1, exact=True)
        if run.high == len(run.radii):
            return _without_plan(run, known_answer=known_answer)
    if not run.done:
        run.bisect_exactly()
    run.left_s()
    return Draft(
        chosen=np.r_[run.required, run.sites[run.plan]],
        # without a choice the only plan is the best one
        bound=Bound.at(run.upper if run.p == 0 else min(run.lower, run.upper)),
        method=", ".join(run.steps),
    )


def _without_plan(run: CenterRun, *, known_answer: bool) -> Draft:
    if known_answer:
        return contradicted(
            say("{p} sites cannot reach every demand item: open more", p=run.p),
            method=say("covering programme"),
        )
    return Draft(
        chosen=None,
        bound=Bound.at(run.lower),
        method="covering programme",
        reasons=(say("no plan that reaches every item was found in the time: give more"),),
    )
