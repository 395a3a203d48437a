"""Photos of a station at the desk: sent, seen, given words, taken away and put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Response, redirect, request
from werkzeug.exceptions import BadRequest, NotFound

from data.photos import MEDIA_TYPE, thumbnail_size
from geo.errors import InputError
from geo.messages import message_of, say
from web.admin.routes import account_here, admin, here, is_allowed
from web.services.photos import take_photo
from web.site.city import city_here

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from data.database.photos import Photo

#: In one form; a phone's queue sends no more either.
MOST_AT_ONCE: Final = 4


@admin.post("/photos/of/<path:station_id>")
def add_photos(station_id: str) -> BaseResponse:
    """Take photos of a station; those before one that is refused are kept."""
    if not is_allowed(station_id):
        raise NotFound
    try:
        for content in sent_photos():
            take_photo(
                city_here().workspace(),
                content,
                station=station_id,
                by=account_here().name,
                caption=request.form.get("caption", ""),
                public=request.form.get("public") == "yes",
            )
    except InputError as error:
        raise BadRequest(message_of(error)) from None
    return _back(station_id, "photo")


@admin.get("/photos/<number>.jpg")
def photo(number: str) -> Response:
    """Answer a photo, one that was taken away too; small where ``size=small``."""
    found = _photo(number)
    small = request.args.get("size") == "small"
    content = city_here().workspace().photo_store().read(found.content_hash, small=small)
    if content is None:
        raise NotFound
    return Response(content, content_type=MEDIA_TYPE)


@admin.post("/photos/<number>/change")
def change_photo(number: str) -> BaseResponse:
    """Say in other words what a photo shows, and whether workers see it."""
    found = _photo(number)
    try:
        city_here().workspace().photos().change(
            number,
            by=account_here().name,
            caption=request.form.get("caption", ""),
            public=request.form.get("public") == "yes",
        )
    except InputError as error:
        raise BadRequest(message_of(error)) from None
    return _back(found.station, "photo_changed")


@admin.post("/photos/<number>/remove")
def remove_photo(number: str) -> BaseResponse:
    """Take a photo away: nobody sees it any more, and it can be put back."""
    found = _photo(number)
    city_here().workspace().photos().take_away(number, by=account_here().name)
    return _back(found.station, "photo_removed")


@admin.post("/photos/<number>/restore")
def restore_photo(number: str) -> BaseResponse:
    """Put a photo back that was taken away."""
    found = _photo(number)
    try:
        city_here().workspace().photos().put_back(number, by=account_here().name)
    except InputError as error:
        raise BadRequest(message_of(error)) from None
    return _back(found.station, "photo_restored")


def sent_photos(*, least: int = 1) -> list[bytes]:
    """Return the files of the field "photo" as they came (InputError for too many or too few)."""
    sent = [file for file in request.files.getlist("photo") if file.filename]
    if not least <= len(sent) <= MOST_AT_ONCE:
        raise InputError(say("choose 1 to {most} photos", most=MOST_AT_ONCE))
    return [file.read() for file in sent]


def small_size(one: Photo) -> tuple[int, int]:
    """Return width and height of a photo's thumbnail, which the page states before it is there."""
    return thumbnail_size(one.width, one.height)


def _photo(number: str) -> Photo:
    """Return a photo of a station for which who is logged in may do what this page does."""
    found = city_here().workspace().photos().photo(number)
    if found is None or not is_allowed(found.station):
        raise NotFound
    return found


def _back(station_id: str, done: str) -> BaseResponse:
    where = here("admin.station_form", station_id=station_id, done=done)
    return redirect(f"{where}#photos-title", 303)
