"""The stations in columns, small enough for a phone: what the list says, and what a page adds.

A word of a vocabulary is a number (its place in the list that stands beside), a set of words is the
sum of 2^place, a text of hours stands once with its intervals. `static/stations.js` reads it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.china_time import today_here
from data.hours import parse_hours
from data.vocabulary import ACCESS_MODES, FACILITIES, KINDS, STATUSES
from geo.errors import NothingYetError
from web.labels.hours import opening_words
from web.languages import CHINESE, ENGLISH
from web.stations.at_hand import changing_hours, features_of
from web.stations.hours import hours_properties

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from data.stations import Stations
    from data.vocabulary import Term
    from web.site.city import City

_STEPS: Final = 1_000_000  # coordinates are whole numbers of 1e-6 degrees
_HIDDEN: Final = frozenset({"closed", "planned"})
_TEXTS: Final = (
    "phone",
    "contact",
    "who_may_enter",
    "host_type",
    "host_name",
    "operator",
    "operator_kind",
    "sign",
    "status_since",
)
_NUMBERS: Final = ("seats", "area_m2", "truck_spaces")


def station_columns(city: City, standings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the list's columns, in the order of the list; without those that are gone or planned.

    ``hours`` has for each text of hours what `hours_properties` says of it from ``day`` on, and for
    each station with changes ahead what holds there; ``moves`` are those to come;
    ``districts`` has [name, lon, lat]; ``standing`` what workers said, by station.
    """
    day = today_here()
    stations, rows = _in_order(city)
    texts, hours = _distinct(stations, rows)
    told = [hours_properties(text, first=day) for text in texts]
    columns = _columns(city, stations, rows)
    for station, own in changing_hours(city).items():
        if station in columns["id"]:
            row = columns["id"].index(station)
            told.append(own)
            hours[row] = len(told) - 1
            if own["hours_intervals"]:  # shut for a time, it says itself when it opens again
                columns["status"][row] = _ids(STATUSES).index("open")
    return {
        "day": day.isoformat(),
        "kinds": _ids(KINDS),
        "statuses": _ids(STATUSES),
        "facilities": _ids(FACILITIES),
        "access": _ids(ACCESS_MODES),
        "groups": list(city.settings.group_ids),
        "hours": [_without_day(one) for one in told],
        "districts": _districts(city),
        "standing": dict(standings),
        "moves": _moves(city, columns["id"]),
        "columns": columns | {"hours": hours},
    }


def detail_columns(city: City) -> dict[str, Any]:
    """Return what the page of a station says beyond the list, in the same order.

    ``hours`` has each text of hours in Chinese and in English; ``photos`` by station what
    `features_of` says of those that workers see.
    """
    stations, rows = _in_order(city)
    texts, _ = _distinct(stations, rows)
    columns: dict[str, Any] = {"id": [], **{name: [] for name in (*_TEXTS, *_NUMBERS)}}
    if stations is not None:
        frame = stations.frame.iloc[rows]
        columns = {name: frame[name].tolist() for name in ("id", *_TEXTS)}
        columns |= {name: [_number(value) for value in frame[name]] for name in _NUMBERS}
    spoken = [parse_hours(text) for text in texts]
    return {
        "hours": [[opening_words(one, t) for t in (CHINESE, ENGLISH)] for one in spoken],
        "photos": {
            feature["id"]: feature["properties"]["photos"]
            for feature in features_of(city)
            if "photos" in feature["properties"]
        },
        "columns": {name: column for name, column in columns.items() if any(column)},
    }


def _columns(city: City, stations: Stations | None, rows: list[int]) -> dict[str, Any]:
    if stations is None:
        return {"id": []}
    frame = stations.frame.iloc[rows]
    lonlat = np.round(stations.lonlat[rows] * _STEPS).astype(np.int64)
    serves = np.zeros(len(rows), dtype=np.int64)
    for place, group in enumerate(city.settings.groups):
        serves |= stations.serves(group)[rows].astype(np.int64) << place
    return {
        "id": frame["id"].tolist(),
        "name": frame["name"].tolist(),
        "lon": lonlat[:, 0].tolist(),
        "lat": lonlat[:, 1].tolist(),
        "kind": _places(KINDS, frame["kind"]),
        "status": _places(STATUSES, frame["status"]),
        "has": _sums(FACILITIES, frame["facilities"]),
        "broken": _sums(FACILITIES, frame["facilities_broken"]),
        "absent": _sums(FACILITIES, frame["facilities_absent"]),
        "access": _sums(ACCESS_MODES, frame["access"]),
        "serves": serves.tolist(),
        "checked": frame["checked_at"].tolist(),
        "address": frame["address"].tolist(),
        "district": city.workspace().districts.locate(stations.lonlat[rows]).tolist(),
    }


def _moves(city: City, ids: list[str]) -> list[list[Any]]:
    """Return the moves ahead: row, first and last day, and where it stands then."""
    rows = {station: row for row, station in enumerate(ids)}
    return [
        [
            rows[change.station],
            change.from_day.isoformat(),
            "" if change.to_day is None else change.to_day.isoformat(),
            round(change.said["lon"] * _STEPS),
            round(change.said["lat"] * _STEPS),
        ]
        for change in city.workspace().coming_changes().entered()
        if "lon" in change.said and change.station in rows
    ]


def _in_order(city: City) -> tuple[Stations | None, list[int]]:
    """Return the register and its rows in the order of the list."""
    try:
        stations = city.stations()
    except NothingYetError:
        return None, []
    row_of = {station: row for row, station in enumerate(stations.ids)}
    shown = [f for f in features_of(city) if f["properties"]["status"] not in _HIDDEN]
    return stations, [row_of[feature["id"]] for feature in shown if feature["id"] in row_of]


def _distinct(stations: Stations | None, rows: list[int]) -> tuple[list[str], list[int]]:
    """Return the distinct texts of hours, and for each row the place of its own."""
    if stations is None:
        return [], []
    places: dict[str, int] = {}
    of_row = [
        places.setdefault(text, len(places)) for text in stations.frame["hours"].iloc[rows].tolist()
    ]
    return list(places), of_row


def _districts(city: City) -> list[list[Any]]:
    districts = city.workspace().districts
    points = [area.representative_point() for area in districts.areas]
    return [
        [name, round(point.x, 5), round(point.y, 5)]
        for name, point in zip(districts.names, points, strict=True)
    ]


def _without_day(hours: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in hours.items() if name != "hours_from"}


def _ids(terms: Sequence[Term]) -> list[str]:
    return [term.id for term in terms]


def _places(terms: Sequence[Term], words: Iterable[str]) -> list[int]:
    place = {term.id: number for number, term in enumerate(terms)}
    return [place[word] for word in words]


def _sums(terms: Sequence[Term], words: Iterable[Sequence[str]]) -> list[int]:
    bit = {term.id: 1 << number for number, term in enumerate(terms)}
    return [sum(bit[word] for word in listed) for listed in words]


def _number(value: float) -> float | int | None:
    if math.isnan(value):
        return None
    return int(value) if float(value).is_integer() else round(float(value), 2)
