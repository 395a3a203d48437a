r"""The Lagrangian bound of maximal covering.

With cover variables y and open variables x, relax ``y_i <= sum_j a_ij x_j`` with multipliers
``u_i`` in [0, w_i] and the rows of money and number r with multipliers ``v_r >= 0``:

.. math::
   L(u, v) = \sum_i (w_i - u_i) + \sum_r v_r b_r
             + \max_{x} \sum_j \Bigl(\sum_i a_{ij} u_i - \sum_r v_r a_{rj}\Bigr) x_j

where x opens at most p options, at most one a site: sort the scores. Every (u, v) gives a true
upper bound; the least one equals the bound of the linear programme. It is approached by a deflected
subgradient (Camerini, Fratta and Maffioli 1975) with Polyak's step.

The multipliers of the rows first go where no row is passed by what the relaxed problem opens: from
0 everything would open, and the first steps would lead far astray. A row then counts in the step
by the mean square of its own slopes (as in Duchi, Hazan and Singer 2011), whatever its unit is.

An item may have a second weight w'_i for a second cover (`planning.engine.variants.backup`): its
term is then ``(w_i - u_i) + max(w'_i - u_i, 0)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.engine.cover_arrays import CoverArrays
    from planning.engine.mclp.count_cuts import CountCut
    from planning.engine.mclp.side_constraints import PackingRows

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# One part in so many of each bound is added to it: what double precision sums may lose.
ROUNDING = 1e-11
# The step shrinks after so many rounds in which the bound fell by less than a notable part of the
# gap.
PATIENCE = 20.0
NOTABLE = 1e-5
# Below this step factor the multipliers no longer move.
MIN_STEP = 1e-5
# The step factor to begin with from multipliers that were good for a problem much like this one.
WARM_STEP = 0.1
# Part of the items' squared slopes that a row has in the step, and how long its own are remembered.
ROW_PART, ROW_MEMORY = 0.1, 0.95
# The multipliers of rows are settled by so many turns of so many halvings at most.
TURNS, HALVINGS = 3, 40
# Rows whose bound is further from the least one than this part of the gap have gone astray.
ASTRAY = 1.0


class WarmMultipliers(NamedTuple):
    """Prices of items and rows that were good for a problem much like this one.

    ``row_multiplier`` is empty when the rows are others now. ``cuts`` are rows beside the problem's
    own (`count_cuts`), with multipliers of their own; None where the options are others too.
    ``weighs_the_same`` tells whether the items' weights are those that the prices were good for.
    """

    multiplier: Floats
    row_multiplier: Floats
    cuts: Sequence[CountCut] | None = None
    cut_multiplier: Floats | None = None
    weighs_the_same: bool = False

    @property
    def with_cuts(self) -> WarmMultipliers:
        """The same with the cuts' multipliers after those of the rows."""
        if self.cut_multiplier is None:
            return self
        rows = np.r_[self.row_multiplier, self.cut_multiplier]
        return self._replace(row_multiplier=rows, cuts=(), cut_multiplier=None)


class BoundState(NamedTuple):
    """Prices now and at the least bound; changed in place.

    ``second`` are the weights of a second cover; ``row_slope`` the mean squares of the rows'
    slopes. ``figures`` float64[4]: the least bound, the step factor, rounds since the bound fell,
    the mean of the items' squared slopes, added up.
    """

    multiplier: Floats
    row_multiplier: Floats
    direction: Floats
    row_direction: Floats
    row_slope: Floats
    best_multiplier: Floats
    best_row_multiplier: Floats
    second: Floats
    score: Floats
    figures: Floats


def new_bound(
    cover: CoverArrays,
    rows: PackingRows,
    *,
    cover_count: Ints | None = None,
    warm: WarmMultipliers | None = None,
    second: Floats | None = None,
    settled: bool = True,
) -> BoundState:
    """Start from ``warm``, or 0.9, 0.5, 0.1 of the weight at 0, 1, 2 covering options.

    ``second`` float64[n_items] is what a second cover adds; None: nothing. ``settled`` raises new
    multipliers of rows until no row is passed.
    """
    if warm is not None:
        multiplier = np.clip(warm.multiplier, 0.0, cover.weights)
    elif cover_count is None:
        multiplier = 0.5 * cover.weights
    else:
        multiplier = cover.weights * np.array([0.9, 0.5, 0.1])[np.minimum(cover_count, 2)]
    n_rows = len(rows.capacity)
    row_multiplier = np.zeros(n_rows)
    is_warm = warm is not None and len(warm.row_multiplier) == n_rows
    if warm is not None and is_warm:
        row_multiplier[:] = warm.row_multiplier
    state = BoundState(
        multiplier=multiplier,
        row_multiplier=row_multiplier,
        direction=np.zeros(cover.n_items),
        row_direction=np.zeros(n_rows),
        row_slope=np.zeros(n_rows),
        best_multiplier=multiplier.copy(),
        best_row_multiplier=row_multiplier.copy(),
        second=np.zeros(cover.n_items) if second is None else second,
        score=np.zeros(cover.n_options),
        figures=np.array([np.inf, 1.0 if warm is None else WARM_STEP, 0.0, 0.0]),
    )
    if settled and n_rows and not is_warm:
        _scores(cover, rows, state)
        settle_rows(rows, state.score, state.row_multiplier)
        state.best_row_multiplier[:] = state.row_multiplier
    return state


