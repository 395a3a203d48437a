"""Tables that people hand in (CSV, XLSX, features), read as if they were hostile.

Every reader is bounded in bytes, rows and columns and ends in a `Table` of text cells or in one
`FileFormatError`. GDAL is never asked: through it an uploaded file can read other files and open
sockets.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

import numpy as np

from data.files.cell_text import cell_text, clean_text, row_texts
from data.files.geojson import read_geojson
from data.files.gpkg import read_gpkg
from data.files.headings import LOOKED_AT, find_heading
from data.files.json_rows import is_json_list, read_json_rows
from data.files.kml import read_kml
from data.files.old_workbook import read_old_workbook
from data.files.shapefile_zip import read_shapefile
from data.files.sheets import Limits, SheetRow
from data.files.workbook import read_workbook
from data.vocabulary import quote
from geo.errors import FileFormatError, RowFault, RowsError
from geo.messages import reason_of, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from data.files.features import Features
    from data.files.headings import FieldOf

MAX_BYTES: Final = 256 * 1024 * 1024
MAX_ROWS: Final = 1_000_000
MAX_COLUMNS: Final = 200
MAX_CELL: Final = 10_000


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of a file: every cell text, stripped, without control characters.

    ``numbers`` are the rows' numbers as the spreadsheet counts them (the heading is row 1); in
    GeoJSON and GeoPackage, features from 1; of a workbook of several sheets they are `SheetRow`,
    and tell the sheet too. ``lonlat`` float64[n, 2] (as given, NaN where a feature
    has none) or ``areas`` is there for features of points or polygons only, and ``feature_ids``
    where features have an id of their own beside their properties (empty for one that has none).
    ``crs`` is the CRS that a file of features states, where it is not one of degrees of WGS-84 or
    CGCS2000; ``lonlat`` and ``areas`` are in it then.
    """

    file: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    lonlat: npt.NDArray[np.float64] | None = None
    areas: tuple[BaseGeometry | None, ...] | None = None
    feature_ids: tuple[str, ...] | None = None
    crs: str | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, index: int) -> list[str]:
        """Return the cells of one column."""
        return [row[index] for row in self.rows]

    def take(self, places: Sequence[int]) -> Table:
        """Return the table with the rows at these places alone, in their order."""
        ids, areas = self.feature_ids, self.areas
        return replace(
            self,
            rows=tuple(self.rows[at] for at in places),
            numbers=tuple(self.numbers[at] for at in places),
            lonlat=None if self.lonlat is None else self.lonlat[list(places)],
            areas=None if areas is None else tuple(areas[at] for at in places),
            feature_ids=None if ids is None else tuple(ids[at] for at in places),
        )

    def without_column(self, index: int) -> Table:
        """Return the table without one column."""
        return replace(
            self,
            headings=(*self.headings[:index], *self.headings[index + 1 :]),
            rows=tuple((*row[:index], *row[index + 1 :]) for row in self.rows),
        )


def read_rows(path: Path, *, field_of: FieldOf | None = None, sheet: str | None = None) -> Table:
    """Read a table by the ending of its name.

    They are .csv, .tsv, .txt, .xlsx, .xls, .et, .geojson, .json (GeoJSON or a list of plain
    records), .gpkg, .kml, .kmz, and .zip of a shapefile.

    CSV is UTF-8 (with or without BOM), UTF-16 with BOM or GB18030, separated by commas,
    semicolons or tabs. Of a workbook values are read and not formulae.

    Parameters
    ----------
    path
        the file.
    field_of
        gives the field that a heading names, so that titles and notes above the heading, a
        heading in two rows and the sheet of a workbook that holds the table are found. None takes
        the first row with two cells, and the first sheet.
    sheet
        the name of a workbook's sheet; for other files it must be None.

    Raises
    ------
    FileFormatError
        when the file is missing, empty, no table or too large; one line with the cure.
    RowsError
        when rows do not fit the heading, a cell is too long, or a formula has no stored value.
    """
    data = bytes_of(path)
    suffix = path.suffix.casefold()
    if suffix in {".xlsx", ".xls", ".et"}:
        # Programs write new workbooks under the old endings.
        is_new = suffix == ".xlsx" or data.startswith(b"PK")
        limits = Limits(n_bytes=MAX_BYTES, rows=MAX_ROWS, columns=MAX_COLUMNS)
        read = read_workbook if is_new else read_old_workbook
        sheets = read(path, data, field_of=field_of, sheet=sheet, limits=limits)
        return _joined(path, [(title, _table(path, rows, field_of)) for title, rows in sheets])
    if sheet is not None:
        raise FileFormatError(
            say("{file}: is no workbook, so it has no sheet {sheet}", file=path.name, sheet=sheet)
        )
    if suffix in {".csv", ".tsv", ".txt"}:
        return _table(path, _csv_rows(path, data), field_of)
    if suffix in {".geojson", ".json"}:
        plain = suffix == ".json" and is_json_list(data)
        return _table_of(path, (read_json_rows if plain else read_geojson)(path, data))
    if suffix == ".gpkg":
        return _table_of(path, read_gpkg(path, data))
    if suffix in {".kml", ".kmz"}:
        return _table_of(path, read_kml(path, data, most_bytes=MAX_BYTES))
    if suffix == ".zip":
        return _table_of(path, read_shapefile(path, data, most_bytes=MAX_BYTES))
    cure = say("save it as .csv, .xlsx, .geojson, .gpkg, .kml or a zipped shapefile")
    raise FileFormatError(
        say(
            "{file}: {suffix} is not read: {cure}",
            file=path.name,
            suffix=suffix or say("a name without ending"),
            cure=cure,
        )
    )


