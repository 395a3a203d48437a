"""Coverage, the siting problem, the engine. Pure: arrays and records in, plans and figures out."""

from __future__ import annotations

from planning.coverage import Coverage, CoverageRow, Places, measure_coverage
from planning.feasibility import broken_rules
from planning.frontier import FrontierPoint, coverage_frontier
from planning.marginals import Step, deployment_order
from planning.params import Plan, Progress, SolveParams
from planning.problems import (
    BackupProblem,
    CapacitatedProblem,
    CoverageProblem,
    Floor,
    Limit,
    MaxMinProblem,
    PCenterProblem,
    PMedianProblem,
    SetCoverProblem,
)
from planning.reach import reach, straight_reach
from planning.siting import PlannedSite, SitingPlan, plan_stations
from planning.solver import solve
from planning.warming import warm_up

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
    "SolveParams",
    "Step",
    "broken_rules",
    "coverage_frontier",
    "deployment_order",
    "measure_coverage",
    "plan_stations",
    "reach",
    "solve",
    "straight_reach",
    "warm_up",
]
