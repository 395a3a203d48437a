"""Demand: how many workers of each group are where, and at which hour."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from data.districts import Districts

DayWord = Literal["weekday", "weekend"]
DAYS: Final[tuple[DayWord, ...]] = get_args(DayWord)
HOURS: Final = 24
MOST_WORKERS: Final = 1e7  # of one group at one place: more than any city has in all


def _always() -> npt.NDArray[np.float64]:
    """Everybody is there at every hour: what nobody has said otherwise of."""
    return np.ones(1)


@dataclass(frozen=True, eq=False)
class Demand:
    """Workers of each group at points (cells) of a city.

    The arrays are copied at birth and cannot be written. `Demand.at_points` makes one of plain
    arrays.

    Parameters
    ----------
    ids
        str[n], unique.
    lonlat
        float64[n, 2], degrees of WGS-84.
    weights
        float64[n, n_groups], workers; fractions are allowed, 0 where there is none.
    groups
        the columns of weights.
    district
        int32[n] into ``district_names``, -1 outside all of them.
    district_names
        the districts in order, empty for a city without.
    presence
        float64[n_groups], the share of the registered workers who are in town; 1 where nobody has
        said otherwise, and broadcast to its shape.
    profile
        float64[n_groups, 2, 24], the share of those who want a rest place in each hour of a
        weekday and of a weekend day; 1 throughout where nobody has said otherwise, and broadcast.

    Raises
    ------
    InputError
        when shapes do not fit together, a weight or their sum is negative or not finite, an id
        is double, or a share of presence or profile lies outside 0 to 1.
    """

    ids: npt.NDArray[np.str_]
    lonlat: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    groups: tuple[str, ...]
    district: npt.NDArray[np.int32]
    district_names: tuple[str, ...]
    presence: npt.NDArray[np.float64] = field(default_factory=_always)
    profile: npt.NDArray[np.float64] = field(default_factory=_always)

    def __post_init__(self) -> None:
        arrays = {
            "ids": np.array(self.ids, dtype=np.str_),
            "lonlat": np.array(self.lonlat, dtype=np.float64),
            "weights": np.array(self.weights, dtype=np.float64),
            "district": np.array(self.district, dtype=np.int32),
            "presence": _shares("presence", self.presence, (len(self.groups),)),
            "profile": _shares("profile", self.profile, (len(self.groups), len(DAYS), HOURS)),
        }
        for name, array in arrays.items():
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        n = len(self.ids)
        shapes = (self.ids.shape, self.lonlat.shape, self.weights.shape, self.district.shape)
        if shapes != ((n,), (n, 2), (n, len(self.groups)), (n,)):
            raise InputError(
                say(
                    "demand: shapes {shapes} do not fit {n_groups} groups",
                    shapes=shapes,
                    n_groups=len(self.groups),
                )
            )
        if not self.groups or len(set(self.groups)) != len(self.groups):
            raise InputError(say("demand: needs at least one group, and each once"))
        if len(set(self.ids.tolist())) != n:
            raise InputError(say("demand: an id stands twice"))
        if not np.isfinite(self.lonlat).all():
            raise InputError(say("demand: a point is not finite"))
        if not np.isfinite(self.weights).all() or (self.weights < 0).any():
            raise InputError(say("demand: a number of workers is negative or not finite"))
        with np.errstate(over="ignore"):
            summed = self.weights.sum()
        if not np.isfinite(summed):
            raise InputError(say("demand: the workers add up to more than a number can hold"))
        if n and not -1 <= self.district.min() <= self.district.max() < len(self.district_names):
            raise InputError(say("demand: a district number lies outside district_names"))

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
        """Make demand of points, each put into the district in which it lies.

        Parameters
        ----------
        ids
            str[n], unique.
        lonlat
            float64[n, 2], degrees of WGS-84.
        weights
            float64[n, n_groups], workers.
        groups
            the columns of weights.
        districts
            None for a city without.

        Returns
        -------
        Demand
            everybody present at every hour.

        Raises
        ------
        InputError
            as `Demand`.

        Examples
        --------
        >>> from data import Demand
        >>> demand = Demand.at_points(
        ...     ids=["west", "east"],
        ...     lonlat=[(116.80, 33.95), (116.82, 33.95)],
        ...     weights=[[30.0, 2.0], [10.0, 0.0]],
        ...     groups=["delivery_rider", "courier"],
        ... )
        >>> demand.total("delivery_rider"), demand.total("courier")
        (40.0, 2.0)
        """
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

    @property
    def knows_hours(self) -> bool:
        """Whether anybody has said at which hours the workers want a rest."""
        return bool((self.profile != 1.0).any())

    def at(self, *, hour: int, day: DayWord = "weekday") -> npt.NDArray[np.float64]:
        """Workers who want a rest place in one hour of a day, float64[n, n_groups].

        ``hour`` counts from 0 (midnight to one) to 23.

        Raises
        ------
        InputError
            when there is no such hour or day.
        """
        if day not in DAYS:
            raise InputError(say("day {day!r} is neither weekday nor weekend", day=day))
        if not 0 <= hour < HOURS:
            raise InputError(
                say("hour {hour} lies outside 0 to 23: 14 is from two to three", hour=hour)
            )
        return self.weights * (self.presence * self.profile[:, DAYS.index(day), hour])

    def during(self, *, hour: int, day: DayWord = "weekday") -> Demand:
        """Return the demand of one hour: its weights are those of `at`, at every hour the same."""
        out = self.at(hour=hour, day=day)
        return replace(self, weights=out, presence=_always(), profile=_always())

    @cached_property
    def content_hash(self) -> str:
        """sha256 (hex) of the content, the same in every process.

        Presence and profile count where anybody has said something of them.
        """
        names = [self.groups, self.district_names, self.ids.tolist()]
        digest = hashlib.sha256(b"yizhan demand 1\n")
        digest.update(json.dumps(names, ensure_ascii=False).encode())
        arrays = [(self.lonlat, "<f8"), (self.weights, "<f8"), (self.district, "<i4")]
        shares = (self.presence, self.profile)
        if any((share != 1.0).any() for share in shares):
            arrays += [(share, "<f8") for share in shares]
        for array, kind in arrays:
            digest.update(np.ascontiguousarray(array, dtype=kind).tobytes())
        return digest.hexdigest()


def _shares(
    name: str, given: npt.NDArray[np.float64], shape: tuple[int, ...]
) -> npt.NDArray[np.float64]:
    """Broadcast shares of 0 to 1 to a shape of their own."""
    try:
        shares = np.broadcast_to(np.asarray(given, dtype=np.float64), shape).copy()
    except ValueError:
        raise InputError(
            say(
                "demand: {name} of shape {given} must be {expected}",
                name=name,
                given=np.shape(given),
                expected=shape,
            )
        ) from None
    if not ((shares >= 0) & (shares <= 1)).all():
        raise InputError(say("demand: {name} must be shares between 0 and 1", name=name))
    return shares
