"""`/plan` and `/report` at hand: as they were drawn last, until the next drawing is ready.

No request draws, and none waits for a drawing. Where the newest state of the city is not drawn yet,
a drawing is put into the queue; where no worker takes it, this process has it made by another.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Response, current_app, g, request
from werkzeug.exceptions import ServiceUnavailable

from data.drawings import last_drawing
from geo.errors import NothingYetError, WorkspaceError, YizhanError
from geo.messages import say
from web.services.drawings import ask_for_drawing, draw_once, drawn_of, is_drawable
from web.services.processes import is_left
from web.services.run_heart import worker_name
from web.site.kept_pages import packed_response
from web.site.number_words import local_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.drawings import Drawing, DrawnPart
    from data.runs import Run
    from data.workspace import Workspace
    from web.site.city import City

_ASK_EVERY_S: Final = 1.0
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False, kw_only=True)
class Shown:
    """What there is to show: ``drawing`` is None before the first one is ready.

    ``is_drawable`` is False in a city without stations and roads, ``is_newest`` where nothing has
    changed since the drawing, ``is_failed`` where the present state could not be drawn.
    """

    drawing: Drawing | None = None
    is_drawable: bool = True
    is_newest: bool = False
    is_failed: bool = False

    @property
    def is_awaited(self) -> bool:
        """Whether the first drawing is still to come."""
        return self.is_drawable and self.drawing is None and not self.is_failed

    @property
    def drawn_at(self) -> str:
        """When the city was read that is shown, by China's clocks; "" where nothing is."""
        return "" if self.drawing is None else local_words(self.drawing.began_at)

    def part(self, name: str) -> DrawnPart | None:
        """Return a part of the drawing (``plan.zh.html``); None where there is none."""
        return None if self.drawing is None else self.drawing.parts.get(name)


class DrawnPages:
    """The drawn pages of one city.

    ``draw`` draws at once in this process, for tests; None leaves it to the queue.
    """

    def __init__(
        self, city: City, *, draw: Callable[[Workspace, tuple[str, ...]], Drawing] | None = None
    ) -> None:
        self._city, self._draw = city, draw
        self._asking, self._asked_at = threading.Lock(), -_ASK_EVERY_S
        self._run: Run | None = None
        self._own: threading.Thread | None = None

    def shown(self, language: str) -> Shown:
        """Return what to show now, and see to it that the newest state is drawn."""
        workspace, draw = self._city.workspace(), self._draw
        files = tuple(self._city.changed(name) for name in ("network.bin", "demand.npz"))
        key = self._city.keep_while_unwritten("drawn of", lambda: _key(workspace), also=files)
        if key is None:
            return Shown(is_drawable=False)
        if draw is not None:
            made = self._city.keep(f"drawn {language}", key, lambda: draw(workspace, (language,)))
            return Shown(drawing=made, is_newest=True)
        last = last_drawing(self._city.folder)
        if last is not None and last.key == key:
            return Shown(drawing=last, is_newest=True)
        run = self._asked(workspace)
        has_ended = run is not None and run.is_ended and run.state != "done"
        is_failed = run is not None and has_ended and run.content_hash == key
        return Shown(drawing=last, is_failed=is_failed)

    def _asked(self, workspace: Workspace) -> Run | None:
        """Ask for a drawing, at most once a second and one thread at a time."""
        if not self._asking.acquire(blocking=False):
            return self._run
        try:
            if time.monotonic() - self._asked_at >= _ASK_EVERY_S:
                self._run = ask_for_drawing(workspace)
                self._asked_at = time.monotonic()
                if self._run is not None and is_left(self._run):
                    self._draw_apart(workspace)
        except WorkspaceError as error:  # a full disk stops no page
            _LOG.warning("no drawing can be asked for: %s", error)
        finally:
            self._asking.release()
        return self._run

    def _draw_apart(self, workspace: Workspace) -> None:
        """Have another process draw what no worker takes; nobody waits for it."""
        if self._own is None or not self._own.is_alive():
            self._own = threading.Thread(target=_draw_once, args=(workspace,), daemon=True)
            self._own.start()


def _key(workspace: Workspace) -> str | None:
    """Return what the pages would be drawn of now; None where there is nothing to draw."""
    return drawn_of(workspace).key if is_drawable(workspace) else None


def _draw_once(workspace: Workspace) -> None:
    try:
        draw_once(workspace, worker_name(), leave=threading.Event())
    except YizhanError as error:
        _LOG.warning("the pages could not be drawn: %s", error)


def shown_here(language: str) -> Shown:
    """Return what the running application shows in a language."""
    pages: DrawnPages = current_app.extensions["yizhan-drawn"]
    return pages.shown(language)


def part_response(name: str, content_type: str, *, file_name: str = "") -> Response:
    """Answer a part of the drawing as a file, as it was packed where the reader takes that.

    Under an address that names its content (``v``) it is kept for an hour. ``file_name`` offers it
    for download. 404 where there is nothing to draw, 503 while the first drawing is made.
    """
    shown = shown_here(g.language.code)
    part = shown.part(name)
    if part is None and shown.is_awaited:
        raise ServiceUnavailable(say("it is being drawn: try again in some seconds"))
    if part is None:
        raise NothingYetError(say("nothing of this was computed yet: run yizhan plan first"))
    response = packed_response(part, f"{content_type}; charset=utf-8")
    if file_name:
        response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    is_named = request.args.get("v") == part.content_hash[:16]
    response.cache_control.max_age = 3600 if is_named else 0
    return response.make_conditional(request)  # type: ignore[return-value]
