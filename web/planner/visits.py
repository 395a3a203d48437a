"""Who asks: the session of /plan, what the account may do here, and the token of what it sends.

A request that changes something carries the token of its session in the header `TOKEN`; a page
gets it from `form_token_here`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import g, request
from werkzeug.exceptions import Forbidden, Unauthorized

from data.report_book import ReportBook
from data.workspace_key import workspace_key
from geo.messages import say
from web.site.city import city_here
from web.site.rate_limit import refuse_foreign
from web.site.sessions import (
    PLAN_COOKIE,
    account_of,
    form_token,
    is_form_token,
    new_visit,
    read_visit,
)

if TYPE_CHECKING:
    from data.accounts import Account
    from data.permissions import Act

TOKEN: Final = "X-Form-Token"  # noqa: S105 - the name of a header


def find_visit() -> Account | None:
    """Find the session of a request and whose it is; None where nobody is signed in."""
    city = city_here()
    g.session_key = workspace_key(city.folder, "sessions")
    found = read_visit(request, key=g.session_key, cookie=PLAN_COOKIE)
    g.visit = found or new_visit(key=g.session_key)
    accounts = ReportBook(city.workspace()).accounts
    g.account = account_of(g.visit, accounts, key=g.session_key)
    found_account: Account | None = g.account
    return found_account


def let_in(act: Act | None) -> None:
    """Refuse who may not do an act (401, 403), and what our own pages did not send (403)."""
    account = find_visit()
    if request.method not in {"GET", "HEAD"}:
        refuse_foreign(request)
        token = request.headers.get(TOKEN, "")
        if account is not None and not is_form_token(token, g.visit, key=g.session_key):
            raise Forbidden(say("the page has expired: load it again"))
    if account is None:
        raise Unauthorized(say("sign in at /admin/login first"))
    if act is None or not account.may(act):
        raise Forbidden(say("this account may not do that: ask an administrator"))


def account_here() -> Account:
    """Return who is signed in."""
    account: Account = g.account
    return account


def form_token_here() -> str:
    """Return what the scripts of a page send along in the header `TOKEN`."""
    return form_token(g.visit, key=g.session_key)
