"""Moments as the database keeps them: UTC in ISO 8601, as text that sorts as time does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from data.china_time import CHINA_TIME
from geo.errors import InputError
from geo.messages import say

_TO_THE_MICROSECOND: Final = "%Y-%m-%dT%H:%M:%S.%fZ"


def now() -> datetime:
    """Return the moment it is."""
    return datetime.now(UTC)


def moment_text(moment: datetime) -> str:
    """Write a moment to the microsecond; one without a zone is China's time."""
    return _aware(moment).astimezone(UTC).strftime(_TO_THE_MICROSECOND)


def second_text(moment: datetime) -> str:
    """Write a moment to the second."""
    return _aware(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_moment(text: str) -> datetime:
    """Read what `moment_text` wrote."""
    return datetime.strptime(text, _TO_THE_MICROSECOND).replace(tzinfo=UTC)


def observed_text(when: date | datetime | None, *, recorded: datetime) -> str:
    """Write when something was observed: a day is its noon in China; None is when it is recorded.

    Raises
    ------
    InputError
        when it lies more than a day after the moment in which it is recorded.
    """
    if when is None:
        return moment_text(recorded)
    if isinstance(when, datetime):
        moment = _aware(when)
    else:
        noon = datetime(when.year, when.month, when.day, 12, tzinfo=CHINA_TIME)
        moment = min(noon, recorded) if when == china_day(recorded) else noon
    if moment > recorded + timedelta(days=1):
        raise InputError(say("observed on {when}: that lies in the future", when=when))
    return moment_text(moment)


def end_of(when: date | datetime) -> str:
    """Return the last moment of a day in China, or the moment itself."""
    if isinstance(when, datetime):
        return moment_text(when)
    last = datetime(when.year, when.month, when.day, 23, 59, 59, 999_999, tzinfo=CHINA_TIME)
    return moment_text(last)


def china_day(moment: datetime) -> date:
    """Return the day that it is in China."""
    return moment.astimezone(CHINA_TIME).date()


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=CHINA_TIME) if moment.tzinfo is None else moment
