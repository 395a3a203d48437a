"""Roads out of OSM extracts: ways that carry traffic, their nodes, barriers and restrictions."""

# pyosmium ships no types that tell nodes from ways: what comes out of it is Any on purpose.

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import osmium
import shapely

from data.osm.clean_copy import own_ids
from data.osm.gate import NODE, RELATION, Extract, open_extract
from data.osm.opl import corner_places
from data.osm.turn_relations import TurnRelations, WayRows
from geo.access import LIMIT_KEYS, NODE_KEYS, WAY_KEYS, class_of_way
from geo.errors import FileFormatError
from geo.messages import say
from geo.roads import RawRoads

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

READING: Final = 4
"""Number of this way of reading roads: a network that an older one built is built anew."""

Box = tuple[float, float, float, float]
Report = Callable[[str, float], None]
TagSets = dict[tuple[tuple[str, str], ...], int]


def read_roads(
    path: Path,
    *,
    box: Box | None = None,
    area: shapely.Polygon | shapely.MultiPolygon | None = None,
    on_progress: Report | None = None,
) -> RawRoads:
    """All ways of ``path`` that carry traffic of some kind, with their nodes.

    ``box`` (left, bottom, right, top) in degrees and ``area`` keep only what lies inside; ways are
    cut at the rim. ``on_progress(step, share)`` is called with a share from 0 to 1.
    FileFormatError when the file is missing, empty, broken, of another format, or without roads.
    """
    tell = on_progress or (lambda _step, _share: None)
    tell(say("looking the file over"), 0.0)
    with open_extract(path) as extract:
        tell(say("ways"), 0.2)
        ways = _read_ways(extract)
        tell(say("nodes"), 0.6)
        nodes = _Nodes(*(ways.places() if extract.located else extract.node_table()))
        tell(say("node tags and turn restrictions"), 0.8)
        tagged, turns = _read_marks(extract, ways.tag_sets)
        if extract.located:
            nodes = nodes.with_more(tagged)
    if not len(ways.way_id):
        raise FileFormatError(
            say("{path}: holds no roads (no way with a known highway tag)", path=path)
        )
    nodes = nodes.within(box, area)
    roads = _assemble(ways, nodes, tagged, turns, extract.passed_over)
    if not (roads.way_node >= 0).any():
        if box is not None or area is not None:
            raise FileFormatError(say("{path}: holds no roads inside the box", path=path))
        raise FileFormatError(
            say("{path}: holds no roads with nodes that are in the file", path=path)
        )
    tell(say("read"), 1.0)
    return roads


