"""Static files under addresses that name their content, so that a phone asks for each only once."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask import Response, current_app, request

from web.site.packing import Packed

if TYPE_CHECKING:
    from flask import Flask

_FOR_EVER: Final = "public, max-age=31536000, immutable"
#: Named here: Windows takes the types of endings from a registry that any program may change.
_TEXTS: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml; charset=utf-8",
}
_DIGITS: Final = 12


def name_assets_by_content(app: Flask) -> None:
    """Give every address of a static file of ``app`` its hash, and those answers long life."""
    app.url_defaults(_add_hash)
    app.after_request(_keep_long)


def asset_hash(name: str) -> str:
    """Return the short hash of a static file; empty when there is none of that name."""
    path = _path(name)
    if path is None:
        return ""
    told = path.stat()
    return _hash_of(path, told.st_mtime_ns, told.st_size)


def _add_hash(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "v" not in values:
        found = asset_hash(str(values.get("filename", "")))
        if found:
            values["v"] = found


def _keep_long(response: Response) -> Response:
    """Mark a static answer under its own hash as lasting, and hand it out packed as it can be."""
    if request.endpoint != "static" or response.status_code != HTTPStatus.OK:
        return response
    name = str((request.view_args or {}).get("filename", ""))
    path = _path(name)
    if path is None:
        return response
    if request.args.get("v") == asset_hash(name):
        response.headers["Cache-Control"] = _FOR_EVER
    if path.suffix in _TEXTS:
        response.content_type = _TEXTS[path.suffix]
        response.vary.add("Accept-Encoding")
        told = path.stat()
        body, encoding = _packed(path, told.st_mtime_ns, told.st_size).wanted()
        if encoding:
            opened = response.response
            response.direct_passthrough = False
            response.set_data(body)
            if hasattr(opened, "close"):
                opened.close()
            response.headers["Content-Encoding"] = encoding
            tag, _weak = response.get_etag()
            if tag is not None:
                response.set_etag(tag, weak=True)
    return response


def _path(name: str) -> Path | None:
    folder = Path(str(current_app.static_folder)).resolve()
    path = (folder / name).resolve()
    return path if path.is_relative_to(folder) and path.is_file() else None


@lru_cache(maxsize=256)
def _hash_of(path: Path, changed: int, size: int) -> str:
    del changed, size  # part of the key: a changed file is another one
    return hashlib.sha256(path.read_bytes()).hexdigest()[:_DIGITS]


@lru_cache(maxsize=64)
def _packed(path: Path, changed: int, size: int) -> Packed:
    del changed, size
    return Packed.of(path.read_bytes())
