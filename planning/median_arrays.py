"""The costs of a median problem by item, nearest site first, and by site.

A cost is weight times seconds. ``cap[i]`` is what item i costs at most: the penalty, or what the
nearest required site costs; pairs at or above it never serve and are left out. Items without a cap
(inf) must be served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import scipy.sparse as sp

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


class MedianArrays(NamedTuple):
    """Pairs by item in order of cost, pairs by site, and the caps.

    ``item_offset`` int64[m+1], ``item_site`` int32, ``item_cost`` float64 ascending within an item;
    ``site_offset`` int64[n+1], ``site_item`` int32, ``site_cost`` float64; ``cap`` float64[m].
    """

    item_offset: Ints
    item_site: Ints
    item_cost: Floats
    site_offset: Ints
    site_item: Ints
    site_cost: Floats
    cap: Floats

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.site_offset) - 1

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.cap)


def median_arrays(by_site: sp.csr_array, cap: Floats) -> MedianArrays:
    """Arrange the costs of a CSR matrix [n_sites, n_items]; stored zeros are costs of 0."""
    n, m = by_site.shape
    site = np.repeat(np.arange(n, dtype=np.int32), np.diff(by_site.indptr))
    item, cost = by_site.indices.astype(np.int32), by_site.data.astype(np.float64)
    kept = cost < cap[item]
    site, item, cost = site[kept], item[kept], cost[kept]
    order = np.lexsort((site, cost, item))
    return MedianArrays(
        item_offset=np.r_[0, np.cumsum(np.bincount(item, minlength=m))].astype(np.int64),
        item_site=site[order],
        item_cost=cost[order],
        site_offset=np.r_[0, np.cumsum(np.bincount(site, minlength=n))].astype(np.int64),
        site_item=item,
        site_cost=cost,
        cap=np.asarray(cap, dtype=np.float64),
    )
