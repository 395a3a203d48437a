"""OpenStreetMap read: roads and places out of extracts, OSMnx graphs and what is asked on line.

`data.osm.download` and `data.osm.graph` are left out of the face: they need OSMnx, which is slow to
import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from data.osm.places import read_places
    from data.osm.road_source import RoadSource
    from data.osm.roads import read_roads

__all__ = ["RoadSource", "read_places", "read_roads"]

__getattr__, __dir__ = lazy_face(__name__)
