"""China's time: one zone, UTC+8 all the year, wherever the machine stands."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Final

CHINA_TIME: Final = timezone(timedelta(hours=8), "CST")
