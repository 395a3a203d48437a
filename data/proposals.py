"""What workers propose: a place for a station, or anything else that would make things better."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from data.plain_text import plain_text
from data.worker_reports import LONGEST_TEXT, token
from geo.errors import InputError
from geo.messages import say

#: A proposed place is kept to about 10 metres: enough for a candidate site, too coarse for a trace.
PLACE_DIGITS: Final = 4
LONGEST_NAME: Final = 80
_HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Proposal:
    """What is proposed in a few words, why, and the place on the map where it has one.

    ``lon`` and ``lat`` are WGS-84 degrees, rounded at birth, and both None without a place.

    Raises
    ------
    InputError
        when a part cannot be.
    """

    name: str
    lon: float | None
    lat: float | None
    device: str
    nonce: str
    text: str = ""

    def __post_init__(self) -> None:
        if (self.lon is None) != (self.lat is None):
            raise InputError(say("a place needs both lon and lat"))
        for name, most in (("lon", 180.0), ("lat", 90.0)) if self.lon is not None else ():
            value = getattr(self, name)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or not abs(value) <= most:  # also refuses NaN
                raise InputError(say("{name} must be a number of degrees", name=name))
            object.__setattr__(self, name, round(float(value), PLACE_DIGITS))
        if not _HASH.fullmatch(self.device):
            raise InputError(say("device must be hashed"))
        named = plain_text(self.name, what=say("name"), longest=LONGEST_NAME, least=1, lines=False)
        object.__setattr__(self, "name", named)
        object.__setattr__(self, "nonce", token(self.nonce, what="nonce"))
        object.__setattr__(
            self, "text", plain_text(self.text, what=say("text"), longest=LONGEST_TEXT)
        )
