"""What stands after a plan: today's stations, changed as its actions say."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from data.hours import parse_hours, week_table
from geo.errors import ProblemError
from geo.messages import say
from planning.coverage.assignment import StandingPlaces
from planning.coverage.service_week import service_week

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from data.settings import GroupSettings
    from data.stations import Stations
    from planning.scenarios.figures import DoneAction

Mask = npt.NDArray[np.bool_]
_HOURS = 168


class _Place(NamedTuple):
    """One place as it serves; ``serves`` bool[n_groups], ``open`` bool[168]."""

    id: str
    name: str
    kind: str
    order: int
    lon: float
    lat: float
    serves: Mask
    open: Mask
    knows_hours: bool
    seats: float


def places_after(
    stations: Stations,
    groups: Sequence[GroupSettings],
    *,
    actions: Sequence[DoneAction] = (),
    year: int | None = None,
    effective: bool = False,
    doubted: Collection[str] = (),
    seats_by_kind: Mapping[str, int] | None = None,
) -> StandingPlaces:
    """Return what stands once the actions until a year are done.

    Parameters
    ----------
    stations
        the register.
    groups
        whom places may serve, in the order of the demand.
    actions
        of a plan; none: today.
    year
        the last year whose actions count; None: all.
    effective
        a station that stands serves whom it does in effect, and not on paper.
    doubted
        ids of stations that serve nobody in effect.
    seats_by_kind
        how many seats what is new has; a kind that is not named: not known.

    Raises
    ------
    ProblemError
        when an action changes a station that is not in the register.
    """
    week = service_week(stations, groups, doubted=doubted)
    serving = week.suits if effective else week.serves
    seats = seats_by_kind or {}
    frame = stations.frame
    standing = {
        station: _Place(
            station,
            str(frame["name"].iloc[row]),
            str(frame["kind"].iloc[row]),
            0,
            float(stations.lonlat[row, 0]),
            float(stations.lonlat[row, 1]),
            serves=serving[:, row],
            open=week.open[row].reshape(-1),
            knows_hours=bool(week.known[row]),
            seats=float(frame["seats"].iloc[row]),
        )
        for row, station in enumerate(stations.ids)
        if frame["status"].iloc[row] == "open"
    }
    new: list[_Place] = []
    for action in sorted(actions, key=lambda one: one.order):
        if year is not None and action.year is not None and action.year > year:
            continue
        if action.what == "build":
            new.append(_built(action, groups, seats))
            continue
        old = standing.pop(action.station or action.site_id, None)
        if old is None:
            raise ProblemError(
                say(
                    "{place}: the plan changes a station that is not in the register",
                    place=action.station or action.site_id,
                )
            )
        if action.what != "close":
            new.append(_changed(old, action, groups, seats))
    return _gathered([*standing.values(), *new], len(groups))


def _built(action: DoneAction, groups: Sequence[GroupSettings], seats: Mapping[str, int]) -> _Place:
    hours = _hours(action.hours)
    return _Place(
        action.site_id,
        action.name,
        action.kind,
        action.order,
        action.lon,
        action.lat,
        serves=_of_kind(action.kind, groups),
        # a plan without hours counts what is new as open whenever somebody comes
        open=np.ones(_HOURS, dtype=np.bool_) if hours is None else hours,
        knows_hours=True,
        seats=float(seats.get(action.kind, np.nan)),
    )


def _changed(
    old: _Place, action: DoneAction, groups: Sequence[GroupSettings], seats: Mapping[str, int]
) -> _Place:
    """Upgrade, extend or move: longer hours add to the old, a better kind to whom it serves."""
    better = action.kind != old.kind
    longer = _hours(action.hours) if action.what == "extend" else None
    return old._replace(
        kind=action.kind,
        order=action.order,
        lon=action.lon,
        lat=action.lat,
        serves=old.serves | _of_kind(action.kind, groups) if better else old.serves,
        open=old.open if longer is None else old.open | longer,
        knows_hours=old.knows_hours or longer is not None,
        seats=float(np.fmax(old.seats, seats.get(action.kind, np.nan))) if better else old.seats,
    )


def _of_kind(kind: str, groups: Sequence[GroupSettings]) -> Mask:
    return np.array([kind in group.kinds for group in groups], dtype=np.bool_)


def _hours(text: str) -> Mask | None:
    table = week_table(parse_hours(text)) if text else None
    return None if table is None else np.array(table, dtype=np.bool_).reshape(-1)


def _gathered(places: Sequence[_Place], n_groups: int) -> StandingPlaces:
    n = len(places)
    return StandingPlaces(
        ids=tuple(one.id for one in places),
        names=tuple(one.name for one in places),
        kinds=tuple(one.kind for one in places),
        order=tuple(one.order for one in places),
        lonlat=np.array([(one.lon, one.lat) for one in places], dtype=np.float64).reshape(n, 2),
        serves=np.array([one.serves for one in places], dtype=np.bool_).reshape(n, n_groups).T,
        open=np.array([one.open for one in places], dtype=np.bool_).reshape(n, _HOURS),
        knows_hours=np.array([one.knows_hours for one in places], dtype=np.bool_),
        seats=np.array([one.seats for one in places], dtype=np.float64),
    )
