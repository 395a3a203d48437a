"""China's time: one zone, UTC+8 all the year, wherever the machine stands."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

CHINA_TIME: Final = timezone(timedelta(hours=8), "CST")


def china_day(moment: str) -> date:
    """Return the day that it was in China at a moment written in ISO 8601 with its offset."""
    return datetime.fromisoformat(moment).astimezone(CHINA_TIME).date()


def today_here() -> date:
    """Return the day that it is in China."""
    return datetime.now(CHINA_TIME).date()
