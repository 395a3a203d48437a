"""What the engine of maximal covering is asked: a reduced cover, its limits and its floors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from planning.engine.cover_arrays import CoverArrays
    from planning.engine.mclp.side_constraints import PackingRows


class FloorRow(NamedTuple):
    """``weights[covered].sum() >= need`` over the task's items."""

    weights: npt.NDArray[np.float64]
    need: float


@dataclass(frozen=True, eq=False, kw_only=True)
class CoverTask:
    """What is to be solved: reduced cover and rows; ``fixed_value`` is added to every value.

    The rounds of search and bound leave ``floors`` aside: the programme meets them.
    """

    cover: CoverArrays
    rows: PackingRows
    fixed_value: float
    whole_numbers: bool
    floors: tuple[FloorRow, ...] = ()
