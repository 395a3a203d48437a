"""What every answer carries: strict headers, one shape for errors, compressed text."""

from __future__ import annotations

import gzip
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Response, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from geo.errors import DiskFullError, InputError, NothingYetError, WorkspaceError, YizhanError
from geo.messages import message_of, say
from web.site.city import city_here
from web.site.hosts import host_of, may_ask

if TYPE_CHECKING:
    from flask import Flask

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; object-src 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_TEXTS: Final = frozenset(
    {
        "application/geo+json",
        "application/javascript",
        "application/json",
        "image/svg+xml",
        "text/css",
        "text/csv",
        "text/html",
        "text/javascript",
    }
)
_LEAST_BYTES: Final = 1024
#: Asked by what watches the server, under whatever name it has for it.
_MONITORED: Final = frozenset({"/healthz", "/readyz"})


def secure(app: Flask) -> None:
    """Give every answer of ``app`` the headers, and every error its shape."""
    app.before_request(_refuse_strange_host)
    app.after_request(_compress)
    app.after_request(_add_headers)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(YizhanError, _answer_yizhan_error)
    app.register_error_handler(Exception, _answer_surprise)


def _refuse_strange_host() -> Response | None:
    """Refuse a request by a name that is none, or not ours, before anything is made of it.

    It is answered without a page: no address of a page can be made of such a name.
    """
    asked = request.headers.get("Host", "")
    if not asked or (request.path in _MONITORED and host_of(asked) is not None):
        return None
    if may_ask(asked, city_here().settings):
        return None
    return problem(HTTPStatus.BAD_REQUEST, say("this server is not known by that name"))


def problem(status: int, detail: str, **more: object) -> Response:
    """Return an error as RFC 9457 problem details, with ``more`` members."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **more,
    }
    return Response(
        json.dumps(body, ensure_ascii=False), status, content_type="application/problem+json"
    )


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    hosts: tuple[str, ...] = g.get("image_hosts", ())
    if hosts:  # a page whose map is drawn on a configured provider's tiles
        policy = HEADERS["Content-Security-Policy"]
        told = f"{policy}; img-src 'self' {' '.join(hosts)}"
        response.headers["Content-Security-Policy"] = told
    return response


def _compress(response: Response) -> Response:
    """Compress text for those who take it; the tag turns weak, for the bytes differ."""
    if response.mimetype not in _TEXTS or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != HTTPStatus.OK or not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= _LEAST_BYTES:
        response.set_data(gzip.compress(body, compresslevel=5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        tag, _weak = response.get_etag()
        if tag is not None:
            response.set_etag(tag, weak=True)
    return response


def _answer_http_error(error: HTTPException) -> Response:
    return _answer(error)


def _answer_yizhan_error(error: YizhanError) -> Response:
    status = {
        InputError: HTTPStatus.BAD_REQUEST,
        NothingYetError: HTTPStatus.NOT_FOUND,
        WorkspaceError: HTTPStatus.SERVICE_UNAVAILABLE,
    }
    found = (code for kind, code in status.items() if isinstance(error, kind))
    code = next(found, HTTPStatus.INTERNAL_SERVER_ERROR)
    words = message_of(error)
    if _names_a_place(words):
        current_app.logger.error("%s %s: %s", request.method, request.path, words)
        # whatever was asked, that a file of ours cannot be used is no fault of who asked
        code = HTTPStatus.SERVICE_UNAVAILABLE if code == HTTPStatus.BAD_REQUEST else code
        words = say("the server cannot read its data: its log says why")
        if isinstance(error, DiskFullError):
            words = say("the disk of the server is full: it can be read, and nothing written")
    return _error(code, words)


def _names_a_place(words: str) -> bool:
    """Tell whether a sentence names the folder of the workspace, which is nobody's business."""
    return str(city_here().folder) in words


def _answer_surprise(error: Exception) -> Response:
    """Log what nobody expected, whole, and tell the reader nothing of it."""
    current_app.logger.error("%s %s", request.method, request.path, exc_info=error)
    return _answer(InternalServerError())


def _answer(error: HTTPException) -> Response:
    if error.response is not None:  # a redirect
        return error.get_response()  # type: ignore[return-value]
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    own = "" if error.description == type(error).description else error.description
    response = _error(code, error.description or HTTPStatus(code).phrase, for_page=own)
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def _error(status: int, detail: str, *, for_page: str | None = None) -> Response:
    """Answer as problem details under /api and where ``g.speaks_json`` is set, else as a page.

    ``for_page`` is what the page says beside its own words: the detail unless given.
    """
    if request.path.startswith("/api/") or request.path in _MONITORED:
        return problem(status, detail)
    if g.get("speaks_json"):
        return problem(status, g.language.told(detail))
    told = g.language.told(detail if for_page is None else for_page)
    page = render_template("error.html", status=int(status), detail=told, page="error")
    return Response(page, status, content_type="text/html; charset=utf-8")
