r"""The p-center (Hakimi 1964): p sites from which the longest trip to the nearest one is least.

.. math::
   \min r \quad\text{with}\quad
   \sum_{j:\ d_{ij} \le r} x_j \ge 1 \ \text{for every item } i, \quad
   \sum_{j\ \text{free}} x_j \le p, \quad x_j \in \{0, 1\}

The least r is one of the distances in the matrix, so that it is found by bisection over their
distinct values: a radius is enough exactly when the set covering problem at this radius needs no
more than p sites (Minieka 1970). Pairs above the longest trip of a farthest-first plan are dropped
before anything is built (`farthest_first`).
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
from planning.engine.nearest import nearest_of, nearest_sites
from planning.engine.p_center import search
from planning.engine.p_center.farthest_first import (
    MAX_IN_PAIRS,
    covers_within,
    farthest_first,
    pair_bound,
    pairs_within,
)
from planning.engine.params import relative_gap
from planning.engine.proven import Bound, Draft, contradicted

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.params import SolveParams
    from planning.engine.problems import PCenterProblem

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
# Offsets by site, items and seconds of the pairs of free site and item.
Pairs = tuple[Ints, Ints, Floats]

# Elementary steps of a search at one radius, at most for each pair, and between two looks at the
# clock.
QUICK_STEPS, STEPS_PER_PAIR, PIECE_STEPS = 10_000_000, 1_000, 5_000_000
LONG_STEPS = 100_000_000
# Steps of the tree at one radius, the first time around.
FIRST_TREE_STEPS, NO_LIMIT = 100_000_000, 2**62
# The part of the time left that HiGHS may take at one radius.
PROGRAMME_PART = 0.2


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
        whole, n_items = problem.seconds, problem.seconds.shape[1]
        self.base = nearest_of(
            whole.indptr, whole.indices, whole.data, self.required, np.full(n_items, np.inf)
        )
        free = whole if len(self.sites) == whole.shape[0] else whole[self.sites]
        pairs = (free.indptr, free.indices, free.data)
        nearest, site = nearest_sites(*pairs, n_items)
        nearest = np.minimum(self.base, nearest)
        self.stranded = np.flatnonzero(np.isinf(nearest))
        self.steps = ["farthest first, search"]
        self._begin(pairs, site, float(nearest.max(initial=0.0)))

    def _begin(self, pairs: Pairs, site: Ints, least: float) -> None:
        """Make a first plan, and keep only the pairs that a better one may use."""
        opened, items, now = farthest_first(*pairs, site, self.base, self.p)
        reached = float(now.max(initial=0.0))
        self.pairs = pairs_within(*pairs, reached) if np.isfinite(reached) else pairs
        values = np.r_[self.pairs[2], self.base[np.isfinite(self.base) & (self.base <= reached)]]
        self.radii = np.unique(values[values >= least])
        self.low, self.high, self.plan = -1, len(self.radii), np.empty(0, dtype=np.int64)
        if np.isfinite(reached):
            self.high, self.plan = int(np.searchsorted(self.radii, reached)), opened
        if self.p < len(items) <= MAX_IN_PAIRS and len(self.radii):
            shared = pair_bound(*self.pairs, items, self.base)
            # what is below lies beyond all doubt
            short = int(np.searchsorted(self.radii, min(shared, reached)))
            self.low = min(short, len(self.radii), self.high) - 1

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
        """Tell the caller what is news; seconds left."""
        self.clock.tick(self.upper, self.lower)
        return self.clock.left_s

    def covers(self, number: int) -> sp.csr_array:
        """Which free site reaches which item, that no required site does, at a radius."""
        offset, item, n_items = covers_within(*self.pairs, self.base, self.radii[number])
        shape = (len(self.sites), n_items)
        return sp.csr_array((np.ones(len(item)), item, offset), shape=shape)

    def take(self, sites: Ints) -> None:
        """Keep a plan of free sites when it is the best."""
        sites = np.asarray(sites, dtype=np.int64)
        reached = nearest_of(*self.pairs, sites, self.base).max(initial=0.0)
        number = int(np.searchsorted(self.radii, reached))
        if number < self.high:
            self.high, self.plan = number, sites

    def drop_far_pairs(self) -> None:
        """Drop the pairs that no plan better than the best one uses."""
        if self.high < len(self.radii):
            self.pairs = pairs_within(*self.pairs, self.upper)

    def search(self, number: int, steps: int) -> bool:
        """Look for a plan at a radius; True when there is one."""
        covers = self.covers(number)
        if covers.shape[1] == 0:
            self.take(np.empty(0, dtype=np.int64))
            return True
        if self.p == 0 or (np.bincount(covers.indices, minlength=covers.shape[1]) == 0).any():
            self.low = max(self.low, number)
            return False
        cover = from_rows(
            covers.indptr.astype(np.int64),
            covers.indices.astype(np.int32),
            np.ones(covers.shape[1]),
        )
        steps = min(steps, STEPS_PER_PAIR * len(cover.option_item))
        state = search.new_state(cover, seed=self.params.seed)
        opened, turns = search.fill(cover, state, self.p, self.plan), np.array([1, -1])
        for _ in range(0, steps, PIECE_STEPS):
            if search.reach_all(cover, state, opened, turns, PIECE_STEPS):
                self.take(opened)
                return True
            if self.left_s() <= 0.0:
                break
        return False

    def ask(self, number: int, *, most_steps: int = 0, by_programme: bool = False) -> bool:
        """Ask whether a radius is enough; True when the answer is known.

        The tree may take ``most_steps``; with none the bound and its covers alone are asked. HiGHS
        in its place, ``by_programme``, may take a part of the time left.
        """
        until = self.clock.left_s * (1.0 - PROGRAMME_PART) if by_programme else 0.0
        cover = cover_within(
            self.covers(number),
            self.p,
            left_s=lambda: max(self.left_s() - until, 0.0),
            seed=self.params.seed,
            most_steps=most_steps,
            by_programme=by_programme,
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
        self.drop_far_pairs()
        self.search_below(LONG_STEPS)

    def search_below(self, steps: int) -> None:
        """Look just below the best plan, and farther below each time that finds one."""
        leap = 1
        while self.low + 1 < self.high and self.left_s() > 0.0:
            if self.search(max(self.high - leap, self.low + 1), steps):
                leap *= 2
            elif leap == 1:
                return
            else:
                leap = 1

    def bisect_by_bound(self) -> None:
        """Raise ``low`` as far as the Lagrangian bound proves radii too short."""
        self.steps.append("Lagrangian bound")
        first_unknown = self.high
        while self.low + 1 < first_unknown and not self.done and self.left_s() > 0.0:
            middle = (self.low + first_unknown) // 2
            if not self.ask(middle) or self.high <= middle:
                first_unknown = min(middle, self.high)
        self.drop_far_pairs()

    def bisect_exactly(self) -> None:
        """Search and ask the tree halfway; where it cannot tell, lower. Then with more steps."""
        self.steps.append("cuts and branches")
        steps = FIRST_TREE_STEPS
        while not self.done and self.left_s() > 0.0:
            first_unknown = self.high
            while self.low + 1 < first_unknown and not self.done and self.left_s() > 0.0:
                middle = (self.low + first_unknown) // 2
                known = (
                    self.search(middle, steps // 4)
                    or self.ask(middle, most_steps=steps)
                    # branches of the best bound prove; HiGHS dives, and finds
                    or self.ask(middle, most_steps=steps, by_programme=True)
                )
                if not known or self.high <= middle:
                    first_unknown = min(middle, self.high)
            self.drop_far_pairs()
            steps *= 2
            if not self.done and self.left_s() > 0.0:
                self.search_below(steps)


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
        known_answer = run.p == 0 or run.ask(len(run.radii) - 1, most_steps=NO_LIMIT)
        if run.high == len(run.radii):
            return _without_plan(run, known_answer=known_answer)
    if not run.done:
        run.bisect_by_bound()
    if not run.done:
        run.bisect_exactly()
    clock.report(run.upper, run.lower)
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
