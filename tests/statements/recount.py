"""A city's figures counted anew, in plain numpy, from what its workspace holds.

Only who gets where is asked of the product (`planning.coverage.reach`, which other tests hold
against networkx); whom a station serves, who is covered, by how many, when and by what plan is
counted here by other means than in `planning`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from data.hours import parse_hours, week_table
from geo.profiles import PROFILES
from planning.coverage.reach import reach
from web.services.sites import candidates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import scipy.sparse as sp

    from data.settings import GroupSettings, ServiceStandard
    from data.sites import CandidateSites
    from data.workspace import Workspace

ALL: Final = "all"
_EARTH_M: Final = 6_371_008.8
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """Workers of a group in a district, and those with one and two stations in reach."""

    workers: float
    one: float
    two: float
    straight_one: float
    straight_two: float

    @property
    def missing(self) -> float:
        return self.workers - self.one


@dataclass(frozen=True)
class Gain:
    """What a station would gain by opening longer on its better side."""

    station: str
    when: str
    workers: float
    worker_hours: float
    by_group: dict[str, float]


class Recount:
    """What is true of a workspace.

    ``sites`` are those of the plan that is spoken of, ``factor`` [n_groups] the share of each group
    that counts (of an hour), ``which`` the standard: each group's own, or the nation's for all.
    """

    def __init__(
        self,
        workspace: Workspace,
        sites: Sequence[Mapping[str, Any]] = (),
        *,
        factor: Numbers | float = 1.0,
        which: str = "group",
    ) -> None:
        self.workspace = workspace
        self.settings = workspace.settings
        self.demand = workspace.demand()
        self.stations = workspace.stations()
        self.frame = self.stations.frame
        self.network = workspace.network()
        self.sites = tuple(sites)
        self.which = which
        self.weights = self.demand.weights * factor
        self.groups = self.demand.groups
        self.districts = self.demand.district_names
        self._within: dict[tuple[ServiceStandard, int], Flags] = {}
        self._reached: dict[tuple[str, bool, ServiceStandard], Numbers] = {}
        self._rows_kept: dict[tuple[str, bool, str], dict[str, Row]] = {}

    def again(
        self, sites: Sequence[Mapping[str, Any]], *, factor: Numbers | float, which: str
    ) -> Recount:
        """Count another question of the same city; who gets to which station is known already."""
        made = Recount(self.workspace, sites, factor=factor, which=which)
        made._within |= {key: value for key, value in self._within.items() if not key[1]}
        made._reached |= {key: value for key, value in self._reached.items() if not key[1]}
        if which == self.which:
            made.__dict__["candidates"] = self.candidates
        return made

    def hour_factor(self, hour: int, day: str) -> Numbers:
        """float64[n_groups]: the share of each group that wants a rest place at an hour."""
        held = self.demand
        return held.presence * held.profile[:, ("weekday", "weekend").index(day), hour]

    @cached_property
    def records(self) -> dict[str, dict[str, Any]]:
        """The rows of the register by id."""
        return {str(row["id"]): row for row in self.frame.to_dict("records")}

    # who, where

    def of(self, group: str) -> GroupSettings:
        return next(one for one in self.settings.groups if one.id == group)

    def column(self, group: str) -> int:
        return self.groups.index(group)

    def cells(self, district: str) -> Flags:
        """bool[n_cells]: those of a district; "all" has all, "outside" what lies in none."""
        if district == ALL:
            return np.ones(len(self.demand), dtype=np.bool_)
        names = np.array([*self.districts, "outside"], dtype=object)
        return np.asarray(names[self.demand.district] == district)

    @cached_property
    def open_stations(self) -> Flags:
        return np.array([status == "open" for status in self.frame["status"]], dtype=np.bool_)

    @property
    def n_open(self) -> int:
        return int(self.open_stations.sum())

    def serves(self, group: str) -> Flags:
        """bool[n_stations]: open, and there for the group by the register or else by its kind."""
        kinds = self.of(group).kinds
        said = zip(self.frame["groups"], self.frame["kind"], strict=True)
        meant = [group in named if named else kind in kinds for named, kind in said]
        return self.open_stations & np.array(meant, dtype=np.bool_)

    def within(self, standard: ServiceStandard, *, of_sites: bool = False) -> Flags:
        """bool[n_cells, n_places]: who gets to the stations, or to the plan's sites."""
        key = standard, int(of_sites)
        if key not in self._within:
            lonlat = self.site_lonlat if of_sites else self.stations.lonlat
            found = reach(
                self.network,
                standard=standard,
                origins=self.demand.lonlat,
                destinations=lonlat,
                snap_limit_m=self.settings.snap_limit_m,
            )
            self._within[key] = found.toarray().T
        return self._within[key]

    @property
    def site_lonlat(self) -> Numbers:
        return np.array([(one["lon"], one["lat"]) for one in self.sites]).reshape(-1, 2)

    def serve_sites(self, group: str) -> Flags:
        return np.array([one["kind"] in self.of(group).kinds for one in self.sites], dtype=np.bool_)

    def standard(self, group: str, which: str) -> ServiceStandard:
        rule = which or self.which
        return self.settings.national if rule == "national" else self.of(group).standard

    # coverage

    def in_reach(self, group: str, *, after: bool = False, which: str = "") -> Numbers:
        """int[n_cells]: how many stations that serve the group are within its standard."""
        standard = self.standard(group, which)
        key = group, after, standard
        if key not in self._reached:
            found = self.within(standard)[:, self.serves(group)].sum(axis=1)
            if after:
                sites = self.within(standard, of_sites=True)[:, self.serve_sites(group)]
                found = found + sites.sum(axis=1)
            self._reached[key] = found
        return self._reached[key]

    def in_circles(self, group: str, *, after: bool = False, which: str = "") -> Numbers:
        """int[n_cells]: the same by circles."""
        standard = self.standard(group, which)
        radius = standard.radius_m
        if radius is None:
            speed = PROFILES[standard.mode].speed_kph["primary"] / 3.6
            radius = speed * standard.cutoff_s
        places = self.stations.lonlat[self.serves(group)]
        if after:
            places = np.vstack([places, self.site_lonlat[self.serve_sites(group)]])
        return _near(self.demand.lonlat, places, radius)

    def row(
        self, group: str = ALL, district: str = ALL, *, after: bool = False, which: str = ""
    ) -> Row:
        """Return a row of coverage, now or after the plan, by the groups' or the nation's rule."""
        if group == ALL:
            rows = [self.row(one, district, after=after, which=which) for one in self.groups]
            return Row(*(sum(getattr(one, name) for one in rows) for name in Row.__annotations__))
        return self._rows(group, after=after, which=which)[district]

    def _rows(self, group: str, *, after: bool, which: str) -> dict[str, Row]:
        key = group, after, which or self.which
        if key not in self._rows_kept:
            road = self.in_reach(group, after=after, which=which)
            circle = self.in_circles(group, after=after, which=which)
            workers = self.weights[:, self.column(group)]
            self._rows_kept[key] = {
                district: Row(
                    float(workers[here].sum()),
                    *(
                        float(workers[here & (count >= least)].sum())
                        for count in (road, circle)
                        for least in (1, 2)
                    ),
                )
                for district in (ALL, *self.districts, "outside")
                for here in [self.cells(district)]
            }
        return self._rows_kept[key]

    def peopled(self) -> tuple[str, ...]:
        return tuple(group for group in self.groups if self.row(group).workers > 0)

    def gaps(self, *, after: bool) -> list[tuple[float, str, str]]:
        """Workers out of reach by group and district, the most first."""
        found = [
            (self.row(group, district, after=after).missing, group, district)
            for group in self.peopled()
            for district in (*self.districts, "outside")
        ]
        return sorted(found, reverse=True)

    # the plan

    @cached_property
    def _site_covers(self) -> tuple[list[Flags], Numbers]:
        """Return by site bool[n_groups, n_cells] whom it reaches, and the workers uncovered."""
        free = np.array(
            [
                self.weights[:, self.column(group)] * (self.in_reach(group) == 0)
                for group in self.groups
            ]
        )
        reached = [
            np.array(
                [
                    self.within(self.standard(group, ""), of_sites=True)[:, at]
                    & self.serve_sites(group)[at]
                    for group in self.groups
                ]
            )
            for at in range(len(self.sites))
        ]
        return reached, free

    @cached_property
    def adds(self) -> list[dict[str, float]]:
        """By site in the plan's order: what it adds to those before it, by group and in all."""
        reached, left = self._site_covers
        made = []
        for one in reached:
            by_group = {g: float(left[n][one[n]].sum()) for n, g in enumerate(self.groups)}
            made.append({**by_group, ALL: sum(by_group.values())})
            left = np.where(one, 0.0, left)
        return made

    @cached_property
    def lost_without(self) -> list[float]:
        """By site: the workers whom nothing else of the plan and no station reaches."""
        reached, free = self._site_covers
        times = np.sum(reached, axis=0)
        return [float(free[one & (times == 1)].sum()) for one in reached]

    @cached_property
    def best_next(self) -> list[float]:
        """By place in the order: the most that any site of the plan not yet built would add."""
        reached, left = self._site_covers
        made = []
        for at, one in enumerate(reached):
            made.append(max(float(left[other].sum()) for other in reached[at:]))
            left = np.where(one, 0.0, left)
        return made

    @cached_property
    def candidates(self) -> tuple[CandidateSites, dict[ServiceStandard, sp.csr_array]]:
        """The candidate sites, and by standard who gets to each: bool [n_sites, n_cells]."""
        sites = candidates(self.workspace).sites
        standards = {self.standard(group, "") for group in self.groups}
        found = {
            one: reach(
                self.network,
                standard=one,
                origins=self.demand.lonlat,
                destinations=sites.lonlat,
                snap_limit_m=self.settings.snap_limit_m,
            )
            for one in standards
        }
        return sites, found

    def site_gains(self, kind: str, *, built: Sequence[int]) -> Numbers:
        """float64[n_candidates]: what a station of a kind adds there beside so many of the plan."""
        reached, left = self._site_covers
        for at in built:
            left = np.where(reached[at], 0.0, left)
        _, found = self.candidates
        served = [n for n, group in enumerate(self.groups) if kind in self.of(group).kinds]
        parts = [found[self.standard(self.groups[n], "")] @ left[n] for n in served]
        return np.asarray(np.sum(parts, axis=0)) if parts else np.zeros(len(self.candidates[0]))

    def best_exchange(self, barred: Sequence[str] = (), kept: Sequence[str] = ()) -> float:
        """Return the most that one site of the plan gains by giving way to another of its kind.

        A plan that nothing beats gains nothing; ``barred`` sites cannot be had, ``kept`` must stay.
        """
        ids = np.array(self.candidates[0].ids)
        taken = [site["site_id"] for site in self.sites]
        free = ~np.isin(ids, [*taken, *barred])
        most = 0.0
        for at, site in enumerate(self.sites):
            if site["site_id"] not in kept and free.any():
                others = [number for number in range(len(self.sites)) if number != at]
                gains = self.site_gains(site["kind"], built=others)[free]
                most = max(most, float(gains.max()) - self.lost_without[at])
        return most

    # effective coverage

    @cached_property
    def open_hours(self) -> tuple[Flags, Flags]:
        """bool[n_stations, 168] open, and bool[n_stations] whether the hours are known."""
        weeks = [week_table(parse_hours(text)) for text in self.frame["hours"]]
        known = np.array([week is not None for week in weeks], dtype=np.bool_)
        shut = np.zeros((7, 24), dtype=np.bool_)
        table = np.array([shut if week is None else week for week in weeks]).reshape(-1, 168)
        return table, known

    def verdict(self, group: str) -> npt.NDArray[np.int64]:
        """int[n_stations]: 1 it lets the group in and has what it needs, -1 not so, 0 not known."""
        own = self.of(group)
        columns = ("facilities", "facilities_absent", "facilities_broken", "access")
        made = []
        for has, lacks, broken, ways in zip(*(self.frame[name] for name in columns), strict=True):
            missing = own.needs - set(has)
            said = [
                1 if not missing else -1 if missing & {*lacks, *broken} else 0,
                0 if not ways else 1 if own.access & set(ways) else -1,
            ]
            made.append(min(said))
        return np.array(made)

    @cached_property
    def weeks(self) -> dict[str, dict[str, dict[str, Numbers]]]:
        """By measure, group and district: workers float64[168], Monday's midnight first."""
        table, known = self.open_hours
        made: dict[str, dict[str, dict[str, Numbers]]] = {}
        for group in self.groups:
            serves, verdict = self.serves(group), self.verdict(group)
            fits, may_fit = serves & (verdict > 0), serves & (verdict >= 0)
            there = self._present(group)
            within = self.within(self.of(group).standard).astype(np.float32)
            senses = {
                "nominal": np.repeat(serves[:, None], 168, axis=1),
                "possible": may_fit[:, None] & (table | ~known[:, None]),
                "effective": fits[:, None] & table,
            }
            covered = {
                name: there * (within @ open_.astype(np.float32) > 0)
                for name, open_ in senses.items()
            }
            for name, workers in {"present": there, **covered}.items():
                by_district = made.setdefault(name, {}).setdefault(group, {})
                for district in (ALL, *self.districts, "outside"):
                    by_district[district] = workers[self.cells(district)].sum(axis=0)
        for by_group in made.values():
            by_group[ALL] = {
                district: sum(by_group[group][district] for group in self.groups)
                for district in (ALL, *self.districts, "outside")
            }
        return made

    def _present(self, group: str) -> Numbers:
        """float64[n_cells, 168]: who wants a rest place at each hour."""
        at, held = self.column(group), self.demand
        week = np.r_[np.tile(held.profile[at, 0], 5), np.tile(held.profile[at, 1], 2)]
        return np.asarray(np.outer(held.weights[:, at] * held.presence[at], week))

    def hours(
        self, measure: str, group: str = ALL, district: str = ALL, *, of: Iterable[int] = range(24)
    ) -> float:
        """Worker-hours of a measure in some hours of every day."""
        week = self.weeks[measure][group][district].reshape(7, 24)
        return float(week[:, list(of)].sum())

    def share(
        self, measure: str, group: str = ALL, district: str = ALL, *, of: Iterable[int] = range(24)
    ) -> float:
        """Return a measure in per cent of those present in some hours of every day."""
        hours = list(of)
        present = self.hours("present", group, district, of=hours)
        return 100 * self.hours(measure, group, district, of=hours) / present if present else 0.0

    def ends(
        self, group: str = ALL, district: str = ALL, *, of: Iterable[int] = range(24)
    ) -> tuple[float, float]:
        """Return what is covered in effect and perhaps, in per cent of those present."""
        hours = list(of)
        low, high = (
            self.share(name, group, district, of=hours) for name in ("effective", "possible")
        )
        return low, high

    def longer(self, hours: int, only: str | None = None) -> list[Gain]:
        """Return what each station would gain by ``hours`` longer, the most first."""
        table, known = self.open_hours
        sides = {when: _beside(table, hours, when) for when in ("before", "after")}
        gains: dict[str, Numbers] = {}
        for group in self.groups if only is None else (only,):
            fits = self.serves(group) & (self.verdict(group) > 0)
            within = self.within(self.of(group).standard).astype(np.float32)
            open_ = (fits[:, None] & table).astype(np.float32)
            left = self._present(group) * ~(within @ open_ > 0)
            found = within.T.astype(np.float64) @ left
            gains[group] = found * (fits & known)[:, None] * ~table
        made = []
        for row, station in enumerate(self.frame["id"]):
            both = []
            for when, beside in sides.items():
                by_group = {g: float((of[row] * beside[row]).sum()) for g, of in gains.items()}
                total = sum(of[row] * beside[row] for of in gains.values())
                workers = float(np.max(np.reshape(total, (7, 24)), axis=1).mean())
                both.append(Gain(station, when, workers, sum(by_group.values()), by_group))
            made.append(max(both, key=lambda gain: gain.worker_hours))
        return sorted(made, key=lambda gain: (-gain.worker_hours, gain.station))


def _beside(table: Flags, hours: int, when: str) -> Flags:
    """bool[n_stations, 168]: the shut hours after the last (before the first) span of each day."""
    made = np.zeros_like(table)
    step = 1 if when == "after" else -1
    for row, week in enumerate(table):
        for day in range(7):
            hours_of_day = range(24 * day, 24 * day + 24)
            edges = [h for h in hours_of_day if week[h] and not week[(h + step) % 168]]
            if edges:
                edge = edges[-1] if when == "after" else edges[0]
                for more in range(1, hours + 1):
                    made[row, (edge + step * more) % 168] = True
    return made & ~table


def _near(origins: Numbers, places: Numbers, radius_m: float) -> npt.NDArray[np.int64]:
    """int[n_origins]: places within so many metres along the great circle."""
    one, other = (
        np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
        for lon, lat in (np.radians(origins).T, np.radians(places).T)
    )
    # the square of the chord; at these distances it keeps the metre to a hundred-thousandth
    return ((2.0 - 2.0 * (one @ other.T)) <= (2 * np.sin(radius_m / _EARTH_M / 2)) ** 2).sum(axis=1)
