"""The forms of scenarios: for each, what reads its documents."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from planning.scenarios.decision_document import DecisionAsked, decision_figures
from planning.scenarios.plan_document import PlanAsked, plan_figures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from data.scenarios import Scenario
    from planning.scenarios.figures import ScenarioFigures

_ASKED: Final[Mapping[str, type[PlanAsked | DecisionAsked]]] = MappingProxyType(
    {"plan": PlanAsked, "decision": DecisionAsked}
)
_FIGURES: Final[Mapping[str, Callable[[Mapping[str, Any]], ScenarioFigures]]] = MappingProxyType(
    {"plan": plan_figures, "decision": decision_figures}
)


def asked_of(scenario: Scenario) -> PlanAsked | DecisionAsked:
    """Read what was asked (InputError when it is not what the scenario's form says)."""
    return _ASKED[scenario.form].from_dict(scenario.question)


def figures_of(scenario: Scenario) -> ScenarioFigures:
    """Put a scenario's decision into figures (InputError when it is not what its form says)."""
    return _FIGURES[scenario.form](scenario.decision)


def check_documents(scenario: Scenario) -> None:
    """Refuse a scenario whose question or decision is not what its form says (InputError)."""
    asked_of(scenario)
    figures_of(scenario)


def overrides_of(scenario: Scenario) -> tuple[str, ...]:
    """Say where a question leaves the engine no choice: "keep SITE", "forbidden PLACE"."""
    return asked_of(scenario).overrides
