"""Coverage: how many workers have a station within the service standard, by group and district.

Nominal coverage: a station counts when the register says that it is open and serves the group.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.errors import InputError
from geo.messages import say
from geo.snapping import snap
from planning.coverage.reach import reach, straight_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import scipy.sparse as sp

    from data.demand import Demand
    from data.settings import GroupSettings, ServiceStandard, Settings
    from data.stations import Stations
    from data.vocabulary import StandardWord
    from geo.network import RoadNetwork

ALL = "all"
OUTSIDE = "outside"
Counts = npt.NDArray[np.uint16]


class Places(NamedTuple):
    """Stations that do not stand yet: lonlat float64[n, 2] and the kind of each."""

    lonlat: npt.NDArray[np.float64]
    kinds: tuple[str, ...]

    def serve(self, group: GroupSettings) -> npt.NDArray[np.bool_]:
        """Which of them serve a group, by their kind."""
        return np.array([kind in group.kinds for kind in self.kinds], dtype=np.bool_)


@dataclass(frozen=True)
class CoverageRow:
    """One line of a coverage table, in workers.

    ``group`` and ``district`` may be "all"; ``district`` is "outside" for workers in no district.
    ``within_one`` and ``within_two`` have at least one and two stations within the standard over
    the roads, ``straight_one`` and ``straight_two`` within its circle.
    """

    group: str
    district: str
    workers: float
    within_one: float
    within_two: float
    straight_one: float
    straight_two: float

    @property
    def share_one(self) -> float:
        """``within_one`` as a share of the workers, 0 where there are none."""
        return self.within_one / self.workers if self.workers else 0.0

    @property
    def share_two(self) -> float:
        """``within_two`` as a share of the workers, 0 where there are none."""
        return self.within_two / self.workers if self.workers else 0.0


@dataclass(frozen=True)
class OffRoads:
    """Who and what lies farther than ``snap_limit_m`` from every road of its mode.

    ``workers`` by the mode of their group's standard; ``stations`` that serve a group by whose mode
    they find no road. Neither is covered, or covers, over the roads.
    """

    workers: float
    stations: int
    snap_limit_m: float


@dataclass(frozen=True, eq=False)
class Coverage:
    """Coverage of a city: rows by group and district, and the stations in reach of each cell.

    ``standard`` is "group" (each group's own) or "national" (the one national standard).
    ``stations_in_reach`` uint16[n_cells, n_groups], the groups in the order of ``groups``; None
    in a coverage read back from JSON. ``off_roads`` is None where nobody counted them.
    """

    standard: str
    groups: tuple[str, ...]
    rows: tuple[CoverageRow, ...]
    stations_in_reach: Counts | None = None
    off_roads: OffRoads | None = None

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], CoverageRow]:
        return {(row.group, row.district): row for row in self.rows}

    @property
    def districts(self) -> tuple[str, ...]:
        """The districts of the rows in order, "all" first."""
        return tuple(dict.fromkeys(row.district for row in self.rows))

    def row(self, group: str = ALL, district: str = ALL) -> CoverageRow:
        """Return the row of a group and a district (KeyError when there is none)."""
        return self._by_key[(group, district)]

    def as_dict(self) -> dict[str, Any]:
        """Return the rows, and what lies off the roads, as plain data for JSON."""
        return {
            "standard": self.standard,
            "groups": list(self.groups),
            "rows": [
                asdict(row) | {"share_one": row.share_one, "share_two": row.share_two}
                for row in self.rows
            ],
            "off_roads": None if self.off_roads is None else asdict(self.off_roads),
        }

    @classmethod
    def from_dict(cls, body: dict[str, Any]) -> Coverage:
        """Read back what `as_dict` wrote."""
        names = CoverageRow.__dataclass_fields__
        off = body.get("off_roads")  # results that were stored before it was counted
        return cls(
            standard=str(body["standard"]),
            groups=tuple(body["groups"]),
            rows=tuple(CoverageRow(**{n: row[n] for n in names}) for row in body["rows"]),
            off_roads=None if off is None else OffRoads(**off),
        )


class CellCounts(NamedTuple):
    """Stations in reach of each cell, uint16[n_cells, n_groups], over roads and in circles."""

    road: Counts
    straight: Counts


def measure_coverage(
    demand: Demand,
    stations: Stations,
    network: RoadNetwork,
    settings: Settings,
    *,
    standard: StandardWord = "group",
    extra_places: Places | None = None,
    on_progress: Callable[[str, float], None] | None = None,
) -> Coverage:
    """Count the workers who have one, and two, stations within the standard.

    Parameters
    ----------
    demand
        who is where; its groups are those of the settings.
    stations
        the register; those that are open count.
    network
        the roads.
    settings
        how each group goes and how far, and which kinds of station serve it.
    standard
        "group": each group by its own; "national": everybody by the one national standard.
    extra_places
        are counted as if they stood and were open; None: nothing.
    on_progress
        is told what is being done and the share of it that is done.

    Returns
    -------
    Coverage
        a row for each group and district, and for all.

    Raises
    ------
    InputError
        when the demand has a group that the settings do not name.

    Examples
    --------
    Two corners of a street of 1.8 km, one with a station:

    >>> from geo import Box, RawRoads, build_network
    >>> from data import Demand, Stations, default_settings
    >>> from planning import measure_coverage
    >>> street = [(116.80, 33.95), (116.81, 33.95), (116.82, 33.95)]
    >>> network = build_network(RawRoads.of_lines([(street, {"highway": "residential"})]))
    >>> settings = default_settings("示例市", Box(116.7, 33.9, 116.9, 34.0))
    >>> demand = Demand.at_points(
    ...     ids=["west", "east"], lonlat=[street[0], street[-1]],
    ...     weights=[[30.0], [10.0]], groups=["courier"],
    ... )
    >>> station = {"id": "S1", "name": "东站", "kind": "station", "lon": 116.82, "lat": 33.95}
    >>> stations = Stations.from_records([station])
    >>> row = measure_coverage(demand, stations, network, settings).row("courier")
    >>> row.workers, row.within_one, row.share_one
    (40.0, 10.0, 0.25)
    """
    counts = count_stations(
        demand,
        stations,
        network,
        settings,
        standard=standard,
        extra_places=extra_places,
        on_progress=on_progress,
    )
    off_roads = count_off_roads(demand, stations, network, settings, standard=standard)
    return replace(coverage_of_counts(demand, counts, standard=standard), off_roads=off_roads)


def count_off_roads(
    demand: Demand,
    stations: Stations,
    network: RoadNetwork,
    settings: Settings,
    *,
    standard: StandardWord = "group",
) -> OffRoads:
    """Count the workers and the serving stations that find no road of their mode.

    A station counts once, when it serves a group (is open, and for it) by whose mode no road lies
    within ``settings.snap_limit_m``.
    """
    workers = 0.0
    off_stations = np.zeros(len(stations), dtype=np.bool_)
    by_mode: dict[str, list[int]] = {}
    groups = groups_of(demand, settings)
    for held, numbers in by_standard(groups, settings, standard=standard).items():
        by_mode.setdefault(held.mode, []).extend(numbers)
    for mode, numbers in by_mode.items():
        served = np.any([stations.serves(groups[number]) for number in numbers], axis=0)
        cells, places = (
            ~snap(network, lonlat, mode=mode, limit_m=settings.snap_limit_m).found
            for lonlat in (demand.lonlat, stations.lonlat)
        )
        workers += float(demand.weights[cells][:, numbers].sum())
        off_stations |= served & places
    return OffRoads(workers, int(off_stations.sum()), settings.snap_limit_m)


def groups_of(demand: Demand, settings: Settings) -> tuple[GroupSettings, ...]:
    """Return the settings of the demand's groups, in the demand's order.

    Raises
    ------
    InputError
        when the demand has a group that the settings do not name.
    """
    for group in demand.groups:
        if group not in settings.group_ids:
            raise InputError(
                say(
                    "demand has the group {group}, which the settings do not name: "
                    "add it to [groups] in yizhan.toml (there are {known})",
                    group=group,
                    known=", ".join(settings.group_ids),
                )
            )
    return tuple(settings.group(group) for group in demand.groups)


def standard_of(
    group: GroupSettings, settings: Settings, *, standard: StandardWord
) -> ServiceStandard:
    """Return the service standard that holds for a group."""
    return settings.national if standard == "national" else group.standard


def by_standard(
    groups: tuple[GroupSettings, ...], settings: Settings, *, standard: StandardWord
) -> dict[ServiceStandard, list[int]]:
    """Return the groups' numbers by their standard, so that each distinct one is computed once."""
    numbers: dict[ServiceStandard, list[int]] = {}
    for number, group in enumerate(groups):
        numbers.setdefault(standard_of(group, settings, standard=standard), []).append(number)
    return numbers


def reach_by_standard(
    groups: tuple[GroupSettings, ...],
    network: RoadNetwork,
    settings: Settings,
    *,
    ends: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
    standard: StandardWord = "group",
    search: Callable[..., sp.csr_array] = reach,
    on_progress: Callable[[str, float], None] | None = None,
) -> Iterator[tuple[list[int], sp.csr_array]]:
    """Search each distinct standard once, from where workers are to where places are.

    ``ends`` are both, lonlat float64[n, 2]. Yields the numbers of a standard's groups and who gets
    where within it, bool [n_places, n_workers] (`planning.coverage.reach.reach`), or seconds with
    ``search`` `reach_seconds`.
    """
    origins, destinations = ends
    for held, numbers in by_standard(groups, settings, standard=standard).items():
        yield (
            numbers,
            search(
                network,
                standard=held,
                origins=origins,
                destinations=destinations,
                snap_limit_m=settings.snap_limit_m,
                on_progress=on_progress,
            ),
        )


def count_stations(
    demand: Demand,
    stations: Stations,
    network: RoadNetwork,
    settings: Settings,
    *,
    standard: StandardWord = "group",
    extra_places: Places | None = None,
    on_progress: Callable[[str, float], None] | None = None,
) -> CellCounts:
    """Stations in reach of each cell, for each group of the demand, in its order."""
    groups = groups_of(demand, settings)
    serving = np.array([stations.serves(group) for group in groups]).reshape(len(groups), -1)
    lonlat = stations.lonlat
    if extra_places is not None:
        serving = np.hstack([serving, _serving(extra_places, groups)])
        lonlat = np.vstack([lonlat, extra_places.lonlat])
    return _counts(
        demand,
        (lonlat, serving),
        network,
        settings,
        standard=standard,
        on_progress=on_progress,
    )


def count_places(
    demand: Demand,
    places: Places,
    network: RoadNetwork,
    settings: Settings,
    *,
    standard: StandardWord = "group",
) -> CellCounts:
    """Places that do not stand yet in reach of each cell, counted as `count_stations` does."""
    serving = _serving(places, groups_of(demand, settings))
    return _counts(demand, (places.lonlat, serving), network, settings, standard=standard)


def _serving(places: Places, groups: tuple[GroupSettings, ...]) -> npt.NDArray[np.bool_]:
    """bool[n_groups, n_places]: which places serve which group, by their kind."""
    return np.array([places.serve(group) for group in groups]).reshape(len(groups), -1)


def _counts(
    demand: Demand,
    places: tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]],
    network: RoadNetwork,
    settings: Settings,
    *,
    standard: StandardWord,
    on_progress: Callable[[str, float], None] | None = None,
) -> CellCounts:
    """Count the places, lonlat and whom each serves, in reach of each cell."""
    lonlat, serving = places
    groups = groups_of(demand, settings)
    road = np.zeros((len(demand), len(groups)), dtype=np.uint16)
    straight = np.zeros_like(road)
    for held, numbers in by_standard(groups, settings, standard=standard).items():
        serving_places = np.flatnonzero(serving[numbers].any(axis=0))
        if not len(serving_places):
            continue
        within = reach(
            network,
            standard=held,
            origins=demand.lonlat,
            destinations=lonlat[serving_places],
            snap_limit_m=settings.snap_limit_m,
            on_progress=on_progress,
        ).astype(np.int32)
        road[:, numbers] = within.T @ serving[numbers][:, serving_places].T.astype(np.int32)
        for number in numbers:
            straight[:, number] = straight_counts(
                standard=held, origins=demand.lonlat, destinations=lonlat[serving[number]]
            )
    return CellCounts(road, straight)


