"""A generated nation, from nothing to cities with roads, workers and stations.

The files are written and read as anyone's own would be: roads and workers of each city, and one
national list of stations, which is split over the cities.
"""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.nation.nation_file import PROVINCES, Nation
from data.osm import RoadSource
from data.sample.nation_cities import (
    STATION_HEADINGS,
    nation_cities,
    station_rows,
    write_nation_city,
)
from data.workspace import Workspace
from geo.datum import Datum
from geo.errors import WorkspaceError
from geo.messages import say
from web.services.demand import import_demand
from web.services.nation_import import import_lists
from web.services.networks import build_network_of
from web.services.stations import ImportAsked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from data.sample.nation_cities import NationCityDrawing
    from web.services.nation_import import NationalImport

NAME: Final = "示例全国"
LIST_FILE: Final = "sample_stations.csv"
_INPUT: Final = "input"
#: Provinces that the generated cities are drawn for in turn: those of the mainland.
_PROVINCES: Final = tuple(code for code in PROVINCES if int(code) < 71)  # noqa: PLR2004 - as above


@dataclass(frozen=True, eq=False)
class SampleNation:
    """The nation, how many of its cities were made now, and what its list brought."""

    nation: Nation
    made: int
    stations: NationalImport


def build_sample_nation(
    folder: Path,
    *,
    cities: int,
    size: str = "mixed",
    seed: int = 1,
    on_city: Callable[[str, float], None] = lambda _code, _share: None,
) -> SampleNation:
    """Draw the cities that are not there yet, and lay the national list over all of them.

    After a stop or a kill the same call goes on; more cities may be asked for than before.

    Parameters
    ----------
    folder
        of the nation; a new one, or one that this began.
    cities
        how many.
    size
        of all of them, or "mixed"; see `nation_cities`.
    seed
        of the nation.
    on_city
        is told of each city and of the share that is done.

    Raises
    ------
    InputError
        for more cities than there are codes.
    WorkspaceError
        when the folder cannot be written, or is that of a nation which was not generated.
    """
    drawn = nation_cities(cities, provinces=_PROVINCES, seed=seed, size=size)
    nation = _nation(folder)
    made = 0
    for number, city in enumerate(drawn, start=1):
        made += _make_city(nation, city)
        on_city(city.code, number / len(drawn))
    file = folder / _INPUT / LIST_FILE
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(STATION_HEADINGS)
        for city in drawn:
            writer.writerows(station_rows(city))
    brought = import_lists(nation, file, how=ImportAsked(), datum="wgs84", on_city=on_city)
    return SampleNation(nation, made, brought)


def _nation(folder: Path) -> Nation:
    try:
        opened = Nation.open(folder)
    except WorkspaceError:
        opened = Nation.create(folder, name=NAME)
        (folder / _INPUT).mkdir(exist_ok=True)
    if not (folder / _INPUT).is_dir():
        raise WorkspaceError(
            say("{folder} is a nation that was not generated: give another folder", folder=folder)
        )
    return opened


def _make_city(nation: Nation, drawing: NationCityDrawing) -> bool:
    """Make a city's workspace beside its place and move it there whole; False: it is there."""
    place = nation.city(drawing.code).folder
    if place.exists():
        return False
    draft = place.with_name(f".new-{drawing.code}")
    shutil.rmtree(draft, ignore_errors=True)
    files = write_nation_city(drawing, draft / _INPUT)
    workspace = Workspace.create(
        draft / drawing.code, name=drawing.name, districts=files.districts, sample=True
    )
    build_network_of(workspace, RoadSource("osm", files.roads), done=lambda *_: None)
    import_demand(workspace, file=files.demand, datum=Datum.wgs84)
    (draft / drawing.code).rename(place)
    shutil.rmtree(draft, ignore_errors=True)
    return True
