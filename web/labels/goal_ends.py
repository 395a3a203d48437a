"""What a plan is worse or better by, between two proved ends, in the measure of its goal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from web.languages import message

if TYPE_CHECKING:
    from web.languages import Language

# Of the last digit that is written: ends so near are one, and what sums may have lost.
_SAME: Final = 0.5
_ROUNDING: Final = 1e-6


class _Measure(NamedTuple):
    """``one`` of what is said, its digits, and how a worse and a better plan are told."""

    one: float
    digits: int
    worse: str
    better: str


_WORST: Final = _Measure(
    0.01, 2, message("最差的少 {n} 个百分点"), message("最差的多 {n} 个百分点")
)
_MEASURES: Final = {
    "cheapest": _Measure(1.0, 0, message("多花 {n} 元"), message("省 {n} 元")),
    "worst_group": _WORST,
    "worst_district": _WORST,
    "mean_time": _Measure(60.0, 2, message("平均多 {n} 分钟"), message("平均少 {n} 分钟")),
    "two_in_reach": _Measure(
        1.0, 0, message("少 {n} 人（两处可达的算两次）"), message("多 {n} 人（两处可达的算两次）")
    ),
    "seated": _Measure(1.0, 0, message("少坐 {n} 人"), message("多坐 {n} 人")),
}


def is_sum(goal: str) -> bool:
    """Whether a goal's figures are of what is covered, added up over the years."""
    return goal not in _MEASURES


def worse_words(goal: str, least: float | None, most: float | None, t: Language) -> str:
    """Say by how much a plan is worse, of a goal that is no sum."""
    if least is None and most is None:
        return t("还不知道差多少")
    measure = _MEASURES[goal]
    return t(measure.worse, n=_ends(measure, least, most, t))


def better_words(goal: str, least: float | None, most: float | None, t: Language) -> str:
    """Say by how much a plan is better, of a goal that is no sum."""
    if least is None and most is None:
        return t("还不知道好多少")
    measure = _MEASURES[goal]
    return t(measure.better, n=_ends(measure, least, most, t))


def _ends(measure: _Measure, least: float | None, most: float | None, t: Language) -> str:
    """Write two proved ends, which stay proved as they are rounded; once where they are one."""
    parts = 10.0**measure.digits
    low, high = (None if end is None else parts * end / measure.one for end in (least, most))
    if low is not None and high is not None and high - low < _SAME:
        return _figure(measure, round(high))
    known = None if low is None else _figure(measure, math.floor(low + _ROUNDING))
    if high is None:
        return t("至少 {n}", n=known or "0")
    top = _figure(measure, math.ceil(high - _ROUNDING))
    return t("至多 {n}", n=top) if known is None else t("{low} 至 {high}", low=known, high=top)


def _figure(measure: _Measure, parts: int) -> str:
    return f"{parts / 10.0**measure.digits:,.{measure.digits}f}"
