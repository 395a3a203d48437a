"""What is there for a program to ask: landing page, conformance, collections, description.

The pages of OGC API - Features, Part 1: Core (OGC 17-069r4), by which QGIS and GDAL add the
stations as a layer: ``/api/`` is the address to give them.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, jsonify, request

from web.api.item_query import CRS84, GEOJSON, MOST, PARAMETERS, check_format, link
from web.site.city import city_here

if TYPE_CHECKING:
    from web.site.city import City

catalogue = Blueprint("catalogue", __name__, url_prefix="/api")

#: The classes of the standard that are answered in full.
CONFORMS_TO: Final = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}"
    for name in ("core", "geojson", "oas30")
)
_OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
_PHOTOS: Final = (
    "property photos, where there are any: href and thumbnail (JPEG) with their sizes in pixels, "
    "and a caption"
)
_PATHS: Final = {
    "/": "landing page",
    "/conformance": "classes of the standard that are answered",
    "/collections": "what is there",
    "/collections/stations": "the stations as a whole",
    "/collections/stations/items": f"the stations, page by page; {_PHOTOS}",
    "/collections/stations/items/{stationId}": f"one station; {_PHOTOS}",
}
_SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
    "bbox-crs": {"type": "string", "enum": [CRS84]},
    "crs": {"type": "string", "enum": [CRS84]},
    "datetime": {
        "type": "string",
        "description": "a day or moment to come: the stations as the changes ahead leave them then",
    },
    "f": {"type": "string", "enum": ["json"]},
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "default": MOST},
    "offset": {"type": "integer", "minimum": 0, "maximum": MOST, "default": 0},
}


_PROBLEM: Final = "application/problem+json"
_REFUSALS: Final = {
    "400": "what was asked cannot be: why",
    "503": "the data cannot be read now",
}
_NO_SUCH: Final = {"404": "there is no such station"}


@catalogue.before_request
def _only_json() -> None:
    check_format(request.args.get("f"))


@catalogue.get("/")
def landing() -> Response:
    """Answer where all else is."""
    city = city_here()
    return jsonify(
        **_title(city),
        links=[
            link("self", ".landing"),
            link("service-desc", ".openapi", kind=_OPENAPI),
            link("conformance", ".conformance"),
            link("data", ".collections"),
        ],
    )


@catalogue.get("/conformance")
def conformance() -> Response:
    """Answer the classes of the standard that are answered in full."""
    return jsonify(conformsTo=CONFORMS_TO)


@catalogue.get("/collections")
def collections() -> Response:
    """Answer the one collection there is."""
    return jsonify(links=[link("self", ".collections")], collections=[_stations(city_here())])


@catalogue.get("/collections/stations")
def collection() -> Response:
    """Answer what the collection of the stations is."""
    return jsonify(_stations(city_here()))


@catalogue.get("/openapi.json")
def openapi() -> Response:
    """Answer the same as a description in OpenAPI 3.0."""
    city = city_here()
    told = {
        "openapi": "3.0.3",
        "info": {**_title(city), "version": version("yizhan")},
        "servers": [{"url": link("", ".landing")["href"].rstrip("/")}],
        "paths": {path: {"get": _operation(path, what)} for path, what in _PATHS.items()},
    }
    response = jsonify(told)
    response.content_type = _OPENAPI
    return response


def _title(city: City) -> dict[str, str]:
    return {
        "title": f"{city.settings.name} 驿站",
        "description": "Rest stations for outdoor workers / 户外劳动者驿站",
    } | city.notice()


def _stations(city: City) -> dict[str, Any]:
    box = city.settings.box
    corners = [box.left, box.bottom, box.right, box.top]
    return {
        "id": "stations",
        **_title(city),
        "itemType": "feature",
        "extent": {"spatial": {"bbox": [corners], "crs": CRS84}},
        "crs": [CRS84],
        "links": [
            link("self", ".collection"),
            link("items", "api.items", kind=GEOJSON),
        ],
    }


def _operation(path: str, what: str) -> dict[str, Any]:
    """Return what OpenAPI says of one address: what it takes, and in which form it answers."""
    names = PARAMETERS if path.endswith("/items") else ("f",)
    asked: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "query",
            "required": False,
            "schema": _SCHEMAS.get(name, {"type": "string"}),
            **({"style": "form", "explode": False} if name == "bbox" else {}),
        }
        for name in names
    ]
    if path.endswith("}"):
        one = {"name": "stationId", "in": "path", "required": True, "schema": {"type": "string"}}
        asked.append(one)
    kind = GEOJSON if "/items" in path else "application/json"
    refusals = _REFUSALS | (_NO_SUCH if path.endswith("}") else {})
    told = {"200": (what, kind), **{code: (why, _PROBLEM) for code, why in refusals.items()}}
    answers = {
        code: {"description": words, "content": {form: {"schema": {"type": "object"}}}}
        for code, (words, form) in told.items()
    }
    return {"summary": what, "parameters": asked, "responses": answers}
