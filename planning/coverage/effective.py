"""Effective coverage: who finds a station that really serves them, by hour and weekday.

For group g, weekday d and hour t let w[i] be the workers who want a rest place then in cell i
(`data.demand.Demand.at`), and N(i, g) the stations within g's service standard of cell i. A worker
is covered

* nominally when N(i, g) holds a station that is there for g, whatever its hours: on paper
* in effect when it holds one that is known to serve g at that hour (`service_week`)
* perhaps when it holds one of which nothing known says that it does not: hours, way in and
  equipment of which the register says nothing count here, and not in effect.

So ``effective <= possible <= nominal``; the truth lies between effective and possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from geo.errors import InputError
from geo.messages import say
from planning.coverage.nominal import ALL, OUTSIDE, groups_of, reach_by_standard
from planning.coverage.service_week import DAYS_A_WEEK, HOURS_A_DAY

if TYPE_CHECKING:
    from collections.abc import Callable

    import scipy.sparse as sp

    from data.demand import Demand
    from data.settings import Settings
    from data.stations import Stations
    from data.vocabulary import StandardWord
    from geo.network import RoadNetwork
    from planning.coverage.service_week import ServiceWeek

Table = npt.NDArray[np.float64]
_WEEKDAYS: Final = 5
_KEPT_DIGITS: Final = 6
MEASURES: Final = ("present", "nominal", "possible", "effective")


@dataclass(frozen=True, eq=False)
class EffectiveCoverage:
    """Workers by group, district, weekday and hour: present, and covered in three senses.

    Each table is float64[n_groups + 1, n_districts, 7, 24], the sum over the groups first, then the
    groups in the order of ``groups``; ``districts`` has "all" first, and "outside" last where
    workers are in none. Monday is the first day.
    """

    groups: tuple[str, ...]
    districts: tuple[str, ...]
    present: Table
    nominal: Table
    possible: Table
    effective: Table

    def __post_init__(self) -> None:
        shape = (len(self.groups) + 1, len(self.districts), DAYS_A_WEEK, HOURS_A_DAY)
        for name in MEASURES:
            table = getattr(self, name)
            if table.shape != shape:
                raise InputError(
                    say(
                        "effective coverage: {name} is {shape}, expected {expected}",
                        name=name,
                        shape=table.shape,
                        expected=shape,
                    )
                )
            table.flags.writeable = False

    def table(self, measure: str, *, group: str = ALL, district: str = ALL) -> Table:
        """Return one week of one of `MEASURES`, float64[7, 24] (KeyError for unknown words)."""
        row = {ALL: 0, **{name: number + 1 for number, name in enumerate(self.groups)}}[group]
        column = {name: number for number, name in enumerate(self.districts)}[district]
        if measure not in MEASURES:
            raise KeyError(measure)
        week: Table = getattr(self, measure)[row, column]
        return week

    def share(self, measure: str, *, group: str = ALL, district: str = ALL) -> float:
        """Return worker-hours covered as a share of all of the week; 0 where nobody is there."""
        present = self.table("present", group=group, district=district).sum()
        covered = self.table(measure, group=group, district=district).sum()
        return float(covered / present) if present else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON, to a millionth of a worker, so that shares of the smallest keep."""
        tables = {name: np.round(getattr(self, name), _KEPT_DIGITS).tolist() for name in MEASURES}
        return {"groups": list(self.groups), "districts": list(self.districts), **tables}

    @classmethod
    def from_dict(cls, body: dict[str, Any]) -> EffectiveCoverage:
        """Read back what `as_dict` wrote."""
        tables = {name: np.array(body[name], dtype=np.float64) for name in MEASURES}
        return cls(tuple(body["groups"]), tuple(body["districts"]), **tables)


@dataclass(frozen=True, eq=False)
class GroupReach:
    """One group's side of the question.

    ``within`` bool CSR [n_stations, n_cells]: who is within the standard; ``workers`` float64
    [n_cells] those present at any hour (the hour's share comes on top); ``hours`` float64[7, 24]
    that share by weekday and hour.
    """

    within: sp.csr_array
    workers: npt.NDArray[np.float64]
    hours: npt.NDArray[np.float64]


