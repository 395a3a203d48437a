"""`yizhan network`: the city's roads."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.vocabulary import SAMPLE_NOTICE
from geo.errors import InputError
from geo.messages import say
from geo.profiles import MODES
from web.commands.common import (
    answer,
    common_options,
    open_workspace,
    steps,
    stopwatch,
    table,
    when_option,
)
from web.commands.help_pages import Group
from web.commands.language import spoken
from web.commands.osm_counts import counts_line
from web.site.number_words import count

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from data.workspace import Workspace
    from web.services import Figures


_MOST_MINUTES = 240


@click.group(cls=Group)
def network() -> None:
    """Build the road network of the city."""


@network.command()
@common_options
@click.option(
    "--osm", type=click.Path(path_type=Path), help="Extract: .osm, .osm.gz, .osm.bz2 or .osm.pbf."
)
@click.option("--place", help="A place by name instead, downloaded from OpenStreetMap by OSMnx.")
@click.option(
    "--polygon",
    type=click.Path(path_type=Path),
    help="Areas (GeoJSON) instead, downloaded from OpenStreetMap by OSMnx.",
)
@click.option(
    "--graphml", type=click.Path(path_type=Path), help="A graph as OSMnx saves it instead."
)
@click.option("--anew", is_flag=True, help="Build even where extract and profiles are unchanged.")
def build(
    *,
    folder: Path,
    osm: Path | None,
    place: str | None,
    polygon: Path | None,
    graphml: Path | None,
    anew: bool,
    as_json: bool,
) -> None:
    """Read roads for foot, e-bike, car and truck into the workspace's cached network."""
    from data.osm import RoadSource
    from web.services.networks import build_network_of

    given = {"osm": osm, "place": place, "polygon": polygon, "graphml": graphml}
    sources = [RoadSource(kind, where) for kind, where in given.items() if where]  # type: ignore[arg-type]  # the keys are its kinds
    if len(sources) != 1:
        raise click.UsageError(
            say("give one of --osm FILE, --place NAME, --polygon FILE, --graphml FILE")
        )
    workspace = open_workspace(folder)
    figures: Figures = {}
    with steps() as progress, stopwatch(figures), progress.step(say("reading the roads")) as done:
        figures |= build_network_of(workspace, sources[0], anew=anew, done=done)
    rows = [
        (mode, f"{of['km']:,.0f} km", f"{100 * (of['main_share_of_km'] or 0):.1f} %")
        for mode, of in figures["modes"].items()
    ]
    t = spoken()
    size = t(
        "{nodes} nodes, {edges} edges, {km:,.0f} km of road.",
        nodes=count(figures["nodes"]),
        edges=count(figures["edges"]),
        km=figures["km"],
    )
    if not figures["built"]:
        size += t(" Extract and profiles are unchanged: nothing was built.")
    words = [
        size,
        table((t("mode"), t("length"), t("in one piece")), rows),
        *counts_line(figures["left_out"]),
    ]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@network.command()
@common_options
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="FILE.graphml, which OSMnx and networkx open.",
)
@click.option("--mode", type=click.Choice(MODES), default="foot", show_default=True)
def export(folder: Path, output: Path, mode: str, *, as_json: bool) -> None:
    """Write the network of one mode as GraphML: length in metres, travel_time in seconds."""
    # OSMnx takes seconds to import.
    from data.osm.graph import write_graphml

    workspace = open_workspace(folder)
    figures: Figures = {"file": str(output), "mode": mode}
    with stopwatch(figures):
        write_graphml(workspace.network(), output, mode=mode)
    words = [spoken()("The network for {mode} is {file}.", mode=mode, file=output)]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@network.command()
@common_options
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="FILE.pmtiles")
def basemap(folder: Path, output: Path, *, as_json: bool) -> None:
    """Write roads by class, names and districts as vector tiles (PMTiles) for a base map."""
    # Pandas, GDAL and the tile driver are needed by this command alone.
    from data.base_map import ATTRIBUTION, write_base_map

    workspace = open_workspace(folder)
    figures: Figures = {"file": str(output)}
    with steps() as progress, stopwatch(figures), progress.step(say("drawing the base map")):
        frame = workspace.districts.frame if len(workspace.districts) else None
        source = SAMPLE_NOTICE if workspace.settings.sample else ATTRIBUTION
        write_base_map(workspace.network(), output, districts=frame, source=source)
    figures["bytes"] = output.stat().st_size
    words = [
        spoken()(
            "The base map is {file} ({size_mb:.1f} MB).",
            file=output,
            size_mb=output.stat().st_size / 1e6,
        )
    ]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@network.command()
@common_options
@click.option("--station", "station_id", required=True, help="Id of the station in the register.")
@click.option("--mode", type=click.Choice(MODES), default="foot", show_default=True)
@click.option("--minutes", "minutes_text", default="5,10,15", show_default=True, metavar="M[,M...]")
@when_option
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path))
def isochrone(
    *,
    folder: Path,
    station_id: str,
    mode: str,
    minutes_text: str,
    when: str,
    output: Path,
    as_json: bool,
) -> None:
    """Write as GeoJSON from where a station is reached within so many minutes."""
    from data.files.area_files import write_areas
    from geo.areas import isochrone as isochrone_area
    from web.services.networks import network_when

    workspace = open_workspace(folder)
    figures: Figures = {"file": str(output), "station": station_id, "mode": mode}
    with steps() as progress, stopwatch(figures), progress.step(say("drawing the area")):
        place, roads = _place_of(workspace, station_id), network_when(workspace, when)
        areas = {
            minutes: isochrone_area(
                roads, mode=mode, lonlat_of_one_place=place, cutoff_s=60 * minutes
            )
            for minutes in _minutes(minutes_text)
        }
        write_areas(output, areas, station_id=station_id, mode=mode, settings=workspace.settings)
    figures["minutes"] = list(areas)
    answer(
        figures,
        as_json=as_json,
        sample=workspace.settings.sample,
        words=[
            spoken().plural(
                "{n} area written to {file}.",
                "{n} areas written to {file}.",
                n=len(areas),
                file=output,
            )
        ],
    )


def _place_of(workspace: Workspace, station_id: str) -> npt.NDArray[np.float64]:
    import numpy as np

    stations = workspace.stations()
    if station_id not in stations.ids:
        near = difflib.get_close_matches(station_id, stations.ids, n=1)
        if near:
            cure = say("did you mean {near}?", near=near[0])
        else:
            cure = say("see yizhan stations export")
        raise InputError(say("no station has the id {id}: {cure}", id=station_id, cure=cure))
    return np.asarray(stations.lonlat[stations.ids.index(station_id)])


def _minutes(text: str) -> list[float]:
    try:
        minutes = sorted({float(word) for word in text.split(",")}, reverse=True)
    except ValueError:
        minutes = []
    if not minutes or not all(0 < each <= _MOST_MINUTES for each in minutes):
        raise InputError(
            say(
                "--minutes {text}: give numbers from above 0 to {most}, such as 5,10",
                text=text,
                most=_MOST_MINUTES,
            )
        )
    return minutes
