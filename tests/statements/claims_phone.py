"""Claims on the worker's list as its script fills it: minutes over the roads, filters."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from data.china_time import CHINA_TIME
from data.hours import WorkCalendar, parse_hours, state_at
from geo import travel_times
from tests.statements.rules import fixed, group_of, kind_of, today
from tests.statements.walker import Between, Claim, Holds, OneOf

if TYPE_CHECKING:
    from data.hours import Hours
    from tests.statements.recount import Numbers, Recount
    from tests.statements.walker import Seen, Truth

_LIST: Final = r"^phone "
_SHOWN: Final = 5
_UNSURE_S: Final = 3.0
_CHINA: Final = WorkCalendar.china()


def seconds_to_stations(of: Recount, lonlat: tuple[float, float]) -> Numbers:
    """float64[n_stations]: on foot over the roads; infinite where there is no way."""
    found = travel_times(
        of.network,
        mode="foot",
        origins=np.array([lonlat]),
        destinations=of.stations.lonlat,
        cutoff_s=86_400.0,
        snap_limit_m=of.settings.snap_limit_m,
    ).csr.toarray()[0]
    return np.where(found > 0, found, np.inf)


def _here(seen: Seen) -> tuple[float, float]:
    return seen.city.stood_at


def _minutes(seen: Seen) -> dict[str, Truth]:
    of = seen.of
    row = of.stations.ids.index(seen.at.row)
    seconds = float(seconds_to_stations(of, _here(seen))[row])
    ends = (seconds - _UNSURE_S, seconds + _UNSURE_S)
    return {"min": OneOf(tuple(float(max(1, math.ceil(end / 60))) for end in ends))}


def _listed(seen: Seen) -> list[int]:
    status = seen.of.frame["status"]
    return [row for row, word in enumerate(status) if word not in {"closed", "planned"}]


def _near(seen: Seen) -> dict[str, Truth]:
    return {"n": len(_listed(seen))}


def _more(seen: Seen) -> dict[str, Truth]:
    return {"n": min(10, len(_listed(seen)) - _SHOWN)}


def _not_known(seen: Seen) -> dict[str, Truth] | None:
    """Of how many stations it is not known whether they have a facility."""
    frame, what = seen.of.frame.iloc[_listed(seen)], seen.at.row
    if what in {"open", "night"}:
        return None
    columns = (frame[name] for name in ("facilities", "facilities_absent", "facilities_broken"))
    told = sum(what in {*has, *lacks, *broken} for has, lacks, broken in zip(*columns, strict=True))
    return {"n": len(frame) - told}


def _open_at(hours: Hours, moment: datetime) -> bool:
    return state_at(hours, moment, calendar=_CHINA).word in {"open", "closes_soon"}


def _open_on_arrival(seen: Seen, off: timedelta) -> tuple[int, int]:
    """How many are open when one gets there, and of how many that is not known."""
    of = seen.of
    seconds = seconds_to_stations(of, _here(seen))
    found, unknown = 0, 0
    for row in _listed(seen):
        hours = parse_hours(of.frame["hours"].iloc[row])
        if of.frame["status"].iloc[row] != "open":
            continue
        moment = (
            seen.city.moment(seen.at.face)
            + off
            + timedelta(seconds=min(float(seconds[row]), 86_400.0))
        )
        unknown += state_at(hours, moment, calendar=_CHINA).word == "unknown"
        found += _open_at(hours, moment)
    return found, unknown


def _open_through_the_night(seen: Seen) -> tuple[int, int]:
    """How many are open from 22 to 6 of the night that comes or is."""
    now = seen.city.moment(seen.at.face).astimezone(CHINA_TIME)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    early = now.hour < 6
    start = now if early else max(now, midnight + timedelta(hours=22))
    end = midnight + timedelta(hours=6 if early else 30)
    found, unknown = 0, 0
    for row in _listed(seen):
        if seen.of.frame["status"].iloc[row] != "open":
            continue
        hours = parse_hours(seen.of.frame["hours"].iloc[row])
        if state_at(hours, start, calendar=_CHINA).word == "unknown":
            unknown += 1
            continue
        n = int((end - start) / timedelta(minutes=10))
        asked = (start + number * (end - start) / max(1, n) for number in range(n))
        found += all(_open_at(hours, moment) for moment in asked)
    return found, unknown


def _filtered(seen: Seen) -> dict[str, Truth] | None:
    which = int("@title" in seen.at.place)
    if seen.at.row == "kept":
        return {"n": 0}  # a phone that keeps none yet
    if seen.at.row == "open":
        ends = [_open_on_arrival(seen, timedelta(seconds=s))[which] for s in (-60, 0, 120)]
        return {"n": Between(min(ends), max(ends))}
    if seen.at.row == "night":
        return {"n": _open_through_the_night(seen)[which]}
    return None


def _on_map(seen: Seen) -> dict[str, Truth]:
    return {"name": Holds(seen.said["name"] in set(seen.of.frame["name"]), "no such station")}


def _option(seen: Seen) -> dict[str, Truth]:
    """How many stations a choice of a kind or of one's work leaves."""
    word = seen.said["word"]
    if "#kind" in seen.at.place:
        kinds = [seen.of.frame["kind"].iloc[row] for row in _listed(seen)]
        return {"word": word, "n": kinds.count(kind_of(word))}
    return {"word": word, "n": int(seen.of.serves(group_of(word)).sum())}


