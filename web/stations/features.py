"""Stations as GeoJSON features: what the API, the worker's page and the maps say about each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import numpy as np

from data.china_time import today_here
from data.hours import WorkCalendar, local_time, parse_hours, state_at
from geo.datum import Datum, from_wgs84
from web.labels.hours import opening_words, state_note, state_words
from web.labels.last_check import checked_words
from web.stations.hours import hours_properties

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    import numpy.typing as npt

    from data.settings import GroupSettings
    from data.stations import Stations
    from web.languages import Language

Feature = dict[str, Any]

NAVIGATION: Final = "https://uri.amap.com/navigation"
_DIGITS: Final = 6  # a tenth of a metre
_PLAIN_TEXT: Final = ("id", "name", "kind", "address", "hours", "status", "phone", "checked_at")
_MARKS: Final = {"closes_soon": "soon"}


def navigation_link(lon: float, lat: float, name: str, *, mode: str = "walk") -> str:
    """Return the Amap link that leads to a point given in GCJ-02, longitude first.

    A comma in the name would end it early, so it is written as a Chinese one.
    """
    place = f"{lon:.{_DIGITS}f},{lat:.{_DIGITS}f},{name.replace(',', '，')}"
    return f"{NAVIGATION}?to={quote(place, safe=',')}&mode={mode}&src=yizhan&callnative=1"


def station_features(
    stations: Stations, groups: Sequence[GroupSettings], *, first: date | None = None
) -> list[Feature]:
    """Return one GeoJSON feature a station, in the order of the register.

    Properties are the register's columns, ``serves`` (ids of the groups it is there for),
    ``state`` (the shape of its mark), ``navigation`` (a link in its own datum) and the opening
    hours in the days from ``first`` (None: today) as `hours_properties` gives them. Coordinates
    are WGS-84, as RFC 7946 wants.
    """
    day = today_here() if first is None else first
    lonlat = stations.lonlat
    amap = from_wgs84(lonlat, datum=Datum("gcj02"))
    serves = {group.id: stations.serves(group) for group in groups}
    features = []
    for row, record in enumerate(stations.frame.to_dict("records")):
        properties: dict[str, Any] = {str(name): record[name] for name in _PLAIN_TEXT}
        lon, lat = amap[row].tolist()
        properties |= {
            "facilities": list(record["facilities"]),
            "facilities_broken": list(record["facilities_broken"]),
            "access": list(record["access"]),
            "serves": [group for group, served in serves.items() if served[row]],
            "state": record["status"],
            "navigation": navigation_link(lon, lat, record["name"]),
            **hours_properties(record["hours"], first=day),
        }
        features.append(_feature(record["id"], lonlat[row], properties))
    return features


def with_state(feature: Feature, moment: datetime, t: Language) -> Feature:
    """Return a feature with how it stands at a moment, in words, for a page without a script.

    Added are ``state_words``, ``state_note`` (why it may not hold), ``checked_words`` and
    ``opening_words``; ``state`` is that of its mark at that moment. One whose register calls it
    suspended, closed or planned says that and no hours.
    """
    held = feature["properties"]
    hours = parse_hours(held["hours"])
    here = local_time(moment).replace(second=0, microsecond=0)
    found = state_at(hours, here, calendar=WorkCalendar.china())
    is_open = held["status"] == "open"
    said = {
        "state": _MARKS.get(found.word, found.word) if is_open else held["status"],
        "state_words": state_words(found, here, t) if is_open else t.status(held["status"]),
        "state_note": state_note(found, t) if is_open else "",
        "checked_words": checked_words(held["checked_at"], here.date(), t),
        "opening_words": opening_words(hours, t),
    }
    return {**feature, "properties": {**held, **said}}


def _feature(
    feature_id: str | int, lonlat: npt.NDArray[np.float64], properties: dict[str, Any]
) -> Feature:
    return {
        "type": "Feature",
        "id": feature_id,
        "geometry": {"type": "Point", "coordinates": np.round(lonlat, _DIGITS).tolist()},
        "properties": properties,
    }