def _joined(path: Path, sheets: list[tuple[str, Table]]) -> Table:
    """Make one table of the sheets of a workbook, where they have the same headings.

    Their columns come in the order of the first, and each row knows its sheet.
    """
    joined = joined_rows(sheets)
    if joined is None:
        raise FileFormatError(
            say(
                "{file}: {n} sheets hold rows under other headings ({sheets}): name one by --sheet "
                "and take the others after it with --missing keep, or give all the same headings",
                file=path.name,
                n=len(sheets),
                sheets=", ".join(quote(title) for title, _ in sheets),
            )
        )
    if len(joined) > MAX_ROWS:
        raise _too_many_rows(path)
    return joined


def joined_rows(parts: Sequence[tuple[str, Table]]) -> Table | None:
    """Make one table of several under the same headings; None where the headings differ.

    Each row knows the title of its part; a single part stays as it is. The points of features and
    their ids stay where all parts have them, and parts of which only some do are not joined.
    """
    (_, first), *others = parts
    if not others:
        return first
    if any(_kind_of(table) != _kind_of(first) for _, table in others):
        return None
    rows: list[tuple[str, ...]] = []
    numbers: list[int] = []
    for title, table in parts:
        order = _places(table.headings, first.headings)
        rows += [tuple(row[at] for at in order) for row in table.rows]
        numbers += [SheetRow(number, title) for number in table.numbers]
    points = [table.lonlat for _, table in parts if table.lonlat is not None]
    ids = [table.feature_ids for _, table in parts if table.feature_ids is not None]
    return replace(
        first,
        rows=tuple(rows),
        numbers=tuple(numbers),
        lonlat=np.concatenate(points) if points else None,
        feature_ids=tuple(chain.from_iterable(ids)) if ids else None,
    )


def _kind_of(table: Table) -> tuple[object, ...]:
    """Return what two tables must have the same to be joined."""
    return sorted(table.headings), table.lonlat is None, table.feature_ids is None, table.crs


def _places(headings: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Return where each wanted heading stands; one that stands twice is taken in its order."""
    left = list(enumerate(headings))
    places = []
    for heading in wanted:
        found = next(pair for pair in left if pair[1] == heading)
        left.remove(found)
        places.append(found[0])
    return places


def _table_of(path: Path, features: Features) -> Table:
    """Make a table of features."""
    cells = tuple(
        tuple(cell_text(row.get(heading), guarded=False) for heading in features.headings)
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
        crs=features.crs,
    )


def _too_long(cell: str) -> str:
    return say(
        "holds {n_signs:,} characters, more than {longest:,}: shorten it",
        n_signs=len(cell),
        longest=MAX_CELL,
    )


def bytes_of(path: Path) -> bytes:
    """Read a whole file; FileFormatError when it is none, empty or too large."""
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


def _table(path: Path, rows: Iterable[Sequence[object]], field_of: FieldOf | None) -> Table:
    """Find the heading among the first rows, and take the rest as cells of that width."""
    texts = (row_texts(row) for row in rows)
    top = list(islice(texts, LOOKED_AT))
    heading = find_heading(top, field_of)
    if heading is None:
        raise FileFormatError(
            say(
                "{file}: has no heading row of two columns or more: "
                "separate them by comma, semicolon or tab",
                file=path.name,
            )
        )
    headings = heading.cells
    if len(headings) > MAX_COLUMNS:
        raise FileFormatError(
            say("{file}: more than {max_columns} columns", file=path.name, max_columns=MAX_COLUMNS)
        )
    cells: list[tuple[str, ...]] = []
    numbers: list[int] = []
    faults: list[RowFault] = []
    below = chain(top[heading.row :], texts)
    for number, row in enumerate(below, start=heading.row + 1):
        if number > MAX_ROWS:
            raise _too_many_rows(path)
        if not row:
            continue
        faults += _row_faults(row, number, headings)
        cells.append(row + ("",) * (len(headings) - len(row)))
        numbers.append(number)
    if faults:
        raise RowsError(path.name, tuple(faults))
    if not cells:
        raise FileFormatError(say("{file}: has a heading and no rows", file=path.name))
    return Table(file=path.name, headings=headings, rows=tuple(cells), numbers=tuple(numbers))


def _too_many_rows(path: Path) -> FileFormatError:
    return FileFormatError(
        say("{file}: more than {max_rows:,} rows: split it", file=path.name, max_rows=MAX_ROWS)
    )


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
