"""Check-ins: counts of visits at stations, and which workers each station may count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import scipy.sparse as sp

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOURS: Final = 24
DAYS: Final = 2
"""Kinds of day: weekday and weekend."""


@dataclass(frozen=True, eq=False)
class CheckIns:
    """Counts at stations: one row for each station, hour and day of the week that was counted.

    ``station`` int32[n] is a row of the catchments, ``hour`` 0..23, ``day`` 0 weekday or 1 weekend,
    ``count`` float64[n] visits over ``days`` float64[n] days, ``group`` int32[n] or -1 for visits
    of anybody. An hour that was not counted has no row; a 0 is a count.

    Raises
    ------
    InputError
        when columns differ in length, an hour or a day cannot be, or a count is negative.
    """

    station: NDArray[np.int32]
    hour: NDArray[np.int32]
    count: NDArray[np.float64]
    day: NDArray[np.int32]
    group: NDArray[np.int32]
    days: NDArray[np.float64]

    def __post_init__(self) -> None:
        n = len(self.count)
        for name, kind in _COLUMNS.items():
            array = np.array(getattr(self, name), dtype=kind)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
            if array.shape != (n,):
                raise InputError(
                    say(
                        "check-ins: {name} has the shape {shape} beside {n} counts",
                        name=name,
                        shape=array.shape,
                        n=n,
                    )
                )
        faults = {
            say("an hour lies outside 0..23"): (self.hour < 0) | (self.hour >= HOURS),
            say("a day is neither weekday nor weekend"): (self.day < 0) | (self.day >= DAYS),
            say("a count is negative or not finite"): ~(
                np.isfinite(self.count) & (self.count >= 0)
            ),
            say("a number of days is not above 0"): ~(np.isfinite(self.days) & (self.days > 0)),
        }
        for words, bad in faults.items():
            if bad.any():
                raise InputError(
                    say("check-ins: {words} (row {row})", words=words, row=int(np.argmax(bad)) + 1)
                )

    @classmethod
    def of(
        cls,
        *,
        station: NDArray[Any],
        hour: NDArray[Any],
        count: NDArray[Any],
        day: NDArray[Any] | int = 0,
        group: NDArray[Any] | int = -1,
        days: NDArray[Any] | float = 1.0,
    ) -> CheckIns:
        """Make check-ins; what is one number holds for all rows."""
        n = len(count)
        filled = {"day": day, "group": group, "days": days}
        whole = {name: np.broadcast_to(np.asarray(value), (n,)) for name, value in filled.items()}
        return cls(station=station, hour=hour, count=count, **whole)

    def rows(self, chosen: NDArray[np.bool_]) -> CheckIns:
        """Return the chosen rows."""
        return CheckIns(**{name: getattr(self, name)[chosen] for name in _COLUMNS})


_COLUMNS: Final[dict[str, Any]] = {
    "station": np.int32,
    "hour": np.int32,
    "count": np.float64,
    "day": np.int32,
    "group": np.int32,
    "days": np.float64,
}


def catchment_shares(
    within: sp.csr_array, *, attraction: NDArray[np.float64] | None = None
) -> sp.csr_array:
    """Share the workers of each cell among the stations within reach of it.

    ``within`` [n_stations, n_cells], stored where the cell is within the group's standard of the
    station (`planning.coverage.reach` gives it). ``attraction`` float64[n_stations] > 0 (seats,
    say) makes the shares unequal; all stations are equal without it. The columns of the result add
    up to 1, or 0 where no station is in reach.
    """
    table = sp.csr_array(within).astype(np.float64)
    table.data[:] = 1.0
    if attraction is not None:
        table = sp.csr_array(sp.diags_array(np.asarray(attraction, dtype=np.float64)) @ table)
    whole = np.asarray(table.sum(axis=0)).ravel()
    each = np.divide(1.0, whole, out=np.zeros(len(whole)), where=whole > 0)
    made: sp.csr_array = sp.csr_array(table @ sp.diags_array(each))
    return made
