"""Cells of a register that are counts, sizes, dates or yes and no, read as people write them."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Final

from data.vocabulary import YES_NO, find_term, quote, unknown_word
from geo.messages import say

if TYPE_CHECKING:
    from data.files.columns import Columns, Faults

MOST: Final = 1_000_000.0
UNKNOWN_WORDS: Final = frozenset(
    {
        *("", "未知", "不详", "不清楚", "待核实", "暂无", "unknown", "n/a"),
        *("-", "－", "—", "——", "/", "?", "？"),
    }
)
_UNITS: Final = re.compile(
    r"(?:平方米|平米|平方|㎡|m2|m²|sqm|square metres?"
    r"|个座位|个车位|个|座|位|辆|席|处|seats?|spaces?)$"
)
_ABOUT: Final = re.compile(r"^(?:约|大约|近|about|ca\.?|~|≈)\s*")
_DATE: Final = re.compile(
    r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*日?(?:[T\s].*)?"
)


def read_sizes(columns: Columns, name: str, faults: Faults, *, whole: bool) -> list[float]:
    """Read a column of numbers from 0 to `MOST`, with or without a unit ("约30㎡").

    NaN where nothing is said, or that it is not known (不详). ``whole`` refuses fractions.
    """
    found: list[float] = []
    for number, cell in zip(columns.table.numbers, columns.cells(name), strict=True):
        value = _size(cell)
        if value is None or (whole and value == value and not value.is_integer()):  # noqa: PLR0124 - NaN is unlike itself
            kind = say("whole number") if whole else say("number")
            reason = say(
                "{cell} is no {kind} from 0 to {most:,.0f}: write one, or nothing",
                cell=quote(cell),
                kind=kind,
                most=MOST,
            )
            faults.add(number, columns.heading(name), reason)
        found.append(math.nan if value is None else value)
    return found


def read_dates(columns: Columns, name: str, faults: Faults) -> list[str]:
    """Read a column of days as ISO dates; empty where nothing is said."""
    found: list[str] = []
    for number, cell in zip(columns.table.numbers, columns.cells(name), strict=True):
        day = parse_day(cell)
        if day is None:
            reason = say(
                "{cell} is no date: write year, month and day, as in 2026-11-23", cell=quote(cell)
            )
            faults.add(number, columns.heading(name), reason)
        found.append(day or "")
    return found


def read_yes_no(columns: Columns, name: str, faults: Faults) -> list[str]:
    """Read a column of yes and no; empty where nothing is said, or that it is not known."""
    found: list[str] = []
    for number, cell in zip(columns.table.numbers, columns.cells(name), strict=True):
        silent = cell.casefold() in UNKNOWN_WORDS
        term = None if silent else find_term(cell, YES_NO)
        if term is None and not silent:
            faults.add(
                number, columns.heading(name), unknown_word(cell, YES_NO, what=say("yes or no"))
            )
        found.append(term.id if term is not None else "")
    return found


def parse_day(text: str) -> str | None:
    """Read a day such as 2026-11-23, 2026/11/23, 2026年11月23日 or 20261123 as an ISO date.

    Empty for an empty cell or one that says that it is not known; None for what is no day.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.casefold() in UNKNOWN_WORDS:
        return ""
    if re.fullmatch(r"[12]\d{7}", plain, re.ASCII):
        plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    found = _DATE.fullmatch(plain)
    if found is None:
        return None
    year, month, day = map(int, found.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _size(cell: str) -> float | None:
    """Read one size; NaN when nothing is said, None when it is none."""
    plain = unicodedata.normalize("NFKC", cell).strip().casefold()
    if plain in UNKNOWN_WORDS:
        return math.nan
    plain = _UNITS.sub("", _ABOUT.sub("", plain)).strip()
    if not re.fullmatch(r"\d{1,9}(?:\.\d{1,30})?(?:e[+-]?\d{1,3})?", plain, re.ASCII):
        return None
    value = float(plain)
    return value if value <= MOST else None
