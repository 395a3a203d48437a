"""Maps and pictures of the city: folium behind one safe wrapper, matplotlib, base maps."""

from __future__ import annotations

__all__ = [
    "at_hand",
    "base_tiles",
    "city_map",
    "city_picture",
    "density_ground",
    "density_hours",
    "density_map",
    "density_picture",
    "density_squares",
    "difference_map",
    "drawn_pages",
    "road_lines",
    "scenario_map",
    "site_picture",
]
