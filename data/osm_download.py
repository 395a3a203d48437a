"""Roads of a place or an area, downloaded by OSMnx from Overpass and Nominatim."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import osmnx
import requests
from osmnx._errors import InsufficientResponseError, ResponseStatusCodeError

from data.osm_graph import roads_of_graph
from geo.access import NODE_KEYS, WAY_KEYS
from geo.errors import InputError, NetworkError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import networkx as nx
    from shapely.geometry import MultiPolygon, Polygon

    from geo.roads import RawRoads

_ALL_WAYS = '["highway"]'


@contextmanager
def osmnx_settings(changes: Mapping[str, object]) -> Iterator[None]:
    """OSMnx's module-wide settings with ``changes``, put back on leaving however that happens."""
    before = {name: getattr(osmnx.settings, name) for name in changes}
    try:
        for name, value in changes.items():
            setattr(osmnx.settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)


def _settings(
    overpass_url: str | None, nominatim_url: str | None, cache: Path | None
) -> dict[str, object]:
    changes: dict[str, object] = {
        "useful_tags_way": sorted(WAY_KEYS | {"name", "ref"}),
        "useful_tags_node": sorted(NODE_KEYS),
        "use_cache": cache is not None,
        "requests_timeout": 180,
    }
    if cache is not None:
        changes["cache_folder"] = str(cache)
    if overpass_url is not None:
        changes |= {"overpass_url": overpass_url, "overpass_rate_limit": False}
    if nominatim_url is not None:
        changes["nominatim_url"] = nominatim_url
    return changes


def download_roads(
    place: str | Polygon | MultiPolygon,
    *,
    cache: Path | None = None,
    overpass_url: str | None = None,
    nominatim_url: str | None = None,
) -> RawRoads:
    """All roads inside a place that Nominatim knows, or inside a polygon in WGS-84.

    ``cache`` is a folder for the answers (none: nothing is kept). The two addresses replace the
    public services. InputError when the place is not known or holds no roads, NetworkError when the
    services cannot be reached.
    """
    name = place if isinstance(place, str) else "the polygon"
    try:
        with osmnx_settings(_settings(overpass_url, nominatim_url, cache)):
            graph = _graph(place)
    except (InsufficientResponseError, TypeError, ValueError) as error:
        raise InputError(
            f"{name}: no roads found ({_line(error)}): check the name on openstreetmap.org"
        ) from error
    except (requests.RequestException, ResponseStatusCodeError, OSError) as error:
        raise NetworkError(
            f"{name}: cannot be downloaded ({_line(error)}): check the connection, or use an"
            " extract file"
        ) from error
    return roads_of_graph(graph)


def _graph(place: str | Polygon | MultiPolygon) -> nx.MultiDiGraph[Any]:
    if isinstance(place, str):
        return osmnx.graph_from_place(
            place, simplify=False, retain_all=True, custom_filter=_ALL_WAYS
        )
    return osmnx.graph_from_polygon(place, simplify=False, retain_all=True, custom_filter=_ALL_WAYS)


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text[:160] or type(error).__name__
