r"""What there is to cover: demand items of cell x group x class of hours, year by year.

For group g, cell i and a class C of hours of a plain week, an item weighs

.. math:: w_{giC} = \sum_{t \in C} w_{gi} \tau_{gt} \, [\text{no fixed station serves g at i in t}]

A class holds the hours in which the same states are open (and the same floors and weights of hours
hold), so that a week of 168 hours becomes a few classes and nothing is lost: the sum over all
classes is the sum over all hours. Where hours do not count there is one class and ``tau`` is 1.

What fixed stations cover already, and what nothing could, is not left to the engine: it stands in
one item for each group, district and class (`DemandItems.standing`, ``beyond``), which floors need.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.measure import to_metric
from geo.messages import say
from planning.coverage.effective import covered_cells, hour_patterns
from planning.coverage.nominal import groups_of, reach_by_standard
from planning.coverage.reach import pattern_of, reach, reach_seconds
from planning.coverage.service_week import DAYS_A_WEEK, HOURS_A_DAY, service_week
from planning.decisions.actions import HOURS_A_WEEK, open_week
from planning.decisions.time_levels import TripRule, Trips, all_trips, trip_rules, trips_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from data.demand import Demand
    from data.questions.question import Question
    from data.settings import GroupSettings, Settings
    from data.stations import Stations
    from geo.network import RoadNetwork
    from planning.coverage.service_week import ServiceWeek
    from planning.decisions.actions import ActionTable, State

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_WEEKDAYS = 5


class Labels(NamedTuple):
    """int64[n] each: group, district (-1 outside all) and class of hours of some items."""

    group: Ints
    district: Ints
    hours: Ints


class EachWorker(NamedTuple):
    """What one worker of a cell counts: 1, or the hours of a week in which one wants a rest place.

    ``items`` float64[n_items]; ``standing`` and ``beyond`` float64[n_groups, n_classes, n_cells]
    what of it fixed stations cover and what nothing could. ``people`` float64[n_years, n_cells,
    n_groups] are the workers whom the items weigh, ``place`` int64[n_cells] their district, the
    last number for none.
    """

    items: Floats
    standing: Floats
    beyond: Floats
    people: Floats
    place: Ints


@dataclass(frozen=True, eq=False)
class DemandItems:
    """What actions may cover, and what stands or lies beyond them.

    ``covers`` bool CSR [n_states, n_items]; ``cell`` int64[n_items]; ``labels`` of the items;
    ``weights`` float64[n_years, n_items], workers, or worker-hours of a week. ``standing`` and
    ``beyond`` float64[n_years, n_labels] are what fixed stations cover and what nothing could, by
    ``rest``, their labels. ``needs`` int64[n_items], how many more stations an item needs: 1, or 2
    where two in reach are the goal and none stands; ``half`` bool[n_items] are those of them that
    have one of two, whether anything could be the second or not. ``classes`` bool[n_classes, 168].
    ``each`` says what one worker counts, ``n_pairs`` how many pairs of state and cell are in reach.
    ``trips`` are there where a goal counts the time to the nearest place.
    """

    covers: sp.csr_array
    cell: Ints
    labels: Labels
    weights: Floats
    rest: Labels
    standing: Floats
    beyond: Floats
    needs: Ints
    half: Mask
    classes: Mask
    groups: tuple[str, ...]
    districts: tuple[str, ...]
    each: EachWorker
    n_pairs: int
    trips: Trips | None = None

    @property
    def total(self) -> Floats:
        """float64[n_years]: all workers, or worker-hours."""
        return np.asarray(
            self.weights.sum(axis=1) + self.standing.sum(axis=1) + self.beyond.sum(axis=1)
        )


class _Ground(NamedTuple):
    """One group: who is where, and what stands.

    ``states`` bool CSR [n_states, n_cells] who is in reach of which state; ``open`` bool
    [n_states, n_classes]; ``people`` float64[n_years, n_cells], ``presence`` the part of the
    workers that they are; ``hours`` float64[168] the share of them that counts; ``stands``
    bool[n_cells, 168] or [n_cells, 1] whether enough fixed stations serve; ``needs``
    int64[n_cells] how many more do; ``half`` bool[n_cells] where one of two is there; ``trips`` the
    group's own.
    """

    states: sp.csr_array
    open: Mask
    people: Floats
    presence: float
    hours: Floats
    stands: Mask
    needs: Ints
    half: Mask
    trips: Trips | None


def demand_items(
    question: Question,
    table: ActionTable,
    *,
    demand: Demand,
    stations: Stations,
    network: RoadNetwork,
    settings: Settings,
    doubted: Collection[str] = (),
    at_best: bool = False,
    on_progress: Callable[[str, float], None] | None = None,
) -> DemandItems:
    """Search the travel times of a question and return its demand items.

    ``doubted`` are ids of stations that serve nobody in effect (`service_week`). With ``at_best``
    the stations of which the register does not say enough serve in effect, else they do not.

    Raises
    ------
    ProblemError
        when the question knows hours and the demand does not, or workers leave a place where there
        are not so many.
    """
    usual, settings = settings, slowed(settings, question)
    groups = groups_of(demand, settings)
    by_hours = question.goal.what == "worker_hours"
    if by_hours and not demand.knows_hours:
        raise ProblemError(
            say(
                "the goal worker_hours needs to know when workers want a rest place, and the "
                "demand does not say: build it with yizhan demand build"
            )
        )
    week = service_week(stations, groups, doubted=doubted)
    week = week.at_best if at_best else week
    people = people_by_year(question, demand, settings)
    classes = hour_classes(question, table, week) if by_hours else np.ones((1, 1), dtype=np.bool_)
    lonlat = np.array([(state.lon, state.lat) for state in table.states]).reshape(-1, 2)
    # many states stand at one place, of which the roads are searched once
    places, place = np.unique(np.vstack([lonlat, stations.lonlat]), axis=0, return_inverse=True)
    ends = demand.lonlat, places
    city = _City(question, table, week, classes, demand, people, tuple(stations.frame["kind"]))
    rules = trip_rules(question, groups, usual) if question.counts_time else ()
    grounds: dict[int, _Ground] = {}
    for numbers, found in reach_by_standard(
        groups,
        network,
        settings,
        ends=ends,
        standard=question.goal.standard,
        search=reach_seconds if rules else reach,
        on_progress=on_progress,
    ):
        for number in numbers:
            rule = rules[number] if rules else None
            grounds[number] = _ground(city, groups[number], number, found, place.ravel(), rule)
    return _gathered([grounds[number] for number in range(len(groups))], classes, demand, people)


def slowed(settings: Settings, question: Question) -> Settings:
    """Return settings in which a slower mode goes less far in the time of its standard."""
    factors = question.world.speed_factors
    unknown = sorted(set(factors) - {group.standard.mode for group in settings.groups})
    if unknown:
        raise ProblemError(
            say("world.speed_factors: no group goes by {mode}", mode=", ".join(unknown))
        )
    if not factors:
        return settings

    def own(group: GroupSettings) -> GroupSettings:
        factor = factors.get(group.standard.mode, 1.0)
        standard = replace(group.standard, cutoff_s=group.standard.cutoff_s * factor)
        return replace(group, standard=standard)

    walk = factors.get(settings.national.mode, 1.0)
    national = replace(settings.national, cutoff_s=settings.national.cutoff_s * walk)
    return replace(settings, groups=tuple(map(own, settings.groups)), national=national)


def people_by_year(question: Question, demand: Demand, settings: Settings) -> Floats:
    """float64[n_years, n_cells, n_groups]: workers of each year, as the question changes them."""
    years = question.years_meant
    people = np.repeat(demand.weights[None], len(years), axis=0)
    xy = to_metric(demand.lonlat, crs=settings.metric_crs)
    for change in question.world.demand:
        if change.group not in demand.groups:
            raise ProblemError(
                say(
                    "world.demand {name}: the demand has no group {group}",
                    name=change.name,
                    group=change.group,
                )
            )
        middle = to_metric(np.array([change.at]), crs=settings.metric_crs)[0]
        near = np.hypot(*(xy - middle).T) <= change.within_m
        if not near.any():
            raise ProblemError(
                say(
                    "world.demand {name}: no cell lies within {within_m:g} m of its place",
                    name=change.name,
                    within_m=change.within_m,
                )
            )
        number = demand.groups.index(change.group)
        for at, year in enumerate(years):
            if change.year is not None and year < change.year:
                continue
            now = people[at, near, number]
            more = _share_of_change(now, change.workers)
            if (now + more < -1e-9).any():  # noqa: PLR2004 - rounding
                raise ProblemError(
                    say(
                        "world.demand {name}: {workers:g} workers leave and {there:.4g} are there",
                        name=change.name,
                        workers=-change.workers,
                        there=now.sum(),
                    )
                )
            people[at, near, number] = np.maximum(now + more, 0.0)
    return people


def _share_of_change(now: Floats, workers: float) -> Floats:
    """Spread those who come evenly over the cells; those who leave as they are there."""
    if workers >= 0 or not now.sum():
        return np.full(len(now), workers / len(now))
    return np.asarray(now / now.sum() * workers, dtype=np.float64)


def hour_classes(question: Question, table: ActionTable, week: ServiceWeek) -> Mask:
    """bool[n_classes, 168]: hours in which the same states are open and the same rules hold."""
    states = dict.fromkeys((state.hours, state.station) for state in table.states)
    rows = [state_week(state, week) for state in states]
    rows += [span_hours(floor.hours) for floor in question.floors if floor.hours is not None]
    rows += [span_hours((first, last)) for first, last, _ in question.goal.hour_weights]
    # weekdays and weekends differ in who is there
    rows.append(np.arange(HOURS_A_WEEK) // HOURS_A_DAY >= _WEEKDAYS)
    _, number = np.unique(np.array(rows), axis=1, return_inverse=True)
    number = number.ravel()
    return np.asarray(number[None, :] == np.arange(number.max() + 1)[:, None])


def span_hours(span: tuple[int, int]) -> Mask:
    """bool[168]: the hours from the first to the last, every day; they may pass midnight."""
    first, last = span
    hour = np.arange(HOURS_A_WEEK) % HOURS_A_DAY
    if first < last:
        return np.asarray((hour >= first) & (hour < last))
    return np.asarray((hour >= first) | (hour < last))


def state_week(state: tuple[str, int], week: ServiceWeek) -> Mask:
    """bool[168]: when a state, as (hours, station), is open; longer hours add to the old ones."""
    hours, station = state
    own = np.zeros(HOURS_A_WEEK, dtype=np.bool_)
    if hours:
        told = open_week(hours)
        own = own if told is None else told
    if station >= 0:
        own = own | week.open[station].reshape(-1)
    return own


class _City(NamedTuple):
    """What the grounds of all groups share."""

    question: Question
    table: ActionTable
    week: ServiceWeek
    classes: Mask
    demand: Demand
    people: Floats
    kinds_now: tuple[str, ...]

    @property
    def counts_hours(self) -> bool:
        return bool(self.classes.shape[1] > 1)


def _ground(  # noqa: PLR0917 - what one group is made of
    city: _City,
    group: GroupSettings,
    number: int,
    found: sp.csr_array,
    place: Ints,
    rule: TripRule | None,
) -> _Ground:
    """Return one group's ground: the states that serve it, when, and what stands already.

    ``place`` is the row of each state, then of each station, in ``found``, which holds seconds
    where there is a ``rule`` for trips.
    """
    within = found if rule is None else pattern_of(found)
    table, week, n_states = city.table, city.week, len(city.table.states)
    in_effect = city.question.goal.coverage == "effective"
    serving = week.suits[number] if in_effect else week.serves[number]
    counts_two = city.question.goal.what == "two_in_reach"
    may_serve = _may_serve(city, group, serving)
    if counts_two:
        # what becomes of a station that counts already is no second one
        may_serve &= ~_serves_as_it_is(city, serving)
    states = _rows_kept(sp.csr_array(within[place[:n_states]]), may_serve)
    fixed = serving & ~table.free
    there = sp.csr_array(within[place[n_states:]])
    if not city.counts_hours:
        needs = (2 if counts_two else 1) - there.T.astype(np.int64) @ fixed.astype(np.int64)
        always = np.ones((n_states, 1), dtype=np.bool_)
        stands = np.asarray(needs <= 0)[:, None]
        people = city.people[:, :, number]
        trips = None
        if rule is not None:
            rows = sp.csr_array(found[place])
            trips = trips_of(rows, may_serve, fixed=fixed, people=people, rule=rule, group=number)
        half = (needs == 1) & counts_two
        return _Ground(states, always, people, 1.0, np.ones(1), stands, needs, half, trips)
    patterns, when = hour_patterns(fixed[:, None, None] & week.open)
    weeks = np.array(
        [state_week((state.hours, state.station), week) for state in table.states], dtype=np.bool_
    )
    days = [int(day >= _WEEKDAYS) for day in range(DAYS_A_WEEK)]
    hours = city.demand.profile[number][days].reshape(-1)
    return _Ground(
        states,
        weeks[:, city.classes.argmax(axis=1)],
        city.people[:, :, number] * city.demand.presence[number],
        float(city.demand.presence[number]),
        np.asarray(hours, dtype=np.float64),
        covered_cells(there, patterns)[:, when.reshape(-1)],
        np.ones(len(city.demand), dtype=np.int64),
        np.zeros(len(city.demand), dtype=np.bool_),
        None,
    )


def _may_serve(city: _City, group: GroupSettings, serving: Mask) -> Mask:
    return serves_as_state(city.table.states, group, serving=serving, kinds_now=city.kinds_now)


def serves_as_state(
    states: Sequence[State], group: GroupSettings, *, serving: Mask, kinds_now: Sequence[str]
) -> Mask:
    """bool[n_states]: a new or better station serves whom its kind does, an old one as it did.

    ``serving`` bool[n_stations] are the stations that serve the group, of ``kinds_now``.
    """
    return np.array(
        [
            (state.station >= 0 and bool(serving[state.station]))
            or (
                (state.station < 0 or state.kind != kinds_now[state.station])
                and state.kind in group.kinds
            )
            for state in states
        ],
        dtype=np.bool_,
    )


def _serves_as_it_is(city: _City, serving: Mask) -> Mask:
    """bool[n_states]: the states of a fixed station that serves the group anyway."""
    fixed = serving & ~city.table.free
    rows = np.array([state.station for state in city.table.states], dtype=np.int64)
    return np.asarray((rows >= 0) & np.r_[fixed, False][rows])


def _rows_kept(matrix: sp.csr_array, kept: Mask) -> sp.csr_array:
    """Return a matrix with the other rows empty."""
    if kept.all():
        return matrix
    rows = sp.csr_array(matrix[np.flatnonzero(kept)])
    sizes = np.where(kept, np.diff(matrix.indptr), 0)
    indptr = np.r_[0, np.cumsum(sizes)].astype(matrix.indptr.dtype)
    return sp.csr_array((rows.data, rows.indices, indptr), shape=matrix.shape)


def _bare(stands: Mask, shares: Floats) -> Floats:
    """float64[n_cells, n_classes]: of each class's hours, what counts and finds nothing open."""
    bare = (~stands).astype(np.float64)
    return np.asarray(bare @ shares.T if stands.shape[1] > 1 else bare.repeat(len(shares), axis=1))


