"""Street lines on their way to a road file: geometry, class and the street each belongs to."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

HIGHWAYS = (
    "motorway",
    "motorway_link",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "service",
    "track",
    "cycleway",
    "footway",
    "steps",
)
"""OSM highway classes, the most important first; where two lines overlap the first one stays."""

CODE = {name: code for code, name in enumerate(HIGHWAYS)}


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines in the frame, each with a class (index into `HIGHWAYS`) and a street number.

    Lines of one street number bear one name in the end. ``one_way`` lines may be driven from their
    first point to their last only; ``dual`` ones are to become two of these, side by side.
    """

    geometry: NDArray[np.object_]
    highway: NDArray[np.int8]
    street: NDArray[np.int32]
    one_way: NDArray[np.bool_]
    dual: NDArray[np.bool_]

    def __post_init__(self) -> None:
        sizes = {len(getattr(self, field.name)) for field in fields(self)}
        if len(sizes) > 1:
            raise ValueError("lines need one class, street number and mark each")

    def __len__(self) -> int:
        return len(self.geometry)

    def __getitem__(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> Lines:
        return Lines(*(getattr(self, field.name)[keep] for field in fields(self)))

    def clipped(self, area: shapely.Geometry, *, outside: bool = False) -> Lines:
        """Keep what lies inside an area, or outside it."""
        shapely.prepare(area)
        touched = shapely.intersects(self.geometry, area)
        held = shapely.contains_properly(area, self.geometry)
        part = touched & ~held
        cut = shapely.difference if outside else shapely.intersection
        cut_lines = self[part].with_geometry(cut(self.geometry[part], area))
        return joined([self[~touched if outside else held], cut_lines])

    def with_geometry(self, geometry: NDArray[np.object_]) -> Lines:
        """Give the same lines another geometry; what became empty goes, multi-parts part."""
        parts, source = shapely.get_parts(geometry, return_index=True)
        keep = (shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING) & (
            shapely.length(parts) > 0.0
        )
        return replace(self[source[keep]], geometry=parts[keep])


def as_lines(
    coordinates: Iterable[NDArray[np.float64]], highway: str | Sequence[str] | NDArray[np.str_]
) -> Lines:
    """Make lines of coordinate arrays, a street of its own each; one class, or one per line."""
    geometry = np.array([shapely.linestrings(xy) for xy in coordinates], dtype=object)
    return of_geometry(geometry, highway)


def of_geometry(
    geometry: NDArray[np.object_], highway: str | Sequence[str] | NDArray[np.str_]
) -> Lines:
    """Make lines of shapely lines, a street of its own each."""
    n = len(geometry)
    words = [highway] * n if isinstance(highway, str) else highway
    codes = np.array([CODE[str(word)] for word in words], dtype=np.int8)
    return plain_lines(geometry, codes, np.arange(n, dtype=np.int32))


def plain_lines(
    geometry: NDArray[np.object_], highway: NDArray[np.int8], street: NDArray[np.int32]
) -> Lines:
    """Make lines that are open both ways."""
    no = np.zeros(len(geometry), dtype=bool)
    return Lines(geometry, highway, street, no, no)


def together(several: Iterable[Lines]) -> Lines:
    """Put lines together; streets of different inputs stay different streets."""
    some = list(several)
    shifts = np.cumsum([0] + [int(lines.street.max(initial=-1)) + 1 for lines in some])
    return joined(
        [
            replace(lines, street=(lines.street + shift).astype(np.int32))
            for lines, shift in zip(some, shifts[:-1], strict=True)
        ]
    )


def joined(several: Iterable[Lines]) -> Lines:
    """Put parts of the same streets together; street numbers stay as they are."""
    some = list(several)
    return Lines(
        *(np.concatenate([getattr(part, field.name) for part in some]) for field in fields(Lines))
    )


def hermite(
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    start_tangents: NDArray[np.float64],
    end_tangents: NDArray[np.float64],
    *,
    points: int,
) -> NDArray[np.float64]:
    """Draw cubic curves from starts to ends, shape [n, points, 2]; tangents in metres."""
    t = np.linspace(0.0, 1.0, points)[None, :, None]
    p0, p1, m0, m1 = (a[:, None, :] for a in (starts, ends, start_tangents, end_tangents))
    return np.asarray(
        (2 * t**3 - 3 * t**2 + 1) * p0
        + (t**3 - 2 * t**2 + t) * m0
        + (3 * t**2 - 2 * t**3) * p1
        + (t**3 - t**2) * m1
    )


def spline(waypoints: NDArray[np.float64], *, per_leg: int) -> NDArray[np.float64]:
    """Draw a Catmull-Rom curve through waypoints, shape [n, 2]."""
    padded = np.concatenate(
        [[2 * waypoints[0] - waypoints[1]], waypoints, [2 * waypoints[-1] - waypoints[-2]]]
    )
    tangents = (padded[2:] - padded[:-2]) / 2.0
    legs = hermite(waypoints[:-1], waypoints[1:], tangents[:-1], tangents[1:], points=per_leg + 1)
    return np.concatenate([legs[:, :-1].reshape(-1, 2), waypoints[-1:]])
