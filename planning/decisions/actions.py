"""What may be done in a city: build, upgrade, extend hours, keep, relocate; what each costs.

A *state* is a station as it would serve: where, of which kind, with which hours. An *action* makes
one state of another. Existing stations that are fixed are no actions: they are the ground on which
the question stands. One that may be upgraded stands too, and its actions add to it. One that is
free stands only where it is kept: closing it is the absence of every action there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from data.hours import parse_hours, week_table
from data.vocabulary import KINDS
from geo.errors import ProblemError
from geo.measure import to_metric
from geo.messages import say
from planning.coverage.service_week import DAYS_A_WEEK, HOURS_A_DAY

if TYPE_CHECKING:
    from data.demand import Demand
    from data.questions.parts import KindCost
    from data.questions.question import Question
    from data.settings import Settings
    from data.sites import CandidateSites
    from data.stations import Stations

WEEKS_A_YEAR: Final = 52
HOURS_A_WEEK: Final = DAYS_A_WEEK * HOURS_A_DAY
Mask = npt.NDArray[np.bool_]


class State(NamedTuple):
    """A station as it would serve; ``station`` is its row in the register, -1 for a new one.

    ``hours`` is the text; "" for those that the register says.
    """

    lon: float
    lat: float
    kind: str
    hours: str
    station: int


class Action(NamedTuple):
    """One thing that may be done at one place.

    ``state`` is the row of the state it makes, ``before`` of the one that ends with it (-1: none;
    a station that stands anyway). ``capital_yuan`` is paid once, ``running_yuan_a_year`` is what
    the new state costs beyond what is paid anyway, ``before_running`` what the old one costs until
    then. ``place`` numbers the places: at most one action each. ``station`` is the row of the
    station that it changes, -1 where there is none.
    """

    what: str
    id: str
    name: str
    kind: str
    hours: str
    district: str
    state: int
    before: int
    place: int
    station: int
    capital_yuan: int
    running_yuan_a_year: int
    before_running: int
    lifetime_years: int


@dataclass(frozen=True, eq=False)
class ActionTable:
    """All actions of a question, the states that they make, and which stations are free.

    ``free`` bool[n_stations]: those that may be closed.
    """

    actions: tuple[Action, ...]
    states: tuple[State, ...]
    free: Mask

    def __len__(self) -> int:
        return len(self.actions)


class _Prices(NamedTuple):
    question: Question
    of_kind: dict[str, KindCost]
    of_place: dict[str, tuple[int | None, int | None]]

    def capital(self, place: str, kind: str) -> int:
        own = self.of_place.get(place, (None, None))[0]
        yuan = self.of_kind[kind].capital_yuan if own is None else own
        return self.times(yuan)

    def running(self, place: str, kind: str) -> int:
        own = self.of_place.get(place, (None, None))[1]
        yuan = self.of_kind[kind].running_yuan_a_year if own is None else own
        return self.times(yuan)

    def wages(self, old: Mask | None, new: Mask) -> int:
        more = int((new & ~old).sum()) if old is not None else int(new.sum())
        return self.times(more * WEEKS_A_YEAR * self.question.costs.wage_yuan_an_hour)

    def times(self, yuan: float) -> int:
        return round(yuan * self.question.costs.price_factor)


@lru_cache(maxsize=1024)
def open_week(text: str) -> Mask | None:
    """bool[168] of a plain week, Monday first, read-only; None where the text is not understood.

    Thousands of states keep the same few hours: each text is laid over the week once.
    """
    table = week_table(parse_hours(text))
    if table is None:
        return None
    week = np.array(table, dtype=np.bool_).reshape(-1)
    week.flags.writeable = False
    return week


def action_table(
    question: Question,
    *,
    stations: Stations,
    sites: CandidateSites,
    demand: Demand,
    settings: Settings,
) -> ActionTable:
    """List everything that a question allows, before limits.

    Raises
    ------
    ProblemError
        for a place that is neither a candidate site nor a station, or when nothing may be done.
    """
    _check_places(question, stations=stations, sites=sites)
    prices = _prices(question, sites)
    made = _Made(question, prices, [], [])
    may = {one.id: one.may for one in question.actions.stations}
    policy = [may.get(station, question.actions.existing) for station in stations.frame["id"]]
    standing = stations.frame["status"].eq("open").to_numpy()
    free = np.array([word == "free" for word in policy], dtype=np.bool_) & standing
    districts = district_of(demand, np.vstack([sites.lonlat, stations.lonlat]))
    of_sites, of_stations = districts[: len(sites)], districts[len(sites) :]
    made.build(sites, of_sites)
    changes = np.array([word != "fixed" for word in policy], dtype=np.bool_)
    changing = np.flatnonzero(standing & changes)
    for station in changing.tolist():
        made.change(
            stations, station, of_stations[station], len(sites), is_free=bool(free[station])
        )
    if question.actions.relocate_within_m is not None:
        made.relocate(stations, sites, np.flatnonzero(free), (of_sites, settings.metric_crs))
    if not made.actions:
        raise ProblemError(
            say("nothing may be done: give kinds to build, or let existing stations change")
        )
    return ActionTable(tuple(made.actions), tuple(made.states), free)


class _Made(NamedTuple):
    """Actions and states as they are listed."""

    question: Question
    prices: _Prices
    actions: list[Action]
    states: list[State]

    def state(self, state: State) -> int:
        self.states.append(state)
        return len(self.states) - 1

    def build(self, sites: CandidateSites, districts: list[str]) -> None:
        """List what may be built at each site: its own kind, else every one, with all hours."""
        asked, frame = self.question.actions, sites.frame
        columns = (frame["id"].tolist(), frame["name"].tolist(), frame["kind"].tolist())
        dearer = {hours: self._dearer(asked.build_hours[0], hours) for hours in asked.build_hours}
        rows = zip(*columns, sites.lonlat.tolist(), districts, strict=True)
        for row, (site, name, own, (lon, lat), district) in enumerate(rows):
            for kind in (own,) if own else asked.build:
                capital, running = self.prices.capital(site, kind), self.prices.running(site, kind)
                for hours in asked.build_hours:
                    self.actions.append(
                        Action(
                            what="build",
                            id=site,
                            name=name,
                            kind=kind,
                            hours=hours,
                            district=district,
                            state=self.state(State(lon, lat, kind, hours, -1)),
                            before=-1,
                            place=row,
                            station=-1,
                            capital_yuan=capital,
                            running_yuan_a_year=running + dearer[hours],
                            before_running=0,
                            lifetime_years=self.prices.of_kind[kind].lifetime_years,
                        )
                    )

    def change(
        self, stations: Stations, row: int, district: str, n_sites: int, *, is_free: bool
    ) -> None:
        """List what may become of a station."""
        asked, frame = self.question.actions, stations.frame
        station, kind = str(frame["id"].iloc[row]), str(frame["kind"].iloc[row])
        text = str(frame["hours"].iloc[row])
        lon, lat = map(float, stations.lonlat[row])
        now = self.prices.running(station, kind)
        before = self.state(State(lon, lat, kind, "", row)) if is_free else -1
        base = Action(
            what="keep",
            id=station,
            name=str(frame["name"].iloc[row]),
            kind=kind,
            hours=text,
            district=district,
            state=before,
            before=-1,
            place=n_sites + row,
            station=row,
            capital_yuan=0,
            running_yuan_a_year=now,
            before_running=0,
            lifetime_years=self.prices.of_kind[kind].lifetime_years,
        )
        if is_free:
            self.actions.append(base)
        paid = now if is_free else 0
        for better in asked.upgrade:
            if better == kind:
                continue
            more = self.prices.running(station, better) - now
            self.actions.append(
                base._replace(
                    what="upgrade",
                    kind=better,
                    state=self.state(State(lon, lat, better, "", row)),
                    before=before,
                    capital_yuan=self._step_up(station, kind, better),
                    running_yuan_a_year=max(paid + more, 0),
                    before_running=paid,
                    lifetime_years=self.prices.of_kind[better].lifetime_years,
                )
            )
        old = open_week(text)
        for hours in asked.extend_hours:
            new = open_week(hours)
            if new is None or (old is not None and not (new & ~old).any()):
                continue
            self.actions.append(
                base._replace(
                    what="extend",
                    hours=hours,
                    state=self.state(State(lon, lat, kind, hours, row)),
                    before=before,
                    running_yuan_a_year=paid + self.prices.wages(old, new),
                    before_running=paid,
                )
            )

    def relocate(
        self,
        stations: Stations,
        sites: CandidateSites,
        free: npt.NDArray[np.int64],
        ground: tuple[list[str], str],
    ) -> None:
        """List the moves of free stations to candidate sites that are near enough."""
        districts, metric_crs = ground
        within_m = self.question.actions.relocate_within_m
        if within_m is None or not len(free) or not len(sites):
            return
        here = to_metric(sites.lonlat, crs=metric_crs)
        tree = cKDTree(here)
        clearing = self.prices.times(self.question.costs.relocation_yuan)
        kept = {action.station: action for action in self.actions if action.what == "keep"}
        there = to_metric(stations.lonlat[free], crs=metric_crs)
        lists = cast("list[list[int]]", tree.query_ball_point(there, within_m))
        for row, near in zip(free.tolist(), lists, strict=True):
            keep = kept[row]
            for site in sorted(near):
                lon, lat = map(float, sites.lonlat[site])
                self.actions.append(
                    keep._replace(
                        what="relocate",
                        id=str(sites.frame["id"].iloc[site]),
                        district=districts[site],
                        state=self.state(State(lon, lat, keep.kind, "", row)),
                        before=keep.state,
                        place=int(site),
                        capital_yuan=clearing + self.prices.capital(keep.id, keep.kind),
                        before_running=keep.running_yuan_a_year,
                    )
                )

    def _dearer(self, usual: str, hours: str) -> int:
        """Return what longer hours than the usual ones cost a year."""
        old, new = open_week(usual), open_week(hours)
        return 0 if old is None or new is None else self.prices.wages(old, new)

    def _step_up(self, place: str, kind: str, better: str) -> int:
        """Return the price of an upgrade: the difference, or what is known of the place."""
        own = self.prices.of_place.get(place, (None, None))[0]
        if own is not None:
            return self.prices.times(own)
        return max(self.prices.capital(place, better) - self.prices.capital(place, kind), 0)


def _prices(question: Question, sites: CandidateSites) -> _Prices:
    """Return prices by place: the list of sites says some, the question more."""
    of_place: dict[str, tuple[int | None, int | None]] = {
        str(site): (round(float(cost)), None)
        for site, cost in zip(sites.frame["id"], sites.frame["cost_yuan"], strict=True)
        if np.isfinite(cost)
    }
    for one in question.costs.by_place:
        listed = of_place.get(one.place, (None, None))
        capital = listed[0] if one.capital_yuan is None else one.capital_yuan
        of_place[one.place] = (capital, one.running_yuan_a_year)
    of_kind = {kind.id: question.cost_of_kind(kind.id) for kind in KINDS}
    return _Prices(question, of_kind, of_place)


def _check_places(question: Question, *, stations: Stations, sites: CandidateSites) -> None:
    ids, of_stations = set(sites.ids), set(stations.frame["id"])
    both = sorted(ids & of_stations)
    # an id that two have is doubtful only where something may be done with either
    if both and (question.actions.existing != "fixed" or question.actions.stations):
        raise ProblemError(
            say("{place} is the id of a station and of a candidate site: rename one", place=both[0])
        )
    named = [
        *(pin.place for pin in (*question.required, *question.forbidden)),
        *(one.place for one in question.earliest),
        *(one.place for one in question.costs.by_place),
    ]
    for place in named:
        if place not in ids and place not in of_stations:
            raise ProblemError(
                say(
                    "{place} is neither a candidate site nor a station of the register", place=place
                )
            )
    for one in question.actions.stations:
        if one.id not in of_stations:
            raise ProblemError(say("station {place} is not in the register", place=one.id))


def district_of(demand: Demand, lonlat: npt.NDArray[np.float64]) -> list[str]:
    """Return the district of the nearest demand point of each place; "" without districts."""
    if not len(demand) or not len(lonlat):
        return [""] * len(lonlat)
    _, nearest = cKDTree(demand.lonlat).query(lonlat)
    names = (*demand.district_names, "")
    return [names[number] for number in demand.district[nearest]]
