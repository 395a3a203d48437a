"""Can so many sites cover every item? The set covering question of medians and centers.

Items implied by others and sites that others replace are left out, a Lagrangian bound and a greedy
cover often answer at once, and otherwise a programme does that looks only for covers with at most
so many sites.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from planning.engine.cover_arrays import from_rows
from planning.engine.lscp.lagrangian import bound_and_cover
from planning.engine.lscp.set_covering import cover_model, without_dominated
from planning.engine.mip import solve_mip

if TYPE_CHECKING:
    from collections.abc import Callable

    import scipy.sparse as sp

    from planning.engine.cover_arrays import CoverArrays

Ints = npt.NDArray[Any]

BOUND_ROUNDS = 2_000
# A bound so much above a count proves that the count is not enough.
SLACK = 1e-6


@dataclass(frozen=True, eq=False, kw_only=True)
class Cover:
    """``sites`` cover every item; None when no so many do, or when it is not ``known``."""

    sites: Ints | None
    known: bool


NO_COVER = Cover(sites=None, known=True)
UNKNOWN = Cover(sites=None, known=False)


def cover_within(
    covers: sp.csr_array,
    p: int,
    *,
    left_s: Callable[[], float],
    seed: int = 0,
    exact: bool = True,
) -> Cover:
    """Find at most p rows of ``covers`` that cover every column, or show that there are none.

    ``covers`` [n_sites, n_items] counts its stored entries; ``left_s`` tells the seconds left.
    Without ``exact`` only the bound and the greedy cover are asked.
    """
    n_sites, n_items = covers.shape
    if p <= 0 or len(np.unique(covers.indices)) < n_items:
        return Cover(sites=np.empty(0, dtype=np.int64), known=True) if n_items == 0 else NO_COVER
    arrays = from_rows(
        covers.indptr.astype(np.int64), covers.indices.astype(np.int32), np.ones(n_items)
    )
    reduced, kept = without_dominated(arrays, np.ones(n_sites))
    first_cover = bound_and_cover(reduced, np.ones(len(kept)), BOUND_ROUNDS, 1.0)
    if first_cover.bound > p + SLACK:
        return NO_COVER
    if first_cover.cost <= p:
        return Cover(sites=kept[np.flatnonzero(first_cover.chosen)], known=True)
    if not exact or left_s() <= 0.0:
        return UNKNOWN
    open_question = first_cover.bound + first_cover.reduced_cost <= p + SLACK
    cover = _by_programme(reduced, open_question, p, left_s=left_s, seed=seed)
    return cover if cover.sites is None else Cover(sites=kept[cover.sites], known=True)


def _by_programme(
    cover: CoverArrays,
    left: npt.NDArray[np.bool_],
    p: int,
    *,
    left_s: Callable[[], float],
    seed: int,
) -> Cover:
    """Ask HiGHS, and stop it as soon as it has a cover or knows that there is none."""
    proved = [False]

    def is_told(value: float, bound: float) -> bool:
        proved[0] = proved[0] or bound > p + SLACK
        return value <= p + SLACK or proved[0] or left_s() <= 0.0

    answer = solve_mip(
        cover_model(cover, np.ones(len(left)), left),
        time_limit_s=max(left_s(), 0.01),
        cutoff=p + 0.5,
        seed=seed,
        on_progress=is_told,
    )
    if answer.values is not None and answer.objective <= p + 0.5:
        sites = np.flatnonzero(left)[answer.values > 0.5]  # noqa: PLR2004 - binary
        return Cover(sites=sites, known=True)
    above = answer.bound.figure(absent=0.0, nothing=p + 1.0) > p + SLACK
    return NO_COVER if above or proved[0] else UNKNOWN
