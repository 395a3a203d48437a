"""Tables of points out to CSV, XLSX, GeoJSON and GeoPackage."""

from __future__ import annotations

import io
import json
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import openpyxl
import pandas as pd
import pyogrio
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from data.atomic import cannot_write, replacing, write_bytes, write_text
from data.files.cell_text import clean_text, harmless
from data.files.csv_text import csv_text
from data.files.spoken_tables import WORDS_SHEETS
from data.points import point_frame
from data.vocabulary import SAMPLE_NOTICE
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from data.files.spoken_tables import Spoken

    Columns = Mapping[str, Sequence[Any]]
    Writer = Callable[[Columns, Path, str, str], None]

SUFFIXES: Final = (".csv", ".xlsx", ".geojson", ".gpkg")
#: Of tables whose rows stand nowhere on the map.
ROW_SUFFIXES: Final = (".csv", ".xlsx", ".json")
LIST_JOINT: Final = "、"
_WIDTHS: Final = {
    "name": 32,
    "address": 32,
    "hours": 24,
    "facilities": 40,
    "groups": 30,
    "facilities_absent": 24,
    "facilities_broken": 24,
    "host_name": 24,
    "operator": 24,
    "who_may_enter": 24,
    "notice": 40,
}


def write_points(
    columns: Columns, path: Path, *, layer: str, sample: bool, spoken: Spoken | None = None
) -> None:
    """Write columns, of which lon and lat are WGS-84 degrees, in the format of the ending.

    Values are text, numbers or tuples of words. ``sample`` adds a column ``notice`` and puts the
    notice into the metadata (or a sheet) too. ``spoken`` is how a workbook says them; None writes
    identifiers. The file is there whole or not at all.

    Raises
    ------
    InputError
        when the ending is none of `SUFFIXES`.
    WorkspaceError
        when the file cannot be written.
    """
    writers: dict[str, Writer] = {
        ".csv": _write_csv,
        ".xlsx": partial(_write_xlsx, spoken=spoken),
        ".geojson": _write_geojson,
        ".gpkg": _write_gpkg,
    }
    _write(columns, path, writers, layer=layer, sample=sample)


def write_rows(
    columns: Columns, path: Path, *, layer: str, sample: bool, spoken: Spoken | None = None
) -> None:
    """Write columns of rows that stand nowhere on the map, in the format of the ending.

    As `write_points`, but the endings are `ROW_SUFFIXES`; JSON is a list of objects.
    """
    writers: dict[str, Writer] = {
        ".csv": _write_csv,
        ".xlsx": partial(_write_xlsx, spoken=spoken),
        ".json": _write_json,
    }
    _write(columns, path, writers, layer=layer, sample=sample)


def _write(
    columns: Columns, path: Path, writers: Mapping[str, Writer], *, layer: str, sample: bool
) -> None:
    suffix = path.suffix.casefold()
    if suffix not in writers:
        raise InputError(
            say(
                "{file}: the ending must be one of {endings}",
                file=path.name,
                endings=", ".join(writers),
            )
        )
    rows = len(next(iter(columns.values())))
    noticed = {**columns, "notice": [SAMPLE_NOTICE] * rows} if sample else columns
    writers[suffix](noticed, path, layer, SAMPLE_NOTICE if sample else "")


def _text(value: object) -> object:
    """Write lists as text and take out what no file may hold; numbers stay numbers."""
    if isinstance(value, tuple):
        return LIST_JOINT.join(value)
    return clean_text(value) if isinstance(value, str) else value


def _rows(columns: Columns) -> Iterator[tuple[object, ...]]:
    made = [[_text(value) for value in values] for values in columns.values()]
    return zip(*made, strict=True)


def _write_csv(columns: Columns, path: Path, _layer: str, _notice: str) -> None:
    write_text(path, csv_text([list(columns), *_rows(columns)]))


