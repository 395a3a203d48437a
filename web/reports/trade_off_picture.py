"""What is had for what, drawn: the curve of money against coverage, and the front of two measures.

One message each, said in the title. The curve has two lines: what the plans cover, and what is
proved that no plan passes; between them lies what is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator

from data.atomic import replacing
from data.vocabulary import SAMPLE_NOTICE
from geo.errors import InputError
from geo.messages import say
from web.design.fonts import fit, typeface
from web.design.palette import tone
from web.languages import CHINESE, capital, message
from web.site.number_words import count, per_cent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

    from planning.decisions.explain import WeighedPlans
    from planning.decisions.told_curve import ToldPoint
    from web.languages import Language

ENDINGS: Final = (".svg", ".png", ".pdf")
#: Of what the whole money adds: the title tells which money brings so much of it.
MOST_OF_IT: Final = 0.8
_WIDE_IN, _HIGH_IN = 10.0, 6.2
_SIDE_IN: Final = 0.3
_MOST_NAMES: Final = 7
_NAME_APART: Final = 0.1
_ROOM: Final = 0.22
_LONGEST: Final = 12
_MEASURES: Final = {
    "workers": message("覆盖的户外劳动者 / 人"),
    "worker_hours": message("每周覆盖的人时"),
    "mean_time": message("平均用时 / 分钟"),
    "money": message("资金 / 万元"),
    "worst_group": message("最差的群体的覆盖率"),
    "worst_district": message("最差的区县的覆盖率"),
}
_NAMED: Final = {
    "workers": message("覆盖的户外劳动者", context="a measure"),
    "worker_hours": message("覆盖的人时", context="a measure"),
    "mean_time": message("平均用时", context="a measure"),
    "money": message("资金", context="a measure"),
    "worst_group": message("最差群体的覆盖率", context="a measure"),
    "worst_district": message("最差区县的覆盖率", context="a measure"),
}


@dataclass(frozen=True, kw_only=True)
class PictureFrame:
    """What stands round a picture: city, source, whether generated, years and measure.

    ``is_weighted``: the goal counts some more than others.
    """

    city: str
    source: str
    sample: bool
    n_years: int
    measure: str
    is_weighted: bool = False


def refuse_other_ending(path: Path) -> None:
    """Refuse a file that is no picture (InputError)."""
    if path.suffix.casefold() not in ENDINGS:
        raise InputError(
            say(
                "{file}: the ending must be one of {endings}",
                file=path.name,
                endings=", ".join(ENDINGS),
            )
        )


def draw_curve(
    points: Sequence[ToldPoint],
    path: Path,
    *,
    names: Mapping[str, str],
    frame: PictureFrame,
    before: float,
    language: Language = CHINESE,
) -> None:
    """Draw money against coverage, and write the file.

    Parameters
    ----------
    points
        of `told_curve`, in rising order.
    path
        .svg, .png or .pdf.
    names
        what places are called, by id.
    frame
        what stands round it.
    before
        what is covered without a plan, in the measure of the points.

    Raises
    ------
    InputError
        when no point has a plan, the ending is another, or no typeface has the letters.
    WorkspaceError
        when the file cannot be written.
    """
    refuse_other_ending(path)
    known = [one for one in points if one.has_plan]
    if not known:
        raise InputError(say("{file}: the curve has no point with a plan", file=path.name))
    t = language
    name = _typeface([*names.values()], frame, t)
    figure, axes = _sheet()
    yuan = np.array([one.yuan for one in known]) / _unit(t)
    covered, bound = (np.array([getattr(o, f) for o in known]) for f in ("covered", "bound"))
    axes.fill_between(yuan, covered, bound, color=tone("accent").light, alpha=0.15, linewidth=0)
    axes.plot(yuan, bound, color=tone("ink-2").light, linewidth=1.2, linestyle=(0, (5, 3)))
    axes.plot(yuan, covered, color=tone("accent").light, linewidth=2.2, marker="o", markersize=4.5)
    low, high = min(before, float(covered.min())), float(np.nanmax(bound))
    room = max(high - low, 1.0)
    axes.set_ylim(low - 0.12 * room, high + 0.12 * room)
    axes.axhline(before, color=tone("closed").light, linewidth=1, linestyle=(0, (1, 2)))
    said = t("不做：{n}", n=count(before))
    _write(axes, (float(yuan.max()), before), said, name, offset=(0, 4), right=True, quiet=True)
    _line_names(axes, (yuan, covered, bound), name, t)
    _site_names(axes, known, names, name, t)
    axes.set_xlabel(t(_MEASURES["money"]))
    axes.set_ylabel(_measure_words(frame, t))
    _finish(figure, axes, name)
    below = t("下线是找到的方案，上线是已证明任何方案都超不过的；标出的是各点新进的地点。")
    _words(figure, curve_title(known, before, t), below, frame, name=name)
    _save(figure, path, frame)


def curve_title(points: Sequence[ToldPoint], before: float, t: Language) -> str:
    """Say in a sentence what the money brings: which part of it brings most of the whole."""
    last = points[-1]
    whole = last.covered - before
    if whole <= 0:
        return t("加钱不增加覆盖")
    first = next(one for one in points if one.covered - before >= MOST_OF_IT * whole)
    return t(
        "{yuan} 万元已带来全部 {all} 万元新增覆盖的 {share}",
        yuan=_wan(first.yuan, t),
        all=_wan(last.yuan, t),
        share=per_cent((first.covered - before) / whole),
    )


def draw_front(
    front: WeighedPlans, path: Path, *, frame: PictureFrame, language: Language = CHINESE
) -> None:
    """Draw the plans that are best in neither of two measures alone, and write the file.

    A point whose figure is not proved is hollow, with a line to what is proved of it.

    Raises
    ------
    InputError
        when there is no point, the ending is another, or no typeface has the letters.
    WorkspaceError
        when the file cannot be written.
    """
    refuse_other_ending(path)
    if not front.points:
        raise InputError(say("{file}: the front has no point", file=path.name))
    t = language
    name = _typeface([], frame, t)
    figure, axes = _sheet()
    x, y = (
        np.array([_scaled(word, getattr(point, at), t) for point in front.points])
        for word, at in ((front.first, "first"), (front.second, "second"))
    )
    order = np.argsort(x, kind="stable")
    axes.plot(x[order], y[order], color=tone("line").light, linewidth=1.4, zorder=1)
    for number, point in enumerate(front.points):
        ink = tone("accent").light
        if not point.is_proved:
            end = _scaled(front.raised, point.bound, t)
            ends = ([x[number], end], [y[number]] * 2)
            if front.raised == front.second:
                ends = ([x[number]] * 2, [y[number], end])
            axes.plot(*ends, color=ink, linewidth=1.2, linestyle=(0, (1, 1.5)), zorder=2)
        face = ink if point.is_proved else "white"
        axes.plot(
            x[number], y[number], marker="o", markersize=7, markeredgecolor=ink,
            markerfacecolor=face, linestyle="none", zorder=3,
        )  # fmt: skip
        said = t.plural("{n} 项行动", n=len(point.places))
        _write(axes, (x[number], y[number]), said, name, offset=(7, -11), quiet=True)
    axes.margins(0.09)
    axes.set_xlabel(t(_MEASURES[front.first]))
    axes.set_ylabel(t(_MEASURES[front.second]))
    _finish(figure, axes, name)
    below = (
        t("实心点已证明：另一项不变时没有更好的方案。这是全部互不占优的方案。")
        if front.is_complete
        else t("实心点已证明：另一项不变时没有更好的方案；空心点的虚线伸到已证明超不过的地方。")
    )
    _words(figure, front_title(front, t), below, frame, name=name)
    _save(figure, path, frame)


def front_title(front: WeighedPlans, t: Language) -> str:
    """Say in a sentence what one measure costs in the other: the ends of the front."""
    ends = sorted(front.points, key=lambda point: point.first)
    low, high = ends[0], ends[-1]
    if low == high:
        return t(
            "{first}与{second}不冲突：同一个方案两项都最好",
            first=t(_NAMED[front.first]),
            second=t(_NAMED[front.second]),
        )
    said = t(
        "{first} {a} → {b}，{second} {c} → {d}",
        first=t(_NAMED[front.first]),
        second=t(_NAMED[front.second]),
        a=_figure(front.first, low.first, t),
        b=_figure(front.first, high.first, t),
        c=_figure(front.second, low.second, t),
        d=_figure(front.second, high.second, t),
    )
    return capital(said)


def _unit(t: Language) -> float:
    """Yuan in the unit of money: ten thousand in Chinese, a thousand elsewhere."""
    return 10_000.0 if t.is_chinese else 1_000.0


def _wan(yuan: float, t: Language) -> str:
    return f"{yuan / _unit(t):,.1f}".removesuffix(".0")


def _scaled(word: str, figure: float, t: Language) -> float:
    if word == "money":
        return figure / _unit(t)
    if word == "mean_time":
        return figure / 60.0
    return 100.0 * figure if word.startswith("worst") else figure


def _figure(word: str, figure: float, t: Language) -> str:
    """Write a figure of a measure with its unit."""
    if word == "money":
        return t("{yuan} 万元", yuan=_wan(figure, t))
    if word == "mean_time":
        return t("{minutes} 分钟", minutes=f"{figure / 60:.1f}")
    return per_cent(figure) if word.startswith("worst") else count(figure)


def _measure_words(frame: PictureFrame, t: Language) -> str:
    words = _MEASURES["workers" if frame.measure == "workers" else "worker_hours"]
    said = t(words)
    if frame.n_years > 1:
        said = t("{measure}，{n} 年合计", measure=said, n=frame.n_years)
    return t("{measure}，按目标加权", measure=said) if frame.is_weighted else said


def _typeface(texts: Sequence[str], frame: PictureFrame, t: Language) -> str:
    notice = SAMPLE_NOTICE if frame.sample else ""
    return typeface("".join([t(_MEASURES["money"]), frame.city, notice, *texts]))


def _sheet() -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDE_IN, _HIGH_IN))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.095, 0.165, 0.88, 0.655))
    return figure, axes


def _finish(figure: Figure, axes: Axes, name: str) -> None:
    """Quiet the frame: a grid of hairlines, numbers with separators, one typeface."""
    figure.patch.set_facecolor("white")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(tone("border").light)
    axes.grid(visible=True, axis="y", color=tone("line").light, linewidth=0.8)
    axes.set_axisbelow(True)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=7))
        axis.set_major_formatter(FuncFormatter(lambda value, _at: f"{value:,.6g}"))
        axis.label.set(fontfamily=name, fontsize=10.5, color=tone("ink").light)
    axes.tick_params(length=0, labelsize=9.5, labelcolor=tone("ink-2").light)


def _write(
    axes: Axes,
    at: tuple[float, float],
    text: str,
    name: str,
    *,
    offset: tuple[float, float],
    right: bool = False,
    quiet: bool = False,
) -> Annotation:
    """Write a label beside a point, with a halo of paper."""
    said = axes.annotate(
        text, at, xytext=offset, textcoords="offset points", fontfamily=name, fontsize=9.5,
        ha="right" if right else "left", va="center",
        color=tone("ink-2" if quiet else "ink").light, parse_math=False,
    )  # fmt: skip
    said.set_path_effects([withStroke(linewidth=3, foreground="white")])
    return said


def _line_names(axes: Axes, lines: tuple[np.ndarray, ...], name: str, t: Language) -> None:
    """Name the two lines at their ends; once where they are one."""
    yuan, covered, bound = lines
    at = len(yuan) - 1
    if bound[at] - covered[at] > 1e-6 * abs(bound[at]):
        _write(
            axes, (yuan[at], bound[at]), t("任何方案都超不过"), name,
            offset=(0, 10), right=True, quiet=True,
        )  # fmt: skip


def _site_names(
    axes: Axes, points: Sequence[ToldPoint], names: Mapping[str, str], name: str, t: Language
) -> None:
    """Name the new places at the points that gain most, so far apart that names do not meet."""
    steps = [
        (one.covered - last.covered, number)
        for number, (last, one) in enumerate(pairwise(points), start=1)
        if one.enters
    ]
    span = max(points[-1].yuan - points[0].yuan, 1.0)
    told: list[int] = []
    for _, number in sorted(steps, reverse=True):
        share = points[number].yuan / span
        if all(abs(share - points[other].yuan / span) >= _NAME_APART for other in told):
            told.append(number)
        if len(told) == _MOST_NAMES:
            break
    # room for the names of the last points
    axes.set_xlim(right=(points[-1].yuan + _ROOM * span) / _unit(t))
    taken: list[Bbox] = []
    for number in told:
        one = points[number]
        first = names.get(one.enters[0].id, one.enters[0].name)
        first = first if len(first) <= _LONGEST else f"{first[: _LONGEST - 1]}…"
        said = t("+ {name}", name=first)
        if len(one.enters) > 1:
            said = t("+ {name}等 {n} 处", name=first, n=len(one.enters))
        label = _write(axes, (one.yuan / _unit(t), one.covered), said, name, offset=(6, -13))
        place = label.get_window_extent()
        if any(place.overlaps(other) for other in taken):
            label.remove()
        else:
            taken.append(place)


def _words(figure: Figure, title: str, below: str, frame: PictureFrame, *, name: str) -> None:
    """Write the title, what is below it, and the source."""
    left = _SIDE_IN / _WIDE_IN
    heading = figure.text(
        left, 1 - 0.42 / _HIGH_IN, title, fontfamily=name, fontsize=16, fontweight="bold",
        color=tone("ink").light, va="center", parse_math=False,
    )  # fmt: skip
    second = figure.text(
        left, 1 - 0.8 / _HIGH_IN, f"{frame.city} · {below}", fontfamily=name, fontsize=10,
        color=tone("ink-2").light, va="center", parse_math=False,
    )  # fmt: skip
    notice = f"{SAMPLE_NOTICE}  " if frame.sample else ""
    source = figure.text(
        left, 0.24 / _HIGH_IN, f"{notice}{frame.source}", fontfamily=name, fontsize=8.5,
        color=tone("ink-2").light, va="center", parse_math=False,
        backgroundcolor=tone("sample").light if frame.sample else "white",
    )  # fmt: skip
    fit((heading, second, source), wide_in=_WIDE_IN - 2 * _SIDE_IN)


def _save(figure: Figure, path: Path, frame: PictureFrame) -> None:
    key = "Subject" if path.suffix.casefold() == ".pdf" else "Description"
    metadata = {key: SAMPLE_NOTICE} if frame.sample else None
    with replacing(path) as draft:
        figure.savefig(draft, dpi=150, facecolor="white", metadata=metadata)
