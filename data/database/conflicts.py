"""Two hands on one register: what a list says, what it was exported with, and what holds now.

A list that was exported from the register knows which version it came from. What changed in the
register since is not undone by cells that nobody touched; a cell that was changed on both sides is
a conflict, for a person to settle (a three-way merge, as version control has it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from data.database.records import ID, NAME, Record
from data.database.schema import FIELDS
from data.stations import FACILITY_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Whose word holds where both changed: the list's, or the register's.
Take = Literal["file", "register"]
#: Where a station stands: these columns are taken together or not at all.
PLACE: Final = ("datum", "source_lon", "source_lat", "lon", "lat")
_WHOLE: Final = (PLACE, tuple(FACILITY_COLUMNS))
_UNITS: Final = (
    *_WHOLE,
    *((name,) for name in FIELDS if not any(name in unit for unit in _WHOLE)),
)


@dataclass(frozen=True)
class Conflict:
    """What a list and the register both changed since the list was exported, each otherwise.

    ``field`` is the column, "lon" for the place, or "" where the register no longer has the
    station; the three are what it was, what it is, and what the list says.
    """

    id: str
    name: str
    field: str
    exported: Any
    register: Any
    listed: Any


@dataclass(frozen=True)
class Settled:
    """A station as it would be (None: it stays out), its conflicts, and how many cells were old."""

    record: Record | None
    conflicts: tuple[Conflict, ...] = ()
    old_cells: int = 0


def settle(
    exported: Record | None, register: Record | None, listed: Record, *, take: Take | None
) -> Settled:
    """Settle one station of a list that was exported from the register.

    Parameters
    ----------
    exported
        the station in the version that the list came from; None: it was not there.
    register
        the station now; None: it is not there.
    listed
        the station as the list would have it.
    take
        whose word holds in a conflict; None takes the list's and leaves the conflict to be told.

    Returns
    -------
    Settled
        cells that only one side changed are that side's.
    """
    if register is None:
        return _gone(exported, listed, take)
    if exported is None:  # both brought it since
        exported = tuple(None for _ in FIELDS)
    values = list(listed)
    conflicts: list[Conflict] = []
    old_cells = 0
    for places in _places():
        was, now, says = ([row[at] for at in places] for row in (exported, register, listed))
        if now in (says, was):
            continue
        if says == was:
            old_cells += 1
        else:
            field = "lon" if FIELDS[places[0]] in PLACE else FIELDS[places[0]]
            shown = (value[0] if len(places) == 1 else tuple(value) for value in (was, now, says))
            conflicts.append(Conflict(register[ID], register[NAME], field, *shown))
        if says == was or take == "register":
            for at, value in zip(places, now, strict=True):
                values[at] = value
    return Settled(tuple(values), tuple(conflicts), old_cells)


def _gone(exported: Record | None, listed: Record, take: Take | None) -> Settled:
    """Settle a station that the register does not have: new, or taken out since."""
    if exported is None:
        return Settled(listed)
    if exported == listed:
        return Settled(None, old_cells=1)
    gone = Conflict(listed[ID], listed[NAME], "", exported[NAME], None, listed[NAME])
    return Settled(None if take == "register" else listed, (gone,))


def _places() -> Iterator[list[int]]:
    """Yield where the columns stand that are settled together."""
    for unit in _UNITS:
        yield [FIELDS.index(name) for name in unit]
