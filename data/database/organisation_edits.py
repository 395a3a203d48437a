"""Two hands on one organisation: what each changed since the other looked, field by field."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.database import clock
from data.database.schema import ORGANISATION_EVENTS, ORGANISATION_IMPORTS
from data.organisations import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

_E: Final = ORGANISATION_EVENTS.c
_L: Final = ORGANISATION_IMPORTS.c
_EMPTY: Final[Mapping[str, Any]] = {"name": "", "kind": "", "district": ""} | dict.fromkeys(
    NUMBERS, 0
)


@dataclass(frozen=True)
class OrganisationClash:
    """A field that two people gave two values: the one kept by now, by whom, and the other's."""

    field: str
    kept: Any
    by: str
    at: datetime
    wanted: Any


@dataclass(frozen=True, eq=False)
class OrganisationEdit:
    """What a form changes: ``said`` by column, and the clashes that keep it from being written."""

    said: Mapping[str, Any]
    clashes: tuple[OrganisationClash, ...]


def newest_line(connection: sa.Connection, organisation_id: str) -> int:
    """Return the number of an organisation's newest line of history; 0 where there is none."""
    query = sa.select(sa.func.max(_E.id)).where(_E.organisation_id == organisation_id)
    return int(connection.execute(query).scalar() or 0)


def edit_of(
    connection: sa.Connection, wanted: Mapping[str, Any], now: Mapping[str, Any], *, since: int
) -> OrganisationEdit:
    """Say what a whole record, filled in at version ``since``, changes of what stands ``now``.

    A field that somebody else gave another value after that version is a clash; at a version that
    never was every field that differs is one.
    """
    query = (
        sa.select(_E.id, _E.kind, _E.changes, _L.by_whom, _L.file, _L.recorded_at)
        .join(ORGANISATION_IMPORTS, _E.import_id == _L.id)
        .where(_E.organisation_id == wanted["id"])
        .order_by(_E.id)
    )
    lines: list[sa.Row[Any]] = [*connection.execute(query)]
    base = _replayed([line for line in lines if line.id <= since])
    later = [line for line in lines if line.id > since]
    said = {
        name: wanted[name] for name in _EMPTY if wanted[name] not in {base.get(name), now[name]}
    }
    changed: dict[str, sa.Row[Any]] = {}
    for line in later:
        after = {} if line.kind == "removed" else json.loads(line.changes)
        names = _EMPTY if line.kind == "added" else after
        changed |= dict.fromkeys((name for name in names if name in _EMPTY), line)
    clashes = tuple(
        OrganisationClash(
            field=name,
            kept=now[name],
            by=changed[name].by_whom or changed[name].file,
            at=clock.read_moment(changed[name].recorded_at),
            wanted=value,
        )
        for name, value in said.items()
        if name in changed
    )
    return OrganisationEdit(said, clashes)


def _replayed(lines: Sequence[sa.Row[Any]]) -> dict[str, Any]:
    """Return an organisation after some lines of its history; empty where it was not there."""
    record: dict[str, Any] = {}
    for line in lines:
        if line.kind == "removed":
            record = {}
        else:
            before = dict(_EMPTY) if line.kind == "added" or not record else record
            record = {**before, **json.loads(line.changes)}
    return record
