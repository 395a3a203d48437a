"""The typed form of opening hours: rules over days, seasons and minutes; the later goes before.

A day is known by its weekday and by its kind: ``workday`` (an ordinary working day), ``weekend``,
``holiday`` (a day off by the State Council's notice, Saturdays and Sundays within it included) and
``makeup`` (a Saturday or Sunday that is worked for a day off elsewhere).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from datetime import date

DayKind = Literal["workday", "weekend", "holiday", "makeup"]
Span = tuple[int, int]

DAY_KINDS: Final[tuple[DayKind, ...]] = ("workday", "weekend", "holiday", "makeup")
ALL_KINDS: Final[frozenset[DayKind]] = frozenset(DAY_KINDS)
WORKING: Final[frozenset[DayKind]] = frozenset({"workday", "makeup"})
RESTING: Final[frozenset[DayKind]] = frozenset({"weekend", "holiday"})
HOLIDAY: Final[frozenset[DayKind]] = frozenset({"holiday"})
WEEK: Final = frozenset(range(7))
SATURDAY, SUNDAY = 5, 6
WEEKEND: Final = frozenset({SATURDAY, SUNDAY})
DAY_MIN: Final = 1440
ALL_DAY: Final[tuple[Span, ...]] = ((0, DAY_MIN),)
UP_TO_MIDNIGHT: Final[Span] = (0, DAY_MIN - 1)
FESTIVALS: Final = (
    "new_year",
    "spring_festival",
    "qingming",
    "labour_day",
    "dragon_boat",
    "mid_autumn",
    "national_day",
)
_LATEST_MIN: Final = 2 * DAY_MIN
_MONTHS, _LONGEST_MONTH = 12, 31


@dataclass(frozen=True)
class DayType:
    """What a rule can know of a day apart from its date: weekday (Monday 0), kind, festivals."""

    weekday: int
    kind: DayKind
    festivals: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Days:
    """A set of days: those of a weekday **and** of a kind **and**, if any is named, of a festival.

    ``festivals`` holds identifiers of `FESTIVALS`; empty: whatever the festival.
    """

    weekdays: frozenset[int] = WEEK
    kinds: frozenset[DayKind] = ALL_KINDS
    festivals: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= WEEK:
            raise ValueError(f"weekdays are numbers 0 to 6, at least one, not {self.weekdays}")
        if not self.kinds or not self.kinds <= ALL_KINDS:
            raise ValueError(f"kinds of days are {DAY_KINDS}, at least one, not {self.kinds}")
        if not self.festivals <= set(FESTIVALS):
            raise ValueError(f"festivals are {FESTIVALS}, not {self.festivals}")
        if self.festivals and self.kinds != HOLIDAY:
            raise ValueError("the days of a festival are holidays")

    def hold(self, day: DayType) -> bool:
        """Tell whether a day is one of these."""
        return (
            day.weekday in self.weekdays
            and day.kind in self.kinds
            and (not self.festivals or bool(self.festivals & day.festivals))
        )

    @property
    def literal(self) -> bool:
        """Whether the weekday alone decides, whatever the State Council says."""
        return self.kinds == ALL_KINDS and not self.festivals


EVERY_DAY: Final = Days()
WORKDAYS: Final = Days(kinds=WORKING)
REST_DAYS: Final = Days(kinds=RESTING)
HOLIDAYS: Final = Days(kinds=HOLIDAY)
NOT_HOLIDAYS: Final = Days(kinds=ALL_KINDS - HOLIDAY)
FREE_WEEKENDS: Final = Days(weekdays=WEEKEND, kinds=RESTING)


@dataclass(frozen=True)
class Season:
    """Days of any year from ``first`` to ``last``, (month, day), both within; over new year too."""

    first: tuple[int, int]
    last: tuple[int, int]

    def __post_init__(self) -> None:
        for month, day in (self.first, self.last):
            if not (1 <= month <= _MONTHS and 1 <= day <= _LONGEST_MONTH):
                raise ValueError(f"no day of a year: month {month}, day {day}")

    def hold(self, day: date | tuple[int, int]) -> bool:
        """Tell whether a day lies within."""
        here = day if isinstance(day, tuple) else (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


@dataclass(frozen=True)
class Rule:
    """On these days, in these seasons, open in these spans.

    Parameters
    ----------
    days
        a day that any of them holds is meant.
    spans
        minutes after midnight, start before 24:00, end up to 48:00 (past midnight it is the next
        day's morning); sorted, apart from each other. Empty: closed.
    seasons
        empty: all the year.
    adds
        the spans are open besides what earlier rules say; otherwise they replace it.
    unknown
        what holds on these days is not said (节假日另行通知); no spans then.
    """

    days: tuple[Days, ...] = (EVERY_DAY,)
    spans: tuple[Span, ...] = ()
    seasons: tuple[Season, ...] = ()
    adds: bool = False
    unknown: bool = False

    def __post_init__(self) -> None:
        if not self.days:
            raise ValueError("a rule needs days")
        for start, end in self.spans:
            if not (0 <= start < DAY_MIN and start < end <= _LATEST_MIN):
                raise ValueError(f"no span of a day: {start} to {end} min")
        if self.adds and not self.spans:
            raise ValueError("a rule that adds must open")
        if self.unknown and self.spans:
            raise ValueError("a rule that opens is not unknown")
        if self.spans != merge_spans(self.spans):
            raise ValueError(f"spans are sorted and apart from each other, not {self.spans}")

    @property
    def off(self) -> bool:
        """Whether the rule closes."""
        return not self.spans and not self.unknown

    def in_season(self, day: date | tuple[int, int]) -> bool:
        """Tell whether the rule speaks of this time of the year."""
        return not self.seasons or any(season.hold(day) for season in self.seasons)

    def applies(self, day: DayType) -> bool:
        """Tell whether the rule speaks of such a day."""
        return any(days.hold(day) for days in self.days)


def merge_spans(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Sort spans and join those that touch or overlap."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
