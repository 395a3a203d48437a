"""A part of the city on a part of a still picture: where points stand, and the paths of shapes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.measure import EARTH_RADIUS_M, Box
from web.design.markers import OVERLAYS, kind_class, number_text, symbol_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from web.languages import Language

_TOLERANCE_PX: Final = 0.7


@dataclass(frozen=True)
class PictureView:
    """A part of the earth on a part of the picture; degrees are scaled so that shapes keep."""

    box: Box
    left: float
    top: float
    width: float

    @property
    def per_lon(self) -> float:
        """Pixels a degree of longitude."""
        return self.width / (self.box.right - self.box.left)

    @property
    def per_lat(self) -> float:
        """Pixels a degree of latitude."""
        return self.per_lon / math.cos(math.radians(self.box.centre[1]))

    @property
    def height(self) -> float:
        """How high the part of the picture is, in its units."""
        return (self.box.top - self.box.bottom) * self.per_lat

    @property
    def pixels_per_km(self) -> float:
        """How long a kilometre is drawn."""
        return self.per_lat * math.degrees(1000.0 / EARTH_RADIUS_M)

    def place(self, lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return where points stand in the picture, float64[n, 2] in its units."""
        x = self.left + (lonlat[:, 0] - self.box.left) * self.per_lon
        y = self.top + (self.box.top - lonlat[:, 1]) * self.per_lat
        return np.stack([x, y], axis=1)

    def path(self, shapes: Iterable[BaseGeometry]) -> str:
        """Return the part of lines or areas that lies inside, as the data of an SVG path."""
        frame = (self.left, self.top, self.left + self.width, self.top + self.height)
        parts: list[str] = []
        for shape in shapes:
            placed = shapely.transform(shape, self.place)
            clipped = shapely.clip_by_rect(placed, *frame)
            parts.extend(_path_parts(shapely.simplify(clipped, _TOLERANCE_PX)))
        return "".join(parts)


def mark_at(
    x: float, y: float, size: float, kind: str, *, state: str = "open", number: int | None = None
) -> str:
    """Draw one mark with its middle at a point; ``size`` is the side of its box of 24."""
    proposed = " proposed" if number is not None else ""
    over = f'<use href="#{OVERLAYS[state]}" width="24" height="24"/>' if state in OVERLAYS else ""
    text = "" if number is None else number_text(number)
    return (
        f'<g class="mark {kind_class(kind)} state-{escape(state)}{proposed}" '
        f'transform="translate({x - size / 2:.1f} {y - size / 2:.1f}) scale({size / 24:.3f})">'
        f'<use href="#{symbol_id(kind)}" width="24" height="24"/>{over}{text}</g>'
    )


def scale_bar(view: PictureView, t: Language) -> str:
    """Draw a bar of a round number of kilometres, at most a fifth of the width."""
    longest = view.width / 5
    lengths = (50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1)
    km = next((km for km in lengths if km * view.pixels_per_km <= longest), lengths[-1])
    bar = km * view.pixels_per_km
    right, y = view.width - 20, view.height - 20
    words = t("{km} 公里", km=f"{km:g}")
    return (
        f'<path class="scale" d="M{right - bar:.1f} {y - 5:.1f}v5h{bar:.1f}v-5"/>'
        f'<text class="scale-text" x="{right - bar / 2:.1f}" y="{y - 9:.1f}">{words}</text>'
    )


def _path_parts(shape: BaseGeometry) -> Iterable[str]:
    """Yield the SVG path data of every line and ring of a shape."""
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            for ring in shapely.get_rings(part):
                yield _line(shapely.get_coordinates(ring)) + "Z"
        elif part.geom_type in {"LineString", "LinearRing"} and not part.is_empty:
            yield _line(shapely.get_coordinates(part))
        elif part.geom_type in {"GeometryCollection", "MultiPolygon", "MultiLineString"}:
            yield from _path_parts(part)


def _line(points: npt.NDArray[np.float64]) -> str:
    """Write a line as a move and relative steps of a tenth of a pixel, which is shortest."""
    tenths = np.round(points * 10).astype(np.int64)
    steps = np.diff(tenths, axis=0)
    steps = steps[steps.any(axis=1)]
    first = f"M{tenths[0, 0] / 10:g} {tenths[0, 1] / 10:g}"
    return first + "".join(f"l{dx / 10:g} {dy / 10:g}" for dx, dy in steps.tolist())
