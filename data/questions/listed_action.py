"""One row of a plan that somebody made by hand."""

from __future__ import annotations

from typing import NamedTuple


class ListedAction(NamedTuple):
    """What a row says: ``place`` is the id or the name of a candidate site or of a station.

    ``what`` is an action, "" for any but keep; ``kind`` and ``hours`` "" and ``year`` None where
    the row leaves them open.
    """

    row: int
    place: str
    what: str
    kind: str
    hours: str
    year: int | None
