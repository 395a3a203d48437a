"""The accounts of those who look after reports: made, listed, removed, their passwords changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.accounts import Account
from data.permissions import is_bound
from data.report_book import ReportBook
from data.vocabulary import ROLES
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
) -> Account:
    """Make an account and return it.

    ``role`` None takes the first of the table that fits: one bound to stations where some are
    named, else one for all. ``password`` is asked for it once name, role and stations are known to
    be possible.

    Raises
    ------
    InputError
        when name, role, stations or password cannot be, or the name is taken.
    """
    role = role or next(term.id for term in ROLES if is_bound(term.id) == bool(stations))
    Account(name, "", role, stations)
    made = Account(name, hash_password(password()), role, stations)
    ReportBook(workspace).accounts.add(made, by=OWNER)
    return made


def accounts_of(workspace: Workspace) -> tuple[Account, ...]:
    """Return the accounts by name."""
    return ReportBook(workspace).accounts.accounts()


def remove_account(workspace: Workspace, *, name: str) -> None:
    """Take an account away; its sessions end (InputError when there is none)."""
    ReportBook(workspace).accounts.remove(name, by=OWNER)


def change_password(workspace: Workspace, *, name: str, password: Callable[[], str]) -> None:
    """Change a password; the sessions of the account end.

    Raises
    ------
    InputError
        when there is no account ``name``, before the password is asked for, or it cannot be.
    """
    accounts = ReportBook(workspace).accounts
    if accounts.account(name) is None:
        raise InputError(say("there is no account {name}", name=name[:40]))
    accounts.set_password(name, hash_password(password()), by=OWNER)
