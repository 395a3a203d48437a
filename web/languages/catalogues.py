"""The compiled catalogues of this folder: which there are, and how one is read."""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path

#: A ``.po`` file for each language and the ``.mo`` file compiled from it.
ROOM = Path(__file__).parent


def codes() -> tuple[str, ...]:
    """Return the languages that are offered: Chinese first, English, and all with a catalogue."""
    return _codes(ROOM)


def catalogue(code: str) -> gettext.NullTranslations:
    """Return the catalogue of a language; an empty one where it has no file."""
    return _catalogue(ROOM, code)


@lru_cache
def _codes(room: Path) -> tuple[str, ...]:
    return tuple(dict.fromkeys(("zh", "en", *sorted(path.stem for path in room.glob("*.mo")))))


@lru_cache
def _catalogue(room: Path, code: str) -> gettext.NullTranslations:
    path = room / f"{code}.mo"
    if not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)
