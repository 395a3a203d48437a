r"""Cuts of money and number together: how many options of each size fit at all.

The relaxed problem spends the last yuan of every limit on a part of an option. Options that take
the same of every row are alike to the rows, so that only their numbers :math:`n_k` count, and these
are whole: :math:`\sum_k a_{rk} n_k \le b_r`. Where the numbers of the relaxed problem lie outside
the hull of the whole ones that fit, a cut

.. math:: \sum_k \alpha_k n_k \le \beta, \qquad \beta = \max_n \sum_k \alpha_k n_k

parts them: a Fenchel cut (Boyd 1994). Its :math:`\alpha` come from a linear programme over the
whole numbers found so far, and :math:`\beta`, what it proves, from an integer programme of a few
variables. An option that takes as much of every row as one of size k, or more, counts like it:
with the smaller ones in their place a plan still fits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.mclp.side_constraints import SLACK
from planning.engine.mip import MipModel, solve_mip

if TYPE_CHECKING:
    from planning.engine.clock import TimeLeft
    from planning.engine.mclp.side_constraints import PackingRows

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Most sizes that are told apart, and most rows that are looked at.
MOST_SIZES, MOST_ROWS = 12, 8
# A row matters where the relaxed problem takes this part of it or more.
TAKEN = 0.5
# An option counts as used above this, a cut as passed by more than this part of it.
USED, PASSED = 1e-6, 1e-4
# Most whole numbers that are looked at for one cut.
MOST_NUMBERS = 60
# A row is parted into so many steps where there are too many sizes, and into half as many then.
STEPS = 64
# What the sums of a cut may lose, as a part of its right side.
ROUNDING = 1e-9


class CountCut(NamedTuple):
    """``amount`` float64[n_options] of at most ``capacity``, in every plan that fits.

    It follows from ``sizes`` float64[n_sizes, n_rows] and their ``alpha``.
    """

    amount: Floats
    capacity: float
    sizes: Floats
    alpha: Floats
    rows: Ints


class _Knapsack(NamedTuple):
    """What whole numbers fit: ``sizes @ n <= capacity`` row by row, each up to ``most``."""

    sizes: Floats
    capacity: Floats
    most: Floats


def find_count_cut(rows: PackingRows, point: Floats, *, clock: TimeLeft) -> CountCut | None:
    """Find a cut that a relaxed plan passes; None: there is none, or no time.

    ``rows`` are those that the problem itself has, ``point`` float64[n_options] what the relaxed
    plan opens.
    """
    taken = _taken(rows)
    capacity = _capacity(rows)
    shares = (point @ taken) / np.maximum(capacity, 1e-300)
    which = np.argsort(-shares, kind="stable")[:MOST_ROWS]
    which = np.sort(which[shares[which] >= TAKEN])
    if not len(which):
        return None
    sizes, number = _sizes(taken[:, which], capacity[which], point)
    inside = number >= 0
    counts = np.bincount(number[inside], weights=point[inside], minlength=len(sizes))
    knapsack = _knapsack(sizes, taken[:, which], capacity[which])
    alpha = _separated(knapsack, counts.astype(np.float64), clock=clock)
    if alpha is None:
        return None
    return count_cut(rows, sizes, alpha, which, clock=clock)


def count_cut(
    rows: PackingRows, sizes: Floats, alpha: Floats, which: Ints, *, clock: TimeLeft
) -> CountCut | None:
    """Return the cut of these sizes at the rows' capacities; None: it could not be proved."""
    taken, capacity = _taken(rows)[:, which], _capacity(rows)[which]
    most, _ = _most(_knapsack(sizes, taken, capacity), alpha, clock=clock)
    if most is None:
        return None
    amount = np.zeros(len(taken))
    for size, each in zip(sizes, alpha, strict=True):
        as_large = (taken >= size).all(axis=1)
        amount[as_large] = np.maximum(amount[as_large], each)
    return CountCut(amount, most * (1.0 + ROUNDING), sizes, alpha, which)


