"""Access: how long workers go to the nearest open station, and how seats are shared among them.

By area and group: the median and the 90th percentile of the time to the nearest open station, the
seats there, and the seats of a worker by the floating catchments; over all workers the inequality
of these. All by the register (nominal): a station counts when it is open by its status and serves
the group, whatever the hour.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.coverage.floating_catchment import DECAYS, Catchment, seat_access
from planning.coverage.inequality import Inequality, inequality_of, lorenz_curve
from planning.coverage.nearest_time import nearest_seconds, time_within
from planning.coverage.nominal import ALL, OUTSIDE, groups_of, reach_by_standard, standard_of
from planning.coverage.reach import reach_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from data.demand import Demand
    from data.settings import Settings
    from data.stations import Stations
    from geo.network import RoadNetwork
    from planning.coverage.floating_catchment import DecayWord

Floats = npt.NDArray[np.float64]
MEDIAN: Final = 0.5
NINETY: Final = 0.9
_TENTHS: Final = 10
_KEPT_DIGITS: Final = 9


class Areas(NamedTuple):
    """Areas by name, and in which each cell and each station lies: int[n], -1 in none."""

    names: tuple[str, ...]
    cells: npt.NDArray[np.int32]
    stations: npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class CellAccess:
    """Access of each cell and group, float64[n_cells, n_groups] each.

    ``walking_s`` and ``own_s`` are the seconds to the nearest open station by the national
    standard's mode and by the group's own, inf where no way leads to any; ``seats`` the seats of a
    worker by each of `DECAYS`, of the stations whose seats are known.
    """

    walking_s: Floats
    own_s: Floats
    seats: Mapping[DecayWord, Floats]


@dataclass(frozen=True)
class AccessRow:
    """One area and group; either may be "all", the area "outside" for who and what is in none.

    Seconds are None where there is nobody, or fewer than that share have any way. ``seats`` is the
    sum of what is known of the open stations in the area that serve the group, ``stations`` their
    number and ``seats_unknown`` how many of them have no known number. ``plain``, ``stepped`` and
    ``gaussian`` are seats a worker, the mean over the workers; 0 where there is nobody.
    """

    group: str
    area: str
    workers: float
    walking_median_s: float | None
    walking_ninety_s: float | None
    own_median_s: float | None
    own_ninety_s: float | None
    stations: int
    seats: float
    seats_unknown: int
    plain: float
    stepped: float
    gaussian: float

    @property
    def seats_per_1000(self) -> float | None:
        """The known seats for each 1,000 workers; None where there is nobody."""
        return 1000.0 * self.seats / self.workers if self.workers else None


@dataclass(frozen=True)
class SharedSeats:
    """How unevenly the seats of a floating catchment are shared among all workers of a city.

    ``tenths`` are the corners of the Lorenz curve at each tenth of the workers, from 0 to 1. Both
    are None where nobody reaches a seat.
    """

    inequality: Inequality | None
    tenths: tuple[float, ...] | None


@dataclass(frozen=True, eq=False)
class Access:
    """Access of a city: rows by group and area, "all" first, and the sharing by each decay."""

    groups: tuple[str, ...]
    rows: tuple[AccessRow, ...]
    shared: Mapping[DecayWord, SharedSeats]

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas of the rows in order, "all" first."""
        return tuple(dict.fromkeys(row.area for row in self.rows))

    def row(self, group: str = ALL, area: str = ALL) -> AccessRow:
        """Return the row of a group and an area (KeyError when there is none)."""
        for row in self.rows:
            if (row.group, row.area) == (group, area):
                return row
        raise KeyError((group, area))

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "groups": list(self.groups),
            "rows": [asdict(row) for row in self.rows],
            "shared": {
                decay: {
                    "inequality": None if one.inequality is None else one.inequality.as_dict(),
                    "tenths": None if one.tenths is None else list(one.tenths),
                }
                for decay, one in self.shared.items()
            },
        }

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Access:
        """Read back what `as_dict` wrote."""
        shared = {
            decay: SharedSeats(
                None if one["inequality"] is None else Inequality.from_dict(one["inequality"]),
                None if one["tenths"] is None else tuple(one["tenths"]),
            )
            for decay, one in body["shared"].items()
        }
        return cls(tuple(body["groups"]), tuple(AccessRow(**row) for row in body["rows"]), shared)


def access_of_cells(
    demand: Demand,
    stations: Stations,
    network: RoadNetwork,
    settings: Settings,
    *,
    on_progress: Callable[[str, float], None] | None = None,
) -> CellAccess:
    """Measure the access of each cell.

    Seats are shared within each group's own standard, times are to the nearest place however far.

    Raises
    ------
    InputError
        when the demand has a group that the settings do not name.
    """
    walking, own = (
        nearest_seconds(demand, stations, network, settings, standard=standard)
        for standard in ("national", "group")
    )
    seats = stations.frame["seats"].to_numpy(dtype=np.float64)
    known = np.isfinite(seats)
    catchments = _catchments(
        demand, stations, network, settings, known=known, on_progress=on_progress
    )
    by_decay = {
        decay: seat_access(seats[known], catchments, decay=decay).per_worker for decay in DECAYS
    }
    return CellAccess(walking, own, by_decay)


