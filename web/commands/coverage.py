"""`yizhan coverage`: whom the stations reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import click

from planning.coverage.nominal import Coverage, CoverageRow, StandardWord
from planning.coverage.ranges import RowRange, range_of_coverage
from planning.density import undrawn_groups
from planning.siting.whole_workers import in_whole_workers
from web.commands.common import (
    answer,
    common_options,
    open_workspace,
    steps,
    stopwatch,
    table,
    when_option,
)
from web.commands.demand_draws import undrawn_words
from web.commands.demand_hours import counted_options
from web.services.counted import Counted
from web.services.coverage import coverage_of
from web.services.demand import model_of
from web.site.number_words import count, share

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rich.table import Table

    from data.demand import DayWord
    from data.workspace import Workspace
    from planning.density import DensityModel
    from web.services import Figures

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
@counted_options
def coverage(
    *,
    folder: Path,
    standard: StandardWord,
    when: str,
    hour: int | None,
    day: DayWord,
    name: str | None,
    draws: int | None,
    as_json: bool,
) -> None:
    """Say how many workers are within one and two stations, by group and district.

    All registered workers count, or with --hour those who want a rest place then. --draws says
    from where to where (5-95 %) each figure moves under other weights. Pages and reports show the
    usual coverage; another --when, --hour or --demand is told here only.
    """
    workspace = open_workspace(folder)
    counted = Counted(name, hour, day)
    figures: Figures = {}
    ranges: tuple[RowRange, ...] = ()
    with steps() as progress, stopwatch(figures):
        model = model_of(workspace, name) if draws else None
        with progress.step("measuring coverage") as done:
            measured = coverage_of(
                workspace, standard=standard, when=when, counted=counted, done=done
            )
        figures |= {"when": when, **counted.as_dict(), **measured.as_dict()}
        if model is not None and draws:
            with progress.step(f"drawing weights {draws} times"):
                ranges = _ranges(workspace, measured, model, counted, draws=draws)
            figures["ranges"] = [row.as_dict() for row in ranges]
            figures["draws"], figures["not_drawn"] = draws, list(undrawn_groups(model))
    whole = in_whole_workers(measured)
    answer(
        figures,
        as_json=as_json,
        sample=workspace.settings.sample,
        words=[
            counted.words() + _sentence(whole),
            *_tables(whole, {(row.group, row.district): row for row in ranges}),
            *_off_roads(measured),
            *([_RANGE_WORDS] if ranges else []),
            *(undrawn_words(model) if model is not None else []),
            "On paper; who finds a door that is open, by the hour: yizhan effective",
        ],
    )


_RANGE_WORDS = (
    "5-95 %: nine draws of the weights in ten lie between. It tells what the weights leave open, "
    "not what the totals, the layers or the opening hours do."
)


def _ranges(
    workspace: Workspace,
    measured: Coverage,
    model: DensityModel,
    counted: Counted,
    *,
    draws: int,
) -> tuple[RowRange, ...]:
    of = workspace.settings.demand
    return range_of_coverage(
        measured,
        workspace.demand(counted.name),
        model,
        factor=counted.factor(workspace),
        n=draws,
        seed=of.seed,
        concentration=of.concentration,
    )


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


def _tables(measured: Coverage, ranges: Mapping[tuple[str, str], RowRange]) -> list[Table]:
    rows = [row for row in measured.rows if row.workers > 0]
    by_group = [row for row in rows if row.district == "all"]
    by_district = [row for row in rows if row.group == "all"]
    headings = ["workers", "within one", "share", "within two", "straight line"]
    if ranges:
        headings[3:3] = ["5-95 %"]
    return [
        table(("group", *headings), [(row.group, *_cells(row, ranges)) for row in by_group]),
        table(
            ("district", *headings), [(row.district, *_cells(row, ranges)) for row in by_district]
        ),
    ]


def _cells(row: CoverageRow, ranges: Mapping[tuple[str, str], RowRange]) -> tuple[str, ...]:
    cells = [
        count(row.workers),
        count(row.within_one),
        share(row.within_one, row.workers),
        share(row.within_two, row.workers),
        share(row.straight_one, row.workers),
    ]
    if ranges:
        low, high = ranges[row.group, row.district].share_one
        cells[3:3] = [f"{100 * low:.1f}-{100 * high:.1f} %"]
    return tuple(cells)
