"""Text that strangers write: bounded, and free of signs that only confuse."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from geo.errors import InputError
from geo.messages import say

_LINES: Final = re.compile(r"\n{3,}")


def plain_text(text: object, *, what: str, longest: int, least: int = 0, lines: bool = True) -> str:
    """Return ``text`` in NFC without control, format and unassigned signs, stripped.

    Line ends stay where ``lines`` is set, at most two in a row. What it means is not looked at:
    it is text, and whoever shows it escapes it.

    Raises
    ------
    InputError
        when it is no text, or has fewer than ``least`` or more than ``longest`` characters.
    """
    if not isinstance(text, str):
        raise InputError(say("{what} must be text", what=what))
    if len(text) > 4 * longest:  # before any work is done on it
        raise InputError(
            say("{what} must have at most {longest} characters", what=what, longest=longest)
        )
    kept = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if not lines:
        kept = kept.replace("\n", " ")
    kept = "".join(
        sign for sign in kept if sign == "\n" or not unicodedata.category(sign).startswith("C")
    )
    kept = _LINES.sub("\n\n", unicodedata.normalize("NFC", kept)).strip()
    if not least <= len(kept) <= longest:
        amount = (
            say("{least} to {longest}", least=least, longest=longest)
            if least
            else say("at most {longest}", longest=longest)
        )
        raise InputError(say("{what} must have {amount} characters", what=what, amount=amount))
    return kept
