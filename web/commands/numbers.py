"""Numbers of things in the sentences of the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.site.number_words import count

if TYPE_CHECKING:
    from web.languages import Language


def n_workers(n: float, t: Language) -> str:
    """Say how many workers."""
    return t.plural("{number} worker", "{number} workers", n=round(n), number=count(n))


def n_stations(n: int, t: Language) -> str:
    """Say how many stations."""
    return t.plural("{number} station", "{number} stations", n=n, number=count(n))
