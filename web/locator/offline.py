"""What makes the worker's page an app that opens without a signal: service worker and manifest."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, current_app, g, jsonify, render_template, url_for

from web.design.palette import TOKENS
from web.languages import codes
from web.locator.nearest import ASSETS
from web.locator.page_files import FOLDER
from web.site.bundles import BUNDLES, bundle
from web.site.city import city_here

if TYPE_CHECKING:
    from flask import Flask

offline = Blueprint("offline", __name__)

PAGES: Final = ("/", "/s/", "/feedback")
ICONS: Final = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("maskable-512.png", "512x512", "maskable"),
)
_MORE: Final = ("favicon.svg", "icons/icon-192.png")
_FILE_HASH: Final = re.compile(r"(stations|details|roads)-[0-9a-f]{16}")
_DIGITS: Final = 16


@offline.get("/sw.js")
def service_worker() -> Response:
    """Answer the service worker; its text changes when a page, a script or a style does."""
    assets = precached_assets()
    text = render_template(
        "sw.js",
        version=_version(assets),
        assets=assets,
        pages={path: {code: shell_address(path, code) for code in codes()} for path in PAGES},
        languages=codes(),
        folder=FOLDER,
    )
    response = Response(text, content_type="text/javascript; charset=utf-8")
    response.cache_control.no_cache = True
    return response


@offline.get("/manifest.webmanifest")
def manifest() -> Response:
    """Answer the web app manifest, in the reader's language."""
    city, t = city_here(), g.language
    response = jsonify(
        name=t("驿站 · {city}", city=city.settings.name),
        short_name=t("驿站"),
        lang=t.tag,
        id="/",
        start_url="/",
        scope="/",
        display="standalone",
        background_color=TOKENS["paper"].light,
        theme_color=TOKENS["accent"].light,
        icons=[
            {
                "src": url_for("static", filename=f"icons/{name}"),
                "sizes": sizes,
                "type": "image/png",
                "purpose": purpose,
            }
            for name, sizes, purpose in ICONS
        ],
    )
    response.content_type = "application/manifest+json"
    return response


def shell_address(path: str, language: str) -> str:
    """Return the address under which a page is kept: without stations, in one language."""
    return f"{path}?shell&lang={language}"


def precached_assets() -> list[str]:
    """Return the addresses of all scripts and styles that the kept pages ask for."""
    files = [url_for("static", filename=name) for name in (*ASSETS, *_MORE)]
    return [*(bundle(name) for name in BUNDLES), *files]


def _version(assets: list[str]) -> str:
    """Return a hash of all that is kept but the data, which have hashes of their own."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's way to the application itself
    key = city_here().stations_version()
    kept: tuple[str, str] | None = app.extensions.get("yizhan-shell")
    if kept is None or kept[0] != key or current_app.debug:
        pages = [_rendered(app, shell_address(path, code)) for path in PAGES for code in codes()]
        text = _FILE_HASH.sub("", "\n".join(pages))
        kept = app.extensions["yizhan-shell"] = (key, text)
    worker = current_app.jinja_env.loader
    source = worker.get_source(current_app.jinja_env, "sw.js")[0] if worker else ""
    told = "\n".join([kept[1], source, *assets])
    return hashlib.sha256(told.encode()).hexdigest()[:_DIGITS]


def _rendered(app: Flask, address: str) -> str:
    with app.test_request_context(address):
        app.preprocess_request()
        made: Any = app.dispatch_request()
    return made if isinstance(made, str) else str(made.get_data(as_text=True))
