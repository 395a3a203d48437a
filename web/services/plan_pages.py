"""What the planner's pages show of scenarios: a card each, their questions, the candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.errors import NothingYetError
from planning.scenarios.forms import asked_of, figures_of
from planning.scenarios.plan_document import PlanAsked
from web.services.sites import candidates

if TYPE_CHECKING:
    from data.questions import Question
    from data.scenarios import Scenario
    from data.workspace import Workspace
    from planning.scenarios.figures import ScenarioFigures


@dataclass(frozen=True, eq=False)
class Card:
    """A scenario with its answer in figures: what its tab and its page say."""

    scenario: Scenario
    figures: ScenarioFigures
    n_candidates: int | None


def card_of(scenario: Scenario) -> Card:
    """Read a scenario's documents for a page."""
    told = scenario.decision.get("n_candidates", scenario.inputs.get("candidates"))
    return Card(scenario, figures_of(scenario), None if told is None else int(told))


def cards_of(workspace: Workspace) -> tuple[Card, ...]:
    """Return the scenarios of a workspace, the first saved first."""
    return tuple(card_of(one) for one in workspace.scenarios().all())


def question_behind(scenario: Scenario) -> Question | None:
    """Return what a decision was asked; None for the short form, which has a page of its own."""
    asked = asked_of(scenario)
    return None if isinstance(asked, PlanAsked) else asked.question


def candidate_points(workspace: Workspace) -> dict[str, Any]:
    """Return the candidate sites as columns: id, name, kind, lon, lat (WGS-84 degrees).

    Empty columns where there are neither sites nor roads yet.
    """
    try:
        found = candidates(workspace)
    except NothingYetError:
        return {"imported": False, "id": [], "name": [], "kind": [], "lon": [], "lat": []}
    frame, lonlat = found.sites.frame, found.sites.lonlat.round(6)
    return {
        "imported": found.imported,
        "id": frame["id"].tolist(),
        "name": frame["name"].tolist() if found.imported else [],
        "kind": frame["kind"].tolist() if found.imported else [],
        "lon": lonlat[:, 0].tolist(),
        "lat": lonlat[:, 1].tolist(),
    }
