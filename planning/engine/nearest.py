"""What each item takes to its nearest site, over a matrix of seconds by site."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


@compiled
def nearest_sites(offset: Ints, item: Ints, seconds: Floats, n_items: int) -> tuple[Floats, Ints]:
    """Return what each item takes to its nearest site, and that site; inf and -1 for none."""
    nearest = np.full(n_items, np.inf)
    site = np.full(n_items, -1, np.int64)
    for j in range(len(offset) - 1):
        for k in range(offset[j], offset[j + 1]):
            if seconds[k] < nearest[item[k]]:
                nearest[item[k]] = seconds[k]
                site[item[k]] = j
    return nearest, site


@compiled
def nearest_of(offset: Ints, item: Ints, seconds: Floats, sites: Ints, base: Floats) -> Floats:
    """Return what each item takes to the nearest of ``sites``, or ``base`` where that is less."""
    now = base.copy()
    for j in sites:
        for k in range(offset[j], offset[j + 1]):
            now[item[k]] = min(now[item[k]], seconds[k])
    return now