def coverage_of_counts(demand: Demand, counts: CellCounts, *, standard: StandardWord) -> Coverage:
    """Add the workers up by group and district, "all" first in both."""
    figures = [
        demand.weights,
        *(demand.weights * (table >= least) for table in counts for least in (1, 2)),
    ]
    names = [*demand.district_names, OUTSIDE]
    place = np.where(demand.district < 0, len(names) - 1, demand.district)
    # [figure, district, group]; the sum over districts and over groups comes first in each
    table = np.array(
        [
            [np.bincount(place, weights=column, minlength=len(names)) for column in figure.T]
            for figure in figures
        ]
    ).transpose(0, 2, 1)
    table = np.concatenate([table.sum(axis=1, keepdims=True), table], axis=1)
    table = np.concatenate([table.sum(axis=2, keepdims=True), table], axis=2)
    shown = [(0, ALL), *((k + 1, name) for k, name in enumerate(names))]
    if not demand.district_names or not table[0, -1].any():
        shown.pop()
    rows = tuple(
        CoverageRow(group, name, *(float(value) for value in table[:, k, column]))
        for column, group in enumerate((ALL, *demand.groups))
        for k, name in shown
    )
    road = counts.road.copy()
    road.flags.writeable = False
    return Coverage(standard=standard, groups=demand.groups, rows=rows, stations_in_reach=road)
