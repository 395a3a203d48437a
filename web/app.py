"""The web application: one workspace served to workers, planners and officials."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, g, request, url_for
from jinja2 import StrictUndefined

from data.vocabulary import SAMPLE_NOTICE
from web.admin.desk import admin
from web.api.catalogue import catalogue
from web.api.features import api
from web.api.health import health
from web.api.worker_reports import reporting
from web.design.palette import TOKENS, css_variables
from web.languages import Language, codes, language_of
from web.locator.activities import activities
from web.locator.adopted_proposals import adopted
from web.locator.my_reports import feedback
from web.locator.nearest import locator
from web.locator.offline import offline
from web.locator.page_files import page_files
from web.locator.photos import photos
from web.locator.station_page import station_page
from web.maps.drawn_pages import DrawnPages
from web.planner.routes import planner
from web.planner.runs import runs
from web.reports.routes import reports
from web.site.assets import name_assets_by_content
from web.site.bundles import bundle, bundles
from web.site.city import City, city_here
from web.site.pages import helpers
from web.site.security import secure

if TYPE_CHECKING:
    from data.drawings import Drawing
    from data.workspace import Workspace

#: What a worker sees and carries along.
_FOR_WORKERS = (locator, station_page, photos, feedback, page_files, offline, bundles)
#: What programs ask.
_FOR_PROGRAMS = (api, catalogue, health)
#: What workers say and what becomes of it, and the register that it is about.
_VOICES = (reporting, activities, adopted, admin)


_LANGUAGE: Final = "lang"
_YEAR_S: Final = 365 * 24 * 3600


def create_app(workspace_folder: Path | str, *, testing: bool = False) -> Flask:
    """Make the application that serves one workspace.

    Raises
    ------
    WorkspaceError
        when the folder is no workspace.
    """
    app = Flask("web")
    app.config.update(TESTING=testing, JSON_AS_ASCII=False)
    city = City(Path(workspace_folder), searches_apart=not testing)
    app.extensions["yizhan"] = city
    app.extensions["yizhan-drawn"] = DrawnPages(city, draw=_drawn_at_once if testing else None)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(helpers())
    secure(app)  # first: it refuses what nothing can be made of
    app.before_request(_share_reads)
    app.teardown_request(_end_of_reads)
    app.before_request(_choose_language)
    app.after_request(_remember_language)
    app.context_processor(_page_context)
    for blueprint in (*_FOR_WORKERS, planner, runs, reports, *_FOR_PROGRAMS, *_VOICES):
        app.register_blueprint(blueprint)
    app.add_url_rule("/tokens.css", "tokens", _tokens)
    name_assets_by_content(app)
    return app


def _drawn_at_once(workspace: Workspace, languages: tuple[str, ...]) -> Drawing:
    """Draw within the request, which only tests do: what draws is not loaded otherwise."""
    from web.planner.drawing import draw  # noqa: PLC0415 - folium and its kin, for tests alone

    return draw(workspace, languages=languages)


def _share_reads() -> None:
    """Let what this request reads of the database open it once."""
    g.reads = contextlib.ExitStack()
    g.reads.enter_context(city_here().workspace().database.backend.sharing_reads())


def _end_of_reads(_error: BaseException | None) -> None:
    if "reads" in g:
        g.reads.close()


def _choose_language() -> None:
    """Take the language of the address, else that of the last time, else the phone's own."""
    told = request.args.get("lang", request.cookies.get(_LANGUAGE))
    g.language = language_of(told if told in codes() else _own_language())


def _own_language() -> str | None:
    """Return the code of the first of the reader's languages that there is; None for none.

    By the language alone: a phone that asks for ``zh-Hans-CN`` or ``en-IN`` has Chinese or English.
    """
    asked = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((code for code in asked if code in codes()), None)


def _remember_language(response: Response) -> Response:
    """Keep the language that an address named, and nothing else, in a cookie."""
    named = request.args.get("lang")
    if named in codes() and response.mimetype == "text/html" and "shell" not in request.args:
        response.set_cookie(_LANGUAGE, named, max_age=_YEAR_S, samesite="Lax", httponly=True)
    if response.mimetype == "text/html":
        response.vary.update(("Cookie", "Accept-Language"))
        response.headers.setdefault("Cache-Control", "no-cache")
    return response


def _page_context() -> dict[str, Any]:
    """Give every page its language, its city and a way to keep the language in links."""
    settings = city_here().settings
    return {
        "t": g.language,
        "city_name": settings.name,
        "sample": settings.sample,
        "notice": SAMPLE_NOTICE,
        "link": _link,
        "other_languages": _other_languages(),
        "bundle": bundle,
        "theme": (TOKENS["paper"].light, TOKENS["paper"].dark),
    }


def _link(endpoint: str, **values: Any) -> str:  # noqa: ANN401 - URL values of any type
    """Return the address of one of our pages in the reader's language."""
    if not g.language.is_chinese:
        values["lang"] = g.language.code
    return url_for(endpoint, **values)


def _other_languages() -> list[tuple[Language, str]]:
    """Return the other languages, each with the address of this page in it."""
    others = (Language(code) for code in codes() if code != g.language.code)
    return [(other, f"{request.path}?lang={other.code}") for other in others]


def _tokens() -> Response:
    """Answer the palette as CSS variables."""
    response = Response(css_variables(), content_type="text/css; charset=utf-8")
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]
