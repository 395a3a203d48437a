"""Roads and places out of OSM extracts (.osm, .osm.gz, .osm.bz2, .osm.pbf), by pyosmium."""

# pyosmium ships no types that tell nodes from ways: what comes out of it is Any on purpose.
# ruff: noqa: ANN401

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import osmium
import shapely

from geo.access import NODE_KEYS, WAY_KEYS, class_of_way
from geo.errors import FileFormatError
from geo.messages import say
from geo.roads import RawRoads, Turn

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENDINGS = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")

Box = tuple[float, float, float, float]
Report = Callable[[str, float], None]

_LOCATION = np.dtype([("id", "<i8"), ("x", "<i4"), ("y", "<i4")])
_UNITS_PER_DEGREE = 1e7  # OSM keeps coordinates as whole ten-millionths of a degree


def read_roads(
    path: Path, *, box: Box | None = None, on_progress: Report | None = None
) -> RawRoads:
    """All ways of ``path`` that carry traffic of some kind, with their nodes.

    ``box`` (left, bottom, right, top) in degrees keeps only what lies inside; ways are cut at its
    rim. ``on_progress(step, share)`` is called with a share from 0 to 1. FileFormatError when the
    file is missing, empty, broken, of another format, or without roads.
    """
    tell = on_progress or (lambda _step, _share: None)
    check_extract(path)
    try:
        tell(say("ways"), 0.0)
        ways = _read_ways(path)
        tell(say("nodes"), 0.4)
        by_hand = bool(len(ways.refs)) and int(np.array(ways.refs).min()) < 0
        node_id, node_lonlat = _read_locations(path, by_hand=by_hand)
        tell(say("node tags"), 0.7)
        tagged = _read_node_tags(path, ways.tag_sets)
        tell(say("turn restrictions"), 0.9)
        turns, skipped = _read_turns(path)
    except (RuntimeError, osmium.InvalidLocationError, UnicodeDecodeError) as error:
        raise FileFormatError(
            say("{path}: cannot be read as OSM data ({error}): get it anew", path=path, error=error)
        ) from error
    if not len(ways.way_id):
        raise FileFormatError(
            say("{path}: holds no roads (no way with a known highway tag)", path=path)
        )
    roads = _assemble(ways, node_id, node_lonlat, tagged, turns, skipped, box)
    if not (roads.way_node >= 0).any():
        if box:
            raise FileFormatError(say("{path}: holds no roads inside the box", path=path))
        raise FileFormatError(
            say("{path}: holds no roads with nodes that are in the file", path=path)
        )
    tell(say("read"), 1.0)
    return roads


def check_extract(path: Path) -> None:
    """Refuse what is no OSM extract by its name, or is not there (FileFormatError)."""
    if not path.exists():
        raise FileFormatError(say("{path}: no such file", path=path))
    if path.is_dir():
        raise FileFormatError(
            say(
                "{path}: is a folder, expected one of {endings}",
                path=path,
                endings=", ".join(ENDINGS),
            )
        )
    if not path.name.lower().endswith(ENDINGS):
        raise FileFormatError(
            say(
                "{path}: not an OSM extract (expected {endings})",
                path=path,
                endings=", ".join(ENDINGS),
            )
        )
    if path.stat().st_size == 0:
        raise FileFormatError(say("{path}: is empty", path=path))


@dataclass
class _Ways:
    """What one pass over the ways collects."""

    way_id: Any = field(default_factory=lambda: array("q"))
    offset: Any = field(default_factory=lambda: array("q", [0]))
    refs: Any = field(default_factory=lambda: array("q"))
    tags: Any = field(default_factory=lambda: array("i"))
    name: Any = field(default_factory=lambda: array("i"))
    tag_sets: dict[tuple[tuple[str, str], ...], int] = field(default_factory=lambda: {(): 0})
    names: dict[str, int] = field(default_factory=dict)


def _tag_row(
    tags: Mapping[str, str], keys: frozenset[str], sets: dict[tuple[tuple[str, str], ...], int]
) -> int:
    kept = tuple(sorted(item for item in tags.items() if item[0] in keys))
    return sets.setdefault(kept, len(sets))


def _objects(path: Path, entities: Any, *filters: Any) -> Iterator[Any]:
    processor = osmium.FileProcessor(str(path), entities)
    for one in filters:
        processor.with_filter(one)
    yield from processor


