"""Photos of stations: read from hostile bytes, and kept by the hash of what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from data.photos.picture import MEDIA_TYPE, MOST_BYTES, Picture, read_picture, thumbnail_size
    from data.photos.store import FOLDER, PhotoStore, check_photo_store

__all__ = [
    "FOLDER",
    "MEDIA_TYPE",
    "MOST_BYTES",
    "PhotoStore",
    "Picture",
    "check_photo_store",
    "read_picture",
    "thumbnail_size",
]

__getattr__, __dir__ = lazy_face(__name__)
