"""Features out of an OSM extract: points and areas with their tags, in one pass by pyosmium."""

# pyosmium ships no types that tell nodes from ways: what comes out of it is Any on purpose.
# ruff: noqa: ANN401

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import shapely

from data.osm.clean_copy import own_ids
from data.osm.gate import Extract, open_extract

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
    file, ``passed_over`` counts objects of the file that are not read, by why.
    """

    kind: npt.NDArray[np.str_]
    osm_id: npt.NDArray[np.int64]
    tags: tuple[Mapping[str, str], ...]
    names: tuple[str, ...]
    outline: npt.NDArray[np.object_]
    lonlat: npt.NDArray[np.float64]
    date: str
    generator: str
    passed_over: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.tags)

    def within(self, area: shapely.Polygon | shapely.MultiPolygon) -> OsmFeatures:
        """Keep what reaches into an area, and what lies nowhere."""
        shapely.prepare(area)
        shape = self.outline.copy()
        bare = shapely.is_missing(shape)
        shape[bare] = shapely.points(self.lonlat[bare])
        keep = shapely.intersects(area, shape) | ~np.isfinite(self.lonlat).all(axis=1)
        return self.only(np.flatnonzero(keep))

    def only(self, rows: npt.NDArray[np.int64]) -> OsmFeatures:
        """Keep some rows."""
        return replace(
            self,
            kind=self.kind[rows],
            osm_id=self.osm_id[rows],
            tags=tuple(self.tags[row] for row in rows),
            names=tuple(self.names[row] for row in rows),
            outline=self.outline[rows],
            lonlat=self.lonlat[rows],
        )


@dataclass
class _Found:
    """What the pass collects: one entry of each list for each object."""

    first: tuple[tuple[str, Collection[str]], ...]
    wanted: Callable[[Mapping[str, str]], bool]
    kind: list[str] = field(default_factory=list)
    osm_id: list[int] = field(default_factory=list)
    tags: list[Mapping[str, str]] = field(default_factory=list)
    lonlat: list[tuple[float, float]] = field(default_factory=list)
    outline: list[str | None] = field(default_factory=list)
    row_of: dict[tuple[str, int], int] = field(default_factory=dict)
    newest: str = ""

    def take(self, thing: Any, wkb: Any) -> None:
        """Keep one object, if it is wanted."""
        if not self._may_be_wanted(thing.tags):
            return
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
            self._row("w", thing.id, tags, _middle(thing))
        elif thing.is_area():
            self._take_area(thing, tags, wkb)
        elif tags.get("type") == "multipolygon":
            self._row("r", thing.id, tags, _NOWHERE)

    def _may_be_wanted(self, tags: Any) -> bool:
        """Look at the first tags alone, which takes a third of the time of reading all."""
        for key, values in self.first:
            value = tags.get(key)
            if value is not None and (not values or value in values or ";" in value):
                return True
        return False

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
    first: Mapping[str, Collection[str]],
    wanted: Callable[[Mapping[str, str]], bool],
    box: Box | None = None,
) -> OsmFeatures:
    """Read what in ``path`` carries one of the ``first`` tags and is ``wanted`` by all its tags.

    ``first`` maps keys to values, none for any; a list such as ``nightclub;restaurant`` is looked
    at too.
    Closed ways and multipolygons are areas. ``box`` keeps what reaches into it, and what lies
    nowhere. The result may be empty. FileFormatError when the file is missing, empty, broken or of
    another format.
    """
    found = _Found(tuple(first.items()), wanted)
    with open_extract(path) as extract:
        wkb = osmium.geom.WKBFactory()
        for thing in extract.objects_and_areas(osmium.filter.KeyFilter(*sorted(first))):
            found.take(thing, wkb)
    return _features(found, extract, box)


def _middle(way: Any) -> tuple[float, float]:
    """Give the mean of the corners that are in the file, NaN when none is."""
    nodes = list(way.nodes)
    if len(nodes) >= _RING and nodes[0].ref == nodes[-1].ref:
        nodes = nodes[:-1]
    at = [(node.lon, node.lat) for node in nodes if node.location.valid()]
    if not at:
        return _NOWHERE
    return sum(lon for lon, _ in at) / len(at), sum(lat for _, lat in at) / len(at)


def _features(found: _Found, extract: Extract, box: Box | None) -> OsmFeatures:
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
        kind=np.array(found.kind, dtype=np.str_),
        osm_id=own_ids(np.array(found.osm_id, dtype=np.int64)),
        tags=tuple(found.tags),
        names=tuple(tags.get("name", "") for tags in found.tags),
        outline=outline,
        lonlat=lonlat,
        date=extract.date or found.newest,
        generator=extract.generator,
        passed_over=extract.passed_over,
    ).only(rows)
