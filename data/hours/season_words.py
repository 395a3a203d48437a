"""Times of the year in Chinese: 夏季(5月-9月), 5月1日至10月31日, 10月-次年4月, 全年."""

from __future__ import annotations

import re
from typing import Final

from data.hours.rules import Season

_LABEL: Final = (
    r"(?:[夏冬]令时?间?|[夏冬]天|[夏冬]时制?|[春夏秋冬]{1,3}季|[春夏秋冬]{2}|暑期|寒假|暑假"
    r"|(?:旅游)?(?:旺季|淡季|平季))(?:开放时间|营业时间|作息时间|作息|时间)?"
)
_TO: Final = r"\s*(?:-|至|到)\s*(?:次年|翌年|来年|第二年)?\s*"
_MONTH: Final = r"(\d{1,2})月份?"
_DATE: Final = r"(\d{1,2})月(\d{1,2})[日号]"
_KINDS: Final = (
    re.compile(rf"{_DATE}{_TO}{_DATE}"),
    re.compile(rf"{_DATE}{_TO}()(\d{{1,2}})[日号]"),
    re.compile(rf"{_DATE}()()"),
    re.compile(rf"{_MONTH}(){_TO}{_MONTH}()"),
    re.compile(rf"(\d{{1,2}})(){_TO}{_MONTH}()"),
    re.compile(rf"{_MONTH}()()()"),
)
_REST: Final = re.compile(
    rf"(?:其[他它余]|其余)(?:月份?|季节)|{_LABEL}(?!\s*[:,]?\s*[(\[]?\s*(?:每年)?\d{{1,2}}(?:月|\s*[-至到]\s*\d{{1,2}}月))"
)
_SIDES: Final = {"夏": "warm", "旺": "warm", "冬": "cold", "淡": "cold"}
_OPEN: Final = re.compile(rf"(?:每年)?(?:{_LABEL}\s*[:,]?\s*)?[(\[]?\s*(?:每年)?\s*")
_CLOSE: Final = re.compile(rf"\s*[)\]]?(?:\s*[(\[]?{_LABEL}[)\]]?)?(?:期间|内)?")
_NEXT: Final = re.compile(r"\s*(?:、|,|和|及|与)\s*")
_ALL_YEAR: Final = re.compile(r"全年(?!无休|不休)")
_LAST_OF_MONTH: Final = 31
_MONTHS: Final = 12


def match_seasons(text: str, at: int) -> tuple[tuple[Season, ...], int] | None:
    """Read times of the year from a place in a text; none in the answer: 全年, all the year.

    A season without its months (夏季 alone) is not read: nobody can say when it begins.
    """
    if (whole := _ALL_YEAR.match(text, at)) is not None:
        return (), whole.end()
    lead = _OPEN.match(text, at)
    first = _season(text, at if lead is None else lead.end())
    if first is None:
        return None
    found, at = [first[0]], first[1]
    while (joint := _NEXT.match(text, at)) is not None:
        more = _season(text, joint.end())
        if more is None:
            break
        found.append(more[0])
        at = more[1]
    close = _CLOSE.match(text, at)
    return tuple(found), at if close is None else close.end()


def match_rest_of_year(text: str, at: int) -> int | None:
    """Return where words end for a season without dates (淡季) or 其他月份; None for none."""
    found = _REST.match(text, at)
    return None if found is None else found.end()


def season_label(words: str) -> str:
    """Tell which half of the year words name: ``warm``, ``cold``, or "" for neither or both."""
    sides = {side for sign, side in _SIDES.items() if sign in words}
    return sides.pop() if len(sides) == 1 else ""


def _season(text: str, at: int) -> tuple[Season, int] | None:
    """Read one run of months or dates; None when there is none, or no such day."""
    for kind in _KINDS:
        found = kind.match(text, at)
        if found is None:
            continue
        month, day, last_month, last_day = (
            int(group) if group else None for group in found.groups()
        )
        if month is None:
            return None
        end = (last_month or month, last_day or (day if last_month is None else None))
        first = (month, day or 1)
        last = (end[0], end[1] or _LAST_OF_MONTH)
        valid = all(
            1 <= one <= _MONTHS and 1 <= other <= _LAST_OF_MONTH for one, other in (first, last)
        )
        return (Season(first, last), found.end()) if valid else None
    return None