def _day(seen: Seen) -> dict[str, Truth]:
    day = today()
    return {"day": f"{day.month}月{day.day}日" if " zh " in seen.at.face else f"{day.day} {day:%b}"}


def _on_arrival(seen: Seen) -> dict[str, Truth]:
    """The minutes that a place is open still, or shut still, when one gets there."""
    of = seen.of
    row = of.stations.ids.index(seen.at.row)
    seconds = float(seconds_to_stations(of, _here(seen))[row])
    hours = parse_hours(of.frame["hours"].iloc[row])
    told: set[float] = set()
    for off in (-_UNSURE_S, 0.0, _UNSURE_S):
        arrive = seen.city.moment(seen.at.face) + timedelta(seconds=seconds + off)
        then = state_at(hours, arrive, calendar=_CHINA)
        if then.until is not None:
            told.add(max(1, math.floor((then.until - arrive) / timedelta(minutes=1))))
        if then.next_open is not None:
            told.add(math.ceil((then.next_open - arrive) / timedelta(minutes=1)))
    return {"n": OneOf(tuple(sorted(told)))}


CLAIMS = (
    fixed(f"{_LIST}.*select#leave", r"^(?:明[早晚] |tomorrow )?\d+:00$", "^In half an hour$"),
    Claim(
        rf"{_LIST}.*p.near",
        (
            "到时还剩 {n} 分钟",
            "到时没开，要等 {n} 分钟",
            "{n} min left when you arrive",
            "opens {n} min after you arrive",
        ),
        _on_arrival,
    ),
    Claim(f"{_LIST}.*select#(?:kind|group).*option", ("^{word:w} {n}$",), _option),
    Claim(f"{_LIST}.*data-date", ("数据截至 {day:w}$", "Data of {day:w}$"), _day),
    Claim(f"{_LIST}.*leaflet-(?:marker|tooltip)-pane", (r"^(?P<name>\D.*)$",), _on_map),
    fixed(f"{_LIST}.*leaflet-control-scale", "^[1235]0{0,2} (?:km|m)$"),
    Claim(rf"{_LIST}.*p.near", ("^{min} 分钟", "^{min} min"), _minutes),
    Claim(
        f"{_LIST}.*p#where",
        ("我的位置附近 · {n} 个站点", "Near you · {n} stations?"),
        _near,
    ),
    Claim(f"{_LIST}.*#more", ("再看 {n} 个", "Show {n} more"), _more),
    Claim(f"{_LIST}.*button.chip@title", ("另有 {n} 个不确定", "{n} more not sure"), _not_known),
    Claim(
        f"{_LIST}.*button.chip",
        (r"(?<=\s){n}$", "另有 {n} 个不确定", "{n} more not sure"),
        _filtered,
    ),
)
