"""`yizhan account`: who may log in at /admin."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from data.vocabulary import ROLES
from web.commands.common import answer, common_options, open_workspace, table
from web.commands.help_pages import Group
from web.commands.language import spoken

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from data.accounts import Account


@click.group(cls=Group)
def account() -> None:
    """Make, change, disable and remove the accounts of those who sign in at /admin."""


def _reach_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say for which stations an account works."""
    stations = click.option(
        "--operator",
        "stations",
        multiple=True,
        metavar="STATION",
        help="An operator of this station; again for each.",
    )
    districts = click.option(
        "--district",
        "districts",
        multiple=True,
        metavar="NAME",
        help="A register keeper of this district only; again for each.",
    )
    return stations(districts(command))


@account.command()
@common_options
@click.argument("name")
@_reach_options
@click.option(
    "--role",
    type=click.Choice([term.id for term in ROLES]),
    help="What it may do.  [default: administrator, operator with --operator, "
    "register_keeper with --district]",
)
def add(
    folder: Path,
    name: str,
    stations: tuple[str, ...],
    districts: tuple[str, ...],
    role: str | None,
    *,
    as_json: bool,
) -> None:
    """Make the account NAME; the password is asked for, or the first line of standard input."""
    from web.services.accounts import add_account

    workspace = open_workspace(folder)
    made = add_account(
        workspace,
        name=name,
        role=role,
        stations=stations,
        districts=districts,
        password=_password,
    )
    words = [spoken()("Account {name} may log in at /admin ({role}).", name=name, role=made.role)]
    answer(_figures(made), as_json=as_json, sample=workspace.settings.sample, words=words)


@account.command("role")
@common_options
@click.argument("name")
@click.argument("role", type=click.Choice([term.id for term in ROLES]), metavar="ROLE")
@_reach_options
def role_(
    folder: Path,
    name: str,
    role: str,
    stations: tuple[str, ...],
    districts: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Give the account NAME another ROLE, or other stations or districts; its sessions end."""
    from web.services.accounts import change_role

    workspace = open_workspace(folder)
    made = change_role(workspace, name=name, role=role, stations=stations, districts=districts)
    words = [spoken()("Account {name} is now: {role}.", name=name, role=made.role)]
    answer(_figures(made), as_json=as_json, sample=workspace.settings.sample, words=words)


@account.command()
@common_options
@click.argument("name")
def disable(folder: Path, name: str, *, as_json: bool) -> None:
    """Let nobody log in with the account NAME; its sessions end."""
    from web.services.accounts import disable_account

    workspace = open_workspace(folder)
    disable_account(workspace, name=name)
    words = [spoken()("Account {name} is disabled.", name=name)]
    answer({"name": name}, as_json=as_json, sample=workspace.settings.sample, words=words)


@account.command()
@common_options
@click.argument("name")
def enable(folder: Path, name: str, *, as_json: bool) -> None:
    """Let the disabled account NAME log in again."""
    from web.services.accounts import enable_account

    workspace = open_workspace(folder)
    enable_account(workspace, name=name)
    words = [spoken()("Account {name} may log in again.", name=name)]
    answer({"name": name}, as_json=as_json, sample=workspace.settings.sample, words=words)


@account.command("list")
@common_options
def list_(folder: Path, *, as_json: bool) -> None:
    """Show the accounts."""
    from web.services.accounts import accounts_of

    workspace = open_workspace(folder)
    accounts = accounts_of(workspace)
    figures = {"accounts": [_figures(one) for one in accounts]}
    t = spoken()
    rows = [
        (
            one.name,
            one.role,
            " ".join((*one.stations, *one.districts)),
            t("disabled") if one.disabled else "",
        )
        for one in accounts
    ]
    headings = (t("Account"), t("Role"), t("Stations or districts"), t("State"))
    words = [table(headings, rows, left=4)] if rows else [t("No accounts yet.")]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@account.command()
@common_options
@click.argument("name")
def remove(folder: Path, name: str, *, as_json: bool) -> None:
    """Remove the account NAME; its sessions end."""
    from web.services.accounts import remove_account

    workspace = open_workspace(folder)
    remove_account(workspace, name=name)
    words = [spoken()("Account {name} is removed.", name=name)]
    answer({"name": name}, as_json=as_json, sample=workspace.settings.sample, words=words)


@account.command()
@common_options
@click.argument("name")
def password(folder: Path, name: str, *, as_json: bool) -> None:
    """Change the password of the account NAME; its sessions end."""
    from web.services.accounts import change_password

    workspace = open_workspace(folder)
    change_password(workspace, name=name, password=_password)
    words = [spoken()("The password of {name} is changed.", name=name)]
    answer({"name": name}, as_json=as_json, sample=workspace.settings.sample, words=words)


def _figures(made: Account) -> dict[str, object]:
    return {
        "name": made.name,
        "role": made.role,
        "stations": list(made.stations),
        "districts": list(made.districts),
        "disabled": made.disabled,
    }


def _password() -> str:
    """Ask for a password twice; of a stream that is no terminal the first line is taken."""
    from web.site.passwords import MOST_SIGNS

    if sys.stdin.isatty():
        return _asked_twice()
    return sys.stdin.readline(MOST_SIGNS + 2).rstrip("\r\n")


def _asked_twice() -> str:
    t = spoken()
    while True:
        first: str = click.prompt(t("Password"), hide_input=True, err=True)
        again: str = click.prompt(t("Repeat for confirmation"), hide_input=True, err=True)
        if first == again:
            return first
        click.echo(t("The two are not the same: once more."), err=True)
