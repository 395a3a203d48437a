"""The sample city's four districts: true sizes, natural borders, no gap and no overlap.

The borders are arcs between six corners where districts meet. An arc is drawn once and used by
both neighbours, so the districts fit exactly; arcs are then moved a little, again and again, until
each district has its true area.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from data.sample.lines import spline
from geo.errors import InputError
from geo.messages import say

Points = NDArray[np.float64]

DISTRICTS: tuple[tuple[str, str, str, float], ...] = (
    ("相山区", "Xiangshan", "340603", 141.0),
    ("杜集区", "Duji", "340602", 238.0),
    ("烈山区", "Lieshan", "340604", 387.0),
    ("濉溪县", "Suixi", "340621", 1979.0),
)
"""Name, English name, code by GB/T 2260 and true area in square kilometres."""

_CORNERS_KM = {
    "north-west": (32.2, 81.4),
    "north": (41.2, 83.0),
    "middle": (44.2, 75.6),
    "south": (40.6, 68.4),
    "east": (56.0, 77.0),
    "south-east": (53.4, 51.6),
}

# From corner to corner: the waypoints between, and the districts on the left and on the right
# (None outside the city).
_ARCS: tuple[
    tuple[str, str, tuple[tuple[float, float], ...], str | None, str | None], ...
] = (
    ("north-west", "north", ((34.4, 83.6), (38.0, 84.0)), None, "相山区"),
    ("north", "middle", ((42.0, 80.4), (44.6, 78.6)), "杜集区", "相山区"),
    ("middle", "south", ((43.2, 72.8), (43.8, 70.0)), "烈山区", "相山区"),
    ("south", "north-west", ((37.0, 68.6), (32.6, 68.8), (30.6, 72.4), (30.2, 76.6)),
     "濉溪县", "相山区"),
    ("north", "east", ((41.4, 86.4), (42.0, 91.4), (44.6, 96.6), (46.6, 102.6), (50.2, 102.4),
                       (51.2, 95.6), (53.6, 89.4), (55.2, 83.0)), None, "杜集区"),
    ("middle", "east", ((47.6, 76.4), (51.8, 75.2)), "杜集区", "烈山区"),
    ("east", "south-east", ((58.8, 72.6), (59.2, 65.6), (57.4, 58.0)), None, "烈山区"),
    ("south", "south-east", ((40.6, 63.8), (41.4, 57.6), (46.6, 53.0)), "烈山区", "濉溪县"),
    ("south-east", "north-west",
     ((50.0, 45.6), (48.6, 38.0), (46.0, 28.6), (42.6, 19.6), (40.0, 11.2), (36.0, 4.6),
      (29.0, 2.2), (24.6, 6.6), (22.6, 14.0), (18.4, 21.0), (16.2, 29.4), (13.2, 37.4),
      (7.8, 43.0), (3.2, 49.2), (6.4, 55.6), (12.2, 61.6), (16.6, 68.2), (21.8, 74.0),
      (26.2, 79.6)), None, "濉溪县"),
)  # fmt: skip

_ROUNDS = 60
_DRAWS = 50
_AREA_TOLERANCE = 1e-3
_GRAIN_M = 220.0
_SMOOTH_POINTS = 10.0


@dataclass(frozen=True, eq=False)
class DistrictShapes:
    """The four districts in the drawing frame, in the order of `DISTRICTS`."""

    polygons: tuple[shapely.Polygon, ...]

    @property
    def outline(self) -> shapely.Polygon:
        """The whole city."""
        whole = shapely.union_all(list(self.polygons))
        if not isinstance(whole, shapely.Polygon):
            raise TypeError("the districts do not form one piece")
        return whole


def _rough(line: Points, rng: np.random.Generator) -> Points:
    """Bend a smooth arc as brooks and field edges bend borders; the ends stay."""
    smooth = shapely.LineString(line)
    length = smooth.length
    at = np.linspace(0.0, length, max(8, int(length / _GRAIN_M)))
    xy = shapely.get_coordinates(shapely.line_interpolate_point(smooth, at))
    normal = np.gradient(xy, axis=0)[:, ::-1] * [1.0, -1.0]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    bend = np.zeros(len(at))
    for wave_m, push_m in ((9000.0, 420.0), (4200.0, 200.0), (2200.0, 110.0), (1100.0, 45.0)):
        knots = np.arange(0.0, length + 2 * wave_m, wave_m / 2)
        bend += np.interp(at, knots, rng.normal(0.0, push_m, len(knots)))
    taper = np.minimum(1.0, np.minimum(at, length - at) / 1500.0)
    return np.asarray(xy + normal * (bend * taper)[:, None])


def _rings(arcs: list[Points]) -> list[Points]:
    """Chain the arcs around each district into one closed ring."""
    rings = []
    for name, *_ in DISTRICTS:
        pieces = {}
        for (start, end, _, left, right), xy in zip(_ARCS, arcs, strict=True):
            if left == name:
                pieces[end] = (start, xy[::-1])
            elif right == name:
                pieces[start] = (end, xy)
        corner = next(iter(pieces))
        ring = []
        for _ in range(len(pieces)):
            corner, xy = pieces[corner]
            ring.append(xy[:-1])
        rings.append(np.concatenate(ring))
    return rings


def _nudged(arcs: list[Points], wanted_m2: Points, areas_m2: Points) -> list[Points]:
    """Move each arc toward the neighbour that has too much; its ends stay."""
    index = {name: i for i, (name, *_) in enumerate(DISTRICTS)}
    lack = wanted_m2 - areas_m2
    moved = []
    for (_, _, _, left, right), xy in zip(_ARCS, arcs, strict=True):
        step = np.gradient(gaussian_filter1d(xy, _SMOOTH_POINTS, axis=0, mode="nearest"), axis=0)
        step /= np.linalg.norm(step, axis=1, keepdims=True)
        to_left = np.column_stack([-step[:, 1], step[:, 0]])
        lacks = (lack[index[right]] if right else 0.0) - (lack[index[left]] if left else 0.0)
        length = float(np.linalg.norm(np.diff(xy, axis=0), axis=1).sum())
        share = 0.5 if left is None else 0.15
        window = np.sin(np.linspace(0.0, np.pi, len(xy))) ** 0.5
        moved.append(xy + to_left * (share * lacks / length * window)[:, None])
    return moved


def _settled(rng: np.random.Generator) -> list[shapely.Polygon] | None:
    """Draw borders once and fit the areas; None when they do not settle or cross themselves."""
    arcs = []
    for start, end, between, _, _ in _ARCS:
        waypoints = np.array([_CORNERS_KM[start], *between, _CORNERS_KM[end]]) * 1000.0
        arcs.append(_rough(spline(waypoints, per_leg=12), rng))
    wanted = np.array([area for *_, area in DISTRICTS]) * 1e6
    for _ in range(_ROUNDS):
        polygons = [shapely.Polygon(ring) for ring in _rings(arcs)]
        areas = np.array([polygon.area for polygon in polygons])
        if np.all(np.abs(areas / wanted - 1.0) < _AREA_TOLERANCE):
            return polygons if all(polygon.is_valid for polygon in polygons) else None
        arcs = _nudged(arcs, wanted, areas)
    return None


def draw_districts(rng: np.random.Generator) -> DistrictShapes:
    """Draw the districts so that each has its true area within a thousandth.

    Raises
    ------
    InputError
        When no draw's borders settle, which no tried seed has shown.
    """
    for _ in range(_DRAWS):
        polygons = _settled(rng)
        if polygons is not None:
            return DistrictShapes(tuple(polygons))
    raise InputError(say("the sample city's borders did not settle: choose another seed"))
