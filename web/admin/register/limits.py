"""What an account may say of a station: the fields of its role, and places in its districts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.errors import InputError
from geo.messages import say
from web.admin.routes import account_here, is_allowed_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def refuse_beyond(said: Mapping[str, Any]) -> None:
    """Refuse what the account does not say, or a place outside of its districts (InputError)."""
    refuse_fields(said)
    if "lon" in said and not is_allowed_at(said["lon"], said["lat"]):
        raise InputError(say("the place lies outside of the districts of this account"))


def refuse_fields(names: Iterable[str]) -> None:
    """Refuse a field that the account's role does not say of a station (InputError)."""
    fields = account_here().fields
    if fields is None:
        return
    for name in names:
        if (name.startswith("facility.") and "facilities" in fields) or name in fields:
            continue
        raise InputError(
            say(
                "{field}: this account does not say that of a station: ask who keeps the register",
                field=name,
            )
        )
