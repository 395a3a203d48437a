"""`yizhan demand import`: workers counted at points or over zones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.demand_files import read_demand
from geo.datum import Datum, parse_datum
from planning.density.build_demand import hours_of
from web.commands.common import (
    Figures,
    answer,
    common_options,
    open_workspace,
    stopwatch,
    table,
)
from web.language import count

if TYPE_CHECKING:
    from data.workspace import Workspace


@click.command("import")
@common_options
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--datum", "datum_word", default="wgs84", show_default=True, help="wgs84, gcj02 or bd09."
)
def import_(folder: Path, file: Path, datum_word: str, *, as_json: bool) -> None:
    """Replace the demand by FILE: counts by group at points, or over zones (GeoJSON polygons)."""
    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        figures |= import_demand(workspace, file=file, datum=parse_datum(datum_word))
    words = [
        (
            f"{count(figures['workers'])} workers at {count(figures['points'])} demand points "
            f"taken from {file.name}."
        ),
        table(
            ("group", "workers"), [(name, count(of)) for name, of in figures["by_group"].items()]
        ),
    ]
    if figures["workers_outside_districts"]:
        outside = count(figures["workers_outside_districts"])
        words.append(f"{outside} of them stand outside every district.")
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def import_demand(workspace: Workspace, *, file: Path, datum: Datum) -> Figures:
    """Read a demand file and put it in the place of the workspace's demand.

    It carries the presence and the hours of the settings.
    """
    read = read_demand(
        file, datum=datum, settings=workspace.settings, districts=workspace.districts
    )
    presence, profile = hours_of(workspace.settings, read.groups)
    taken = replace(read, presence=presence, profile=profile)
    workspace.replace_demand(taken)
    workspace.save_result(
        "demand", inputs={"demand": taken.content_hash, "name": ""}, body={"sources": [file.name]}
    )
    astray = (taken.district < 0) & (len(taken.district_names) > 0)
    outside = float(taken.weights[astray].sum())
    return {
        "points": len(taken.ids),
        "workers": float(taken.weights.sum()),
        "by_group": {group: taken.total(group) for group in taken.groups},
        "workers_outside_districts": outside,
    }
