r"""Zero-half cuts of maximal covering: what the linear programme believes of odd rings of sites.

Three sites of which each covers two of three items would, half open each, cover all three: a linear
programme believes it, no plan can do it. Take the rows ``y_i <= sum_j a_ij x_j`` of a set S of
items, an odd number of them, add ``y_i <= 1``, halve and round:

.. math::
   \sum_{i \in S} y_i \le \frac{|S| - 1}{2}
       + \sum_j \Bigl\lceil \tfrac12 \sum_{i \in S} a_{ij} \Bigr\rceil x_j

Every plan keeps it (Chvatal 1973; Caprara and Fischetti 1996). Cuts that stand already are rows for
new ones. On street networks such cuts close nearly all of the gap between the linear programme and
the best plan: New York with 70 and 80 stations is proved without a branch.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.cutting_planes import Cuts, no_cuts
from planning.engine.mclp.zero_half_separation import find_odd_sets, odd_rows

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# Columns below this are zero at a point, and rows with more slack are of no use.
TINY = 1e-7
# A set is taken when its sum is below 1 by this much, at least.
MIN_VIOLATION = 0.01
# Most rows of a set, most sets that one row may be in, and most cuts of one round.
MAX_ROWS, MAX_USES, MAX_CUTS = 9, 3, 400
# Cuts with larger coefficients are not kept: they are of little use and spoil the arithmetic.
LARGEST = 16.0
# Steps of the search for odd sets in one round.
ROUND_STEPS = 60_000_000


class FoundCuts(NamedTuple):
    """The cuts of one round and the steps that finding them took."""

    cuts: Cuts
    steps: int


def find_cuts(
    rows: Cuts, point: Floats, *, n_options: int, seed: int, steps: int = ROUND_STEPS
) -> FoundCuts:
    """Find cuts that ``point`` violates.

    Parameters
    ----------
    rows
        What stands already, of whole numbers: ``y_i - sum_j a_ij x_j <= 0``, cuts found before and
        whatever else every plan keeps.
    point
        float64[n_columns], the solution of the linear programme.
    n_options
        So many columns are options, of which only ``x >= 0`` is used; the ``y <= 1`` follow.
    seed
        Which rows are looked at first where ``steps`` do not suffice for all.
    """
    matrix, right = rows
    point = np.clip(point, 0.0, 1.0)
    odd = matrix.copy()
    odd.data %= 2.0
    odd.eliminate_zeros()
    n_odd_covers = np.asarray(odd[:, n_options:].sum(axis=1)).ravel()
    is_odd = ((right + n_odd_covers) % 2.0).astype(np.int8)
    # an odd option is rounded up for x, an odd cover costs what y lacks of 1
    column_weight = np.r_[point[:n_options], 1.0 - point[n_options:]]
    slack = np.maximum(right - matrix @ point, 0.0)
    chosen = _distinct(odd, column_weight, slack, is_odd)
    few = odd[chosen]
    few, weights, own = _without_private(few, column_weight)
    slack = slack[chosen] + own
    tight = slack < 1.0 - MIN_VIOLATION
    few, chosen = sp.csr_array(few[np.flatnonzero(tight)]), chosen[tight]
    order = np.random.default_rng(seed).permutation(len(chosen))
    sets = find_odd_sets(
        odd_rows(few, column_weight=weights, slack=slack[tight], is_odd=is_odd[chosen]),
        order,
        most=MAX_ROWS,
        budget=steps,
    )
    picked = _picked(sets.rows, sets.total)
    cuts_of_sets = _halved(picked, chosen, rows, n_options)
    good = cuts_of_sets.matrix @ point - cuts_of_sets.right > MIN_VIOLATION / 4.0
    large = (
        abs(cuts_of_sets.matrix).max(axis=1).toarray().ravel()
        if cuts_of_sets.n_cuts
        else np.empty(0)
    )
    return FoundCuts(cuts_of_sets.kept(good & (large <= LARGEST)), sets.steps)


def _distinct(odd: sp.csr_array, column_weight: Floats, slack: Floats, is_odd: Ints) -> Ints:
    """Return the rows that count: of those with the same odd columns the one with least slack."""
    keys = np.random.default_rng(1).random(len(column_weight)) * (column_weight > TINY)
    key = odd @ keys + 1.2345 * is_odd
    usable = np.flatnonzero(slack < 1.0 - MIN_VIOLATION)
    order = usable[np.lexsort((slack[usable], key[usable]))]
    first = np.r_[True, np.diff(key[order]) > 1e-11][: len(order)]  # noqa: PLR2004 - rounding
    return np.sort(order[first])


def _without_private(
    few: sp.csr_array, column_weight: Floats
) -> tuple[sp.csr_array, Floats, Floats]:
    """Leave out columns without weight, and those of one row alone: they are slack of that row."""
    used = np.bincount(few.indices, minlength=len(column_weight))
    heavy = column_weight > TINY
    private = heavy & (used == 1)
    own = few @ (column_weight * private)
    shared = np.flatnonzero(heavy & (used > 1))
    return sp.csr_array(few[:, shared]), column_weight[shared], own


def _picked(odd_sets: Ints, total: Floats) -> list[Ints]:
    """Return the best sets, no row in too many of them."""
    uses = np.zeros(len(total), dtype=np.int64)
    seen: set[tuple[int, ...]] = set()
    picked: list[Ints] = []
    for start in np.argsort(total, kind="stable"):
        if total[start] >= 1.0 - MIN_VIOLATION or len(picked) == MAX_CUTS:
            break
        members = odd_sets[start][odd_sets[start] >= 0]
        key = tuple(np.sort(members).tolist())
        if key in seen:
            continue
        seen.add(key)
        if uses[members].max() < MAX_USES:
            uses[members] += 1
            picked.append(members)
    return picked


def _halved(picked: list[Ints], chosen: Ints, rows: Cuts, n_options: int) -> Cuts:
    """Return half of each set's sum, rounded down: x may only be counted up, y costs its bound."""
    if not picked:
        return no_cuts(rows.matrix.shape[1])
    offset = np.cumsum([0, *(len(members) for members in picked)])
    of_set = sp.csr_array(
        (np.ones(offset[-1]), chosen[np.concatenate(picked)], offset),
        shape=(len(picked), rows.n_cuts),
    )
    total = sp.csr_array(of_set @ rows.matrix)
    total.sum_duplicates()
    right = of_set @ rows.right
    odd = np.abs(total.data) % 2.0 == 1.0
    is_cover = total.indices >= n_options
    owner = np.repeat(np.arange(len(picked)), np.diff(total.indptr))
    total.data = (total.data + odd * np.where(is_cover, 1.0, -1.0)) / 2.0
    right += np.bincount(owner, weights=odd & is_cover, minlength=len(picked))
    total.eliminate_zeros()
    return Cuts(total, np.floor(right / 2.0))
