"""What scenarios hold: their documents read, in figures, and side by side.

``forms`` knows the forms of question and decision, ``plan_document`` and ``decision_document`` read
them, ``figures`` is what every form can be put into, ``comparison`` sets figures side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from planning.scenarios.comparison import Comparison, compare_figures
    from planning.scenarios.decision_document import DecisionAsked
    from planning.scenarios.figures import DoneAction, ScenarioFigures
    from planning.scenarios.forms import asked_of, check_documents, figures_of, overrides_of
    from planning.scenarios.plan_document import PlanAsked, plan_of_document

__all__ = [
    "Comparison",
    "DecisionAsked",
    "DoneAction",
    "PlanAsked",
    "ScenarioFigures",
    "asked_of",
    "check_documents",
    "compare_figures",
    "figures_of",
    "overrides_of",
    "plan_of_document",
]

__getattr__, __dir__ = lazy_face(__name__)
