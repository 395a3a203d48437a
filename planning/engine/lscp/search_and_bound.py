"""Set covering from both sides: a search for cheaper covers, and the relaxation with its cuts.

The search by weights on the items goes on beside rounds of cuts, both by counted steps. What the
reduced costs leave, with the cuts that stand, is then a programme for HiGHS with start and cutoff.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planning.engine.lscp.lp_relaxation import CoveringRelaxation, cover_model
from planning.engine.lscp.row_weighting import cheaper_cover, weighted_rows
from planning.engine.mip import ENTRIES_PER_S, MipModel, solve_mip
from planning.engine.params import relative_gap
from planning.engine.proven import whole_above

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.cover_arrays import CoverArrays
    from planning.engine.lscp.lagrangian import CoverBound
    from planning.engine.params import SolveParams

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Steps of the search before the first cuts and beside each round of them; between two looks at the
# clock.
FIRST_STEPS, ROUND_STEPS, PIECE_STEPS = 40_000_000, 20_000_000, 4_000_000
# With so few pairs of option and item left the programme answers at once.
MIN_CUT_PAIRS = 1_500
# Cuts are sought until the bound has risen by less than this part of the gap in so many rounds.
STALL_PART, STALL_ROUNDS = 0.01, 4


def is_whole(costs: Floats) -> bool:
    """Whether all costs are whole numbers, and so those of every cover."""
    return bool((costs == np.floor(costs)).all())


class CoverSearch:
    """One run: the cheapest cover so far, what is proved of all, and how both were reached.

    ``lower`` is below the cost of every cover, without what is ``paid`` for required options.
    """

    def __init__(
        self,
        cover: CoverArrays,
        costs: Floats,
        bound: CoverBound,
        *,
        params: SolveParams,
        clock: Clock,
        paid: float,
    ) -> None:
        self._cover, self._costs = cover, costs
        self._params, self._clock, self._paid = params, clock, paid
        self._whole = is_whole(costs)
        self._lagrangian = bound
        self._search = weighted_rows(cover, costs, bound.best, seed=params.seed)
        self.lower = 0.0
        self.learn(bound.bound)
        self.method = "reduction, Lagrangian bound, greedy"

    @property
    def cost(self) -> float:
        """What the cheapest cover costs."""
        return float(self._search.figures[0])

    @property
    def chosen(self) -> Mask:
        """The options of that cover."""
        return self._search.best

    @property
    def done(self) -> bool:
        """Whether the proven gap is the one asked for."""
        gap = relative_gap(self.cost + self._paid, self.lower + self._paid)
        return gap <= self._params.gap

    @property
    def target(self) -> float:
        """The most that a cover may cost that is worth looking for."""
        return self.cost - (1.0 - 1e-6) if self._whole else self.cost

    def learn(self, bound: float) -> None:
        """Take note of a bound of all covers that are cheaper than the best one."""
        if bound < self.cost:
            bound = whole_above(bound) if self._whole else bound
        self.lower = max(self.lower, min(bound, self.cost))

    def tick(self) -> bool:
        """Tell the caller what is news; True when the run must end."""
        return self._clock.tick(self.cost + self._paid, self.lower + self._paid)

    def search_and_bound(self) -> None:
        """Search, cut and ask the programme until all is proved or time is up."""
        if self.done or self._ended():
            return
        self.method += ", row weighting"
        self.search(FIRST_STEPS)
        if self.done or self._ended():
            return
        state = self._lagrangian
        left = state.bound + state.best_reduced <= self.target
        model = cover_model(self._cover, self._costs, left)
        if MIN_CUT_PAIRS < model.matrix.nnz < ENTRIES_PER_S * self._clock.left_s:
            self.method += ", fixing, zero-half cuts"
            model = self._cut(model)
        if not (self.done or self._ended()):
            self.method += ", fixing, programme"
            self._ask(model, left)
        self._ended()

    def _ended(self) -> bool:
        return self._clock.report(self.cost + self._paid, self.lower + self._paid)

    def search(self, steps: int) -> None:
        """Look for cheaper covers over so many steps."""
        while steps > 0 and not (self.done or self.tick()):
            steps -= cheaper_cover(
                self._cover, self._costs, self._search, min(steps, PIECE_STEPS), self.lower
            )

    def _cut(self, model: MipModel) -> MipModel:
        """Raise the bound by cuts while the search goes on; the programme with what stands.

        Covers that are no cheaper than the best one may be cut off.
        """
        relaxation = CoveringRelaxation(model, clock=self._clock)
        bounds: list[float] = []
        with ThreadPoolExecutor(max_workers=1) as pool:
            while True:
                self.learn(relaxation.least)
                bounds.append(relaxation.least)
                if self.done or self.tick() or not relaxation.solved or self._stalls(bounds):
                    break
                relaxation.fix(*relaxation.fixed_by_cost(self.target))
                proof = pool.submit(self._cut_once, relaxation, len(bounds))
                self.search(ROUND_STEPS)
                if not proof.result():
                    break
        return relaxation.programme()

    def _cut_once(self, relaxation: CoveringRelaxation, number: int) -> bool:
        cuts = relaxation.find_cuts(seed=self._params.seed + number)
        if cuts.n_cuts:
            relaxation.add(cuts)
        return cuts.n_cuts > 0

    def _stalls(self, bounds: list[float]) -> bool:
        if len(bounds) <= STALL_ROUNDS:
            return False
        risen = bounds[-1] - bounds[-1 - STALL_ROUNDS]
        return risen < STALL_PART * (self.cost - bounds[-1])

    def _ask(self, model: MipModel, left: Mask) -> None:
        """Ask HiGHS for a cheaper cover of the options ``left``, or the proof of the best one."""
        chosen = self.chosen
        start = chosen[left].astype(np.float64)
        fits = bool(left[chosen].all() and (start <= model.upper).all())
        fits = fits and bool((start >= model.lower).all())
        cost = self.cost
        answer = solve_mip(
            model,
            time_limit_s=self._clock.left_s,
            gap=self._params.gap,
            start=start if fits else None,
            # what fixing has left out is no better than this cover
            cutoff=None if fits else cost,
            seed=self._params.seed,
            on_progress=lambda value, low: self._clock.report(
                np.fmin(value, cost) + self._paid,
                np.fmax(np.fmin(low, cost), self.lower) + self._paid,
            ),
        )
        if answer.values is not None and answer.objective < cost:
            options = np.flatnonzero(left)[answer.values > 0.5]  # noqa: PLR2004 - binary
            self._search.best[:] = False
            self._search.best[options] = True
            self._search.figures[0] = float(self._costs[options].sum())
        self.learn(answer.bound.figure(absent=self.lower, nothing=np.inf))
