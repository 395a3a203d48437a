"""Where the next stations do most: candidate sites, workers by cell and group, the engine."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from geo.errors import ProblemError
from geo.messages import in_turn, say
from planning.coverage.change import measure_change
from planning.coverage.nominal import (
    CellCounts,
    Counts,
    Coverage,
    Places,
    count_stations,
    coverage_of_counts,
    groups_of,
    standard_of,
)
from planning.coverage.reach import straight_counts
from planning.engine.params import Plan, SolveParams
from planning.engine.problems import CoverageProblem, Limit
from planning.engine.solver import solve
from planning.siting.candidates import (
    SitePins,
    SitingDemand,
    SitingOptions,
    site_pins,
    siting_demand,
    siting_options,
)
from planning.siting.deployment_order import Step, deployment_order
from planning.siting.plan import PlannedSite, SitingPlan
from planning.siting.shortfall import shortfalls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from data.demand import Demand
    from data.settings import Settings
    from data.sites import CandidateSites
    from data.stations import Stations
    from data.vocabulary import StandardWord
    from geo.network import RoadNetwork

ANY_STATION: Final[Mapping[str, int | None]] = MappingProxyType({"station": None})

# A plan within 0.1 % of the best possible is better than the demand is known.
SITING_PARAMS = SolveParams(time_limit_s=10.0, gap=0.001)


@dataclass(frozen=True, eq=False, kw_only=True)
class SitingQuestion:
    """A city's siting problem with its travel times searched: ask it for one plan after another.

    ``before`` are the stations that reach each cell now, ``items`` the demand items of the problem,
    ``options`` what can be built, ``inputs`` the hashes of what all of it was made from.
    """

    demand: Demand
    sites: CandidateSites
    settings: Settings
    standard: StandardWord
    options: SitingOptions
    before: CellCounts
    items: SitingDemand
    inputs: Mapping[str, str]

    @cached_property
    def open_weights(self) -> npt.NDArray[np.float64]:
        """float64[n_items]: workers whom no station covers yet."""
        return np.where(self.items.covered, 0.0, self.items.weights)

    @cached_property
    def reaches_somebody(self) -> bool:
        """Whether a site reaches a worker who is not covered yet."""
        return bool((self.items.covers @ self.open_weights).any())

    def plan(
        self,
        *,
        new: int,
        kinds: Mapping[str, int | None] = ANY_STATION,
        keep: Sequence[str] = (),
        without: Sequence[str] = (),
        last: SitingPlan | None = None,
        params: SolveParams | None = None,
    ) -> SitingPlan:
        """Choose ``new`` sites as `plan_stations` does.

        ``keep`` are sites that must be among them (``SITE`` or ``SITE:KIND``), ``without`` sites
        that must not. ``last`` is an answer of this question to begin with: after a small change
        its plan and bound are nearly right, and the new ones come in a fraction of the time.

        Raises
        ------
        ProblemError
            as `plan_stations`; also for a site that is not in the list, is kept and left out at
            once, or is kept without saying which of several kinds; more sites kept than ``new``.
        """
        if new < 0:
            raise ProblemError(say("new is {new}: give a number of stations of 0 or more", new=new))
        if new and not self.open_weights.any():
            raise ProblemError(say("every worker has a station already: there is nobody to reach"))
        if new and not self.reaches_somebody:
            raise ProblemError(
                say(
                    "no candidate site reaches a worker who is not covered yet: "
                    "add sites or check their kind against the groups' kinds"
                )
            )
        params = params or SITING_PARAMS
        if last is not None and last.answer is not None:
            params = replace(params, start=last.answer)
        pins = site_pins(self.sites, self.options, keep=keep, without=without)
        if pins.required.sum() > new:
            raise ProblemError(
                say(
                    "{n_kept} sites are kept and only {new} are new",
                    n_kept=pins.required.sum(),
                    new=new,
                )
            )
        answer = solve_question(self, pins, new=new, kinds=kinds, params=params)
        if answer.status == "infeasible":
            raise ProblemError(in_turn(answer.reasons))
        asked = {
            "kind": ", ".join(k if most is None else f"{k}:{most}" for k, most in kinds.items()),
            "new": str(new),
            "candidates": str(len(self.options.lonlat)),
        }
        pinned = {"keep": ", ".join(keep), "without": ", ".join(without)}
        asked |= {name: words for name, words in pinned.items() if words}
        siting_plan = self._answer(answer, asked, pins)
        if len(siting_plan.sites) == new or siting_plan.answer is None:
            return siting_plan
        short = shortfalls(
            self.options, self.items, siting_plan.answer.chosen, pins=pins, kinds=kinds
        )
        return replace(siting_plan, shortfalls=short)

    def _answer(self, plan: Plan, asked: Mapping[str, str], pins: SitePins) -> SitingPlan:
        demand, items = self.demand, self.items
        fixed_value = float(items.weights[items.covered].sum())
        steps = self._steps(plan.chosen, pins)
        chosen = np.sort(np.array([step.option for step in steps], dtype=np.int64))
        plan = replace(plan, chosen=chosen)
        added = float(sum(step.adds for step in steps))
        bound = self._bound(plan, added, pins)
        after = CellCounts(
            _road_counts_after(self.before, items, chosen),
            _straight_counts_after(
                self.before,
                demand,
                self.options.built(chosen),
                self.settings,
                standard=self.standard,
            ),
        )
        return SitingPlan(
            status=plan.status,
            objective=added + fixed_value,
            bound=bound + fixed_value,
            gap=(bound - added) / (added + fixed_value or 1.0),
            runtime_s=plan.runtime_s,
            method=plan.method,
            sites=_planned_sites(steps, demand, self.sites, self.options, self.open_weights),
            before=self._coverage_before,
            after=coverage_of_counts(demand, after, standard=self.standard),
            inputs={**self.inputs, **asked},
            answer=plan,
        )

    def _steps(self, chosen: npt.NDArray[np.int64], pins: SitePins) -> tuple[Step, ...]:
        """Order what is built; an option that adds nobody is not, and takes no site's merit."""
        covers, weights = self.items.covers, self.open_weights
        order = deployment_order(covers, weights, chosen)
        steps = tuple(step for step in order if step.adds > 0 or pins.required[step.option])
        if len(steps) == len(order):
            return order
        return deployment_order(covers, weights, np.array([step.option for step in steps]))

    def _bound(self, plan: Plan, added: float, pins: SitePins) -> float:
        """Return what no plan can add: the engine's bound, or all whom the options reach."""
        if plan.status == "optimal":
            return added
        if math.isfinite(plan.bound):
            return max(plan.bound, added)
        allowed = self.items.covers[np.flatnonzero(~pins.forbidden)]
        return float(self.open_weights[np.unique(allowed.indices)].sum())

    @cached_property
    def _coverage_before(self) -> Coverage:
        return coverage_of_counts(self.demand, self.before, standard=self.standard)


