"""The motorway: two carriageways across the city, and ramps where great roads cross it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from data.sample.graph import GRID_M
from data.sample.lines import CODE, Lines, hermite, of_geometry, spline

if TYPE_CHECKING:
    from numpy.typing import NDArray

WAYPOINTS_KM = (
    (0.0, 49.6), (8.0, 52.0), (17.0, 55.0), (25.0, 56.8), (33.0, 56.4), (40.0, 55.0),
    (47.0, 54.2), (53.0, 54.6), (60.0, 56.0),
)  # fmt: skip

_ASIDE_M = 15.0
_RAMP_M = 560.0
_FOOT_M = 190.0
_INTERCHANGES = 5
_INTERCHANGE_GAP_M = 5_000.0
_BORDER_M = 350.0


@dataclass(frozen=True, eq=False)
class Motorway:
    """The carriageways, which meet no street, and the ramps, which do."""

    middle: shapely.LineString
    carriageways: Lines
    ramps: Lines


def middle_line(outline: shapely.Polygon) -> shapely.LineString:
    """Draw the motorway's middle from border to border, running east."""
    line = shapely.LineString(spline(np.array(WAYPOINTS_KM) * 1000.0, per_leg=30))
    parts = shapely.get_parts(shapely.intersection(line, shapely.buffer(outline, -_BORDER_M)))
    longest = parts[int(np.argmax(shapely.length(parts)))]
    return shapely.LineString(longest)


def draw_motorway(middle: shapely.LineString, roads: Lines) -> Motorway:
    """Draw the carriageways, and ramps at some of the greater roads that cross the middle.

    At both ends, where a real extract would be cut off, a link turns back.
    """
    beside = {side: shapely.offset_curve(middle, side * _FOOT_M) for side in (1.0, -1.0)}
    crossing = shapely.intersects(roads.geometry, middle) & (roads.highway <= CODE["secondary"])
    great = roads[crossing]
    spots: list[float] = []
    ramps: list[NDArray[np.float64]] = []
    for road in great.geometry[np.argsort(great.highway, kind="stable")]:
        at = middle.project(shapely.centroid(shapely.intersection(road, middle)))
        feet = {side: shapely.intersection(road, line) for side, line in beside.items()}
        room = _RAMP_M * 1.5 < at < middle.length - _RAMP_M * 1.5
        plain = all(isinstance(foot, shapely.Point) for foot in feet.values())
        alone = all(abs(at - spot) > _INTERCHANGE_GAP_M for spot in spots)
        if room and plain and alone and len(spots) < _INTERCHANGES:
            spots.append(float(at))
            ramps.extend(_diamond(middle, float(at), feet))
    cuts = sorted({0.0, middle.length, *(s + d for s in spots for d in (-_RAMP_M, _RAMP_M))})
    return Motorway(middle, _carriageways(middle, cuts), _one_way(ramps, "motorway_link"))


def _carriageways(middle: shapely.LineString, cuts: list[float]) -> Lines:
    """Draw both carriageways in parts from cut to cut, and the links back at the ends."""
    ways: list[NDArray[np.float64]] = []
    for side in (-1.0, 1.0):
        for one, two in itertools.pairwise(cuts):
            a, b = (_snapped(_beside(middle, at, side)) for at in (one, two))
            between = [_beside(middle, at, side) for at in np.linspace(one, two, 40)[1:-1]]
            way = np.array([a, *between, b])
            ways.append(way if side < 0.0 else way[::-1])
    turns = [
        np.array([_snapped(_beside(middle, at, side)) for side in sides])
        for at, sides in ((middle.length, (-1.0, 1.0)), (0.0, (1.0, -1.0)))
    ]
    words = ["motorway"] * len(ways) + ["motorway_link"] * len(turns)
    return _one_way([*ways, *turns], words)


def _one_way(ways: list[NDArray[np.float64]], words: str | list[str]) -> Lines:
    lines = of_geometry(np.array([shapely.LineString(way) for way in ways], dtype=object), words)
    return replace(lines, one_way=np.ones(len(lines), dtype=bool))


def _snapped(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.round(xy / GRID_M) * GRID_M)


def _heading(middle: shapely.LineString, at: float) -> NDArray[np.float64]:
    before, after = (
        shapely.get_coordinates(middle.interpolate(at + step))[0] for step in (-5.0, 5.0)
    )
    return np.asarray((after - before) / np.linalg.norm(after - before))


def _beside(middle: shapely.LineString, at: float, side: float) -> NDArray[np.float64]:
    """Give the point of the carriageway on a side (+1 left of the middle, -1 right)."""
    along = _heading(middle, at)
    here = shapely.get_coordinates(middle.interpolate(at))[0]
    return np.asarray(here + side * _ASIDE_M * np.array([-along[1], along[0]]))


def _diamond(
    middle: shapely.LineString, at: float, feet: dict[float, shapely.Point]
) -> list[NDArray[np.float64]]:
    """Draw the four ramps of a diamond interchange, each in the direction of travel."""
    ramps = []
    for side, foot in feet.items():
        base = shapely.get_coordinates(foot)[0]
        for step in (-_RAMP_M, _RAMP_M):
            tip = _snapped(_beside(middle, at + step, side))
            along = _heading(middle, at + step) * np.sign(-step)
            out = (base - shapely.get_coordinates(middle.interpolate(at))[0]) / _FOOT_M
            curve = hermite(
                tip[None], base[None], along[None] * 500.0, (along + out)[None] * 160.0, points=14
            )[0]
            # The right carriageway runs with the middle, the left one against it.
            leaves = (step < 0.0) == (side < 0.0)
            ramps.append(curve if leaves else curve[::-1])
    return ramps
