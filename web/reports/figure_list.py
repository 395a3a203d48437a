"""Every figure of a document under a name: what is kept of a report, and compared with the last.

A figure's name is ``table/row/column`` (``headlines/now/ID`` and ``headlines/after/ID`` for the
large ones), so that the same figure has the same name in two reports. Rows are named by their first
words; where two rows of a table begin alike, by as many as tell them apart.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from web.reports.document import NUMBERS, Headlines, Range, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.reports.document import Cell, Document, Kind

#: Tables that list things, one row each, and not figures of the city.
_LISTS: Final = frozenset({"sites", "gaps", "manifest", "since_last"})
_KINDS: Final = NUMBERS - {"degrees"}


@dataclass(frozen=True)
class NamedFigure:
    """A figure: its name, what it is in words, its kind, and its number (None: not computed).

    Of a range the name ends in ``/low`` or ``/high``.
    """

    name: str
    words: str
    kind: Kind
    value: float | None


def figures_in(document: Document) -> Iterator[NamedFigure]:
    """Yield every figure of the large ones and of the tables, in their order."""
    for _, block in document.blocks():
        if isinstance(block, Headlines):
            for one in block.items:
                yield NamedFigure(f"headlines/now/{one.id}", one.label, one.kind, one.before)
                if one.after is not None:
                    words = f"{one.label} · {block.after}"
                    yield NamedFigure(f"headlines/after/{one.id}", words, one.kind, one.after)
        elif isinstance(block, Table) and block.id not in _LISTS:
            yield from _of_table(block)


def _of_table(table: Table) -> Iterator[NamedFigure]:
    rows = table.all_rows
    for row, key in zip(rows, _keys(table), strict=True):
        for column, cell in zip(table.columns, row, strict=True):
            if column.kind not in _KINDS or isinstance(cell, str):
                continue
            name = f"{table.id}/{key}/{column.id}"
            words = f"{key} · {column.full_heading}"
            if isinstance(cell, Range):
                yield NamedFigure(f"{name}/low", words, column.kind, cell.low)
                yield NamedFigure(f"{name}/high", words, column.kind, cell.high)
            else:
                yield NamedFigure(name, words, column.kind, cell)


def _keys(table: Table) -> list[str]:
    """Name each row by its first words, as many as tell it apart."""
    texts = [number for number, column in enumerate(table.columns) if column.kind == "text"]
    keys = [""] * len(table.all_rows)
    for count in range(1, len(texts) + 1):
        keys = [_words(row, texts[:count]) for row in table.all_rows]
        if max(Counter(keys).values(), default=1) == 1:
            return keys
    return [f"{key} {number}" for number, key in enumerate(keys, start=1)]


def _words(row: tuple[Cell, ...], columns: list[int]) -> str:
    return " · ".join(str(row[number]) for number in columns)
