r"""The Lagrangian bound of set covering, and covers made from its multipliers.

With multipliers ``u_i >= 0`` on the rows ``sum_j a_ij x_j >= 1``:

.. math:: L(u) = \sum_i u_i + \sum_j \min\bigl(0,\ c_j - \sum_i a_{ij} u_i\bigr)

is below the cost of every cover. A subgradient raises it; on the way a greedy by reduced cost
(Caprara, Fischetti and Toth 1999, in short) makes covers, each freed of what it does not need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.cover_arrays import CoverArrays

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# Rounds without a higher bound after which the step is shortened, and by how much.
PATIENCE = 25
SHORTER = 0.7
MIN_STEP = 2e-4
# Every so many rounds a cover is made from the multipliers.
GREEDY_EVERY = 4
# Elementary steps between two looks at the clock.
PIECE_STEPS = 10_000_000


class CoverBound(NamedTuple):
    """The best cover, the bound and the multipliers of a run that may go on; changed in place.

    ``best`` bool[n] is the best cover, ``best_reduced`` float64[n] the reduced costs at the best
    multipliers. ``figures`` float64[5]: the bound, the best cover's cost, the step factor, rounds
    since the bound rose, all rounds.
    """

    multiplier: Floats
    direction: Floats
    covered: Floats
    reduced: Floats
    best_reduced: Floats
    best: npt.NDArray[np.bool_]
    trial: npt.NDArray[np.bool_]
    figures: Floats

    @property
    def bound(self) -> float:
        """No cover costs less."""
        return float(self.figures[0])

    @property
    def cost(self) -> float:
        """What the best cover costs; inf where there is none."""
        return float(self.figures[1])


def new_cover_bound(cover: CoverArrays, costs: Floats) -> CoverBound:
    """Start from the multipliers that share each option's cost out, and their greedy cover."""
    n, m = len(costs), cover.n_items
    multiplier = _first_multipliers(cover, costs)
    best = np.zeros(n, dtype=np.bool_)
    cost = greedy_cover(cover, costs, multiplier, best)
    return CoverBound(
        multiplier=multiplier,
        direction=np.zeros(m),
        covered=np.zeros(m),
        reduced=np.zeros(n),
        best_reduced=costs.copy(),
        best=best,
        trial=np.zeros(n, dtype=np.bool_),
        figures=np.array([0.0, cost, 1.0, 0.0, 0.0]),
    )


def bound_and_cover(
    cover: CoverArrays,
    costs: Floats,
    *,
    most_rounds: int,
    grain: float,
    is_over: Callable[[CoverBound], bool],
) -> CoverBound:
    """Raise the bound for up to ``most_rounds`` rounds and make covers on the way.

    All costs are multiples of ``grain`` (0: no such thing). ``is_over`` is asked after every few
    rounds whether to end; it ends by itself when the bound proves the best cover or is at rest.
    """
    state = new_cover_bound(cover, costs)
    piece = max(int(PIECE_STEPS / (3 * len(cover.option_item) + 1)), 1)
    rounds = 0
    while rounds < most_rounds:
        done = raise_and_cover(cover, costs, state, grain, min(piece, most_rounds - rounds))
        rounds += done
        if not done or is_over(state):
            break
    return state


@compiled
def greedy_cover(
    cover: CoverArrays, costs: Floats, multiplier: Floats, chosen: npt.NDArray[np.bool_]
) -> float:
    """Cover every row, by least reduced cost for each new row; mark ``chosen``; the cost.

    Afterwards options that the others make needless are closed again, dearest first.
    """
    n, m = len(costs), len(multiplier)
    chosen[:] = False
    count = np.zeros(m, np.int32)
    reduced, fresh = _fresh(cover, costs, multiplier)
    uncovered = m
    # open by reduced cost for each new row (Caprara, Fischetti and Toth 1999)
    while uncovered > 0:
        best, best_value = -1, np.inf
        # below 0 the ratio turns round: more rows for a negative cost are better
        for j in range(n):
            if fresh[j] > 0:
                value = reduced[j] / fresh[j] if reduced[j] > 0.0 else reduced[j] * fresh[j]
                if value < best_value:
                    best, best_value = j, value
        # nothing covers what is left: no cover
        if best < 0:
            return float(np.inf)
        chosen[best] = True
        for k in range(cover.option_offset[best], cover.option_offset[best + 1]):
            i = cover.option_item[k]
            count[i] += 1
            # newly covered: its multiplier no longer lowers the cost of its other options
            if count[i] == 1:
                uncovered -= 1
                for other in range(cover.item_offset[i], cover.item_offset[i + 1]):
                    reduced[cover.item_option[other]] += multiplier[i]
                    fresh[cover.item_option[other]] -= 1
    return _without_needless(cover, costs, chosen, count)


