"""Tables for paper: how wide columns are, and large figures as a table."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from web.reports.document import Column, Table, change_words, written

if TYPE_CHECKING:
    from web.languages import Language
    from web.reports.document import Cell, Headlines

_LEAST, _MOST = 6.0, 30.0
_NAME: Final = 12.0  # signs of a name that stay on a line where there is any room
_EDGES: Final = 2.2  # millimetres within both edges of a cell
_CODE_MOST: Final = 64.0


def headline_table(large: Headlines, t: Language) -> Table:
    """Return the large figures as a table of words: a row may have another unit than the next."""
    has_plan = any(one.after is not None for one in large.items)
    columns = [Column("figure", large.label), Column("before", large.before, "number")]
    if has_plan:
        columns += [
            Column("after", large.after, "number"),
            Column("change", large.change, "number"),
        ]
    rows: list[tuple[Cell, ...]] = []
    for one in large.items:
        name = t("{label}（{note}）", label=one.label, note=one.note) if one.note else one.label
        cells: list[Cell] = [name, written(one.before, one.kind, t)]
        if has_plan:
            cells += [written(one.after, one.kind, t), change_words(one, t)]
        rows.append(tuple(cells))
    return Table("headlines", t("主要指标"), tuple(columns), tuple(rows))


def widths_of(table: Table, t: Language, *, whole: float, sign: float) -> list[float]:
    """Share a width among the columns by what stands in them; the sum is ``whole``.

    In millimetres. A number is never broken: its column has the room that its digits need, of
    which each takes ``sign``, and words share what is left by their length.
    """
    least, asked = [], []
    for number, column in enumerate(table.columns):
        words = [
            written(row[number], column.kind, t, unit_in_heading=True) for row in table.all_rows
        ]
        longest = max(map(_signs, words), default=0.0)
        most = _CODE_MOST if column.kind == "code" else _MOST
        heading = _signs(column.full_heading)
        if column.is_number:
            least.append((longest + 1.0) * sign + _EDGES)
            asked.append(max(longest + 1.0, heading / 2) * sign + _EDGES)
        else:
            needed = min(most, max(_LEAST, longest + 2))
            least.append(min(needed, _NAME) * sign + _EDGES)
            asked.append(needed * sign + _EDGES)
    if sum(asked) <= whole or sum(least) >= whole:
        held = asked if sum(asked) <= whole else least
        return [whole * width / sum(held) for width in held]
    part = (whole - sum(least)) / (sum(asked) - sum(least))
    return [low + part * (high - low) for low, high in zip(least, asked, strict=True)]


def _signs(text: str) -> float:
    """Return how wide a text is in Latin digits; a Chinese sign takes two."""
    return sum(2.0 if unicodedata.east_asian_width(sign) in "WF" else 1.0 for sign in text)
