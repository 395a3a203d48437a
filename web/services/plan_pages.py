"""What the planner's pages show of scenarios: a card each, their questions, the candidates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.errors import NothingYetError
from planning.scenarios.explanation_document import EXPLANATION
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

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What a decision tells of each action, in their order; a plan of new stations nothing."""
        if self.scenario.form != "decision":
            return []
        lines: list[dict[str, Any]] = self.scenario.decision["actions"]
        return lines

    @property
    def goal(self) -> str:
        """What a decision makes most or least; a plan of new stations covers most workers."""
        return str(self.scenario.decision.get("goal", "workers"))

    @property
    def explanation(self) -> dict[str, Any]:
        """What is kept of the reasons, as `Explanation.as_dict` told it; empty where nothing is."""
        told: dict[str, Any] | None = self.scenario.decision.get(EXPLANATION)
        return told or {}


@dataclass(frozen=True)
class FloorFacts:
    """What is known of the share of a group in a district, in per cent of the last year.

    ``reached`` and ``bound`` are None where it was not asked how far it goes: a floor up to
    ``reached`` has a plan within the limits of the question, one above ``bound`` has none. The
    former is rounded down, the latter up.
    """

    group: str
    district: str
    before: float
    planned: float
    reached: float | None = None
    bound: float | None = None


def floor_facts(card: Card) -> tuple[FloorFacts, ...]:
    """Return what an answer tells of the floors that a question could set."""
    ends = {(end["group"], end["district"]): end for end in card.explanation.get("floors", ())}
    made = []
    for row in card.figures.last_rows():
        end = ends.get((row.group, row.district))
        if not row.workers:
            continue
        before, planned = (round(100 * part / row.workers, 1) for part in (row.before, row.after))
        if end is None:
            made.append(FloorFacts(row.group, row.district, before, planned))
            continue
        reached, bound = (round(1000 * end[name], 6) for name in ("reached", "bound"))
        made.append(
            FloorFacts(
                row.group, row.district, before, planned,
                math.floor(reached) / 10, math.ceil(bound) / 10,
            )
        )  # fmt: skip
    return tuple(made)


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


def lonlat_by_id(workspace: Workspace, wanted: set[str]) -> dict[str, tuple[float, float]]:
    """Return where some candidate sites and stations are, WGS-84 degrees; others are left out."""
    found: dict[str, tuple[float, float]] = {}
    readers = (workspace.stations, lambda: candidates(workspace).sites) if wanted else ()
    for read in readers:
        try:
            points = read()
        except NothingYetError:
            continue
        for row, one in enumerate(points.frame["id"]):
            if one in wanted:
                lon, lat = points.lonlat[row]
                found[one] = (float(lon), float(lat))
    return found
