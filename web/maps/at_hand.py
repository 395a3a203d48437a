"""What maps of the city at hand are drawn of, gathered once for each state of it."""

from __future__ import annotations

import json
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from data.workspace import Workspace
from geo.errors import NothingYetError
from web.maps.city_map import base_roads, contents_of
from web.services.apart import apart
from web.services.drawings import drawn_of

if TYPE_CHECKING:
    from pathlib import Path

    from web.maps.city_map import CityContents
    from web.maps.covered_areas import CoveredArea
    from web.site.city import City

_MAX_POINTS = 25_000


def drawn_contents(city: City) -> CityContents:
    """Return what maps and reports show (NothingYetError when there is nothing to draw)."""
    return city.keep("contents", drawn_of(city.workspace()).key, lambda: _contents(city))


def roads_json(city: City) -> str:
    """Return the base map of the worker's page as GeoJSON; empty where no roads are yet."""
    return city.keep("roads", city.changed("network.bin"), lambda: _draw_roads(city))


def _contents(city: City) -> CityContents:
    """Gather what maps show; the covered areas are searched in a process of its own.

    A search loads the compiler and lays arrays over the whole network, which a server would keep
    for good. It is asked once for each state of the city.
    """
    if not city.searches_apart:
        return contents_of(city.workspace())
    try:
        covered = apart(_covered, city.folder)
    except BrokenProcessPool:  # where no process can be had, or memory is short
        covered = None
    return contents_of(city.workspace(), covered=covered)


def _covered(folder: Path) -> tuple[CoveredArea, ...]:
    return contents_of(Workspace.open(folder)).covered


def _draw_roads(city: City) -> str:
    try:
        network = city.workspace().network()
    except NothingYetError:
        return json.dumps(city.collection([]))
    roads = base_roads(network, most_points=_MAX_POINTS)
    collection = city.collection([lines.as_feature() for lines in roads])
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
