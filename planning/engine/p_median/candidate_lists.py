"""The arrays of a p-median: what each item would cost at each site that is still of use to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from planning.engine.checks import known
from planning.engine.units import is_whole

if TYPE_CHECKING:
    from planning.engine.problems import PMedianProblem

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class MedianPairs(NamedTuple):
    """Costs (weight times seconds) by item, the cheapest first, and by site.

    ``item_offset`` int64[m + 1], ``item_site`` int32 and ``item_cost`` float64: the sites of each
    item that cost less than ``base``, which is what the item costs without any of them.
    ``site_offset`` int64[n + 1], ``site_item`` int32, ``site_cost`` hold the same pairs by site.
    """

    item_offset: Ints
    item_site: Ints
    item_cost: Floats
    base: Floats
    site_offset: Ints
    site_item: Ints
    site_cost: Floats

    @property
    def n_items(self) -> int:
        """How many items."""
        return len(self.base)

    @property
    def n_sites(self) -> int:
        """How many sites."""
        return len(self.site_offset) - 1


class ReducedMedian(NamedTuple):
    """A p-median without what is fixed.

    ``sites`` are the free sites' numbers in the problem, ``p`` how many of them may open.
    ``fixed_value`` is the cost of items that no free site serves better. ``unreached`` is what an
    item costs that must be reached and is not: more than any plan that reaches all. ``stranded`` is
    an item that nothing reaches, or -1.
    """

    pairs: MedianPairs
    sites: Ints
    p: int
    fixed_value: float
    whole_numbers: bool
    unreached: float
    stranded: int


def reduce_median(problem: PMedianProblem) -> ReducedMedian:
    """Settle what is required, leave out what is forbidden, sort each item's sites by cost."""
    seconds, weights = problem.seconds, problem.weights
    required, forbidden = known(problem.required), known(problem.forbidden)
    sites = np.flatnonzero(~required & ~forbidden)
    penalty = np.inf if problem.penalty_s is None else problem.penalty_s
    best = np.full(seconds.shape[1], penalty)
    opened = seconds[np.flatnonzero(required)]
    np.minimum.at(best, opened.indices, opened.data)
    of_use = seconds if len(sites) == seconds.shape[0] else seconds[sites]
    kept = of_use.data < best[of_use.indices]
    served = np.zeros(len(best), dtype=np.bool_)
    served[of_use.indices[kept]] = True
    finite = np.isfinite(best)
    stranded = np.flatnonzero(~finite & ~served)
    inside = served & ((weights > 0) | ~finite)
    kept &= inside[of_use.indices]
    number = np.cumsum(inside) - 1
    site = np.repeat(np.arange(len(sites), dtype=np.int32), np.diff(of_use.indptr))[kept]
    item = number[of_use.indices[kept]].astype(np.int32)
    cost = of_use.data[kept] * weights[inside][item]
    base = np.where(finite, best, 0.0) * weights
    dearest = base[inside]
    np.maximum.at(dearest, item, cost)
    unreached = 1.0 + float(dearest.sum())
    base[~finite] = unreached
    outside = finite & ~inside
    return ReducedMedian(
        pairs=median_pairs(item, site, cost, base=base[inside], n_sites=len(sites)),
        sites=sites,
        p=min(problem.p, len(sites)),
        fixed_value=float(best[outside] @ weights[outside]),
        whole_numbers=all(is_whole(x) for x in (seconds.data, weights, best[finite])),
        unreached=unreached,
        stranded=int(stranded[0]) if len(stranded) else -1,
    )


def median_pairs(
    item: Ints, site: Ints, cost: Floats, *, base: Floats, n_sites: int
) -> MedianPairs:
    """Arrange pairs, given site by site, by item and cost."""
    item_offset = _offsets(item, len(base))
    item_site, item_cost = _by_item(item, site, cost, item_offset)
    return MedianPairs(
        item_offset=item_offset,
        item_site=item_site,
        item_cost=item_cost,
        base=base,
        site_offset=_offsets(site, n_sites),
        site_item=item,
        site_cost=cost,
    )


def _offsets(owner: Ints, n: int) -> Ints:
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=n), out=offsets[1:])
    return offsets


@compiled
def _by_item(item: Ints, site: Ints, cost: Floats, offset: Ints) -> tuple[Ints, Floats]:
    by_site = np.empty(len(item), np.int32)
    by_cost = np.empty(len(item))
    to = offset[:-1].copy()
    # counting sort by item
    for k in range(len(item)):
        by_site[to[item[k]]] = site[k]
        by_cost[to[item[k]]] = cost[k]
        to[item[k]] += 1
    # each item's sites by cost
    for i in range(len(offset) - 1):
        begin, end = offset[i], offset[i + 1]
        # stable: equal costs stay in the order of the sites
        order = np.argsort(by_cost[begin:end], kind="mergesort")
        by_site[begin:end] = by_site[begin:end][order]
        by_cost[begin:end] = by_cost[begin:end][order]
    return by_site, by_cost


class SmallerMedian(NamedTuple):
    """A p-median with some sites fixed: ``sites`` and ``items`` number those of the larger one.

    ``opened`` are the larger one's sites that are open for good, ``fixed_value`` the cost of the
    items that no site left serves better.
    """

    pairs: MedianPairs
    sites: Ints
    items: Ints
    opened: Ints
    fixed_value: float


def smaller_median(pairs: MedianPairs, *, is_open: Mask, is_closed: Mask) -> SmallerMedian:
    """Settle sites that are open, or closed, for good."""
    free = ~is_open & ~is_closed
    base = pairs.base.copy()
    owner = np.repeat(np.arange(pairs.n_sites), np.diff(pairs.site_offset))
    opened = is_open[owner]
    np.minimum.at(base, pairs.site_item[opened], pairs.site_cost[opened])
    kept = free[owner] & (pairs.site_cost < base[pairs.site_item])
    inside = np.zeros(len(base), dtype=np.bool_)
    inside[pairs.site_item[kept]] = True
    item_number = np.cumsum(inside) - 1
    site_number = np.cumsum(free) - 1
    return SmallerMedian(
        pairs=median_pairs(
            item_number[pairs.site_item[kept]].astype(np.int32),
            site_number[owner[kept]].astype(np.int32),
            pairs.site_cost[kept],
            base=base[inside],
            n_sites=int(free.sum()),
        ),
        sites=np.flatnonzero(free),
        items=np.flatnonzero(inside),
        opened=np.flatnonzero(is_open),
        fixed_value=float(base[~inside].sum()),
    )
