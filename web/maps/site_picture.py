"""One site as a still picture: its roads, its area by each standard, whom it adds, neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from markupsafe import Markup

from geo.measure import Box, great_circle_m
from web.maps.city_map import box_round
from web.maps.picture_view import PictureView, mark_at, scale_bar
from web.maps.road_lines import RoadLines, road_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from data.districts import Districts
    from geo.network import RoadNetwork
    from planning.coverage.assignment import StandingPlaces
    from web.languages import Language
    from web.services.site_sheets import SheetFacts

_WIDTH: Final = 860.0
_ASPECT: Final = 1.95
_MARGIN: Final = 0.3
_MOST_POINTS: Final = 400_000
_STREETS_BELOW_KM: Final = 14.0  # in a wider picture small streets would hide the rest
_SMALL: Final = 3
_NAMED: Final = 5
_LETTER: Final = 13.0
#: Workers of a cell from which its dot is larger.
DOT_STEPS: Final = (1.0, 5.0)


@dataclass(frozen=True, eq=False)
class PictureGround:
    """What all pictures of a decision's sites share; ``roads`` from the smallest to the largest."""

    roads: tuple[RoadLines, ...]
    districts: Districts
    places: StandingPlaces
    names: tuple[str, ...]


def picture_ground(
    network: RoadNetwork, districts: Districts, places: StandingPlaces, names: tuple[str, ...]
) -> PictureGround:
    """Join the roads once for all pictures; ``names`` are those of the places."""
    roads = road_lines(network, most_points=_MOST_POINTS, tolerance_m=8.0)
    return PictureGround(roads, districts, places, names)


def site_picture(ground: PictureGround, facts: SheetFacts, t: Language, *, name: str) -> Markup:
    """Draw one site with its number, each standard's area, the cells it adds, what stands near.

    The picture refers to the page's sprite of marks and is coloured by the stylesheet.
    """
    one = facts.reasons.action
    here = np.array([(one.lon, one.lat)])
    seen = PictureView(_box(facts, here), 0.0, 0.0, _WIDTH)
    view = _with_margin(seen)
    number = one.order
    parts = [
        f'<path class="district" d="{view.path(ground.districts.areas)}"/>',
        *(
            f'<path class="site-area area-{rank}" d="{view.path([area.area])}"/>'
            for rank, area in enumerate(facts.areas, start=1)
        ),
        *_roads(ground, view),
        f'<path class="border" d="{view.path([one.boundary for one in ground.districts.areas])}"/>',
        *(
            f'<path class="site-rim area-{rank}" d="{view.path([area.area.boundary])}"/>'
            for rank, area in enumerate(facts.areas, start=1)
        ),
        *_dots(facts, view),
        *_neighbours(ground, (seen, view), here[0], number),
        scale_bar(seen, t),
    ]
    ((x, y),) = view.place(here)
    state = "closed" if one.what == "close" else "open"
    parts.append(mark_at(x, y, 34.0, one.kind, state=state, number=number))
    label = escape(t("{name}与周边站点位置图", name=name))
    return Markup(  # noqa: S704 - numbers, constants and escaped names only
        f'<svg class="report-map site-map" viewBox="0 0 {_WIDTH:g} {seen.height:.1f}" role="img" '
        f'aria-label="{label}">{"".join(parts)}</svg>'
    )


def _with_margin(seen: PictureView) -> PictureView:
    """Return a wider view that is drawn: a page that is higher or wider shows some of it."""
    box = seen.box
    more_lon = _MARGIN * (box.right - box.left)
    more_lat = _MARGIN * (box.top - box.bottom)
    wider = Box(
        box.left - more_lon, box.bottom - more_lat, box.right + more_lon, box.top + more_lat
    )
    left, top = -_MARGIN * seen.width, -_MARGIN * seen.height
    return PictureView(wider, left, top, seen.width * (1 + 2 * _MARGIN))


