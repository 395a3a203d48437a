"""What effective coverage stands on: how many stations say when they open, and who checked them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planning.coverage.aims import UNKNOWN, usable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from data.settings import GroupSettings
    from data.stations import Stations
    from planning.coverage.service_week import ServiceWeek

RECENT_DAYS: Final = 180


@dataclass(frozen=True)
class ServiceEvidence:
    """Counts over the stations that are there for some group (status open).

    ``unknown_hours`` say no hours, or some that cannot be read; ``checked`` were checked within
    ``recent_days`` of ``on`` (ISO date), ``never_checked`` by nobody; ``unknown_access`` do not say
    how one gets in; of ``unknown_equipment`` it is not known whether they have all that a group
    needs, for want of a word on some of it; ``doubted`` serve nobody, for the evidence speaks
    against them.
    """

    stations: int
    unknown_hours: int
    unknown_access: int
    checked: int
    never_checked: int
    on: str
    recent_days: int = RECENT_DAYS
    doubted: int = 0
    unknown_equipment: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def service_evidence(
    stations: Stations,
    week: ServiceWeek,
    *,
    on: date,
    groups: Sequence[GroupSettings],
    recent_days: int = RECENT_DAYS,
    doubted: Collection[str] = (),
) -> ServiceEvidence:
    """Count what is known of the stations that serve; ``on`` is the day of the question.

    ``groups`` and ``doubted`` are those that `service_week` was given.
    """
    serving = week.serves.any(axis=0)
    frame = stations.frame[serving]
    unequipped = np.zeros(len(stations), dtype=np.bool_)
    for group, served in zip(groups, week.serves, strict=True):
        unequipped |= served & (usable(stations, group.needs) == UNKNOWN)
    since = (on - timedelta(days=recent_days)).isoformat()
    return ServiceEvidence(
        stations=int(serving.sum()),
        unknown_hours=int((serving & ~week.known).sum()),
        unknown_access=sum(not ways for ways in frame["access"]),
        checked=sum(day >= since for day in frame["checked_at"] if day),
        never_checked=sum(not day for day in frame["checked_at"]),
        on=on.isoformat(),
        recent_days=recent_days,
        doubted=int(frame["id"].isin(list(doubted)).sum()),
        unknown_equipment=int(unequipped.sum()),
    )
