"""`yizhan stations`: the register in and out, examined, and its history."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from data.files.register_template import write_template
from data.files.station_files import write_stations
from web.commands.common import (
    answer,
    common_options,
    open_workspace,
    stopwatch,
    table,
    table_output_option,
)
from web.commands.stations_check import check, day_of
from web.commands.stations_import import import_, update

if TYPE_CHECKING:
    from data.database import Event
    from web.services import Figures


_LONGEST_VALUE = 60


@click.group()
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
    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        day = None if as_of is None else day_of(as_of, option="--as-of")
        register = workspace.stations(as_of=day)
        write_stations(register, output, sample=workspace.settings.sample)
        figures |= {"stations": len(register), "file": str(output)}
        figures |= {} if day is None else {"as_of": day.isoformat()}
    then = "" if day is None else f" as of {day}"
    answer(
        figures,
        as_json=as_json,
        sample=workspace.settings.sample,
        words=[f"{len(register)} stations{then} written to {output}."],
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
    del folder
    figures: Figures = {}
    with stopwatch(figures):
        write_template(output)
        figures["file"] = str(output)
    answer(figures, as_json=as_json, sample=False, words=[f"{output} is ready to be filled in."])


@stations.command()
@common_options
@click.argument("station")
def history(folder: Path, station: str, *, as_json: bool) -> None:
    """Tell all that was ever said of STATION (its id): when, by whom, from which file and row."""
    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        events = workspace.register().history(station)
        figures |= {"station": station, "events": [_event(event) for event in events]}
    rows = [
        (
            f"{event.recorded_at.astimezone():%Y-%m-%d %H:%M}",
            f"{event.observed_at.astimezone():%Y-%m-%d}",
            event.kind,
            " ".join(filter(None, (event.source, event.by))),
            _origin(event),
            "; ".join(f"{name} = {_value(value)}" for name, value in event.changes.items()),
        )
        for event in events
    ]
    headings = ("recorded", "of", "what", "by", "file", "values")
    words: list[object] = [f"{station}: {len(events)} events.", table(headings, rows, left=6)]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _origin(event: Event) -> str:
    return f"{event.file} row {event.row}" if event.row is not None else event.file


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        text = "、".join(map(str, value)) or "–"
    else:
        text = "–" if value is None or value == "" else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _event(event: Event) -> dict[str, Any]:
    """Return an event as plain values, for JSON."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in vars(event).items()
    }
