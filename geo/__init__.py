"""Points, datums, road networks, travel times and areas: arrays in, arrays out, no files."""

from __future__ import annotations

from geo.access import HIGHWAY_CLASSES, Profile
from geo.areas import covered_area, isochrone
from geo.factors import TIME_FACTORS, with_factors
from geo.nearest import Nearest, nearest, nearest_of_nodes
from geo.network import RoadNetwork, build_network
from geo.node_times import NodeTimes, node_times
from geo.profiles import MODES, PROFILES, profile_table, profiles_from
from geo.roads import RawRoads
from geo.routes import Route, routes
from geo.snapping import Snaps, snap
from geo.travel_times import TravelTimes, travel_times

__all__ = [
    "HIGHWAY_CLASSES",
    "MODES",
    "PROFILES",
    "TIME_FACTORS",
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
    "isochrone",
    "nearest",
    "nearest_of_nodes",
    "node_times",
    "profile_table",
    "profiles_from",
    "routes",
    "snap",
    "travel_times",
    "with_factors",
]
