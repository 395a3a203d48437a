"""By which names this server may be asked for."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from data.settings import Settings

_NAME: Final = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_LONGEST: Final = 253


def host_of(asked: str) -> str | None:
    """Return a Host header's name in small letters, without its port; None where it is none.

    An address in numbers comes without its brackets.
    """
    try:
        split = urlsplit(f"//{asked}")
        host, _port = split.hostname, split.port
    except ValueError:
        return None
    if host is None or split.netloc != asked or "@" in asked:
        return None
    if is_number(host):
        return host
    return host if len(host) <= _LONGEST and _NAME.fullmatch(host) else None


def is_number(host: str) -> bool:
    """Tell whether a host is an address in numbers."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_own_name(asked: str, settings: Settings) -> bool:
    """Tell whether a name is one that the operator gave, a number or localhost."""
    host = host_of(asked)
    if host is None:
        return False
    own = {*settings.trusted_hosts, urlsplit(settings.public_address).hostname, "localhost"}
    return is_number(host) or host.rstrip(".") in own


def may_ask(asked: str, settings: Settings) -> bool:
    """Tell whether a request by this name is answered: any real name where none are listed."""
    if settings.trusted_hosts:
        return is_own_name(asked, settings)
    return host_of(asked) is not None
