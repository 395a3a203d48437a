"""What `planning` offers by name, pinned: a change here is a change for everybody."""

from __future__ import annotations

import planning

FACE = {
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
}


def test_planning_exports_its_public_face_and_nothing_else() -> None:
    assert set(planning.__all__) == FACE
    assert len(planning.__all__) == len(FACE)
    assert all(hasattr(planning, name) for name in FACE)


def test_the_engine_can_be_warmed_up_before_it_is_needed() -> None:
    planning.warm_up()
