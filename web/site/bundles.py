"""Scripts and styles that go over the wire together: one request where there would be ten.

Each is our own files one after the other, without comments that have lines of their own and without
indentation, a fifth of the bytes; its address holds the hash of its content.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, current_app

from web.design.palette import css_variables
from web.site.packing import Packed
from web.site.pages import MAP_SCRIPTS

bundles = Blueprint("bundles", __name__)

TOKENS: Final = "tokens.css"
_PHONE_MAP: Final = ("marks.js", "map.js", "map_parts.js", "locator_map.js")
BUNDLES: Final[dict[str, tuple[str, ...]]] = {
    "list.css": (TOKENS, "yizhan.css"),
    "page.css": (TOKENS, "yizhan.css", "pages.css"),
    "list.js": (
        "opening.js",
        "stations.js",
        "datum.js",
        "navigation.js",
        "marks.js",
        "map_parts.js",
        "ways.js",
        "reach.js",
        "offline.js",
        "list_words.js",
        "leaving.js",
        "favourites.js",
        "inside_app.js",
        "position.js",
        "quiet.js",
        "locator.js",
    ),
    "map.js": ("map.js", "locator_map.js"),
    "drawn.js": ("opening.js", *MAP_SCRIPTS),
    "search.js": ("search.js",),
    "searcher.js": ("pocket.js", "searcher.js"),
    "way.js": ("ways.js", "list_words.js", "way.js", "way_there.js"),
    "roadmap.js": ("roadmap.js",),
    "roads.js": ("pocket.js", "roadmap.js"),
    "station.js": (
        "opening.js",
        "stations.js",
        "datum.js",
        "navigation.js",
        *_PHONE_MAP,
        "report_queue.js",
        "report_values.js",
        "offline.js",
        "favourites.js",
        "inside_app.js",
        "station_page.js",
    ),
    "register.js": ("datum.js", *_PHONE_MAP, "unsent_form.js", "register_form.js"),
    "plans.js": (
        "datum.js",
        *_PHONE_MAP,
        "plan_question.js",
        "plan_changes.js",
        "plan_view.js",
        "plans.js",
    ),
    "feedback.js": (
        "opening.js",
        "datum.js",
        *_PHONE_MAP,
        "report_queue.js",
        "offline.js",
        "feedback.js",
    ),
    "activities.js": ("report_queue.js", "activities.js"),
}
"""What each holds; ``roads.js`` and ``roadmap.js`` want Leaflet there, the others nothing."""
_TYPES: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_DIGITS: Final = 12
_SPARE: Final = re.compile(
    r"""
    ^[ ]*/\*.*?\*/[ ]*\n   # a comment from the beginning of a line to the end of one
    | ^[ ]*//[^\n]*\n
    | ^[ ]+ | ^\n
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)


def bundle(name: str) -> str:
    """Return the address of a bundle as its files are now."""
    stem, _, ending = name.rpartition(".")
    return f"/bundle/{stem}-{_made(name)[0]}.{ending}"


@bundles.get("/bundle/<name>")
def one(name: str) -> Response:
    """Answer a bundle; under an old hash, what holds now, to be asked for again."""
    stem, _, ending = name.rpartition(".")
    wanted = f"{stem.rpartition('-')[0]}.{ending}"
    if wanted not in BUNDLES:
        abort(HTTPStatus.NOT_FOUND)
    found, packed = _made(wanted)
    answer = packed.answer(_TYPES[ending])
    fresh = stem.endswith(f"-{found}")
    answer.headers["Cache-Control"] = _FOR_EVER if fresh else "no-cache"
    return answer


def _made(name: str) -> tuple[str, Packed]:
    folder = Path(str(current_app.static_folder))
    files = tuple(folder / file for file in BUNDLES[name] if file != TOKENS)
    return _joined(name, tuple((file, file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=32)
def _joined(name: str, files: tuple[tuple[Path, int], ...]) -> tuple[str, Packed]:
    """Return hash and packed text; a changed file has another time and is read again."""
    texts = [file.read_text(encoding="utf-8") for file, _ in files]
    if TOKENS in BUNDLES[name]:
        texts.insert(0, css_variables())
    body = _SPARE.sub("", "\n".join(texts)).encode()
    return hashlib.sha256(body).hexdigest()[:_DIGITS], Packed.of(body)
