"""Features out of an OSM extract: points and areas with their tags, in one pass by pyosmium."""

# pyosmium ships no types that tell nodes from ways: what comes out of it is Any on purpose.
# ruff: noqa: ANN401

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import shapely

from data.osm.extract import check_extract
from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    import numpy.typing as npt

    from geo.measure import Box

_RING = 4  # corners of the smallest ring, the first one twice
_NOWHERE = (np.nan, np.nan)


@dataclass(frozen=True, eq=False)
class OsmFeatures:
    """Objects that carry wanted tags: nodes, ways and multipolygons.

    ``kind`` str[n] is "n", "w" or "r", ``osm_id`` int64[n]. ``tags`` and ``names`` (empty where
    none) stand row by row. ``outline`` object[n] are polygons in degrees of WGS-84, None for a node
    and for a way or relation without one (an open line, or cut off at the extract's rim).
    ``lonlat`` float64[n, 2] is the node, a point on the outline, or the middle of what is there of
    the line; NaN where nothing of it is in the file. ``date`` is the ISO date of the extract, or of
    its newest such object; empty when neither is told. ``generator`` is the program that wrote the
    file.
    """

    kind: npt.NDArray[np.str_]
    osm_id: npt.NDArray[np.int64]
    tags: tuple[Mapping[str, str], ...]
    names: tuple[str, ...]
    outline: npt.NDArray[np.object_]
    lonlat: npt.NDArray[np.float64]
    date: str
    generator: str

    def __len__(self) -> int:
        return len(self.tags)


@dataclass
class _Found:
    """What the pass collects: one entry of each list for each object."""

    wanted: Callable[[Mapping[str, str]], bool]
    kind: list[str] = field(default_factory=list)
    osm_id: list[int] = field(default_factory=list)
    tags: list[Mapping[str, str]] = field(default_factory=list)
    lonlat: list[tuple[float, float]] = field(default_factory=list)
    outline: list[str | None] = field(default_factory=list)
    row_of: dict[tuple[str, int], int] = field(default_factory=dict)
    by_hand: dict[int, list[int]] = field(default_factory=dict)
    newest: str = ""

    def take(self, thing: Any, wkb: Any) -> None:
        """Keep one object, if it is wanted."""
        tags = dict(thing.tags)
        if not self.wanted(tags):
            return
        stamp = thing.timestamp
        if stamp.year > 1970:  # noqa: PLR2004 - the year of an object that tells none
            self.newest = max(self.newest, stamp.date().isoformat())
        if thing.is_node():
            if thing.location.valid():
                self._add("n", thing.id, tags, (thing.lon, thing.lat))
        elif thing.is_way():
            row = self._row("w", thing.id, tags, _middle(thing))
            refs = [node.ref for node in thing.nodes]
            if refs and min(refs) < 0:
                self.by_hand[row] = refs
        elif thing.is_area():
            self._take_area(thing, tags, wkb)
        elif tags.get("type") == "multipolygon":
            self._row("r", thing.id, tags, _NOWHERE)

    def _take_area(self, area: Any, tags: Mapping[str, str], wkb: Any) -> None:
        """Give a way or relation its outline."""
        try:
            outline = wkb.create_multipolygon(area)
        except RuntimeError:  # its rings cross: a way stays a point, a relation lies nowhere
            return
        kind = "w" if area.from_way() else "r"
        self.outline[self._row(kind, area.orig_id(), tags, _NOWHERE)] = outline

    def _row(
        self, kind: str, number: int, tags: Mapping[str, str], lonlat: tuple[float, float]
    ) -> int:
        """Give the row of a way or relation, added where it is new: its area may come before it."""
        row = self.row_of.get((kind, number))
        if row is None:
            row = self.row_of[kind, number] = self._add(kind, number, tags, lonlat)
        return row

    def _add(
        self, kind: str, number: int, tags: Mapping[str, str], lonlat: tuple[float, float]
    ) -> int:
        self.kind.append(kind)
        self.osm_id.append(number)
        self.tags.append(tags)
        self.lonlat.append(lonlat)
        self.outline.append(None)
        return len(self.kind) - 1