def _box(facts: SheetFacts, here: npt.NDArray[np.float64]) -> Box:
    """Show the areas of those who gain, or of all whom the site serves."""
    adds = facts.reasons.action.adds_by_group
    drawn = [one for one in facts.areas if not one.area.is_empty]
    gaining = [one for one in drawn if any(adds.get(group, 0.0) > 0 for group in one.groups)]
    bounds = [shapely.bounds(one.area).reshape(2, 2) for one in gaining or drawn]
    return box_round(np.vstack([here, *bounds]), aspect=_ASPECT)


def _roads(ground: PictureGround, view: PictureView) -> list[str]:
    box, wide_km = view.box, _WIDTH / view.pixels_per_km
    drawn = []
    for roads in ground.roads:
        if roads.tone == _SMALL and wide_km > _STREETS_BELOW_KM:
            continue
        near = [
            line
            for line in roads.lines
            if line[:, 0].max() >= box.left
            and line[:, 0].min() <= box.right
            and line[:, 1].max() >= box.bottom
            and line[:, 1].min() <= box.top
        ]
        if near:
            data = view.path([shapely.MultiLineString(near)])
            drawn.append(f'<path class="road-{roads.tone}" d="{data}"/>')
    return drawn


def _dots(facts: SheetFacts, view: PictureView) -> list[str]:
    """Draw where somebody is added, in three sizes of dots; each size is one path."""
    size = np.searchsorted(DOT_STEPS, facts.cell_adds, side="right")
    drawn = []
    for step in range(len(DOT_STEPS) + 1):
        points = np.round(view.place(facts.cells[size == step]), 1)
        data = "".join(f"M{x:g} {y:g}h0" for x, y in points.tolist())
        if data:
            drawn.append(f'<path class="site-dot dot-{step + 1}" d="{data}"/>')
    return drawn


def _neighbours(
    ground: PictureGround,
    views: tuple[PictureView, PictureView],
    here: npt.NDArray[np.float64],
    number: int,
) -> list[str]:
    """Draw what stands and what else is planned in the picture; the nearest have their names.

    ``views`` are the part that is always seen, where names stand, and the wider one.
    """
    seen, view = views
    places, marks = ground.places, []
    at = view.place(places.lonlat)
    low, high = (view.left, view.top), (view.left + view.width, view.top + view.height)
    inside = ((at > low) & (at < high)).all(axis=1)
    inside &= np.array([order != number for order in places.order], dtype=np.bool_)
    rows = np.flatnonzero(inside)
    rows = rows[np.argsort(great_circle_m(places.lonlat[rows], here), kind="stable")]
    for row in rows[::-1].tolist():
        order = places.order[row]
        x, y = at[row]
        if order:
            marks.append(mark_at(x, y, 20.0, places.kinds[row], number=order))
        else:
            marks.append(mark_at(x, y, 13.0, places.kinds[row]))
    ((x, y),) = seen.place(here[None])
    taken = [(x - 20, y - 20, x + 20, y + 20)]
    for row in rows.tolist():
        label = _label(ground.names[row], at[row], seen, taken)
        if label is not None:
            marks.append(label)
        if len(taken) > _NAMED:
            break
    return marks


def _label(
    name: str,
    at: npt.NDArray[np.float64],
    view: PictureView,
    taken: list[tuple[float, float, float, float]],
) -> str | None:
    """Write a name right or left of a mark where no other stands; None where there is no room."""
    most = 14
    text = name if len(name) <= most else f"{name[: most - 1]}…"
    wide = sum(_LETTER * (0.58 if sign.isascii() else 1.0) for sign in text)
    x, y = float(at[0]), float(at[1])
    for anchor, left in (("start", x + 10), ("end", x - 10 - wide)):
        box = (left, y - 9, left + wide, y + 9)
        outside = box[0] < 0 or box[2] > view.width or box[1] < 0 or box[3] > view.height
        if outside or any(_meet(box, other) for other in taken):
            continue
        taken.append(box)
        edge = x + 10 if anchor == "start" else x - 10
        return (
            f'<text class="site-name" x="{edge:.1f}" y="{y + 4.5:.1f}" '
            f'text-anchor="{anchor}">{escape(text)}</text>'
        )
    return None


def _meet(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
