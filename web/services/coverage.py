"""Whom the stations reach: measured, and kept as the workspace's newest result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.coverage import Coverage, measure_coverage
from web.services.counted import USUAL, Counted
from web.services.freshness import inputs_of, same_inputs
from web.services.keeping import keep
from web.services.networks import network_when

if TYPE_CHECKING:
    from data.settings import Settings
    from data.vocabulary import StandardWord
    from data.workspace import Workspace
    from web.services import Done
    from web.services.keeping import Unkept


def coverage_of(
    workspace: Workspace,
    *,
    standard: StandardWord,
    when: str = "usual",
    counted: Counted = USUAL,
    done: Done | None = None,
    unkept: Unkept | None = None,
) -> Coverage:
    """Measure the coverage of the workspace's stations; the usual one is kept as a result.

    ``unkept`` is told why it is not kept where the disk is full; without it that is refused.

    Raises
    ------
    NothingYetError
        when stations, workers or roads are not there yet.
    """
    measured = measure_coverage(
        counted.demand(workspace),
        workspace.stations(),
        network_when(workspace, when),
        workspace.settings,
        standard=standard,
        on_progress=done,
    )
    if when == "usual" and counted.usual:
        inputs = _inputs(workspace, standard)
        keep(workspace, "coverage", inputs=inputs, body=measured.as_dict(), unkept=unkept)
    return measured


def keep_coverage(workspace: Workspace, *, standard: StandardWord) -> None:
    """Measure the usual coverage and keep it, unless that of the present inputs is kept."""
    inputs = _inputs(workspace, standard)
    kept = (
        result
        for result in workspace.results("coverage")
        if result.body.get("standard") == standard
    )
    if not any(same_inputs(result.inputs, inputs, tuple(inputs)) for result in kept):
        coverage_of(workspace, standard=standard)


def _inputs(workspace: Workspace, standard: StandardWord) -> dict[str, str]:
    """Return the hashes of what coverage is computed from, and the national standard's words."""
    settings = workspace.settings
    inputs = inputs_of(workspace.demand(), workspace.stations(), workspace.network(), settings)
    if standard == "national":
        inputs |= {"standard": standard, "national": _national_words(settings)}
    return inputs


def _national_words(settings: Settings) -> str:
    standard = settings.national
    return f"{standard.mode} {standard.cutoff_s:g} s {standard.radius_m or 0:g} m"
