"""A message that stands in a table and is said elsewhere."""

from __future__ import annotations


class Marked(str):
    """A message with the context that tells it from others of the same words; "" for none."""

    __slots__ = ("context",)
    context: str

    def __new__(cls, text: str, context: str = "") -> Marked:  # noqa: PYI034 - never subclassed
        """Make a message of a text."""
        made = super().__new__(cls, text)
        made.context = context
        return made


def message(text: str, *, context: str = "") -> Marked:
    """Mark a message in a table, for ``t(TABLE[word])``: `extraction` gathers such calls."""
    return Marked(text, context)


def counted(text: str, *, context: str = "") -> Marked:
    """Mark a message with a number, for ``t.plural(TABLE[word], n=n)``."""
    return Marked(text, context)
