"""The forms of scenarios: for each, what reads its documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from data.scenarios import FORMS
from planning.scenarios.plan_document import PlanAsked, plan_figures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from data.scenarios import Scenario
    from planning.scenarios.figures import ScenarioFigures


@dataclass(frozen=True)
class Form:
    """How one form is read: a decision in figures, a question checked, and what people pinned."""

    figures: Callable[[Mapping[str, Any]], ScenarioFigures]
    check_question: Callable[[Mapping[str, Any]], object]
    overrides: Callable[[Mapping[str, Any]], tuple[str, ...]]


def _plan_overrides(question: Mapping[str, Any]) -> tuple[str, ...]:
    asked = PlanAsked.from_dict(question)
    return (
        *(f"keep {site}" for site in asked.keep),
        *(f"without {site}" for site in asked.without),
    )


_FORMS: Final[Mapping[str, Form]] = dict(
    zip(FORMS, (Form(plan_figures, PlanAsked.from_dict, _plan_overrides),), strict=True)
)


def figures_of(scenario: Scenario) -> ScenarioFigures:
    """Put a scenario's decision into figures (InputError when it is not what its form says)."""
    return _FORMS[scenario.form].figures(scenario.decision)


def check_documents(scenario: Scenario) -> None:
    """Refuse a scenario whose question or decision is not what its form says (InputError)."""
    form = _FORMS[scenario.form]
    form.check_question(scenario.question)
    form.figures(scenario.decision)


def overrides_of(scenario: Scenario) -> tuple[str, ...]:
    """Say where a question leaves the engine no choice: "keep SITE", "without SITE"."""
    return _FORMS[scenario.form].overrides(scenario.question)
