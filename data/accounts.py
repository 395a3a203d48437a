"""The people who look after reports: moderators for the city, operators for their stations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from data.vocabulary import quote
from geo.errors import InputError
from geo.messages import say

MODERATOR: Final = "moderator"
OPERATOR: Final = "operator"
_NAME: Final = re.compile(r"\w[\w.-]{0,39}")


@dataclass(frozen=True)
class Account:
    """One account: ``stations`` are those of an operator, empty for a moderator.

    ``password_hash`` is what `werkzeug.security` made; ``epoch`` grows when every session of the
    account ends.

    Raises
    ------
    InputError
        when the name or role cannot be, or an operator has no station.
    """

    name: str
    password_hash: str
    role: str = MODERATOR
    stations: tuple[str, ...] = ()
    epoch: int = 0

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InputError(
                say(
                    "account {name}: use 1 to 40 letters, digits, dots or hyphens",
                    name=quote(self.name),
                )
            )
        if self.role not in {MODERATOR, OPERATOR}:
            raise InputError(
                say(
                    "role {role} is neither {moderator} nor {operator}",
                    role=quote(self.role),
                    moderator=MODERATOR,
                    operator=OPERATOR,
                )
            )
        if (self.role == OPERATOR) != bool(self.stations):
            raise InputError(say("an operator needs stations, a moderator has none: it sees all"))

    @property
    def is_moderator(self) -> bool:
        """Tell whether it looks after the whole city."""
        return self.role == MODERATOR

    def sees(self, station_id: str) -> bool:
        """Tell whether it looks after a station."""
        return self.is_moderator or station_id in self.stations