def _taken(rows: PackingRows) -> Floats:
    """float64[n_options, n_rows + 1]: what options take of each row; the count is the last."""
    n, n_rows = len(rows.site), len(rows.capacity)
    taken = np.zeros((n, n_rows + 1))
    taken[np.repeat(np.arange(n), np.diff(rows.offset)), rows.row] = rows.amount
    taken[:, n_rows] = 1.0
    return taken


def _capacity(rows: PackingRows) -> Floats:
    return np.asarray(np.r_[rows.capacity * (1.0 + SLACK), float(rows.most)])


def _sizes(taken: Floats, capacity: Floats, point: Floats) -> tuple[Floats, Ints]:
    """Return the sizes of what is used, and each option's size (-1: not used).

    Where there are too many they are rounded down, to coarser and coarser steps.
    """
    used = np.flatnonzero(point > USED)
    number = np.full(len(point), -1)
    own, steps = taken[used], STEPS
    sizes, inverse = np.unique(own, axis=0, return_inverse=True)
    while len(sizes) > MOST_SIZES and steps:
        step = np.maximum(capacity, 1e-300) / steps
        sizes, inverse = np.unique(np.floor(own / step) * step, axis=0, return_inverse=True)
        steps //= 2
    number[used] = inverse.ravel()
    return sizes, number


def _knapsack(sizes: Floats, taken: Floats, capacity: Floats) -> _Knapsack:
    with np.errstate(divide="ignore", invalid="ignore"):
        fit = np.where(sizes > 0.0, capacity / sizes, np.inf).min(axis=1)
    there = np.array([float((taken >= size).all(axis=1).sum()) for size in sizes])
    return _Knapsack(sizes, capacity, np.minimum(np.floor(fit + ROUNDING), there))


def _separated(knapsack: _Knapsack, counts: Floats, *, clock: TimeLeft) -> Floats | None:
    """Return the prices at which ``counts`` are worth more than 1, and no whole numbers are."""
    if (knapsack.most < 1.0).all():
        return None
    # so many of one size alone always fit
    fitting = list(np.diag(knapsack.most)[knapsack.most >= 1.0])
    for _ in range(MOST_NUMBERS):
        if clock.left_s <= 0.0:
            return None
        alpha = _dearest(np.array(fitting), counts)
        if alpha is None or float(alpha @ counts) <= 1.0 + PASSED:
            return None
        most, numbers = _most(knapsack, alpha, clock=clock)
        if most is None or numbers is None:
            return None
        if most <= 1.0 + PASSED / 2:
            return alpha
        fitting.append(numbers)
    return None


def _dearest(fitting: Floats, counts: Floats) -> Floats | None:
    """Return the prices of most worth to ``counts`` at which nothing that fits is worth over 1."""
    n = len(counts)
    model = MipModel(
        cost=-counts,
        lower=np.zeros(n),
        upper=np.ones(n),
        integer=np.zeros(n, dtype=np.bool_),
        matrix=sp.csr_array(fitting),
        row_lower=np.full(len(fitting), -np.inf),
        row_upper=np.ones(len(fitting)),
    )
    values = solve_mip(model, time_limit_s=1.0).values
    return None if values is None else np.maximum(values, 0.0)


def _most(
    knapsack: _Knapsack, alpha: Floats, *, clock: TimeLeft
) -> tuple[float | None, Floats | None]:
    """Return what whole numbers that fit are worth at most, and such numbers."""
    model = MipModel(
        cost=-alpha,
        lower=np.zeros(len(alpha)),
        upper=knapsack.most,
        integer=np.ones(len(alpha), dtype=np.bool_),
        matrix=sp.csr_array(knapsack.sizes.T),
        row_lower=np.full(len(knapsack.capacity), -np.inf),
        row_upper=knapsack.capacity,
    )
    answer = solve_mip(model, time_limit_s=max(min(clock.left_s, 1.0), 0.01))
    most = answer.bound.times(-1.0).figure(absent=np.inf, nothing=np.inf)
    return (most if np.isfinite(most) else None), answer.values
