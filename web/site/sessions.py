"""Who is logged in: a signed cookie of the admin pages, and the token that every form carries.

The cookie is signed with a key kept in the workspace, is sent to /admin only, never to a script and
never with a request from another site. Whoever is signed in has the same under another name for
/plan, where planners ask questions: no page of workers or officials gets either. It ends after
eight hours, with the account, with a change of its password and when its owner logs out anywhere.
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
    from data.database.accounts import Accounts

COOKIE: Final = "yizhan_admin"
PATH: Final = "/admin"
PLAN_COOKIE: Final = "yizhan_plan"
PLAN_PATH: Final = "/plan"
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


def read_visit(request: Request, *, key: bytes, cookie: str = COOKIE) -> Visit | None:
    """Return the session of a request; None where there is none, or not one of ours."""
    try:
        told = _serializer(key).loads(request.cookies.get(cookie, ""), max_age=SESSION_S)
    except BadData:
        return None
    return Visit(*told)


def write_visit(response: Response, visit: Visit, *, key: bytes, secure: bool) -> None:
    """Send a session to the browser; over https it never comes back over http."""
    places = {COOKIE: PATH, **({PLAN_COOKIE: PLAN_PATH} if visit.name else {})}
    for name, path in places.items():
        response.set_cookie(
            name,
            str(_serializer(key).dumps([visit.id, visit.name, visit.stamp])),
            path=path,
            httponly=True,
            samesite="Strict",
            secure=secure,
        )


def forget_visit(response: Response) -> None:
    """Take the session out of the browser."""
    for name, path in ((COOKIE, PATH), (PLAN_COOKIE, PLAN_PATH)):
        response.delete_cookie(name, path=path, httponly=True, samesite="Strict")


def account_of(visit: Visit, accounts: Accounts, *, key: bytes) -> Account | None:
    """Return whose session it is; None before anybody signed in, and when it has ended."""
    account = accounts.account(visit.name) if visit.name else None
    if account is None or account.disabled:
        return None
    return account if belongs_to(visit, account, key=key) else None


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
