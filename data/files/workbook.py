"""Workbooks that people hand in (.xlsx): their cells, and what their looks hide."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final

import openpyxl
from openpyxl.utils import coordinate_to_tuple
from openpyxl.utils.exceptions import InvalidFileException

from data.files.cell_text import row_texts
from data.files.formulas import unvalued_formulas
from data.files.headings import LOOKED_AT, Heading, find_heading
from data.files.sheets import Sheet, fill_down, sheets_with_table
from data.vocabulary import quote
from geo.errors import FileFormatError, RowsError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from data.files.headings import FieldOf
    from data.files.sheets import Limits, Rows
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
    SyntaxError,  # of XML, by whichever parser openpyxl has
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


def read_workbook(
    path: Path, data: bytes, *, field_of: FieldOf | None, sheet: str | None, limits: Limits
) -> list[tuple[str, Rows]]:
    """Read the sheets that hold the table: title and rows of each, values and not formulae.

    Which they are says `data.files.sheets.sheets_with_table`. A cell that is merged downwards says
    the same in each of its rows.

    Raises
    ------
    FileFormatError
        when it is no workbook, is broken or too large, or has no such sheet.
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
                sheets = [_opened(one, field_of, limits) for one in book.worksheets]
                chosen = sheets_with_table(path, sheets, field_of=field_of, name=sheet)
                read = [(one.title, *one.read()) for one in chosen]
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
    faults = tuple(fault for _, _, found in read for fault in found)
    if faults:
        raise RowsError(path.name, faults)
    return [(title, rows) for title, rows, _ in read]


def _know_chinese_dates(book: Any) -> None:  # noqa: ANN401 - its stubs lack what is set here
    """Let openpyxl read the numbers of `_CHINESE_DATES` as the days that they are."""
    for number, style in enumerate(book._cell_styles):  # noqa: SLF001 - it offers no other way
        if style.numFmtId in _CHINESE_DATES:
            book._date_formats.add(number)  # noqa: SLF001 - as above


def _opened(
    sheet: Any,  # noqa: ANN401 - its stubs lack this class
    field_of: FieldOf | None,
    limits: Limits,
) -> Sheet:
    return Sheet(
        title=sheet.title,
        visible=sheet.sheet_state == "visible",
        top=lambda: list(islice(_rows(sheet, limits), LOOKED_AT + 1)),
        read=lambda: _sheet_rows(sheet, field_of, limits),
    )


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
    with sheet._get_source() as source:  # noqa: SLF001 - no other way to its XML
        fill_down(rows, list(_merged_down(source)), after=heading.row)
    faults = unvalued_formulas(
        sheet._get_source,  # noqa: SLF001 - openpyxl does not tell what values are stored
        sheet=sheet.title,
        headings=heading.cells,
        heading_row=heading.row,
    )
    return rows, faults


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
