"""Coverage, the siting problem, the engine. Pure: arrays and records in, plans and figures out.

Where to look: ``reach``, ``coverage``, ``siting`` and its ``siting_items`` are a city's questions.
``problems`` has the formulations, ``params`` when to stop and what an answer is, ``solver`` the one
door to all. Each formulation is a module with its mathematics (``maximal_covering``,
``set_covering``, ``backup_covering``, ``capacitated_covering``, ``max_min_covering``, ``gradual``,
``p_median``, ``p_center``, ``frontier``), its parts named alike: ``cover_*``, ``reduction``,
``packing``, ``swap_search`` and ``annealing`` for maximal covering, ``set_*`` for set covering,
``median_*`` and ``center_*`` for the other two. ``mip`` speaks to HiGHS; ``checks`` refuses bad
problems, ``conflicts`` explains contradictions, ``feasibility`` judges answers. ``units`` brings a
problem to a good size, ``proven`` is what a formulation hands over and ``verdict`` the one place
where a status is made of it. ``density``, a package with a face of its own, says where the workers
are, and ``spreading`` makes it a demand.
"""

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
from planning.siting import (
    PlannedSite,
    SitingPlan,
    SitingQuestion,
    plan_stations,
    siting_question,
)
from planning.solver import solve
from planning.spreading import Spread, spread_workers
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
