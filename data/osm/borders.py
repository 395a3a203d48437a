"""Borders: the areas of administrative relations, and what of them an extract cuts off.

Rings are put together by libosmium's assembler out of the relation's own ways. Where a way or a
node of the border is not in the file there is no area: an open ring is never closed by a line that
nobody drew.
"""

# pyosmium ships no types: what comes out of it is Any on purpose.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import osmium
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from data.osm.admin import AdminRelation
    from data.osm.blocks import Blocks
    from data.osm.pbf_loops import Ints

_UNITS_PER_DEGREE: Final = 1e7
_FARTHEST: Final = 1_800_000_000
_TAGS: Final = {"type": "multipolygon", "boundary": "administrative"}
_NONE: Final = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Border:
    """The border of a relation.

    ``area`` in degrees of WGS-84 is None where the border is cut off or its rings do not close.
    ``ways`` counts the ways of the border, ``ways_missing`` those that are not in the file,
    ``nodes_missing`` the corners of the others that are not. ``lonlat`` float64[n, 2] are the
    corners that are there.
    """

    area: BaseGeometry | None
    ways: int
    ways_missing: int
    nodes_missing: int
    lonlat: npt.NDArray[np.float64]

    @property
    def is_cut_off(self) -> bool:
        """Whether a part of the border is not in the file."""
        return bool(self.ways_missing or self.nodes_missing)


@dataclass(frozen=True, eq=False)
class Lines:
    """Ways by their id, and the places of their nodes in degrees (id ascending)."""

    refs: dict[int, Ints]
    node_id: Ints
    lonlat: npt.NDArray[np.float64]

    def rows(self, refs: Ints) -> Ints:
        """Give the row of each node, -1 where it is not in the file."""
        if not len(self.node_id):
            return np.full(len(refs), -1, dtype=np.int64)
        row = np.minimum(np.searchsorted(self.node_id, refs), len(self.node_id) - 1)
        return np.where(self.node_id[row] == refs, row, -1)


def read_lines(blocks: Blocks, ways: Sequence[int]) -> Lines:
    """Read some ways with the places of their nodes, without those that are not in the file."""
    wanted = np.unique(np.array(ways, dtype=np.int64))
    refs: dict[int, Ints] = {}
    placed: list[tuple[Ints, Ints, Ints]] = []
    for table in blocks.find("w", wanted):
        for row in np.flatnonzero(np.isin(table.ids, wanted)).tolist():
            part = slice(table.offset[row], table.offset[row + 1])
            refs[int(table.ids[row])] = table.refs[part]
            if len(table.x):  # a compact extract: the ways carry the places
                placed.append((table.refs[part], table.x[part], table.y[part]))
    corners = np.unique(np.concatenate([_NONE, *refs.values()]))
    if not placed:
        for table in blocks.find("n", corners):
            rows = np.isin(table.ids, corners)
            placed.append((table.ids[rows], table.x[rows], table.y[rows]))
    ids, x, y = (np.concatenate([_NONE, *(one[part] for one in placed)]) for part in range(3))
    there = np.abs(x) <= _FARTHEST  # a compact extract marks what it lacks by the largest number
    unique, first = np.unique(ids[there], return_index=True)
    lonlat = np.column_stack([x[there][first], y[there][first]]) / _UNITS_PER_DEGREE
    return Lines(refs, unique, lonlat)


def borders_of(
    blocks: Blocks, relations: Sequence[AdminRelation], *, folder: Path
) -> tuple[Border, ...]:
    """Read the borders of some relations; ``folder`` is for a file that is needed meanwhile."""
    lines = read_lines(blocks, [way for one in relations for way in one.ways])
    whole = [one for one in relations if _is_whole(one, lines)]
    areas = _assembled(whole, lines, folder / "borders.osm.pbf") if whole else {}
    return tuple(_border(one, lines, areas.get(one.id)) for one in relations)


def _is_whole(relation: AdminRelation, lines: Lines) -> bool:
    return bool(relation.ways) and all(
        way in lines.refs and (lines.rows(lines.refs[way]) >= 0).all() for way in relation.ways
    )


def _border(relation: AdminRelation, lines: Lines, area: BaseGeometry | None) -> Border:
    there = [lines.refs[way] for way in relation.ways if way in lines.refs]
    rows = lines.rows(np.concatenate([_NONE, *there]))
    return Border(
        area=area,
        ways=len(relation.ways),
        ways_missing=len(relation.ways) - len(there),
        nodes_missing=int((rows < 0).sum()),
        lonlat=lines.lonlat[rows[rows >= 0]],
    )


def _assembled(
    relations: Sequence[AdminRelation], lines: Lines, file: Path
) -> dict[int, BaseGeometry]:
    """Put the rings of relations together; one whose rings do not close or cross has no area."""
    ways = sorted({way for one in relations for way in one.ways})
    used = np.unique(lines.rows(np.concatenate([lines.refs[way] for way in ways])))
    make = osmium.osm.mutable
    with osmium.SimpleWriter(str(file), overwrite=True) as writer:
        for number, place in zip(
            lines.node_id[used].tolist(), lines.lonlat[used].tolist(), strict=True
        ):
            writer.add_node(make.Node(id=number, location=tuple(place)))
        for way in ways:
            writer.add_way(make.Way(id=way, nodes=lines.refs[way].tolist()))
        for one in relations:
            members = [("w", way, "outer") for way in one.ways]
            writer.add_relation(make.Relation(id=one.id, members=members, tags=_TAGS))
    factory, areas = osmium.geom.WKBFactory(), {}
    borders = osmium.filter.KeyFilter("boundary")  # an area has no key "type" any more
    thing: Any
    for thing in osmium.FileProcessor(str(file)).with_areas(borders).with_filter(borders):
        if not thing.is_area():
            continue
        try:
            area = shapely.from_wkb(factory.create_multipolygon(thing))
        except RuntimeError:  # no ring closes
            continue
        areas[int(thing.orig_id())] = shapely.make_valid(
            area, method="structure", keep_collapsed=False
        )
    return {number: area for number, area in areas.items() if area.area > 0}