def access_in(
    areas: Areas, cells: CellAccess, demand: Demand, stations: Stations, settings: Settings
) -> Access:
    """Add the access of cells up by area and group, "all" first in both."""
    groups = groups_of(demand, settings)
    serves = np.array([stations.serves(group) for group in groups], dtype=np.bool_)
    serves = serves.reshape(len(groups), len(stations))
    everywhere = np.ones(len(demand), dtype=np.bool_), np.ones(len(stations), dtype=np.bool_)
    places = [(ALL, *everywhere)]
    places += [
        (name, areas.cells == number, areas.stations == number)
        for number, name in enumerate(areas.names)
    ]
    outside = areas.cells < 0, areas.stations < 0
    if areas.names and (
        demand.weights[outside[0]].any() or (outside[1] & serves.any(axis=0)).any()
    ):
        places.append((OUTSIDE, *outside))
    columns = [(ALL, list(range(len(groups))))]
    columns += [(name, [number]) for number, name in enumerate(demand.groups)]
    rows = tuple(
        _row(group, area, numbers, there, near, cells=cells, demand=demand, stations=stations,
             serves=serves)
        for group, numbers in columns
        for area, there, near in places
    )  # fmt: skip
    shared = {decay: _shared(cells.seats[decay], demand.weights) for decay in DECAYS}
    return Access(demand.groups, rows, shared)


def _row(
    group: str,
    area: str,
    numbers: Sequence[int],
    there: npt.NDArray[np.bool_],
    near: npt.NDArray[np.bool_],
    *,
    cells: CellAccess,
    demand: Demand,
    stations: Stations,
    serves: npt.NDArray[np.bool_],
) -> AccessRow:
    workers = demand.weights[there][:, numbers]
    total = float(workers.sum())
    walking, own = (
        [_within(seconds[there][:, numbers], workers, share=share) for share in (MEDIAN, NINETY)]
        for seconds in (cells.walking_s, cells.own_s)
    )
    seats = stations.frame["seats"].to_numpy(dtype=np.float64)[near & serves[numbers].any(axis=0)]
    means = {
        decay: float((workers * cells.seats[decay][there][:, numbers]).sum() / total)
        if total
        else 0.0
        for decay in DECAYS
    }
    return AccessRow(
        group=group,
        area=area,
        workers=total,
        walking_median_s=walking[0],
        walking_ninety_s=walking[1],
        own_median_s=own[0],
        own_ninety_s=own[1],
        stations=len(seats),
        seats=float(np.nansum(seats)),
        seats_unknown=int(np.isnan(seats).sum()),
        plain=round(means["plain"], _KEPT_DIGITS),
        stepped=round(means["stepped"], _KEPT_DIGITS),
        gaussian=round(means["gaussian"], _KEPT_DIGITS),
    )


def _within(seconds: Floats, workers: Floats, *, share: float) -> float | None:
    found = time_within(seconds, workers, share=share)
    return None if found is None or not np.isfinite(found) else round(found, 1)


def _shared(values: Floats, workers: Floats) -> SharedSeats:
    curve = lorenz_curve(values, workers)
    if curve is None:
        return SharedSeats(None, None)
    tenths = tuple(round(curve.at(n / _TENTHS), _KEPT_DIGITS) for n in range(_TENTHS + 1))
    return SharedSeats(inequality_of(values, workers), tenths)


def _catchments(
    demand: Demand,
    stations: Stations,
    network: RoadNetwork,
    settings: Settings,
    *,
    known: npt.NDArray[np.bool_],
    on_progress: Callable[[str, float], None] | None,
) -> list[Catchment]:
    """Tie each group to the stations of known seats that serve it, within its own standard."""
    groups = groups_of(demand, settings)
    ends = demand.lonlat, stations.lonlat[known]
    found: dict[int, Catchment] = {}
    for numbers, ways in reach_by_standard(
        groups, network, settings, ends=ends, search=reach_seconds, on_progress=on_progress
    ):
        for number in numbers:
            serving = stations.serves(groups[number])[known]
            cutoff_s = standard_of(groups[number], settings, standard="group").cutoff_s
            found[number] = Catchment(demand.weights[:, number], _rows_of(ways, serving), cutoff_s)
    return [found[number] for number in range(len(groups))]


def _rows_of(ways: sp.csr_array, kept: npt.NDArray[np.bool_]) -> sp.csr_array:
    """Empty the rows that are not kept; what is stored stays stored, a 0 too."""
    lengths = np.where(kept, np.diff(ways.indptr), 0)
    entries = np.repeat(kept, np.diff(ways.indptr))
    offset = np.r_[0, np.cumsum(lengths)]
    return sp.csr_array((ways.data[entries], ways.indices[entries], offset), shape=ways.shape)
