r"""The linear relaxation of set covering with zero-half cuts.

Take the rows ``sum_j a_ij x_j >= 1`` of a set S of items, an odd number of them, halve their sum
and round it up (Chvatal 1973; Balas and Ng 1989):

.. math:: \sum_j \Bigl\lceil \tfrac12 \sum_{i \in S} a_{ij} \Bigr\rceil x_j \ge \frac{|S| + 1}{2}

It is the cut of maximal covering (`zero_half_cuts`) with every item covered, and is found by the
same search.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.cutting_planes import CutProgramme, Cuts
from planning.engine.mclp.zero_half_cuts import find_cuts
from planning.engine.mip import MipModel

if TYPE_CHECKING:
    from planning.engine.clock import TimeLeft
    from planning.engine.cover_arrays import CoverArrays

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Steps of the search for cuts in one round, and of it in a second, about.
ROUND_STEPS, STEPS_PER_S = 20_000_000, 60_000_000


class CoveringRelaxation(CutProgramme):
    """The relaxation of ``cover_model``: options alone, every item a row."""

    def __init__(self, model: MipModel, *, clock: TimeLeft) -> None:
        self._covering = Cuts(-model.matrix, -model.row_lower)
        super().__init__(model, clock=clock)

    def find_cuts(self, *, seed: int) -> Cuts:
        """Find cuts that the point violates."""
        steps = min(ROUND_STEPS, int(self._clock.left_s * STEPS_PER_S))
        rows = self._covering.joined(self.cuts)
        found = find_cuts(rows, self.point, n_options=len(self.point), seed=seed, steps=steps)
        self.steps += found.steps
        return found.cuts

    def programme(self) -> MipModel:
        """Return the whole programme with the bounds and the cuts that stand."""
        model, cuts = self._model, self.cuts
        return replace(
            model,
            lower=self.lower.astype(np.float64),
            upper=self.upper.astype(np.float64),
            matrix=sp.csr_array(sp.vstack([model.matrix, cuts.matrix])),
            row_lower=np.r_[model.row_lower, np.full(cuts.n_cuts, -np.inf)],
            row_upper=np.r_[model.row_upper, cuts.right],
        )


def cover_model(cover: CoverArrays, costs: Floats, left: Mask) -> MipModel:
    """Every item covered by the options ``left``, at least cost; a free item makes it infeasible.

    An item that none of them covers cannot be, and its row says so.
    """
    m, n = cover.n_items, int(left.sum())
    matrix = sp.csr_array(
        (np.ones(len(cover.item_option)), cover.item_option, cover.item_offset),
        shape=(m, len(left)),
    )[:, np.flatnonzero(left)]
    return MipModel(
        cost=costs[left],
        lower=np.zeros(n),
        upper=np.ones(n),
        integer=np.ones(n, dtype=np.bool_),
        matrix=sp.csr_array(matrix),
        row_lower=np.ones(m),
        row_upper=np.full(m, np.inf),
    )
