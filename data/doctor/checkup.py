"""A file of stations, examined as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.doctor.coordinates import coordinate_findings
from data.doctor.datum import datum_finding, fit_datum
from data.doctor.fault_words import finding_of
from data.doctor.findings import Finding, Severity, Words, by_gravity, fixed
from data.doctor.places import (
    Placed,
    amid_water,
    coarse,
    in_water,
    off_the_roads,
    outside_districts,
    same_points,
    twins,
)
from data.doctor.sense import sense_findings
from data.files.columns import Faults, find_columns, note_missing
from data.files.station_files import STATION_FIELDS, needed_fields, station_rows
from data.vocabulary import FACILITIES
from geo.errors import FileFormatError
from geo.messages import listed, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from data.districts import Districts
    from data.files.columns import Columns
    from data.files.station_files import StationRows
    from data.files.tables import Table
    from geo.datum import Datum
    from geo.datum_fit import DatumFit
    from geo.measure import Box
    from geo.network import RoadNetwork

_REMARKS: Final = ("serial", "notice")


@dataclass(frozen=True, eq=False)
class City:
    """What is known of the place that a file is about; what is None or empty is not asked.

    ``water`` are areas in WGS-84 degrees, ``water_points`` float64[n, 2] points all over water on a
    grid of 50 m at most.
    """

    box: Box
    districts: Districts | None = None
    network: RoadNetwork | None = None
    water: tuple[BaseGeometry, ...] = ()
    water_points: npt.NDArray[np.float64] | None = None
    snap_limit_m: float = 500.0
    sample: bool | None = None


@dataclass(frozen=True, eq=False)
class Checkup:
    """What the doctor says of a file.

    ``read`` and ``passed_over`` are headings; ``rows`` were looked at, ``examples`` skipped;
    ``findings`` are ordered by gravity; ``datum_fit`` is None when there was no network to ask.
    """

    file: str
    table: Table
    datum: Datum
    rows: int
    examples: int
    read: tuple[str, ...]
    passed_over: tuple[str, ...]
    findings: tuple[Finding, ...]
    datum_fit: DatumFit | None

    def count(self, severity: Severity) -> int:
        """Count the findings of one severity."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def fixable(self) -> tuple[Finding, ...]:
        """The findings that `fixed_table` cures."""
        return tuple(finding for finding in self.findings if finding.fixable)

    def fixed_table(self) -> Table:
        """Return the table with every safe cure applied."""
        return fixed(self.table, self.fixable)

    def columns_words(self) -> str:
        """Say in a line which columns are read and which are passed over."""
        counts = say(
            "{n_read} columns read, {n_passed_over} passed over",
            n_read=len(self.read),
            n_passed_over=len(self.passed_over),
        )
        if not self.passed_over:
            return counts
        return say("{counts}: {columns}", counts=counts, columns=listed(self.passed_over))

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON."""
        fit = self.datum_fit
        return {
            "file": self.file,
            "datum": str(self.datum),
            "rows": self.rows,
            "examples": self.examples,
            "columns_read": list(self.read),
            "columns_passed_over": list(self.passed_over),
            "counts": {str(severity): self.count(severity) for severity in Severity},
            "fixable": len(self.fixable),
            "datum_fit": None if fit is None else fit.as_dict(),
            "findings": [finding.as_dict() for finding in self.findings],
        }


def examine(
    table: Table,
    *,
    datum: Datum,
    city: City,
    today: date,
    kind: str | None = None,
    fits_datum: bool = True,
) -> Checkup:
    """Examine a table of stations: its headings, its cells, its places, and what it says.

    ``datum`` is what the file claims, ``kind`` that of rows that name none. Without ``fits_datum``
    nobody asks whether another datum fits the roads better, which one station cannot tell. Never
    raises for what is wrong in the table: it is found.

    Raises
    ------
    FileFormatError
        when the table holds polygons.
    """
    if table.areas is not None:
        raise FileFormatError(
            say("{file}: stations are points, these are polygons", file=table.file)
        )
    faults = Faults(table.file)
    columns = find_columns(table, STATION_FIELDS, faults, wide=FACILITIES)
    note_missing(columns, STATION_FIELDS, faults, required=needed_fields(kind), what=say("station"))
    findings = [finding_of(fault) for fault in faults.found]
    fit: DatumFit | None = None
    examples, rows = 0, len(columns.table)
    if columns.given >= set(needed_fields(kind)):
        of_places = coordinate_findings(columns, datum=datum, box=city.box)
        copies = _copies(columns)
        cured = fixed(table, [*of_places, *copies])
        read = station_rows(
            cured, datum=datum, box=city.box, sample=city.sample, kind=kind, strict=False
        )
        names = dict(zip(read.columns.table.numbers, read.frame["name"], strict=True))
        findings += of_places + copies
        findings += [
            finding_of(fault, station=names.get(fault.row or 0, "")) for fault in read.faults
        ]
        findings += sense_findings(read, today=today)
        findings += _place_findings(read, city)
        examples, rows = read.examples, len(columns.table) - read.examples
        if fits_datum and city.network is not None:
            fit = fit_datum(
                read.places.given, stated=datum, network=city.network, districts=city.districts
            )
            doubt = datum_finding(fit)
            findings += [] if doubt is None else [doubt]
    return Checkup(
        file=table.file,
        table=table,
        datum=datum,
        rows=rows,
        examples=examples,
        read=columns.read,
        passed_over=columns.passed_over,
        findings=by_gravity(findings),
        datum_fit=fit,
    )


def _copies(columns: Columns) -> list[Finding]:
    """Find rows that say the same as an earlier one, id included, in every column that is read."""
    table = columns.table
    counted = [at for name, at in columns.index.items() if name not in _REMARKS]
    counted += list(columns.wide.values())
    first: dict[tuple[object, ...], int] = {}
    found = []
    names = columns.cells("name")
    for at, (number, row) in enumerate(zip(table.numbers, table.rows, strict=True)):
        place = () if table.lonlat is None else tuple(table.lonlat[at].tolist())
        key = (*(row[column] for column in counted), *place)
        if key not in first:
            first[key] = number
            continue
        what = Words(f"与第 {first[key]} 行完全相同", f"says all that row {first[key]} says")
        found.append(
            Finding(
                code="copy",
                severity=Severity.warning,
                what=what,
                cure=Words("删除此行", "take the row out"),
                row=number,
                station=names[at],
                removes=True,
            )
        )
    return found


def _place_findings(read: StationRows, city: City) -> list[Finding]:
    """Ask of every row that has a place in the box whether it can be there."""
    lonlat = read.places.lonlat
    at_hand = np.flatnonzero(city.box.contains(lonlat))
    placed = Placed(
        rows=[read.columns.table.numbers[at] for at in at_hand],
        names=[read.frame["name"][at] for at in at_hand],
        lonlat=lonlat[at_hand],
        texts=_texts(read, at_hand.tolist()),
    )
    found = twins(placed) + same_points(placed) + coarse(placed)
    found += in_water(placed, city.water)
    if city.water_points is not None:
        found += amid_water(placed, city.water_points)
    if city.districts is not None:
        found += outside_districts(placed, city.districts)
    if city.network is not None and len(placed.rows):
        found += off_the_roads(placed, city.network, limit_m=city.snap_limit_m)
    return found


def _texts(read: StationRows, at_hand: Sequence[int]) -> list[tuple[str, str]]:
    """Return the coordinates as they were written."""
    columns = read.columns
    if columns.table.lonlat is None:
        lon, lat = columns.cells("lon"), columns.cells("lat")
        return [(lon[at], lat[at]) for at in at_hand]
    points = columns.table.lonlat
    return [(repr(float(points[at, 0])), repr(float(points[at, 1]))) for at in at_hand]
