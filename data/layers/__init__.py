"""Layers of a city: what draws workers, read from many sources into weighted points.

The readers are fetched when they are first asked for: what only needs the names of the layers does
not wait for the reader of OSM extracts.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from data.layers.layer import Layer, LayerArea, LayerReader, Layers
from data.layers.osm_rules import LAYER_IDS
from data.layers.store import load_layers, save_layers

if TYPE_CHECKING:
    from data.layers.osm import OsmExtract
    from data.layers.road_lengths import RoadLengths

__all__ = [
    "LAYER_IDS",
    "Layer",
    "LayerArea",
    "LayerReader",
    "Layers",
    "OsmExtract",
    "RoadLengths",
    "load_layers",
    "save_layers",
]

_HOMES = {
    "OsmExtract": "data.layers.osm",
    "RoadLengths": "data.layers.road_lengths",
}


def __getattr__(name: str) -> object:
    """Fetch a reader from the module it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module 'data.layers' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
