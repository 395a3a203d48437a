"""The engine's answers in the database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from data.database import clock
from data.database.schema import RESULTS
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.database.backend import Backend


@dataclass(frozen=True)
class Result:
    """One answer of the engine as it was kept: its kind, when, from which inputs, and itself.

    ``created_at`` is UTC in ISO 8601; ``inputs`` are hashes and choices by name; ``body`` is what
    the answer's own ``as_dict`` gave.
    """

    id: int
    kind: str
    created_at: str
    inputs: Mapping[str, Any]
    body: Mapping[str, Any]


def save_result(
    backend: Backend, kind: str, *, inputs: Mapping[str, Any], body: Mapping[str, Any]
) -> Result:
    """Keep one answer; earlier ones of its kind stay (InputError when it is no JSON)."""
    created_at = clock.second_text(clock.now())
    try:
        texts = [json.dumps(part, ensure_ascii=False, allow_nan=False) for part in (inputs, body)]
    except (TypeError, ValueError) as error:
        raise InputError(
            say("result {kind}: cannot be kept as JSON ({error})", kind=kind, error=error)
        ) from None
    values = {"kind": kind, "created_at": created_at, "inputs": texts[0], "body": texts[1]}
    with backend.transaction(write=True) as connection:
        key = connection.execute(sa.insert(RESULTS).values(values)).inserted_primary_key
    number = 0 if key is None else int(key[0])
    return Result(number, kind, created_at, json.loads(texts[0]), json.loads(texts[1]))


def read_results(backend: Backend, kind: str, *, limit: int) -> tuple[Result, ...]:
    """Return the newest ``limit`` answers of a kind, the newest first."""
    query = sa.select(RESULTS).where(RESULTS.c.kind == kind)
    with backend.transaction() as connection:
        rows = connection.execute(query.order_by(RESULTS.c.id.desc()).limit(limit)).all()
    return tuple(
        Result(row.id, row.kind, row.created_at, json.loads(row.inputs), json.loads(row.body))
        for row in rows
    )


def read_newest_ids(backend: Backend) -> dict[str, int]:
    """Return the id of the newest answer of each kind that there is."""
    query = sa.select(RESULTS.c.kind, sa.func.max(RESULTS.c.id)).group_by(RESULTS.c.kind)
    with backend.transaction() as connection:
        return {kind: int(number) for kind, number in connection.execute(query)}
