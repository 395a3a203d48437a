"""`yizhan coverage`: whom the stations reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import click

from planning.coverage import Coverage, CoverageRow, StandardWord, measure_coverage
from web.commands.common import (
    Done,
    Figures,
    answer,
    common_options,
    network_when,
    open_workspace,
    steps,
    stopwatch,
    table,
    when_option,
)
from web.language import count, share

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from data.workspace import Workspace

STANDARDS = click.Choice(get_args(StandardWord))


@click.command()
@common_options
@click.option(
    "--standard",
    type=STANDARDS,
    default="group",
    show_default=True,
    help="group: each group in its own mode and time; national: 1 km and 15 min on foot for all.",
)
@when_option
def coverage(folder: Path, standard: StandardWord, when: str, *, as_json: bool) -> None:
    """Say how many workers are within one and two stations, by group and district.

    Pages and reports show the usual coverage; another --when is told here only.
    """
    workspace = open_workspace(folder)
    figures: Figures = {}
    with steps() as progress, stopwatch(figures), progress.step("measuring coverage") as done:
        measured = coverage_of(workspace, standard=standard, when=when, done=done)
        figures |= {"when": when, **measured.as_dict()}
    answer(
        figures,
        as_json=as_json,
        sample=workspace.settings.sample,
        words=[_sentence(measured), *_tables(measured), *_off_roads(measured)],
    )


def coverage_of(
    workspace: Workspace, *, standard: StandardWord, when: str = "usual", done: Done
) -> Coverage:
    """Measure the coverage of the workspace's stations; the usual one is kept as a result."""
    demand, stations, network = (
        workspace.demand(),
        workspace.stations(),
        network_when(workspace, when),
    )
    measured = measure_coverage(
        demand, stations, network, workspace.settings, standard=standard, on_progress=done
    )
    inputs = {
        "demand": demand.content_hash,
        "stations": stations.content_hash,
        "network": network.content_hash,
        "settings": workspace.settings.content_hash,
    }
    if when == "usual":
        workspace.save_result("coverage", inputs=inputs, body=measured.as_dict())
    return measured


def _sentence(measured: Coverage) -> str:
    whole = measured.row("all", "all")
    return (
        f"{count(whole.within_one)} of {count(whole.workers)} workers "
        f"({share(whole.within_one, whole.workers)}) have a station within the service standard "
        f"over the road network; straight lines would say "
        f"{share(whole.straight_one, whole.workers)}."
    )


def _off_roads(measured: Coverage) -> list[str]:
    """Say who lies too far from any road to be counted as reached, where anybody does."""
    off = measured.off_roads
    if off is None or (round(off.workers) == 0 and off.stations == 0):
        return []
    return [
        (
            f"{count(off.workers)} workers and {count(off.stations)} stations lie more than "
            f"{off.snap_limit_m:g} m from any road of their mode and count as out of reach: "
            "check the extract and the coordinates."
        )
    ]


def _tables(measured: Coverage) -> list[Table]:
    rows = [row for row in measured.rows if row.workers > 0]
    by_group = [row for row in rows if row.district == "all"]
    by_district = [row for row in rows if row.group == "all"]
    headings = ("workers", "within one", "share", "within two", "straight line")
    return [
        table(("group", *headings), [(row.group, *_cells(row)) for row in by_group]),
        table(("district", *headings), [(row.district, *_cells(row)) for row in by_district]),
    ]


def _cells(row: CoverageRow) -> tuple[str, ...]:
    return (
        count(row.workers),
        count(row.within_one),
        share(row.within_one, row.workers),
        share(row.within_two, row.workers),
        share(row.straight_one, row.workers),
    )
