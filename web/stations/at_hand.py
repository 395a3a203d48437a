"""The stations of the city at hand as features, in the order to list."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from data.china_time import today_here
from data.photos import thumbnail_size
from geo.errors import NothingYetError
from web.stations.features import station_features
from web.stations.hours import changing_properties

if TYPE_CHECKING:
    from datetime import date

    from web.site.city import City
    from web.stations.features import Feature


def features_of(city: City, *, day: date | None = None) -> list[Feature]:
    """Return the stations as features, in the order to list; empty with no register yet.

    The service centres first, then by district and name, the same in both languages. Of a ``day``
    to come (None: today) they are as the changes ahead leave them then.
    """
    today = today_here()
    asked = today if day is None else day
    key = (city.stations_key(), city.photos_version(), today, asked)
    sort = "features" if asked == today else "features of a day"
    return city.keep(sort, key, lambda: _features(city, asked))


def _features(city: City, day: date) -> list[Feature]:
    try:
        ahead_of_today = day != today_here()
        stations = city.workspace().stations(as_of=day) if ahead_of_today else city.stations()
    except NothingYetError:
        return []
    features = station_features(stations, city.settings.groups, first=day)
    ahead, photos = changing_hours(city, first=day), _photos(city)
    for feature in features:
        feature["properties"] |= ahead.get(feature["id"], {})
        if feature["id"] in photos:
            feature["properties"]["photos"] = photos[feature["id"]]
    district = city.workspace().districts.locate(stations.lonlat).tolist()
    keys = [
        (
            feature["properties"]["kind"] != "service_centre",
            number < 0,
            number,
            _by_number(name),
        )
        for feature, number, name in zip(features, district, stations.frame["name"], strict=True)
    ]
    return [features[row] for row in sorted(range(len(features)), key=keys.__getitem__)]


def _photos(city: City) -> dict[str, list[dict[str, Any]]]:
    """Return by station the photos that workers see, the newest first; sizes are pixels."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for photo in city.workspace().photos().public():
        wide, high = thumbnail_size(photo.width, photo.height)
        found[photo.station].append(
            {
                "href": f"/photos/{photo.content_hash}.jpg",
                "width": photo.width,
                "height": photo.height,
                "thumbnail": f"/photos/{photo.content_hash}-small.jpg",
                "thumbnail_width": wide,
                "thumbnail_height": high,
                "caption": photo.caption,
            }
        )
    return found


def changing_hours(city: City, *, first: date | None = None) -> dict[str, dict[str, Any]]:
    """Return by station its hours from a day on (None: today), of those with changes ahead."""
    changes = city.workspace().coming_changes().entered()
    if not changes:
        return {}
    first = today_here() if first is None else first
    own = defaultdict(list)
    for change in changes:
        if (change.to_day is None or change.to_day >= first) and {"status", "hours"} & set(
            change.said
        ):
            own[change.station].append(change)
    frame = city.workspace().register().stations().frame
    wanted = frame[frame["id"].isin(list(own))]
    return {
        station: changing_properties(own[station], status, hours, first=first)
        for station, status, hours in zip(
            wanted["id"], wanted["status"], wanted["hours"], strict=True
        )
    }


def _by_number(name: str) -> list[tuple[bool, int, str]]:
    """Return a key by which "驿站 9" stands before "驿站 10"."""
    parts = re.findall(r"[0-9]{1,18}|[^0-9]+", name)
    return [(False, int(part), "") if part.isdecimal() else (True, 0, part) for part in parts]
