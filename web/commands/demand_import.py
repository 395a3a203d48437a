"""`yizhan demand import`: workers counted at points or over zones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.datum import parse_datum
from web.commands.common import (
    answer,
    common_options,
    open_workspace,
    overlaps_option,
    stopwatch,
    table,
)
from web.commands.help_pages import Command
from web.commands.language import shown, spoken
from web.commands.numbers import n_workers
from web.site.number_words import count

if TYPE_CHECKING:
    from data.files.zone_overlaps import Overlaps
    from web.services import Figures


@click.command("import", cls=Command)
@common_options
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--datum", "datum_word", default="wgs84", show_default=True, help="wgs84, gcj02 or bd09."
)
@overlaps_option
def import_(
    folder: Path, file: Path, datum_word: str, overlaps: Overlaps, *, as_json: bool
) -> None:
    """Replace the demand by FILE: counts by group at points, or over zones (GeoJSON polygons)."""
    from web.services.demand import import_demand

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        figures |= import_demand(
            workspace, file=file, datum=parse_datum(datum_word), overlaps=overlaps
        )
    t = spoken()
    words = [
        t(
            "{workers} at {points} taken from {file}.",
            workers=n_workers(figures["workers"], t),
            points=t.plural(
                "{number} demand point",
                "{number} demand points",
                n=figures["points"],
                number=count(figures["points"]),
            ),
            file=file.name,
        ),
        table(
            (t("group"), t("workers")),
            [(shown(name, t.group), count(of)) for name, of in figures["by_group"].items()],
        ),
    ]
    if figures["workers_outside_districts"]:
        outside = count(figures["workers_outside_districts"])
        words.append(t("{workers} of them stand outside every district.", workers=outside))
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)
