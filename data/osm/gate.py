"""The gate through which every extract is read: roads, places and layers see the same objects.

`open_extract` looks a file over once. Where every object stands once, alive, and nodes come before
ways, libosmium reads the file as it is; otherwise it reads a clean copy (`data.osm.clean_copy`),
and what was passed over is counted. Packed files are unpacked, and an answer of Overpass in JSON is
written as an extract first.
"""

# pyosmium ships no types that tell nodes from ways: what comes out of it is Any on purpose.
# ruff: noqa: ANN401

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.parsers.expat import ExpatError

import numpy as np
import osmium

from data.osm.blocks import Blocks, OtherFormError
from data.osm.clean_copy import write_clean_copy
from data.osm.forms import (
    check_extract,
    form_of,
    refuse_part_of_an_answer,
    unpacked,
    xml_marks,
    xml_words,
)
from data.osm.opl import WayLine, way_of_line
from data.osm.overpass_json import answer_of_file, write_elements
from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

NODE, WAY, RELATION = osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION

MOST_TO_PUT_IN_ORDER: Final = 1 << 30
"""Bytes of a file, unpacked, of which a clean copy is made: its ids are kept in memory."""

_LOCATION: Final = np.dtype([("id", "<i8"), ("x", "<i4"), ("y", "<i4")])
_UNITS_PER_DEGREE: Final = 1e7  # OSM keeps coordinates as whole ten-millionths of a degree
_WAYS_TO_LOOK_AT: Final = 20


