"""Roads and places of a place or an area, asked for by OSMnx, and read as an extract is.

OSMnx knows the services (parts of an area, pauses, a cache); what Overpass answers goes through the
same gate as a file, since OSMnx's own graphs and features lose tags, restrictions and areas.
"""

from __future__ import annotations

import socket
import tempfile
from collections import OrderedDict
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import osmnx
import requests
import shapely
from osmnx import _overpass
from osmnx._errors import InsufficientResponseError, ResponseStatusCodeError

from data.osm.overpass_json import write_elements
from data.osm.places import read_places
from data.osm.roads import read_roads
from geo.errors import FileFormatError, InputError, NetworkError, YizhanError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import geopandas as gpd
    from shapely.geometry import MultiPolygon, Polygon

    from geo.roads import RawRoads


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

    Ways, ferries and turn restrictions are asked for as they stand in OSM and read as an extract
    is. ``cache`` is a folder for the answers (none: nothing is kept). The two addresses replace the
    public services. InputError when the place is not known or holds no roads, NetworkError when the
    services cannot be reached.
    """
    settings = download_settings(overpass_url, nominatim_url, cache)
    with downloaded(place, query=_roads_query, what=say("roads"), settings=settings) as (
        path,
        area,
    ):
        try:
            return read_roads(path, area=area)
        except FileFormatError:
            raise InputError(
                say("{name}: no roads found: check the area", name=_name(place))
            ) from None


def download_places(
    place: str | Polygon | MultiPolygon,
    *,
    tags: Mapping[str, str | tuple[str, ...]],
    cache: Path | None = None,
    overpass_url: str | None = None,
    nominatim_url: str | None = None,
) -> gpd.GeoDataFrame:
    """Download what carries one of ``tags`` inside a place or a polygon, as points.

    Columns and errors as in `data.osm.read_places` and `download_roads`.
    """
    wanted: dict[str, bool | str | list[str]] = {
        key: value if isinstance(value, str) else list(value) for key, value in tags.items()
    }
    query = features_query(wanted)
    settings = download_settings(overpass_url, nominatim_url, cache)
    with downloaded(place, query=query, what=say("places"), settings=settings) as (path, area):
        found = read_places(path, tags=tags)
    return found[found.intersects(area)].reset_index(drop=True)


def features_query(tags: dict[str, bool | str | list[str]]) -> Callable[[str], str]:
    """Give the query of what carries one of ``tags`` (True is any value), with all its members."""
    return lambda corners: str(_overpass._create_overpass_features_query(corners, tags))  # noqa: SLF001 - OSMnx keeps multipolygons only as it likes them itself


def _roads_query(corners: str) -> str:
    ways = f"way['highway'](poly:{corners!r});way['route'='ferry'](poly:{corners!r});"
    asked = f"({ways})->.r;(.r;node(w.r);rel(bw.r)['type'='restriction'];);out;"
    return f"{_overpass._make_overpass_settings()};{asked}"  # noqa: SLF001 - the timeout that is set


@contextmanager
def downloaded(
    place: str | Polygon | MultiPolygon,
    *,
    query: Callable[[str], str],
    what: str,
    settings: Mapping[str, object],
) -> Iterator[tuple[Path, Polygon | MultiPolygon]]:
    """Ask Overpass by OSMnx, and give its answers as an extract with the area that was asked for.

    ``query`` makes a query of the corners of a part of the area. InputError for a place that is not
    known or holds nothing, NetworkError when the services cannot be reached or end early.
    """
    elements: dict[tuple[str, int], Mapping[str, Any]] = {}
    with refusing(place, what), osmnx_settings(settings):
        area = _area_of(place) if isinstance(place, str) else place
        for corners in _overpass._make_overpass_polygon_coord_strs(area):  # noqa: SLF001 - parts that the service takes
            answer = _overpass._overpass_request(OrderedDict(data=query(corners)))  # noqa: SLF001 - with its pauses and cache
            remark = " ".join(str(answer.get("remark", "")).split())
            if "error" in remark.lower():
                raise _unreachable(_name(place), RuntimeError(f"Overpass ended early: {remark}"))
            elements |= {(each["type"], each["id"]): each for each in answer["elements"]}
    if not elements:
        raise InputError(
            say("{name}: no {what} found: check the area", name=_name(place), what=what)
        )
    with tempfile.TemporaryDirectory(prefix="yizhan-") as folder:
        path = Path(folder) / "answer.osm.pbf"
        write_elements(elements.values(), path, named=_name(place))
        yield path, area


def _area_of(name: str) -> Polygon | MultiPolygon:
    area = shapely.union_all(osmnx.geocode_to_gdf(name).geometry.to_numpy())
    if not isinstance(area, shapely.Polygon | shapely.MultiPolygon):
        message = "it is no area"
        raise TypeError(message)
    return area


def _name(place: object) -> str:
    return place if isinstance(place, str) else "the polygon"


@contextmanager
def refusing(place: str | Polygon | MultiPolygon, what: str) -> Iterator[None]:
    """Turn what OSMnx and requests raise into errors of ours: InputError and NetworkError."""
    name = _name(place)
    try:
        yield
    except YizhanError:
        raise
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


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text[:160] or type(error).__name__
