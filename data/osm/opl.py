"""Lines of OPL, libosmium's own text for OSM objects (its manual, "OPL File Format")."""

from __future__ import annotations

import re
from typing import NamedTuple

_ESCAPED = re.compile(r"%([0-9a-f]+)%")


class WayLine(NamedTuple):
    """A way: ``corners`` is the text of its nodes, ``n1,n2`` or ``n1x116.8y33.96,...``."""

    id: int
    tags: dict[str, str]
    corners: str


def way_of_line(line: str) -> WayLine:
    """Read a line of a way that is written without metadata: ``w1 Thighway=path Nn1,n2``."""
    number, tags, corners = line.split(" ")
    found = dict([word.split("=", 1) for word in tags[1:].split(",")]) if len(tags) > 1 else {}
    if "%" in tags:
        found = {_plain(key): _plain(value) for key, value in found.items()}
    return WayLine(int(number[1:]), found, corners[1:])


def _plain(text: str) -> str:
    """Put the signs back that OPL writes as their number: ``%20%`` is a space."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def corner_places(corners: str) -> list[tuple[int, float, float]]:
    """Give (node, longitude, latitude) of each corner, NaN where a place is not told."""
    places = []
    for corner in corners.split(","):
        number, _, place = corner[1:].partition("x")
        lon, _, lat = place.partition("y")
        places.append((int(number), float(lon or "nan"), float(lat or "nan")))
    return places
