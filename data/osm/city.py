"""A city out of an extract: its border and its districts, and what of them is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely

from data.osm.admin import find_relations, near_names, read_admin_relations
from data.osm.borders import Border, borders_of, read_lines
from geo.errors import FileFormatError, InputError
from geo.measure import Box
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from data.osm.admin import AdminRelation
    from data.osm.blocks import Blocks

_MOSTLY: Final = 0.5  # of a district's ground lies in its city
_WAYS_TO_SAMPLE: Final = 3
_MOST_NAMED: Final = 12

Reason = Literal["cut off", "open", "not in the file"]


@dataclass(frozen=True)
class LeftOut:
    """A district whose area cannot be had: ``name`` is empty where even the relation is missing.

    "cut off": part of the border is not in the file; "open": its rings do not close or cross each
    other; "not in the file": the city names a part that is not there.
    """

    id: int
    name: str
    reason: Reason


@dataclass(frozen=True, eq=False)
class CityBorders:
    """A city's relation and area (WGS-84 degrees), and its districts by name.

    ``level`` is that of the districts, None where the extract holds none inside the city.
    ``others`` are relations whose name fits as well, of other levels.
    """

    relation: AdminRelation
    area: BaseGeometry
    districts: Mapping[str, BaseGeometry]
    level: int | None
    left_out: tuple[LeftOut, ...]
    others: tuple[AdminRelation, ...]

    @property
    def box(self) -> Box:
        """The box around city and districts."""
        bounds = np.array([shapely.bounds(one) for one in (self.area, *self.districts.values())])
        left, bottom = bounds[:, :2].min(axis=0).tolist()
        right, top = bounds[:, 2:].max(axis=0).tolist()
        return Box(left, bottom, right, top)


def find_city(blocks: Blocks, asked: str, *, named: Path, folder: Path) -> CityBorders:
    """Find a city by name, code or relation (``r123``), with its districts.

    FileFormatError where the file ``named`` holds no administrative relations, or cuts off the
    city's border; InputError where no relation has that name, or two have it.
    """
    relations = read_admin_relations(blocks)
    if not relations:
        raise FileFormatError(
            say(
                "{file}: holds no administrative borders (relations with boundary=administrative):"
                " take an extract that has them, or make the city with --box or --districts",
                file=named,
            )
        )
    best, others = find_relations(relations, asked)
    if len(best) != 1:
        raise _which(relations, best, asked, named)
    relation = best[0]
    (border,) = borders_of(blocks, best, folder=folder)
    if border.area is None:
        raise _no_area(relation, border, named)
    level, districts, left_out = _districts(blocks, relations, relation, border.area, folder=folder)
    return CityBorders(relation, border.area, districts, level, left_out, others)


def _which(
    relations: Sequence[AdminRelation], best: Sequence[AdminRelation], asked: str, named: Path
) -> InputError:
    """Say why a name leads to no city: there are several, or only near ones, or others."""
    if best:
        listed = "; ".join(one.says() for one in best[:_MOST_NAMED])
        return InputError(
            say(
                "{file}: {n} areas are named {city}: {listed}: take one by --city rNUMBER",
                file=named,
                n=len(best),
                city=asked,
                listed=listed,
            )
        )
    near = near_names(relations, asked)
    if near:
        return InputError(
            say(
                "{file}: no area is named {city}: did you mean {near}?",
                file=named,
                city=asked,
                near=", ".join(near),
            )
        )
    first = min((one.level for one in relations if one.level >= 5), default=relations[0].level)  # noqa: PLR2004 - a city's level in China
    names = [one.name for one in relations if one.level == first]
    return InputError(
        say(
            "{file}: no area is named {city}; there are {names}",
            file=named,
            city=asked,
            names=", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else ""),
        )
    )


def _no_area(relation: AdminRelation, border: Border, named: Path) -> FileFormatError:
    if border.is_cut_off:
        return FileFormatError(
            say(
                "{file}: cuts off the border of {city}: {missing} of its {ways} ways and {corners}"
                " corners of the others are not in the file: take a larger extract",
                file=named,
                city=relation.says(),
                missing=border.ways_missing,
                ways=border.ways,
                corners=border.nodes_missing,
            )
        )
    return FileFormatError(
        say(
            "{file}: the border of {city} does not close or crosses itself: take an extract of"
            " another day, or its districts from a file with --districts",
            file=named,
            city=relation.says(),
        )
    )


def _districts(
    blocks: Blocks,
    relations: Sequence[AdminRelation],
    city: AdminRelation,
    area: BaseGeometry,
    *,
    folder: Path,
) -> tuple[int | None, dict[str, BaseGeometry], tuple[LeftOut, ...]]:
    """Give the districts of the first level below the city's at which there are any."""
    known = {one.id for one in relations}
    absent = tuple(LeftOut(part, "", "not in the file") for part in city.parts if part not in known)
    for level in sorted({one.level for one in relations if one.level > city.level}):
        near = _near(blocks, [one for one in relations if one.level == level], city, area)
        inside: list[tuple[AdminRelation, BaseGeometry]] = []
        left_out: list[LeftOut] = []
        for one, border in zip(near, borders_of(blocks, near, folder=folder), strict=True):
            if border.area is not None:
                shared = shapely.intersection(border.area, area).area
                if shared > _MOSTLY * border.area.area:
                    inside.append((one, border.area))
            elif one.id in city.parts or _reaches_inside(border, area):
                reason: Reason = "cut off" if border.is_cut_off else "open"
                left_out.append(LeftOut(one.number, one.name, reason))
        if inside or left_out:
            return level, _by_name(inside), (*left_out, *absent)
    return None, {}, absent


def _near(
    blocks: Blocks, relations: Sequence[AdminRelation], city: AdminRelation, area: BaseGeometry
) -> list[AdminRelation]:
    """Keep relations that have a piece of border in the city's box, by the first ways of each."""
    lines = read_lines(blocks, [way for one in relations for way in one.ways[:_WAYS_TO_SAMPLE]])
    left, bottom, right, top = shapely.bounds(area)
    lon, lat = lines.lonlat[:, 0], lines.lonlat[:, 1]
    inside = (lon >= left) & (lon <= right) & (lat >= bottom) & (lat <= top)

    def is_near(one: AdminRelation) -> bool:
        sampled = [lines.refs[way] for way in one.ways[:_WAYS_TO_SAMPLE] if way in lines.refs]
        rows = [lines.rows(refs) for refs in sampled]
        return any(inside[row[row >= 0]].any() for row in rows) or one.id in city.parts

    return [one for one in relations if is_near(one)]


def _reaches_inside(border: Border, area: BaseGeometry) -> bool:
    """Tell whether a corner lies in the city, and not only on the border that it shares."""
    shapely.prepare(area)
    return bool(shapely.contains_properly(area, shapely.points(border.lonlat)).any())


def _by_name(inside: Sequence[tuple[AdminRelation, BaseGeometry]]) -> dict[str, BaseGeometry]:
    """Name the districts; of two with one name each has its code or relation behind it."""
    names = [one.name for one, _ in inside]
    return {
        one.name if names.count(one.name) == 1 else f"{one.name} {one.adcode or one.number}": area
        for one, area in inside
    }
