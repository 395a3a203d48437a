"""What the doctor finds in a file: where, how grave, what, and what cures it, in two languages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from data.files.tables import Table

#: Numbers that stand for the two coordinates of a feature's point where a column's number is asked.
POINT_LON: Final = -1
POINT_LAT: Final = -2


class Severity(StrEnum):
    """How grave a finding is.

    An ``error`` keeps the file from being imported or would put stations where they are not, a
    ``warning`` is probably wrong, a ``note`` is good to know.
    """

    error = "error"
    warning = "warning"
    note = "note"


@dataclass(frozen=True)
class Words:
    """One sentence in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Edit:
    """One cell to be written anew: the row's and the column's number in the table, and the text.

    ``column`` is a number of `Table.headings`, or `POINT_LON` or `POINT_LAT`.
    """

    row: int
    column: int
    before: str
    after: str


@dataclass(frozen=True)
class Finding:
    """One thing that the doctor found.

    ``row`` counts as the spreadsheet does, None means the whole file; ``column`` is the heading as
    written, None when no single one is meant; ``station`` is the name in that row, or its id.
    ``edits`` are what `fixed` writes, ``removes`` says that it takes the row out: both are safe,
    which means that nobody who knows the place could have meant anything else.
    """

    code: str
    severity: Severity
    what: Words
    cure: Words
    row: int | None = None
    column: str | None = None
    station: str = ""
    edits: tuple[Edit, ...] = ()
    removes: bool = False

    @property
    def fixable(self) -> bool:
        """Whether `fixed` can cure it."""
        return bool(self.edits) or self.removes

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "row": self.row,
            "sheet": getattr(self.row, "sheet", None),
            "column": self.column,
            "station": self.station,
            "what": self.what.en,
            "what_zh": self.what.zh,
            "cure": self.cure.en,
            "cure_zh": self.cure.zh,
            "fixable": self.fixable,
            "edits": [
                {"row": edit.row, "before": edit.before, "after": edit.after} for edit in self.edits
            ],
        }


def by_gravity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Order findings: errors first, in each the whole file before its rows."""
    ranks = list(Severity)
    return tuple(sorted(findings, key=lambda f: (ranks.index(f.severity), f.row or 0)))


def fixed(table: Table, findings: Iterable[Finding]) -> Table:
    """Return the table with every safe cure applied; the table itself stays as it was."""
    at = {number: place for place, number in enumerate(table.numbers)}
    rows = [list(row) for row in table.rows]
    lonlat = None if table.lonlat is None else table.lonlat.copy()
    removed: set[int] = set()
    for finding in findings:
        for edit in finding.edits:
            if edit.column >= 0:
                rows[at[edit.row]][edit.column] = edit.after
            elif lonlat is not None:
                lonlat[at[edit.row], 0 if edit.column == POINT_LON else 1] = float(edit.after)
        if finding.removes and finding.row is not None:
            removed.add(finding.row)
    kept = [place for place, number in enumerate(table.numbers) if number not in removed]
    return replace(table, rows=tuple(map(tuple, rows)), lonlat=lonlat).take(kept)
