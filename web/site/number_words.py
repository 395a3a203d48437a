"""How numbers, standards and times are written in a sentence."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from data.china_time import CHINA_TIME
from planning.coverage.rounding import half_up
from web.languages import message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from data.settings import ServiceStandard
    from web.languages import Language

#: A longer figure stands too near to its neighbour under a ramp.
_SHORT_LABEL: Final = 4
_ALL_DAY: Final = re.compile(r"24\s*小时|全天")
_TIMES: Final = {
    "night": message("夜间"),
    "rush": message("高峰时段"),
    "winter": message("冬季"),
}
_WITHIN: Final = {
    "foot": message("步行 {minutes} 分钟内"),
    "ebike": message("电动车 {minutes} 分钟内"),
    "car": message("驾车 {minutes} 分钟内"),
    "truck": message("货车 {minutes} 分钟内"),
}
_WITHIN_KM: Final = {
    "foot": message("步行 {minutes} 分钟、{km} 公里内"),
    "ebike": message("电动车 {minutes} 分钟、{km} 公里内"),
    "car": message("驾车 {minutes} 分钟、{km} 公里内"),
    "truck": message("货车 {minutes} 分钟、{km} 公里内"),
}


def count(number: float) -> str:
    """Write a number of people or things: whole (a half goes up), with thousands separators."""
    return f"{half_up(number):,}"


def added_count(number: float, t: Language) -> str:
    """Write how many workers something adds: "fewer than 1" for a part of one, never 0."""
    return t("不足 1") if number > 0 and round(number) == 0 else count(number)


def signed_count(number: float) -> str:
    """Write a change of a number: whole, with its sign; no sign on nothing."""
    whole = half_up(number)
    return f"{whole:+,}".replace("-", "−") if whole else "0"


def share(part: float, whole: float) -> str:
    """Write a share in per cent with one digit; a dash where there is nobody to reach."""
    return per_cent(part / whole) if whole > 0 else "–"


def per_cent(share_: float | None) -> str:
    """Write a share in per cent with one digit; a dash where there is none."""
    return "–" if share_ is None else f"{_tenths(share_) / 10:.1f} %"


def per_cent_range(ends: tuple[float, float] | None) -> str:
    """Write a share that is known within a range, such as "30.3–41.2 %"; once where it is one."""
    if ends is None:
        return "–"
    low, high = (per_cent(end) for end in ends)
    return low if low == high else f"{low.removesuffix(' %')}–{high}"


def share_range(low: float, high: float, whole: float) -> str:
    """Write a share that is known within a range of parts; a dash where there is nobody."""
    return per_cent_range((low / whole, high / whole)) if whole > 0 else "–"


def points(before: float, after: float, whole: float) -> str:
    """Write the change of a share in percentage points with one digit and its sign.

    It is the difference of the two shares as they are printed.
    """
    return points_between(before / whole, after / whole) if whole > 0 else "–"


def points_between(before: float, after: float) -> str:
    """Write how far two shares lie apart in percentage points, as they are printed."""
    return signed_tenths(change_between(before, after))


def change_between(before: float, after: float) -> float:
    """Return how far two shares lie apart as they are printed, as a fraction of 1."""
    return (_tenths(after) - _tenths(before)) / 1000


def signed_tenths(change: float) -> str:
    """Write a change of a share in percentage points with one digit and its sign."""
    tenths = _tenths(change)
    return f"{tenths / 10:+.1f}".replace("-", "−") if tenths else "0.0"


def _tenths(share_: float) -> int:
    """Return a share in whole tenths of a per cent."""
    return half_up(1000 * share_)


def two_digits(value: float) -> str:
    """Write a value with the two digits that count, such as 0.34, 7.1, 86 or 1,400."""
    if value == 0:
        return "0"
    digits = 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, digits):,.{max(0, digits)}f}"


class RampLabel(NamedTuple):
    """What stands at a border between two colours, in which row under them: 0 or 1."""

    said: str
    row: int


def ramp_labels(breaks: Sequence[float]) -> list[RampLabel]:
    """Write the borders of a ramp; by turns in two rows where one is too narrow for them."""
    said = [two_digits(value) for value in breaks]
    rows = 2 if max(map(len, said), default=0) > _SHORT_LABEL else 1
    return [RampLabel(words, number % rows) for number, words in enumerate(said)]


def gap_words(gap: float) -> str:
    """Write a relative gap in per cent with two digits that count: never less than it is."""
    steps = 10 if gap >= 0.01 else 100  # noqa: PLR2004 - tenths from 1 % on, hundredths below
    # a hair is forgiven: 0.3 % as a fraction is a little more than 0.3
    per_cent = max(1, math.ceil(100 * gap * steps - 1e-6)) / steps
    return f"{per_cent:.1f} %" if steps == 10 else f"{per_cent:.2f} %"  # noqa: PLR2004 - as above


def standard_words(standard: ServiceStandard, t: Language) -> str:
    """Say a service standard in words, such as "步行 15 分钟、1 公里内"."""
    minutes = f"{standard.cutoff_s / 60:g}"
    if standard.radius_m is None:
        return t(_WITHIN[standard.mode], minutes=minutes)
    km = f"{standard.radius_m / 1000:g}"
    return t(_WITHIN_KM[standard.mode], minutes=minutes, km=km)


def hours_words(hours: str, t: Language) -> str:
    """Write opening hours as the register has them; only "all day" is said in other languages."""
    return hours if t.is_chinese else _ALL_DAY.sub(t("24 小时"), hours)


def when_words(when: str, t: Language) -> str:
    """Name the time of which the roads are taken."""
    return t("平常") if when == "usual" else t(_TIMES.get(when, when))


def when_note(inputs: Mapping[str, str], t: Language) -> str:
    """Say at what time the roads are as they were taken; nothing for the usual one."""
    when = inputs.get("when", "usual")
    if when == "usual":
        return ""
    said = when_words(when, t)
    return t("道路快慢按{said}计算。", said=said)


def roads_source(t: Language, *, sample: bool) -> str:
    """Say whose the roads are: the generated sample's, or OpenStreetMap's (ODbL)."""
    if sample:
        return t("道路：示意数据")
    return "© OpenStreetMap contributors"


def rounding_note(t: Language) -> str:
    """Say how whole workers come about."""
    return t("各站新增之和等于新覆盖总数：人数取整用最大余数法，部分之和就是总数。")


def local_words(moment: datetime | None) -> str:
    """Write a moment as China's clocks show it, to the minute; nothing for None."""
    return "" if moment is None else f"{moment.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"
