"""`yizhan sites`: where a new station could stand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.site_files import read_sites
from geo.datum import parse_datum
from web.commands.common import answer, common_options, open_workspace, stopwatch

if TYPE_CHECKING:
    from web.services import Figures


@click.group()
def sites() -> None:
    """Name the candidate sites for new stations."""


@sites.command("import")
@common_options
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--datum", "datum_word", help="Datum of the coordinates: wgs84, gcj02 or bd09.")
def import_(folder: Path, file: Path, datum_word: str | None, *, as_json: bool) -> None:
    """Replace the candidate sites by FILE (CSV, XLSX or GeoJSON with id, name, lon, lat)."""
    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        candidates = read_sites(file, datum=parse_datum(datum_word), box=workspace.settings.box)
        workspace.replace_sites(candidates)
        figures["sites"] = len(candidates)
    words = [f"{len(candidates)} candidate sites taken from {file.name}."]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)
