"""The city as one still picture for a page of paper: an SVG in the colours of the maps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from markupsafe import Markup

from geo.measure import EARTH_RADIUS_M, Box
from web.design.markers import OVERLAYS, kind_class, number_text, symbol_id
from web.maps.city_map import focus_box
from web.maps.label_points import label_point
from web.maps.road_lines import road_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from web.languages import Language
    from web.maps.city_map import CityContents

_WIDTH: Final = 860.0
_ASPECT: Final = 1.8
_INSET_HEIGHT: Final = 176.0
_MARGIN: Final = 12.0
_INSET_EDGE: Final = 5.0
_TOLERANCE_PX: Final = 0.7
_STATION_SIZES: Final = {"service_centre": 20.0, "base": 17.0}


@dataclass(frozen=True)
class _View:
    """A part of the earth on a part of the picture; degrees are scaled so that shapes keep."""

    box: Box
    left: float
    top: float
    width: float

    @property
    def per_lon(self) -> float:
        return self.width / (self.box.right - self.box.left)

    @property
    def per_lat(self) -> float:
        return self.per_lon / math.cos(math.radians(self.box.centre[1]))

    @property
    def height(self) -> float:
        return (self.box.top - self.box.bottom) * self.per_lat

    @property
    def pixels_per_km(self) -> float:
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


def picture_of(contents: CityContents, t: Language) -> Markup:
    """Draw where the stations are and where the new ones come, with the whole city as an inset.

    The picture shows the part in which most stations stand; it refers to the page's sprite of
    marks and is coloured by the stylesheet.
    """
    whole = _whole_box(contents)
    main = _View(focus_box(contents, aspect=_ASPECT), 0.0, 0.0, _WIDTH)
    inset = _inset_view(main, whole)
    parts = [
        _ground(contents, main, name="main"),
        _district_labels(contents, main, inset),
        _marks(contents, main),
        _scale_bar(main, t),
    ]
    if inset is not None:
        parts.append(_inset(contents, main, inset))
    label = escape(t("站点与新站位置图"))
    return Markup(  # noqa: S704 - numbers, constants and escaped names only
        f'<svg class="report-map" viewBox="0 0 {_WIDTH:g} {main.height:.1f}" role="img" '
        f'aria-label="{label}">{"".join(parts)}</svg>'
    )


def _whole_box(contents: CityContents) -> Box:
    if len(contents.districts):
        return contents.districts.box
    return contents.settings.box


def _ground(contents: CityContents, view: _View, *, name: str) -> str:
    """Draw districts, covered area and roads."""
    districts = contents.districts
    parts = [f'<path class="district" d="{view.path(districts.areas)}"/>']
    for covered in contents.covered[:1] if name == "main" else ():
        parts.append(f'<path class="covered" d="{view.path([covered.area])}"/>')
        parts.append(f'<path class="rim" d="{view.path([covered.area.boundary])}"/>')
    if contents.network is not None:
        most = 40_000 if name == "main" else 4_000
        for roads in road_lines(contents.network, most_points=most, tolerance_m=15.0):
            lines = shapely.MultiLineString(list(roads.lines))
            parts.append(f'<path class="road-{roads.tone}" d="{view.path([lines])}"/>')
    borders = [area.boundary for area in districts.areas]
    parts.append(f'<path class="border" d="{view.path(borders)}"/>')
    return "".join(parts)


def _district_labels(contents: CityContents, view: _View, inset: _View | None) -> str:
    """Write each district's name in the part of it that is seen, where that is large enough."""
    labels = []
    frame: BaseGeometry = shapely.box(*view.box)
    if inset is not None:
        right = view.box.left + (inset.left + inset.width + _MARGIN) / view.per_lon
        top = view.box.top - (inset.top - _MARGIN) / view.per_lat
        frame = frame.difference(shapely.box(view.box.left, view.box.bottom, right, top))
    least_share = 0.04
    for name, area in zip(contents.districts.names, contents.districts.areas, strict=True):
        seen = shapely.intersection(area, frame)
        if seen.area < least_share * frame.area:
            continue
        ((x, y),) = view.place(np.array([label_point(seen, contents.mark_lonlat())]))
        labels.append(f'<text class="label" x="{x:.1f}" y="{y:.1f}">{escape(name)}</text>')
    return "".join(labels)


def _marks(contents: CityContents, view: _View) -> str:
    """Draw the stations, and the new sites with their numbers above them."""
    parts = []
    if contents.stations is not None and len(contents.stations):
        frame = contents.stations.frame
        for (x, y), kind, status in zip(
            view.place(contents.stations.lonlat), frame["kind"], frame["status"], strict=True
        ):
            size = _STATION_SIZES.get(kind, 13.0)
            if 0 <= x <= view.width and 0 <= y <= view.height:
                parts.append(_mark(x, y, size, kind, state=status))
    for site in contents.plan.sites if contents.plan is not None else ():
        ((x, y),) = view.place(np.array([(site.lon, site.lat)]))
        if 0 <= x <= view.width and 0 <= y <= view.height:
            parts.append(_mark(x, y, 24.0, site.kind, number=site.order))
    return "".join(parts)


def _mark(
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


def _scale_bar(view: _View, t: Language) -> str:
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


def shows_a_part(contents: CityContents) -> bool:
    """Tell whether the picture shows a part of the city only, with the whole as an inset."""
    main = _View(focus_box(contents, aspect=_ASPECT), 0.0, 0.0, _WIDTH)
    return _inset_view(main, _whole_box(contents)) is not None


def _inset_view(main: _View, whole: Box) -> _View | None:
    """Return where the whole city goes, in the lower left corner; None where all of it is seen."""
    most_seen = 0.8
    if main.box.top - main.box.bottom >= most_seen * (whole.top - whole.bottom):
        return None
    middle = math.cos(math.radians(whole.centre[1]))
    width = _INSET_HEIGHT * (whole.right - whole.left) * middle / (whole.top - whole.bottom)
    return _View(whole, _MARGIN, main.height - _INSET_HEIGHT - _MARGIN, width)


def _inset(contents: CityContents, main: _View, view: _View) -> str:
    """Draw the whole city small, with a frame where the picture lies.

    New sites are dots; those that the picture leaves out have their number.
    """
    corners = np.array([(main.box.left, main.box.top), (main.box.right, main.box.bottom)])
    low = (view.left - _INSET_EDGE, view.top - _INSET_EDGE)
    high = (view.left + view.width + _INSET_EDGE, view.top + view.height + _INSET_EDGE)
    (left, top), (right, bottom) = np.clip(view.place(corners), low, high)
    seen, dots = shapely.box(left, top, right, bottom), ""
    for site in contents.plan.sites if contents.plan is not None else ():
        ((x, y),) = view.place(np.array([(site.lon, site.lat)]))
        dots += f'<circle class="inset-site" cx="{x:.1f}" cy="{y:.1f}" r="2.4"/>'
        if not seen.contains(shapely.Point(x, y)):
            place = f'x="{x + 5:.1f}" y="{y + 4:.1f}"'
            dots += f'<text class="inset-number" {place}>{site.order}</text>'
    return (
        f'<rect class="inset" x="6" y="{view.top - 6:.1f}" width="{view.width + 12:.1f}" '
        f'height="{_INSET_HEIGHT + 12:g}"/>{_ground(contents, view, name="inset")}{dots}'
        f'<rect class="inset-frame" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
        f'height="{bottom - top:.1f}"/>'
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
