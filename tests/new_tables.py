"""The tables of a new SQLite file by the statements that Alembic gave for the first one.

Alembic takes a tenth of a second to find its steps and to put them into SQL, and the tests make
some hundred files. What it says for an empty file is the same each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from data.database import backend, migrate

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


def repeat_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Alembic make the tables of the first new file only, and of whatever is not new."""
    monkeypatch.setattr(backend, "upgrade", _Repeated(migrate.upgrade))


class _Repeated:
    def __init__(self, upgrade: Callable[[sa.Connection], None]) -> None:
        self._upgrade = upgrade
        self._statements: list[tuple[str, Any]] = []

    def __call__(self, connection: sa.Connection) -> None:
        if connection.dialect.name != "sqlite" or migrate.revision_of(connection):
            self._upgrade(connection)
        elif not self._statements:
            self._statements = self._heard(connection)
        else:
            for statement, values in self._statements:
                connection.exec_driver_sql(statement, values).close()

    def _heard(self, connection: sa.Connection) -> list[tuple[str, Any]]:
        heard: list[tuple[str, Any]] = []

        def hear(_1: object, _2: object, statement: str, values: Any, *_: object) -> None:  # noqa: ANN401 - the driver's
            heard.append((statement, values))

        sa.event.listen(connection, "before_cursor_execute", hear)
        try:
            self._upgrade(connection)
        finally:
            sa.event.remove(connection, "before_cursor_execute", hear)
        return heard
