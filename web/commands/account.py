"""`yizhan account`: who may log in at /admin."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from data.accounts import MODERATOR, OPERATOR, Account
from data.report_book import ReportBook
from geo.errors import InputError
from geo.messages import say
from web.commands.common import answer, common_options, open_workspace, table
from web.site.passwords import MOST_SIGNS, hash_password

if TYPE_CHECKING:
    from pathlib import Path

_BY = "command line"


@click.group()
def account() -> None:
    """Make and remove the accounts of moderators and operators."""


@account.command()
@common_options
@click.argument("name")
@click.option(
    "--operator",
    "stations",
    multiple=True,
    metavar="STATION",
    help="An operator of this station, not a moderator of all; again for each.",
)
def add(folder: Path, name: str, stations: tuple[str, ...], *, as_json: bool) -> None:
    """Make the account NAME; the password is asked for, or the first line of standard input."""
    workspace = open_workspace(folder)
    role = OPERATOR if stations else MODERATOR
    Account(name, "", role, stations)  # refuses what cannot be before the password is asked for
    made = Account(name, hash_password(_password()), role, stations)
    ReportBook(workspace).accounts.add(made, by=_BY)
    words = [f"Account {name} may log in at /admin ({role})."]
    figures = {"name": name, "role": role, "stations": list(stations)}
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@account.command("list")
@common_options
def list_(folder: Path, *, as_json: bool) -> None:
    """Show the accounts."""
    workspace = open_workspace(folder)
    accounts = ReportBook(workspace).accounts.accounts()
    figures = {
        "accounts": [
            {"name": one.name, "role": one.role, "stations": list(one.stations)} for one in accounts
        ]
    }
    rows = [(one.name, one.role, " ".join(one.stations)) for one in accounts]
    words = [table(("Account", "Role", "Stations"), rows, left=3)] if rows else ["No accounts yet."]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@account.command()
@common_options
@click.argument("name")
def remove(folder: Path, name: str, *, as_json: bool) -> None:
    """Remove the account NAME; its sessions end."""
    workspace = open_workspace(folder)
    ReportBook(workspace).accounts.remove(name, by=_BY)
    words = [f"Account {name} is removed."]
    answer({"name": name}, as_json=as_json, sample=workspace.settings.sample, words=words)


@account.command()
@common_options
@click.argument("name")
def password(folder: Path, name: str, *, as_json: bool) -> None:
    """Change the password of the account NAME; its sessions end."""
    workspace = open_workspace(folder)
    accounts = ReportBook(workspace).accounts
    if accounts.account(name) is None:
        raise InputError(say("there is no account {name}", name=name[:40]))
    accounts.set_password(name, hash_password(_password()), by=_BY)
    words = [f"The password of {name} is changed."]
    answer({"name": name}, as_json=as_json, sample=workspace.settings.sample, words=words)


def _password() -> str:
    """Ask for a password twice; of a stream that is no terminal the first line is taken."""
    if sys.stdin.isatty():
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    return sys.stdin.readline(MOST_SIGNS + 2).rstrip("\r\n")
