"""A language made for a test: one file in a room of its own, beside those that there are."""

from __future__ import annotations

import shutil
from functools import cache
from typing import TYPE_CHECKING

from web.languages import catalogues
from web.languages.extraction import Entry, Found, messages
from web.languages.update import faults, mo_bytes, places, updated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

MARK = "¤"


@cache
def found_messages() -> dict[Entry, Found]:
    """Every message of the product, read once: it is to be read only."""
    return messages()


def add_language(
    room: Path, monkeypatch: pytest.MonkeyPatch, code: str, words: Mapping[str, str] | None = None
) -> None:
    """Add a language by one file; what ``words`` lacks is a mark with the message's places."""
    make_room(room, code, words)
    monkeypatch.setattr(catalogues, "ROOM", room)


def make_room(room: Path, code: str, words: Mapping[str, str] | None = None) -> None:
    """Make a room of catalogues: those that there are, and the one of the language."""
    shutil.copytree(catalogues.ROOM, room, ignore=shutil.ignore_patterns("*.py", "*.po", "__*"))
    made = updated(code, "", found_messages())
    for entry in made:
        if entry.id:
            text = entry.id if isinstance(entry.id, str) else entry.id[0]
            marked = MARK + " ".join(f"{{{place}}}" for place in sorted(places(text)))
            said = (words or {}).get(text, marked)
            entry.string = said if isinstance(entry.id, str) else (said,) * made.num_plurals
    assert list(faults(made)) == []
    (room / f"{code}.mo").write_bytes(mo_bytes(made))