def siting_question(
    demand: Demand,
    stations: Stations,
    sites: CandidateSites,
    network: RoadNetwork,
    settings: Settings,
    *,
    kinds: Iterable[str] = tuple(ANY_STATION),
    standard: StandardWord = "group",
    on_progress: Callable[[str, float], None] | None = None,
) -> SitingQuestion:
    """Search the travel times of a siting problem, once for all plans.

    Parameters
    ----------
    demand, stations, sites, network, settings, standard, on_progress
        as in `plan_stations`.
    kinds
        those that a site without a kind of its own may get.

    Returns
    -------
    SitingQuestion
        to be asked for one plan after another.

    Raises
    ------
    ProblemError
        when there are no sites or no kinds.

    Examples
    --------
    The travel times are searched once; then a site falls through:

    >>> from geo import Box, RawRoads, build_network
    >>> from data import CandidateSites, Demand, Stations, default_settings
    >>> from planning import siting_question
    >>> street = [(116.80, 33.95), (116.81, 33.95), (116.82, 33.95)]
    >>> network = build_network(RawRoads.of_lines([(street, {"highway": "residential"})]))
    >>> settings = default_settings("示例市", Box(116.7, 33.9, 116.9, 34.0))
    >>> demand = Demand.at_points(
    ...     ids=["west", "east"], lonlat=[street[0], street[-1]],
    ...     weights=[[30.0], [10.0]], groups=["courier"],
    ... )
    >>> station = {"id": "S1", "name": "东站", "kind": "station", "lon": 116.82, "lat": 33.95}
    >>> stations = Stations.from_records([station])
    >>> sites = CandidateSites.from_records([
    ...     {"id": "A", "name": "西口", "lon": 116.80, "lat": 33.95},
    ...     {"id": "B", "name": "街心", "lon": 116.81, "lat": 33.95},
    ... ])
    >>> question = siting_question(demand, stations, sites, network, settings)
    >>> plan = question.plan(new=1)
    >>> [site.site_id for site in plan.sites]
    ['A']
    >>> [site.site_id for site in question.plan(new=1, without=["A"], last=plan).sites]
    ['B']
    """
    kinds = tuple(kinds)
    if not len(sites) or not kinds:
        raise ProblemError(say("there are no candidate sites: import some or make a grid"))
    options = siting_options(sites, kinds)
    before = count_stations(
        demand, stations, network, settings, standard=standard, on_progress=on_progress
    )
    items = siting_demand(
        demand, before, options, network, settings, standard=standard, on_progress=on_progress
    )
    return SitingQuestion(
        demand=demand,
        sites=sites,
        settings=settings,
        standard=standard,
        options=options,
        before=before,
        items=items,
        inputs={
            "demand": demand.content_hash,
            "stations": stations.content_hash,
            "service": stations.service_hash,
            "sites": sites.content_hash,
            "network": network.content_hash,
            "settings": settings.content_hash,
            "standard": standard,
        },
    )


