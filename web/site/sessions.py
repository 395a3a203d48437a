"""Who is logged in: a signed cookie of the admin pages, and the token that every form carries.

The cookie is signed with a key kept in the workspace, is sent to /admin only, never to a script and
never with a request from another site. It ends after eight hours, with the account, with a change
of its password and when its owner logs out anywhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from itsdangerous import BadData, URLSafeTimedSerializer

if TYPE_CHECKING:
    from flask import Request, Response

    from data.accounts import Account

COOKIE: Final = "yizhan_admin"
PATH: Final = "/admin"
SESSION_S: Final = 8 * 3600
_SALT: Final = "admin session"


@dataclass(frozen=True)
class Visit:
    """One session: its random id, and who is logged in (empty before)."""

    id: str
    name: str = ""
    stamp: str = ""


def new_visit(account: Account | None = None, *, key: bytes) -> Visit:
    """Begin a session with a new id; of an account, when somebody logs in."""
    if account is None:
        return Visit(secrets.token_urlsafe(24))
    return Visit(secrets.token_urlsafe(24), account.name, stamp_of(account, key=key))


def read_visit(request: Request, *, key: bytes) -> Visit | None:
    """Return the session of a request; None where there is none, or not one of ours."""
    try:
        told = _serializer(key).loads(request.cookies.get(COOKIE, ""), max_age=SESSION_S)
    except BadData:
        return None
    return Visit(*told)


def write_visit(response: Response, visit: Visit, *, key: bytes, secure: bool) -> None:
    """Send a session to the browser; over https it never comes back over http."""
    response.set_cookie(
        COOKIE,
        str(_serializer(key).dumps([visit.id, visit.name, visit.stamp])),
        path=PATH,
        httponly=True,
        samesite="Strict",
        secure=secure,
    )


def stamp_of(account: Account, *, key: bytes) -> str:
    """Return what changes when the sessions of an account end."""
    told = f"{account.name}\n{account.password_hash}\n{account.epoch}"
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()


def belongs_to(visit: Visit, account: Account, *, key: bytes) -> bool:
    """Tell whether a session still is one of an account."""
    return hmac.compare_digest(visit.stamp, stamp_of(account, key=key))


def form_token(visit: Visit, *, key: bytes) -> str:
    """Return what every form of a session carries, so that no other page can fill it in."""
    return hmac.new(key, f"form\n{visit.id}".encode(), hashlib.sha256).hexdigest()


def is_form_token(text: str, visit: Visit, *, key: bytes) -> bool:
    """Tell whether a form was made for this session."""
    return hmac.compare_digest(text.encode(), form_token(visit, key=key).encode())


def _serializer(key: bytes) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        key, salt=_SALT, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
    )
