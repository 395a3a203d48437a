"""China's calendar of work: days off by the State Council's notice, and the days worked for them.

The days come from the `holidays` package, which lists public holidays and shifted days but not the
Saturdays and Sundays within a holiday, which the notices name too ("2月15日至23日放假"): they are
added here. Notices up to that for 2024 did not name them where nothing was shifted ("6月10日放假，
与周末连休"); there they stay a weekend.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import holidays

from data.hours.rules import SATURDAY, DayType

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from data.hours.rules import DayKind

_NAMES: Final = {
    "元旦": "new_year",
    "除夕": "spring_festival",
    "春节": "spring_festival",
    "清明": "qingming",
    "劳动节": "labour_day",
    "端午": "dragon_boat",
    "中秋": "mid_autumn",
    "国庆": "national_day",
}
_SHIFTED: Final = "调休"
_WEEKENDS_NAMED_SINCE: Final = 2025
_NEXT_NOTICE_FROM: Final = (12, 28)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class YearPlan:
    """The days of one year that are not what their weekday says.

    ``off`` maps a day off to the festivals of its holiday; ``makeup`` are Saturdays and Sundays
    that are worked; ``decreed`` is False when the notice for the year is not known: then only the
    days that the law itself names are off.
    """

    off: Mapping[date, frozenset[str]]
    makeup: frozenset[date]
    decreed: bool

    def __post_init__(self) -> None:
        both = self.makeup & set(self.off)
        if both:
            raise ValueError(f"a day is off and worked at once: {min(both)}")


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """Which kind of day a date is.

    ``plans`` are years that somebody stated, and go before those of the `holidays` package.
    """

    plans: Mapping[int, YearPlan] = field(default_factory=lambda: MappingProxyType({}))

    @staticmethod
    def china() -> WorkCalendar:
        """Return the calendar of the State Council's notices as far as they are known."""
        return _china()

    def with_notice(
        self, year: int, *, off: Mapping[date, Collection[str]], makeup: Collection[date]
    ) -> WorkCalendar:
        """Return a calendar that knows the notice of one more year.

        Parameters
        ----------
        off
            every day off of the notice, with the festivals (`data.hours.rules.FESTIVALS`) of its
            holiday; Saturdays and Sundays within it too.
        makeup
            the Saturdays and Sundays that are worked.
        """
        plan = YearPlan(
            MappingProxyType({day: frozenset(names) for day, names in off.items()}),
            frozenset(makeup),
            decreed=True,
        )
        return WorkCalendar(MappingProxyType({**self.plans, year: plan}))

    def day_kind(self, day: date) -> DayKind:
        """Tell whether a date is a workday, weekend, holiday or make-up working day."""
        plan = self._plan(day.year)
        if day in plan.off:
            return "holiday"
        if day in plan.makeup:
            return "makeup"
        return "weekend" if day.weekday() >= SATURDAY else "workday"

    def day_type(self, day: date) -> DayType:
        """Return weekday, kind and festivals of a date."""
        festivals = self._plan(day.year).off.get(day, frozenset())
        return DayType(day.weekday(), self.day_kind(day), festivals)

    def confirmed(self, year: int) -> bool:
        """Tell whether the State Council's notice for the year is known."""
        return self._plan(year).decreed

    def settled(self, day: date) -> bool:
        """Tell whether no notice that is still to come can change this day.

        From 28 December a day needs the next year's notice too: it may shift days for New Year
        (29 December 2018 was worked by the notice for 2019).
        """
        late = (day.month, day.day) >= _NEXT_NOTICE_FROM
        return self.confirmed(day.year) and (not late or self.confirmed(day.year + 1))

    def _plan(self, year: int) -> YearPlan:
        return self.plans[year] if year in self.plans else _packaged_plan(year)


@lru_cache(maxsize=1)
def _china() -> WorkCalendar:
    return WorkCalendar()


@lru_cache(maxsize=64)
def _packaged_plan(year: int) -> YearPlan:
    """Return the days of one year as the `holidays` package has them, weekends within added.

    The package lists make-up working days only for years whose notice it knows.
    """
    listed = holidays.country_holidays("CN", years=(year - 1, year, year + 1), language="zh_CN")
    makeup = frozenset(listed.weekend_workdays)
    off: dict[date, frozenset[str]] = {}
    seen: set[date] = set()
    for day in sorted(listed):
        if day in seen:
            continue
        run = _run(day, listed=set(listed), makeup=makeup)
        seen.update(run)
        names = [listed[one] for one in run if one in listed]
        festivals = frozenset(
            festival for name in names for word, festival in _NAMES.items() if word in name
        )
        shifted = any(_SHIFTED in name for name in names)
        whole = shifted or run[-1].year >= _WEEKENDS_NAMED_SINCE
        off.update((one, festivals) for one in run if whole or one in listed)
    return YearPlan(
        MappingProxyType({day: names for day, names in off.items() if day.year == year}),
        frozenset(day for day in makeup if day.year == year),
        decreed=any(day.year == year for day in makeup),
    )


def _run(day: date, *, listed: set[date], makeup: frozenset[date]) -> list[date]:
    """List the days off in a row around a public holiday, weekends that are not worked included."""

    def free(one: date) -> bool:
        return one in listed or (one.weekday() >= SATURDAY and one not in makeup)

    first = last = day
    while free(first - _DAY):
        first -= _DAY
    while free(last + _DAY):
        last += _DAY
    return [first + number * _DAY for number in range((last - first).days + 1)]
