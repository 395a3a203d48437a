"""The people who work behind the sign-in, each in a role of `data.permissions`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.permissions import fields_of, goes_by_district, is_bound, reach_of
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
    account ends; ``districts`` are those of a role that goes by district, empty for all of them;
    nobody signs in with one that is ``disabled``.

    Raises
    ------
    InputError
        when the name or role cannot be, a role that is bound to stations has none, or a role has
        stations or districts that it does not go by.
    """

    name: str
    password_hash: str
    role: str = ROLES[0].id
    stations: tuple[str, ...] = ()
    epoch: int = 0
    districts: tuple[str, ...] = ()
    disabled: bool = False

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
                say("the role {role} has no stations of its own: name none", role=self.role)
            )
        if self.districts and not goes_by_district(self.role):
            raise InputError(say("the role {role} goes by no district: name none", role=self.role))

    @property
    def role_term(self) -> Term:
        """The role's names."""
        return ROLES_BY_ID[self.role]

    @property
    def fields(self) -> frozenset[str] | None:
        """The columns that it says of a station which it may edit; None for all of them."""
        return fields_of(self.role)

    def may(self, act: Act, station_id: str | None = None, *, district: str | None = None) -> bool:
        """Tell whether it does an act for a station, or with None for any station at all.

        ``district`` is that of the station, None outside of all. An account that is kept to
        districts is refused where it is not one of them.
        """
        reach = reach_of(self.role, act)
        if reach is None or station_id is None or reach == "all":
            return reach is not None
        if reach == "own":
            return station_id in self.stations
        return self.may_in(act, district)

    def may_in(self, act: Act, district: str | None) -> bool:
        """Tell whether it does an act for whatever lies in a district; None is outside of all.

        An account with stations of its own does it for those only, wherever they lie: refused.
        """
        reach = reach_of(self.role, act)
        return reach == "all" or (
            reach == "districts" and (not self.districts or district in self.districts)
        )

    def goes_by_district(self, act: Act) -> bool:
        """Tell whether the district of a station decides on an act."""
        return bool(self.districts) and reach_of(self.role, act) == "districts"
