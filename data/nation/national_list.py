"""A list of stations of a whole nation, split over its cities by where each station stands.

A station belongs to the city in whose districts it lies; a city without districts has its box. A
column of codes of divisions (GB/T 2260), where the list has one, must name the same city, and
decides between cities that claim the same ground. A row that belongs to no one city is told with
the reason and goes into none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from data.files.columns import Faults, find_columns, read_table
from data.files.place_columns import datum_of_table, read_places
from data.files.station_files import STATION_FIELDS, station_columns
from data.vocabulary import FACILITIES, Term, quote
from geo.errors import InputError
from geo.measure import Box
from geo.messages import listed, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from data.districts import Districts
    from data.files.columns import Columns
    from data.files.tables import Table
    from geo.datum import Datum

_CODE_FIELD: Final = Term(
    "adcode",
    "行政区划代码",
    "adcode",
    ("区划代码", "行政区代码", "城市代码", "区县代码", "division code"),
)
_FIELDS: Final = (*STATION_FIELDS, _CODE_FIELD)


@dataclass(frozen=True, eq=False)
class CityGround:
    """What a city claims: its districts, or its box where it has none."""

    code: str
    districts: Districts
    box: Box

    def holds(self, lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Tell for each of ``lonlat`` float64[n, 2] whether the city claims it; NaN: not."""
        inside = self.box.contains(lonlat)
        if len(self.districts):
            near = np.flatnonzero(inside)
            inside[near] = self.districts.locate(lonlat[near]) >= 0
        return inside


@dataclass(frozen=True)
class StrayRow:
    """A row that goes into no city: ``lon`` and ``lat`` in WGS-84 (NaN: none), and why."""

    file: str
    row: int
    id: str
    name: str
    lon: float
    lat: float
    why: str


@dataclass(frozen=True, eq=False)
class SplitList:
    """A list by city: ``parts`` are its rows by code, each with the number it has in the file."""

    datum: Datum
    parts: dict[str, Table]
    stray: tuple[StrayRow, ...]


def read_list(path: Path, *, sheet: str | None = None, crs: str | None = None) -> Table:
    """Read a list of stations; errors as of `data.files.tables.read_rows`."""
    return read_table(path, _FIELDS, wide=FACILITIES, sheet=sheet, crs=crs)


def split_list(
    table: Table,
    cities: Sequence[CityGround],
    *,
    datum: str | None = None,
    kind: str | None = None,
) -> SplitList:
    """Split a list over the cities by where each row lies.

    Parameters
    ----------
    table
        of `read_list`.
    cities
        one at least.
    datum
        the word for the datum of its coordinates; None asks its own headings and column.
    kind
        of rows that name none; None needs a column of kinds.

    Raises
    ------
    DatumError
        when the datum is not said, or several are.
    FileFormatError, RowsError
        when the table is none of stations; faults of single rows are the cities' to tell.
    """
    codes: list[str] = []
    found = find_columns(table, _FIELDS, Faults(table.file), wide=FACILITIES)
    if found.has(_CODE_FIELD.id):
        codes = found.table.column(found.index[_CODE_FIELD.id])
        table = table.without_column(found.index[_CODE_FIELD.id])
        by_row = dict(zip(found.table.numbers, codes, strict=True))
    else:
        by_row = {}
    stated = datum_of_table(table, STATION_FIELDS, datum)
    columns, _ = station_columns(table, kind=kind)
    lonlat, whys = _places(columns, cities, stated)
    owner = _owners(cities, lonlat, [by_row.get(row, "") for row in columns.table.numbers], whys)
    own = {
        city.code: columns.table.take(np.flatnonzero(owner == number).tolist())
        for number, city in enumerate(cities)
        if (owner == number).any()
    }
    return SplitList(stated, own, _stray(columns, lonlat, owner, whys))