def read_features(
    path: Path,
    *,
    keys: Collection[str],
    wanted: Callable[[Mapping[str, str]], bool],
    box: Box | None = None,
) -> OsmFeatures:
    """Read what in ``path`` carries one of ``keys`` and is ``wanted`` by its tags.

    Closed ways and multipolygons are areas. ``box`` keeps what reaches into it, and what lies
    nowhere. The result may be empty. FileFormatError when the file is missing, empty, broken or of
    another format.
    """
    check_extract(path)
    found = _Found(wanted)
    try:
        some = osmium.filter.KeyFilter(*sorted(keys))
        processor = osmium.FileProcessor(str(path)).with_areas(some).with_filter(some)
        header = processor.header
        stamp = header.get("osmosis_replication_timestamp") or header.get("timestamp")
        wkb = osmium.geom.WKBFactory()
        for thing in processor:
            found.take(thing, wkb)
        if found.by_hand:
            _draw_by_hand(found, path)
    except (RuntimeError, osmium.InvalidLocationError, UnicodeDecodeError) as error:
        raise FileFormatError(
            say("{path}: cannot be read as OSM data ({error}): get it anew", path=path, error=error)
        ) from error
    return _features(
        found, date=stamp[:10] or found.newest, generator=header.get("generator"), box=box
    )


def _draw_by_hand(found: _Found, path: Path) -> None:
    """Draw ways of nodes with ids below zero, which libosmium's index of places does not know."""
    wanted = {ref for refs in found.by_hand.values() for ref in refs}
    nodes: Any = osmium.FileProcessor(str(path), osmium.osm.NODE)
    at = {
        node.id: (node.lon, node.lat)
        for node in nodes
        if node.id in wanted and node.location.valid()
    }
    for row, refs in found.by_hand.items():
        ring = [at[ref] for ref in refs if ref in at]
        if ring:
            found.lonlat[row] = ring[0]
        if len(ring) >= _RING and len(ring) == len(refs) and refs[0] == refs[-1]:
            outline = shapely.Polygon(ring)
            found.outline[row] = outline.wkb_hex if outline.is_valid else None


def _middle(way: Any) -> tuple[float, float]:
    """Give the mean of the corners that are in the file, NaN when none is."""
    nodes = list(way.nodes)
    if len(nodes) >= _RING and nodes[0].ref == nodes[-1].ref:
        nodes = nodes[:-1]
    at = [(node.lon, node.lat) for node in nodes if node.location.valid()]
    if not at:
        return _NOWHERE
    return sum(lon for lon, _ in at) / len(at), sum(lat for _, lat in at) / len(at)


def _features(found: _Found, *, date: str, generator: str, box: Box | None) -> OsmFeatures:
    """Draw the outlines, put points on them, and keep what reaches into the box."""
    outline = np.array(shapely.from_wkb(np.array(found.outline, dtype=object)), dtype=object)
    lonlat = np.array(found.lonlat, dtype=np.float64).reshape(-1, 2)
    drawn = np.flatnonzero(~shapely.is_missing(outline))
    lonlat[drawn] = shapely.get_coordinates(shapely.point_on_surface(outline[drawn]))
    rows = np.arange(len(outline))
    if box is not None:
        bounds = np.column_stack([lonlat, lonlat])
        bounds[drawn] = shapely.bounds(outline[drawn])
        apart = (bounds[:, 0] > box.right) | (bounds[:, 2] < box.left)
        apart |= (bounds[:, 1] > box.top) | (bounds[:, 3] < box.bottom)
        rows = np.flatnonzero(~apart)
    return OsmFeatures(
        kind=np.array(found.kind, dtype=np.str_)[rows],
        osm_id=np.array(found.osm_id, dtype=np.int64)[rows],
        tags=tuple(found.tags[row] for row in rows),
        names=tuple(found.tags[row].get("name", "") for row in rows),
        outline=outline[rows],
        lonlat=lonlat[rows],
        date=date,
        generator=generator,
    )
