"""The pages that were drawn last, in one file of a workspace: whole and as written, or not there.

``cache/drawings.bin`` is a line with the SHA-256 of all that follows it, a line of JSON (what was
drawn of what, when, and how long each part is), then the parts, gzipped, one behind the other. It
takes the place of the one before in one step.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from data.atomic import write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE: Final = "drawings.bin"
_LOG: Final = logging.getLogger(__name__)
_LEVEL: Final = 6


@dataclass(frozen=True)
class DrawnPart:
    """A part of a page, gzipped, and the SHA-256 of its text."""

    packed: bytes
    content_hash: str

    @classmethod
    def of(cls, text: str) -> DrawnPart:
        """Pack a text."""
        body = text.encode()
        packed = gzip.compress(body, compresslevel=_LEVEL, mtime=0)
        return cls(packed, hashlib.sha256(body).hexdigest())

    def text(self) -> str:
        """Return the text."""
        return gzip.decompress(self.packed).decode()


@dataclass(frozen=True, eq=False, kw_only=True)
class Drawing:
    """The pages of a city as they were drawn at one time.

    ``key`` names all that they were drawn of, ``asked`` that of it which planners and operators
    alone change. ``began_at`` is when what they show was read, ``took_s`` the seconds until they
    were there.
    """

    key: str
    asked: str
    began_at: datetime
    took_s: float
    parts: Mapping[str, DrawnPart]

    @property
    def ended_at(self) -> datetime:
        """When they were there."""
        return self.began_at + timedelta(seconds=self.took_s)


def write_drawing(folder: Path, drawing: Drawing) -> Path:
    """Put a drawing in the place of the last one in a workspace's folder (WorkspaceError)."""
    lengths = {name: [len(part.packed), part.content_hash] for name, part in drawing.parts.items()}
    told = {
        "key": drawing.key,
        "asked": drawing.asked,
        "began_at": drawing.began_at.isoformat(),
        "took_s": round(drawing.took_s, 3),
        "parts": lengths,
    }
    head = json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    body = head + b"\n" + b"".join(part.packed for part in drawing.parts.values())
    path = _path(folder)
    path.parent.mkdir(exist_ok=True)
    write_bytes(path, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    return path


def last_drawing(folder: Path) -> Drawing | None:
    """Return the last drawing of a workspace's folder; None where there is none that is whole.

    It is read and checked once for each file that took the place.
    """
    path = _path(folder)
    try:
        stat = path.stat()
    except OSError:
        return None
    return _read(path, (stat.st_mtime_ns, stat.st_size, stat.st_ino))


def _path(folder: Path) -> Path:
    return folder / "cache" / FILE


@lru_cache(maxsize=2)
def _read(path: Path, _state: tuple[int, int, int]) -> Drawing | None:
    try:
        checksum, _, body = path.read_bytes().partition(b"\n")
    except OSError as error:
        _LOG.warning("%s cannot be read (%s): it is drawn anew", path, error.strerror)
        return None
    if hashlib.sha256(body).hexdigest().encode() != checksum:
        _LOG.warning("%s is damaged: it is drawn anew", path)
        return None
    head, _, packed = body.partition(b"\n")
    told: dict[str, Any] = json.loads(head)
    parts, begin = {}, 0
    for name, (length, content_hash) in told["parts"].items():
        parts[name] = DrawnPart(packed[begin : begin + length], content_hash)
        begin += length
    return Drawing(
        key=told["key"],
        asked=told["asked"],
        began_at=datetime.fromisoformat(told["began_at"]),
        took_s=told["took_s"],
        parts=parts,
    )
