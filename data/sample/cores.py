"""Built-up cores: the city, the county town, smaller towns and industrial parks, street by street.

A core is a grid of main streets that is turned, bent and uneven, thinned toward its ragged edge.
Its gates are the ends of its greater streets, where roads from elsewhere arrive.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample.frame import Warp, rotation
from data.sample.lines import CODE, Lines, plain_lines, together

Points = NDArray[np.float64]

_POINTS_PER_SEGMENT = 7
_OUTLINE_CORNERS = 72
_MIDDLING = 0.55  # of the streets that are not great ones


@dataclass(frozen=True)
class CorePlan:
    """What is decided about a core before it is drawn.

    Lengths are in metres, angles in degrees, block areas in hectares. ``spacing_m`` and
    ``block_ha`` give the value at the centre and at the edge. Every ``primary_every``-th street is
    a great one; ``ring`` is the index of the grid lines that form the ring road, 0 for none.
    """

    name: str
    centre_m: tuple[float, float]
    radius_m: float
    angle_deg: float
    spacing_m: tuple[float, float]
    block_ha: tuple[float, float]
    classes: tuple[str, str, str] = ("primary", "secondary", "tertiary")
    primary_every: int = 3
    ring: int = 0
    stretch: float = 1.0
    thinning: float = 0.4
    ragged: float = 0.26

    def __post_init__(self) -> None:
        if min(self.radius_m, *self.spacing_m, *self.block_ha, self.stretch) <= 0.0:
            raise ValueError(f"core {self.name}: lengths and areas must be positive")


@dataclass(frozen=True, eq=False)
class Core:
    """A drawn core: main streets, outline, gates and the outward direction at each gate."""

    plan: CorePlan
    streets: Lines
    outline: shapely.Polygon
    gates_m: Points
    outward: Points

    def block_m2(self, xy_m: Points) -> Points:
        """Give the wanted block area at points, square metres."""
        inner, outer = self.plan.block_ha
        away = np.linalg.norm(xy_m - self.plan.centre_m, axis=1) / self.plan.radius_m
        return np.asarray(inner * (outer / inner) ** np.clip(away, 0.0, 1.0) * 1e4)


def draw_outline(plan: CorePlan, rng: np.random.Generator) -> shapely.Polygon:
    """Draw the ragged edge of a core."""
    angle = np.linspace(0.0, 2.0 * np.pi, _OUTLINE_CORNERS, endpoint=False)
    radius = np.ones(_OUTLINE_CORNERS)
    for order in range(2, 10):
        size = plan.ragged / order
        radius += rng.normal(0.0, size) * np.cos(order * angle + rng.uniform(0.0, 2.0 * np.pi))
    radius = np.clip(radius, 0.62, 1.3) * plan.radius_m
    local = np.column_stack([np.cos(angle) * plan.stretch, np.sin(angle) / plan.stretch])
    return shapely.Polygon(local * radius[:, None] @ rotation(plan.angle_deg) + plan.centre_m)


def _offsets(plan: CorePlan, rng: np.random.Generator, reach_m: float) -> Points:
    """Place grid lines from the middle outward, wider and wider; the middle one at 0."""
    near, far = plan.spacing_m
    sides = []
    for _ in range(2):
        at, side = 0.0, []
        while at < reach_m:
            step = near + (far - near) * min(1.0, at / plan.radius_m)
            at += step * rng.uniform(0.78, 1.25)
            side.append(at)
        sides.append(side)
    return np.array([-x for x in reversed(sides[0])] + [0.0] + sides[1])


def _street_classes(
    plan: CorePlan, offsets: Points, rng: np.random.Generator
) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Give each grid line its class and its signed index from the middle."""
    index = np.arange(len(offsets)) - int(np.argmin(np.abs(offsets)))
    great, middle, small = (CODE[word] for word in plan.classes)
    kind = np.where(rng.random(len(offsets)) < _MIDDLING, middle, small)
    kind[index % plan.primary_every == 0] = great
    return kind.astype(np.int8), index


