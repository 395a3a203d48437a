"""What the sample city's roads keep clear of: sunken mining ground under water, and hills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from data.sample.frame import rotation
from data.sample.lines import spline

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Centre (km in the frame), half length, half width (km), turn (degrees).
_LAKES = (
    (43.0, 73.2, 1.25, 0.75, 25.0),  # beside the old coal town
    (41.2, 70.2, 1.05, 0.55, -20.0),
    (37.2, 67.6, 1.15, 0.50, 5.0),  # between city and county town
    (46.9, 79.2, 0.90, 0.60, 60.0),
    (49.6, 90.2, 1.20, 0.70, 75.0),
    (51.4, 62.6, 1.30, 0.80, 110.0),
    (45.6, 61.2, 0.80, 0.50, 20.0),
    (30.6, 52.6, 1.20, 0.60, 150.0),
    (22.6, 44.2, 1.10, 0.70, 40.0),
    (33.6, 30.2, 1.20, 0.60, 100.0),
    (27.2, 17.6, 0.90, 0.50, 70.0),
)
_HILLS = (
    (34.0, 78.9, 1.80, 0.65, 62.0),  # above the city, north-west
    (47.6, 94.6, 2.20, 0.75, 80.0),
    (52.4, 85.6, 2.30, 0.75, 105.0),
    (55.0, 69.4, 2.60, 0.95, 85.0),
    (52.6, 58.0, 1.70, 0.70, 70.0),
)
_RIVER_KM = (
    (49.6, 97.6), (49.0, 93.4), (45.0, 87.6), (42.4, 83.0), (40.4, 79.6), (40.0, 76.6),
    (39.9, 73.4), (38.9, 70.6), (39.6, 67.6), (37.0, 63.4), (35.0, 58.0), (31.8, 49.6),
    (28.6, 41.4), (25.6, 33.0), (24.4, 24.0), (27.0, 12.0), (27.4, 0.0),
)  # fmt: skip
RIVER_HALF_M = 34.0
_CORNERS = 56
_LAKE_MARGIN_M = 70.0


@dataclass(frozen=True, eq=False)
class Terrain:
    """Lakes and hills as polygons in the frame, with a circle around each for wide detours."""

    lakes: tuple[shapely.Polygon, ...]
    hills: tuple[shapely.Polygon, ...]
    river: shapely.LineString
    centres_m: NDArray[np.float64]  # [n, 2], lakes first
    half_axes_m: NDArray[np.float64]  # [n, 2]
    turns_deg: NDArray[np.float64]  # [n]

    @property
    def closed(self) -> shapely.Geometry:
        """The ground no ordinary street crosses: lakes with their shore, and hills."""
        shores = shapely.buffer(list(self.lakes), _LAKE_MARGIN_M)
        return shapely.union_all([*shores, *self.hills])

    @property
    def water(self) -> shapely.Geometry:
        """The river's bed, which only greater roads cross."""
        return shapely.buffer(self.river, RIVER_HALF_M)

    def around(self, lines_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bend lines, shape [n, points, 2], in wide curves around what they would cross.

        The points of a line move along the normal of its chord, all to the side on which the line
        already passes, by a bell-shaped amount; ends stay.
        """
        bent = np.array(lines_m, dtype=np.float64)
        chord = bent[:, -1] - bent[:, 0]
        reach = np.linalg.norm(chord, axis=1, keepdims=True)
        along = chord / reach
        normal = np.column_stack([-along[:, 1], along[:, 0]])
        share = np.linspace(0.0, 1.0, bent.shape[1])
        taper = np.minimum(1.0, np.minimum(share, 1.0 - share) / 0.08)
        for centre, halves, turn in zip(
            self.centres_m, self.half_axes_m, self.turns_deg, strict=True
        ):
            axes = rotation(turn)
            need = np.hypot(normal @ axes[0] * halves[0], normal @ axes[1] * halves[1]) + 260.0
            wide = np.hypot(along @ axes[0] * halves[0], along @ axes[1] * halves[1]) + 260.0
            offset = bent - centre
            ahead = np.einsum("npk,nk->np", offset, along)
            beside = np.einsum("npk,nk->np", offset, normal)
            nearest = np.argmin(np.abs(ahead), axis=1)
            rows = np.arange(len(bent))
            passing = beside[rows, nearest]
            near = np.abs(ahead[rows, nearest]) < wide
            lacks = np.where(near, np.maximum(0.0, need - np.abs(passing)), 0.0)
            side = np.where(passing >= 0.0, 1.0, -1.0)
            bell = np.exp(-((ahead / (1.25 * wide[:, None])) ** 2))
            push = (side * lacks)[:, None] * bell * taper
            bent += push[..., None] * normal[:, None, :]
        return bent


def _blob(
    centre: NDArray[np.float64],
    halves: NDArray[np.float64],
    turn: float,
    rng: np.random.Generator,
) -> shapely.Polygon:
    """Draw an ellipse with an uneven shore."""
    angle = np.linspace(0.0, 2.0 * np.pi, _CORNERS, endpoint=False)
    radius = np.full(_CORNERS, 0.88)
    for order in range(2, 8):
        size = 0.22 / order
        radius += rng.normal(0.0, size) * np.cos(order * angle + rng.uniform(0.0, 2.0 * np.pi))
    radius = np.clip(radius, 0.6, 1.15)
    local = np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None] * halves
    return shapely.Polygon(local @ rotation(turn) + centre)


def draw_terrain(rng: np.random.Generator) -> Terrain:
    """Draw the lakes and hills, each a little different for every seed."""
    rows = np.array(_LAKES + _HILLS)
    centres = rows[:, :2] * 1000.0 + rng.uniform(-150.0, 150.0, (len(rows), 2))
    halves = rows[:, 2:4] * 1000.0 * rng.uniform(0.9, 1.1, (len(rows), 2))
    shapes = [
        _blob(centre, half, float(turn), rng)
        for centre, half, turn in zip(centres, halves, rows[:, 4], strict=True)
    ]
    course = spline(np.array(_RIVER_KM) * 1000.0, per_leg=3)
    bends = course + rng.normal(0.0, 260.0, course.shape)
    return Terrain(
        lakes=tuple(shapes[: len(_LAKES)]),
        hills=tuple(shapes[len(_LAKES) :]),
        river=shapely.LineString(spline(bends, per_leg=8)),
        centres_m=centres,
        half_axes_m=halves,
        turns_deg=rows[:, 4],
    )
