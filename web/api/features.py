"""The machine's face: stations as GeoJSON (RFC 7946), the base map's roads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, abort, request

from web.api.item_query import GEOJSON, ItemQuery, check_format, link
from web.maps.at_hand import roads_json
from web.site.city import city_here
from web.site.kept_pages import kept_page
from web.stations.at_hand import features_of

if TYPE_CHECKING:
    from web.site.city import City
    from web.stations.features import Feature

api = Blueprint("api", __name__)
#: So long a phone keeps an answer before it asks about it by its tag, seconds.
_FRESH_S: Final = 60


@api.get("/api/stations")
@api.get("/api/collections/stations/items", endpoint="items")
def stations() -> Response:
    """Answer the stations, all or those in ``bbox``, a page of ``limit`` from ``offset`` on.

    ``datetime`` of a day to come answers them as they are then. All of them as they are now, which
    most ask for, are written out and packed once for all.
    """
    city = city_here()
    if request.args:
        query = ItemQuery.of(request.args)
        return _cached(_collection(city, query), f"{city.stations_version()}{query.day or ''}")
    key = (city.stations_version(), request.scheme, request.host)  # links are whole
    return kept_page(
        request.path,
        key,
        lambda: _collection(city, ItemQuery.of({})),
        content_type=GEOJSON,
        max_age_s=_FRESH_S,
    )


@api.get("/api/collections/stations/items/<path:station_id>")
def item(station_id: str) -> Response:
    """Answer one station as a GeoJSON feature, with the way back to all."""
    city = city_here()
    check_format(request.args.get("f"))
    named = next((one for one in features_of(city) if one["id"] == station_id), None)
    if named is None:
        abort(404)
    return _cached(_dumps(_with_links(named)), city.stations_version())


@api.get("/api/roads")
def roads() -> Response:
    """Answer the roads that the worker's map is drawn on: three greys, simplified."""
    city = city_here()
    return kept_page(
        request.path,
        city.roads_version(),
        lambda: roads_json(city),
        content_type=GEOJSON,
        max_age_s=_FRESH_S,
    )


def _collection(city: City, query: ItemQuery) -> str:
    found = query.matched(features_of(city, day=query.day))
    shown = query.page(found)
    return _dumps(
        city.collection(shown)
        | {
            "numberMatched": len(found),
            "numberReturned": len(shown),
            "links": query.links(len(found)),
        }
    )


def _with_links(feature: Feature) -> Feature:
    links = [
        link("self", "api.item", kind=GEOJSON, station_id=feature["id"]),
        link("collection", "catalogue.collection"),
    ]
    return {**feature, "links": links} | city_here().notice()


def _cached(body: str, version: str) -> Response:
    """Answer GeoJSON of one question, with a tag of what it was read from."""
    response = Response(body, content_type=GEOJSON)
    response.set_etag(f"{version}-{len(body)}")
    response.cache_control.public = True
    response.cache_control.max_age = _FRESH_S
    return response.make_conditional(request)  # type: ignore[return-value]


def _dumps(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