def _write_xlsx(
    columns: Columns, path: Path, layer: str, notice: str, *, spoken: Spoken | None
) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(layer if spoken is None else spoken.title(layer))
    sheet.freeze_panes = "A2"
    heading = []
    for number, name in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(name, 14)
        text = name if spoken is None else spoken.heading(name)
        cell = openpyxl.cell.WriteOnlyCell(sheet, value=text)
        cell.font = Font(bold=True)
        heading.append(cell)
    if spoken is not None:
        columns = {name: spoken.cells(name, values) for name, values in columns.items()}
        _add_drop_downs(book, sheet, list(columns), spoken, rows=len(next(iter(columns.values()))))
    sheet.append(heading)
    for row in _rows(columns):
        sheet.append([_spreadsheet_cell(value) for value in row])
    if notice:
        book.create_sheet("notice" if spoken is None else spoken.title("notice")).append([notice])
        book.properties.description = notice
    packed = io.BytesIO()  # not the file itself: a package cut off by a full disk complains later
    book.save(packed)
    write_bytes(path, packed.getvalue())


def _add_drop_downs(
    book: openpyxl.Workbook,
    sheet: Any,  # noqa: ANN401 - its stubs lack this class
    names: Sequence[str],
    spoken: Spoken,
    *,
    rows: int,
) -> None:
    """Give columns of fixed words a drop-down; the words stand on a sheet that is not shown."""
    for rule in spoken.drop_downs(names, rows=rows):
        sheet.data_validations.append(rule)
    lists = spoken.lists(names)
    if lists:
        words = book.create_sheet(WORDS_SHEETS[spoken.reader])
        words.sheet_state = "hidden"
        for row in zip_longest(*lists.values()):
            words.append(list(row))


def _spreadsheet_cell(value: object) -> object:
    """Make text harmless; write a number of more than 16 digits as text, or it would be cut off."""
    if isinstance(value, str):
        return harmless(value)
    cut_off = isinstance(value, float) and float(f"{value:.16g}") != value
    return repr(value) if cut_off else value


def _write_json(columns: Columns, path: Path, _layer: str, _notice: str) -> None:
    rows = [dict(zip(columns, row, strict=True)) for row in _rows(columns)]
    write_text(path, json.dumps(rows, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


def _write_geojson(columns: Columns, path: Path, layer: str, notice: str) -> None:
    """Write RFC 7946: lists as lists, coordinates with every digit."""
    names = [name for name in columns if name not in {"lon", "lat"}]
    features = [
        {
            "type": "Feature",
            "properties": {
                name: list(value) if isinstance(value, tuple) else _text(value)
                for name, value in zip(names, values, strict=True)
            },
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
        }
        for lon, lat, *values in zip(
            columns["lon"], columns["lat"], *(columns[name] for name in names), strict=True
        )
    ]
    collection = {"type": "FeatureCollection", "name": layer, "features": features}
    if notice:
        collection = {**collection, "notice": notice}
    write_text(path, json.dumps(collection, ensure_ascii=False, allow_nan=False))


def _write_gpkg(columns: Columns, path: Path, layer: str, notice: str) -> None:
    """Write a layer of points that QGIS opens as it is."""
    plain = {
        name: [_text(value) for value in values]
        for name, values in columns.items()
        if name not in {"lon", "lat"}
    }
    lonlat = np.column_stack([columns["lon"], columns["lat"]]).astype(np.float64)
    frame = point_frame(plain, lonlat)
    for column in plain:  # a column of numbers is one in the file too, and no text
        if frame[column].map(lambda value: type(value) in {int, float}).all():
            frame[column] = pd.to_numeric(frame[column])
    metadata = {"notice": notice} if notice else None
    with replacing(path) as draft:
        draft.unlink()  # GDAL makes its own file and does not open an empty one
        try:
            pyogrio.write_dataframe(
                frame,
                draft,
                driver="GPKG",
                layer=layer,
                geometry_type="Point",
                dataset_metadata=metadata,
                layer_metadata=metadata,
                DESCRIPTION=notice or layer,
            )
        except (pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError) as error:
            raise cannot_write(path, OSError(str(error))) from None
