"""Layers of a city: what draws workers, read from many sources into weighted points.

The readers are fetched when they are first asked for: what only needs the names of the layers does
not wait for the reader of OSM extracts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from data.layers.cells_table import CellsTable
    from data.layers.layer import OWN, Layer, LayerArea, LayerReader, Layers
    from data.layers.osm import OsmExtract
    from data.layers.osm_online import OsmOnline
    from data.layers.own_points import OwnPoints
    from data.layers.raster import Raster
    from data.layers.road_lengths import RoadLengths
    from data.layers.store import load_layers, save_layers
    from data.osm_rules import LAYER_IDS

__all__ = [
    "LAYER_IDS",
    "OWN",
    "CellsTable",
    "Layer",
    "LayerArea",
    "LayerReader",
    "Layers",
    "OsmExtract",
    "OsmOnline",
    "OwnPoints",
    "Raster",
    "RoadLengths",
    "load_layers",
    "save_layers",
]

__getattr__, __dir__ = lazy_face(__name__)
