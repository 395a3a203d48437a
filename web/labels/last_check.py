"""How fresh the word on a station is: 今天核对, 3 天前核对, 未核对."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from web.languages import message

if TYPE_CHECKING:
    from web.languages import Language

CHECKED: Final = {
    "never": message("未核对"),
    "today": message("今天核对"),
    "yesterday": message("昨天核对"),
    "days": message("{n} 天前核对"),
    "months_ago": message("{n} 个月前核对"),
    "years": message("{n} 年前核对"),
}
"""The sentences, also those of the pages' scripts."""
_TWO_MONTHS: Final = 61  # two of them and no less: nobody says "1 months"
_MONTH: Final = 30.44
_TWO_YEARS: Final = 731
_YEAR: Final = 365.25


def checked_words(checked_at: str, today: date, t: Language) -> str:
    """Say how long ago somebody last checked a station.

    ``checked_at`` is an ISO date, empty when nobody did; one that lies ahead counts as today.
    """
    if not checked_at:
        return t(CHECKED["never"])
    days = max(0, (today - date.fromisoformat(checked_at)).days)
    if days <= 1:
        return t(CHECKED["yesterday" if days else "today"])
    number, said = days, "days"
    if days >= _TWO_YEARS:
        number, said = int(days / _YEAR), "years"
    elif days >= _TWO_MONTHS:
        number, said = int(days / _MONTH), "months_ago"
    return t(CHECKED[said], n=number)
