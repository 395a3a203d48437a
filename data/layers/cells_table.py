"""Population out of a table: people at points, or over cells (CSV, XLSX, GeoJSON, GeoPackage)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.layers.layer import Layer, LayerArea
from data.layers.weighted_table import read_weighted
from data.osm_rules import POPULATION
from data.vocabulary import Term
from geo.datum import Datum
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    from data.files.zone_overlaps import Overlaps

PEOPLE_FIELD: Final = Term(
    "population",
    "人口",
    "population",
    ("常住人口", "人口数", "residents", "people", "pop", "inhabitants", "z"),
)


@dataclass(frozen=True)
class CellsTable:
    """The reader of population at points or over cells.

    A CSV or XLSX has columns lon, lat and population (人口); GeoJSON and GeoPackage have points or
    polygons with population. The people of a polygon are spread evenly over its area. ``datum`` is
    in what the coordinates are given, ``overlaps`` what ground is that two polygons share:
    "refuse", or counted once ("share" among them, or for the "first" listed).
    """

    path: Path
    layer: str = POPULATION
    datum: Datum = Datum.wgs84
    overlaps: Overlaps = "refuse"
    date: str = ""
    licence: str = ""

    def read(self, area: LayerArea) -> tuple[Layer, ...]:
        """Read the whole table, or refuse it with every row at fault.

        FileFormatError when it is missing, empty or no table; RowsError for rows without a number,
        with a negative one, or outside the box.
        """
        lonlat, people = read_weighted(
            self.path,
            area,
            datum=self.datum,
            number=PEOPLE_FIELD,
            what=say("population row"),
            default=None,
            overlaps=self.overlaps,
        )
        return (
            Layer(
                id=self.layer,
                lonlat=lonlat,
                value=people,
                unit="people",
                source=self.path.name,
                date=self.date,
                licence=self.licence,
            ),
        )
