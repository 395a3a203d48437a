"""Ferries: how fast one goes that says how long it takes (``duration``)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.access import FERRY_KPH, HIGHWAY_CLASSES, class_of_way
from geo.roads import segment_metres

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.roads import RawRoads

_FERRY: Final = HIGHWAY_CLASSES.index("ferry")
_SLOWEST_KPH, _FASTEST_KPH = 0.5, 120.0
_CLOCK = re.compile(r"(\d+)(?::(\d\d))?(?::(\d\d))?")
_ISO = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", re.IGNORECASE)
_WORDS = re.compile(
    r"(?:(\d+)\s*(?:h|hours?))?\s*(?:(\d+)\s*(?:m|min|minutes?))?(\b)", re.IGNORECASE
)


def duration_s(text: str) -> float | None:
    """Seconds out of a ``duration``: 00:05, 1:30:00, 20 (minutes), PT20M, 20 min; None if none."""
    word = text.strip()
    clock = _CLOCK.fullmatch(word)
    if clock is not None and clock[2] is None:
        return 60.0 * int(clock[1]) or None
    match = clock or _ISO.fullmatch(word) or _WORDS.fullmatch(word)
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds = (int(part) if part else 0 for part in match.groups())
    return 3600.0 * hours + 60.0 * minutes + seconds or None


def with_ferry_speeds(raw: RawRoads) -> RawRoads:
    """Return the roads with the speed of each ferry that says how long it takes.

    The duration is that of the whole way: a ferry that is cut at the rim, one whose duration cannot
    be read, and one that would go below 0.5 or above 120 km/h keep the profile's speed, and are
    counted.
    """
    timed = {
        row
        for row, tags in enumerate(raw.tag_sets)
        if "duration" in tags and class_of_way(tags) == _FERRY
    }
    ways = np.flatnonzero(np.isin(raw.way_tags, sorted(timed)))
    if not len(ways):
        return raw
    sets: list[Mapping[str, str]] = list(raw.tag_sets)
    way_tags, unread = raw.way_tags.copy(), 0
    for way in ways.tolist():
        tags = raw.tag_sets[way_tags[way]]
        kph = _kph(raw, way, duration_s(tags["duration"]))
        if kph is None:
            unread += 1
            continue
        way_tags[way] = len(sets)
        sets.append({**tags, FERRY_KPH: repr(kph)})
    left_out = dict(raw.left_out)
    if unread:
        left_out["ferry durations not applied"] = unread
    return replace(raw, way_tags=way_tags, tag_sets=tuple(sets), left_out=left_out)


def _kph(raw: RawRoads, way: int, seconds: float | None) -> float | None:
    nodes = raw.way_node[raw.way_offset[way] : raw.way_offset[way + 1]]
    if seconds is None or (nodes < 0).any():
        return None
    at = raw.node_lonlat[nodes]
    kph = 3.6 * float(segment_metres(at[:-1], at[1:]).sum()) / seconds
    return kph if _SLOWEST_KPH <= kph <= _FASTEST_KPH else None
