r"""The Lagrangian bound of a p-median: what no plan can cost less than.

With a multiplier :math:`\lambda_i` on serving item i, a site is worth
:math:`\rho_j = \sum_i \min(0, c_{ij} - \lambda_i)` and

.. math::
   L(\lambda) = \sum_i \lambda_i + \min_{|S| \le p} \sum_{j \in S} \rho_j

is a lower bound (Cornuejols, Fisher and Nemhauser 1977); its maximum is the bound of the linear
relaxation, which is close for p-medians. Prices move by deflected Polyak steps. Sites whose worth
proves that they are open, or closed, in every better plan are fixed on the way (Beasley 1993).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled

if TYPE_CHECKING:
    from planning.engine.p_median.candidate_lists import MedianPairs

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# Every bound loses this share of the sum of all multipliers: what double precision may lose.
ROUNDING = 1e-13
# The step shrinks after so many rounds without a notable rise.
PATIENCE = 15
NOTABLE = 0.002
FREE, OPEN, CLOSED = 0, 1, -1


class MultiplierState(NamedTuple):
    """Prices and what is known of each site; changed in place.

    ``status`` int8[n]: FREE, OPEN or CLOSED in every plan below the cutoff. ``worth`` float64[n]:
    rho. ``often`` float64[n]: share of late rounds in which the relaxed problem opened the site.
    ``figures`` float64[3]: the best bound, the step factor, rounds since a notable rise.
    """

    multiplier: Floats
    best_multiplier: Floats
    direction: Floats
    worth: Floats
    often: Floats
    status: npt.NDArray[np.int8]
    figures: Floats


def new_multipliers(n_sites: int, multiplier: Floats, *, factor: float = 1.0) -> MultiplierState:
    """Start from given multipliers, with steps of the given factor."""
    return MultiplierState(
        multiplier=multiplier.copy(),
        best_multiplier=multiplier.copy(),
        direction=np.zeros(len(multiplier)),
        worth=np.zeros(n_sites),
        often=np.zeros(n_sites),
        status=np.zeros(n_sites, dtype=np.int8),
        figures=np.array([-np.inf, factor, 0.0]),
    )


def multipliers_of_plan(first: Floats, second: Floats) -> Floats:
    """Prices between the costs at the two best open sites of a good plan."""
    multiplier = np.minimum(0.5 * (first + second), 2.0 * first)
    return np.where(multiplier > 0, multiplier, 0.5 * second)


@compiled
def _worths(pairs: MedianPairs, state: MultiplierState) -> int:
    state.worth[:] = 0.0
    work = 0
    for i in range(len(state.multiplier)):
        multiplier = state.multiplier[i]
        k, end = pairs.item_offset[i], pairs.item_offset[i + 1]
        work -= k
        # sorted by cost: only sites below the multiplier are worth something
        while k < end and pairs.item_cost[k] < multiplier:
            state.worth[pairs.item_site[k]] += pairs.item_cost[k] - multiplier
            k += 1
        work += k
    return work


@compiled
def evaluate(
    pairs: MedianPairs, state: MultiplierState, p: int
) -> tuple[float, Ints, tuple[float, float], int]:
    """Return the bound at the multipliers now, what the relaxed problem opens, edges, and work.

    The edges are the worth of the worst free site taken and of the best one left; 0 where the
    count does not bind.
    """
    work = _worths(pairs, state)
    n = len(state.status)
    chosen = np.empty(n, np.int64)
    free = np.empty(n, np.int64)
    value = 0.0
    n_chosen, size = 0, 0
    # open for good is chosen, free ones compete
    for j in range(n):
        if state.status[j] == OPEN:
            chosen[n_chosen] = j
            n_chosen += 1
            value += state.worth[j]
        elif state.status[j] == FREE:
            free[size] = j
            size += 1
    left = p - n_chosen
    taken, best_left = 0.0, 0.0
    picked = free[:size]
    # more are open for good than may be: no plan
    if left < 0:
        return np.inf, chosen[:p], (taken, best_left), work
    # the count binds: the best of the free ones, and the edge between taken and left
    if left < size:
        worth = state.worth[picked]
        order = np.argsort(worth, kind="mergesort")
        picked = picked[order[:left]]
        best_left = worth[order[left]]
        taken = worth[order[left - 1]] if left > 0 else -np.inf
    # these are opened by the relaxed problem
    for j in picked:
        chosen[n_chosen] = j
        n_chosen += 1
        value += state.worth[j]
    total = state.multiplier.sum()
    return total + value - ROUNDING * total, chosen[:n_chosen], (taken, best_left), work


@compiled
def fix(state: MultiplierState, value: float, edges: tuple[float, float], cutoff: float) -> None:
    """Fix the free sites that the worths now settle against plans at or below ``cutoff``."""
    taken, best_left = edges
    for j in range(len(state.status)):
        if state.status[j] != FREE:
            continue
        worth = state.worth[j]
        # opening a site that was left out puts out the worst one taken, and the reverse
        if worth > taken and value + worth - taken > cutoff:
            state.status[j] = CLOSED
        elif worth < best_left and value - worth + best_left > cutoff:
            state.status[j] = OPEN


@compiled
def raise_bound(
    pairs: MedianPairs,
    state: MultiplierState,
    p: int,
    cutoff: float,
    limits: tuple[int, int, float],
) -> tuple[float, Ints, int]:
    """Move the multipliers; returns the least cost of a plan on the way, that plan, and the work.

    ``limits`` are the most rounds, the most work, and the least step factor. Ends also when the
    bound passes ``cutoff``: no plan at or below it exists.
    """
    most_rounds, most_work, least_factor = limits
    m, n = len(state.multiplier), len(state.status)
    slope = np.empty(m)
    inside = np.zeros(n, np.bool_)
    best_cost = np.inf
    best_plan = np.empty(0, np.int64)
    work, rounds = 0, 0
    while rounds < most_rounds and work < most_work:
        # the bound here; the best one is kept with its multipliers
        value, chosen, edges, more = evaluate(pairs, state, p)
        work += 2 * more + 8 * m + 8 * n
        if value > state.figures[0]:
            if value - state.figures[0] > NOTABLE * max(cutoff - value, 0.0):
                state.figures[2] = 0.0
            state.figures[0] = value
            state.best_multiplier[:] = state.multiplier
        # no plan at or below the cutoff exists
        if value > cutoff:
            break
        # reduced costs fix sites (Beasley 1993)
        fix(state, value, edges, cutoff)
        # shorten the step after so many rounds without a notable rise
        state.figures[2] += 1.0
        if state.figures[2] >= PATIENCE:
            state.figures[1] *= 0.7
            state.figures[2] = 0.0
            if state.figures[1] < least_factor:
                break
        # what the relaxed problem opens is a plan, and tells how sure each site is
        inside[:] = False
        state.often[:] *= 0.95
        for j in chosen:
            inside[j] = True
            state.often[j] += 0.05
        cost = _slopes(pairs, state, inside, slope)
        if cost < best_cost:
            best_cost = cost
            best_plan = chosen
        # move
        _step(pairs, state, slope, cutoff - value, rounds)
        rounds += 1
    return best_cost, best_plan, work


@compiled
def _slopes(
    pairs: MedianPairs, state: MultiplierState, inside: npt.NDArray[np.bool_], slope: Floats
) -> float:
    """Fill the slope of each multiplier; returns the cost of the plan ``inside``."""
    total = 0.0
    for i in range(len(slope)):
        multiplier = state.multiplier[i]
        cost = -1.0
        count = 0.0
        k, end = pairs.item_offset[i], pairs.item_offset[i + 1]
        # count its open sites below the multiplier; the first serves the item
        while k < end and pairs.item_cost[k] < multiplier:
            if inside[pairs.item_site[k]]:
                count += 1.0
                if cost < 0.0:
                    cost = pairs.item_cost[k]
            k += 1
        # none below: on to the first open one above, or nothing
        if cost < 0.0:
            while k < end and not inside[pairs.item_site[k]]:
                k += 1
            cost = pairs.item_cost[k] if k < end else pairs.base[i]
        # served once: flat
        slope[i] = 1.0 - count
        total += cost
    return total


@compiled
def _step(
    pairs: MedianPairs, state: MultiplierState, slope: Floats, missing: float, rounds: int
) -> None:
    norm = 0.0
    keep = 0.7 if rounds > 0 else 0.0
    # deflected (Camerini, Fratta and Maffioli 1975); above the base nothing rises
    for i in range(len(slope)):
        g = slope[i]
        if g > 0.0 and state.multiplier[i] >= pairs.base[i]:
            g = 0.0
        move = keep * state.direction[i] + (1.0 - keep) * g
        state.direction[i] = move
        norm += move * move
    if norm <= 0.0:
        state.figures[2] = PATIENCE
        return
    # Polyak's (1969) step towards the cutoff
    step = state.figures[1] * missing / norm
    for i in range(len(slope)):
        multiplier = state.multiplier[i] + step * state.direction[i]
        state.multiplier[i] = min(max(multiplier, 0.0), pairs.base[i])
