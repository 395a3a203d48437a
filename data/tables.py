"""Tables that people hand in: CSV, XLSX, GeoJSON and GeoPackage, read as if they were hostile.

Every reader is bounded in bytes, rows and columns and ends in a `Table` of text cells or in one
`FileFormatError`. GDAL is never asked: through it an uploaded file can read other files and open
sockets.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from data.formulas import unvalued_formulas
from data.geojson import read_geojson
from data.gpkg import read_gpkg
from data.vocabulary import quote
from geo.errors import FileFormatError, RowFault, RowsError
from geo.messages import reason_of, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from data.geojson import Features

MAX_BYTES: Final = 256 * 1024 * 1024
MAX_ROWS: Final = 1_000_000
MAX_COLUMNS: Final = 200
MAX_CELL: Final = 10_000
_BIGGEST_RATIO: Final = 200  # a sheet packs 10 to 50 times, a zip bomb a thousand times
_MANY_PARTS: Final = 2_000
_FORMULA_GUARD: Final = re.compile(r"^'+[=+\-@\t\r＝＋－＠]")
_DANGEROUS: Final = re.compile(r"^'*[=+\-@\t\r＝＋－＠]")
_BIDI_SIGNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of a file: every cell text, stripped, without control characters.

    ``numbers`` are the rows' numbers as the spreadsheet counts them (the heading is row 1); in
    GeoJSON and GeoPackage, features from 1. ``lonlat`` float64[n, 2] (as given, NaN where a feature
    has none) or ``areas`` is there for features of points or polygons only, and ``feature_ids``
    where features have an id of their own beside their properties (empty for one that has none).
    """

    file: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    lonlat: npt.NDArray[np.float64] | None = None
    areas: tuple[BaseGeometry | None, ...] | None = None
    feature_ids: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, index: int) -> list[str]:
        """Return the cells of one column."""
        return [row[index] for row in self.rows]


def read_rows(path: Path) -> Table:
    """Read a table by the ending of its name: .csv, .tsv, .txt, .xlsx, .geojson, .json or .gpkg.

    CSV is UTF-8 (with or without BOM), UTF-16 with BOM or GB18030, separated by commas,
    semicolons or tabs. Of a workbook the first sheet is read, values and not formulae.

    Raises
    ------
    FileFormatError
        when the file is missing, empty, no table or too large; one line with the cure.
    RowsError
        when rows do not fit the heading, a cell is too long, or a formula has no stored value.
    """
    data = _bytes_of(path)
    suffix = path.suffix.casefold()
    if suffix in {".csv", ".tsv", ".txt"}:
        return _table(path, _csv_rows(path, data))
    if suffix == ".xlsx":
        return _table(path, _xlsx_rows(path, data))
    if suffix in {".geojson", ".json"}:
        return _table_of(path, read_geojson(path, data))
    if suffix == ".gpkg":
        return _table_of(path, read_gpkg(path, data))
    cure = say("save it as .csv, .xlsx, .geojson or .gpkg")
    raise FileFormatError(
        say(
            "{file}: {suffix} is not read: {cure}",
            file=path.name,
            suffix=suffix or say("a name without ending"),
            cure=cure,
        )
    )


def _table_of(path: Path, features: Features) -> Table:
    """Make a table of features."""
    cells = tuple(
        tuple(_cell(row.get(heading), guarded=False) for heading in features.headings)
        for row in features.properties
    )
    faults = tuple(
        RowFault(number, heading[:80], _too_long(cell))
        for number, row in enumerate(cells, start=1)
        for heading, cell in zip(features.headings, row, strict=True)
        if len(cell) > MAX_CELL
    )
    if faults:
        raise RowsError(path.name, faults)
    return Table(
        file=path.name,
        headings=tuple(clean_text(heading) for heading in features.headings),
        rows=cells,
        numbers=tuple(range(1, len(cells) + 1)),
        lonlat=features.lonlat,
        areas=features.areas,
        feature_ids=(
            None if features.ids is None else tuple(clean_text(own) for own in features.ids)
        ),
    )


