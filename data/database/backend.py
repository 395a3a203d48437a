"""What a back end of the database can do: transactions, and the few things dialects differ in."""

from __future__ import annotations

import contextlib
import itertools
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from data.database.city import (
    City,
    Owner,
    claim,
    read_city,
    refuse_another,
    refuse_strange_stations,
)
from data.database.migrate import revision_of, upgrade
from data.database.schema import HEAD, REVISIONS, STATIONS, WITH_CITY
from geo.errors import WorkspaceError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import sqlalchemy as sa

    from geo.measure import Box


class Backend(ABC):
    """SQLite or PostgreSQL behind one interface; ``where`` names it in messages."""

    where: str
    kind: str
    #: Whether it is a file of the workspace's folder, which goes where the folder goes.
    in_folder: bool

    def __init__(self, owner: Owner | None) -> None:
        self.owner = owner

    @contextlib.contextmanager
    def transaction(self, *, write: bool = False) -> Iterator[sa.Connection]:
        """Run one transaction; what fails leaves everything as it was (WorkspaceError).

        A database of an older Yizhan is brought up to date before the first write, and one that
        knows no city gets its owner's identity; that of another city is not written to.
        """
        with self.errors_in_words(), self.begin(write=write) as connection:
            revision = self.known(self.read_revision(connection))
            if write and revision != HEAD:
                self._upgrade(connection, revision)
            if write:
                self._claim(connection)
            yield connection

    @contextlib.contextmanager
    def beside_writers(self) -> Iterator[sa.Connection]:
        """Run one short writing transaction beside those of other writers (WorkspaceError).

        A server keeps apart only those that touch the same rows, a file takes one at a time all
        the same. It is for rows that stand for themselves, such as those of the queue.
        """
        with self.transaction() as connection:
            is_ready = self.read_revision(connection) == HEAD
        if not is_ready:
            with self.transaction(write=True):
                pass  # which brings the tables up to date
        with self.errors_in_words(), self.begin(write=True, alone=False) as connection:
            yield connection

    def sharing_reads(self) -> contextlib.AbstractContextManager[None]:
        """Let the reads of this thread share one connection for a while, where opening costs."""
        return contextlib.nullcontext()

    def state_at_rest(self) -> tuple[int, ...] | None:
        """Return what changes with every write, where that can be told without asking; else None.

        What is read after it was told is at least as new as what it stands for.
        """
        return None

    def check_whole(self) -> None:
        """Look whether the database is whole (WorkspaceError); a server looks after its own."""
        with self.transaction() as connection:
            self.read_revision(connection)

    def check_city(self) -> None:
        """Refuse the database of another city than its owner's (WorkspaceError)."""
        with self.errors_in_words(), self.begin() as connection:
            step = self.known(self.read_revision(connection))
            if self.owner is None or not step:
                return
            city = self.city(connection)
            if city is not None:
                refuse_another(city, self.owner, where=self.where, in_folder=self.in_folder)
            elif not self.in_folder:
                refuse_strange_stations(connection, self.owner, where=self.where)

    def city(self, connection: sa.Connection) -> City | None:
        """Return the city that the database belongs to; None where it does not know it yet."""
        return read_city(connection) if self.read_revision(connection) >= WITH_CITY else None

    def _claim(self, connection: sa.Connection) -> None:
        if self.owner is not None:
            claim(connection, self.owner, where=self.where, in_folder=self.in_folder)

    def revision(self) -> str:
        """Return the step at which the schema stands; "" when there are no tables.

        Raises
        ------
        WorkspaceError
            when it was made by a newer Yizhan.
        """
        with self.errors_in_words(), self.begin() as connection:
            return self.known(self.read_revision(connection))

    def read_revision(self, connection: sa.Connection) -> str:
        """Return the step at which the schema stands, known or not."""
        return revision_of(connection)

    def is_first(self, connection: sa.Connection) -> bool:
        """Tell whether the schema is that of the first version, which has no history."""
        return self.read_revision(connection) == REVISIONS[0]

    def known(self, revision: str) -> str:
        """Return a revision that this Yizhan knows, and refuse another."""
        if revision and revision not in REVISIONS:
            raise WorkspaceError(
                say(
                    "{where}: was made by a newer version of Yizhan (its schema is {revision}, "
                    "this version knows {head}): install that version; nothing was changed",
                    where=self.where,
                    revision=revision,
                    head=HEAD,
                )
            )
        return revision

    def upgrade(self, *, create: bool = False) -> None:
        """Bring the schema to this version in one transaction, the data with it.

        Raises
        ------
        WorkspaceError
            when there are no tables and ``create`` is not set, when it was made by a newer Yizhan
            or cannot be written.
        """
        with self.errors_in_words(), self.begin(write=True, create=create) as connection:
            revision = self.known(revision_of(connection))
            if revision != HEAD:
                self._upgrade(connection, revision, create=create)
            self._claim(connection)

    def _upgrade(self, connection: sa.Connection, revision: str, *, create: bool = False) -> None:
        if not revision and not create:
            raise WorkspaceError(
                say(
                    "{where}: holds no tables of Yizhan: {cure}",
                    where=self.where,
                    cure=self.no_tables,
                )
            )
        self.prepare_upgrade(connection)
        upgrade(connection)

    #: The cure where there are no tables.
    no_tables: str

    @abstractmethod
    def begin(
        self, *, write: bool = False, create: bool = False, alone: bool = True
    ) -> contextlib.AbstractContextManager[sa.Connection]:
        """Open a connection for one transaction: committed at the end, undone when it fails.

        A writer that need not be ``alone`` shares a server with others.
        """

    @abstractmethod
    def snapshot(self) -> contextlib.AbstractContextManager[sa.Connection]:
        """Open a connection on which every statement sees the database as it is at one moment."""

    @abstractmethod
    def keep_reading(self) -> contextlib.AbstractContextManager[sa.Connection]:
        """Open a connection on which every statement sees what is committed by then."""

    @abstractmethod
    def errors_in_words(self) -> contextlib.AbstractContextManager[None]:
        """Turn the driver's errors into a WorkspaceError of one line, without a password."""

    def close(self) -> None:  # noqa: B027 - a back end that keeps nothing open has nothing to do
        """Close what is kept open between two calls; SQLite keeps nothing."""

    @abstractmethod
    def prepare_upgrade(self, connection: sa.Connection) -> None:
        """Make what the steps of the schema need."""

    @abstractmethod
    def insert_rows(
        self,
        connection: sa.Connection,
        table: sa.Table,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
    ) -> None:
        """Insert many rows the fastest way there is."""

    @abstractmethod
    def last_number(self, connection: sa.Connection, table: sa.Table) -> int:
        """Return the highest number that a row of a table ever had; 0 where there was none."""

    @abstractmethod
    def set_last_number(self, connection: sa.Connection, table: sa.Table, number: int) -> None:
        """Let the next row of a table have the number after this one."""

    @abstractmethod
    def near(
        self, connection: sa.Connection, lon: float, lat: float, *, count: int
    ) -> list[tuple[str, float, float]]:
        """Return (id, lon, lat) of stations among which the ``count`` nearest are."""

    @abstractmethod
    def in_box(self, connection: sa.Connection, box: Box) -> list[str]:
        """Return the ids of the stations in a box, its edges included, in the register's order."""

    @abstractmethod
    def with_words(
        self, connection: sa.Connection, words: Sequence[str], *, limit: int
    ) -> list[str]:
        """Return the ids of stations with every word in name, address or id.

        Those of that name come first, then those whose name begins so, then by the register.
        """

    def insert_stations(
        self, connection: sa.Connection, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Insert stations, with what finds them by place and word."""
        self.insert_rows(connection, STATIONS, columns, rows)

    def delete_stations(self, connection: sa.Connection, keys: Iterable[int]) -> None:
        """Delete stations by their keys, with what finds them."""
        for some in key_lists(keys):
            connection.exec_driver_sql(f"DELETE FROM stations WHERE key IN ({some})")  # noqa: S608 - whole numbers


def key_lists(keys: Iterable[int]) -> Iterator[str]:
    """Write keys as lists for IN, ten thousand at a time."""
    source = iter(keys)
    while chunk := list(itertools.islice(source, 10_000)):
        yield ", ".join(str(int(key)) for key in chunk)


def like_pattern(word: str) -> str:
    """Return the LIKE pattern of texts that hold ``word`` as it is; the escape is a backslash."""
    for sign in ("\\", "%", "_"):
        word = word.replace(sign, f"\\{sign}")
    return f"%{word}%"
