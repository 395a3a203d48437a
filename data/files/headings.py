"""Which row of a sheet is its heading: not the title, the notes above it, or a row of parts.

Clerks put a title, a note or who filled it in above a table, and often write the heading in two
rows (位置 over 经度 and 纬度). A row is told by how many different fields its cells name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    #: Gives the field that a heading names, or nothing.
    FieldOf = Callable[[str], str]

#: A heading stands within so many rows from the top.
LOOKED_AT: Final = 30
_LEAST: Final = 2


@dataclass(frozen=True)
class Heading:
    """The heading of a table: its cells, and the number of its (last) row, from 1.

    ``fields`` counts the different fields that it names; 0 where nobody was asked.
    """

    row: int
    cells: tuple[str, ...]
    fields: int


def find_heading(
    rows: Sequence[tuple[str, ...]], field_of: FieldOf | None = None
) -> Heading | None:
    """Find the heading among the first rows of a sheet; None where no row has two cells.

    Without ``field_of``, and where no row names two fields, it is the first row with two cells.
    Otherwise the first that names at least half as many as the best; the row below it belongs to
    it where each of its cells names a field, and so does the row above for the columns that it
    leaves blank.
    """
    if field_of is not None:
        counts = [_count(row, field_of) for row in rows[:LOOKED_AT]]
        best = max(counts, default=0)
        if best >= _LEAST:
            at = next(at for at, count in enumerate(counts) if 2 * count >= max(best, 2 * _LEAST))
            return _joined(rows, at, field_of)
    for at, row in enumerate(rows[:LOOKED_AT]):
        separator_line = at == 0 and bool(row) and row[0].casefold().startswith("sep=")
        if not separator_line and sum(map(bool, row)) > 1:
            return Heading(at + 1, row, 0)
    return None


def _joined(rows: Sequence[tuple[str, ...]], at: int, field_of: FieldOf) -> Heading:
    """Join a heading with the row below or above that belongs to it."""
    cells, row = rows[at], at + 1
    if at > 0:
        above = [cell if field_of(cell) else "" for cell in rows[at - 1]]
        cells = _over(cells, above)
    below = rows[at + 1] if at + 1 < len(rows) else ()
    named = [cell for cell in below if cell]
    if len(named) >= _LEAST and all(map(field_of, named)):
        cells, row = _over(below, cells), at + 2
    return Heading(row, cells, _count(cells, field_of))


def _over(front: Sequence[str], behind: Sequence[str]) -> tuple[str, ...]:
    """Take the cells of ``front``, and those of ``behind`` where it is blank."""
    width = max(len(front), len(behind))
    padded = [*front, *[""] * (width - len(front))]
    other = [*behind, *[""] * (width - len(behind))]
    return tuple(own or under for own, under in zip(padded, other, strict=True))


def _count(row: Sequence[str], field_of: FieldOf) -> int:
    return len({field for field in map(field_of, row) if field})
