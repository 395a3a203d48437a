"""`yizhan demo`: the generated sample city, from nothing to the running product."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.layers import CellsTable, OsmExtract
from data.osm import RoadSource
from data.sample import write_sample_city
from data.vocabulary import SAMPLE_NOTICE
from data.workspace import Workspace
from geo.datum import Datum
from geo.errors import WorkspaceError
from geo.messages import say
from planning import SolveParams
from web.commands.common import answer, common_options, steps
from web.commands.plan import sentence
from web.commands.serve import PORT, listening, say_addresses, serve_until_stopped
from web.maps.city_map import map_of_workspace
from web.reports.pages import write_report
from web.services.coverage import coverage_of
from web.services.demand import build_demand
from web.services.layers import read_layers
from web.services.networks import build_network_of
from web.services.plans import plan_of
from web.services.register import import_stations

if TYPE_CHECKING:
    from data.layers import LayerReader

DEMO_FOLDER = Path("yizhan-demo")
NEW_STATIONS = 12
# Truck drivers are four of five workers and no street station serves them: left to the sum alone
# every new site would be a driver home.
NEW_KINDS = {"station": 8, "driver_home": 4}
_GAP = 0.005
TIME_LIMIT_S = 30.0


@click.command()
@common_options
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True)
@click.option("--no-serve", is_flag=True, help="Build the city and stop.")
def demo(folder: Path, host: str, port: int, *, no_serve: bool, as_json: bool) -> None:
    """Build the generated sample city in a folder of its own, plan it, map it and serve it."""
    target = DEMO_FOLDER if folder == Path() else folder
    if not (target / "yizhan.toml").exists():
        build_demo(target)
    workspace = Workspace.open(target)
    if not workspace.settings.sample:
        raise WorkspaceError(
            say(
                "{folder} is the workspace of {city}, not the sample city: name another folder "
                "with -w",
                folder=target,
                city=workspace.settings.name,
            )
        )
    if no_serve:
        built = {"workspace": str(target), "name": workspace.settings.name}
        answer(built, as_json=as_json, sample=True, words=[f"{target} holds the sample city."])
        return
    server = listening(workspace.folder, host=host, port=port)
    say_addresses(workspace, host=host, port=port, as_json=as_json)
    serve_until_stopped(server)


def build_demo(target: Path) -> None:
    """Build the demo beside its place and move it there whole, so that no half city is left."""
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    _build_in(partial)
    if target.exists():
        target.rmdir()
    partial.rename(target)


def _build_in(folder: Path) -> None:
    with steps() as progress:
        with progress.step("generating the sample city") as done:
            files = write_sample_city(
                folder / "input", on_progress=lambda part, parts: done("files", part / parts)
            )
        workspace = Workspace.create(
            folder, name=files.name, districts_file=files.districts, sample=True
        )
        with progress.step("building the road network") as done:
            build_network_of(workspace, RoadSource("osm", files.roads), done=done)
        with progress.step("importing stations"):
            import_stations(workspace, file=files.stations, datum=Datum.wgs84)
        people = CellsTable(files.population, licence=SAMPLE_NOTICE)
        readers: list[tuple[str, LayerReader]] = [
            ("reading what draws workers", OsmExtract(files.roads)),
            ("reading where people live", people),
        ]
        read_layers(workspace, readers, step=progress.step)
        with progress.step("spreading workers (the first time compiles)") as done:
            build_demand(workspace, totals=files.totals, done=done)
        with progress.step("measuring coverage") as done:
            coverage_of(workspace, standard="group", done=done)
        with progress.step(f"planning {NEW_STATIONS} stations (the first time compiles)") as done:
            params = SolveParams(time_limit_s=TIME_LIMIT_S, gap=_GAP)
            made = plan_of(
                workspace,
                new=NEW_STATIONS,
                kinds=NEW_KINDS,
                standard="group",
                params=params,
                done=done,
            )
        with progress.step("drawing the map"):
            map_of_workspace(workspace).save(folder / "exports" / "map.html")
        with progress.step("writing the report"):
            write_report(workspace, folder / "exports" / "report")
    click.echo(sentence(made), err=True)
