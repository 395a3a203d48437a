"""A city's own points with weights: what no map knows, such as where orders are handed over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.layers.layer import OWN, Layer, LayerArea
from data.layers.weighted_table import read_weighted
from data.vocabulary import Term, quote
from geo.datum import Datum
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

WEIGHT_FIELD: Final = Term(
    "weight", "权重", "weight", ("value", "数值", "数量", "count", "orders", "单量")
)
_NAME: Final = re.compile(r"\w[\w-]{0,39}")


@dataclass(frozen=True)
class OwnPoints:
    """The reader of a city's own points or areas with weights: the layer ``own:<name>``.

    A CSV or XLSX has columns lon, lat and weight (权重); GeoJSON and GeoPackage have points or
    polygons with weight, and a polygon's weight is spread over its area. Without a column weight
    every row counts 1.

    Raises
    ------
    InputError
        when ``name`` is none of 1 to 40 letters, digits, ``_`` and ``-``.
    """

    path: Path
    name: str
    datum: Datum = Datum.wgs84
    unit: str = "weight"
    date: str = ""
    licence: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InputError(
                say(
                    "layer own:{name}: a name has 1 to 40 letters, digits, _ or -",
                    name=quote(self.name),
                )
            )

    def read(self, area: LayerArea) -> tuple[Layer, ...]:
        """Read the whole table, or refuse it with every row at fault.

        FileFormatError when it is missing, empty or no table; RowsError for rows with a negative
        weight, or outside the box.
        """
        lonlat, weight = read_weighted(
            self.path, area, datum=self.datum, number=WEIGHT_FIELD, what=say("point"), default=1.0
        )
        return (
            Layer(
                id=OWN + self.name,
                lonlat=lonlat,
                value=weight,
                unit=self.unit,
                source=self.path.name,
                date=self.date,
                licence=self.licence,
            ),
        )
