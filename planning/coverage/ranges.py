"""How much of a coverage hangs on weights that are judgement: a range for every row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import InputError
from geo.messages import say
from planning.coverage.nominal import ALL
from planning.density import range_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from data.demand import Demand
    from planning.coverage.nominal import Coverage
    from planning.density import DensityModel


@dataclass(frozen=True)
class RowRange:
    """The 5th and 95th percentile of one row of a coverage over draws of the weights.

    Each is (low, high): ``workers`` of the row, those ``within_one`` and ``within_two``, and these
    as shares.
    """

    group: str
    district: str
    workers: tuple[float, float]
    within_one: tuple[float, float]
    within_two: tuple[float, float]
    share_one: tuple[float, float]
    share_two: tuple[float, float]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "group": self.group,
            "district": self.district,
            **{name: list(getattr(self, name)) for name in _FIGURES},
        }


_FIGURES = ("workers", "within_one", "within_two", "share_one", "share_two")


def range_of_coverage(
    measured: Coverage,
    demand: Demand,
    model: DensityModel,
    *,
    factor: npt.NDArray[np.float64],
    n: int,
    seed: int,
    concentration: float,
) -> tuple[RowRange, ...]:
    """Say how far each row of a coverage moves when the weights are drawn anew.

    ``demand`` is what ``measured`` was measured of and what ``model`` built; ``factor``
    float64[n_groups] is the share of each group that counts (1, or that of an hour). The same seed
    gives the same ranges.

    Raises
    ------
    InputError
        when the model's cells are not those of the demand, or the coverage was read back from JSON.
    """
    reached = measured.stations_in_reach
    if reached is None or reached.shape != demand.weights.shape:
        raise InputError(say("a range needs the coverage as it was measured, of the same demand"))
    if not np.array_equal(np.asarray(model.cells.ids), demand.ids):
        raise InputError(say("a range needs the model that built this demand: build it again"))
    named = {name: number for number, name in enumerate(demand.district_names)}
    n_places, n_groups = len(named) + 1, len(demand.groups)
    place = np.where(demand.district < 0, n_places - 1, demand.district)
    slot = place[:, None] + n_places * np.arange(n_groups)
    masks = (np.ones(reached.shape), reached >= 1, reached >= 2)  # noqa: PLR2004 - two stations

    def figure(workers: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Workers, within one, within two: [3, groups and all, districts, outside and all]."""
        counted = workers * factor
        table = np.array(
            [
                np.bincount(
                    slot.ravel(), weights=(counted * mask).ravel(), minlength=n_places * n_groups
                ).reshape(n_groups, n_places)
                for mask in masks
            ]
        )
        table = np.concatenate([table, table.sum(axis=1, keepdims=True)], axis=1)
        table = np.concatenate([table, table.sum(axis=2, keepdims=True)], axis=2)
        whole = np.where(table[0] > 0, table[0], 1.0)
        return np.concatenate([table, table[1:] / whole])

    drawn = range_of(model, figure, n=n, seed=seed, concentration=concentration)
    rows = []
    for row in measured.rows:
        at = n_groups if row.group == ALL else demand.groups.index(row.group)
        where = n_places if row.district == ALL else named.get(row.district, n_places - 1)
        ends = {
            name: (float(drawn.low[k, at, where]), float(drawn.high[k, at, where]))
            for k, name in enumerate(_FIGURES)
        }
        rows.append(RowRange(row.group, row.district, **ends))
    return tuple(rows)
