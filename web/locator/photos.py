"""Photos that workers see, by the hash of what they are; gone once somebody takes one away."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from data.photos import MEDIA_TYPE
from web.site.city import city_here

photos = Blueprint("photos", __name__)

_SMALL = "-small"


@photos.get("/photos/<name>.jpg")
def show(name: str) -> Response:
    """Answer a photo or its thumbnail; whoever has it asks each time whether it is still shown."""
    workspace, content_hash = city_here().workspace(), name.removesuffix(_SMALL)
    if not workspace.photos().is_public(content_hash):
        abort(404)
    response = Response(content_type=MEDIA_TYPE)
    response.set_etag(name)
    response.cache_control.no_cache = True
    if request.if_none_match.contains(name):
        return response.make_conditional(request)  # type: ignore[return-value]
    content = workspace.photo_store().read(content_hash, small=name.endswith(_SMALL))
    if content is None:
        abort(404)
    response.set_data(content)
    return response
