"""Answers that are the same for everybody, kept as they go over the wire while their data hold.

A page is rendered and packed once for each state of its data and each minute of the clock, not once
for each reader. It has a strong tag of its bytes, so that a phone that has it is told so in a line.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Response, current_app, request

from web.site.packing import Packed

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from data.drawings import DrawnPart

#: Pages that one process keeps; some 8 kB each.
MOST: Final = 512
EXTENSION: Final = "yizhan-pages"


@dataclass(frozen=True)
class KeptPage:
    """A page as it goes over the wire, and the SHA-256 of its text."""

    packed: Packed
    content_hash: str

    @classmethod
    def of(cls, text: str) -> KeptPage:
        """Pack a page, which is soon rendered anew."""
        body = text.encode()
        return cls(Packed.of(body, is_brief=True), hashlib.sha256(body).hexdigest())


class KeptPages:
    """The pages of one application that were asked for last."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most, self._lock = most, threading.Lock()
        self._pages: OrderedDict[Hashable, tuple[Hashable, KeptPage]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many pages are kept."""
        return len(self._pages)

    def page(self, name: Hashable, key: Hashable, render: Callable[[], str]) -> KeptPage:
        """Return the page of a name as it is under a key; only the newest key of a name is kept."""
        with self._lock:
            kept = self._pages.get(name)
            if kept is not None and kept[0] == key:
                self._pages.move_to_end(name)
                return kept[1]
        made = KeptPage.of(render())  # at worst twice at once: nobody waits for another's page
        with self._lock:
            self._pages[name] = (key, made)
            self._pages.move_to_end(name)
            while len(self._pages) > self._most:
                self._pages.popitem(last=False)
        return made


def kept_page(
    name: Hashable,
    key: Hashable,
    render: Callable[[], str],
    *,
    content_type: str = "text/html; charset=utf-8",
    max_age_s: int | None = None,
) -> Response:
    """Answer a page that is the same for all who ask by its ``name`` while its ``key`` holds.

    With ``max_age_s`` everybody may keep it for so many seconds without asking again.
    """
    pages: KeptPages = current_app.extensions.setdefault(EXTENSION, KeptPages())
    page = pages.page(name, key, render)
    response = page.packed.answer(content_type)
    _tag(response, page.content_hash)
    if max_age_s is not None:
        response.cache_control.public = True
        response.cache_control.max_age = max_age_s
    return response.make_conditional(request)  # type: ignore[return-value]


def packed_response(part: DrawnPart, content_type: str) -> Response:
    """Answer a packed text with its strong tag, as it was packed where the reader takes that."""
    is_packed = bool(request.accept_encodings["gzip"])
    body = part.packed if is_packed else part.text()
    response = Response(body, content_type=content_type)
    response.vary.add("Accept-Encoding")
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    _tag(response, part.content_hash)
    return response


def _tag(response: Response, content_hash: str) -> None:
    """Give an answer the strong tag of its bytes, which differ by how they are packed."""
    encoding = response.headers.get("Content-Encoding")
    response.set_etag(content_hash[:32] + (f"-{encoding}" if encoding else ""))
