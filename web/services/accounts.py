"""The accounts of those who sign in: made, listed, changed, disabled, removed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from data.accounts import Account
from data.permissions import goes_by_district, is_bound
from data.report_book import ReportBook
from data.vocabulary import ROLES, quote
from geo.errors import InputError
from geo.messages import say
from web.site.passwords import hash_password

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.workspace import Workspace

#: Who acts, in the log: whoever may write into the workspace's folder.
OWNER: Final = "command line"


def add_account(
    workspace: Workspace,
    *,
    name: str,
    password: Callable[[], str],
    role: str | None = None,
    stations: tuple[str, ...] = (),
    districts: tuple[str, ...] = (),
    by: str = OWNER,
) -> Account:
    """Make an account and return it.

    ``role`` None takes the first of the table that fits: one bound to stations where some are
    named, one that goes by district where some are, else an administrator. ``password`` is asked
    for it once all else is known to be possible.

    Raises
    ------
    InputError
        when name, role, stations, districts or password cannot be, or the name is taken.
    """
    role = role or _fitting_role(stations, districts)
    plain = Account(name, "", role, stations, districts=districts)
    _check_districts(workspace, districts)
    made = replace(plain, password_hash=hash_password(password()))
    ReportBook(workspace).accounts.add(made, by=by)
    return made


def change_role(
    workspace: Workspace,
    *,
    name: str,
    role: str,
    stations: tuple[str, ...] = (),
    districts: tuple[str, ...] = (),
    by: str = OWNER,
) -> Account:
    """Give an account another role, or other stations or districts; its sessions end.

    Raises
    ------
    InputError
        when there is no account ``name``, one of the rest cannot be, or it is the last
        administrator.
    """
    changed = Account(name, "", role, stations, districts=districts)
    _check_districts(workspace, districts)
    ReportBook(workspace).accounts.change_role(changed, by=by)
    return changed


def disable_account(workspace: Workspace, *, name: str, by: str = OWNER) -> None:
    """Let nobody sign in with an account; its sessions end.

    Raises
    ------
    InputError
        when there is none, it is disabled already, or it is the last administrator.
    """
    ReportBook(workspace).accounts.disable(name, by=by)


def enable_account(workspace: Workspace, *, name: str, by: str = OWNER) -> None:
    """Let an account sign in again (InputError when there is none, or it is not disabled)."""
    ReportBook(workspace).accounts.enable(name, by=by)


def accounts_of(workspace: Workspace) -> tuple[Account, ...]:
    """Return the accounts by name."""
    return ReportBook(workspace).accounts.accounts()


def remove_account(workspace: Workspace, *, name: str) -> None:
    """Take an account away; its sessions end (InputError: none, or the last administrator)."""
    ReportBook(workspace).accounts.remove(name, by=OWNER)


def change_password(
    workspace: Workspace, *, name: str, password: Callable[[], str], by: str = OWNER
) -> None:
    """Change a password; the sessions of the account end.

    Raises
    ------
    InputError
        when there is no account ``name``, before the password is asked for, or it cannot be.
    """
    accounts = ReportBook(workspace).accounts
    if accounts.account(name) is None:
        raise InputError(say("there is no account {name}", name=name[:40]))
    accounts.set_password(name, hash_password(password()), by=by)


def _fitting_role(stations: tuple[str, ...], districts: tuple[str, ...]) -> str:
    for term in ROLES:
        by_district = goes_by_district(term.id) or not districts
        if is_bound(term.id) == bool(stations) and by_district:
            return term.id
    return ROLES[0].id  # no role has both: the account says so


def _check_districts(workspace: Workspace, districts: tuple[str, ...]) -> None:
    known = workspace.districts.names
    for district in districts:
        if district not in known:
            raise InputError(
                say(
                    "district {district} is none of the city (there are: {known})",
                    district=quote(district[:80]),
                    known=", ".join(known) or say("none"),
                )
            )
