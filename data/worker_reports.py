"""What workers say of a station: reports without an account, and the rules by which they count.

A report holds no position and no address of its sender. Two reports come from one device when their
hashes are equal; the hash is keyed and made for one station (`device_hash`), so that nobody can
follow a device from station to station, and is erased after `DEVICE_KEPT_DAYS`.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from data.hours import parse_hours
from data.plain_text import plain_text
from data.vocabulary import FACILITIES, FACILITIES_BY_ID, quote, unknown_word
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

FINE: Final = "fine"
#: locked in posted hours; something broken; let nobody in; stands elsewhere; other hours posted.
COMPLAINTS: Final = ("locked", "broken", "no_entry", "moved", "new_hours")
WHATS: Final = (*COMPLAINTS, FINE)
#: Complaints for which a station serves nobody in effect while its ticket is open. A broken
#: facility with a name is left out: the register says that it is broken.
DOUBTING: Final = ("locked", "no_entry", "moved", "broken")

#: So many devices must say the same before a station turns amber and its operator is asked.
DEVICES_FOR_AMBER: Final = 2
#: The devices must have been there within so many days of each other.
WINDOW_DAYS: Final = 14
#: So many devices that found all fine since the last complaint settle what was not amber yet.
FINE_TO_SETTLE: Final = 2
#: A report may be this old when it arrives (it waited on a phone without network) …
OLDEST_DAYS: Final = 30
#: … and its clock this much ahead.
AHEAD: Final = timedelta(days=1)
#: The device's hash is erased after so many days; longer than a late report and the window.
DEVICE_KEPT_DAYS: Final = 45
LONGEST_TEXT: Final = 500
LONGEST_HOURS: Final = 200
#: A place is kept to so many digits of a degree, about ten metres, as those of proposals are.
PLACE_DIGITS: Final = 4
#: n devices that agree count 1 - 0.5 ** n as a statement of the register (0.5, 0.75, 0.875 …).
ONE_DEVICE: Final = 0.5
#: "All fine" is written into the register when it raises what is known by at least so much.
LEAST_RISE: Final = 0.1

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_UNICODE: Final = re.compile(r"[^\x00\ud800-\udfff]{1,500}")  # what every database can hold
_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none looks like another


@dataclass(frozen=True)
class WorkerReport:
    """What one worker saw at one station.

    ``what`` is one of `WHATS`; ``facility`` (an id, or empty) only with "broken"; ``seen_at`` is
    kept to the minute; ``device`` is what `device_hash` gave; ``nonce`` is new for each report.
    ``said`` is the value that the register should have: "hours" with "new_hours", "lon" and "lat"
    (WGS-84, where somebody tapped the map) with "moved", else empty.

    Raises
    ------
    InputError
        when a part cannot be.
    """

    station: str
    what: str
    seen_at: datetime
    device: str
    nonce: str
    facility: str = ""
    text: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.station, str) or not _UNICODE.fullmatch(self.station):
            raise InputError(say("station must be the id of a station"))
        if self.what not in WHATS:
            raise InputError(
                say(
                    "what {what} is none of {known}",
                    what=quote(str(self.what)),
                    known=", ".join(WHATS),
                )
            )
        if not isinstance(self.facility, str):
            raise InputError(say("facility must be text"))
        if self.facility and self.what != "broken":
            raise InputError(say('facility can only be said with what "broken"'))
        if self.facility and self.facility not in FACILITIES_BY_ID:
            raise InputError(unknown_word(self.facility, FACILITIES, what=say("facility")))
        if self.seen_at.tzinfo is None:
            raise InputError(say("when must say its zone"))
        object.__setattr__(self, "said", _checked_said(self.what, self.said))
        if not _HASH.fullmatch(self.device):
            raise InputError(say("device must be hashed"))
        object.__setattr__(self, "nonce", token(self.nonce, what="nonce"))
        object.__setattr__(
            self, "text", plain_text(self.text, what=say("text"), longest=LONGEST_TEXT)
        )
        minute = self.seen_at.astimezone(UTC).replace(second=0, microsecond=0)
        object.__setattr__(self, "seen_at", minute)


def _checked_said(what: str, said: Mapping[str, object]) -> dict[str, str | float]:
    """Return the value that a report gives, checked; a place rounded."""
    given = {name: value for name, value in said.items() if value is not None}
    if not given:
        return {}
    if what == "new_hours" and set(given) == {"hours"}:
        hours = plain_text(given["hours"], what=say("hours"), longest=LONGEST_HOURS, least=1)
        if not parse_hours(hours).known:
            raise InputError(say("hours {hours} cannot be read", hours=quote(hours)))
        return {"hours": hours}
    if what == "moved" and set(given) == {"lon", "lat"}:
        return {name: _degrees(given[name], what=name) for name in ("lon", "lat")}
    raise InputError(say('hours go with what "new_hours", lon and lat with what "moved"'))


def _degrees(value: object, *, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(say("{what} must be a number of degrees", what=what))
    return round(float(value), PLACE_DIGITS)


def token(text: object, *, what: str) -> str:
    """Return a random id that a phone made: 16 to 64 letters, digits, ``_`` or ``-``."""
    if not isinstance(text, str) or not _TOKEN.fullmatch(text):
        raise InputError(say("{what} must be 16 to 64 letters, digits, _ or -", what=what))
    return text


def device_hash(device: object, about: str, *, key: bytes) -> str:
    """Return the keyed hash of a device for one station (or "proposals"), as 64 hex signs."""
    said = f"{token(device, what='device')}\n{about}"
    return hmac.new(key, said.encode(errors="replace"), hashlib.sha256).hexdigest()


def read_when(text: object, *, now: datetime) -> datetime:
    """Read when something was seen: ISO 8601 with a zone; a little ahead is now.

    Raises
    ------
    InputError
        when it is no such text, lies more than a day ahead, or more than 30 days back.
    """
    try:
        when = datetime.fromisoformat(text) if isinstance(text, str) and len(text) < 40 else None  # noqa: PLR2004 - longer than any moment
    except ValueError:
        when = None
    if when is None or when.tzinfo is None:
        raise InputError(
            say("when must be a moment with its zone, such as 2026-11-23T10:05:00+08:00")
        )
    try:
        moment = when.astimezone(UTC)
    except OverflowError:
        raise InputError(say("when lies outside of time")) from None
    if moment > now + AHEAD:
        raise InputError(say("when lies in the future: check the phone's clock"))
    if moment < now - timedelta(days=OLDEST_DAYS):
        raise InputError(
            say("when lies more than {days} days back: too old to count", days=OLDEST_DAYS)
        )
    return min(moment, now)


def agreement(devices: int) -> float:
    """Return what a statement counts that so many devices make: 1 - 0.5 ** n."""
    return float(1.0 - (1.0 - ONE_DEVICE) ** devices)


def written_number(random: bytes) -> str:
    """Write 30 random bits as a ticket's number, such as "7K3F-92"."""
    signs = "".join(_SIGNS[byte % len(_SIGNS)] for byte in random[:6])
    return f"{signs[:4]}-{signs[4:]}"


def read_number(text: str) -> str | None:
    """Read a ticket's number as people type it; None when it cannot be one."""
    plain = text.upper().replace("-", "").replace(" ", "")
    signs = plain.translate(str.maketrans("OIL", "011"))
    if len(signs) != 6 or any(sign not in _SIGNS for sign in signs):  # noqa: PLR2004 - as written
        return None
    return f"{signs[:4]}-{signs[4:]}"
