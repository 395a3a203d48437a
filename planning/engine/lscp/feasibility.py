"""Can so many sites cover every item? The set covering question of medians and centers.

Items implied by others and sites that others replace are left out, a Lagrangian bound and a greedy
cover often answer at once. Otherwise it is asked how many items so many sites cover at most, by
cuts and branches (`branch_and_cut`), and where little is left a programme looks for covers with at
most so many sites.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.cover_arrays import from_rows
from planning.engine.lscp.lagrangian import bound_and_cover
from planning.engine.lscp.lp_relaxation import cover_model
from planning.engine.lscp.set_covering import without_dominated
from planning.engine.mclp.branch_and_cut import CutTree
from planning.engine.mclp.side_constraints import packing_rows
from planning.engine.mclp.task import CoverTask
from planning.engine.mip import solve_mip

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.cover_arrays import CoverArrays

Ints = npt.NDArray[Any]

BOUND_ROUNDS = 500
# With more pairs left than this the tree is the faster one; its steps between two looks.
MIN_TREE_PAIRS, TREE_STEPS = 1_500, 20_000_000
NO_LIMIT = 2**62
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
    most_steps: int = NO_LIMIT,
    by_programme: bool = False,
) -> Cover:
    """Find at most p rows of ``covers`` that cover every column, or show that there are none.

    ``covers`` [n_sites, n_items] counts its stored entries; ``left_s`` tells the seconds left.
    ``most_steps`` is what the tree may take; with none only the bound and its covers are
    asked; ``by_programme`` asks HiGHS in its place.
    """
    n_sites, n_items = covers.shape
    if p <= 0 or len(np.unique(covers.indices)) < n_items:
        return Cover(sites=np.empty(0, dtype=np.int64), known=True) if n_items == 0 else NO_COVER
    arrays = from_rows(
        covers.indptr.astype(np.int64), covers.indices.astype(np.int32), np.ones(n_items)
    )
    reduced, kept = without_dominated(arrays, np.ones(n_sites), left_s=left_s)
    state = bound_and_cover(
        reduced,
        np.ones(len(kept)),
        most_rounds=BOUND_ROUNDS,
        grain=1.0,
        is_over=lambda now: now.bound > p + SLACK or now.cost <= p or left_s() <= 0.0,
    )
    if state.bound > p + SLACK:
        return NO_COVER
    if state.cost <= p:
        return Cover(sites=kept[np.flatnonzero(state.best)], known=True)
    if not most_steps or left_s() <= 0.0:
        return UNKNOWN
    left = state.bound + state.best_reduced <= p + SLACK
    n_pairs = int(left[np.repeat(np.arange(len(kept)), np.diff(reduced.option_offset))].sum())
    if n_pairs > MIN_TREE_PAIRS and not by_programme:
        cover = _by_tree(reduced, left, p, left_s=left_s, seed=seed, most_steps=most_steps)
    else:
        cover = _by_programme(reduced, left, p, left_s=left_s, seed=seed)
    return cover if cover.sites is None else Cover(sites=kept[cover.sites], known=True)


class _Until(NamedTuple):
    """A `TimeLeft` of the caller's."""

    tell: Callable[[], float]

    @property
    def left_s(self) -> float:
        """Seconds left."""
        return self.tell()


def _by_tree(
    cover: CoverArrays,
    left: npt.NDArray[np.bool_],
    p: int,
    *,
    left_s: Callable[[], float],
    seed: int,
    most_steps: int,
) -> Cover:
    """Ask cuts and branches for p sites that cover more than all items but one."""
    options, m = np.flatnonzero(left), cover.n_items
    rows = sp.csr_array(
        (np.ones(len(cover.option_item)), cover.option_item, cover.option_offset),
        shape=(cover.n_options, m),
    )[options]
    if (np.bincount(rows.indices, minlength=m) == 0).any():
        return NO_COVER
    task = CoverTask(
        cover=from_rows(rows.indptr.astype(np.int64), rows.indices.astype(np.int32), cover.weights),
        rows=packing_rows(n_options=len(options), most=p, site=None, rows=[]),
        fixed_value=0.0,
        whole_numbers=True,
    )
    tree = CutTree(task, value=m - 1.0, seed=seed, clock=_Until(left_s))
    while tree.found < m and not tree.finished(gap=0.0) and left_s() > 0.0:
        if tree.steps > most_steps:
            break
        tree.grow(TREE_STEPS, gap=0.0)
    if tree.found >= m:
        return Cover(sites=options[tree.chosen], known=True)
    return NO_COVER if tree.finished(gap=0.0) and tree.upper < m else UNKNOWN


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
