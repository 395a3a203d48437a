"""What the public pages are drawn on and where they are found: a city's choice of base map."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from data.vocabulary import quote
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

PROVIDERS: Final = ("roads", "tianditu", "amap")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{0,64}")
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/?")
_HOST: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?")
_MOST_HOSTS: Final = 40
_LONGEST_NUMBER: Final = 60


@dataclass(frozen=True)
class BaseMapSettings:
    """The base map of the public page.

    ``provider`` is "roads" (the city's own, no other host is asked), "tianditu" (with the
    operator's ``key``) or "amap"; ``review_number`` the 审图号 that the map shows, empty for none.

    Raises
    ------
    InputError
        when the provider is not known, or needs a key, or the key is none.
    """

    provider: str = "roads"
    key: str = ""
    review_number: str = ""

    def __post_init__(self) -> None:
        if self.provider not in PROVIDERS:
            raise InputError(
                say(
                    "base_map.provider {provider} is none of {providers}",
                    provider=quote(self.provider),
                    providers=", ".join(PROVIDERS),
                )
            )
        if not _KEY.fullmatch(self.key):
            raise InputError(
                say("base_map.key must be the letters and digits that the provider gave")
            )
        if self.provider == "tianditu" and not self.key:
            raise InputError(say("base_map.key is needed: console.tianditu.gov.cn gives one"))
        if len(self.review_number) > _LONGEST_NUMBER:
            raise InputError(
                say(
                    "base_map.review_number is longer than {longest_number} signs",
                    longest_number=_LONGEST_NUMBER,
                )
            )


def read_base_map(table: object) -> BaseMapSettings:
    """Read the table ``[base_map]``."""
    if not isinstance(table, dict):
        raise InputError(say("base_map must be a table: write it as [base_map]"))
    said: Mapping[str, Any] = table
    for name, value in said.items():
        if not isinstance(value, str):
            raise InputError(say("base_map.{name} must be text in quotes", name=name))
    return BaseMapSettings(**{str(name): value for name, value in said.items()})


def check_address(address: object) -> str:
    """Return the public address without its last slash; InputError when it is none."""
    if not isinstance(address, str) or (address and not _ADDRESS.fullmatch(address)):
        raise InputError(
            say("public_address must be like https://yizhan.example.cn, without a path")
        )
    return address.rstrip("/")


def check_hosts(hosts: object) -> tuple[str, ...]:
    """Return the names by which the server is known, in small letters; InputError for others."""
    if not isinstance(hosts, list) or len(hosts) > _MOST_HOSTS:
        raise InputError(
            say("trusted_hosts must be a list of at most {most} names", most=_MOST_HOSTS)
        )
    for host in hosts:
        if not isinstance(host, str) or not _HOST.fullmatch(host) or ".." in host:
            raise InputError(
                say(
                    "trusted_hosts: {host} is no name of a server, such as yizhan.example.cn, "
                    "without https:// and port",
                    host=quote(str(host)),
                )
            )
    return tuple(host.lower() for host in hosts)
