"""An application served by a thread, for claims that need a real address."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask


def closing(app: WSGIApplication) -> WSGIApplication:
    """The application, whose answers are closed even where the browser hangs up.

    Werkzeug reads what a client may still send before it closes an answer. A browser that
    hangs up makes that reading fail, and a file that was being sent stays open until the
    interpreter finds it, in the middle of some other test.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        parts = app(environ, start_response)
        try:
            yield from parts
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()

    return answer


@contextmanager
def served(app: Flask, *, port: int = 0) -> Iterator[str]:
    """Serve an application; gives its address. Port 0 takes a free one."""
    server = make_server("127.0.0.1", port, closing(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
