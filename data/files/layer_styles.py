"""Styles of map layers as QGIS keeps them: QML, in the table ``layer_styles`` of a GeoPackage."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_SYMBOLS: Final = {
    "line": ("line", "SimpleLine"),
    "area": ("fill", "SimpleFill"),
    "point": ("marker", "SimpleMarker"),
}
_TABLE: Final = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
)
"""
_CONTENTS: Final = (
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) "
    "VALUES ('layer_styles', 'attributes', 'layer_styles', '', 0)"
)
_STYLE: Final = (
    "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
    "styleName, styleQML, styleSLD, useAsDefault, description, owner) "
    "VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '')"
)


@dataclass(frozen=True)
class LayerStyle:
    """How a layer is drawn: by the values of one column, each with a label and a colour.

    ``colours`` and ``labels`` by value, colours as ``#rrggbb``; ``shapes`` of points by value,
    by the names of QGIS's simple markers; a circle where none is named.
    ``opacity`` is that of an area's fill, ``width_mm`` that of lines and outlines.
    """

    column: str
    colours: Mapping[str, str]
    labels: Mapping[str, str]
    opacity: float = 1.0
    width_mm: float = 0.3
    shapes: Mapping[str, str] | None = None

    def qml(self, sort: Literal["line", "area", "point"]) -> str:
        """Return the style as QML, for lines, areas or points."""
        root = ET.Element("qgis", version="3.22.0", styleCategories="Symbology")
        drawn = ET.SubElement(
            root, "renderer-v2", type="categorizedSymbol", attr=self.column, forceraster="0"
        )
        categories = ET.SubElement(drawn, "categories")
        symbols = ET.SubElement(drawn, "symbols")
        kind, layer_class = _SYMBOLS[sort]
        for number, (value, colour) in enumerate(self.colours.items()):
            ET.SubElement(
                categories,
                "category",
                value=value,
                label=self.labels.get(value, value),
                symbol=str(number),
                render="true",
                type="string",
            )
            symbol = ET.SubElement(symbols, "symbol", type=kind, name=str(number), alpha="1")
            layer = ET.SubElement(symbol, "layer", {"class": layer_class, "enabled": "1"})
            for key, text in self._properties(sort, value, colour).items():
                ET.SubElement(layer, "prop", k=key, v=text)
        return "<!DOCTYPE qgis>\n" + ET.tostring(root, encoding="unicode")

    def _properties(self, sort: str, value: str, colour: str) -> dict[str, str]:
        line = _rgba(colour, 1.0)
        width = f"{self.width_mm:g}"
        if sort == "line":
            return {"line_color": line, "line_width": width, "line_width_unit": "MM"}
        outline = {"outline_width": width, "outline_width_unit": "MM"}
        if sort == "area":
            return {
                "color": _rgba(colour, self.opacity),
                "style": "solid",
                "outline_color": line,
                "outline_style": "solid",
                **outline,
            }
        return {
            "name": (self.shapes or {}).get(value, "circle"),
            "color": line,
            "outline_color": _rgba("#16201d", 1.0),
            "size": "3",
            "size_unit": "MM",
            **outline,
        }


def _rgba(colour: str, opacity: float) -> str:
    """Write a colour as QGIS does: four numbers from 0 to 255."""
    channels = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    return ",".join(map(str, (*channels, round(255 * opacity))))


def add_styles(path: Path, styles: Sequence[tuple[str, str, str]]) -> None:
    """Put styles into a GeoPackage as the defaults of its layers: rows of layer, geometry, QML."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(_TABLE)
        database.execute(_CONTENTS)
        for layer, geometry, qml in styles:
            database.execute(_STYLE, (layer, geometry, layer, qml, layer))
