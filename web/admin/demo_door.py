"""The door of the demo: one link, printed by `yizhan demo`, that signs a planner in once.

It is there for the generated sample city alone, while the server listens on this machine alone, and
opens for a browser on this machine that asks by its number or as localhost, past no proxy.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import threading
from typing import TYPE_CHECKING, Final

from flask import current_app, request, url_for
from werkzeug.exceptions import NotFound

from data.accounts import Account
from web.admin.routes import admin, begin_session, book
from web.site.city import city_here
from web.site.hosts import host_of
from web.site.passwords import hash_password

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as BaseResponse

NAME: Final = "demo-planner"
_EXTENSION: Final = "yizhan-demo-door"


class Door:
    """A key that opens once."""

    def __init__(self) -> None:
        self.key = secrets.token_urlsafe(24)
        self._lock, self._is_open = threading.Lock(), True

    def open(self, key: str) -> bool:
        """Tell whether this is the key, for the first time."""
        with self._lock:
            opens = self._is_open and hmac.compare_digest(key.encode(), self.key.encode())
            self._is_open = self._is_open and not opens
            return opens


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine and can be reached from no other."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def make_door(app: Flask, *, host: str) -> str:
    """Make the door of a server that listens on ``host``; return its path, "" where none may be."""
    if not is_loopback(host):
        return ""
    door = app.extensions[_EXTENSION] = Door()
    return f"/admin/demo/{door.key}"


@admin.get("/demo/<key>")
def demo_door(key: str) -> BaseResponse:
    """Sign the demo's planner in, once; 404 for everybody else."""
    door: Door | None = current_app.extensions.get(_EXTENSION)
    is_here = is_loopback(request.remote_addr or "") and is_loopback(host_of(request.host) or "")
    is_direct = not {"X-Forwarded-For", "Forwarded"} & set(request.headers.keys())
    if door is None or not city_here().settings.sample or not (is_here and is_direct):
        raise NotFound
    if not door.open(key):
        raise NotFound
    account = book().accounts.account(NAME)
    if account is None:
        nobody_knows = hash_password(secrets.token_urlsafe(32))
        account = Account(NAME, nobody_knows, "planner")
        book().accounts.add(account, by=NAME)
    if account.disabled or account.role != "planner":
        raise NotFound
    return begin_session(account, then=url_for("admin.plans"))