def plan_stations(
    demand: Demand,
    stations: Stations,
    sites: CandidateSites,
    network: RoadNetwork,
    settings: Settings,
    *,
    new: int,
    kinds: Mapping[str, int | None] = ANY_STATION,
    standard: StandardWord = "group",
    keep: Sequence[str] = (),
    without: Sequence[str] = (),
    params: SolveParams | None = None,
    on_progress: Callable[[str, float], None] | None = None,
) -> SitingPlan:
    """Choose ``new`` sites that cover the most workers whom no station covers yet.

    A site gets its own kind where it has one, else whichever of ``kinds`` does most there; one
    station a site. Existing stations that serve a group within its standard cover it for good. To
    ask more than once, make a `siting_question`.

    Parameters
    ----------
    demand
        who is where; its groups are those of the settings.
    stations
        the register; those that are open count.
    sites
        where a new station could stand.
    network, settings, standard
        as in `measure_coverage`.
    new
        how many.
    kinds
        maps each kind to how many of it may be built, None: any number.
    keep, without
        sites that must be chosen (``SITE`` or ``SITE:KIND``), and sites that must not.
    params
        when to stop; None takes `SITING_PARAMS`. Its ``on_progress`` is told of the solving.
    on_progress
        is told of the travel times.

    Returns
    -------
    SitingPlan
        the sites in the order in which to build, with what each adds and the proven bound.

    Raises
    ------
    ProblemError
        when ``new`` is below 0, there are no sites or kinds, or no site reaches a worker who is
        not covered yet; for ``keep`` and ``without`` as `SitingQuestion.plan`.

    Examples
    --------
    >>> from geo import Box, RawRoads, build_network
    >>> from data import CandidateSites, Demand, Stations, default_settings
    >>> from planning import plan_stations
    >>> street = [(116.80, 33.95), (116.81, 33.95), (116.82, 33.95)]
    >>> network = build_network(RawRoads.of_lines([(street, {"highway": "residential"})]))
    >>> settings = default_settings("示例市", Box(116.7, 33.9, 116.9, 34.0))
    >>> demand = Demand.at_points(
    ...     ids=["west", "east"], lonlat=[street[0], street[-1]],
    ...     weights=[[30.0], [10.0]], groups=["courier"],
    ... )
    >>> station = {"id": "S1", "name": "东站", "kind": "station", "lon": 116.82, "lat": 33.95}
    >>> stations = Stations.from_records([station])
    >>> sites = CandidateSites.from_records([
    ...     {"id": "A", "name": "西口", "lon": 116.80, "lat": 33.95},
    ...     {"id": "B", "name": "街心", "lon": 116.81, "lat": 33.95},
    ... ])
    >>> plan = plan_stations(demand, stations, sites, network, settings, new=1)
    >>> [(site.site_id, site.adds_workers) for site in plan.sites], plan.gap
    ([('A', 30.0)], 0.0)
    """
    if new < 0:
        raise ProblemError(say("new is {new}: give a number of stations of 0 or more", new=new))
    question = siting_question(
        demand,
        stations,
        sites,
        network,
        settings,
        kinds=kinds,
        standard=standard,
        on_progress=on_progress,
    )
    plan = question.plan(new=new, kinds=kinds, keep=keep, without=without, params=params)
    return with_other_standard(plan, demand, stations, network, settings)


