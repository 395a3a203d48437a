"""Demand: how many workers of each group are where."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from data.districts import Districts

MOST_WORKERS: Final = 1e7  # of one group at one place: more than any city has in all


@dataclass(frozen=True, eq=False)
class Demand:
    """Workers of each group at points (cells) of a city.

    ``ids`` str[n] (unique), ``lonlat`` float64[n, 2] degrees of WGS-84, ``weights``
    float64[n, n_groups] workers (fractions are allowed, 0 where there is none), ``groups`` the
    columns of weights, ``district`` int32[n] into ``district_names`` (-1 outside all of them).
    The arrays are copied at birth and cannot be written.

    Raises
    ------
    InputError
        when shapes do not fit together, a weight or their sum is negative or not finite, or an id
        is double.
    """

    ids: npt.NDArray[np.str_]
    lonlat: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    groups: tuple[str, ...]
    district: npt.NDArray[np.int32]
    district_names: tuple[str, ...]

    def __post_init__(self) -> None:
        arrays = {
            "ids": np.array(self.ids, dtype=np.str_),
            "lonlat": np.array(self.lonlat, dtype=np.float64),
            "weights": np.array(self.weights, dtype=np.float64),
            "district": np.array(self.district, dtype=np.int32),
        }
        for name, array in arrays.items():
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        n = len(self.ids)
        shapes = (self.ids.shape, self.lonlat.shape, self.weights.shape, self.district.shape)
        if shapes != ((n,), (n, 2), (n, len(self.groups)), (n,)):
            raise InputError(f"demand: shapes {shapes} do not fit {len(self.groups)} groups")
        if not self.groups or len(set(self.groups)) != len(self.groups):
            raise InputError("demand: needs at least one group, and each once")
        if len(set(self.ids.tolist())) != n:
            raise InputError("demand: an id stands twice")
        if not np.isfinite(self.lonlat).all():
            raise InputError("demand: a point is not finite")
        if not np.isfinite(self.weights).all() or (self.weights < 0).any():
            raise InputError("demand: a number of workers is negative or not finite")
        with np.errstate(over="ignore"):
            summed = self.weights.sum()
        if not np.isfinite(summed):
            raise InputError("demand: the workers add up to more than a number can hold")
        if n and not -1 <= self.district.min() <= self.district.max() < len(self.district_names):
            raise InputError("demand: a district number lies outside district_names")

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def at_points(
        cls,
        *,
        ids: Sequence[str],
        lonlat: npt.NDArray[np.float64],
        weights: npt.NDArray[np.float64],
        groups: Sequence[str],
        districts: Districts | None = None,
    ) -> Demand:
        """Make demand of points, each put into the district in which it lies."""
        points = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
        return cls(
            ids=np.array(ids, dtype=np.str_).reshape(-1),
            lonlat=points,
            weights=np.asarray(weights, dtype=np.float64).reshape(len(points), len(groups)),
            groups=tuple(groups),
            district=(
                np.full(len(points), -1, dtype=np.int32)
                if districts is None
                else districts.locate(points)
            ),
            district_names=() if districts is None else districts.names,
        )

    def of(self, group: str) -> npt.NDArray[np.float64]:
        """Workers of one group at each point, float64[n]; 0 for a group that has no column."""
        if group not in self.groups:
            return np.zeros(len(self))
        return self.weights[:, self.groups.index(group)]

    def total(self, group: str | None = None) -> float:
        """Workers of one group, or of all groups (None)."""
        return float(self.weights.sum() if group is None else self.of(group).sum())

    @cached_property
    def content_hash(self) -> str:
        """sha256 (hex) of the content, the same in every process."""
        names = [self.groups, self.district_names, self.ids.tolist()]
        digest = hashlib.sha256(b"yizhan demand 1\n")
        digest.update(json.dumps(names, ensure_ascii=False).encode())
        for array, kind in ((self.lonlat, "<f8"), (self.weights, "<f8"), (self.district, "<i4")):
            digest.update(np.ascontiguousarray(array, dtype=kind).tobytes())
        return digest.hexdigest()