def _gathered(
    grounds: Sequence[_Ground], classes: Mask, demand: Demand, people: Floats
) -> DemandItems:
    """Make items of what is open to actions, and sums of the rest."""
    n_years, n_places = len(grounds[0].people), len(demand.district_names) + 1
    place = np.where(demand.district < 0, n_places - 1, demand.district)
    blocks, cells, labels, weights, needs, half = [], [], [], [], [], []
    rest_labels, standing, beyond = [], [], []
    each_item, each_standing, each_beyond = [], [], []
    for number, ground in enumerate(grounds):
        shares = ground.hours * classes
        by_class = _bare(ground.stands, shares)
        for which, share in enumerate(shares):
            bare, whole = by_class[:, which], float(share.sum())
            rows = _rows_kept(ground.states, ground.open[:, which])
            # who has one of two is an item though nothing could be the second
            reached = ground.half.copy()
            reached[rows.indices] = True
            open_ = np.flatnonzero(reached & (bare > 0) & (ground.people > 0).any(axis=0))
            blocks.append(sp.csr_array(rows[:, open_]))
            cells.append(open_)
            needs.append(ground.needs[open_])
            half.append(ground.half[open_])
            weights.append(ground.people[:, open_] * bare[open_])
            labels.append((number, which, demand.district[open_]))
            missed = np.where(reached, 0.0, bare)
            # two sums of the same hours in another order may differ by their rounding
            served = np.maximum(whole - bare, 0.0)
            each_item.append(ground.presence * bare[open_])
            each_standing.append(ground.presence * served)
            each_beyond.append(ground.presence * missed)
            out, stood = ground.people * missed, ground.people * served
            for district in range(n_places):
                here = place == district
                rest_labels.append((number, district if district < n_places - 1 else -1, which))
                standing.append(stood[:, here].sum(axis=1))
                beyond.append(out[:, here].sum(axis=1))
    sizes = [len(one) for one in cells]
    return DemandItems(
        covers=sp.csr_array(sp.hstack(blocks, format="csr")),
        cell=np.concatenate(cells).astype(np.int64),
        labels=Labels(
            np.repeat([one[0] for one in labels], sizes).astype(np.int64),
            np.concatenate([one[2] for one in labels]).astype(np.int64),
            np.repeat([one[1] for one in labels], sizes).astype(np.int64),
        ),
        weights=np.hstack(weights).reshape(n_years, -1),
        rest=Labels(
            *(np.array(column, dtype=np.int64) for column in zip(*rest_labels, strict=True))
        ),
        standing=np.array(standing).T.reshape(n_years, -1),
        beyond=np.array(beyond).T.reshape(n_years, -1),
        needs=np.concatenate(needs),
        half=np.concatenate(half),
        classes=classes,
        groups=demand.groups,
        districts=demand.district_names,
        each=EachWorker(
            items=np.concatenate(each_item),
            standing=np.array(each_standing).reshape(len(grounds), len(classes), len(demand)),
            beyond=np.array(each_beyond).reshape(len(grounds), len(classes), len(demand)),
            people=people,
            place=place.astype(np.int64),
        ),
        n_pairs=sum(ground.states.nnz for ground in grounds),
        trips=all_trips([ground.trips for ground in grounds]),
    )
