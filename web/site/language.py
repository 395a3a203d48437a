"""The two languages of the pages, Chinese first, and how numbers and terms are written in them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.china_time import CHINA_TIME
from data.vocabulary import (
    ACCESS_MODES_BY_ID,
    FACILITIES_BY_ID,
    GROUPS_BY_ID,
    KINDS_BY_ID,
    STATUSES_BY_ID,
)
from planning.coverage.rounding import half_up

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from data.settings import ServiceStandard
    from data.vocabulary import Term

# On a page of stations the nine signs of 户外劳动者服务驿站 say no more than 驿站 does.
_SHORT_KINDS: Final = {
    "service_centre": ("服务中心", "Service centre"),
    "base": ("服务基地", "Service base"),
    "station": ("驿站", "Station"),
}
_EVERYBODY: Final = ("全部工友", "All workers")
_PEOPLE: Final = ("工友", "workers")
_WHOLE_CITY: Final = ("全市", "Whole city")
_OUTSIDE: Final = ("区县之外", "Outside the districts")
_ALL: Final = "all"
_ALL_DAY: Final = re.compile(r"24\s*小时|全天")
_TIMES: Final = {
    "night": ("夜间", "at night"),
    "rush": ("高峰时段", "in the rush hour"),
    "winter": ("冬季", "in winter"),
}


@dataclass(frozen=True)
class Language:
    """One of the two languages; ``code`` is "zh" or "en"."""

    code: str

    @property
    def tag(self) -> str:
        """The language as HTML writes it."""
        return "zh-CN" if self.code == "zh" else "en"

    def __call__(self, zh: str, en: str) -> str:
        """Return the sentence that is written in this language."""
        return zh if self.code == "zh" else en

    def kind(self, kind: str) -> str:
        """Name a kind of station, shortly."""
        return self(*_SHORT_KINDS[kind]) if kind in _SHORT_KINDS else self._term(KINDS_BY_ID, kind)

    def kinds(self, kind: str, n: int) -> str:
        """Name so many stations of a kind in a sentence, such as "1 个驿站" or "4 driver homes"."""
        name = self.kind(kind)
        return self(f"{n} 个{name}", f"{n} {name.lower()}{'' if n == 1 else 's'}")

    def people(self, group: str) -> str:
        """Name those of a group in a sentence, such as "工友" (of all groups) or "couriers"."""
        if group == _ALL:
            return self(*_PEOPLE)
        name = self.group(group)
        return self(name, f"{name.lower()}s")

    def group(self, group: str) -> str:
        """Name a group of workers; "all" is everybody."""
        return self(*_EVERYBODY) if group == _ALL else self._term(GROUPS_BY_ID, group)

    def district(self, district: str) -> str:
        """Name a district; "all" is the whole city, "outside" what lies in none."""
        special = {_ALL: _WHOLE_CITY, "outside": _OUTSIDE}
        return self(*special[district]) if district in special else district

    def facility(self, facility: str) -> str:
        """Name what a station offers."""
        return self._term(FACILITIES_BY_ID, facility)

    def access(self, way: str) -> str:
        """Name a way in."""
        return self._term(ACCESS_MODES_BY_ID, way)

    def status(self, status: str) -> str:
        """Name the status of a station."""
        return self._term(STATUSES_BY_ID, status)

    def day(self, day: date) -> str:
        """Write a date."""
        return self(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B %Y}")

    def _term(self, terms: Mapping[str, Term], word: str) -> str:
        term = terms.get(word)
        if term is None:
            return word
        return term.zh if self.code == "zh" else term.en[:1].upper() + term.en[1:]


CHINESE: Final = Language("zh")
ENGLISH: Final = Language("en")


def language_of(word: str | None) -> Language:
    """Return English where it is asked for, Chinese otherwise."""
    return ENGLISH if word == "en" else CHINESE


def count(number: float) -> str:
    """Write a number of people or things: whole (a half goes up), with thousands separators."""
    return f"{half_up(number):,}"


def added_count(number: float, t: Language) -> str:
    """Write how many workers something adds: "fewer than 1" for a part of one, never 0."""
    return t("不足 1", "fewer than 1") if number > 0 and round(number) == 0 else count(number)


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
    tenths = _tenths(after) - _tenths(before)
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


def gap_words(gap: float) -> str:
    """Write a relative gap in per cent with two digits that count: never less than it is."""
    steps = 10 if gap >= 0.01 else 100  # noqa: PLR2004 - tenths from 1 % on, hundredths below
    # a hair is forgiven: 0.3 % as a fraction is a little more than 0.3
    per_cent = max(1, math.ceil(100 * gap * steps - 1e-6)) / steps
    return f"{per_cent:.1f} %" if steps == 10 else f"{per_cent:.2f} %"  # noqa: PLR2004 - as above


def standard_words(standard: ServiceStandard, t: Language) -> str:
    """Say a service standard in words, such as "步行 15 分钟、1 公里内"."""
    minutes = f"{standard.cutoff_s / 60:g}"
    zh, en = {
        "foot": ("步行", "on foot"),
        "ebike": ("电动车", "by e-bike"),
        "car": ("驾车", "by car"),
        "truck": ("货车", "by truck"),
    }[standard.mode]
    if standard.radius_m is None:
        return t(f"{zh} {minutes} 分钟内", f"within {minutes} min {en}")
    km = f"{standard.radius_m / 1000:g}"
    return t(f"{zh} {minutes} 分钟、{km} 公里内", f"within {minutes} min {en} and {km} km")


def hours_words(hours: str, t: Language) -> str:
    """Write opening hours as the register has them; only "all day" is said in English too."""
    return hours if t.code == "zh" else _ALL_DAY.sub("24 h", hours)


def when_words(when: str, t: Language) -> str:
    """Name the time of which the roads are taken."""
    return t("平常", "usual") if when == "usual" else t(*_TIMES.get(when, (when, when)))


def when_note(inputs: Mapping[str, str], t: Language) -> str:
    """Say at what time the roads are as they were taken; nothing for the usual one."""
    when = inputs.get("when", "usual")
    if when == "usual":
        return ""
    said = when_words(when, t)
    return t(f"道路快慢按{said}计算。", f"Roads as they are {said}.")


def roads_source(t: Language, *, sample: bool) -> str:
    """Say whose the roads are: the generated sample's, or OpenStreetMap's (ODbL)."""
    if sample:
        return t("道路：示意数据", "Roads: generated sample")
    return "© OpenStreetMap contributors"


def rounding_note(t: Language) -> str:
    """Say how whole workers come about."""
    return t(
        "各站新增之和等于新覆盖总数：人数取整用最大余数法，部分之和就是总数。",
        "The sites' figures add up to the total: workers are rounded by largest remainder.",
    )


def local_words(moment: datetime | None) -> str:
    """Write a moment as China's clocks show it, to the minute; nothing for None."""
    return "" if moment is None else f"{moment.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"
