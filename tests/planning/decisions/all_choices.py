"""Every choice of actions in a tiny city, counted from the question's own words: the oracle.

Nothing of `planning.decisions` is used. A choice says what becomes of each place; what it covers,
costs and breaks is read from the question with plain loops. Reach over the roads alone is taken as
given (`planning.reach`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from data.hours import parse_hours, week_table
from planning import reach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.demand import Demand
    from data.questions import Question
    from data.settings import Settings
    from data.sites import CandidateSites
    from data.stations import Stations
    from geo.network import RoadNetwork


class Doing(NamedTuple):
    """What is done at a place from a year on; ``until`` for what is kept."""

    what: str
    kind: str = ""
    hours: str = ""
    year: int = 0
    until: int = 99
    to: int = -1


NOTHING = Doing("nothing")


@dataclass(frozen=True, eq=False)
class TinyCity:
    """A city and its question; ``near[group]`` bool[n_places, n_cells], sites first."""

    question: Question
    demand: Demand
    stations: Stations
    sites: CandidateSites
    network: RoadNetwork
    settings: Settings
    near: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lonlat = np.vstack([self.sites.lonlat, self.stations.lonlat])
        near = {
            group: reach(
                self.network,
                standard=self.settings.group(group).standard,
                origins=self.demand.lonlat,
                destinations=lonlat,
            ).toarray()
            for group in self.demand.groups
        }
        object.__setattr__(self, "near", near)

    @property
    def n_years(self) -> int:
        return self.question.years.count

    # what is there, read once: a city has hundreds of choices ---------------------------------

    @cached_property
    def ids(self) -> list[str]:
        return list(self.stations.frame["id"])

    @cached_property
    def kinds(self) -> list[str]:
        return list(self.stations.frame["kind"])

    @cached_property
    def hours(self) -> list[np.ndarray]:
        return [open_hours(text) for text in self.stations.frame["hours"]]

    @cached_property
    def people(self) -> list[dict[str, np.ndarray]]:
        years = range(self.n_years)
        return [{group: self.weights(group, y) for group in self.demand.groups} for y in years]

    # what may be done ------------------------------------------------------------------------

    def policy(self, row: int) -> str:
        for one in self.question.actions.stations:
            if one.id == self.ids[row]:
                return one.may
        return self.question.actions.existing

    def at_site(self) -> list[Doing]:
        asked, years = self.question.actions, range(self.n_years)
        return [NOTHING] + [
            Doing("build", kind, hours, year)
            for kind in asked.build
            for hours in asked.build_hours
            for year in years
        ]

    def at_station(self, row: int) -> list[Doing]:
        asked, years = self.question.actions, range(self.n_years)
        kind, old = self.kinds[row], self.hours[row]
        policy = self.policy(row)
        if policy == "fixed":
            return [Doing("keep")]
        changes = [
            Doing("upgrade", better, "", year)
            for better in asked.upgrade
            if better != kind
            for year in years
        ]
        changes += [
            Doing("extend", kind, hours, year)
            for hours in asked.extend_hours
            if (open_hours(hours) & ~old).any()
            for year in years
        ]
        if policy == "upgrade":
            return [Doing("keep"), *changes]
        moves = [
            Doing("relocate", kind, "", year, to=site)
            for site in range(len(self.sites))
            for year in years
            if self.metres(self.sites.lonlat[site], self.stations.lonlat[row])
            <= (asked.relocate_within_m or -1.0)
        ]
        closed = [Doing("keep", until=year) for year in years]
        return [Doing("keep"), *closed, *changes, *moves]

    def choices(self) -> Iterator[tuple[tuple[Doing, ...], tuple[Doing, ...]]]:
        """Yield what becomes of all sites and of all stations, in every way."""
        sites = [self.at_site()] * len(self.sites)
        stations = [self.at_station(row) for row in range(len(self.stations))]
        for at_stations in product(*stations):
            taken = [doing.to for doing in at_stations if doing.what == "relocate"]
            if len(set(taken)) < len(taken):
                continue
            for at_sites in product(*sites):
                if any(at_sites[site] != NOTHING for site in taken):
                    continue
                yield at_sites, at_stations

    # what it covers --------------------------------------------------------------------------

    def standing(self, at_sites: tuple[Doing, ...], at_stations: tuple[Doing, ...], year: int):  # noqa: ANN201
        """Return (place row, kinds that it is and was, station or -1, open hours)."""
        states = [
            (site, (doing.kind,), -1, open_hours(doing.hours))
            for site, doing in enumerate(at_sites)
            if doing.what == "build" and doing.year <= year
        ]
        n_sites = len(self.sites)
        for row, doing in enumerate(at_stations):
            old_kind, old = self.kinds[row], self.hours[row]
            if doing.what == "keep":
                if year < doing.until:
                    states.append((n_sites + row, (old_kind,), row, old))
            elif year < doing.year:
                states.append((n_sites + row, (old_kind,), row, old))
            elif doing.what == "relocate":
                states.append((doing.to, (old_kind,), row, old))
            elif doing.what == "extend":
                states.append((n_sites + row, (old_kind,), row, old | open_hours(doing.hours)))
            else:
                states.append((n_sites + row, (old_kind, doing.kind), row, old))
        return states

    def covered(self, states, group: str) -> np.ndarray:  # noqa: ANN001
        """bool[n_cells, 168] (or [n_cells, 1] where hours do not count)."""
        by_hours = self.question.goal.what == "worker_hours"
        kinds = self.settings.group(group).kinds
        covered = np.zeros((len(self.demand), 168 if by_hours else 1), dtype=bool)
        for place, own, _, hours in states:
            if kinds & set(own):
                covered |= self.near[group][place][:, None] & (hours if by_hours else True)
        return covered

    def times_covered(self, states, group: str) -> np.ndarray:  # noqa: ANN001
        """int64[n_cells, 1]: how many places serve a group."""
        kinds = self.settings.group(group).kinds
        near = [self.near[group][place] for place, own, _, _ in states if kinds & set(own)]
        return np.sum([np.zeros(len(self.demand), dtype=int), *near], axis=0)[:, None]

    def twice(self, choice) -> list[dict[str, tuple[np.ndarray, np.ndarray]]]:  # noqa: ANN001
        """Return, a year, who is there and who has two places, by group."""
        years = []
        for year in range(self.n_years):
            states = self.standing(*choice, year)
            two = {group: self.times_covered(states, group) >= 2 for group in self.demand.groups}
            years.append({group: (self.people[year][group], two[group]) for group in two})
        return years

    def weights(self, group: str, year: int) -> np.ndarray:
        """float64[n_cells, 168 or 1]: who counts in each hour."""
        number = self.demand.groups.index(group)
        people = self.demand.weights[:, number].copy()
        for change in self.question.world.demand:
            started = change.year is None or self.question.years_meant[year] >= change.year
            if change.group == group and started:
                cells = [
                    self.metres(point, change.at) <= change.within_m for point in self.demand.lonlat
                ]
                people[cells] += change.workers / sum(cells)
        if self.question.goal.what != "worker_hours":
            return people[:, None]
        profile = self.demand.profile[number]
        week = np.concatenate([profile[0]] * 5 + [profile[1]] * 2)
        return people[:, None] * self.demand.presence[number] * week[None, :]

    def tables(self, choice) -> list[dict[str, tuple[np.ndarray, np.ndarray]]]:  # noqa: ANN001
        """Return, a year, who is there and who is covered, by group."""
        years = []
        for year in range(self.n_years):
            states = self.standing(*choice, year)
            years.append(
                {
                    group: (self.people[year][group], self.covered(states, group))
                    for group in self.demand.groups
                }
            )
        return years

    def value(self, tables) -> float:  # noqa: ANN001
        """Return what the goal counts, over all years."""
        total = 0.0
        for table in tables:
            for group, (there, covered) in table.items():
                of_group = self.question.goal.group_weights.get(group, 1.0)
                worth = np.ones(there.shape[1])
                for first, last, weight in self.question.goal.hour_weights:
                    worth[within_span(first, last)] = weight
                total += of_group * float((there * covered * worth).sum())
        return total

    # what it costs ---------------------------------------------------------------------------

    def paid(self, choice) -> dict[str, np.ndarray]:  # noqa: ANN001
        """int64[n_items, n_years] by payer: a row a site, then a row a station."""
        at_sites, at_stations = choice
        rows = [self._site_bill(doing, row) for row, doing in enumerate(at_sites)]
        rows += [self._station_bill(doing, row) for row, doing in enumerate(at_stations)]
        payers = ("city", "own")
        return {
            payer: np.array([[bill[payer][y] for y in range(self.n_years)] for bill in rows])
            for payer in payers
        }

    def _cost(self, kind: str) -> tuple[int, int]:
        cost = self.question.cost_of_kind(kind)
        runs = cost.running_yuan_a_year if self.question.money.running else 0
        dearer = self.question.costs.price_factor
        return round(dearer * cost.capital_yuan), round(dearer * runs)

    def _bill(self, capital: dict[int, int], running: list[int]) -> dict[str, list[int]]:
        """Split capital by year and running money by the one rule that the city may have."""
        own, city = [0] * self.n_years, [0] * self.n_years
        for year in range(self.n_years):
            whole, helped = capital.get(year, 0), 0
            for rule in self.question.money_rules.rules:
                helped = min(math.floor(Fraction(str(rule.share)) * whole), rule.cap_yuan)
            city[year] = helped
            own[year] = whole - helped + running[year]
        return {"city": city, "own": own}

    def _site_bill(self, doing: Doing, row: int) -> dict[str, list[int]]:
        del row
        if doing == NOTHING:
            return self._bill({}, [0] * self.n_years)
        capital, running = self._cost(doing.kind)
        usual = open_hours(self.question.actions.build_hours[0])
        more = (open_hours(doing.hours) & ~usual).sum()
        wages = int(more) * 52 * self.question.costs.wage_yuan_an_hour
        if not self.question.money.running:
            wages = 0
        return self._bill(
            {doing.year: capital},
            [running + wages if year >= doing.year else 0 for year in range(self.n_years)],
        )

    def _station_bill(self, doing: Doing, row: int) -> dict[str, list[int]]:
        """Return what a station costs beyond today."""
        kind = self.kinds[row]
        capital, now = self._cost(kind)
        years = range(self.n_years)
        is_free = self.policy(row) == "free"
        if doing.what == "keep":
            return self._bill({}, [0 if year < doing.until else -now for year in years])
        begun = [year >= doing.year for year in years]
        if doing.what == "extend":
            old = self.hours[row]
            hours = int((open_hours(doing.hours) & ~old).sum())
            wages = hours * 52 * self.question.costs.wage_yuan_an_hour
            wages = wages if self.question.money.running else 0
            return self._bill({}, [wages * on for on in begun])
        if doing.what == "upgrade":
            better, runs = self._cost(doing.kind)
            # a cheaper kind gives nothing back where the station stands anyway
            more = max(runs - now, -now if is_free else 0)
            return self._bill({doing.year: max(better - capital, 0)}, [more * on for on in begun])
        dearer = self.question.costs.price_factor
        return self._bill(
            {doing.year: capital + round(dearer * self.question.costs.relocation_yuan)},
            [0] * len(begun),
        )

    # what it breaks --------------------------------------------------------------------------

    def metres(self, one: np.ndarray, other: np.ndarray) -> float:
        """Plane distance: the street runs east and west."""
        east = (one[0] - other[0]) * 111_320.0 * math.cos(math.radians(33.96))
        return math.hypot(east, (one[1] - other[1]) * 110_900.0)

    def keeps_limits(self, choice, tables) -> bool:  # noqa: ANN001
        """Whether a choice keeps every limit of the question."""
        return (
            self._keeps_money(choice)
            and self._keeps_counts(choice)
            and self._keeps_floors(tables, 1)
            and (
                self.question.goal.what != "two_in_reach"
                or self._keeps_floors(self.twice(choice), 2)
            )
            and self._keeps_ground(choice)
            and self._keeps_pins(choice)
        )

    def _keeps_money(self, choice) -> bool:  # noqa: ANN001
        paid, question = self.paid(choice), self.question
        whole = paid["city"] + paid["own"]
        money = whole if question.money.payer is None else paid[question.money.payer]
        sums = question.money_by_year
        if sums is not None:
            spent, had = money.sum(axis=0), np.array(sums)
            if question.money.carry_over:
                spent, had = np.cumsum(spent), np.cumsum(had)
            if (spent > had).any():
                return False
        for limit in question.money_limits:
            table = whole if limit.payer is None else paid[limit.payer]
            meant = [k for k in range(len(table)) if self._of(choice, k, limit.kinds)]
            of_limit = np.maximum(table[meant], 0)
            if limit.year is not None:
                of_limit = of_limit[:, [question.years_meant.index(limit.year)]]
            if of_limit.sum() > limit.most_yuan:
                return False
        return True

    def _doings(self, choice) -> list[Doing]:  # noqa: ANN001
        return [*choice[0], *choice[1]]

    def _of(self, choice, k: int, kinds: tuple[str, ...]) -> bool:  # noqa: ANN001
        doing = self._doings(choice)[k]
        if doing.what in {"nothing", "keep"}:
            return False
        return not kinds or doing.kind in kinds

    def _keeps_counts(self, choice) -> bool:  # noqa: ANN001
        doings = self._doings(choice)
        new, built = self.question.new, sum(doing.what == "build" for doing in doings)
        if new is not None and built > new:
            return False
        for limit in self.question.count_limits:
            n = sum(
                self._of(choice, k, limit.kinds)
                and (limit.what is None or doing.what == limit.what)
                and (limit.year is None or self.question.years_meant[doing.year] == limit.year)
                for k, doing in enumerate(doings)
            )
            if n > limit.most:
                return False
        return True

    def _keeps_floors(self, tables, stations: int) -> bool:  # noqa: ANN001
        for floor in self.question.floors:
            if floor.stations != stations:
                continue
            year = -1 if floor.year is None else self.question.years_meant.index(floor.year)
            there_sum = covered_sum = 0.0
            for group in floor.groups or self.demand.groups:
                there, covered = tables[year][group]
                hours = slice(None) if floor.hours is None else within_span(*floor.hours)
                there_sum += there[:, hours].sum()
                covered_sum += (there * covered)[:, hours].sum()
            if covered_sum < floor.least_share * there_sum - 1e-7:
                return False
        return True

    def _new_points(self, choice) -> list[tuple[int, str]]:  # noqa: ANN001
        at_sites, at_stations = choice
        new = [(site, doing.kind) for site, doing in enumerate(at_sites) if doing.what == "build"]
        new += [(doing.to, doing.kind) for doing in at_stations if doing.what == "relocate"]
        return new

    def _keeps_ground(self, choice) -> bool:  # noqa: ANN001
        lonlat, new = self.sites.lonlat, self._new_points(choice)
        if self.question.spacing_m:
            spots = [lonlat[site] for site, _ in new]
            spots += [
                self.stations.lonlat[row]
                for row in range(len(self.stations))
                if self.policy(row) != "free"
            ]
            for k in range(len(new)):
                for other in spots[k + 1 :]:
                    if self.metres(spots[k], other) < self.question.spacing_m:
                        return False
        for zone in self.question.zones:
            inside = [
                (site, kind)
                for site, kind in new
                if self.metres(lonlat[site], zone.around) <= zone.within_m
                and (not zone.kinds or kind in zone.kinds)
            ]
            if zone.rule == "exclude" and inside:
                return False
            if zone.rule == "require" and not inside:
                states = self.standing(*choice, self.n_years - 1)
                n_sites = len(self.sites)
                old = [
                    own
                    for place, own, row, _ in states
                    if row >= 0
                    and place >= n_sites
                    and self.metres(self.stations.lonlat[row], zone.around) <= zone.within_m
                    and (not zone.kinds or set(own) & set(zone.kinds))
                ]
                if not old:
                    return False
        return True

    def _keeps_pins(self, choice) -> bool:  # noqa: ANN001
        places = {place: k for k, place in enumerate([*self.sites.ids, *self.ids])}
        doings = self._doings(choice)
        moved = {doing.to: doing for doing in choice[1] if doing.what == "relocate"}
        for site, doing in moved.items():
            doings[site] = doing
        years = self.question.years_meant

        def meets(pin) -> bool:  # noqa: ANN001
            doing = doings[places[pin.place]]
            if pin.what == "close":
                return doing.what == "keep" and doing.until < self.n_years
            if doing.what in {"nothing", "keep"} or (
                doing.what == "relocate" and places[pin.place] >= len(self.sites)
            ):
                return False
            return (
                (pin.what is None or doing.what == pin.what)
                and (pin.kind is None or doing.kind == pin.kind)
                and (pin.year is None or years[doing.year] == pin.year)
            )

        if not all(meets(pin) for pin in self.question.required):
            return False
        if any(meets(pin) for pin in self.question.forbidden):
            return False
        for early in self.question.earliest:
            doing = doings[places[early.place]]
            if doing.what not in {"nothing", "keep"} and years[doing.year] < early.year:
                return False
        return True


@cache
def open_hours(text: str) -> np.ndarray:
    """bool[168], closed where the text is not understood."""
    table = week_table(parse_hours(text))
    hours = np.zeros(168, dtype=bool) if table is None else np.array(table, dtype=bool).ravel()
    hours.flags.writeable = False
    return hours


@cache
def within_span(first: int, last: int) -> np.ndarray:
    """bool[168]: every day from the first hour to the last; it may pass midnight."""
    inside = [
        (first <= hour % 24 < last) if first < last else (hour % 24 >= first or hour % 24 < last)
        for hour in range(168)
    ]
    span = np.array(inside)
    span.flags.writeable = False
    return span
