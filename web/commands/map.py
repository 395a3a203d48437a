"""`yizhan map`: the city in one file that opens with no network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.messages import say
from web.commands.common import (
    answer,
    common_options,
    open_workspace,
    outdated_words,
    steps,
    stopwatch,
)
from web.commands.help_pages import Command
from web.commands.language import spoken

if TYPE_CHECKING:
    from web.services import Figures


@click.command("map", cls=Command)
@common_options
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="FILE.html")
def map_(folder: Path, output: Path, *, as_json: bool) -> None:
    """Draw stations, worker density, the covered area and the proposed sites."""
    from web.maps.city_map import write_map

    workspace = open_workspace(folder)
    figures: Figures = {}
    with steps() as progress, stopwatch(figures), progress.step(say("drawing the map")):
        drawn = write_map(workspace, output=output)
    figures |= {"file": str(output), "bytes": drawn.n_bytes}
    words = [
        spoken()(
            "The map is {file} ({size_mb:.1f} MB); it opens with no network.",
            file=output,
            size_mb=drawn.n_bytes / 1e6,
        )
    ]
    words += outdated_words(workspace)
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)
