"""Workbooks that people hand in (.xlsx): which sheet, its cells, and what its looks hide."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils import coordinate_to_tuple
from openpyxl.utils.exceptions import InvalidFileException

from data.files.cell_text import row_texts
from data.files.formulas import unvalued_formulas
from data.files.headings import LOOKED_AT, Heading, find_heading
from data.vocabulary import quote
from geo.errors import FileFormatError, RowsError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from data.files.headings import FieldOf
    from geo.errors import RowFault

_BIGGEST_RATIO: Final = 200  # a sheet packs 10 to 50 times, a zip bomb a thousand times
_MANY_PARTS: Final = 2_000
_MOST_MERGED: Final = 100_000
_MERGED: Final = re.compile(rb'<mergeCell ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_CHUNK: Final = 1 << 20
#: Formats that Chinese Excel and WPS number without writing them out, all of them days or times:
#: 31 is 2025年12月9日, 57 is 2025年12月. openpyxl knows none, and leaves the serial number.
_CHINESE_DATES: Final = frozenset({*range(27, 37), *range(50, 59)})
_BROKEN: Final = (
    InvalidFileException,
    ParseError,
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    EOFError,
    zlib.error,
)


@dataclass(frozen=True)
class Limits:
    """How large a workbook may be: bytes unpacked, rows and columns of a sheet."""

    n_bytes: int
    rows: int
    columns: int


def read_sheet(
    path: Path, data: bytes, *, field_of: FieldOf | None, sheet: str | None, limits: Limits
) -> list[Sequence[object]]:
    """Read the rows of the one sheet that holds the table, from row 1, values and not formulae.

    It is ``sheet`` where a name is given. Else it is the one whose heading names fields, or the
    first that a person sees where nothing is known of fields. A cell that is merged downwards
    says the same in each of its rows.

    Raises
    ------
    FileFormatError
        when it is no workbook, is broken or too large, has no such sheet, or several sheets hold
        a table and none is named.
    RowsError
        when a formula has no stored value.
    """
    _check_package(path, data, limits)
    try:
        with warnings.catch_warnings():
            # It warns of missing styles and of validations, which no table needs.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(
                io.BytesIO(data), read_only=True, data_only=True, keep_links=False
            )
            try:
                _know_chinese_dates(book)
                chosen = _chosen_sheet(path, book, field_of=field_of, name=sheet, limits=limits)
                rows, faults = _sheet_rows(chosen, field_of, limits)
            finally:
                book.close()
    except FileFormatError:
        raise
    except _BROKEN as error:
        raise FileFormatError(
            say(
                "{file}: is a broken workbook ({error}): "
                "open it in a spreadsheet and save it as .xlsx again",
                file=path.name,
                error=quote(str(error)),
            )
        ) from None
    if faults:
        raise RowsError(path.name, faults)
    return rows


def _know_chinese_dates(book: Any) -> None:  # noqa: ANN401 - its stubs lack what is set here
    """Let openpyxl read the numbers of `_CHINESE_DATES` as the days that they are."""
    for number, style in enumerate(book._cell_styles):  # noqa: SLF001 - it offers no other way
        if style.numFmtId in _CHINESE_DATES:
            book._date_formats.add(number)  # noqa: SLF001 - as above


def _chosen_sheet(
    path: Path,
    book: Any,  # noqa: ANN401 - its stubs lack this class
    *,
    field_of: FieldOf | None,
    name: str | None,
    limits: Limits,
) -> Any:  # noqa: ANN401 - as above
    """Take the sheet that is named, or the one that holds the table."""
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if name is not None:
        if name not in sheets:
            raise FileFormatError(
                say(
                    "{file}: has no sheet {name}: it has {sheets}",
                    file=path.name,
                    name=quote(name),
                    sheets=", ".join(map(quote, sheets)),
                )
            )
        return sheets[name]
    seen = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    first = next(iter(seen), book.worksheets[0])
    if field_of is None or len(seen) < 2:  # noqa: PLR2004 - nothing to choose
        return first
    fields = {sheet.title: _fields_with_rows(sheet, field_of, limits) for sheet in seen}
    best = max(fields.values())
    tables = [title for title, count in fields.items() if best > 1 and 2 * count >= best]
    if len(tables) > 1:
        raise FileFormatError(
            say(
                "{file}: {n} sheets hold rows ({sheets}): name one by --sheet and take the others "
                "after it with --missing keep, or put all rows into one sheet",
                file=path.name,
                n=len(tables),
                sheets=", ".join(map(quote, tables)),
            )
        )
    return sheets[tables[0]] if tables else first


def _fields_with_rows(
    sheet: Any,  # noqa: ANN401 - as above
    field_of: FieldOf,
    limits: Limits,
) -> int:
    """Count the fields that a sheet's heading names; 0 where no row stands under it."""
    rows = list(islice(_rows(sheet, limits), LOOKED_AT + 1))
    texts = [row_texts(row) for row in rows]
    heading = find_heading(texts, field_of)
    if heading is None or not any(texts[heading.row :]):
        return 0
    return heading.fields


