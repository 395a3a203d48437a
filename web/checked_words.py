"""How fresh the word on a station is: 今天核对, 3 天前核对, 未核对."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from web.language import Language

_TWO_MONTHS: Final = 60
_MONTH: Final = 30.44
_TWO_YEARS: Final = 730
_YEAR: Final = 365.25


def checked_words(checked_at: str, today: date, t: Language) -> str:
    """Say how long ago somebody last checked a station.

    ``checked_at`` is an ISO date, empty when nobody did; one that lies ahead counts as today.
    """
    if not checked_at:
        return t("未核对", "Not checked")
    days = max(0, (today - date.fromisoformat(checked_at)).days)
    if days == 0:
        return t("今天核对", "Checked today")
    if days == 1:
        return t("昨天核对", "Checked yesterday")
    number, zh, en = days, "天", "days"
    if days >= _TWO_YEARS:
        number, zh, en = int(days / _YEAR), "年", "years"
    elif days >= _TWO_MONTHS:
        number, zh, en = int(days / _MONTH), "个月", "months"
    return t(f"{number} {zh}前核对", f"Checked {number} {en} ago")