@compiled
def _scores(cover: CoverArrays, rows: PackingRows, bound: BoundState) -> None:
    for j in range(len(bound.score)):
        total = 0.0
        # the multipliers of the items that it covers
        for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
            total += bound.multiplier[cover.option_item[k]]
        # less what it takes of the rows, at their multipliers
        for k in range(rows.offset[j], rows.offset[j + 1]):
            total -= bound.row_multiplier[rows.row[k]] * rows.amount[k]
        bound.score[j] = total


@compiled
def choose_by_score(rows: PackingRows, score: Floats) -> tuple[Ints, float]:
    """Return the options with the highest positive scores that may open, and their sum."""
    n = len(score)
    chosen = np.empty(min(rows.most, n), np.int64)
    taken = np.zeros(max(rows.n_sites, 1), np.bool_)
    # only the count limits: a partition is enough, no sort
    if rows.n_sites == 0 and rows.most < n:
        edge = np.partition(score, n - rows.most - 1)[n - rows.most - 1] if rows.most else np.inf
        candidates = np.flatnonzero(score > max(edge, 0.0))
        # equal scores at the edge: take the first ones
        short = rows.most - len(candidates)
        if short > 0 and edge > 0.0:
            candidates = np.concatenate((candidates, np.flatnonzero(score == edge)[:short]))
        return candidates, float(score[candidates].sum())
    n_chosen = 0
    total = 0.0
    # with sites: from the highest score, at most one a site
    for j in np.argsort(-score):
        if n_chosen == len(chosen) or score[j] <= 0.0:
            break
        if rows.site[j] >= 0:
            if taken[rows.site[j]]:
                continue
            taken[rows.site[j]] = True
        chosen[n_chosen] = j
        n_chosen += 1
        total += score[j]
    return chosen[:n_chosen].copy(), float(total)


@compiled
def settle_rows(rows: PackingRows, score: Floats, row_multiplier: Floats) -> None:
    """Raise the multipliers of rows, one after the other, until what opens passes no row.

    ``score`` are the options' scores without the rows; ``row_multiplier`` begins at 0.
    """
    for _ in range(TURNS):
        for r in range(len(rows.capacity)):
            low, high, tried = 0.0, -1.0, row_multiplier[r]
            for _ in range(HALVINGS):
                row_multiplier[r] = tried
                # within the row: lower; above it: double until it is within, then halve
                if _row_use(rows, score, row_multiplier, r) <= rows.capacity[r]:
                    high = tried
                else:
                    low = tried
                if high < 0.0:
                    tried = 2.0 * tried if tried > 0.0 else 1e-3
                    continue
                if high - low <= 1e-3 * high:
                    break
                tried = 0.5 * (low + high)
            row_multiplier[r] = max(high, 0.0)


@compiled
def _row_use(rows: PackingRows, score: Floats, row_multiplier: Floats, row: int) -> float:
    """Return what the relaxed problem takes of a row."""
    after = score.copy()
    for j in range(len(score)):
        for k in range(rows.offset[j], rows.offset[j + 1]):
            after[j] -= row_multiplier[rows.row[k]] * rows.amount[k]
    used = 0.0
    for j in choose_by_score(rows, after)[0]:
        for k in range(rows.offset[j], rows.offset[j + 1]):
            if rows.row[k] == row:
                used += rows.amount[k]
    return used


@compiled
def evaluate(cover: CoverArrays, rows: PackingRows, bound: BoundState) -> tuple[float, Ints]:
    """Return the bound at the multipliers now, and the options that the relaxed problem opens."""
    _scores(cover, rows, bound)
    chosen, value = choose_by_score(rows, bound.score)
    # the rest of the Lagrangian: what multipliers leave of the weights,
    for i in range(len(cover.weights)):
        value += cover.weights[i] - bound.multiplier[i]
        value += max(bound.second[i] - bound.multiplier[i], 0.0)
    # and what the rows' multipliers pay for their capacities
    for r in range(len(rows.capacity)):
        value += bound.row_multiplier[r] * rows.capacity[r]
    # raised by what the sums may have lost
    return value * (1.0 + ROUNDING), chosen


