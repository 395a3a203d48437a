"""Sheets of a workbook: which of them hold the table, and where each row stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from data.files.cell_text import row_texts
from data.files.headings import LOOKED_AT, find_heading
from data.vocabulary import quote
from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from data.files.headings import FieldOf
    from geo.errors import RowFault

    #: Cells of rows from row 1 on, values and not formulae.
    Rows = Sequence[Sequence[object]]

_LEAST: Final = 2


@dataclass(frozen=True)
class Limits:
    """How large a workbook may be: bytes unpacked, rows and columns of a sheet."""

    n_bytes: int
    rows: int
    columns: int


@dataclass(frozen=True)
class Sheet:
    """One sheet of an opened workbook.

    ``top`` gives its first rows, one more than a heading may stand at; ``read`` all of them, with
    what makes a row none of a table.
    """

    title: str
    visible: bool
    top: Callable[[], Rows]
    read: Callable[[], tuple[Rows, tuple[RowFault, ...]]]


class SheetRow(int):
    """The number of a row that stands on one of several sheets; as text "相山区!5"."""

    sheet: str

    def __new__(cls, row: int, sheet: str) -> Self:
        """Make the number of a row on a sheet."""
        made = super().__new__(cls, row)
        made.sheet = sheet
        return made

    def __str__(self) -> str:
        return f"{self.sheet}!{int(self)}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SheetRow) and (self.sheet, int(self)) == (other.sheet, int(other))

    def __hash__(self) -> int:
        return hash((self.sheet, int(self)))


def sheets_with_table(
    path: Path, sheets: Sequence[Sheet], *, field_of: FieldOf | None, name: str | None
) -> list[Sheet]:
    """Return the sheet that is named, or those that hold a table, in their order.

    Without a name these are the sheets whose heading names fields and has rows under it, half as
    many fields at least as the fullest; or the first that a person sees where there is none such,
    or where nothing is known of fields.

    Raises
    ------
    FileFormatError
        when no sheet bears the name, or there is none at all.
    """
    if not sheets:
        raise FileFormatError(say("{file}: is a workbook without sheets", file=path.name))
    if name is not None:
        named = [sheet for sheet in sheets if sheet.title == name]
        if not named:
            raise FileFormatError(
                say(
                    "{file}: has no sheet {name}: it has {sheets}",
                    file=path.name,
                    name=quote(name),
                    sheets=", ".join(quote(sheet.title) for sheet in sheets),
                )
            )
        return named
    seen = [sheet for sheet in sheets if sheet.visible]
    first = (seen or list(sheets))[:1]
    if field_of is None or len(seen) < 2:  # noqa: PLR2004 - nothing to choose
        return first
    counts = [_fields_with_rows(sheet.top(), field_of) for sheet in seen]
    best = max(counts)
    tables = [
        sheet
        for sheet, count in zip(seen, counts, strict=True)
        if best >= _LEAST and 2 * count >= best
    ]
    return tables or first


def _fields_with_rows(rows: Rows, field_of: FieldOf) -> int:
    """Count the fields that a sheet's heading names; 0 where no row stands under it."""
    texts = [row_texts(row) for row in rows]
    heading = find_heading(texts[: LOOKED_AT + 1], field_of)
    if heading is None or not any(texts[heading.row :]):
        return 0
    return heading.fields


def fill_down(
    rows: list[Sequence[object]], merged: Sequence[tuple[int, int, int]], *, after: int
) -> None:
    """Write the value of a cell that is merged over several rows into each row that says more.

    ``merged`` are first row, last row and column of the ranges, from 1; those up to row ``after``
    stay as they are.
    """
    for first, last, column in merged:
        if first <= after or first > len(rows) or column > len(rows[first - 1]):
            continue
        value = rows[first - 1][column - 1]
        for number in range(first, min(last, len(rows))):
            row = list(rows[number])
            if any(cell not in {None, ""} for cell in row) and column <= len(row):
                row[column - 1] = value
                rows[number] = row
