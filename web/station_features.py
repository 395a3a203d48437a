"""Stations as GeoJSON features: what the API, the worker's page and the maps say about each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import numpy as np

from geo.datum import Datum, from_wgs84

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from data.settings import GroupSettings
    from data.stations import Stations

Feature = dict[str, Any]

NAVIGATION: Final = "https://uri.amap.com/navigation"
_DIGITS: Final = 6  # a tenth of a metre
_PLAIN_TEXT: Final = ("id", "name", "kind", "address", "hours", "status", "phone")


def navigation_link(lon: float, lat: float, name: str, *, mode: str = "walk") -> str:
    """Return the Amap link that leads to a point given in GCJ-02, longitude first.

    A comma in the name would end it early, so it is written as a Chinese one.
    """
    place = f"{lon:.{_DIGITS}f},{lat:.{_DIGITS}f},{name.replace(',', '，')}"
    return f"{NAVIGATION}?to={quote(place, safe=',')}&mode={mode}&src=yizhan&callnative=1"


def station_features(stations: Stations, groups: Sequence[GroupSettings]) -> list[Feature]:
    """Return one GeoJSON feature a station, in the order of the register.

    Properties are the register's columns, ``serves`` (ids of the groups it is there for),
    ``state`` (the shape of its mark) and ``navigation`` (a link in its own datum). Coordinates are
    WGS-84, as RFC 7946 wants.
    """
    lonlat = stations.lonlat
    amap = from_wgs84(lonlat, datum=Datum("gcj02"))
    serves = {group.id: stations.serves(group) for group in groups}
    features = []
    for row, record in enumerate(stations.frame.to_dict("records")):
        properties: dict[str, Any] = {str(name): record[name] for name in _PLAIN_TEXT}
        lon, lat = amap[row].tolist()
        properties |= {
            "facilities": list(record["facilities"]),
            "serves": [group for group, served in serves.items() if served[row]],
            "state": record["status"],
            "navigation": navigation_link(lon, lat, record["name"]),
        }
        features.append(_feature(record["id"], lonlat[row], properties))
    return features


def _feature(
    feature_id: str | int, lonlat: npt.NDArray[np.float64], properties: dict[str, Any]
) -> Feature:
    return {
        "type": "Feature",
        "id": feature_id,
        "geometry": {"type": "Point", "coordinates": np.round(lonlat, _DIGITS).tolist()},
        "properties": properties,
    }
