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
    from planning.engine.cover_arrays import CoverArrays

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# Rounds without a higher bound after which the step is shortened, and by how much.
PATIENCE = 25
SHORTER = 0.7
MIN_STEP = 2e-4
# Every so many rounds a cover is made from the multipliers.
GREEDY_EVERY = 4


class CoverCost(NamedTuple):
    """The best cover found, its cost, the bound, and the reduced costs at the best multipliers."""

    chosen: npt.NDArray[np.bool_]
    cost: float
    bound: float
    reduced_cost: Floats


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
def bound_and_cover(cover: CoverArrays, costs: Floats, most_rounds: int, grain: float) -> CoverCost:
    """Raise the bound for up to ``most_rounds`` rounds and make covers on the way.

    All costs are multiples of ``grain`` (0: no such thing). Ends early when the bound
    proves the best cover.
    """
    n, m = len(costs), cover.item_offset.shape[0] - 1
    multiplier = _first_multipliers(cover, costs)
    direction = np.zeros(m)
    count = np.zeros(m)
    reduced = np.zeros(n)
    best_reduced = costs.copy()
    best, trial = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    upper = greedy_cover(cover, costs, multiplier, best)
    lower, step, idle = -np.inf, 1.0, 0
    for turn in range(most_rounds):
        # the bound here; the best one is kept with its reduced costs
        value = _relaxed(cover, costs, multiplier, reduced, count)
        if value > lower + 1e-9 * abs(lower):
            idle = 0 if value > lower + 1e-5 * abs(upper - lower) else idle + 1
            lower = value
            best_reduced[:] = reduced
        else:
            idle += 1
        # a cost is a multiple of the grain: round the bound up
        proven = grain * np.ceil(lower / grain - 1e-6) if grain > 0.0 else lower
        if proven >= upper * (1.0 - 1e-12) or step < MIN_STEP:
            break
        # shorten the step after so many rounds without a notable rise
        if idle >= PATIENCE:
            step *= SHORTER
            idle = 0
        # a cover from the reduced costs of now
        if turn % GREEDY_EVERY == 0:
            cost = greedy_cover(cover, costs, multiplier, trial)
            if cost < upper:
                upper = cost
                best[:] = trial
        # a subgradient step (Held and Karp 1971)
        _move(multiplier, direction, count, step, value, upper)
    return CoverCost(best, upper, lower, best_reduced)


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
