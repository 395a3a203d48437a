"""Layers of a city: what draws workers, read from many sources into weighted points."""

from __future__ import annotations

from data.layers.layer import Layer, LayerArea, LayerReader, Layers
from data.layers.store import load_layers, save_layers

__all__ = [
    "Layer",
    "LayerArea",
    "LayerReader",
    "Layers",
    "load_layers",
    "save_layers",
]
