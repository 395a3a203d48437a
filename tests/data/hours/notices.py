"""The State Council's notices of days off for 2024 to 2026, written off by hand.

国办发明电〔2023〕7号 (25 October 2023), 国办发明电〔2024〕12号 (12 November 2024) and the notice
of 4 November 2025. The independent list that the calendar and the hours are held against.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

# (festivals, first day off, last day off) and the Saturdays and Sundays that are worked for them.
OFF = (
    ("元旦", (2024, 1, 1), (2024, 1, 1)),
    ("春节", (2024, 2, 10), (2024, 2, 17)),
    ("清明节", (2024, 4, 4), (2024, 4, 6)),
    ("劳动节", (2024, 5, 1), (2024, 5, 5)),
    ("端午节", (2024, 6, 10), (2024, 6, 10)),
    ("中秋节", (2024, 9, 15), (2024, 9, 17)),
    ("国庆节", (2024, 10, 1), (2024, 10, 7)),
    ("元旦", (2025, 1, 1), (2025, 1, 1)),
    ("春节", (2025, 1, 28), (2025, 2, 4)),
    ("清明节", (2025, 4, 4), (2025, 4, 6)),
    ("劳动节", (2025, 5, 1), (2025, 5, 5)),
    ("端午节", (2025, 5, 31), (2025, 6, 2)),
    ("国庆节中秋节", (2025, 10, 1), (2025, 10, 8)),
    ("元旦", (2026, 1, 1), (2026, 1, 3)),
    ("春节", (2026, 2, 15), (2026, 2, 23)),
    ("清明节", (2026, 4, 4), (2026, 4, 6)),
    ("劳动节", (2026, 5, 1), (2026, 5, 5)),
    ("端午节", (2026, 6, 19), (2026, 6, 21)),
    ("中秋节", (2026, 9, 25), (2026, 9, 27)),
    ("国庆节", (2026, 10, 1), (2026, 10, 7)),
)
WORKED = (
    (2024, 2, 4), (2024, 2, 18), (2024, 4, 7), (2024, 4, 28), (2024, 5, 11), (2024, 9, 14),
    (2024, 9, 29), (2024, 10, 12),
    (2025, 1, 26), (2025, 2, 8), (2025, 4, 27), (2025, 9, 28), (2025, 10, 11),
    (2026, 1, 4), (2026, 2, 14), (2026, 2, 28), (2026, 5, 9), (2026, 9, 20), (2026, 10, 10),
)  # fmt: skip

DAYS = tuple(date(2024, 1, 1) + timedelta(days=number) for number in range(3 * 365 + 1))


@dataclass(frozen=True)
class Notices:
    """Every day of the three years, the days off with their festival, the days worked for them."""

    days: tuple[date, ...]
    off: dict[date, str]
    worked: frozenset[date]

    def workday(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < 5 and day not in self.off)


def read_notices() -> Notices:
    off = {day: name for name, a, b in OFF for day in DAYS if date(*a) <= day <= date(*b)}
    return Notices(DAYS, off, frozenset(date(*day) for day in WORKED))
