"""What one answer of maximal covering leaves for the next: merged items and good multipliers.

A planner changes a site, the number or the money and asks again. The cover matrix is the same, so
its items need not be merged anew, and the Lagrangian multipliers of the last answer are nearly
right for the changed problem: every multiplier gives a true bound, so an old one is never wrong, at
most weak.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.checks import known
from planning.engine.mclp.lagrangian import BoundState, WarmMultipliers
from planning.engine.mclp.reduction import ReducedCoverage, reduce_coverage, rows_of
from planning.engine.params import WarmStart

if TYPE_CHECKING:
    from planning.engine.cover_arrays import CoverArrays
    from planning.engine.problems import CoverageProblem

Floats = npt.NDArray[np.float64]


class SameMatrix(NamedTuple):
    """The arrays of a cover matrix, and sums that tell when someone has changed them in place."""

    indices: npt.NDArray[Any]
    data: npt.NDArray[Any]
    offset: npt.NDArray[Any]
    sums: tuple[int, float]

    @classmethod
    def of(cls, covers: sp.csr_array) -> SameMatrix:
        """Take note of a matrix."""
        sums = (int(covers.indices.sum()), float(covers.data.sum()))
        return cls(covers.indices, covers.data, covers.indptr, sums)

    def is_of(self, covers: sp.csr_array) -> bool:
        """Whether a matrix is this one, in the same memory or by what it holds."""
        if len(covers.indices) != len(self.indices) or SameMatrix.of(covers).sums != self.sums:
            return False
        return (
            np.array_equal(covers.indptr, self.offset)
            and (
                _one_memory(covers.indices, self.indices)
                or np.array_equal(covers.indices, self.indices)
            )
            and (_one_memory(covers.data, self.data) or np.array_equal(covers.data, self.data))
        )


def _one_memory(array: npt.NDArray[Any], other: npt.NDArray[Any]) -> bool:
    return bool(array.__array_interface__["data"] == other.__array_interface__["data"])


def _sums(number: npt.NDArray[Any], weights: Floats, n: int) -> Floats:
    return np.asarray(np.bincount(number, weights=weights, minlength=n), dtype=np.float64)


@dataclass(frozen=True, eq=False, kw_only=True)
class CoverWarmStart(WarmStart):
    """A cover matrix with its like items merged, and what the multipliers came to rest at.

    ``matrix`` is the cover matrix that was merged, by which it is known again. ``item_of``
    int32[n_demand] is the merged item of each demand item (-1: none), for ``weights``
    float64[n_demand]. ``multiplier_share`` float64[n_items] is the multiplier of an item as a
    share of its weight.
    """

    matrix: SameMatrix
    weights: Floats
    item_of: npt.NDArray[np.int32]
    cover: CoverArrays
    multiplier_share: Floats
    row_multiplier: Floats

    def holds_for(self, problem: CoverageProblem) -> bool:
        """Whether a problem has this cover matrix, and no weight where there was none before."""
        if not self.matrix.is_of(problem.covers):
            return False
        return not (problem.weights[self.weights <= 0.0] > 0.0).any()

    def reduced(self, problem: CoverageProblem) -> ReducedCoverage:
        """Reduce a problem from the merged items; its ``item_of`` is of these."""
        n_items = self.cover.n_items
        same = np.array_equal(problem.weights, self.weights)
        if same and not (known(problem.required) | known(problem.forbidden)).any():
            options = np.arange(problem.n_options)
            return ReducedCoverage(
                cover=self.cover,
                rows=rows_of(problem, options),
                options=options,
                fixed_value=0.0,
                floors=(),
                whole_numbers=bool((self.cover.weights == np.floor(self.cover.weights)).all()),
                item_of=np.arange(n_items, dtype=np.int32),
            )
        weights = self.cover.weights
        if not same:
            kept = self.item_of >= 0
            weights = _sums(self.item_of[kept], problem.weights[kept], n_items)
        index, offset = self.cover.option_item, self.cover.option_offset
        covers = sp.csr_array(
            (np.ones(len(index), dtype=np.bool_), index, offset),
            shape=(problem.n_options, n_items),
        )
        return reduce_coverage(replace(problem, weights=weights, covers=covers))

    def warm_multipliers(self, reduced: ReducedCoverage) -> WarmMultipliers:
        """Return the multipliers for the items of a problem that was reduced from these."""
        # what is merged or weighs less now takes its multiplier by the share of its weight
        kept = reduced.item_of >= 0
        item, n_items = reduced.item_of[kept], reduced.cover.n_items
        weighted = _sums(item, (self.multiplier_share * self.cover.weights)[kept], n_items)
        whole = _sums(item, self.cover.weights[kept], n_items)
        return WarmMultipliers(
            weighted / np.maximum(whole, 1e-300) * reduced.cover.weights, self.row_multiplier
        )

    def with_multipliers(self, reduced: ReducedCoverage, bound: BoundState) -> CoverWarmStart:
        """Return the basis with the best multipliers of a run on a problem reduced from it."""
        kept = reduced.item_of >= 0
        share = self.multiplier_share.copy()
        now = bound.best_multiplier / np.maximum(reduced.cover.weights, 1e-300)
        share[kept] = now[reduced.item_of[kept]]
        return replace(
            self, multiplier_share=share, row_multiplier=bound.best_row_multiplier.copy()
        )


def reduce_on_basis(
    problem: CoverageProblem, last: WarmStart | None
) -> tuple[ReducedCoverage, CoverWarmStart | None, WarmMultipliers | None]:
    """Reduce a problem; from the ``last`` answer's basis where that is of the same matrix.

    Floors leave no basis: their items are others whenever they change.
    """
    if problem.floors:
        return reduce_coverage(problem), None, None
    if isinstance(last, CoverWarmStart) and last.holds_for(problem):
        reduced = last.reduced(problem)
        return reduced, last, last.warm_multipliers(reduced)
    whole = reduce_coverage(replace(problem, required=None, forbidden=None))
    if not whole.cover.n_items:
        return reduce_coverage(problem), None, None
    basis = CoverWarmStart(
        matrix=SameMatrix.of(problem.covers),
        weights=problem.weights,
        item_of=whole.item_of,
        cover=whole.cover,
        multiplier_share=np.full(whole.cover.n_items, 0.5),
        row_multiplier=np.empty(0),
    )
    return basis.reduced(problem), basis, None
