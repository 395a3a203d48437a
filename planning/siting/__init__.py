"""Where the next stations do most: a city's question to the engine, and the plan that answers it.

``question`` asks, ``candidates`` makes options and demand items of a city, ``shortfall`` says what
kept further sites out, ``fineness`` what more candidates could add, ``deployment_order`` in which
order to build, ``robustness`` how often each site would be chosen again, ``whole_workers`` how a
plan is printed.
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