def _rows(
    sheet: Any,  # noqa: ANN401 - as above
    limits: Limits,
    *,
    first: int = 1,
    columns: int | None = None,
) -> Iterator[Sequence[object]]:
    sheet.reset_dimensions()  # what a file says of its own size is not to be trusted
    rows: Iterator[Sequence[object]] = sheet.iter_rows(
        min_row=first,
        max_row=limits.rows + 1,
        max_col=min(columns or limits.columns, limits.columns) + 1,
        values_only=True,
    )
    return rows


def _sheet_rows(
    sheet: Any,  # noqa: ANN401 - as above
    field_of: FieldOf | None,
    limits: Limits,
) -> tuple[list[Sequence[object]], tuple[RowFault, ...]]:
    """Take rows up to the heading in the full width, and the others one cell wider than it.

    Beside them stand the formulae without a value, which look like empty cells.
    """
    top = list(islice(_rows(sheet, limits), LOOKED_AT))
    heading = find_heading([row_texts(row) for row in top], field_of)
    heading = heading or Heading(len(top), (), 0)
    rows = top[: heading.row]
    rows.extend(_rows(sheet, limits, first=heading.row + 1, columns=len(heading.cells)))
    _fill_down(rows, sheet._get_source, after=heading.row)  # noqa: SLF001 - no other way to its XML
    faults = unvalued_formulas(
        sheet._get_source,  # noqa: SLF001 - openpyxl does not tell what values are stored
        sheet=sheet.title,
        headings=heading.cells,
        heading_row=heading.row,
    )
    return rows, faults


def _fill_down(rows: list[Sequence[object]], open_sheet: Any, *, after: int) -> None:  # noqa: ANN401 - a method of openpyxl
    """Write the value of a cell that is merged over several rows into each row that says more."""
    with open_sheet() as source:
        merged = list(_merged_down(source))
    for first, last, column in merged:
        if first <= after or first > len(rows) or column > len(rows[first - 1]):
            continue
        value = rows[first - 1][column - 1]
        for number in range(first, min(last, len(rows))):
            row = list(rows[number])
            if any(cell is not None for cell in row) and column <= len(row):
                row[column - 1] = value
                rows[number] = row


def _merged_down(source: IO[bytes]) -> Iterator[tuple[int, int, int]]:
    """Yield first row, last row and column of the ranges that are merged downwards."""
    seen, found = b"", 0
    while chunk := source.read(_CHUNK):
        seen = seen[-64:] + chunk
        for reference in _MERGED.findall(seen):
            start, _, end = reference.decode("ascii").partition(":")
            first, column = coordinate_to_tuple(start)
            last, _ = coordinate_to_tuple(end)
            found += 1
            if last > first and found <= _MOST_MERGED:
                yield first, last, column


def _check_package(path: Path, data: bytes, limits: Limits) -> None:
    """Refuse what is no workbook, or one that unpacks to far more than it should."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileFormatError(
            say(
                "{file}: is an old or locked workbook: save it as .xlsx without a password",
                file=path.name,
            )
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > limits.n_bytes or len(parts) > _MANY_PARTS:
                raise FileFormatError(say("{file}: unpacks to too much: split it", file=path.name))
            ratio = unpacked / len(data)
            if ratio > _BIGGEST_RATIO and unpacked > limits.n_bytes >> 6:
                raise FileFormatError(
                    say(
                        "{file}: packed {ratio:.0f} times, more than any table: not opened",
                        file=path.name,
                        ratio=ratio,
                    )
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with package.open(part) as stream:
                        if re.search(rb"<!(DOCTYPE|ENTITY)", stream.read(4096)):
                            raise FileFormatError(
                                say("{file}: declares XML entities: not opened", file=path.name)
                            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        raise FileFormatError(
            say("{file}: is no workbook: save it as .xlsx in a spreadsheet", file=path.name)
        ) from None
