"""Whom the stations reach: measured, and kept as the workspace's newest result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.coverage import Coverage, StandardWord, measure_coverage
from web.services.counted import USUAL, Counted
from web.services.freshness import inputs_of
from web.services.networks import network_when

if TYPE_CHECKING:
    from data.workspace import Workspace
    from web.services import Done


def coverage_of(
    workspace: Workspace,
    *,
    standard: StandardWord,
    when: str = "usual",
    counted: Counted = USUAL,
    done: Done,
) -> Coverage:
    """Measure the coverage of the workspace's stations; the usual one is kept as a result."""
    demand, stations, network = (
        counted.demand(workspace),
        workspace.stations(),
        network_when(workspace, when),
    )
    measured = measure_coverage(
        demand, stations, network, workspace.settings, standard=standard, on_progress=done
    )
    inputs = inputs_of(demand, stations, network, workspace.settings)
    if when == "usual" and counted.usual:
        workspace.save_result("coverage", inputs=inputs, body=measured.as_dict())
    return measured
