"""The accounts in the browser: made, changed, disabled and enabled, and one's own password."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask import request
from werkzeug.exceptions import NotFound

from data.permissions import PERMISSIONS
from data.vocabulary import ROLES
from geo.errors import InputError
from geo.messages import say
from web.admin.page_parts import do, render
from web.admin.routes import account_here, admin, begin_session, book, here, refuse_tries
from web.labels.roles import act_words, reach_words
from web.services import accounts as service
from web.site.city import city_here
from web.site.passwords import LEAST_SIGNS, MOST_SIGNS, is_password

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from data.accounts import Account
    from web.admin.page_parts import Shown


@admin.get("/accounts")
def accounts() -> str:
    """Show the accounts, what each role may, and the form for one more."""
    return _accounts_page()


@admin.post("/accounts/add")
def add_account() -> BaseResponse | Shown:
    """Make an account."""
    name = request.form.get("name", "").strip()
    return do(
        lambda: service.add_account(
            city_here().workspace(),
            name=name,
            password=_new_password,
            by=account_here().name,
            **_reach_of_form(),
        ),
        then=here("admin.accounts", done="account"),
        otherwise=lambda error: _accounts_page(error=error),
    )


@admin.get("/accounts/<name>")
def account(name: str) -> str:
    """Show one account with what can be changed of it."""
    return _account_page(_there(name))


@admin.post("/accounts/<name>/role")
def change_account_role(name: str) -> BaseResponse | Shown:
    """Give an account another role, or other stations or districts; its sessions end."""
    found = _there(name)
    return do(
        lambda: service.change_role(
            city_here().workspace(), name=found.name, by=account_here().name, **_reach_of_form()
        ),
        then=here("admin.accounts", done="role"),
        otherwise=lambda error: _account_page(found, error=error),
    )


@admin.post("/accounts/<name>/password")
def change_account_password(name: str) -> BaseResponse | Shown:
    """Give an account a new password; its sessions end."""
    found = _there(name)
    return do(
        lambda: service.change_password(
            city_here().workspace(),
            name=found.name,
            password=_new_password,
            by=account_here().name,
        ),
        then=here("admin.accounts", done="password"),
        otherwise=lambda error: _account_page(found, error=error),
    )


@admin.post("/accounts/<name>/disable")
def disable_account(name: str) -> BaseResponse | Shown:
    """Let nobody log in with an account."""
    found = _there(name)
    return do(
        lambda: service.disable_account(
            city_here().workspace(), name=found.name, by=account_here().name
        ),
        then=here("admin.accounts", done="disable"),
        otherwise=lambda error: _account_page(found, error=error),
    )


@admin.post("/accounts/<name>/enable")
def enable_account(name: str) -> BaseResponse | Shown:
    """Let an account log in again."""
    found = _there(name)
    return do(
        lambda: service.enable_account(
            city_here().workspace(), name=found.name, by=account_here().name
        ),
        then=here("admin.accounts", done="enable"),
        otherwise=lambda error: _account_page(found, error=error),
    )


@admin.get("/password")
def own_password() -> str:
    """Show the form for one's own password."""
    return _password_page()


@admin.post("/password")
def change_own_password() -> BaseResponse | Shown:
    """Change one's own password; every other session ends, and this one goes on."""
    mine = account_here()
    refuse_tries(mine.name)
    response = do(
        lambda: _change_own(mine),
        then=here("admin.own_password", done="password"),
        otherwise=lambda error: _password_page(error=error),
    )
    changed = book().accounts.account(mine.name)
    if isinstance(response, (str, tuple)) or changed is None:
        return response
    return begin_session(changed, then=response.headers["Location"])


def _change_own(mine: Account) -> None:
    if not is_password(mine, request.form.get("old", "")):
        raise InputError(say("the password until now is not right"))
    service.change_password(
        city_here().workspace(),
        name=mine.name,
        password=_new_password,
        by=mine.name,
    )


def _new_password() -> str:
    """Return a new password, written twice alike (InputError)."""
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise InputError(say("the two new passwords are not the same"))
    return password


def _reach_of_form() -> dict[str, Any]:
    """Read role, stations (one a line, or with commas) and districts."""
    stations = re.split(r"[\n,\uff0c]", request.form.get("stations", ""))
    return {
        "role": request.form.get("role", ""),
        "stations": tuple(dict.fromkeys(filter(None, map(str.strip, stations)))),
        "districts": tuple(dict.fromkeys(request.form.getlist("districts"))),
    }


def _there(name: str) -> Account:
    found = None if "\x00" in name else book().accounts.account(name[:40])
    if found is None:
        raise NotFound
    return found


def _accounts_page(*, error: str = "") -> str:
    return _page("accounts", error=error, lines=book().accounts.accounts(), form=request.form)


def _account_page(found: Account, *, error: str = "") -> str:
    return _page("account", error=error, found=found)


def _page(name: str, **context: Any) -> str:  # noqa: ANN401 - a template takes what it names
    return render(
        name,
        roles=ROLES,
        permissions=PERMISSIONS,
        districts=city_here().workspace().districts.names,
        act_words=act_words,
        reach_words=reach_words,
        signs=(LEAST_SIGNS, MOST_SIGNS),
        **context,
    )


def _password_page(*, error: str = "") -> str:
    return render("password", error=error, signs=(LEAST_SIGNS, MOST_SIGNS))
