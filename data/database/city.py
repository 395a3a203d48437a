"""Whose database it is: the identity of its city, which the workspace's settings carry too.

The workspace of one city that opens the database of another would show that city's stations, and
its next import would move them. So the first write puts the identity down, and whoever comes with
another one is refused before anything is read or written.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from data.database import clock
from data.database.schema import CITY, STATIONS
from geo.errors import WorkspaceError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.measure import Box


@dataclass(frozen=True)
class City:
    """The city that a database belongs to: its identity, and its name when that was written."""

    identity: str
    name: str
    named_at: str


@dataclass(frozen=True)
class Owner:
    """The workspace that opens a database: where it is, and what its settings say of the city.

    ``identity`` is "" in a workspace of an earlier version. ``settle`` returns the identity that
    stands in the settings by now; where there is none it writes the one it is given, but for "".
    """

    where: str
    name: str
    identity: str
    box: Box
    settle: Callable[[str], str]


def new_identity() -> str:
    """Return the identity of a new city: a random UUID."""
    return str(uuid.uuid4())


def read_city(connection: sa.Connection) -> City | None:
    """Return the city that the database belongs to; None where no write has put it down yet."""
    columns = (CITY.c.identity, CITY.c.name, CITY.c.named_at)
    row = connection.execute(sa.select(*columns)).one_or_none()
    return None if row is None else City(*row)


def refuse_another(city: City, owner: Owner, *, where: str, in_folder: bool) -> None:
    """Refuse the database of another city (WorkspaceError); nothing is written.

    A file ``in_folder`` of a workspace without an identity is taken for its own; of a server that
    cannot be known.
    """
    mine = owner.identity or owner.settle("")
    if mine == city.identity or (in_folder and not mine):
        return
    if in_folder:
        cure = say("put back its own database file, or open the workspace from which this one came")
    else:
        cure = say("set DATABASE_URL to the database of this city, or unset it")
        if not mine:
            cure = say(
                '{cure}; if it is this city\'s, write identity = "{identity}" in yizhan.toml',
                cure=cure,
                identity=city.identity,
            )
    raise WorkspaceError(
        say(
            "{where}: is the database of another city, {city} ({identity}), and not of "
            "{owner} ({own_identity}) in {folder}: {cure}; nothing was changed",
            where=where,
            city=city.name,
            identity=city.identity,
            owner=owner.name,
            own_identity=mine or say("no identity yet"),
            folder=owner.where,
            cure=cure,
        )
    )


def refuse_strange_stations(connection: sa.Connection, owner: Owner, *, where: str) -> None:
    """Refuse a server's database of no identity whose stations all lie outside of the city's box.

    An import takes no station outside of the box, so they are those of another city.
    """
    left, bottom, right, top = owner.box
    inside = STATIONS.c.lon.between(left, right) & STATIONS.c.lat.between(bottom, top)
    count = sa.select(sa.func.count()).select_from(STATIONS)
    stations = connection.execute(count).scalar_one()
    if stations and not connection.execute(count.where(inside)).scalar_one():
        raise WorkspaceError(
            say(
                "{where}: holds {stations} stations, none of them in the box of {owner} in "
                "{folder}, so they are another city's: set DATABASE_URL to the database of "
                "this city, or unset it; nothing was changed",
                where=where,
                stations=stations,
                owner=owner.name,
                folder=owner.where,
            )
        )


def claim(connection: sa.Connection, owner: Owner, *, where: str, in_folder: bool) -> None:
    """Put the owner's identity down, or refuse the database of another city (WorkspaceError).

    It runs within a writer's transaction. Writers wait for each other, so that two processes that
    come at once agree on one identity. The settings are written first: a crash leaves an identity
    there that the next write puts down here.
    """
    city = read_city(connection)
    if city is None:
        if not in_folder:
            refuse_strange_stations(connection, owner, where=where)
        identity = owner.identity or owner.settle(new_identity())
        named = {"name": owner.name, "named_at": clock.second_text(clock.now())}
        connection.execute(sa.insert(CITY).values(number=1, identity=identity, **named))
        return
    if in_folder and not owner.identity:
        owner.settle(city.identity)
    refuse_another(city, owner, where=where, in_folder=in_folder)
