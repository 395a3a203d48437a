"""Degrees as people write them: 33°57'36"N, 116.8E, 东经116度48分, with full-width signs."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

_MINUTES: Final = 60.0
_LON_LIMIT, _LAT_LIMIT = 180.0, 90.0
_HEMISPHERES: Final = {
    "e": ("lon", 1), "东经": ("lon", 1), "东": ("lon", 1), "east": ("lon", 1),
    "w": ("lon", -1), "西经": ("lon", -1), "西": ("lon", -1), "west": ("lon", -1),
    "n": ("lat", 1), "北纬": ("lat", 1), "北": ("lat", 1), "north": ("lat", 1),
    "s": ("lat", -1), "南纬": ("lat", -1), "南": ("lat", -1), "south": ("lat", -1),
    "经度": ("lon", 1), "纬度": ("lat", 1),
}  # fmt: skip
_SIGNS: Final = "|".join(sorted(_HEMISPHERES, key=len, reverse=True))
_DEGREES: Final = re.compile(
    rf"(?P<before>{_SIGNS})?[:\s]*"
    r"(?P<minus>-)?(?P<d>\d{1,3}(?:\.\d+)?)"
    r"(?:\s*(?:°|º|度|deg)\s*|\s+(?=\d)|:(?=\d)|(?=\s|$|[a-z东西南北]))"
    r"(?:(?P<m>\d{1,2}(?:\.\d+)?)(?:\s*(?:['′’‘]|分|min)\s*|\s+(?=\d)|:(?=\d)|(?=\s|$|[a-z东西南北]))"
    r"(?:(?P<s>\d{1,2}(?:\.\d+)?)\s*(?:[\"″”“]|''|′′|秒|sec)?)?)?"
    rf"\s*(?P<after>{_SIGNS})?"
)
_COMMA: Final = re.compile(r"[+-]?\d{1,3},\d{3,}")


class Degrees(NamedTuple):
    """A coordinate, and the axis that it names ("lon", "lat"; empty when it names none)."""

    value: float
    axis: str


def parse_degrees(text: str) -> Degrees | None:
    """Read a coordinate that is no plain number.

    Minutes and seconds are at most 60 (59.996 is printed as 60.00) and only the last part has a
    fraction; W, S, 西 and 南 are
    negative. A decimal comma with three digits or more behind it is one. None for anything else,
    plain numbers included.
    """
    plain = unicodedata.normalize("NFKC", text).replace("′′", '"').strip().casefold()
    if _COMMA.fullmatch(plain):
        return Degrees(float(plain.replace(",", ".")), "")
    found = _DEGREES.fullmatch(plain)
    if found is None or _is_plain(plain):
        return None
    value = _value([part for part in (found["d"], found["m"], found["s"]) if part is not None])
    signs = {_HEMISPHERES[word] for word in (found["before"], found["after"]) if word}
    if value is None or len(signs) > 1 or (found["minus"] and signs):
        return None
    axis, sign = signs.pop() if signs else ("", -1 if found["minus"] else 1)
    if value > (_LAT_LIMIT if axis == "lat" else _LON_LIMIT):
        return None
    return Degrees(round(sign * value, 9), axis)


def _value(parts: list[str]) -> float | None:
    """Add up degrees, minutes and seconds; None when they are none."""
    numbers = [float(part) for part in parts]
    if any("." in part for part in parts[:-1]) or any(part > _MINUTES for part in numbers[1:]):
        return None
    return sum(number / _MINUTES**power for power, number in enumerate(numbers))


def _is_plain(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
