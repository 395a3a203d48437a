"""The server of the tests closes what it opened, whatever the browser does."""

from __future__ import annotations

import socket
import struct
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response

from tests.web.serving import served

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_an_answer_is_closed_though_the_browser_hangs_up_at_the_end() -> None:
    app = Flask(__name__)
    hung_up, closed = threading.Event(), threading.Event()

    @app.get("/")
    def long_answer() -> Response:
        def parts() -> Iterator[bytes]:
            yield b"all there is"
            hung_up.wait(10)

        answer = Response(parts(), headers={"Content-Length": "12"})
        answer.call_on_close(closed.set)
        return answer

    with served(app) as address:
        port = urlsplit(address).port or 0
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: tests\r\n\r\n")
            assert client.recv(64)
            # Hanging up without the wait for what is on its way: the other side sees a reset.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        hung_up.set()
        assert closed.wait(10)
