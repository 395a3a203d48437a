"""The moment at which pages are tried: what is open must not depend on when the tests run."""

from __future__ import annotations

from datetime import datetime

from data.china_time import CHINA_TIME


def china_noon() -> datetime:
    """Return noon of the day that it is in China, of which the served pages speak."""
    return datetime.now(CHINA_TIME).replace(hour=12, minute=0, second=0, microsecond=0)
