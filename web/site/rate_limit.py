"""Who asks, without knowing who: counters by a keyed hash of the address, and our own pages only.

An address is never stored or logged. What asks for something is counted in memory, by a hash whose
key the process made for itself. What posts or signs in is counted for all processes in the database
(`data.database.attempts`), by a hash with a key of the workspace, for an hour at most.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from werkzeug.exceptions import Forbidden, TooManyRequests

from data.workspace_key import workspace_key
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Request

_KEY: Final = secrets.token_bytes(32)
_NETWORK_BITS: Final = 56  # what providers give an IPv6 household


class Limiter:
    """At most so many a period from one key, and so many from all.

    Parameters
    ----------
    most, period_s
        how many one key may take in any period of so many seconds.
    most_overall
        how many all keys together may take; this bounds the memory, too.
    clock
        seconds that never go back.
    """

    def __init__(
        self,
        *,
        most: int,
        period_s: float,
        most_overall: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most
        self._period_s = period_s
        self._most_overall = most_overall
        self._clock = clock
        self._lock = threading.Lock()
        self._all: deque[tuple[float, str]] = deque()
        self._counts: dict[str, deque[float]] = {}

    def take(self, key: str) -> float:
        """Take one; returns 0, or after how many seconds to ask again (then none was taken)."""
        with self._lock:
            now = self._forget()
            mine = self._counts.get(key, deque())
            if len(mine) >= self._most:
                return self._period_s - (now - mine[0])
            if len(self._all) >= self._most_overall:
                return self._period_s - (now - self._all[0][0])
            self._all.append((now, key))
            self._counts.setdefault(key, deque()).append(now)
            return 0.0

    def _forget(self) -> float:
        """Forget what is older than a period; returns the moment."""
        now = self._clock()
        while self._all and now - self._all[0][0] >= self._period_s:
            _, old = self._all.popleft()
            self._counts[old].popleft()
            if not self._counts[old]:
                del self._counts[old]
        return now


def visitor(request: Request) -> str:
    """Return a key for the visitor's address that means nothing outside of this process."""
    return hmac.new(_KEY, network_of(request).encode(), hashlib.sha256).hexdigest()


def hashed_address(folder: Path, address: str) -> str:
    """Return a key for an address that means nothing without the workspace's own key."""
    return keyed_hash(folder, f"address\n{address}")


def keyed_hash(folder: Path, text: str) -> str:
    """Return a hash of a text with the key that a workspace has for attempts."""
    key = workspace_key(folder, "attempts")
    return hmac.new(key, text.encode(errors="replace"), hashlib.sha256).hexdigest()


def network_of(request: Request) -> str:
    """Return the visitor's address, of IPv6 the network of its household: to be hashed only.

    Behind a proxy on the same machine (loopback or a socket file) the last address that the proxy
    wrote into X-Forwarded-For counts; a header from anywhere else is not believed.
    """
    address = request.remote_addr or ""
    if _is_local(address):
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        address = forwarded or address
    return _network(address)


def refuse_when_full(limiter: Limiter, key: str) -> None:
    """Count a request, and refuse it (429 with Retry-After) when there were too many."""
    wait_s = limiter.take(key)
    if wait_s > 0:
        raise too_many(wait_s)


def too_many(wait_s: float) -> TooManyRequests:
    """Return the refusal that says after how many seconds to ask again."""
    seconds = max(1, round(wait_s))
    return TooManyRequests(
        f"too many requests: try again in {seconds} seconds", retry_after=seconds
    )


def refuse_foreign(request: Request, *, form: bool = False) -> None:
    """Refuse a request that a page of another site made a browser send (403).

    Browsers say where a request comes from; one that says nothing is no browser of today, and
    carries nobody's cookies. Our pages send no referrer, so the ``form`` of an older browser has
    the origin "null"; such a form stands by its token alone.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    unsaid = origin is None or (origin == "null" and (form or site is not None))
    ours = unsaid or urlsplit(origin or "").netloc == request.host
    if site not in {None, "same-origin", "none"} or not ours:
        raise Forbidden(say("only our own pages may send this"))


def _is_local(address: str) -> bool:
    if not address:
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _network(address: str) -> str:
    """Return the address, of IPv6 its network; an unreadable one as it is."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(read, ipaddress.IPv6Address):
        if read.ipv4_mapped is not None:
            return str(read.ipv4_mapped)
        return str(ipaddress.ip_network((int(read), _NETWORK_BITS), strict=False))
    return str(read)
