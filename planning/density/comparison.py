"""Comparison: two demands of one city, and where they differ."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data.demand import Demand

ALL = "all"
OUTSIDE = "outside"


@dataclass(frozen=True)
class DemandDifference:
    """Two demands in one group and district (either may be "all").

    ``distance`` is the total variation distance between the two as distributions over the cells:
    half the sum of absolute differences of shares, 0 when alike and 1 when nobody stands where
    they did. It leaves the totals aside, which stand beside it; NaN where one has nobody.
    """

    group: str
    district: str
    workers_a: float
    workers_b: float
    distance: float


@dataclass(frozen=True)
class CellDifference:
    """One of the cells that differ most, by workers of one group."""

    group: str
    row: int
    id: str
    district: str
    lon: float
    lat: float
    workers_a: float
    workers_b: float

    @property
    def change(self) -> float:
        """Workers in the second demand less those in the first."""
        return self.workers_b - self.workers_a


@dataclass(frozen=True)
class DemandComparison:
    """What `compare` found: by group and district, and the cells that differ most."""

    rows: tuple[DemandDifference, ...]
    largest: tuple[CellDifference, ...]

    def row(self, group: str, district: str = ALL) -> DemandDifference:
        """Return the row of a group and a district (KeyError when there is none)."""
        for one in self.rows:
            if (one.group, one.district) == (group, district):
                return one
        raise KeyError((group, district))

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain data for JSON; a distance that is none is None."""
        return {
            "rows": [
                asdict(one) | {"distance": None if np.isnan(one.distance) else one.distance}
                for one in self.rows
            ],
            "largest": [asdict(one) | {"change": one.change} for one in self.largest],
        }


def compare(a: Demand, b: Demand, *, top: int = 10) -> DemandComparison:
    """Set two demands over the same cells side by side, group by group.

    Groups are those of ``a``, then those that ``b`` alone has; a group that one lacks counts 0
    there. Districts are those of ``a``. InputError when the cells are not the same.
    """
    order = _same_cells(a, b)
    groups = tuple(dict.fromkeys((*a.groups, *b.groups)))
    names = (*a.district_names, OUTSIDE)
    place = np.where(a.district < 0, len(names) - 1, a.district)
    rows: list[DemandDifference] = []
    largest: list[CellDifference] = []
    for group in groups:
        old, new = a.of(group), b.of(group)[order]
        rows.append(_difference(group, ALL, old, new))
        for number, name in enumerate(names):
            inside = place == number
            if inside.any():
                rows.append(_difference(group, name, old[inside], new[inside]))
        largest += [
            CellDifference(
                group=group,
                row=int(i),
                id=str(a.ids[i]),
                district=names[place[i]],
                lon=float(a.lonlat[i, 0]),
                lat=float(a.lonlat[i, 1]),
                workers_a=float(old[i]),
                workers_b=float(new[i]),
            )
            for i in np.argsort(-np.abs(new - old), kind="stable")[:top]
            if new[i] != old[i]
        ]
    return DemandComparison(tuple(rows), tuple(largest))


def _same_cells(a: Demand, b: Demand) -> NDArray[np.int64]:
    """Return the row of ``b`` that is each row of ``a``."""
    by_a, by_b = np.argsort(a.ids), np.argsort(b.ids)
    if len(a) != len(b) or not (a.ids[by_a] == b.ids[by_b]).all():
        both = len(np.intersect1d(a.ids, b.ids))
        raise InputError(
            say(
                "the two demands share {both:,} of {n_a:,} and {n_b:,} cells: build both over"
                " the same cells to compare them",
                both=both,
                n_a=len(a),
                n_b=len(b),
            )
        )
    order = np.empty(len(a), dtype=np.int64)
    order[by_a] = by_b
    return order


def _difference(
    group: str, district: str, old: NDArray[np.float64], new: NDArray[np.float64]
) -> DemandDifference:
    before, after = float(old.sum()), float(new.sum())
    distance = float("nan")
    if before > 0 and after > 0:
        distance = 0.5 * float(np.abs(old / before - new / after).sum())
    return DemandDifference(group, district, before, after, distance)
