"""Which options may be open together: a count, one a site, and rows of money or number.

All of these are of the form ``sum_j a_rj x_j <= b_r`` with ``a_rj >= 0``: closing an option never
breaks one of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# How far a sum of money may pass its capacity, as a share of it: rounding of double precision.
SLACK = 1e-11
# Rooms up to this figure are of a good size.
MOST = 1e12


class PackingRows(NamedTuple):
    """``most`` options open; ``site`` int32[n] (-1: a site of its own); rows by option.

    ``offset`` int64[n+1], ``row`` int32, ``amount`` float64: what option j takes of which row;
    ``capacity`` float64[n_rows]. Each row is in a unit of its own, in which its capacity, or its
    least amount where there is no capacity, is of a good size.
    """

    most: int
    site: Ints
    n_sites: int
    offset: Ints
    row: Ints
    amount: Floats
    capacity: Floats


def packing_rows(
    *,
    n_options: int,
    most: int | None,
    site: Ints | None,
    rows: list[tuple[Floats, float]],
) -> PackingRows:
    """Return the rows in compressed form.

    ``rows`` are (amount of each option, capacity). Rows that cannot bind are left out.
    """
    label = np.full(n_options, -1, np.int32)
    n_sites = 0
    if site is not None and n_options:
        _, inverse, size = np.unique(site, return_inverse=True, return_counts=True)
        number = np.where(size > 1, np.cumsum(size > 1) - 1, -1)
        label = number[inverse].astype(np.int32)
        n_sites = int((size > 1).sum())
    binding = [_good_row(a, b) for a, b in rows if a.sum() > b * (1 + SLACK)]
    amounts = np.array([a for a, _ in binding]).reshape(len(binding), n_options).T
    at_option, at_row = np.nonzero(amounts)
    offset = np.r_[0, np.cumsum(np.bincount(at_option, minlength=n_options))].astype(np.int64)
    return PackingRows(
        most=n_options if most is None else min(most, n_options),
        site=label,
        n_sites=n_sites,
        offset=offset,
        row=at_row.astype(np.int32),
        amount=np.ascontiguousarray(amounts[at_option, at_row], dtype=np.float64),
        capacity=np.array([b for _, b in binding], dtype=np.float64),
    )


def _good_row(amount: Floats, capacity: float) -> tuple[Floats, float]:
    """Bring a row to a good size by a power of two, where it is not of whole numbers already.

    What cannot fit even alone is written as twice the capacity, which cannot fit either: sums and
    programmes are not blurred by it.
    """
    capacity = max(capacity, 0.0)
    size = capacity if capacity > 0.0 else float(amount[amount > 0.0].min(initial=1.0))
    whole = capacity == np.floor(capacity) and bool((amount == np.floor(amount)).all())
    factor = 1.0 if whole or 1.0 <= size <= MOST else float(np.ldexp(1.0, 1 - np.frexp(size)[1]))
    most = 2.0 * capacity * factor + 1.0
    return np.minimum(amount, most / factor) * factor, capacity * factor


def capacity_with_slack(rows: PackingRows) -> Floats:
    """Return the capacities with what sums of double precision may lose; 0 stays 0."""
    return np.asarray(rows.capacity * (1.0 + SLACK))


@compiled
def fits(  # noqa: PLR0917 - compiled: positional only
    rows: PackingRows, used: Floats, site_used: Ints, n_open: int, option: int, leaving: int
) -> bool:
    """Whether ``option`` may open when ``leaving`` closes (-1: nothing closes)."""
    # the count
    if n_open - (1 if leaving >= 0 else 0) >= rows.most:
        return False
    # one option a site
    site = rows.site[option]
    if site >= 0 and site_used[site] and not (leaving >= 0 and rows.site[leaving] == site):
        return False
    for k in range(rows.offset[option], rows.offset[option + 1]):
        row = rows.row[k]
        # each sum, less what ``leaving`` gives back
        after = used[row] + rows.amount[k]
        if leaving >= 0:
            for other in range(rows.offset[leaving], rows.offset[leaving + 1]):
                if rows.row[other] == row:
                    after -= rows.amount[other]
        if after > rows.capacity[row] * (1 + SLACK):
            return False
    return True


@compiled
def take(rows: PackingRows, used: Floats, site_used: Ints, option: int, sign: int) -> None:
    """Enter (``sign`` 1) or take out (-1) what an option uses."""
    site = rows.site[option]
    if site >= 0:
        site_used[site] += sign
    for k in range(rows.offset[option], rows.offset[option + 1]):
        used[rows.row[k]] += sign * rows.amount[k]


def with_more_rows(rows: PackingRows, amounts: Floats, capacity: Floats) -> PackingRows:
    """Return the rows and then others: ``amounts`` float64[n_options, n_more] of ``capacity``."""
    n, base = len(rows.site), len(rows.capacity)
    owner = np.repeat(np.arange(n), np.diff(rows.offset))
    at_option, at_row = np.nonzero(amounts)
    option = np.r_[owner, at_option]
    # the rows of an option stand together, the older ones first
    order = np.argsort(option, kind="stable")
    return rows._replace(
        offset=np.r_[0, np.cumsum(np.bincount(option, minlength=n))].astype(np.int64),
        row=np.r_[rows.row, base + at_row].astype(np.int32)[order],
        amount=np.ascontiguousarray(np.r_[rows.amount, amounts[at_option, at_row]][order]),
        capacity=np.r_[rows.capacity, capacity],
    )
