"""The news of a run as server-sent events, in streams of a bounded life.

A stream holds a thread of the server. So it ends after `STREAM_S`, whereupon the browser connects
again and says where it was (``Last-Event-ID``), and a process has `MOST_STREAMS` of them at most:
whoever comes beyond is told what there is now, and to ask again in two seconds.
"""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Final

from flask import Response, current_app

from web.services.runs import follow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.runs import Run
    from data.workspace import Workspace

STREAM_S: Final = 25.0
MOST_STREAMS: Final = 2
LONGEST_MARK: Final = 40
_RETRY_MS, _RETRY_WHEN_FULL_MS = 300, 2000
#: A line that says nothing, so that proxies and the server see that somebody is there.
_STILL_S: Final = 10.0


class Streams:
    """Counts the open streams of one process.

    One that was never closed, as where a browser hung up before its first line, counts until its
    life would have ended.
    """

    def __init__(self, *, most: int = MOST_STREAMS, life_s: float = STREAM_S) -> None:
        self._most, self._life_s = most, life_s
        self._lock = threading.Lock()
        self._open: dict[object, float] = {}

    def take(self) -> object | None:
        """Open one; returns what closes it, None where all are open."""
        now, key = time.monotonic(), object()
        with self._lock:
            self._open = {k: at for k, at in self._open.items() if now - at < self._life_s}
            if len(self._open) >= self._most:
                return None
            self._open[key] = now
            return key

    def close(self, key: object) -> None:
        """Close one; closing twice is nothing."""
        with self._lock:
            self._open.pop(key, None)


def streams() -> Streams:
    """Return the counter of the running application."""
    made: Streams = current_app.extensions.setdefault("yizhan-streams", Streams())
    return made


def events_of(workspace: Workspace, run: Run, *, mark: str) -> Response:
    """Answer the news of a run after ``mark``; 204, which ends the asking, where it has ended."""
    if run.is_ended and mark.rpartition(".")[2] == str(run.changes):
        return Response(status=204)
    counter = streams()
    key = counter.take()
    parts = _lines(workspace, run.id, mark=mark, seconds=0.0 if key is None else STREAM_S)
    response = Response(parts, content_type="text/event-stream; charset=utf-8")
    response.headers["X-Accel-Buffering"] = "no"  # nginx hands each line on at once
    if key is not None:
        response.call_on_close(lambda: counter.close(key))
    return response


def _lines(workspace: Workspace, number: int, *, mark: str, seconds: float) -> Iterator[str]:
    yield f"retry: {_RETRY_MS if seconds else _RETRY_WHEN_FULL_MS}\n\n"
    said = time.monotonic()
    for news in follow(workspace, number, mark=mark, seconds=seconds):
        if news is not None:
            data = json.dumps(news.parts, ensure_ascii=False, separators=(",", ":"))
            yield f"id: {news.mark}\nevent: {news.what}\ndata: {data}\n\n"
            said = time.monotonic()
        elif time.monotonic() - said >= _STILL_S:
            yield ": \n\n"
            said = time.monotonic()
