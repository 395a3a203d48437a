r"""The bound of partial covering: a fractional knapsack over the multipliers of the items.

Cover at least ``D`` of the weight at least cost. For any multipliers ``u_i`` in [0, w_i] a plan x
covers at most ``sum_i (w_i - u_i) + sum_j s_j x_j`` with ``s_j = sum_i a_ij u_i``: an item that is
not covered counts for no more than ``w_i - u_i``, a covered one for its whole weight. So

.. math::
   \min \sum_j c_j x_j \quad\text{with}\quad
   \sum_j s_j x_j \ge D - \sum_i (w_i - u_i), \quad 0 \le x_j \le 1

is below the cost of every plan (the surrogate of Glover 1968), and options by cost for score, the
last one in part, solve it (Dantzig 1957). Its best multipliers reach the bound of the linear
programme; they are approached by a deflected subgradient (Camerini, Fratta and Maffioli 1975) with
Polyak's step. With all costs 1 it is the least p whose Lagrangian bound of maximal covering is not
below D: bisection over maximal covering, every p at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled

if TYPE_CHECKING:
    from planning.engine.cover_arrays import CoverArrays

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# One part in so many of a bound is taken off: what double precision sums may lose.
ROUNDING = 1e-11
# The step shrinks after so many rounds in which the bound rose by less than a notable part of the
# gap; below the last figure the multipliers no longer move.
PATIENCE = 20.0
NOTABLE = 1e-5
MIN_STEP = 1e-3


class KnapsackState(NamedTuple):
    """Multipliers now and at the best bound; changed in place.

    ``score`` float64[n] is what the multipliers make of each option. ``figures`` float64[4]: the
    best bound, the step factor, rounds since the bound rose, and the price of a unit of weight at
    the last evaluation: the cost for score of the option that is taken in part.
    """

    multiplier: Floats
    best_multiplier: Floats
    direction: Floats
    score: Floats
    figures: Floats


def new_bound(cover: CoverArrays, cover_count: Ints) -> KnapsackState:
    """Start from 0.9, 0.5, 0.1 of the weight at 0, 1, 2 covering options of a plan."""
    multiplier = cover.weights * np.array([0.9, 0.5, 0.1])[np.minimum(cover_count, 2)]
    return KnapsackState(
        multiplier=multiplier,
        best_multiplier=multiplier.copy(),
        direction=np.zeros(cover.n_items),
        score=np.zeros(cover.n_options),
        figures=np.array([0.0, 1.0, 0.0, 0.0]),
    )


@compiled
def evaluate(
    cover: CoverArrays, costs: Floats, need: float, state: KnapsackState
) -> tuple[float, Ints, float]:
    """Return the bound at the multipliers now, the options taken, and the last one's part."""
    n = len(costs)
    ratio = np.empty(n)
    # the scores, and what each option costs for its own
    for j in range(n):
        total = 0.0
        for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
            total += state.multiplier[cover.option_item[k]]
        state.score[j] = total
        ratio[j] = costs[j] / total if total > 0.0 else np.inf
    # what must come from scores: less by what the sums may lose
    whole, kept = 0.0, 0.0
    for i in range(len(cover.weights)):
        whole += cover.weights[i]
        kept += cover.weights[i] - state.multiplier[i]
    right = need - kept - ROUNDING * whole
    order = np.argsort(ratio)
    state.figures[3] = ratio[order[0]] if n else 0.0
    if right <= 0.0 or n == 0:
        return 0.0, order[:0].copy(), 0.0
    value, size, part = 0.0, 0, 1.0
    # the cheapest for their score first, the last one in part (Dantzig 1957)
    while size < n and right > 0.0:
        j = order[size]
        if state.score[j] <= 0.0:
            break
        part = min(right / state.score[j], 1.0)
        value += part * costs[j]
        right -= state.score[j]
        state.figures[3] = ratio[j]
        size += 1
    return value * (1.0 - ROUNDING), order[:size].copy(), part


@compiled
def raise_bound(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    costs: Floats,
    need: float,
    state: KnapsackState,
    known: float,
    enough: float,
    most_work: int,
) -> int:
    """Move the multipliers over ``most_work`` steps, until they rest or the bound is ``enough``.

    ``known`` is the cost of the best plan so far. Returns the steps taken.
    """
    m = len(cover.weights)
    count = np.zeros(m)
    work = 0
    while work < most_work and state.figures[1] > MIN_STEP:
        # the bound here; the best one is kept with its multipliers
        value, chosen, part = evaluate(cover, costs, need, state)
        work += len(cover.option_item) + 10 * m + 20 * len(costs)
        best = state.figures[0]
        if value > best:
            if value - best > NOTABLE * abs(known - value):
                state.figures[2] = 0.0
            state.figures[0] = value
            state.best_multiplier[:] = state.multiplier
        if state.figures[0] >= enough:
            break
        # shorten the step after so many rounds without a notable rise
        state.figures[2] += 1.0
        if state.figures[2] >= PATIENCE:
            state.figures[1] *= 0.7
            state.figures[2] = 0.0
        # the subgradient: how often each item is covered
        count[:] = 0.0
        for place in range(len(chosen)):
            j = chosen[place]
            share = part if place == len(chosen) - 1 else 1.0
            for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
                count[cover.option_item[k]] += share
        work += len(chosen) * len(cover.option_item) // max(len(costs), 1)
        _step(cover, state, count, value, known)
    return work


@compiled
def _step(
    cover: CoverArrays, state: KnapsackState, count: Floats, value: float, known: float
) -> None:
    norm = 0.0
    # deflect (Camerini, Fratta and Maffioli 1975); what would leave [0, w] does not pull
    for i in range(len(count)):
        slope = 1.0 - count[i]
        if (slope > 0.0 and state.multiplier[i] >= cover.weights[i]) or (
            slope < 0.0 and state.multiplier[i] <= 0.0
        ):
            slope = 0.0
        move = 0.9 * state.direction[i] + 0.1 * slope
        state.direction[i] = move
        norm += move * move
    if norm <= 0.0 or state.figures[3] <= 0.0 or not np.isfinite(state.figures[3]):
        state.figures[1] *= 0.7
        return
    # Polyak's (1969) step towards a value between the best bound and the best plan; a unit of a
    # multiplier is worth the price
    target = state.figures[0] + 0.7 * (known - state.figures[0])
    step = state.figures[1] * max(target - value, 0.0) / (state.figures[3] * norm)
    for i in range(len(count)):
        multiplier = state.multiplier[i] + step * state.direction[i]
        state.multiplier[i] = min(max(multiplier, 0.0), cover.weights[i])


def not_too_dear(
    cover: CoverArrays, costs: Floats, need: float, state: KnapsackState, cutoff: float
) -> npt.NDArray[np.bool_]:
    """Mark the options that a plan at or below ``cutoff`` may open, by the best multipliers.

    An option that is not taken costs at least its reduced cost more (Beasley 1993).
    """
    state.multiplier[:] = state.best_multiplier
    value, _, _ = evaluate(cover, costs, need, state)
    reduced = np.maximum(costs - state.figures[3] * state.score, 0.0)
    return np.asarray(value + reduced * (1.0 - ROUNDING) <= cutoff)
