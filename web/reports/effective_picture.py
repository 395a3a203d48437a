"""Effective coverage by weekday and hour as a picture: one panel of 7 x 24 a group.

Beneath each panel the average day is a line, with the nominal share as a thin one: what the
register promises at every hour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from data.atomic import replacing
from data.vocabulary import SAMPLE_NOTICE
from geo.errors import InputError
from geo.messages import say
from planning.coverage.effective_rows import hourly_share
from planning.coverage.nominal import ALL
from web.design.fonts import fit, typeface
from web.design.palette import RAMP, tone
from web.languages import CHINESE
from web.reports.effective_labels import before_dawn_sentence, ends_of, headline, whole_per_cent
from web.reports.effective_week import (
    BREAKS,
    WEEKDAYS,
    average_day,
    day_shares,
    peopled_groups,
    step_of,
)
from web.site.number_words import per_cent, per_cent_range

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from planning.coverage.effective import EffectiveCoverage
    from web.languages import Language

PICTURES: Final = (".png", ".svg", ".pdf")
_WIDE_IN, _PANEL_IN, _LINE_IN, _TOP_IN, _BOTTOM_IN = 11.0, 1.75, 0.7, 0.95, 1.0
_LEFT_IN, _RIGHT_IN, _ROW_IN = 0.55, 0.85, 0.5
_LABEL_HIGH, _HIGHEST_LABEL = 0.34, 0.84


def draw_effective(
    measured: EffectiveCoverage,
    path: Path,
    *,
    city: str,
    group: str | None = None,
    sample: bool = False,
    language: Language = CHINESE,
) -> None:
    """Draw each group's week, or that of one ``group``, and write the file whole.

    Raises
    ------
    InputError
        when the file's name has another ending, nobody is present, or no typeface has the letters.
    """
    if path.suffix.casefold() not in PICTURES:
        raise InputError(
            say(
                "{file}: write a name that ends in {endings} or .csv",
                file=path.name,
                endings=", ".join(PICTURES),
            )
        )
    groups = peopled_groups(measured) if group is None else (group,)
    if not groups:
        raise InputError(say("there are no workers to draw"))
    name = typeface("驿站" if language.is_chinese else city)
    figure = _sheet(measured, groups, name, language)
    _words(figure, measured, group or ALL, name=name, city=city, sample=sample, t=language)
    _legend(figure, language, name)
    with replacing(path) as partial:
        kind = path.suffix.casefold().removeprefix(".")
        FigureCanvasAgg(figure).print_figure(partial, format=kind, dpi=144)


def _sheet(measured: EffectiveCoverage, groups: tuple[str, ...], name: str, t: Language) -> Figure:
    """Lay two panels beside each other, or one over the whole width."""
    n_wide = min(2, len(groups))
    n_rows = -(-len(groups) // n_wide)
    row_in = _PANEL_IN + _LINE_IN + _ROW_IN
    high = _TOP_IN + n_rows * row_in + _BOTTOM_IN
    figure = Figure(figsize=(_WIDE_IN, high), facecolor="white")
    wide = (_WIDE_IN - n_wide * (_LEFT_IN + _RIGHT_IN)) / n_wide
    for number, group in enumerate(groups):
        row, column = divmod(number, n_wide)
        left = _LEFT_IN + column * (wide + _LEFT_IN + _RIGHT_IN)
        top = high - _TOP_IN - row * row_in
        boxes = [
            (left, top - _PANEL_IN, wide, _PANEL_IN - 0.3),
            (left, top - _PANEL_IN - _LINE_IN, wide, _LINE_IN - 0.08),
        ]
        cells, line = (
            figure.add_axes((x / _WIDE_IN, y / high, w / _WIDE_IN, h / high))
            for x, y, w, h in boxes
        )
        _draw_cells(cells, measured, group, name, t)
        _draw_line(line, measured, group, name, t)
    return figure


def _draw_cells(
    panel: Axes, measured: EffectiveCoverage, group: str, name: str, t: Language
) -> None:
    """Draw the week as cells, Monday first; where hardly anybody is present, hatched grey."""
    share = hourly_share(measured, group=group)
    for (day, hour), value in np.ndenumerate(share):
        empty = np.isnan(value)
        panel.add_patch(
            Rectangle(
                (hour, day),
                1,
                1,
                facecolor=tone("paper-2").light if empty else RAMP[step_of(value) - 1].light,
                edgecolor=tone("border").light if empty else "white",
                hatch="//////" if empty else None,
                linewidth=0.0 if empty else 0.5,
            )
        )
    panel.set(xlim=(0, 24), ylim=(7, 0), xticks=[], yticks=np.arange(7) + 0.5)
    panel.set_yticklabels(
        [t(day) for day in WEEKDAYS], fontfamily=name, fontsize=8.5, color=tone("ink-2").light
    )
    panel.tick_params(length=0, pad=4)
    for spine in panel.spines.values():
        spine.set_visible(False)
    for hour in (6, 22):
        panel.axvline(hour, color=tone("ink").light, linewidth=1.0)
    for day, of_day in enumerate(day_shares(measured, group)):
        if of_day is not None:
            panel.text(
                24.3, day + 0.5, f"{100 * of_day:.0f} %", fontfamily=name, fontsize=8.5,
                va="center", color=tone("ink-2").light,
            )  # fmt: skip
    panel.set_title(
        t.group(group), fontfamily=name, fontsize=11.5, fontweight="bold", loc="left", pad=5,
        color=tone("ink").light,
    )  # fmt: skip


def _draw_line(
    panel: Axes, measured: EffectiveCoverage, group: str, name: str, t: Language
) -> None:
    """Draw the average day: effective thick, what may be above it, nominal thin, with figures."""
    hours = np.arange(25)
    nominal = measured.share("nominal", group=group)
    effective, possible = ends_of(measured, group)
    apart = max(0.0, _LABEL_HIGH - (nominal - effective)) / 2
    upper = min(nominal + apart, _HIGHEST_LABEL)
    low, high = (average_day(measured, one, group) for one in ("effective", "possible"))
    panel.fill_between(
        hours, np.append(low, low[-1]), np.append(high, high[-1]), step="post", linewidth=0,
        color=tone("accent").light, alpha=0.25, zorder=1,
    )  # fmt: skip
    for measure, width, share, at, word in (
        ("nominal", 0.8, whole_per_cent((nominal, nominal)), upper, t("名义")),
        (
            "effective",
            2.0,
            whole_per_cent((effective, possible)),
            min(effective - apart, upper - _LABEL_HIGH),
            t("有效"),
        ),
    ):
        values = average_day(measured, measure, group)
        thick = measure == "effective"
        panel.step(
            hours, np.append(values, values[-1]), where="post", linewidth=width,
            color=tone("ink" if thick else "ink-2").light, zorder=3 if thick else 2,
        )  # fmt: skip
        panel.text(
            24.3, at, f"{word} {share}", fontfamily=name, fontsize=8.5,
            fontweight="bold" if thick else "normal", va="center", color=tone("ink").light,
        )  # fmt: skip
    panel.axvspan(22, 24, color=tone("paper-2").light, zorder=0)
    panel.axvspan(0, 6, color=tone("paper-2").light, zorder=0)
    panel.set(xlim=(0, 24), ylim=(0, 1.04), xticks=range(0, 25, 3), yticks=[0, 1])
    panel.set_xticklabels(
        [str(hour) for hour in range(0, 25, 3)], fontsize=8.5, color=tone("ink-2").light
    )
    panel.set_yticklabels(["0", "100 %"], fontsize=7.5, color=tone("ink-2").light)
    panel.tick_params(length=2, pad=2, color=tone("border").light)
    for side in ("top", "right", "left"):
        panel.spines[side].set_visible(False)
    panel.spines["bottom"].set_color(tone("border").light)


def _words(
    figure: Figure,
    measured: EffectiveCoverage,
    group: str,
    *,
    name: str,
    city: str,
    sample: bool,
    t: Language,
) -> None:
    """Write the title, what a cell is, and the source."""
    high = figure.get_figheight()
    nominal = per_cent(measured.share("nominal", group=group))
    found = per_cent_range(ends_of(measured, group))
    below = t.sentences(
        [
            t(
                "{city}，{group}：有效覆盖 {found}，名义覆盖 {nominal}。",
                city=city,
                group=t.group_within(group),
                found=found,
                nominal=nominal,
            ),
            before_dawn_sentence(measured, group, t),
            t("竖线之间是 6–22 时，右侧为各日写明的份额。"),
        ]
    )
    texts = [
        figure.text(
            0.3 / _WIDE_IN, y / high, text, fontfamily=name, fontsize=size, fontweight=weight,
            color=tone(colour).light, va="center",
        )
        for y, text, size, weight, colour in (
            (high - 0.38, headline(measured, group, t), 15, "bold", "ink"),
            (high - 0.74, below, 10, "normal", "ink-2"),
        )
    ]  # fmt: skip
    notice = f"{SAMPLE_NOTICE}　" if sample else ""
    source = t(
        "有效：服务标准内有此刻开着门、进得来、所需设备完好的站点，"
        "从台账写明的到没写的也算；颜色按写明的。"
    )
    foot = figure.text(
        0.3 / _WIDE_IN, 0.24 / high, f"{notice}{source}", fontfamily=name, fontsize=8.5,
        color=tone("ink-2").light, va="center",
        backgroundcolor=tone("sample").light if sample else "white",
    )  # fmt: skip
    fit((*texts, foot), wide_in=_WIDE_IN - 0.6)


def _legend(figure: Figure, t: Language, name: str) -> None:
    """Draw the classes with their lower ends, and what is hatched."""
    high = figure.get_figheight()
    wide, tall = 0.62 / _WIDE_IN, 0.15 / high
    x, y = 0.3 / _WIDE_IN, 0.72 / high
    for number, (lower, colour) in enumerate(zip(BREAKS, RAMP, strict=True)):
        figure.add_artist(
            Rectangle((x + number * wide, y), wide, tall, color=colour.light, linewidth=0)
        )
        figure.text(
            x + number * wide, y - 0.04 / high, f"{100 * lower:.0f} %", fontfamily=name,
            fontsize=8.5, va="top", ha="left", color=tone("ink").light,
        )  # fmt: skip
    after = x + (len(BREAKS) + 0.3) * wide
    text = t("在场、需要休息的户外劳动者中有效覆盖的份额（该级下限）")
    figure.text(
        after, y + tall / 2, text, fontfamily=name, fontsize=8.5, va="center",
        color=tone("ink-2").light,
    )  # fmt: skip
    right = 1 - 1.9 / _WIDE_IN
    figure.add_artist(
        Rectangle(
            (right, y), wide / 2, tall, facecolor=tone("paper-2").light, hatch="//////",
            edgecolor=tone("border").light, linewidth=0.0,
        )
    )  # fmt: skip
    figure.text(
        right + 0.6 * wide, y + tall / 2, t("几乎无人"), fontfamily=name,
        fontsize=8.5, va="center", color=tone("ink-2").light,
    )  # fmt: skip
