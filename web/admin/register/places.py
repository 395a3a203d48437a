"""Where an account may put a station: nowhere outside of its districts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.errors import InputError
from geo.messages import say
from web.admin.routes import is_allowed_at

if TYPE_CHECKING:
    from collections.abc import Mapping


def refuse_elsewhere(said: Mapping[str, Any]) -> None:
    """Refuse a place that is not in the account's districts (InputError); no place is none."""
    if "lon" in said and not is_allowed_at(said["lon"], said["lat"]):
        raise InputError(say("the place lies outside of the districts of this account"))