@compiled
def _fresh(cover: CoverArrays, costs: Floats, multiplier: Floats) -> tuple[Floats, Ints]:
    reduced = costs.copy()
    fresh = np.zeros(len(costs), np.int64)
    for j in range(len(costs)):
        # reduced cost, and how many rows are new
        for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
            reduced[j] -= multiplier[cover.option_item[k]]
            fresh[j] += 1
    return reduced, fresh


@compiled
def _without_needless(
    cover: CoverArrays, costs: Floats, chosen: npt.NDArray[np.bool_], count: Ints
) -> float:
    options = np.flatnonzero(chosen)
    for j in options[np.argsort(-costs[options], kind="mergesort")]:
        # needless when others cover all of its rows
        needless = True
        for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
            needless = needless and count[cover.option_item[k]] > 1
        if needless:
            chosen[j] = False
            for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
                count[cover.option_item[k]] -= 1
    return float(costs[chosen].sum())


@compiled
def raise_and_cover(
    cover: CoverArrays, costs: Floats, state: CoverBound, grain: float, most_rounds: int
) -> int:
    """Go on for up to ``most_rounds`` rounds; returns how many were gone, 0 at the end."""
    figures = state.figures
    for turn in range(most_rounds):
        # the bound here; the best one is kept with its reduced costs
        value = _relaxed(cover, costs, state.multiplier, state.reduced, state.covered)
        lower, upper = figures[0], figures[1]
        if value > lower + 1e-9 * abs(lower):
            figures[3] = 0.0 if value > lower + 1e-5 * abs(upper - lower) else figures[3] + 1.0
            lower = value
            figures[0] = value
            state.best_reduced[:] = state.reduced
        else:
            figures[3] += 1.0
        # a cost is a multiple of the grain: round the bound up
        proven = grain * np.ceil(lower / grain - 1e-6) if grain > 0.0 else lower
        if proven >= upper * (1.0 - 1e-12) or figures[2] < MIN_STEP:
            return turn
        # shorten the step after so many rounds without a notable rise
        if figures[3] >= PATIENCE:
            figures[2] *= SHORTER
            figures[3] = 0.0
        # a cover from the reduced costs of now
        if figures[4] % GREEDY_EVERY == 0:
            cost = greedy_cover(cover, costs, state.multiplier, state.trial)
            if cost < upper:
                figures[1] = cost
                state.best[:] = state.trial
        figures[4] += 1.0
        # a subgradient step (Held and Karp 1971)
        _move(state.multiplier, state.direction, state.covered, figures[2], value, figures[1])
    return most_rounds


@compiled
def _first_multipliers(cover: CoverArrays, costs: Floats) -> Floats:
    """Give each row the least cost for a row of the options that cover it."""
    multiplier = np.full(len(cover.item_offset) - 1, np.inf)
    for j in range(len(costs)):
        size = cover.option_offset[j + 1] - cover.option_offset[j]
        for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
            i = cover.option_item[k]
            multiplier[i] = min(multiplier[i], costs[j] / size)
    return multiplier


@compiled
def _relaxed(
    cover: CoverArrays, costs: Floats, multiplier: Floats, reduced: Floats, count: Floats
) -> float:
    """Evaluate the bound; ``reduced`` costs and ``count`` of covering options are filled in."""
    value = multiplier.sum()
    count[:] = 0.0
    # options of negative reduced cost open, the others do not
    for j in range(len(costs)):
        total = costs[j]
        for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
            total -= multiplier[cover.option_item[k]]
        reduced[j] = total
        if total < 0.0:
            value += total
            for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
                count[cover.option_item[k]] += 1.0
    return float(value)


@compiled
def _move(  # noqa: PLR0917 - compiled: positional only
    multiplier: Floats,
    direction: Floats,
    count: Floats,
    step: float,
    value: float,
    upper: float,
) -> None:
    norm = 0.0
    # deflected; what would fall below 0 does not pull
    for i in range(len(multiplier)):
        slope = 1.0 - count[i]
        if slope < 0.0 and multiplier[i] <= 0.0:
            slope = 0.0
        direction[i] = 0.7 * direction[i] + 0.3 * slope
        norm += direction[i] * direction[i]
    if norm <= 0.0:
        return
    # Polyak's (1969) step, towards a little above the best cover
    length = step * (1.02 * upper - value) / norm if upper < np.inf else step / norm
    for i in range(len(multiplier)):
        multiplier[i] = max(multiplier[i] + length * direction[i], 0.0)
