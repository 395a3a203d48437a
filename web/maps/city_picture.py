"""The city as one still picture for a page of paper: an SVG in the colours of the maps."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from markupsafe import Markup

from web.maps.city_map import focus_box
from web.maps.label_points import label_point
from web.maps.picture_view import PictureView, mark_at, scale_bar
from web.maps.road_lines import road_lines

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.measure import Box
    from web.languages import Language
    from web.maps.city_map import CityContents

_WIDTH: Final = 860.0
_ASPECT: Final = 1.8
_INSET_HEIGHT: Final = 176.0
_MARGIN: Final = 12.0
_INSET_EDGE: Final = 5.0
_STATION_SIZES: Final = {"service_centre": 20.0, "base": 17.0}


def picture_of(contents: CityContents, t: Language) -> Markup:
    """Draw where the stations are and where the new ones come, with the whole city as an inset.

    The picture shows the part in which most stations stand; it refers to the page's sprite of
    marks and is coloured by the stylesheet.
    """
    whole = _whole_box(contents)
    main = PictureView(focus_box(contents, aspect=_ASPECT), 0.0, 0.0, _WIDTH)
    inset = _inset_view(main, whole)
    parts = [
        _ground(contents, main, name="main"),
        _district_labels(contents, main, inset),
        _marks(contents, main),
        scale_bar(main, t),
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


def _ground(contents: CityContents, view: PictureView, *, name: str) -> str:
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


def _district_labels(contents: CityContents, view: PictureView, inset: PictureView | None) -> str:
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


def _marks(contents: CityContents, view: PictureView) -> str:
    """Draw the stations, and the new sites with their numbers above them."""
    parts = []
    if contents.stations is not None and len(contents.stations):
        frame = contents.stations.frame
        for (x, y), kind, status in zip(
            view.place(contents.stations.lonlat), frame["kind"], frame["status"], strict=True
        ):
            size = _STATION_SIZES.get(kind, 13.0)
            if 0 <= x <= view.width and 0 <= y <= view.height:
                parts.append(mark_at(x, y, size, kind, state=status))
    for site in contents.plan.sites if contents.plan is not None else ():
        ((x, y),) = view.place(np.array([(site.lon, site.lat)]))
        if 0 <= x <= view.width and 0 <= y <= view.height:
            parts.append(mark_at(x, y, 24.0, site.kind, number=site.order))
    return "".join(parts)


def shows_a_part(contents: CityContents) -> bool:
    """Tell whether the picture shows a part of the city only, with the whole as an inset."""
    main = PictureView(focus_box(contents, aspect=_ASPECT), 0.0, 0.0, _WIDTH)
    return _inset_view(main, _whole_box(contents)) is not None


def _inset_view(main: PictureView, whole: Box) -> PictureView | None:
    """Return where the whole city goes, in the lower left corner; None where all of it is seen."""
    most_seen = 0.8
    if main.box.top - main.box.bottom >= most_seen * (whole.top - whole.bottom):
        return None
    middle = math.cos(math.radians(whole.centre[1]))
    width = _INSET_HEIGHT * (whole.right - whole.left) * middle / (whole.top - whole.bottom)
    return PictureView(whole, _MARGIN, main.height - _INSET_HEIGHT - _MARGIN, width)


def _inset(contents: CityContents, main: PictureView, view: PictureView) -> str:
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
