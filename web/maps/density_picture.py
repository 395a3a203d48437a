"""Density as a picture (PNG, SVG or PDF): one hour, or a day in six of them, for one group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from data.atomic import replacing
from data.vocabulary import SAMPLE_NOTICE
from geo.errors import InputError
from geo.measure import to_metric
from geo.messages import say
from web.design.fonts import fit, typeface
from web.design.palette import RAMP, tone
from web.languages import CHINESE, message
from web.maps.density_hours import hour_words
from web.maps.label_points import label_point
from web.maps.road_lines import road_lines
from web.site.number_words import count, two_digits

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    from matplotlib.axes import Axes

    from data.demand import DayWord
    from web.languages import Language
    from web.maps.density_ground import DensityGround
    from web.maps.density_squares import HourSquares

HOURS: Final = (2, 6, 10, 14, 18, 22)
ENDINGS: Final = (".png", ".svg", ".pdf")
_ROAD_WIDTHS: Final = {1: 0.7, 2: 0.4, 3: 0.2}
_STREETS_BELOW_M: Final = 15_000.0  # in a wider frame small streets would hide the colours
_SMALL: Final = 3
_DAYS: Final = {
    "weekday": message("工作日", context="in a sentence"),
    "weekend": message("周末", context="in a sentence"),
}
_SEEN_SHARE: Final = 0.012
_WIDTH_IN, _TOP_IN, _BOTTOM_IN = 11.0, 0.98, 0.98


def draw_density(
    squares: HourSquares,
    ground: DensityGround,
    path: Path,
    *,
    group: str,
    day: DayWord,
    hour: int | None = None,
    language: Language = CHINESE,
) -> None:
    """Draw one hour of a group, or `HOURS` of the day beside each other, and write the file.

    Classes are the same in every panel. The part of the city is drawn in which nearly all of the
    group stand.

    Raises
    ------
    InputError
        when the file's name has another ending, the group has nobody, or no typeface has the
        letters.
    """
    if path.suffix.casefold() not in ENDINGS:
        raise InputError(
            say(
                "{file}: write a name that ends in {endings} or .html",
                file=path.name,
                endings=", ".join(ENDINGS),
            )
        )
    hours = HOURS if hour is None else (hour,)
    if not squares.hours(group, day=day).any():
        raise InputError(say("{group}: there are no workers of this group to draw", group=group))
    figure, panels = _sheet(squares.frame(group), n_panels=len(hours))
    name = typeface("驿站" if language.is_chinese else _all_names(ground))
    for number, (panel, at) in enumerate(zip(panels, hours, strict=True)):
        _draw_panel(panel, squares, ground, group=group, day=day, hour=at)
        if len(hours) > 1:
            n = count(squares.total(group, hour=at, day=day))
            panel.set_title(
                language("{hour}:00　{n} 人", hour=at, n=n),
                fontfamily=name, fontsize=11, loc="left", pad=4, color=tone("ink").light,
            )  # fmt: skip
        if number == 0:
            _label_districts(panel, ground, squares.metric_crs, name)
        if number == len(hours) - 1:
            _scale_bar(panel, language, name)
    title = _sentence(squares, ground.city, group=group, day=day, hour=hour, t=language)
    seen = _share_seen(squares, group, panels[0])
    _words(figure, title, ground, _below(squares, seen, language), name=name)
    _legend(figure, squares.breaks(group), language, name)
    with replacing(path) as draft:
        figure.savefig(draft, dpi=150, facecolor="white", metadata=_metadata(path, ground))


def _all_names(ground: DensityGround) -> str:
    return ground.city + "".join(ground.districts.names)


def _metadata(path: Path, ground: DensityGround) -> dict[str, str] | None:
    """Mark a picture of generated data in the file itself, where its format has a place."""
    if not ground.sample:
        return None
    return {"Description" if path.suffix.casefold() != ".pdf" else "Subject": SAMPLE_NOTICE}


def _sheet(frame: tuple[float, ...], *, n_panels: int) -> tuple[Figure, list[Axes]]:
    """Make the sheet and its panels; a frame that is too high or too wide for them is widened."""
    left, bottom, right, top = frame
    columns = 1 if n_panels == 1 else 3
    rows = -(-n_panels // columns)
    shape = float(np.clip((top - bottom) / (right - left), 0.55, 1.1))
    more_x = max(0.0, (top - bottom) / shape - (right - left)) / 2
    more_y = max(0.0, (right - left) * shape - (top - bottom)) / 2
    gap_in, side_in = 0.34 if n_panels > 1 else 0.0, 0.3
    wide_in = (_WIDTH_IN - 2 * side_in - (columns - 1) * 0.15) / columns
    high_in = wide_in * shape
    high = _TOP_IN + _BOTTOM_IN + rows * (high_in + gap_in)
    figure = Figure(figsize=(_WIDTH_IN, high))
    FigureCanvasAgg(figure)
    panels = []
    for number in range(n_panels):
        row, column = divmod(number, columns)
        x = (side_in + column * (wide_in + 0.15)) / _WIDTH_IN
        y = 1 - (_TOP_IN + (gap_in + high_in) * (row + 1)) / high
        panel = figure.add_axes((x, y, wide_in / _WIDTH_IN, high_in / high))
        panel.set_xlim(left - more_x, right + more_x)
        panel.set_ylim(bottom - more_y, top + more_y)
        panel.set_xticks([])
        panel.set_yticks([])
        panel.set_facecolor(tone("land").light)
        for side in panel.spines.values():
            side.set_edgecolor(tone("line").light)
        panels.append(panel)
    return figure, panels


def _share_seen(squares: HourSquares, group: str, panel: Axes) -> float:
    """Return the share of a group that stands in what a panel shows."""
    hour, day = squares.peak(group)
    weight = squares.per_km2(group, hour=hour, day=day)
    x, y = (squares.origin + (squares.cell + 0.5) * squares.square_m).T
    (left, right), (bottom, top) = panel.get_xlim(), panel.get_ylim()
    inside = (x >= left) & (x <= right) & (y >= bottom) & (y <= top)
    whole = squares.total(group, hour=hour, day=day)
    return float(weight[inside].sum() * squares.area_km2 / whole)


def _draw_panel(
    panel: Axes,
    squares: HourSquares,
    ground: DensityGround,
    *,
    group: str,
    day: DayWord,
    hour: int,
) -> None:
    crs = squares.metric_crs
    dense = squares.per_km2(group, hour=hour, day=day)
    breaks = squares.breaks(group)
    shown = dense >= breaks[0]
    step = np.searchsorted(breaks, dense[shown], side="right") - 1
    colours = [of.light for of in RAMP[len(RAMP) - len(breaks) :]]
    corner = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    rings = squares.origin + (squares.cell[shown][:, None] + corner) * squares.square_m
    panel.add_collection(
        PolyCollection(
            list(rings),
            facecolors=[colours[number] for number in step],
            edgecolors="face",
            linewidths=0.15,
            zorder=1,
        ),
        autolim=False,
    )
    if ground.network is not None:
        left, right = panel.get_xlim()
        for roads in road_lines(ground.network, most_points=60_000, tolerance_m=15.0):
            if roads.tone == _SMALL and right - left > _STREETS_BELOW_M:
                continue
            lines = [to_metric(line, crs=crs) for line in roads.lines]
            panel.add_collection(
                LineCollection(
                    lines,
                    colors=tone(f"road-{roads.tone}").light,
                    linewidths=_ROAD_WIDTHS[roads.tone],
                    zorder=2,
                ),
                autolim=False,
            )
    borders = [
        to_metric(shapely.get_coordinates(ring), crs=crs)
        for area in ground.districts.areas
        for part in shapely.get_parts(area)
        for ring in shapely.get_rings(part)
    ]
    panel.add_collection(
        LineCollection(
            borders, colors=tone("border").light, linewidths=0.9, linestyles=(0, (5, 3)), zorder=3
        ),
        autolim=False,
    )


def _label_districts(panel: Axes, ground: DensityGround, crs: str, name: str) -> None:
    """Write the name of each district in the part of it that is seen, where that is large."""
    (left, right), (bottom, top) = panel.get_xlim(), panel.get_ylim()
    seen_box = shapely.box(left, bottom, right, top)
    for district, area in zip(ground.districts.names, ground.districts.areas, strict=True):
        plane = shapely.transform(area, lambda lonlat: to_metric(lonlat, crs=crs))
        seen = shapely.intersection(plane, seen_box)
        if seen.area < _SEEN_SHARE * seen_box.area:
            continue
        x, y = label_point(seen, np.empty((0, 2)))
        text = panel.text(
            x, y, district, fontfamily=name, fontsize=9, ha="center", va="center",
            color=tone("ink").light, zorder=5, parse_math=False,
        )  # fmt: skip
        text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])


def _scale_bar(panel: Axes, t: Language, name: str) -> None:
    (left, right), (bottom, top) = panel.get_xlim(), panel.get_ylim()
    wide = right - left
    lengths = (50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1)
    km = next((km for km in lengths if km * 1000 <= wide / 4), lengths[-1])
    x, y = right - 0.04 * wide, bottom + 0.05 * (top - bottom)
    panel.plot([x - km * 1000, x], [y, y], color=tone("ink").light, linewidth=1.6, zorder=6,
               solid_capstyle="butt")  # fmt: skip
    text = panel.text(
        x - km * 500, y + 0.012 * (top - bottom), t("{km} 公里", km=f"{km:g}"),
        fontfamily=name, fontsize=8.5, ha="center", va="bottom", color=tone("ink").light, zorder=6,
    )  # fmt: skip
    text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])


def _sentence(
    squares: HourSquares, city: str, *, group: str, day: DayWord, hour: int | None, t: Language
) -> str:
    """Say in one sentence what the picture shows."""
    day_words = t(_DAYS[day])
    who = t.people(group)
    if hour is None:
        of_day = squares.hours(group, day=day)
        fullest, emptiest = squares.fullest(group, day=day), squares.emptiest(group, day=day)
        most, least = fullest[0], emptiest[0]
        return t(
            "{city}：{day_words} {fullest}想歇脚的{who}最多，{most} 人；{emptiest}最少，{least} 人",
            city=city,
            day_words=day_words,
            fullest=hour_words(fullest, t),
            who=who,
            most=count(of_day[most]),
            emptiest=hour_words(emptiest, t),
            least=count(of_day[least]),
        )
    number = count(squares.total(group, hour=hour, day=day))
    half = two_digits(squares.half_area_km2(group, hour=hour, day=day))
    return t(
        "{city}：{day_words} {hour} 时有 {number} 名{who}想歇脚，一半在 {half} 平方公里之内",
        city=city,
        day_words=day_words,
        hour=hour,
        number=number,
        who=who,
        half=half,
    )


def _below(squares: HourSquares, seen: float, t: Language) -> str:
    """Say what a square is, how many of the group the frame holds, and how sure it is."""
    km, part = f"{squares.square_m / 1000:g}", f"{100 * seen:.0f} %"
    return t(
        "每格 {km} 公里见方，颜色为每平方公里想歇脚的人数；图中有全市的 "
        "{part}。权重是判断，未经街头计数检验。",
        km=km,
        part=part,
    )


def _words(figure: Figure, title: str, ground: DensityGround, below: str, *, name: str) -> None:
    """Write the title, what is below it, and the source."""
    high = figure.get_figheight()
    heading = figure.text(
        0.3 / _WIDTH_IN, 1 - 0.36 / high, title, fontfamily=name, fontsize=15, fontweight="bold",
        color=tone("ink").light, va="center", parse_math=False,
    )  # fmt: skip
    second = figure.text(
        0.3 / _WIDTH_IN, 1 - 0.72 / high, below, fontfamily=name, fontsize=10,
        color=tone("ink-2").light, va="center",
    )  # fmt: skip
    notice = f"{SAMPLE_NOTICE}　" if ground.sample else ""
    source = figure.text(
        0.3 / _WIDTH_IN, 0.24 / high, f"{notice}{ground.source}", fontfamily=name, fontsize=8.5,
        color=tone("ink-2").light, va="center",
        backgroundcolor=tone("sample").light if ground.sample else "white", parse_math=False,
    )  # fmt: skip
    fit((heading, second, source), wide_in=_WIDTH_IN - 0.6)


def _plain(value: float) -> str:
    return f"{value:,g}"


def _legend(figure: Figure, breaks: npt.NDArray[np.float64], t: Language, name: str) -> None:
    """Draw the classes with their breaks, the thinnest first."""
    high = figure.get_figheight()
    wide, tall = 0.62 / _WIDTH_IN, 0.15 / high
    x, y = 0.3 / _WIDTH_IN, 0.66 / high
    colours = [of.light for of in RAMP[len(RAMP) - len(breaks) :]]
    for number, (lower, colour) in enumerate(zip(breaks, colours, strict=True)):
        figure.add_artist(Rectangle((x + number * wide, y), wide, tall, color=colour, linewidth=0))
        figure.text(
            x + number * wide, y - 0.04 / high, _plain(float(lower)), fontfamily=name,
            fontsize=8.5, va="top", ha="left", color=tone("ink").light,
        )  # fmt: skip
    words = t("人/平方公里及以上；少于 {first} 不画", first=_plain(float(breaks[0])))
    figure.text(
        x + (len(breaks) + 0.2) * wide, y + tall / 2, words, fontfamily=name, fontsize=8.5,
        va="center", color=tone("ink-2").light,
    )  # fmt: skip
