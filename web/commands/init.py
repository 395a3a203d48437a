"""`yizhan init`: make a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.datum import parse_datum
from geo.messages import say
from web.commands.common import answer, common_options, steps, stopwatch
from web.commands.help_pages import Command
from web.commands.language import spoken

if TYPE_CHECKING:
    from data.workspace import Workspace
    from web.services import Figures


@click.command(cls=Command)
@common_options
@click.argument("into", metavar="[FOLDER]", required=False, type=click.Path(path_type=Path))
@click.option("--name", help="The city's name on pages and reports; --city has it from the file.")
@click.option("--box", "box_text", metavar="LEFT,BOTTOM,RIGHT,TOP", help="The city's box, WGS-84.")
@click.option(
    "--districts",
    type=click.Path(path_type=Path),
    help="GeoJSON of the districts (polygons with a name); the box is theirs.",
)
@click.option("--districts-datum", default="wgs84", show_default=True, help="wgs84, gcj02 or bd09.")
@click.option(
    "--osm",
    type=click.Path(path_type=Path),
    help="An extract of the province or country: borders, roads and layers come from it.",
)
@click.option(
    "--city",
    metavar="CITY",
    help="Which city of --osm: a name in Chinese or English, a code such as 340600, or rNUMBER.",
)
@click.option(
    "--sample", is_flag=True, help="Mark everything in it as generated, not a real register."
)
def init(
    *,
    folder: Path,
    into: Path | None,
    name: str | None,
    box_text: str | None,
    districts: Path | None,
    districts_datum: str,
    osm: Path | None,
    city: str | None,
    sample: bool,
    as_json: bool,
) -> None:
    """Make a workspace with a commented yizhan.toml.

    From a box or a file of districts, or with --osm and --city all of it out of one extract.
    """
    if into is not None and folder != Path():
        raise click.UsageError(say("give the folder once: FOLDER or --workspace"))
    folder = into or folder
    if (osm is None) != (city is None):
        raise click.UsageError(say("--osm FILE and --city CITY belong together"))
    if (box_text is not None) + (districts is not None) + (osm is not None) != 1:
        raise click.UsageError(
            say(
                "give one of --box LEFT,BOTTOM,RIGHT,TOP, --districts FILE, or --osm FILE with"
                " --city CITY"
            )
        )
    if osm is not None and city is not None:
        if sample:
            raise click.UsageError(say("--sample goes with --box or --districts"))
        _of_extract(folder, osm, city, name, as_json=as_json)
        return
    if name is None:
        raise click.UsageError(say("give the city's name: --name NAME"))
    _of_box(folder, name, box_text, districts, districts_datum, sample=sample, as_json=as_json)


def _of_box(
    folder: Path,
    name: str,
    box_text: str | None,
    districts: Path | None,
    districts_datum: str,
    *,
    sample: bool,
    as_json: bool,
) -> None:
    from data.workspace import Workspace
    from geo.measure import parse_box

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
    figures |= _figures(workspace)
    t = spoken()
    words = [
        t("{folder} is now the workspace of {city}.", folder=workspace.folder, city=name),
        t("Next: yizhan network build --osm FILE, then yizhan stations import FILE --datum …"),
    ]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _of_extract(folder: Path, osm: Path, city: str, name: str | None, *, as_json: bool) -> None:
    from web.commands.city_words import city_figures, city_words
    from web.services.cities import city_of_extract

    figures: Figures = {}
    with steps() as progress, stopwatch(figures):
        made = city_of_extract(folder, extract=osm, city=city, name=name, step=progress.step)
    figures |= _figures(made.workspace) | city_figures(made)
    t, workspace = spoken(), made.workspace
    words = [
        t(
            "{folder} is now the workspace of {city}.",
            folder=workspace.folder,
            city=workspace.settings.name,
        ),
        *city_words(made),
        t("Next: yizhan stations import FILE --datum …, or yizhan start, which asks for it all."),
    ]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _figures(workspace: Workspace) -> Figures:
    box = workspace.settings.box
    return {
        "workspace": str(workspace.folder),
        "name": workspace.settings.name,
        "box": [box.left, box.bottom, box.right, box.top],
        "districts": list(workspace.districts.names),
        "metric_crs": workspace.settings.metric_crs,
    }
