"""Points, datums, road networks, travel times and areas: arrays in, arrays out, no files.

Names are fetched when they are first asked for: a command that only needs an error or a datum does
not wait for the compiler of the search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from geo.access import HIGHWAY_CLASSES, Profile
    from geo.areas import covered_area, isochrone
    from geo.datum import Datum, from_wgs84, parse_datum, to_wgs84
    from geo.factors import TIME_FACTORS, with_factors
    from geo.kernels import kernel_sums
    from geo.measure import Box, from_metric, great_circle_m, metric_crs, parse_box, to_metric
    from geo.nearest_places import Nearest, nearest, nearest_of_nodes
    from geo.network import RoadNetwork, build_network
    from geo.profiles import MODES, PROFILES, profile_table, profiles_from
    from geo.roads import RawRoads
    from geo.routing import Route, routes
    from geo.snapping import Snaps, snap
    from geo.to_nodes import NodeTimes, node_times
    from geo.travel_time_matrix import TravelTimes, travel_times

__all__ = [
    "HIGHWAY_CLASSES",
    "MODES",
    "PROFILES",
    "TIME_FACTORS",
    "Box",
    "Datum",
    "Nearest",
    "NodeTimes",
    "Profile",
    "RawRoads",
    "RoadNetwork",
    "Route",
    "Snaps",
    "TravelTimes",
    "build_network",
    "covered_area",
    "from_metric",
    "from_wgs84",
    "great_circle_m",
    "isochrone",
    "kernel_sums",
    "metric_crs",
    "nearest",
    "nearest_of_nodes",
    "node_times",
    "parse_box",
    "parse_datum",
    "profile_table",
    "profiles_from",
    "routes",
    "snap",
    "to_metric",
    "to_wgs84",
    "travel_times",
    "with_factors",
]

__getattr__, __dir__ = lazy_face(__name__)
