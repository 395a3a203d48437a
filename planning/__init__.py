"""Coverage, the siting problem, the engine. Pure: arrays and records in, plans and figures out.

Where to look: ``siting`` asks where the next stations do most, ``coverage`` says whom stations
reach, ``density`` where the workers are; ``engine`` solves problems of location and knows no city.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from planning.coverage.nominal import Coverage, CoverageRow, Places, measure_coverage
    from planning.coverage.reach import reach, straight_reach
    from planning.density.build_demand import Spread, spread_workers
    from planning.engine.frontier import FrontierPoint, coverage_frontier
    from planning.engine.jit_warmup import warm_up
    from planning.engine.params import Plan, Progress, SolveParams
    from planning.engine.problems import (
        CoverageProblem,
        Floor,
        Limit,
        PCenterProblem,
        PMedianProblem,
        SetCoverProblem,
    )
    from planning.engine.solver import solve
    from planning.engine.variant_problems import BackupProblem, CapacitatedProblem, MaxMinProblem
    from planning.engine.verify import broken_rules
    from planning.siting.deployment_order import Step, deployment_order
    from planning.siting.plan import PlannedSite, SitingPlan
    from planning.siting.question import SitingQuestion, plan_stations, siting_question

__all__ = [
    "BackupProblem",
    "CapacitatedProblem",
    "Coverage",
    "CoverageProblem",
    "CoverageRow",
    "Floor",
    "FrontierPoint",
    "Limit",
    "MaxMinProblem",
    "PCenterProblem",
    "PMedianProblem",
    "Places",
    "Plan",
    "PlannedSite",
    "Progress",
    "SetCoverProblem",
    "SitingPlan",
    "SitingQuestion",
    "SolveParams",
    "Spread",
    "Step",
    "broken_rules",
    "coverage_frontier",
    "deployment_order",
    "measure_coverage",
    "plan_stations",
    "reach",
    "siting_question",
    "solve",
    "spread_workers",
    "straight_reach",
    "warm_up",
]

__getattr__, __dir__ = lazy_face(__name__)
