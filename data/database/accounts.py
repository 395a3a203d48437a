"""The accounts of those who work behind the sign-in, in the database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.accounts import Account
from data.database import clock
from data.database.audit import desk_rows, note
from data.database.schema import ACCOUNTS, STATIONS
from data.permissions import ADMINISTRATOR
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from data.database.backend import Backend

_C: Final = ACCOUNTS.c


class Accounts:
    """The accounts of one workspace, the same on SQLite and PostgreSQL.

    The last administrator that works is neither removed nor disabled nor given another role.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def add(self, account: Account, *, by: str) -> None:
        """Make an account (InputError when its name is taken or a station is not there)."""
        with self._backend.transaction(write=True) as connection:
            if _read(connection, account.name) is not None:
                raise InputError(
                    say("account {name} is there already: remove it first", name=account.name)
                )
            _check_stations(connection, account)
            connection.execute(
                sa.insert(ACCOUNTS).values(
                    name=account.name,
                    password_hash=account.password_hash,
                    epoch=account.epoch,
                    made_at=clock.moment_text(clock.now()),
                    disabled_at="",
                    **_reach(account),
                )
            )
            detail = _reach_words(account)
            note(connection, who=by, action="add account", subject=account.name, detail=detail)

    def remove(self, name: str, *, by: str) -> None:
        """Take an account away; its sessions end.

        Raises
        ------
        InputError
            when there is none, or it is the last administrator that works.
        """
        with self._backend.transaction(write=True) as connection:
            _keep_administrator(connection, _there(connection, name))
            connection.execute(sa.delete(ACCOUNTS).where(_C.name == name))
            note(connection, who=by, action="remove account", subject=name)

    def change_role(self, account: Account, *, by: str) -> None:
        """Give the account of this name its role, stations and districts; its sessions end.

        Raises
        ------
        InputError
            when there is none, a station is not there, or nobody else would be an administrator.
        """
        with self._backend.transaction(write=True) as connection:
            before = _there(connection, account.name)
            if account.role != ADMINISTRATOR:
                _keep_administrator(connection, before)
            _check_stations(connection, account)
            values = {**_reach(account), "epoch": _C.epoch + 1}
            detail = f"{_reach_words(before)} -> {_reach_words(account)}"
            _change(connection, account.name, values, by=by, action="change role", detail=detail)

    def disable(self, name: str, *, by: str) -> None:
        """Let nobody sign in with an account any more; its sessions end.

        Raises
        ------
        InputError
            when there is none, it is disabled, or it is the last administrator that works.
        """
        with self._backend.transaction(write=True) as connection:
            before = _there(connection, name)
            if before.disabled:
                raise InputError(say("account {name} is disabled already", name=name))
            _keep_administrator(connection, before)
            now = clock.moment_text(clock.now())
            values = {"disabled_at": now, "epoch": _C.epoch + 1}
            _change(connection, name, values, by=by, action="disable account")

    def enable(self, name: str, *, by: str) -> None:
        """Let an account sign in again (InputError when there is none, or it is not disabled)."""
        with self._backend.transaction(write=True) as connection:
            if not _there(connection, name).disabled:
                raise InputError(say("account {name} is not disabled", name=name))
            _change(connection, name, {"disabled_at": ""}, by=by, action="enable account")

    def set_password(self, name: str, password_hash: str, *, by: str) -> None:
        """Change a password; all sessions of the account end."""
        values = {"password_hash": password_hash, "epoch": _C.epoch + 1}
        with self._backend.transaction(write=True) as connection:
            _change(connection, name, values, by=by, action="change password")

    def end_sessions(self, name: str, *, by: str) -> None:
        """End all sessions of an account."""
        with self._backend.transaction(write=True) as connection:
            _change(connection, name, {"epoch": _C.epoch + 1}, by=by, action="logout")

    def account(self, name: str) -> Account | None:
        """Return one account; None when there is none of this name."""
        rows = desk_rows(self._backend, sa.select(ACCOUNTS).where(_C.name == name))
        return _account(rows[0]) if rows else None

    def accounts(self) -> tuple[Account, ...]:
        """Return the accounts by name."""
        query = sa.select(ACCOUNTS).order_by(_C.name)
        return tuple(_account(row) for row in desk_rows(self._backend, query))


def _change(
    connection: sa.Connection,
    name: str,
    values: dict[str, Any],
    *,
    by: str,
    action: str,
    detail: str = "",
) -> None:
    done = connection.execute(sa.update(ACCOUNTS).where(_C.name == name).values(values))
    if done.rowcount != 1:
        raise InputError(say("there is no account {name}", name=name[:40]))
    note(connection, who=by, action=action, subject=name, detail=detail)


def _keep_administrator(connection: sa.Connection, account: Account) -> None:
    """Refuse to lose the last administrator who can sign in; writers wait for each other."""
    if account.role != ADMINISTRATOR or account.disabled:
        return
    others = sa.select(_C.name).where(
        (_C.role == ADMINISTRATOR) & (_C.disabled_at == "") & (_C.name != account.name)
    )
    if connection.execute(others.limit(1)).first() is None:
        raise InputError(
            say(
                "account {name} is the last administrator: make another one first",
                name=account.name,
            )
        )


def _check_stations(connection: sa.Connection, account: Account) -> None:
    if not account.stations:
        return
    there = set(connection.execute(sa.select(STATIONS.c.id)).scalars())
    for station in account.stations:
        if station not in there:
            raise InputError(say("station {station} is not in the register", station=station[:80]))


def _reach(account: Account) -> dict[str, str]:
    """Return the columns that say what an account may, and where."""
    return {
        "role": account.role,
        "station_ids": json.dumps(list(account.stations), ensure_ascii=False),
        "districts": json.dumps(list(account.districts), ensure_ascii=False),
    }


def _reach_words(account: Account) -> str:
    return " ".join((account.role, *account.stations, *account.districts))


def _there(connection: sa.Connection, name: str) -> Account:
    row = _read(connection, name)
    if row is None:
        raise InputError(say("there is no account {name}", name=name[:40]))
    return _account(row)


def _read(connection: sa.Connection, name: str) -> Any:  # noqa: ANN401 - a row of a query, or None
    return connection.execute(sa.select(ACCOUNTS).where(_C.name == name)).one_or_none()


def _account(row: Any) -> Account:  # noqa: ANN401 - a row of a query
    # Without districts it is of a database from before them: its moderators did everything, which
    # step 0008 calls an administrator.
    is_old = row.districts is None
    return Account(
        name=row.name,
        password_hash=row.password_hash,
        role=ADMINISTRATOR if is_old and row.role == "moderator" else row.role,
        stations=tuple(json.loads(row.station_ids)),
        epoch=row.epoch,
        districts=() if is_old else tuple(json.loads(row.districts)),
        disabled=bool(row.disabled_at),
    )
