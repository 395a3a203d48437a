"""Reduction: a coverage problem without what is fixed before the engine begins.

Demand items with like cover sets are merged, required options cover for good, forbidden ones and
those that cover nothing are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planning.engine.checks import known
from planning.engine.cover_arrays import CoverArrays, merge_items
from planning.engine.mclp.side_constraints import SLACK, PackingRows, packing_rows
from planning.engine.mclp.task import CoverTask, FloorRow

if TYPE_CHECKING:
    import scipy.sparse as sp

    from planning.engine.problems import CoverageProblem

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class ReducedCoverage:
    """A coverage problem without what is fixed: what the engine works on.

    ``options`` are the free options' numbers in the problem; ``fixed_value`` is the weight that
    required options cover for good, ``fixed_items`` bool[n_demand] of these; ``item_of``
    int32[n_demand] the item that each demand item went into (-1: none).
    """

    cover: CoverArrays
    rows: PackingRows
    options: Ints
    fixed_value: float
    floors: tuple[FloorRow, ...]
    whole_numbers: bool
    item_of: npt.NDArray[np.int32]
    fixed_items: npt.NDArray[np.bool_]

    @property
    def task(self) -> CoverTask:
        """What is left for the engine, in the numbering of the free options.

        Floors that what is fixed meets already are left out.
        """
        return CoverTask(
            cover=self.cover,
            rows=self.rows,
            fixed_value=self.fixed_value,
            whole_numbers=self.whole_numbers,
            floors=tuple(floor for floor in self.floors if floor.need > 0.0),
        )


def reduce_coverage(problem: CoverageProblem) -> ReducedCoverage:
    """Settle what is required, leave out what is forbidden, merge items of the same cover set."""
    covers = _without_zeros(problem.covers)
    required, forbidden = known(problem.required), known(problem.forbidden)
    fixed_items = np.zeros(problem.n_demand, dtype=np.bool_)
    fixed_items[covers[np.flatnonzero(required)].indices] = True
    free = ~required & ~forbidden
    if problem.site is not None:
        free &= ~np.isin(problem.site, problem.site[required])
    options = np.flatnonzero(free)
    labels = np.zeros(problem.n_demand, dtype=np.int64)
    for floor in problem.floors:
        labels = np.unique(2 * labels + floor.members, return_inverse=True)[1]
    merged = merge_items(
        covers.indptr,
        covers.indices,
        problem.weights,
        options=options,
        removed=fixed_items,
        labels=labels,
    )
    cover = merged.cover
    return ReducedCoverage(
        cover=cover,
        rows=rows_of(problem, options),
        options=options,
        fixed_value=float(problem.weights[fixed_items].sum()),
        floors=_floor_rows(problem, merged.item_of, fixed_items, cover.n_items),
        fixed_items=fixed_items,
        whole_numbers=bool((problem.weights == np.floor(problem.weights)).all()),
        item_of=merged.item_of,
    )


def weighed_anew(reduced: ReducedCoverage, weights: npt.NDArray[np.float64]) -> ReducedCoverage:
    """Return a reduction at other ``weights`` of what it was made of; floors are as they were.

    What weighed nothing before must do so now.
    """
    kept, n_items = reduced.item_of >= 0, reduced.cover.n_items
    sums = np.bincount(reduced.item_of[kept], weights=weights[kept], minlength=n_items)
    return replace(
        reduced,
        cover=reduced.cover._replace(weights=sums.astype(np.float64)),
        fixed_value=float(weights[reduced.fixed_items].sum()),
        whole_numbers=bool((weights == np.floor(weights)).all()),
    )


def _without_zeros(covers: sp.csr_array) -> sp.csr_array:
    if covers.data.all():
        return covers
    covers = covers.copy()
    covers.eliminate_zeros()
    return covers


def rows_of(problem: CoverageProblem, options: Ints) -> PackingRows:
    """Return the limits of a problem over its free options, less what the required ones take."""
    required = np.flatnonzero(known(problem.required))
    rows: list[tuple[npt.NDArray[np.float64], float]] = []
    costs = problem.costs
    if problem.budget is not None and costs is not None:
        rows.append((costs[options], _left(problem.budget, float(costs[required].sum()))))
    for limit in problem.limits:
        members = limit.members.astype(np.float64)
        if limit.max_open is not None:
            rows.append((members[options], limit.max_open - float(members[required].sum())))
        if limit.budget is not None:
            of_limit = problem.costs_of(limit)
            spent = float(of_limit[required].sum())
            rows.append((of_limit[options], _left(limit.budget, spent)))
    return packing_rows(
        n_options=len(options),
        most=problem.max_open,
        site=None if problem.site is None else problem.site[options],
        rows=rows,
    )


def _left(budget: float, spent: float) -> float:
    """Return what is left of a budget: sums may lose a part of the whole, not of what is left."""
    return max(budget - spent + SLACK * spent, 0.0)


def floor_rows(problem: CoverageProblem, reduced: ReducedCoverage) -> tuple[FloorRow, ...]:
    """Return the floors of a problem that was reduced so before, with other shares maybe."""
    return _floor_rows(problem, reduced.item_of, reduced.fixed_items, reduced.cover.n_items)


def _floor_rows(
    problem: CoverageProblem,
    item_of: npt.NDArray[np.int32],
    fixed_items: npt.NDArray[np.bool_],
    n_items: int,
) -> tuple[FloorRow, ...]:
    return tuple(
        _floor_row(problem, number, item_of, fixed_items, n_items)
        for number in range(len(problem.floors))
    )


def _floor_row(
    problem: CoverageProblem,
    number: int,
    item_of: npt.NDArray[np.int32],
    fixed_items: npt.NDArray[np.bool_],
    n_items: int,
) -> FloorRow:
    floor = problem.floors[number]
    weights = problem.weights_of(floor)
    inside = floor.members & (item_of >= 0)
    need = floor.min_share * float(weights.sum()) - float(weights[fixed_items].sum())
    return FloorRow(
        weights=np.asarray(
            np.bincount(item_of[inside], weights=weights[inside], minlength=n_items), np.float64
        ),
        need=need - 1e-9 * float(weights.sum()),
    )


def meets_floors(reduced: ReducedCoverage, chosen: Ints) -> bool:
    """Whether a choice of the free options covers what every floor asks for."""
    covered = np.zeros(reduced.cover.n_items, dtype=np.bool_)
    offset = reduced.cover.option_offset
    for j in chosen:
        covered[reduced.cover.option_item[offset[j] : offset[j + 1]]] = True
    return all(float(floor.weights[covered].sum()) >= floor.need for floor in reduced.floors)
