"""`yizhan stations`: the register in and out, examined, and its history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.commands.common import (
    answer,
    common_options,
    open_workspace,
    stopwatch,
    table_output_option,
)
from web.commands.help_pages import Group
from web.commands.history_words import event_figures, event_words
from web.commands.language import reader, spoken
from web.commands.numbers import n_stations
from web.commands.stations_check import check, day_of
from web.commands.stations_import import import_, update

if TYPE_CHECKING:
    from web.services import Figures


@click.group(cls=Group)
def stations() -> None:
    """Bring the station register in, doubt it, take it out, and tell its history."""


stations.add_command(import_)
stations.add_command(update)
stations.add_command(check)


@stations.command()
@common_options
@table_output_option
@click.option("--as-of", "as_of", help="The register as it was at the end of a day: 2026-11-23.")
def export(folder: Path, output: Path, as_of: str | None, *, as_json: bool) -> None:
    """Write the register as CSV, XLSX, GeoJSON or GeoPackage, in WGS-84."""
    from web.services.stations import export_stations

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        day = None if as_of is None else day_of(as_of, option="--as-of")
        count = export_stations(workspace, file=output, as_of=day, reader=reader())
        figures |= {"stations": count, "file": str(output)}
        figures |= {} if day is None else {"as_of": day.isoformat()}
    t = spoken()
    n = n_stations(count, t)
    if day is None:
        written = t("{stations} written to {file}.", stations=n, file=output)
    else:
        written = t("{stations} as of {day} written to {file}.", stations=n, day=day, file=output)
    answer(
        figures,
        as_json=as_json,
        sample=workspace.settings.sample,
        words=[written],
    )


@stations.command()
@common_options
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="Ends in .xlsx."
)
def template(folder: Path, output: Path, *, as_json: bool) -> None:
    """Write the workbook that a city fills in: headings, drop-downs, an example, notes.

    It imports without an edit; no workspace is needed.
    """
    from web.services.stations import write_register_template

    del folder
    figures: Figures = {}
    with stopwatch(figures):
        write_register_template(output)
        figures["file"] = str(output)
    words = [spoken()("{file} is ready to be filled in.", file=output)]
    answer(figures, as_json=as_json, sample=False, words=words)


@stations.command()
@common_options
@click.argument("station")
def history(folder: Path, station: str, *, as_json: bool) -> None:
    """Tell all that was ever said of STATION (its id): when, by whom, from which file and row."""
    from web.services.stations import history_of

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        events = history_of(workspace, station)
        figures |= {"station": station, "events": event_figures(events)}
    words = event_words(events, whose=station)
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)