@dataclass
class _Ways:
    """What one pass over the ways collects; ``lon`` and ``lat`` only where ways carry places."""

    way_id: Any = field(default_factory=lambda: array("q"))
    offset: Any = field(default_factory=lambda: array("q", [0]))
    refs: Any = field(default_factory=lambda: array("q"))
    lon: Any = field(default_factory=lambda: array("d"))
    lat: Any = field(default_factory=lambda: array("d"))
    tags: Any = field(default_factory=lambda: array("i"))
    name: Any = field(default_factory=lambda: array("i"))
    tag_sets: TagSets = field(default_factory=lambda: {(): 0})
    names: dict[str, int] = field(default_factory=dict)

    def places(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Give ids (ascending, each once) and lonlat of the nodes that the ways place."""
        lonlat = np.column_stack([np.array(self.lon), np.array(self.lat)]).reshape(-1, 2)
        placed = np.isfinite(lonlat).all(axis=1)
        ids, first = np.unique(np.array(self.refs, dtype=np.int64)[placed], return_index=True)
        return ids, lonlat[placed][first]


def _tag_row(tags: Mapping[str, str], keys: frozenset[str], sets: TagSets) -> int:
    kept = tuple(sorted(item for item in tags.items() if item[0] in keys))
    return sets.setdefault(kept, len(sets))


def _read_ways(extract: Extract) -> _Ways:
    ways = _Ways()
    for way in extract.way_lines(osmium.filter.KeyFilter("highway", "route")):
        tags, corners = way.tags, way.corners
        if class_of_way(tags) < 0 or "," not in corners:  # a line has two ends
            continue
        ways.way_id.append(way.id)
        if extract.located:
            places = corner_places(corners)
            ways.refs.extend([ref for ref, _, _ in places])
            ways.lon.extend([lon for _, lon, _ in places])
            ways.lat.extend([lat for _, _, lat in places])
        else:
            ways.refs.extend(map(int, corners.replace("n", "").split(",")))
        ways.offset.append(len(ways.refs))
        ways.tags.append(_tag_row(tags, WAY_KEYS, ways.tag_sets))
        name = tags.get("name") or tags.get("ref")
        ways.name.append(-1 if not name else ways.names.setdefault(name, len(ways.names)))
    return ways


@dataclass
class _Marks:
    """Nodes with barriers or lights: id -> row of their tags, and where they lie."""

    tags: dict[int, int] = field(default_factory=dict)
    lonlat: list[tuple[float, float]] = field(default_factory=list)


def _read_marks(extract: Extract, sets: TagSets) -> tuple[_Marks, TurnRelations]:
    """Read nodes that stop or delay, and turn restrictions, in one pass."""
    marks, turns = _Marks(), TurnRelations()
    stopping = {"barrier", *LIMIT_KEYS}
    marking = osmium.filter.KeyFilter("barrier", "highway", *LIMIT_KEYS)
    marking.enable_for(NODE)
    turning = osmium.filter.TagFilter(("type", "restriction"))
    turning.enable_for(RELATION)
    for thing in extract.objects(NODE | RELATION, marking, turning):
        if not thing.is_node():
            turns.take(thing)
            continue
        tags = dict(thing.tags)
        if tags.get("highway") == "traffic_signals" or not stopping.isdisjoint(tags):
            marks.tags[thing.id] = _tag_row(tags, NODE_KEYS, sets)
            at = thing.location
            marks.lonlat.append((at.lon, at.lat) if at.valid() else (np.nan, np.nan))
    return marks, turns


@dataclass(frozen=True, eq=False)
class _Nodes:
    """The nodes of a file: ids ascending, lonlat[n, 2], and whether they lie where wanted."""

    id: npt.NDArray[np.int64]
    lonlat: npt.NDArray[np.float64]
    inside: npt.NDArray[np.bool_] | None = None

    def with_more(self, marks: _Marks) -> _Nodes:
        """Add marked nodes; where a way places a node too, the node's own place counts."""
        ids = np.concatenate(
            [np.fromiter(marks.tags, dtype=np.int64, count=len(marks.tags)), self.id]
        )
        lonlat = np.concatenate([np.array(marks.lonlat).reshape(-1, 2), self.lonlat])
        there = np.isfinite(lonlat).all(axis=1)
        unique, first = np.unique(ids[there], return_index=True)
        return _Nodes(unique, lonlat[there][first])

    def within(
        self, box: Box | None, area: shapely.Polygon | shapely.MultiPolygon | None
    ) -> _Nodes:
        """Mark what lies inside the box and the area, either of which may be none."""
        if box is None and area is None:
            return self
        lon, lat = self.lonlat[:, 0], self.lonlat[:, 1]
        inside = np.ones(len(lon), dtype=bool)
        if box is not None:
            left, bottom, right, top = box
            inside = (lon >= left) & (lon <= right) & (lat >= bottom) & (lat <= top)
        if area is not None:
            shapely.prepare(area)
            inside &= shapely.contains_xy(area, lon, lat)
        return _Nodes(self.id, self.lonlat, inside)

    def rows(self, wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        """Row of each wanted id, -1 where it is not there."""
        if not len(self.id):
            return np.full(len(wanted), -1, dtype=np.int32)
        row = np.minimum(np.searchsorted(self.id, wanted), len(self.id) - 1)
        return np.where(self.id[row] == wanted, row, -1).astype(np.int32)


def _assemble(
    ways: _Ways, nodes: _Nodes, tagged: _Marks, turns: TurnRelations, passed: Mapping[str, int]
) -> RawRoads:
    row = nodes.rows(np.array(ways.refs, dtype=np.int64))
    left_out = {**passed, "nodes_missing": int((row < 0).sum())}
    keep = np.zeros(len(nodes.id), dtype=bool)
    keep[row[row >= 0]] = True
    if nodes.inside is not None:
        left_out["nodes_outside_box"] = int((keep & ~nodes.inside).sum())
        keep &= nodes.inside
    renumber = np.full(len(nodes.id) + 1, -1, dtype=np.int32)  # the last stands for row -1
    renumber[np.flatnonzero(keep)] = np.arange(keep.sum(), dtype=np.int32)
    kept = _Nodes(nodes.id[keep], nodes.lonlat[keep])
    node_tags = np.zeros(len(kept.id), dtype=np.int32)
    marked = kept.rows(np.fromiter(tagged.tags, dtype=np.int64, count=len(tagged.tags)))
    codes = np.fromiter(tagged.tags.values(), dtype=np.int32, count=len(tagged.tags))
    node_tags[marked[marked >= 0]] = codes[marked >= 0]
    way_id, offset = np.array(ways.way_id, dtype=np.int64), np.array(ways.offset, dtype=np.int64)
    way_node = renumber[row]
    found = WayRows(way_id, offset, way_node, kept.id).turns(turns.found)
    counts = turns.left_out.copy()
    counts["turns_without_members"] += len(turns.found) - len(found)
    return RawRoads(
        node_id=own_ids(kept.id),
        node_lonlat=kept.lonlat,
        node_tags=node_tags,
        way_id=own_ids(way_id),
        way_offset=offset,
        way_node=way_node,
        way_tags=np.array(ways.tags, dtype=np.int32),
        way_name=np.array(ways.name, dtype=np.int32),
        tag_sets=tuple(dict(items) for items in ways.tag_sets),
        names=tuple(ways.names),
        turns=found,
        left_out={**left_out, **counts},
    )