@dataclass(frozen=True)
class Extract:
    """An extract that may be read: no object stands twice, none is gone, nodes come before ways.

    ``named`` is the file that was handed in, ``path`` what is read in its place. ``located`` says
    that ways carry the places of their nodes (a compact extract: PBF with LocationsOnWays, or
    Overpass's ``out geom``), ``in_order`` that types and ids rise in it. ``folder`` is for files
    that are needed while it is read.
    ``passed_over`` counts objects by why they are not read. ``date`` is the ISO date in the header,
    empty where it tells none; ``generator`` the program that wrote it.
    """

    named: Path
    path: Path
    located: bool
    in_order: bool
    folder: Path
    passed_over: Mapping[str, int] = field(default_factory=dict)
    date: str = ""
    generator: str = ""

    def objects(self, entities: Any, *filters: Any) -> Iterator[Any]:
        """Give the objects of some kinds that pass all filters, in the order of the file."""
        processor = osmium.FileProcessor(str(self.path), entities)
        for one in filters:
            processor.with_filter(one)
        yield from processor

    def objects_and_areas(self, some: Any) -> Iterator[Any]:
        """Give what passes the filter, ways with places, and areas of closed ways and relations."""
        if not self.located:
            yield from osmium.FileProcessor(str(self.path)).with_areas(some).with_filter(some)
            return
        # the processor would overwrite the places that the ways carry
        areas = osmium.area.AreaManager()
        with osmium.io.Reader(str(self.path), RELATION) as reader:
            osmium.apply(reader, some, areas.first_pass_handler())
        made = osmium.BufferIterator(some)
        drawing = areas.second_pass_to_buffer(made)  # the iterator keeps no hold of its handlers
        with osmium.io.Reader(str(self.path)) as reader:
            for thing in osmium.OsmFileIterator(reader, drawing, some):
                yield thing
                if made:
                    yield from made
        if made:
            yield from made

    def way_lines(self, some: Any) -> Iterator[WayLine]:
        """Give the ways that pass the filter, several times as fast as `objects` does.

        libosmium writes them as lines of text (OPL), which take less time to read than the tags and
        corners of as many Python objects.
        """
        target = self.folder / "ways.opl"
        options = "opl,add_metadata=false,locations_on_ways=" + (
            "true" if self.located else "false"
        )
        with (
            osmium.io.Reader(str(self.path), WAY) as reader,
            osmium.SimpleWriter(osmium.io.File(str(target), options), overwrite=True) as writer,
        ):
            osmium.apply(reader, some, writer)
        with target.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                yield way_of_line(line.rstrip("\n"))
        target.unlink()

    def blocks(self) -> Blocks:
        """Give the blocks of the file, written anew as PBF where it is packed in another way."""
        if self.path.name.endswith(".pbf"):
            try:
                return Blocks.of(self.path, in_order=self.in_order)
            except OtherFormError:
                pass
        copy = self.folder / "blocks.pbf"
        options = "pbf,locations_on_ways=" + ("true" if self.located else "false")
        with (
            osmium.io.Reader(str(self.path)) as reader,
            osmium.SimpleWriter(osmium.io.File(str(copy), options), overwrite=True) as writer,
        ):
            osmium.apply(reader, writer)
        return Blocks.of(copy, in_order=self.in_order)

    def node_table(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Give ids (ascending) and lonlat[n, 2] of all nodes that stand in the file."""
        table = _node_index(self.path, self.folder)
        table = table[table["x"] != np.iinfo(np.int32).max]
        if not (table["id"][1:] > table["id"][:-1]).all():
            table = table[np.argsort(table["id"], kind="stable")]
        lonlat = np.empty((len(table), 2))
        lonlat[:, 0] = table["x"] / _UNITS_PER_DEGREE
        lonlat[:, 1] = table["y"] / _UNITS_PER_DEGREE
        return table["id"].astype(np.int64), lonlat


@contextmanager
def open_extract(path: Path) -> Iterator[Extract]:
    """Open an extract by what it is, whatever its name says; temporary copies go on leaving.

    FileFormatError when the file is missing, empty, broken, of another format, or only a part of an
    answer of Overpass.
    """
    check_extract(path)
    try:
        with tempfile.TemporaryDirectory(prefix="yizhan-") as folder:
            yield _opened(path, Path(folder))
    except (RuntimeError, ExpatError, osmium.InvalidLocationError, UnicodeDecodeError) as error:
        raise FileFormatError(
            say("{path}: cannot be read as OSM data ({error}): get it anew", path=path, error=error)
        ) from error


def _opened(named: Path, folder: Path) -> Extract:
    plain = unpacked(named, folder)
    form = form_of(plain, named=named)
    date = generator = ""
    if form == "json":
        answer = answer_of_file(plain, named=named)
        date = str(answer.get("osm3s", {}).get("timestamp_osm_base", ""))[:10]
        generator = str(answer.get("generator", ""))
        plain = folder / "answer.pbf"
        write_elements(answer["elements"], plain, named=str(named))
    elif form == "pbf" and not plain.name.lower().endswith(".pbf"):
        plain = _under_its_true_name(plain, folder / "extract.pbf")
    elif form == "xml" and not plain.name.lower().endswith(".osm"):
        plain = _under_its_true_name(plain, folder / "extract.osm")
    with osmium.io.Reader(str(plain)) as reader:
        header = reader.header()
    date = date or (header.get("osmosis_replication_timestamp") or header.get("timestamp"))[:10]
    generator = generator or header.get("generator")
    messy, deleted = False, frozenset[tuple[str, int]]()
    if form == "xml":
        marks = xml_marks(plain)
        messy = marks.gone or marks.below_zero or marks.mixed
        if marks.gone or marks.remark:
            remark, deleted = xml_words(plain)
            refuse_part_of_an_answer(remark, named=named)
    located, in_order = _look(plain, header, folder)
    passed_over: Mapping[str, int] = {}
    if messy or not in_order:
        if plain.stat().st_size > MOST_TO_PUT_IN_ORDER:
            raise FileFormatError(
                say(
                    "{file}: holds older versions or stands out of order, and is too large to be"
                    " put in order here: run osmium time-filter or osmium sort first",
                    file=named,
                )
            )
        copy = folder / "clean.pbf"
        passed_over = write_clean_copy(plain, copy, deleted=deleted, located=located)
        plain, in_order = copy, False  # it moves ids below zero
    return Extract(named, plain, located, in_order, folder, passed_over, date, generator)


def _under_its_true_name(path: Path, name: Path) -> Path:
    """Give the file under a name whose ending says what it is, since libosmium goes by that."""
    name.symlink_to(path.resolve())
    return name


def _look(path: Path, header: Any, folder: Path) -> tuple[bool, bool]:
    """Tell whether ways carry places, and whether ids rise, each once, nodes first."""
    features = {header.get(f"pbf_optional_feature_{i}") for i in range(8)}
    if header.has_multiple_object_versions:
        return "LocationsOnWays" in features, False
    if header.get("sorting") == "Type_then_ID":
        return "LocationsOnWays" in features, True
    if path.name.endswith(".pbf"):
        try:
            return Blocks.of(path, in_order=False).look()
        except OtherFormError:
            pass
    node = _node_index(path, folder)["id"]
    in_order = bool((node[1:] > node[:-1]).all())
    located, looked_at, last = False, 0, {"n": 0, "w": 0, "r": 0}
    things = osmium.FileProcessor(str(path), (NODE if len(node) else WAY) | WAY | RELATION)
    if len(node):  # of the nodes only the last one, to see whether it stands before the ways
        last_node = osmium.filter.IdFilter([int(node[-1])])
        last_node.enable_for(NODE)
        things.with_filter(last_node)
    thing: Any
    for thing in things:
        kind, number = thing.type_str(), thing.id
        in_order &= number > last[kind]
        in_order &= not (kind == "n" and last["w"]) and not (kind == "w" and last["r"])
        last[kind] = number
        if kind == "w" and looked_at < _WAYS_TO_LOOK_AT and not located:
            looked_at += 1
            located = any(corner.location.valid() for corner in thing.nodes)
    return located, in_order


def _node_index(path: Path, folder: Path) -> npt.NDArray[Any]:
    """Give (id, x, y) of the nodes of a file, in its order; kept in ``folder`` for the next asking.

    libosmium's own on-disk index is a plain array, which numpy can read without a Python object for
    any node.
    """
    index = folder / f"{path.name}.nodes"
    if not index.exists():
        storage = osmium.index.create_map(f"sparse_file_array,{index}")
        with osmium.io.Reader(str(path), NODE) as reader:
            osmium.apply(reader, osmium.NodeLocationsForWays(storage))
        used = storage.used_memory()
        del storage
        with index.open("r+b") as file:
            file.truncate(used)
    table: npt.NDArray[Any] = np.fromfile(index, dtype=_LOCATION)
    return table if table["id"].all() else table[table["id"] != 0]
