"""Provinces drawn by hand on a lattice: areas of unit squares whose borders share their ways."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import osmium
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Cell = tuple[int, int]
_LEFT, _BOTTOM, _STEP = 116.4, 33.4, 0.1
_RELATION, _WAY, _STREET = 900_000, 500_000, 700_000


@dataclass(frozen=True)
class Area:
    """An administrative area: its tags and the squares (column, row) that it holds."""

    tags: Mapping[str, str]
    cells: frozenset[Cell]
    parts: tuple[int, ...] = ()

    @property
    def ground(self) -> shapely.Geometry:
        """The union of its squares, in degrees: what no code of ours put together."""
        return shapely.union_all([square(cell) for cell in self.cells])


def area(level: int, cells: Iterable[Cell], *, parts: tuple[int, ...] = (), **tags: str) -> Area:
    """Make an area; a key of ``tags`` has two underscores for a colon."""
    words = {key.replace("__", ":"): value for key, value in tags.items()}
    return Area(
        {"type": "boundary", "boundary": "administrative", "admin_level": str(level), **words},
        frozenset(cells),
        parts,
    )


def cells(left: int, bottom: int, right: int, top: int) -> list[Cell]:
    """Give the squares of a rectangle, its right and top outside."""
    return [(x, y) for x in range(left, right) for y in range(bottom, top)]


def square(cell: Cell) -> shapely.Geometry:
    """Give a square of the lattice in degrees."""
    (left, bottom), (right, top) = corner(cell), corner((cell[0] + 1, cell[1] + 1))
    return shapely.box(left, bottom, right, top)


def corner(at: Cell) -> tuple[float, float]:
    """Give a corner of the lattice in degrees."""
    return round(_LEFT + _STEP * at[0], 7), round(_BOTTOM + _STEP * at[1], 7)


def _node(at: Cell) -> int:
    return 1_000 * (at[1] + 1) + at[0] + 1


def _sides(area: Area) -> list[tuple[Cell, Cell]]:
    """Give the sides of squares that have the area on one hand only."""
    sides: dict[tuple[Cell, Cell], int] = {}
    for x, y in area.cells:
        for side in (
            ((x, y), (x + 1, y)),
            ((x, y + 1), (x + 1, y + 1)),
            ((x, y), (x, y + 1)),
            ((x + 1, y), (x + 1, y + 1)),
        ):
            sides[side] = sides.get(side, 0) + 1
    return [side for side, times in sides.items() if times == 1]


@dataclass
class Province:
    """An extract in the making; ``without_ways`` and ``without_nodes`` are cut off from it."""

    areas: list[Area]
    streets: list[list[Cell]] = field(default_factory=list)
    places: list[tuple[Cell, Mapping[str, str]]] = field(default_factory=list)
    without_ways: set[tuple[Cell, Cell]] = field(default_factory=set)
    without_nodes: set[Cell] = field(default_factory=set)

    def relation_id(self, area: Area) -> int:
        """The id of an area's relation."""
        return _RELATION + self.areas.index(area)

    def way_id(self, side: tuple[Cell, Cell]) -> int:
        """The id of the way along a side, which all areas share."""
        return _WAY + self._sides().index(side)

    def _sides(self) -> list[tuple[Cell, Cell]]:
        return sorted({side for one in self.areas for side in _sides(one)})

    def write(self, path: Path, options: str = "") -> Path:
        """Write it, by the ending of the name, with libosmium's ``options`` for the file."""
        make, sides = osmium.osm.mutable, self._sides()
        corners = {at for side in sides for at in side} | {at for of in self.streets for at in of}
        tagged = dict(self.places)
        ends = "osm" if path.name.endswith(".osm") else "pbf"
        file = osmium.io.File(str(path), ends + (f",{options}" if options else ""))
        row = {side: _WAY + number for number, side in enumerate(sides)}
        with osmium.SimpleWriter(file, overwrite=True) as writer:
            for at in sorted(corners | set(tagged), key=_node):
                if at not in self.without_nodes:
                    tags = tagged.get(at, {})
                    writer.add_node(
                        make.Node(id=_node(at), version=1, location=corner(at), tags=tags)
                    )
            for side, number in row.items():
                if side not in self.without_ways:
                    refs = [_node(at) for at in side]
                    writer.add_way(make.Way(id=number, version=1, nodes=refs))
            for number, street in enumerate(self.streets):
                refs = [_node(at) for at in street]
                tags = {"highway": "residential"}
                writer.add_way(make.Way(id=_STREET + number, version=1, nodes=refs, tags=tags))
            for number, one in enumerate(self.areas):
                members = [("w", row[side], "outer") for side in _sides(one)]
                members += [("r", part, "subarea") for part in one.parts]
                writer.add_relation(
                    make.Relation(
                        id=_RELATION + number, version=1, members=members, tags=dict(one.tags)
                    )
                )
        return path


HUAIBEI = cells(0, 0, 4, 4)
SUIXI_EXCLAVE = (1, 2)  # a hole of Xiangshan, held by Suixi
XIANGSHAN = [cell for cell in cells(0, 1, 3, 4) if cell != SUIXI_EXCLAVE]
SUIXI = [*cells(0, 0, 4, 1), SUIXI_EXCLAVE]
DUJI = cells(3, 1, 4, 4)
LINQUAN = cells(5, 0, 6, 1)  # an exclave of Huaibei beyond Suzhou's strip


def huaibei(*, more: Iterable[Area] = ()) -> Province:
    """Two cities: Huaibei with a hole and an exclave, and Suzhou beside it, named in English."""
    return Province(
        [
            area(4, cells(0, 0, 6, 4), name="安徽省", name__en="Anhui", ref="340000"),
            area(
                5,
                [*HUAIBEI, *LINQUAN],
                name="淮北市",
                name__en="Huaibei",
                ref__admin__CN="340600",
            ),
            area(6, XIANGSHAN, name="相山区", ref__admin__CN="340602"),
            area(6, DUJI, name="杜集区", ref__admin__CN="340603"),
            area(6, [*SUIXI, *LINQUAN], name="濉溪县", alt_name="口子城;Suixi", ref="340621"),
            area(5, cells(4, 0, 5, 4), name="Suzhou City", official_name="宿州市"),
            area(6, cells(4, 0, 5, 4), name__en="Yongqiao District"),
            *more,
        ],
        streets=[[(0, 0), (1, 0), (1, 1)], [(1, 1), (2, 1), (3, 1)], [(4, 4), (5, 4)]],
        places=[((2, 2), {"amenity": "restaurant", "name": "面馆"})],
    )
