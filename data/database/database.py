"""The database of one workspace: the parts of it, behind one door."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from data.database.contents import Contents, read_contents
from data.database.copying import CopiedTable, copy_database
from data.database.kept_reports import KeptReports
from data.database.organisations import OrganisationRegister
from data.database.postgres import Postgres
from data.database.register import Register
from data.database.results import Result, read_newest_ids, read_results, save_result
from data.database.runs import Runs
from data.database.scenarios import Scenarios
from data.database.schema import (
    EVENTS,
    HEAD,
    IMPORTS,
    ORGANISATIONS,
    RESULTS,
    REVISIONS,
    SITES,
    STATIONS,
    WITH_ORGANISATIONS,
)
from data.database.sites import clear_sites, read_sites, replace_sites
from data.database.sqlite import Sqlite
from data.database.writing import PENDING
from geo.errors import NothingYetError, WorkspaceError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from data.database.backend import Backend
    from data.database.city import Owner
    from data.sites import CandidateSites
    from data.stations import Stations


@dataclass(frozen=True)
class Database:
    """The database of one workspace: the file ``path``, or PostgreSQL where ``url`` is given.

    With an ``owner`` it is that city's only: the first write puts its identity down, and another
    city's database is refused.

    Raises
    ------
    InputError
        when ``url`` names no PostgreSQL database; no message repeats it, for it holds a password.
    """

    path: Path
    url: str | None = field(default=None, repr=False)
    owner: Owner | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        _ = self.backend

    @property
    def backend(self) -> Backend:
        """What reads and writes."""
        if self.url is None:
            return Sqlite(self.path, self.owner)
        return Postgres(self.url, self.owner)

    def create(self) -> None:
        """Make the tables, and the file.

        Raises
        ------
        WorkspaceError
            when it cannot be written, or is a PostgreSQL database that holds a city already.
        """
        backend = self.backend
        if self.url is not None and self._is_used():
            raise WorkspaceError(
                say(
                    "{where}: holds a city already: make a database for each workspace",
                    where=backend.where,
                )
            )
        backend.upgrade(create=True)

    def upgrade(self, *, create: bool = False) -> tuple[str, str]:
        """Bring the schema to this version; returns the revisions before and after.

        ``create`` makes the tables in a PostgreSQL database that has none.
        """
        before = self.backend.revision()
        self.backend.upgrade(create=create and self.url is not None)
        return before, HEAD

    def revision(self) -> str:
        """Return the revision of the schema, "" when there is none."""
        return self.backend.revision()

    def check_city(self) -> None:
        """Refuse the database of another city (WorkspaceError); see `data.database.city`."""
        self.backend.check_city()

    def info(self) -> dict[str, str | int]:
        """Say where the database is, at which step, whose, and how many rows its tables hold.

        "city" is the identity, "" where the database does not know it yet.
        """
        backend = self.backend
        with backend.transaction() as connection:
            there = {"database": backend.kind, "where": backend.where}
            step = backend.read_revision(connection)
            city = backend.city(connection)
            tables = [STATIONS, SITES, RESULTS] if step else []
            tables += [IMPORTS, EVENTS] if step > REVISIONS[0] else []
            tables += [ORGANISATIONS] if step >= WITH_ORGANISATIONS else []
            counts = {
                table.name: connection.execute(
                    sa.select(sa.func.count()).select_from(table)
                ).scalar_one()
                for table in tables
            }
        return {**there, "schema": step, "city": "" if city is None else city.identity, **counts}

    def copy_to(self, where: str) -> tuple[tuple[CopiedTable, ...], str]:
        """Copy everything to another place; see `data.database.copying.copy_database`."""
        return copy_database(self.backend, where)

    def close(self) -> None:
        """Close the connections to a server that are kept for the next call."""
        self.backend.close()

    def register(self) -> Register:
        """Return the register."""
        return Register(self.backend)

    def organisations(self) -> OrganisationRegister:
        """Return the organisations with their history."""
        return OrganisationRegister(self.backend)

    def stations(self) -> Stations:
        """Return the stations of the register (NothingYetError when none were imported)."""
        return self.register().stations()

    def replace_stations(self, stations: Stations) -> None:
        """Put ``stations`` in the place of the register, in one transaction."""
        self.register().replace(stations)

    def sites(self) -> CandidateSites:
        """Return the candidate sites (NothingYetError when none were imported)."""
        sites = read_sites(self.backend)
        if sites is None:
            raise self._no_sites()
        return sites

    def clear_sites(self) -> int:
        """Forget the candidate sites; return how many there were (NothingYetError for none)."""
        forgotten = clear_sites(self.backend)
        if forgotten is None:
            raise self._no_sites()
        return forgotten

    def _no_sites(self) -> NothingYetError:
        return NothingYetError(
            say(
                "{where}: no sites yet: run yizhan sites import FILE --datum …",
                where=self.backend.where,
            )
        )

    def replace_sites(self, sites: CandidateSites) -> None:
        """Put ``sites`` in the place of the candidate sites, in one transaction."""
        replace_sites(self.backend, sites)

    def contents(self, what: str) -> Contents | None:
        """Say what is under "stations", "sites" or "organisations"; None when nothing yet."""
        backend = self.backend
        with backend.transaction() as connection:
            found = read_contents(connection, what)
        if found is not None and found.content_hash.startswith(PENDING):
            found = replace(found, content_hash=_hash(backend, found.content_hash))
        return found

    def save_result(
        self, kind: str, *, inputs: Mapping[str, Any], body: Mapping[str, Any]
    ) -> Result:
        """Keep one answer; earlier ones of its kind stay.

        Raises
        ------
        InputError
            when ``inputs`` or ``body`` cannot be written as JSON (NaN is none).
        WorkspaceError
            when the database cannot be written.
        """
        return save_result(self.backend, kind, inputs=inputs, body=body)

    def results(self, kind: str, *, limit: int = 100) -> tuple[Result, ...]:
        """Return the newest ``limit`` answers of a kind, the newest first."""
        return read_results(self.backend, kind, limit=limit)

    def newest_result_ids(self) -> dict[str, int]:
        """Return the id of the newest answer of each kind that there is, without reading them."""
        return read_newest_ids(self.backend)

    def check_whole(self) -> bool:
        """Look through the whole database; True, or WorkspaceError where it is damaged."""
        self.backend.check_whole()
        return True

    def scenarios(self) -> Scenarios:
        """Return the kept scenarios."""
        return Scenarios(self.backend)

    def kept_reports(self) -> KeptReports:
        """Return the kept reports."""
        return KeptReports(self.backend)

    def runs(self) -> Runs:
        """Return the queue of runs."""
        return Runs(self.backend)

    def _is_used(self) -> bool:
        backend = self.backend
        if not backend.revision():
            return False
        with backend.transaction() as connection:
            if backend.city(connection) is not None:
                return True
        return any(
            self.contents(what) is not None for what in ("stations", "sites", "organisations")
        )


def _hash(backend: Backend, pending: str) -> str:
    return _hash_of(backend.where, pending, _Quiet(backend))


@dataclass(frozen=True)
class _Quiet:
    """A back end that does not count in a cache's key."""

    backend: Backend = field(compare=False)


@functools.lru_cache(maxsize=16)
def _hash_of(_where: str, _pending: str, quiet: _Quiet) -> str:
    """Compute the hash of a register after an observation, once for each state."""
    return Register(quiet.backend).stations().content_hash