def _too_long(cell: str) -> str:
    return say(
        "holds {n_signs:,} characters, more than {longest:,}: shorten it",
        n_signs=len(cell),
        longest=MAX_CELL,
    )


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

    `read_rows` takes exactly one such apostrophe away again, so that nothing is lost.
    """
    return f"'{text}" if _DANGEROUS.match(text) else text


def _bytes_of(path: Path) -> bytes:
    """Read the whole file, if it is one and not too large."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise FileFormatError(say("{path}: no such file", path=path)) from None
    except IsADirectoryError:
        raise FileFormatError(
            say("{path}: is a folder, not a file: name the file in it", path=path)
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = reason_of(error) if isinstance(error, OSError) else str(error)
        raise FileFormatError(
            say("{path}: cannot be read ({reason})", path=quote(str(path)), reason=reason)
        ) from None
    if len(data) > MAX_BYTES:
        raise FileFormatError(
            say(
                "{file}: larger than {most_mb} MB: split it",
                file=path.name,
                most_mb=MAX_BYTES >> 20,
            )
        )
    if not data.strip():
        raise FileFormatError(say("{file}: is empty", file=path.name))
    return data


def _table(path: Path, rows: Iterable[Sequence[object]]) -> Table:
    """Take the first row that is not blank as headings and the rest as cells of that width."""
    headings: tuple[str, ...] = ()
    cells: list[tuple[str, ...]] = []
    numbers: list[int] = []
    faults: list[RowFault] = []
    for number, raw in enumerate(rows, start=1):
        if number > MAX_ROWS:
            raise FileFormatError(
                say(
                    "{file}: more than {max_rows:,} rows: split it",
                    file=path.name,
                    max_rows=MAX_ROWS,
                )
            )
        row = _trimmed(raw)
        if not headings:
            headings = _headings(row, path, first=number == 1)
            continue
        if not row:
            continue
        faults += _row_faults(row, number, headings)
        cells.append(row + ("",) * (len(headings) - len(row)))
        numbers.append(number)
    if faults:
        raise RowsError(path.name, tuple(faults))
    if not headings:
        raise FileFormatError(
            say(
                "{file}: has no heading row of two columns or more: "
                "separate them by comma, semicolon or tab",
                file=path.name,
            )
        )
    if not cells:
        raise FileFormatError(say("{file}: has a heading and no rows", file=path.name))
    return Table(file=path.name, headings=headings, rows=tuple(cells), numbers=tuple(numbers))


def _trimmed(raw: Sequence[object]) -> tuple[str, ...]:
    """Write cells as text, without the empty ones at the end."""
    row = [_cell(value) for value in raw]
    while row and not row[-1]:
        row.pop()
    return tuple(row)


def _headings(row: tuple[str, ...], path: Path, *, first: bool) -> tuple[str, ...]:
    """Take the row as headings; nothing when it is blank, a title of one cell, or "sep=;"."""
    if len(row) > MAX_COLUMNS:
        raise FileFormatError(
            say("{file}: more than {max_columns} columns", file=path.name, max_columns=MAX_COLUMNS)
        )
    separator_line = first and bool(row) and row[0].casefold().startswith("sep=")
    return () if separator_line or sum(map(bool, row)) <= 1 else row


def _row_faults(row: tuple[str, ...], number: int, headings: tuple[str, ...]) -> list[RowFault]:
    """List what makes a row none of this table."""
    faults = []
    if len(row) > len(headings):
        reason = say(
            "has {n_cells} cells and the heading {n_headings}: "
            "put a cell with a separator in it in double quotes",
            n_cells=len(row),
            n_headings=len(headings),
        )
        faults.append(RowFault(number, None, reason))
    for heading, cell in zip(headings, row, strict=False):
        if len(cell) > MAX_CELL:
            faults.append(RowFault(number, heading[:80], _too_long(cell)))
    return faults


def _cell(value: object, *, guarded: bool = True) -> str:
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
        return "、".join(_cell(part) for part in value)
    return clean_text(str(value))


def _csv_rows(path: Path, data: bytes) -> Iterable[Sequence[object]]:
    """Yield the records of a separated text, blank ones too, so that rows keep their number."""
    text = _decode(path, data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        for row in reader:
            if len(row) > MAX_COLUMNS and any(row[MAX_COLUMNS:]):
                raise FileFormatError(
                    say(
                        "{file}: more than {max_columns} columns",
                        file=path.name,
                        max_columns=MAX_COLUMNS,
                    )
                )
            yield row[:MAX_COLUMNS]
    except csv.Error as error:
        raise FileFormatError(
            say(
                "{file}: line {line} is no row of a table ({error}): check its quotation marks",
                file=path.name,
                line=reader.line_num,
                error=error,
            )
        ) from None


def _decode(path: Path, data: bytes) -> str:
    if data.startswith(b"PK\x03\x04"):
        raise FileFormatError(say("{file}: is a workbook, not text: name it .xlsx", file=path.name))
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # No table holds these; without the check rubbish often passes for GB18030.
        if re.search(r"[\x00-\x08\x0e-\x1f]", text):
            break
        return text
    raise FileFormatError(
        say(
            "{file}: is no text table: save it as CSV in UTF-8 or GB18030, or as .xlsx",
            file=path.name,
        )
    )


def _separator(text: str) -> str:
    """Take the separator that stands most often in the first line, outside of quotes."""
    first = next((line for line in text[:100_000].splitlines() if line.strip()), "")
    if first.casefold().startswith("sep=") and len(first) > len("sep="):
        return first[len("sep=")]
    bare = re.sub(r'"[^"]*"', "", first)
    return max(",;\t", key=bare.count)


def _xlsx_rows(path: Path, data: bytes) -> list[Sequence[object]]:
    """Take the rows of the first sheet."""
    _check_package(path, data)
    broken = (
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
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(
                io.BytesIO(data), read_only=True, data_only=True, keep_links=False
            )
        try:
            with warnings.catch_warnings():
                # It warns of missing styles and of validations, which no table needs.
                warnings.simplefilter("ignore")
                rows, faults = _sheet_rows(_first_sheet(book))
        finally:
            book.close()
    except FileFormatError:
        raise
    except broken as error:
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


def _first_sheet(book: openpyxl.Workbook) -> Any:  # noqa: ANN401 - its stubs lack this class
    """Take the first sheet that a person sees."""
    seen = (sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
    return next(seen, book.worksheets[0])


def _sheet_rows(
    sheet: Any,  # noqa: ANN401 - its stubs lack this class
) -> tuple[list[Sequence[object]], tuple[RowFault, ...]]:
    """Take rows up to the heading in the full width, and the others one cell wider than it.

    Beside them stand the formulae without a value, which look like empty cells.
    """
    sheet.reset_dimensions()  # what a file says of its own size is not to be trusted
    rows: list[Sequence[object]] = []
    headings: tuple[str, ...] = ()
    for row in sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS + 1, values_only=True):
        rows.append(row)
        cells = _trimmed(row)
        if sum(map(bool, cells)) > 1:
            headings = cells
            break
    heading_row = len(rows)
    rest = sheet.iter_rows(
        min_row=heading_row + 1, max_row=MAX_ROWS + 1, max_col=len(headings) + 1, values_only=True
    )
    rows.extend(rest)
    faults = unvalued_formulas(
        sheet._get_source,  # noqa: SLF001 - openpyxl does not tell what values are stored
        sheet=sheet.title,
        headings=headings,
        heading_row=heading_row,
    )
    return rows, faults


def _check_package(path: Path, data: bytes) -> None:
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
            if unpacked > MAX_BYTES or len(parts) > _MANY_PARTS:
                raise FileFormatError(say("{file}: unpacks to too much: split it", file=path.name))
            ratio = unpacked / len(data)
            if ratio > _BIGGEST_RATIO and unpacked > MAX_BYTES >> 6:
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
