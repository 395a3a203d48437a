"""The city's own roads as a base map: three grey classes, joined, simplified and kept small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo.profiles import HIGHWAY_CLASSES

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.network import RoadNetwork

_MAJOR: Final = frozenset({"motorway", "trunk", "primary"})
_MIDDLE: Final = frozenset({"secondary", "tertiary", "motorway_link", "trunk_link", "primary_link"})
_FOOTWAYS: Final = frozenset(
    {"footway", "path", "steps", "platform", "bridleway", "cycleway", "track", "service", "ferry"}
)
_TIERS: Final = (
    (1, 2.6, _MAJOR),
    (2, 1.6, _MIDDLE),
    (3, 1.1, frozenset(HIGHWAY_CLASSES) - _MAJOR - _MIDDLE - _FOOTWAYS),
    (3, 0.5, _FOOTWAYS),
)
ROAD_TIERS: Final = [
    {"tone": tone, "width": width, "classes": sorted(classes)} for tone, width, classes in _TIERS
]
"""The same for `static/roadmap.js`: the great roads first, the footways last."""
_METRES_A_DEGREE: Final = 111_195.0
_DIGITS: Final = 5  # a metre


@dataclass(frozen=True, eq=False)
class RoadLines:
    """Roads of one grey: ``tone`` 1 (major) to 3, ``width`` in pixels at zoom 12.5, ``lines``.

    ``lines`` is a tuple of float64[n, 2] arrays, WGS-84 degrees.
    """

    tone: int
    width: float
    lines: tuple[npt.NDArray[np.float64], ...]

    @property
    def n_points(self) -> int:
        """Points of all lines together."""
        return sum(map(len, self.lines))

    def as_feature(self) -> dict[str, Any]:
        """Return the roads as one GeoJSON feature that tells its grey and its width."""
        return {
            "type": "Feature",
            "id": f"roads-{self.tone}-{self.width}",
            "geometry": {
                "type": "MultiLineString",
                "coordinates": [np.round(line, _DIGITS).tolist() for line in self.lines],
            },
            "properties": {"road": self.tone, "width": self.width},
        }


def road_lines(
    network: RoadNetwork, *, most_points: int = 60_000, tolerance_m: float = 6.0
) -> tuple[RoadLines, ...]:
    """Return the roads to draw, the smallest first so that the large lie on top.

    Lines are simplified to ``tolerance_m``. Footways and yards, then small streets, are left out
    where all of them together would have more than ``most_points`` points; major roads stay always.
    """
    drawn: list[RoadLines] = []
    left = most_points
    for tone, width, classes in _TIERS:
        made = RoadLines(tone, width, _joined(network, classes, tolerance_m=tolerance_m))
        left -= made.n_points
        if left < 0 and drawn:
            break
        if made.lines:
            drawn.append(made)
    return tuple(reversed(drawn))


def _joined(
    network: RoadNetwork, classes: frozenset[str], *, tolerance_m: float
) -> tuple[npt.NDArray[np.float64], ...]:
    """Join the edges of these classes into long lines and simplify them."""
    wanted = np.isin(network.edge_class, [HIGHWAY_CLASSES.index(name) for name in classes])
    lengths = np.diff(network.shape_offset)
    wanted &= lengths > 1
    if not wanted.any():
        return ()
    line_of_point = np.repeat(np.arange(int(wanted.sum())), lengths[wanted])
    points = network.shape_lonlat[np.repeat(wanted, lengths)]
    lines = np.asarray(shapely.linestrings(points, indices=line_of_point), dtype=np.object_)
    merged = shapely.line_merge(shapely.MultiLineString(lines.tolist()))
    simple = shapely.simplify(
        shapely.get_parts(merged), tolerance_m / _METRES_A_DEGREE, preserve_topology=False
    )
    return tuple(shapely.get_coordinates(line) for line in simple)
