"""Whole numbers that add up: the one rule by which workers and worker-hours are printed.

* A number that stands alone is rounded half up.
* Parts of a whole are rounded by largest remainder (Hamilton 1792): each part is cut to whole
  numbers, and what is missing of the rounded whole goes, one by one, to the parts that lost most.
* Where parts add in two directions (groups and districts), the totals of both are such parts of the
  whole, and the cells are rounded to the totals with the least change (controlled rounding: Cox
  1987, as a transportation problem, whose vertices are whole).

``at_least`` and ``at_most`` are whole numbers already printed beside: who has two stations has one.
They hold in every cell; where a total cannot be kept beside them, it gives way by one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]
_DIGITS: Final = 6  # sums of the same workers in another order differ by less
_TIE: Final = 1e-6  # of equal remainders the first
_OUTSIDE: Final = 10.0  # cost of a cell that leaves its floor and ceiling, in units of a remainder
_OFF_TOTAL: Final = 1e4  # cost of a total that is not what `whole_parts` makes of it


def half_up(value: float) -> int:
    """Round a number that stands alone."""
    return math.floor(round(value, _DIGITS) + 0.5)


def whole_parts(
    parts: Sequence[float] | Floats,
    whole: int | None = None,
    *,
    at_least: Wholes | None = None,
    at_most: Wholes | None = None,
) -> Wholes:
    """Round the parts of a whole so that they add up to it, int64 of the same length.

    Parameters
    ----------
    parts
        0 or more each.
    whole
        what they are to add up to; their sum, rounded, where it is not given.
    at_least, at_most
        bounds of each part, where there are any; the whole must lie between their sums.
    """
    exact = np.round(np.asarray(parts, dtype=np.float64), _DIGITS)
    low = np.zeros(len(exact), dtype=np.int64) if at_least is None else at_least
    high = np.full(len(exact), np.iinfo(np.int64).max) if at_most is None else at_most
    made = np.clip(np.floor(exact).astype(np.int64), low, high)
    missing = (half_up(float(exact.sum())) if whole is None else whole) - int(made.sum())
    step = 1 if missing > 0 else -1
    for _ in range(abs(missing)):
        free = made < high if step > 0 else made > low
        # of equal remainders the first
        made[int(np.argmax(np.where(free, step * (exact - made), -np.inf)))] += step
    return made


def whole_table(
    table: Floats,
    whole: int | None = None,
    *,
    at_least: Wholes | None = None,
    at_most: Wholes | None = None,
) -> Wholes:
    """Round a table whose rows and columns both add up to one whole, int64 of the same shape.

    The totals of its rows, and those of its columns, are what `whole_parts` makes of them, unless
    the bounds of the cells forbid it.
    """
    exact = np.asarray(np.round(table, _DIGITS), dtype=np.float64)
    if not exact.size:
        return np.zeros(exact.shape, dtype=np.int64)
    whole = half_up(float(exact.sum())) if whole is None else whole
    rows, columns = (
        whole_parts(
            exact.sum(axis=axis),
            whole,
            at_least=None if at_least is None else at_least.sum(axis=axis),
            at_most=None if at_most is None else at_most.sum(axis=axis),
        )
        for axis in (1, 0)
    )
    if 1 in exact.shape:
        return (columns if len(exact) == 1 else rows).reshape(exact.shape)
    low = np.zeros(exact.shape, dtype=np.int64) if at_least is None else at_least
    return _to_totals(exact, (rows, columns), low, at_most)


def _to_totals(
    exact: Floats, totals: tuple[Wholes, Wholes], low: Wholes, high: Wholes | None
) -> Wholes:
    """Round the cells to the totals of rows and columns, with the least change.

    A cell is its floor and, at the price of its remainder, one more; steps beyond cost more, and
    steps of a total most: they are taken only where ``low`` and ``high`` leave no other way.
    """
    # whoever only rounds one number does not wait for the solver
    import scipy.sparse as sp  # noqa: PLC0415
    from scipy.optimize import linprog  # noqa: PLC0415

    n, m = exact.shape
    low, number = low.ravel(), np.arange(n * m)
    room = np.full(n * m, np.inf) if high is None else high.ravel() - low
    base = low + np.minimum(np.maximum(np.floor(exact).astype(np.int64).ravel() - low, 0), room)
    room = room - (base - low)
    remainder = np.clip(exact.ravel() - base, 0.0, 1.0)
    one_more = np.minimum(remainder > 0, room)
    sums = sp.vstack(
        [
            sp.csr_array((np.ones(n * m), (number // m, number)), shape=(n, n * m)),
            sp.csr_array((np.ones(n * m), (number % m, number)), shape=(m, n * m)),
        ]
    )
    # a remainder more, steps more and less of each cell; steps more and less of each total
    of_total = sp.eye_array(n + m)
    rows_only = sp.csr_array((np.arange(n + m) < n).astype(np.float64)[None, :])
    kept_sum = sp.hstack([sp.csr_array((1, 3 * n * m)), rows_only, -rows_only])
    costs = [
        1.0 - 2.0 * remainder + _TIE * number,
        np.full(2 * n * m, _OUTSIDE),
        np.full(2 * (n + m), _OFF_TOTAL),
    ]
    tops = [one_more, room - one_more, base - low, np.full(2 * (n + m), np.inf)]
    programme = linprog(  # type: ignore[call-overload]  # the stubs know no sparse rows
        np.concatenate(costs),
        A_eq=sp.vstack([sp.hstack([sums, sums, -sums, -of_total, of_total]), kept_sum]),
        b_eq=np.append(np.concatenate(totals) - sums @ base, 0.0),
        bounds=np.column_stack([np.zeros(3 * n * m + 2 * (n + m)), np.concatenate(tops)]),
        method="highs-ds",
    )
    more, beyond, less = np.rint(programme.x[: 3 * n * m]).astype(np.int64).reshape(3, n, m)
    wholes: Wholes = base.astype(np.int64).reshape(n, m) + more + beyond - less
    return wholes
