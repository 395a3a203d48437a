"""Inspection rounds: which stations want a visit, and in which order one comes past them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.spatial import cKDTree

from data.china_time import CHINA_TIME
from data.database.rounds import Rounds
from data.files.table_files import write_rows
from data.report_book import ReportBook
from data.rounds import MOST_STOPS, Round
from geo.errors import InputError
from geo.measure import great_circle_m
from geo.messages import say
from geo.open_tour import open_tour, tour_seconds
from geo.travel_time_matrix import travel_times

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from data.stations import Stations
    from data.workspace import Workspace

UNCHECKED, REPORTED, DEMANDED = "unchecked", "reported", "demand"
#: How stations are picked by rule.
RULES: Final = (UNCHECKED, REPORTED, DEMANDED)
MODES: Final = ("foot", "ebike", "car", "truck")
#: Where no road leads from one station to the next: as the crow flies, at a walk.
_BEELINE_M_S: Final = 5 / 3.6
_OUT_OF_USE: Final = frozenset({"closed", "planned"})


@dataclass(frozen=True)
class Way:
    """Stations in the order of a way over the roads.

    ``seconds`` is what the way takes from the first to the last, without the visits;
    ``off_roads`` how many of its legs no road leads along: those are counted as the crow flies.
    ``on_roads`` is False where the workspace has no roads yet and all legs are counted so.
    """

    stations: tuple[str, ...]
    seconds: float
    off_roads: int
    on_roads: bool


@dataclass(frozen=True)
class Checked:
    """How much of a district was looked at: stations in use, and how many within the days."""

    district: str
    stations: int
    checked: int
    oldest: str


def rounds_of(workspace: Workspace) -> Rounds:
    """Return the rounds of a workspace."""
    return Rounds(workspace.database.backend)


def pick(
    workspace: Workspace,
    rule: str,
    *,
    today: date,
    days: int = 90,
    most: int = 20,
    district: str = "",
    among: Sequence[str] | None = None,
) -> tuple[str, ...]:
    """Return the stations that a rule picks, those that want a visit most first.

    "unchecked": not looked at for so many ``days``, or never; "reported": two or more devices say
    that something is wrong; "demand": of those that are unchecked, the ones that most workers have
    nearest. ``among`` keeps to some stations; None takes all.

    Raises
    ------
    InputError
        for an unknown rule or district, or where the rule picks none.
    NothingYetError
        when there is no register, or no demand for "demand".
    """
    if rule not in RULES:
        raise InputError(
            say("no rule {rule}: there are {known}", rule=rule, known=", ".join(RULES))
        )
    if not 1 <= most <= MOST_STOPS:
        raise InputError(say("a round has 1 to {most} stations: {n}", most=MOST_STOPS, n=most))
    stations = workspace.stations()
    in_use = _in_use(workspace, stations, district)
    if among is not None:
        in_use = [one for one in in_use if one in set(among)]
    checked = dict(zip(stations.ids, stations.frame["checked_at"], strict=True))
    since = (today - timedelta(days=days)).isoformat()
    old = sorted((one for one in in_use if checked[one] < since), key=lambda one: checked[one])
    if rule == REPORTED:
        live = ReportBook(workspace).tickets.doubted()
        picked = [one for one in in_use if one in live]
    elif rule == DEMANDED:
        near = _workers_nearest(workspace, stations)
        picked = sorted(old, key=lambda one: -near[one])
    else:
        picked = old
    if not picked:
        raise InputError(say("the rule picks no station: nothing wants a visit by it"))
    return tuple(picked[:most])


def order(workspace: Workspace, stations: Sequence[str], *, mode: str = "foot") -> Way:
    """Return stations in the order of a short way over the roads (not a proven shortest).

    Raises
    ------
    InputError
        for a station that is not in the register, or an unknown mode.
    """
    if mode not in MODES:
        raise InputError(say("no mode {mode}: use {known}", mode=mode, known=", ".join(MODES)))
    register = workspace.stations()
    places = dict(zip(register.ids, register.lonlat.tolist(), strict=True))
    missing = [one for one in stations if one not in places]
    if missing:
        raise InputError(say("no station has the id {station}: look it up", station=missing[0]))
    lonlat = np.array([places[one] for one in stations], dtype=np.float64).reshape(-1, 2)
    n = len(stations)
    metres = great_circle_m(np.repeat(lonlat, n, axis=0), np.tile(lonlat, (n, 1))).reshape(n, n)
    seconds, off = metres / _BEELINE_M_S, ~np.eye(n, dtype=np.bool_)
    on_roads = workspace.has_network()
    if on_roads and n > 1:
        network = workspace.network()
        table = travel_times(network, mode=mode, origins=lonlat, destinations=lonlat).csr.tocoo()
        seconds[table.row, table.col] = table.data
        off[table.row, table.col] = False
        np.fill_diagonal(seconds, 0.0)
    tour = open_tour(seconds)
    legs = int(off[list(tour[:-1]), list(tour[1:])].sum()) if on_roads else 0
    return Way(tuple(stations[at] for at in tour), tour_seconds(seconds, tour), legs, on_roads)


def make(
    workspace: Workspace,
    stations: Sequence[str],
    *,
    name: str,
    due_on: date,
    by: str,
    inspector: str = "",
    rule: str = "",
    mode: str = "foot",
    note: str = "",
) -> tuple[int, Way]:
    """Keep a round in the order of its way; return its number and the way.

    Raises
    ------
    InputError
        when a part cannot be; nothing is kept then.
    """
    way = order(workspace, stations, mode=mode)
    made = Round(name, way.stations, due_on, inspector, rule, note)
    return rounds_of(workspace).add(made, by=by), way


def export_round(workspace: Workspace, number: int, *, file: Path) -> int:
    """Write the stations of a round in their order, with what was found; return how many.

    Raises
    ------
    InputError
        when there is no such round, or the ending is none of CSV and XLSX.
    WorkspaceError
        when the file cannot be written.
    """
    kept = rounds_of(workspace).round(number)
    if kept is None:
        raise InputError(say("there is no round {number}", number=number))
    frame = workspace.stations().frame.set_index("id")
    visits = {one.visit.station: one for one in kept.visits}
    rows: dict[str, list[Any]] = {
        "position": list(range(1, len(kept.round.stations) + 1)),
        "id": list(kept.round.stations),
    }
    for name in ("name", "address", "hours", "contact", "checked_at"):
        rows[name] = [frame[name].get(station, "") for station in kept.round.stations]
    seen = [visits.get(station) for station in kept.round.stations]
    rows["seen_at"] = [
        "" if one is None else one.visit.seen_at.astimezone(CHINA_TIME).isoformat()[:16]
        for one in seen
    ]
    rows["note"] = ["" if one is None else one.visit.note for one in seen]
    write_rows(rows, file, layer="round", sample=workspace.settings.sample)
    return len(seen)


def checked_by_district(workspace: Workspace, *, today: date, days: int = 90) -> list[Checked]:
    """Return how many stations in use were looked at within so many days, by district.

    The last line, without a district, is the whole city; a city without districts has only that.
    """
    stations = workspace.stations()
    since = (today - timedelta(days=days)).isoformat()
    districts = workspace.districts
    of = districts.locate(stations.lonlat) if len(districts) else np.full(len(stations), -1)
    rows = [
        (districts.names[at] if at >= 0 else "", checked)
        for at, checked, status in zip(
            of.tolist(), stations.frame["checked_at"], stations.frame["status"], strict=True
        )
        if status not in _OUT_OF_USE
    ]
    lines = [
        _line(name, [day for district, day in rows if district == name], since)
        for name in districts.names
    ]
    return [*lines, _line("", [day for _, day in rows], since)]


def _line(district: str, days: Sequence[str], since: str) -> Checked:
    return Checked(
        district,
        stations=len(days),
        checked=sum(day >= since for day in days),
        oldest=min(filter(None, days), default=""),
    )


def _in_use(workspace: Workspace, stations: Stations, district: str) -> list[str]:
    """Return the ids of stations that somebody can go to, of one district or of all."""
    frame, districts = stations.frame, workspace.districts
    inside = np.ones(len(stations), dtype=np.bool_)
    if district:
        if district not in districts.names:
            raise InputError(
                say(
                    "no district {district}: there are {known}",
                    district=district,
                    known=", ".join(districts.names) or "-",
                )
            )
        inside = districts.locate(stations.lonlat) == districts.names.index(district)
    return [
        station
        for station, status, here in zip(frame["id"], frame["status"], inside, strict=True)
        if here and status not in _OUT_OF_USE
    ]


def _workers_nearest(workspace: Workspace, stations: Stations) -> Mapping[str, float]:
    """Return how many workers have each station nearest, as the crow flies."""
    demand = workspace.demand()
    scale = np.array([np.cos(np.radians(stations.lonlat[:, 1].mean())), 1.0])
    _, at = cKDTree(stations.lonlat * scale).query(demand.lonlat * scale)
    workers = np.bincount(at, weights=demand.weights.sum(axis=1), minlength=len(stations))
    return dict(zip(stations.ids, workers.tolist(), strict=True))