def _places(
    columns: Columns, cities: Sequence[CityGround], datum: Datum
) -> tuple[npt.NDArray[np.float64], dict[int, str]]:
    """Return float64[n, 2] in WGS-84 (NaN: none), and why for the places that are not read."""
    faults = Faults(columns.table.file)
    box = _around(cities)
    lonlat = read_places(columns, faults, datum=datum, box=box).lonlat
    at = {number: place for place, number in enumerate(columns.table.numbers)}
    whys: dict[int, str] = {}
    for fault in faults.found:
        if fault.row is None:
            raise InputError(say("{file}: {what}", file=columns.table.file, what=fault.message()))
        if not np.isfinite(lonlat[at[fault.row]]).all():
            whys.setdefault(at[fault.row], fault.reason)
    return lonlat, whys


def _around(cities: Sequence[CityGround]) -> Box:
    """Return the box around all cities."""
    edges = np.array([tuple(city.box) for city in cities])
    low, high = edges[:, :2].min(axis=0), edges[:, 2:].max(axis=0)
    return Box(float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def _owners(
    cities: Sequence[CityGround],
    lonlat: npt.NDArray[np.float64],
    codes: Sequence[str],
    whys: dict[int, str],
) -> npt.NDArray[np.int64]:
    """Return int64[n]: the city of each row, -1 where there is no one; ``whys`` takes why not."""
    owner = np.full(len(lonlat), -1, dtype=np.int64)
    claims: dict[int, list[int]] = {}
    for number, city in enumerate(cities):
        held = np.flatnonzero(city.holds(lonlat))
        for row in held[owner[held] >= 0].tolist():
            claims.setdefault(row, [int(owner[row])]).append(number)
        owner[held[owner[held] < 0]] = number
    for row in np.flatnonzero(np.isfinite(lonlat).all(axis=1)).tolist():
        named = [n for n in claims.get(row, [int(owner[row])]) if n >= 0]
        if not named:
            whys[row] = _nowhere(cities, lonlat[row])
        elif codes[row] and len(right := [n for n in named if _names(codes[row], cities[n])]) == 1:
            owner[row] = right[0]
        elif codes[row]:
            whys[row] = say(
                "lies in {cities}, and its code is {code}: mend the place or the code",
                cities=listed(cities[n].code for n in named),
                code=quote(codes[row]),
            )
        elif len(named) > 1:
            whys[row] = say(
                "{cities} claim this ground: mend their districts, or give each station the code"
                " of its division",
                cities=listed(cities[n].code for n in named),
            )
    owner[list(whys)] = -1
    return owner


def _names(code: str, city: CityGround) -> bool:
    """Whether a code is that of a city, or of a division within it."""
    return city.code in {code, f"{code[:4]}00", f"{code[:2]}0000"}


def _nowhere(cities: Sequence[CityGround], place: npt.NDArray[np.float64]) -> str:
    """Say that a place is in no city, and how far the nearest one's box is."""
    far_m = [float(city.box.metres_outside(place)) for city in cities]
    nearest = int(np.argmin(far_m))
    if far_m[nearest] == 0.0:
        return say("lies in no city, and within the box of {city}", city=cities[nearest].code)
    return say(
        "lies in no city; the nearest, {city}, is {far_km:,.1f} km off",
        city=cities[nearest].code,
        far_km=far_m[nearest] / 1000.0,
    )


def _stray(
    columns: Columns,
    lonlat: npt.NDArray[np.float64],
    owner: npt.NDArray[np.int64],
    whys: dict[int, str],
) -> tuple[StrayRow, ...]:
    ids, names = columns.cells("id"), columns.cells("name")
    nothing = say("has no place that can be read")
    return tuple(
        StrayRow(
            file=columns.table.file,
            row=columns.table.numbers[row],
            id=ids[row],
            name=names[row],
            lon=float(lonlat[row, 0]),
            lat=float(lonlat[row, 1]),
            why=whys.get(row, nothing),
        )
        for row in np.flatnonzero(owner < 0).tolist()
    )
