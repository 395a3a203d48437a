"""Where the next stations do most: the short form of a planner's question, and its answer."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from data.questions.parts import Actions, Goal
from data.questions.question import Question
from geo.errors import ProblemError
from geo.messages import in_turn, say
from planning.coverage.change import measure_change
from planning.coverage.nominal import (
    CellCounts,
    Coverage,
    Places,
    count_places,
    count_stations,
    coverage_of_counts,
)
from planning.decisions.decide import AskedQuestion, ask
from planning.decisions.goals import GoalAnswer
from planning.engine.checks import known
from planning.engine.params import SolveParams, relative_gap
from planning.siting.plan import PlannedSite, SitingPlan
from planning.siting.short_form import short_question
from planning.siting.shortfall import Choices, shortfalls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from data.demand import Demand
    from data.settings import Settings
    from data.sites import CandidateSites
    from data.stations import Stations
    from data.vocabulary import StandardWord
    from geo.network import RoadNetwork
    from planning.decisions.decision import DecidedAction, Decision

ANY_STATION: Final[Mapping[str, int | None]] = MappingProxyType({"station": None})

# A plan within 0.1 % of the best possible is better than the demand is known.
SITING_PARAMS = SolveParams(time_limit_s=10.0, gap=0.001)


@dataclass(frozen=True, eq=False, kw_only=True)
class SitingQuestion:
    """A city's siting problem with its travel times searched: ask it for one plan after another.

    ``asked`` is the planner's question behind it, of everything that may be built; ``before`` are
    the stations that reach each cell now, ``inputs`` the hashes of what all of it was made from.
    """

    demand: Demand
    stations: Stations
    sites: CandidateSites
    network: RoadNetwork
    settings: Settings
    standard: StandardWord
    asked: AskedQuestion
    before: CellCounts
    inputs: Mapping[str, str]

    @property
    def reaches_somebody(self) -> bool:
        """Whether a site reaches a worker who is not covered yet."""
        return bool(self.asked.items.weights.any())

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
        asked = self.asking(new=new, kinds=kinds, keep=keep, without=without)
        params = params or SITING_PARAMS
        if last is not None and last.answer is not None:
            params = replace(params, start=last.answer)
        made = _with_figures(asked, asked.decide(params=params))
        told = {
            "kind": ", ".join(k if most is None else f"{k}:{most}" for k, most in kinds.items()),
            "new": str(new),
            "candidates": str(len(self.sites)),
        }
        pinned = {"keep": ", ".join(keep), "without": ", ".join(without)}
        told |= {name: words for name, words in pinned.items() if words}
        siting_plan = self._told(made, told)
        if len(siting_plan.sites) == new:
            return siting_plan
        built = made.plan.chosen if made.plan is not None else np.empty(0, dtype=np.int64)
        built = built[built < asked.problem.standing_option]
        short = shortfalls(_choices(asked), built, most=kinds)
        return replace(siting_plan, shortfalls=short)

    def asking(
        self,
        *,
        new: int,
        kinds: Mapping[str, int | None] = ANY_STATION,
        keep: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> AskedQuestion:
        """Return the planner's question that `plan` answers (ProblemError as there)."""
        if new < 0:
            raise ProblemError(say("new is {new}: give a number of stations of 0 or more", new=new))
        if new and not (self.demand.weights * (self.before.road == 0)).any():
            raise ProblemError(say("every worker has a station already: there is nobody to reach"))
        if new and not self.reaches_somebody:
            raise ProblemError(
                say(
                    "no candidate site reaches a worker who is not covered yet: "
                    "add sites or check their kind against the groups' kinds"
                )
            )
        question = short_question(
            self.asked.question, self.asked.table, new=new, kinds=kinds, keep=keep, without=without
        )
        return self.asked.with_limits(question, stations=self.stations, settings=self.settings)

    def _told(self, made: Decision, told: Mapping[str, str]) -> SitingPlan:
        plan = made.plan
        sites = tuple(map(_planned, made.actions))
        lonlat = np.array([(site.lon, site.lat) for site in sites]).reshape(-1, 2)
        places = Places(lonlat, tuple(site.kind for site in sites))
        more = count_places(
            self.demand, places, self.network, self.settings, standard=self.standard
        )
        after = CellCounts(*(now + new for now, new in zip(self.before, more, strict=True)))
        return SitingPlan(
            status=made.status,
            objective=made.objective,
            bound=made.bound,
            gap=made.gap,
            runtime_s=made.runtime_s if plan is None else plan.runtime_s,
            method=made.method,
            sites=sites,
            before=self._coverage_before,
            after=coverage_of_counts(self.demand, after, standard=self.standard),
            inputs={**self.inputs, **told},
            answer=plan,
        )

    @cached_property
    def _coverage_before(self) -> Coverage:
        return coverage_of_counts(self.demand, self.before, standard=self.standard)


def _with_figures(asked: AskedQuestion, made: Decision) -> Decision:
    """Return a decision whose figures are finite, whatever the engine had no time for.

    Raises
    ------
    ProblemError
        when no plan keeps what was asked.
    """
    if made.status == "infeasible":
        raise ProblemError(in_turn(made.reasons))
    if (made.is_plan and math.isfinite(made.bound)) or made.plan is None:
        return made
    problem = asked.problem.problem
    required = np.flatnonzero(known(problem.required))
    chosen = np.union1d(made.plan.chosen, required).astype(np.int64)
    allowed = np.flatnonzero(~known(problem.forbidden))
    objective, most = asked.problem.value(chosen), asked.problem.value(allowed)
    answer = GoalAnswer(
        replace(made.plan, chosen=chosen),
        made.plan.status,
        objective,
        most,
        relative_gap(objective, most),
        made.method,
    )
    return asked.told(answer, runtime_s=made.runtime_s)


def _planned(one: DecidedAction) -> PlannedSite:
    return PlannedSite(
        order=one.order,
        site_id=one.id,
        name=one.name,
        lon=one.lon,
        lat=one.lat,
        kind=one.kind,
        district=one.district,
        adds_workers=one.adds,
        adds_by_group=one.adds_by_group,
        lost_without=one.lost_without,
    )


def _choices(asked: AskedQuestion) -> Choices:
    actions = asked.table.actions
    return Choices(
        asked.items.covers[[one.state for one in actions]],
        asked.items.weights[0],
        np.array([one.place for one in actions], dtype=np.int64),
        tuple(one.kind for one in actions),
        known(asked.problem.problem.forbidden)[: asked.problem.standing_option],
    )


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
    question = Question(goal=Goal(standard=standard), actions=Actions(build=kinds))
    return SitingQuestion(
        demand=demand,
        stations=stations,
        sites=sites,
        network=network,
        settings=settings,
        standard=standard,
        asked=ask(
            question,
            demand=demand,
            stations=stations,
            sites=sites,
            network=network,
            settings=settings,
            on_progress=on_progress,
        ),
        before=count_stations(
            demand, stations, network, settings, standard=standard, on_progress=on_progress
        ),
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
