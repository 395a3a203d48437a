"""Bring the catalogues up to date with the messages of the product, and compile them.

``python -m web.languages.update`` (``make catalogues``) writes each ``.po`` file of this folder
anew: every message that its language needs, with the words that it has; new ones stay empty, gone
ones go. ``python -m web.languages.update vi`` begins a catalogue. Nothing else needs Babel.
"""

from __future__ import annotations

import io
import re
import sys
from string import Formatter
from typing import TYPE_CHECKING, Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from web.languages import catalogues
from web.languages.extraction import Entry, messages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from babel.messages.catalog import Message

    from web.languages.extraction import Found

#: What a head says; no dates, so that equal messages make equal files.
_HEAD: Final = ("Language", "Plural-Forms", "MIME-Version", "Content-Type")
_WIDTH: Final = 100


class Catalogue(Catalog):
    """A catalogue whose head has no dates and no names."""

    @property  # type: ignore[misc]  # Babel's can be set, ours is only read
    def mime_headers(self) -> list[tuple[str, str]]:
        """The head, as it is written."""
        head = dict(super().mime_headers)
        head["Language"] = str(self.locale_identifier)
        return [(name, head[name]) for name in _HEAD if name in head]


def updated(code: str, text: str, found: dict[Entry, Found]) -> Catalogue:
    """Return the catalogue of a language: its messages, with the words that the text has for them.

    Parameters
    ----------
    code
        The language, such as "vi".
    text
        The catalogue as it stands, as a PO file; "" for a new one.
    found
        The messages of the product.
    """
    held = {_key(one): one for one in read_po(io.StringIO(text)) if one.id}
    new = Catalogue(locale=code.replace("-", "_"), fuzzy=False, header_comment="")
    for entry, where in found.items():
        if code in where.codes:
            continue
        old = held.get(entry)
        new.add(
            (entry.text, entry.more) if entry.more else entry.text,
            None if old is None else old.string,
            locations=[(name, 0) for name in where.files],
            flags=() if old is None else old.flags & {"fuzzy"},
            user_comments=() if old is None else old.user_comments,
            context=entry.context or None,
        )
    return new


def po_text(catalogue: Catalogue) -> str:
    """Return a catalogue as a PO file."""
    file = io.BytesIO()
    write_po(file, catalogue, width=_WIDTH, include_lineno=False)
    return file.getvalue().decode()


def mo_bytes(catalogue: Catalogue) -> bytes:
    """Return a catalogue compiled."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def faults(catalogue: Catalogue) -> Iterator[str]:
    """Say what a catalogue lacks or has wrong, a line for each message."""
    for entry in catalogue:
        if not entry.id:
            continue
        name = entry.id if isinstance(entry.id, str) else entry.id[0]
        forms = 1 if isinstance(entry.id, str) else catalogue.num_plurals
        said = [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
        if entry.fuzzy:
            yield f"{name!r} is marked fuzzy: read it and take the mark away"
        elif len(said) < forms or not all(said):
            yield f"{name!r} has no words"
        else:
            yield from _wrong_places(entry, name, said)


def main(arguments: list[str]) -> None:
    """Write and compile every catalogue, and those that are named for the first time."""
    found, room = messages(), catalogues.ROOM
    names = {path.stem for path in room.glob("*.po")} | set(arguments)
    for code in sorted(names):
        _write(room / f"{code}.po", found)


def _write(path: Path, found: dict[Entry, Found]) -> None:
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    made = updated(path.stem, text, found)
    path.write_text(po_text(made), encoding="utf-8")
    path.with_suffix(".mo").write_bytes(mo_bytes(made))
    wrong = list(faults(made))
    for line in wrong:
        print(f"{path.name}: {line}")  # noqa: T201 - this is a tool of the command line
    print(f"{path.name}: {len(made)} messages, {len(wrong)} to be seen to")  # noqa: T201 - as above


def _key(held: Message) -> Entry:
    one, more = held.id if isinstance(held.id, (tuple, list)) else (held.id, "")
    return Entry(one, more, held.context or "")


def _wrong_places(entry: Message, name: str, said: list[str]) -> Iterator[str]:
    """Say where the places for values differ; a form for one may leave the number out."""
    texts = [entry.id] if isinstance(entry.id, str) else list(entry.id)
    wanted = {place for text in texts for place in places(text)}
    spare = set() if isinstance(entry.id, str) else {"n"}
    for text in said:
        if (found := places(text)) - wanted or wanted - found - spare:
            yield f"{name!r} has the places {sorted(wanted)}, but {text!r} has {sorted(found)}"


def places(text: str) -> set[str]:
    """Return the names of the places for values in a message."""
    if not re.search(r"[{}]", text):
        return set()
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


if __name__ == "__main__":
    main(sys.argv[1:])
