"""`yizhan coverage`: whom the stations reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import click

from data.vocabulary import StandardWord
from geo.messages import say
from web.commands.assignment import assignment_option, refuse_other_ending, write_found
from web.commands.common import (
    answer,
    common_options,
    open_workspace,
    steps,
    stopwatch,
    table,
    unkept_figures,
    unkept_words,
    when_option,
)
from web.commands.demand_draws import undrawn_words
from web.commands.demand_hours import counted_options, counted_words
from web.commands.help_pages import Command
from web.commands.language import shown, spoken
from web.commands.numbers import n_stations, n_workers
from web.languages import Language, message
from web.services.counted import Counted
from web.site.number_words import count, share

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rich.table import Table

    from data.demand import DayWord
    from data.workspace import Workspace
    from planning.coverage.nominal import Coverage, CoverageRow
    from planning.coverage.ranges import RowRange
    from planning.density import DensityModel
    from web.services import Figures

STANDARDS = click.Choice(get_args(StandardWord))


@click.command(cls=Command)
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
@assignment_option
def coverage(
    *,
    folder: Path,
    standard: StandardWord,
    when: str,
    hour: int | None,
    day: DayWord,
    name: str | None,
    draws: int | None,
    assignment: Path | None,
    as_json: bool,
) -> None:
    """Say how many workers are within one and two stations, by group and district.

    All registered workers count, or with --hour those who want a rest place then. --draws says
    from where to where (5-95 %) each figure moves under other weights. Pages and reports show the
    usual coverage; another --when, --hour or --demand is told here only.
    """
    from planning.density import undrawn_groups
    from planning.siting.whole_workers import in_whole_workers
    from web.services.assignments import ground_of, who_goes_where
    from web.services.coverage import coverage_of
    from web.services.demand import model_of

    workspace = open_workspace(folder)
    if assignment is not None:
        refuse_other_ending(assignment)
    counted = Counted(name, hour, day)
    figures: Figures = {}
    written: list[object] = []
    ranges: tuple[RowRange, ...] = ()
    unkept: list[str] = []
    with steps() as progress, stopwatch(figures):
        model = model_of(workspace, name) if draws else None
        with progress.step(say("measuring coverage")) as done:
            measured = coverage_of(
                workspace,
                standard=standard,
                when=when,
                counted=counted,
                done=done,
                unkept=unkept.append,
            )
        figures |= {"when": when, **counted.as_dict(), **measured.as_dict()}
        if model is not None and draws:
            with progress.step(say("drawing weights {n} times", n=draws)):
                ranges = _ranges(workspace, measured, model, counted, draws=draws)
            figures["ranges"] = [row.as_dict() for row in ranges]
            figures["draws"], figures["not_drawn"] = draws, list(undrawn_groups(model))
        figures |= unkept_figures(unkept)
        if assignment is not None:
            with progress.step(say("sending workers to places")) as done:
                ground = ground_of(
                    workspace, standard=standard, when=when, counted=counted, done=done
                )
            more, written = write_found(workspace, who_goes_where(ground), assignment)
            figures |= more
    whole, t = in_whole_workers(measured), spoken()
    answer(
        figures,
        as_json=as_json,
        sample=workspace.settings.sample,
        words=[
            counted_words(counted) + _sentence(whole, t),
            *_tables(whole, {(row.group, row.district): row for row in ranges}, t),
            *_off_roads(measured, t),
            *([t(_RANGE_WORDS)] if ranges else []),
            *(undrawn_words(model) if model is not None else []),
            *unkept_words(unkept),
            *written,
            t("On paper; who finds a door that is open, by the hour: yizhan effective"),
        ],
    )


_RANGE_WORDS = message(
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
    from planning.coverage.ranges import range_of_coverage

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


def _sentence(measured: Coverage, t: Language) -> str:
    whole = measured.row("all", "all")
    return t(
        "{covered} of {workers} workers ({share}) have a station within the service standard "
        "over the road network; straight lines would say {straight}.",
        covered=count(whole.within_one),
        workers=count(whole.workers),
        share=share(whole.within_one, whole.workers),
        straight=share(whole.straight_one, whole.workers),
    )


def _off_roads(measured: Coverage, t: Language) -> list[str]:
    """Say who lies too far from any road to be counted as reached, where anybody does."""
    off = measured.off_roads
    if off is None or (round(off.workers) == 0 and off.stations == 0):
        return []
    return [
        t(
            "{workers} and {stations} lie more than {limit_m:g} m from any road of their mode and "
            "count as out of reach: check the extract and the coordinates.",
            workers=n_workers(off.workers, t),
            stations=n_stations(off.stations, t),
            limit_m=off.snap_limit_m,
        )
    ]


def _tables(
    measured: Coverage, ranges: Mapping[tuple[str, str], RowRange], t: Language
) -> list[Table]:
    rows = [row for row in measured.rows if row.workers > 0]
    by_group = [row for row in rows if row.district == "all"]
    by_district = [row for row in rows if row.group == "all"]
    headings = [t("workers"), t("within one"), t("share"), t("within two"), t("straight line")]
    if ranges:
        headings[3:3] = ["5-95 %"]
    return [
        table(
            (t("group"), *headings),
            [(shown(row.group, t.group), *_cells(row, ranges)) for row in by_group],
        ),
        table(
            (t("district"), *headings),
            [(shown(row.district, t.district), *_cells(row, ranges)) for row in by_district],
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
