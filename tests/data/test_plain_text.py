"""Claims about the text that people write: what it loses and how long it may be."""

from __future__ import annotations

import pytest

from data.plain_text import plain_text
from geo.errors import InputError


def test_text_loses_what_only_confuses() -> None:
    said = "门\u202e锁\u0000了\ud800\r\n\n\n\n<b>\tx"
    assert plain_text(said, what="x", longest=50) == "门锁了\n\n<b> x"
    assert plain_text("a\nb", what="x", longest=50, lines=False) == "a b"
    with pytest.raises(InputError, match="at most 5 characters"):
        plain_text("x" * 100, what="x", longest=5)
