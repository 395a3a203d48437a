"""The generated sample city, from nothing to a workspace with coverage and a plan."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from data.layers import CellsTable, OsmExtract
from data.osm import RoadSource
from data.sample import write_sample_city
from data.vocabulary import SAMPLE_NOTICE
from data.workspace import Workspace
from geo.messages import say
from planning import SolveParams
from web.services import Step, unheard
from web.services.coverage import coverage_of
from web.services.demand import build_demand
from web.services.layers import read_layers
from web.services.networks import build_network_of
from web.services.organisations import import_organisations
from web.services.plans import plan_of
from web.services.stations import import_stations

if TYPE_CHECKING:
    from pathlib import Path

    from data.layers import LayerReader
    from data.sample import SampleFiles
    from planning.siting import SitingPlan

N_NEW: Final = 12
# Truck drivers are four of five workers and no street station serves them: left to the sum alone
# every new site would be a driver home.
NEW_KINDS: Final = {"station": 8, "driver_home": 4}
PARAMS: Final = SolveParams(time_limit_s=30.0, gap=0.005)

#: What is made of the finished city, under the words of its step.
Made = tuple[str, Callable[[Workspace], object]]


def build_demo(target: Path, *, then: Sequence[Made] = (), step: Step = unheard) -> SitingPlan:
    """Build the sample city beside its place and move it there whole; returns its plan.

    Parameters
    ----------
    target
        a folder that is not there yet, or empty; where the work ends early it is left so.
    then
        what faces draw and write of the city before it is moved.
    step
        opens each step of the work under its name.

    Raises
    ------
    OSError
        when the folder cannot be written, or is not empty.
    """
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    made = _build_in(partial, then=then, step=step)
    if target.exists():
        target.rmdir()
    partial.rename(target)
    return made


def _build_in(folder: Path, *, then: Sequence[Made], step: Step) -> SitingPlan:
    with step(say("generating the sample city")) as done:
        files = write_sample_city(
            folder / "input", on_progress=lambda part, parts: done(say("files"), part / parts)
        )
    workspace = Workspace.create(
        folder, name=files.name, districts_file=files.districts, sample=True
    )
    _fill(workspace, files, step=step)
    with step(say("measuring coverage")) as done:
        coverage_of(workspace, standard="group", done=done)
    with step(say("planning {n} stations (the first time compiles)", n=N_NEW)) as done:
        made = plan_of(
            workspace, new=N_NEW, kinds=NEW_KINDS, standard="group", params=PARAMS, done=done
        )
    for words, make in then:
        with step(words):
            make(workspace)
    return made


def _fill(workspace: Workspace, files: SampleFiles, *, step: Step) -> None:
    """Build roads, register and workers from the generated files."""
    with step(say("building the road network")) as done:
        build_network_of(workspace, RoadSource("osm", files.roads), done=done)
    with step(say("importing stations")):
        import_stations(workspace, file=files.stations, datum="wgs84")
    with step(say("importing organisations")):
        import_organisations(workspace, file=files.organisations, by=SAMPLE_NOTICE)
    readers: list[tuple[str, LayerReader]] = [
        (say("reading what draws workers"), OsmExtract(files.roads)),
        (
            say("reading where people live"),
            CellsTable(files.population, licence=SAMPLE_NOTICE),
        ),
    ]
    read_layers(workspace, readers, step=step)
    with step(say("spreading workers (the first time compiles)")) as done:
        build_demand(workspace, totals=files.totals, done=done)
