"""How a report in Chinese writes per cents: by GB/T 15835, "49.7%" and "30.3%～41.2%".

Pages and the command line write "49.7 %" in both languages; what an office files follows its
standard. The words of a report go through here once, so that its sentences and its tables agree.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from web.languages import Language

T = TypeVar("T")
_RANGE: Final = re.compile(r"(?<![\d.–-])(\d+(?:\.\d+)?)–(\d+(?:\.\d+)?) %")
_PER_CENT: Final = re.compile(r"(?<=\d) %")


def office_text(text: str, t: Language) -> str:
    """Write the per cents of a text as an office does in Chinese; other languages stay."""
    if not t.is_chinese or " %" not in text:
        return text
    return _PER_CENT.sub("%", _RANGE.sub("\\1%\N{FULLWIDTH TILDE}\\2%", text))


def in_office_words(part: T, t: Language) -> T:
    """Return a part of a document with `office_text` in every text that it holds."""
    held: Any = part
    if isinstance(held, str):
        held = office_text(held, t)
    elif isinstance(held, tuple):
        held = tuple(in_office_words(one, t) for one in held)
    elif hasattr(held, "__dataclass_fields__"):
        changed = {one.name: in_office_words(getattr(held, one.name), t) for one in fields(held)}
        held = replace(held, **changed)
    made: T = held
    return made
