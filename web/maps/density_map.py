"""Density on a map with a slider for the hours: squares as short lists, drawn by one script.

A square's number at an hour is its registered workers times one share for the group and the hour,
so that the file holds each square once and not once for each hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.atomic import write_text
from data.china_time import today_here
from data.vocabulary import ALL, SAMPLE_NOTICE
from geo.errors import InputError
from geo.measure import Box, from_metric
from geo.messages import say
from web.languages import CHINESE
from web.maps.city_map import map_words
from web.maps.label_points import label_point
from web.maps.road_lines import road_lines
from web.maps.safe_map import MapDocument, SafeMap
from web.site.pages import MAP_SCRIPTS, asset_text, leaflet_css, render

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from data.demand import DayWord
    from web.languages import Language
    from web.maps.density_ground import DensityGround
    from web.maps.density_squares import HourSquares

_PER_DEGREE: Final = 100_000  # a metre
_DIGITS: Final = 3


@dataclass(frozen=True, eq=False)
class DensityMap:
    """A finished map of the workers by the hour, written as one file that asks nobody."""

    title: str
    document: MapDocument
    language: Language
    groups: tuple[str, ...]
    group: str
    day: DayWord
    hour: int
    source: str
    square_km: float
    sample: bool
    made_on: date

    def html(self) -> str:
        """Return the map as one HTML document."""
        return render(
            "density_file.html",
            self.language,
            density=self,
            notice=SAMPLE_NOTICE,
            leaflet_css=leaflet_css(),
            scripts=[asset_text(name) for name in _SCRIPTS],
        )

    def save(self, path: Path) -> None:
        """Write the map as one file, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, self.html())


_SCRIPTS: Final = ("vendor/leaflet-1.9.4/leaflet.js", *MAP_SCRIPTS, "density.js")


def density_map(
    squares: HourSquares,
    ground: DensityGround,
    *,
    group: str = ALL,
    hour: int | None = None,
    day: DayWord = "weekday",
    language: Language = CHINESE,
) -> DensityMap:
    """Draw who wants a rest place at each hour; it opens at ``hour``, or at the fullest of ``day``.

    InputError when there are no workers at all, or none of the group.
    """
    of_day = squares.hours(group, day=day)
    if not of_day.any():
        raise InputError(say("{group}: there are no workers of this group to draw", group=group))
    opens = int(of_day.argmax()) if hour is None else hour
    t = language
    there = tuple(
        name for name, column in zip(squares.groups, squares.weights.T, strict=True) if column.any()
    )
    drawn = SafeMap(_box(squares, group))
    drawn.add_hours(_payload(squares, there, group=group, hour=opens, day=day, t=t))
    if ground.network is not None:
        drawn.add_roads(
            road_lines(ground.network, most_points=30_000, tolerance_m=12.0),
            title=t("道路"),
        )
    areas = dict(zip(ground.districts.names, ground.districts.areas, strict=True))
    drawn.add_districts(
        areas,
        label_points=[label_point(area, np.empty((0, 2))) for area in areas.values()],
        title=t("区县", context="layer"),
    )
    return DensityMap(
        title=t("{city} · 几点在哪里想歇脚", city=ground.city),
        document=drawn.document(words=map_words(t), attribution=ground.source),
        language=language,
        groups=there,
        group=group,
        day=day,
        hour=opens,
        source=ground.source,
        square_km=squares.square_m / 1000,
        sample=ground.sample,
        made_on=today_here(),
    )


def _box(squares: HourSquares, group: str) -> Box:
    left, bottom, right, top = squares.frame(group)
    corners = from_metric(
        np.array([(left, bottom), (right, bottom), (right, top), (left, top)]),
        crs=squares.metric_crs,
    )
    west, south = corners.min(axis=0).tolist()
    east, north = corners.max(axis=0).tolist()
    return Box(west, south, east, north)


def _payload(
    squares: HourSquares,
    there: tuple[str, ...],
    *,
    group: str,
    hour: int,
    day: DayWord,
    t: Language,
) -> dict[str, Any]:
    """Return what `static/density.js` draws.

    ``corners`` are whole hundred-thousandths of a degree: each square's south-west corner as steps
    from the one before, then its other corners as steps from the south-west.
    """
    rings = np.round(squares.rings() * _PER_DEGREE).astype(np.int64)
    first = np.diff(rings[:, 0], axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    others = (rings[:, 1:] - rings[:, :1]).reshape(len(rings), -1)
    columns = [squares.groups.index(name) for name in there]
    words = {name: t.people(name) for name in (ALL, *there)}
    return {
        "corners": np.concatenate([first, others], axis=1).ravel().tolist(),
        "workers": [_short(squares.weights[:, at]) for at in columns],
        "factor": squares.factor[columns].round(4).tolist(),
        "totals": squares.totals[columns].round(2).tolist(),
        "groups": list(there),
        "breaks": {name: squares.breaks(name).tolist() for name in (ALL, *there)},
        "area": squares.area_km2,
        "group": group,
        "hour": hour,
        "day": day,
        "names": words,
        "days": {"weekday": t("工作日"), "weekend": t("周末")},
        "says": t("{day} {hour} 时有 {n} 名{group}想歇脚，一半在 {km2} 平方公里之内"),
        "here": t("每平方公里 {n} 人"),
        "thin": t("少于 {n} 不画"),
    }


def _short(values: np.ndarray[Any, np.dtype[np.float64]]) -> list[float]:
    """Round to the digits that count, so that the file stays small."""
    with np.errstate(divide="ignore"):
        size = np.floor(np.log10(np.where(values > 0, values, 1.0)))
    step = 10.0 ** (size - _DIGITS + 1)
    short = np.round(np.round(values / step) * step, 6)
    return [int(value) if value == int(value) else value for value in short.tolist()]