def _read_ways(path: Path) -> _Ways:
    ways = _Ways()
    for way in _objects(path, osmium.osm.WAY, osmium.filter.KeyFilter("highway", "route")):
        tags = dict(way.tags)
        if class_of_way(tags) < 0 or len(way.nodes) < 2:  # noqa: PLR2004 - a line has two ends
            continue
        ways.way_id.append(way.id)
        ways.refs.extend([node.ref for node in way.nodes])
        ways.offset.append(len(ways.refs))
        ways.tags.append(_tag_row(tags, WAY_KEYS, ways.tag_sets))
        name = tags.get("name") or tags.get("ref")
        ways.name.append(-1 if not name else ways.names.setdefault(name, len(ways.names)))
    return ways


def _read_locations(path: Path, *, by_hand: bool) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Ids (ascending) and coordinates of all nodes.

    libosmium's own on-disk index is a plain array of (id, x, y), which numpy can read without a
    Python object for any node; it knows no negative ids, so files that have them go ``by_hand``.
    """
    if by_hand:
        rows = [
            (node.id, node.location.x, node.location.y) for node in _objects(path, osmium.osm.NODE)
        ]
        table = np.array(rows, dtype=_LOCATION)
    else:
        with tempfile.TemporaryDirectory(prefix="yizhan-") as folder:
            index = Path(folder) / "nodes"
            storage = osmium.index.create_map(f"sparse_file_array,{index}")
            reader = osmium.io.Reader(str(path), osmium.osm.NODE)
            osmium.apply(reader, osmium.NodeLocationsForWays(storage))
            reader.close()
            used = storage.used_memory() // _LOCATION.itemsize
            table = np.fromfile(index, dtype=_LOCATION, count=used)
            del storage
    table = table[(table["id"] != 0) & (table["x"] != np.iinfo(np.int32).max)]
    table = table[np.argsort(table["id"], kind="stable")]
    table = table[np.concatenate([table["id"][1:] != table["id"][:-1], [True]])[: len(table)]]
    lonlat = np.empty((len(table), 2))
    lonlat[:, 0] = table["x"] / _UNITS_PER_DEGREE
    lonlat[:, 1] = table["y"] / _UNITS_PER_DEGREE
    return table["id"].astype(np.int64), lonlat


def _read_node_tags(path: Path, sets: dict[tuple[tuple[str, str], ...], int]) -> dict[int, int]:
    found = {}
    for node in _objects(path, osmium.osm.NODE, osmium.filter.KeyFilter("barrier", "highway")):
        tags = dict(node.tags)
        if "barrier" in tags or tags.get("highway") == "traffic_signals":
            found[node.id] = _tag_row(tags, NODE_KEYS, sets)
    return found


@dataclass(frozen=True)
class _TurnMembers:
    from_way: int
    via_node: int
    to_way: int
    only: bool
    free_modes: frozenset[str]


_TURN_ROLES = (("from", "w"), ("via", "n"), ("to", "w"))
_MODES_OF_EXCEPT = {
    "bicycle": "ebike",
    "motorcar": "car",
    "hgv": "truck",
    "goods": "truck",
    "motor_vehicle": "car",
}


def _read_turns(path: Path) -> tuple[list[_TurnMembers], int]:
    """Restrictions over one node; those over a way are counted as skipped."""
    turns, skipped = [], 0
    only_turns = osmium.filter.TagFilter(("type", "restriction"))
    for relation in _objects(path, osmium.osm.RELATION, only_turns):
        word = relation.tags.get("restriction", "")
        roles = {(m.role, m.type): m.ref for m in relation.members}
        three = [roles[key] for key in _TURN_ROLES if key in roles]
        if len(three) < len(_TURN_ROLES) or not word.startswith(("no_", "only_")):
            skipped += 1
            continue
        spared = relation.tags.get("except", "").split(";")
        free = frozenset(
            _MODES_OF_EXCEPT[w.strip()] for w in spared if w.strip() in _MODES_OF_EXCEPT
        )
        only = word.startswith("only_")
        turns.append(_TurnMembers(three[0], three[1], three[2], only, free))
    return turns, skipped


def _rows_of(ids: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int32]:
    """Row of each wanted id in the ascending ``ids``, -1 where it is not there."""
    if not len(ids):
        return np.full(len(wanted), -1, dtype=np.int32)
    row = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[row] == wanted, row, -1).astype(np.int32)


def _assemble(  # noqa: PLR0917 - the parts of one file
    ways: _Ways,
    node_id: NDArray[np.int64],
    node_lonlat: NDArray[np.float64],
    tagged: Mapping[int, int],
    turns: list[_TurnMembers],
    skipped_turns: int,
    box: Box | None,
) -> RawRoads:
    refs = np.array(ways.refs, dtype=np.int64)
    row = _rows_of(node_id, refs)
    left_out = {"nodes_missing": int((row < 0).sum()), "turns_over_ways": skipped_turns}
    keep = np.zeros(len(node_id), dtype=bool)
    keep[row[row >= 0]] = True
    if box is not None:
        left, bottom, right, top = box
        lon, lat = node_lonlat[:, 0], node_lonlat[:, 1]
        inside = (lon >= left) & (lon <= right) & (lat >= bottom) & (lat <= top)
        left_out["nodes_outside_box"] = int((keep & ~inside).sum())
        keep &= inside
    renumber = np.full(len(node_id) + 1, -1, dtype=np.int32)  # the last stands for row -1
    renumber[np.flatnonzero(keep)] = np.arange(keep.sum(), dtype=np.int32)
    node_id, node_lonlat = node_id[keep], node_lonlat[keep]
    node_tags = np.zeros(len(node_id), dtype=np.int32)
    marked = _rows_of(node_id, np.fromiter(tagged, dtype=np.int64, count=len(tagged)))
    codes = np.fromiter(tagged.values(), dtype=np.int32, count=len(tagged))
    node_tags[marked[marked >= 0]] = codes[marked >= 0]
    way_id = np.array(ways.way_id, dtype=np.int64)
    order = np.argsort(way_id, kind="stable")
    found = _turn_rows(turns, way_id[order], order, node_id)
    left_out["turns_without_members"] = len(turns) - len(found)
    return RawRoads(
        node_id=node_id,
        node_lonlat=node_lonlat,
        node_tags=node_tags,
        way_id=way_id,
        way_offset=np.array(ways.offset, dtype=np.int64),
        way_node=renumber[row],
        way_tags=np.array(ways.tags, dtype=np.int32),
        way_name=np.array(ways.name, dtype=np.int32),
        tag_sets=tuple(dict(items) for items in ways.tag_sets),
        names=tuple(ways.names),
        turns=found,
        left_out=left_out,
    )


def _turn_rows(
    turns: list[_TurnMembers],
    sorted_way_id: NDArray[np.int64],
    order: NDArray[np.int64],
    node_id: NDArray[np.int64],
) -> tuple[Turn, ...]:
    def way(ids: list[int]) -> NDArray[np.int64]:
        row = _rows_of(sorted_way_id, np.array(ids, dtype=np.int64))
        return np.where(row < 0, -1, order[row]) if len(order) else row.astype(np.int64)

    from_row = way([turn.from_way for turn in turns])
    to_row = way([turn.to_way for turn in turns])
    via_row = _rows_of(node_id, np.array([turn.via_node for turn in turns], dtype=np.int64))
    return tuple(
        Turn(int(a), int(v), int(b), turn.only, turn.free_modes)
        for turn, a, v, b in zip(turns, from_row, via_row, to_row, strict=True)
        if min(a, v, b) >= 0
    )


def read_places(path: Path, *, tags: Mapping[str, str | tuple[str, ...]]) -> gpd.GeoDataFrame:
    """Nodes and closed ways of ``path`` that carry one of ``tags``, as points in WGS-84.

    ``tags`` maps a key to the value or values wanted. Columns: id (``n123`` or ``w123``), name
    (empty where none), key, value, geometry; a way counts by a point inside its outline. The
    frame is empty when nothing matches; FileFormatError as in `read_roads`.
    """
    check_extract(path)
    wanted = {k: (v,) if isinstance(v, str) else tuple(v) for k, v in tags.items()}
    pairs = [(key, value) for key, values in wanted.items() for value in values]
    rows: list[tuple[str, str, str, str, Any]] = []
    try:
        processor = (
            osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
            .with_locations()
            .with_filter(osmium.filter.TagFilter(*pairs))
        )
        for thing in processor:
            point = _point_of(thing)
            if point is None:
                continue
            found = dict(thing.tags)
            key = next(k for k, values in wanted.items() if found.get(k) in values)
            rows.append(
                (f"{thing.type_str()}{thing.id}", found.get("name", ""), key, found[key], point)
            )
    except (RuntimeError, UnicodeDecodeError) as error:
        raise FileFormatError(
            say("{path}: cannot be read as OSM data ({error}): get it anew", path=path, error=error)
        ) from error
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), (), ()]
    return gpd.GeoDataFrame(
        {
            "id": list(columns[0]),
            "name": list(columns[1]),
            "key": list(columns[2]),
            "value": list(columns[3]),
        },
        geometry=list(columns[4]),
        crs="EPSG:4326",
    )


def _point_of(thing: Any) -> shapely.Point | None:
    if thing.is_node():
        return shapely.Point(thing.lon, thing.lat) if thing.location.valid() else None
    ring = [(n.lon, n.lat) for n in thing.nodes if n.location.valid()]
    if len(ring) < 4 or not thing.is_closed():  # noqa: PLR2004 - a ring has at least four points
        return None
    shape = shapely.Polygon(ring)
    return shape.representative_point() if shape.is_valid else shapely.Point(*ring[0])
