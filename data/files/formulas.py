"""Formulae of a workbook's sheet whose value was never stored, and so would read as nothing."""

from __future__ import annotations

import re
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final

from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from geo.errors import RowFault
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_ROW, _CELL, _FORMULA, _VALUE = (f"{{{SHEET_MAIN_NS}}}{tag}" for tag in ("row", "c", "f", "v"))
_LONGEST: Final = 80
_MOST: Final = 10_000
_CHUNK: Final = 1 << 20
_FORMULA_TAG: Final = re.compile(rb"[<:]f[\s/>]|\x00")  # a zero: UTF-16, in which it is not found


def unvalued_formulas(
    open_sheet: Callable[[], IO[bytes]], *, sheet: str, headings: Sequence[str], heading_row: int
) -> tuple[RowFault, ...]:
    """List the cells that hold a formula and no value, from the heading on and under it.

    Programs that write a workbook often leave the values to the one that opens it. An empty text
    is a value. No more than `_MOST` are listed.

    Parameters
    ----------
    open_sheet
        opens the sheet as XML.
    sheet
        its name, for the words.
    headings, heading_row
        the cells of the heading as text, and the number of its row.
    """
    with open_sheet() as source:
        if not _has_formulas(source):
            return ()
    with open_sheet() as source:
        found = (
            RowFault(
                row,
                (headings[column - 1] or get_column_letter(column))[:_LONGEST],
                say(
                    "holds a formula without a value (sheet {sheet}): open the file in a "
                    "spreadsheet program and save it, or paste values",
                    sheet=sheet,
                ),
            )
            for row, column in _unvalued(source)
            if row >= heading_row and column <= len(headings)
        )
        return tuple(islice(found, _MOST))


def _has_formulas(source: IO[bytes]) -> bool:
    """Look for a formula's tag, which most sheets do not have, without taking the XML apart."""
    seen = b""
    while chunk := source.read(_CHUNK):
        seen = seen[-2:] + chunk
        if _FORMULA_TAG.search(seen):
            return True
    return False


def _unvalued(source: IO[bytes]) -> Iterator[tuple[int, int]]:
    """Yield row and column, from 1, of the formulae without a value."""
    row = 0
    for _, element in iterparse(source):
        if element.tag != _ROW:
            continue
        row, column = int(element.get("r", row + 1)), 0
        for cell in element.iter(_CELL):
            column = _column_of(cell, column + 1)
            if cell.find(_FORMULA) is not None and not _has_value(cell):
                yield row, column
        element.clear()


def _has_value(cell: Any) -> bool:  # noqa: ANN401 - an element of either parser
    """Tell whether a value is stored: an empty one is a text without letters, or none at all."""
    value = cell.find(_VALUE)
    return value is not None and bool(value.text or cell.get("t") == "str")


def _column_of(cell: Any, following: int) -> int:  # noqa: ANN401 - an element of either parser
    """Return the column that a cell names, or that after the cell before."""
    place = cell.get("r")
    return coordinate_to_tuple(place)[1] if place else following
