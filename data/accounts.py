"""The people who look after reports, each in a role of `data.permissions`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.permissions import is_bound, reach_of
from data.vocabulary import ROLES, ROLES_BY_ID, quote
from geo.errors import InputError
from geo.messages import either, say

if TYPE_CHECKING:
    from data.permissions import Act
    from data.vocabulary import Term

_NAME: Final = re.compile(r"\w[\w.-]{0,39}")


@dataclass(frozen=True)
class Account:
    """One account: ``stations`` are those of a role that is bound to some, else empty.

    ``password_hash`` is what `werkzeug.security` made; ``epoch`` grows when every session of the
    account ends.

    Raises
    ------
    InputError
        when the name or role cannot be, or a role that is bound to stations has none.
    """

    name: str
    password_hash: str
    role: str = ROLES[0].id
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
        if self.role not in ROLES_BY_ID:
            known = either(term.id for term in ROLES)
            raise InputError(
                say("role {role} is none: write {known}", role=quote(self.role), known=known)
            )
        if is_bound(self.role) and not self.stations:
            raise InputError(
                say("the role {role} needs stations, of which it sees the reports", role=self.role)
            )
        if self.stations and not is_bound(self.role):
            raise InputError(
                say("the role {role} has no stations of its own: it sees all", role=self.role)
            )

    @property
    def role_term(self) -> Term:
        """The role's names."""
        return ROLES_BY_ID[self.role]

    def may(self, act: Act, station_id: str | None = None) -> bool:
        """Tell whether it does an act for a station, or with None for any station at all."""
        reach = reach_of(self.role, act)
        return reach is not None and (
            reach == "all" or station_id is None or station_id in self.stations
        )

    def stations_for(self, act: Act) -> tuple[str, ...] | None:
        """Return the stations for which it does an act, empty for none; None for all of them."""
        reach = reach_of(self.role, act)
        return None if reach == "all" else self.stations if reach == "own" else ()
