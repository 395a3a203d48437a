"""What is left of a p-median in radius form by HiGHS: exact once most pairs are ruled out.

A pair of item and site is ruled out when the multipliers prove that no better plan serves the item
there: the bound plus what the item pays above its multiplier, plus what opening the site adds,
passes the cutoff.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.mip import MipModel, solve_mip
from planning.engine.p_median import lagrangian

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.p_median.candidate_lists import MedianPairs
    from planning.engine.proven import Bound

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


class RadiusPairs(NamedTuple):
    """The pairs left, by item and cost: ``item``, ``site``, ``cost`` of each.

    ``base`` is what an item costs that none of its pairs serves; inf where no better plan has that.
    """

    item: Ints
    site: Ints
    cost: Floats
    base: Floats
    n_sites: int


class RadiusAnswer(NamedTuple):
    """``plan`` is None when no plan at or below the cutoff was found.

    ``bound`` is below every plan at or below the cutoff; `NOTHING` when no such plan exists.
    """

    plan: Ints | None
    bound: Bound


def pairs_left(
    pairs: MedianPairs, state: lagrangian.MultiplierState, p: int, cutoff: float
) -> RadiusPairs:
    """Rule out pairs by the best multipliers of ``state``."""
    state.multiplier[:] = state.best_multiplier
    value, _, (taken, _), _ = lagrangian.evaluate(pairs, state, p)
    gap = cutoff - value
    dearer = np.maximum(state.worth - taken, 0.0) if np.isfinite(taken) else np.zeros(pairs.n_sites)
    item = np.repeat(np.arange(pairs.n_items), np.diff(pairs.item_offset))
    above = np.maximum(pairs.item_cost - state.multiplier[item], 0.0)
    slack = 1e-9 * (abs(value) + 1.0)
    kept = above + dearer[pairs.item_site] <= gap + slack
    never_uncovered = pairs.base - state.multiplier > gap + slack
    return RadiusPairs(
        item=item[kept],
        site=pairs.item_site[kept].astype(np.int64),
        cost=pairs.item_cost[kept],
        base=np.where(never_uncovered, np.inf, pairs.base),
        n_sites=pairs.n_sites,
    )


def solve_radius(
    left: RadiusPairs,
    p: int,
    *,
    cutoff: float,
    time_limit_s: float,
    seed: int,
    report: Callable[[float, float], bool],
) -> RadiusAnswer:
    """Find the least plan at or below the cutoff; ``report`` gets HiGHS' values and may stop it."""
    model, constant = radius_model(left, p)
    answer = solve_mip(
        model,
        time_limit_s=time_limit_s,
        cutoff=cutoff - constant,
        seed=seed,
        on_progress=lambda value, bound: report(value + constant, bound + constant),
    )
    plan = None
    if answer.values is not None:
        plan = np.flatnonzero(answer.values[: left.n_sites] > 0.5)  # noqa: PLR2004 - binary
    return RadiusAnswer(plan=plan, bound=answer.bound.plus(constant))


def radius_model(left: RadiusPairs, p: int) -> tuple[MipModel, float]:
    """Sites first, then for each item and level "no open site up to here"; the constant cost."""
    n, m = left.n_sites, len(left.base)
    item, cost = left.item, left.cost
    new_item = np.ones(len(item), dtype=np.bool_)
    new_item[1:] = item[1:] != item[:-1]
    fresh = new_item.copy()
    fresh[1:] |= cost[1:] > cost[:-1]
    level = np.cumsum(fresh) - 1
    level_item, level_cost = item[fresh], cost[fresh]
    first = new_item[fresh]
    n_levels = len(level_item)
    last = np.ones(n_levels, dtype=np.bool_)
    last[:-1] = first[1:]
    uncovered = np.ones(m, dtype=np.bool_)
    uncovered[level_item] = False
    after = np.where(last, left.base[level_item], np.roll(level_cost, -1))
    has_column = np.isfinite(after)
    column = np.cumsum(has_column) - 1 + n
    rise = (after - level_cost)[has_column]
    own, inner = np.flatnonzero(has_column), np.flatnonzero(~first)
    # the last rows: how many sites are open, and that no item is without any place
    lost = int(np.isinf(left.base[uncovered]).any())
    rows = np.concatenate([level, own, inner, np.full(n, n_levels)])
    columns = np.concatenate([left.site, column[own], column[inner - 1], np.arange(n)])
    values = np.concatenate([np.ones(len(level) + len(own)), -np.ones(len(inner)), np.ones(n)])
    width = n + len(own)
    model = MipModel(
        cost=np.r_[np.zeros(n), rise],
        lower=np.zeros(width),
        upper=np.ones(width),
        integer=np.r_[np.ones(n, dtype=np.bool_), np.zeros(len(own), dtype=np.bool_)],
        matrix=sp.csr_array((values, (rows, columns)), shape=(n_levels + 1 + lost, width)),
        row_lower=np.r_[first.astype(np.float64), -np.inf, np.ones(lost)],
        row_upper=np.r_[np.full(n_levels, np.inf), float(p), np.full(lost, np.inf)],
    )
    constant = float(level_cost[first].sum())
    return model, constant + (0.0 if lost else float(left.base[uncovered].sum()))
