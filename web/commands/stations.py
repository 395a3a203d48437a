"""`yizhan stations`: the register in and out, examined, and its history."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from web.commands.common import (
    answer,
    common_options,
    open_workspace,
    stopwatch,
    table,
    table_output_option,
)
from web.commands.help_pages import Group
from web.commands.language import shown, spoken
from web.commands.numbers import n_stations
from web.commands.stations_check import check, day_of
from web.commands.stations_import import import_, update
from web.languages import message

if TYPE_CHECKING:
    from data.database import Event
    from web.services import Figures


_LONGEST_VALUE = 60
_KINDS_OF_EVENT: Final = {
    "added": message("added"),
    "changed": message("changed"),
    "removed": message("removed"),
    "observed": message("observed"),
    "noted": message("noted"),
    "confirmed": message("confirmed"),
}


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
    from data.files.station_files import write_stations

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        day = None if as_of is None else day_of(as_of, option="--as-of")
        register = workspace.stations(as_of=day)
        write_stations(register, output, sample=workspace.settings.sample)
        figures |= {"stations": len(register), "file": str(output)}
        figures |= {} if day is None else {"as_of": day.isoformat()}
    t = spoken()
    n = n_stations(len(register), t)
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
    from data.files.register_template import write_template

    del folder
    figures: Figures = {}
    with stopwatch(figures):
        write_template(output)
        figures["file"] = str(output)
    words = [spoken()("{file} is ready to be filled in.", file=output)]
    answer(figures, as_json=as_json, sample=False, words=words)


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
    t = spoken()
    rows = [
        (
            f"{event.recorded_at.astimezone():%Y-%m-%d %H:%M}",
            f"{event.observed_at.astimezone():%Y-%m-%d}",
            shown(event.kind, lambda kind: t(_KINDS_OF_EVENT.get(kind, kind))),
            " ".join(filter(None, (event.source, event.by))),
            _origin(event),
            "; ".join(f"{name} = {_value(value)}" for name, value in event.changes.items()),
        )
        for event in events
    ]
    headings = (t("recorded"), t("of"), t("what"), t("by"), t("file"), t("values"))
    said = t.plural(
        "{station}: {n} event.", "{station}: {n} events.", n=len(events), station=station
    )
    words: list[object] = [said, table(headings, rows, left=6)]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _origin(event: Event) -> str:
    if event.row is None:
        return event.file
    return spoken()("{file} row {row}", file=event.file, row=event.row)


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
