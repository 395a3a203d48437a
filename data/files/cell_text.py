"""Cells of tables as text: cleaned, numbers in full, formulas guarded."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_FORMULA_GUARD: Final = re.compile(r"^'+[=+\-@\t\r＝＋－＠]")
_DANGEROUS: Final = re.compile(r"^'*[=+\-@\t\r＝＋－＠]")
_BIDI_SIGNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def clean_text(text: str) -> str:
    """Strip spaces around, and control, direction and half characters inside; nothing else."""
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = (
        " " if sign in "\t\n\r" else sign
        for sign in text
        if sign in "\t\n\r"
        or not (unicodedata.category(sign) in {"Cc", "Cs"} or sign in _BIDI_SIGNS)
    )
    return "".join(kept).strip()


def harmless(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula.

    `cell_text` takes exactly one such apostrophe away again, so that nothing is lost.
    """
    return f"'{text}" if _DANGEROUS.match(text) else text


def cell_text(value: object, *, guarded: bool = True) -> str:
    """Write one cell as text: numbers in full, whole ones without a point, lists joined by 、.

    Where cells are ``guarded``, the apostrophe that `harmless` put before a formula goes away.
    """
    if isinstance(value, str):
        text = clean_text(value)
        return text[1:] if guarded and _FORMULA_GUARD.match(text) else text
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if isinstance(value, float):
        largest_exact = 2**53
        whole = value.is_integer() and abs(value) < largest_exact
        return str(int(value)) if whole else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "、".join(cell_text(part) for part in value)
    return clean_text(str(value))


def row_texts(raw: Sequence[object]) -> tuple[str, ...]:
    """Write the cells of a row as text, without the empty ones at the end."""
    row = [cell_text(value) for value in raw]
    while row and not row[-1]:
        row.pop()
    return tuple(row)
