"""`yizhan init`: make a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.datum import parse_datum
from geo.messages import say
from web.commands.common import answer, common_options, stopwatch
from web.commands.help_pages import Command
from web.commands.language import spoken

if TYPE_CHECKING:
    from web.services import Figures


@click.command(cls=Command)
@common_options
@click.option("--name", required=True, help="The city's name, as it stands on pages and reports.")
@click.option("--box", "box_text", metavar="LEFT,BOTTOM,RIGHT,TOP", help="The city's box, WGS-84.")
@click.option(
    "--districts",
    type=click.Path(path_type=Path),
    help="GeoJSON of the districts (polygons with a name); the box is theirs.",
)
@click.option("--districts-datum", default="wgs84", show_default=True, help="wgs84, gcj02 or bd09.")
@click.option(
    "--sample", is_flag=True, help="Mark everything in it as generated, not a real register."
)
def init(
    *,
    folder: Path,
    name: str,
    box_text: str | None,
    districts: Path | None,
    districts_datum: str,
    sample: bool,
    as_json: bool,
) -> None:
    """Make a workspace with a commented yizhan.toml."""
    from data.workspace import Workspace
    from geo.measure import parse_box

    if (box_text is None) == (districts is None):
        raise click.UsageError(say("give either --box LEFT,BOTTOM,RIGHT,TOP or --districts FILE"))
    figures: Figures = {}
    with stopwatch(figures):
        workspace = Workspace.create(
            folder,
            name=name,
            box=None if box_text is None else parse_box(box_text),
            districts_file=districts,
            districts_datum=parse_datum(districts_datum),
            sample=sample,
        )
    box = workspace.settings.box
    figures |= {
        "workspace": str(workspace.folder),
        "name": name,
        "box": [box.left, box.bottom, box.right, box.top],
        "districts": list(workspace.districts.names),
        "metric_crs": workspace.settings.metric_crs,
    }
    t = spoken()
    words = [
        t("{folder} is now the workspace of {city}.", folder=workspace.folder, city=name),
        t("Next: yizhan network build --osm FILE, then yizhan stations import FILE --datum …"),
    ]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)
