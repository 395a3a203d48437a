"""A first p-center in one pass a site, and what it leaves of the matrix.

The site next to the item that is farthest now opens, p times (Gonzalez 1985; Dyer and Frieze 1985).
No better plan uses a pair above the longest trip of this one, so such pairs are dropped before
anything is built of them. And the items that were farthest, one more than sites may open, tell a
bound: two of them must share a site.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# With so many sites to open at most is the bound of the pairs asked for.
MAX_IN_PAIRS = 200


@compiled
def farthest_first(  # noqa: PLR0917 - compiled: positional only
    offset: Ints, item: Ints, seconds: Floats, site: Ints, base: Floats, p: int
) -> tuple[Ints, Ints, Floats]:
    """Open the ``site`` nearest to the farthest item, p times.

    Returns the sites, the items that were farthest, one more unless one comes again, and what each
    item takes at the end.
    """
    now = base.copy()
    sites = np.empty(p, np.int64)
    items = np.empty(p + 1, np.int64)
    is_open = np.zeros(len(offset) - 1, np.bool_)
    size = 0
    for turn in range(p + 1):
        # the item that is farthest now
        i = np.argmax(now)
        items[turn] = i
        j = site[i]
        # its nearest site is open: nothing helps it any more
        if j < 0 or is_open[j]:
            return sites[:size].copy(), items[:turn].copy(), now
        if turn == p:
            break
        is_open[j] = True
        sites[size] = j
        size += 1
        for k in range(offset[j], offset[j + 1]):
            now[item[k]] = min(now[item[k]], seconds[k])
    return sites[:size].copy(), items, now


@compiled
def pairs_within(
    offset: Ints, item: Ints, seconds: Floats, radius: float
) -> tuple[Ints, Ints, Floats]:
    """Return the pairs up to a radius, in the same order."""
    kept_offset = np.zeros_like(offset)
    # count first, so that nothing larger is built
    for j in range(len(offset) - 1):
        size = 0
        for k in range(offset[j], offset[j + 1]):
            size += seconds[k] <= radius
        kept_offset[j + 1] = kept_offset[j] + size
    kept_item = np.empty(kept_offset[-1], item.dtype)
    kept_seconds = np.empty(kept_offset[-1])
    place = 0
    for k in range(len(item)):
        if seconds[k] <= radius:
            kept_item[place] = item[k]
            kept_seconds[place] = seconds[k]
            place += 1
    return kept_offset, kept_item, kept_seconds


@compiled
def covers_within(
    offset: Ints, item: Ints, seconds: Floats, base: Floats, radius: float
) -> tuple[Ints, Ints, int]:
    """Return which site reaches which item at a radius, over the items whose base is above it.

    The items are numbered anew; the last figure is their number.
    """
    number = np.full(len(base), -1, np.int32)
    n_items = 0
    for i in range(len(base)):
        if base[i] > radius:
            number[i] = n_items
            n_items += 1
    kept_offset = np.zeros(len(offset), np.int64)
    kept_item = np.empty(len(item), np.int32)
    place = 0
    for j in range(len(offset) - 1):
        for k in range(offset[j], offset[j + 1]):
            if seconds[k] <= radius and number[item[k]] >= 0:
                kept_item[place] = number[item[k]]
                place += 1
        kept_offset[j + 1] = place
    return kept_offset, kept_item[:place].copy(), n_items


def pair_bound(offset: Ints, item: Ints, seconds: Floats, items: Ints, base: Floats) -> float:
    """Return a radius that no plan with fewer sites than ``items`` can be below.

    Two of the items share a site, or one is reached without any: the least over all pairs of what
    the better shared site takes to the farther of the two, and of ``base``.
    """
    n, size = len(offset) - 1, len(items)
    column = np.full(len(base), -1, dtype=np.int64)
    column[items] = np.arange(size)
    place = column[item]
    kept = place >= 0
    owner = np.repeat(np.arange(n), np.diff(offset))[kept]
    table = np.full((n, size), np.inf)
    table[owner, place[kept]] = seconds[kept]
    least = float(base[items].min(initial=np.inf))
    for one in range(size - 1):
        farther = np.maximum(table[:, one + 1 :], table[:, [one]])
        least = min(least, float(farther.min(initial=np.inf)))
    return least
