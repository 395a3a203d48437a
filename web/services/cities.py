"""A city out of one file: borders, districts, roads and layers, as a workspace to go on with."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data.districts import Districts
from data.layers import LayerReader, OsmExtract
from data.osm.city import find_city
from data.osm.cut import write_cut
from data.osm.gate import open_extract
from data.osm.ground import ground_of
from data.osm.road_source import MARGIN_M, RoadSource
from data.workspace import Workspace, check_new, undone_when_failing
from geo.errors import FileFormatError
from geo.messages import say
from web.services import unheard
from web.services.layers import read_layers
from web.services.networks import build_network_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from data.layers import Layers
    from data.osm.city import CityBorders
    from data.osm.ground import Ground
    from web.services import Figures, Step


@dataclass(frozen=True, eq=False)
class Piece:
    """What was cut out of an extract: ``file`` is a small extract, ``kept`` counts its objects.

    ``passed_over`` counts objects of the large file that are not read, by why.
    """

    borders: CityBorders
    file: Path
    kept: Mapping[str, int]
    passed_over: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class CityMade:
    """A city's new workspace, and how it came about.

    ``ground`` says how the districts fill the city, ``network`` what `build_network_of` says; it is
    None where the extract holds no roads there.
    """

    workspace: Workspace
    piece: Piece
    ground: Ground
    network: Figures | None
    layers: Layers


def city_of_extract(
    folder: Path,
    *,
    extract: Path,
    city: str,
    name: str | None = None,
    step: Step = unheard,
) -> CityMade:
    """Make a workspace of what an extract holds of a city.

    Parameters
    ----------
    folder
        a new folder, or one that is no workspace yet; where the work ends early it is left as it
        was.
    extract
        the file, of a province or a country.
    city
        its name in Chinese or English, with or without 市, its administrative code, or the id of
        its relation such as ``r123``.
    name
        what the city is called on pages; None takes the relation's own name.
    step
        opens each step of the work under its name.

    Raises
    ------
    FileFormatError
        when the file cannot be read, holds no borders, or cuts off the city's.
    InputError
        when no area has that name, or two have it.
    WorkspaceError
        when the folder is a workspace already or cannot be written.
    """
    check_new(folder)
    with piece_of_extract(extract, city, step=step) as piece, undone_when_failing(folder):
        called = name or piece.borders.relation.name
        areas = piece.borders.districts or {called: piece.borders.area}
        workspace = Workspace.create(
            folder, name=called, box=piece.borders.box, districts=Districts.from_areas(areas)
        )
        network = _roads(workspace, extract, piece, step)
        readers: list[tuple[str, LayerReader]] = [
            (say("reading what draws workers"), OsmExtract(extract, cut=piece.file))
        ]
        layers = read_layers(workspace, readers, step=step)
        ground = ground_of(piece.borders, metric_crs=workspace.settings.metric_crs)
        return CityMade(workspace, piece, ground, network, layers)


@contextmanager
def piece_of_extract(extract: Path, city: str, *, step: Step = unheard) -> Iterator[Piece]:
    """Find a city in an extract and cut it out, with `MARGIN_M` around it.

    The small extract is there as long as the block runs. Errors as for `city_of_extract`.
    """
    with tempfile.TemporaryDirectory(prefix="yizhan-") as folder:
        yield _piece(extract, city, Path(folder), step)


def _piece(extract: Path, city: str, folder: Path, step: Step) -> Piece:
    with ExitStack() as opened:
        with step(say("finding {city} in {file}", city=city, file=extract.name)):
            whole = opened.enter_context(open_extract(extract))
            blocks = whole.blocks()
            borders = find_city(blocks, city, named=extract, folder=folder)
        words = say("cutting out {city}", city=borders.relation.name)
        target = folder / "city.osm.pbf"
        with step(words) as done:
            kept = write_cut(
                whole,
                blocks,
                target,
                box=borders.box.grown(MARGIN_M),
                on_progress=lambda share: done(extract.name, share),
            )
        return Piece(borders, target, kept, whole.passed_over)


def _roads(workspace: Workspace, extract: Path, piece: Piece, step: Step) -> Figures | None:
    source = RoadSource("osm", extract, cut=piece.file)
    with step(say("building the road network")) as done:
        try:
            return build_network_of(workspace, source, done=done)
        except FileFormatError:  # the piece is one that we wrote: it holds no roads
            return None
