"""What the database holds under a name: since when, how many rows, and the hash of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from data.database import clock
from data.database.schema import CONTENTS

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Contents:
    """What is in the database under one name: when it came, how many rows, and its hash.

    ``replaced_at`` is UTC in ISO 8601, as in "2026-11-23T03:51:36Z".
    """

    what: str
    replaced_at: str
    rows: int
    content_hash: str


def read_contents(connection: sa.Connection, what: str) -> Contents | None:
    """Say what is there under ``what``; None when nothing yet."""
    row = connection.execute(sa.select(CONTENTS).where(CONTENTS.c.what == what)).one_or_none()
    return None if row is None else Contents(*row)


def write_contents(
    connection: sa.Connection, what: str, *, moment: datetime, rows: int, content_hash: str
) -> None:
    """Note what is there under ``what`` now."""
    values = {"replaced_at": clock.second_text(moment), "rows": rows, "content_hash": content_hash}
    forget_contents(connection, what)
    connection.execute(sa.insert(CONTENTS).values(what=what, **values))


def forget_contents(connection: sa.Connection, what: str) -> None:
    """Note that nothing is there under ``what``."""
    connection.execute(sa.delete(CONTENTS).where(CONTENTS.c.what == what))
