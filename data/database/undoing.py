"""What an undoing brings back of one line of an edit, told from the past of its station."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from data.database.conflicts import PLACE
from data.database.history import event_of, evidence_of, read_lines
from data.database.observations import read_places
from data.database.records import EMPTY, apply_changes, facts
from data.database.schema import FIELDS
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from data.database.history import ImportNote
    from data.database.records import Record

#: Kinds of lines that changed a station; one that is "noted" came too late to change it.
WITH_EFFECT: Final = ("added", "changed", "observed", "removed")
#: A day of a check goes back with the value that it came with, and is not spoken of.
SILENT: Final = frozenset({"checked_at"})


@dataclass(frozen=True, eq=False)
class Past:
    """All that was said of a station, in order, and what stands now; None where it is gone."""

    station_id: str
    lines: Sequence[sa.Row[Any]]
    record: Record | None

    def after(self, number: int) -> list[sa.Row[Any]]:
        """Return the lines with effect after one."""
        return [one for one in self.lines if one.id > number and one.kind in WITH_EFFECT]

    def before(self, number: int) -> list[sa.Row[Any]]:
        """Return the lines with effect before one."""
        return [one for one in self.lines if one.id < number and one.kind in WITH_EFFECT]


def read_pasts(connection: sa.Connection, ids: Sequence[str]) -> dict[str, Past]:
    """Read the past of some stations, in few questions however many they are."""
    there = read_places(connection, ids)
    return {
        station_id: Past(station_id, lines, there[station_id][2] if station_id in there else None)
        for station_id, lines in read_lines(connection, ids).items()
    }


def returns_of(
    line: sa.Row[Any], past: Past, *, moment: datetime, imports: Sequence[ImportNote]
) -> tuple[dict[str, Any], list[str], float]:
    """Return what goes back of one line, the fields that stay, and what the old values count.

    An old value counts as much as it would, had the edit never been: the least of theirs.
    """
    changes = json.loads(line.changes)
    later = past.after(line.id)
    if past.record is None or any(one.kind in {"removed", "added"} for one in later):
        return {}, [name for name in changes if name not in SILENT], 1.0
    said_since = {name for one in later for name in json.loads(one.changes)}
    before = facts(replayed(past.before(line.id), past.station_id))
    now = facts(dict(zip(FIELDS, past.record, strict=True)))
    stays = {
        name
        for name, value in changes.items()
        if name in said_since or fact(name, now.get(name)) != fact(name, value)
    }
    if stays & set(PLACE):
        stays |= set(PLACE) & set(changes)
    back = {
        name: before.get(name, "unknown" if name.startswith("facility.") else EMPTY.get(name))
        for name in changes
        if name not in stays
    }
    if not set(back) - SILENT:
        back = {}
    shown = [name for name in stays - SILENT if name not in set(PLACE) - {"lon"}]
    if not back:
        return back, shown, 1.0
    earlier = [event_of(one) for one in past.lines if str(one.recorded_at) < str(line.recorded_at)]
    known = evidence_of(earlier, imports, moment=moment)
    weights = [known[name].confidence for name in back if name in known]
    return back, shown, min(weights, default=1.0)


def replayed(lines: Sequence[sa.Row[Any]], station_id: str) -> dict[str, Any]:
    """Let a station's lines happen, and return its record by field."""
    record: dict[str, Any] | None = None
    for line in lines:
        if line.kind == "removed":
            record = None
            continue
        if line.kind == "added" or record is None:
            record = {**EMPTY, "id": station_id}
        apply_changes(record, json.loads(line.changes))
    if record is None:
        raise InputError(
            say("station {station_id} is not in the register", station_id=station_id[:80])
        )
    return record


def fact(name: str, value: object) -> object:
    """Return a value as two of them compare: what says nothing is None."""
    if name.startswith("facility."):
        return None if value in {None, "unknown"} else value
    empty = EMPTY[name]
    plain = tuple(value) if isinstance(value, list) else value
    return None if plain == empty else plain
