"""The week of effective coverage as SVG for the report: a panel of 7 x 24 a group.

The same as `effective_picture`, coloured by the stylesheet, so that it is dark in the dark and
prints. Equal cells beside each other are one rectangle.
"""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np
from markupsafe import Markup

from planning.coverage.effective_rows import DAY, NIGHT, hourly_share, span_ends
from web.reports.effective_labels import ends_of, whole_per_cent
from web.reports.effective_week import (
    BREAKS,
    WEEKDAYS,
    average_day,
    day_shares,
    peopled_groups,
    step_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from planning.coverage.effective import EffectiveCoverage
    from web.languages import Language

_CELL_WIDE, _CELL_HIGH = 13.25, 13.0
_LEFT, _TITLE, _LINE, _AXIS, _GAP = 24.0, 22.0, 34.0, 18.0, 16.0
_PANEL_WIDE: Final = 430.0
_CELLS_WIDE: Final = 24 * _CELL_WIDE
_CELLS_HIGH: Final = 7 * _CELL_HIGH
_PANEL_HIGH: Final = _TITLE + _CELLS_HIGH + 4 + _LINE + _AXIS + _GAP
_LABEL: Final = 13.0
_ACROSS: Final = 2
_KEY_STEP: Final = 44.0
_KEY_WIDE: Final = len(BREAKS) * _KEY_STEP + 144
_KEY_HIGH: Final = 26.0
_HATCH: Final = (
    '<defs><pattern id="nobody" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path class="week-hatch" d="M0 0V5"/></pattern></defs>'
)
_SEEN: Final = 0.2


def draw_week(measured: EffectiveCoverage, title: str, t: Language) -> Markup:
    """Draw a panel for every group that is there; ``title`` is what a screen reader says.

    Each panel is a picture of its own, so that a phone sets them below each other.
    """
    panels = "".join(
        f'<svg class="week" viewBox="0 0 {_PANEL_WIDE:g} {_PANEL_HIGH:g}" aria-hidden="true">'
        f"{_HATCH if number == 0 else ''}{_panel(measured, group, t)}</svg>"
        for number, group in enumerate(peopled_groups(measured))
    )
    return Markup(  # noqa: S704 - numbers, constants and escaped words only
        f'<div class="weeks" role="img" aria-label="{escape(title)}">{panels}</div>'
    )


def week_sheet(measured: EffectiveCoverage, t: Language) -> str:
    """Draw all panels and the key on one sheet, two beside each other: for paper."""
    groups = peopled_groups(measured)
    high = -(-len(groups) // _ACROSS) * _PANEL_HIGH
    panels = "".join(
        f'<svg x="{number % _ACROSS * _PANEL_WIDE:g}" y="{number // _ACROSS * _PANEL_HIGH:g}" '
        f'width="{_PANEL_WIDE:g}" height="{_PANEL_HIGH:g}">{_panel(measured, group, t)}</svg>'
        for number, group in enumerate(groups)
    )
    wide = _ACROSS * _PANEL_WIDE
    return (
        f'<svg class="week" viewBox="0 0 {wide:g} {high + _KEY_HIGH:g}">{_HATCH}{panels}'
        f'<g transform="translate({_LEFT:g} {high:g})">{_key_parts(t)}</g></svg>'
    )


def draw_key(t: Language) -> Markup:
    """Draw the classes with their lower ends, and what is hatched."""
    label = escape(t("色阶：台账写明的有效覆盖份额"))
    return Markup(  # noqa: S704 - numbers, constants and escaped words only
        f'<svg class="week week-key" viewBox="0 0 {_KEY_WIDE:g} {_KEY_HIGH:g}" role="img" '
        f'aria-label="{label}">{_key_parts(t)}</svg>'
    )


def _key_parts(t: Language) -> str:
    wide = _KEY_STEP
    steps = "".join(
        f'<rect class="ramp-{number}" x="{(number - 1) * wide:g}" width="{wide:g}" height="10"/>'
        f'<text x="{(number - 1) * wide:g}" y="22">{100 * lower:.0f} %</text>'
        for number, lower in enumerate(BREAKS, start=1)
    )
    x = len(BREAKS) * wide + 24
    return steps + (
        f'<rect class="week-nobody" x="{x:g}" width="22" height="10"/>'
        f'<text x="{x + 28:g}" y="9">{escape(t("几乎无人"))}</text>'
    )


def _panel(measured: EffectiveCoverage, group: str, t: Language) -> str:
    spans = (span_ends(measured, hours, group=group) for hours in (NIGHT, DAY))
    night, day = ("–" if span is None else whole_per_cent(span) for span in spans)
    words = t("白天 {day} · 夜间 {night}", day=day, night=night)
    title = (
        f'<text class="week-group" x="{_LEFT:g}" y="14">{escape(t.group(group))}</text>'
        f'<text class="week-end" x="{_LEFT + _CELLS_WIDE:g}" y="14">{escape(words)}</text>'
    )
    return title + "".join([*_cells(measured, group, t), *_lines(measured, group, t)])


def _cells(measured: EffectiveCoverage, group: str, t: Language) -> Iterator[str]:
    """Yield the week, Monday first, with the share of each day at its right."""
    share = hourly_share(measured, group=group)
    for day, (word, of_day) in enumerate(
        zip((t(day) for day in WEEKDAYS), day_shares(measured, group), strict=True)
    ):
        y = _TITLE + day * _CELL_HIGH
        baseline = y + _CELL_HIGH - 3.0
        yield f'<text class="week-small" x="{_LEFT - 6:g}" y="{baseline:g}">{word}</text>'
        for look, start, length in _runs(share[day]):
            yield (
                f'<rect class="{look}" x="{_LEFT + start * _CELL_WIDE:g}" y="{y:g}" '
                f'width="{length * _CELL_WIDE:g}" height="{_CELL_HIGH - 1:g}"/>'
            )
        if of_day is not None:
            x = _LEFT + _CELLS_WIDE + 5
            yield f'<text class="week-day" x="{x:g}" y="{baseline:g}">{100 * of_day:.0f} %</text>'
    for hour in (DAY[0], NIGHT[0]):
        yield (
            f'<path class="week-edge" d="M{_LEFT + hour * _CELL_WIDE:g} {_TITLE:g}'
            f'v{_CELLS_HIGH:g}"/>'
        )


def _runs(share: npt.NDArray[np.float64]) -> Iterator[tuple[str, int, int]]:
    """Yield the look of equal hours beside each other, the first of them and how many they are."""
    looks = ["week-nobody" if np.isnan(one) else f"ramp-{step_of(one)}" for one in share]
    start = 0
    for look, run in groupby(looks):
        length = len(list(run))
        yield look, start, length
        start += length


def _lines(measured: EffectiveCoverage, group: str, t: Language) -> Iterator[str]:
    """Yield the average day: effective thick, what may be above it, nominal thin, with figures."""
    top = _TITLE + _CELLS_HIGH + 4
    floor = top + _LINE
    yield f'<path class="week-axis" d="M{_LEFT:g} {floor:g}h{_CELLS_WIDE:g}"/>'
    for hour in range(0, 25, 6):
        x = _LEFT + hour * _CELL_WIDE
        yield f'<text class="week-tick" x="{x:g}" y="{floor + 12:g}">{hour}</text>'
    nominal = measured.share("nominal", group=group)
    effective, possible = ends_of(measured, group)
    lower = min(floor - 1, max(floor - effective * _LINE + 4, top + 9 + _LABEL))
    upper = min(floor - nominal * _LINE + 4, lower - _LABEL)
    low, high = (
        floor - average_day(measured, one, group) * _LINE for one in ("effective", "possible")
    )
    yield f'<path class="week-possible" d="{"".join(_band(low, high))}"/>'
    for measure, share, y, word in (
        ("nominal", whole_per_cent((nominal, nominal)), upper, t("名义")),
        ("effective", whole_per_cent((effective, possible)), lower, t("有效")),
    ):
        values = floor - average_day(measured, measure, group) * _LINE
        yield f'<path class="week-{measure}" d="{"".join(_steps(values))}"/>'
        yield (
            f'<text class="week-{measure}-word" x="{_LEFT + _CELLS_WIDE + 5:g}" y="{y:.1f}">'
            f"{word} {share}</text>"
        )


def _band(low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]) -> Iterable[str]:
    """Yield the data of a path round what lies between two lines, an hour at a time."""
    for hour, (bottom, top) in enumerate(zip(low, high, strict=True)):
        if not np.isnan(bottom) and bottom - top >= _SEEN:
            x = _LEFT + hour * _CELL_WIDE
            yield f"M{x:g} {bottom:.1f}h{_CELL_WIDE:g}V{top:.1f}h{-_CELL_WIDE:g}z"


def _steps(values: npt.NDArray[np.float64]) -> Iterable[str]:
    """Yield the data of a path in steps, broken where there is no value."""
    drawn = False
    for hour, y in enumerate(values):
        if np.isnan(y):
            drawn = False
            continue
        x = _LEFT + hour * _CELL_WIDE
        yield f"V{y:.1f}" if drawn else f"M{x:g} {y:.1f}"
        yield f"H{x + _CELL_WIDE:g}"
        drawn = True