@compiled
def lower_bound_by_multipliers(
    cover: CoverArrays,
    rows: PackingRows,
    bound: BoundState,
    known: float,
    most_work: int,
) -> tuple[Ints, int]:
    """Move the multipliers until the steps are used up or the step has become too small.

    ``known`` is the value of the best plan so far: the bound cannot fall below it. Returns what
    the relaxed problem opens at the last multipliers, and the steps taken.
    """
    m = len(cover.weights)
    n_rows = len(rows.capacity)
    count = np.zeros(m, np.int32)
    pull = np.zeros(n_rows)
    chosen = np.empty(0, np.int64)
    work = 0
    while work < most_work and bound.figures[1] > MIN_STEP:
        # the bound here; the least one is kept with its multipliers
        value, chosen = evaluate(cover, rows, bound)
        work += len(cover.option_item) + 8 * m
        is_shorter = note(bound, value, known)
        # gone astray at the multipliers of rows: back to the least bound
        astray = value - bound.figures[0] > ASTRAY * abs(bound.figures[0] - known)
        if is_shorter and n_rows and astray:
            value, chosen = go_back(cover, rows, bound)
        # the bound has met the best plan: proven
        if bound.figures[0] - known <= 1e-9 * abs(known):
            break
        # the subgradient: how often each item is covered, how far each row is passed
        count[:] = 0
        pull[:] = -rows.capacity
        for j in chosen:
            for k in range(cover.option_offset[j], cover.option_offset[j + 1]):
                count[cover.option_item[k]] += 1
            for k in range(rows.offset[j], rows.offset[j + 1]):
                pull[rows.row[k]] += rows.amount[k]
        # move against it
        step(cover, bound, count, pull, value, known)
    return chosen, work


@compiled
def note(bound: BoundState, value: float, known: float) -> bool:
    """Take note of the bound at the multipliers now; tells whether the step has become shorter."""
    if value < bound.figures[0]:
        if bound.figures[0] - value > NOTABLE * abs(value - known):
            bound.figures[2] = 0.0
        bound.figures[0] = value
        bound.best_multiplier[:] = bound.multiplier
        bound.best_row_multiplier[:] = bound.row_multiplier
    # shorten the step after so many rounds without a notable fall
    bound.figures[2] += 1.0
    if bound.figures[2] < PATIENCE:
        return False
    bound.figures[1] *= 0.7
    bound.figures[2] = 0.0
    return True


@compiled
def go_back(cover: CoverArrays, rows: PackingRows, bound: BoundState) -> tuple[float, Ints]:
    """Go back to the multipliers of the least bound, at rest; returns what `evaluate` does."""
    bound.multiplier[:] = bound.best_multiplier
    bound.row_multiplier[:] = bound.best_row_multiplier
    bound.direction[:] = 0.0
    bound.row_direction[:] = 0.0
    return evaluate(cover, rows, bound)


@compiled
def step(  # noqa: PLR0917 - compiled: positional only
    cover: CoverArrays,
    bound: BoundState,
    count: Ints,
    pull: Floats,
    value: float,
    known: float,
) -> None:
    """Take one deflected Polyak step; multipliers stay within [0, w] and at 0 or above.

    ``count`` [n_items] tells how often the relaxed problem covers an item, ``pull`` [n_rows] by
    how much it passes a row.
    """
    norm, squares = 0.0, 0.0
    # deflect (Camerini, Fratta and Maffioli 1975); what would leave [0, w] does not pull
    for i in range(len(count)):
        slope = count[i] - 1.0
        if bound.multiplier[i] < bound.second[i]:
            slope -= 1.0
        if (slope < 0.0 and bound.multiplier[i] >= cover.weights[i]) or (
            slope > 0.0 and bound.multiplier[i] <= 0.0
        ):
            slope = 0.0
        move = 0.9 * bound.direction[i] + 0.1 * slope
        bound.direction[i] = move
        squares += slope * slope
        norm += move * move
    # the rows likewise, each brought to a part of the items' size
    memory = ROW_MEMORY if bound.figures[3] > 0.0 else 0.0
    bound.figures[3] = memory * bound.figures[3] + (1.0 - memory) * squares
    for r in range(len(pull)):
        slope = pull[r]
        bound.row_slope[r] = memory * bound.row_slope[r] + (1.0 - memory) * slope * slope
        if slope < 0.0 and bound.row_multiplier[r] <= 0.0:
            slope = 0.0
        move = 0.9 * bound.row_direction[r] + 0.1 * slope
        bound.row_direction[r] = move
        norm += _row_scale(bound, r) * move * move
    if norm <= 0.0:
        return
    # Polyak's (1969) step towards a value between the best plan and the best bound
    target = known + 0.3 * (bound.figures[0] - known)
    length = bound.figures[1] * max(value - target, 0.0) / norm
    # move, and stay within [0, w] and at 0 or above
    for i in range(len(count)):
        multiplier = bound.multiplier[i] - length * bound.direction[i]
        bound.multiplier[i] = min(max(multiplier, 0.0), cover.weights[i])
    for r in range(len(pull)):
        move = length * _row_scale(bound, r) * bound.row_direction[r]
        bound.row_multiplier[r] = max(bound.row_multiplier[r] + move, 0.0)


@compiled
def _row_scale(bound: BoundState, row: int) -> float:
    """Return the square of what brings a row's slope to a part of all items' slopes."""
    if bound.row_slope[row] <= 0.0:
        return 0.0
    return float(ROW_PART * bound.figures[3] / bound.row_slope[row])
