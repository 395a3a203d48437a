"""The service week: which station serves whom, at which hour of which weekday, in effect.

A station serves a group in effect at an hour when it is

1. there for the group: status open, and the register or its kind names the group,
2. open at half past that hour (`data.hours.week_table`),
3. to be entered (进得来): it states a way in that the group has (``groups.<group>.access``),
4. usable (用得上): it has in working order what the group needs (``groups.<group>.needs``), and
   nothing observed there speaks against it (``doubted``).

Where the register says nothing of 2, 3 or 4 the station may serve: what is known and what is not
excluded are the two ends of a range. The tests of 3 and 4 are those of `aims`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from data.hours import parse_hours, week_table
from geo.errors import InputError
from geo.messages import say
from planning.coverage.aims import NO, YES, entered, usable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from data.hours import WorkCalendar
    from data.settings import GroupSettings
    from data.stations import Stations

DAYS_A_WEEK, HOURS_A_DAY = 7, 24


@dataclass(frozen=True, eq=False)
class ServiceWeek:
    """Who is served where and when.

    ``open`` bool[n_stations, 7, 24], Monday first, False throughout where the hours are not known;
    ``known`` bool[n_stations] tells where they are. ``serves`` bool[n_groups, n_stations] is the
    first condition above, ``suits`` the first, third and fourth together as far as they are known,
    ``may_suit`` the same where nothing known speaks against them.
    """

    open: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]
    serves: npt.NDArray[np.bool_]
    suits: npt.NDArray[np.bool_]
    may_suit: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        n = len(self.open)
        by_group = self.suits.shape, self.may_suit.shape
        shapes = (self.open.shape[1:], self.known.shape, self.serves.shape[1:], *by_group)
        whole = self.serves.shape
        if shapes != ((DAYS_A_WEEK, HOURS_A_DAY), (n,), (n,), whole, whole):
            raise InputError(
                say("service week: shapes {shapes} do not fit {n} stations", shapes=shapes, n=n)
            )
        for array in (self.open, self.known, self.serves, self.suits, self.may_suit):
            array.flags.writeable = False

    @property
    def silent(self) -> npt.NDArray[np.bool_]:
        """bool[n_stations]: too little is known of it to count it in effect, for some group."""
        unknown = self.may_suit & (~self.suits | ~self.known)
        return np.asarray(unknown.any(axis=0), dtype=np.bool_)

    @property
    def at_best(self) -> ServiceWeek:
        """The week in which whatever is not known is so: open at every hour, let in, equipped."""
        return ServiceWeek(
            self.open | ~self.known[:, None, None],
            np.ones_like(self.known),
            self.serves.copy(),
            self.may_suit.copy(),
            self.may_suit.copy(),
        )


def service_week(
    stations: Stations,
    groups: Sequence[GroupSettings],
    *,
    calendar: WorkCalendar | None = None,
    on: date | None = None,
    doubted: Collection[str] = (),
) -> ServiceWeek:
    """Read the service week out of a register.

    Parameters
    ----------
    calendar, on
        a real week with its holidays and make-up working days; None: a plain week.
    doubted
        ids of stations that the evidence speaks against (locked in posted hours, broken): they
        serve nobody in effect.
    """
    n = len(stations)
    tables = {
        text: week_table(parse_hours(text), calendar=calendar, on=on)
        for text in set(stations.frame["hours"])
    }
    station_tables = [tables[text] for text in stations.frame["hours"]]
    known = np.array([table is not None for table in station_tables], dtype=np.bool_)
    closed = np.zeros((DAYS_A_WEEK, HOURS_A_DAY), dtype=np.bool_)
    weeks = np.array(
        [closed if table is None else table for table in station_tables], dtype=np.bool_
    )
    serves = np.array([stations.serves(group) for group in groups], dtype=np.bool_)
    serves = serves.reshape(len(groups), n)
    trusted = ~stations.frame["id"].isin(list(doubted)).to_numpy(dtype=np.bool_)
    verdicts = [
        np.minimum(entered(stations, group), usable(stations, group.needs)) for group in groups
    ]
    verdict = np.array(verdicts, dtype=np.int8).reshape(len(groups), n)
    there = serves & trusted
    return ServiceWeek(
        weeks.reshape(n, DAYS_A_WEEK, HOURS_A_DAY),
        known,
        serves,
        suits=there & (verdict == YES),
        may_suit=there & (verdict != NO),
    )


def changing_week(
    by_day: Sequence[Stations],
    groups: Sequence[GroupSettings],
    *,
    calendar: WorkCalendar,
    on: date,
    doubted: Collection[str] = (),
) -> ServiceWeek:
    """Read the service week of stations that are not the same on all seven days.

    Parameters
    ----------
    by_day
        the stations on each day from the Monday on, the same ones in the same order.
    calendar, on, doubted
        as `service_week` has them.

    Returns
    -------
    ServiceWeek
        each day with its own hours; on a day on which a station is not open by its status it is
        known to be shut.
    """
    weeks = {
        id(stations): service_week(stations, groups, calendar=calendar, on=on, doubted=doubted)
        for stations in by_day
    }
    days = [weeks[id(stations)] for stations in by_day]
    works = np.array([(one.frame["status"] == "open").to_numpy() for one in by_day], dtype=np.bool_)
    hours = [week.open[:, number] & works[number][:, None] for number, week in enumerate(days)]
    known = np.array([week.known for week in days]) | ~works
    return ServiceWeek(
        np.stack(hours, axis=1),
        np.asarray(known.all(axis=0), dtype=np.bool_),
        serves=_any([week.serves for week in days]),
        suits=_any([week.suits for week in days]),
        may_suit=_any([week.may_suit for week in days]),
    )


def _any(days: Sequence[npt.NDArray[np.bool_]]) -> npt.NDArray[np.bool_]:
    """Tell what holds on any of the days."""
    return np.asarray(np.array(days).any(axis=0), dtype=np.bool_)
