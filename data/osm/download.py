"""Roads of a place or an area, downloaded by OSMnx from Overpass and Nominatim."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import osmnx
import requests
import shapely
from osmnx._errors import InsufficientResponseError, ResponseStatusCodeError

from data.osm.graph import roads_of_graph
from geo.access import NODE_KEYS, WAY_KEYS
from geo.errors import InputError, NetworkError
from geo.messages import say

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
    resolver = socket.getaddrinfo  # OSMnx pins the service's address there for good
    try:
        for name, value in changes.items():
            setattr(osmnx.settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)
        socket.getaddrinfo = resolver


def download_settings(
    overpass_url: str | None, nominatim_url: str | None, cache: Path | None
) -> dict[str, object]:
    """Say what OSMnx is to do: no third party is asked, answers are kept in ``cache`` or not."""
    changes: dict[str, object] = {
        "useful_tags_way": sorted(WAY_KEYS | {"name", "ref"}),
        "useful_tags_node": sorted(NODE_KEYS),
        "use_cache": cache is not None,
        "requests_timeout": 180,
        "doh_url_template": None,  # else a failed lookup is put to a third party
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
    settings = download_settings(overpass_url, nominatim_url, cache)
    with refusing(place, say("roads")), osmnx_settings(settings):
        graph = _graph(place)
    return roads_of_graph(graph)


def download_places(
    place: str | Polygon | MultiPolygon,
    *,
    tags: Mapping[str, str | tuple[str, ...]],
    cache: Path | None = None,
    overpass_url: str | None = None,
    nominatim_url: str | None = None,
) -> gpd.GeoDataFrame:
    """Download what carries one of ``tags`` inside a place or a polygon, as points.

    Columns and errors as in `data.osm.extract.read_places` and `download_roads`.
    """
    wanted: dict[str, bool | str | list[str]] = {
        key: value if isinstance(value, str) else list(value) for key, value in tags.items()
    }
    settings = download_settings(overpass_url, nominatim_url, cache)
    with refusing(place, say("places")), osmnx_settings(settings):
        if isinstance(place, str):
            found = osmnx.features_from_place(place, wanted)
        else:
            found = osmnx.features_from_polygon(place, wanted)
    found = found.reset_index()
    key = [next(k for k in tags if isinstance(row.get(k), str)) for _, row in found.iterrows()]
    return gpd.GeoDataFrame(
        {
            "id": [
                f"{kind[0]}{number}"
                for kind, number in zip(found["element"], found["id"], strict=True)
            ],
            "name": [name if isinstance(name, str) else "" for name in _column(found, "name")],
            "key": key,
            "value": [found[k].iloc[i] for i, k in enumerate(key)],
        },
        geometry=shapely.point_on_surface(found.geometry.to_numpy()),
        crs="EPSG:4326",
    )


def _column(frame: gpd.GeoDataFrame, name: str) -> list[object]:
    return list(frame[name]) if name in frame.columns else [None] * len(frame)


@contextmanager
def refusing(place: str | Polygon | MultiPolygon, what: str) -> Iterator[None]:
    """Turn what OSMnx and requests raise into errors of ours: InputError and NetworkError."""
    name = place if isinstance(place, str) else "the polygon"
    try:
        yield
    except ResponseStatusCodeError as error:
        raise _unreachable(name, error) from error
    except (InsufficientResponseError, TypeError) as error:
        raise InputError(
            say(
                "{name}: no {what} found ({error}): check the name on openstreetmap.org",
                name=name,
                what=what,
                error=_line(error),
            )
        ) from error
    except (requests.RequestException, OSError) as error:
        raise _unreachable(name, error) from error
    except ValueError as error:
        raise InputError(
            say(
                "{name}: no {what} found ({error}): check the area",
                name=name,
                what=what,
                error=_line(error),
            )
        ) from error


def _unreachable(name: str, error: Exception) -> NetworkError:
    return NetworkError(
        say(
            "{name}: cannot be downloaded ({error}): check the connection, or use an extract file",
            name=name,
            error=_line(error),
        )
    )


def _graph(place: str | Polygon | MultiPolygon) -> nx.MultiDiGraph[Any]:
    if isinstance(place, str):
        return osmnx.graph_from_place(
            place, simplify=False, retain_all=True, custom_filter=_ALL_WAYS
        )
    return osmnx.graph_from_polygon(place, simplify=False, retain_all=True, custom_filter=_ALL_WAYS)


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text[:160] or type(error).__name__
