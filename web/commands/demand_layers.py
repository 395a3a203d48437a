"""`yizhan demand layers`: what draws workers, read from files into the workspace."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click

from geo.datum import Datum, parse_datum
from geo.errors import InputError
from geo.messages import say
from web.commands.common import (
    answer,
    common_options,
    open_workspace,
    overlaps_option,
    steps,
    stopwatch,
    table,
)
from web.commands.help_pages import Command
from web.commands.language import spoken
from web.commands.osm_counts import layers_line
from web.languages import message
from web.site.number_words import count, two_digits

if TYPE_CHECKING:
    from data.files.zone_overlaps import Overlaps
    from data.layers import Layer, LayerArea, LayerReader, Layers, OwnPoints
    from geo.network import RoadNetwork
    from web.services import Figures

_FILE = click.Path(path_type=Path)


@click.command(cls=Command)
@common_options
@click.option("--osm", type=_FILE, help="Extract (.osm, .osm.gz, .osm.bz2, .osm.pbf).")
@click.option("--raster", type=_FILE, help="Population as GeoTIFF (WorldPop, GHSL).")
@click.option(
    "--holes",
    type=click.Choice(["refuse", "zero"]),
    default="refuse",
    show_default=True,
    help="Cells of the raster without a value: zero means that nobody lives there.",
)
@click.option("--population", type=_FILE, help="Population as a table of points or cells instead.")
@click.option(
    "--points",
    "points_words",
    multiple=True,
    metavar="NAME=FILE",
    help="Points of your own with weights: the layer own:NAME; give it again for more.",
)
@click.option(
    "--corridors",
    type=_FILE,
    help="Trucks a day at counting points of motorways, trunk and primary roads.",
)
@click.option(
    "--truck-share",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    default=1.0,
    show_default=True,
    help="Where --corridors counts all vehicles: the share of trucks, 0.25 for 25 %.",
)
@click.option("--online", is_flag=True, help="Download the extract's layers from OpenStreetMap.")
@click.option(
    "--datum",
    "datum_word",
    default="wgs84",
    show_default=True,
    help="Of --population and --points: wgs84, gcj02 or bd09.",
)
@overlaps_option
@click.option("--date", "day", default="", help="Day that raster, population or points are of.")
@click.option("--licence", default="", help="Under what these may be used.")
def layers(
    *,
    folder: Path,
    osm: Path | None,
    raster: Path | None,
    holes: Literal["refuse", "zero"],
    population: Path | None,
    points_words: tuple[str, ...],
    corridors: Path | None,
    truck_share: float,
    online: bool,
    datum_word: str,
    overlaps: Overlaps,
    day: str,
    licence: str,
    as_json: bool,
) -> None:
    """Read what draws workers (restaurants, depots, people, …), or list what is there.

    A layer that is read again takes the place of the one before; the others stay. The lengths of
    the roads by class come from the road network.
    """
    from data.layers import CellsTable, OsmExtract, OwnPoints, Raster
    from web.services.layers import read_layers

    workspace = open_workspace(folder)
    readers: list[tuple[str, LayerReader]] = []
    if osm is not None:
        readers.append((say("reading {file}", file=osm.name), OsmExtract(osm)))
    if raster is not None:
        people = Raster(raster, holes=holes, date=day, licence=licence)
        readers.append((say("reading {file}", file=raster.name), people))
    datum = parse_datum(datum_word)
    if population is not None:
        reader = CellsTable(population, datum=datum, overlaps=overlaps, date=day, licence=licence)
        readers.append((say("reading {file}", file=population.name), reader))
    readers += [_own_points(word, datum, day, licence) for word in points_words]
    if corridors is not None:
        counts = OwnPoints(corridors, name="corridors", datum=datum, date=day, licence=licence)
        carried = _Corridors(counts, workspace.network(), truck_share)
        readers.append((say("reading {file}", file=corridors.name), carried))
    if online:
        readers.append((say("downloading from OpenStreetMap"), _online()))
    figures: Figures = {}
    with steps() as progress, stopwatch(figures):
        made = read_layers(workspace, readers, step=progress.step)
    figures["layers"] = [layer.summary() for layer in made.values()]
    sample = workspace.settings.sample
    answer(figures, as_json=as_json, sample=sample, words=_words(made, sample=sample))


@dataclass(frozen=True)
class _Corridors:
    """The reader of truck counts, which carries them along their roads."""

    counts: OwnPoints
    network: RoadNetwork
    truck_share: float

    def read(self, area: LayerArea) -> tuple[Layer, ...]:
        from planning.density import corridor_layer_of_counts

        (points,) = self.counts.read(area)
        try:
            made = corridor_layer_of_counts(self.network, points, truck_share=self.truck_share)
        except InputError as error:
            raise InputError(
                say("{file}: {error}", file=self.counts.path.name, error=error)
            ) from None
        return (made,)


def _own_points(word: str, datum: Datum, day: str, licence: str) -> tuple[str, LayerReader]:
    from data.layers import OwnPoints

    name, sign, file = word.partition("=")
    if not sign or not name or not file:
        raise InputError(
            say("--points {word}: write NAME=FILE, such as lockers=lockers.csv", word=word)
        )
    reader = OwnPoints(Path(file), name=name, datum=datum, date=day, licence=licence)
    return say("reading {file}", file=Path(file).name), reader


def _online() -> LayerReader:
    if importlib.util.find_spec("osmnx") is None:
        raise InputError(
            say("--online needs OSMnx: pip install osmnx, or take an extract with --osm")
        )
    # OSMnx takes seconds to import.
    from data.layers import OsmOnline

    return OsmOnline()


def _words(made: Layers, *, sample: bool) -> list[object]:
    from data.road_layers import URBAN_ROADS

    t = spoken()
    if not made:
        return [
            t(
                "No layers yet: read them with yizhan demand layers --osm FILE, "
                "--population FILE or --points NAME=FILE."
            )
        ]
    rows: list[tuple[str, ...]] = [
        (of.id, _amount(of), count(len(of)), of.source, of.date or "–", of.licence or "–")
        for of in made.values()
        if not of.id.startswith(f"{URBAN_ROADS}.")
    ]
    headings: tuple[str, ...] = (
        *(t("layer"), t("holds"), t("points")),
        *(t("source"), t("date"), t("licence")),
    )
    if sample:  # the notice above the table is the licence of each
        headings, rows = headings[:-1], [row[:-1] for row in rows]
    empty = [of.id for of in made.values() if not of.total]
    said: list[object] = [table(headings, rows)]
    if empty:
        said.append(
            t(
                "Nothing was found of {layers}: their weights go to the other layers.",
                layers=", ".join(empty),
            )
        )
    return [*said, *layers_line(of.left_out for of in made.values())]


_UNITS: Final = {
    "people": message("people"),
    "places": message("places"),
    "m2 of floor": message("m2 of floor"),
    "weight": message("weight"),
}


def _amount(layer: Layer) -> str:
    if layer.unit == "m2":
        return spoken()("{area} km2", area=two_digits(layer.total / 1e6))
    if layer.unit == "m":
        return spoken()("{length} km", length=two_digits(layer.total / 1e3))
    unit = spoken()(_UNITS[layer.unit]) if layer.unit in _UNITS else layer.unit
    return f"{count(layer.total)} {unit}"
