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
from planning.engine.mclp.count_cuts import CountCut, count_cut
from planning.engine.mclp.lagrangian import BoundState, WarmMultipliers
from planning.engine.mclp.reduction import (
    ReducedCoverage,
    floor_rows,
    reduce_coverage,
    rows_of,
    weighed_anew,
)
from planning.engine.mclp.search_and_bound import CoverRun, is_sifted
from planning.engine.params import WarmStart

if TYPE_CHECKING:
    from planning.engine.clock import TimeLeft
    from planning.engine.cover_arrays import CoverArrays
    from planning.engine.mclp.side_constraints import PackingRows
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

    def weights_of_items(self, weights: Floats) -> Floats:
        """float64[n_items]: what the merged items weigh at other weights float64[n_demand]."""
        kept = self.item_of >= 0
        return _sums(self.item_of[kept], weights[kept], self.cover.n_items)

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
                fixed_items=np.zeros(n_items, dtype=np.bool_),
            )
        weights = self.cover.weights if same else self.weights_of_items(problem.weights)
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
            self,
            multiplier_share=share,
            row_multiplier=bound.best_row_multiplier[: len(reduced.rows.capacity)].copy(),
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class KeptReduction(WarmStart):
    """A problem as it was reduced, for one that differs in limits, money, weights, floors' shares.

    ``problem`` is the one that was answered, ``multiplier`` float64[n_items] and ``row_multiplier``
    are the best ones of its reduced items and rows, ``cuts`` what was found beside its rows, with
    ``cut_multiplier``. ``wider`` is what serves where more has changed.
    """

    matrix: SameMatrix
    problem: CoverageProblem
    reduced: ReducedCoverage
    multiplier: Floats
    row_multiplier: Floats
    cuts: tuple[CountCut, ...]
    cut_multiplier: Floats
    wider: CoverWarmStart | None

    def holds_for(self, problem: CoverageProblem) -> bool:
        """Whether a problem has the same options, and merges the same items and floors."""
        last = self.problem
        pairs = [
            (problem.site, last.site),
            (known(problem.required), known(last.required)),
            (known(problem.forbidden), known(last.forbidden)),
        ]
        if len(problem.floors) != len(last.floors) or not all(_same(*pair) for pair in pairs):
            return False
        floors = zip(problem.floors, last.floors, strict=True)
        return (
            all(
                _same(floor.members, old.members) and _same(floor.weights, old.weights)
                for floor, old in floors
            )
            and self._weighs_alike(problem)
            and self.matrix.is_of(problem.covers)
        )

    def _weighs_alike(self, problem: CoverageProblem) -> bool:
        """Whether what weighs nothing is the same; fewer items may count where no floor minds."""
        if _same(problem.weights, self.problem.weights):
            return True
        now, then = problem.weights > 0.0, self.problem.weights > 0.0
        if any(floor.weights is not None for floor in problem.floors):
            return np.array_equal(now, then)
        return not (now & ~then).any()

    def again(
        self, problem: CoverageProblem, *, clock: TimeLeft
    ) -> tuple[ReducedCoverage, WarmMultipliers | None]:
        """Reduce a problem for which this holds, and return the multipliers to begin with."""
        rows = rows_of(problem, self.reduced.options)
        reduced, multiplier = replace(self.reduced, rows=rows), self.multiplier
        if not _same(problem.weights, self.problem.weights):
            weights = problem.weights
            if self.wider is not None:
                # the items that were reduced are merged ones already
                weights = self.wider.weights_of_items(weights)
            reduced = weighed_anew(reduced, weights)
            # each item keeps its part of its weight
            share = multiplier / np.maximum(self.reduced.cover.weights, 1e-300)
            multiplier = share * reduced.cover.weights
        reduced = replace(reduced, floors=floor_rows(problem, reduced))
        if len(rows.capacity) != len(self.row_multiplier):
            return reduced, None
        held = self._cuts_of(rows, clock=clock)
        return reduced, WarmMultipliers(
            multiplier,
            self.row_multiplier,
            tuple(cut for cut, _ in held),
            np.array([each for _, each in held]),
            weighs_the_same=reduced.cover is self.reduced.cover,
        )

    def _cuts_of(self, rows: PackingRows, *, clock: TimeLeft) -> list[tuple[CountCut, np.float64]]:
        """Return the cuts at the capacities of now, with their multipliers."""
        pairs = list(zip(self.cuts, self.cut_multiplier, strict=True))
        was = self.reduced.rows
        if all(_same(np.asarray(a), np.asarray(b)) for a, b in zip(rows, was, strict=True)):
            return pairs
        proved = (
            (count_cut(rows, cut.sizes, cut.alpha, cut.rows, clock=clock), each)
            for cut, each in pairs
        )
        return [(cut, each) for cut, each in proved if cut is not None]


def _same(array: npt.NDArray[Any] | None, other: npt.NDArray[Any] | None) -> bool:
    if array is None or other is None:
        return array is other
    return array is other or np.array_equal(array, other)


def multiplier_shares(basis: WarmStart, n_demand: int) -> Floats | None:
    """float64[n_demand]: multipliers as shares of the weights; a half where an item has none.

    None for what another formulation left, or an answer about other demand.
    """
    if isinstance(basis, CoverWarmStart):
        item_of, own = basis.item_of, basis.multiplier_share
    elif isinstance(basis, KeptReduction):
        item_of = basis.reduced.item_of
        own = basis.multiplier / np.maximum(basis.reduced.cover.weights, 1e-300)
        if basis.wider is not None:
            # what was reduced are items that had been merged before
            before = basis.wider.item_of
            item_of = np.where(before >= 0, item_of[before], -1)
    else:
        return None
    if len(item_of) != n_demand:
        return None
    shares = np.full(n_demand, 0.5)
    kept = item_of >= 0
    shares[kept] = own[item_of[kept]]
    return shares


def kept_basis(
    problem: CoverageProblem,
    reduced: ReducedCoverage,
    run: CoverRun,
    *,
    wider: CoverWarmStart | None,
    last: WarmStart | None,
) -> WarmStart | None:
    """Return what the next question takes over of a run, which took over ``last`` itself."""
    if wider is not None:
        wider = wider.with_multipliers(reduced, run.bound)
    if not is_sifted(run.task):
        return wider
    own, bound = len(run.own_rows.capacity), run.bound
    is_last = isinstance(last, KeptReduction) and last.reduced.item_of is reduced.item_of
    return KeptReduction(
        matrix=last.matrix
        if is_last and isinstance(last, KeptReduction)
        else SameMatrix.of(problem.covers),
        problem=problem,
        reduced=reduced,
        multiplier=bound.best_multiplier.copy(),
        row_multiplier=bound.best_row_multiplier[:own].copy(),
        cuts=run.cuts,
        cut_multiplier=bound.best_row_multiplier[own:].copy(),
        wider=wider,
    )


def reduce_on_basis(
    problem: CoverageProblem, last: WarmStart | None, *, clock: TimeLeft
) -> tuple[ReducedCoverage, CoverWarmStart | None, WarmMultipliers | None]:
    """Reduce a problem; from the ``last`` answer's basis where that is of the same matrix.

    Where only limits, money, weights and the shares of floors have changed nothing is reduced anew.
    Else floors leave no basis: their items are others whenever they change.
    """
    if isinstance(last, KeptReduction):
        if last.holds_for(problem):
            reduced, warm = last.again(problem, clock=clock)
            return reduced, last.wider, warm
        last = last.wider
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
