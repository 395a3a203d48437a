"""The period of a report in words, by GB/T 15835: figures for years, quarters and days."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.kept_reports import Period
    from web.languages import Language


def period_words(period: Period, t: Language) -> str:
    """Name a period with its first and last day."""
    first, last = (t.day(day) for day in period.days)
    part, number = period.part
    named = {
        "year": t("{year}年", year=period.year),
        "half": t("{year}年上半年", year=period.year)
        if number == 1
        else t("{year}年下半年", year=period.year),
        "quarter": t("{year}年第{number}季度", year=period.year, number=number),
        "month": t("{year}年{month}月", year=period.year, month=t.month(number)),
    }[part]
    return t("{period}（{first}至{last}）", period=named, first=first, last=last)
