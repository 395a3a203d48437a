"""Inspection rounds: which stations somebody visits by when, and what was found there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from data.plain_text import plain_text
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

MOST_STOPS: Final = 200
LONGEST_NAME: Final = 80
LONGEST_NOTE: Final = 500
LONGEST_NONCE: Final = 64
#: Whose statements those of a visit are, in the history.
SOURCE: Final = "inspector"
#: In `Visit.conflicts` of a station that had left the register.
GONE: Final = "id"


@dataclass(frozen=True)
class Round:
    """A list of stations with a day and a person, in the order of the way.

    ``rule`` says in words how they were picked, "" by hand; ``inspector`` is an account's name, ""
    for anybody.
    """

    name: str
    stations: tuple[str, ...]
    due_on: date
    inspector: str = ""
    rule: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.stations) <= MOST_STOPS:
            raise InputError(
                say("a round has 1 to {most} stations: {n}", most=MOST_STOPS, n=len(self.stations))
            )
        if len(set(self.stations)) < len(self.stations):
            raise InputError(say("a round visits each station once"))
        for name, longest, least in (("name", LONGEST_NAME, 1), ("note", LONGEST_NOTE, 0)):
            text = plain_text(
                getattr(self, name), what=name, longest=longest, least=least, lines=name == "note"
            )
            object.__setattr__(self, name, text)


@dataclass(frozen=True)
class Visit:
    """What somebody found at a station.

    ``said`` are columns of a station and "facility.ID", as `Register.observe` takes them; ``nonce``
    is the phone's key, so that a visit that is sent twice counts once.
    """

    station: str
    seen_at: datetime
    nonce: str
    said: Mapping[str, Any]
    note: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.nonce) <= LONGEST_NONCE or not self.nonce.isascii():
            raise InputError(say("a visit needs a key of 1 to {most} signs", most=LONGEST_NONCE))
        note = plain_text(self.note, what="note", longest=LONGEST_NOTE, least=0, lines=True)
        object.__setattr__(self, "note", note)


@dataclass(frozen=True)
class KeptVisit:
    """A visit as it is kept; ``conflicts`` is what was known from a later day, which stayed."""

    id: int
    visit: Visit
    by: str
    received_at: datetime
    conflicts: Mapping[str, Any]

    @property
    def is_of_gone(self) -> bool:
        """Whether the station had left the register when the visit came in."""
        return GONE in self.conflicts


@dataclass(frozen=True)
class KeptRound:
    """A round as it is kept, with the visits of it, the newest of each station last."""

    id: int
    round: Round
    made_at: datetime
    made_by: str
    closed_at: datetime | None
    visits: tuple[KeptVisit, ...]

    @property
    def visited(self) -> frozenset[str]:
        """The stations that were visited."""
        return frozenset(kept.visit.station for kept in self.visits)