def group_reaches(
    demand: Demand,
    stations: Stations,
    network: RoadNetwork,
    settings: Settings,
    *,
    standard: StandardWord = "group",
    on_progress: Callable[[str, float], None] | None = None,
) -> tuple[GroupReach, ...]:
    """Tie the demand's groups to the stations, each distinct standard computed once.

    Raises
    ------
    InputError
        when the demand has a group that the settings do not name.
    """
    groups = groups_of(demand, settings)
    within_of: dict[int, sp.csr_array] = {}
    ends = demand.lonlat, stations.lonlat
    for numbers, within in reach_by_standard(
        groups, network, settings, ends=ends, standard=standard, on_progress=on_progress
    ):
        within_of |= dict.fromkeys(numbers, within)
    days = [int(day >= _WEEKDAYS) for day in range(DAYS_A_WEEK)]
    return tuple(
        GroupReach(
            within_of[number],
            demand.weights[:, number] * demand.presence[number],
            demand.profile[number][days],
        )
        for number in range(len(groups))
    )


def measure_effective(
    demand: Demand, reaches: tuple[GroupReach, ...], week: ServiceWeek
) -> EffectiveCoverage:
    """Count who is covered nominally, perhaps and in effect, at each hour of the week."""
    names = [*demand.district_names, OUTSIDE]
    place = np.where(demand.district < 0, len(names) - 1, demand.district)
    weeks = {name: [] for name in MEASURES} if not reaches else _weeks(reaches, week, place, names)
    # To the digits that are kept: what is told at once and what is read back are the same.
    tables = {name: _with_sums(_kept(weeks[name])) for name in MEASURES}
    outside = bool(tables["present"][0, -1].any()) and bool(demand.district_names)
    kept = slice(None) if outside else slice(None, -1)
    return EffectiveCoverage(
        groups=demand.groups,
        districts=(ALL, *names)[kept],
        **{name: np.ascontiguousarray(table[:, kept]) for name, table in tables.items()},
    )


def _weeks(
    reaches: tuple[GroupReach, ...],
    week: ServiceWeek,
    place: npt.NDArray[np.int64],
    names: list[str],
) -> dict[str, list[Table]]:
    """Tables float64[n_districts, 7, 24] of every group, by measure."""
    always = np.ones((1, DAYS_A_WEEK, HOURS_A_DAY), dtype=np.bool_)
    tables: dict[str, list[Table]] = {name: [] for name in MEASURES}
    for number, group in enumerate(reaches):
        everyone = np.bincount(place, weights=group.workers, minlength=len(names))
        tables["present"].append(everyone[:, None, None] * group.hours)
        serves, suits, may_suit = (
            table[number] for table in (week.serves, week.suits, week.may_suit)
        )
        senses = {
            "nominal": serves[:, None, None] & always,
            "possible": may_suit[:, None, None] & (week.open | ~week.known[:, None, None]),
            "effective": suits[:, None, None] & week.open,
        }
        for name, serving in senses.items():
            tables[name].append(_covered_week(group, serving, place, len(names)))
    return tables


def _covered_week(
    group: GroupReach, serving: npt.NDArray[np.bool_], place: npt.NDArray[np.int64], n_places: int
) -> Table:
    """float64[n_places, 7, 24]: each distinct set of serving stations is counted once."""
    patterns, number = hour_patterns(serving)
    covered = covered_cells(group.within, patterns)
    sums = np.array(
        [
            np.bincount(place, weights=group.workers * column, minlength=n_places)
            for column in covered.T
        ]
    )
    return sums[number].transpose(2, 0, 1) * group.hours


def hour_patterns(
    serving: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Distinct sets of serving stations bool[n_stations, n_sets]; int64[7, 24] which is when."""
    flat = serving.reshape(len(serving), -1)
    patterns, number = np.unique(flat, axis=1, return_inverse=True)
    return patterns, number.reshape(DAYS_A_WEEK, HOURS_A_DAY)


def covered_cells(within: sp.csr_array, patterns: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """bool[n_cells, n_sets]: which cells have a station of each set within reach."""
    return np.asarray(within.T.astype(np.int32) @ patterns.astype(np.int32) > 0)


def _kept(weeks: list[Table]) -> Table:
    return np.asarray(np.round(weeks, _KEPT_DIGITS), dtype=np.float64)


def _with_sums(weeks: Table) -> Table:
    """Put the sum over districts, then the sum over groups, first: [group, district, 7, 24]."""
    table = np.concatenate([weeks.sum(axis=1, keepdims=True), weeks], axis=1)
    return np.concatenate([table.sum(axis=0, keepdims=True), table], axis=0)