def with_other_standard(
    plan: SitingPlan,
    demand: Demand,
    stations: Stations,
    network: RoadNetwork,
    settings: Settings,
) -> SitingPlan:
    """Measure a plan by the standard for which it was not made, of what it was made of.

    A plan by the groups' own standards is measured by the national one, and the other way round.
    """
    other: StandardWord = "group" if plan.before.standard == "national" else "national"
    lonlat = np.array([(site.lon, site.lat) for site in plan.sites]).reshape(-1, 2)
    places = Places(lonlat, tuple(site.kind for site in plan.sites))
    change = measure_change(demand, stations, network, settings, standard=other, places=places)
    return replace(plan, beside=change)


def solve_question(
    question: SitingQuestion,
    pins: SitePins,
    *,
    new: int,
    kinds: Mapping[str, int | None],
    params: SolveParams,
) -> Plan:
    """Return the engine's answer to a question: options, not yet what they mean for the city."""
    if new == 0:
        none = np.empty(0, dtype=np.int64)
        return Plan(
            status="optimal", chosen=none, objective=0.0, bound=0.0, runtime_s=0.0, method="none"
        )
    options = question.options
    n_sites = len(options.lonlat)
    problem = CoverageProblem(
        question.open_weights,
        question.items.covers,
        max_open=min(new, n_sites) - int(pins.required.sum()),
        site=options.site if len(options.site) > n_sites else None,
        required=pins.required,
        forbidden=pins.forbidden,
        limits=tuple(
            Limit(members=options.of_kind(kind), max_open=most, name=kind)
            for kind, most in kinds.items()
            if most is not None
        ),
    )
    return solve(problem, params=params)


def _planned_sites(
    steps: tuple[Step, ...],
    demand: Demand,
    sites: CandidateSites,
    options: SitingOptions,
    weights: npt.NDArray[np.float64],
) -> tuple[PlannedSite, ...]:
    """Return the sites of the steps, in their order."""
    n_cells = len(demand)
    planned: list[PlannedSite] = []
    districts = _district_of_sites(demand, sites.lonlat)
    for step in steps:
        adds = np.bincount(
            step.items // n_cells, weights=weights[step.items], minlength=len(demand.groups)
        )
        row = int(options.site[step.option])
        planned.append(
            PlannedSite(
                order=len(planned) + 1,
                site_id=str(sites.frame["id"].iloc[row]),
                name=str(sites.frame["name"].iloc[row]),
                lon=float(sites.lonlat[row, 0]),
                lat=float(sites.lonlat[row, 1]),
                kind=options.kinds[step.option],
                district=districts[row],
                adds_workers=step.adds,
                adds_by_group=dict(zip(demand.groups, map(float, adds), strict=True)),
                lost_without=step.lost_without,
            )
        )
    return tuple(planned)


def _district_of_sites(demand: Demand, lonlat: npt.NDArray[np.float64]) -> list[str]:
    """Return the district of the nearest demand point: sites carry none of their own."""
    if not len(demand):
        return [""] * len(lonlat)
    _, nearest = cKDTree(demand.lonlat).query(lonlat)
    names = (*demand.district_names, "")
    return [names[number] for number in demand.district[nearest]]


def _road_counts_after(
    before: CellCounts, items: SitingDemand, chosen: npt.NDArray[np.int64]
) -> Counts:
    """Add the chosen options to the stations in reach over the roads."""
    n_cells, n_groups = before.road.shape
    more = items.covers[chosen].astype(np.uint16).sum(axis=0).reshape(n_groups, n_cells)
    return np.asarray((before.road + more.T).astype(np.uint16))


def _straight_counts_after(
    before: CellCounts, demand: Demand, built: Places, settings: Settings, *, standard: StandardWord
) -> Counts:
    """Add the built places to the stations within the circles."""
    straight = before.straight.copy()
    for number, group in enumerate(groups_of(demand, settings)):
        straight[:, number] += straight_counts(
            standard=standard_of(group, settings, standard=standard),
            origins=demand.lonlat,
            destinations=built.lonlat[built.serve(group)],
        ).astype(np.uint16)
    return straight
