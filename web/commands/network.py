"""`yizhan network`: the city's roads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.osm_extract import read_roads
from geo.network import build_network
from web.commands.common import (
    Done,
    Figures,
    answer,
    common_options,
    open_workspace,
    steps,
    stopwatch,
    table,
)
from web.language import count

if TYPE_CHECKING:
    from data.workspace import Workspace


_MARGIN_M = 5_000.0


@click.group()
def network() -> None:
    """Build the road network of the city."""


@network.command()
@common_options
@click.option(
    "--osm", type=click.Path(path_type=Path), help="Extract: .osm, .osm.gz, .osm.bz2 or .osm.pbf."
)
@click.option("--place", help="A place by name instead, downloaded from OpenStreetMap by OSMnx.")
def build(folder: Path, osm: Path | None, place: str | None, *, as_json: bool) -> None:
    """Read roads for foot, e-bike, car and truck into the workspace's cached network."""
    if (osm is None) == (place is None):
        message = "give either --osm FILE or --place NAME"
        raise click.UsageError(message)
    workspace = open_workspace(folder)
    figures: Figures = {}
    with steps() as progress, stopwatch(figures), progress.step("reading the roads") as done:
        figures |= build_network_of(workspace, osm=osm, place=place, done=done)
    rows = [
        (mode, f"{of['km']:,.0f} km", f"{100 * (of['main_share_of_km'] or 0):.1f} %")
        for mode, of in figures["modes"].items()
    ]
    words = [
        (
            f"{count(figures['nodes'])} nodes, {count(figures['edges'])} edges, "
            f"{figures['km']:,.0f} km of road."
        ),
        table(("mode", "length", "in one piece"), rows),
    ]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def build_network_of(
    workspace: Workspace, *, osm: Path | None, place: str | None, done: Done
) -> Figures:
    """Build the network from an extract or a place's name and keep it in the workspace."""
    if place is not None:
        # OSMnx takes seconds to import and is needed by nobody who has an extract.
        from data.osm_download import download_roads  # noqa: PLC0415

        roads = download_roads(place)
    else:
        # Ways to a station may lead outside the box: keep room around it.
        b = workspace.settings.box.grown(_MARGIN_M)
        roads = read_roads(_given(osm), box=(b.left, b.bottom, b.right, b.top), on_progress=done)
    built = build_network(roads, on_progress=done)
    workspace.replace_network(built)
    return {"source": place or str(osm), **built.summary()}


def _given(osm: Path | None) -> Path:
    if osm is None:
        message = "give either --osm FILE or --place NAME"
        raise click.UsageError(message)
    return osm
