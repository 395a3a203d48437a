"""Points, datums, road networks, travel times and areas: arrays in, arrays out, no files."""

from __future__ import annotations

from geo.access import HIGHWAY_CLASSES, Profile
from geo.areas import covered_area, isochrone
from geo.network import RoadNetwork, build_network
from geo.profiles import MODES, PROFILES, profile_table, profiles_from
from geo.roads import RawRoads
from geo.snapping import Snaps, snap
from geo.travel_times import Nearest, TravelTimes, nearest, travel_times

__all__ = [
    "HIGHWAY_CLASSES",
    "MODES",
    "PROFILES",
    "Nearest",
    "Profile",
    "RawRoads",
    "RoadNetwork",
    "Snaps",
    "TravelTimes",
    "build_network",
    "covered_area",
    "isochrone",
    "nearest",
    "profile_table",
    "profiles_from",
    "snap",
    "travel_times",
]
