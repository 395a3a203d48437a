"""`yizhan stations`: the register in and out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.station_files import read_stations, write_stations
from geo.datum import Datum, parse_datum
from web.commands.common import (
    Figures,
    answer,
    common_options,
    open_workspace,
    stopwatch,
    table,
)

if TYPE_CHECKING:
    from data.workspace import Workspace


@click.group()
def stations() -> None:
    """Bring the station register in, and take it out."""


@stations.command("import")
@common_options
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--datum", "datum_word", help="Datum of the coordinates: wgs84, gcj02 or bd09.")
def import_(folder: Path, file: Path, datum_word: str | None, *, as_json: bool) -> None:
    """Replace the register by FILE (CSV, XLSX or GeoJSON).

    Id, name, kind, lon and lat are enough; Chinese or English headings. All rows or none.
    """
    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        figures |= import_stations(workspace, file=file, datum=parse_datum(datum_word))
    words = [
        f"{figures['stations']} stations taken from {file.name} ({figures['datum']}).",
        table(("kind", "stations"), list(figures["by_kind"].items())),
    ]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@stations.command()
@common_options
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="The ending tells the format: .csv, .xlsx, .geojson or .gpkg.",
)
def export(folder: Path, output: Path, *, as_json: bool) -> None:
    """Write the register as CSV, XLSX, GeoJSON or GeoPackage, in WGS-84."""
    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        register = workspace.stations()
        write_stations(register, output, sample=workspace.settings.sample)
        figures |= {"stations": len(register), "file": str(output)}
    answer(
        figures,
        as_json=as_json,
        sample=workspace.settings.sample,
        words=[f"{len(register)} stations written to {output}."],
    )


def import_stations(workspace: Workspace, *, file: Path, datum: Datum) -> Figures:
    """Read a register file and put it in the place of the workspace's register."""
    register = read_stations(
        file, datum=datum, box=workspace.settings.box, sample=workspace.settings.sample
    )
    workspace.replace_stations(register)
    by_kind = register.frame["kind"].value_counts()
    return {
        "stations": len(register),
        "datum": str(datum),
        "by_kind": {str(kind): int(number) for kind, number in by_kind.items()},
    }
