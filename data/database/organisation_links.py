"""Which organisation hosts or runs a station: the register names it, the list knows the names.

A station's ``host_name`` and ``operator`` are texts, as files hand them in. Such a text means the
organisation of that id, else the one that is called so, else the one that was called so before it
got another name. A name that two of them bear means neither.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from data.database.audit import has_step
from data.database.schema import (
    ORGANISATION_EVENTS,
    ORGANISATIONS,
    STATIONS,
    WITH_HOST_NAMES,
    WITH_ORGANISATIONS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from data.database.backend import Backend

#: How a station may belong to an organisation, and the column that says so.
LINKS: Final[Mapping[str, str]] = MappingProxyType({"hosts": "host_name", "operates": "operator"})


@dataclass(frozen=True)
class LinkedStations:
    """The stations of an organisation by id with their names: those it hosts, those it operates."""

    hosts: tuple[tuple[str, str], ...] = ()
    operates: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class OrganisationNames:
    """The organisations by every word that means one: ``current`` by id, in the order of the list.

    ``former`` has (id, earlier name), of any order.
    """

    current: Mapping[str, str]
    former: tuple[tuple[str, str], ...] = ()

    @cached_property
    def _meant(self) -> Mapping[str, str | None]:
        # Of the three the later overrides: earlier names, names, ids.
        meant = _of_one_only(self.former) | _of_one_only(self.current.items())
        return {**meant, **{one: one for one in self.current}}

    def id_of(self, text: str) -> str | None:
        """Return the organisation that a text means; None where it means none, or two of them."""
        return self._meant.get(text.strip()) if text.strip() else None


def _of_one_only(pairs: Iterable[tuple[str, str]]) -> dict[str, str | None]:
    """Return of (id, name) the id by name; None where two have it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one, name in pairs:
        found[name.strip()].add(one)
    return {name: next(iter(ids)) if len(ids) == 1 else None for name, ids in found.items()}


def read_organisation_names(backend: Backend) -> OrganisationNames:
    """Read what the organisations are called, and were; none before a list."""
    events = ORGANISATION_EVENTS.c
    with backend.transaction() as connection:
        if not has_step(backend, connection, WITH_ORGANISATIONS):
            return OrganisationNames({})
        listed = sa.select(ORGANISATIONS.c.id, ORGANISATIONS.c.name).order_by(ORGANISATIONS.c.row)
        current = {row.id: row.name for row in connection.execute(listed)}
        query = sa.select(events.organisation_id, events.changes).where(
            events.changes.like('%"name"%')
        )
        said = [(row[0], json.loads(row[1]).get("name", "")) for row in connection.execute(query)]
    former = [(one, name) for one, name in said if one in current and name != current[one]]
    return OrganisationNames(current, tuple(former))


def read_linked_stations(
    backend: Backend, names: OrganisationNames
) -> Mapping[str, LinkedStations]:
    """Return by organisation the stations that it hosts and operates, in the register's order.

    An organisation without any is left out.
    """
    columns = [STATIONS.c[name] for name in ("id", "name", *LINKS.values())]
    query = sa.select(*columns).where(sa.or_(*(STATIONS.c[name] != "" for name in LINKS.values())))
    with backend.transaction() as connection:
        if not has_step(backend, connection, WITH_HOST_NAMES):
            return {}
        rows = connection.execute(query.order_by(STATIONS.c.row)).all()
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for station, name, *texts in rows:
        for link, text in zip(LINKS, texts, strict=True):
            organisation = names.id_of(text)
            if organisation is not None:
                of_one = found.setdefault(organisation, {link: [] for link in LINKS})
                of_one[link].append((station, name))
    return {
        organisation: LinkedStations(*(tuple(listed) for listed in of_one.values()))
        for organisation, of_one in found.items()
    }
