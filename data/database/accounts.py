"""The accounts of moderators and operators in the database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.accounts import Account
from data.database import clock
from data.database.audit import desk_rows, note
from data.database.schema import ACCOUNTS, STATIONS
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from data.database.backend import Backend

_C: Final = ACCOUNTS.c


class Accounts:
    """The accounts of one workspace, the same on SQLite and PostgreSQL."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def add(self, account: Account, *, by: str) -> None:
        """Make an account (InputError when its name is taken or a station is not there)."""
        with self._backend.transaction(write=True) as connection:
            if _read(connection, account.name) is not None:
                raise InputError(
                    say("account {name} is there already: remove it first", name=account.name)
                )
            there = set(connection.execute(sa.select(STATIONS.c.id)).scalars())
            for station in account.stations:
                if station not in there:
                    raise InputError(
                        say("station {station} is not in the register", station=station[:80])
                    )
            connection.execute(
                sa.insert(ACCOUNTS).values(
                    name=account.name,
                    password_hash=account.password_hash,
                    role=account.role,
                    station_ids=json.dumps(list(account.stations), ensure_ascii=False),
                    epoch=account.epoch,
                    made_at=clock.moment_text(clock.now()),
                    districts="[]",
                    disabled_at="",
                )
            )
            detail = " ".join((account.role, *account.stations))
            note(connection, who=by, action="add account", subject=account.name, detail=detail)

    def remove(self, name: str, *, by: str) -> None:
        """Take an account away; its sessions end (InputError when there is none)."""
        with self._backend.transaction(write=True) as connection:
            done = connection.execute(sa.delete(ACCOUNTS).where(_C.name == name))
            if done.rowcount != 1:
                raise InputError(say("there is no account {name}", name=name[:40]))
            note(connection, who=by, action="remove account", subject=name)

    def set_password(self, name: str, password_hash: str, *, by: str) -> None:
        """Change a password; all sessions of the account end."""
        values = {"password_hash": password_hash, "epoch": _C.epoch + 1}
        self._change(name, values, by=by, action="change password")

    def end_sessions(self, name: str, *, by: str) -> None:
        """End all sessions of an account."""
        self._change(name, {"epoch": _C.epoch + 1}, by=by, action="logout")

    def account(self, name: str) -> Account | None:
        """Return one account; None when there is none of this name."""
        rows = desk_rows(self._backend, sa.select(ACCOUNTS).where(_C.name == name))
        return _account(rows[0]) if rows else None

    def accounts(self) -> tuple[Account, ...]:
        """Return the accounts by name."""
        query = sa.select(ACCOUNTS).order_by(_C.name)
        return tuple(_account(row) for row in desk_rows(self._backend, query))

    def _change(self, name: str, values: dict[str, Any], *, by: str, action: str) -> None:
        with self._backend.transaction(write=True) as connection:
            done = connection.execute(sa.update(ACCOUNTS).where(_C.name == name).values(values))
            if done.rowcount != 1:
                raise InputError(say("there is no account {name}", name=name[:40]))
            note(connection, who=by, action=action, subject=name)


def _read(connection: sa.Connection, name: str) -> Any:  # noqa: ANN401 - a row of a query, or None
    return connection.execute(sa.select(ACCOUNTS).where(_C.name == name)).one_or_none()


def _account(row: Any) -> Account:  # noqa: ANN401 - a row of a query
    return Account(
        name=row.name,
        password_hash=row.password_hash,
        role=row.role,
        stations=tuple(json.loads(row.station_ids)),
        epoch=row.epoch,
    )
