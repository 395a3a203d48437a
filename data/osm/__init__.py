"""OpenStreetMap read: roads and places out of extracts, OSMnx graphs and what is asked on line.

`data.osm.download` and `data.osm.graph` are left out of the face: they need OSMnx, which is slow to
import.
"""

from __future__ import annotations

from data.osm.extract import read_places, read_roads
from data.osm.road_source import RoadSource

__all__ = ["RoadSource", "read_places", "read_roads"]
