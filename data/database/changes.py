"""What an import says and what it changes: known before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from data.database.conflicts import PLACE, Conflict, Take, settle
from data.database.records import (
    ID,
    NAME,
    Record,
    apply_changes,
    differences,
    facts,
    records_of,
)
from data.database.schema import FIELDS
from data.stations import FACILITY_COLUMNS
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date, datetime

    from data.stations import Stations
    from geo.errors import RowFault


@dataclass(frozen=True)
class Import:
    """Where the stations of one import come from, and how they are taken.

    ``file``, ``source`` ("register", …) and ``by`` are words; ``observed_at`` is the day or moment
    of which the list speaks (None: now). ``rows`` are the row numbers in the file, one a station,
    or empty. ``refused`` are rows that the reader left out.

    ``fields`` names the columns that the file has: stations that are there keep the others (None:
    it has all). A ``partial`` list does not speak of stations that it does not name; otherwise
    those leave the register. With ``keep_newer`` what was observed after ``observed_at`` stays.

    ``version`` is that of the register from which the list was exported (None: not known): what
    changed since stays where the list says what was exported, and where both changed, ``take``
    says whose word holds (None: nobody's, and `Register.replace` refuses).

    Raises
    ------
    InputError
        when a field is no column of a station.
    """

    file: str = ""
    source: str = "register"
    by: str = ""
    observed_at: date | datetime | None = None
    rows: tuple[int, ...] = ()
    refused: tuple[RowFault, ...] = ()
    fields: frozenset[str] | None = None
    partial: bool = False
    keep_newer: bool = False
    version: int | None = None
    take: Take | None = None

    def __post_init__(self) -> None:
        unknown = sorted((self.fields or frozenset()) - set(FIELDS) - {"geometry"})
        if unknown:
            raise InputError(say("import: {name} is no column of a station", name=unknown[0]))

    def taken(self) -> frozenset[str]:
        """Return the fields that are taken from the file; the place as a whole."""
        if self.fields is None:
            return frozenset(FIELDS)
        place = PLACE if self.fields & {*PLACE, "geometry"} else ()
        return (self.fields & frozenset(FIELDS)) | {"id", *place}


@dataclass(frozen=True)
class Change:
    """What one station would have otherwise: field -> value, before and after."""

    id: str
    name: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True)
class Changes:
    """What an import changes: ids that are new and gone, stations that differ, rows left out.

    ``kept`` counts the values that stay because they were observed later than the list. Of a list
    that was exported from the register ``conflicts`` are what both changed since, and
    ``old_cells`` counts what only the register changed, which stays.
    """

    added: tuple[str, ...] = ()
    changed: tuple[Change, ...] = ()
    missing: tuple[str, ...] = ()
    refused: tuple[RowFault, ...] = ()
    unchanged: int = 0
    kept: int = 0
    conflicts: tuple[Conflict, ...] = ()
    old_cells: int = 0

    def counts(self) -> dict[str, int]:
        """Return how many of each, for a summary."""
        return {
            "added": len(self.added),
            "changed": len(self.changed),
            "missing": len(self.missing),
            "refused": len(self.refused),
            "unchanged": self.unchanged,
            "kept": self.kept,
        }


@dataclass(frozen=True, eq=False)
class Merged:
    """The register as it would be after an import, in its order, and what that changes.

    ``same_order`` says that the stations that stay keep their order and new ones come last.
    """

    records: Sequence[Record]
    changes: Changes
    same_order: bool
    differing: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def merge(
    before: Mapping[str, Record],
    stations: Stations,
    record: Import,
    *,
    newer: Mapping[str, AbstractSet[str]],
    exported: Mapping[str, Record] | None = None,
) -> Merged:
    """Lay a list of stations over the register; nothing is written.

    Parameters
    ----------
    before
        the register, in its order.
    stations
        the list.
    record
        how it is taken.
    newer
        for a station, the facts that were observed later than the list (see `facts`).
    exported
        the register from which the list was exported; None where that is not known.
    """
    if record.rows and len(record.rows) != len(stations):
        raise InputError(
            say(
                "import: {n_rows} row numbers for {n_stations} stations",
                n_rows=len(record.rows),
                n_stations=len(stations),
            )
        )
    taken, listed = record.taken(), records_of(stations)
    after: dict[str, Record] = {}
    kept, old_cells = 0, 0
    conflicts: list[Conflict] = []
    for new in listed:
        old = before.get(new[ID])
        full = new
        if old is not None and old != new:
            full, stays = _laid_over(old, new, taken, newer.get(new[ID], frozenset()))
            kept += stays
        if exported is not None:
            settled = settle(exported.get(new[ID]), old, full, take=record.take)
            conflicts += settled.conflicts
            old_cells += settled.old_cells
            if settled.record is None:
                continue
            full = settled.record
        after[new[ID]] = full
    if exported is not None and not record.partial:  # the list could not name what came since
        after |= {key: row for key, row in before.items() if key not in {*after, *exported}}
    missing = () if record.partial else tuple(key for key in before if key not in after)
    gone = set(missing)
    derived = [key for key in before if key not in gone]
    added = tuple(key for key in after if key not in before)
    order = [*derived, *added] if record.partial else list(after)
    differing = {
        key: differences(before[key], new)
        for key, new in after.items()
        if key in before and before[key] != new
    }
    changed = tuple(_change(before[key], after[key], fields) for key, fields in differing.items())
    return Merged(
        records=[after[key] if key in after else before[key] for key in order],
        changes=Changes(
            added=added,
            changed=changed,
            missing=missing,
            refused=record.refused,
            unchanged=len(after) - len(added) - len(changed),
            kept=kept,
            conflicts=tuple(conflicts),
            old_cells=old_cells,
        ),
        same_order=order == [*derived, *added],
        differing=differing,
    )


def _laid_over(
    old: Record, new: Record, taken: AbstractSet[str], newer: Iterable[str]
) -> tuple[Record, int]:
    """Return a station with the fields that are taken, and how many values stay as newer ones."""
    merged = {
        name: after if name in taken else before
        for name, before, after in zip(FIELDS, old, new, strict=True)
    }
    own = [column for column in FACILITY_COLUMNS if column not in taken]
    stay = {word for column in own for word in merged[column]}
    for column in FACILITY_COLUMNS:
        if column in taken and stay:
            merged[column] = tuple(word for word in merged[column] if word not in stay)
    was = facts(dict(zip(FIELDS, old, strict=True)))
    said = facts(merged)
    kept = 0
    for name in newer:
        facility = name.startswith("facility.")
        column = next((c for c, s in FACILITY_COLUMNS.items() if s == said.get(name)), "facilities")
        if said.get(name) == was.get(name) or (name not in taken and not facility):
            continue
        if facility and column not in taken:
            continue
        unknown = "unknown" if facility else old[FIELDS.index(name)]
        apply_changes(merged, {name: was.get(name, unknown)})
        kept += 1
    return tuple(merged[name] for name in FIELDS), kept


def _change(old: Record, new: Record, fields: Mapping[str, Any]) -> Change:
    before = {name: old[FIELDS.index(name)] for name in fields}
    return Change(id=new[ID], name=new[NAME], before=before, after=dict(fields))
