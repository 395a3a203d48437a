"""What a sheet of paper tells of each site of a decision: gathered from the workspace, unspoken."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely

from data.china_time import today_here
from data.report_book import doubted_stations
from geo.errors import InputError
from geo.messages import say
from planning.coverage.group_areas import group_areas
from planning.coverage.nominal import groups_of, standard_of
from planning.decisions.decision import Decision
from planning.decisions.explain import lonlat_of
from planning.decisions.restored import with_plan
from planning.decisions.site_reasons import SiteReasons, site_reasons
from planning.decisions.world import changed_roads
from planning.scenarios.decision_document import DecisionAsked, done_actions
from planning.scenarios.explanation_document import read_explanation
from planning.scenarios.forms import asked_of
from planning.scenarios.standing import places_after
from web.services.decisions import Wanted, ask_workspace, explain
from web.services.networks import network_when
from web.services.sites import candidates

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from data.districts import Districts
    from data.questions import Question
    from data.settings import GroupSettings, ServiceStandard, Settings
    from data.workspace import Workspace
    from geo.network import RoadNetwork
    from planning.coverage.assignment import StandingPlaces
    from planning.decisions import AskedQuestion
    from planning.decisions.explain import Explanation, WhatIf, WhyHere
    from web.services import Done
    from web.services.scenarios import Kept


@dataclass(frozen=True, eq=False)
class SiteArea:
    """From where a site is within a standard, and the groups that go by it."""

    standard: ServiceStandard
    groups: tuple[str, ...]
    area: BaseGeometry


@dataclass(frozen=True)
class SiteHost:
    """Who would have a site: kind of host, address and operator, each empty where not known.

    ``imported`` is False for a point of the candidate grid, which has no host.
    """

    host_type: str = ""
    address: str = ""
    operator: str = ""
    imported: bool = True


@dataclass(frozen=True, eq=False)
class SheetFacts:
    """What one sheet tells beside its decision.

    ``areas`` the widest first; ``cells`` float64[k, 2] where it adds ``cell_adds``.
    """

    reasons: SiteReasons
    why: WhyHere | None
    areas: tuple[SiteArea, ...]
    host: SiteHost
    cells: npt.NDArray[np.float64]
    cell_adds: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SheetSet:
    """All sheets of a decision: the city as it stands after it, its question and explanation.

    ``places`` hold what stands then, those of the plan by the order of their action; ``lonlat`` is
    where the `others` are.
    """

    decision: Decision
    question: Question
    why: Explanation
    facts: tuple[SheetFacts, ...]
    places: StandingPlaces
    network: RoadNetwork
    settings: Settings
    districts: Districts
    when: str
    made_on: date
    lonlat: Mapping[str, tuple[float, float]]

    @property
    def others(self) -> tuple[WhatIf, ...]:
        """The runners-up and neighbours of the sites."""
        return _others(self.why)


def gather_sheets(
    workspace: Workspace,
    asked: AskedQuestion,
    made: Decision,
    why: Explanation,
    *,
    when: str,
    done: Done,
) -> SheetSet:
    """Gather what the sheets of a decision tell.

    Raises
    ------
    InputError
        when there is nothing to do, so that there is no site.
    ProblemError
        when the decision holds no plan.
    """
    if not made.actions:
        raise InputError(say("the plan does nothing, so there is no sheet to write"))
    question, settings, demand = asked.question, workspace.settings, workspace.demand()
    network = changed_roads(network_when(workspace, when), question, settings=settings)
    groups = groups_of(demand, settings)
    stands = partial(
        places_after,
        workspace.stations(),
        groups,
        effective=question.goal.coverage == "effective",
        doubted=doubted_stations(workspace),
    )
    today, after = stands(), stands(actions=done_actions(made))
    people = demand.weights.sum(axis=0) > 0
    there = tuple(group for group, some in zip(groups, people, strict=True) if some)
    hosts = _hosts(workspace)
    why_of = {line.order: line for line in why.why}
    facts = []
    for number, reasons in enumerate(site_reasons(asked, made), start=1):
        one = reasons.action
        served = _serves(today if one.what == "close" else after, one.order, one.id, groups)
        facts.append(
            SheetFacts(
                reasons=reasons,
                why=why_of.get(one.order),
                areas=_areas(
                    network, settings, [g for g in there if g.id in served],
                    np.array([(one.lon, one.lat)]), question,
                ),
                host=hosts.get(one.id, SiteHost(imported=False)),
                cells=demand.lonlat[reasons.cells],
                cell_adds=reasons.cell_adds,
            )
        )  # fmt: skip
        done(say("sheets"), number / len(made.actions))
    return SheetSet(
        decision=made,
        question=question,
        why=why,
        facts=tuple(facts),
        places=after,
        network=network,
        settings=settings,
        districts=workspace.districts,
        when=when,
        made_on=today_here(),
        lonlat=lonlat_of(asked, _others(why)),
    )


def sheets_of_kept(workspace: Workspace, kept: Kept, *, done: Done) -> SheetSet:
    """Gather the sheets of a scenario: its question asked again, with the reasons that it keeps.

    Raises
    ------
    InputError
        as `ask_kept` and `gather_sheets`.
    ProblemError
        as `ask_kept`.
    """
    asked, made, when = ask_kept(workspace, kept, done=done)
    why = reasons_of(kept, asked, made, done=done)
    return gather_sheets(workspace, asked, made, why, when=when, done=done)


def reasons_of(kept: Kept, asked: AskedQuestion, made: Decision, *, done: Done) -> Explanation:
    """Return the reasons that a scenario keeps; explained anew where it keeps none."""
    told = read_explanation(kept.scenario.decision)
    if told is not None and told.why:
        return told
    return explain(asked, made, Wanted(why=True, prices=True), done=done)


def _others(why: Explanation) -> tuple[WhatIf, ...]:
    ends = (what for line in why.why for what in (line.instead, line.neighbour))
    return tuple(what for what in ends if what is not None)


def _serves(
    places: StandingPlaces, order: int, place: str, groups: tuple[GroupSettings, ...]
) -> set[str]:
    """Return whom a place serves: that of an action by its order, one that closes by its id."""
    rows = [row for row, own in enumerate(places.order) if own == order]
    if not rows:
        rows = [row for row, own in enumerate(places.ids) if own == place]
    return {
        group.id
        for group, serves in zip(groups, places.serves, strict=True)
        if any(serves[row] for row in rows)
    }


def _areas(
    network: RoadNetwork,
    settings: Settings,
    groups: list[GroupSettings],
    lonlat: npt.NDArray[np.float64],
    question: Question,
) -> tuple[SiteArea, ...]:
    """Draw the area of each standard once, the widest first."""
    word = question.goal.standard
    found = group_areas(
        network, settings, groups, {group.id: lonlat for group in groups},
        standard=word, speed_factors=question.world.speed_factors,
    )  # fmt: skip
    of: dict[ServiceStandard, list[str]] = {}
    for group in groups:
        of.setdefault(standard_of(group, settings, standard=word), []).append(group.id)
    areas = [SiteArea(held, tuple(ids), found[ids[0]]) for held, ids in of.items()]
    return tuple(sorted(areas, key=lambda one: -float(shapely.area(one.area))))


def _hosts(workspace: Workspace) -> Mapping[str, SiteHost]:
    """Return who has the stations that stand and the candidate sites, by id."""
    found: dict[str, SiteHost] = {}
    made = candidates(workspace)
    if made.imported:
        frame = made.sites.frame
        found |= {
            str(site): SiteHost(str(host))
            for site, host in zip(frame["id"], frame["host_type"], strict=True)
        }
    frame = workspace.stations().frame
    columns = (frame[name] for name in ("id", "host_type", "address", "operator"))
    found |= {
        str(station): SiteHost(str(host), str(address), str(operator))
        for station, host, address, operator in zip(*columns, strict=True)
    }
    return found


def ask_kept(
    workspace: Workspace, kept: Kept, *, done: Done
) -> tuple[AskedQuestion, Decision, str]:
    """Ask the question of a scenario again, and give its decision its plan; with the time of roads.

    Raises
    ------
    InputError
        when the scenario is a plan of new stations alone, or an input has changed since: its
        figures could not be recounted.
    ProblemError
        when other figures come out here.
    """
    asked = asked_of(kept.scenario)
    name = kept.scenario.name
    if not isinstance(asked, DecisionAsked):
        raise InputError(
            say("{name}: sheets are of the answer to a question: yizhan plan --question", name=name)
        )
    if kept.stale:
        raise InputError(
            say(
                "{name}: {inputs} changed since, so its sheets cannot be recounted: ask its "
                "question again",
                name=name,
                inputs=", ".join(kept.stale),
            )
        )
    ready = ask_workspace(workspace, asked.question, when=asked.when, done=done)
    made = with_plan(ready, Decision.from_dict(dict(kept.scenario.decision)))
    return ready, made, asked.when
