"""Why not here? The candidates round a place of the map, and what a plan does nearest to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.questions import Question
from geo.errors import InputError
from geo.measure import great_circle_m
from geo.messages import say
from planning.decisions.offered import OFFERED
from planning.scenarios.decision_document import DecisionAsked
from planning.scenarios.forms import asked_of, figures_of
from web.services.decisions import EXPLAINED, Wanted
from web.services.run_questions import RunAsked
from web.services.sites import candidates

if TYPE_CHECKING:
    import numpy.typing as npt

    from data.scenarios import Scenario
    from data.workspace import Workspace
    from planning.scenarios.figures import DoneAction, ScenarioFigures
    from web.services.candidate_gains import CandidateGains
    from web.services.plan_pages import Card

SHOWN: Final = 3
#: A candidate further away is not near any more.
NEAR_M: Final = 3000.0


@dataclass(frozen=True)
class NearSite:
    """A candidate near a place: ``metres`` in a straight line, (lon, lat) WGS-84 degrees.

    ``order`` is that of the plan's action there, None where it does nothing there. ``adds`` by
    group is what one more there would add to the plan, of the groups that its kind serves; None
    where that was not measured.
    """

    id: str
    name: str
    kind: str
    lon: float
    lat: float
    metres: float
    order: int | None
    adds: dict[str, float] | None


@dataclass(frozen=True)
class NearPlace:
    """What is near a place: candidates, the nearest first, and the plan's nearest action."""

    lon: float
    lat: float
    sites: tuple[NearSite, ...]
    nearest: DoneAction | None
    nearest_m: float


@dataclass(frozen=True)
class Forced:
    """What a pin costs: a plan with it beside the best without, in the goal's measure, all years.

    The true cost lies between the two ends, which the bounds of both answers prove.
    """

    least: float
    most: float


def near_place(
    workspace: Workspace,
    scenario: Scenario,
    lonlat: tuple[float, float],
    *,
    gains: CandidateGains | None,
) -> NearPlace:
    """Find the candidates round a place, and what a scenario does nearest to it.

    Raises
    ------
    NothingYetError
        when there are neither candidate sites nor roads yet.
    """
    found, here = candidates(workspace), np.asarray(lonlat)
    actions = figures_of(scenario).actions
    order = {one.site_id: one.order for one in actions}
    metres = great_circle_m(found.sites.lonlat, here)
    known = None
    if gains is not None and gains.sites == tuple(found.sites.frame["id"]):
        known = gains.gains
    usual = workspace.settings.candidate_kind
    sites = []
    for row in np.argsort(metres, kind="stable")[:SHOWN].tolist():
        if metres[row] > NEAR_M:
            break
        line = found.sites.frame.iloc[row]
        kind = str(line["kind"]) if found.imported and line["kind"] else usual
        serves = {group.id for group in workspace.settings.groups if kind in group.kinds}
        sites.append(
            NearSite(
                id=str(line["id"]), name=str(line["name"]), kind=kind,
                lon=float(found.sites.lonlat[row, 0]), lat=float(found.sites.lonlat[row, 1]),
                metres=float(metres[row]), order=order.get(str(line["id"])),
                adds=None if known is None
                else {group: of[row] for group, of in known.items() if group in serves},
            )
        )  # fmt: skip
    nearest, nearest_m = _nearest(actions, here)
    return NearPlace(float(here[0]), float(here[1]), tuple(sites), nearest, nearest_m)


def _nearest(
    actions: tuple[DoneAction, ...], here: npt.NDArray[np.float64]
) -> tuple[DoneAction | None, float]:
    if not actions:
        return None, 0.0
    metres = great_circle_m(np.array([(one.lon, one.lat) for one in actions]), here)
    row = int(np.argmin(metres))
    return actions[row], float(metres[row])


def asked_with(scenario: Scenario, *, required: str = "", forbidden: str = "") -> RunAsked:
    """Return a scenario's question with a place that must, and one that must not, be part of it.

    Raises
    ------
    InputError
        when the scenario is a plan of new stations alone, whose question has no pins of places.
    """
    asked = asked_of(scenario)
    if not isinstance(asked, DecisionAsked):
        raise InputError(say("{name}: is no answer to a question", name=scenario.name))
    tables = pinned(asked.question.as_dict(), required=required, forbidden=forbidden)
    question = Question.from_dict(tables)
    return RunAsked(
        search=replace(asked, question=question),
        wanted=Wanted(why=True, prices=True, floors="floors" in OFFERED[question.goal.what]),
    )


def pinned(tables: dict[str, Any], *, required: str = "", forbidden: str = "") -> dict[str, Any]:
    """Put places among those that must, and must not, be in the plan of a question."""
    pins = (("required", required, "forbidden"), ("forbidden", forbidden, "required"))
    for key, place, other in pins:
        if place:
            kept = [pin for pin in tables.get(key, []) if pin["place"] != place]
            tables[key] = [*kept, {"place": place}]
            tables[other] = [pin for pin in tables.get(other, []) if pin["place"] != place]
    return tables


def cost_of_forcing(base: Card, forced: Card) -> Forced | None:
    """Tell what a plan with a pin is worth less than the best without; None: not comparable."""
    goals = {card.scenario.decision.get("goal") for card in (base, forced)}
    years = [card.scenario.decision.get("years") for card in (base, forced)]
    if len(goals) > 1 or years[0] != years[1] or not goals <= set(EXPLAINED):
        return None
    return _between(base.figures, forced.figures)


def _between(base: ScenarioFigures, forced: ScenarioFigures) -> Forced:
    least = max(0.0, base.objective - forced.bound)
    return Forced(least, max(least, base.bound - forced.objective))
