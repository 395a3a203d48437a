"""Where the next stations do most: the short form of a planner's question, and its answer.

``short_form`` writes the question of `planning.decisions` that ``question`` asks: build so many.
``shortfall`` says what kept further sites out, ``fineness`` what more candidates could add,
``robustness`` how often each site would be chosen again, ``whole_workers`` how a plan is printed;
``deployment_order`` puts any options of the engine into an order to build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from planning.siting.plan import PlannedSite, SitingPlan
    from planning.siting.question import SitingQuestion, plan_stations, siting_question
    from planning.siting.robustness import PlanDraws, plan_over_draws

__all__ = [
    "PlanDraws",
    "PlannedSite",
    "SitingPlan",
    "SitingQuestion",
    "plan_over_draws",
    "plan_stations",
    "siting_question",
]

__getattr__, __dir__ = lazy_face(__name__)
