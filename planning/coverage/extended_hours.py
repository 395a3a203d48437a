"""Longer hours: what a station would gain by opening earlier or closing later.

Take station s, closed at weekday d and hour t. Opening it then covers the workers present in the
cells within reach of s that no station open then serves in effect: ``gain[s, d, t]``, summed over
the groups that s suits. Each station is judged alone, the others as they are, so gains of two
neighbours do not add up.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import numpy.typing as npt

from geo.errors import InputError
from geo.messages import say
from planning.coverage.effective import covered_cells, hour_patterns
from planning.coverage.service_week import DAYS_A_WEEK, HOURS_A_DAY

if TYPE_CHECKING:
    from data.stations import Stations
    from planning.coverage.effective import GroupReach
    from planning.coverage.service_week import ServiceWeek

Gains = npt.NDArray[np.float64]
_HALF_A_WORKER: Final = 0.5


@dataclass(frozen=True)
class LongerHours:
    """One station, opened ``hours`` longer each day on which it opens at all.

    ``when`` is "before" its first hour or "after" its last. ``workers`` are gained on an average
    day of the week at the best of those hours (the same people may want a rest for more than one
    hour, so hours are not added up); ``worker_hours`` over the whole week; ``by_group`` as
    ``worker_hours``.
    """

    station_id: str
    name: str
    when: Literal["before", "after"]
    hours: int
    workers: float
    worker_hours: float
    by_group: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def hourly_gains(reaches: tuple[GroupReach, ...], week: ServiceWeek) -> Gains:
    """float64[n_groups, n_stations, 7, 24]: workers gained by opening each station at each hour.

    0 where the station is open, where its hours are not known, and where it does not suit.
    """
    n = len(week.open)
    gains = np.zeros((len(reaches), n, DAYS_A_WEEK, HOURS_A_DAY))
    for number, group in enumerate(reaches):
        suits = week.suits[number]
        patterns, which = hour_patterns(suits[:, None, None] & week.open)
        left_out = group.workers[:, None] * ~covered_cells(group.within, patterns)
        newly_reached = np.asarray(group.within.astype(np.float64) @ left_out)
        shut = (suits & week.known)[:, None, None] & ~week.open
        gains[number] = np.where(shut, newly_reached[:, which] * group.hours, 0.0)
    return gains


def longer_hours(
    stations: Stations,
    gains: Gains,
    week: ServiceWeek,
    *,
    groups: tuple[str, ...],
    hours: int = 3,
    most: int = 20,
) -> tuple[LongerHours, ...]:
    """Rank the stations whose longer opening would cover most worker-hours, the best first.

    ``gains`` as `hourly_gains` gives them. Each station stands once, with its better side; those
    that would gain nobody are left out.

    Raises
    ------
    InputError
        when ``hours`` is not 1 to 12.
    """
    if not 1 <= hours <= HOURS_A_DAY // 2:
        raise InputError(say("longer hours: {hours} hours cannot be: give 1 to 12", hours=hours))
    extensions = []
    for row in np.flatnonzero(gains.any(axis=(0, 2, 3))):
        sides = [
            _side(stations, gains[:, row], week.open[row], int(row), groups, hours, when)
            for when in ("before", "after")
        ]
        extensions.append(max(sides, key=lambda side: side.worker_hours))
    ranked = sorted(extensions, key=lambda one: (-one.worker_hours, one.station_id))
    return tuple(one for one in ranked if one.worker_hours > _HALF_A_WORKER)[:most]


def _side(  # noqa: PLR0917 - one station's rows
    stations: Stations,
    gains: Gains,
    open_: npt.NDArray[np.bool_],
    row: int,
    groups: tuple[str, ...],
    hours: int,
    when: Literal["before", "after"],
) -> LongerHours:
    """Sum one station's gains over the hours beside its opening, day by day."""
    extra = _beside(open_, hours=hours, when=when)
    gained = gains * extra
    by_day = gained.sum(axis=0).max(axis=1)
    totals = gained.sum(axis=(1, 2))
    frame = stations.frame
    return LongerHours(
        station_id=str(frame["id"].iloc[row]),
        name=str(frame["name"].iloc[row]),
        when=when,
        hours=hours,
        workers=float(by_day.mean()),
        worker_hours=float(totals.sum()),
        by_group={
            group: float(value) for group, value in zip(groups, totals, strict=True) if value > 0
        },
    )


def _beside(
    open_: npt.NDArray[np.bool_], *, hours: int, when: Literal["before", "after"]
) -> npt.NDArray[np.bool_]:
    """bool[7, 24]: the hours before the first (after the last) of each day; it may pass midnight.

    A span that runs over midnight begins or ends where the closed hours do.
    """
    week = open_.reshape(-1)
    step = 1 if when == "after" else -1
    edge = week & ~np.roll(week, -step)
    marked = np.zeros_like(week)
    for day in range(DAYS_A_WEEK):
        hours_of_day = np.flatnonzero(edge[day * HOURS_A_DAY : (day + 1) * HOURS_A_DAY])
        if not len(hours_of_day):
            continue
        at = day * HOURS_A_DAY + int(hours_of_day[-1 if when == "after" else 0])
        marked[(at + step * np.arange(1, hours + 1)) % len(week)] = True
    return (marked & ~week).reshape(DAYS_A_WEEK, HOURS_A_DAY)
