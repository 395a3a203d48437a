"""How names sound and how else they are written, for a search with whatever a phone types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.traditional_signs import SIMPLIFIED
from geo.errors import NothingYetError

if TYPE_CHECKING:
    from web.site.city import City


def romanised(name: str) -> str:
    """Return a name in pinyin without tones, a space between syllables.

    Signs that are no Chinese ones stay as they are.

    Examples
    --------
    >>> romanised("相山公园 3")
    'Xiang Shan Gong Yuan 3'
    """
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - only a search by sound needs its dictionary

    parts = (part.strip() for part in lazy_pinyin(name))
    return " ".join(part[:1].upper() + part[1:] for part in parts if part)


def name_sounds(city: City) -> dict[str, Any]:
    """Return what the phone searches names by, beside the names themselves.

    ``sounds`` has the romanised form of each name of a station, a district or a street; ``closed``
    the stations that are no more on the list, as [name, lon, lat]; ``simplified`` the simplified
    sign of each traditional one whose sign is in a name.
    """
    try:
        stations = city.stations()
    except NothingYetError:
        return {"sounds": {}, "closed": [], "simplified": {}}
    frame = stations.frame
    try:
        streets = city.workspace().network().names
    except NothingYetError:
        streets = ()
    names = sorted({*frame["name"], *city.workspace().districts.names, *streets})
    used = set("".join(names))
    gone = frame["status"].eq("closed").to_numpy()
    points = stations.lonlat[gone].round(6).tolist()
    return {
        "sounds": {name: romanised(name) for name in names if not name.isascii()},
        "closed": [[name, *at] for name, at in zip(frame["name"][gone], points, strict=True)],
        "simplified": {old: new for old, new in SIMPLIFIED.items() if new in used},
    }
