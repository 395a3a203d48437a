"""The machine's face: stations as GeoJSON (RFC 7946), the base map's roads, and /healthz."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from flask import Blueprint, Response, jsonify, request

from geo.errors import InputError
from geo.measure import parse_box
from geo.messages import say
from web.maps.at_hand import roads_json
from web.site.city import city_here
from web.stations.at_hand import features_of

if TYPE_CHECKING:
    from web.stations.features import Feature

api = Blueprint("api", __name__)

GEOJSON: Final = "application/geo+json"
_PARAMETERS: Final = frozenset({"bbox", "limit"})
_MOST: Final = 100_000


@api.get("/api/stations")
def stations() -> Response:
    """Answer the stations, all or those in ``bbox=LEFT,BOTTOM,RIGHT,TOP``, at most ``limit``."""
    city = city_here()
    unknown = sorted(set(request.args) - _PARAMETERS)
    if unknown:
        raise InputError(
            say("parameter {key} is not known: use bbox and limit", key=unknown[0][:40])
        )
    found = _in_box(features_of(city), request.args.get("bbox"))
    shown = found[: _limit(request.args.get("limit"))]
    body = city.collection(shown) | {"numberMatched": len(found), "numberReturned": len(shown)}
    return _cached(_dumps(body), city.stations_version())


@api.get("/api/roads")
def roads() -> Response:
    """Answer the roads that the worker's map is drawn on: three greys, simplified."""
    city = city_here()
    return _cached(roads_json(city), city.roads_version())


@api.get("/healthz")
def healthz() -> Response:
    """Answer what is there; 200 while the workspace can be read."""
    city = city_here()
    workspace = city.workspace()
    plan = workspace.newest_result("plan")
    return jsonify(
        status="ok",
        name=city.settings.name,
        sample=city.settings.sample,
        stations=len(features_of(city)),
        plan=None if plan is None else str(plan.created_at),
    )


def _limit(word: str | None) -> int:
    if word is None:
        return _MOST
    if not (word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= _MOST):
        raise InputError(
            say(
                "limit {word} must be a whole number from 1 to {most:,}", word=word[:40], most=_MOST
            )
        )
    return int(word)


def _in_box(features: list[Feature], word: str | None) -> list[Feature]:
    if word is None:
        return features
    box = parse_box(word)
    points = [feature["geometry"]["coordinates"] for feature in features]
    inside = box.contains(np.array(points, dtype=np.float64).reshape(-1, 2))
    return [feature for feature, kept in zip(features, inside, strict=True) if kept]


def _cached(body: str, version: str) -> Response:
    """Answer GeoJSON that a phone keeps for a minute, and then asks about by its tag."""
    response = Response(body, content_type=GEOJSON)
    response.set_etag(f"{version}-{len(body)}")
    response.cache_control.public = True
    response.cache_control.max_age = 60
    return response.make_conditional(request)  # type: ignore[return-value]


def _dumps(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