def _segments(
    plan: CorePlan,
    own: Points,
    other: Points,
    kind: NDArray[np.int8],
    index: NDArray[np.int64],
    *,
    upright: bool,
    rng: np.random.Generator,
) -> tuple[Points, NDArray[np.int8], NDArray[np.int32]]:
    """Cut grid lines at their crossings and thin the smaller ones toward the edge."""
    share = np.linspace(0.0, 1.0, _POINTS_PER_SEGMENT)
    starts, ends = other[:-1], other[1:]
    along = starts[:, None] + (ends - starts)[:, None] * share
    shape = (len(own), len(starts), _POINTS_PER_SEGMENT)
    fixed = np.broadcast_to(own[:, None, None], shape)
    moving = np.broadcast_to(along[None], shape)
    local = np.stack([fixed, moving] if upright else [moving, fixed], axis=-1)
    away = np.linalg.norm(local[:, :, _POINTS_PER_SEGMENT // 2], axis=-1) / plan.radius_m
    risk = plan.thinning * np.clip(away - 0.25, 0.0, 1.0)
    codes = np.broadcast_to(kind[:, None], shape[:2]).copy()
    if plan.ring:
        inner = np.abs(np.arange(len(other)) - int(np.argmin(np.abs(other))))
        within = (inner[:-1] <= plan.ring) & (inner[1:] <= plan.ring)
        codes[np.ix_(np.abs(index) == plan.ring, within)] = CODE["trunk"]
    great = np.broadcast_to((index % plan.primary_every == 0)[:, None], shape[:2])
    keep = (rng.random(shape[:2]) > risk) | great | (codes <= CODE["primary"])
    street = np.broadcast_to(np.arange(len(own))[:, None], shape[:2])
    return local[keep], codes[keep], street[keep].astype(np.int32)


def _gates(plan: CorePlan, streets: Lines, outline: shapely.Polygon) -> tuple[Points, Points]:
    """Find where great streets leave the outline, and which way they look there."""
    great = streets[streets.highway == CODE[plan.classes[0]]]
    edge = outline.boundary
    ends, looks = [], []
    for line in great.geometry:
        xy = shapely.get_coordinates(line)
        for tip, before in ((xy[-1], xy[-2]), (xy[0], xy[1])):
            if shapely.distance(shapely.Point(tip), edge) < 1.0:
                ends.append(tip)
                looks.append((tip - before) / np.linalg.norm(tip - before))
    return np.array(ends).reshape(-1, 2), np.array(looks).reshape(-1, 2)


def draw_core(
    plan: CorePlan,
    rng: np.random.Generator,
    *,
    outline: shapely.Polygon | None = None,
    keep_off: shapely.Geometry | None = None,
) -> Core:
    """Draw a core's main streets inside its outline, clear of the ground ``keep_off``."""
    outline = draw_outline(plan, rng) if outline is None else outline
    reach = 1.45 * plan.radius_m * max(plan.stretch, 1.0 / plan.stretch)
    warp = Warp.drawn(rng, lengths_m=(1.1 * plan.radius_m, 2.6 * plan.radius_m), slope=0.1, count=6)
    u, v = _offsets(plan, rng, reach), _offsets(plan, rng, reach)
    parts = []
    for own, other, upright in ((u, v, True), (v, u, False)):
        kind, index = _street_classes(plan, own, rng)
        local, codes, street = _segments(plan, own, other, kind, index, upright=upright, rng=rng)
        xy = warp(local.reshape(-1, 2) @ rotation(plan.angle_deg)) + plan.centre_m
        xy = xy - (warp(np.zeros((1, 2))))
        geometry = np.asarray(shapely.linestrings(xy.reshape(local.shape)))
        lines = plain_lines(geometry, codes, street)
        parts.append(replace(lines, dual=codes == CODE["trunk"]))
    streets = together(parts)
    streets = streets.with_geometry(shapely.intersection(streets.geometry, outline))
    if keep_off is not None:
        streets = streets.with_geometry(shapely.difference(streets.geometry, keep_off))
    gates, outward = _gates(plan, streets, outline)
    return Core(plan, streets, outline, gates, outward)
