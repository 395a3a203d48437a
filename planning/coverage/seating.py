r"""Seats: who sits where in each hour of a week, and who finds every place in reach full.

In an hour ``t`` seats are asked for by

.. math:: d_{gi}(t) = s \, w_{gi} \, p_g \, \tau_{gt}

workers of group g in cell i: ``w`` the registered, ``p`` the share in town, ``tau`` the share of
those who want a rest place in that hour, ``s`` the share of these who sit at the same moment. They
go to the nearest open place with room (`planning.coverage.assignment`). A place whose seats are not
known takes everybody who comes, which is said: overflow is then told too low, never too high.

The most that could be seated, whoever goes where, is the largest flow from items to places within
seats (`planning.engine.objectives.served_weight`): what a plan of the places could reach at best.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.coverage.assignment import assign
from planning.coverage.service_week import DAYS_A_WEEK, HOURS_A_DAY
from planning.engine.objectives import served_weight
from planning.engine.variant_problems import CapacitatedProblem

if TYPE_CHECKING:
    from data.demand import Demand
    from planning.coverage.assignment import Assignment, StandingPlaces, Ways

Floats = npt.NDArray[np.float64]
_WEEKDAYS = 5


@dataclass(frozen=True)
class SeatHour:
    """An hour of some days (0 is Monday): who wants a seat, has an open place in reach, sits."""

    days: tuple[int, ...]
    hour: int
    wanted: float
    in_reach: float
    seated: float

    @property
    def overflow(self) -> float:
        """Those who find every open place in reach full."""
        return max(self.in_reach - self.seated, 0.0)


@dataclass(frozen=True)
class SeatPlace:
    """A place in the fullest hour: ``nearest`` have it nearest, ``own`` of them sit there.

    ``seated`` are all who sit there, ``seats`` is None where they are not known; ``order`` 0 for
    what stands already, else the number of the action.
    """

    id: str
    name: str
    kind: str
    order: int
    seats: float | None
    nearest: float
    own: float
    seated: float

    @property
    def sent_on(self) -> float:
        """Those who have it nearest and find it full."""
        return max(self.nearest - self.own, 0.0)


@dataclass(frozen=True)
class SeatGroup:
    """A group in the fullest hour."""

    group: str
    wanted: float
    in_reach: float
    seated: float

    @property
    def overflow(self) -> float:
        """Those who find every open place in reach full."""
        return max(self.in_reach - self.seated, 0.0)


@dataclass(frozen=True, eq=False)
class Seating:
    """Who sits where, hour by hour; places and groups in the ``fullest`` hour.

    ``fullest`` is the hour of the most overflow, of those with none that of most seated.
    ``most_seated`` is what no sending of workers to these places could pass in that hour.
    ``unknown`` counts the places that are open then and whose seats are not known,
    ``at_unknown`` who sits there; ``hours_unknown`` those that are open to nobody, as their hours
    are not known.
    """

    at_once: float
    hours: tuple[SeatHour, ...]
    fullest: SeatHour
    places: tuple[SeatPlace, ...]
    groups: tuple[SeatGroup, ...]
    most_seated: float
    unknown: int
    at_unknown: float
    hours_unknown: int

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""

        def told(one: SeatHour | SeatGroup) -> dict[str, Any]:
            return asdict(one) | {"overflow": one.overflow}

        return {
            "at_once": self.at_once,
            "hours": [told(hour) for hour in self.hours],
            "fullest": told(self.fullest),
            "places": [asdict(place) | {"sent_on": place.sent_on} for place in self.places],
            "groups": [told(group) for group in self.groups],
            "most_seated": self.most_seated,
            "unknown": self.unknown,
            "at_unknown": self.at_unknown,
            "hours_unknown": self.hours_unknown,
        }


def measure_seating(
    demand: Demand, places: StandingPlaces, ways: Ways, *, at_once: float
) -> Seating:
    """Seat the workers of every hour of a plain week.

    Parameters
    ----------
    demand
        who is where and when.
    places
        what stands; a place whose hours are not known is open to nobody.
    ways
        all ways from the demand's cells to these places (`ways_within`).
    at_once
        of those who want a rest place in an hour, the share that sits at the same moment.
    """
    room = np.where(np.isnan(places.seats), np.inf, places.seats)
    hours: list[SeatHour] = []
    fullest, column = None, 0
    for days, hour in _classes(places):
        at = HOURS_A_DAY * days[0] + hour
        wanted = seats_wanted(demand, days[0], hour, at_once)
        sat = assign(ways, wanted, is_open=places.open[:, at], room=room)
        near = assign(ways, wanted, is_open=places.open[:, at])
        made = SeatHour(
            days=days,
            hour=hour,
            wanted=float(wanted.sum()),
            in_reach=float(near.workers.sum()),
            seated=float(sat.workers.sum()),
        )
        hours.append(made)
        if fullest is None or _fuller(made, fullest):
            fullest, column = made, at
    if fullest is None:
        raise RuntimeError("a week without hours")
    wanted = seats_wanted(demand, fullest.days[0], fullest.hour, at_once)
    is_open = places.open[:, column]
    sat = assign(ways, wanted, is_open=is_open, room=room)
    near = assign(ways, wanted, is_open=is_open)
    unknown = np.isnan(places.seats) & is_open
    return Seating(
        at_once=at_once,
        hours=tuple(hours),
        fullest=fullest,
        places=_places(places, near, sat, is_open),
        groups=_groups(demand, wanted, near, sat),
        most_seated=_most(ways, wanted, is_open, room),
        unknown=int(unknown.sum()),
        at_unknown=float(sat.workers[unknown[sat.place]].sum()),
        hours_unknown=int((~places.knows_hours).sum()),
    )


def _classes(places: StandingPlaces) -> list[tuple[tuple[int, ...], int]]:
    """Return the hours of the week with the days on which they are alike, Monday first."""
    found: dict[tuple[int, bool, bytes], list[int]] = {}
    for hour in range(HOURS_A_DAY):
        for day in range(DAYS_A_WEEK):
            opened = places.open[:, HOURS_A_DAY * day + hour].tobytes()
            found.setdefault((hour, day >= _WEEKDAYS, opened), []).append(day)
    return [(tuple(days), hour) for (hour, _, _), days in found.items()]


def seats_wanted(demand: Demand, day: int, hour: int, at_once: float) -> Floats:
    """float64[n_cells, n_groups]: seats asked for in an hour of a day, 0 being Monday."""
    share = demand.presence * demand.profile[:, int(day >= _WEEKDAYS), hour] * at_once
    return np.asarray(demand.weights * share, dtype=np.float64)


def _fuller(one: SeatHour, other: SeatHour) -> bool:
    return (one.overflow, one.seated) > (other.overflow, other.seated)


def _places(
    places: StandingPlaces, near: Assignment, sat: Assignment, is_open: npt.NDArray[np.bool_]
) -> tuple[SeatPlace, ...]:
    n = len(places)
    nearest = np.bincount(near.place, weights=near.workers, minlength=n)
    seated = np.bincount(sat.place, weights=sat.workers, minlength=n)
    first = dict(
        zip(zip(near.cell.tolist(), near.group.tolist(), strict=True), near.place, strict=True)
    )
    pairs = zip(sat.cell.tolist(), sat.group.tolist(), sat.place, strict=True)
    stays = np.array([first[cell, group] == place for cell, group, place in pairs], dtype=np.bool_)
    own = np.bincount(sat.place[stays], weights=sat.workers[stays], minlength=n)
    return tuple(
        SeatPlace(
            id=places.ids[row],
            name=places.names[row],
            kind=places.kinds[row],
            order=places.order[row],
            seats=None if np.isnan(places.seats[row]) else float(places.seats[row]),
            nearest=float(nearest[row]),
            own=float(own[row]),
            seated=float(seated[row]),
        )
        for row in np.flatnonzero(is_open).tolist()
    )


def _groups(
    demand: Demand, wanted: Floats, near: Assignment, sat: Assignment
) -> tuple[SeatGroup, ...]:
    n = len(demand.groups)
    in_reach, seated = (
        np.bincount(of.group, weights=of.workers, minlength=n) for of in (near, sat)
    )
    return tuple(
        SeatGroup(group, float(wanted[:, row].sum()), float(in_reach[row]), float(seated[row]))
        for row, group in enumerate(demand.groups)
    )


def _most(ways: Ways, wanted: Floats, is_open: npt.NDArray[np.bool_], room: Floats) -> float:
    """Return the largest flow from items to open places."""
    asked = wanted.T.ravel()
    kept = is_open[ways.place] & (asked[ways.item] > 0.0)
    covers = sp.csr_array(
        (np.ones(kept.sum(), dtype=np.bool_), (ways.place[kept], ways.item[kept])),
        shape=(len(room), len(asked)),
    )
    total = float(asked.sum())
    problem = CapacitatedProblem(
        weights=asked,
        covers=covers,
        capacity=np.minimum(room, total),
        max_open=0,
        required=is_open,
    )
    return served_weight(problem, np.flatnonzero(is_open))
