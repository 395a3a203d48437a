"""What a program asks of the stations: a box, a page of them, and the links from page to page.

The parameters and links are those of OGC API - Features, Part 1: Core (OGC 17-069r4, 7.14-7.16).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from flask import request, url_for

from data.china_time import CHINA_TIME, today_here
from geo.errors import InputError
from geo.measure import parse_box
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.measure import Box
    from web.stations.features import Feature

GEOJSON: Final = "application/geo+json"
#: Longitude and latitude of WGS-84, in which all is asked and answered.
CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
MOST: Final = 100_000
PARAMETERS: Final = ("bbox", "bbox-crs", "crs", "datetime", "f", "limit", "offset")
#: Of a day beyond it nothing is known that is not known of now.
_FARTHEST: Final = timedelta(days=3660)
_OPEN: Final = frozenset({"", ".."})
_JSON: Final = frozenset({"json", "geojson", GEOJSON, "application/json"})
_WITH_HEIGHT: Final = 6  # numbers of a box: left, bottom, lowest, right, top, highest


@dataclass(frozen=True)
class ItemQuery:
    """Which stations are asked for: those in ``box`` (None: all), from ``offset`` on, a page.

    ``day`` is the day in China for which they are asked, None for now.
    """

    box: Box | None
    limit: int
    offset: int
    day: date | None = None

    @classmethod
    def of(cls, words: Mapping[str, str]) -> ItemQuery:
        """Read the parameters of an address.

        ``datetime`` leaves no station out, as they have no time of their own. A moment or a day to
        come asks how they are on that day; of an earlier one, and of an interval, as they are now.

        Raises
        ------
        InputError
            when one is not known, or asks for what is not answered.
        """
        unknown = sorted(set(words) - set(PARAMETERS))
        if unknown:
            raise InputError(
                say(
                    "parameter {key} is not known: use {known}",
                    key=unknown[0][:40],
                    known=", ".join(PARAMETERS),
                )
            )
        check_format(words.get("f"))
        for name in ("bbox-crs", "crs"):
            if words.get(name, CRS84) != CRS84:
                raise InputError(
                    say("{name}: only {crs} is answered, or leave it out", name=name, crs=CRS84)
                )
        return cls(
            box=None if "bbox" not in words else _box(words["bbox"]),
            limit=_whole("limit", words.get("limit", str(MOST)), least=1),
            offset=_whole("offset", words.get("offset", "0"), least=0),
            day=_day_ahead(words.get("datetime", "..")),
        )

    def matched(self, features: list[Feature]) -> list[Feature]:
        """Return the features in the box, in their order."""
        if self.box is None:
            return features
        points = [feature["geometry"]["coordinates"] for feature in features]
        inside = self.box.contains(np.array(points, dtype=np.float64).reshape(-1, 2))
        return [feature for feature, kept in zip(features, inside, strict=True) if kept]

    def page(self, found: list[Feature]) -> list[Feature]:
        """Return the page that is asked for of the features that match."""
        return found[self.offset : self.offset + self.limit]

    def links(self, n_matched: int) -> list[dict[str, str]]:
        """Return the links to this page, the next and the one before, where there are such."""
        links = [self._link("self", self.offset)]
        if self.offset + self.limit < n_matched:
            links.append(self._link("next", self.offset + self.limit))
        if self.offset:
            links.append(self._link("prev", max(0, self.offset - self.limit)))
        return links

    def _link(self, rel: str, offset: int) -> dict[str, str]:
        asked: dict[str, Any] = {**request.args}
        if rel != "self":
            asked |= {"limit": self.limit, "offset": offset}
        return link(rel, request.endpoint or "", kind=GEOJSON, **asked)


def link(
    rel: str,
    endpoint: str,
    *,
    kind: str = "application/json",
    **values: Any,  # noqa: ANN401 - URL values of any type
) -> dict[str, str]:
    """Return a link to an address of ours, whole: some programs lose the path of a shorter one."""
    return {"rel": rel, "type": kind, "href": url_for(endpoint, _external=True, **values)}


def check_format(word: str | None) -> None:
    """Refuse another format than JSON (InputError)."""
    if word is not None and word not in _JSON:
        raise InputError(say("f {word}: only json is answered", word=word[:40]))


def _box(words: str) -> Box:
    parts = words.split(",")
    if len(parts) == _WITH_HEIGHT:  # stations have no height
        parts = [*parts[:2], *parts[3:5]]
    return parse_box(",".join(parts))


def _day_ahead(words: str) -> date | None:
    """Return the day in China of one moment to come; None for an interval or an earlier moment.

    A moment is written as RFC 3339 has it, or as a date alone.
    """
    parts = words.upper().split("/")
    try:
        ends = [None if one in _OPEN else datetime.fromisoformat(one) for one in parts]
    except ValueError:
        ends = []
    if not 1 <= len(ends) <= 2:  # noqa: PLR2004 - the ends of an interval
        raise InputError(
            say(
                "datetime {word}: give a day (2027-03-01), a moment (2027-03-01T08:00:00Z) or two "
                "of them with / between, .. for an open end",
                word=words[:40],
            )
        )
    moment = ends[0]
    if moment is None or len(ends) > 1:
        return None
    try:
        day = moment.date() if moment.tzinfo is None else moment.astimezone(CHINA_TIME).date()
    except OverflowError:  # the first or the last day of all
        return None
    return day if today_here() < day <= today_here() + _FARTHEST else None


def _whole(name: str, word: str, *, least: int) -> int:
    if not (word.isascii() and word.isdigit() and least <= int(word[:9]) <= MOST):
        raise InputError(
            say(
                "{name} {word} must be a whole number from {least} to {most:,}",
                name=name,
                word=word[:40],
                least=least,
                most=MOST,
            )
        )
    return int(word)
