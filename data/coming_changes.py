"""What will be otherwise at a station from a day on: closures, moves, other hours.

On its days a change holds before what the register says; the register itself stays as it is, and
holds again when the days are over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from data.hours import parse_hours
from data.plain_text import plain_text
from data.vocabulary import STATUSES_BY_ID
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


LONGEST_WHY: Final = 200
#: What can be otherwise for a time; the place as a whole.
FIELDS_AHEAD: Final = frozenset({"status", "hours", "lon", "lat"})


@dataclass(frozen=True)
class ComingChange:
    """One change ahead.

    It holds from ``from_day`` to ``to_day``, both included (None: from then on). ``said`` are
    values by field: "status", "hours", or "lon" and "lat" (WGS-84). ``number`` is 0 until it is
    kept.

    Raises
    ------
    InputError
        when the days or a value cannot be.
    """

    station: str
    from_day: date
    to_day: date | None
    said: Mapping[str, Any]
    why: str = ""
    number: int = 0
    made_at: datetime | None = None
    made_by: str = ""
    withdrawn_at: datetime | None = None
    values: Mapping[str, Any] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.to_day is not None and self.to_day < self.from_day:
            raise InputError(say("ends on {end}, before it begins", end=self.to_day.isoformat()))
        if not self.said or not set(self.said) <= FIELDS_AHEAD:
            raise InputError(say("a change ahead needs a status, hours or a place"))
        if ("lon" in self.said) != ("lat" in self.said):
            raise InputError(say("observation: a place needs both lon and lat"))
        if "status" in self.said and self.said["status"] not in STATUSES_BY_ID:
            raise InputError(
                say(
                    "station {station}: {column} {word} is not in the vocabulary",
                    station=self.station,
                    column="status",
                    word=str(self.said["status"])[:40],
                )
            )
        hours = self.said.get("hours")
        if hours is not None and not parse_hours(hours).known:
            raise InputError(say("hours {hours} cannot be read", hours=str(hours)[:80]))
        why = plain_text(self.why, what=say("reason"), longest=LONGEST_WHY)
        object.__setattr__(self, "why", why)
        values = dict(self.said)
        if "lon" in values:
            place = {"source_lon": values["lon"], "source_lat": values["lat"]}
            values |= {"datum": "wgs84", **place}
        object.__setattr__(self, "values", values)

    def holds_on(self, day: date) -> bool:
        """Tell whether it holds on a day."""
        return self.from_day <= day and (self.to_day is None or day <= self.to_day)


def days_of(
    changes: Iterable[ComingChange], status: str, hours: str, *, first: date, days: int
) -> list[tuple[str, str]]:
    """Return for each day from ``first`` on a station's (status, hours) under its changes."""
    found = []
    own = list(changes)
    for number in range(days):
        day = first + timedelta(days=number)
        record = {"status": status, "hours": hours}
        for change in own:
            if change.holds_on(day):
                record |= {name: change.said[name] for name in record if name in change.said}
        found.append((record["status"], record["hours"]))
    return found
